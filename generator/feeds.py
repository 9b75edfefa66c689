"""Machine-readable pages as bytes: built as XML trees, so that nothing a document says can break out."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from generator import urls

if TYPE_CHECKING:
    from generator.views import Feed, Robots, Sitemap, SitemapIndex

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _atom(view: object, base_url: str) -> bytes:
    feed = cast("Feed", view)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    if feed.description:
        _add(root, "subtitle", feed.description)
    _add(root, "updated", feed.updated)
    _add(root, "link", rel="self", type="application/atom+xml", href=urls.absolute(feed.address, base_url))
    _add(root, "link", rel="alternate", type="text/html", href=urls.absolute(feed.home, base_url))
    _add(_add(root, "author"), "name", feed.title)
    for entry in feed.entries:
        node = _add(root, "entry")
        _add(node, "id", entry.id)
        _add(node, "title", entry.title)
        _add(node, "link", rel="alternate", type="text/html", href=urls.absolute(entry.to, base_url))
        _add(node, "link", rel="via", href=entry.article)
        _add(node, "published", entry.published)
        _add(node, "updated", entry.published)
        _add(_add(node, "author"), "name", entry.source)
        for topic in entry.topics:
            _add(node, "category", term=topic)
        if entry.summary:
            _add(node, "summary", entry.summary)
    return _bytes(root)


def _sitemap(view: object, base_url: str) -> bytes:
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    for address, modified in cast("Sitemap", view).pages:
        node = _add(root, "url")
        _add(node, "loc", urls.absolute(address, base_url))
        _add(node, "lastmod", modified)
    return _bytes(root)


def _sitemap_index(view: object, base_url: str) -> bytes:
    root = ET.Element("sitemapindex", {"xmlns": _SITEMAP})
    for address in cast("SitemapIndex", view).sitemaps:
        _add(_add(root, "sitemap"), "loc", urls.absolute(address, base_url))
    return _bytes(root)


def _robots(view: object, base_url: str) -> bytes:
    sitemap = urls.absolute(cast("Robots", view).sitemap, base_url)
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n".encode()


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, tag, attributes)
    node.text = text
    return node


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(root, encoding="utf-8")) + b"\n"


WRITERS: Mapping[str, Callable[[object, str], bytes]] = {
    "atom": _atom,
    "sitemap": _sitemap,
    "sitemap-index": _sitemap_index,
    "robots": _robots,
}
"""By the page's template: ``writer(view, base_url)``."""
