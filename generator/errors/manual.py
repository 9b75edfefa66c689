"""The manual of error codes: the entries of ``docs/errors.md``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_ENTRY = re.compile(r"^### `([a-z0-9-]+)`\n\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The explanation of a code."""

    code: str
    summary: str
    """One line."""
    example: str
    """A diagnostic as the program prints it."""
    text: str
    """The whole entry as plain text, with summary and example."""


def docs_folder() -> Path:
    """Returns the folder with the pages of the documentation, in an installed package or in a checkout."""
    installed = _PACKAGE / "docs"
    return installed if installed.is_dir() else _PACKAGE.parent / "docs"


def entries() -> Mapping[str, Entry]:
    """Returns the entries by code, in the order of the document."""
    manual = (docs_folder() / "errors.md").read_text("utf-8")
    return {match[1]: _entry(match[1], match[2].strip()) for match in _ENTRY.finditer(manual)}


def _entry(code: str, text: str) -> Entry:
    """Parses an entry: a summary, an indented example, and more paragraphs."""
    summary, example, *_ = text.split("\n\n")
    return Entry(
        code=code,
        summary=summary.replace("\n", " "),
        example=example.strip(),
        text=f"{code}\n\n" + _LINK.sub(r"\1 (docs/\2)", text),
    )
