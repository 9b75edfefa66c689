"""Which pages there are and what each shows. Nothing is rendered here."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TypeVar

from generator import urls, weburls
from generator.calendars import calendar_pages
from generator.cards import (
    Cards,
    day_link,
    item_link,
    pattern,
    picture,
    source_link,
    time,
    topic_link,
)
from generator.digest import Digest, Source, Topic
from generator.errors import Code, Problem
from generator.lists import list_pages
from generator.machines import machine_pages
from generator.model import Article, Item
from generator.page import Page, addresses
from generator.related import SHOWN, sort_related
from generator.settings import Settings
from generator.text import shorten
from generator.urls import Address
from generator.views import (
    About,
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
        feed=urls.FEED,
    )


def plan(digest: Digest, settings: Settings) -> tuple[Page, ...]:
    """All pages of the site, in a fixed order."""
    cards = Cards(digest.topics)
    return (
        _front_page(digest, settings, cards),
        *_item_pages(digest, cards),
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
        *machine_pages(digest, settings),
    )


def _front_page(digest: Digest, settings: Settings, cards: Cards) -> Page:
    newest = digest.items[: _FRONT_CARDS + 1]
    lead = min(newest, key=_lead_order, default=None)
    others = [item for item in newest if item is not lead]
    return Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=Front(
            head=Head(title="", description=settings.description, address=urls.FRONT),
            lead=cards.card(lead) if lead else None,
            cards=cards.cards(others),
            sections=tuple(_front_sections(digest, newest, cards)),
            days=tuple(map(day_link, digest.days[: -_FRONT_DAYS - 1 : -1])),
            topics=tuple(topic_link(topic) for topic in _busiest(digest.topics)[:_FRONT_TOPICS]),
            sources=tuple(source_link(source) for source in _busiest(digest.sources)[:_FRONT_SOURCES]),
        ),
    )


def _lead_order(item: Item) -> tuple[bool, int, int, float, str]:
    """The most popular of the newest items leads, of equals one with a picture, then the better source."""
    return (item.image is None, -item.heat, -item.quality, -item.published_at.timestamp(), item.identity)


def _front_sections(digest: Digest, shown: Sequence[Item], cards: Cards) -> Iterator[Section]:
    """A few more of the newest items for each of the topics that are busiest among them."""
    window = digest.items[:_FRONT_WINDOW]
    used = {item.identity for item in shown}
    in_window = {item.identity for item in window}
    recent = [
        (topic, list(itertools.takewhile(lambda item: item.identity in in_window, topic.items)))
        for topic in digest.topics
    ]
    made = 0
    for topic, items in sorted(recent, key=lambda entry: (-len(entry[1]), entry[0].slug)):
        fresh = [item for item in items if item.identity not in used][:_SECTION_CARDS]
        if len(fresh) == _SECTION_CARDS and made < _FRONT_SECTIONS:
            made += 1
            used |= {item.identity for item in fresh}
            yield Section(heading=Link(text=topic.name, to=urls.topic(topic.slug)), cards=cards.cards(fresh))


def _busiest(groups: Sequence[G]) -> Sequence[G]:
    return sorted(groups, key=lambda group: -len(group.items))  # stable: by name among equals


def _item_pages(digest: Digest, cards: Cards) -> Iterator[Page]:
    items = {item.identity: item for item in digest.items}
    sources = {source.domain: source_link(source) for source in digest.sources}
    days = {day.date: day_link(day) for day in digest.days}
    newer_items, older_items = [None, *digest.items[:-1]], [*digest.items[1:], None]
    for item, newer, older in zip(digest.items, newer_items, older_items, strict=False):
        related = sort_related(item, items)
        here = _sidebar(related.here, SHOWN // 2, cards)
        on_the_web = _sidebar(related.on_the_web, SHOWN - len(here.shown), cards)
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
                related=on_the_web,
                archive=here,
                newer=item_link(newer),
                older=item_link(older),
            ),
        )


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
