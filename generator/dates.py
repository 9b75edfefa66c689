"""Dates in words. English, the same under every locale."""

import datetime as dt

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_text(date: dt.date) -> str:
    """``7 September 2021``."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def long_day_text(date: dt.date) -> str:
    """``Tuesday, 7 September 2021``."""
    return f"{WEEKDAYS[date.weekday()]}, {day_text(date)}"


def month_text(year: int, month: int) -> str:
    """``September 2021``."""
    return f"{MONTHS[month - 1]} {year}"


def weeks(year: int, month: int) -> tuple[tuple[int, ...], ...]:
    """The weeks of a month, Monday first: seven day numbers each, 0 outside the month."""
    first = dt.date(year, month, 1)
    length = 31 if month == 12 else (dt.date(year, month + 1, 1) - first).days  # noqa: PLR2004 - December
    cells = [0] * first.weekday() + list(range(1, length + 1))
    cells += [0] * (-len(cells) % 7)
    return tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))


def iso(moment: dt.datetime) -> str:
    """``2021-09-07T14:16:00Z``, for machines; the moment is in UTC."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
