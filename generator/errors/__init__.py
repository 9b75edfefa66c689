"""Diagnostics, and the exceptions that carry them.

The exception tree::

    DigestError
    ├── BuildFailedError      the documents, the templates or the static files have errors (exit 1)
    ├── SettingsError         site.toml, topics.yaml, sources.yaml, hooks.py or an option has errors (exit 2)
    ├── OutputError           the output folder cannot be used as asked (exit 2)
    │   └── DamagedStateError the state of the last build cannot be used (exit 2)
    ├── ServingError          the site cannot be served as asked (exit 2)
    └── LinksCacheError       the link cache cannot be used (exit 2)

Any other exception is a bug of this program (exit 3).
"""

import enum
import itertools
from collections.abc import Iterable

import msgspec

from generator.util.text import counted, printable


class Severity(enum.StrEnum):
    """The severity of a diagnostic: an error keeps the document off the site, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Code(enum.StrEnum):
    """The codes of diagnostics. ``docs/errors.md`` explains each."""

    # The file.
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not-a-file"
    OUTSIDE_SOURCE = "outside-source"
    LINKED_FOLDER = "linked-folder"
    CONFLICT_COPY = "conflict-copy"
    TOO_LARGE = "too-large"
    BINARY = "binary"
    NOT_UTF8 = "not-utf8"
    EMPTY = "empty"
    # The YAML, TOML or JSON of the front matter.
    NO_FRONT_MATTER = "no-front-matter"
    UNCLOSED_FRONT_MATTER = "unclosed-front-matter"
    INVALID_YAML = "invalid-yaml"
    INVALID_TOML = "invalid-toml"
    INVALID_JSON = "invalid-json"
    NOT_A_MAPPING = "not-a-mapping"
    DUPLICATE_KEY = "duplicate-key"
    TOO_DEEP = "too-deep"
    # The fields of the front matter.
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    INVALID_TIME = "invalid-time"
    UNLIKELY_TIME = "unlikely-time"
    NAIVE_TIME = "naive-time"
    DATE_ONLY = "date-only"
    INVALID_URL = "invalid-url"
    INVALID_DOMAIN = "invalid-domain"
    INVALID_SLUG = "invalid-slug"
    INVALID_ALIAS = "invalid-alias"
    INVALID_STUDY = "invalid-study"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_KEY = "unknown-key"
    UNKNOWN_EMBED = "unknown-embed"
    INVALID_BODY = "invalid-body"
    INVALID_LINK = "invalid-link"
    REMOVED_HTML = "removed-html"
    INVALID_IMAGE = "invalid-image"
    # The collection.
    NO_DOCUMENTS = "no-documents"
    DUPLICATE_ITEM = "duplicate-item"
    # The site.
    ADDRESS_COLLISION = "address-collision"
    DEAD_LINK = "dead-link"
    TEMPLATE_ERROR = "template-error"
    HOOK_ERROR = "hook-error"
    ASSET_ERROR = "asset-error"
    SEARCH_ERROR = "search-error"
    # The settings.
    INVALID_SETTING = "invalid-setting"
    UNKNOWN_SETTING = "unknown-setting"
    LOW_CONTRAST = "low-contrast"
    UNKNOWN_FONT = "unknown-font"
    # Reported by `digest check` only, always as warnings.
    MISSING_EXCERPT = "missing-excerpt"
    MISSING_IMAGE = "missing-image"
    MISSING_IMAGE_SIZE = "missing-image-size"
    INSECURE_IMAGE = "insecure-image"
    MENDED_TEXT = "mended-text"
    LOST_TEXT = "lost-text"
    CUT_TEXT = "cut-text"
    FUTURE_ITEM = "future-item"
    NEAR_DUPLICATE = "near-duplicate"
    SOURCE_SPELLING = "source-spelling"
    TOPIC_SPELLING = "topic-spelling"
    UNKNOWN_SOURCE = "unknown-source"
    UNCURATED_TOPIC = "uncurated-topic"
    UNKNOWN_TOPIC = "unknown-topic"
    UNKNOWN_STORY = "unknown-story"
    UNKNOWN_ARTICLE = "unknown-article"
    GONE_LINK = "gone-link"
    UNUSED_TEMPLATE = "unused-template"
    UNUSED_BLOCK = "unused-block"
    REPLACED_HEAD = "replaced-head"
    CHANGED_ORIGINAL = "changed-original"
    BLOCKED_BY_POLICY = "blocked-by-policy"
    UNKNOWN_HOST = "unknown-host"
    # Reported by `digest import` only, always as warnings.
    NOT_IMPORTED = "not-imported"
    # The curated topics.
    DUPLICATE_TOPIC = "duplicate-topic"
    UNKNOWN_PARENT = "unknown-parent"
    PARENT_LOOP = "parent-loop"
    UNKNOWN_COLOUR = "unknown-colour"
    # The curated publishers.
    DUPLICATE_SOURCE = "duplicate-source"
    UNKNOWN_KIND = "unknown-kind"
    INVALID_COUNTRY = "invalid-country"


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """A problem in an input file, with its place and a remedy."""

    path: str
    """The file, as the user named it, or an option of the command line."""
    line: int = 1
    """Counted from 1."""
    column: int = 1
    """Counted from 1, in characters."""
    code: Code
    severity: Severity = Severity.ERROR
    message: str
    remedy: str

    def __str__(self) -> str:
        """Returns ``path:line:column: code: message (remedy)``, safe for a terminal. An option has no place."""
        place = self.path if self.path.startswith("--") else f"{self.path}:{self.line}:{self.column}"
        return printable(f"{place}: {self.code}: {self.message} ({self.remedy})")

    @property
    def is_error(self) -> bool:
        """Whether the severity is ``ERROR``, so that the input is refused."""
        return self.severity is Severity.ERROR

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The sort key that orders diagnostics by place."""
        return (self.path, self.line, self.column, self.code, self.message)


def has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    """Returns whether one of the diagnostics is an error."""
    return any(diagnostic.is_error for diagnostic in diagnostics)


def merge_unknown_keys(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Merges the diagnostics of each unknown key into the first one, with the number of other documents that have it.

    A robot repeats a misspelt key in every document.
    """
    first: dict[str, Diagnostic] = {}
    other_paths: dict[str, set[str]] = {}
    merged: list[Diagnostic] = []
    for diagnostic in sorted_by_place(diagnostics):
        if diagnostic.code is not Code.UNKNOWN_KEY:
            merged.append(diagnostic)
        elif first.setdefault(diagnostic.message, diagnostic).path != diagnostic.path:
            other_paths.setdefault(diagnostic.message, set()).add(diagnostic.path)
    for message, diagnostic in first.items():
        message_for_all = message + for_other_documents(len(other_paths.get(message, ())))
        merged.append(msgspec.structs.replace(diagnostic, message=message_for_all))
    return merged


def for_other_documents(others: int) -> str:
    """Returns the end of a message that also applies to a number of other documents."""
    return f", here and in {counted(others, 'other document')}" if others else ""


def sorted_by_place(*groups: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Joins groups of diagnostics, and sorts them by place."""
    return tuple(sorted(itertools.chain(*groups), key=lambda diagnostic: diagnostic.order))


class DigestError(Exception):
    """Base of the errors that the user can fix, in the input or on the command line."""

    exit_code = 2


class DiagnosticsError(DigestError):
    """Base of the errors that carry diagnostics, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sorted_by_place(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))


class BuildFailedError(DiagnosticsError):
    """The documents, the templates or the static files have errors; nothing was written."""

    exit_code = 1


class SettingsError(DiagnosticsError):
    """``site.toml``, ``topics.yaml``, ``sources.yaml``, ``hooks.py`` or an option has errors."""


class OutputError(DigestError):
    """The output folder cannot be used as asked."""


class DamagedStateError(OutputError):
    """The state of the last build is damaged, or another build has changed it in the meantime."""


class PrintingError(DigestError):
    """The result of a command cannot be printed."""


class ServingError(DigestError):
    """The site cannot be served as asked."""


class LinksCacheError(DigestError):
    """The link cache cannot be used."""
