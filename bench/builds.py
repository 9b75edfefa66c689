"""Builds sites with several programs in turn, through their command lines, and measures each build."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import processes
from bench.archive import Archive, Change
from bench.processes import Taken

_ROOT = Path(__file__).parent.parent
_NOW = "2100-01-01T00:00:00Z"
DIGEST, SEARCH, HUGO, RELATED = "digest", "digest with search", "Hugo", "Hugo with `.Related`"
COPY = "copying the finished site"
# These do for what search costs, and for the Hugo that takes four times as long and builds everything each time.
_FEW = frozenset({Change.COLD, Change.NOTHING, Change.NEWEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """A program with its arguments."""

    name: str
    command: tuple[str | Path, ...]
    folder: Path
    output: Path
    report: Path | None = None
    """What the program says itself, as JSON."""
    environment: Mapping[str, str] = field(default_factory=dict)
    changes: frozenset[Change] = frozenset(Change)
    """Before which it builds."""
    state: Path | None = None
    """The folder of its cache, besides the output."""

    def forget(self) -> None:
        """Removes the site and the cache, so that the next build is a cold one."""
        for folder in (self.output, self.state):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One measured build."""

    taken: Taken
    written: int
    """Files of the site."""
    stations: Mapping[str, float]
    """Seconds by station, of our own program."""


@dataclass(slots=True)
class Measured:
    """All measured builds, by what happened before them and by the builder's name, in the order of the rounds."""

    samples: dict[tuple[str, str], list[Sample]] = field(default_factory=dict)
    peaks: dict[tuple[str, str], int] = field(default_factory=dict)
    """The most memory, in bytes, of builds that were not timed."""
    sites: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The files of each builder's site, and their bytes."""

    def ratios(self, one: tuple[str, str], other: tuple[str, str], of: Callable[[Taken], float]) -> list[float]:
        """Returns the ratio of two measured builds in each round; none where one was not measured."""
        if one not in self.samples or other not in self.samples:
            return []
        pairs = zip(self.samples[one], self.samples[other], strict=True)
        # What took no time by the clock of the system cannot be compared with.
        return [of(ours.taken) / of(theirs.taken) for ours, theirs in pairs if of(theirs.taken)]


def digest(name: str, site: Path, *, config: str = "site.toml", more: Sequence[str] = (), output: str = "") -> Builder:
    """Our own program, in a site with ``seeds/``."""
    target = site.parent / (output or f"output-{config.removesuffix('.toml')}")
    report = site.parent / f"{target.name}.json"
    state = site.parent / f"state-{target.name}"
    command: tuple[str | Path, ...] = (
        sys.executable, "-m", "generator", "build", "--source", site / "seeds", "--config", site / config,
        "--output", target, "--state", state, "--now", _NOW, "--quiet", "--report", report, *more,
    )  # fmt: skip
    # Compiled modules are kept, as wherever digest is installed, whatever this shell says.
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    return Builder(
        name=name, command=command, folder=site, output=target, report=report, state=state, environment=environment,
        changes=_FEW if name == SEARCH else frozenset(Change),
    )  # fmt: skip


def hugo(name: str, program: Path, site: Path) -> Builder:
    """Hugo, with or without items that it finds related by itself."""
    target = site.parent / f"output-{'related' if name == RELATED else 'hugo'}"
    configs = "hugo.toml,related.toml" if name == RELATED else "hugo.toml"
    return Builder(
        name=name,
        command=(program, "--source", site, "--config", configs, "--destination", target, "--quiet"),
        folder=site,
        output=target,
        environment={"HUGO_CACHEDIR": str(site.parent / "hugo-cache")},
        changes=_FEW if name == RELATED else frozenset(Change),
    )


def measure(
    archive: Archive, builders: Sequence[Builder], rounds: int, *, say: Callable[[str], None] = lambda _: None
) -> Measured:
    """Builds after each change with each builder in turn: one round for the memory, then those that are timed."""
    measured = Measured()
    for number in range(rounds + 1):
        # Whoever comes first finds other caches than who comes last.
        first = number % len(builders)
        turn = [*builders[first:], *builders[:first]]
        for change in Change:
            archive.make(change)
            for builder in turn:
                if change not in builder.changes:
                    continue
                if change is Change.COLD:
                    builder.forget()
                archive.settle()
                sample = build(builder, is_sampled=number == 0)
                _note(measured, (change, builder.name), sample, number)
                say(f"round {number} of {rounds}: {change}, {builder.name}: {sample.taken.seconds:.2f} s")
        for builder in turn:
            _note(measured, (COPY, builder.name), _copy(builder), number)
    for builder in builders:
        sizes = [path.stat().st_size for path in _files(builder.output)]
        measured.sites[builder.name] = len(sizes), sum(sizes)
    return measured


def _note(measured: Measured, key: tuple[str, str], sample: Sample, number: int) -> None:
    if number == 0:
        measured.peaks[key] = sample.taken.peak
    else:
        measured.samples.setdefault(key, []).append(sample)


def build(builder: Builder, *, is_sampled: bool = False) -> Sample:
    """Builds once."""
    since = _moment(builder.output.parent)
    taken = processes.run(
        builder.command, folder=builder.folder, environment=builder.environment, is_sampled=is_sampled
    )
    written = sum(path.stat().st_ctime_ns > since for path in _files(builder.output))
    stations = json.loads(builder.report.read_text(encoding="utf-8"))["seconds"] if builder.report else {}
    stations.pop("total", None)
    return Sample(taken=taken, written=written, stations=stations)


def _copy(builder: Builder) -> Sample:
    """What the files of the site alone cost, which no program can do without."""
    target = builder.output.parent / "copy"
    target.mkdir()
    taken = processes.run(("cp", "-R", *sorted(builder.output.iterdir()), target), folder=target.parent)
    written = sum(1 for _ in _files(target))
    shutil.rmtree(target)
    return Sample(taken=taken, written=written, stations={})


def _files(output: Path) -> list[Path]:
    """Returns the files of a site."""
    return [Path(folder, name) for folder, _, names in os.walk(output) for name in names]


def _moment(folder: Path) -> int:
    """Now, by the clock that the file system takes times from, which is behind that of the processor."""
    marker = folder / "moment"
    marker.write_bytes(b"")
    os.utime(marker)
    moment = marker.stat().st_ctime_ns
    # The clock goes in steps of some milliseconds: what is written next must not fall into this one.
    time.sleep(0.02)
    return moment
