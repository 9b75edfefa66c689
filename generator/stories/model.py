"""Stories as values: which items tell one story, and what belongs beside each. Pure; ``telling`` finds them."""

from collections.abc import Mapping, Sequence
from typing import overload

import msgspec

from generator.content.model import Article, Item
from generator.stories.related import Sorted
from generator.stories.similarity import Comparison
from generator.util.text import short_hash


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs beside an item."""

    entries: Sorted
    """Of its ``related`` list."""
    archive: tuple[Item, ...]
    """Earlier items, none of its story, best first."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Items that tell one story."""

    id: str
    """That of its earliest item."""
    lead: Item
    items: tuple[Item, ...]
    """In the order of time."""
    score: float
    """The mean of the scores with which its items joined; 0 for a single item."""


class AssignedEntry(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An entry of an item's ``related`` list that has to do with it."""

    place: int
    """In the list."""
    identity: str
    at: float
    """Unix time of publication."""
    domain: str
    publisher: str


class Assignment(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What was decided for an item; it depends on those before alone."""

    story: int
    """Stories are counted as they begin."""
    score: float
    """With which it joined; 0 for the first."""
    same_story: tuple[AssignedEntry, ...]
    related: tuple[AssignedEntry, ...]
    archive: tuple[int, ...]
    """Places in the order of time."""
    links: tuple[int, ...]
    """To all articles in its list, as ``listing`` numbers them."""


class Stories(Sequence[Story]):
    """Stories by the time of their earliest items, each put together where it is asked for."""

    def __init__(
        self, members: Sequence[Sequence[int]], items: Sequence[Item], assignments: Sequence[Assignment]
    ) -> None:
        """Takes the places of each story's items in the order of time, and all items and what was decided for them."""
        self._members = members
        self._items = items
        self._assignments = assignments
        self._made: dict[int, Story] = {}

    @overload
    def __getitem__(self, index: int) -> Story: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Story]: ...
    def __getitem__(self, index: int | slice) -> Story | Sequence[Story]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        story = self._made.get(index)
        if story is None:
            story = self._made[index] = self._make(self._members[index])
        return story

    def __len__(self) -> int:
        return len(self._members)

    def members(self, number: int) -> Sequence[int]:
        """Returns the places of a story's items, in the order of time."""
        return self._members[number]

    def _make(self, members: Sequence[int]) -> Story:
        items = tuple([self._items[place] for place in members])
        scores = [self._assignments[place].score for place in members[1:]]
        return Story(
            id=short_hash(items[0].identity),
            lead=min(items, key=lead_order) if len(items) > 1 else items[0],
            items=items,
            score=sum(scores) / len(scores) if scores else 0.0,
        )


class Clustering(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as stories."""

    stories: Stories
    items: Sequence[Item]
    """In the order of time."""
    numbers: Sequence[int]
    """Of the story of each, in that order."""
    places: Mapping[str, int]
    """In that order, by the items' identities."""
    assignments: Sequence[Assignment]
    """In that order."""
    comparisons: tuple[Comparison, ...] = ()
    """Why, for the item that was asked about."""

    def story(self, identity: str) -> Story:
        """The story of the item with an identity."""
        return self.stories[self.number(identity)]

    def number(self, identity: str) -> int:
        """That of the story of the item with an identity."""
        return self.numbers[self.places[identity]]

    def item(self, identity: str) -> Item | None:
        """The item with an identity, if there is one."""
        place = self.places.get(identity)
        return None if place is None else self.items[place]

    def of(self, item: Item) -> Assignment:
        """What was decided for an item."""
        return self.assignments[self.places[item.identity]]

    def beside(self, item: Item) -> Beside:
        """What belongs beside an item."""
        one, listed = self.of(item), tuple(item.related)
        return Beside(
            entries=Sorted(
                same_story=tuple(listed[entry.place] for entry in one.same_story),
                related=tuple(listed[entry.place] for entry in one.related),
            ),
            archive=tuple(self.items[place] for place in one.archive),
        )


def in_time(item: Item) -> tuple[float, str, str]:
    """Sorts items by time; of one moment by identity."""
    return (item.published_at.timestamp(), item.identity, item.name)


def reports(item: Item, told: Clustering) -> tuple[Article, ...]:
    """All that tell an item's story, itself included: items, and articles in the lists of these, in the order of time.

    An entry that is an item of its own tells the story it was grouped into; one that an editor parted from any of the
    story's items does not tell it.
    """
    story = told.story(item.identity)
    articles: dict[str, Article] = {}
    for member in story.items:
        for entry in told.of(member).same_story:
            if entry.identity not in told.places and entry.identity not in articles:
                articles[entry.identity] = member.related[entry.place]
    for parted in frozenset().union(*(member.not_same_as for member in story.items)):
        articles.pop(parted, None)
    articles |= {member.identity: member for member in story.items}
    return tuple(sorted(articles.values(), key=lambda article: (article.published_at, article.identity)))


def publishers_of_story(item: Item, told: Clustering) -> dict[str, str]:
    """The publishers of an item's :func:`reports`, by domain, in the order of time; without a look at the lists."""
    story = told.story(item.identity)
    found: dict[str, tuple[float, str, str, str]] = {}
    for member in story.items:
        for entry in told.of(member).same_story:
            if entry.identity not in told.places:
                found.setdefault(entry.identity, (entry.at, entry.identity, entry.domain, entry.publisher))
    for parted in frozenset().union(*(member.not_same_as for member in story.items)):
        found.pop(parted, None)
    for member in story.items:
        provider = member.provider
        found[member.identity] = (member.published_at.timestamp(), member.identity, provider.domain, provider.name)
    return {domain: publisher for _, _, domain, publisher in sorted(found.values())}


def lead_order(item: Item) -> tuple[int, int, bool, float, str]:
    """Sorts a story's items: the first is its lead. Heat, quality, a picture, earliest, then address."""
    return (-item.heat, -item.quality, item.image is None, item.published_at.timestamp(), item.identity)
