"""Reads articles from front matter: the one that a document describes, and the entries of its ``related`` list.

Documents repeat publishers and related entries. A value without a diagnostic is cached, so that it is read only once.
Diagnostics depend on the place in the document, so a value with one is read again.
"""

import datetime as dt
import functools
import marshal
from collections.abc import Callable

from generator.content import beside
from generator.content.fields import Fields
from generator.content.model import Article, Image, Provider
from generator.content.publishers import Publisher, Publishers
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import as_written

ARTICLE_KEYS = frozenset({
    "ampWebUrl", "cdnAmpWebUrl", "excerpt", "images", "provider", "publishedDateTime", "quality", "title", "type",
    "webUrl",
})  # fmt: skip
"""The fields that a document and a related entry have in common."""
_RELATED_KEYS = ARTICLE_KEYS | {"originalUrl", "heat", "published", "topics"}
_IMAGE_KEYS = frozenset({"url", "width", "height", "isCached", "title"})
_PROVIDER_KEYS = frozenset({"name", "domain", "images"})
_TYPES = ("article", "video")

OwnPicture = Callable[[str], str | None]
"""Returns the address of a picture of this site, as a document writes it; None if it is none."""


def read_article(
    fields: Fields, publishers: Publishers, *, is_document: bool, own_picture: OwnPicture | None = None
) -> Article | None:
    """Reads the fields that documents and related entries have in common.

    Args:
        fields: of the document or the entry.
        publishers: the curated publishers.
        is_document: whether the fields are those of a document.
        own_picture: returns the address of a picture of this site.

    Returns:
        The article, with its time in UTC, or None if the title, the time, the address or the provider is missing.
    """
    title = fields.text("title", is_required=True)
    excerpt = fields.text("excerpt")
    moment = fields.moment("publishedDateTime")
    # A video may have no page of its own. Then its original address is used.
    uses_original = is_document and fields.values.get("webUrl") is None and fields.values.get("originalUrl") is not None
    web_url = fields.url("originalUrl" if uses_original else "webUrl", is_required=True)
    amp_url = fields.url("ampWebUrl")
    cdn_amp_url = fields.url("cdnAmpWebUrl")
    kind = fields.text("type") or "article"
    if kind not in _TYPES:
        message = f"type {kind!r} is unknown, so article is assumed"
        fields.warn("type", Code.UNKNOWN_TYPE, message, "write article or video")
        kind = "article"
    quality = fields.integer("quality")
    images = _images(fields, own_picture)
    provider = _provider(fields, web_url, publishers)
    if not (title and moment and web_url and provider):
        return None
    return Article(
        title=title,
        excerpt=excerpt,
        published_at=moment.at,
        # Feeds turn a date without a time into midnight UTC.
        is_date_only=moment.is_date_only or moment.at.time() == dt.time(0),
        web_url=web_url,
        amp_url=amp_url,
        cdn_amp_url=cdn_amp_url,
        type=kind,
        quality=quality,
        provider=provider,
        images=images,
        identity=weburls.identity(web_url),
    )


def read_related(fields: Fields, publishers: Publishers) -> list[Article]:
    """Reads the entries of the field ``related``. Invalid entries are left out with a warning."""
    articles: list[Article] = []
    for index, value in enumerate(fields.entries("related")):
        article = _cached_entry(marshal.dumps(value, 2), publishers) if type(value) is dict else None
        if article is None and (entry := fields.entry("related", index, value)):
            article = _entry(entry, publishers)
        if article:
            articles.append(article)
    return articles


def _entry(fields: Fields, publishers: Publishers) -> Article | None:
    fields.report_unknown(_RELATED_KEYS)
    return read_article(fields, publishers, is_document=False)


@functools.lru_cache(maxsize=16_384)
def _cached_entry(marshalled: bytes, publishers: Publishers) -> Article | None:
    """Returns the article of a related entry, or None if there is any diagnostic."""
    fields = Fields(marshal.loads(marshalled), (), severity=Severity.WARNING)  # noqa: S302 - marshalled by the caller
    article = _entry(fields, publishers)
    return None if fields.diagnostics else article


def _images(fields: Fields, own_picture: OwnPicture | None = None) -> tuple[Image, ...]:
    images = []
    for entry in fields.mappings("images"):
        entry.report_unknown(_IMAGE_KEYS)
        width, height, caption = entry.integer("width"), entry.integer("height"), entry.text("title")
        entry.boolean("isCached")
        written = entry.values.get("url")
        at = written.strip() if isinstance(written, str) else ""
        own = own_picture(at) if own_picture and at else None
        if own_picture and beside.is_vector(at):
            message = "url leads to an SVG beside the document, which may hold scripts, so the entry is left out"
            entry.report("url", Code.INVALID_IMAGE, message, beside.VECTOR_REMEDY)
            continue
        if url := own or entry.url("url", is_required=True, is_picture=True):
            images.append(Image(url=url, width=max(width, 0), height=max(height, 0), caption=caption))
    return tuple(images)


def _provider(fields: Fields, web_url: str | None, publishers: Publishers) -> Provider | None:
    """Reads the field ``provider``. The domain defaults to the host of the article's address."""
    host = weburls.host(web_url) if web_url else ""
    value = fields.values.get("provider")
    if type(value) is dict and (cached := _cached_provider(marshal.dumps(value, 2), host, publishers)):
        return cached
    entry = fields.mapping("provider")
    if entry is None:
        if value is None:
            fields.missing("provider", instead="the host of the address")
        return _named(publishers.identify(host, ""), host, None) if host else None
    return _provider_of(entry, host, publishers)


@functools.lru_cache(maxsize=4_096)
def _cached_provider(marshalled: bytes, host: str, publishers: Publishers) -> Provider | None:
    """Returns the provider, or None if there is any diagnostic."""
    fields = Fields(marshal.loads(marshalled), ())  # noqa: S302 - marshalled by the caller
    provider = _provider_of(fields, host, publishers)
    return None if fields.diagnostics else provider


def _provider_of(entry: Fields, host: str, publishers: Publishers) -> Provider | None:
    entry.report_unknown(_PROVIDER_KEYS)
    name = entry.text("name")
    images = _images(entry)
    domain = host
    if given := entry.text("domain"):
        try:
            domain = weburls.domain(given)
        except weburls.InvalidUrlError:
            message = f"provider.domain is not a domain name, so the host of the address is used{as_written(given)}"
            entry.warn("domain", Code.INVALID_DOMAIN, message, f"write it as {host or 'example.org'}")
    publisher = publishers.identify(domain, name) if domain else None
    is_curated = publisher is not None and publisher.is_curated
    if not name and not is_curated and not str(entry.values.get("name") or "").strip():
        remedy = "add `name:` below `provider:`"
        entry.missing("name", remedy, instead="the domain", shown="provider.name")
    return _named(publisher, domain, next(iter(images), None)) if publisher else None


def _named(publisher: Publisher, domain: str, logo: Image | None) -> Provider:
    """Returns a provider under the name of its publisher. Its domain stays that of the document."""
    home = "" if publisher.home == f"https://{domain}/" else publisher.home
    return Provider(name=publisher.name, domain=domain, logo=logo, kind=publisher.kind, home=home)
