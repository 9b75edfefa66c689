"""Articles made ready to show: cards, times, pictures, links."""

import datetime as dt
import math
import zlib
from collections.abc import Iterable, Mapping

from generator.cache.document_keys import DocumentKeys
from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Day, Source, Topic
from generator.content.model import Article, Image, Item, normalized_score
from generator.content.topics import COLOURS
from generator.site.views import Card, CountedLink, Link, Picture, Publication, Time
from generator.stories.model import Clustering, lead_order, publishers_of_story
from generator.util import dates, hashing
from generator.util.text import shorten, topic_slug

_CARDS = 16_384
"""Kept at most."""
_SHAPES, _TURNS = 6, 4
_EXCERPT = 280
_TOPICS = 3
_ALSO = 3


class Cards:
    """Makes the cards of items, and the keys of everything that a page may show of them."""

    def __init__(
        self,
        topics: Iterable[Topic],
        clustering: Clustering,
        language: Language,
        documents: Mapping[str, DocumentKeys],
    ) -> None:
        """Prepares for a collection.

        Args:
            topics: of the collection.
            clustering: of its items.
            language: of the site.
            documents: the keys of the documents of all items, by name.
        """
        self.language = language
        self.documents = documents
        self._clustering = clustering
        self._publishers: dict[int, Mapping[str, str]] = {}
        # By what identifies a name: a curated topic's slug may be another than its name's.
        self._topics = {topic_slug(topic.name): topic for topic in topics}
        self._topic_links: dict[str, Link] = {}
        # By identity of the object: items live as long as the collection, and hashing one costs more than its card.
        self._cards: dict[int, Card] = {}
        self._keys: dict[int, bytes] = {}
        self._day_keys: dict[dt.date, bytes] = {}
        self._topics_keys: dict[tuple[str, ...], bytes] = {}
        self._story_keys: dict[int, bytes] = {}

    def card(self, article: Article) -> Card:
        """The card of an article: an item's leads to its page, another's to the web."""
        if not isinstance(article, Item):
            return self._make(article)  # of a list that is unpacked as long as it is asked for
        card = self._cards.get(id(article))
        if card is None:
            if len(self._cards) >= _CARDS:  # pages that stand together show the same items
                self._cards.clear()
            card = self._cards[id(article)] = self._make(article)
        return card

    def cards(self, articles: Iterable[Article]) -> tuple[Card, ...]:
        """The cards of articles, in their order."""
        return tuple(map(self.card, articles))

    def key(self, item: Item) -> bytes:
        """Returns the key of all that a page may show of an item: of its document, its topics, its story's publishers.

        The page of the item itself, and its entries beside it, have keys of their own.
        """
        key = self._keys.get(id(item))
        if key is None:
            key = self._keys[id(item)] = hashing.blake2_joined(
                self.documents[item.name].core + self._topics_key(item.topics) + self._story_key(item)
            )
        return key

    def keys(self, items: Iterable[Item]) -> bytes:
        """Returns the keys of items in their order, as one."""
        return b"".join(map(self.key, items))

    def day_key(self, day: Day) -> bytes:
        """Returns the key of all that a page may show of a day's items."""
        key = self._day_keys.get(day.date)
        if key is None:
            key = self._day_keys[day.date] = hashing.blake2_joined(self.keys(day.items))
        return key

    def _topics_key(self, names: tuple[str, ...]) -> bytes:
        """Returns the key of what topics are called and where they lead, which other items decide, too."""
        key = self._topics_keys.get(names)
        if key is None:
            topics = [self._topics[topic_slug(name)] for name in names]
            key = hashing.blake2_of_value([(topic.name, topic.slug, topic.colour) for topic in topics])
            self._topics_keys[names] = key
        return key

    def _story_key(self, item: Item) -> bytes:
        """Returns the key of what cards show of an item's story; empty where the item is its only report."""
        number = self._clustering.number(item.identity)
        key = self._story_keys.get(number)
        if key is None:
            members = self._clustering.stories.members(number)
            if len(members) == 1 and not self._clustering.assignments[members[0]].same_story:
                key = b""
            else:
                # The earliest item names a story; its id is a short hash, which another story may have.
                first = self._clustering.items[members[0]].identity
                key = hashing.blake2_of_value([first, *self._publishers_of(item).items()])
            self._story_keys[number] = key
        return key

    def by_story(self, items: Iterable[Item]) -> tuple[tuple[Item, ...], ...]:
        """Items, newest first, by story: the one first told last comes first, so that one which grows stays put."""
        numbers, places = self._clustering.numbers, self._clustering.places
        groups: dict[int, list[Item]] = {}
        for item in reversed(tuple(items)):
            groups.setdefault(numbers[places[item.identity]], []).append(item)
        return tuple(map(tuple, reversed(groups.values())))

    def sources(self, item: Item) -> int:
        """How many publishers tell an item's story."""
        return len(self._publishers_of(item))

    def _publishers_of(self, item: Item) -> Mapping[str, str]:
        """The publishers that tell an item's story, by domain, in the order of time."""
        number = self._clustering.number(item.identity)
        found = self._publishers.get(number)
        if found is None:
            found = self._publishers[number] = publishers_of_story(item, self._clustering)
        return found

    def topic_links(self, item: Item) -> tuple[Link, ...]:
        """The ways to an item's topics, each once."""
        return tuple(dict.fromkeys(map(self._topic_link, item.topics)))

    def _topic_link(self, name: str) -> Link:
        link = self._topic_links.get(name)
        if link is None:
            topic = self._topics[topic_slug(name)]
            link = self._topic_links[name] = Link(text=topic.name, to=urls.topic(topic.slug))
        return link

    def merit(self, items: Iterable[Item]) -> float:
        """How much a story of these items matters: by coverage, quality and heat (``docs/stories.md``)."""
        items = tuple(items)
        best = lead(items)
        quality = normalized_score(max(item.quality for item in items))
        return math.log2(1 + self.sources(best)) + quality + normalized_score(best.heat)

    def time(self, article: Article) -> Time:
        """The time of publication."""
        at = article.published_at
        if article.is_date_only:
            day = self.language.day(at.date())
            return Time(iso=iso_time(article), day=day, full=day)
        local = at.astimezone(self.language.zone)
        return Time(iso=iso_time(article), day=self.language.day(local.date()), full=self.language.moment(local))

    def day_link(self, day: Day) -> CountedLink:
        """The way to a day's page."""
        return CountedLink(text=self.language.long_day(day.date), to=urls.day(day.date), count=len(day.items))

    def month_link(self, date: dt.date) -> Link:
        """The way to a date's month."""
        return Link(text=self.language.month(date.year, date.month), to=urls.month(date.year, date.month))

    def trail(self, date: dt.date) -> tuple[Link, ...]:
        """The pages above a day's, from above."""
        return (archive_link(self.language), year_link(date.year), self.month_link(date))

    def pattern(self, article: Article) -> str:
        """The classes of the stand-in for a picture: a tint from the first topic, a shape from the identity.

        CRC-32 because it is the same everywhere, which Python's own ``hash`` is not.
        """
        name, colour = article.provider.domain, ""
        if isinstance(article, Item) and article.topics:
            topic = self._topics[topic_slug(article.topics[0])]
            name, colour = topic.name, topic.colour
        tint = COLOURS.index(colour) if colour else zlib.crc32(name.encode()) % len(COLOURS)
        turn, shape = divmod(zlib.crc32(article.identity.encode()) % (_SHAPES * _TURNS), _SHAPES)
        return f"tint-{tint} shape-{shape} turn-{turn}"

    def _make(self, article: Article) -> Card:
        to: urls.Address | str
        also: list[str] = []
        if isinstance(article, Item):
            topics, to, sources = self.topic_links(article), urls.item(article), self.sources(article)
            also = [name for domain, name in self._publishers_of(article).items() if domain != article.provider.domain]
        else:
            topics, to, sources = (), article.web_url, 0
        return Card(
            title=article.title,
            excerpt=shorten(article.excerpt, _EXCERPT),
            to=to,
            source=article.provider.name,
            time=self.time(article),
            picture=picture(article.image, article.title),
            pattern=self.pattern(article),
            topics=topics[:_TOPICS],
            is_video=article.type == "video",
            sources=sources,
            also=tuple(also[:_ALSO]),
        )


def iso_time(article: Article) -> str:
    """The time of publication for machines: the date alone where the time of day is unknown."""
    return article.published_at.date().isoformat() if article.is_date_only else dates.iso(article.published_at)


def lead(items: Iterable[Item]) -> Item:
    """The item that stands for others of its story."""
    return min(items, key=lead_order)


def picture(image: Image | None, title: str = "") -> Picture | None:
    """An image as templates show it; without its size unless both sides are known.

    A caption that only repeats the headline beside it is left out.
    """
    if image is None:
        return None
    has_size = image.width > 0 and image.height > 0
    return Picture(
        url=image.url,
        width=image.width if has_size else 0,
        height=image.height if has_size else 0,
        caption="" if image.caption == title else image.caption,
    )


def publication(item: Item) -> Publication:
    """An item's article as its page describes it to machines."""
    return Publication(
        headline=item.title,
        url=item.web_url,
        published=iso_time(item),
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


def item_link(item: Item) -> Link:
    """The way to an item's page."""
    return Link(text=item.title, to=urls.item(item))


def source_link(source: Source) -> CountedLink:
    """The way to a source's page."""
    return CountedLink(text=source.name, to=urls.source(source.domain), count=len(source.items))


def topic_link(topic: Topic) -> CountedLink:
    """The way to a topic's page."""
    return CountedLink(text=topic.name, to=urls.topic(topic.slug), count=len(topic.items))


def archive_link(words: Language) -> Link:
    """The way to the archive."""
    return Link(text=words.text("calendar.archive"), to=urls.ARCHIVE)


def year_link(number: int) -> Link:
    """The way to a year."""
    return Link(text=str(number), to=urls.year(number))
