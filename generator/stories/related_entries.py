"""Sorts the ``related`` lists of items. Only this module reads the lists for the clustering."""

import functools
import hashlib
from collections.abc import Mapping

import msgspec

from generator.content.model import Article, Item
from generator.content.terms import Terms, analyse, unpack
from generator.stories.model import AssignedEntry
from generator.stories.related import sort_entries
from generator.stories.similarity import Comparison, InverseDocumentFrequency, Profile

PackedTerms = Mapping[tuple[str, str], bytes]
"""The packed terms of texts that have been read already, by title and summary."""
_LINK_BYTES = 8


@functools.lru_cache(maxsize=131_072)
def link_id(identity: str) -> int:
    """Returns an id of 64 bits for the identity of an article; it takes less memory than the identity."""
    digest = hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=_LINK_BYTES).digest()
    return int.from_bytes(digest, "big")


class RelatedEntries(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The sorted ``related`` list of an item."""

    links: tuple[int, ...]
    """The ids (:func:`link_id`) of all entries."""
    same_story: tuple[AssignedEntry, ...]
    """The entries that report the same event."""
    related: tuple[AssignedEntry, ...]
    """The entries on the same subject, best first."""


class RelatedEntrySorter:
    """Sorts the lists of items, epoch by epoch, with the inverse document frequencies at the beginning of the epoch.

    So the result for a list depends on the list and on the terms of earlier epochs, but on no other list.
    """

    def __init__(self, terms: PackedTerms) -> None:
        """Takes the packed terms of texts that have been read already."""
        self._packed_terms = terms
        self._frequency = InverseDocumentFrequency()
        self._profiles: dict[tuple[object, ...], Profile] = {}

    def begin(self, frequency: InverseDocumentFrequency) -> None:
        """Begins an epoch, with the inverse document frequencies of earlier items."""
        self._frequency = frequency
        frequency.mark()
        self._profiles.clear()

    def sort(self, item: Item, profile: Profile, comparisons: list[Comparison] | None = None) -> RelatedEntries:
        """Sorts the list of an item.

        Args:
            item: the item.
            profile: the profile of the item.
            comparisons: receives the comparison with each entry.
        """
        entries = tuple(item.related)
        same_story, related = sort_entries(item, entries, profile, self._profile, comparisons)
        return RelatedEntries(
            links=tuple([link_id(entry.identity) for entry in entries]),
            same_story=tuple([_assigned_entry(entries[position], position) for position in same_story]),
            related=tuple([_assigned_entry(entries[position], position) for position in related]),
        )

    def _profile(self, entry: Article) -> Profile:
        # Different lists may give the same article with different texts and times.
        key = (entry.title, entry.excerpt, entry.published_at, entry.provider.domain)
        profile = self._profiles.get(key)
        if profile is None:
            terms = self._terms(entry)
            weights = self._frequency.weights_at_mark(terms.ordered, terms.capped)
            profile = self._profiles[key] = Profile(entry, terms, weights, ())
        return profile

    def _terms(self, entry: Article) -> Terms:
        packed = self._packed_terms.get((entry.title, entry.excerpt))
        return unpack(packed) if packed else analyse(entry.title, entry.excerpt)


def _assigned_entry(entry: Article, position: int) -> AssignedEntry:
    return AssignedEntry(
        place=position,
        identity=entry.identity,
        at=entry.published_at.timestamp(),
        domain=entry.provider.domain,
        publisher=entry.provider.name,
    )
