"""Which pages there are and what each shows. Nothing is rendered here."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeVar

from generator import urls, weburls
from generator.calendars import calendar_pages
from generator.cards import (
    Cards,
    day_link,
    item_link,
    lead,
    pattern,
    picture,
    source_link,
    time,
    topic_link,
)
from generator.digest import Digest, Source, Topic, topic_slug
from generator.errors import Code, Problem
from generator.lists import list_pages
from generator.machines import machine_pages
from generator.model import Article, Item
from generator.page import Page, addresses
from generator.records import Search
from generator.search_page import search_page
from generator.settings import Settings
from generator.stories import Told, reports
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
_FRONT_WINDOW = 120
_FRONT_SECTIONS, _SECTION_CARDS = 4, 3
_FRONT_COVERED = 5
_FULL_MARKS = 160
_DAYS_A_POINT = 2.0
_SECONDS_A_DAY = 86_400
_STORY_SHOWN = 10
_RELATED_SHOWN = 6
_FRONT_DAYS, _FRONT_TOPICS, _FRONT_SOURCES = 7, 12, 10


def site(settings: Settings) -> Site:
    """What every page shows."""
    return Site(
        title=settings.title,
        description=settings.description,
        language=settings.language,
        front=urls.FRONT,
        topics=urls.TOPICS,
        archive=urls.ARCHIVE,
        sources=urls.SOURCES,
        about=urls.ABOUT,
        search=urls.SEARCH if settings.search else None,
        feed=urls.FEED,
    )


def plan(digest: Digest, told: Told, settings: Settings, search: Search | None = None) -> tuple[Page, ...]:
    """All pages of the site, in a fixed order; a search page where there is a search."""
    cards = Cards(digest.topics, told)
    return (
        _front_page(digest, settings, cards),
        *_item_pages(digest, told, cards),
        *list_pages(digest, settings, cards),
        *calendar_pages(digest, cards),
        Page(
            address=urls.ABOUT,
            template="about.html",
            origin="the about page",
            view=About(head=Head(title="About", description="What this digest is and is not.", address=urls.ABOUT)),
        ),
        Page(
            address=urls.NOT_FOUND,
            template="404.html",
            origin="the page for missing addresses",
            view=NotFound(
                head=Head(title="Page not found", description="There is no page here.", address=urls.NOT_FOUND),
                newest=tuple(Link(text=item.title, to=urls.item(item)) for item in digest.items[:5]),
            ),
        ),
        *((search_page(digest, search),) if search else ()),
        *machine_pages(digest, settings),
    )


def _front_page(digest: Digest, settings: Settings, cards: Cards) -> Page:
    window = cards.by_story(digest.items[:_FRONT_WINDOW])
    ranked = sorted(window, key=lambda items: _front_order(items, digest.items[0], cards))
    shown = [lead(items) for items in ranked[: _FRONT_CARDS + 1]]
    covered = sorted(window, key=lambda items: -cards.sources(items[0]))  # stable: the newest among equals
    return Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=Front(
            head=Head(title="", description=settings.description, address=urls.FRONT),
            lead=cards.card(shown[0]) if shown else None,
            cards=cards.cards(shown[1:]),
            sections=tuple(_front_sections(digest, window, shown, cards)),
            covered=tuple(
                CountedLink(text=lead(items).title, to=urls.item(lead(items)), count=cards.sources(items[0]))
                for items in covered[:_FRONT_COVERED]
                if cards.sources(items[0]) > 1
            ),
            days=tuple(map(day_link, digest.days[: -_FRONT_DAYS - 1 : -1])),
            topics=tuple(topic_link(topic) for topic in _busiest(digest.topics)[:_FRONT_TOPICS]),
            sources=tuple(source_link(source) for source in _busiest(digest.sources)[:_FRONT_SOURCES]),
        ),
    )


def _front_order(items: tuple[Item, ...], newest: Item, cards: Cards) -> tuple[float, str]:
    """Sorts the stories of the front page: by coverage, quality and heat, less for each day of age.

    The formula stands in ``docs/stories.md``. Age is counted from the newest item, not by the clock.
    """
    best = lead(items)
    last = max(item.published_at for item in items)
    age = (newest.published_at - last).total_seconds() / _SECONDS_A_DAY
    coverage = math.log2(1 + cards.sources(best))
    quality = min(max(item.quality for item in items), _FULL_MARKS) / _FULL_MARKS
    heat = min(max(best.heat, 0), _FULL_MARKS) / _FULL_MARKS
    return (age / _DAYS_A_POINT - coverage - quality - heat, best.identity)


def _front_sections(
    digest: Digest, window: Sequence[tuple[Item, ...]], shown: Sequence[Item], cards: Cards
) -> Iterator[Section]:
    """A few more of the newest stories for each of the topics that are busiest among them."""
    by_topic: dict[str, list[Item]] = {topic.slug: [] for topic in digest.topics}
    for best in map(lead, window):
        for slug in dict.fromkeys(map(topic_slug, best.topics)):
            by_topic[slug].append(best)
    names = {topic.slug: topic.name for topic in digest.topics}
    used = {item.identity for item in shown}
    made = 0
    for slug, leads in sorted(by_topic.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        fresh = [item for item in leads if item.identity not in used][:_SECTION_CARDS]
        if len(fresh) == _SECTION_CARDS and made < _FRONT_SECTIONS:
            made += 1
            used |= {item.identity for item in fresh}
            yield Section(heading=Link(text=names[slug], to=urls.topic(slug)), cards=cards.cards(fresh))


def _busiest(groups: Sequence[G]) -> Sequence[G]:
    return sorted(groups, key=lambda group: -len(group.items))  # stable: by name among equals


def _item_pages(digest: Digest, told: Told, cards: Cards) -> Iterator[Page]:
    items = {item.identity: item for item in digest.items}
    sources = {source.domain: source_link(source) for source in digest.sources}
    days = {day.date: day_link(day) for day in digest.days}
    newer_items, older_items = [None, *digest.items[:-1]], [*digest.items[1:], None]
    for item, newer, older in zip(digest.items, newer_items, older_items, strict=False):
        related = _related(item, told, items)
        archive = told.beside[item.identity].archive
        address = urls.item(item)
        topics = cards.topic_links(item)
        source = sources[item.provider.domain]
        day = days[item.published_at.date()]
        image = picture(item.image)
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
                    picture=image,
                    is_item=True,
                ),
                category=item.category,
                title=item.title,
                excerpt=item.excerpt,
                time=time(item),
                picture=image,
                pattern=pattern(item, topics),
                source=Link(text=item.provider.name, to=source.to),
                logo=picture(item.provider.logo),
                article=Link(text=_host(item), to=item.web_url),
                is_video=item.type == "video",
                video=Link(text=item.video.host, to=item.video.url) if item.video else None,
                topics=topics,
                body=item.body.html if item.body else "",
                body_links=tuple(Address(link.address) for link in item.body.links) if item.body else (),
                day=Link(text=day.text, to=day.to),
                sources=cards.sources(item),
                same_story=_sidebar(
                    [article for article in reports(item, told) if article is not item], _STORY_SHOWN, cards
                ),
                related=_sidebar(related, _RELATED_SHOWN, cards),
                archive=_sidebar([other for other in archive if other not in related], len(archive), cards),
                newer=item_link(newer),
                older=item_link(older),
            ),
        )


def _related(item: Item, told: Told, items: Mapping[str, Item]) -> list[Article]:
    """The articles on an item's subject that do not tell its story, those of this site as items."""
    entries = told.beside[item.identity].entries
    own = {article.identity for article in reports(item, told)}
    # An entry that reads like the story but is an item of another one is at least on its subject.
    others = [entry for entry in entries.same_story if entry.identity in items]
    return [items.get(entry.identity, entry) for entry in [*others, *entries.related] if entry.identity not in own]


def _sidebar(articles: Sequence[Article], shown: int, cards: Cards) -> Sidebar:
    return Sidebar(shown=cards.cards(articles[:shown]), folded=cards.cards(articles[shown:]))


def _host(item: Item) -> str:
    return weburls.host(item.web_url)


def without_collisions(items: Iterable[Item]) -> tuple[tuple[Item, ...], list[Problem]]:
    """Drops all but the first document, by name, of those that would have one address; their order stays."""
    items = tuple(items)
    owners: dict[Address, Item] = {}
    problems: list[Problem] = []
    for item in sorted(items, key=lambda item: item.name):
        address = urls.item(item)
        owner = owners.setdefault(address, item)
        if owner is not item:
            problems.append(_collision(item.path, address, owner.path))
    kept = {item.identity for item in owners.values()}
    return tuple(item for item in items if item.identity in kept), problems


def _collision(origin: str, address: Address, owner: str) -> Problem:
    return Problem(
        path=origin,
        code=Code.ADDRESS_COLLISION,
        message=f"has the address {address}, which {owner} has already",
        remedy="give one of the two a `slug:` of its own, or rename the file",
    )


def check(pages: Iterable[Page], fixed: Iterable[tuple[Address, str]]) -> tuple[Problem, ...]:
    """Finds addresses that two files claim, and links that lead nowhere.

    Args:
        pages: all pages.
        fixed: the address and origin of each file that is no page.
    """
    pages = tuple(pages)
    claims = [(page.address, page.origin) for page in pages]
    problems = _collisions([*claims, *fixed])
    known = {address for address, _ in claims} | {address for address, _ in fixed}
    seen: set[int] = set()
    for page in pages:
        # A broken link of a document's body is the document's; any other would be this program's.
        lines = {link.address: link.line for link in page.body_links}
        problems += [
            Problem(
                path=page.origin,
                line=lines.get(address, 1),
                code=Code.DEAD_LINK,
                message=f"links to {address}, which is no page of this site",
                remedy=f"write {address}/" if Address(f"{address}/") in known else "mend or remove the link",
            )
            for address in sorted(addresses(page.view, seen) - known)
        ]
    return tuple(problems)


def _collisions(claims: Iterable[tuple[Address, str]]) -> list[Problem]:
    problems: list[Problem] = []
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for address, origin in claims:
        path = urls.file_path(address)
        parents = [str(parent) for parent in PurePosixPath(path).parents][:-1]
        other = files.get(path) or folders.get(path) or next((files[name] for name in parents if name in files), None)
        if other is None:
            files[path] = origin
            folders.update(dict.fromkeys(parents, origin))
        else:
            problems.append(_collision(origin, address, other))
    return problems
