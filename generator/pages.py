"""Which pages there are and what each shows. Nothing is rendered here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from generator import language_tags, urls, weburls
from generator.calendars import calendar_pages
from generator.cards import (
    Cards,
    item_link,
    lead,
    picture,
    publication,
    source_link,
    topic_link,
)
from generator.digest import Digest, Source, Topic
from generator.editions import edition_pages
from generator.language import Language
from generator.lists import list_pages
from generator.machines import machine_pages
from generator.model import Article, Item
from generator.page import Page
from generator.paging import with_neighbours
from generator.records import Search
from generator.search_page import search_page
from generator.settings import Settings
from generator.stories import Told, reports
from generator.syndication import Feeds, feed_pages, formats
from generator.text import shorten
from generator.urls import Address
from generator.views import (
    About,
    CountedLink,
    Front,
    Head,
    ItemPage,
    Link,
    NotFound,
    Section,
    Sidebar,
    Site,
)

G = TypeVar("G", Topic, Source)

_DESCRIPTION = 200
_FRONT_CARDS = 8
_MISSING_NEWEST = 5
_FRONT_WINDOW = 120
_FRONT_SECTIONS, _SECTION_CARDS = 4, 3
_FRONT_COVERED = 5
_DAYS_A_POINT = 2.0
_SECONDS_A_DAY = 86_400
_STORY_SHOWN = 10
_RELATED_SHOWN = 6
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
    digest: Digest, told: Told, settings: Settings, language: Language, search: Search | None = None
) -> tuple[Page, ...]:
    """All pages of the site, in a fixed order; a search page where there is a search."""
    cards = Cards(digest.topics, told, language)
    feeds = Feeds(settings)
    editions, edition_feed = edition_pages(digest, cards, feeds)
    lists = (
        *list_pages(digest, settings, cards),
        *editions,
        *((search_page(digest, search, language),) if search else ()),
    )
    return (
        _front_page(digest, settings, cards),
        *_item_pages(digest, told, cards),
        *lists,
        *calendar_pages(digest, cards),
        Page(
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
        ),
        Page(
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
                newest=tuple(map(item_link, digest.items[:_MISSING_NEWEST])),
            ),
        ),
        *edition_feed,
        *feed_pages(digest, settings, feeds),
        *machine_pages(digest, settings, lists),
    )


def _front_page(digest: Digest, settings: Settings, cards: Cards) -> Page:
    window = cards.by_story(digest.items[:_FRONT_WINDOW])
    ranked = sorted(window, key=lambda items: _front_order(items, digest.items[0], cards))
    shown = [lead(items) for items in ranked[: _FRONT_CARDS + 1]]
    covered = sorted(window, key=lambda items: -cards.sources(items[0]))  # stable: the newest among equals
    first = cards.cards(shown)
    sections = tuple(_front_sections(digest, window, shown, cards))
    return Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=Front(
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
            days=tuple(map(cards.day_link, digest.days[: -_FRONT_DAYS - 1 : -1])),
            topics=tuple(topic_link(topic) for topic in _front_topics(digest)[:_FRONT_TOPICS]),
            sources=tuple(source_link(source) for source in _busiest(digest.sources)[:_FRONT_SOURCES]),
        ),
    )


def _front_order(items: tuple[Item, ...], newest: Item, cards: Cards) -> tuple[float, str]:
    """Sorts the stories of the front page: by coverage, quality and heat, less for each day of age.

    The formula stands in ``docs/stories.md``. Age is counted from the newest item, not by the clock.
    """
    last = max(item.published_at for item in items)
    age = (newest.published_at - last).total_seconds() / _SECONDS_A_DAY
    return (age / _DAYS_A_POINT - cards.merit(items), lead(items).identity)


def _front_sections(
    digest: Digest, window: Sequence[tuple[Item, ...]], shown: Sequence[Item], cards: Cards
) -> Iterator[Section]:
    """A few more of the newest stories for each of the topics that are busiest among them."""
    newest = {best.identity: best for best in map(lead, window)}
    by_topic: list[tuple[Topic, list[Item]]] = []
    for topic in digest.topics:
        members = {item.identity for item in topic.items}
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


def _front_topics(digest: Digest) -> Sequence[Topic]:
    """The busiest topics, curated ones first."""
    return sorted(_busiest(digest.topics), key=lambda topic: not topic.is_curated)


def _busiest(groups: Sequence[G]) -> Sequence[G]:
    return sorted(groups, key=lambda group: -len(group.items))  # stable: by name among equals


def _item_pages(digest: Digest, told: Told, cards: Cards) -> Iterator[Page]:
    items = {item.identity: item for item in digest.items}
    sources = {source.domain: source_link(source) for source in digest.sources}
    days = {day.date: cards.day_link(day) for day in digest.days}
    trails = {day.date: cards.trail(day.date) for day in digest.days}
    for newer, item, older in with_neighbours(digest.items):
        related = _related(item, told, items)
        archive = told.beside(item).archive
        address = urls.item(item)
        source = sources[item.provider.domain]
        day = days[item.published_at.date()]
        image = picture(item.image, item.title)
        yield Page(
            address=address,
            template="item.html",
            origin=item.path,
            body_links=item.body.links if item.body else (),
            view=ItemPage(
                head=Head(
                    title=item.title,
                    description=shorten(item.excerpt, _DESCRIPTION) or item.title,
                    address=address,
                    kind="WebPage",
                    trail=(*trails[item.published_at.date()], Link(text=day.text, to=day.to)),
                    picture=image,
                    article=publication(item),
                ),
                category=item.category or cards.language.text("item.category"),
                title=item.title,
                excerpt=item.excerpt,
                time=cards.time(item),
                picture=image,
                pattern=cards.pattern(item),
                source=Link(text=item.provider.name, to=source.to),
                logo=picture(item.provider.logo),
                article=Link(text=weburls.host(item.web_url), to=item.web_url),
                is_video=item.type == "video",
                video=Link(text=item.video.host, to=item.video.url) if item.video else None,
                topics=cards.topic_links(item),
                body=item.body.html if item.body else "",
                body_links=tuple(Address(link.address) for link in item.body.links) if item.body else (),
                day=Link(text=day.text, to=day.to),
                sources=cards.sources(item),
                same_story=_sidebar(
                    [article for article in reports(item, told) if article is not item], _STORY_SHOWN, cards
                ),
                related=_sidebar(related, _RELATED_SHOWN, cards),
                archive=_sidebar([other for other in archive if other not in related], len(archive), cards),
                newer=item_link(newer) if newer else None,
                older=item_link(older) if older else None,
            ),
        )


def _related(item: Item, told: Told, items: Mapping[str, Item]) -> list[Article]:
    """The articles on an item's subject that do not tell its story, those of this site as items."""
    entries = told.beside(item).entries
    own = {article.identity for article in reports(item, told)}
    # An entry that reads like the story but is an item of another one is at least on its subject.
    others = [entry for entry in entries.same_story if entry.identity in items]
    found: dict[str, Article] = {}
    for entry in [*others, *entries.related]:
        if entry.identity not in own:
            # Of several items that tell one story the first stands for all.
            story = told.by_item[entry.identity].items[0].identity if entry.identity in items else entry.identity
            found.setdefault(story, items.get(entry.identity, entry))
    return list(found.values())


def _sidebar(articles: Sequence[Article], shown: int, cards: Cards) -> Sidebar:
    return Sidebar(shown=cards.cards(articles[:shown]), folded=cards.cards(articles[shown:]))
