"""Clusters a collection with the results of earlier builds.

The items, in order of time, are divided into blocks: the items of a day, or parts of it. Four results are cached for
each block, each with a key made of everything that it depends on:

- words: the texts of its items;
- features: the words of its items, and of all earlier items that affect the comparisons with them;
- related entries: the same, and everything in its items;
- assignments: the same, and the stories of the items before it that a story can reach.

If a change leaves the stories of a block equal, blocks that it cannot reach are not assigned again. Workers compare
items while this process assigns them.
"""

import contextlib
import functools
import itertools
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind, Memo
from generator.content.model import Item
from generator.content.words import Words
from generator.errors import DamagedStateError
from generator.stories import blocks
from generator.stories.blocks import BLOCK, ENTRIES, FEATURES, REACH, WORDS, Block
from generator.stories.cluster import MAX_SPAN_DAYS, StoryClusterer
from generator.stories.model import Assignment, Clustering, time_order
from generator.stories.similarity import DAY
from generator.util import hashing, workers

if TYPE_CHECKING:
    from generator.stories.comparer import Compared, Comparer

ASSIGNMENTS = Kind("assignments", list[Assignment])
_HEAD_START, _MANY = 1.4, 8
T = TypeVar("T")


def cluster_all(items: Iterable[Item], *, block: int = BLOCK, language: str = "en") -> Clustering:
    """Clusters items without a cache; the arguments are those of :func:`cluster`."""
    from generator.stories.comparer import Comparer  # noqa: PLC0415 - as in `_compared`

    in_order = sorted(items, key=time_order)
    comparer = Comparer(in_order, blocks.keyed(in_order, {}, block), Memo(), {}, language)
    clusterer = StoryClusterer(in_order)
    for one in comparer.blocks:
        for features, entries in zip(*comparer.compare(one.number), strict=True):
            clusterer.assign(features, entries)
    return clusterer.result()


def cluster(
    items: Sequence[Item],
    documents: Mapping[str, DocumentKeys],
    memo: Memo,
    *,
    known: Mapping[tuple[str, str], Words] | None = None,
    jobs: int = 1,
    block: int = BLOCK,
    language: str = "en",
) -> Clustering:
    """Clusters items and reuses the results of earlier builds. The result is that of :func:`cluster_all`.

    Args:
        items: each article once, in any order.
        documents: the keys of the documents of all items, by name.
        memo: the cache.
        known: the words of texts that have been read already, by title and summary.
        jobs: the number of processes that compare items.
        block: the most items of a block.
        language: the language of the items.

    Raises:
        DamagedStateError: a result of an earlier build has vanished from the cache during the clustering.
    """
    in_order = sorted(items, key=time_order)
    keyed = blocks.keyed(in_order, documents, block)
    memo.keep(WORDS, [one.words for one in keyed])
    missing = [
        one.number for one in keyed if not (memo.has(FEATURES, one.features) and memo.has(ENTRIES, one.contents))
    ]
    assigner = _Assigner(in_order, keyed, memo)
    # Closing ends the workers here, and not whenever the generator is freed.
    with contextlib.closing(_compared(missing, in_order, keyed, memo, known or {}, jobs, language)) as compared:
        is_missing = set(missing)
        for one in keyed:
            if one.number in is_missing:
                result = next(compared)
                memo.add_packed(WORDS, one.words, result.words)
                memo.add_packed(FEATURES, one.features, result.features)
                memo.add_packed(ENTRIES, one.contents, result.entries)
            assigner.assign(one)
    return assigner.clusterer.result()


class _Assigner:
    """Assigns the items of one block after the other, or takes their assignments from the cache."""

    def __init__(self, items: Sequence[Item], keyed: Sequence[Block], memo: Memo) -> None:
        self.clusterer = StoryClusterer(items)
        self._items = items
        self._blocks = keyed
        self._memo = memo
        # The fields of editors may refer to items of any time.
        self._is_edited = any(item.story or item.not_same_as for item in items)
        self._near = 0
        """The number of the first block that has an item in reach of a story."""
        self._reached = 0
        """The number of the first block that has an item in reach of an archive list."""
        self._decisions: list[bytes] = []
        """For each block, the digest of the stories that its items joined or merged."""
        self._observed = 0
        """The number of the first block whose scores the clusterer does not know."""

    def assign(self, one: Block) -> None:
        """Assigns the items of the next block."""
        earliest = self._items[one.start].published_at.timestamp() - MAX_SPAN_DAYS * DAY
        while self._items[self._blocks[self._near].end - 1].published_at.timestamp() < earliest:
            self._near += 1
        while self._blocks[self._reached].end <= one.start - REACH:
            self._reached += 1
        near = 0 if self._is_edited else self._near
        # A pair of items in the archive list is of one story or not, so the stories of all items in reach matter.
        stories = self._decisions[0 if self._is_edited else min(self._near, self._reached) :]
        contents = [earlier.contents for earlier in self._blocks[near : one.number]]
        key = hashing.blake2(one.contents, b"%d" % len(stories), *stories, *contents)
        assignments = self._memo.get(ASSIGNMENTS, key, functools.partial(self._make, one))
        if len(self.clusterer.first_of) == one.start:  # the assignments come from an earlier build
            self.clusterer.take(assignments)
        self._decisions.append(hashing.blake2_of_value([(found.joined, found.merged) for found in assignments]))

    def _make(self, one: Block) -> list[Assignment]:
        for earlier in self._blocks[max(self._near, self._observed) : one.number]:
            found = self._found(FEATURES, earlier.features)
            for position, features in enumerate(found, earlier.start):
                self.clusterer.observe(position, features)
        self._observed = one.number + 1
        own, entries = self._found(FEATURES, one.features), self._found(ENTRIES, one.contents)
        return list(itertools.starmap(self.clusterer.assign, zip(own, entries, strict=True)))

    def _found(self, kind: Kind[T], key: bytes) -> T:
        """Returns a cached result that this build has added or seen before."""
        found = self._memo.find(kind, key)
        if found is None:
            raise DamagedStateError("the state is damaged, or another build has changed it: build again")
        return found


def _compared(
    missing: Sequence[int],
    items: Sequence[Item],
    keyed: Sequence[Block],
    memo: Memo,
    known: Mapping[tuple[str, str], Words],
    jobs: int,
    language: str,
) -> Generator["Compared", None, None]:
    """Yields the results of workers for the blocks with these numbers, in order."""
    if not missing:
        return
    # It imports numpy, which takes as long as a build with nothing to do; workers inherit it.
    from generator.stories.comparer import Comparer  # noqa: PLC0415

    jobs = jobs if workers.CAN_FORK and len(missing) >= _MANY else 1
    # A worker that does not begin with the first block must index the items in reach, so the first one gets more.
    ends = [round(len(missing) * (job + _HEAD_START) / (jobs + _HEAD_START - 1)) for job in range(jobs)]
    chunks = workers.in_chunks(
        _compare,
        [missing[start:end] for start, end in itertools.pairwise([0, *ends])],
        prepare=functools.partial(Comparer, items, keyed, memo, known, language),
        jobs=jobs,
        size=1,
    )
    with contextlib.closing(chunks):
        for chunk in chunks:
            yield from chunk


def _compare(comparer: "Comparer", ranges: Sequence[Sequence[int]]) -> list["Compared"]:
    """Runs in a worker."""
    return [comparer.packed(number) for numbers in ranges for number in numbers]
