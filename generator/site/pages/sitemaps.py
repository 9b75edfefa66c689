"""Plans the sitemaps, ``robots.txt`` and the web app manifest; ``render.sitemaps`` writes them."""

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from generator.cache.document_keys import DocumentKeys
from generator.config import language_tags
from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Month
from generator.content.model import Item
from generator.content.urls import Address
from generator.site import views
from generator.site.cards import image_url, iso_time
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.util import dates, hashing

# The protocol allows 50,000 pages and 50 MB. With fewer pages, even the longest addresses fit into 50 MB.
_PAGES_A_SITEMAP = 20_000
_NEWS_PAGES = 1_000
_NEWS_PERIOD = dt.timedelta(days=2)
_MAX_SHORT_NAME = 12
_ICONS = ((urls.ICON_SMALL, 192, "any"), (urls.ICON_LARGE, 512, "any"), (urls.ICON_MASKABLE, 512, "maskable"))


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the sitemaps of each month, of the lists and of the news, their index, ``robots.txt`` and the manifest."""
    collection, settings = context.collection, context.settings
    lists = [page for page in context.planned if page.is_list]
    sitemaps = [page for month in collection.months for page in _sitemaps_of_month(month, context.cards.document_keys)]
    sitemaps += _sitemaps_of_lists(_pages_of_lists(context, lists))
    if collection.items:
        sitemaps.append(_news(collection.items, settings))
    yield from sitemaps
    yield Page(
        address=urls.SITEMAP,
        template="sitemap-index",
        origin="the index of sitemaps",
        view=views.SitemapIndex(sitemaps=tuple(page.address for page in sitemaps)),
    )
    yield Page(address=urls.ROBOTS, template="robots", origin="robots.txt", view=views.Robots(sitemap=urls.SITEMAP))
    yield Page(
        address=urls.MANIFEST,
        template="manifest",
        origin="the web manifest",
        view=views.Manifest(
            name=settings.title,
            short_name=_short_name(settings.title),
            description=settings.description or settings.title,
            language=settings.language,
            start=urls.FRONT,
            icons=tuple(views.Icon(address=address, size=size, purpose=purpose) for address, size, purpose in _ICONS),
        ),
    )


def _sitemaps_of_month(month: Month, document_keys: Mapping[str, DocumentKeys]) -> Iterator[Page]:
    """Yields the sitemaps of a month: one, unless the month has more pages than fit."""
    key = hashing.blake2_joined(b"".join([document_keys[item.name].core for day in month.days for item in day.items]))
    for part, start in enumerate(range(0, month.count + len(month.days), _PAGES_A_SITEMAP), start=1):
        address = urls.month_sitemap(month.year, month.month, part)
        yield _sitemap(address, LazyView(key=key, make=functools.partial(_part_of_month, month, start)))


def _part_of_month(month: Month, start: int) -> views.Sitemap:
    return views.Sitemap(pages=tuple(_pages_of_month(month)[start : start + _PAGES_A_SITEMAP]))


def _sitemaps_of_lists(pages: Sequence[views.SitemapPage]) -> Iterator[Page]:
    for part, start in enumerate(range(0, len(pages), _PAGES_A_SITEMAP), start=1):
        yield _sitemap(urls.list_sitemap(part), views.Sitemap(pages=tuple(pages[start : start + _PAGES_A_SITEMAP])))


def _sitemap(address: Address, view: views.Sitemap | LazyView) -> Page:
    return Page(address=address, template="sitemap", origin=f"the sitemap {address}", view=view)


def _pages_of_month(month: Month) -> list[views.SitemapPage]:
    pages = []
    for day in month.days:
        pages.append(_page(urls.day(day.date), day.items[0]))
        pages += [
            views.SitemapPage(
                address=urls.item(item),
                modified=dates.iso(item.published_at),
                image=image_url(item.image) if item.image else "",
            )
            for item in day.items
        ]
    return pages


def _pages_of_lists(context: PlanContext, lists: Iterable[Page]) -> list[views.SitemapPage]:
    collection = context.collection
    newest = collection.items[0] if collection.items else None
    pages = [_page(urls.FRONT, newest), _page(urls.ARCHIVE, newest)]
    pages += [] if context.is_own(urls.ABOUT) else [_page(urls.ABOUT, None)]
    pages += [_page(Address(page.address), None) for page in context.own_pages if page.is_listed]
    pages += [_page(urls.year(year.year), year.months[-1].days[-1].items[0]) for year in collection.years]
    pages += [_page(urls.month(month.year, month.month), month.days[-1].items[0]) for month in collection.months]
    for page in lists:
        if page.modified:
            pages.append(views.SitemapPage(address=page.address, modified=page.modified, image=""))
        else:
            pages.append(_page(page.address, newest))
    return pages


def _page(address: Address, newest: Item | None) -> views.SitemapPage:
    return views.SitemapPage(address=address, modified=dates.iso(newest.published_at) if newest else "", image="")


def _news(items: Sequence[Item], settings: Settings) -> Page:
    since = items[0].published_at - _NEWS_PERIOD
    recent = list(takewhile(lambda item: item.published_at >= since, items))[:_NEWS_PAGES]
    return Page(
        address=urls.NEWS_SITEMAP,
        template="news-sitemap",
        origin="the sitemap of news",
        view=views.NewsSitemap(
            name=settings.title,
            language=language_tags.news_sitemap(settings.language),
            pages=tuple(
                views.NewsPage(address=urls.item(item), title=item.title, published=iso_time(item)) for item in recent
            ),
        ),
    )


def _short_name(title: str) -> str:
    """Returns the first words of a title, as many as fit below an icon."""
    words = title.split()
    fitting = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    return next((name for name in reversed(fitting) if len(name) <= _MAX_SHORT_NAME), title[:_MAX_SHORT_NAME])
