"""The result of the clustering: stories, and the related articles of each item."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, overload

import msgspec

from generator.content.model import Article, Item
from generator.stories.related import SortedEntries
from generator.stories.similarity import Comparison
from generator.util.text import short_hash


class RelatedArticles(msgspec.Struct, frozen=True, kw_only=True):
    """The related articles of an item."""

    entries: SortedEntries
    """The entries of its ``related`` list."""
    archive: tuple[Item, ...]
    """Earlier items of other stories, best first."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster of items that report the same event."""

    id: str
    """A short hash of the identity of its earliest item."""
    lead: Item
    """The item that represents the story on cards."""
    items: tuple[Item, ...]
    """All items, in order of time."""
    score: float
    """The mean score with which its items joined; 0 for a single item."""


class AssignedEntry(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An entry of an item's ``related`` list that is about the same story or subject.

    It holds what cards need of the entry, so that they need not load the list.
    """

    place: int
    """The position in the list."""
    identity: str
    at: float
    """The Unix time of publication."""
    domain: str
    publisher: str
    """The name of the publisher."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """The story and the related articles of an item. It depends only on the item and on earlier ones."""

    story: int
    """The number of the story; stories are numbered by their earliest items."""
    score: float
    """The score with which the item joined the story; 0 for its first item."""
    same_story: tuple[AssignedEntry, ...]
    """The entries that report the same event."""
    related: tuple[AssignedEntry, ...]
    """The entries on the same subject, best first."""
    archive: tuple[int, ...]
    """The positions of earlier items of other stories, best first."""
    links: tuple[int, ...]
    """The ids (``related_entries.link_id``) of all entries of the list."""


class Stories(Sequence[Story]):
    """The stories in order of their earliest items. Each is built when it is accessed."""

    def __init__(
        self, members: Sequence[Sequence[int]], items: Sequence[Item], assignments: Sequence[Assignment]
    ) -> None:
        """Takes over the result of a clustering.

        Args:
            members: the positions of each story's items, in order of time.
            items: all items, in order of time.
            assignments: the assignments of the items.
        """
        self._members = members
        self._items = items
        self._assignments = assignments
        self._stories: dict[int, Story] = {}

    @overload
    def __getitem__(self, index: int) -> Story: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Story]: ...
    def __getitem__(self, index: int | slice) -> Story | Sequence[Story]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        story = self._stories.get(index)
        if story is None:
            story = self._stories[index] = self._build(self._members[index])
        return story

    def __len__(self) -> int:
        return len(self._members)

    def members(self, number: int) -> Sequence[int]:
        """Returns the positions of a story's items, in order of time."""
        return self._members[number]

    def _build(self, members: Sequence[int]) -> Story:
        items = tuple([self._items[position] for position in members])
        scores = [self._assignments[position].score for position in members[1:]]
        return Story(
            id=short_hash(items[0].identity),
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
    """The number of each item's story."""
    places: Mapping[str, int]
    """The positions of the items, by identity."""
    assignments: Sequence[Assignment]
    """The assignment of each item."""
    comparisons: tuple[Comparison, ...] = ()
    """The comparisons of the item given by ``about``."""

    def story(self, identity: str) -> Story:
        """Returns the story of the item with an identity. Raises ``KeyError`` if there is none."""
        return self.stories[self.number(identity)]

    def number(self, identity: str) -> int:
        """Returns the number of that story. Raises ``KeyError`` if there is no such item."""
        return self.numbers[self.places[identity]]

    def item(self, identity: str) -> Item | None:
        """Returns the item with an identity, or None."""
        position = self.places.get(identity)
        return None if position is None else self.items[position]

    def assignment(self, item: Item) -> Assignment:
        """Returns the assignment of an item."""
        return self.assignments[self.places[item.identity]]

    def beside(self, item: Item) -> RelatedArticles:
        """Returns the related articles of an item."""
        assignment, listed = self.assignment(item), tuple(item.related)
        return RelatedArticles(
            entries=SortedEntries(
                same_story=tuple(listed[entry.place] for entry in assignment.same_story),
                related=tuple(listed[entry.place] for entry in assignment.related),
            ),
            archive=tuple(self.items[position] for position in assignment.archive),
        )


def time_order(item: Item) -> tuple[float, str, str]:
    """Returns the sort key for the order of time. Items of the same second are sorted by identity."""
    return (item.published_at.timestamp(), item.identity, item.name)


def reports(item: Item, clustering: Clustering) -> tuple[Article, ...]:
    """Returns all articles that report an item's story, in order of time.

    These are the items of the story, the given one included, and entries of their ``related`` lists. An entry that is
    an item itself counts only for its own story. An entry that an editor has excluded from the story is left out.
    """
    story = clustering.story(item.identity)
    articles: dict[str, Article] = {}
    for member in story.items:
        for entry in clustering.assignment(member).same_story:
            if entry.identity not in clustering.places and entry.identity not in articles:
                articles[entry.identity] = member.related[entry.place]
    for excluded in _excluded(story):
        articles.pop(excluded, None)
    articles |= {member.identity: member for member in story.items}
    return tuple(sorted(articles.values(), key=lambda article: (article.published_at, article.identity)))


def publishers_of_story(item: Item, clustering: Clustering) -> dict[str, str]:
    """Returns the names of the publishers of an item's :func:`reports`, by domain, in order of time.

    It does not load the ``related`` lists.
    """
    story = clustering.story(item.identity)
    by_identity: dict[str, _Report] = {}
    for member in story.items:
        for entry in clustering.assignment(member).same_story:
            if entry.identity not in clustering.places:
                by_identity.setdefault(entry.identity, _Report(entry.at, entry.identity, entry.domain, entry.publisher))
    for excluded in _excluded(story):
        by_identity.pop(excluded, None)
    for member in story.items:
        at, provider = member.published_at.timestamp(), member.provider
        by_identity[member.identity] = _Report(at, member.identity, provider.domain, provider.name)
    return {report.domain: report.publisher for report in sorted(by_identity.values())}


class _Report(NamedTuple):
    """The publication of an article; sorts by time."""

    at: float
    identity: str
    domain: str
    publisher: str


def _excluded(story: Story) -> frozenset[str]:
    """Returns the identities of the articles that an editor has excluded from a story."""
    return frozenset().union(*(member.not_same_as for member in story.items))


def lead_order(item: Item) -> tuple[int, int, bool, float, str]:
    """Returns the sort key by which the first item of a story is its lead.

    The criteria are heat, quality, having an image, and the earliest time; the identity decides between equal items.
    """
    return (-item.heat, -item.quality, item.image is None, item.published_at.timestamp(), item.identity)
