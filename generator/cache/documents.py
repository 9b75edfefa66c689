"""Parsed documents as bytes: for the way between processes, and for the next build. MessagePack, by ``msgspec``.

An item's ``related`` list is most of it and asked for least, so it is kept beside the rest.
"""

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from typing import overload

import msgspec
from msgspec import structs

from generator.cache.model import Known, KnownDocument
from generator.content.model import Article, Item
from generator.content.parse import Parsed

# Sets have no order of their own; equal documents are to be equal bytes.
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Parsed)
_SEVERAL = msgspec.msgpack.Decoder(list[Parsed])
_ENTRIES = msgspec.msgpack.Decoder(tuple[Article, ...])


class Entries(Sequence[Article]):
    """A ``related`` list that is unpacked when it is asked for."""

    __slots__ = ("_document", "_known")

    def __init__(self, known: Known, document: KnownDocument) -> None:
        """Takes the document, and what knows of its list."""
        self._known = known
        self._document = document

    def _load(self) -> bytes:
        return self._known.list_of(self._document)

    @overload
    def __getitem__(self, index: int) -> Article: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Article]: ...
    def __getitem__(self, index: int | slice) -> Article | Sequence[Article]:
        return _unpacked(self._load())[index]

    def __len__(self) -> int:
        return len(_unpacked(self._load()))

    def __iter__(self) -> Iterator[Article]:
        return iter(_unpacked(self._load()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


# Asked for a few times in a row, then hardly ever.
@functools.lru_cache(maxsize=64)
def _unpacked(data: bytes) -> tuple[Article, ...]:
    return _ENTRIES.decode(data)


def pack(parsed: Parsed) -> tuple[bytes, bytes]:
    """The bytes of a parsed document and of its ``related`` list: equal where the documents are."""
    entries = tuple(parsed.item.related) if parsed.item else ()
    if parsed.item:
        parsed = Parsed(item=structs.replace(parsed.item, related=()), diagnostics=parsed.diagnostics)
    return _ENCODER.encode(parsed), _ENCODER.encode(entries)


def unpack(data: bytes) -> Parsed:
    """The parsed document of which :func:`pack` gave this first; :func:`complete` makes it whole."""
    return _DECODER.decode(data)


def unpack_several(joined: bytes | memoryview) -> list[Parsed]:
    """The same of a packed list of these."""
    return _SEVERAL.decode(joined)


def complete(item: Item, known: Known, document: KnownDocument, zone: dt.tzinfo) -> None:
    """Gives an item what its packed form has not.

    Args:
        item: as it was unpacked, and nobody has seen it yet; to all others it is frozen.
        known: knows of its ``related`` list.
        document: it is of.
        zone: the site's time zone: of a time, the bytes hold the moment alone.
    """
    if zone is not dt.UTC and not item.is_date_only:
        structs.force_setattr(item, "published_at", item.published_at.astimezone(zone))
    structs.force_setattr(item, "related", Entries(known, document))
    # The very same text, so that whoever looks for what is known by the name finds it without comparing characters.
    structs.force_setattr(item, "name", document.name)
