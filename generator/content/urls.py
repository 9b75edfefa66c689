"""Addresses of this site's pages: the only place that knows what they look like."""

import datetime as dt
import functools
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from generator.content.feed_formats import FEED_FORMATS

if TYPE_CHECKING:
    from generator.content.model import Item


class Address(str):
    """An address on this site, from its root: ``/topics/`` — without host and base path.

    A type of its own, so that every link into the site can be found in a view and checked.
    """

    __slots__ = ()


FRONT: Final = Address("/")
ABOUT: Final = Address("/about/")
ARCHIVE: Final = Address("/archive/")
TOPICS: Final = Address("/topics/")
SOURCES: Final = Address("/sources/")
EDITIONS: Final = Address("/digest/")
SEARCH: Final = Address("/search/")
NOT_FOUND: Final = Address("/404.html")
ROBOTS: Final = Address("/robots.txt")
MANIFEST: Final = Address("/site.webmanifest")
SITEMAP: Final = Address("/sitemap.xml")
SITEMAP_OF_NEWS: Final = Address("/sitemaps/news.xml")
HEADERS: Final = Address("/_headers")
REDIRECTS: Final = Address("/_redirects")
REDIRECTS_OF_NGINX: Final = Address("/_redirects.nginx")
NO_JEKYLL: Final = Address("/.nojekyll")
SITE_FILES: Final = Address("/site-files.json")
"""The list of all files of the site with their digests, which builds and uploads compare with."""
ASSETS: Final = Address("/assets/")
# From static/root/; a site's own files of these names replace them.
ICON_SMALL: Final = Address("/icon-192.png")
ICON_LARGE: Final = Address("/icon-512.png")
ICON_MASKABLE: Final = Address("/icon-maskable-512.png")


def item(value: "Item") -> Address:
    """``/YYYY/MM/DD/slug/``, by the day of publication in the site's time zone."""
    return Address(f"{day(value.published_at.date())}{value.slug}/")


@functools.lru_cache(maxsize=4_096)
def day(date: dt.date) -> Address:
    """``/YYYY/MM/DD/``."""
    return Address(f"/{date.isoformat().replace('-', '/')}/")


def month(year_number: int, month_number: int) -> Address:
    """``/YYYY/MM/``."""
    return Address(f"/{year_number:04}/{month_number:02}/")


def year(number: int) -> Address:
    """``/YYYY/``."""
    return Address(f"/{number:04}/")


def edition(year_number: int, week: int) -> Address:
    """``/digest/YYYY-Www/``, by the week of ISO 8601."""
    return Address(f"{EDITIONS}{year_number:04}-W{week:02}/")


def topic(slug: str, page: int | None = None) -> Address:
    """``/topics/slug/`` for the newest page, ``/topics/slug/page/N/`` for a numbered one."""
    return _paged(f"/topics/{slug}/", page)


def source(domain: str, page: int | None = None) -> Address:
    """``/sources/domain/`` for the newest page, ``/sources/domain/page/N/`` for a numbered one."""
    # An IPv6 host is the only domain with characters that some file systems refuse.
    name = f"ipv6-{domain.strip('[]').replace(':', '-')}" if domain.startswith("[") else domain
    return _paged(f"/sources/{name}/", page)


def _paged(base: str, page: int | None) -> Address:
    return Address(base if page is None else f"{base}page/{page}/")


def feed(home: Address, file: str) -> Address:
    """Returns the address of a feed, beside the page that it belongs to, whose address ends with a slash."""
    return Address(f"{home}{file}")


def sitemap_of_month(year_number: int, month_number: int, part: int = 1) -> Address:
    """``/sitemaps/YYYY-MM.xml``: the pages of a month; ``/sitemaps/YYYY-MM-2.xml`` where one file cannot hold them."""
    return _part(f"/sitemaps/{year_number:04}-{month_number:02}", part)


def sitemap_of_lists(part: int = 1) -> Address:
    """``/sitemaps/lists.xml``: topics, sources, months and years; ``/sitemaps/lists-2.xml`` and so on."""
    return _part("/sitemaps/lists", part)


def _part(base: str, part: int) -> Address:
    return Address(f"{base}.xml" if part == 1 else f"{base}-{part}.xml")


def search_segment(segment: str, name: str) -> Address:
    """``/search/2021/name``, ``/search/2021-09/name``: a file of a segment of the search index."""
    return Address(f"/search/{segment}/{name}")


def search_engine(fingerprint: str, name: str) -> Address:
    """``/search/engine-fingerprint/name``: a file of the program that searches, which changes with its version."""
    return Address(f"/search/engine-{fingerprint}/{name}")


def asset(name: str, digest: str) -> Address:
    """``/assets/name.digest.ext``: a static file whose name changes with its content."""
    stem, dot, suffix = name.rpartition(".")
    return Address(f"{ASSETS}{stem}.{digest}.{suffix}" if dot else f"{ASSETS}{name}.{digest}")


def folder(address: Address) -> Address:
    """The first folder of an address: ``/topics/`` of ``/topics/slug/page/2/``; ``/`` of what lies in none."""
    first, slash, _ = address[1:].partition("/")
    return Address(f"/{first}/") if slash else FRONT


def file_path(address: Address) -> str:
    """The file, below the output folder, that answers at an address."""
    return f"{address[1:]}index.html" if address.endswith("/") else address[1:]


def forms(address: Address) -> tuple[str, ...]:
    """The ways in which a page is asked for: ``/old/``, ``/old`` and ``/old/index.html``; ``/old.html`` has the one."""
    return (address, address.rstrip("/"), f"/{file_path(address)}") if address.endswith("/") else (address,)


# What has another name when it has another content.
_UNCHANGING: Final = re.compile(r"assets/|search/(engine-[^/]+/|[^/]+/((filter|fragment|index)/|[^/]+\.pf_meta$))")
_OF_ITEM: Final = re.compile(r"\d{4}/\d{2}/\d{2}/[^/]+/index\.html")
_FEEDS: Final = "|".join(re.escape(one.file) for one in FEED_FORMATS)
_OF_MACHINES: Final = re.compile(rf"(.*/)?({_FEEDS})|sitemaps?[./].*|robots\.txt|_.*")
COMPRESSED: Final = (".br", ".gz")
"""Suffixes of files that stand beside one of the site and hold the same, compressed."""


def is_unchanging(path: str) -> bool:
    """Whether a file, below the output folder, is named by its content."""
    return _UNCHANGING.match(path) is not None


def publish_order(path: str, *, is_new: bool) -> tuple[int, int]:
    """When a file is to be put in place, so that no reader meets a page before what it needs or leads to.

    What is named by its content; other data; new pages, to which nothing leads yet; pages that are there already. Of
    pages those of items; lists; feeds, sitemaps and rules; the front page.

    Args:
        path: below the output folder.
        is_new: whether there is no such file yet.
    """
    for suffix in COMPRESSED:
        path = path.removesuffix(suffix)
    if is_unchanging(path):
        return (0, 0)
    when = 2 if is_new else 3
    if path == file_path(FRONT):
        return (when, 3)
    if _OF_MACHINES.fullmatch(path):
        return (when, 2)
    if path.endswith(".html"):
        return (when, 0 if _OF_ITEM.fullmatch(path) else 1)
    return (1, 0)


def base_path(base_url: str) -> str:
    """The path below which the site is served: ``""`` or ``/folder``, percent-encoded as it stands in the URL."""
    return urlsplit(base_url).path.rstrip("/")


def href(address: Address, base: str) -> str:
    """The address as a link, from the root of the host."""
    return base + _quoted(address)


def absolute(address: Address, base_url: str) -> str:
    """The address with scheme and host."""
    return base_url.rstrip("/") + _quoted(address)


# A page's address stands on many pages, several times on each.
_quoted = functools.lru_cache(maxsize=65_536)(quote)
