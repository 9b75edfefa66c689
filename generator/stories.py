"""Which items tell one story, and what belongs beside each. Pure, and one pass in the order of time.

What is decided for an item depends on nothing later: so a story keeps its id, two stories are never merged by a third
item, and a growing collection comes out as one that is there from the start. ``docs/stories.md`` has the method and its
measured quality.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from generator.evidence import FAR_DAYS, Evidence, Note, Profile, Rarity, compare, profile, subjects
from generator.model import Article, Item
from generator.related import (
    ALSO_ABOUT,
    ARCHIVE_LIKENESS,
    LEAST_LIKELY,
    Candidate,
    Sorted,
    pick_archive,
    sort_entries,
)
from generator.text import short_hash, topic_slug

JOIN = 0.6
"""An item joins a story if its best score with a member is at least this, more where they are many …"""
COHERE = 0.3
"""… and its mean score with the members at least this: A like B and B like C does not make A like C."""
_CROWD, _CROWDED, _COPY = 4, 0.7, 6.0
_CLIP = 4.0
_HOPELESS = 1.5
_MEMBERS = 6  # besides the likeliest
_STORIES, _CONSIDERED = 4, 16
_POSTINGS = 32
_RAREST = 12
_ARCHIVE_CONSIDERED = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What belongs beside an item."""

    entries: Sorted
    """Of its ``related`` list."""
    archive: tuple[Item, ...]
    """Earlier items, none of its story, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Items that tell one story."""

    id: str
    """That of its earliest item."""
    lead: Item
    items: tuple[Item, ...]
    """In the order of time."""
    score: float
    """The mean of the scores with which its items joined; 0 for a single item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A collection as stories."""

    stories: tuple[Story, ...]
    """By the time of their earliest items."""
    by_item: dict[str, Story]
    """By the items' identities."""
    beside: dict[str, Beside]
    """By the items' identities."""
    notes: tuple[Note, ...] = ()
    """Why, for the item that was asked about."""


@dataclass(slots=True)
class _Growing:
    """A story while it grows."""

    members: list[int]
    scores: list[float] = field(default_factory=list)


def in_time(item: Item) -> tuple[float, str, str]:
    """Sorts items by time; of one moment by identity."""
    return (item.published_at.timestamp(), item.identity, item.name)


def tell(items: Iterable[Item], *, about: str | None = None) -> Told:
    """Groups items into stories and finds what belongs beside each.

    Args:
        items: each article once, in any order.
        about: the identity of an item whose comparisons are to be noted.
    """
    return _Pass(sorted(items, key=in_time), about).run()


class _Pass:
    """One pass over the items; its state is what is known from the items before."""

    def __init__(self, items: Sequence[Item], about: str | None) -> None:
        self._items = items
        self._about = about
        self._notes: list[Note] = []
        self._rarity = Rarity()
        self._topics = Rarity()
        self._topics_of: list[frozenset[str]] = []
        self._profiles: list[Profile] = []
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        self._by_key: dict[str, int] = {}
        self._by_identity: dict[str, int] = {}
        self._linked_from: defaultdict[str, list[int]] = defaultdict(list)
        self._stories: list[_Growing] = []
        self._story_of: list[int] = []
        self._by_label: dict[str, int] = {}
        self._by_word: dict[str, int] = {}
        self._entry_profiles: dict[tuple[object, ...], Profile] = {}

    def run(self) -> Told:
        beside: dict[str, Beside] = {}
        for number, item in enumerate(self._items):
            current = profile(item, self._rarity)
            likely = self._likely(current)
            self._profiles.append(current)
            self._join(number, item, likely)
            notes = self._notes if item.identity == self._about else None
            beside[item.identity] = Beside(
                entries=sort_entries(item, current, self._entry_profile, notes),
                archive=self._archive(number, item, likely, notes),
            )
            self._remember(number, item, current)
        stories = tuple(map(self._finish, self._stories))
        return Told(
            stories=stories,
            by_item={item.identity: story for story in stories for item in story.items},
            beside=beside,
            notes=tuple(self._notes),
        )

    def _likely(self, current: Profile) -> dict[int, float]:
        """Earlier items that share rare terms, with the cosine over these; the latest for each term."""
        dots: dict[int, float] = {}
        rarest = sorted([(-weight, term) for term, weight in current.weights.items()])[:_RAREST]
        known = dots.get
        for _, term in rarest:
            own = current.values[term] / current.norm
            for other, value in self._postings.get(term, ())[-_POSTINGS:]:
                dots[other] = known(other, 0.0) + own * value
        return dots

    def _candidates(self, number: int, likely: dict[int, float]) -> list[int]:
        """Stories to compare with, likeliest first, each once: by likeness, by the same headline, by links."""
        current = self._profiles[number]
        near = sorted([(-like, other) for other, like in likely.items() if like >= LEAST_LIKELY])
        recent = (other for _, other in near if current.day - self._profiles[other].day <= FAR_DAYS)
        others = list(itertools.islice(recent, _CONSIDERED))
        if current.terms.key in self._by_key:
            others.append(self._by_key[current.terms.key])
        linked = [self._by_identity[link] for link in sorted(current.links & self._by_identity.keys())]
        others += [*linked, *self._linked_from.get(current.identity, [])][-_STORIES:]
        return list(dict.fromkeys(self._story_of[other] for other in others))[:_STORIES]

    def _join(self, number: int, item: Item, likely: dict[int, float]) -> None:
        """Puts an item into the story that it tells, or begins one."""
        current = self._profiles[number]
        best: tuple[float, int] | None = None
        compared: list[tuple[float, int, int, Evidence, bool]] = []
        forced = self._forced(item)
        for candidate in dict.fromkeys([*([forced] if forced is not None else []), *self._candidates(number, likely)]):
            story = self._stories[candidate]
            if self._is_parted(item, story):
                continue
            if candidate == forced:
                best = (float("inf"), candidate)
                continue
            if current.day - self._profiles[story.members[0]].day > FAR_DAYS or item.story:
                continue
            # The likeliest member first: where even that one is far off, the others need no look.
            first = max(story.members, key=lambda member: (likely.get(member, 0.0), -member))
            found = [(compare(current, self._profiles[first]), first)]
            if found[0][0].score >= JOIN - _HOPELESS:
                members = [member for member in story.members if member != first]
                members = members[: _MEMBERS // 2] + members[_MEMBERS // 2 :][-_MEMBERS // 2 :]
                found += [(compare(current, self._profiles[member]), member) for member in members]
            scores = [max(-_CLIP, min(_CLIP, evidence.score)) for evidence, _ in found]
            mean, highest = sum(scores) / len(scores), max(scores)
            evidence, member = max(found, key=lambda one: one[0].score)
            days = current.day - self._profiles[story.members[0]].day
            fits = evidence.score >= _least(len(story.members), days) and mean >= COHERE
            compared.append((mean + highest, candidate, member, evidence, fits))
            if fits and (best is None or mean + highest > best[0]):
                best = (mean + highest, candidate)
        chosen = len(self._stories) if best is None else best[1]
        if best is None:
            self._stories.append(_Growing([number]))
        else:
            self._stories[chosen].members.append(number)
            self._stories[chosen].scores.append(min(best[0], 2 * _CLIP) / 2)
        self._story_of.append(chosen)
        self._label(item, chosen)
        if item.identity == self._about:
            for _, candidate, member, evidence, _ in sorted(compared, key=lambda one: (-one[0], one[1])):
                kind = "joined" if candidate == chosen else "nearly"
                self._notes.append(
                    Note(kind=kind, article=self._items[member], score=evidence.score, evidence=evidence)
                )

    def _is_parted(self, item: Item, story: _Growing) -> bool:
        """Whether an editor has parted the item from a member of the story."""
        return any(
            self._items[member].identity in item.not_same_as or item.identity in self._items[member].not_same_as
            for member in story.members
        )

    def _forced(self, item: Item) -> int | None:
        """The story that an editor's word puts an item into: its own word, or an earlier item's word that names it."""
        if item.story:
            return self._by_label.get(item.story)
        return next((self._by_word[name] for name in _names(item) if name in self._by_word), None)

    def _label(self, item: Item, story: int) -> None:
        """An item answers to its own id and slug, and its story to an editor's word."""
        for label in (item.story, *_names(item)):
            if label:
                self._by_label.setdefault(label, story)
        if item.story:
            self._by_word.setdefault(item.story, story)

    def _remember(self, number: int, item: Item, current: Profile) -> None:
        self._rarity.add(current.terms.all)
        self._topics.add(map(topic_slug, item.topics))
        for term in current.terms.all:
            postings = self._postings[term]
            postings.append((number, current.values[term] / current.norm))
            if len(postings) > 2 * _POSTINGS:
                del postings[:-_POSTINGS]
        self._by_key[current.terms.key] = number
        self._by_identity[item.identity] = number
        for link in current.links:
            self._linked_from[link].append(number)

    def _entry_profile(self, entry: Article) -> Profile:
        """An entry ready to be compared; seen again, it keeps the weights it had first."""
        key = (entry.identity, entry.title, entry.excerpt, entry.published_at, entry.provider.domain)
        found = self._entry_profiles.get(key)
        if found is None:
            found = self._entry_profiles[key] = profile(entry, self._rarity)
        return found

    def _archive(self, number: int, item: Item, likely: dict[int, float], notes: list[Note] | None) -> tuple[Item, ...]:
        topics = frozenset(map(topic_slug, item.topics))
        self._topics_of.append(topics)
        own, story_of = self._story_of[number], self._story_of
        near = [
            (-like, -other) for other, like in likely.items() if like >= ARCHIVE_LIKENESS and story_of[other] != own
        ]
        near.sort()
        current = self._profiles[number]
        candidates = [
            Candidate(
                item=self._items[-other],
                story=story_of[-other],
                likeness=-like,
                topics=self._topics_of[-other],
            )
            for like, other in near[:_ARCHIVE_CONSIDERED]
            if subjects(current, self._profiles[-other])[1] >= ALSO_ABOUT
        ]
        return pick_archive(candidates, self._topics.weights(sorted(topics)), notes)

    def _finish(self, story: _Growing) -> Story:
        items = tuple(self._items[number] for number in story.members)
        return Story(
            id=short_hash(items[0].identity),
            lead=min(items, key=lead_order),
            items=items,
            score=sum(story.scores) / len(story.scores) if story.scores else 0.0,
        )


def _least(members: int, days: float) -> float:
    """The best score that is needed to join a story.

    Of many members one is soon alike by chance, and days after a large story began its words are those of what
    followed from it. A copy always joins.
    """
    return min(JOIN + _CROWDED * max(math.log2(members / _CROWD), 0.0) * (1.0 + days / 2), _COPY)


def _names(item: Item) -> tuple[str, str]:
    return short_hash(item.identity), item.slug


def reports(item: Item, told: Told) -> tuple[Article, ...]:
    """All that tell an item's story, itself included: items, and articles in the lists of these, in the order of time.

    An entry that is an item of its own tells the story it was grouped into; one that an editor parted from any of the
    story's items does not tell it.
    """
    story = told.by_item[item.identity]
    articles: dict[str, Article] = {}
    for member in story.items:
        for entry in told.beside[member.identity].entries.same_story:
            if entry.identity not in told.by_item:
                articles.setdefault(entry.identity, entry)
    for parted in frozenset().union(*(member.not_same_as for member in story.items)):
        articles.pop(parted, None)
    articles |= {member.identity: member for member in story.items}
    return tuple(sorted(articles.values(), key=lambda article: (article.published_at, article.identity)))


def lead_order(item: Item) -> tuple[int, int, bool, float, str]:
    """Sorts a story's items: the first is its lead. Heat, quality, a picture, earliest, then address."""
    return (-item.heat, -item.quality, item.image is None, item.published_at.timestamp(), item.identity)
