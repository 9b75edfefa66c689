"""Converts stories and articles to the parts of views: cards, times, pictures and links."""

import datetime as dt
import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from generator.cache.document_keys import DocumentKeys
from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection, Day
from generator.content.model import Article, Image, Item, normalized_score
from generator.content.summaries import summary
from generator.content.topics import COLOURS
from generator.site import views
from generator.site.views import Card, CountedLink, Kind, Link, Picture, Publication, Time
from generator.stories.model import Clustering
from generator.stories.reports import Coverage, coverage, entries_of
from generator.util import dates, hashing
from generator.util.text import topic_key

_MAX_CACHED_CARDS = 16_384
_MAX_CACHED_STORIES = 8_192
_SUMMARY_LENGTH = 280
_MAX_TOPICS = 3
_MAX_OTHER_PUBLISHERS = 3
_CAUTION = frozenset({"release", "market", "preprint", "company"})
_RESPONDS = "responds"


class StoryItems(msgspec.Struct, frozen=True):
    """The items of a story that belong to a list, such as those of a day."""

    number: int
    """The number of the story."""
    items: tuple[Item, ...]
    """In the order of time."""


class Cards:
    """Creates the cards of stories, and computes the keys of everything that pages show of stories."""

    def __init__(
        self,
        collection: Collection,
        clustering: Clustering,
        language: Language,
        document_keys: Mapping[str, DocumentKeys],
    ) -> None:
        self.language = language
        self.document_keys = document_keys
        self.clustering = clustering
        # By the key of the name, because a curated topic may have a slug of its own.
        self._topics = {topic_key(topic.name): topic for topic in collection.topics}
        self._common = {topic.slug for topic in collection.topics if 2 * len(topic.items) > len(collection.items)}
        self._year = collection.items[0].published_at.year if collection.items else 0
        self._topic_links: dict[str, Link] = {}
        self._cards: dict[tuple[int, str], Card] = {}
        self._story_keys: dict[int, bytes] = {}
        self._own_keys: dict[int, bytes] = {}
        self._day_keys: dict[dt.date, bytes] = {}
        self._topics_keys: dict[tuple[str, ...], bytes] = {}
        self._responses: dict[int, list[int]] = {}
        for number, relations in clustering.relations.items():
            for kind, other in relations:
                if kind == _RESPONDS:
                    self._responses.setdefault(other, []).append(number)
        self.coverage = functools.lru_cache(maxsize=_MAX_CACHED_STORIES)(self._coverage)
        """Returns the reports of the story with a number."""
        self.story_page = functools.cache(self._story_page)
        """Returns the address of the page of a story; None if it has a single report, and so no page of its own."""

    def _coverage(self, number: int) -> Coverage:
        return coverage(number, self.clustering)

    # Cards

    def card(self, number: int, report: Article | None = None) -> Card:
        """Returns the card of a story, with its lead or another of its reports."""
        # The same card wherever the lead is shown, so that it is rendered once.
        key = (number, "" if report is None or report is self.coverage(number).lead else report.identity)
        card = self._cards.get(key)
        if card is None:
            if len(self._cards) >= _MAX_CACHED_CARDS:  # consecutive pages show the same stories
                self._cards.clear()
            card = self._cards[key] = self._create(number, report if key[1] else None)
        return card

    def cards(self, numbers: Iterable[int]) -> tuple[Card, ...]:
        """Returns the cards of stories, in the same order."""
        return tuple(map(self.card, numbers))

    def article_card(self, article: Article) -> Card:
        """Returns the card of an article that is not on this site. It leads to the web."""
        return Card(
            title=article.title,
            summary=summary(article.excerpt, _SUMMARY_LENGTH),
            to=article.web_url,
            source=Link(text=article.provider.name, to=article.web_url),
            kind=self.kind(article.kind),
            time=self.time(article),
            picture=picture(article.image, article.title),
            topics=(),
            is_video=article.type == "video",
            sources=0,
            own=0,
            also=(),
            first="",
            disputed_by=(),
        )

    def _create(self, number: int, report: Article | None) -> Card:
        covered = self.coverage(number)
        shown = report or covered.lead
        first = covered.reports[0].article.provider.name
        others = [one for one in covered.sources if one.provider.name != shown.provider.name]
        return msgspec.structs.replace(
            self.article_card(shown),
            to=self.address(number),
            kind=self.kind(covered.kind(shown)),
            picture=self._picture(covered, shown),
            topics=self._story_topics(number)[:_MAX_TOPICS],
            sources=len(covered.sources),
            own=covered.own,
            also=tuple(Link(text=one.provider.name, to=one.web_url) for one in others[:_MAX_OTHER_PUBLISHERS]),
            first="" if first == shown.provider.name else first,
            disputed_by=tuple(self._response(other) for other in self._responses.get(number, ())),
        )

    def _response(self, number: int) -> Link:
        return Link(text=self.coverage(number).lead.provider.name, to=self.address(number))

    def _picture(self, covered: Coverage, shown: Article) -> Picture | None:
        """Returns the picture of a report, or of the first other report that has one."""
        articles = (shown, *(report.article for report in covered.reports))
        return next((picture(one.image, one.title) for one in articles if one.image), None)

    def covered(self, number: int) -> views.Covered:
        """Returns a story's entry in a list that is ranked by coverage."""
        covered = self.coverage(number)
        return views.Covered(link=self.link(number), sources=len(covered.sources), own=covered.own)

    def link(self, number: int) -> Link:
        """Returns the link to a story, with its headline."""
        return Link(text=self.coverage(number).lead.title, to=self.address(number))

    def address(self, number: int) -> urls.Address:
        """Returns the address of the page of a story, or of its item's page if that is the only report."""
        return self.story_page(number) or urls.item(self.first(number))

    def _story_page(self, number: int) -> urls.Address | None:
        members = self.clustering.stories.members(number)
        first = self.clustering.items[members[0]]
        has_several = len(members) > 1 or bool(
            self.clustering.assignments[members[0]].same_story and entries_of([first], self.clustering)
        )
        return urls.story(first) if has_several else None

    def lead_item(self, number: int) -> Item:
        """Returns the report that represents a story, or the best of its items if that is none of this site."""
        lead = self.coverage(number).lead
        return lead if isinstance(lead, Item) else self.clustering.stories[number].lead

    def first(self, number: int) -> Item:
        """Returns the earliest item of a story."""
        return self.clustering.items[self.clustering.stories.members(number)[0]]

    def kind(self, name: str) -> Kind | None:
        """Returns the kind of a source with this name, or None if it is unknown."""
        return Kind(name=name, text=self.language.text(f"kind.{name}"), is_caution=name in _CAUTION) if name else None

    # Keys

    @property
    def year_key(self) -> bytes:
        """The key of the year that cards do not show: that of the newest item."""
        return b"%d" % self._year

    def item_key(self, item: Item) -> bytes:
        """Returns the key of an item: of its document and its topics."""
        return self.document_keys[item.name].core + self._topics_key(item.topics)

    def key(self, number: int) -> bytes:
        """Returns the key of a story, which covers everything that its card and its coverage show."""
        key = self._story_keys.get(number)
        if key is None:
            own = [self._own_key(one) for one in (number, *self._responses.get(number, ()))]
            key = self._story_keys[number] = own[0] if len(own) == 1 else hashing.blake2(*own)
        return key

    def _own_key(self, number: int) -> bytes:
        key = self._own_keys.get(number)
        if key is None:
            clustering = self.clustering
            parts: list[bytes] = [self.year_key]
            for place in clustering.stories.members(number):
                item = clustering.items[place]
                parts.append(self.item_key(item))
                if same := clustering.assignments[place].same_story:
                    parts.append(self.document_keys[item.name].related)
                    parts += [b"%d %d" % (entry.place, entry.identity in clustering.places) for entry in same]
            key = self._own_keys[number] = hashing.blake2(*parts)
        return key

    def keys(self, numbers: Iterable[int]) -> bytes:
        """Returns the joined keys of stories, in the same order."""
        return b"".join(map(self.key, numbers))

    def day_key(self, day: Day) -> bytes:
        """Returns the key of the stories of a day."""
        key = self._day_keys.get(day.date)
        if key is None:
            names = b"".join([self.document_keys[item.name].core for item in day.items])
            stories = self.keys(story.number for story in self.by_story(day.items))
            key = self._day_keys[day.date] = hashing.blake2(names, stories)
        return key

    def _topics_key(self, names: tuple[str, ...]) -> bytes:
        """Returns the key of topics: their names, slugs, colours and whether they are common depend on other items."""
        key = self._topics_keys.get(names)
        if key is None:
            topics = [self._topics[topic_key(name)] for name in names]
            parts = [
                (topic.name, topic.slug, topic.colour, topic.slug in self._common, topic.is_curated) for topic in topics
            ]
            key = self._topics_keys[names] = hashing.blake2_of_value(parts)
        return key

    # Groups of stories

    def by_story(self, items: Iterable[Item]) -> tuple[StoryItems, ...]:
        """Groups items, newest first, by story.

        The stories are sorted by the earliest of these items, newest first, so a story keeps its position when an item
        joins.
        """
        numbers, places = self.clustering.numbers, self.clustering.places
        groups: dict[int, list[Item]] = {}
        for item in reversed(tuple(items)):
            groups.setdefault(numbers[places[item.identity]], []).append(item)
        return tuple(StoryItems(number, tuple(members)) for number, members in reversed(groups.items()))

    def numbers(self, items: Iterable[Item]) -> tuple[int, ...]:
        """Returns the numbers of the stories of items, in the order of :meth:`by_story`."""
        return tuple(story.number for story in self.by_story(items))

    def rank_score(self, number: int) -> float:
        """Returns the score of a story: coverage, quality and heat (``docs/stories.md``)."""
        items = self.clustering.stories[number].items
        quality = normalized_score(max(item.quality for item in items))
        heat = normalized_score(max(item.heat for item in items))
        return math.log2(1 + self.coverage(number).own) + quality + heat

    def ranked(self, numbers: Iterable[int]) -> list[int]:
        """Returns stories by their scores, highest first; of equal ones the newer first."""
        return sorted(numbers, key=lambda number: (-self.rank_score(number), -number))

    def by_coverage(self, numbers: Iterable[int]) -> list[int]:
        """Returns stories by their numbers of publishers with their own text, and then of all publishers."""

        def order(number: int) -> tuple[int, int, int]:
            covered = self.coverage(number)
            return (-covered.own, -len(covered.sources), -number)

        return sorted(numbers, key=order)

    def topic_counts(self, numbers: Iterable[int]) -> list[CountedLink]:
        """Returns the topics of stories with their numbers of stories, most first, without those that say little."""
        counts = self._topic_counts(tuple(numbers))
        ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].text.casefold(), entry[0].to))
        return [CountedLink(text=link.text, to=urls.Address(link.to), count=count) for link, count in ordered]

    def by_topic(self, numbers: Sequence[int]) -> tuple[list[tuple[Link, list[int]]], list[int]]:
        """Divides stories by topic.

        Of a story's topics, the one with the most of these stories is chosen, a curated one before others. A topic of a
        single story has no section.

        Returns:
            The topics with their stories, curated ones and those with most first, and all other stories.
        """
        counts = self._topic_counts(numbers)
        groups: dict[Link, list[int]] = {}
        chosen: dict[int, Link] = {}
        for number in numbers:
            # Among equals, max returns the first, so the order of topics in the document decides.
            if links := [link for link in self._story_topics(number) if link in counts]:
                chosen[number] = max(links, key=lambda link: (self._is_curated(link), counts[link]))
                groups.setdefault(chosen[number], []).append(number)
        groups = {link: members for link, members in groups.items() if len(members) > 1}

        def order(entry: tuple[Link, list[int]]) -> tuple[bool, int, str, str]:
            link, members = entry
            return (not self._is_curated(link), -len(members), link.text.casefold(), link.to)

        ordered = sorted(groups.items(), key=order)
        return ordered, [number for number in numbers if chosen.get(number) not in groups]

    def _topic_counts(self, numbers: Sequence[int]) -> dict[Link, int]:
        """Returns the number of stories of each topic that says something: most stories or items have it not."""
        counts = Counter(link for number in numbers for link in self._story_topics(number))
        return {link: count for link, count in counts.items() if not self._says_little(link, count, len(numbers))}

    def _says_little(self, link: Link, count: int, stories: int) -> bool:
        return self._is_common(link) or (count > 1 and 2 * count > stories)

    def section(self, heading: Link, numbers: Iterable[int]) -> views.Section:
        """Returns the section of a topic."""
        return views.Section(heading=heading, tint=self.tint(heading.text), cards=self.cards(numbers))

    def _story_topics(self, number: int) -> tuple[Link, ...]:
        return self.topic_links(self.lead_item(number))

    # Links, times and pictures

    def topic_links(self, item: Item) -> tuple[Link, ...]:
        """Returns the links to an item's topics, without duplicates; those that most items have are last."""
        links = dict.fromkeys(map(self._topic_link, item.topics))
        return tuple(sorted(links, key=self._is_common))

    def _is_curated(self, link: Link) -> bool:
        return self._topics[topic_key(link.text)].is_curated

    def _is_common(self, link: Link) -> bool:
        return self._topics[topic_key(link.text)].slug in self._common

    def _topic_link(self, name: str) -> Link:
        link = self._topic_links.get(name)
        if link is None:
            topic = self._topics[topic_key(name)]
            link = self._topic_links[name] = Link(text=topic.name, to=urls.topic(topic.slug))
        return link

    def tint(self, name: str) -> str:
        """Returns the CSS class of a topic's colour; empty if it has none."""
        colour = self._topics[topic_key(name)].colour
        return f"tint-{COLOURS.index(colour)}" if colour else ""

    def time(self, article: Article) -> Time:
        """Returns the time of publication in the time zone of the site."""
        at, iso, language = article.published_at, iso_time(article), self.language
        if article.is_date_only:
            day = language.day(at.date())
            return Time(iso=iso, short=self._short(at.date()), day=day, full=day)
        date = (local := at.astimezone(language.zone)).date()
        return Time(iso=iso, short=self._short(date), day=language.day(date), full=language.moment(local))

    def _short(self, date: dt.date) -> str:
        return self.language.short_day(date) if date.year == self._year else self.language.short_date(date)

    def day_link(self, day: Day) -> CountedLink:
        """Returns the link to the page of a day."""
        return CountedLink(text=self.language.long_day(day.date), to=urls.day(day.date), count=len(day.items))

    def month_link(self, date: dt.date) -> Link:
        """Returns the link to the month of a date."""
        return Link(text=self.language.month(date.year, date.month), to=urls.month(date.year, date.month))

    def edition_link(self, date: dt.date) -> Link:
        """Returns the link to the weekly edition of a date."""
        year, week, _ = date.isocalendar()
        monday = dt.date.fromisocalendar(year, week, 1)
        period = self.language.period(monday, monday + dt.timedelta(days=6))
        return Link(text=period, to=urls.edition(year, week))

    def trail(self, date: dt.date) -> tuple[Link, ...]:
        """Returns the links to the archive, the year and the month of a date."""
        return (archive_link(self.language), year_link(date.year), self.month_link(date))


def iso_time(article: Article) -> str:
    """Returns the time of publication in ISO 8601; only the date if the time of day is unknown."""
    return article.published_at.date().isoformat() if article.is_date_only else dates.iso(article.published_at)


def picture(image: Image | None, title: str = "") -> Picture | None:
    """Converts an image to a picture. A size needs both sides, and a caption must differ from the title beside it."""
    if image is None:
        return None
    has_size = image.width > 0 and image.height > 0
    return Picture(
        url=image_url(image),
        width=image.width if has_size else 0,
        height=image.height if has_size else 0,
        caption="" if image.caption == title else image.caption,
    )


def image_url(image: Image) -> urls.Address | str:
    """Returns the URL of an image, or the address of a picture of this site."""
    return urls.Address(image.url) if image.is_own else image.url


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
        citations=tuple(study.url for study in item.studies),
    )


def study_links(items: Iterable[Item]) -> tuple[Link, ...]:
    """Returns the links to the studies on which items report, each once."""
    studies = dict.fromkeys(study for item in items for study in item.studies)
    return tuple(Link(text=study.text, to=study.url) for study in studies)


def item_link(item: Item) -> Link:
    """Returns the link to the page of an item."""
    return Link(text=item.title, to=urls.item(item))


def archive_link(language: Language) -> Link:
    """Returns the link to the archive."""
    return Link(text=language.text("calendar.archive"), to=urls.ARCHIVE)


def year_link(number: int) -> Link:
    """Returns the link to the page of a year."""
    return Link(text=str(number), to=urls.year(number))
