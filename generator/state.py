"""What a build remembers for the next one: an SQLite file in the output folder's control folder.

Nothing depends on it but time. It is read as a whole when a build begins and written in one transaction when it ends;
what another version of the program wrote, or what is damaged, is dropped.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from generator import hashing
from generator.errors import OutputError
from generator.sources import SourceFile, Stamp

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
_SELECT_DOCUMENTS = "SELECT name, size, modified, changed, digest, content, core, parsed FROM documents"
_GLANCE_AT_DOCUMENTS = "SELECT name, size, modified, changed, digest, content, core, NULL FROM documents"
_TOUCH_DOCUMENT = "UPDATE documents SET size = ?, modified = ?, changed = ?, digest = ? WHERE name = ?"
_PROGRAM = "program"
_SEAL_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A document that was read."""

    stamp: Stamp
    digest: bytes
    """Of its bytes."""
    content: bytes
    """The digest of all that was read."""
    core: bytes
    """That of ``parsed``."""
    parsed: bytes
    """As ``codec`` packs it."""
    related: bytes | None = None
    """The same; None where it is in the state and was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A file of the site as it was written."""

    key: bytes
    """Of all that it was made from."""
    digest: str
    """As ``tree`` gives it."""
    stamp: tuple[int, int]
    """Its size in bytes, and the time of its last modification in nanoseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A stretch of the collection whose stories were told."""

    chain: bytes
    """The digest of all items up to its end."""
    told: bytes
    state: bytes | None
    """What telling would go on from; only the last epochs keep it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything that was remembered."""

    facts: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, KnownDocument] = field(default_factory=dict)
    files: Mapping[str, KnownFile] = field(default_factory=dict)
    epochs: Sequence[Epoch] = ()
    results: Mapping[bytes, bytes] = field(default_factory=dict)
    """As ``recall`` keeps them."""
    is_dropped: bool = False
    """There was a file that could not be used."""


EMPTY = Memory()


def load(folder: Path, program: str, *, is_glance: bool = False) -> Memory:
    """What the last build remembered; nothing where it was another version's, or cannot be read.

    Args:
        folder: the control folder.
        program: stands for the version of the program, dependencies included.
        is_glance: only what tells whether anything changed: no parsed documents, no epochs.
    """
    path = folder / NAME
    if path.is_symlink() or not path.is_file():
        return EMPTY
    try:
        with _connected(path) as connection:
            facts = dict(connection.execute("SELECT name, value FROM facts"))
            if facts.get(_PROGRAM) != program.encode():
                return Memory(is_dropped=True)
            rows = connection.execute(_GLANCE_AT_DOCUMENTS if is_glance else _SELECT_DOCUMENTS)
            documents = {
                name: KnownDocument(
                    stamp=(size, modified, changed),
                    digest=digest,
                    content=content,
                    core=core,
                    parsed=b"" if data is None else _checked(data, core),
                )
                for name, size, modified, changed, digest, content, core, data in rows
            }
            rows = connection.execute("SELECT path, key, digest, size, modified FROM files")
            files = {
                name: KnownFile(key=key, digest=digest, stamp=(size, modified))
                for name, key, digest, size, modified in rows
            }
            rows_of_results = [] if is_glance else connection.execute("SELECT key, value FROM results")
            results = {key: _opened(value) for key, value in rows_of_results}
            rows = connection.execute("SELECT chain, told, state FROM epochs ORDER BY number")
            epochs = (
                []
                if is_glance
                else [
                    Epoch(chain=chain, told=_opened(told), state=None if state is None else _opened(state))
                    for chain, told, state in rows
                ]
            )
    except (sqlite3.Error, _DamagedError):
        return Memory(is_dropped=True)
    return Memory(facts=facts, documents=documents, files=files, epochs=epochs, results=results)


class RelatedLists:
    """The ``related`` lists of documents, read when they are asked for. Each process has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def get(self, name: str, document: KnownDocument) -> bytes:
        """The packed list of a document that :func:`load` gave.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of documents from an earlier build with the same settings."""

    documents: Mapping[str, KnownDocument] = field(default_factory=dict)
    related: RelatedLists | None = None
    """Where their lists are; None where there are no documents."""
    trusted_before: int = 0
    """In nanoseconds of Unix time: a file that changed since may have changed again within one tick of its clock."""

    def unchanged(self, file: SourceFile) -> KnownDocument | None:
        """What is known of a file that is as it was, as far as the file system tells."""
        document = self.documents.get(file.name)
        is_same = document is not None and document.stamp == file.stamp and max(file.stamp[1:]) < self.trusted_before
        return document if is_same else None

    def list_of(self, name: str, document: KnownDocument) -> bytes:
        """The packed ``related`` list of a document that was read now, or is one of these."""
        if document.related is not None:
            return document.related
        if self.related is None:
            raise LookupError(f"{name} was never read")
        return self.related.get(name, document)

    def digest(self, file: SourceFile) -> bytes:
        """The digest of a file's bytes when they were last read, nothing where they never were."""
        document = self.documents.get(file.name)
        return document.digest if document else b""


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
            (number, epoch.chain, _sealed(epoch.told), None if epoch.state is None else _sealed(epoch.state))
            for number, epoch in enumerate(after.epochs)
            if number >= len(before.epochs) or before.epochs[number] is not epoch
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


def _checked(data: object, digest: bytes) -> bytes:
    if not isinstance(data, bytes) or hashing.digest(data) != digest:
        raise _DamagedError
    return data


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
