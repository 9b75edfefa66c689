"""Builds an archive after each of its real updates in turn, and now and then from nothing, to compare."""

import shutil
import statistics
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import builds, processes
from bench.processes import Taken

# Every clean build takes long and about as long as the others, so only some are run.
_CLEAN_BUILDS = 3
# See `archive`.
_SETTLED_SECONDS = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What the updates took."""

    documents: int
    """Before the first update."""
    changed: tuple[int, ...]
    """How many documents each update wrote or deleted."""
    updates: tuple[Taken, ...]
    """The build after each update."""
    cleans: tuple[Taken, ...]
    """Some builds from nothing."""
    clean_after: tuple[int, ...]
    """After which updates those were, counted from one."""

    def ratio(self, of: Callable[[Taken], float]) -> float:
        """All updates to as many builds from nothing, of their seconds or the processors'."""
        return statistics.mean(map(of, self.updates)) / statistics.mean(map(of, self.cleans))


def measure(corpus: Path, root: Path, *, say: Callable[[str], None] = lambda _: None) -> Updated:
    """Measures the updates of a corpus, which is ``base.tar.xz`` and ``steps.tar.xz``, in a folder."""
    site, steps = _prepare(corpus, root)
    documents = sum(1 for _ in (site / "seeds").rglob("*.md"))
    builder = builds.digest("digest", site, output="updated")
    clean = builds.digest("digest", site, output="clean")
    _settled(builder)
    after = {len(steps) * (part + 1) // _CLEAN_BUILDS for part in range(_CLEAN_BUILDS)}
    changed, updates, cleans = [], [], []
    for number, step in enumerate(steps, start=1):
        changed.append(_apply(step, site / "seeds"))
        updates.append(_settled(builder))
        say(f"update {number} of {len(steps)}, {changed[-1]} documents: {updates[-1].seconds:.2f} s")
        if number in after:
            clean.forget()
            cleans.append(_settled(clean))
            say(f"from nothing: {cleans[-1].seconds:.2f} s")
    return Updated(
        documents=documents,
        changed=tuple(changed),
        updates=tuple(updates),
        cleans=tuple(cleans),
        clean_after=tuple(sorted(after)),
    )


def verify(corpus: Path, root: Path, *, say: Callable[[str], None] = lambda _: None) -> int:
    """Builds after each update with ``--verify``, which compares the site with one from nothing; returns how many.

    Raises:
        processes.FailedError: a site is not what a build from nothing makes.
    """
    site, steps = _prepare(corpus, root)
    builder = builds.digest("digest", site, more=("--verify",), output="verified")
    builds.build(builder)
    for number, step in enumerate(steps, start=1):
        _apply(step, site / "seeds")
        try:
            builds.build(builder)
        except processes.FailedError as error:
            raise processes.FailedError(f"after update {number}: {error}") from error
        say(f"update {number} of {len(steps)} is what a build from nothing makes")
    return len(steps)


def _prepare(corpus: Path, root: Path) -> tuple[Path, list[Path]]:
    """A site with the documents of before the updates, and the folders of these."""
    for name in ("base", "steps"):
        with tarfile.open(corpus / f"{name}.tar.xz") as archive:
            archive.extractall(root / name, filter="data")
    site = root / "site"
    site.mkdir()
    (site / "site.toml").write_text('title = "Medical AI Digest"\nsearch = false\n', encoding="utf-8")
    (root / "base").rename(site / "seeds")
    return site, sorted(path for path in (root / "steps").iterdir() if path.is_dir())


def _apply(step: Path, seeds: Path) -> int:
    """Copies the documents of an update over those that are there, and deletes those that it lists."""
    deleted = (step / "deleted.txt").read_text(encoding="utf-8").splitlines()
    for name in deleted:
        (seeds / name).unlink()
    written = list(_documents(step))
    for path in written:
        (seeds / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(step / path, seeds / path)
    return len(written) + len(deleted)


def _documents(step: Path) -> Iterator[Path]:
    for path in sorted(step.rglob("*.md")):
        yield path.relative_to(step)


def _settled(builder: builds.Builder) -> Taken:
    time.sleep(_SETTLED_SECONDS)
    return builds.build(builder).taken
