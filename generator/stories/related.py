"""Picks the related articles of an item: entries of its own list, and earlier items."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from generator.content.model import Article, Item, normalized_score
from generator.stories.similarity import MAX_DAYS_APART, Comparison, Profile, compare, cosine_similarity
from generator.stories.subjects import shared_subjects, subject_of

MIN_STORY_SIMILARITY = 0.1
"""The cosine similarity below which two articles are not compared further, and are not in the same story."""
MIN_ARCHIVE_SIMILARITY = 0.09
"""The cosine similarity that an item from the archive needs."""
MIN_ARCHIVE_SUBJECTS = 2.5
"""The weight of shared subject terms, besides the heaviest, that an item from the archive needs."""
MAX_ARCHIVE_CANDIDATES = 24
"""The number of earlier items, of other stories, whose subjects are compared."""
TOPIC_FACTOR = 0.03
"""The factor by which the weight of a shared topic adds to the cosine similarity of an archive candidate."""
_MIN_STORY_SCORE = 1.0
_MIN_RELATED_SIMILARITY = 0.055
_MIN_RELATED_SUBJECTS = 2.5
_MAX_RELATED = 20
_MAX_ARCHIVE, _MAX_ARCHIVE_PER_SOURCE = 5, 2


class SortedEntries(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of an item's ``related`` list that are about the same story or subject."""

    same_story: tuple[Article, ...]
    """The entries that report the same event."""
    related: tuple[Article, ...]
    """The entries on the same subject, best first: at most 20, without repeated headlines."""


class _RankedEntry(NamedTuple):
    """An entry on the item's subject; sorts best first."""

    negative_rank: float
    identity: str
    position: int
    headline: str


def sort_entries(
    item: Item,
    entries: Iterable[Article],
    profile: Profile,
    profile_of: Callable[[Article], Profile],
    comparisons: list[Comparison] | None = None,
) -> tuple[list[int], list[int]]:
    """Sorts the entries of an item's ``related`` list into its story and its subject, and leaves out the others.

    Args:
        item: the item.
        entries: the entries of its list.
        profile: the profile of the item.
        profile_of: returns the profile of an entry.
        comparisons: receives the comparison with each entry.

    Returns:
        The positions in the list of the entries of the same story, and of those on the same subject (see
        :class:`SortedEntries`).
    """
    same_story: list[int] = []
    compared: list[Comparison] = []
    ranked: list[_RankedEntry] = []
    for position, entry in enumerate(entries):
        other = profile_of(entry)
        similarity = cosine_similarity(profile, other)
        kind = "left-out"
        if similarity >= _MIN_RELATED_SIMILARITY:
            days_apart = abs(profile.day - other.day)
            may_be_same_story = (
                similarity >= MIN_STORY_SIMILARITY
                and days_apart <= MAX_DAYS_APART
                and entry.identity not in item.not_same_as
            )
            if may_be_same_story and compare(profile, other).score >= _MIN_STORY_SCORE:
                same_story.append(position)
                kind = "same-story"
            elif sum(shared_subjects(profile, subject_of(other.terms))) >= _MIN_RELATED_SUBJECTS:
                # Quality and closeness in time decide between entries of about the same similarity.
                quality = normalized_score(entry.quality)
                rank = similarity + quality / 10 - min(days_apart, MAX_DAYS_APART) / MAX_DAYS_APART / 10
                ranked.append(_RankedEntry(-rank, entry.identity, position, other.terms.key))
                kind = "related"
        if comparisons is not None:
            evidence = compare(profile, other)
            compared.append(Comparison(kind=kind, article=entry, score=evidence.score, evidence=evidence))
    by_headline: dict[str, int] = {}
    for one in sorted(ranked):
        by_headline.setdefault(one.headline, one.position)  # syndicated articles repeat the headline
    related = list(by_headline.values())[:_MAX_RELATED]
    if comparisons is not None:
        comparisons += [
            msgspec.structs.replace(one, kind="left-out") if one.kind == "related" and position not in related else one
            for position, one in enumerate(compared)
        ]
    return same_story, related


def pick_archive(
    ranked: Iterable[int], stories: Sequence[int], items: Sequence[Item], has_same_subject: Callable[[int], bool]
) -> tuple[int, ...]:
    """Picks up to five earlier items of different stories, at most two of one source.

    Args:
        ranked: the positions of the candidates, best first, without items of the own story.
        stories: the number of the story of each item.
        items: all items, in order of time.
        has_same_subject: returns whether the item at a position has the same subject. It is called only for items that
            would be picked.

    Returns:
        The positions of the items, best first.
    """
    picked: list[int] = []
    picked_stories: set[int] = set()
    sources: Counter[str] = Counter()
    for position in ranked:
        story, domain = stories[position], items[position].provider.domain
        if story in picked_stories or sources[domain] == _MAX_ARCHIVE_PER_SOURCE or not has_same_subject(position):
            continue
        picked_stories.add(story)
        sources[domain] += 1
        picked.append(position)
        if len(picked) == _MAX_ARCHIVE:
            break
    return tuple(picked)
