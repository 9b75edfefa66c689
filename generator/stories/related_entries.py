"""Which entries of an item's ``related`` list have to do with it. The list is read here, and only here, for stories."""

import datetime as dt
import functools
import hashlib
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from generator.content.model import Article, Item
from generator.content.terms import Terms, analyse, unpack
from generator.stories.model import AssignedEntry
from generator.stories.related import sort_entries
from generator.stories.similarity import Comparison, InverseDocumentFrequency, Profile

PackedTerms = Mapping[tuple[str, str], bytes]
"""Headlines and summaries with their packed terms, as far as these are known already."""
_LINK_BYTES = 8


@functools.lru_cache(maxsize=131_072)
def link_id(identity: str) -> int:
    """A short number for an article's identity: an archive's lists name hundreds of thousands."""
    digest = hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=_LINK_BYTES).digest()
    return int.from_bytes(digest, "big")


class RelatedEntries(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An item's list, sorted."""

    links: tuple[int, ...]
    """To all articles in it."""
    same_story: tuple[AssignedEntry, ...]
    related: tuple[AssignedEntry, ...]


class RelatedEntrySorter:
    """Sorts the lists of items, epoch by epoch: in one, words are as rare as they were at its beginning.

    So a list depends on itself and on the words of earlier epochs, but on no other list.
    """

    def __init__(self, terms: PackedTerms) -> None:
        """Takes the terms of texts, as far as these are known already."""
        self._terms_of = terms
        self._rarity = InverseDocumentFrequency()
        self._profiles = defaultdict[str, list[tuple[str, str, dt.datetime, str, Profile]]](list)

    def begin(self, rarity: InverseDocumentFrequency) -> None:
        """Begins an epoch."""
        self._rarity = rarity
        rarity.mark()
        self._profiles.clear()

    def sort(self, item: Item, own: Profile, comparisons: list[Comparison] | None = None) -> RelatedEntries:
        """Sorts an item's list; notes on its entries are taken if they are wanted."""
        listed = tuple(item.related)
        same_story, related = sort_entries(item, listed, own, self._profile, comparisons)
        return RelatedEntries(
            links=tuple([link_id(entry.identity) for entry in listed]),
            same_story=tuple([_told_entry(listed[place], place) for place in same_story]),
            related=tuple([_told_entry(listed[place], place) for place in related]),
        )

    def _terms(self, entry: Article) -> Terms:
        packed = self._terms_of.get((entry.title, entry.excerpt))
        return unpack(packed) if packed else analyse(entry.title, entry.excerpt)

    def _profile(self, entry: Article) -> Profile:
        """An entry ready to be compared."""
        known = self._profiles[entry.identity]
        at, domain = entry.published_at, entry.provider.domain
        for title, excerpt, was_at, of, found in known:
            if title == entry.title and excerpt == entry.excerpt and was_at == at and of == domain:
                return found
        terms = self._terms(entry)
        made = Profile(entry, terms, self._rarity.weights_at_mark(terms.ordered, terms.capped), ())
        known.append((entry.title, entry.excerpt, at, domain, made))
        return made


def _told_entry(entry: Article, place: int) -> AssignedEntry:
    return AssignedEntry(
        place=place,
        identity=entry.identity,
        at=entry.published_at.timestamp(),
        domain=entry.provider.domain,
        publisher=entry.provider.name,
    )
