"""Reuses files of the output folder whose content would not change, and stages all others."""

from collections.abc import Mapping

import msgspec

from generator.cache.file_index import FileEntry
from generator.cache.memo import Kind, Memo
from generator.output.tree import Staged, Tree

FILE = Kind("file", bytes)
"""The SHA-256 digest of a page or a compressed copy."""


class OutputReuse(msgspec.Struct, frozen=True, kw_only=True):
    """The locked output folder, and what earlier builds recorded of its files."""

    output: Tree
    memo: Memo
    entries: Mapping[str, FileEntry]
    """The entries of the files in the file index, by path."""
    altered: frozenset[str]
    """The paths of recorded files that are missing, or have another size or time of modification."""
    is_forced: bool
    """Whether no file is reused."""
    is_strict: bool
    """Whether the content of files is compared even if size and time are unchanged."""

    def find_by_key(self, path: str, key: bytes) -> Staged | None:
        """Returns the file at a path if its content is the cached result for a key, or None."""
        if self.is_forced or not self.memo.has(FILE, key):
            return None
        digest = self.memo.find(FILE, key)
        return self.find_by_digest(path, digest) if digest else None

    def find_by_digest(self, path: str, digest: bytes) -> Staged | None:
        """Returns the file at a path if it has a SHA-256 digest, or None."""
        entry = self.entries.get(path)
        if self.is_forced or entry is None or entry.digest != digest:
            return None
        stamp: tuple[int, int] | None = (entry.size, entry.modified)
        if path in self.altered or self.is_strict:
            stamp = self.output.unchanged_stamp(path, entry, is_strict=self.is_strict)
        return Staged(path=path, digest=digest.hex(), is_changed=False, stamp=stamp) if stamp else None

    def stage(self, path: str, data: bytes) -> Staged:
        """Stages a file, unless the output folder contains the same file, byte for byte."""
        return self.output.stage(path, data, is_forced=self.is_forced)
