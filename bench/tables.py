"""What was measured, as tables in Markdown."""

import statistics
from collections.abc import Callable, Sequence

from bench.archive import Change
from bench.builds import COPY, DIGEST, HUGO, RELATED, SEARCH, Measured, Sample
from bench.limits import Checked
from bench.processes import Taken
from bench.updates import Updated

_MEGA = 1_000_000
_NONE = "–"
# The number of decimals, by the least value.
_DIGITS = ((10, 1), (0.1, 2), (float("-inf"), 3))
# Less would show as nothing.
_LEAST_SHOWN = 0.005
_STATIONS = ("scan", "read", "group", "stories", "plan", "render", "search", "compress", "write", "remember")
_REST = "starting, ending, between"
_Cell = Callable[[str, str], str]
_Of = Callable[[Callable[[Taken], float]], str]


def of_builds(measured: Measured) -> list[str]:
    """Returns tables of seconds and ratios, memory, files, processor time and stations."""
    plain = [name for name in measured.sites if name != SEARCH]
    lines = _timed("seconds", measured, plain, _seconds)
    lines += _timed("seconds of processors", measured, plain, _processor)
    lines += table("most memory, MB", list(Change), plain, _peak(measured))
    lines += table("files written", list(Change), plain, _written(measured))
    lines += _sites(measured, plain)
    lines += ["Where our seconds go:", ""]
    lines += _stations(measured, DIGEST, list(Change))
    if SEARCH in measured.sites:
        lines += ["With search:", "", *_searched(measured)]
    return lines[:-1]


def _timed(title: str, measured: Measured, builders: Sequence[str], of: Callable[[Taken], float]) -> list[str]:
    """Returns a table of times, and of the ratios of ours to others'."""
    ratios = {f"÷ {name}": name for name in builders if name in {HUGO, RELATED}}
    medians = _median(measured, of)

    def cell(change: str, column: str) -> str:
        rival = ratios.get(column)
        return ratio(measured, (change, DIGEST), (change, rival), of) if rival else medians(change, column)

    return table(title, [*Change, COPY], [*builders, *ratios], cell)


def _searched(measured: Measured) -> list[str]:
    columns: dict[str, Callable[[str], str]] = {
        "seconds": lambda change: _median(measured, _seconds)(change, SEARCH),
        "÷ without": lambda change: ratio(measured, (change, SEARCH), (change, DIGEST), _seconds),
        "most memory, MB": lambda change: _peak(measured)(change, SEARCH),
        "files written": lambda change: _written(measured)(change, SEARCH),
    }
    changes = [change for change in Change if (change, SEARCH) in measured.samples]
    lines = table("with search", changes, list(columns), lambda change, column: columns[column](change))
    return lines + _stations(measured, SEARCH, changes)


def _median(measured: Measured, of: Callable[[Taken], float]) -> _Cell:
    """Returns cells with medians of the rounds, empty where nothing was measured."""

    def cell(change: str, builder: str) -> str:
        samples = measured.samples.get((change, builder), ())
        return _short(statistics.median(of(sample.taken) for sample in samples)) if samples else _NONE

    return cell


def _peak(measured: Measured) -> _Cell:
    def cell(change: str, builder: str) -> str:
        peak = measured.peaks.get((change, builder))
        return f"{peak / _MEGA:,.0f}" if peak else _NONE

    return cell


def _written(measured: Measured) -> _Cell:
    def cell(change: str, builder: str) -> str:
        samples = measured.samples.get((change, builder), ())
        return f"{statistics.median(sample.written for sample in samples):,.0f}" if samples else _NONE

    return cell


def ratio(measured: Measured, one: tuple[str, str], other: tuple[str, str], of: Callable[[Taken], float]) -> str:
    """Returns the median of the ratios of each round, and the least and largest of them."""
    found = measured.ratios(one, other, of)
    if not found:
        return _NONE
    spread = f" ({_short(min(found))}–{_short(max(found))})" if len(found) > 1 else ""
    return _short(statistics.median(found)) + spread


def of_budgets(checked: Sequence[Checked]) -> list[str]:
    """Returns a table of budgets, each beside what was measured; what is over says so."""
    rows = [
        f"| {one.budget.line} | {_NONE if one.figure is None else _short(one.figure)} | {one.budget.most:,g} "
        f"| {one.budget.unit} | {'OVER' if one.is_over else ''} |"
        for one in checked
    ]
    return ["| line | measured | budget | unit | |", "|---|---|---|---|---|", *rows]


def of_updates(updated: Updated) -> list[str]:
    """Returns a table of what the updates took, beside builds from nothing."""
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
        *table("", list(rows), list(columns), lambda row, column: rows[row](columns[column]))[:-1],
    ]


def _mean(of: Callable[[Taken], float], found: Sequence[Taken]) -> float:
    return statistics.mean(map(of, found))


def _seconds(taken: Taken) -> float:
    return taken.seconds


def _processor(taken: Taken) -> float:
    return taken.processor


def _stations(measured: Measured, builder: str, changes: Sequence[Change]) -> list[str]:
    """Returns a table of the median seconds of our program's stations, in their order, by change."""

    def spent(station: str, change: str) -> str:
        found = statistics.median(_spent(sample, station) for sample in measured.samples[change, builder])
        return f"{found:.2f}" if found >= _LEAST_SHOWN else _NONE

    found = {name for change in changes for name in measured.samples[change, builder][0].stations}
    in_order = [*_STATIONS, *sorted(found - {*_STATIONS}), _REST]
    names = [name for name in in_order if any(spent(name, change) != _NONE for change in changes)]
    return table("station", names, list(changes), spent)


def _spent(sample: Sample, station: str) -> float:
    """Returns the seconds of a station, or what all of them leave of the process's own time."""
    if station != _REST:
        return sample.stations.get(station, 0.0)
    return sample.taken.seconds - sum(sample.stations.values())


def _sites(measured: Measured, builders: Sequence[str]) -> list[str]:
    def size(row: str, builder: str) -> str:
        files, total = measured.sites[builder]
        return f"{files:,}" if row == "files" else f"{total / _MEGA:,.0f}"

    return table("the site", ["files", "MB"], builders, size)


def table(title: str, rows: Sequence[str], columns: Sequence[str], cell: _Cell) -> list[str]:
    """Returns a table in Markdown, and an empty line."""
    return [
        "| " + " | ".join([title, *columns]) + " |",
        "|---" * (len(columns) + 1) + "|",
        *("| " + " | ".join([row, *(cell(row, column) for column in columns)]) + " |" for row in rows),
        "",
    ]


def _short(value: float) -> str:
    """Returns a number with about three digits."""
    digits = next(digits for least, digits in _DIGITS if value >= least)
    return f"{value:.{digits}f}"
