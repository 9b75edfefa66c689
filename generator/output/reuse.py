"""Reuses files of the output folder that hold what they would be made to hold; stages all others."""

from collections.abc import Mapping

import msgspec

from generator.cache.file_index import FileEntry
from generator.cache.memo import Kind, Memo
from generator.output.tree import Staged, Tree

FILE = Kind("file", bytes)
"""SHA-256 of the file that was made of everything with a key: a page, or a compressed copy."""


class OutputReuse(msgspec.Struct, frozen=True, kw_only=True):
    """An output folder that this process holds, and what earlier builds recorded of its files."""

    output: Tree
    memo: Memo
    entries: Mapping[str, FileEntry]
    """The files as they were last written, by path."""
    altered: frozenset[str]
    """Paths of those that are missing, or have another size or time."""
    is_forced: bool
    """Make and stage everything anew."""
    is_strict: bool
    """Compare the content of files, also where size and time are unchanged."""

    def made_of(self, path: str, key: bytes) -> Staged | None:
        """Returns a file that is there and was made of what has this key."""
        if self.is_forced or not self.memo.has(FILE, key):
            return None
        digest = self.memo.find(FILE, key)
        return self.with_digest(path, digest) if digest else None

    def with_digest(self, path: str, digest: bytes) -> Staged | None:
        """Returns a file that is there and has this SHA-256."""
        entry = self.entries.get(path)
        if self.is_forced or entry is None or entry.digest != digest:
            return None
        stamp: tuple[int, int] | None = (entry.size, entry.modified)
        if path in self.altered or self.is_strict:
            stamp = self.output.unchanged_stamp(path, entry, is_strict=self.is_strict)
        return Staged(path=path, digest=digest.hex(), is_changed=False, stamp=stamp) if stamp else None

    def stage(self, path: str, data: bytes) -> Staged:
        """Stages a file unless the site has it already, byte for byte."""
        return self.output.stage(path, data, is_forced=self.is_forced)
