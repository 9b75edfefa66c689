"""Looks at what changed of a collection: what stands of the looks of an earlier build is not made again.

Where the words of an epoch, and of all before it, are as they were, its looks stand, and of its lists all that did not
change. Of the first epoch in which words changed that holds up to the change.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from generator.cache.model import Epoch
from generator.content.model import Item
from generator.content.terms import unpack
from generator.stories.features import EPOCH, LOOKS, NOTHING, ExtractorState, FeatureExtractor, Features
from generator.stories.model import TOLD
from generator.stories.related_entries import Analysed, RelatedEntries, RelatedEntrySorter
from generator.stories.similarity import InverseDocumentFrequency, profile_again
from generator.util import hashing

_LOOKING = msgspec.msgpack.Decoder(ExtractorState)
_ENCODER = msgspec.msgpack.Encoder()


class Edge(NamedTuple):
    """The first epoch in which words changed, or that is new."""

    epoch: Epoch | None
    """As it was."""
    same: int
    """The words of so many of its items, from the first, are as they were."""


class Looked(NamedTuple):
    """What was seen of an epoch, packed."""

    looks: bytes
    """Nothing where all words of the epoch, and of those before, are as they were."""
    listed: bytes
    """Nothing where all that was read is as it was, too."""
    looking: bytes
    """The state after it, where that is new and kept."""


class Lookers:
    """Looks at epochs: as far as the words are as they were only at lists that changed."""

    def __init__(
        self,
        items: Sequence[Item],
        analysed: Analysed,
        contents: Sequence[bytes],
        before: Sequence[Epoch],
        edge: Edge,
        start: int,
    ) -> None:
        """Takes what there is and what was seen.

        Args:
            items: in the order of time.
            analysed: the terms of texts, as far as these are known already.
            contents: of each epoch.
            before: the epochs whose words are as they were.
            edge: what came next.
            start: the first epoch that is looked at.
        """
        self._items = items
        self._analysed = analysed
        self._contents = contents
        self._before = before
        self._edge = edge
        self._start = start
        self._counted = 0
        self._listing = RelatedEntrySorter(analysed)

    @functools.cached_property
    def _looking(self) -> FeatureExtractor:
        """Looks at all items of an epoch, after those whose words are as they were."""
        return FeatureExtractor(self._items, self._analysed, _looking_after(self._before))

    @functools.cached_property
    def _rarity(self) -> InverseDocumentFrequency:
        state = _looking_after(self._before[: self._start])
        self._counted = state.position // EPOCH
        return InverseDocumentFrequency(*state.rarity)

    def look(self, number: int, *, keeps_state: bool) -> Looked:
        """Looks at an epoch; they come in order, but others may be looked at elsewhere."""
        if number < len(self._before):
            was = self._before[number]
            is_same = was.contents == self._contents[number]
            return Looked(b"", b"" if is_same else _ENCODER.encode(self._lists(number, was, EPOCH)), b"")
        looks: list[Features] = []
        listed: list[RelatedEntries] = []
        if number == len(self._before) and self._edge.epoch:
            looks = LOOKS.decode(self._edge.epoch.looks())[: self._edge.same]
            listed = self._lists(number, self._edge.epoch, self._edge.same)
        looking = self._looking
        looking.skip(number * EPOCH + len(looks))
        for look, one in looking.looks((number + 1) * EPOCH):
            looks.append(look)
            listed.append(one)
        return Looked(
            looks=_ENCODER.encode(looks),
            listed=_ENCODER.encode(listed),
            looking=_ENCODER.encode(looking.state()) if keeps_state else b"",
        )

    def _lists(self, number: int, was: Epoch, count: int) -> list[RelatedEntries]:
        """The lists of the first items of an epoch, whose words are as they were; what changed is sorted anew."""
        found = list(listed_before(was))[:count]
        changed = [
            place for place, same in enumerate(same_items(was.contents, self._contents[number])[:count]) if not same
        ]
        if not changed:
            return found
        rarity = self._rarity
        for epoch in self._before[self._counted : number]:
            for look in LOOKS.decode(epoch.looks()):
                rarity.add(unpack(look.terms).ordered)
        self._counted = max(self._counted, number)
        self._listing.begin(rarity)
        looks = LOOKS.decode(was.looks())
        for place in changed:
            item, look = self._items[number * EPOCH + place], looks[place]
            found[place] = self._listing.sort(item, profile_again(item, look.weights, unpack(look.terms), ()))
        return found


def _looking_after(epochs: Sequence[Epoch]) -> ExtractorState:
    """The last state that was kept."""
    last = next((epoch.looking for epoch in reversed(epochs) if epoch.looking), None)
    return _LOOKING.decode(last()) if last else NOTHING


def listed_before(epoch: Epoch | None) -> Iterator[RelatedEntries]:
    """The lists of an epoch as they were; of none, none."""
    return (
        (RelatedEntries(one.links, one.same_story, one.related) for one in TOLD.decode(epoch.told()))
        if epoch
        else iter(())
    )


def same_items(before: bytes, now: bytes) -> list[bool]:
    """Of which items of an epoch all is as it was."""
    size = hashing.SIZE
    return [before[start : start + size] == now[start : start + size] for start in range(0, len(now), size)]
