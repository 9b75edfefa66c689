"""Writes feeds: the view of a feed as Atom (RFC 4287), RSS 2.0 or JSON Feed 1.1."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from generator.content import urls
from generator.content.feed_formats import FEED_FORMATS
from generator.site.views import Feed, FeedEntry, Link, Picture
from generator.util.serialize import json_text, xml_bytes, xml_text, xml_value

_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"
_CREATOR = "http://purl.org/dc/elements/1.1/"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# An item is an entry of several feeds: of its topics and its source.
_CACHED_ENTRIES = 4_096


def _atom(view: object, base_url: str) -> bytes:
    feed = cast("Feed", view)
    own, home = urls.absolute(feed.formats.atom, base_url), urls.absolute(feed.home, base_url)
    lines = [
        f"  <id>{xml_text(feed.id)}</id>\n",
        f"  <title>{xml_text(feed.title)}</title>\n",
        f"  <subtitle>{xml_text(feed.description)}</subtitle>\n",
        f"  <updated>{xml_text(feed.updated)}</updated>\n",
        f'  <link rel="self" type="application/atom+xml" href="{xml_value(own)}"/>\n',
        f'  <link rel="alternate" type="text/html" href="{xml_value(home)}"/>\n',
        *_atom_author("  ", feed.author, base_url),
        *(_atom_entry(entry, base_url) for entry in feed.entries),
    ]
    namespaces = f'xmlns="{_ATOM}" xmlns:media="{_MEDIA}"'
    return xml_bytes("feed", f'{namespaces} xml:lang="{xml_value(feed.language)}"', lines)


@functools.lru_cache(maxsize=_CACHED_ENTRIES)
def _atom_entry(entry: FeedEntry, base_url: str) -> str:
    to = urls.absolute(entry.to, base_url)
    lines = [
        "  <entry>\n",
        f"    <id>{xml_text(entry.id)}</id>\n",
        f"    <title>{xml_text(entry.title)}</title>\n",
        f'    <link rel="alternate" type="text/html" href="{xml_value(to)}"/>\n',
        f'    <link rel="via" href="{xml_value(entry.article)}"/>\n' if entry.article else "",
        f"    <published>{xml_text(entry.published)}</published>\n",
        f"    <updated>{xml_text(entry.updated)}</updated>\n",
        *_atom_author("    ", entry.source, base_url),
        *(f'    <category term="{xml_value(topic)}"/>\n' for topic in entry.topics),
        f"    <summary>{xml_text(entry.summary)}</summary>\n" if entry.summary else "",
        f'    <content type="html">{xml_text(_html(entry, base_url))}</content>\n' if entry.reports else "",
        *_picture("    ", entry.picture, base_url),
        "  </entry>\n",
    ]
    return "".join(lines)


def _atom_author(indent: str, author: Link, base_url: str) -> Iterator[str]:
    yield f"{indent}<author>\n"
    yield f"{indent}  <name>{xml_text(author.text)}</name>\n"
    yield f"{indent}  <uri>{xml_text(urls.web_url(author.to, base_url))}</uri>\n"
    yield f"{indent}</author>\n"


def _rss(view: object, base_url: str) -> bytes:
    feed = cast("Feed", view)
    own, home = urls.absolute(feed.formats.rss, base_url), urls.absolute(feed.home, base_url)
    lines = [
        "  <channel>\n",
        f"    <title>{xml_text(feed.title)}</title>\n",
        f"    <link>{xml_text(home)}</link>\n",
        f"    <description>{xml_text(feed.description)}</description>\n",
        f"    <language>{xml_text(feed.language)}</language>\n",
        f"    <pubDate>{rfc_822(feed.updated)}</pubDate>\n",
        f'    <atom:link rel="self" type="application/rss+xml" href="{xml_value(own)}"/>\n',
        *(_rss_item(entry, base_url) for entry in feed.entries),
        "  </channel>\n",
    ]
    namespaces = f'xmlns:atom="{_ATOM}" xmlns:dc="{_CREATOR}" xmlns:media="{_MEDIA}"'
    return xml_bytes("rss", f'{namespaces} version="2.0"', lines)


@functools.lru_cache(maxsize=_CACHED_ENTRIES)
def _rss_item(entry: FeedEntry, base_url: str) -> str:
    # Feed readers treat the description as HTML, so text is escaped for HTML before it is escaped for XML.
    description = xml_text(_html(entry, base_url))
    lines = [
        "    <item>\n",
        f"      <title>{xml_text(entry.title)}</title>\n",
        f"      <link>{xml_text(urls.absolute(entry.to, base_url))}</link>\n",
        f"      <description>{description}</description>\n" if description else "",
        f'      <guid isPermaLink="false">{xml_text(entry.id)}</guid>\n',
        f"      <pubDate>{rfc_822(entry.published)}</pubDate>\n",
        # The author of RSS is an e-mail address, and its ``source`` is another feed. Neither is known.
        f"      <dc:creator>{xml_text(entry.source.text)}</dc:creator>\n",
        *(f"      <category>{xml_text(topic)}</category>\n" for topic in entry.topics),
        f'      <atom:link rel="via" href="{xml_value(entry.article)}"/>\n' if entry.article else "",
        *_picture("      ", entry.picture, base_url),
        "    </item>\n",
    ]
    return "".join(lines)


def _html(entry: FeedEntry, base_url: str) -> str:
    """Returns the summary and the reports of an entry as HTML."""
    if not entry.reports:
        return xml_text(entry.summary)
    reports = [
        f"<li>{f'{xml_text(one.label)}: ' if one.label else ''}"
        f'<a href="{xml_value(urls.web_url(one.link.to, base_url))}">{xml_text(one.link.text)}</a></li>'
        for one in entry.reports
    ]
    summary = f"<p>{xml_text(entry.summary)}</p>" if entry.summary else ""
    return f"{summary}<ul>{''.join(reports)}</ul>"


def rfc_822(moment: str) -> str:
    """Returns a time, given as ISO 8601, in UTC and the format of RFC 822.

    ``email.utils.format_datetime`` does the same, but takes longer to import than the rest of this module.
    """
    at = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at:%H:%M:%S} GMT"


def _picture(indent: str, picture: Picture | None, base_url: str) -> Iterator[str]:
    """Yields the lines of a picture in Media RSS. Unlike an enclosure, it needs no media type and no length."""
    if picture is None:
        return
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    content = f'{indent}<media:content url="{xml_value(urls.web_url(picture.url, base_url))}" medium="image"{size}'
    if picture.caption:
        yield f"{content}>\n"
        yield f'{indent}  <media:description type="plain">{xml_text(picture.caption)}</media:description>\n'
        yield f"{indent}</media:content>\n"
    else:
        yield f"{content}/>\n"


def _json(view: object, base_url: str) -> bytes:
    feed = cast("Feed", view)
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": urls.absolute(feed.home, base_url),
        "feed_url": urls.absolute(feed.formats.json, base_url),
        "description": feed.description,
        "language": feed.language,
        "authors": [_json_author(feed.author, base_url)],
        "items": [_json_item(entry, base_url) for entry in feed.entries],
    }
    return json_text(value).encode() + b"\n"


def _json_item(entry: FeedEntry, base_url: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": urls.absolute(entry.to, base_url),
        "title": entry.title,
    }
    # JSON Feed requires a content in every item.
    if entry.reports:
        item["content_html"] = _html(entry, base_url)
    else:
        item["content_text"] = entry.summary or entry.title
    if entry.summary:
        item["summary"] = entry.summary
    if entry.picture:
        item["image"] = urls.web_url(entry.picture.url, base_url)
    item["date_published"] = entry.published
    if entry.updated != entry.published:
        item["date_modified"] = entry.updated
    if entry.article:
        item["external_url"] = entry.article
    item["authors"] = [_json_author(entry.source, base_url)]
    if entry.topics:
        item["tags"] = list(entry.topics)
    return item


def _json_author(author: Link, base_url: str) -> dict[str, str]:
    return {"name": author.text, "url": urls.web_url(author.to, base_url)}


WRITERS: Mapping[str, Callable[[object, str], bytes]] = {"atom": _atom, "rss": _rss, "json": _json}
"""Writers by the name that ``Page.template`` gives: ``writer(view, base_url)``."""
if unmatched := WRITERS.keys() ^ {one.name for one in FEED_FORMATS}:
    names = ", ".join(sorted(unmatched))
    raise AssertionError(f"render/feeds.py: WRITERS and content/feed_formats.py: FEED_FORMATS differ: {names}")
