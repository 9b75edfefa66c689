"""Reads the fields of front matter. Every value is checked for its type, and every problem is reported with its key."""

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from generator.config.document_fields import FIELD_OF
from generator.content import aliases
from generator.content.field_errors import FieldDiagnostic
from generator.content.front_matter import KeyPath, shown_name
from generator.content.studies import MAX_STUDIES, Study, read_study
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import TYPOGRAPHIC_QUOTES, as_written, is_slug, nearest, repair, slugify, within_quotes
from generator.util.written_dates import corrections

_TYPE_NAMES = {
    bool: "true/false",
    int: "a whole number",
    float: "a decimal number",
    str: "text",
    list: "a list",
    dict: "a group of fields",
}
_FORMS = {
    bool: "write `{key}: true` or `{key}: false`",
    int: "write it as `{key}: 12`, without quotes",
    str: 'write it as `{key}: "…"`',
    list: "write `{key}:`, and each entry on a line below it: `- …`",
    dict: "write `{key}:`, and each of its fields on a line below it: `  field: …`",
}
"""The remedies for a value of another type."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LIKE_A_TIME = re.compile(_DATE.pattern + r"(.\d{2}(:\d{2}){1,2}([.,]\d+)?(Z|[+-]\d{2}(:?\d{2}){0,2})?)?", re.ASCII)
_COMPLETE_ADDRESS = "give the complete address, with http:// or https://"
_STUDY_FORMS = 'write it as "doi:10.1000/example", "PMID 12345678", "NCT01234567" or "ISRCTN12345678", in quotes'
_NEVER_SHOWN = "secured"
"""The field whose value is never shown."""
LIKELY_YEARS = range(1990, 2100)
"""The web is not older, and empty times of programs are in the years 1, 1601 and 1970. The clock is not read here."""
_TRUTH = dict.fromkeys(("true", "yes", "on", "1"), "true") | dict.fromkeys(("false", "no", "off", "0"), "false")
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_MANUAL = "docs/documents.md"
_OR_MAP = ", or map it in [fields] of site.toml"
_MAX_NUMBER = 10**9
_MAX_TEXT = 10_000
_MAX_ENTRIES = 1_000
_MAX_KEY = 40
_MAX_GUESSES = 100


class Moment(msgspec.Struct, frozen=True):
    """A time in UTC, in whole seconds."""

    at: dt.datetime
    is_date_only: bool
    """Whether the document gives no time of day."""


class Fields(msgspec.Struct):
    """Reads the values of a mapping. Each method returns a value, or a default after it has reported a problem."""

    values: Mapping[Any, Any]
    at: KeyPath
    """The place of the mapping in the front matter."""
    diagnostics: list[FieldDiagnostic] = msgspec.field(default_factory=list)
    """Shared by nested mappings."""
    severity: Severity = Severity.ERROR
    """The severity of problems: a warning in the entry of a list, because an invalid entry is left out."""
    manual: str = _MANUAL
    """The page of the documentation that remedies refer to."""

    def report(self, key: str, code: Code, message: str, remedy: str) -> None:
        """Adds a diagnostic about a field, with the severity of the mapping."""
        self.diagnostics.append(FieldDiagnostic((*self.at, key), code, message, remedy, self.severity))

    def warn(self, key: str, code: Code, message: str, remedy: str) -> None:
        """Adds a warning about a field."""
        self.diagnostics.append(FieldDiagnostic((*self.at, key), code, message, remedy, Severity.WARNING))

    def report_entry(
        self, key: str, index: int, code: Code, message: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Adds a diagnostic about an entry of a list."""
        self.diagnostics.append(FieldDiagnostic((*self.at, key, index), code, message, remedy, severity))

    def _report_required(self, key: str, code: Code, message: str, remedy: str) -> None:
        """Adds a diagnostic about a required field, without which the document or the entry is left out."""
        self.report(key, code, message + _consequence(self.severity), remedy)

    def missing(self, key: str, remedy: str = "", *, instead: str = "", shown: str = "") -> None:
        """Reports a missing field. A misspelt key that was probably meant for it is not reported a second time.

        Args:
            key: the key of the field.
            remedy: by default, to add the field.
            instead: what is used instead, which makes the diagnostic a warning.
            shown: the name of the field in the message, if it is not the key.
        """
        at, message, remedy = (*self.at, key), f"{shown or key} is missing", remedy or f"add `{key}:`"
        if misspelt := self._misspelt(key):
            self.diagnostics.remove(misspelt)
            at, message = misspelt.at, f"{message}: {shown_name(misspelt.at[-1])} is not a field"
            remedy = f"write `{key}:`"
            if misspelt.remedy == _another_name(key):
                remedy += f" for `{misspelt.at[-1]}:`{_OR_MAP}"
        severity = Severity.WARNING if instead else self.severity
        message += f", so {instead} is used" if instead else _consequence(severity)
        self.diagnostics.append(FieldDiagnostic(at, Code.MISSING_FIELD, message, remedy, severity))

    def _misspelt(self, key: str) -> FieldDiagnostic | None:
        """Returns the first diagnostic of an unknown key in this mapping that was probably meant as ``key``."""
        first = None
        for diagnostic in reversed(self.diagnostics):
            if diagnostic.at[: len(self.at)] != self.at:
                break  # it belongs to another mapping
            if (
                diagnostic.code is Code.UNKNOWN_KEY
                and len(diagnostic.at) == len(self.at) + 1
                and diagnostic.remedy in {_did_you_mean(key), _another_name(key)}
            ):
                first = diagnostic
        return first

    def _get(self, key: str, expected: type, *, is_required: bool = False) -> Any:  # noqa: ANN401 - callers narrow it
        """Returns the value if it has the expected type, else None."""
        value = self.values.get(key)
        if type(value) is expected:
            return value
        if value is None:
            if is_required:
                self.missing(key)
            return None
        # bool is a subclass of int, but `quality: true` is a mistake.
        if isinstance(value, expected) and not (expected is int and isinstance(value, bool)):
            return value
        can_quote = expected is str and not isinstance(value, (dict, list))
        meant = _meant(value, expected)
        remedy = (
            "put it in quotes"
            if can_quote
            else f"write `{key}: {meant}`"
            if meant
            else _FORMS[expected].format(key=key)
        )
        message = f"{key} must be {_TYPE_NAMES[expected]}, not {_type_name(value)}"
        message += "" if key == _NEVER_SHOWN else as_written(value)
        report = self._report_required if is_required else self.report
        report(key, Code.WRONG_TYPE, message, remedy)
        return None

    def text(self, key: str, *, is_required: bool = False) -> str:
        """Returns one line of repaired text, ``""`` if the field is absent or invalid."""
        value = self._get(key, str, is_required=is_required)
        if value and len(value) > _MAX_TEXT:
            report = self._report_required if is_required else self.report
            report(key, Code.TOO_LARGE, f"{key} is longer than {_MAX_TEXT:,} characters", "shorten it")
            return ""
        repaired = repair(value) if value else ""
        if is_required and value is not None and not repaired:
            self._report_required(key, Code.MISSING_FIELD, f"{key} is empty", "write a text")
        return repaired

    def raw_text(self, key: str) -> str:
        """Returns the text as it is written, ``""`` if the field is absent or invalid."""
        return "" if self.values.get(key) is None else self._get(key, str) or ""

    def slug(self, key: str) -> str:
        """Returns a slug as it is written, ``""`` if the field is absent."""
        slug = self.raw_text(key)
        if slug and not is_slug(slug):
            remedy = f"write `{key}: {slugify(slug) or 'a-few-words'}`"
            self.report(
                key, Code.INVALID_SLUG, f"{key} may contain only a-z, 0-9 and single hyphens{as_written(slug)}", remedy
            )
        return slug

    def integer(self, key: str) -> int:
        """Returns a whole number, 0 if the field is absent or invalid."""
        value = self._get(key, int) or 0
        if abs(value) > _MAX_NUMBER:
            self.report(key, Code.WRONG_TYPE, f"{key} is out of range", "give a number below a billion")
            return 0
        return int(value)

    def boolean(self, key: str) -> bool:
        """Returns ``true`` or ``false``, false if the field is absent or invalid."""
        return self.values.get(key) is not None and bool(self._get(key, bool))

    def url(self, key: str, *, is_required: bool = False, is_picture: bool = False) -> str | None:
        """Returns a normalised web address. An invalid one is only a warning if the field is not required.

        The address of a picture may have no scheme: ``//host/a.png``, ``host.example/a.png``.
        """
        value = self._get(key, str, is_required=is_required)
        if value is None or (not value.strip() and not is_required):
            return None
        try:
            return weburls.clean(weburls.with_scheme(value) if is_picture else value)
        except weburls.InvalidUrlError as error:
            report = self._report_required if is_required else self.warn
            remedy = f"write {error.corrected}" if error.corrected else _COMPLETE_ADDRESS
            report(key, Code.INVALID_URL, f"{key} {error}{as_written(value)}", remedy)
            return None

    def moment(self, key: str) -> Moment | None:
        """Returns a required time. A missing zone means UTC, a missing time of day midnight; both are warnings."""
        example = "write it as 2026-03-14T09:00:00Z"
        value = self.values.get(key)
        if value is None:
            self.missing(key, f"add `{key}: 2026-03-14T09:00:00Z`")
            return None
        text, written = value.strip().upper() if isinstance(value, str) else "", as_written(value)
        try:
            given = dt.datetime.fromisoformat(text)
            at = given
            if at.tzinfo is not dt.UTC:
                at = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
            if at.microsecond:
                at = at.replace(microsecond=0)
        except (ValueError, OverflowError):  # the latter if its zone moves it out of the years 1 to 9999
            reason, remedy = "is not written as YYYY-MM-DD, with or without a time", example
            if _LIKE_A_TIME.fullmatch(text):
                reason = "is a time that does not exist"
                remedy = "write one that exists, such as 2026-03-14T09:00:00Z"
            meant = " or ".join(corrections(value))
            message = f"{key} {reason}{written}"
            self._report_required(key, Code.INVALID_TIME, message, f"write it as {meant}" if meant else remedy)
            return None
        if not dt.MINYEAR < at.year < dt.MAXYEAR:  # neighbouring days and weeks, and other zones, must exist, too
            self._report_required(key, Code.INVALID_TIME, f"{key} is not in the years 2 to 9998{written}", example)
            return None
        if at.year not in LIKELY_YEARS:
            message = f"{key} is in the year {at.year}, which is hardly meant{written}"
            self.warn(key, Code.UNLIKELY_TIME, message, "write the time at which the article was published")
        is_date = given.tzinfo is None and bool(_DATE.fullmatch(text))
        if is_date:
            self.warn(key, Code.DATE_ONLY, f"{key} has no time of day{written}", f"add it, such as {text}T09:00:00Z")
        elif given.tzinfo is None:
            message = f"{key} has no time zone, so UTC is assumed{written}"
            self.warn(key, Code.NAIVE_TIME, message, f"write it as {given.isoformat()}Z")
        return Moment(at, is_date)

    def entries(self, key: str) -> Sequence[Any]:
        """Returns the entries of a list, of any type."""
        if self.values.get(key) is None:  # most lists are absent
            return ()
        values: list[Any] = self._get(key, list) or []
        if len(values) > _MAX_ENTRIES:
            self.report(key, Code.TOO_LARGE, f"{key} has more than {_MAX_ENTRIES:,} entries", "shorten the list")
            return ()
        return values

    def _filled_entries(self, key: str) -> Iterator[tuple[int, Any]]:
        """Yields the entries of a list with their indices. An empty one, such as a hyphen alone, is left out."""
        for index, value in enumerate(self.entries(key)):
            if value is None:
                message = f"an entry of {key} is empty, so it is left out"
                self.report_entry(key, index, Code.WRONG_TYPE, message, "remove it", Severity.WARNING)
            else:
                yield index, value

    def texts(self, key: str, *, takes_values: bool = False) -> tuple[str, ...]:
        """Returns a list of repaired texts, without empty texts and duplicates.

        With ``takes_values``, a number or a truth value is taken as text, and typographic quotes are left out, with a
        warning.
        """
        texts: dict[str, None] = {}
        for index, value in self._filled_entries(key):
            if isinstance(value, str) and len(value) > _MAX_TEXT:
                message = f"an entry of {key} is longer than {_MAX_TEXT:,} characters"
                self.report_entry(key, index, Code.TOO_LARGE, message, "shorten it")
            elif takes_values and isinstance(value, (bool, int, float)) and abs(value) < _MAX_NUMBER:
                text = str(value).lower()
                message = f"an entry of {key} is {_type_name(value)}, and taken as the text {text!r}"
                self.report_entry(key, index, Code.WRONG_TYPE, message, "put it in quotes", Severity.WARNING)
                texts[text] = None
            elif not isinstance(value, str):
                message = f"an entry of {key} must be text, not {_type_name(value)}{as_written(value)}"
                self.report_entry(key, index, Code.WRONG_TYPE, message, "put it in quotes")
            elif takes_values and value.strip()[:1] in TYPOGRAPHIC_QUOTES and (inner := repair(within_quotes(value))):
                message = f"an entry of {key} is in typographic quotes, which are left out{as_written(inner)}"
                self.report_entry(key, index, Code.WRONG_TYPE, message, f'write "{inner}"', Severity.WARNING)
                texts[inner] = None
            elif repaired := repair(value):
                texts[repaired] = None
        return tuple(texts)

    def urls(self, key: str) -> tuple[str, ...]:
        """Returns a list of normalised web addresses."""
        urls = []
        for index, value in self._filled_entries(key):
            try:
                urls.append(weburls.clean(value if isinstance(value, str) else ""))
            except weburls.InvalidUrlError as error:
                remedy = f"write {error.corrected}" if error.corrected else _COMPLETE_ADDRESS
                message = f"an entry of {key} {error}{as_written(value)}"
                self.report_entry(key, index, Code.INVALID_URL, message, remedy)
        return tuple(urls)

    def aliases(self, key: str) -> tuple[tuple[int, str], ...]:
        """Returns the valid aliases of a list, normalised, each with its index in the list."""
        found = []
        for index, value in self._filled_entries(key):
            try:
                found.append((index, aliases.clean(value if isinstance(value, str) else "")))
            except aliases.InvalidAliasError as error:
                meant = within_quotes(value) if as_written(value) else ""
                remedy = f"write it as {meant or '/folder/page/'}; see {self.manual} on {key}"
                self.report_entry(
                    key, index, Code.INVALID_ALIAS, f"an entry of {key} {error}{as_written(value)}", remedy
                )
        return tuple(found)

    def studies(self, key: str) -> tuple[Study, ...]:
        """Returns the studies that a list identifies, without duplicates.

        An entry that is not recognised is left out with a warning, and so is everything after the twentieth.
        """
        values = self.entries(key)
        if len(values) > MAX_STUDIES:
            message = f"{key} has more than {MAX_STUDIES} entries, so only the first {MAX_STUDIES} are used"
            self.warn(key, Code.TOO_LARGE, message, "shorten the list")
        found: dict[Study, None] = {}
        for index, value in enumerate(values[:MAX_STUDIES]):
            if isinstance(value, str) and len(value) <= _MAX_TEXT and (study := read_study(repair(value))):
                found[study] = None
            else:
                message = f"an entry of {key} is no known identifier{as_written(value)}" + _consequence(
                    Severity.WARNING
                )
                self.report_entry(key, index, Code.INVALID_STUDY, message, _STUDY_FORMS, Severity.WARNING)
        return tuple(found)

    def mapping(self, key: str) -> "Fields | None":
        """Returns the fields of a nested mapping."""
        value = self._get(key, dict)
        return None if value is None else Fields(value, (*self.at, key), self.diagnostics, self.severity, self.manual)

    def mappings(self, key: str, *, severity: Severity = Severity.WARNING) -> Sequence["Fields"]:
        """Returns the fields of each mapping in a list. Problems in them have the given severity."""
        entries = (self.entry(key, index, value, severity) for index, value in enumerate(self.entries(key)))
        return [entry for entry in entries if entry]

    def entry(self, key: str, index: int, value: object, severity: Severity = Severity.WARNING) -> "Fields | None":
        """Returns the fields of one entry of a list, or None after reporting that it is not a mapping."""
        if isinstance(value, dict):
            return Fields(value, (*self.at, key, index), self.diagnostics, severity, self.manual)
        message = f"an entry of {key} must be a group of fields, not {_type_name(value)}" + _consequence(severity)
        self.report_entry(key, index, Code.WRONG_TYPE, message, "write one field per line: `- field: …`", severity)
        return None

    def report_unknown(
        self, known: frozenset[str], *, of: str = "a document", severity: Severity = Severity.WARNING
    ) -> None:
        """Reports the keys of this mapping that are not known."""
        is_document = not self.at and self.manual == _MANUAL
        for key in self.values:
            if key in known:
                continue
            at = (*self.at, str(key)) if isinstance(key, (str, int)) else self.at
            message = f"{shown_name(key)} is not a field of {of} and is ignored"
            field = FIELD_OF.get(key, "") if is_document else ""
            if field and field not in self.values:
                remedy = _another_name(field)
                self.diagnostics.append(FieldDiagnostic(at, Code.UNKNOWN_KEY, message, remedy, severity))
                continue
            # Guessing is slow, so it stops in a document with very many diagnostics.
            is_guessed = isinstance(key, str) and len(self.diagnostics) < _MAX_GUESSES
            guess = _nearest_key(key, known) if is_guessed else ""
            remedy = _did_you_mean(guess) if guess else "remove it, or check its spelling"
            self.diagnostics.append(FieldDiagnostic(at, Code.UNKNOWN_KEY, message, remedy, severity))


def _consequence(severity: Severity) -> str:
    """Returns the end of a message about a missing or invalid required field."""
    return "" if severity is Severity.ERROR else ", so the entry is left out"


def _meant(value: object, expected: type) -> str:
    """Returns the truth value or number that a text was probably meant for, or ``""``."""
    text = (within_quotes(value) or value).strip().lower() if isinstance(value, str) else ""
    if expected is bool:
        return _TRUTH.get(text, "")
    return text if expected is int and _NUMBER.fullmatch(text) else ""


def _did_you_mean(key: str) -> str:
    return f"did you mean `{key}`?"


def _another_name(key: str) -> str:
    """Returns the remedy for a name that other programs have for a field of documents."""
    return f"its name here is `{key}`: rename it{_OR_MAP}"


@functools.lru_cache(maxsize=1_024)
def _nearest_key(key: str, known: frozenset[str]) -> str:
    """Returns the known key that an unknown one was probably meant for, or ``""``."""
    return next(iter(nearest(key[:_MAX_KEY], known)), "")


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "a value of another type")
