"""Folders of documents, as they are or packed, and their items."""

import re
import tarfile
from pathlib import Path

from generator.content import parse as parsing
from generator.content import publishers, source_files
from generator.content.model import Item

_TIME = re.compile(r"^publishedDateTime: [\"']?(\S+)", re.MULTILINE)


def unpacked(source: Path, scratch: Path) -> Path:
    """Returns the folder that holds the documents; an archive is unpacked below ``scratch`` first."""
    if source.is_dir():
        return source
    folder = scratch / source.name.partition(".")[0]
    with tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.rglob("*.md")).parent


def newest(folder: Path, count: int) -> list[tuple[str, str]]:
    """Returns names and texts of the newest documents in a folder, at most so many, oldest first."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}
    return sorted(texts.items(), key=lambda one: (_published(one[1]), one[0]))[-count:]


def _published(text: str) -> str:
    found = _TIME.search(text)
    return found[1] if found else ""


def read(folder: Path) -> list[Item]:
    """Returns the items of all documents in a folder that have no errors."""
    files = [(folder / file.name, file.name) for file in source_files.find(folder).files]
    documents = (source_files.read(str(path), name=name, shown=path.as_posix()) for path, name in files)
    parsed = (
        parsing.parse(document, publishers=publishers.shipped())
        for document in documents
        if isinstance(document, source_files.Document)
    )
    return [one.item for one in parsed if one.item]
