"""The pages of topics and sources: their indexes, and their lists page by page."""

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from generator import dates, urls
from generator.cards import Cards, count_text, lead, publisher_url, source_link, time, topic_link
from generator.digest import Digest
from generator.model import Item
from generator.page import Page
from generator.paging import Slice, cut
from generator.settings import Settings
from generator.syndication import formats, group_title
from generator.urls import Address
from generator.views import Bar, Chart, Formats, Head, Index, Link, ListEntry, ListPage

_CHART_MONTHS = 36
_CHART_HEIGHT = 40
_BAR_DISTANCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A topic or source as its pages see it."""

    kind: Link
    name: str
    home: Link | None
    items: Sequence[Item]
    address: Callable[[int | None], Address]
    """Of the page with this number, of the newest page for None."""
    feeds: Formats


def list_pages(digest: Digest, settings: Settings, cards: Cards) -> Iterator[Page]:
    """The indexes of topics and sources and the pages of each."""
    yield _topics_index(digest)
    yield _sources_index(digest)
    listed = [
        _Listed(
            kind=Link(text="Topics", to=urls.TOPICS),
            name=topic.name,
            home=None,
            items=topic.items,
            address=functools.partial(urls.topic, topic.slug),
            feeds=formats(group_title(topic.name, settings), urls.topic(topic.slug)),
        )
        for topic in digest.topics
    ] + [
        _Listed(
            kind=Link(text="Sources", to=urls.SOURCES),
            name=source.name,
            home=Link(text=source.domain, to=publisher_url(source.domain)),
            items=source.items,
            address=functools.partial(urls.source, source.domain),
            feeds=formats(group_title(source.name, settings), urls.source(source.domain)),
        )
        for source in digest.sources
    ]
    for one in listed:
        for part in cut(cards.by_story(one.items), settings.page_size):
            yield _list_page(one, part, cards)


def _list_page(listed: _Listed, part: Slice[tuple[Item, ...]], cards: Cards) -> Page:
    address = listed.address(part.number)
    is_newest = part.number is None
    title = listed.name if is_newest else f"{listed.name}, page {part.number}"
    shown = cards.cards(map(lead, part.values))
    return Page(
        address=address,
        template="list.html",
        origin=f"{listed.kind.text.lower()}: {title}",
        view=ListPage(
            head=Head(
                title=title,
                description=f"News in this digest: {title}.",
                address=address,
                trail=(listed.kind,) if is_newest else (listed.kind, Link(text=listed.name, to=listed.address(None))),
                feeds=listed.feeds,
                listed=shown,
            ),
            kind=listed.kind,
            name=listed.name,
            home=listed.home,
            number=part.number,
            count=len(listed.items) if is_newest else None,
            chart=_chart(listed.items) if is_newest else None,
            cards=shown,
            newer=None if is_newest else listed.address(part.newer),
            older=listed.address(part.older) if part.older else None,
        ),
    )


def _chart(items: Sequence[Item]) -> Chart | None:
    """The months from the first item to the newest, at most 36; none where there is only one."""
    counts = Counter((item.published_at.year, item.published_at.month) for item in items)
    newest = max(counts)
    months = [newest]
    while months[-1] > min(counts) and len(months) < _CHART_MONTHS:
        year, number = months[-1]
        months.append((year, number - 1) if number > 1 else (year - 1, 12))
    if len(months) == 1:
        return None
    highest = max(counts[month] for month in months)
    bars = []
    for position, month in enumerate(reversed(months)):
        # Rounded up, so that one item among thousands still shows.
        height = -(-_CHART_HEIGHT * counts[month] // highest)
        bars.append(
            Bar(
                label=f"{dates.month_text(*month)}: {count_text(counts[month])}",
                count=counts[month],
                x=position * _BAR_DISTANCE,
                y=_CHART_HEIGHT - height,
                height=height,
            )
        )
    label = f"Items a month, {dates.month_text(*months[-1])} to {dates.month_text(*newest)}, {highest} at most"
    return Chart(label=label, width=len(bars) * _BAR_DISTANCE, bars=tuple(bars))


def _topics_index(digest: Digest) -> Page:
    return Page(
        address=urls.TOPICS,
        template="index.html",
        origin="the list of topics",
        view=Index(
            head=Head(title="Topics", description="All topics of this digest.", address=urls.TOPICS),
            intro=count_text(len(digest.topics), "topic"),
            entries=tuple(
                ListEntry(name=topic_link(topic), newest=time(topic.items[0]), detail="") for topic in digest.topics
            ),
        ),
    )


def _sources_index(digest: Digest) -> Page:
    return Page(
        address=urls.SOURCES,
        template="index.html",
        origin="the list of sources",
        view=Index(
            head=Head(title="Sources", description="All publishers in this digest.", address=urls.SOURCES),
            intro=count_text(len(digest.sources), "source"),
            entries=tuple(
                ListEntry(name=source_link(source), newest=time(source.items[0]), detail=source.domain)
                for source in digest.sources
            ),
        ),
    )
