"""Assigns items to stories, one after the other in order of time.

The assignment of an item depends on no later item. So a story keeps its id, two stories are never merged, and a growing
collection gives the same result as a complete one. ``docs/stories.md`` describes the method and its measured quality.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from generator.content.model import Item
from generator.content.terms import headline_key, unpack
from generator.stories.features import Features
from generator.stories.model import Assignment, Clustering, Stories
from generator.stories.overrides import EditorLabels
from generator.stories.related import MAX_ARCHIVE_CANDIDATES, MIN_ARCHIVE_SUBJECTS, pick_archive
from generator.stories.related_entries import RelatedEntries, link_id
from generator.stories.similarity import (
    MAX_DAYS_APART,
    Comparison,
    Profile,
    compare,
    cosine_similarity,
    days,
    first_near,
    restore_profile,
)
from generator.stories.subjects import Subject, shared_subjects, subject_of

_MIN_BEST_SCORE = 0.6
_MIN_MEAN_SCORE = 0.3
# How the score needed grows with the story: see _score_needed.
_LARGE_STORY, _GROWTH, _MAX_SCORE_NEEDED = 4, 0.7, 6.0
_MAX_SCORE = 4.0  # either sign; keeps one member from deciding the mean
_HOPELESS_BELOW = 1.5
_MAX_OTHER_MEMBERS = 6
_MAX_CANDIDATES = 4
_PRUNE_INTERVAL = 2_048
_PROFILES_IN_MEMORY = 4_096


class StoryClusterer:
    """Assigns one item after the other. Its state is the assignments so far."""

    def __init__(
        self, items: Sequence[Item], features_of: Callable[[int], Features], *, about: str | None = None
    ) -> None:
        """Begins without any assignment.

        Args:
            items: all items, in order of time.
            features_of: returns the features of the assigned item at a position in this order.
            about: the identity of an item whose comparisons are recorded.
        """
        self._items = items
        self._features_of = features_of
        self._about = about
        self._comparisons: list[Comparison] = []
        self._assignments: list[Assignment] = []
        self._profiles: dict[int, Profile] = {}
        self._subjects: dict[int, Subject] = {}
        self._positions: dict[str, int] = {}
        # The index by which candidates are found. It holds near items; items that are too old are removed in intervals.
        self._by_headline: dict[str, int] = {}
        self._by_link: dict[int, int] = {}
        self._linked_from: defaultdict[int, list[int]] = defaultdict(list)
        self._indexed = 0
        """The position of the first item that is not in the index yet."""
        self._first_near = 0
        """The position of the first item that may be in a story with the next item."""
        self._stories: list[list[int]] = []
        """The positions of each story's items, in order of time."""
        self._story_of: list[int] = []
        self._excluded: defaultdict[int, set[str]] = defaultdict(set)
        """By story, the identities of items that an editor has excluded from it."""
        self._labels = EditorLabels() if any(item.story for item in items) else None

    @property
    def story_numbers(self) -> Sequence[int]:
        """The numbers of the stories of the assigned items, in order of time."""
        return self._story_of

    def result(self) -> Clustering:
        """Returns the clustering of the assigned items."""
        return Clustering(
            stories=Stories(self._stories, self._items, self._assignments),
            numbers=self._story_of,
            items=self._items,
            places=self._positions,
            assignments=self._assignments,
            comparisons=tuple(self._comparisons),
        )

    def take(self, assignments: Iterable[Assignment]) -> None:
        """Takes over the assignments of the next items from an earlier build."""
        for assignment in assignments:
            self._append(assignment)

    def assign(self, features: Features, entries: RelatedEntries, comparisons: Sequence[Comparison] = ()) -> Assignment:
        """Assigns the next item.

        Args:
            features: the features of the item.
            entries: the sorted entries of its ``related`` list.
            comparisons: the comparisons with its entries, if they are recorded.
        """
        position = len(self._assignments)
        item = self._items[position]
        self._index_until(position)
        profile = self._add_profile(position, features, entries.links)
        recorded = self._comparisons if item.identity == self._about else None
        story, score = self._choose(item, profile, features, entries.links, recorded)
        self._comparisons += comparisons
        assignment = Assignment(
            story=story,
            score=score,
            same_story=entries.same_story,
            related=entries.related,
            archive=self._pick_archive(profile, story, features, recorded),
            links=entries.links,
        )
        self._append(assignment)
        return assignment

    def _append(self, assignment: Assignment) -> None:
        position, story = len(self._assignments), assignment.story
        item = self._items[position]
        self._assignments.append(assignment)
        self._story_of.append(story)
        self._positions[item.identity] = position
        if story == len(self._stories):
            self._stories.append([position])
        else:
            self._stories[story].append(position)
        if item.not_same_as:
            self._excluded[story].update(item.not_same_as)
        if self._labels:
            self._labels.add(item, story)

    def _index_until(self, position: int) -> None:
        """Adds the items before a position to the index, as far as they are near the item at this position."""
        first = self._first_near = first_near(self._items, position, self._first_near)
        if position // _PRUNE_INTERVAL != self._indexed // _PRUNE_INTERVAL:
            self._by_headline = {key: other for key, other in self._by_headline.items() if other >= first}
            self._by_link = {link: other for link, other in self._by_link.items() if other >= first}
            linked = {link: [one for one in others if one >= first] for link, others in self._linked_from.items()}
            self._linked_from = defaultdict(list, {link: others for link, others in linked.items() if others})
        for other in range(max(self._indexed, first), position):
            self._by_headline[headline_key(self._features_of(other).terms)] = other
            self._by_link[link_id(self._items[other].identity)] = other
            for link in self._assignments[other].links:
                self._linked_from[link].append(other)
        self._indexed = position

    def candidates(
        self, position: int, headline: str, links: Iterable[int], features: Features
    ) -> dict[int, int | None]:
        """Returns the stories to compare the next item with, at most four.

        They are ordered by the way they were found: by similarity, by an equal headline, by a link between the item
        and a near item.

        Args:
            position: the position of the item.
            headline: the key of its headline.
            links: the ids of the entries of its ``related`` list.
            features: the features of the item.

        Returns:
            For each number of a story its member that is most similar to the item, or None if it is not known yet.
        """
        story_of = self._story_of
        found: dict[int, int | None] = {}
        for other in features.near:
            found.setdefault(story_of[other], other)
        if len(found) < _MAX_CANDIDATES:
            first = self._first_near
            same_headline = self._by_headline.get(headline, -1)
            linked = sorted([other for link in links if (other := self._by_link.get(link, -1)) >= first])
            own = link_id(self._items[position].identity)
            linked += [other for other in self._linked_from.get(own, ()) if other >= first]
            for other in ([same_headline] if same_headline >= first else []) + linked[-_MAX_CANDIDATES:]:
                found.setdefault(story_of[other], None)
        return dict(itertools.islice(found.items(), _MAX_CANDIDATES))

    def _choose(
        self,
        item: Item,
        profile: Profile,
        features: Features,
        links: Iterable[int],
        recorded: list[Comparison] | None,
    ) -> tuple[int, float]:
        """Returns the number of the story that an item joins, or of a new one, and the score with which it joins."""
        position = len(self._assignments)
        best: tuple[float, int] | None = None
        compared: list[_ComparedStory] = []
        labelled = self._labels.story(item) if self._labels else None
        if labelled is not None and not self._is_excluded(item, labelled):
            best = (math.inf, labelled)
        for candidate, most_similar in self.candidates(position, profile.terms.key, links, features).items():
            members = self._stories[candidate]
            if candidate == labelled or not self._may_join(item, candidate):
                continue
            first = self._most_similar(profile, members) if most_similar is None else most_similar
            scores = [(self._score(profile, first), first)]
            if scores[0][0] >= _MIN_BEST_SCORE - _HOPELESS_BELOW:
                others = [member for member in members if member != first]
                half = _MAX_OTHER_MEMBERS // 2
                others = others[:half] + others[half:][-half:]
                scores += [(self._score(profile, member), member) for member in others]
            elif recorded is None:
                continue
            clipped = [max(-_MAX_SCORE, min(_MAX_SCORE, score)) for score, _ in scores]
            mean, highest = sum(clipped) / len(clipped), max(clipped)
            score, member = max(scores, key=lambda one: one[0])
            compared.append(_ComparedStory(mean + highest, candidate, member))
            days_apart = profile.day - days(self._items[members[0]])
            # A similar to B and B similar to C do not make A similar to C: hence the mean.
            is_match = score >= _score_needed(len(members), days_apart) and mean >= _MIN_MEAN_SCORE
            if is_match and (best is None or mean + highest > best[0]):
                best = (mean + highest, candidate)
        chosen = len(self._stories) if best is None else best[1]
        if recorded is not None:
            for one in sorted(compared, key=lambda one: (-one.sum, one.story)):
                kind = "joined" if one.story == chosen else "nearly"
                evidence = compare(profile, self._profile(one.member))
                recorded.append(
                    Comparison(kind=kind, article=self._items[one.member], score=evidence.score, evidence=evidence)
                )
        return chosen, 0.0 if best is None else min(best[0], 2 * _MAX_SCORE) / 2

    def _score(self, profile: Profile, position: int) -> float:
        return compare(profile, self._profile(position)).score

    def _most_similar(self, profile: Profile, members: Sequence[int]) -> int:
        """Returns the member of a story that is most similar to an item; of equal ones the earliest."""
        if len(members) == 1:
            return members[0]
        return max(members, key=lambda member: (cosine_similarity(profile, self._profile(member)), -member))

    def _may_join(self, item: Item, story: int) -> bool:
        """Returns whether the time and the fields of editors permit an item to join a story."""
        first = self._items[self._stories[story][0]]
        return days(item) - days(first) <= MAX_DAYS_APART and not item.story and not self._is_excluded(item, story)

    def _is_excluded(self, item: Item, story: int) -> bool:
        """Returns whether the field ``notSameAs`` of the item or of a member keeps the item out of a story."""
        return item.identity in self._excluded.get(story, ()) or (
            bool(item.not_same_as)
            and any(self._items[member].identity in item.not_same_as for member in self._stories[story])
        )

    def _pick_archive(
        self, profile: Profile, own: int, features: Features, recorded: list[Comparison] | None
    ) -> tuple[int, ...]:
        """Returns the positions of the items for the archive list of an item in story ``own``."""
        others = [one for one in features.archive if self._story_of[one[0]] != own][:MAX_ARCHIVE_CANDIDATES]
        ranked = [position for position, _ in sorted(others, key=self._archive_order)]
        picked = pick_archive(
            ranked,
            self._story_of,
            self._items,
            lambda position: shared_subjects(profile, self._subject(position)).others >= MIN_ARCHIVE_SUBJECTS,
        )
        if recorded is not None:
            ranks = dict(features.archive)
            recorded += [
                Comparison(kind="archive", article=self._items[position], score=ranks[position], evidence=None)
                for position in picked
            ]
        return picked

    def _archive_order(self, candidate: tuple[int, float]) -> tuple[float, float, str]:
        """Returns the sort key of a candidate: by rank, the latest first if ranks are equal."""
        position, rank = candidate
        item = self._items[position]
        return (-rank, -item.published_at.timestamp(), item.identity)

    def _profile(self, position: int) -> Profile:
        """Returns the profile of an assigned item."""
        found = self._profiles.get(position)
        if found is None:
            found = self._add_profile(position, self._features_of(position), self._assignments[position].links)
        return found

    def _add_profile(self, position: int, features: Features, links: Iterable[int]) -> Profile:
        """Creates the profile of an item; drops the profiles that were created first if there are too many."""
        terms = unpack(features.terms)
        profile = self._profiles[position] = restore_profile(self._items[position], features.weights, terms, links)
        if position not in self._subjects:
            self._subjects[position] = subject_of(terms)
        if len(self._profiles) > _PROFILES_IN_MEMORY:
            for old in list(itertools.islice(self._profiles, _PROFILES_IN_MEMORY // 2)):
                del self._profiles[old]
        return profile

    def _subject(self, position: int) -> Subject:
        """Returns the subject of an assigned item."""
        found = self._subjects.get(position)
        if found is None:
            found = self._subjects[position] = subject_of(unpack(self._features_of(position).terms))
        return found


class _ComparedStory(NamedTuple):
    """A story that an item was compared with."""

    sum: float
    """The sum of the best and the mean score."""
    story: int
    member: int
    """The position of the member with the best score."""


def _score_needed(members: int, days_apart: float) -> float:
    """Returns the best score with a member that an item needs to join a story.

    The larger and older a story, the higher the score: among many members one is soon similar by chance, and later
    events often use the same words. The limit lets copies join in any case.

    Args:
        members: the number of items in the story.
        days_apart: the days since its first item.
    """
    growth = max(math.log2(members / _LARGE_STORY), 0.0)
    return min(_MIN_BEST_SCORE + _GROWTH * growth * (1.0 + days_apart / 2), _MAX_SCORE_NEEDED)
