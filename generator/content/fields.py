"""Front matter read field by field: every value is checked for its type, every fault is kept with its place."""

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from generator.content import aliases
from generator.content.field_errors import FieldDiagnostic
from generator.content.front_matter import KeyPath, shown_name
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import nearest, repair

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
    list: "write `{key}:`, and each entry in a line below it: `- …`",
    dict: "write `{key}:`, and each of its fields in a line below it: `  field: …`",
}
"""How a value of a type is written."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LIKE_A_TIME = re.compile(_DATE.pattern + r"(.\d{2}(:\d{2}){1,2}([.,]\d+)?(Z|[+-]\d{2}(:?\d{2}){0,2})?)?", re.ASCII)
_MAX_NUMBER = 10**9
_MAX_TEXT = 10_000
_MAX_ENTRIES = 1_000
_MAX_KEY = 40
_MAX_GUESSES = 100


class Moment(msgspec.Struct, frozen=True):
    """A time in UTC; ``is_date_only`` where the document gave no time of day."""

    at: dt.datetime
    is_date_only: bool


class Fields(msgspec.Struct):
    """Reads one mapping. A method returns the field's value, or its default after noting a fault."""

    values: Mapping[Any, Any]
    at: KeyPath
    diagnostics: list[FieldDiagnostic] = msgspec.field(default_factory=list)
    severity: Severity = Severity.ERROR
    """Of faults; warnings in the entries of lists, where one bad entry must not cost the document."""
    manual: str = "docs/documents.md"
    """Where remedies send the reader."""

    def diagnostic(self, key: str, code: Code, message: str, remedy: str) -> None:
        """Notes what is wrong with a field."""
        self.diagnostics.append(FieldDiagnostic((*self.at, key), code, message, remedy, self.severity))

    def warn(self, key: str, code: Code, message: str, remedy: str) -> None:
        """Notes a warning."""
        self.diagnostics.append(FieldDiagnostic((*self.at, key), code, message, remedy, Severity.WARNING))

    def _refuse(self, key: str, code: Code, message: str, remedy: str) -> None:
        """Notes what is wrong with a field without which there is no document, or no entry."""
        consequence = "" if self.severity is Severity.ERROR else ", so the entry is left out"
        self.diagnostic(key, code, message + consequence, remedy)

    def missing(self, key: str, remedy: str = "", *, instead: str = "", shown: str = "") -> None:
        """Notes that a field is not there; a slip in its name is the same mistake, and both are told as one.

        Args:
            key: the field.
            remedy: what to do; the field is to be added unless told.
            instead: what stands in. Then it is a warning.
            shown: the field in words that say where it belongs.
        """
        at, message, remedy = (*self.at, key), f"{shown or key} is missing", remedy or f"add `{key}:`"
        if slip := self._slip(key):
            self.diagnostics.remove(slip)
            at, message = slip.at, f"{message}: {shown_name(slip.at[-1])} is no field"
            remedy = f"write `{key}:`"
        if instead:
            self.diagnostics.append(
                FieldDiagnostic(at, Code.MISSING_FIELD, f"{message}, {instead}", remedy, Severity.WARNING)
            )
        else:
            message += "" if self.severity is Severity.ERROR else ", so the entry is left out"
            self.diagnostics.append(FieldDiagnostic(at, Code.MISSING_FIELD, message, remedy, self.severity))

    def _slip(self, key: str) -> FieldDiagnostic | None:
        """The report of a key here that is none, where this one was meant."""
        found = None
        for diagnostic in reversed(self.diagnostics):
            if diagnostic.at[: len(self.at)] != self.at:
                break  # of another entry
            if (
                diagnostic.code is Code.UNKNOWN_KEY
                and len(diagnostic.at) == len(self.at) + 1
                and diagnostic.remedy == _meant(key)
            ):
                found = diagnostic
        return found

    def _get(self, key: str, expected: type, *, is_required: bool = False) -> Any:  # noqa: ANN401 - callers narrow it
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
        remedy = "put it in quotes" if can_quote else _FORMS[expected].format(key=key)
        note = self._refuse if is_required else self.diagnostic
        note(key, Code.WRONG_TYPE, f"{key} must be {_TYPE_NAMES[expected]}, not {_type_name(value)}", remedy)
        return None

    def text(self, key: str, *, is_required: bool = False) -> str:
        """One line of repaired text, ``""`` where absent."""
        value = self.values.get(key)
        if value is None and not is_required:
            return ""
        value = self._get(key, str, is_required=is_required)
        if value and len(value) > _MAX_TEXT:
            note = self._refuse if is_required else self.diagnostic
            note(key, Code.TOO_LARGE, f"{key} is longer than {_MAX_TEXT:,} characters", "shorten it")
            return ""
        repaired = repair(value) if value else ""
        if is_required and value is not None and not repaired:
            self._refuse(key, Code.MISSING_FIELD, f"{key} is empty", "write it, or remove the whole")
        return repaired

    def raw_text(self, key: str) -> str:
        """Text as it stands."""
        return "" if self.values.get(key) is None else self._get(key, str) or ""

    def integer(self, key: str, default: int = 0) -> int:
        """A whole number."""
        value = self.values.get(key)
        if value is not None:
            value = self._get(key, int)
        if value is None:
            return default
        if abs(value) > _MAX_NUMBER:
            self.diagnostic(key, Code.WRONG_TYPE, f"{key} is out of range", "give a number below a billion")
            return default
        return int(value)

    def boolean(self, key: str) -> bool:
        """``true`` or ``false``; false where absent."""
        return self.values.get(key) is not None and bool(self._get(key, bool))

    def url(self, key: str, *, is_required: bool = False) -> str | None:
        """A cleaned web address. Where it is not required, an unusable one is a warning and the field is left out."""
        value = self.values.get(key)
        if value is not None or is_required:
            value = self._get(key, str, is_required=is_required)
        if value is None or (not value.strip() and not is_required):
            return None
        try:
            return weburls.clean(value)
        except weburls.InvalidUrlError as error:
            note = self._refuse if is_required else self.warn
            note(key, Code.INVALID_URL, f"{key} {error}", "give the whole address, from http:// or https:// on")
            return None

    def moment(self, key: str) -> Moment | None:
        """A required time. Without a zone it is taken as UTC, without a time of day as midnight, with a warning."""
        example = "write it as 2026-03-14T09:00:00Z"
        value = self.values.get(key)
        if value is None:
            self.missing(key, f"add `{key}: 2026-03-14T09:00:00Z`")
            return None
        text = value.strip().upper() if isinstance(value, str) else ""
        try:
            given = dt.datetime.fromisoformat(text)
            at = given
            if at.tzinfo is not dt.UTC:
                at = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
            if at.microsecond:
                at = at.replace(microsecond=0)
        except (ValueError, OverflowError):  # the latter: its zone moves it out of the years 1 to 9999
            reason = (
                "is no time that exists"
                if _LIKE_A_TIME.fullmatch(text)
                else "is not written as YYYY-MM-DD, with or without a time"
            )
            self._refuse(key, Code.INVALID_TIME, f"{key} {reason}", example)
            return None
        if not dt.MINYEAR < at.year < dt.MAXYEAR:  # the day before, the week after and other zones must exist, too
            self._refuse(key, Code.INVALID_TIME, f"{key} is no time of our age", example)
            return None
        is_date = given.tzinfo is None and bool(_DATE.fullmatch(text))
        if is_date:
            self.warn(key, Code.DATE_ONLY, f"{key} has no time of day", example)
        elif given.tzinfo is None:
            self.warn(key, Code.NAIVE_TIME, f"{key} has no time zone, UTC is assumed", example)
        return Moment(at, is_date)

    def entries(self, key: str) -> Sequence[Any]:
        """What a list holds, whatever it is."""
        if self.values.get(key) is None:
            return ()
        values: list[Any] = self._get(key, list) or []
        if len(values) > _MAX_ENTRIES:
            self.diagnostic(key, Code.TOO_LARGE, f"{key} has more than {_MAX_ENTRIES:,} entries", "shorten the list")
            return ()
        return values

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of repaired, not empty texts, each once."""
        texts: dict[str, None] = {}
        for index, value in enumerate(self.entries(key)):
            if isinstance(value, str) and len(value) > _MAX_TEXT:
                message = f"an entry of {key} is longer than {_MAX_TEXT:,} characters"
                self.diagnostics.append(FieldDiagnostic((*self.at, key, index), Code.TOO_LARGE, message, "shorten it"))
            elif not isinstance(value, str):
                message = f"an entry of {key} must be text, not {_type_name(value)}"
                self.diagnostics.append(
                    FieldDiagnostic((*self.at, key, index), Code.WRONG_TYPE, message, "put it in quotes")
                )
            elif repaired := repair(value):
                texts[repaired] = None
        return tuple(texts)

    def urls(self, key: str) -> tuple[str, ...]:
        """A list of cleaned web addresses."""
        urls = []
        for index, value in enumerate(self.entries(key)):
            try:
                urls.append(weburls.clean(value if isinstance(value, str) else ""))
            except weburls.InvalidUrlError as error:
                message = f"an entry of {key} {error}"
                remedy = "give the whole address, from http:// or https:// on"
                self.diagnostics.append(FieldDiagnostic((*self.at, key, index), Code.INVALID_URL, message, remedy))
        return tuple(urls)

    def aliases(self, key: str) -> tuple[tuple[int, str], ...]:
        """A list of former addresses on this site, each with its number in the list, from 0."""
        found = []
        for index, value in enumerate(self.entries(key)):
            try:
                found.append((index, aliases.clean(value if isinstance(value, str) else "")))
            except aliases.InvalidAliasError as error:
                message = f"an entry of {key} {error}"
                remedy = f"write it as /folder/page/; see {self.manual} on {key}"
                self.diagnostics.append(FieldDiagnostic((*self.at, key, index), Code.INVALID_ALIAS, message, remedy))
        return tuple(found)

    def mapping(self, key: str) -> "Fields | None":
        """The fields of a nested mapping."""
        value = self._get(key, dict)
        return None if value is None else Fields(value, (*self.at, key), self.diagnostics, self.severity, self.manual)

    def mappings(self, key: str, *, severity: Severity = Severity.WARNING) -> Sequence["Fields"]:
        """The fields of each mapping of a list; what is wrong in one is a warning unless told otherwise."""
        entries = (self.entry(key, index, value, severity) for index, value in enumerate(self.entries(key)))
        return [entry for entry in entries if entry]

    def entry(self, key: str, index: int, value: object, severity: Severity = Severity.WARNING) -> "Fields | None":
        """The fields of what stands in a list of :meth:`mappings`, nothing where it has none."""
        at = (*self.at, key, index)
        if isinstance(value, dict):
            return Fields(value, at, self.diagnostics, severity, self.manual)
        message = f"an entry of {key} must be a group of fields, not {_type_name(value)}"
        if severity is Severity.WARNING:
            message += ", so the entry is left out"
        self.diagnostics.append(
            FieldDiagnostic(at, Code.WRONG_TYPE, message, "write its fields one a line: `- field: …`", severity)
        )
        return None

    def report_unknown(
        self, known: frozenset[str], *, of: str = "a document", severity: Severity = Severity.WARNING
    ) -> None:
        """Notes keys that have no meaning."""
        if self.values.keys() <= known:
            return
        for key in self.values:
            if key in known:
                continue
            at = (*self.at, str(key)) if isinstance(key, (str, int)) else self.at
            message = f"{shown_name(key)} is no field of {of} and is not used"
            # A document of nothing but slips need not be guessed at, key by key.
            is_guessed = isinstance(key, str) and len(self.diagnostics) < _MAX_GUESSES
            guess = _known_key(key, known) if is_guessed else ""
            remedy = _meant(guess) if guess else "remove it, or look for a slip in its name"
            self.diagnostics.append(FieldDiagnostic(at, Code.UNKNOWN_KEY, message, remedy, severity))


def _meant(key: str) -> str:
    return f"did you mean `{key}`?"


@functools.lru_cache(maxsize=1_024)
def _known_key(key: str, known: frozenset[str]) -> str:
    """The known key that was meant, if one is near; a robot repeats its slips by the thousand."""
    return next(iter(nearest(key[:_MAX_KEY], known)), "")


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "a value of another type")
