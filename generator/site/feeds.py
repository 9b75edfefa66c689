"""Makes the feeds of pages: their addresses in each format, and their entries."""

import functools
from collections.abc import Sequence

from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.feed_formats import FEED_FORMATS
from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import Cards, picture
from generator.site.page import LazyView, Page
from generator.site.views import Feed, FeedEntry, FeedLink, Formats, LabelledLink, Link
from generator.util import dates, hashing, weburls
from generator.util.text import short_hash

# A tag URI (RFC 4151) needs a date on which the authority held its domain; it never changes.
_TAG_DATE = "2026"
_EPOCH = "1970-01-01T00:00:00Z"


def formats(title: str, home: Address, language: Language) -> Formats:
    """Returns the addresses of a page's feed, by format."""
    return Formats(
        title=title,
        links=tuple(
            FeedLink(
                name=one.name,
                text=language.text_or(f"feed.{one.name}", one.label),
                title=f"{title}{one.mark}",
                type=one.media_type,
                to=urls.feed(home, one.file),
            )
            for one in FEED_FORMATS
        ),
    )


def group_title(name: str, settings: Settings) -> str:
    """Returns the title of the feed of a topic or source: a feed reader lists it without the site's name beside it."""
    return f"{name} · {settings.title}"


class Feeds:
    """Makes feeds of stories and of items; an entry is made once, however many feeds hold it."""

    def __init__(self, settings: Settings, cards: Cards) -> None:
        self.settings = settings
        self._cards = cards
        authority = settings.feed_authority
        host = weburls.domain(authority) if authority else weburls.host(settings.base_url)
        self._tag = f"tag:{host},{_TAG_DATE}:"
        self._of_items: dict[str, FeedEntry] = {}
        self._of_stories: dict[int, FeedEntry] = {}

    def of_stories(self, items: Sequence[Item], *, suffix: str, title: str, home: Address) -> tuple[Page, ...]:
        """Plans a feed of the newest stories in all formats: those of some items, given newest first.

        The suffix identifies the feed for ever, and fits into a URI.
        """
        newest = self._newest(items)
        key = hashing.blake2_of_value((self._tag, "stories", suffix, title, self._cards.keys(newest)))
        make = functools.cache(lambda: self._feed(tuple(map(self._story, newest)), suffix, title, home))
        return self._in_all_formats(LazyView(key=key, make=make), home)

    def of_items(self, items: Sequence[Item], *, suffix: str, title: str, home: Address) -> tuple[Page, ...]:
        """Plans a feed of the newest items in all formats; the arguments are those of :meth:`of_stories`."""
        newest = items[: self.settings.feed_size]
        keys = [self._cards.document_keys[item.name].core for item in newest]
        key = hashing.blake2_of_value((self._tag, "items", suffix, title, keys))
        make = functools.cache(lambda: self._feed(tuple(map(self._item, newest)), suffix, title, home))
        return self._in_all_formats(LazyView(key=key, make=make), home)

    def _newest(self, items: Sequence[Item]) -> list[int]:
        """Returns the numbers of the newest stories of items, given newest first: those with the newest reports."""
        clustering, found = self._cards.clustering, dict[int, None]()
        for item in items:
            found.setdefault(clustering.number(item.identity))
            if len(found) == self.settings.feed_size:
                break
        return list(found)

    @property
    def size(self) -> int:
        """The largest number of entries in a feed."""
        return self.settings.feed_size

    def edition_id(self, name: str) -> str:
        """Returns the permanent id of a week's entry."""
        return f"{self._tag}edition/{name}"

    def of_entries(self, entries: tuple[FeedEntry, ...], *, suffix: str, title: str, home: Address) -> tuple[Page, ...]:
        """Plans a feed of entries in all formats; the other arguments are those of :meth:`of_stories`."""
        return self._in_all_formats(self._feed(entries, suffix, title, home), home)

    def _in_all_formats(self, view: "Feed | LazyView", home: Address) -> tuple[Page, ...]:
        addresses = {one.name: urls.feed(home, one.file) for one in FEED_FORMATS}
        return tuple(
            Page(address=address, template=name, origin=f"the feed {address}", view=view)
            for name, address in addresses.items()
        )

    def _feed(self, entries: tuple[FeedEntry, ...], suffix: str, title: str, home: Address) -> Feed:
        return Feed(
            id=f"{self._tag}{suffix}",
            title=title,
            description=self.settings.description or self.settings.title,
            language=self.settings.language,
            formats=formats(title, home, self._cards.language),
            home=home,
            author=Link(text=self.settings.title, to=urls.FRONT),
            updated=max((entry.updated for entry in entries), default=_EPOCH),
            entries=entries,
        )

    def _id(self, item: Item) -> str:
        return f"{self._tag}{short_hash(item.identity, size=8)}"

    def _item(self, item: Item) -> FeedEntry:
        entry = self._of_items.get(item.identity)
        if entry is None:
            entry = self._of_items[item.identity] = FeedEntry(
                id=self._id(item),
                title=item.title,
                summary=item.excerpt,
                to=urls.item(item),
                article=item.web_url,
                source=Link(text=item.provider.name, to=item.provider.homepage),
                published=dates.iso(item.published_at),
                updated=dates.iso(item.published_at),
                topics=item.topics,
                picture=picture(item.image),
            )
        return entry

    def _story(self, number: int) -> FeedEntry:
        entry = self._of_stories.get(number)
        if entry is None:
            entry = self._of_stories[number] = self._make_story(number)
        return entry

    def _make_story(self, number: int) -> FeedEntry:
        """Returns the entry of a story. Its id is that of its earliest item, so it does not change as reports join."""
        cards = self._cards
        first, coverage, card = cards.first(number), cards.coverage(number), cards.card(number)
        lead, reports = coverage.lead, [report.article for report in coverage.reports]
        return FeedEntry(
            id=self._id(first),
            title=lead.title,
            summary=lead.excerpt,
            to=cards.address(number),
            article=lead.web_url,
            source=Link(text=lead.provider.name, to=lead.provider.homepage),
            published=dates.iso(first.published_at),
            updated=dates.iso(max(first.published_at, reports[-1].published_at)),
            topics=cards.lead_item(number).topics,
            picture=card.picture,
            reports=tuple(
                LabelledLink(label=one.provider.name, link=Link(text=one.title, to=one.web_url)) for one in reports
            )
            if len(reports) > 1
            else (),
        )
