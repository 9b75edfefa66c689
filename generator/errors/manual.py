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
    """What there is to say about a code."""

    code: str
    summary: str
    """One line."""
    example: str
    """A line as the program prints it."""
    text: str
    """All of it, the summary and the example too, as it is printed."""


def entries() -> Mapping[str, Entry]:
    """The entries by code, in the order of the document."""
    return {found[1]: _entry(found[1], found[2].strip()) for found in _ENTRY.finditer(_path().read_text("utf-8"))}


def _path() -> Path:
    return docs_folder() / "errors.md"


def _entry(code: str, text: str) -> Entry:
    """An entry is a line, an indented example, and paragraphs."""
    summary, example, *_ = text.split("\n\n")
    return Entry(
        code=code,
        summary=summary.replace("\n", " "),
        example=example.strip(),
        text=f"{code}\n\n" + _LINK.sub(r"\1 (docs/\2)", text),
    )
