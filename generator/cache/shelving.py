"""How documents and files of the site stand in the state: by shelves, each packed as a whole.

A shelf is read and written far faster than rows are; a change writes the shelves that it touches.
"""

import itertools
import operator
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import structs

from generator.cache.model import KnownDocument, KnownFile, Memory, Shelf
from generator.util import hashing

_SHELVES = 1024
_SHELVED_BY = 10
"""Characters: of documents and files whose names begin with their date, those of a day stand together."""
_DOCUMENTS = msgspec.msgpack.Decoder(list[KnownDocument])
_FILES = msgspec.msgpack.Decoder(list[KnownFile])
_RAW = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.msgpack.Encoder()
_SEAL_BYTES = 4
K = TypeVar("K")
V = TypeVar("V")


class DamagedError(Exception):
    """The file does not hold what was written."""


def sealed(data: bytes) -> bytes:
    """Data behind its CRC-32: SQLite notices no byte that changed."""
    return _seal(data) + data


def _seal(data: bytes | memoryview) -> bytes:
    return zlib.crc32(data).to_bytes(_SEAL_BYTES, "big")


def opened(data: object) -> memoryview:
    """What was sealed; it is not copied.

    Raises:
        DamagedError: it is not as it was.
    """
    if not isinstance(data, bytes):
        raise DamagedError
    whole = memoryview(data)
    if _seal(whole[_SEAL_BYTES:]) != whole[:_SEAL_BYTES]:
        raise DamagedError
    return whole[_SEAL_BYTES:]


def documents(connection: sqlite3.Connection) -> tuple[dict[str, KnownDocument], dict[int, Shelf]]:
    """All documents, and on which shelves they stand; what they held is not read yet.

    Raises:
        DamagedError, msgspec.MsgspecError: they are not as they were.
    """
    found: dict[str, KnownDocument] = {}
    shelves: dict[int, Shelf] = {}
    for number, packed in connection.execute("SELECT shelf, known FROM documents").fetchall():
        known = opened(packed)
        names: list[str] = []
        for one in _DOCUMENTS.decode(known[hashing.SIZE :]):
            names.append(name := one.name)
            found[name] = one
        shelves[number] = Shelf(names=tuple(names), seal=bytes(known[: hashing.SIZE]))
    return found, shelves


def filled(connection: sqlite3.Connection, shelves: Mapping[int, Shelf]) -> dict[int, Shelf]:
    """The shelves that :func:`documents` gave, with what the documents held.

    Raises:
        DamagedError: they are not as they were.
    """
    found: dict[int, Shelf] = {}
    for number, parsed in connection.execute("SELECT shelf, parsed FROM documents"):
        packed, shelf = opened(parsed), shelves.get(number)
        if shelf is None or packed[: hashing.SIZE] != shelf.seal:
            raise DamagedError
        found[number] = structs.replace(shelf, parsed=packed[hashing.SIZE :])
    if found.keys() != shelves.keys():
        raise DamagedError
    return found


def files(connection: sqlite3.Connection) -> dict[str, KnownFile]:
    """All files of the site.

    Raises:
        DamagedError, msgspec.MsgspecError: they are not as they were.
    """
    rows = connection.execute("SELECT known FROM files").fetchall()
    return {one.path: one for (known,) in rows for one in _FILES.decode(opened(known))}


def touch_documents(
    connection: sqlite3.Connection, before: Mapping[str, KnownDocument], touched: Mapping[str, KnownDocument]
) -> None:
    """Writes other times of documents that hold what they held."""
    numbers = set(map(_number_of_document, touched))
    shelves = _shelved({**before, **touched}, numbers, _number_of_document, before)
    connection.executemany(
        "UPDATE documents SET known = ? WHERE shelf = ?",
        [(sealed(_seal_of(shelf) + _ENCODER.encode(shelf)), number) for number, shelf in shelves.items()],
    )


def _seal_of(documents: Iterable[KnownDocument]) -> bytes:
    """Stands for what the documents of a shelf hold, whenever they were written; it begins both of its parts."""
    return hashing.blake2(*[one.core for one in documents])


def write_documents(connection: sqlite3.Connection, before: Memory, after: Memory) -> None:
    """Writes what changed of the documents, their lists included."""
    gone, new = difference(before.documents, after.documents)
    connection.executemany("DELETE FROM lists WHERE name = ?", [(name,) for name in gone])
    connection.executemany(
        "INSERT OR REPLACE INTO lists VALUES (?, ?)",
        ((name, one.fresh.related) for name, one in new.items() if one.fresh),
    )
    numbers = set(map(_number_of_document, [*gone, *new]))
    connection.executemany("DELETE FROM documents WHERE shelf = ?", [(number,) for number in numbers])
    parsed: dict[str, bytes] = {}
    names = list(new)
    for number in numbers & before.shelves.keys():
        shelf = before.shelves[number]
        names += shelf.names
        parsed.update(zip(shelf.names, map(bytes, _RAW.decode(shelf.parsed)), strict=True))
    connection.executemany(
        "INSERT INTO documents VALUES (?, ?, ?)",
        # One shelf after the other: all together would double what the memory holds.
        (
            (
                number,
                sealed(_seal_of(shelf) + _ENCODER.encode([structs.replace(one, fresh=None) for one in shelf])),
                sealed(_seal_of(shelf) + _ENCODER.encode([msgspec.Raw(_parsed(one, parsed)) for one in shelf])),
            )
            for number, shelf in _shelved(after.documents, numbers, _number_of_document, names).items()
        ),
    )


def _parsed(document: KnownDocument, before: Mapping[str, bytes]) -> bytes:
    return document.fresh.parsed if document.fresh else before[document.name]


def write_files(
    connection: sqlite3.Connection, before: Mapping[str, KnownFile], after: Mapping[str, KnownFile]
) -> None:
    """Writes what changed of the files of the site."""
    gone, new = difference(before, after)
    numbers = set(map(_number, [*gone, *new]))
    rows = [
        row for number in numbers for row in connection.execute("SELECT known FROM files WHERE shelf = ?", (number,))
    ]
    names = [one.path for (known,) in rows for one in _FILES.decode(opened(known))]
    connection.executemany("DELETE FROM files WHERE shelf = ?", [(number,) for number in numbers])
    connection.executemany(
        "INSERT INTO files VALUES (?, ?)",
        [
            (number, sealed(_ENCODER.encode(shelf)))
            for number, shelf in _shelved(after, numbers, _number, [*new, *names]).items()
        ],
    )


def _number(name: str) -> int:
    """The shelf of a file of the site."""
    return zlib.crc32(name[:_SHELVED_BY].encode("utf-8", "surrogatepass")) % _SHELVES


def _number_of_document(name: str) -> int:
    return _number(name.rpartition("/")[2])


def _shelved(
    known: Mapping[str, K], numbers: Collection[int], number_of: Callable[[str], int], names: Iterable[str]
) -> dict[int, list[K]]:
    """What stands on some shelves, in the order of names.

    Args:
        known: all there is.
        numbers: the shelves.
        number_of: gives the shelf of a name.
        names: of all that may stand there.
    """
    shelves: dict[int, list[K]] = {}
    for name in sorted(set(names)):
        if (one := known.get(name)) is not None and (number := number_of(name)) in numbers:
            shelves.setdefault(number, []).append(one)
    return shelves


def difference(before: Mapping[K, V], after: Mapping[K, V]) -> tuple[list[K], dict[K, V]]:
    """The names that are gone, and the entries that are new."""
    is_other = map(operator.is_not, map(before.get, after), after.values())
    new = dict(itertools.compress(after.items(), is_other))
    added = sum(name not in before for name in new)
    gone = [name for name in before if name not in after] if len(before) + added > len(after) else []
    return gone, new
