"""What belongs beside an item: entries of its own list, and earlier items. Pure; ``stories`` says what came before."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from generator.content.model import Article, Item, normalized_score
from generator.stories.similarity import FAR_DAYS, Comparison, Profile, compare, likeness, score
from generator.stories.subjects import shared_subjects

SAME_STORY = 1.0
"""An entry of ``related`` tells the item's story from this score on."""
LEAST_LIKELY = 0.1
"""Two articles that are less alike do not tell one story, and are not compared further."""
ARCHIVE_LIKENESS = 0.09
"""An earlier item that is less alike is not from the same field of news."""
ARCHIVE_CONSIDERED = 24
"""So many earlier items, none of the own story, are asked about at most."""
ALSO_ABOUT = 2.5
"""An earlier item shares a word that can name a subject, and besides it others that weigh this much."""
_RELATED_LIKENESS = 0.055
_ABOUT = 2.5
_RELATED = 20
_ARCHIVE, _ARCHIVE_A_SOURCE = 5, 2
TOPIC_SHARE = 0.03
"""How much the weight of a topic that two items share counts beside their likeness."""


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of an item's ``related`` list that have to do with it."""

    same_story: tuple[Article, ...]
    """Those that tell its story."""
    related: tuple[Article, ...]
    """Those on its subject, best first, at most 20, each headline once."""


def sort_entries(
    item: Item,
    entries: Iterable[Article],
    own: Profile,
    profile_of: Callable[[Article], Profile],
    comparisons: list[Comparison] | None = None,
) -> tuple[list[int], list[int]]:
    """Sorts an item's entries by what they have to do with it; those that have nothing are left out.

    Args:
        item: the item.
        entries: those of its list.
        own: its profile.
        profile_of: the profile of an entry.
        comparisons: is given a note for each entry.

    Returns:
        the places in the list of those that tell the item's story, and of those on its subject as in :class:`Sorted`.
    """
    same: list[int] = []
    compared: list[Comparison] = []
    ranked: list[tuple[float, str, int, str]] = []
    for place, entry in enumerate(entries):
        other = profile_of(entry)
        like = likeness(own, other)
        kind = "left-out"
        if like >= _RELATED_LIKENESS:
            days = abs(own.day - other.day)
            may_tell = like >= LEAST_LIKELY and days <= FAR_DAYS and entry.identity not in item.not_same_as
            if may_tell and score(own, other) >= SAME_STORY:
                same.append(place)
                kind = "same-story"
            elif sum(shared_subjects(own, other)) >= _ABOUT:
                # Likeness first; of two that are as alike the better source, then the nearer in time.
                quality = normalized_score(entry.quality)
                rank = like + quality / 10 - min(days, FAR_DAYS) / FAR_DAYS / 10
                ranked.append((-rank, entry.identity, place, other.terms.key))
                kind = "related"
        if comparisons is not None:
            evidence = compare(own, other)
            compared.append(Comparison(kind=kind, article=entry, score=evidence.score, evidence=evidence))
    once: dict[str, int] = {}
    for _, _, place, headline in sorted(ranked):
        once.setdefault(headline, place)  # syndicated: the same headline from elsewhere
    related = list(once.values())[:_RELATED]
    if comparisons is not None:
        comparisons += [
            msgspec.structs.replace(note, kind="left-out") if note.kind == "related" and place not in related else note
            for place, note in enumerate(compared)
        ]
    return same, related


def pick_archive(
    ranked: Iterable[int], stories: Sequence[int], items: Sequence[Item], is_fit: Callable[[int], bool]
) -> tuple[int, ...]:
    """Picks up to five earlier items of different stories, at most two of one source.

    Args:
        ranked: the places in the order of time of those that are alike enough, best first, none of the own story.
        stories: the story of each item, by its place.
        items: the items, in the order of time.
        is_fit: whether an item, by its place, is on the same subject; asked about as few as will do.
    """
    picked: list[int] = []
    told: set[int] = set()
    sources: Counter[str] = Counter()
    for place in ranked:
        story, domain = stories[place], items[place].provider.domain
        if story in told or sources[domain] == _ARCHIVE_A_SOURCE or not is_fit(place):
            continue
        told.add(story)
        sources[domain] += 1
        picked.append(place)
        if len(picked) == _ARCHIVE:
            break
    return tuple(picked)
