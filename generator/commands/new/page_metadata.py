"""Reads the metadata of an article's page: Open Graph, JSON-LD and HTML. The content of pages is not trusted.

Open Graph (https://ogp.me) has priority, because publishers write it for other sites; then the article of schema.org in
JSON-LD, then the ``citation_`` elements that journals write for Google Scholar, then ``<title>`` and the description.
"""

import codecs
import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html

from generator.content.fields import LIKELY_YEARS
from generator.content.studies import read_study
from generator.util import weburls
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
_ARTICLE = re.compile(r"(?:https?://schema\.org/|schema:)?(?:\w*Article|BlogPosting|Report|VideoObject)")
# Marks with which pages hide JSON-LD from parsers of XML and from browsers that know no scripts, in their order.
_HIDING_BEFORE, _HIDING_AFTER = ("//", "/*", "<![CDATA[", "*/", "<!--"), ("*/", "]]>", "-->", "/*", "//")
_NESTING = ("@graph", "mainEntity", "mainEntityOfPage")
_MAX_DEPTH = 8
# The path of an address that is a front page: of the host, or of one of its languages.
_FRONT_PAGE = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default)(?:\.\w+)?)?", re.IGNORECASE)
_JOURNAL_DATE = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", re.ASCII)
_FUTURE = dt.timedelta(days=366)
_MAX_AUTHORS = 100


class PageError(Exception):
    """The page cannot be read; the message gives the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """The metadata of a page. Fields that the page lacks, or that are unusable, are empty."""

    url: str
    """The canonical URL if it has the host of the page and is not its front page, else the URL of the page."""
    title: str = ""
    excerpt: str = ""
    publisher: str = ""
    published_at: dt.datetime | None = None
    """In UTC. A time that cannot be meant is None: before the web, or more than a year in the future."""
    authors: tuple[str, ...] = ()
    """Of a study."""
    study: str = ""
    """The DOI of the study that the page is about."""
    is_video: bool = False
    image: str = ""
    width: int = 0
    """In pixels; 0 if unknown. The same applies to the height."""
    height: int = 0


def read(data: bytes, *, content_type: str, url: str, now: dt.datetime) -> PageMetadata:
    """Reads the metadata of a page, which may be truncated. The URL is that after redirects.

    Raises:
        PageError: the page is not HTML, or its URL is not valid for a link.
    """
    try:
        page_url = weburls.clean(url)
    except weburls.InvalidUrlError as error:
        raise PageError(f"its address {error}") from None
    root = _parsed(data, content_type)
    metas = _metas(root)
    article = _article(root)
    base = _base(root, page_url)
    image, width, height = _image(metas, article, base)
    publisher = article.get("publisher")
    titles = (*metas["og:title"], article.get("headline"), *metas["citation_title"], root.findtext(".//title"))
    publishers = (
        *metas["citation_journal_title"],
        *metas["og:site_name"],
        publisher.get("name") if isinstance(publisher, Mapping) else publisher,
    )
    times = (
        *metas["article:published_time"],
        article.get("datePublished"),
        *metas["citation_online_date"],
        *metas["citation_publication_date"],
        *metas["citation_date"],
    )
    authors = (_first(_MAX_NAME, author) for author in metas["citation_author"][:_MAX_AUTHORS])
    doi = _first(_MAX_NAME, *metas["citation_doi"])
    return PageMetadata(
        url=_canonical(root, page_url, base),
        title=_first(_MAX_TITLE, *titles),
        excerpt=_first(_MAX_EXCERPT, *metas["og:description"], article.get("description"), *metas["description"]),
        publisher=_first(_MAX_NAME, *publishers),
        published_at=next(filter(None, (_time(value, now) for value in times)), None),
        authors=tuple(filter(None, authors)),
        study=doi if read_study(doi) else "",
        is_video=any(kind.startswith("video") for kind in metas["og:type"][:1]),
        image=image,
        width=width,
        height=height,
    )


def _parsed(data: bytes, content_type: str) -> html.HtmlElement:
    header = Message()
    header["Content-Type"] = content_type or "text/html"
    if header.get_content_type() not in {"text/html", "application/xhtml+xml"}:
        raise PageError("it is not HTML")
    text = _decoded(data, header.get_content_charset("")).replace("\0", "")
    try:
        return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise PageError("it is not HTML") from None


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


def _metas(root: html.HtmlElement) -> defaultdict[str, list[str]]:
    """Returns the contents of the ``<meta>`` elements by name, without empty ones."""
    metas: defaultdict[str, list[str]] = defaultdict(list)
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        if name and (meta.get("content") or "").strip():
            metas[name].append(meta.get("content"))
    return metas


def _base(root: html.HtmlElement, page_url: str) -> str:
    """Returns the URL against which the page's links are resolved: that of its first ``<base>`` with an address."""
    hrefs = (base.get("href") for base in root.iter("base"))
    return _absolute(next(filter(None, hrefs), ""), page_url) or page_url


def _article(root: html.HtmlElement) -> Mapping[str, Any]:
    """Returns the first article of the page's JSON-LD, with its publisher and picture if they are given by id."""
    objects: list[Mapping[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            # Publishers leave line breaks in texts, which JSON forbids.
            value = json.loads(_shown(script.text or ""), strict=False)
        except (ValueError, RecursionError):
            continue
        objects += _objects(value, _MAX_DEPTH)
    by_id = {one["@id"]: one for one in objects if isinstance(one.get("@id"), str) and len(one) > 1}
    for one in objects:
        types = _listed(one.get("@type"))
        if any(isinstance(name, str) and _ARTICLE.fullmatch(name) for name in types):
            named = {key: [_resolved(part, by_id) for part in _listed(one.get(key))] for key in ("publisher", "image")}
            return {**one, "publisher": named["publisher"][0] if named["publisher"] else None, "image": named["image"]}
    return {}


def _shown(script: str) -> str:
    """Returns a script without the marks that hide it."""
    script = script.strip()
    for mark in _HIDING_BEFORE:
        script = script.removeprefix(mark).lstrip()
    for mark in _HIDING_AFTER:
        script = script.removesuffix(mark).rstrip()
    return script


def _resolved(value: object, by_id: Mapping[str, Mapping[str, Any]]) -> object:
    """Returns the object that a reference names, and any other value as it is."""
    name = value.get("@id") if isinstance(value, Mapping) and len(value) == 1 else None
    return by_id.get(name, value) if isinstance(name, str) else value


def _objects(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yields the objects of a JSON-LD value: a single one, and those in lists, graphs and main entities."""
    if isinstance(value, list) and depth:
        for part in value:
            yield from _objects(part, depth - 1)
    elif isinstance(value, Mapping):
        yield value
        for key in _NESTING if depth else ():
            yield from _objects(value.get(key), depth - 1)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _first(length: int, *values: object) -> str:
    """Returns the first text that is not empty after repair, shortened to a length; ``""`` if there is none."""
    repaired = (repair(value[: 4 * length]) for value in values if isinstance(value, str))
    return next((shorten(text, length) for text in repaired if text), "")


def _time(value: object, now: dt.datetime) -> dt.datetime | None:
    """Parses a time or a day; returns None for anything else, and for times that cannot be meant."""
    text = value.strip() if isinstance(value, str) else ""
    if day := _JOURNAL_DATE.fullmatch(text):
        text = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    try:
        time = dt.datetime.fromisoformat(text.upper())
        time = (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return time if time.year in LIKELY_YEARS and time - now <= _FUTURE else None


def _canonical(root: html.HtmlElement, page_url: str, base: str) -> str:
    """Returns the canonical URL if it has the host of the page, else the URL of the page.

    A front page is not the canonical URL of another page: sites that are one document for scripts say so of all pages.
    """
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            url = _absolute(link.get("href"), base)
            has_host = url and weburls.host(url) == weburls.host(page_url)
            if has_host and (_is_front_page(page_url) or not _is_front_page(url)):
                return url
    return page_url


def _is_front_page(url: str) -> bool:
    return bool(_FRONT_PAGE.fullmatch(weburls.identity(url).removeprefix(weburls.identity(urljoin(url, "/"))[:-1])))


def _absolute(value: object, base: str) -> str:
    try:
        return weburls.clean(urljoin(base, value.strip())) if isinstance(value, str) and value.strip() else ""
    except (weburls.InvalidUrlError, ValueError):
        return ""


def _image(metas: defaultdict[str, list[str]], article: Mapping[str, Any], base: str) -> tuple[str, int, int]:
    for name in ("og:image:secure_url", "og:image", "og:image:url"):
        if url := _absolute(next(iter(metas[name]), ""), base):
            width, height = (_pixels(next(iter(metas[f"og:image:{side}"]), "")) for side in ("width", "height"))
            return url, width, height
    for image in _listed(article.get("image")):
        parts = image if isinstance(image, Mapping) else {"url": image}
        if url := _absolute(parts.get("url") or parts.get("contentUrl"), base):
            return url, _pixels(parts.get("width")), _pixels(parts.get("height"))
    return "", 0, 0


def _pixels(value: object) -> int:
    """Parses a number of pixels, such as ``800`` or ``"800 px"``; returns 0 for anything else."""
    digits = re.match(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*\Z", str(value), re.ASCII)
    return int(digits[1]) if digits and int(digits[1]) <= _MAX_PIXELS else 0
