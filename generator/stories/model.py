"""The result of the clustering: stories, and the related articles of each item."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from generator.content.model import Article, Item
from generator.content.summaries import is_whole
from generator.stories.related import AssignedEntry
from generator.util.text import short_hash

_UNKNOWN, _RELAY = 2, 4
_RANKS: Final = {
    "journal": 0, "agency": 0, "university": 0, "news": 1, "trade": 1, "preprint": 1, "blog": 3, "company": 3,
    "release": _RELAY, "market": _RELAY,
}  # fmt: skip
"""The ranks of the kinds of sources, best first."""


class Relation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How the story that begins with an item relates to an earlier one."""

    kind: str
    """``responds`` if its headline contradicts the other story, and else ``follows``."""
    distance: int
    """The distance from the item to an item of the other story, in the order of time."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """The story and the related articles of an item. It depends only on the item and on earlier ones.

    It names other items by their distance before this one in the order of time.
    """

    joined: int
    """The first item of the story that it joins; 0 if it begins one."""
    merged: tuple[int, ...]
    """The first items of the stories that are one with this story, as the item shows."""
    score: float
    """The score with which the item joined the story; 0 for its first item."""
    relation: Relation | None
    """The relation of a new story to an earlier one."""
    same_story: tuple[AssignedEntry, ...]
    """The entries that report the same event."""
    related: tuple[AssignedEntry, ...]
    """The entries on the same subject, best first."""
    archive: tuple[int, ...]
    """Earlier items of other stories, best first."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster of items that report the same event."""

    id: str
    """A short hash of the identity of its earliest item."""
    aliases: tuple[str, ...]
    """The ids of stories that were merged into it."""
    lead: Item
    """The item that represents the story on cards."""
    items: tuple[Item, ...]
    """All items, in order of time."""
    score: float
    """The mean score with which its items joined; 0 for a single item."""


class Stories:
    """The stories in order of their earliest items. Each is built when it is accessed."""

    def __init__(
        self, members: Sequence[Sequence[int]], items: Sequence[Item], assignments: Sequence[Assignment]
    ) -> None:
        """Takes the positions of each story's items, in order of time, and all items with their assignments."""
        self._members = members
        self._items = items
        self._assignments = assignments
        self._stories: dict[int, Story] = {}

    def __getitem__(self, number: int) -> Story:
        if number not in self._stories:
            self._stories[number] = self._build(self._members[number])
        return self._stories[number]

    def __iter__(self) -> Iterator[Story]:
        return map(self.__getitem__, range(len(self)))

    def __len__(self) -> int:
        return len(self._members)

    def members(self, number: int) -> Sequence[int]:
        """Returns the positions of a story's items, in order of time."""
        return self._members[number]

    def _build(self, members: Sequence[int]) -> Story:
        items = tuple([self._items[position] for position in members])
        scores = [self._assignments[position].score for position in members if self._assignments[position].joined]
        began = [self._items[position] for position in members if not self._assignments[position].joined]
        return Story(
            id=short_hash(items[0].identity),
            aliases=tuple([short_hash(item.identity) for item in began[1:]]),
            lead=min(items, key=lead_order) if len(items) > 1 else items[0],
            items=items,
            score=sum(scores) / len(scores) if scores else 0.0,
        )


class Clustering(msgspec.Struct, frozen=True, kw_only=True):
    """The stories of a collection. The position of an item is its index in the order of time."""

    stories: Stories
    items: Sequence[Item]
    """All items, in order of time."""
    numbers: Sequence[int]
    """The number of each item's story. Stories are numbered by their earliest items."""
    places: Mapping[str, int]
    """The positions of the items, by identity."""
    assignments: Sequence[Assignment]
    """The assignment of each item."""
    relations: Mapping[int, Sequence[tuple[str, int]]]
    """For the number of a story, the earlier stories that it responds to or follows: kind and number."""

    def story(self, identity: str) -> Story:
        """Returns the story of the item with an identity. Raises ``KeyError`` if there is none."""
        return self.stories[self.number(identity)]

    def number(self, identity: str) -> int:
        """Returns the number of that story. Raises ``KeyError`` if there is no such item."""
        return self.numbers[self.places[identity]]

    def assignment(self, item: Item) -> Assignment:
        """Returns the assignment of an item."""
        return self.assignments[self.places[item.identity]]

    def archive(self, position: int) -> list[int]:
        """Returns the positions of the archive list of an item, without items that became its story by a merge."""
        found: dict[int, int] = {}
        for distance in self.assignments[position].archive:
            other = position - distance
            if self.numbers[other] != self.numbers[position]:
                found.setdefault(self.numbers[other], other)
        return list(found.values())


def assemble(items: Sequence[Item], assignments: Sequence[Assignment]) -> Clustering:
    """Returns the clustering that assignments describe.

    Args:
        items: all items, in order of time.
        assignments: the assignment of each item.
    """
    first_of: list[int] = []
    merged_into: dict[int, int] = {}
    for position, assignment in enumerate(assignments):
        first_of.append(position - assignment.joined)
        for distance in assignment.merged:
            merged_into[position - distance] = position - assignment.joined
    members: dict[int, list[int]] = {}
    for position, story in enumerate(first_of):
        first = story
        while first in merged_into:
            first = merged_into[first]
        members.setdefault(first, []).append(position)
    number_of = {first: number for number, first in enumerate(sorted(members))}
    numbers = [0] * len(items)
    for first, positions in members.items():
        for position in positions:
            numbers[position] = number_of[first]
    return Clustering(
        stories=Stories([members[first] for first in number_of], items, assignments),
        items=items,
        numbers=numbers,
        places={item.identity: position for position, item in enumerate(items)},
        assignments=assignments,
        relations=_relations(assignments, numbers),
    )


def _relations(assignments: Sequence[Assignment], numbers: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Returns the relations of stories, by number; those of one story in order.

    A story also follows an earlier one if both have an entry in their items' lists that reports their event.
    """
    found: dict[tuple[int, int], str] = {}
    by_entry: dict[str, int] = {}
    for position, assignment in enumerate(assignments):
        number = numbers[position]
        if assignment.relation:
            other = numbers[position - assignment.relation.distance]
            found[number, other] = assignment.relation.kind
        for entry in assignment.same_story:
            other = by_entry.setdefault(entry.identity, number)
            found.setdefault((max(number, other), min(number, other)), "follows")
    relations: dict[int, list[tuple[str, int]]] = {}
    for (number, other), kind in sorted(found.items()):
        if other < number:
            relations.setdefault(number, []).append((kind, other))
    return relations


def time_order(item: Item) -> tuple[float, str, str]:
    """Returns the sort key for the order of time. Items of the same second are sorted by identity."""
    return (item.published_at.timestamp(), item.identity, item.name)


def lead_order(article: Article, kind: str = "") -> tuple[bool, bool, int, bool, float, str]:
    """Returns the sort key by which the first report of a story is its lead; the kind is that of the report, if known.

    An originator comes before a relay, a summary of whole sentences before a cut one, a better kind of source before
    another, a report with a picture before one without, and then the earliest. The identity decides between equal ones.
    """
    rank = _RANKS.get(kind or article.kind, _UNKNOWN)
    return (
        rank == _RELAY,
        not is_whole(article.excerpt),
        rank,
        article.image is None,
        article.published_at.timestamp(),
        article.identity,
    )
