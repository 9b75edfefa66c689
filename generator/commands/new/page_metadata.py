"""What a page says about its article: Open Graph, JSON-LD, and what HTML itself has. A page may say anything.

Open Graph (https://ogp.me) goes first, because it is written for those who show a page elsewhere; then the article in
schema.org's terms, then ``<title>`` and the description.
"""

import codecs
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html

from generator.util import http as fetching
from generator.util import weburls
from generator.util.http import Rules
from generator.util.text import repair, shorten

_MAX_TITLE, _MAX_NAME, _MAX_EXCERPT = 300, 120, 1_000
_MAX_PIXELS = 100_000
# Python's other codecs are no encodings of the web, and some take time by the square.
_ENCODING = re.compile(
    r"utf-?(8|16(le|be)?)|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?\d{3,4}|cp125\d|gb(k|2312|18030)|big5(-?hkscs)?"
    r"|shift[_-]?jis|euc-(jp|kr)|koi8-[ru]",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_HEAD_BYTES = 4_096
_ARTICLE = re.compile(r"\w*Article|BlogPosting|Report|VideoObject")


class ClippingError(Exception):
    """The page cannot be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """What a page says about its article; empty where it says nothing that could be used."""

    url: str
    """Where the article is: the canonical address, if that is on the page's own host."""
    title: str = ""
    excerpt: str = ""
    publisher: str = ""
    published_at: dt.datetime | None = None
    """With a zone; UTC where the page names none."""
    is_video: bool = False
    image: str = ""
    width: int = 0
    """In pixels, 0 where unknown; so is the height."""
    height: int = 0


async def clip(url: str, rules: Rules) -> Clipping:
    """Fetches a page and reads it.

    Raises:
        FetchError: it cannot be fetched, or must not be.
        ClippingError: it cannot be read.
    """
    async with fetching.opened(rules) as fetcher:
        answer = await fetcher.fetch(url)
    if answer.status != HTTPStatus.OK:
        raise ClippingError(f"its host answers with {answer.status}")
    return read(answer.body, content_type=answer.content_type, url=answer.url)


def read(data: bytes, *, content_type: str, url: str) -> Clipping:
    """Reads a page.

    Args:
        data: its bytes, cut anywhere.
        content_type: the header's value.
        url: where it was found, after redirects.

    Raises:
        ClippingError: it is no HTML, or its address could not be linked to.
    """
    try:
        address = weburls.clean(url)
    except weburls.InvalidUrlError as error:
        raise ClippingError(f"its address {error}") from None
    header = Message()
    header["Content-Type"] = content_type or "text/html"
    if header.get_content_type() not in {"text/html", "application/xhtml+xml"}:
        raise ClippingError("it is no HTML")
    text = _decoded(data, header.get_content_charset("")).replace("\0", "")
    try:
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise ClippingError("it is no HTML") from None
    metas = _metas(root)
    article = _article(root)
    image, width, height = _image(metas, article, address)
    publisher = article.get("publisher")
    return Clipping(
        url=_canonical(root, address),
        title=_first(_MAX_TITLE, metas.get("og:title"), article.get("headline"), root.findtext(".//title")),
        excerpt=_first(_MAX_EXCERPT, metas.get("og:description"), article.get("description"), metas.get("description")),
        publisher=_first(
            _MAX_NAME, metas.get("og:site_name"), publisher.get("name") if isinstance(publisher, Mapping) else publisher
        ),
        published_at=_moment(metas.get("article:published_time")) or _moment(article.get("datePublished")),
        is_video=metas.get("og:type", "").startswith("video"),
        image=image,
        width=width,
        height=height,
    )


def _decoded(data: bytes, charset: str) -> str:
    """The text in the encoding that the header names, else the page, else as UTF-8 where that fits."""
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace")
    named = _META_CHARSET.search(data[:_HEAD_BYTES])
    for name in (charset, named[1].decode("ascii", "replace") if named else ""):
        if _ENCODING.fullmatch(name):
            try:
                # For pages, Latin-1 means Windows-1252 (WHATWG Encoding Standard).
                is_western = re.fullmatch(r"latin-?1|iso-?8859-?1|(us-)?ascii", name, re.IGNORECASE)
                return data.decode("cp1252" if is_western else name, "replace")
            except LookupError:
                continue
    try:
        return data.decode()
    except UnicodeDecodeError as error:  # a character has at most four bytes, and the last may be cut
        is_cut = error.end == len(data) and error.start > len(data) - 4
        return data.decode("utf-8" if is_cut else "cp1252", "replace")


def _metas(root: html.HtmlElement) -> dict[str, str]:
    """The first value of each ``<meta>`` that has one."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        if name and (meta.get("content") or "").strip():
            metas.setdefault(name, meta.get("content"))
    return metas


def _article(root: html.HtmlElement) -> Mapping[str, Any]:
    """The first article in the JSON-LD of a page."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            value = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for part in _objects(value):
            kinds = part.get("@type")
            if any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in _listed(kinds)):
                return part
    return {}


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a page's JSON-LD: alone, in a list or in a graph."""
    for part in _listed(value):
        if isinstance(part, Mapping):
            yield part
            for inner in _listed(part.get("@graph")):
                if isinstance(inner, Mapping):
                    yield inner


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _first(length: int, *values: object) -> str:
    """The first text that says something, as one line of clean text."""
    repaired = (repair(value[: 4 * length]) for value in values if isinstance(value, str))
    return next((shorten(text, length) for text in repaired if text), "")


def _moment(value: object) -> dt.datetime | None:
    """A time of ISO 8601; midnight UTC where it is a date."""
    try:
        at = dt.datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        at = at and (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    # As in documents: the day before, the week after and other zones must exist, too.
    return at if at and dt.MINYEAR < at.year < dt.MAXYEAR else None


def _canonical(root: html.HtmlElement, address: str) -> str:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            found = _address(link.get("href"), address)
            if found and weburls.host(found) == weburls.host(address):
                return found
    return address


def _address(value: object, base: str) -> str:
    """An address on a page made whole; nothing where it could not be linked to."""
    try:
        return weburls.clean(urljoin(base, value.strip())) if isinstance(value, str) and value.strip() else ""
    except (weburls.InvalidUrlError, ValueError):
        return ""


def _image(metas: Mapping[str, str], article: Mapping[str, Any], base: str) -> tuple[str, int, int]:
    for name in ("og:image:secure_url", "og:image", "og:image:url"):
        if found := _address(metas.get(name), base):
            return found, _pixels(metas.get("og:image:width")), _pixels(metas.get("og:image:height"))
    for image in _listed(article.get("image")):
        parts = image if isinstance(image, Mapping) else {"url": image}
        if found := _address(parts.get("url") or parts.get("contentUrl"), base):
            return found, _pixels(parts.get("width")), _pixels(parts.get("height"))
    return "", 0, 0


def _pixels(value: object) -> int:
    digits = re.match(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*\Z", str(value), re.ASCII)
    return int(digits[1]) if digits and int(digits[1]) <= _MAX_PIXELS else 0
