"""Clusters a collection with the results of earlier builds.

The items, in the order of time, are cut into epochs of a fixed number of items. Three results are kept for each epoch,
each keyed by all that it depends on:

- features: of the words of its items and of all earlier ones;
- related entries: of the same, and of everything in its items;
- assignments: of both, of the stories of all earlier items, and of everything in the items near it.

Where a change leaves the stories of an epoch equal, the keys of later epochs are equal too, so nothing more is
clustered (early cutoff). Workers extract features while this process assigns one epoch after the other.
"""

import array
import bisect
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind, Memo
from generator.content.model import Item
from generator.errors import DamagedStateError
from generator.stories.cluster import StoryClusterer
from generator.stories.features import EPOCH, NOTHING, ExtractorState, FeatureExtractor, Features
from generator.stories.model import Assignment, Clustering, in_time
from generator.stories.related_entries import PackedTerms, RelatedEntries
from generator.stories.similarity import FAR_DAYS, days
from generator.util import hashing, workers

FEATURES = Kind("features", list[Features])
ENTRIES = Kind("related entries", list[RelatedEntries])
ASSIGNMENTS = Kind("assignments", list[Assignment])
EXTRACTOR_STATE = Kind("extractor state", ExtractorState)
_EPOCHS_AT_ONCE = 4
_MARGIN_DAYS = 1e-3  # for rounding
_EPOCHS_IN_MEMORY = 256
T = TypeVar("T")


def cluster_all(items: Iterable[Item], *, about: str | None = None, epoch: int = EPOCH) -> Clustering:
    """Clusters items without a cache.

    Args:
        items: each article once, in any order.
        about: the identity of an item whose comparisons are recorded.
        epoch: number of items in an epoch; words count by how rare they were at its beginning.
    """
    in_order = sorted(items, key=in_time)
    features: list[Features] = []
    extractor = FeatureExtractor(in_order, {}, epoch=epoch, about=about)
    clusterer = StoryClusterer(in_order, features.__getitem__, about=about)
    for one, entries in extractor.extract(len(in_order)):
        features.append(one)
        clusterer.assign(one, entries, extractor.comparisons)
        extractor.comparisons.clear()
    return clusterer.result()


def cluster(
    items: Sequence[Item],
    documents: Mapping[str, DocumentKeys],
    memo: Memo,
    *,
    terms: PackedTerms | None = None,
    jobs: int = 1,
    epoch: int = EPOCH,
) -> Clustering:
    """Clusters items as :func:`cluster_all` does, with the results of earlier builds.

    Args:
        items: each article once, in any order.
        documents: the keys of the documents of all items, by name.
        memo: the cache.
        terms: the packed terms of texts, as far as they are known.
        jobs: number of processes: this one assigns, the others extract features.
        epoch: as for :func:`cluster_all`.
    """
    in_order = sorted(items, key=in_time)
    epochs = _epochs(in_order, documents, epoch)
    full = len(in_order) // epoch
    memo.keep(EXTRACTOR_STATE, [one.words for one in epochs if is_state_kept(one.number, full)])
    missing = [one.number for one in epochs if not (memo.has(FEATURES, one.words) and memo.has(ENTRIES, one.contents))]
    extracted = _extracted(missing, in_order, epochs, memo, terms or {}, jobs)

    @functools.lru_cache(maxsize=_EPOCHS_IN_MEMORY)
    def features_in(number: int) -> list[Features]:
        return _found(memo, FEATURES, epochs[number].words)

    def features_of(place: int) -> Features:
        return features_in(place // epoch)[place % epoch]

    clusterer = StoryClusterer(in_order, features_of)
    # An editor's word reaches as far back as the collection does.
    is_edited = any(item.story or item.not_same_as for item in in_order)
    stories = hashing.NOTHING
    waiting = iter(missing)
    next_missing = next(waiting, None)
    for one in epochs:
        if one.number == next_missing:
            result = next(extracted)
            memo.add_packed(FEATURES, one.words, result.features)
            memo.add_packed(ENTRIES, one.contents, result.entries)
            if result.state:
                memo.add_packed(EXTRACTOR_STATE, one.words, result.state)
            next_missing = next(waiting, None)
        first = 0 if is_edited else _first_near(in_order, one.start)
        near = b"".join([documents[item.name].content for item in in_order[first : one.start]])
        key = hashing.blake2(one.contents, stories, near)
        made = functools.partial(_assign, clusterer, memo, one, features_in)
        before = len(clusterer.story_numbers)
        assignments = memo.get(ASSIGNMENTS, key, made)
        if len(clusterer.story_numbers) == before:  # they are those of an earlier build
            clusterer.take(assignments)
        numbers = array.array("I", clusterer.story_numbers[before:])
        stories = hashing.blake2(stories, numbers.tobytes())
    return clusterer.result()


class _Epoch(NamedTuple):
    """A stretch of the items, with the keys of what is found out about it."""

    number: int
    start: int
    """The place of its first item."""
    words: bytes
    """The key of its features: the words of its items and of all earlier ones."""
    contents: bytes
    """The key of its related entries: the same, and everything in its items."""


class _Extracted(NamedTuple):
    """What a worker found out about an epoch, packed."""

    features: bytes
    entries: bytes
    state: bytes
    """The extractor's state after it, empty where it is not kept."""


def _epochs(items: Sequence[Item], documents: Mapping[str, DocumentKeys], size: int) -> list[_Epoch]:
    epochs: list[_Epoch] = []
    words = hashing.blake2_of_value(size)
    for number, start in enumerate(range(0, len(items), size)):
        keys = [documents[item.name] for item in items[start : start + size]]
        words = hashing.blake2(words, b"".join([key.words for key in keys]))
        contents = hashing.blake2(words, b"".join([key.content for key in keys]))
        epochs.append(_Epoch(number, start, words, contents))
    return epochs


def _first_near(items: Sequence[Item], place: int) -> int:
    """Returns the place of the first item that is near the one at a place, or a few before."""
    return bisect.bisect_left(items, days(items[place]) - FAR_DAYS - _MARGIN_DAYS, hi=place, key=days)


def _assign(
    clusterer: StoryClusterer, memo: Memo, one: _Epoch, features_in: Callable[[int], list[Features]]
) -> list[Assignment]:
    """Assigns the items of an epoch."""
    entries = _found(memo, ENTRIES, one.contents)
    return list(itertools.starmap(clusterer.assign, zip(features_in(one.number), entries, strict=True)))


def _found(memo: Memo, kind: Kind[T], key: bytes) -> T:
    found = memo.find(kind, key)
    if found is None:
        raise DamagedStateError("the state is damaged, or another build has changed it: build again")
    return found


def _extracted(
    missing: Sequence[int], items: Sequence[Item], epochs: Sequence[_Epoch], memo: Memo, terms: PackedTerms, jobs: int
) -> Iterator[_Extracted]:
    """Yields what workers found out about the epochs of these numbers, in their order."""
    chunks = workers.in_chunks(
        _extract,
        missing,
        prepare=functools.partial(_EpochExtractor, items, epochs, memo, terms),
        jobs=jobs - 1 if workers.CAN_FORK else 0,
        keep_parent_free=True,  # it assigns
        size=_EPOCHS_AT_ONCE,
    )
    return itertools.chain.from_iterable(chunks)


class _EpochExtractor:
    """Extracts the features of epochs, of which each process gets some, in their order."""

    def __init__(self, items: Sequence[Item], epochs: Sequence[_Epoch], memo: Memo, terms: PackedTerms) -> None:
        self._items = items
        self._epochs = epochs
        self._memo = memo
        self._terms = terms
        self._size = epochs[1].start if len(epochs) > 1 else max(len(items), 1)
        self._extractor: FeatureExtractor | None = None

    def extract(self, number: int) -> _Extracted:
        """Extracts an epoch; the words of those before it are counted from the nearest state that was kept."""
        epoch = self._epochs[number]
        position = self._extractor.position if self._extractor else 0
        if self._extractor is None or position < epoch.start:
            state = self._last_state(number, position)
            if self._extractor is None or state is not None:
                self._extractor = FeatureExtractor(self._items, self._terms, state or NOTHING, epoch=self._size)
        extractor = self._extractor
        extractor.skip(epoch.start)
        found = list(extractor.extract(epoch.start + self._size))
        is_kept = is_state_kept(number, len(self._items) // self._size)
        return _Extracted(
            features=FEATURES.pack([features for features, _ in found]),
            entries=ENTRIES.pack([entries for _, entries in found]),
            state=EXTRACTOR_STATE.pack(extractor.state()) if is_kept else b"",
        )

    def _last_state(self, number: int, position: int) -> ExtractorState | None:
        """Returns the last state before an epoch that was kept, if it lies behind a position."""
        for epoch in reversed(self._epochs[:number]):
            if epoch.start + self._size <= position:
                break
            if state := self._memo.find(EXTRACTOR_STATE, epoch.words):
                return state
        return None


def _extract(extractor: _EpochExtractor, numbers: Sequence[int]) -> list[_Extracted]:
    """Runs in a worker."""
    return list(map(extractor.extract, numbers))


def is_state_kept(number: int, full: int) -> bool:
    """Returns whether the extractor's state after an epoch is kept.

    The states after the last epochs are, and ever fewer of those before: so words are counted from not much further
    back than a change lies, and few states are kept. One that is kept was kept when there were fewer epochs.

    Args:
        number: of the epoch.
        full: number of full epochs.
    """
    age = full - number
    step = 1 << max((age // 2).bit_length() - 1, 0)
    return age > 0 and (number + 1) % step == 0
