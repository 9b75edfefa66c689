"""What belongs beside an item: entries of its own list, and earlier items. Pure; ``stories`` says what came before."""

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from generator.evidence import FAR_DAYS, Note, Profile, compare, likeness, subjects
from generator.model import Article, Item, share_of_marks

SAME_STORY = 1.0
"""An entry of ``related`` tells the item's story from this score on."""
LEAST_LIKELY = 0.1
"""Two articles that are less alike do not tell one story, and are not compared further."""
ARCHIVE_LIKENESS = 0.09
"""An earlier item that is less alike is not from the same field of news."""
ALSO_ABOUT = 2.5
"""An earlier item shares a word that can name a subject, and besides it others that weigh this much."""
_RELATED_LIKENESS = 0.055
_ABOUT = 2.5
_RELATED = 20
_ARCHIVE, _ARCHIVE_A_SOURCE = 5, 2
_TOPIC_SHARE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The entries of an item's ``related`` list that have to do with it."""

    same_story: tuple[Article, ...]
    """Those that tell its story."""
    related: tuple[Article, ...]
    """Those on its subject, best first, at most 20, each headline once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An earlier item that might stand in the archive list of another."""

    number: int
    """Its place in the order of time."""
    item: Item
    story: int
    likeness: float
    topics: Collection[str]


def sort_entries(
    item: Item, own: Profile, profile_of: Callable[[Article], Profile], notes: list[Note] | None = None
) -> Sorted:
    """Sorts an item's entries by what they have to do with it; those that have nothing are left out.

    Args:
        item: the item.
        own: its profile.
        profile_of: the profile of an entry.
        notes: is given a note for each entry.
    """
    same: list[Article] = []
    compared: list[Note] = []
    ranked: list[tuple[float, str, str, Article]] = []
    for entry in item.related:
        other = profile_of(entry)
        like = likeness(own, other)
        days = abs(own.day - other.day)
        may_tell = like >= LEAST_LIKELY and days <= FAR_DAYS and entry.identity not in item.not_same_as
        evidence = compare(own, other) if may_tell or notes is not None else None
        if may_tell and evidence and evidence.score >= SAME_STORY:
            same.append(entry)
            kind = "same-story"
        elif like >= _RELATED_LIKENESS and sum(subjects(own, other)) >= _ABOUT:
            # Likeness first; of two that are as alike the better source, then the nearer in time.
            quality = share_of_marks(entry.quality)
            rank = like + quality / 10 - min(days, FAR_DAYS) / FAR_DAYS / 10
            ranked.append((-rank, entry.identity, other.terms.key, entry))
            kind = "related"
        else:
            kind = "left-out"
        if evidence:
            compared.append(Note(kind=kind, article=entry, score=evidence.score, evidence=evidence))
    once: dict[str, Article] = {}
    for _, _, headline, entry in sorted(ranked, key=lambda one: one[:2]):
        once.setdefault(headline, entry)  # syndicated: the same headline from elsewhere
    related = tuple(once.values())[:_RELATED]
    if notes is not None:
        kept = {entry.identity for entry in related}
        notes += [
            dataclasses.replace(note, kind="left-out")
            if note.kind == "related" and note.article.identity not in kept
            else note
            for note in compared
        ]
    return Sorted(same_story=tuple(same), related=related)


def pick_archive(
    candidates: Iterable[Candidate], topics: Mapping[str, float], notes: list[Note] | None = None
) -> tuple[int, ...]:
    """Picks the numbers of up to five earlier items, best first, of different stories, at most two of one source.

    Args:
        candidates: earlier items that are alike enough, none of the item's own story.
        topics: the item's topics with their weights: rare ones count more.
        notes: is given a note for each item that is picked.
    """
    ranked: list[tuple[float, float, str, Candidate]] = []
    for candidate in candidates:
        shared = math.fsum([weight for topic, weight in topics.items() if topic in candidate.topics])
        score = candidate.likeness + _TOPIC_SHARE * shared
        ranked.append((-score, -candidate.item.published_at.timestamp(), candidate.item.identity, candidate))
    chosen: list[int] = []
    stories: set[int] = set()
    sources: Counter[str] = Counter()
    for negative, _, _, candidate in sorted(ranked, key=lambda one: one[:3]):
        domain = candidate.item.provider.domain
        if candidate.story in stories or sources[domain] == _ARCHIVE_A_SOURCE:
            continue
        stories.add(candidate.story)
        sources[domain] += 1
        chosen.append(candidate.number)
        if notes is not None:
            notes.append(Note(kind="archive", article=candidate.item, score=-negative, evidence=None))
        if len(chosen) == _ARCHIVE:
            break
    return tuple(chosen)
