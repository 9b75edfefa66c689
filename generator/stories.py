"""Stories as values: which items tell one story, and what belongs beside each. Pure; ``telling`` finds them."""

from dataclasses import dataclass

from generator.evidence import Note
from generator.model import Article, Item
from generator.related import Sorted


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldItem:
    """What was decided for an item; it depends on those before alone."""

    story: int
    """Stories are counted as they begin."""
    score: float
    """With which it joined; 0 for the first."""
    same_story: tuple[int, ...]
    """Places in its ``related`` list."""
    related: tuple[int, ...]
    archive: tuple[int, ...]
    """Places in the order of time."""
    weights: tuple[float, ...]
    """Of its profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingState:
    """What telling goes on from, besides what was told."""

    rarity: tuple[int, dict[str, int]]
    topics: tuple[int, dict[str, int]]
    postings: dict[str, tuple[tuple[int, float], ...]]
    by_key: dict[str, int]


def in_time(item: Item) -> tuple[float, str, str]:
    """Sorts items by time; of one moment by identity."""
    return (item.published_at.timestamp(), item.identity, item.name)


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
