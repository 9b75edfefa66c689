"""Parsed documents in the cache: what a build needs of each at once, and what only when it is asked for.

An item's ``related`` list is most of a document and used least, so it is a result of its own.
"""

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from typing import overload

from msgspec import structs

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind, Memo
from generator.content.model import Article, Item
from generator.content.parse import Parsed
from generator.errors import DamagedStateError
from generator.util import hashing

PARSED = Kind("parsed", Parsed)
"""A document without its ``related`` list."""
RELATED = Kind("related", tuple[Article, ...])
"""A ``related`` list; many documents of one story share theirs."""
_ENTRIES_IN_MEMORY = 256


class LazyEntries(Sequence[Article]):
    """A ``related`` list that is read from the cache when it is asked for."""

    __slots__ = ("_key", "_memo")

    def __init__(self, memo: Memo, key: bytes) -> None:
        self._memo = memo
        self._key = key

    def _load(self) -> tuple[Article, ...]:
        return _loaded(self._memo, self._key)

    @overload
    def __getitem__(self, index: int) -> Article: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Article]: ...
    def __getitem__(self, index: int | slice) -> Article | Sequence[Article]:
        return self._load()[index]

    def __len__(self) -> int:
        return len(self._load())

    def __iter__(self) -> Iterator[Article]:
        return iter(self._load())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


# A list is asked for a few times in a row, then hardly ever.
@functools.lru_cache(maxsize=_ENTRIES_IN_MEMORY)
def _loaded(memo: Memo, key: bytes) -> tuple[Article, ...]:
    entries = memo.find(RELATED, key)
    if entries is None:
        raise DamagedStateError("the state is damaged, or another build has changed it: build again")
    return entries


def pack(parsed: Parsed) -> tuple[bytes, bytes]:
    """Returns the packed document and its packed ``related`` list: equal where the documents are."""
    entries = tuple(parsed.item.related) if parsed.item else ()
    if parsed.item:
        parsed = Parsed(item=structs.replace(parsed.item, related=()), diagnostics=parsed.diagnostics)
    return PARSED.pack(parsed), RELATED.pack(entries)


def keys_of(packed: bytes, related: bytes, words: bytes) -> DocumentKeys:
    """Returns the keys of a document of which :func:`pack` returned these."""
    return DocumentKeys(core=hashing.blake2(packed), related=hashing.blake2(related), words=words)


def complete(item: Item, memo: Memo, keys: DocumentKeys, name: str, zone: dt.tzinfo) -> None:
    """Gives an item what its packed form leaves out.

    Args:
        item: as it was unpacked, before anything else has seen it; it is frozen for everyone else.
        memo: holds its ``related`` list.
        keys: of its document.
        name: the document's name: the very same text, so that looking it up compares no characters.
        zone: the site's time zone: of a time, the packed form holds the moment alone.
    """
    if zone is not dt.UTC and not item.is_date_only:
        structs.force_setattr(item, "published_at", item.published_at.astimezone(zone))
    structs.force_setattr(item, "related", LazyEntries(memo, keys.related))
    structs.force_setattr(item, "name", name)
