"""Articles made ready to show: cards, times, pictures, links."""

import datetime as dt
import zlib
from collections.abc import Iterable

from generator import dates, urls
from generator.digest import Day, Source, Topic, topic_slug
from generator.model import Article, Image, Item
from generator.stories import Told, lead_order, reports
from generator.text import shorten
from generator.views import Card, CountedLink, Link, Picture, Publication, Time

_TINTS = 8
_SHAPES = 6
_EXCERPT = 280
_TOPICS = 3


class Cards:
    """Makes the card of each article once, however many pages show it."""

    def __init__(self, topics: Iterable[Topic], told: Told) -> None:
        self._told = told
        self._sources: dict[str, int] = {}
        self._topic_names = {topic.slug: topic.name for topic in topics}
        self._topic_links: dict[str, Link] = {}
        # By identity of the object: articles live as long as the digest, and hashing them costs more than a card.
        self._cards: dict[int, Card] = {}

    def card(self, article: Article) -> Card:
        """The card of an article: an item's leads to its page, another's to the web."""
        card = self._cards.get(id(article))
        if card is None:
            card = self._cards[id(article)] = self._make(article)
        return card

    def cards(self, articles: Iterable[Article]) -> tuple[Card, ...]:
        """The cards of articles, in their order."""
        return tuple(map(self.card, articles))

    def by_story(self, items: Iterable[Item]) -> tuple[tuple[Item, ...], ...]:
        """Items, newest first, by story: the one first told last comes first, so that one which grows stays put."""
        groups: dict[str, list[Item]] = {}
        for item in reversed(tuple(items)):
            groups.setdefault(self._told.by_item[item.identity].items[0].identity, []).append(item)
        return tuple(map(tuple, reversed(groups.values())))

    def sources(self, item: Item) -> int:
        """How many publishers tell an item's story."""
        # By the earliest item and not by the story's id, which is a short hash.
        key = self._told.by_item[item.identity].items[0].identity
        count = self._sources.get(key)
        if count is None:
            domains = {article.provider.domain for article in reports(item, self._told)}
            count = self._sources[key] = len(domains)
        return count

    def topic_links(self, item: Item) -> tuple[Link, ...]:
        """The ways to an item's topics, each once."""
        return tuple(dict.fromkeys(map(self._topic_link, item.topics)))

    def _topic_link(self, name: str) -> Link:
        link = self._topic_links.get(name)
        if link is None:
            slug = topic_slug(name)
            link = self._topic_links[name] = Link(text=self._topic_names[slug], to=urls.topic(slug))
        return link

    def _make(self, article: Article) -> Card:
        to: urls.Address | str
        if isinstance(article, Item):
            topics, to, sources = self.topic_links(article), urls.item(article), self.sources(article)
        else:
            topics, to, sources = (), article.web_url, 0
        return Card(
            title=article.title,
            excerpt=shorten(article.excerpt, _EXCERPT),
            to=to,
            source=article.provider.name,
            time=time(article),
            picture=picture(article.image),
            pattern=pattern(article, topics),
            topics=topics[:_TOPICS],
            is_video=article.type == "video",
            sources=sources,
        )


def lead(items: Iterable[Item]) -> Item:
    """The item that stands for others of its story."""
    return min(items, key=lead_order)


def pattern(article: Article, topics: tuple[Link, ...]) -> str:
    """The classes of the stand-in for a picture: a tint from the topic, a shape from the identity.

    CRC-32 because it is the same everywhere, which Python's own ``hash`` is not.
    """
    tint = zlib.crc32((topics[0].text if topics else article.provider.domain).encode()) % _TINTS
    shape = zlib.crc32(article.identity.encode()) % _SHAPES
    return f"tint-{tint} shape-{shape}"


def time(article: Article) -> Time:
    """The time of publication."""
    at = article.published_at
    day = dates.day_text(at.date())
    if article.is_date_only:
        return Time(iso=at.date().isoformat(), day=day, full=day)
    return Time(iso=dates.iso(at), day=day, full=f"{day}, {at.hour:02}:{at.minute:02} UTC")


def picture(image: Image | None) -> Picture | None:
    """An image as templates show it; without its size unless both sides are known."""
    if image is None:
        return None
    has_size = image.width > 0 and image.height > 0
    return Picture(
        url=image.url,
        width=image.width if has_size else 0,
        height=image.height if has_size else 0,
        caption=image.caption,
    )


def publication(item: Item) -> Publication:
    """An item's article as its page describes it to machines."""
    return Publication(
        headline=item.title,
        url=item.web_url,
        published=time(item).iso,
        section=item.category,
        topics=item.topics,
        publisher=item.provider.name,
        publisher_url=publisher_url(item.provider.domain),
        logo=picture(item.provider.logo),
        is_video=item.type == "video",
    )


def publisher_url(domain: str) -> str:
    """The publisher's own site."""
    return f"https://{domain}/"


def item_link(item: Item | None) -> Link | None:
    """The way to an item's page."""
    return Link(text=item.title, to=urls.item(item)) if item else None


def source_link(source: Source) -> CountedLink:
    """The way to a source's page."""
    return CountedLink(text=source.name, to=urls.source(source.domain), count=len(source.items))


def topic_link(topic: Topic) -> CountedLink:
    """The way to a topic's page."""
    return CountedLink(text=topic.name, to=urls.topic(topic.slug), count=len(topic.items))


def day_link(day: Day) -> CountedLink:
    """The way to a day's page."""
    return CountedLink(text=dates.long_day_text(day.date), to=urls.day(day.date), count=len(day.items))


def count_text(count: int, noun: str = "item") -> str:
    """``1 item``, ``2 items``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def month_link(date: dt.date) -> Link:
    """The way to a date's month."""
    return Link(text=dates.month_text(date.year, date.month), to=urls.month(date.year, date.month))


def year_link(number: int) -> Link:
    """The way to a year."""
    return Link(text=str(number), to=urls.year(number))


def archive_link() -> Link:
    """The way to the archive."""
    return Link(text="Archive", to=urls.ARCHIVE)


def trail(date: dt.date) -> tuple[Link, ...]:
    """The pages above a day's, from above."""
    return (archive_link(), year_link(date.year), month_link(date))
