"""Counts what is on a site, and writes the numbers as text and as JSON. ``docs/checking.md`` describes both. Pure."""

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from generator.build.stories_only import ClusteredFolder
from generator.content.collection import Source, group, newest_first
from generator.content.model import Item
from generator.content.topics import CuratedTopic
from generator.stories.reports import coverage
from generator.util import dates
from generator.util.text import counted

_MOST_FREQUENT: Final = 10
_UNKNOWN: Final = "unknown"
_LABEL_WIDTH, _WIDTH = 18, 100
_MINUTES: Final = {"d": 24 * 60, "h": 60, "m": 1}


class KindCount(msgspec.Struct, frozen=True, kw_only=True):
    """The sources of a kind."""

    kind: str
    """Empty if it is unknown."""
    sources: int
    items: int


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a site."""

    now: dt.datetime
    """The time for which the items were selected."""
    read: int
    """Documents: ``read == rejected + items + sum(left_out.values())``."""
    rejected: int
    """Documents with errors."""
    left_out: Mapping[str, int]
    """The number of documents by reason, as in ``Selected``."""
    items: int
    stories: int
    stories_of_several_sources: int
    """As cards count sources: publishers of items and of related entries that report the story."""
    reports: int
    """Items, and related entries that report the story of an item."""
    kinds: tuple[KindCount, ...]
    """The known kinds that occur, those with the most items first."""
    unknown: KindCount
    """The sources whose kind is unknown."""
    most_frequent_unknown: tuple[Source, ...]
    """Up to ten sources whose kind is unknown, those with the most items first."""
    without_picture: int
    """The number of items without a picture that is large enough to be shown."""
    topics: int
    """The number of curated topics."""
    topics_without_items: tuple[CuratedTopic, ...]
    """The curated topics that no item has, neither directly nor by a subtopic, in the order of the file."""
    newest: Item | None
    """The newest item that is not published in the future."""

    @property
    def sources(self) -> int:
        """The number of sources of items."""
        return self.unknown.sources + sum(one.sources for one in self.kinds)

    @property
    def share_without_picture(self) -> float:
        """From 0 to 1; 0 if there are no items."""
        return self.without_picture / self.items if self.items else 0.0

    @property
    def age(self) -> dt.timedelta | None:
        """The age of the newest item, or None if there is none. Without a time of day, it counts from 00:00 UTC."""
        return self.now - self.newest.published_at if self.newest else None

    def is_fresh(self, max_age: dt.timedelta) -> bool:
        """Returns whether there is an item that is not older than ``max_age``."""
        return self.age is not None and self.age <= max_age


def count(folder: ClusteredFolder, now: dt.datetime) -> Stats:
    """Counts the items, stories, sources and topics of a folder of documents.

    Args:
        folder: the documents with their stories.
        now: the time for which the items were selected.
    """
    clustering = folder.clustering
    collection = group(sorted(clustering.items, key=newest_first), folder.topics)
    covered = [coverage(number, clustering) for number in range(len(clustering.stories))]
    with_items = {topic.slug for topic in collection.topics}
    unknown = [source for source in collection.sources if not _kind(source)]
    items = len(collection.items)
    return Stats(
        now=now,
        read=folder.read,
        rejected=folder.read - items - sum(folder.left_out.values()),
        left_out=folder.left_out,
        items=items,
        stories=len(covered),
        stories_of_several_sources=sum(len(story.sources) > 1 for story in covered),
        reports=sum(len(story.reports) for story in covered),
        kinds=_kinds(collection.sources),
        unknown=KindCount(kind="", sources=len(unknown), items=sum(len(source.items) for source in unknown)),
        # Sources are sorted by name, and the sort is stable.
        most_frequent_unknown=tuple(sorted(unknown, key=lambda source: -len(source.items))[:_MOST_FREQUENT]),
        without_picture=sum(item.image is None for item in collection.items),
        topics=len(folder.topics.topics),
        topics_without_items=tuple(topic for topic in folder.topics.topics if topic.slug not in with_items),
        newest=next((item for item in collection.items if item.published_at <= now), None),
    )


def as_json(stats: Stats) -> dict[str, Any]:
    """Returns the numbers for ``--format json``."""
    newest = stats.newest
    return {
        "now": dates.iso(stats.now),
        "documents": {
            "read": stats.read,
            "rejected": stats.rejected,
            "left_out": sum(stats.left_out.values()),
            "left_out_because": dict(stats.left_out),
        },
        "items": stats.items,
        "stories": stats.stories,
        "stories_of_several_sources": stats.stories_of_several_sources,
        "reports": stats.reports,
        "sources": stats.sources,
        "kinds": {one.kind: {"sources": one.sources, "items": one.items} for one in stats.kinds},
        "unknown_sources": {
            "sources": stats.unknown.sources,
            "items": stats.unknown.items,
            "most_frequent": [
                {"name": source.name, "domain": source.domain, "items": len(source.items)}
                for source in stats.most_frequent_unknown
            ],
        },
        "without_picture": {"items": stats.without_picture, "share": round(stats.share_without_picture, 3)},
        "topics": stats.topics,
        "topics_without_items": [{"slug": topic.slug, "name": topic.name} for topic in stats.topics_without_items],
        "newest": None
        if newest is None or stats.age is None
        else {
            "path": newest.path,
            "title": newest.title,
            "published": dates.iso(newest.published_at),
            "date_only": newest.is_date_only,
            "age_seconds": int(stats.age.total_seconds()),
        },
    }


def text_lines(stats: Stats) -> Iterator[str]:
    """Yields the lines for ``--format text``. They hold text of documents that is not escaped."""
    reasons = ", ".join(f"{number} {reason}" for reason, number in stats.left_out.items())
    yield _line(
        "documents",
        f"{stats.read} read, {stats.rejected} with errors, {sum(stats.left_out.values())} left out"
        + (f" ({reasons})" if reasons else ""),
    )
    yield _line("items", str(stats.items))
    yield _line("stories", f"{stats.stories}, {stats.stories_of_several_sources} of several sources")
    yield _line("reports", str(stats.reports))
    yield from _newest(stats)
    yield _line("no usable picture", f"{counted(stats.without_picture, 'item')} ({stats.share_without_picture:.0%})")
    yield _line("curated topics", f"{stats.topics}, {len(stats.topics_without_items)} without items")
    yield from _wrapped(topic.name for topic in stats.topics_without_items)
    yield _line("sources", str(stats.sources))
    for one in (*stats.kinds, stats.unknown):
        sources = counted(one.sources, "source")
        yield _line(f"  {one.kind or _UNKNOWN}", f"{sources:<13}{counted(one.items, 'item')}")
    if stats.most_frequent_unknown:
        yield "most frequent unknown sources"
    for source in stats.most_frequent_unknown:
        yield _line(f"  {counted(len(source.items), 'item')}", f"{source.name} ({source.domain})")


def duration(length: dt.timedelta) -> str:
    """Returns a length of time in its two largest units, rounded down: ``3d 4h``, ``12h``, ``5m``."""
    left = int(length.total_seconds()) // 60
    parts: list[tuple[int, str]] = []
    for unit, minutes in _MINUTES.items():
        number, left = divmod(left, minutes)
        parts.append((number, unit))
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number}{unit}" for number, unit in parts[first : first + 2] if number) or "0m"


def _kind(source: Source) -> str:
    """Returns the kind of a source, which follows from its domain and is the same for all of its items."""
    return source.items[0].provider.kind


def _kinds(sources: Iterable[Source]) -> tuple[KindCount, ...]:
    numbers: Counter[str] = Counter()
    items: Counter[str] = Counter()
    for source in sources:
        if kind := _kind(source):
            numbers[kind] += 1
            items[kind] += len(source.items)
    ordered = sorted(numbers, key=lambda kind: (-items[kind], kind))
    return tuple(KindCount(kind=kind, sources=numbers[kind], items=items[kind]) for kind in ordered)


def _newest(stats: Stats) -> Iterator[str]:
    if stats.newest is None or stats.age is None:
        yield _line("newest item", "none")
        return
    at = stats.newest.published_at
    time = at.date().isoformat() if stats.newest.is_date_only else f"{at:%Y-%m-%d %H:%M %Z}"
    yield _line("newest item", f"{time}, {duration(stats.age)} ago")
    yield _line("", stats.newest.title)
    yield _line("", stats.newest.path)


def _line(label: str, text: str) -> str:
    return f"{label:<{_LABEL_WIDTH}} {text}"


def _wrapped(names: Iterable[str]) -> list[str]:
    """Returns names as a list with commas, broken into indented lines."""
    return textwrap.wrap(", ".join(names), _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
