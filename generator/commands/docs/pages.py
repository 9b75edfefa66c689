"""The pages of the documentation for users."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from generator.config import tables
from generator.config.settings import Settings
from generator.errors.manual import docs_folder

DEVELOPER_PAGES: Final = frozenset({"architecture", "contributing", "decisions", "dependencies", "performance"})
"""Pages that only a checkout has; ``digest docs`` does not show them."""
_CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_NOT_PROSE = ("#", "|", "- ", "![", "    ")
_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")
_SENTENCE = re.compile(r".+?[.!?](?=\s|$)")


def find() -> Mapping[str, Path]:
    """Returns the Markdown files of the pages by name, sorted by name."""
    return {path.stem: path for path in sorted(docs_folder().glob("*.md")) if path.stem not in DEVELOPER_PAGES}


def first_sentence(markdown: str) -> str:
    """Returns the first sentence of the first paragraph, on one line and without links; ``""`` if there is none."""
    blocks = _CODE_BLOCK.sub("", markdown).split("\n\n")
    paragraphs = (
        " ".join(block.split()) for block in blocks if block.strip() and not block.lstrip("\n").startswith(_NOT_PROSE)
    )
    text = _LINK.sub(r"\1", next(paragraphs, ""))
    sentence = _SENTENCE.match(text)
    text = sentence[0] if sentence else text
    return text[:1].upper() + text[1:]


def settings_as_json() -> str:
    """Returns all settings as a list of objects with ``path``, ``type``, ``default`` and ``meaning``."""
    return msgspec.json.format(msgspec.json.encode(tables.describe(Settings)), indent=2).decode()
