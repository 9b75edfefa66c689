"""Writes sitemaps (protocol 0.9), ``robots.txt`` and the web manifest."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from generator.content import urls
from generator.util.serialize import json_text, xml_bytes, xml_text

if TYPE_CHECKING:
    from generator.site.views import Manifest, NewsSitemap, Robots, Sitemap, SitemapIndex

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# The light colours `--paper` and `--accent` of static/style.css.
_BACKGROUND, _THEME = "#fbfaf7", "#0b5d66"


def _sitemap(view: object, base_url: str) -> bytes:
    lines: list[str] = []
    for page in cast("Sitemap", view).pages:
        lines.append(f"  <url>\n    <loc>{xml_text(urls.absolute(page.address, base_url))}</loc>\n")
        if page.modified:
            lines.append(f"    <lastmod>{xml_text(page.modified)}</lastmod>\n")
        if page.image:
            image = f"      <image:loc>{xml_text(urls.web_url(page.image, base_url))}</image:loc>\n"
            lines.append(f"    <image:image>\n{image}    </image:image>\n")
        lines.append("  </url>\n")
    return xml_bytes("urlset", f'xmlns="{_SITEMAP}" xmlns:image="{_IMAGE}"', lines)


def _news_sitemap(view: object, base_url: str) -> bytes:
    sitemap = cast("NewsSitemap", view)
    publication = (
        "      <news:publication>\n"
        f"        <news:name>{xml_text(sitemap.name)}</news:name>\n"
        f"        <news:language>{xml_text(sitemap.language)}</news:language>\n"
        "      </news:publication>\n"
    )
    lines = [
        "  <url>\n"
        f"    <loc>{xml_text(urls.absolute(page.address, base_url))}</loc>\n"
        "    <news:news>\n"
        f"{publication}"
        f"      <news:publication_date>{xml_text(page.published)}</news:publication_date>\n"
        f"      <news:title>{xml_text(page.title)}</news:title>\n"
        "    </news:news>\n"
        "  </url>\n"
        for page in sitemap.pages
    ]
    return xml_bytes("urlset", f'xmlns="{_SITEMAP}" xmlns:news="{_NEWS}"', lines)


def _sitemap_index(view: object, base_url: str) -> bytes:
    lines = [
        f"  <sitemap>\n    <loc>{xml_text(urls.absolute(address, base_url))}</loc>\n  </sitemap>\n"
        for address in cast("SitemapIndex", view).sitemaps
    ]
    return xml_bytes("sitemapindex", f'xmlns="{_SITEMAP}"', lines)


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
"""Writers by the name that ``Page.template`` gives: ``writer(view, base_url)``."""
