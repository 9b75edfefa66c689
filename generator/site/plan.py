"""Which pages there are and what each shows. Nothing is rendered here."""

import functools
from collections.abc import Iterator, Sequence
from typing import TypeVar

from generator.cache.memo import Recall
from generator.config import language_tags
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Collection, Source, Topic
from generator.content.model import Item
from generator.search.records import Search
from generator.site.cards import (
    Cards,
    item_link,
    lead,
    source_link,
    topic_link,
)
from generator.site.page import Block, LazyView, Page
from generator.site.pages.calendar import calendar_pages
from generator.site.pages.editions import edition_pages
from generator.site.pages.feeds import Feeds, feed_pages, formats
from generator.site.pages.item import item_pages
from generator.site.pages.lists import list_pages
from generator.site.pages.search import search_page
from generator.site.pages.sitemaps import machine_pages
from generator.site.views import (
    About,
    CountedLink,
    Front,
    Head,
    Link,
    NotFound,
    Section,
    Site,
)
from generator.stories.model import Clustering
from generator.util import hashing

G = TypeVar("G", Topic, Source)

_FRONT_CARDS = 8
_MISSING_NEWEST = 5
_FRONT_WINDOW = 120
_FRONT_SECTIONS, _SECTION_CARDS = 4, 3
_FRONT_COVERED = 5
_DAYS_A_POINT = 2.0
_SECONDS_A_DAY = 86_400
_FRONT_DAYS, _FRONT_TOPICS, _FRONT_SOURCES = 7, 12, 10


def site(settings: Settings, language: Language) -> Site:
    """What every page shows."""
    return Site(
        title=settings.title,
        description=settings.description,
        language=settings.language,
        direction=language.direction,
        zone=settings.timezone,
        locale=language_tags.open_graph(settings.language),
        front=urls.FRONT,
        topics=urls.TOPICS,
        archive=urls.ARCHIVE,
        editions=urls.EDITIONS,
        sources=urls.SOURCES,
        about=urls.ABOUT,
        search=urls.SEARCH if settings.search else None,
        feeds=formats(settings.title, urls.FRONT),
        manifest=urls.MANIFEST,
    )


def plan(
    collection: Collection,
    clustering: Clustering,
    settings: Settings,
    language: Language,
    search: Search | None,
    recall: Recall,
) -> tuple[tuple[Page, ...], tuple[Block, ...]]:
    """All pages of the site, in a fixed order; a search page where there is a search. Those that stand come in blocks.

    What a page shows is put together when it is rendered, but for pages that are small and few.

    Args:
        collection: the collection.
        clustering: its stories.
        settings: the site's settings.
        language: the site's language.
        search: what can be found, if there is a search.
        recall: what is known of the items, and of earlier builds.
    """
    cards = Cards(collection.topics, clustering, language, recall)
    feeds = Feeds(settings, recall)
    editions, edition_feed = edition_pages(collection, cards, feeds)
    lists = (
        *list_pages(collection, settings, cards),
        *editions,
        *((search_page(collection, search, language),) if search else ()),
    )
    of_items, blocks = item_pages(collection, clustering, cards)
    pages = (
        _front_page(collection, settings, cards),
        *of_items,
        *lists,
        *calendar_pages(collection, cards),
        _about_page(language),
        _missing_page(collection, language),
        *edition_feed,
        *feed_pages(collection, settings, feeds),
        *machine_pages(collection, settings, lists, recall),
    )
    return pages, blocks


def _about_page(language: Language) -> Page:
    return Page(
        address=urls.ABOUT,
        template="about.html",
        origin="the about page",
        view=About(
            head=Head(
                title=language.text("about.head"),
                description=language.text("about.description"),
                address=urls.ABOUT,
                kind="AboutPage",
            )
        ),
    )


def _missing_page(collection: Collection, language: Language) -> Page:
    return Page(
        address=urls.NOT_FOUND,
        template="404.html",
        origin="the page for missing addresses",
        view=NotFound(
            head=Head(
                title=language.text("missing.head"),
                description=language.text("missing.description"),
                address=urls.NOT_FOUND,
                kind="WebPage",
            ),
            newest=tuple(map(item_link, collection.items[:_MISSING_NEWEST])),
        ),
    )


def _front_page(collection: Collection, settings: Settings, cards: Cards) -> Page:
    newest = collection.items[:_FRONT_WINDOW]
    days = [(day.date.toordinal(), len(day.items)) for day in collection.days[-_FRONT_DAYS:]]
    topics = [(topic.name, topic.slug, topic.parent, topic.is_curated, len(topic.items)) for topic in collection.topics]
    sources = [(source.name, source.domain, len(source.items)) for source in collection.sources]
    return Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=LazyView(
            key=hashing.blake2_of_value((cards.keys(newest), days, topics, sources)),
            make=functools.partial(_front_view, collection, settings, cards),
        ),
    )


def _front_view(collection: Collection, settings: Settings, cards: Cards) -> Front:
    window = cards.by_story(collection.items[:_FRONT_WINDOW])
    ranked = sorted(window, key=lambda items: _front_order(items, collection.items[0], cards))
    shown = [lead(items) for items in ranked[: _FRONT_CARDS + 1]]
    covered = sorted(window, key=lambda items: -cards.sources(items[0]))  # stable: the newest among equals
    first = cards.cards(shown)
    sections = tuple(_front_sections(collection, window, shown, cards))
    return Front(
        head=Head(
            title="",
            description=settings.description or settings.title,
            address=urls.FRONT,
            listed=(*first, *(card for section in sections for card in section.cards)),
        ),
        lead=first[0] if first else None,
        cards=first[1:],
        sections=sections,
        covered=tuple(
            CountedLink(text=lead(items).title, to=urls.item(lead(items)), count=cards.sources(items[0]))
            for items in covered[:_FRONT_COVERED]
            if cards.sources(items[0]) > 1
        ),
        days=tuple(map(cards.day_link, collection.days[: -_FRONT_DAYS - 1 : -1])),
        topics=tuple(topic_link(topic) for topic in _front_topics(collection)[:_FRONT_TOPICS]),
        sources=tuple(source_link(source) for source in _busiest(collection.sources)[:_FRONT_SOURCES]),
    )


def _front_order(items: tuple[Item, ...], newest: Item, cards: Cards) -> tuple[float, str]:
    """Sorts the stories of the front page: by coverage, quality and heat, less for each day of age.

    The formula stands in ``docs/stories.md``. Age is counted from the newest item, not by the clock.
    """
    last = max(item.published_at for item in items)
    age = (newest.published_at - last).total_seconds() / _SECONDS_A_DAY
    return (age / _DAYS_A_POINT - cards.merit(items), lead(items).identity)


def _front_sections(
    collection: Collection, window: Sequence[tuple[Item, ...]], shown: Sequence[Item], cards: Cards
) -> Iterator[Section]:
    """A few more of the newest stories for each of the topics that are busiest among them."""
    newest = {best.identity: best for best in map(lead, window)}
    by_topic: list[tuple[Topic, list[Item]]] = []
    for topic in collection.topics:
        members = {item.identity for item in topic.items[:_FRONT_WINDOW]}  # all of them that are in the window
        by_topic.append((topic, [best for identity, best in newest.items() if identity in members]))
    used = {item.identity for item in shown}
    made = 0
    for topic, leads in sorted(by_topic, key=lambda entry: _section_order(entry[0], entry[1], len(newest))):
        fresh = [item for item in leads if item.identity not in used][:_SECTION_CARDS]
        if len(fresh) == _SECTION_CARDS and made < _FRONT_SECTIONS:
            made += 1
            used |= {item.identity for item in fresh}
            yield Section(heading=Link(text=topic.name, to=urls.topic(topic.slug)), cards=cards.cards(fresh))


def _section_order(topic: Topic, leads: Sequence[Item], stories: int) -> tuple[bool, bool, int, str]:
    """Sorts topics: curated ones first, but last of these one that most stories have and that so tells nothing."""
    is_common = topic.is_curated and len(leads) > stories / 2
    return (not topic.is_curated, is_common, -len(leads), topic.slug)


def _front_topics(collection: Collection) -> Sequence[Topic]:
    """The busiest topics, curated ones first."""
    return sorted(_busiest(collection.topics), key=lambda topic: not topic.is_curated)


def _busiest(groups: Sequence[G]) -> Sequence[G]:
    return sorted(groups, key=lambda group: -len(group.items))  # stable: by name among equals
