"""Assigns items to stories, one after the other in order of time, by the scores of pairs.

The assignment of an item depends on no later item. A later item may only merge stories. ``docs/stories.md`` describes
the method and its measured quality.
"""

import array
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from generator.content.model import Item
from generator.content.terms import is_rebuttal
from generator.stories.blocks import Features
from generator.stories.model import Assignment, Clustering, Relation, assemble
from generator.stories.overrides import EditorLabels
from generator.stories.related import RelatedEntries, pick_archive
from generator.stories.similarity import DAY, MIN_SCORE, SCORE_UNIT, weights

MAX_SPAN_DAYS = 45.0
"""The most days between the first item of a story and one that joins."""
MAX_SCORE = 5.0
_FOLLOWS_ABOVE = 0.5
_RESPONDS_ABOVE = -2.0

_Choice = tuple[int | None, Sequence[int], float, Relation | None]
"""The first item of the story that an item joins, those of stories to merge with it, the score, and a relation."""


class StoryClusterer:
    """Assigns one item after the other. Its state is the assignments so far."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Begins without any assignment.

        Args:
            items: all items, in order of time.
        """
        self._items = items
        self._threshold = weights()["story"].threshold
        self._assignments: list[Assignment] = []
        self._scores: dict[int, Mapping[int, float]] = {}
        """For each item, the scores with earlier items that may be in the same story, by position."""
        self.first_of: list[int] = []
        """For each item, the position of the first item of its story."""
        self._stories: dict[int, list[int]] = {}
        """The positions of each story's items, in order of time, by the first one."""
        self._excluded: defaultdict[int, set[str]] = defaultdict(set)
        """By story, the identities of items that an editor has excluded from it."""
        self._recent = 0
        """The position of the first item that may still be in a story with the next one."""
        self._labels = EditorLabels() if any(item.story for item in items) else None

    def result(self) -> Clustering:
        """Returns the clustering of the assigned items."""
        return assemble(self._items, self._assignments)

    def observe(self, position: int, features: Features) -> None:
        """Records the scores of an item, which later items of its story need."""
        if position not in self._scores:
            near = [position - distance for distance in array.array("i", features.near)]
            scores = [min(score / SCORE_UNIT, MAX_SCORE) for score in array.array("h", features.scores)]
            self._scores[position] = dict(zip(near, scores, strict=True))

    def take(self, assignments: Iterable[Assignment]) -> None:
        """Takes over the assignments of the next items from an earlier build."""
        for assignment in assignments:
            self._append(assignment)

    def assign(self, features: Features, entries: RelatedEntries) -> Assignment:
        """Assigns the next item, given its features and the sorted entries of its ``related`` list."""
        position = len(self._assignments)
        self.observe(position, features)
        self._forget(position)
        joined, merged, score, relation = self._choose(position)
        own = position if joined is None else joined
        archive = [position - distance for distance in array.array("i", features.archive)]
        listed = [entry.identity for entry in (*entries.same_story, *entries.related)]
        picked = pick_archive(archive, self.first_of, self._items, own, listed)
        assignment = Assignment(
            joined=position - own,
            merged=tuple([position - other for other in merged]),
            score=score,
            relation=relation,
            same_story=entries.same_story,
            related=entries.related,
            archive=tuple([position - other for other in picked]),
        )
        self._append(assignment)
        return assignment

    def _forget(self, position: int) -> None:
        """Forgets the scores of items that are too old to matter for the item at a position."""
        now = self._items[position].published_at.timestamp()
        while self._items[self._recent].published_at.timestamp() < now - MAX_SPAN_DAYS * DAY:
            self._scores.pop(self._recent, None)
            self._recent += 1

    def _append(self, assignment: Assignment) -> None:
        position = len(self._assignments)
        item, story = self._items[position], position - assignment.joined
        self._assignments.append(assignment)
        self.first_of.append(story)
        self._stories.setdefault(story, []).append(position)
        for distance in assignment.merged:
            self._merge(story, position - distance)
        if item.not_same_as:
            self._excluded[story].update(item.not_same_as)
        if self._labels:
            self._labels.add(item, position)

    def _merge(self, story: int, other: int) -> None:
        """Merges another story into one that began earlier."""
        members = self._stories.pop(other)
        self._stories[story] = sorted(self._stories[story] + members)
        for member in members:
            self.first_of[member] = story
        if other in self._excluded:
            self._excluded[story] |= self._excluded.pop(other)

    def _choose(self, position: int) -> _Choice:
        """Returns the story that an item joins, and the stories that are one with it.

        An item joins the story with the highest score, if that reaches the threshold. Other stories that it could join
        are merged with it if their items are similar enough to one another.
        """
        item = self._items[position]
        scores = self._scores[position]
        if self._labels and (labelled := self._labels.position(item)) is not None:
            story = self.first_of[labelled]
            if not self._is_excluded(item, story):
                return story, (), MAX_SCORE, None
        candidates = {} if item.story else self._links(scores)
        ranked = sorted(candidates, key=lambda story: (-candidates[story], story))
        relation = self._relate(item, ranked, candidates)
        joinable = [story for story in ranked if candidates[story] >= self._threshold and self._may_join(item, story)]
        if not joinable:
            return None, (), 0.0, relation
        members = [position, *self._stories[joinable[0]]]
        merged = {joinable[0]}
        for other in joinable[1:]:
            if self._link(members, other) >= self._threshold and self._may_merge(merged, other):
                merged.add(other)
                members += self._stories[other]
        first = min(merged)
        return first, sorted(merged - {first}), candidates[joinable[0]], None

    def _links(self, scores: Mapping[int, float]) -> dict[int, float]:
        """Returns the link scores of an item with all stories that it has a score with, by their first items."""
        of_story: dict[int, list[float]] = {}
        for other, score in scores.items():
            of_story.setdefault(self.first_of[other], []).append(score)
        return {story: link_score(found, len(self._stories[story])) for story, found in of_story.items()}

    def _link(self, members: Sequence[int], story: int) -> float:
        """Returns the link score of some items and a story."""
        found: list[float] = []
        others = self._stories[story]
        for member, other in itertools.product(members, others):
            later, earlier = max(member, other), min(member, other)
            score = self._scores.get(later, {}).get(earlier) if earlier >= self._recent else None
            if score is not None:
                found.append(score)
        return link_score(found, len(members) * len(others))

    def _may_join(self, item: Item, story: int) -> bool:
        """Returns whether time, headline and the fields of editors permit an item to join a story."""
        first = self._items[story]
        if is_rebuttal(item.title) != is_rebuttal(first.title):
            return False
        days = (item.published_at - first.published_at).total_seconds() / DAY
        return days <= MAX_SPAN_DAYS and not self._is_excluded(item, story)

    def _may_merge(self, stories: Iterable[int], other: int) -> bool:
        """Returns whether the fields of editors permit stories to be one: no two of them have a label."""
        members = [self._items[member] for member in self._stories[other]]
        is_labelled = any(item.story for item in members)
        return not any(
            (is_labelled and any(self._items[member].story for member in self._stories[story]))
            or any(self._is_excluded(item, story) for item in members)
            for story in stories
        )

    def _is_excluded(self, item: Item, story: int) -> bool:
        """Returns whether the field ``notSameAs`` of the item or of a member keeps the item out of a story."""
        return item.identity in self._excluded.get(story, ()) or (
            bool(item.not_same_as)
            and any(self._items[member].identity in item.not_same_as for member in self._stories[story])
        )

    def _relate(self, item: Item, ranked: Sequence[int], scores: Mapping[int, float]) -> Relation | None:
        """Returns how a new story that begins with an item relates to an earlier story, the best of the ranked ones."""
        position = len(self._assignments)
        responds = is_rebuttal(item.title)
        for story in ranked:
            if responds and scores[story] >= _RESPONDS_ABOVE and not is_rebuttal(self._items[story].title):
                return Relation(kind="responds", distance=position - story)
            if scores[story] >= _FOLLOWS_ABOVE and not self._is_excluded(item, story):
                return Relation(kind="follows", distance=position - story)
        return None


def link_score(scores: Sequence[float], pairs: int) -> float:
    """Returns how likely two groups of items are one story: the mean of the best score of a pair and the mean of all.

    The best one finds reports in other words. The mean keeps a chain of similar reports from joining two events.

    Args:
        scores: the scores of the pairs that are similar enough to have one.
        pairs: the number of all pairs.
    """
    if not scores:
        return MIN_SCORE
    return (max(scores) + (sum(scores) + MIN_SCORE * (pairs - len(scores))) / pairs) / 2
