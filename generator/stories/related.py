"""Picks the related articles of an item: entries of its own list, and earlier items."""

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from generator.content.model import Article, Item, normalized_score
from generator.stories.similarity import DAY, MAX_DAYS_APART, SCORE_UNIT, Text, Weights, weights

_MAX_RELATED = 20
_MAX_ARCHIVE, _MAX_ARCHIVE_PER_SOURCE = 5, 2


class AssignedEntry(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An entry of an item's ``related`` list that is about the same story or subject."""

    place: int
    """The position in the list."""
    identity: str


class RelatedEntries(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The entries of an item's ``related`` list that are shown."""

    same_story: tuple[AssignedEntry, ...] = ()
    """The entries that report the same event."""
    related: tuple[AssignedEntry, ...] = ()
    """The entries on the same subject, best first: at most 20, without repeated headlines."""


class ComparedEntry(NamedTuple):
    """An entry of an item's ``related`` list, compared with the item."""

    place: int
    """The position in the list."""
    entry: Article
    text: Text
    story: int
    """The score of reporting the same event, in units …"""
    subject: int
    """… and of being about the same subject."""


class _RankedEntry(NamedTuple):
    """An entry on the item's subject; sorts best first."""

    negative_rank: float
    identity: str
    place: int
    headline: int
    entry: AssignedEntry


@functools.cache
def entry_weights() -> Weights:
    """Returns the weights by which an entry reports the story of its item.

    One comparison alone decides about an entry, so more is needed than between items.
    """
    story = weights()["story"]
    return msgspec.structs.replace(story, threshold=story.threshold + 1.0)


def sort_entries(item: Item, entries: Iterable[ComparedEntry]) -> RelatedEntries:
    """Sorts entries of an item's ``related`` list into its story and its subject, and leaves out the others."""
    least_story, least_subject = entry_weights().least, weights()["subject"].least
    same_story: list[AssignedEntry] = []
    ranked: list[_RankedEntry] = []
    now = item.published_at.timestamp()
    for place, entry, (words, at, _), story, subject in entries:
        days_apart = abs(now - at) / DAY
        is_same = story >= least_story and days_apart <= MAX_DAYS_APART and entry.identity not in item.not_same_as
        if not is_same and subject < least_subject:
            continue
        found = AssignedEntry(place=place, identity=entry.identity)
        if is_same:
            same_story.append(found)
        else:
            # Quality and closeness in time decide between entries of about the same score.
            rank = subject / SCORE_UNIT + normalized_score(entry.quality) - min(days_apart / MAX_DAYS_APART, 1.0)
            ranked.append(_RankedEntry(-rank, entry.identity, place, words.headline or -place - 1, found))
    by_headline: dict[int, AssignedEntry] = {}
    for one in sorted(ranked):
        by_headline.setdefault(one.headline, one.entry)  # syndicated articles repeat the headline
    return RelatedEntries(tuple(same_story), tuple(by_headline.values())[:_MAX_RELATED])


def pick_archive(
    candidates: Iterable[int], story_of: Sequence[int], items: Sequence[Item], own: int, listed: Iterable[str]
) -> tuple[int, ...]:
    """Picks up to five earlier items of different other stories, at most two of one source.

    Args:
        candidates: the positions of the candidates, best first.
        story_of: a number of the story of each item.
        items: all items, in order of time.
        own: the number of the item's own story.
        listed: the identities of the entries of the item's list that are shown already.

    Returns:
        The positions of the items, best first.
    """
    picked: list[int] = []
    shown = set(listed)
    stories = {own}
    sources: Counter[str] = Counter()
    for position in candidates:
        item = items[position]
        story, domain = story_of[position], item.provider.domain
        if story in stories or item.identity in shown or sources[domain] == _MAX_ARCHIVE_PER_SOURCE:
            continue
        stories.add(story)
        sources[domain] += 1
        picked.append(position)
        if len(picked) == _MAX_ARCHIVE:
            break
    return tuple(picked)
