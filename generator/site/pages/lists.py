"""The pages of topics and sources: their indexes, and their lists page by page."""

import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Collection, Topic, above
from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import Cards, lead, publisher_url, source_link, topic_link
from generator.site.charts import Months, by_month, chart
from generator.site.page import LazyView, Page
from generator.site.pages.feeds import formats, group_title
from generator.site.pagination import Slice, cut
from generator.site.views import CountedLink, Formats, Head, Index, Link, ListEntry, ListPage
from generator.util import dates, hashing


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A topic or source as its pages see it."""

    kind: Link
    name: str
    items: Sequence[Item]
    address: Callable[[int | None], Address]
    """Of the page with this number, of the newest page for None."""
    feeds: Formats
    home: Link | None = None
    parents: tuple[Link, ...] = ()
    description: str = ""
    below: tuple[CountedLink, ...] = ()


class _Planned(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A page of a list as far as it has to be known where it is not rendered."""

    number: int | None
    modified: str
    key: bytes


def list_pages(collection: Collection, settings: Settings, cards: Cards) -> Iterator[Page]:
    """The indexes of topics and sources and the pages of each."""
    words = cards.language
    below = _below(collection)
    yield _topics_index(collection, below, cards)
    yield _sources_index(collection, cards)
    by_slug = {topic.slug: topic for topic in collection.topics}
    listed = [
        _Listed(
            kind=Link(text=words.text("site.topics"), to=urls.TOPICS),
            name=topic.name,
            items=topic.items,
            address=functools.partial(urls.topic, topic.slug),
            parents=_parents(topic, by_slug),
            description=topic.description,
            below=tuple(map(topic_link, below.get(topic.slug, ()))),
            feeds=formats(group_title(topic.name, settings), urls.topic(topic.slug)),
        )
        for topic in collection.topics
    ] + [
        _Listed(
            kind=Link(text=words.text("site.sources"), to=urls.SOURCES),
            name=source.name,
            items=source.items,
            address=functools.partial(urls.source, source.domain),
            home=Link(text=source.domain, to=publisher_url(source.domain)),
            feeds=formats(group_title(source.name, settings), urls.source(source.domain)),
        )
        for source in collection.sources
    ]
    for one in listed:
        yield from _pages_of(one, settings.page_size, cards)


def _pages_of(listed: _Listed, size: int, cards: Cards) -> Iterator[Page]:
    """The pages of a topic or source; where nothing of it changed they are not planned again."""
    parts = functools.cache(lambda: cut(cards.by_story(listed.items), size))
    months = functools.cache(lambda: by_month(listed.items))
    about = (listed.kind, listed.name, listed.feeds, listed.home, listed.parents, listed.description, listed.below)
    address = listed.address(None)
    key = hashing.blake2_of_value(("list", address, about, size))
    planned = None if cards.is_touched(address) else cards.recall.known(key, list[_Planned])
    if planned is None:
        planned = [_planned(listed, part, months, cards) for part in parts()]
        cards.recall.remember(key, planned)
    for index, one in enumerate(planned):
        yield Page(
            address=listed.address(one.number),
            template="list.html",
            origin=f"{listed.kind.text.lower()}: {_title(listed, one.number, cards)}",
            modified=one.modified,
            view=LazyView(key=one.key, make=functools.partial(_list_view, listed, parts, months, index, cards)),
        )


def _planned(listed: _Listed, part: Slice[tuple[Item, ...]], months: Callable[[], Months], cards: Cards) -> _Planned:
    is_newest = part.number is None
    about = (listed.kind, listed.name, listed.feeds, listed.home, listed.parents, listed.description)
    of_newest = (len(listed.items), listed.below, sorted(months().items())) if is_newest else ()
    stories = ([len(items) for items in part.values], cards.keys(list(itertools.chain.from_iterable(part.values))))
    return _Planned(
        number=part.number,
        modified=dates.iso(max([items[-1].published_at for items in part.values])),
        key=hashing.blake2_of_value((about, of_newest, part.number, part.newer, part.older, stories)),
    )


def _title(listed: _Listed, number: int | None, cards: Cards) -> str:
    if number is None:
        return listed.name
    return cards.language.text("list.page_title", name=listed.name, number=number)


def _below(collection: Collection) -> Mapping[str, list[Topic]]:
    """The topics that are parts of each, by its slug, in the order of their names."""
    below: defaultdict[str, list[Topic]] = defaultdict(list)
    for topic in collection.topics:
        if topic.is_curated:
            below[topic.parent].append(topic)
    return below


def _parents(topic: Topic, by_slug: Mapping[str, Topic]) -> tuple[Link, ...]:
    """The ways to the topics that a topic is a part of, widest first."""
    widest_first = reversed(list(above(topic, by_slug)))
    return tuple(Link(text=one.name, to=urls.topic(one.slug)) for one in widest_first)


def _list_view(
    listed: _Listed,
    parts: Callable[[], Sequence[Slice[tuple[Item, ...]]]],
    months: Callable[[], Months],
    index: int,
    cards: Cards,
) -> ListPage:
    part = parts()[index]
    address = listed.address(part.number)
    is_newest = part.number is None
    words = cards.language
    title = _title(listed, part.number, cards)
    description = listed.description if is_newest else ""
    shown = cards.cards(map(lead, part.values))
    above = (listed.kind, *listed.parents)
    return ListPage(
        head=Head(
            title=title,
            description=description or words.text("list.about", name=title),
            address=address,
            trail=above if is_newest else (*above, Link(text=listed.name, to=listed.address(None))),
            feeds=listed.feeds,
            listed=shown,
        ),
        kind=listed.kind,
        parents=listed.parents,
        name=listed.name,
        description=description,
        home=listed.home,
        number=part.number,
        count=len(listed.items) if is_newest else None,
        below=listed.below if is_newest else (),
        chart=chart(months(), words) if is_newest else None,
        cards=shown,
        newer=None if is_newest else listed.address(part.newer),
        older=listed.address(part.older) if part.older else None,
    )


def _topics_index(collection: Collection, below: Mapping[str, Sequence[Topic]], cards: Cards) -> Page:
    words = cards.language
    others = tuple(_topic_entry(topic, {}, cards) for topic in collection.topics if not topic.is_curated)
    curated = tuple(_topic_entry(topic, below, cards) for topic in below.get("", ()))
    return Page(
        address=urls.TOPICS,
        template="index.html",
        origin="the list of topics",
        view=Index(
            head=Head(
                title=words.text("site.topics"), description=words.text("list.topics_about"), address=urls.TOPICS
            ),
            intro=words.text("count.topics", n=len(collection.topics)),
            entries=curated or others,
            others=others if curated else (),
        ),
    )


def _topic_entry(topic: Topic, below: Mapping[str, Sequence[Topic]], cards: Cards) -> ListEntry:
    return ListEntry(
        name=topic_link(topic),
        newest=cards.time(topic.items[0]),
        detail="",
        below=tuple(_topic_entry(child, below, cards) for child in below.get(topic.slug, ())),
    )


def _sources_index(collection: Collection, cards: Cards) -> Page:
    sources = [
        (source.name, source.domain, len(source.items), cards.key(source.items[0])) for source in collection.sources
    ]
    return Page(
        address=urls.SOURCES,
        template="index.html",
        origin="the list of sources",
        view=LazyView(key=hashing.blake2_of_value(sources), make=functools.partial(_sources_view, collection, cards)),
    )


def _sources_view(collection: Collection, cards: Cards) -> Index:
    words = cards.language
    return Index(
        head=Head(title=words.text("site.sources"), description=words.text("list.sources_about"), address=urls.SOURCES),
        intro=words.text("count.sources", n=len(collection.sources)),
        entries=tuple(
            ListEntry(name=source_link(source), newest=cards.time(source.items[0]), detail=source.domain)
            for source in collection.sources
        ),
    )
