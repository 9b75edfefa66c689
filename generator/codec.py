"""Parsed documents as bytes: for the way between processes, and for the next build. MessagePack, by ``msgspec``.

An item's ``related`` list is most of it and asked for least, so it is kept beside the rest.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

import msgspec
from msgspec import structs

from generator.items import Parsed
from generator.model import Article

# Sets have no order of their own; equal documents are to be equal bytes.
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Parsed)
_SEVERAL = msgspec.msgpack.Decoder(list[Parsed])
_ENTRIES = msgspec.msgpack.Decoder(tuple[Article, ...])


class Entries(Sequence[Article]):
    """A ``related`` list that is unpacked when it is asked for."""

    __slots__ = ("_load",)

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load

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
        parsed = Parsed(item=structs.replace(parsed.item, related=()), problems=parsed.problems)
    return _ENCODER.encode(parsed), _ENCODER.encode(entries)


def unpack(data: bytes, load: Callable[[], bytes], zone: dt.tzinfo) -> Parsed:
    """The parsed document of :func:`pack`.

    Args:
        data: the first of what was packed by the same version of the program.
        load: gives the second.
        zone: the site's time zone: of a time, the bytes hold the moment alone.
    """
    return _completed(_DECODER.decode(data), load, zone)


def unpack_several(
    joined: bytes | memoryview, load: Iterable[Callable[[], bytes]], zone: dt.tzinfo
) -> Iterator[Parsed]:
    """The parsed documents of a list of what :func:`pack` packed; for each there is one that loads."""
    for parsed, load_one in zip(_SEVERAL.decode(joined), load, strict=True):
        yield _completed(parsed, load_one, zone)


def _completed(parsed: Parsed, load: Callable[[], bytes], zone: dt.tzinfo) -> Parsed:
    if parsed.item:
        # Frozen for all others; this one was made here, and nobody has seen it yet.
        if not parsed.item.is_date_only and zone is not dt.UTC:
            structs.force_setattr(parsed.item, "published_at", parsed.item.published_at.astimezone(zone))
        structs.force_setattr(parsed.item, "related", Entries(load))
    return parsed
