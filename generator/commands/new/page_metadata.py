"""Reads the metadata of an article's page: Open Graph, JSON-LD and HTML. The content of pages is not trusted.

Open Graph (https://ogp.me) has priority, because publishers write it for other sites; then the article of schema.org in
JSON-LD, then ``<title>`` and the description.
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

from generator.util import http, weburls
from generator.util.http import Rules
from generator.util.text import repair, shorten

_MAX_TITLE, _MAX_NAME, _MAX_EXCERPT = 300, 120, 1_000
_MAX_PIXELS = 100_000
# The encodings of the web. Some of Python's other codecs take quadratic time.
_ENCODING = re.compile(
    r"utf-?(8|16(le|be)?)|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?\d{3,4}|cp125\d|gb(k|2312|18030)|big5(-?hkscs)?"
    r"|shift[_-]?jis|euc-(jp|kr)|koi8-[ru]",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_HEAD_BYTES = 4_096
_ARTICLE = re.compile(r"\w*Article|BlogPosting|Report|VideoObject")


class PageError(Exception):
    """The page cannot be read; the message gives the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """The metadata of a page. Fields that the page lacks, or that are unusable, are empty."""

    url: str
    """The canonical URL if it has the host of the page, else the URL of the page."""
    title: str = ""
    excerpt: str = ""
    publisher: str = ""
    published_at: dt.datetime | None = None
    """In UTC."""
    is_video: bool = False
    image: str = ""
    width: int = 0
    """In pixels; 0 if unknown. The same applies to the height."""
    height: int = 0


async def fetch(url: str, rules: Rules) -> PageMetadata:
    """Fetches a page and reads its metadata.

    Raises:
        FetchError: the page cannot be fetched, or the rules forbid it.
        PageError: the page cannot be read.
    """
    async with http.opened(rules) as fetcher:
        response = await fetcher.fetch(url)
    if response.status != HTTPStatus.OK:
        raise PageError(f"its host responds with {response.status}")
    return read(response.body, content_type=response.content_type, url=response.url)


def read(data: bytes, *, content_type: str, url: str) -> PageMetadata:
    """Reads the metadata of a page, which may be truncated. The URL is that after redirects.

    Raises:
        PageError: the page is not HTML, or its URL is not valid for a link.
    """
    try:
        page_url = weburls.clean(url)
    except weburls.InvalidUrlError as error:
        raise PageError(f"its address {error}") from None
    header = Message()
    header["Content-Type"] = content_type or "text/html"
    if header.get_content_type() not in {"text/html", "application/xhtml+xml"}:
        raise PageError("it is not HTML")
    text = _decoded(data, header.get_content_charset("")).replace("\0", "")
    try:
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise PageError("it is not HTML") from None
    metas = _metas(root)
    article = _article(root)
    image, width, height = _image(metas, article, page_url)
    publisher = article.get("publisher")
    return PageMetadata(
        url=_canonical(root, page_url),
        title=_first(_MAX_TITLE, metas.get("og:title"), article.get("headline"), root.findtext(".//title")),
        excerpt=_first(_MAX_EXCERPT, metas.get("og:description"), article.get("description"), metas.get("description")),
        publisher=_first(
            _MAX_NAME, metas.get("og:site_name"), publisher.get("name") if isinstance(publisher, Mapping) else publisher
        ),
        published_at=_time(metas.get("article:published_time")) or _time(article.get("datePublished")),
        is_video=metas.get("og:type", "").startswith("video"),
        image=image,
        width=width,
        height=height,
    )


def _decoded(data: bytes, charset: str) -> str:
    """Decodes a page with the encoding of the header, else of the page itself, else as UTF-8 or Windows-1252."""
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace")
    declared = _META_CHARSET.search(data[:_HEAD_BYTES])
    for name in (charset, declared[1].decode("ascii", "replace") if declared else ""):
        if _ENCODING.fullmatch(name):
            try:
                # The WHATWG Encoding Standard decodes Latin-1 and ASCII as Windows-1252.
                is_western = re.fullmatch(r"latin-?1|iso-?8859-?1|(us-)?ascii", name, re.IGNORECASE)
                return data.decode("cp1252" if is_western else name, "replace")
            except LookupError:
                continue
    try:
        return data.decode()
    except UnicodeDecodeError as error:  # the last character, of at most four bytes, may be truncated
        is_truncated = error.end == len(data) and error.start > len(data) - 4
        return data.decode("utf-8" if is_truncated else "cp1252", "replace")


def _metas(root: html.HtmlElement) -> dict[str, str]:
    """Returns the content of the ``<meta>`` elements by name; of several with one name, the first that is not empty."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        if name and (meta.get("content") or "").strip():
            metas.setdefault(name, meta.get("content"))
    return metas


def _article(root: html.HtmlElement) -> Mapping[str, Any]:
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            value = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for part in _objects(value):
            types = _listed(part.get("@type"))
            if any(isinstance(name, str) and _ARTICLE.fullmatch(name) for name in types):
                return part
    return {}


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yields the objects of a JSON-LD value: a single one, those of a list and those of a ``@graph``."""
    for part in _listed(value):
        if isinstance(part, Mapping):
            yield part
            for inner in _listed(part.get("@graph")):
                if isinstance(inner, Mapping):
                    yield inner


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _first(length: int, *values: object) -> str:
    """Returns the first text that is not empty after repair, shortened to a length; ``""`` if there is none."""
    repaired = (repair(value[: 4 * length]) for value in values if isinstance(value, str))
    return next((shorten(text, length) for text in repaired if text), "")


def _time(value: object) -> dt.datetime | None:
    try:
        time = dt.datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        time = time and (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    # The same range as for documents: later steps add days and change zones.
    return time if time and dt.MINYEAR < time.year < dt.MAXYEAR else None


def _canonical(root: html.HtmlElement, page_url: str) -> str:
    """Returns the canonical URL if it has the host of the page, else the URL of the page."""
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            url = _absolute(link.get("href"), page_url)
            if url and weburls.host(url) == weburls.host(page_url):
                return url
    return page_url


def _absolute(value: object, base: str) -> str:
    try:
        return weburls.clean(urljoin(base, value.strip())) if isinstance(value, str) and value.strip() else ""
    except (weburls.InvalidUrlError, ValueError):
        return ""


def _image(metas: Mapping[str, str], article: Mapping[str, Any], base: str) -> tuple[str, int, int]:
    for name in ("og:image:secure_url", "og:image", "og:image:url"):
        if url := _absolute(metas.get(name), base):
            return url, _pixels(metas.get("og:image:width")), _pixels(metas.get("og:image:height"))
    for image in _listed(article.get("image")):
        parts = image if isinstance(image, Mapping) else {"url": image}
        if url := _absolute(parts.get("url") or parts.get("contentUrl"), base):
            return url, _pixels(parts.get("width")), _pixels(parts.get("height"))
    return "", 0, 0


def _pixels(value: object) -> int:
    """Parses a number of pixels, such as ``800`` or ``"800 px"``; returns 0 for anything else."""
    digits = re.match(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*\Z", str(value), re.ASCII)
    return int(digits[1]) if digits and int(digits[1]) <= _MAX_PIXELS else 0
