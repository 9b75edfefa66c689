"""What a build remembers for the next one: an SQLite file in the output folder's control folder.

Nothing depends on it but time. A build glances at it first, reads more where there is something to do, and writes it in
one transaction when it ends; what another version of the program wrote, or what is damaged, is dropped.
"""

import contextlib
import functools
import operator
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from generator.cache import shelving
from generator.cache.model import EMPTY, Epoch, KnownDocument, KnownFile, Memory, Store, Stretch
from generator.cache.shelving import DamagedError, difference, opened, sealed
from generator.errors import DamagedStateError
from generator.util import files as disk
from generator.util import hashing

NAME = "state.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (shelf INTEGER PRIMARY KEY, known BLOB NOT NULL, parsed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS lists (name TEXT PRIMARY KEY, related BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS files (shelf INTEGER PRIMARY KEY, known BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS epochs (
    number INTEGER PRIMARY KEY, contents BLOB NOT NULL, words BLOB NOT NULL, stories BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS looks (number INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS looking (number INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS stretches (number INTEGER PRIMARY KEY, stretch BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_STRETCH = msgspec.msgpack.Decoder(Stretch)
_ENCODER = msgspec.msgpack.Encoder()
_PROGRAM = "program"


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
            documents, shelves = shelving.documents(connection)
            files = shelving.files(connection)
    except (sqlite3.Error, msgspec.MsgspecError, DamagedError):
        return Memory(is_dropped=True)
    return Memory(facts=facts, documents=documents, shelves=shelves, files=files, store=Stored(folder))


def complete(folder: Path, seen: Memory) -> Memory:
    """All that was remembered, after a :func:`glance`; nothing where it is damaged, or another's by now."""
    if seen.store is None or seen.is_whole:
        return seen
    try:
        with _connected(folder / NAME) as connection:
            shelves = shelving.filled(connection, seen.shelves)
            rows = connection.execute("SELECT key, value FROM results")
            results = {key: bytes(opened(value)) for key, value in rows}
            rows = connection.execute("SELECT stretch FROM stretches ORDER BY number")
            stretches = [_STRETCH.decode(opened(packed)) for (packed,) in rows]
            epochs = _epochs(connection, seen.store)
    except (sqlite3.Error, msgspec.MsgspecError, DamagedError):
        return Memory(is_dropped=True)
    return msgspec.structs.replace(
        seen, shelves=shelves, results=results, epochs=epochs, stretches=stretches, is_whole=True
    )


def _epochs(connection: sqlite3.Connection, store: Store) -> list[Epoch]:
    """What was told, of which most is loaded when it is asked for: megabytes, and little is."""
    kept = {number for (number,) in connection.execute("SELECT number FROM looking")}

    def load(table: str, number: int) -> Callable[[], bytes]:
        return functools.partial(store.of_epoch, table, number)

    rows = connection.execute("SELECT number, contents, words, stories FROM epochs ORDER BY number")
    return [
        Epoch(
            contents=bytes(opened(contents)),
            words=bytes(opened(words)),
            stories=bytes(opened(stories)),
            told=load("told", number),
            looks=load("looks", number),
            looking=load("looking", number) if number in kept else None,
        )
        for number, contents, words, stories in rows
    ]


class Stored:
    """What is read from the state when it is asked for. Each process has a connection of its own.

    What is damaged, or another build has changed, raises :class:`DamagedStateError`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder.resolve() / NAME
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def close(self) -> None:
        """Lets the file go; asked again, it is opened again."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def related(self, document: KnownDocument) -> bytes:
        """The packed ``related`` list of a document that :func:`glance` gave."""
        (found,) = self._row("SELECT related FROM lists WHERE name = ?", document.name)
        if not isinstance(found, bytes) or hashing.blake2(document.core, found) != document.content:
            raise self._damage
        return found

    def of_epoch(self, table: str, number: int) -> bytes:
        """What one of the tables holds of an epoch."""
        (found,) = self._row(f"SELECT value FROM {table} WHERE number = ?", number)  # noqa: S608 - a name of ours
        try:
            return bytes(opened(found))
        except DamagedError:
            raise self._damage from None

    def _row(self, query: str, value: object) -> tuple[object, ...]:
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True), os.getpid()
        try:
            found: tuple[object, ...] | None = self._connection.execute(query, (value,)).fetchone()
        except sqlite3.Error:
            found = None
        if found is None:
            raise self._damage
        return found

    @property
    def _damage(self) -> DamagedStateError:
        return DamagedStateError(f"{self._path} is damaged, or another build has changed it: build again, with --clean")


def touch(folder: Path, before: Memory, documents: Mapping[str, KnownDocument], files: Mapping[str, KnownFile]) -> None:
    """Remembers other times of files whose content is as it was.

    Args:
        folder: the control folder.
        before: a glance at what is remembered.
        documents: those that have other times.
        files: the same of the site.
    """
    with (
        contextlib.suppress(sqlite3.Error, DamagedError),
        _connected(folder / NAME) as connection,
        _transaction(connection),
    ):
        shelving.touch_documents(connection, before.documents, documents)
        shelving.write_files(connection, before.files, {**before.files, **files})


def save(folder: Path, program: str, before: Memory, after: Memory) -> None:
    """Remembers for the next build: in one transaction, and only what is new; nothing where it cannot be written.

    Args:
        folder: the control folder; this process holds its lock.
        program: as for :func:`glance`.
        before: what was loaded.
        after: what is to be remembered; what did not change is the same object.
    """
    path = folder / NAME
    try:
        facts = {**after.facts, _PROGRAM: program.encode()}
        if before is EMPTY or before.is_dropped:
            _write_anew(path, facts, before, after)
        else:
            with _connected(path) as connection, _transaction(connection):
                _write(connection, facts, before, after)
    except (sqlite3.Error, msgspec.MsgspecError, DamagedError, OSError):
        with contextlib.suppress(OSError):
            _forget(path)


def _write_anew(path: Path, facts: Mapping[str, bytes], before: Memory, after: Memory) -> None:
    """Writes a file that takes its place when it is whole: as nothing is ever taken back, nothing is written twice."""
    new = disk.temporary_beside(path)
    try:
        with _connected(new, journal="OFF") as connection, _transaction(connection):
            _write(connection, facts, before, after)
        _forget(path)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _write(connection: sqlite3.Connection, facts: Mapping[str, bytes], before: Memory, after: Memory) -> None:
    connection.execute("DELETE FROM facts")
    connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    shelving.write_documents(connection, before, after)
    shelving.write_files(connection, before.files, after.files)
    _write_epochs(connection, before.epochs, after.epochs)
    connection.execute("DELETE FROM stretches WHERE number >= ?", (len(after.stretches),))
    connection.executemany(
        "INSERT OR REPLACE INTO stretches VALUES (?, ?)",
        [
            (number, sealed(_ENCODER.encode(stretch)))
            for number, stretch in enumerate(after.stretches)
            if number >= len(before.stretches) or before.stretches[number] is not stretch
        ],
    )
    gone_results, new_results = difference(before.results, after.results)
    connection.executemany("DELETE FROM results WHERE key = ?", [(key,) for key in gone_results])
    connection.executemany(
        "INSERT OR REPLACE INTO results VALUES (?, ?)", [(key, sealed(value)) for key, value in new_results.items()]
    )


def _write_epochs(connection: sqlite3.Connection, before: Sequence[Epoch], after: Sequence[Epoch]) -> None:
    """Writes what is new of what was told."""
    new = [(number, one) for number, one in enumerate(after) if number >= len(before) or before[number] is not one]
    connection.execute("DELETE FROM epochs WHERE number >= ?", (len(after),))
    connection.executemany(
        "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)",
        [(number, sealed(one.contents), sealed(one.words), sealed(one.stories)) for number, one in new],
    )
    for table in _OF_EPOCHS:
        load = operator.attrgetter(table)
        changed = [
            (number, value)
            for number, one in new
            if (value := load(one)) is None or number >= len(before) or value is not load(before[number])
        ]
        gone = [(number,) for number, value in changed if value is None]
        connection.executemany(f"DELETE FROM {table} WHERE number = ?", gone)  # noqa: S608 - a name of ours
        connection.execute(f"DELETE FROM {table} WHERE number >= ?", (len(after),))  # noqa: S608
        connection.executemany(
            f"INSERT OR REPLACE INTO {table} VALUES (?, ?)",  # noqa: S608
            # One after the other, as all of them would fill the memory.
            ((number, sealed(value())) for number, value in changed if value is not None),
        )


_OF_EPOCHS = ("told", "looks", "looking")
"""The tables of what is loaded when it is asked for, each called as what an epoch has of it."""


def _forget(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@contextlib.contextmanager
def _connected(path: Path, *, journal: str = "WAL") -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA journal_mode = {journal}")
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
