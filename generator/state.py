"""What a build remembers for the next one: an SQLite file in the output folder's control folder.

Nothing depends on it but time. A build glances at it first, reads more where there is something to do, and writes it in
one transaction when it ends; what another version of the program wrote, or what is damaged, is dropped.
"""

import contextlib
import dataclasses
import functools
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from generator import hashing
from generator.errors import OutputError
from generator.memory import EMPTY, Epoch, KnownDocument, KnownFile, Memory

NAME = "state.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    name TEXT PRIMARY KEY, size INTEGER, modified INTEGER, changed INTEGER, digest BLOB NOT NULL,
    content BLOB NOT NULL, core BLOB NOT NULL, parsed BLOB NOT NULL, related BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, key BLOB NOT NULL, digest TEXT NOT NULL, size INTEGER, modified INTEGER
);
CREATE TABLE IF NOT EXISTS epochs (number INTEGER PRIMARY KEY, chain BLOB NOT NULL, told BLOB NOT NULL, state BLOB);
CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_TOUCH_DOCUMENT = "UPDATE documents SET size = ?, modified = ?, changed = ?, digest = ? WHERE name = ?"
_PROGRAM = "program"
_SEAL_BYTES = 8


def glance(folder: Path, program: str) -> Memory:
    """What tells whether anything changed since the last build: neither parsed documents nor what was told of them.

    Nothing, where it was another version's or cannot be read.

    Args:
        folder: the control folder.
        program: stands for the version of the program, dependencies included.
    """
    path = folder / NAME
    if path.is_symlink() or not path.is_file():
        return EMPTY
    try:
        with _connected(path) as connection:
            facts = dict(connection.execute("SELECT name, value FROM facts"))
            if facts.get(_PROGRAM) != program.encode():
                return Memory(is_dropped=True)
            rows = connection.execute("SELECT name, size, modified, changed, digest, content, core FROM documents")
            documents = {
                name: KnownDocument(stamp=(size, modified, changed), digest=digest, content=content, core=core)
                for name, size, modified, changed, digest, content, core in rows
            }
            rows = connection.execute("SELECT path, key, digest, size, modified FROM files")
            files = {
                name: KnownFile(key=key, digest=digest, stamp=(size, modified))
                for name, key, digest, size, modified in rows
            }
    except sqlite3.Error:
        return Memory(is_dropped=True)
    return Memory(facts=facts, documents=documents, files=files)


def complete(folder: Path, seen: Memory) -> Memory:
    """All that was remembered, after a :func:`glance`; nothing where it is damaged, or another's by now."""
    if seen is EMPTY or seen.is_dropped:
        return seen
    try:
        with _connected(folder / NAME) as connection:
            documents: dict[str, KnownDocument] = {}
            for name, parsed in connection.execute("SELECT name, parsed FROM documents"):
                one = seen.documents.get(name)
                if one is None or not isinstance(parsed, bytes) or hashing.digest(parsed) != one.core:
                    return Memory(is_dropped=True)
                documents[name] = msgspec.structs.replace(one, parsed=parsed)
            rows = connection.execute("SELECT key, value FROM results")
            results = {key: _opened(value) for key, value in rows}
            rows = connection.execute("SELECT number, chain, told, state IS NOT NULL FROM epochs ORDER BY number")
            epochs = [
                Epoch(
                    chain=chain,
                    told=_opened(told),
                    # Megabytes each, of which one is asked for.
                    state=functools.partial(_state_after, folder / NAME, number) if has_state else None,
                )
                for number, chain, told, has_state in rows
            ]
    except (sqlite3.Error, _DamagedError):
        return Memory(is_dropped=True)
    if documents.keys() != seen.documents.keys():
        return Memory(is_dropped=True)
    return dataclasses.replace(seen, documents=documents, results=results, epochs=epochs)


def _state_after(path: Path, number: int) -> bytes | None:
    """What telling goes on from after an epoch; nothing where it is damaged."""
    try:
        with _connected(path) as connection:
            row = connection.execute("SELECT state FROM epochs WHERE number = ?", (number,)).fetchone()
            return _opened(row[0]) if row else None
    except (sqlite3.Error, _DamagedError):
        return None


class RelatedLists:
    """The ``related`` lists of documents, read when they are asked for. Each process has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def get(self, name: str, document: KnownDocument) -> bytes:
        """The packed list of a document that :func:`complete` gave.

        Raises:
            OutputError: it is another document's by now, or damaged.
        """
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True), os.getpid()
        try:
            row = self._connection.execute("SELECT related FROM documents WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error:
            row = None
        if row is None or hashing.digest(document.core, row[0]) != document.content:
            raise OutputError(f"{self._path} is damaged, or another build has changed it: build again, with --clean")
        return bytes(row[0])


def touch(folder: Path, documents: Mapping[str, KnownDocument], files: Mapping[str, tuple[int, int]]) -> None:
    """Remembers other times of files whose content is as it was."""
    with contextlib.suppress(sqlite3.Error), _connected(folder / NAME) as connection, _transaction(connection):
        connection.executemany(_TOUCH_DOCUMENT, [(*one.stamp, one.digest, name) for name, one in documents.items()])
        connection.executemany(
            "UPDATE files SET size = ?, modified = ? WHERE path = ?", [(*stamp, path) for path, stamp in files.items()]
        )


def save(folder: Path, program: str, before: Memory, after: Memory) -> None:
    """Remembers for the next build: in one transaction, and only what is new; nothing where it cannot be written.

    Args:
        folder: the control folder; this process holds its lock.
        program: as for :func:`load`.
        before: what was loaded.
        after: what is to be remembered; what did not change is the same object.
    """
    path = folder / NAME
    try:
        if before is EMPTY or before.is_dropped:
            _forget(path)
        with _connected(path) as connection, _transaction(connection):
            _write(connection, {**after.facts, _PROGRAM: program.encode()}, before, after)
    except (sqlite3.Error, OSError):
        with contextlib.suppress(OSError):
            _forget(path)


def _write(connection: sqlite3.Connection, facts: Mapping[str, bytes], before: Memory, after: Memory) -> None:
    connection.execute("DELETE FROM facts")
    connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    gone, new = _difference(before.documents, after.documents)
    connection.executemany("DELETE FROM documents WHERE name = ?", gone)
    connection.executemany(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (name, *one.stamp, one.digest, one.content, one.core, one.parsed, one.related)
            for name, one in new
            if one.related is not None
        ],
    )
    connection.executemany(
        _TOUCH_DOCUMENT, [(*one.stamp, one.digest, name) for name, one in new if one.related is None]
    )
    gone, new_files = _difference(before.files, after.files)
    connection.executemany("DELETE FROM files WHERE path = ?", gone)
    connection.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
        [(path, file.key, file.digest, *file.stamp) for path, file in new_files],
    )
    connection.execute("DELETE FROM epochs WHERE number >= ?", (len(after.epochs),))
    connection.executemany(
        "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)",
        [
            (number, epoch.chain, _sealed(epoch.told), _sealed(state) if state else None)
            for number, epoch in enumerate(after.epochs)
            if number >= len(before.epochs) or before.epochs[number] is not epoch
            for state in [epoch.state() if epoch.state else None]
        ],
    )
    gone_results, new_results = _difference(before.results, after.results)
    connection.executemany("DELETE FROM results WHERE key = ?", gone_results)
    connection.executemany(
        "INSERT OR REPLACE INTO results VALUES (?, ?)", [(key, _sealed(value)) for key, value in new_results]
    )


class _DamagedError(Exception):
    """The file does not hold what was written."""


def _sealed(data: bytes) -> bytes:
    """Data behind its digest: SQLite notices no byte that changed."""
    return hashlib.blake2b(data, digest_size=_SEAL_BYTES).digest() + data


def _opened(sealed: object) -> bytes:
    if not isinstance(sealed, bytes) or _sealed(sealed[_SEAL_BYTES:]) != sealed:
        raise _DamagedError
    return sealed[_SEAL_BYTES:]


K = TypeVar("K")
V = TypeVar("V")


def _difference(before: Mapping[K, V], after: Mapping[K, V]) -> tuple[list[tuple[K]], list[tuple[K, V]]]:
    """The names that are gone, and the entries that are new."""
    gone = [(name,) for name in before if name not in after]
    return gone, [(name, value) for name, value in after.items() if before.get(name) is not value]


def _forget(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    yield  # an error ends the connection, and with it the transaction
    connection.execute("COMMIT")
