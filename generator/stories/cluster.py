"""Clusters items into stories and picks what belongs beside each. Pure, and one pass in the order of time.

An item's assignment depends on no later item. So a story keeps its id, a third item never merges two stories, and a
growing collection comes out as one that is complete from the start. ``docs/stories.md`` has the method and its measured
quality.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from generator.content.model import Item
from generator.content.terms import headline_key, unpack
from generator.stories.features import Features
from generator.stories.model import Assignment, Clustering, Stories
from generator.stories.overrides import EditorLabels
from generator.stories.related import ALSO_ABOUT, ARCHIVE_CONSIDERED, pick_archive
from generator.stories.related_entries import RelatedEntries, link_id
from generator.stories.similarity import (
    FAR_DAYS,
    Comparison,
    NearItems,
    Profile,
    compare,
    days,
    likeness,
    restored_profile,
    score,
)
from generator.stories.subjects import Subject, Subjects, shared_with

JOIN = 0.6
"""The best score with a member that an item needs to join a story; more where the story is large."""
COHERE = 0.3
"""The mean score with the members that it needs besides: A like B and B like C does not make A like C."""
_CROWD, _CROWDED, _COPY = 4, 0.7, 6.0
_CLIP = 4.0
_HOPELESS = 1.5
_MEMBERS = 6  # besides the likeliest
_STORIES = 4
_SWEPT = 2_048
"""Items after which the index forgets those that are too old for a story."""
_PROFILES_IN_MEMORY = 4_096


class StoryClusterer:
    """Assigns one item after the other; its state is the assignments so far."""

    def __init__(
        self, items: Sequence[Item], features_of: Callable[[int], Features], *, about: str | None = None
    ) -> None:
        """Begins with no item assigned.

        Args:
            items: all items, in the order of time.
            features_of: returns the features of an assigned item, by its place in this order.
            about: the identity of an item whose comparisons are recorded.
        """
        self._items = items
        self._latest_first = _LatestFirst(items)
        self._about = about
        self._comparisons: list[Comparison] = []
        self._assignments: list[Assignment] = []
        self._features_of = features_of
        self._profiles = _Profiles(items, features_of, self._assignments)
        self._places: dict[str, int] = {}
        self._near = NearItems(items)
        # The index of near items, by which candidates are found; items that are too old leave it now and then.
        self._by_headline: dict[str, int] = {}
        self._by_link: dict[int, int] = {}
        self._linked_from: defaultdict[int, list[int]] = defaultdict(list)
        self._indexed = 0
        """The place of the first item that is not in the index yet."""
        self._stories: list[list[int]] = []
        """The places of each story's items, in the order of time."""
        self._story_of: list[int] = []
        self._parted: defaultdict[int, set[str]] = defaultdict(set)
        """By story, the identities of items that an editor keeps out of it."""
        self._labels = EditorLabels() if any(item.story for item in items) else None

    @property
    def story_numbers(self) -> Sequence[int]:
        """The numbers of the stories of the items so far, in the order of time."""
        return self._story_of

    def result(self) -> Clustering:
        """Returns the clustering of the items that are assigned."""
        return Clustering(
            stories=Stories(self._stories, self._items, self._assignments),
            numbers=self._story_of,
            items=self._items,
            places=self._places,
            assignments=self._assignments,
            comparisons=tuple(self._comparisons),
        )

    def take(self, assignments: Iterable[Assignment]) -> None:
        """Takes over the assignments of the next items from an earlier build."""
        for assignment in assignments:
            self._grow(assignment)

    def assign(self, features: Features, entries: RelatedEntries, comparisons: Sequence[Comparison] = ()) -> Assignment:
        """Assigns the next item.

        Args:
            features: of the item.
            entries: of its ``related`` list.
            comparisons: those of its entries, if it is the item asked about.
        """
        place = len(self._assignments)
        item = self._items[place]
        self._index_up_to(place)
        profile = self._profiles.add(place, features, entries.links)
        recorded = self._comparisons if item.identity == self._about else None
        story, joined = self._choose(item, profile, features, entries.links, recorded)
        self._comparisons += comparisons
        assignment = Assignment(
            story=story,
            score=joined,
            same_story=entries.same_story,
            related=entries.related,
            archive=self._pick_archive(profile, story, features, recorded),
            links=entries.links,
        )
        self._grow(assignment)
        return assignment

    def _grow(self, assignment: Assignment) -> None:
        place, story = len(self._assignments), assignment.story
        item = self._items[place]
        self._assignments.append(assignment)
        self._story_of.append(story)
        self._places[item.identity] = place
        if story == len(self._stories):
            self._stories.append([place])
        else:
            self._stories[story].append(place)
        if item.not_same_as:
            self._parted[story].update(item.not_same_as)
        if self._labels:
            self._labels.add(item, story)

    def _index_up_to(self, place: int) -> None:
        """Indexes the items before a place, as far as they are near it."""
        first = self._first_near(place)
        if place // _SWEPT != self._indexed // _SWEPT:
            self._by_headline = {key: other for key, other in self._by_headline.items() if other >= first}
            self._by_link = {link: other for link, other in self._by_link.items() if other >= first}
            linked = {link: [one for one in places if one >= first] for link, places in self._linked_from.items()}
            self._linked_from = defaultdict(list, {link: places for link, places in linked.items() if places})
        for other in range(max(self._indexed, first), place):
            self._by_headline[headline_key(self._features_of(other).terms)] = other
            self._by_link[link_id(self._items[other].identity)] = other
            for link in self._assignments[other].links:
                self._linked_from[link].append(other)
        self._indexed = place

    def _first_near(self, place: int) -> int:
        return self._near.first(days(self._items[place]))

    def candidates(self, place: int, headline: str, links: Iterable[int], features: Features) -> dict[int, int | None]:
        """Returns the stories to compare the next item with, each with its likeliest member where that is known.

        They come by likeness, then by an equal headline, then by links between the item and near items.

        Args:
            place: of the item.
            headline: the key of its headline.
            links: those in its list.
            features: of the item.
        """
        story_of = self._story_of
        found: dict[int, int | None] = {}
        for other in features.recent:
            found.setdefault(story_of[other], other)
        if len(found) < _STORIES:
            first, place_of = self._first_near(place), self._by_link.get
            same = self._by_headline.get(headline, -1)
            linked = sorted([other for link in links if (other := place_of(link, -1)) >= first])
            own = link_id(self._items[place].identity)
            linked += [other for other in self._linked_from.get(own, ()) if other >= first]
            for other in ([same] if same >= first else []) + linked[-_STORIES:]:
                found.setdefault(story_of[other], None)
        return dict(itertools.islice(found.items(), _STORIES))

    def _likeliest(self, profile: Profile, members: Sequence[int]) -> int:
        if len(members) == 1:
            return members[0]
        return max(members, key=lambda member: (likeness(profile, self._profiles[member]), -member))

    def _choose(
        self,
        item: Item,
        profile: Profile,
        features: Features,
        links: Iterable[int],
        recorded: list[Comparison] | None,
    ) -> tuple[int, float]:
        """Returns the number of the story that an item joins, or of a new one, and the score with which it joins."""
        place = len(self._assignments)
        best: tuple[float, int] | None = None
        compared: list[tuple[float, int, int]] = []
        forced = self._labels.story(item) if self._labels else None
        if forced is not None and not self._is_parted(item, forced):
            best = (math.inf, forced)
        for candidate, likeliest in self.candidates(place, profile.terms.key, links, features).items():
            members = self._stories[candidate]
            if candidate == forced or not self.may_join(item, candidate):
                continue
            # The likeliest member first: where even that one scores far too low, the others are not compared.
            first = self._likeliest(profile, members) if likeliest is None else likeliest
            found = [(score(profile, self._profiles[first]), first)]
            if found[0][0] >= JOIN - _HOPELESS:
                others = [member for member in members if member != first]
                others = others[: _MEMBERS // 2] + others[_MEMBERS // 2 :][-_MEMBERS // 2 :]
                found += [(score(profile, self._profiles[member]), member) for member in others]
            elif recorded is None:
                continue
            scores = [max(-_CLIP, min(_CLIP, one)) for one, _ in found]
            mean, highest = sum(scores) / len(scores), max(scores)
            exact, member = max(found, key=lambda one: one[0])
            compared.append((mean + highest, candidate, member))
            apart = profile.day - days(self._items[members[0]])
            fits = exact >= _score_needed(len(members), apart) and mean >= COHERE
            if fits and (best is None or mean + highest > best[0]):
                best = (mean + highest, candidate)
        chosen = len(self._stories) if best is None else best[1]
        if recorded is not None:
            for _, candidate, member in sorted(compared, key=lambda one: (-one[0], one[1])):
                kind = "joined" if candidate == chosen else "nearly"
                evidence = compare(profile, self._profiles[member])
                recorded.append(
                    Comparison(kind=kind, article=self._items[member], score=evidence.score, evidence=evidence)
                )
        return chosen, 0.0 if best is None else min(best[0], 2 * _CLIP) / 2

    def may_join(self, item: Item, story: int) -> bool:
        """Returns whether an item may join a story at all, whatever their scores.

        It may not where the story began more than ``FAR_DAYS`` before, where an editor's ``story:`` puts the item into
        another one, or where an editor's ``notSameAs:`` parts it from a member.
        """
        first = self._items[self._stories[story][0]]
        return days(item) - days(first) <= FAR_DAYS and not item.story and not self._is_parted(item, story)

    def _is_parted(self, item: Item, story: int) -> bool:
        return item.identity in self._parted.get(story, ()) or (
            bool(item.not_same_as)
            and any(self._items[member].identity in item.not_same_as for member in self._stories[story])
        )

    def _pick_archive(
        self, profile: Profile, own: int, features: Features, recorded: list[Comparison] | None
    ) -> tuple[int, ...]:
        """Returns the places of earlier items, none of the item's story, that are on its subject."""
        story_of, order = self._story_of, self._latest_first
        alike = [one for one in features.alike if story_of[one[0]] != own][:ARCHIVE_CONSIDERED]
        ranked = [place for _, (_, _, place) in sorted([(-rank, order[other]) for other, rank in alike])]
        shared = self._profiles.shared_subjects(profile, len(self._assignments))
        picked = pick_archive(ranked, story_of, self._items, lambda place: shared(place)[1] >= ALSO_ABOUT)
        if recorded is not None:
            ranks = dict(features.alike)
            recorded += [
                Comparison(kind="archive", article=self._items[place], score=ranks[place], evidence=None)
                for place in picked
            ]
        return picked


def _score_needed(members: int, days_apart: float) -> float:
    """Returns the best score that an item needs to join a story.

    The larger and older a story, the higher the score: of many members one is soon alike by chance, and days after a
    large story began its words are those of what followed from it. A copy always joins.
    """
    crowding = max(math.log2(members / _CROWD), 0.0)
    return min(JOIN + _CROWDED * crowding * (1.0 + days_apart / 2), _COPY)


class _LatestFirst(dict[int, tuple[float, str, int]]):
    """Sorts places of items that are equally good: the later item first."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self._items = items

    def __missing__(self, place: int) -> tuple[float, str, int]:
        item = self._items[place]
        order = self[place] = (-item.published_at.timestamp(), item.identity, place)
        return order


class _Profiles:
    """Profiles and subjects of assigned items by their places; the profiles made first are dropped first."""

    def __init__(
        self, items: Sequence[Item], features_of: Callable[[int], Features], assignments: Sequence[Assignment]
    ) -> None:
        self._items = items
        self._features_of = features_of
        self._assignments = assignments
        self._profiles: dict[int, Profile] = {}
        self._subjects: dict[int, Subject] = {}
        self._words = Subjects()

    def add(self, place: int, features: Features, links: Iterable[int]) -> Profile:
        terms = unpack(features.terms)
        profile = self._profiles[place] = restored_profile(self._items[place], features.weights, terms, links)
        self._subjects[place] = self._words.of(terms)
        if len(self._profiles) > _PROFILES_IN_MEMORY:
            for old in list(itertools.islice(self._profiles, _PROFILES_IN_MEMORY // 2)):
                del self._profiles[old]
        return profile

    def __getitem__(self, place: int) -> Profile:
        found = self._profiles.get(place)
        return self.add(place, self._features_of(place), self._assignments[place].links) if found is None else found

    def shared_subjects(self, profile: Profile, place: int) -> Callable[[int], tuple[float, float]]:
        """Returns a function that weighs the subjects that an item, given with its place, shares with earlier ones."""
        weights, subject = self._words.weights(profile), self._subject(place)
        return lambda other: shared_with(weights, subject, self._subject(other))

    def _subject(self, place: int) -> Subject:
        found = self._subjects.get(place)
        if found is None:
            found = self._subjects[place] = self._words.of(unpack(self._features_of(place).terms))
        return found
