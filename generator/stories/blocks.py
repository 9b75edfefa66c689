"""The blocks into which items are divided, in order of time, and the results that are cached for each block."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind
from generator.content.model import Item
from generator.content.words import Words
from generator.stories.related import RelatedEntries
from generator.stories.similarity import DAY
from generator.util import hashing


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the comparisons of an item gave. Earlier items are named by their distance in the order of time."""

    weights: bytes
    """The weight of each term (``array`` of type ``H``)."""
    habit: float
    """The similarity with items of earlier weeks, which report other events."""
    near: bytes
    """The items that may be in the same story (``array`` of type ``i``)."""
    scores: bytes
    """The scores of these (``array`` of type ``h``)."""
    archive: bytes
    """The earlier items on the same subject, best first (``array`` of type ``i``)."""


WORDS = Kind("words", list[Words])
FEATURES = Kind("features", list[Features])
ENTRIES = Kind("related entries", list[RelatedEntries])
BLOCK: Final = 64
"""The most items of a block."""
REACH: Final = 4_096
"""The number of items before a block that it is compared with."""


class Block(NamedTuple):
    """A range of items of one day, with the keys of its results."""

    number: int
    start: int
    """The position of its first item."""
    end: int
    """The position after its last item."""
    words: bytes
    """The key of its words."""
    features: bytes
    """The key of its features, made of the words of its items and of all items that can affect their comparisons."""
    contents: bytes
    """The key of its related entries, made of the same and of everything in its items."""


def blocks_of(items: Sequence[Item], size: int = BLOCK) -> list[tuple[int, int]]:
    """Returns the ranges of blocks: the items of a day, in UTC, at most so many.

    Args:
        items: all items, in order of time.
        size: the most items of a block.
    """
    bounds: list[int] = []
    day = None
    for position, item in enumerate(items):
        today = item.published_at.timestamp() // DAY
        if today != day or position - bounds[-1] >= size:
            bounds.append(position)
            day = today
    return list(itertools.pairwise([*bounds, len(items)]))


def keyed(items: Sequence[Item], documents: Mapping[str, DocumentKeys], size: int) -> list[Block]:
    """Returns the blocks of items; without the keys of their documents, they have no keys either.

    Args:
        items: all items, in order of time.
        documents: the keys of their documents, by name; empty if nothing is cached.
        size: the most items of a block.
    """
    ranges = blocks_of(items, size)
    if not documents:
        return [Block(number, start, end, b"", b"", b"") for number, (start, end) in enumerate(ranges)]
    keys = [documents[item.name] for item in items]
    words = [hashing.blake2(b"".join([key.words for key in keys[start:end]])) for start, end in ranges]
    blocks: list[Block] = []
    lowest = 0
    for number, (start, end) in enumerate(ranges):
        # An item is compared with near items, whose habits are similarities with items in their reach, whose weights
        # depend on the items in theirs.
        while ranges[lowest][1] <= start - 3 * REACH:
            lowest += 1
        features = hashing.blake2(*words[lowest : number + 1])
        contents = hashing.blake2(features, b"".join([key.content for key in keys[start:end]]))
        blocks.append(Block(number, start, end, words[number], features, contents))
    return blocks
