"""The whole collection, in order and in groups: by topic, day, month, year and source. Pure.

Every order is total: where two items are equal in all that matters, their addresses' parts decide, so the same
documents always come out the same way.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from generator.content.model import Item
from generator.content.topics import Taxonomy
from generator.errors import Code, Diagnostic, Severity
from generator.util.text import topic_slug

K = TypeVar("K", bound=Hashable)


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of items are on the site."""

    now: dt.datetime
    """Later items are future ones."""
    with_drafts: bool = False
    with_future: bool = False
    with_unpromoted: bool = True
    """Items with ``published: false``."""


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """The items on the site, and why others are not."""

    items: tuple[Item, ...]
    """Newest first."""
    left_out: Mapping[str, int]
    """Numbers of items by reason: ``draft``, ``duplicate``, ``future``, ``removed``, ``unpromoted``."""
    removed: tuple[Item, ...]
    """What was on the site and was withdrawn."""
    diagnostics: tuple[Diagnostic, ...]
    since: float = -math.inf
    """Unix time: at every ``now`` from here on …"""
    until: float = math.inf
    """… and before this, the same items are left out for the same reasons."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that items name."""

    name: str
    """The curated one, else the most common spelling."""
    slug: str
    """The last part of its address. Spellings with one ``topic_slug`` are one topic."""
    items: tuple[Item, ...]
    """Of the topics below it, too."""
    is_curated: bool = False
    """It stands in ``topics.yaml``."""
    description: str = ""
    parent: str = ""
    """The slug of the topic above it, ``""`` where there is none."""
    colour: str = ""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher, identified by its domain."""

    name: str
    domain: str
    items: tuple[Item, ...]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day, in the site's time zone, that has news."""

    date: dt.date
    items: tuple[Item, ...]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month that has news."""

    year: int
    month: int
    days: tuple[Day, ...]
    """In the order of the calendar."""

    @property
    def count(self) -> int:
        """Number of items."""
        return sum(len(day.items) for day in self.days)


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """A year that has news."""

    year: int
    months: tuple[Month, ...]
    """In the order of the calendar."""

    @property
    def count(self) -> int:
        """Number of items."""
        return sum(month.count for month in self.months)


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """The collection in its groups. Items in a group stand newest first."""

    items: tuple[Item, ...]
    topics: tuple[Topic, ...]
    """By name."""
    sources: tuple[Source, ...]
    """By name."""
    days: tuple[Day, ...]
    """In the order of the calendar, as are months and years."""
    months: tuple[Month, ...]
    years: tuple[Year, ...]


def above(topic: Topic, by_slug: Mapping[str, Topic]) -> Iterator[Topic]:
    """The topics that a topic is a part of, nearest first; they have its items, so they are among those by slug."""
    while topic.parent:
        topic = by_slug[topic.parent]
        yield topic


def newest_first(item: Item) -> tuple[float, int, str, str]:
    """Sorts items: newest first, of one moment the better one, then by what makes the address."""
    return (-item.published_at.timestamp(), -item.quality, item.slug, item.identity)


def select(items: Iterable[Item], selection: Selection) -> Selected:
    """Leaves out what does not belong on the site, and all but the best of several documents of one article."""
    left_out: Counter[str] = Counter()
    kept: list[Item] = []
    removed: list[Item] = []
    since, until = -math.inf, math.inf
    now = selection.now.timestamp()
    for item in items:
        at = item.published_at.timestamp()
        is_future = at > now and not selection.with_future
        # What was withdrawn counts, too: it is gone only from its time on.
        if is_future:
            until = min(until, at)
        elif at > since and not selection.with_future:
            since = at
        reason = reason_to_leave_out(item, selection, is_future=is_future)
        if not reason:
            kept.append(item)
            continue
        left_out[reason] += 1
        # What never was to be seen is not told by its address, either.
        if reason == "removed":
            shown = msgspec.structs.replace(item, is_removed=False)
            if not reason_to_leave_out(shown, selection, is_future=is_future):
                removed.append(item)
    best, duplicates = _each_once(kept)
    if duplicates:
        left_out["duplicate"] += len(duplicates)
    return Selected(
        items=tuple(sorted(best, key=newest_first)),
        left_out=dict(sorted(left_out.items())),
        removed=tuple(removed),
        diagnostics=tuple(
            Diagnostic(
                path=item.path,
                code=Code.DUPLICATE_ITEM,
                severity=Severity.WARNING,
                message=f"is the same article as {winner.path}, which is used",
                remedy="remove one of the two documents",
            )
            for item, winner in duplicates
        ),
        since=since,
        until=until,
    )


def _each_once(items: Sequence[Item]) -> tuple[Iterable[Item], list[tuple[Item, Item]]]:
    """The best of the documents of each article, and the others, each with the one that is used instead of it."""
    if len({item.identity for item in items}) == len(items):
        return items, []
    best: dict[str, Item] = {}
    for item in sorted(items, key=lambda item: (-item.quality, item.published_at, item.name)):
        best.setdefault(item.identity, item)
    return best.values(), [(item, best[item.identity]) for item in items if best[item.identity] is not item]


def reason_to_leave_out(item: Item, selection: Selection, *, is_future: bool) -> str:
    """Why an item is not on the site, in a word as in ``Selected.left_out``; empty where it may be."""
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
    """Groups items that stand newest first and have been given their topics."""
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
    return Collection(
        items=tuple(items),
        topics=_topics(items, taxonomy or Taxonomy()),
        sources=_sources(items),
        days=days,
        months=months,
        years=years,
    )


T = TypeVar("T")


def _by(values: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return groups


def _topics(items: Iterable[Item], taxonomy: Taxonomy) -> tuple[Topic, ...]:
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    members: defaultdict[str, list[Item]] = defaultdict(list)
    # Many items name the same topics.
    alike: dict[tuple[str, ...], tuple[list[list[Item]], list[tuple[Counter[str], str]]]] = {}
    for item in items:
        found = alike.get(item.topics)
        if found is None:
            slugs: dict[str, None] = {}
            named: list[tuple[Counter[str], str]] = []
            for name in item.topics:
                curated = taxonomy.named(name)
                if curated is None:
                    slug = topic_slug(name)
                    named.append((spellings[slug], name))
                    slugs[slug] = None
                else:
                    slugs |= dict.fromkeys((curated.slug, *taxonomy.ancestors(curated.slug)))
            found = alike[item.topics] = ([members[slug] for slug in slugs], named)
        for listed in found[0]:
            listed.append(item)
        for spelled, name in found[1]:
            spelled[name] += 1
    topics = [
        Topic(name=_most_common(names), slug=slug, items=tuple(members[slug])) for slug, names in spellings.items()
    ]
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


def _sources(items: Iterable[Item]) -> tuple[Source, ...]:
    members: defaultdict[str, list[Item]] = defaultdict(list)
    names: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for item in items:
        provider = item.provider
        domain, name = provider.domain, provider.name
        members[domain].append(item)
        of_domain = names[domain]
        of_domain[name] = of_domain.get(name, 0) + 1
    sources = [
        Source(name=_most_common(names[domain]), domain=domain, items=tuple(found)) for domain, found in members.items()
    ]
    return tuple(sorted(sources, key=lambda source: (source.name.casefold(), source.domain)))


def _most_common(spellings: Mapping[str, int]) -> str:
    return min(spellings, key=lambda name: (-spellings[name], name))
