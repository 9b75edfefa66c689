"""Extracts the features of items: the part of the clustering that depends on no assignment.

Features depend on the terms of the item and of earlier items. So several workers can extract the features of different
parts of a collection, after each has counted the terms of the items before its own part.
"""

import functools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from generator.content.model import Item
from generator.content.terms import PRIOR, read, unpack
from generator.stories.related import (
    MAX_ARCHIVE_CANDIDATES,
    MIN_ARCHIVE_SIMILARITY,
    MIN_STORY_SIMILARITY,
    TOPIC_FACTOR,
)
from generator.stories.related_entries import PackedTerms, RelatedEntries, RelatedEntrySorter
from generator.stories.similarity import Comparison, InverseDocumentFrequency, Profile, first_near, pack_weights
from generator.util import hashing
from generator.util.text import topic_slug

EPOCH = 64
"""The number of items whose features, related entries and assignments are cached together."""
_MAX_NEAR = 16
_MAX_POSTINGS = 32
_MAX_TERMS = 12


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The terms of an item, and the earlier items that are similar to it, by their positions in order of time."""

    terms: bytes
    """The packed terms of the item."""
    weights: bytes
    """The packed weights of its profile."""
    near: tuple[int, ...]
    """The most similar items that may be in the same story, the most similar first."""
    archive: tuple[tuple[int, float], ...]
    """The candidates for the archive list with their ranks, the most similar first."""


class ExtractorState(msgspec.Struct, frozen=True, array_like=True):
    """The state of a :class:`FeatureExtractor` after the items before a position."""

    position: int
    terms: tuple[int, dict[str, int]]
    """The document frequencies of terms: ``InverseDocumentFrequency.counts``."""
    topics: tuple[int, dict[str, int]]
    """The document frequencies of topics."""
    postings: dict[str, list[tuple[int, float]]]
    """By term, the latest items that contain it, with the weights of the term divided by the norms of the items."""


INITIAL_STATE = ExtractorState(0, (0, {}), (0, {}), {})
"""The state before the first item."""


def words_key(item: Item) -> bytes:
    """Returns the digest of everything in an item on which features depend, its own or those of other items.

    The ``related`` list is not part of it.
    """
    at = item.published_at.timestamp()
    words = (item.identity, item.title, item.excerpt, at, item.topics, item.provider.domain, bool(item.story))
    return hashing.blake2_of_value(words)


class FeatureExtractor:
    """Extracts the features of one item after the other."""

    def __init__(
        self,
        items: Sequence[Item],
        terms: PackedTerms,
        state: ExtractorState = INITIAL_STATE,
        *,
        epoch: int = EPOCH,
        about: str | None = None,
    ) -> None:
        """Continues from a state.

        Args:
            items: all items, in order of time.
            terms: the packed terms of texts that have been read already.
            state: the state before the first item to extract, which must be the first of an epoch.
            epoch: the number of items in an epoch.
            about: the identity of an item whose comparisons with its entries are recorded.
        """
        self._items = items
        self._packed = terms
        self._epoch = epoch
        self._about = about
        self._has_labels = any(item.story for item in items[: state.position])
        self._sorter = RelatedEntrySorter(terms)
        self.position = state.position
        self._first_near = 0
        self.comparisons: list[Comparison] = []
        self._terms = InverseDocumentFrequency(*state.terms)
        self._topics = InverseDocumentFrequency(*state.topics)
        self._postings = defaultdict[str, list[tuple[int, float]]](list, state.postings)

    def state(self) -> ExtractorState:
        """Returns the state after the items so far. It must be called at the end of an epoch."""
        return ExtractorState(self.position, self._terms.counts(), self._topics.counts(), self._postings)

    def skip(self, until: int) -> None:
        """Counts the terms of the items up to a position, without extracting their features."""
        for item in self._items[self.position : until]:
            self._begin(item)
            terms = unpack(self._packed_terms(item))
            self._add(item, Profile(item, terms, self._terms.weights(terms.ordered, terms.capped), ()))

    def extract(self, until: int) -> Iterator[tuple[Features, RelatedEntries]]:
        """Yields the features and the sorted related entries of the items up to a position."""
        for item in self._items[self.position : until]:
            yield self._extract(item)

    def _extract(self, item: Item) -> tuple[Features, RelatedEntries]:
        self._begin(item)
        packed = self._packed_terms(item)
        terms = unpack(packed)
        profile = Profile(item, terms, self._terms.weights(terms.ordered, terms.capped), ())
        similarities = self._similarities(profile)
        first = self._first_near = first_near(self._items, self.position, self._first_near)
        features = Features(
            packed,
            pack_weights(profile),
            _most_similar(similarities, first),
            self._archive_candidates(item, similarities, first),
        )
        entries = self._sorter.sort(item, profile, self.comparisons if item.identity == self._about else None)
        self._add(item, profile)
        return features, entries

    def _begin(self, item: Item) -> None:
        self._has_labels |= bool(item.story)
        if self.position % self._epoch == 0:
            self._sorter.begin(self._terms)

    def _packed_terms(self, item: Item) -> bytes:
        return self._packed.get((item.title, item.excerpt)) or read(item.title, item.excerpt)

    def _similarities(self, profile: Profile) -> dict[int, float]:
        """Returns the similarities to earlier items, by position.

        Only the rarest terms of the item count, and for each of them the latest items that contain it.
        """
        similarities: dict[int, float] = {}
        rarest = sorted([(-weight, term) for term, weight in profile.weights.items()])[:_MAX_TERMS]
        postings, norm, values = self._postings, profile.norm, profile.values
        for _, term in rarest:
            if term in postings:
                own = values[term] / norm
                for other, value in postings[term][-_MAX_POSTINGS:]:
                    if other in similarities:
                        similarities[other] += own * value
                    else:
                        similarities[other] = own * value
        return similarities

    def _archive_candidates(
        self, item: Item, similarities: Mapping[int, float], first: int
    ) -> tuple[tuple[int, float], ...]:
        """Returns the positions of the candidates for the archive list with their ranks, the most similar first.

        Args:
            item: the item.
            similarities: the similarities to earlier items, by position.
            first: the position of the first item that may be in the item's story.
        """
        similar = [(value, other) for other, value in similarities.items() if value >= MIN_ARCHIVE_SIMILARITY]
        similar.sort(reverse=True)
        # Items of the own story are removed later. They are all near, unless an editor has labelled some.
        if not self._has_labels:
            far = [index for index, (_, other) in enumerate(similar) if other < first]
            if len(far) > MAX_ARCHIVE_CANDIDATES:
                del similar[far[MAX_ARCHIVE_CANDIDATES] :]
        slugs = _topic_slugs(item.topics)
        weights = self._topics.weights(slugs, PRIOR.keys() & slugs)
        candidates: list[tuple[int, float]] = []
        for value, other in similar:
            shared = slugs & _topic_slugs(self._items[other].topics)
            bonus = TOPIC_FACTOR * math.fsum([weights[slug] for slug in shared]) if shared else 0.0
            candidates.append((other, value + bonus))
        return tuple(candidates)

    def _add(self, item: Item, profile: Profile) -> None:
        """Counts the terms and the topics of the item at the current position."""
        self._terms.add(profile.terms.ordered)
        self._topics.add(map(topic_slug, item.topics))
        for term, value in profile.values.items():
            postings = self._postings[term]
            postings.append((self.position, value / profile.norm))
            if len(postings) > 2 * _MAX_POSTINGS:
                del postings[:-_MAX_POSTINGS]
        self.position += 1


def _most_similar(similarities: Mapping[int, float], first: int) -> tuple[int, ...]:
    """Returns the positions of the most similar items from a position on, the most similar first."""
    near = [
        (-value, other) for other, value in similarities.items() if other >= first and value >= MIN_STORY_SIMILARITY
    ]
    near.sort()
    return tuple([other for _, other in near[:_MAX_NEAR]])


@functools.lru_cache(maxsize=65_536)
def _topic_slugs(topics: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(topic_slug, topics))
