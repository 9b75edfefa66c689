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
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import structs

from generator import hashing
from generator.errors import OutputError
from generator.memory import EMPTY, Epoch, KnownDocument, KnownFile, Memory, Shelf

NAME = "state.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (shelf INTEGER PRIMARY KEY, known BLOB NOT NULL, parsed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS lists (name TEXT PRIMARY KEY, related BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS files (shelf INTEGER PRIMARY KEY, known BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS epochs (number INTEGER PRIMARY KEY, chain BLOB NOT NULL, told BLOB NOT NULL, state BLOB);
CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_SHELVES = 1024
_SHELVED_BY = 10
"""Characters: of documents and files whose names begin with their date, those of a day stand together."""
_DOCUMENTS = msgspec.msgpack.Decoder(list[KnownDocument])
_FILES = msgspec.msgpack.Decoder(list[KnownFile])
_RAW = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.msgpack.Encoder()
K = TypeVar("K")
V = TypeVar("V")
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
            packed = connection.execute("SELECT known FROM documents").fetchall()
            documents = {one.name: one for (known,) in packed for one in _DOCUMENTS.decode(_opened(known))}
            packed = connection.execute("SELECT known FROM files").fetchall()
            files = {one.path: one for (known,) in packed for one in _FILES.decode(_opened(known))}
    except (sqlite3.Error, msgspec.MsgspecError, _DamagedError):
        return Memory(is_dropped=True)
    return Memory(facts=facts, documents=documents, files=files)


def complete(folder: Path, seen: Memory) -> Memory:
    """All that was remembered, after a :func:`glance`; nothing where it is damaged, or another's by now."""
    if seen is EMPTY or seen.is_dropped:
        return seen
    try:
        with _connected(folder / NAME) as connection:
            rows = connection.execute("SELECT shelf, known, parsed FROM documents")
            shelves = {shelf: _shelf(known, parsed) for shelf, known, parsed in rows}
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
    except (sqlite3.Error, msgspec.MsgspecError, _DamagedError):
        return Memory(is_dropped=True)
    if {name for shelf in shelves.values() for name in shelf.names} != seen.documents.keys():
        return Memory(is_dropped=True)
    return dataclasses.replace(seen, shelves=shelves, results=results, epochs=epochs)


def _shelf(known: object, parsed: object) -> Shelf:
    documents, packed = _DOCUMENTS.decode(_opened(known)), _opened(parsed)
    seal = _seal_of(documents)
    if not packed.startswith(seal):
        raise _DamagedError
    return Shelf(names=tuple([one.name for one in documents]), parsed=packed[len(seal) :])


def _seal_of(documents: Iterable[KnownDocument]) -> bytes:
    """Stands for what the documents of a shelf hold, whenever they were written."""
    return hashing.digest(*[one.core for one in documents])


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

    def get(self, document: KnownDocument) -> bytes:
        """The packed list of a document that :func:`glance` gave.

        Raises:
            OutputError: it is another document's by now, or damaged.
        """
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True), os.getpid()
        try:
            row = self._connection.execute("SELECT related FROM lists WHERE name = ?", (document.name,)).fetchone()
        except sqlite3.Error:
            row = None
        if row is None or hashing.digest(document.core, row[0]) != document.content:
            raise OutputError(f"{self._path} is damaged, or another build has changed it: build again, with --clean")
        return bytes(row[0])


def touch(folder: Path, before: Memory, documents: Mapping[str, KnownDocument], files: Mapping[str, KnownFile]) -> None:
    """Remembers other times of files whose content is as it was.

    Args:
        folder: the control folder.
        before: a glance at what is remembered.
        documents: those that have other times.
        files: the same of the site.
    """
    with contextlib.suppress(sqlite3.Error), _connected(folder / NAME) as connection, _transaction(connection):
        touched = _shelved(
            {**before.documents, **documents}, set(map(_number_of_document, documents)), _number_of_document
        )
        connection.executemany(
            "UPDATE documents SET known = ? WHERE shelf = ?",
            [(_packed(shelf), number) for number, shelf in touched.items()],
        )
        _write_files(connection, set(map(_number, files)), {**before.files, **files})


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
    _write_documents(connection, before, after)
    gone, new = _difference(before.files, after.files)
    _write_files(connection, set(map(_number, [*gone, *new])), after.files)
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
    connection.executemany("DELETE FROM results WHERE key = ?", [(key,) for key in gone_results])
    connection.executemany(
        "INSERT OR REPLACE INTO results VALUES (?, ?)", [(key, _sealed(value)) for key, value in new_results.items()]
    )


def _write_documents(connection: sqlite3.Connection, before: Memory, after: Memory) -> None:
    gone, new = _difference(before.documents, after.documents)
    connection.executemany("DELETE FROM lists WHERE name = ?", [(name,) for name in gone])
    connection.executemany(
        "INSERT OR REPLACE INTO lists VALUES (?, ?)",
        [(name, one.related) for name, one in new.items() if one.related is not None],
    )
    numbers = set(map(_number_of_document, [*gone, *new]))
    connection.executemany("DELETE FROM documents WHERE shelf = ?", [(number,) for number in numbers])
    parsed: dict[str, bytes] = {}
    for number in numbers & before.shelves.keys():
        shelf = before.shelves[number]
        parsed.update(zip(shelf.names, map(bytes, _RAW.decode(shelf.parsed)), strict=True))
    parsed |= {name: one.parsed for name, one in new.items() if one.parsed}
    connection.executemany(
        "INSERT INTO documents VALUES (?, ?, ?)",
        [
            (
                number,
                _packed([structs.replace(one, parsed=b"", related=None) for one in documents]),
                _sealed(_seal_of(documents) + _ENCODER.encode([msgspec.Raw(parsed[one.name]) for one in documents])),
            )
            for number, documents in _shelved(after.documents, numbers, _number_of_document).items()
        ],
    )


def _write_files(connection: sqlite3.Connection, numbers: Collection[int], files: Mapping[str, KnownFile]) -> None:
    """Writes shelves of files anew."""
    connection.executemany("DELETE FROM files WHERE shelf = ?", [(number,) for number in numbers])
    connection.executemany(
        "INSERT INTO files VALUES (?, ?)",
        [(number, _packed(shelf)) for number, shelf in _shelved(files, numbers, _number).items()],
    )


def _number(name: str) -> int:
    """The shelf of a file of the site."""
    return zlib.crc32(name[:_SHELVED_BY].encode("utf-8", "surrogatepass")) % _SHELVES


def _number_of_document(name: str) -> int:
    return _number(name.rpartition("/")[2])


def _shelved(known: Mapping[str, K], numbers: Collection[int], number_of: Callable[[str], int]) -> dict[int, list[K]]:
    """What stands on some shelves."""
    shelves: dict[int, list[K]] = {}
    if numbers:
        for name, one in known.items():
            if (number := number_of(name)) in numbers:
                shelves.setdefault(number, []).append(one)
    return shelves


def _packed(shelf: Sequence[KnownDocument] | Sequence[KnownFile]) -> bytes:
    return _sealed(_ENCODER.encode(shelf))


class _DamagedError(Exception):
    """The file does not hold what was written."""


def _sealed(data: bytes) -> bytes:
    """Data behind its digest: SQLite notices no byte that changed."""
    return hashlib.blake2b(data, digest_size=_SEAL_BYTES).digest() + data


def _opened(sealed: object) -> bytes:
    if not isinstance(sealed, bytes) or _sealed(sealed[_SEAL_BYTES:]) != sealed:
        raise _DamagedError
    return sealed[_SEAL_BYTES:]


def _difference(before: Mapping[K, V], after: Mapping[K, V]) -> tuple[list[K], dict[K, V]]:
    """The names that are gone, and the entries that are new."""
    gone = [name for name in before if name not in after]
    return gone, {name: value for name, value in after.items() if before.get(name) is not value}


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
