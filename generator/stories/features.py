"""Extracts what the clustering needs to know of an item, whatever stories come out.

Features depend on the words of the item and of earlier items, and on no assignment. So several workers can extract the
features of different parts of a collection, each after counting the words before its own part.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from generator.content.model import Item
from generator.content.terms import PRIOR, read, unpack
from generator.stories.related import ARCHIVE_CONSIDERED, ARCHIVE_LIKENESS, LEAST_LIKELY, TOPIC_SHARE
from generator.stories.related_entries import PackedTerms, RelatedEntries, RelatedEntrySorter
from generator.stories.similarity import Comparison, InverseDocumentFrequency, NearItems, Profile, packed_weights
from generator.util import hashing
from generator.util.text import topic_slug

EPOCH = 64
"""Number of items whose features, entries and assignments are kept together."""
_CONSIDERED = 16
_POSTINGS = 32
_RAREST = 12


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an item's words say beside those of earlier items. Places are in the order of time."""

    terms: bytes
    """Packed."""
    weights: bytes
    """Of its profile, packed."""
    recent: tuple[int, ...]
    """Places of the items most like it of the last days, likeliest first."""
    alike: tuple[tuple[int, float], ...]
    """Places of those that might stand in its archive list, likest first, with the scores they would have."""


class ExtractorState(msgspec.Struct, frozen=True, array_like=True):
    """What a :class:`FeatureExtractor` knows of the items before a position."""

    position: int
    frequency: tuple[int, dict[str, int]]
    topics: tuple[int, dict[str, int]]
    postings: dict[str, list[tuple[int, float]]]


NOTHING = ExtractorState(0, (0, {}), (0, {}), {})
"""The state before the first item."""


def words_of(item: Item) -> bytes:
    """Returns the digest of everything in an item, but for its list, that the features of any item may depend on."""
    at = item.published_at.timestamp()
    words = (item.identity, item.title, item.excerpt, at, item.topics, item.provider.domain, bool(item.story))
    return hashing.blake2_of_value(words)


class FeatureExtractor:
    """Extracts the features of one item after the other; its state is what it knows of the items before."""

    def __init__(
        self,
        items: Sequence[Item],
        terms: PackedTerms,
        state: ExtractorState = NOTHING,
        *,
        epoch: int = EPOCH,
        about: str | None = None,
    ) -> None:
        """Goes on from a state.

        Args:
            items: all items, in the order of time.
            terms: the packed terms of texts, as far as they are known.
            state: of the items before the first one to extract; it lies at the beginning of an epoch.
            epoch: number of items in an epoch.
            about: the identity of an item whose entries' comparisons are recorded.
        """
        self._items = items
        self._terms = terms
        self._epoch = epoch
        self._about = about
        self._is_labelled = any(item.story for item in items[: state.position])
        self._topics_of = _Topics(items)
        self._sorter = RelatedEntrySorter(terms)
        self._near_items = NearItems(items)
        self.position = state.position
        self.comparisons: list[Comparison] = []
        self._frequency = InverseDocumentFrequency(*state.frequency)
        self._topics = InverseDocumentFrequency(*state.topics)
        self._postings = defaultdict[str, list[tuple[int, float]]](list, state.postings)

    def state(self) -> ExtractorState:
        """Returns the state after the items so far; to be called at the end of an epoch."""
        return ExtractorState(self.position, self._frequency.counts(), self._topics.counts(), self._postings)

    def skip(self, until: int) -> None:
        """Counts the words of the items up to a position, without extracting their features."""
        for item in self._items[self.position : until]:
            self._begin(item)
            terms = unpack(self._packed_terms(item))
            self._count(Profile(item, terms, self._frequency.weights(terms.ordered, terms.capped), ()))

    def extract(self, until: int) -> Iterator[tuple[Features, RelatedEntries]]:
        """Yields the features and the sorted related entries of the items up to a position."""
        for item in self._items[self.position : until]:
            yield self._extract(item)

    def _extract(self, item: Item) -> tuple[Features, RelatedEntries]:
        self._begin(item)
        packed = self._packed_terms(item)
        terms = unpack(packed)
        profile = Profile(item, terms, self._frequency.weights(terms.ordered, terms.capped), ())
        cosines = self._cosines(profile)
        first_near = self._near_items.first(profile.day)
        features = Features(
            packed, packed_weights(profile), _likeliest(cosines, first_near), self._alike(cosines, first_near)
        )
        entries = self._sorter.sort(item, profile, self.comparisons if item.identity == self._about else None)
        self._count(profile)
        return features, entries

    def _begin(self, item: Item) -> None:
        self._is_labelled |= bool(item.story)
        if self.position % self._epoch == 0:
            self._sorter.begin(self._frequency)

    def _packed_terms(self, item: Item) -> bytes:
        return self._terms.get((item.title, item.excerpt)) or read(item.title, item.excerpt)

    def _cosines(self, profile: Profile) -> dict[int, float]:
        """Returns the cosines with earlier items that share rare terms, by place; the latest items of each term."""
        dots: dict[int, float] = {}
        rarest = sorted([(-weight, term) for term, weight in profile.weights.items()])[:_RAREST]
        postings, norm, values = self._postings, profile.norm, profile.values
        for _, term in rarest:
            if term in postings:
                own = values[term] / norm
                for other, value in postings[term][-_POSTINGS:]:
                    if other in dots:
                        dots[other] += own * value
                    else:
                        dots[other] = own * value
        return dots

    def _alike(self, cosines: Mapping[int, float], first_near: int) -> tuple[tuple[int, float], ...]:
        """Returns the places of items for the archive list with their scores, likest first; as many as may be asked.

        Args:
            cosines: of earlier items, by their places.
            first_near: the place of the first item that may be in the item's story.
        """
        likest = sorted([(like, other) for other, like in cosines.items() if like >= ARCHIVE_LIKENESS], reverse=True)
        if not self._is_labelled:  # else an editor may have put the item into a story of any time
            # Items of its own story, all of which are near, will be passed over.
            others = [number for number, (_, other) in enumerate(likest) if other < first_near]
            if len(others) > ARCHIVE_CONSIDERED:
                del likest[others[ARCHIVE_CONSIDERED] :]
        topics = self._topics_of
        own = topics[self.position]
        counts = topics.weighed(self.position, self._topics)
        return tuple([(other, like + counts[own & topics[other]]) for like, other in likest])

    def _count(self, profile: Profile) -> None:
        number = self.position
        self._frequency.add(profile.terms.ordered)
        self._topics.add(map(topic_slug, self._items[number].topics))
        for term, value in profile.values.items():
            postings = self._postings[term]
            postings.append((number, value / profile.norm))
            if len(postings) > 2 * _POSTINGS:
                del postings[:-_POSTINGS]
        self.position += 1


def _likeliest(cosines: Mapping[int, float], first_near: int) -> tuple[int, ...]:
    likely = [(-like, other) for other, like in cosines.items() if other >= first_near and like >= LEAST_LIKELY]
    likely.sort()
    return tuple([other for _, other in likely[:_CONSIDERED]])


class _Topics(dict[int, int]):
    """The topics of items by their places, a bit each, so that one operation finds what two items share."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self._items = items
        self._bits: dict[str, int] = {}

    def __missing__(self, number: int) -> int:
        topics = 0
        for slug in map(topic_slug, self._items[number].topics):
            topics |= self._bits.setdefault(slug, 1 << len(self._bits))
        self[number] = topics
        return topics

    def weighed(self, number: int, frequency: InverseDocumentFrequency) -> "_Weighed":
        """Returns how much the topics of an item count that another item shares."""
        slugs = frozenset(map(topic_slug, self._items[number].topics))
        weights = frequency.weights(slugs, PRIOR.keys() & slugs)
        return _Weighed([(self._bits[slug], weight) for slug, weight in weights.items()])


class _Weighed(dict[int, float]):
    """How much shared topics count, by their bits: rare topics count more."""

    def __init__(self, weights: Sequence[tuple[int, float]]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, shared: int) -> float:
        share = TOPIC_SHARE * math.fsum([weight for bit, weight in self._weights if bit & shared])
        self[shared] = share
        return share
