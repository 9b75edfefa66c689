"""What machines read: the feed, the sitemaps, robots.txt. Their views; ``feeds`` writes them."""

from collections.abc import Iterator

from generator import dates, urls, weburls
from generator.digest import Digest
from generator.model import Item
from generator.page import Page
from generator.settings import Settings
from generator.text import short_hash
from generator.views import Feed, FeedEntry, Robots, Sitemap, SitemapIndex

# A tag URI (RFC 4151) needs a date on which the authority held its domain; it never changes.
_TAG_DATE = "2026"
_EPOCH = "1970-01-01T00:00:00Z"


def machine_pages(digest: Digest, settings: Settings) -> Iterator[Page]:
    """The feed, a sitemap for each month and one for the lists, their index, and robots.txt."""
    yield _feed(digest, settings)
    sitemaps = [
        (
            urls.sitemap_of_month(month.year, month.month),
            Sitemap(
                pages=tuple(
                    entry
                    for day in month.days
                    for entry in (
                        (urls.day(day.date), dates.iso(day.items[0].published_at)),
                        *((urls.item(item), dates.iso(item.published_at)) for item in day.items),
                    )
                )
            ),
        )
        for month in digest.months
    ]
    sitemaps.append((urls.SITEMAP_OF_LISTS, _sitemap_of_lists(digest)))
    for address, view in sitemaps:
        yield Page(address=address, template="sitemap", origin="the sitemap", view=view)
    yield Page(
        address=urls.SITEMAP,
        template="sitemap-index",
        origin="the index of sitemaps",
        view=SitemapIndex(sitemaps=tuple(address for address, _ in sitemaps)),
    )
    yield Page(address=urls.ROBOTS, template="robots", origin="robots.txt", view=Robots(sitemap=urls.SITEMAP))


def _feed(digest: Digest, settings: Settings) -> Page:
    authority = weburls.domain(settings.feed_authority) if settings.feed_authority else weburls.host(settings.base_url)
    tag = f"tag:{authority},{_TAG_DATE}:"
    items = digest.items[: settings.feed_size]
    return Page(
        address=urls.FEED,
        template="atom",
        origin="the feed",
        view=Feed(
            id=f"{tag}feed",
            title=settings.title,
            description=settings.description,
            language=settings.language,
            address=urls.FEED,
            home=urls.FRONT,
            updated=_newest(items),
            entries=tuple(
                FeedEntry(
                    id=f"{tag}{short_hash(item.identity, size=8)}",
                    title=item.title,
                    summary=item.excerpt,
                    to=urls.item(item),
                    article=item.web_url,
                    source=item.provider.name,
                    published=dates.iso(item.published_at),
                    topics=item.topics,
                )
                for item in items
            ),
        ),
    )


def _newest(items: tuple[Item, ...]) -> str:
    return dates.iso(items[0].published_at) if items else _EPOCH


def _sitemap_of_lists(digest: Digest) -> Sitemap:
    newest = _newest(digest.items)
    groups = [(urls.topic(topic.slug), topic.items) for topic in digest.topics]
    groups += [(urls.source(source.domain), source.items) for source in digest.sources]
    periods = [(urls.year(year.year), year.months[-1].days[-1].items) for year in digest.years]
    periods += [(urls.month(month.year, month.month), month.days[-1].items) for month in digest.months]
    return Sitemap(
        pages=(
            *((address, newest) for address in (urls.FRONT, urls.TOPICS, urls.SOURCES, urls.ARCHIVE, urls.ABOUT)),
            *((address, _newest(items)) for address, items in groups + periods),
        )
    )
