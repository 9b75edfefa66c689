"""Clusters a collection with the results of earlier builds.

The items, in order of time, are divided into epochs of a fixed number of items. Three results are cached for each
epoch, each with a key made of everything that it depends on:

- features: the terms of its items and of all earlier items;
- related entries: the same, and everything in its items;
- assignments: both, the stories of all earlier items, and everything in the items near the epoch.

If a change leaves the stories of an epoch equal, the keys of later epochs are equal too, and nothing more is clustered
(early cutoff). Workers extract features while this process assigns one epoch after the other.
"""

import array
import contextlib
import functools
import itertools
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind, Memo
from generator.content.model import Item
from generator.errors import DamagedStateError
from generator.stories.cluster import StoryClusterer
from generator.stories.features import EPOCH, INITIAL_STATE, ExtractorState, FeatureExtractor, Features
from generator.stories.model import Assignment, Clustering, time_order
from generator.stories.related_entries import PackedTerms, RelatedEntries
from generator.stories.similarity import first_near
from generator.util import hashing, workers

FEATURES = Kind("features", list[Features])
ENTRIES = Kind("related entries", list[RelatedEntries])
ASSIGNMENTS = Kind("assignments", list[Assignment])
EXTRACTOR_STATE = Kind("extractor state", ExtractorState)
_EPOCHS_AT_ONCE = 4
_EPOCHS_IN_MEMORY = 256
T = TypeVar("T")


def cluster_all(items: Iterable[Item], *, about: str | None = None, epoch: int = EPOCH) -> Clustering:
    """Clusters items without a cache.

    Args:
        items: each article once, in any order.
        about: the identity of an item whose comparisons are recorded.
        epoch: the number of items in an epoch. Related entries are compared with the inverse document frequencies at
            its beginning.
    """
    in_order = sorted(items, key=time_order)
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
    """Clusters items and reuses the results of earlier builds. The result is that of :func:`cluster_all`.

    Args:
        items: each article once, in any order.
        documents: the keys of the documents of all items, by name.
        memo: the cache.
        terms: the packed terms of texts that have been read already.
        jobs: the number of processes: this one assigns, the others extract features.
        epoch: the number of items in an epoch.

    Raises:
        DamagedStateError: a result of an earlier build has vanished from the cache during the clustering.
    """
    in_order = sorted(items, key=time_order)
    epochs = _epochs(in_order, documents, epoch)
    full_epochs = len(in_order) // epoch
    memo.keep(EXTRACTOR_STATE, [one.words for one in epochs if is_state_cached(one.number, full_epochs)])
    missing = dict.fromkeys(
        one.number for one in epochs if not (memo.has(FEATURES, one.words) and memo.has(ENTRIES, one.contents))
    )

    @functools.lru_cache(maxsize=_EPOCHS_IN_MEMORY)
    def features_in(number: int) -> list[Features]:
        return _cached(memo, FEATURES, epochs[number].words)

    def features_of(position: int) -> Features:
        return features_in(position // epoch)[position % epoch]

    clusterer = StoryClusterer(in_order, features_of)
    # The fields of editors may refer to items of any time.
    is_edited = any(item.story or item.not_same_as for item in in_order)
    stories = hashing.NOTHING
    # Closing ends the workers here, and not whenever the generator is freed.
    with contextlib.closing(_extracted(missing, in_order, epochs, memo, terms or {}, jobs)) as extracted:
        for one in epochs:
            if one.number in missing:
                result = next(extracted)
                memo.add_packed(FEATURES, one.words, result.features)
                memo.add_packed(ENTRIES, one.contents, result.entries)
                if result.state:
                    memo.add_packed(EXTRACTOR_STATE, one.words, result.state)
            first = 0 if is_edited else first_near(in_order, one.start)
            near = b"".join([documents[item.name].content for item in in_order[first : one.start]])
            key = hashing.blake2(one.contents, stories, near)
            assignments = memo.get(ASSIGNMENTS, key, functools.partial(_assign, clusterer, memo, one, features_in))
            if len(clusterer.story_numbers) == one.start:  # the assignments come from an earlier build
                clusterer.take(assignments)
            numbers = array.array("I", clusterer.story_numbers[one.start :])
            stories = hashing.blake2(stories, numbers.tobytes())
    return clusterer.result()


class _Epoch(NamedTuple):
    """A range of items, with the keys of its results."""

    number: int
    start: int
    """The position of its first item."""
    words: bytes
    """The key of its features, made of the terms of its items and of all earlier items."""
    contents: bytes
    """The key of its related entries, made of the same and of everything in its items."""


class _Extracted(NamedTuple):
    """The packed results of a worker for an epoch."""

    features: bytes
    entries: bytes
    state: bytes
    """The state of the extractor after the epoch; empty if it is not cached."""


def _epochs(items: Sequence[Item], documents: Mapping[str, DocumentKeys], size: int) -> list[_Epoch]:
    epochs: list[_Epoch] = []
    words = hashing.blake2_of_value(size)
    for number, start in enumerate(range(0, len(items), size)):
        keys = [documents[item.name] for item in items[start : start + size]]
        words = hashing.blake2(words, b"".join([key.words for key in keys]))
        contents = hashing.blake2(words, b"".join([key.content for key in keys]))
        epochs.append(_Epoch(number, start, words, contents))
    return epochs


def _assign(
    clusterer: StoryClusterer, memo: Memo, one: _Epoch, features_in: Callable[[int], list[Features]]
) -> list[Assignment]:
    """Assigns the items of an epoch."""
    entries = _cached(memo, ENTRIES, one.contents)
    return list(itertools.starmap(clusterer.assign, zip(features_in(one.number), entries, strict=True)))


def _cached(memo: Memo, kind: Kind[T], key: bytes) -> T:
    """Returns a cached result that this build has added or seen before."""
    found = memo.find(kind, key)
    if found is None:
        raise DamagedStateError("the state is damaged, or another build has changed it: build again")
    return found


def _extracted(
    missing: Mapping[int, None],
    items: Sequence[Item],
    epochs: Sequence[_Epoch],
    memo: Memo,
    terms: PackedTerms,
    jobs: int,
) -> Generator[_Extracted, None, None]:
    """Yields the results of workers for the epochs with these numbers, in order."""
    chunks = workers.in_chunks(
        _extract,
        list(missing),
        prepare=functools.partial(_EpochExtractor, items, epochs, memo, terms),
        jobs=jobs - 1 if workers.CAN_FORK else 0,
        keep_parent_free=True,  # it assigns meanwhile
        size=_EPOCHS_AT_ONCE,
    )
    with contextlib.closing(chunks):
        for chunk in chunks:
            yield from chunk


class _EpochExtractor:
    """Extracts the features of epochs. Each worker has one, and gets some of the epochs in order."""

    def __init__(self, items: Sequence[Item], epochs: Sequence[_Epoch], memo: Memo, terms: PackedTerms) -> None:
        self._items = items
        self._epochs = epochs
        self._memo = memo
        self._terms = terms
        self._size = epochs[1].start if len(epochs) > 1 else max(len(items), 1)
        self._extractor: FeatureExtractor | None = None

    def extract(self, number: int) -> _Extracted:
        """Extracts the features of an epoch, after counting the terms of earlier epochs from the nearest state."""
        epoch = self._epochs[number]
        position = self._extractor.position if self._extractor else 0
        if self._extractor is None or position < epoch.start:
            state = self._last_state(number, position)
            if self._extractor is None or state is not None:
                self._extractor = FeatureExtractor(self._items, self._terms, state or INITIAL_STATE, epoch=self._size)
        extractor = self._extractor
        extractor.skip(epoch.start)
        extracted = list(extractor.extract(epoch.start + self._size))
        is_cached = is_state_cached(number, len(self._items) // self._size)
        return _Extracted(
            features=FEATURES.pack([features for features, _ in extracted]),
            entries=ENTRIES.pack([entries for _, entries in extracted]),
            state=EXTRACTOR_STATE.pack(extractor.state()) if is_cached else b"",
        )

    def _last_state(self, number: int, position: int) -> ExtractorState | None:
        """Returns the last cached state before an epoch, or None if there is none after a position."""
        for epoch in reversed(self._epochs[:number]):
            if epoch.start + self._size <= position:
                break
            if state := self._memo.find(EXTRACTOR_STATE, epoch.words):
                return state
        return None


def _extract(extractor: _EpochExtractor, numbers: Sequence[int]) -> list[_Extracted]:
    """Runs in a worker."""
    return list(map(extractor.extract, numbers))


def is_state_cached(number: int, full_epochs: int) -> bool:
    """Returns whether the state of the extractor after an epoch is cached.

    The states after the last epochs are, and ever fewer of the earlier ones. So few states are cached, and the distance
    from any change to the state before it is in proportion to the age of the change. A state that is cached was also
    cached when there were fewer epochs.

    Args:
        number: the number of the epoch.
        full_epochs: the number of epochs that are full.
    """
    age = full_epochs - number
    step = 1 << max((age // 2).bit_length() - 1, 0)
    return age > 0 and (number + 1) % step == 0
