"""Converts articles to the parts of views: cards, times, pictures and links."""

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

_MAX_CACHED_CARDS = 16_384
_SHAPES, _TURNS = 6, 4
_EXCERPT_LENGTH = 280
_MAX_TOPICS = 3
_MAX_OTHER_PUBLISHERS = 3


class Cards:
    """Creates the cards of items, and computes the keys of everything that pages show of items."""

    def __init__(
        self,
        topics: Iterable[Topic],
        clustering: Clustering,
        language: Language,
        document_keys: Mapping[str, DocumentKeys],
    ) -> None:
        self.language = language
        self.document_keys = document_keys
        self._clustering = clustering
        self._publishers: dict[int, Mapping[str, str]] = {}
        # By the slug of the name, because a curated topic may have a different slug.
        self._topics = {topic_slug(topic.name): topic for topic in topics}
        self._topic_links: dict[str, Link] = {}
        # By the id of the object, because hashing an item takes longer than creating its card. The collection keeps all
        # items alive, so no id is used twice.
        self._cards: dict[int, Card] = {}
        self._keys: dict[int, bytes] = {}
        self._day_keys: dict[dt.date, bytes] = {}
        self._topics_keys: dict[tuple[str, ...], bytes] = {}
        self._story_keys: dict[int, bytes] = {}

    def card(self, article: Article) -> Card:
        """Returns the card of an article. It links to the page of an item, and to the web for any other article."""
        if not isinstance(article, Item):
            return self._create(article)  # not cached, because such an article may be deleted and its id used again
        card = self._cards.get(id(article))
        if card is None:
            if len(self._cards) >= _MAX_CACHED_CARDS:  # consecutive pages show the same items
                self._cards.clear()
            card = self._cards[id(article)] = self._create(article)
        return card

    def cards(self, articles: Iterable[Article]) -> tuple[Card, ...]:
        """Returns the cards of articles, in the same order."""
        return tuple(map(self.card, articles))

    def key(self, item: Item) -> bytes:
        """Returns the key of an item: of its document, its topics, and the publishers of its story.

        It covers everything that pages show of the item, except for the body, the story and the related articles, which
        only the page of the item shows.
        """
        key = self._keys.get(id(item))
        if key is None:
            key = self._keys[id(item)] = hashing.blake2_joined(
                self.document_keys[item.name].core + self._topics_key(item.topics) + self._story_key(item)
            )
        return key

    def keys(self, items: Iterable[Item]) -> bytes:
        """Returns the joined keys of items, in the same order."""
        return b"".join(map(self.key, items))

    def day_key(self, day: Day) -> bytes:
        """Returns the key of the items of a day."""
        key = self._day_keys.get(day.date)
        if key is None:
            key = self._day_keys[day.date] = hashing.blake2_joined(self.keys(day.items))
        return key

    def _topics_key(self, names: tuple[str, ...]) -> bytes:
        """Returns the key of the names, slugs and colours of topics, which depend on other items too."""
        key = self._topics_keys.get(names)
        if key is None:
            topics = [self._topics[topic_slug(name)] for name in names]
            key = hashing.blake2_of_value([(topic.name, topic.slug, topic.colour) for topic in topics])
            self._topics_keys[names] = key
        return key

    def _story_key(self, item: Item) -> bytes:
        """Returns the key of the publishers of an item's story; empty if the item is its only report."""
        number = self._clustering.number(item.identity)
        key = self._story_keys.get(number)
        if key is None:
            members = self._clustering.stories.members(number)
            if len(members) == 1 and not self._clustering.assignments[members[0]].same_story:
                key = b""
            else:
                # The earliest item identifies the story. The id of the story is a short hash, so it may not be unique.
                first = self._clustering.items[members[0]].identity
                key = hashing.blake2_of_value([first, *self._publishers_of(item).items()])
            self._story_keys[number] = key
        return key

    def by_story(self, items: Iterable[Item]) -> tuple[tuple[Item, ...], ...]:
        """Groups items, newest first, by story.

        The stories are sorted by their earliest item, newest first, so a story keeps its position when an item joins.
        """
        numbers, places = self._clustering.numbers, self._clustering.places
        groups: dict[int, list[Item]] = {}
        for item in reversed(tuple(items)):
            groups.setdefault(numbers[places[item.identity]], []).append(item)
        return tuple(map(tuple, reversed(groups.values())))

    def publisher_count(self, item: Item) -> int:
        """Returns the number of publishers that report an item's story."""
        return len(self._publishers_of(item))

    def _publishers_of(self, item: Item) -> Mapping[str, str]:
        """Returns the names of the publishers that report an item's story, by domain, in the order of time."""
        number = self._clustering.number(item.identity)
        publishers = self._publishers.get(number)
        if publishers is None:
            publishers = self._publishers[number] = publishers_of_story(item, self._clustering)
        return publishers

    def topic_links(self, item: Item) -> tuple[Link, ...]:
        """Returns the links to an item's topics, without duplicates."""
        return tuple(dict.fromkeys(map(self._topic_link, item.topics)))

    def _topic_link(self, name: str) -> Link:
        link = self._topic_links.get(name)
        if link is None:
            topic = self._topics[topic_slug(name)]
            link = self._topic_links[name] = Link(text=topic.name, to=urls.topic(topic.slug))
        return link

    def rank_score(self, items: Iterable[Item]) -> float:
        """Returns the score of a story with these items: coverage, quality and heat (``docs/stories.md``)."""
        items = tuple(items)
        best = lead(items)
        quality = normalized_score(max(item.quality for item in items))
        return math.log2(1 + self.publisher_count(best)) + quality + normalized_score(best.heat)

    def time(self, article: Article) -> Time:
        """Returns the time of publication in the time zone of the site."""
        at = article.published_at
        if article.is_date_only:
            day = self.language.day(at.date())
            return Time(iso=iso_time(article), day=day, full=day)
        local = at.astimezone(self.language.zone)
        return Time(iso=iso_time(article), day=self.language.day(local.date()), full=self.language.moment(local))

    def day_link(self, day: Day) -> CountedLink:
        """Returns the link to the page of a day."""
        return CountedLink(text=self.language.long_day(day.date), to=urls.day(day.date), count=len(day.items))

    def month_link(self, date: dt.date) -> Link:
        """Returns the link to the month of a date."""
        return Link(text=self.language.month(date.year, date.month), to=urls.month(date.year, date.month))

    def trail(self, date: dt.date) -> tuple[Link, ...]:
        """Returns the links to the archive, the year and the month of a date."""
        return (archive_link(self.language), year_link(date.year), self.month_link(date))

    def pattern(self, article: Article) -> str:
        """Returns the CSS classes of the pattern that replaces a missing picture.

        The first topic or the publisher determines the tint, the identity of the article the shape and its rotation.
        """
        name, colour = article.provider.domain, ""
        if isinstance(article, Item) and article.topics:
            topic = self._topics[topic_slug(article.topics[0])]
            name, colour = topic.name, topic.colour
        # CRC-32, because Python's own hash of a string differs from process to process.
        tint = COLOURS.index(colour) if colour else zlib.crc32(name.encode()) % len(COLOURS)
        turn, shape = divmod(zlib.crc32(article.identity.encode()) % (_SHAPES * _TURNS), _SHAPES)
        return f"tint-{tint} shape-{shape} turn-{turn}"

    def _create(self, article: Article) -> Card:
        to: urls.Address | str
        others: list[str] = []
        if isinstance(article, Item):
            topics, to, sources = self.topic_links(article), urls.item(article), self.publisher_count(article)
            others = [
                name for domain, name in self._publishers_of(article).items() if domain != article.provider.domain
            ]
        else:
            topics, to, sources = (), article.web_url, 0
        return Card(
            title=article.title,
            excerpt=shorten(article.excerpt, _EXCERPT_LENGTH),
            to=to,
            source=article.provider.name,
            time=self.time(article),
            picture=picture(article.image, article.title),
            pattern=self.pattern(article),
            topics=topics[:_MAX_TOPICS],
            is_video=article.type == "video",
            sources=sources,
            also=tuple(others[:_MAX_OTHER_PUBLISHERS]),
        )


def iso_time(article: Article) -> str:
    """Returns the time of publication in ISO 8601; only the date if the time of day is unknown."""
    return article.published_at.date().isoformat() if article.is_date_only else dates.iso(article.published_at)


def lead(items: Iterable[Item]) -> Item:
    """Returns the item that represents a story with these items."""
    return min(items, key=lead_order)


def picture(image: Image | None, title: str = "") -> Picture | None:
    """Converts an image to a picture. A size needs both sides, and a caption must differ from the title beside it."""
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
    """Converts an item to the article that its page describes in JSON-LD."""
    return Publication(
        headline=item.title,
        url=item.web_url,
        published=iso_time(item),
        section=item.category,
        topics=item.topics,
        publisher=item.provider.name,
        publisher_url=item.provider.homepage,
        logo=picture(item.provider.logo),
        is_video=item.type == "video",
    )


def item_link(item: Item) -> Link:
    """Returns the link to the page of an item."""
    return Link(text=item.title, to=urls.item(item))


def source_link(source: Source) -> CountedLink:
    """Returns the link to the page of a source."""
    return CountedLink(text=source.name, to=urls.source(source.domain), count=len(source.items))


def topic_link(topic: Topic) -> CountedLink:
    """Returns the link to the page of a topic."""
    return CountedLink(text=topic.name, to=urls.topic(topic.slug), count=len(topic.items))


def archive_link(language: Language) -> Link:
    """Returns the link to the archive."""
    return Link(text=language.text("calendar.archive"), to=urls.ARCHIVE)


def year_link(number: int) -> Link:
    """Returns the link to the page of a year."""
    return Link(text=str(number), to=urls.year(number))
