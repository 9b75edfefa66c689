"""The words of the interface, dates and numbers in one language.

The words are in tables, ``languages/<tag>.toml``; a site may bring its own, beside its ``site.toml``, which goes before
ours key by key. What a table lacks is said in English. Dates and numbers are Babel's (the Unicode CLDR).
"""

import datetime as dt
import functools
import string
import tomllib
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import babel
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from generator.errors import Code, Diagnostic, SettingsError
from generator.util.text import line_of_key, nearest

_FALLBACK = "en"
_OWN = Path(__file__).parent / "languages"
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})

Words = str | Mapping[str, str]
"""A text, or one for each form of plural; ``{name}`` stands for a value."""


class Language:
    """One language and time zone. Texts are plain; escaping is the business of who shows them."""

    def __init__(self, tag: str, words: Mapping[str, Words], zone: str = "UTC") -> None:
        self.tag = tag
        self.zone = zoneinfo.ZoneInfo(zone)
        self._words = words
        self._locale = _locale(tag)
        self.direction: str = self._locale.text_direction
        """``ltr`` or ``rtl``."""
        self.weekdays = tuple(
            (self._locale.days["format"]["wide"][day], self._locale.days["format"]["short"][day]) for day in range(7)
        )
        """Long and short names, Monday first."""
        # Dates repeat by the thousand.
        self.day = functools.cache(self._day)
        self.long_day = functools.cache(self._long_day)
        """With the day of the week."""
        self.month = functools.cache(self._month)
        """A month of a year."""
        self.number = functools.cache(self._number)
        self._time_of_day = functools.cache(self._format_time)

    @property
    def table(self) -> Mapping[str, Words]:
        """All words by their keys."""
        return self._words

    def text(self, key: str, **values: object) -> str:
        """The words for a key.

        Args:
            key: a key of the table.
            values: what stands for the names in the text; ``n`` also chooses the form of plural.
        """
        words = self.words(key, values.get("n"))
        if not values:
            return words
        if isinstance(n := values.get("n"), int):
            values["n"] = self.number(n)
        return words.format(**values)

    def forms(self, key: str) -> tuple[tuple[str, str], ...]:
        """The texts of a key by form of plural, for scripts, which count by themselves."""
        words = self._words[key]
        return (("other", words),) if isinstance(words, str) else tuple(words.items())

    def words(self, key: str, n: object = None) -> str:
        """The words for a key with the names of values still in them."""
        words = self._words[key]
        if isinstance(words, str):
            return words
        form = self._locale.plural_form(n) if isinstance(n, int) else "other"
        return words.get(form, words["other"])

    def _number(self, value: int) -> str:
        return str(format_decimal(value, locale=self._locale))

    def _day(self, date: dt.date) -> str:
        return str(format_date(date, self.text("date.day"), locale=self._locale))

    def _long_day(self, date: dt.date) -> str:
        return str(format_date(date, self.text("date.long_day"), locale=self._locale))

    def _month(self, year: int, month: int) -> str:
        return str(format_date(dt.date(year, month, 1), self.text("date.month"), locale=self._locale))

    def month_name(self, month: int) -> str:
        """A month without its year."""
        return str(self._locale.months["stand-alone"]["wide"][month])

    def moment(self, at: dt.datetime) -> str:
        """A time with its day and zone."""
        return self.text(
            "date.moment", day=self.day(at.date()), time=self._time_of_day(at.hour, at.minute), zone=at.tzname() or ""
        )

    def _format_time(self, hour: int, minute: int) -> str:
        return str(format_time(dt.time(hour, minute), self.text("date.time"), locale=self._locale))


def load(tag: str, *, zone: str, folder: Path, config: Path = Path("site.toml")) -> Language:
    """The language of a site.

    Args:
        tag: a BCP 47 tag; ``de-AT`` takes the table of ``de`` where it has none of its own.
        zone: name of the time zone.
        folder: the site's folder, which may hold ``languages/``.
        config: the settings that name the language.

    Raises:
        SettingsError: there is no table for the language, or it cannot be used.
    """
    words: dict[str, Words] = dict(_table(_OWN / f"{_FALLBACK}.toml", {}))
    known = dict(words)
    found = False
    for name in dict.fromkeys([tag.partition("-")[0].lower(), tag]):
        for path in (_OWN / f"{name}.toml", folder / "languages" / f"{name}.toml"):
            if path.is_file():
                found = True
                words |= _table(path, known)
    if not _is_known(tag):
        message, remedy = f"language {tag!r} is unknown to the Unicode CLDR", "write a tag like en or de-AT"
        raise SettingsError([_diagnostic(config.as_posix(), message, remedy, line=_line_in(config))])
    if not found:
        available = ", ".join(sorted(path.stem for path in _OWN.glob("*.toml")))
        message, remedy = f"language {tag!r} has no table; there are {available}", f"write languages/{tag}.toml"
        raise SettingsError([_diagnostic(config.as_posix(), message, remedy, line=_line_in(config))])
    return Language(tag, words, zone)


def _line_in(config: Path) -> int:
    """Where the settings name the language."""
    try:
        return line_of_key(config.read_text(encoding="utf-8-sig"), "language")
    except (OSError, UnicodeDecodeError):
        return 1  # they were there when they were read


def _is_known(tag: str) -> bool:
    """Whether dates and numbers can be written in a language."""
    try:
        _locale(tag)
    except (babel.UnknownLocaleError, ValueError):
        return False
    return True


def _locale(tag: str) -> babel.Locale:
    return babel.Locale.parse(tag, sep="-")


def _table(path: Path, known: Mapping[str, Words]) -> dict[str, Words]:
    """Reads a table and compares it with the words there must be."""
    shown = path.name if path.parent == _OWN else f"languages/{path.name}"
    try:
        table = dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), "", known))
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise SettingsError([_diagnostic(shown, f"cannot be read: {error}", "see docs/languages.md")]) from None
    diagnostics = [
        _diagnostic(shown, f"{key}: {reason}", "see docs/languages.md")
        for key, value in table.items()
        if (reason := _refusal(key, value, known))
    ]
    if diagnostics:
        raise SettingsError(diagnostics)
    return table


def _flat(values: Mapping[str, Any], prefix: str, known: Mapping[str, Words]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        # Where the keys are known they tell a section from the forms of a plural; in English itself the names do.
        is_text = f"{prefix}{key}" in known if known else isinstance(value, dict) and value.keys() <= _PLURALS
        if isinstance(value, dict) and not is_text:
            yield from _flat(value, f"{prefix}{key}.", known)
        else:
            yield f"{prefix}{key}", value


def _refusal(key: str, value: Any, known: Mapping[str, Words]) -> str:  # noqa: ANN401 - any TOML value
    """Why a text cannot be used, or nothing."""
    if known and key not in known:
        guess = nearest(key, known)
        return "is no key of the table" + (f"; did you mean {guess[0]}?" if guess else "")
    forms: Mapping[str, str] = value if isinstance(value, dict) else {"other": value}
    if "other" not in forms or not all(isinstance(form, str) for form in forms.values()):
        return "must be a text, or texts by form of plural with `other` among them"
    allowed = _names(known.get(key, forms))
    for form in forms.values():
        try:
            surplus = _names(form) - allowed
            if key in _PATTERNS:
                _PATTERNS[key](form)
        except (ValueError, AttributeError, LookupError, TypeError) as error:
            return f"cannot be used: {error}"
        if surplus:
            return f"has no value for {{{min(surplus)}}}"
        if not form.isprintable():
            return "holds a character that cannot be shown"
    return ""


def _names(words: Words) -> set[str]:
    """The names of values in a text.

    Raises:
        ValueError: a brace is not closed, or a value has a format of its own.
    """
    found: set[str] = set()
    for text in words.values() if isinstance(words, Mapping) else [words]:
        for _, name, form, conversion in string.Formatter().parse(text):
            if form or conversion:
                raise ValueError(f"{{{name}}} may have no format")
            if name is not None:
                found.add(name)
    return found


def _try_date(pattern: str) -> None:
    format_date(dt.date(2024, 2, 29), pattern, locale="en")


def _try_time(pattern: str) -> None:
    format_time(dt.time(23, 59), pattern, locale="en")


_PATTERNS: Mapping[str, Callable[[str], None]] = {
    "date.day": _try_date,
    "date.long_day": _try_date,
    "date.month": _try_date,
    "date.time": _try_time,
}


def _diagnostic(path: str, message: str, remedy: str, *, line: int = 1) -> Diagnostic:
    return Diagnostic(path=path, line=line, code=Code.INVALID_SETTING, message=message, remedy=remedy)
