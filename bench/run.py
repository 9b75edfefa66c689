"""Measures builds: made documents with our program and with Hugo, and the real updates of an archive.

``python -m bench.run 10000 --rounds 3 --hugo FOLDER --updates FOLDER [--verify]`` prints tables, and writes them into
``docs/performance.md`` where that has a place for this number of documents. All sites lie on a RAM disk where there is
one, so that no disk is measured.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import archive, builds, disk, machine, page, peer, tables, updates
from bench.builds import DIGEST, HUGO, RELATED, SEARCH, Builder

# Hugo compares each item with all that share a topic, so this grows with the square: for 100,000 documents it takes the
# better part of an hour for each build.
_MOST_RELATED = 20_000


def main(arguments: Sequence[str]) -> int:
    """Measures, prints and writes; returns the exit code."""
    given = _given(arguments)
    program = peer.find(given.hugo) if given.hugo else None
    if given.hugo and not program:
        print(f"there is no Hugo in {given.hugo}", file=sys.stderr)
        return 2
    place = disk.choose(given.count)
    programs = [f"Hugo {peer.version(program)}"] if program else []
    heading = machine.describe(*programs, disk.describe(place))
    with tempfile.TemporaryDirectory(dir=place, prefix="bench-") as folder:
        lines = of_builds(given.count, given.rounds, Path(folder), program)
    page.show(f"builds of {given.count}", [heading, "", *lines])
    if given.updates:
        heading = machine.describe(disk.describe(place))
        with tempfile.TemporaryDirectory(dir=place, prefix="bench-") as folder:
            updated = updates.measure(given.updates, Path(folder), say=_say)
        page.show("updates", [heading, "", *tables.of_updates(updated)])
    if given.updates and given.verify:
        with tempfile.TemporaryDirectory(dir=place, prefix="bench-") as folder:
            count = updates.verify(given.updates, Path(folder), say=_say)
        print(f"after each of the {count} updates the site is, to the byte, what a build from nothing makes")
    return 0


def of_builds(count: int, rounds: int, root: Path, program: Path | None) -> list[str]:
    """Builds made documents with all programs in a folder; returns the tables."""
    documents = archive.prepare(count, rounds + 1, root, with_peer=program is not None)
    builders = _builders(documents, program, count)
    measured = builds.measure(documents, builders, rounds, say=_say)
    said = f"{count:,} documents; medians of {rounds} round{'' if rounds == 1 else 's'}:"
    return [said, "", *tables.of_builds(measured, [builder.name for builder in builders])]


def _builders(documents: archive.Archive, program: Path | None, count: int) -> list[Builder]:
    found = [builds.digest(DIGEST, documents.root), builds.digest(SEARCH, documents.root, config="search.toml")]
    if program and documents.peer:
        found.append(builds.hugo(HUGO, program, documents.peer))
        if count <= _MOST_RELATED:
            found.append(builds.hugo(RELATED, program, documents.peer))
    return found


def _given(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run")
    parser.add_argument("count", type=int, help="made documents")
    parser.add_argument("--rounds", type=int, default=3, help="timed ones; there is one more, for the memory")
    parser.add_argument("--hugo", type=Path, help="the virtual environment with Hugo")
    parser.add_argument("--updates", type=Path, help="the folder with the real updates")
    parser.add_argument("--verify", action="store_true", help="build all updates a second time, and compare (slow)")
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
