"""Makes the feeds of pages: their addresses in each format, and their entries."""

import functools
from collections.abc import Mapping, Sequence

from generator.cache.document_keys import DocumentKeys
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.feed_formats import FEED_FORMATS
from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import picture
from generator.site.page import LazyView, Page
from generator.site.views import Feed, FeedEntry, FeedLink, Formats, Link
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
    """Makes feeds of items; an item's entry is made once, however many feeds hold it."""

    def __init__(self, settings: Settings, language: Language, documents: Mapping[str, DocumentKeys]) -> None:
        self.settings = settings
        self._language = language
        self._documents = documents
        authority = settings.feed_authority
        host = weburls.domain(authority) if authority else weburls.host(settings.base_url)
        self._tag = f"tag:{host},{_TAG_DATE}:"
        self._entries: dict[str, FeedEntry] = {}

    def pages(self, items: Sequence[Item], *, suffix: str, title: str, home: Address) -> tuple[Page, ...]:
        """Plans a feed of the newest items in all formats. The suffix identifies it for ever, and fits into a URI."""
        newest = items[: self.settings.feed_size]
        key = hashing.blake2_of_value((self._tag, suffix, title, [self._documents[item.name].core for item in newest]))
        make = functools.cache(lambda: self._feed(tuple(map(self._entry, newest)), suffix, title, home))
        return self._in_all_formats(LazyView(key=key, make=make), home)

    @property
    def size(self) -> int:
        """The largest number of entries in a feed."""
        return self.settings.feed_size

    def edition_id(self, name: str) -> str:
        """Returns the permanent id of a week's entry."""
        return f"{self._tag}edition/{name}"

    def of_entries(self, entries: tuple[FeedEntry, ...], *, suffix: str, title: str, home: Address) -> tuple[Page, ...]:
        """Plans a feed of entries in all formats; the other arguments are those of :meth:`pages`."""
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
            formats=formats(title, home, self._language),
            home=home,
            author=Link(text=self.settings.title, to=urls.FRONT),
            updated=max((entry.published for entry in entries), default=_EPOCH),
            entries=entries,
        )

    def _entry(self, item: Item) -> FeedEntry:
        entry = self._entries.get(item.identity)
        if entry is None:
            entry = self._entries[item.identity] = FeedEntry(
                id=f"{self._tag}{short_hash(item.identity, size=8)}",
                title=item.title,
                summary=item.excerpt,
                to=urls.item(item),
                article=item.web_url,
                source=Link(text=item.provider.name, to=item.provider.homepage),
                published=dates.iso(item.published_at),
                topics=item.topics,
                picture=picture(item.image),
            )
        return entry
