"""Selects the items of the site, sorts them, and groups them by topic, source, day, month and year. Pure.

Every order is total: if two items are equal in all other respects, the parts of their addresses decide. So the same
documents always give the same result.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from generator.content import copies
from generator.content.model import Item
from generator.content.topics import Taxonomy
from generator.errors import Code, Diagnostic, Severity
from generator.util.text import topic_key, topic_slug

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """The kinds of items that are on the site."""

    now: dt.datetime
    """Items published after this time are future items."""
    with_drafts: bool = False
    with_future: bool = False
    with_unpromoted: bool = True
    """Whether items with ``published: false`` are on the site."""


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """The items on the site, and the reasons why others are not."""

    items: tuple[Item, ...]
    """Newest first."""
    left_out: Mapping[str, int]
    """The number of items by reason: ``draft``, ``duplicate``, ``future``, ``hook``, ``removed``, ``unpromoted``."""
    removed: tuple[Item, ...]
    """The withdrawn items that would be on the site otherwise. Their addresses answer 410."""
    diagnostics: tuple[Diagnostic, ...]
    since: float = -math.inf
    """The Unix time from which this selection is valid."""
    until: float = math.inf
    """The Unix time before which it is valid: each ``now`` in between leaves out the same items."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that items name."""

    name: str
    """The curated name, or else the most common spelling."""
    slug: str
    """The last part of its address. Names with the same ``topic_key`` are one topic."""
    items: tuple[Item, ...]
    """The items of the topic and of its descendants."""
    is_curated: bool = False
    """Whether the topic is defined in ``topics.yaml``."""
    description: str = ""
    parent: str = ""
    """The slug of the parent topic, or ``""``."""
    colour: str = ""
    """As in ``CuratedTopic``."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher, identified by its domain."""

    name: str
    domain: str
    home: str
    """The URL of the home page."""
    items: tuple[Item, ...]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day, in the site's time zone, with at least one item."""

    date: dt.date
    items: tuple[Item, ...]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month with at least one item."""

    year: int
    month: int
    days: tuple[Day, ...]
    """In chronological order."""

    @property
    def count(self) -> int:
        """The number of items."""
        return sum(len(day.items) for day in self.days)


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """A year with at least one item."""

    year: int
    months: tuple[Month, ...]
    """In chronological order."""

    @property
    def count(self) -> int:
        """The number of items."""
        return sum(month.count for month in self.months)


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """The items of the site in groups. The items of each group are sorted newest first."""

    items: tuple[Item, ...]
    topics: tuple[Topic, ...]
    """Sorted by name."""
    sources: tuple[Source, ...]
    """Sorted by name."""
    days: tuple[Day, ...]
    """In chronological order, like the months and years."""
    months: tuple[Month, ...]
    years: tuple[Year, ...]


def above(topic: Topic, by_slug: Mapping[str, Topic]) -> Iterator[Topic]:
    """Yields the ancestors of a topic, nearest first. They have its items, so each of them is in ``by_slug``."""
    while topic.parent:
        topic = by_slug[topic.parent]
        yield topic


def newest_first(item: Item) -> tuple[float, int, str, str]:
    """Returns a sort key: newest first, then by quality, then by slug and identity."""
    return (-item.published_at.timestamp(), -item.quality, item.slug, item.identity)


def select(
    items: Iterable[Item], selection: Selection, locate: Callable[[Item], tuple[int, int]] = lambda _: (1, 1)
) -> Selected:
    """Selects the items of the site. Of several documents of one article, only the best is selected.

    ``locate`` returns the line and column of the address of an item's article.
    """
    left_out: Counter[str] = Counter()
    candidates: list[Item] = []
    removed: list[Item] = []
    since, until = -math.inf, math.inf
    now = selection.now.timestamp()
    for item in items:
        at = item.published_at.timestamp()
        is_future = at > now and not selection.with_future
        # Withdrawn items count, too, because they are in `removed` only after their time of publication.
        if is_future:
            until = min(until, at)
        elif at > since and not selection.with_future:
            since = at
        reason = reason_to_leave_out(item, selection, is_future=is_future)
        if not reason:
            candidates.append(item)
            continue
        left_out[reason] += 1
        # A draft or future item was never public, so its address must not be published, either.
        if reason == "removed":
            restored = msgspec.structs.replace(item, is_removed=False)
            if not reason_to_leave_out(restored, selection, is_future=is_future):
                removed.append(item)
    best, duplicates = _without_duplicates(candidates)
    left_out += Counter(duplicate=len(duplicates))
    return Selected(
        items=tuple(sorted(best, key=newest_first)),
        left_out=dict(sorted(left_out.items())),
        removed=tuple(removed),
        diagnostics=tuple(
            Diagnostic(
                path=item.path,
                line=line,
                column=column,
                code=Code.DUPLICATE_ITEM,
                severity=Severity.WARNING,
                message=f"is the same article as {winner.path}, which is used",
                remedy="remove one of the two documents",
            )
            for item, winner in duplicates
            for line, column in [locate(item)]
        ),
        since=since,
        until=until,
    )


def _without_duplicates(items: Sequence[Item]) -> tuple[Iterable[Item], list[tuple[Item, Item]]]:
    """Returns the best item of each article, and pairs of the other items and the item used instead.

    A copy of a document, by its name, is never better than the document.
    """
    if len({item.identity for item in items}) == len(items):
        return items, []
    names = {(item.identity, item.name) for item in items}

    def worst_last(item: Item) -> tuple[bool, int, dt.datetime, tuple[str, bool, str]]:
        is_copy = (item.identity, copies.original_of(item.name)) in names
        return is_copy, -item.quality, item.published_at, copies.order(item.name)

    best: dict[str, Item] = {}
    for item in sorted(items, key=worst_last):
        best.setdefault(item.identity, item)
    return best.values(), [(item, best[item.identity]) for item in items if best[item.identity] is not item]


def reason_to_leave_out(item: Item, selection: Selection, *, is_future: bool) -> str:
    """Returns why an item is not on the site, as a key of ``Selected.left_out``, or ``""`` if it may be."""
    if item.is_removed:
        return "removed"
    if item.is_draft and not selection.with_drafts:
        return "draft"
    if is_future:
        return "future"
    if not item.is_promoted and not selection.with_unpromoted:
        return "unpromoted"
    return ""


def group(items: Sequence[Item], taxonomy: Taxonomy | None = None) -> Collection:
    """Groups items that are sorted newest first and have their topics assigned."""
    days = tuple(
        Day(date=date, items=tuple(members))
        for date, members in sorted(_by(items, lambda item: item.published_at.date()).items())
    )
    months = tuple(
        Month(year=year, month=month, days=tuple(members))
        for (year, month), members in _by(days, lambda day: (day.date.year, day.date.month)).items()
    )
    years = tuple(
        Year(year=year, months=tuple(members)) for year, members in _by(months, lambda month: month.year).items()
    )
    topics, sources = _topics(items, taxonomy or Taxonomy()), _sources(items)
    return Collection(items=tuple(items), topics=topics, sources=sources, days=days, months=months, years=years)


def _by(values: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return groups


def _topics(items: Iterable[Item], taxonomy: Taxonomy) -> tuple[Topic, ...]:
    # By the slug of a curated topic, and by the key of any other.
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    members: defaultdict[str, list[Item]] = defaultdict(list)
    # Many items have the same topics, so the lists and counters to update are cached by the names of the topics.
    cached: dict[tuple[str, ...], tuple[list[list[Item]], list[tuple[Counter[str], str]]]] = {}
    for item in items:
        updates = cached.get(item.topics)
        if updates is None:
            keys: dict[str, None] = {}
            uncurated: list[tuple[Counter[str], str]] = []
            for name in item.topics:
                curated = taxonomy.named(name)
                if curated is None:
                    key = topic_key(name)
                    uncurated.append((spellings[key], name))
                    keys[key] = None
                else:
                    keys |= dict.fromkeys((curated.slug, *taxonomy.ancestors(curated.slug)))
            updates = cached[item.topics] = ([members[key] for key in keys], uncurated)
        lists, counters = updates
        for items_of_topic in lists:
            items_of_topic.append(item)
        for counter, name in counters:
            counter[name] += 1
    names_of = {key: most_common(names) for key, names in spellings.items()}
    slugs = _slugs(names_of, (topic.slug for topic in taxonomy.topics), members)
    topics = [Topic(name=name, slug=slugs[key], items=tuple(members[key])) for key, name in names_of.items()]
    topics += [
        Topic(
            name=curated.name,
            slug=curated.slug,
            items=tuple(members[curated.slug]),
            is_curated=True,
            description=curated.description,
            parent=curated.parent,
            colour=curated.colour,
        )
        for curated in taxonomy.topics
        if curated.slug in members
    ]
    return tuple(sorted(topics, key=lambda topic: (topic.name.casefold(), topic.slug)))


def _slugs(names: Mapping[str, str], taken: Iterable[str], members: Mapping[str, Sequence[Item]]) -> dict[str, str]:
    """Returns the slug of each topic that is not curated, by its key.

    If several have the same slug, the one with the earliest item keeps it, so that a new topic changes no address. The
    others have their key.
    """
    owners = dict.fromkeys(taken, "")
    for key in sorted(names, key=lambda key: (members[key][-1].published_at, key)):  # items are sorted newest first
        owners.setdefault(topic_slug(names[key]), key)
    return {key: slug if owners[slug := topic_slug(name)] == key else key for key, name in names.items()}


def _sources(items: Iterable[Item]) -> tuple[Source, ...]:
    members: defaultdict[str, list[Item]] = defaultdict(list)
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        members[item.provider.domain].append(item)
        names[item.provider.domain][item.provider.name] += 1
    sources = [
        Source(
            name=most_common(names[domain]),
            domain=domain,
            home=items_of_source[0].provider.homepage,
            items=tuple(items_of_source),
        )
        for domain, items_of_source in members.items()
    ]
    return tuple(sorted(sources, key=lambda source: (source.name.casefold(), source.domain)))


def most_common(spellings: Mapping[str, int]) -> str:
    """Returns the most common spelling, or the first of equally common ones."""
    return min(spellings, key=lambda name: (-spellings[name], name))
