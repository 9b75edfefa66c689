"""Translates the texts of the interface, and formats dates and numbers.

Texts come from tables, ``languages/<tag>.toml``. A site may have tables of its own in the folder of its ``site.toml``;
they override the built-in ones key by key. Keys missing in a table are taken from English. A site's words for its own
templates are in the section ``own``. Dates and numbers are formatted by Babel (the Unicode CLDR).
"""

import datetime as dt
import functools
import string
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import babel
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from generator.errors import Code, Diagnostic, SettingsError
from generator.util.text import line_of_key, nearest

_FALLBACK = "en"
_OWN = "own."
"""What the keys of a site's own words begin with."""
_BUILT_IN = Path(__file__).parent / "languages"
_try_date = functools.partial(format_date, dt.date(2024, 2, 29), locale="en")
_try_time = functools.partial(format_time, dt.time(23, 59), locale="en")
_PATTERNS = {
    **dict.fromkeys(["date.day", "date.short_day", "date.short_date", "date.long_day", "date.month"], _try_date),
    **dict.fromkeys(["date.day_of_month", "date.day_of_year"], _try_date),
    "date.time": _try_time,
}
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})

Words = str | Mapping[str, str]
"""A text, or one text for each plural form. ``{name}`` is a placeholder for a value."""


class Language:
    """A language and a time zone. All texts are plain text, which the caller has to escape."""

    def __init__(self, tag: str, words: Mapping[str, Words], zone: str = "UTC") -> None:
        self.tag = tag
        self.zone = zoneinfo.ZoneInfo(zone)
        self.table = words
        """All texts by their keys."""
        self._locale = babel.Locale.parse(tag, sep="-")
        self.direction: str = self._locale.text_direction
        """``ltr`` or ``rtl``."""
        self.weekdays = tuple(
            (self._locale.days["format"]["wide"][day], self._locale.days["format"]["short"][day]) for day in range(7)
        )
        """The long and short names, Monday first."""
        # The same dates are formatted thousands of times.
        self.day = functools.cache(functools.partial(self._date, "date.day"))
        self.short_day = functools.cache(functools.partial(self._date, "date.short_day"))
        """Formats a date with the month abbreviated and without the year."""
        self.short_date = functools.cache(functools.partial(self._date, "date.short_date"))
        """Formats a date with the month abbreviated."""
        self.long_day = functools.cache(functools.partial(self._date, "date.long_day"))
        """Formats a date with its day of the week."""
        self.month = functools.cache(lambda year, month: self._date("date.month", dt.date(year, month, 1)))
        """Formats a month with its year."""
        self.number = functools.cache(lambda value: str(format_decimal(value, locale=self._locale)))
        self._time_of_day = functools.cache(self._format_time)

    def text(self, key: str, **values: object) -> str:
        """Returns the text for a key, with its placeholders filled in; ``n`` also selects the plural form."""
        words = self.words(key, values.get("n"))
        if not values:
            return words
        if isinstance(n := values.get("n"), int):
            values["n"] = self.number(n)
        return words.format(**values)

    def text_or(self, key: str, default: str) -> str:
        """Returns the text of a key, or the default if the table does not have the key."""
        return self.text(key) if key in self.table else default

    def forms(self, key: str) -> tuple[tuple[str, str], ...]:
        """Returns pairs of plural form and text for a key, for scripts that select the form themselves."""
        words = self.table[key]
        return (("other", words),) if isinstance(words, str) else tuple(words.items())

    def words(self, key: str, n: object = None) -> str:
        """Returns the text for a key with its placeholders unfilled."""
        words = self.table[key]
        if isinstance(words, str):
            return words
        form = self._locale.plural_form(n) if isinstance(n, int) else "other"
        return words.get(form, words["other"])

    def _date(self, pattern: str, date: dt.date) -> str:
        return str(format_date(date, self.text(pattern), locale=self._locale))

    def period(self, first: dt.date, last: dt.date) -> str:
        """Formats a period of days, and does not repeat the month or the year: ``22 to 28 August 2022``."""
        if first.year != last.year:
            beginning = self.day(first)
        elif first.month != last.month:
            beginning = self._date("date.day_of_year", first)
        else:
            beginning = self._date("date.day_of_month", first)
        return self.text("date.period", first=beginning, last=self.day(last))

    def month_name(self, month: int) -> str:
        """Returns the name of a month, 1 to 12, without a year."""
        return str(self._locale.months["stand-alone"]["wide"][month])

    def clock(self, at: dt.datetime) -> str:
        """Formats the time of day with its time zone."""
        return self.text("date.clock", time=self._time_of_day(at.hour, at.minute), zone=at.tzname() or "")

    def moment(self, at: dt.datetime) -> str:
        """Formats a time with its date and time zone."""
        time = self._time_of_day(at.hour, at.minute)
        return self.text("date.moment", day=self.day(at.date()), time=time, zone=at.tzname() or "")

    def _format_time(self, hour: int, minute: int) -> str:
        return str(format_time(dt.time(hour, minute), self.text("date.time"), locale=self._locale))


def load(tag: str, *, zone: str, folder: Path, config: Path = Path("site.toml")) -> Language:
    """Loads the language of a site.

    Args:
        tag: a BCP 47 tag; ``de-AT`` uses the table of ``de``, overridden by a table of its own.
        zone: the IANA name of the time zone.
        folder: the site's folder, which may contain ``languages/``.
        config: the settings file that names the language.

    Raises:
        SettingsError: the language has no table, or a table is invalid.
    """
    words: dict[str, Words] = dict(_load_table(_BUILT_IN / f"{_FALLBACK}.toml", {}))
    english = dict(words)
    own = folder / "languages" / f"{_FALLBACK}.toml"
    if own.is_file():  # a fallback of words that English alone has
        words |= {key: text for key, text in _load_table(own, english).items() if key.startswith(_OWN)}
    has_table = False
    for name in dict.fromkeys([tag.partition("-")[0].lower(), tag]):
        for path in (_BUILT_IN / f"{name}.toml", folder / "languages" / f"{name}.toml"):
            if path.is_file():
                has_table = True
                words |= _load_table(path, english)
    try:
        babel.Locale.parse(tag, sep="-")
        is_known = True
    except (babel.UnknownLocaleError, ValueError):
        is_known = False
    if not is_known:
        message, remedy = f"language {tag!r} is unknown to the Unicode CLDR", "write a tag like en or de-AT"
    elif not has_table:
        available = ", ".join(sorted(path.stem for path in _BUILT_IN.glob("*.toml")))
        message, remedy = f"language {tag!r} has no table; available: {available}", f"write languages/{tag}.toml"
    else:
        return Language(tag, words, zone)
    raise SettingsError([_diagnostic(config.as_posix(), message, remedy, line=_line_of_language(config))])


def _line_of_language(config: Path) -> int:
    """Returns the line of the setting ``language`` in the settings file."""
    try:
        return line_of_key(config.read_text(encoding="utf-8-sig"), "language")
    except (OSError, UnicodeDecodeError):
        return 1  # the file has changed since the settings were read


def _load_table(path: Path, english: Mapping[str, Words]) -> dict[str, Words]:
    """Reads a table and checks it against the English one, which is empty for the English table itself."""
    shown = path.name if path.parent == _BUILT_IN else f"languages/{path.name}"
    try:
        table = dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8-sig")), "", english))
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise SettingsError([_diagnostic(shown, f"cannot be read: {error}", "see docs/languages.md")]) from None
    diagnostics = [
        _diagnostic(shown, f"{key}: {reason}", "see docs/languages.md")
        for key, value in table.items()
        if (reason := _invalid_reason(key, value, english))
    ]
    if diagnostics:
        raise SettingsError(diagnostics)
    return table


def _flatten(values: Mapping[str, Any], prefix: str, english: Mapping[str, Words]) -> Iterator[tuple[str, Any]]:
    """Yields the keys of nested sections, joined by dots, with their values."""
    for key, value in values.items():
        # A section and a text with plural forms are both TOML tables. The English keys, or else the names, decide.
        is_known = english and not prefix.startswith(_OWN)
        is_text = f"{prefix}{key}" in english if is_known else isinstance(value, dict) and value.keys() <= _PLURALS
        if isinstance(value, dict) and not is_text:
            yield from _flatten(value, f"{prefix}{key}.", english)
        else:
            yield f"{prefix}{key}", value


def _invalid_reason(key: str, value: Any, english: Mapping[str, Words]) -> str:  # noqa: ANN401 - any TOML value
    """Returns why an entry of a table is invalid, or ``""`` if it is valid."""
    is_own = key.startswith(_OWN)
    if english and key not in english and not is_own:
        guess = nearest(key, english)
        return "is not a key of the table" + (f"; did you mean {guess[0]}?" if guess else "")
    forms: Mapping[str, str] = value if isinstance(value, dict) else {"other": value}
    if "other" not in forms or not all(isinstance(form, str) for form in forms.values()):
        return "must be a text, or a text for each plural form, including `other`"
    for form in forms.values():
        try:
            names = _placeholders(form)
            unknown = {name for name in names if not name.isidentifier()}
            if not is_own:
                unknown = names - _placeholders(english.get(key, forms))
            if key in _PATTERNS:
                _PATTERNS[key](form)
        except (ValueError, AttributeError, LookupError, TypeError) as error:
            return f"cannot be used: {error}"
        if unknown:
            return f"has the unknown placeholder {{{min(unknown)}}}"
        if not form.isprintable():
            return "contains a character that cannot be displayed"
    return ""


def _placeholders(words: Words) -> set[str]:
    """Returns the names of the placeholders in a text or all its plural forms. Raises ValueError if one is invalid."""
    names: set[str] = set()
    for text in words.values() if isinstance(words, Mapping) else [words]:
        for _, name, form, conversion in string.Formatter().parse(text):
            if form or conversion:
                raise ValueError(f"{{{name}}} must not have a format")
            if name is not None:
                names.add(name)
    return names


def _diagnostic(path: str, message: str, remedy: str, *, line: int = 1) -> Diagnostic:
    return Diagnostic(path=path, line=line, code=Code.INVALID_SETTING, message=message, remedy=remedy)
