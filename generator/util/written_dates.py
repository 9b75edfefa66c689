"""Reads dates as people and mail programs write them, to suggest how to write them instead. Pure."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from generator.util.text import within_quotes

_NAMES: Final = "jan jän|feb|mar mär mrz|apr|may mai|jun|jul|aug|sep|oct okt|nov|dec dez"
_MONTHS: Final = {name: month for month, names in enumerate(_NAMES.split("|"), 1) for name in names.split()}
"""The first letters of the months in English and German."""
_MONTH: Final = r"(?P<name>[a-zä]{3})[a-zä]*\.?"
_DAY: Final = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR: Final = r"(?P<year>[0-9]{4})"
_SHORT_YEAR: Final = r"(?<!-)(?P<short>[0-9]{2})"
_TIME: Final = (
    r"(?:(?:,? |t| at | um )(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: uhr)?"
    r"(?: ?(?:z|utc|gmt|(?P<zone>[a-z]{3,4})|(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?))?)?"
)
_FORMS: Final = tuple(
    re.compile(form + _TIME)
    for form in (
        rf"{_YEAR}[-/. 年](?P<month>[0-9]{{1,2}})[-/. 月](?P<day>[0-9]{{1,2}})日?",
        rf"(?P<first>[0-9]{{1,2}})(?P<mark>[-/.]) ?(?P<other>[0-9]{{1,2}})(?P=mark) ?(?:{_YEAR}|{_SHORT_YEAR})",
        rf"(?:[a-z]{{2,10}}\.?,? )?{_DAY}[ -]{_MONTH},?[ -]{_YEAR}",
        rf"(?:[a-z]{{2,10}}\.?,? )?{_MONTH} {_DAY},? {_YEAR}",
    )
)
_ZONES: Final = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "jst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip
"""The hours from UTC of zones that people name."""
_SECONDS, _MILLISECONDS = range(10**8, 10**10), range(10**11, 10**13)
"""Times since 1970, as programs write them."""


def corrections(value: object) -> list[str]:
    """Returns how a date or time may be meant, in ISO 8601: one text, or two if day and month could be either.

    A time without a zone is taken as UTC. Returns nothing if the value is not recognised.
    """
    if not isinstance(value, str | int) or (isinstance(value, int) and value not in range(_MILLISECONDS.stop)):
        return []
    text = " ".join((within_quotes(value) or str(value)).lower().split())
    if text.isascii() and text.isdecimal() and len(text) == len("20261120"):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    elif text.isascii() and text.isdecimal():
        number = int(text[:15])
        if number in _MILLISECONDS:
            number //= 1000
        return [f"{dt.datetime.fromtimestamp(number, dt.UTC):%Y-%m-%dT%H:%M:%S}Z"] if number in _SECONDS else []
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    return list(dict.fromkeys(_written(match))) if match else []


def _written(match: re.Match[str]) -> Iterator[str]:
    part = match.groupdict()
    if part["zone"] and part["zone"] not in _ZONES:
        return
    year, time = int(part["year"] or 2000 + int(part["short"] or 0)), _time(part)
    for month, day in _days(part):
        text = f"{year:04}-{month:02}-{day:02}{time}"
        try:
            dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        yield text


def _days(part: dict[str, str | None]) -> list[tuple[int, int]]:
    """Returns the pairs of month and day that may be meant."""
    if first := part.get("first"):
        one, other = int(first), int(part["other"] or 0)
        # Where dates are written with dots, the day is first.
        return [(other, one)] if part["mark"] == "." else [(one, other), (other, one)]
    month = int(part.get("month") or _MONTHS.get(part.get("name") or "", 0))
    return [(month, int(part["day"] or 0))]


def _time(part: dict[str, str | None]) -> str:
    """Returns the time of day with its zone, or ``""``."""
    if part["hour"] is None:
        return ""
    hour = int(part["hour"])
    if part["half"]:
        hour = hour % 12 + 12 * (part["half"] == "p")
    zone = f"{part['sign']}{int(part['hours'] or 0):02}:{part['minutes'] or '00'}" if part["sign"] else "Z"
    if part["zone"]:
        zone = f"{_ZONES[part['zone']]:+03}:00"
    return f"T{hour:02}:{part['minute']}:{part['second'] or '00'}{zone}"
