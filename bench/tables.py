"""What was measured, as tables in Markdown."""

import statistics
from collections.abc import Callable, Sequence

from bench.archive import Change
from bench.builds import COPY, DIGEST, HUGO, RELATED, SEARCH, Measured, Sample
from bench.processes import Taken
from bench.updates import Updated

_MEGA = 1_000_000
_NONE = "–"
# Less would show as nothing.
_LEAST_SHOWN = 0.005
_STATIONS = ("look", "read", "group", "stories", "plan", "render", "search", "compress", "write", "remember")
_REST = "starting, ending, between"
_Cell = Callable[[str, str], str]
_Of = Callable[[Callable[[Taken], float]], str]


def of_builds(measured: Measured, builders: Sequence[str]) -> list[str]:
    """Tables of seconds and ratios, memory, files, processor time and stations."""
    plain = [name for name in builders if name != SEARCH]
    rows = [*Change, COPY]

    def median(change: str, builder: str, of: Callable[[Sample], float]) -> float:
        return statistics.median(map(of, measured.samples[change, builder]))

    def seconds(change: str, builder: str) -> str:
        return _short(median(change, builder, lambda sample: _seconds(sample.taken)))

    def timed(change: str, column: str) -> str:
        rival = column.removeprefix("÷ ")
        return seconds(change, column) if rival == column else ratio(measured, (change, DIGEST), (change, rival))

    def processor(change: str, builder: str) -> str:
        return _short(median(change, builder, lambda sample: _processor(sample.taken)))

    def peak(change: str, builder: str) -> str:
        return f"{measured.peaks[change, builder] / _MEGA:,.0f}" if measured.peaks[change, builder] else _NONE

    def written(change: str, builder: str) -> str:
        return f"{median(change, builder, lambda sample: sample.written):,.0f}"

    ratios = [f"÷ {name}" for name in plain if name in {HUGO, RELATED}]
    lines = _table("seconds", rows, [*plain, *ratios], timed)
    lines += _table("seconds of processors", rows, plain, processor)
    lines += _table("most memory, MB", list(Change), plain, peak)
    lines += _table("files written", list(Change), plain, written)
    lines += _sites(measured, plain)
    lines += ["Where our seconds go:", ""]
    lines += _stations(measured, DIGEST, list(Change))
    if SEARCH in builders:
        changes = [change for change in Change if (change, SEARCH) in measured.samples]
        columns: dict[str, _Cell] = {
            "seconds": lambda change, _: seconds(change, SEARCH),
            "÷ without": lambda change, _: ratio(measured, (change, SEARCH), (change, DIGEST)),
            "most memory, MB": lambda change, _: peak(change, SEARCH),
            "files written": lambda change, _: written(change, SEARCH),
        }
        lines += ["With search:", ""]
        lines += _table("with search", changes, list(columns), lambda change, column: columns[column](change, column))
        lines += _stations(measured, SEARCH, changes)
    return lines[:-1]


def ratio(measured: Measured, one: tuple[str, str], other: tuple[str, str]) -> str:
    """The median of the ratios of each round, and the least and largest of them."""
    pairs = zip(measured.samples[one], measured.samples[other], strict=True)
    found = [ours.taken.seconds / theirs.taken.seconds for ours, theirs in pairs]
    spread = f" ({_short(min(found))}–{_short(max(found))})" if len(found) > 1 else ""
    return _short(statistics.median(found)) + spread


def of_updates(updated: Updated) -> list[str]:
    """What the updates took, beside builds from nothing."""
    after = ", ".join(map(str, updated.clean_after))
    count, median = len(updated.updates), round(statistics.median(updated.changed))
    sizes = f"{min(updated.changed)} to {max(updated.changed)} documents each (median {median})"
    rows: dict[str, _Of] = {
        "an update, median": lambda of: _short(statistics.median(map(of, updated.updates))),
        "an update, least": lambda of: _short(min(map(of, updated.updates))),
        "an update, most": lambda of: _short(max(map(of, updated.updates))),
        f"from nothing, mean of those after the updates {after}": lambda of: _short(_mean(of, updated.cleans)),
        f"all {count} updates": lambda of: _short(sum(map(of, updated.updates))),
        f"÷ {count} builds from nothing, reckoned from those": lambda of: f"{updated.ratio(of):.3f}",
    }
    columns = {"seconds": _seconds, "seconds of processors": _processor}
    return [
        f"{count} updates of {updated.documents:,} real documents, of {sizes}, without search:",
        "",
        *_table("", list(rows), list(columns), lambda row, column: rows[row](columns[column]))[:-1],
    ]


def _mean(of: Callable[[Taken], float], found: Sequence[Taken]) -> float:
    return statistics.mean(map(of, found))


def _seconds(taken: Taken) -> float:
    return taken.seconds


def _processor(taken: Taken) -> float:
    return taken.processor


def _stations(measured: Measured, builder: str, changes: Sequence[Change]) -> list[str]:
    """The medians of the seconds of our program's stations, in their order; stations below, changes across."""

    def spent(station: str, change: str) -> str:
        found = statistics.median(_spent(sample, station) for sample in measured.samples[change, builder])
        return f"{found:.2f}" if found >= _LEAST_SHOWN else _NONE

    names = [name for name in [*_STATIONS, _REST] if any(spent(name, change) != _NONE for change in changes)]
    return _table("station", names, list(changes), spent)


def _spent(sample: Sample, station: str) -> float:
    """Seconds of a station, or what all of them leave of the process's own time."""
    if station != _REST:
        return sample.stations.get(station, 0.0)
    return sample.taken.seconds - sum(seconds for name, seconds in sample.stations.items() if name in _STATIONS)


def _sites(measured: Measured, builders: Sequence[str]) -> list[str]:
    def size(row: str, builder: str) -> str:
        files, total = measured.sites[builder]
        return f"{files:,}" if row == "files" else f"{total / _MEGA:,.0f}"

    return _table("the site", ["files", "MB"], builders, size)


def _table(title: str, rows: Sequence[str], columns: Sequence[str], cell: _Cell) -> list[str]:
    return [
        "| " + " | ".join([title, *columns]) + " |",
        "|---" * (len(columns) + 1) + "|",
        *("| " + " | ".join([row, *(cell(row, column) for column in columns)]) + " |" for row in rows),
        "",
    ]


def _short(value: float) -> str:
    """Three digits, or two behind the point."""
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - where it gets a second digit
