"""Builds the addresses of the pages and files of the site. No other module knows their form."""

import datetime as dt
import functools
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from generator.content.feed_formats import FEED_FORMATS
from generator.util.file_names import composed, writable

if TYPE_CHECKING:
    from generator.content.model import Item


class Address(str):
    """An address on this site, such as ``/topics/``, without host and base path.

    It is a type of its own, so that the links of a view can be found and checked.
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
NEWS_SITEMAP: Final = Address("/sitemaps/news.xml")
HEADERS: Final = Address("/_headers")
REDIRECTS: Final = Address("/_redirects")
NGINX_REDIRECTS: Final = Address("/_redirects.nginx")
NGINX_POLICY: Final = Address("/_policy.nginx")
NO_JEKYLL: Final = Address("/.nojekyll")
SITE_FILES: Final = Address("/site-files.json")
"""The list of all files of the site with their hashes. Uploads compare it with that of the last upload."""
ASSETS: Final = Address("/assets/")
# The files of static/root/, which a site may replace by its own.
ICON_SMALL: Final = Address("/icon-192.png")
ICON_LARGE: Final = Address("/icon-512.png")
ICON_MASKABLE: Final = Address("/icon-maskable-512.png")


def item(value: "Item") -> Address:
    """Returns ``/YYYY/MM/DD/slug/``, with the day of publication in the time zone of the site."""
    return Address(f"{day(value.published_at.date())}{writable(value.slug)}/")


def story(first: "Item") -> Address:
    """Returns ``/story/YYYY/MM/DD/slug/``, given the earliest item of the story."""
    return Address(f"/story{item(first)}")


@functools.lru_cache(maxsize=4_096)
def day(date: dt.date) -> Address:
    """Returns ``/YYYY/MM/DD/``."""
    return Address(f"/{date.isoformat().replace('-', '/')}/")


def month(year_number: int, month_number: int) -> Address:
    """Returns ``/YYYY/MM/``."""
    return Address(f"/{year_number:04}/{month_number:02}/")


def year(number: int) -> Address:
    """Returns ``/YYYY/``."""
    return Address(f"/{number:04}/")


def edition(year_number: int, week: int) -> Address:
    """Returns ``/digest/YYYY-Www/``, with year and week according to ISO 8601."""
    return Address(f"{EDITIONS}{year_number:04}-W{week:02}/")


def topic(slug: str, page: int | None = None) -> Address:
    """Returns ``/topics/slug/`` for the newest page, and ``/topics/slug/page/N/`` for a numbered one."""
    return _paged(f"/topics/{writable(slug)}/", page)


def source(domain: str, page: int | None = None) -> Address:
    """Returns ``/sources/domain/`` for the newest page, and ``/sources/domain/page/N/`` for a numbered one."""
    # No other domain has characters that some file systems refuse.
    name = f"ipv6-{domain.strip('[]').replace(':', '-')}" if domain.startswith("[") else writable(domain)
    return _paged(f"/sources/{name}/", page)


def _paged(base: str, page: int | None) -> Address:
    return Address(base if page is None else f"{base}page/{page}/")


def feed(home: Address, file: str) -> Address:
    """Returns the address of a feed in the folder of a page."""
    return Address(f"{home}{file}")


def month_sitemap(year_number: int, month_number: int, part: int = 1) -> Address:
    """Returns ``/sitemaps/YYYY-MM.xml`` for the pages of a month, ``/sitemaps/YYYY-MM-2.xml`` for its second part."""
    return _part(f"/sitemaps/{year_number:04}-{month_number:02}", part)


def list_sitemap(part: int = 1) -> Address:
    """Returns ``/sitemaps/lists.xml`` for all lists, and ``/sitemaps/lists-2.xml`` for the second part."""
    return _part("/sitemaps/lists", part)


def _part(base: str, part: int) -> Address:
    return Address(f"{base}.xml" if part == 1 else f"{base}-{part}.xml")


def search_segment(segment: str, name: str) -> Address:
    """Returns ``/search/2021/name`` or ``/search/2021-09/name``, a file of a segment of the search index."""
    return Address(f"/search/{segment}/{name}")


def search_engine(fingerprint: str, name: str) -> Address:
    """Returns ``/search/engine-fingerprint/name``, a file of the search engine, which changes with its version."""
    return Address(f"/search/engine-{fingerprint}/{name}")


def asset(name: str, digest: str) -> Address:
    """Returns ``/assets/name.digest.ext``, a static file whose name changes with its content."""
    stem, dot, suffix = name.rpartition(".")
    return Address(f"{ASSETS}{stem}.{digest}.{suffix}" if dot else f"{ASSETS}{name}.{digest}")


def folder(address: Address) -> Address:
    """Returns the first folder of an address: ``/topics/`` for ``/topics/slug/page/2/``, and ``/`` if it has none."""
    first, slash, _ = address[1:].partition("/")
    return Address(f"/{first}/") if slash else FRONT


def file_path(address: Address) -> str:
    """Returns the path of the file at an address, relative to the output folder."""
    return f"{address[1:]}index.html" if address.endswith("/") else address[1:]


def without_query(link: str) -> str:
    """Returns a link without its query and fragment."""
    return link.partition("#")[0].partition("?")[0]


def without_index(address: Address) -> Address:
    """Returns ``/old/`` for ``/old/index.html``, and any other address as it is."""
    return Address(address.removesuffix("index.html")) if address.endswith("/index.html") else address


def address_of(path: str) -> Address:
    """Returns the address that a written path from the root of the site leads to.

    The path may be percent-encoded, and may name the ``index.html`` of a folder. It has no query and no fragment.
    """
    return without_index(Address(composed(unquote(path))))


def own_address(path: str, base: str) -> Address | None:
    """Returns the address that a written path from the root of the host leads to; None if it is outside of the site."""
    decoded, above = composed(unquote(path)), composed(unquote(base))
    return without_index(Address(decoded.removeprefix(above))) if decoded.startswith(f"{above}/") else None


def forms(address: Address) -> tuple[str, ...]:
    """Returns all spellings of an address: ``/old/``, ``/old`` and ``/old/index.html``. ``/old.html`` has only one."""
    return (address, address.rstrip("/"), f"/{file_path(address)}") if address.endswith("/") else (address,)


# Files whose names change with their contents.
_IMMUTABLE: Final = re.compile(r"assets/|search/(engine-[^/]+/|[^/]+/((filter|fragment|index)/|[^/]+\.pf_meta$))")
_ITEM_PAGE: Final = re.compile(r"(story/)?\d{4}/\d{2}/\d{2}/[^/]+/index\.html")
_FEEDS: Final = "|".join(re.escape(one.file) for one in FEED_FORMATS)
_FOR_MACHINES: Final = re.compile(rf"(.*/)?({_FEEDS})|sitemaps?[./].*|robots\.txt|_.*")
COMPRESSED: Final = (".br", ".gz")
"""The suffixes of the compressed variants of files."""


def is_immutable(path: str) -> bool:
    """Returns whether the name of a file, relative to the output folder, changes with its content."""
    return _IMMUTABLE.match(path) is not None


def publish_order(path: str, *, is_new: bool) -> tuple[int, int]:
    """Returns the sort key for publishing files: no page is published before the files that it needs or links to.

    The order is: files whose names change with their contents, other data, new pages, existing pages. Among pages it
    is: pages of items, lists, feeds with sitemaps and rules for hosts, the front page.
    The path is relative to the output folder, which has no such file yet if it is new.
    """
    for suffix in COMPRESSED:
        path = path.removesuffix(suffix)
    if is_immutable(path):
        return (0, 0)
    stage = 2 if is_new else 3
    if path == file_path(FRONT):
        return (stage, 3)
    if _FOR_MACHINES.fullmatch(path):
        return (stage, 2)
    if path.endswith(".html"):
        return (stage, 0 if _ITEM_PAGE.fullmatch(path) else 1)
    return (1, 0)


def base_path(base_url: str) -> str:
    """Returns the base path of the site, ``""`` or ``/folder``, percent-encoded as in the URL."""
    return urlsplit(base_url).path.rstrip("/")


def href(address: Address, base: str) -> str:
    """Returns an address as a link relative to the root of the host."""
    return base + _quoted(address)


def absolute(address: Address, base_url: str) -> str:
    """Returns an address as a URL with scheme and host."""
    return base_url.rstrip("/") + _quoted(address)


def web_url(link: Address | str, base_url: str) -> str:
    """Returns the URL of an address; a link to the web unchanged."""
    return absolute(link, base_url) if isinstance(link, Address) else link


# Most addresses are on many pages.
_quoted = functools.lru_cache(maxsize=65_536)(quote)
