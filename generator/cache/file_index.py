"""Which files are unchanged since a build recorded them, by size and times, as git's index does."""

import os
from pathlib import Path
from typing import NamedTuple

UNTRUSTED = 0
"""The time of modification of an entry whose file must be compared by content."""


class FileEntry(NamedTuple):
    """A file as a build recorded it."""

    size: int
    """In bytes."""
    modified: int
    """Unix time of the last modification in nanoseconds; ``UNTRUSTED`` where it says nothing."""
    changed: int
    """The same of the last change of its metadata; 0 for files that a build wrote itself."""
    digest: bytes
    """SHA-256 of its bytes."""


def source_entry(stamp: tuple[int, int, int], digest: bytes, trusted_before: int) -> FileEntry:
    """Returns the entry of a document.

    Args:
        stamp: its size and times when it was found.
        digest: SHA-256 of the bytes that were read.
        trusted_before: a file that changed later may change again without another time, so its times say nothing.
    """
    size, modified, changed = stamp
    if modified >= trusted_before or changed >= trusted_before:
        modified = UNTRUSTED
    return FileEntry(size, modified, changed, digest)


def is_unchanged(entry: FileEntry | None, stamp: tuple[int, int, int]) -> bool:
    """Returns whether a document is the one of an entry, by its size and times."""
    return entry is not None and entry.modified != UNTRUSTED and entry[:3] == stamp


def folder_name(folder: Path, base: Path) -> str:
    """Returns the name under which a folder's files are recorded: its path seen from the site's folder.

    A checkout in another place, as on CI, so finds its own entries.
    """
    try:
        return Path(os.path.relpath(folder.resolve(), base.resolve())).as_posix()
    except ValueError:  # another drive, on Windows
        return folder.resolve().as_posix()
