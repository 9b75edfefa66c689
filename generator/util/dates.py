"""Calendars and moments without words."""

import datetime as dt
import zoneinfo


def weeks(year: int, month: int) -> tuple[tuple[int, ...], ...]:
    """The weeks of a month, Monday first: seven day numbers each, 0 outside the month."""
    first = dt.date(year, month, 1)
    length = 31 if month == 12 else (dt.date(year, month + 1, 1) - first).days  # noqa: PLR2004 - December
    cells = [0] * first.weekday() + list(range(1, length + 1))
    cells += [0] * (-len(cells) % 7)
    return tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))


def zone(name: str) -> dt.tzinfo:
    """The time zone of a name. UTC is Python's own, in which times are compared several times faster."""
    return dt.UTC if name == "UTC" else zoneinfo.ZoneInfo(name)


def iso(moment: dt.datetime) -> str:
    """``2021-09-07T14:16:00Z``, for machines."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
