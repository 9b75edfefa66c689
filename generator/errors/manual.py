"""The manual of error codes: the entries of ``docs/errors.md``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.util.docs import docs_folder

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


def entries() -> Mapping[str, Entry]:
    """Returns the entries by code, in the order of the document."""
    return {match[1]: _entry(match[1], match[2].strip()) for match in _ENTRY.finditer(_path().read_text("utf-8"))}


def _path() -> Path:
    return docs_folder() / "errors.md"


def _entry(code: str, text: str) -> Entry:
    """Parses an entry: a summary, an indented example, and more paragraphs."""
    summary, example, *_ = text.split("\n\n")
    return Entry(
        code=code,
        summary=summary.replace("\n", " "),
        example=example.strip(),
        text=f"{code}\n\n" + _LINK.sub(r"\1 (docs/\2)", text),
    )
