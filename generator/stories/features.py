"""What can be said of an item whatever stories come out: its terms' weights, what it may be compared with, its list.

It depends on the words of earlier items and on no decision, so several processes can look at stretches of a collection,
each after counting the words before its own. What is decided with it is in ``telling``.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from generator.content.model import Item
from generator.content.terms import PRIOR, read, unpack
from generator.stories.related import ARCHIVE_CONSIDERED, ARCHIVE_LIKENESS, LEAST_LIKELY, TOPIC_SHARE
from generator.stories.related_entries import Analysed, RelatedEntries, RelatedEntrySorter
from generator.stories.similarity import Comparison, InverseDocumentFrequency, Near, Profile, weights_of
from generator.util import hashing
from generator.util.text import topic_slug

EPOCH = 64
"""Items after which telling can go on in a later build."""
_CONSIDERED = 16
_POSTINGS = 32
_RAREST = 12


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An item as it looks beside those before it, by its words. Places are in the order of time."""

    terms: bytes
    """Packed."""
    weights: bytes
    """Of its profile, packed."""
    recent: tuple[int, ...]
    """Places of the items most like it of the last days, likeliest first."""
    alike: tuple[tuple[int, float], ...]
    """Places of those that might stand in its archive list, likest first, with the scores they would have."""


LOOKS = msgspec.msgpack.Decoder(list[Features])
"""Unpacks those of an epoch."""


class ExtractorState(msgspec.Struct, frozen=True, array_like=True):
    """What looking goes on from."""

    position: int
    rarity: tuple[int, dict[str, int]]
    topics: tuple[int, dict[str, int]]
    postings: dict[str, list[tuple[int, float]]]


NOTHING = ExtractorState(0, (0, {}), (0, {}), {})
"""The state before the first item."""


def words_of(item: Item) -> bytes:
    """The digest of all of an item, but for its list, that looks at others and what is told of them may depend on."""
    at = item.published_at.timestamp()
    words = (item.identity, item.title, item.excerpt, at, item.topics, item.provider.domain, bool(item.story))
    return hashing.blake2_of_value(words)


class FeatureExtractor:
    """A look at item after item; its state is what is known from the items before."""

    def __init__(
        self, items: Sequence[Item], analysed: Analysed, state: ExtractorState = NOTHING, about: str | None = None
    ) -> None:
        """Goes on from a state; notes on the list of an item are wanted if ``about`` is its identity."""
        self._items = items
        self._analysed = analysed
        self._about = about
        self._is_labelled = any(item.story for item in items)
        self._topics_of = _Topics(items)
        self._listing = RelatedEntrySorter(analysed)
        self._recent = Near(items)
        self.position = state.position
        self.comparisons: list[Comparison] = []
        self._rarity = InverseDocumentFrequency(*state.rarity)
        self._topics = InverseDocumentFrequency(*state.topics)
        self._postings = defaultdict[str, list[tuple[int, float]]](list, state.postings)

    def state(self) -> ExtractorState:
        """What goes on from here. At the end of an epoch."""
        return ExtractorState(self.position, self._rarity.counts(), self._topics.counts(), self._postings)

    def skip(self, until: int) -> None:
        """Counts the words of the items up to a position."""
        for item in self._items[self.position : until]:
            self._begin()
            terms = unpack(self._packed_terms(item))
            self._remember(Profile(item, terms, self._rarity.weights(terms.ordered, terms.capped), ()))

    def looks(self, until: int) -> Iterator[tuple[Features, RelatedEntries]]:
        """Looks at the items up to a position, and sorts their lists."""
        for item in self._items[self.position : until]:
            yield self._look(item)

    def _look(self, item: Item) -> tuple[Features, RelatedEntries]:
        self._begin()
        packed = self._packed_terms(item)
        terms = unpack(packed)
        current = Profile(item, terms, self._rarity.weights(terms.ordered, terms.capped), ())
        near = self._near(current)
        first = self._recent.first(current.day)
        look = Features(packed, weights_of(current), _likeliest(near, first), self._alike(near, first))
        listed = self._listing.sort(item, current, self.comparisons if item.identity == self._about else None)
        self._remember(current)
        return look, listed

    def _begin(self) -> None:
        if self.position % EPOCH == 0:
            self._listing.begin(self._rarity)

    def _packed_terms(self, item: Item) -> bytes:
        return self._analysed.get((item.title, item.excerpt)) or read(item.title, item.excerpt)

    def _near(self, current: Profile) -> dict[int, float]:
        """Earlier items that share rare terms, with the cosine over these; the latest for each term."""
        dots: dict[int, float] = {}
        rarest = sorted([(-weight, term) for term, weight in current.weights.items()])[:_RAREST]
        postings, norm, values = self._postings, current.norm, current.values
        for _, term in rarest:
            if term in postings:
                own = values[term] / norm
                for other, value in postings[term][-_POSTINGS:]:
                    if other in dots:
                        dots[other] += own * value
                    else:
                        dots[other] = own * value
        return dots

    def _alike(self, near: Mapping[int, float], first: int) -> tuple[tuple[int, float], ...]:
        """As many as may be considered.

        Args:
            near: earlier items, by their places, and how like they are.
            first: the place of the first that may tell the item's story.
        """
        likest = sorted([(like, other) for other, like in near.items() if like >= ARCHIVE_LIKENESS], reverse=True)
        if not self._is_labelled:  # else an editor may have put it into a story of any time
            # Those of its own story will be passed over.
            others = [number for number, (_, other) in enumerate(likest) if other < first]
            if len(others) > ARCHIVE_CONSIDERED:
                del likest[others[ARCHIVE_CONSIDERED] :]
        topics = self._topics_of
        own = topics[self.position]
        counts = topics.weighed(self.position, self._topics)
        return tuple([(other, like + counts[own & topics[other]]) for like, other in likest])

    def _remember(self, current: Profile) -> None:
        number = self.position
        self._rarity.add(current.terms.ordered)
        self._topics.add(map(topic_slug, self._items[number].topics))
        for term, value in current.values.items():
            postings = self._postings[term]
            postings.append((number, value / current.norm))
            if len(postings) > 2 * _POSTINGS:
                del postings[:-_POSTINGS]
        self.position += 1


def _likeliest(near: Mapping[int, float], first: int) -> tuple[int, ...]:
    likely = [(-like, other) for other, like in near.items() if other >= first and like >= LEAST_LIKELY]
    likely.sort()
    return tuple([other for _, other in likely[:_CONSIDERED]])


class _Topics(dict[int, int]):
    """The topics of items by their places, a bit each, so that what two items share is found by one operation."""

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

    def weighed(self, number: int, rarity: InverseDocumentFrequency) -> "_Weighed":
        """How much any of an item's topics count that another item shares."""
        slugs = frozenset(map(topic_slug, self._items[number].topics))
        weights = rarity.weights(slugs, PRIOR.keys() & slugs)
        return _Weighed([(self._bits[slug], weight) for slug, weight in weights.items()])


class _Weighed(dict[int, float]):
    """How much shared topics count, by their bits: rare ones more."""

    def __init__(self, weights: Sequence[tuple[int, float]]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, shared: int) -> float:
        share = TOPIC_SHARE * math.fsum([weight for bit, weight in self._weights if bit & shared])
        self[shared] = share
        return share
