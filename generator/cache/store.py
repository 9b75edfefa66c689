"""The file of the cache: an SQLite database in the state folder, of results by kind and key, and of known files.

The database holds nothing that cannot be made again. Where it is damaged, locked, written by another version of the
program, or cannot be written at all, the build goes on without it.
"""

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path

from generator.cache.file_index import FileEntry

NAME = "cache.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (kind TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_key ON results (kind, key);
CREATE TABLE IF NOT EXISTS files (
    folder TEXT NOT NULL, path BLOB NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    changed INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (folder, path)
) WITHOUT ROWID;
"""
_PROGRAM = "program"
_CRC_BYTES = 4
_PENDING_BYTES = 4 * 1024 * 1024
"""Results of this size together are written while the build goes on."""


class Store:
    """Results and file entries of earlier builds, and those that this build adds.

    Forked processes read through connections of their own; only the process that opened the store writes.
    """

    def __init__(self, folder: Path, program: str) -> None:
        """Opens the store of a state folder; nothing is created before something is written.

        Args:
            folder: the state folder.
            program: the fingerprint of the program; a store of another program is dropped.
        """
        self.path = folder / NAME
        self._program = program
        self._connection: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
        self._opener = self._process = os.getpid()
        self._pending: dict[tuple[str, bytes], bytes] = {}
        self._pending_bytes = 0
        self._is_writable = True
        self.was_dropped = False
        """Whether there was a store that could not be used."""
        if not self.path.is_symlink() and self.path.is_file() and not self._is_usable():
            self.drop()

    def _is_usable(self) -> bool:
        try:
            found = self._connected().execute("SELECT value FROM meta WHERE name = ?", (_PROGRAM,)).fetchone()
        except sqlite3.Error:
            return False
        return found is not None and found[0] == self._program

    def drop(self) -> None:
        """Removes the store's file; the build goes on with an empty one."""
        self.close()
        self.was_dropped = True
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def close(self) -> None:
        """Closes this process's connection; the next call opens it again."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
            self._connection = None

    def find(self, kind: str, key: bytes) -> bytes | None:
        """Returns the value of a kind and key, or None where there is none that is whole."""
        pending = self._pending.get((kind, key))
        if pending is not None:
            return pending
        if not self._has_file():
            return None
        try:
            row = (
                self._connected()
                .execute("SELECT value FROM results WHERE kind = ? AND key = ?", (kind, key))
                .fetchone()
            )
        except sqlite3.Error:
            return None
        return _opened(key, row[0]) if row else None

    def has(self, kind: str, key: bytes) -> bool:
        """Returns whether there is a value, whole or not."""
        if (kind, key) in self._pending:
            return True
        if not self._has_file():
            return False
        try:
            query = "SELECT 1 FROM results WHERE kind = ? AND key = ?"
            return self._connected().execute(query, (kind, key)).fetchone() is not None
        except sqlite3.Error:
            return False

    def all_of(self, kind: str) -> dict[bytes, bytes]:
        """Returns the values of a kind by key, without those that are damaged."""
        found: dict[bytes, bytes] = {}
        if self._has_file():
            with contextlib.suppress(sqlite3.Error):
                rows = self._connected().execute("SELECT key, value FROM results WHERE kind = ?", (kind,))
                found = {key: value for key, sealed in rows if (value := _opened(key, sealed)) is not None}
        found.update((key, value) for (of, key), value in self._pending.items() if of == kind)
        return found

    def add(self, kind: str, key: bytes, value: bytes) -> None:
        """Adds a result; it is written at the next :meth:`flush`, or when enough have come together."""
        self._pending[kind, key] = value
        self._pending_bytes += len(value)
        if self._pending_bytes > _PENDING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Writes what was added; what cannot be written stays in memory until the build ends."""
        if not self._pending or not self._is_writable:
            return
        rows = [(kind, key, _sealed(key, value)) for (kind, key), value in self._pending.items()]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._connected(is_writing=True) as connection:  # a transaction
                connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)
        except (sqlite3.Error, OSError):
            self._is_writable = False
            return
        self._pending.clear()
        self._pending_bytes = 0

    def remove_all_but(self, used: Mapping[str, Collection[bytes]]) -> None:
        """Removes the results of the given kinds whose keys are not among the used ones."""
        if not self._is_writable or not self._has_file():
            return
        with contextlib.suppress(sqlite3.Error), self._connected(is_writing=True) as connection:
            for kind, keys in used.items():
                rows = connection.execute("SELECT rowid, key FROM results WHERE kind = ?", (kind,)).fetchall()
                unused = [(number,) for number, key in rows if key not in keys]
                connection.executemany("DELETE FROM results WHERE rowid = ?", unused)

    def files(self, folder: str) -> dict[str, FileEntry]:
        """Returns the entries of the files below a folder, by path.

        A damaged entry costs time only: it matches neither a file's times nor a result.
        """
        if not self._has_file():
            return {}
        try:
            rows = self._connected().execute(
                "SELECT path, size, modified, changed, digest FROM files WHERE folder = ?", (folder,)
            )
            return {os.fsdecode(path): FileEntry(*rest) for path, *rest in rows}
        except (sqlite3.Error, TypeError):
            return {}

    def write_files(self, folder: str, before: Mapping[str, FileEntry], after: Mapping[str, FileEntry]) -> None:
        """Replaces the entries of the files below a folder.

        Args:
            folder: the name of the folder.
            before: what :meth:`files` returned.
            after: what it is to return from now on.
        """
        gone = [(folder, os.fsencode(path)) for path in before.keys() - after.keys()]
        new = [
            (folder, os.fsencode(path), entry.size, entry.modified, entry.changed, entry.digest)
            for path, entry in after.items()
            if before.get(path) != entry
        ]
        if not (gone or new) or not self._is_writable:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._connected(is_writing=True) as connection:
                connection.executemany("DELETE FROM files WHERE folder = ? AND path = ?", gone)
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", new)
        except (sqlite3.Error, OSError):
            self._is_writable = False

    def _has_file(self) -> bool:
        return self._connection is not None or self.path.is_file()

    def _connected(self, *, is_writing: bool = False) -> sqlite3.Connection:
        """Returns this process's connection.

        Raises:
            sqlite3.Error: the file cannot be opened, or is no database.
        """
        if self._connection is None or self._process != os.getpid():
            # A connection of the parent process may be neither used nor closed here.
            self._inherited = self._connection
            self._process = os.getpid()
            is_new = not self.path.is_file()
            if is_new and not is_writing:
                raise sqlite3.OperationalError("there is no file")
            self._connection = sqlite3.connect(self.path)
            # Safe without waiting for the disk: what a power cut damages is noticed and made again.
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute("PRAGMA journal_mode = WAL")
            if is_new:
                self._connection.executescript(_SCHEMA)
                with self._connection:
                    self._connection.execute("INSERT INTO meta VALUES (?, ?)", (_PROGRAM, self._program))
            if self._process != self._opener:
                self._connection.execute("BEGIN")  # one lock for all that a worker reads
        return self._connection


def _sealed(key: bytes, data: bytes) -> bytes:
    """Puts the CRC-32 of key and data before the data: SQLite does not notice a byte that changed on disk."""
    return zlib.crc32(data, zlib.crc32(key)).to_bytes(_CRC_BYTES, "big") + data


def _opened(key: bytes, sealed: object) -> bytes | None:
    if not isinstance(sealed, bytes):
        return None
    data = sealed[_CRC_BYTES:]
    return data if zlib.crc32(data, zlib.crc32(key)).to_bytes(_CRC_BYTES, "big") == sealed[:_CRC_BYTES] else None
