"""Which items tell one story, and what belongs beside each. Pure, and one pass in the order of time.

What is decided for an item depends on nothing later: so a story keeps its id, two stories are never merged by a third
item, and a growing collection comes out as one that is there from the start. ``docs/stories.md`` has the method and its
measured quality.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.evidence import (
    FAR_DAYS,
    Evidence,
    Note,
    Profile,
    Rarity,
    compare,
    days,
    profile,
    profile_again,
    subjects,
    weights_of,
)
from generator.labels import Labels
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
from generator.stories import Beside, Story, TellingState, Told, ToldItem, lead_order
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
EPOCH = 64
"""Items after which telling can go on in a later build."""


@dataclass(slots=True)
class _Growing:
    """A story while it grows."""

    members: list[int]
    scores: list[float] = field(default_factory=list)


class Telling:
    """One pass over the items; its state is what is known from the items before."""

    def __init__(self, items: Sequence[Item], about: str | None = None) -> None:
        self._items = items
        self._days = list(map(days, items))
        self._about = about
        self._notes: list[Note] = []
        self._rarity = Rarity()
        self._topics = Rarity()
        self._told: list[ToldItem] = []
        self._beside: dict[str, Beside] = {}
        # Of items told in an earlier build only those that are asked for.
        self._profiles: dict[int, Profile] = {}
        self._topics_of: dict[int, frozenset[str]] = {}
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        self._by_key: dict[str, int] = {}
        self._by_identity: dict[str, int] = {}
        self._linked_from: defaultdict[str, list[int]] = defaultdict(list)
        self._stories: list[_Growing] = []
        self._labels = Labels()
        self._entry_profiles: dict[tuple[object, ...], Profile] = {}

    @property
    def position(self) -> int:
        """How many items are told."""
        return len(self._told)

    def run(self, until: int) -> None:
        """Tells the items up to a position."""
        for number in range(self.position, until):
            self._tell(number, self._items[number])

    def told(self, start: int) -> Sequence[ToldItem]:
        """What was decided for the items from a position on."""
        return self._told[start:]

    def result(self) -> Told:
        """The stories of the items that are told."""
        stories = tuple(map(self._finish, self._stories))
        return Told(
            stories=stories,
            by_item={item.identity: story for story in stories for item in story.items},
            beside=self._beside,
            notes=tuple(self._notes),
        )

    def state(self) -> TellingState:
        """What goes on from here, besides what was told. At the end of an epoch."""
        return TellingState(
            rarity=self._rarity.counts(),
            topics=self._topics.counts(),
            postings={term: tuple(postings) for term, postings in self._postings.items()},
            by_key=self._by_key,
        )

    def go_on(self, told: Sequence[ToldItem], state: TellingState) -> None:
        """Takes up what was told of the first items, and the state after them."""
        self._rarity = Rarity.of_counts(*state.rarity)
        self._topics = Rarity.of_counts(*state.topics)
        self._postings.update((term, list(postings)) for term, postings in state.postings.items())
        self._by_key = dict(state.by_key)
        for number, one in enumerate(told):
            item = self._items[number]
            self._told.append(one)
            self._grow(number, item, one)
            self._link(number, item)
            self._beside[item.identity] = Beside(
                entries=Sorted(
                    same_story=tuple(item.related[index] for index in one.same_story),
                    related=tuple(item.related[index] for index in one.related),
                ),
                archive=tuple(self._items[other] for other in one.archive),
            )

    def _tell(self, number: int, item: Item) -> None:
        if number % EPOCH == 0:
            self._entry_profiles.clear()  # so that an epoch can be told without those before
        current = self._profiles[number] = profile(item, self._rarity)
        likely = self._likely(current)
        story, score = self._choose(number, item, likely)
        notes = self._notes if item.identity == self._about else None
        entries = sort_entries(item, current, self._entry_profile, notes)
        archive = self._archive(number, story, likely, notes)
        index = {id(entry): place for place, entry in enumerate(item.related)}
        one = ToldItem(
            story=story,
            score=score,
            same_story=tuple(index[id(entry)] for entry in entries.same_story),
            related=tuple(index[id(entry)] for entry in entries.related),
            archive=archive,
            weights=weights_of(current),
        )
        self._told.append(one)
        self._grow(number, item, one)
        self._beside[item.identity] = Beside(entries=entries, archive=tuple(self._items[other] for other in archive))
        self._remember(number, item, current)

    def _grow(self, number: int, item: Item, one: ToldItem) -> None:
        """Puts an item into its story."""
        if one.story == len(self._stories):
            self._stories.append(_Growing([number]))
        else:
            self._stories[one.story].members.append(number)
            self._stories[one.story].scores.append(one.score)
        self._labels.add(item, one.story)

    def _profile(self, number: int) -> Profile:
        found = self._profiles.get(number)
        if found is None:
            found = self._profiles[number] = profile_again(self._items[number], self._told[number].weights)
        return found

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
        recent = (other for _, other in near if current.day - self._days[other] <= FAR_DAYS)
        others = list(itertools.islice(recent, _CONSIDERED))
        if current.terms.key in self._by_key:
            others.append(self._by_key[current.terms.key])
        linked = [self._by_identity[link] for link in sorted(current.links & self._by_identity.keys())]
        others += [*linked, *self._linked_from.get(current.identity, [])][-_STORIES:]
        return list(dict.fromkeys(self._told[other].story for other in others))[:_STORIES]

    def _choose(self, number: int, item: Item, likely: dict[int, float]) -> tuple[int, float]:
        """The story that an item tells, a new one where it tells none of before, and how well it joins."""
        current = self._profiles[number]
        best: tuple[float, int] | None = None
        compared: list[tuple[float, int, int, Evidence, bool]] = []
        forced = self._labels.story(item)
        for candidate in dict.fromkeys([*([forced] if forced is not None else []), *self._candidates(number, likely)]):
            story = self._stories[candidate]
            if self._is_parted(item, story):
                continue
            if candidate == forced:
                best = (float("inf"), candidate)
                continue
            if current.day - self._days[story.members[0]] > FAR_DAYS or item.story:
                continue
            # The likeliest member first: where even that one is far off, the others need no look.
            first = max(story.members, key=lambda member: (likely.get(member, 0.0), -member))
            found = [(compare(current, self._profile(first)), first)]
            if found[0][0].score >= JOIN - _HOPELESS:
                members = [member for member in story.members if member != first]
                members = members[: _MEMBERS // 2] + members[_MEMBERS // 2 :][-_MEMBERS // 2 :]
                found += [(compare(current, self._profile(member)), member) for member in members]
            scores = [max(-_CLIP, min(_CLIP, evidence.score)) for evidence, _ in found]
            mean, highest = sum(scores) / len(scores), max(scores)
            evidence, member = max(found, key=lambda one: one[0].score)
            apart = current.day - self._days[story.members[0]]
            fits = evidence.score >= _least(len(story.members), apart) and mean >= COHERE
            compared.append((mean + highest, candidate, member, evidence, fits))
            if fits and (best is None or mean + highest > best[0]):
                best = (mean + highest, candidate)
        chosen = len(self._stories) if best is None else best[1]
        if item.identity == self._about:
            for _, candidate, member, evidence, _ in sorted(compared, key=lambda one: (-one[0], one[1])):
                kind = "joined" if candidate == chosen else "nearly"
                self._notes.append(
                    Note(kind=kind, article=self._items[member], score=evidence.score, evidence=evidence)
                )
        return chosen, 0.0 if best is None else min(best[0], 2 * _CLIP) / 2

    def _is_parted(self, item: Item, story: _Growing) -> bool:
        """Whether an editor has parted the item from a member of the story."""
        return any(
            self._items[member].identity in item.not_same_as or item.identity in self._items[member].not_same_as
            for member in story.members
        )

    def _remember(self, number: int, item: Item, current: Profile) -> None:
        self._rarity.add(current.terms.all)
        self._topics.add(map(topic_slug, item.topics))
        for term in current.terms.all:
            postings = self._postings[term]
            postings.append((number, current.values[term] / current.norm))
            if len(postings) > 2 * _POSTINGS:
                del postings[:-_POSTINGS]
        self._by_key[current.terms.key] = number
        self._link(number, item)

    def _link(self, number: int, item: Item) -> None:
        self._by_identity[item.identity] = number
        for link in {entry.identity for entry in item.related}:
            self._linked_from[link].append(number)

    def _entry_profile(self, entry: Article) -> Profile:
        """An entry ready to be compared; seen again, it keeps the weights it had first."""
        key = (entry.identity, entry.title, entry.excerpt, entry.published_at, entry.provider.domain)
        found = self._entry_profiles.get(key)
        if found is None:
            found = self._entry_profiles[key] = profile(entry, self._rarity)
        return found

    def _archive(self, number: int, own: int, likely: dict[int, float], notes: list[Note] | None) -> tuple[int, ...]:
        near = [
            (-like, -other)
            for other, like in likely.items()
            if like >= ARCHIVE_LIKENESS and self._told[other].story != own
        ]
        near.sort()
        current = self._profiles[number]
        candidates = [
            Candidate(
                number=-other,
                item=self._items[-other],
                story=self._told[-other].story,
                likeness=-like,
                topics=self._topics_at(-other),
            )
            for like, other in near[:_ARCHIVE_CONSIDERED]
            if subjects(current, self._profile(-other))[1] >= ALSO_ABOUT
        ]
        return pick_archive(candidates, self._topics.weights(sorted(self._topics_at(number))), notes)

    def _topics_at(self, number: int) -> frozenset[str]:
        found = self._topics_of.get(number)
        if found is None:
            found = self._topics_of[number] = frozenset(map(topic_slug, self._items[number].topics))
        return found

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
