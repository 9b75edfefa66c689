"""Feeds as bytes: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 of one view."""

import datetime as dt
import html
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any, cast

from lxml import etree

from generator import urls
from generator.serialize import Element, add, json_text, xml_bytes
from generator.urls import Address
from generator.views import Feed, FeedEntry, Link, Picture

_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"
_CREATOR = "http://purl.org/dc/elements/1.1/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def _atom(view: object, base_url: str) -> bytes:
    feed = cast("Feed", view)
    root = etree.Element(f"{{{_ATOM}}}feed", {_LANGUAGE: feed.language}, nsmap={None: _ATOM, "media": _MEDIA})
    _atom_add(root, "id", feed.id)
    _atom_add(root, "title", feed.title)
    _atom_add(root, "subtitle", feed.description)
    _atom_add(root, "updated", feed.updated)
    _atom_add(root, "link", rel="self", type="application/atom+xml", href=urls.absolute(feed.formats.atom, base_url))
    _atom_add(root, "link", rel="alternate", type="text/html", href=urls.absolute(feed.home, base_url))
    _atom_author(root, feed.author, base_url)
    for entry in feed.entries:
        node = _atom_add(root, "entry")
        _atom_add(node, "id", entry.id)
        _atom_add(node, "title", entry.title)
        _atom_add(node, "link", rel="alternate", type="text/html", href=urls.absolute(entry.to, base_url))
        if entry.article:
            _atom_add(node, "link", rel="via", href=entry.article)
        _atom_add(node, "published", entry.published)
        _atom_add(node, "updated", entry.published)
        _atom_author(node, entry.source, base_url)
        for topic in entry.topics:
            _atom_add(node, "category", term=topic)
        if entry.summary:
            _atom_add(node, "summary", entry.summary)
        _add_picture(node, entry.picture)
    return xml_bytes(root)


def _atom_author(parent: Element, author: Link, base_url: str) -> None:
    node = _atom_add(parent, "author")
    _atom_add(node, "name", author.text)
    _atom_add(node, "uri", _url(author.to, base_url))


def _url(to: Address | str, base_url: str) -> str:
    return urls.absolute(to, base_url) if isinstance(to, Address) else to


def _atom_add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    return add(parent, f"{{{_ATOM}}}{tag}", text, **attributes)


def _rss(view: object, base_url: str) -> bytes:
    feed = cast("Feed", view)
    root = etree.Element("rss", version="2.0", nsmap={"atom": _ATOM, "dc": _CREATOR, "media": _MEDIA})
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", urls.absolute(feed.home, base_url))
    add(channel, "description", feed.description)
    add(channel, "language", feed.language)
    add(channel, "pubDate", _rfc_822(feed.updated))
    _atom_add(channel, "link", rel="self", type="application/rss+xml", href=urls.absolute(feed.formats.rss, base_url))
    for entry in feed.entries:
        node = add(channel, "item")
        add(node, "title", entry.title)
        add(node, "link", urls.absolute(entry.to, base_url))
        if entry.summary:
            # Readers take it for HTML, so a text is escaped for them before XML escapes it again.
            add(node, "description", html.escape(entry.summary, quote=False))
        add(node, "guid", entry.id, isPermaLink="false")
        add(node, "pubDate", _rfc_822(entry.published))
        # RSS has an e-mail address for the author, and ``source`` is for items out of another feed: neither is known.
        add(node, f"{{{_CREATOR}}}creator", entry.source.text)
        for topic in entry.topics:
            add(node, "category", topic)
        if entry.article:
            _atom_add(node, "link", rel="via", href=entry.article)
        _add_picture(node, entry.picture)
    return xml_bytes(root)


def _rfc_822(moment: str) -> str:
    return format_datetime(dt.datetime.fromisoformat(moment), usegmt=True)


def _add_picture(parent: Element, picture: Picture | None) -> None:
    """Adds a picture by Media RSS, which asks for no media type and no length; an enclosure would."""
    if picture:
        node = add(parent, f"{{{_MEDIA}}}content", url=picture.url, medium="image")
        if picture.width:
            node.set("width", str(picture.width))
            node.set("height", str(picture.height))
        if picture.caption:
            add(node, f"{{{_MEDIA}}}description", picture.caption, type="plain")


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
        # The format wants a content in every item.
        "content_text": entry.summary or entry.title,
    }
    if entry.summary:
        item["summary"] = entry.summary
    if entry.picture:
        item["image"] = entry.picture.url
    item["date_published"] = entry.published
    if entry.article:
        item["external_url"] = entry.article
    item["authors"] = [_json_author(entry.source, base_url)]
    if entry.topics:
        item["tags"] = list(entry.topics)
    return item


def _json_author(author: Link, base_url: str) -> dict[str, str]:
    return {"name": author.text, "url": _url(author.to, base_url)}


WRITERS: Mapping[str, Callable[[object, str], bytes]] = {"atom": _atom, "rss": _rss, "json-feed": _json}
"""By the page's template: ``writer(view, base_url)``."""
