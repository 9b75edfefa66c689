"""What crawlers and browsers ask a site for, as bytes: sitemaps (protocol 0.9), robots.txt, the web manifest."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from lxml import etree

from generator import urls
from generator.serialize import Element, add, json_text, xml_bytes

if TYPE_CHECKING:
    from generator.views import Manifest, NewsSitemap, Robots, Sitemap, SitemapIndex

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# The default style sheet's paper and accent, light.
_BACKGROUND, _THEME = "#fbfaf7", "#0b5d66"


def _sitemap(view: object, base_url: str) -> bytes:
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "image": _IMAGE})
    for page in cast("Sitemap", view).pages:
        node = _add(root, "url")
        _add(node, "loc", urls.absolute(page.address, base_url))
        if page.modified:
            _add(node, "lastmod", page.modified)
        if page.image:
            add(add(node, f"{{{_IMAGE}}}image"), f"{{{_IMAGE}}}loc", page.image)
    return xml_bytes(root)


def _news_sitemap(view: object, base_url: str) -> bytes:
    sitemap = cast("NewsSitemap", view)
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "news": _NEWS})
    for page in sitemap.pages:
        node = _add(root, "url")
        _add(node, "loc", urls.absolute(page.address, base_url))
        news = add(node, f"{{{_NEWS}}}news")
        publication = add(news, f"{{{_NEWS}}}publication")
        add(publication, f"{{{_NEWS}}}name", sitemap.name)
        add(publication, f"{{{_NEWS}}}language", sitemap.language)
        add(news, f"{{{_NEWS}}}publication_date", page.published)
        add(news, f"{{{_NEWS}}}title", page.title)
    return xml_bytes(root)


def _sitemap_index(view: object, base_url: str) -> bytes:
    root = etree.Element(f"{{{_SITEMAP}}}sitemapindex", nsmap={None: _SITEMAP})
    for address in cast("SitemapIndex", view).sitemaps:
        _add(_add(root, "sitemap"), "loc", urls.absolute(address, base_url))
    return xml_bytes(root)


def _add(parent: Element, tag: str, text: str | None = None) -> Element:
    return add(parent, f"{{{_SITEMAP}}}{tag}", text)


def _robots(view: object, base_url: str) -> bytes:
    sitemap = urls.absolute(cast("Robots", view).sitemap, base_url)
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n".encode()


def _manifest(view: object, base_url: str) -> bytes:
    manifest = cast("Manifest", view)
    base = urls.base_path(base_url)
    start = urls.href(manifest.start, base)
    value = {
        "name": manifest.name,
        "short_name": manifest.short_name,
        "description": manifest.description,
        "lang": manifest.language,
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "minimal-ui",
        "background_color": _BACKGROUND,
        "theme_color": _THEME,
        "icons": [
            {
                "src": urls.href(icon.address, base),
                "sizes": f"{icon.size}x{icon.size}",
                "type": "image/png",
                "purpose": icon.purpose,
            }
            for icon in manifest.icons
        ],
    }
    return json_text(value, indent=1).encode() + b"\n"


WRITERS: Mapping[str, Callable[[object, str], bytes]] = {
    "sitemap": _sitemap,
    "news-sitemap": _news_sitemap,
    "sitemap-index": _sitemap_index,
    "robots": _robots,
    "manifest": _manifest,
}
"""By the page's template: ``writer(view, base_url)``."""
