"""Articles as front matter describes them: what a document itself is, and the entries of its ``related`` list.

What the archive repeats, publishers and entries of lists, is read once as long as there is nothing wrong with it:
because faults have places, they belong to one document.
"""

import datetime as dt
import functools
import marshal

from generator.content.fields import Fields, Moment
from generator.content.model import Article, Image, Provider
from generator.errors import Code, Severity
from generator.util import weburls

ARTICLE_KEYS = frozenset(
    "title excerpt publishedDateTime webUrl ampWebUrl cdnAmpWebUrl type quality provider images".split()  # noqa: SIM905
)
"""The fields of a document that an entry may have, too."""
_RELATED_KEYS = ARTICLE_KEYS | {"originalUrl", "heat", "published", "topics"}
_IMAGE_KEYS = frozenset(["url", "width", "height", "isCached", "title"])
_PROVIDER_KEYS = frozenset({"name", "domain", "images"})
_TYPES = ("article", "video")


def read_article(fields: Fields, *, is_document: bool) -> Article | None:
    """What an item and an entry of a list have in common; None where a field is missing without which there is none."""
    title = fields.text("title", is_required=True)
    excerpt = fields.text("excerpt")
    moment = fields.moment("publishedDateTime")
    # The original address stands in where a video has no page of its own.
    has_web_url = is_document and fields.values.get("webUrl") is None and fields.values.get("originalUrl") is not None
    web_url = fields.url("originalUrl" if has_web_url else "webUrl", is_required=True)
    amp_url = fields.url("ampWebUrl")
    cdn_amp_url = fields.url("cdnAmpWebUrl")
    kind = fields.text("type") or "article"
    if kind not in _TYPES:
        fields.warn(
            "type",
            Code.UNKNOWN_TYPE,
            f"type {kind!r} is unknown, article is assumed",
            "write article or video",
        )
        kind = "article"
    quality = fields.integer("quality")
    images = _images(fields)
    provider = _provider(fields, web_url)
    if not (title and moment and web_url and provider):
        return None
    return Article(
        title=title,
        excerpt=excerpt,
        published_at=moment.at,
        is_date_only=_is_date_only(moment),
        web_url=web_url,
        amp_url=amp_url,
        cdn_amp_url=cdn_amp_url,
        type=kind,
        quality=quality,
        provider=provider,
        images=images,
        identity=weburls.identity(web_url),
    )


def _is_date_only(moment: Moment) -> bool:
    """Publishers that give a date alone come out as midnight UTC to the second."""
    return moment.is_date_only or moment.at.time() == dt.time(0)


def read_related(fields: Fields) -> list[Article]:
    """The entries of ``related``; the archive repeats each some forty times, so equal entries are read once."""
    articles: list[Article] = []
    for index, value in enumerate(fields.entries("related")):
        article = _faultless_entry(marshal.dumps(value, 2)) if type(value) is dict else None
        if article is None and (entry := fields.entry("related", index, value)):
            article = _entry(entry)
        if article:
            articles.append(article)
    return articles


def _entry(fields: Fields) -> Article | None:
    fields.report_unknown(_RELATED_KEYS)
    return read_article(fields, is_document=False)


@functools.lru_cache(maxsize=16_384)
def _faultless_entry(marshalled: bytes) -> Article | None:
    """The article of a faultless entry, or None."""
    fields = Fields(marshal.loads(marshalled), (), severity=Severity.WARNING)  # noqa: S302 - from our caller, a moment ago
    article = _entry(fields)
    return None if fields.diagnostics else article


def _images(fields: Fields) -> tuple[Image, ...]:
    if fields.values.get("images") is None:
        return ()
    images = []
    for entry in fields.mappings("images"):
        entry.report_unknown(_IMAGE_KEYS)
        width, height = entry.integer("width"), entry.integer("height")
        caption = entry.text("title")
        entry.boolean("isCached")
        if url := entry.url("url", is_required=True):
            images.append(Image(url=url, width=max(width, 0), height=max(height, 0), caption=caption))
    return tuple(images)


def _provider(fields: Fields, web_url: str | None) -> Provider | None:
    host = weburls.host(web_url) if web_url else ""
    given = fields.values.get("provider")
    if type(given) is dict and (shared := _faultless_provider(marshal.dumps(given, 2), host)):
        return shared
    entry = fields.mapping("provider")
    if entry is None:
        if fields.values.get("provider") is None:
            fields.missing("provider", instead="the address stands in")
        return Provider(name=host, domain=host, logo=None) if host else None
    return _provider_of(entry, host)


@functools.lru_cache(maxsize=4_096)
def _faultless_provider(marshalled: bytes, host: str) -> Provider | None:
    """A faultless provider, or None: thousands of articles share a few hundred."""
    fields = Fields(marshal.loads(marshalled), ())  # noqa: S302 - from our caller, a moment ago
    provider = _provider_of(fields, host)
    return None if fields.diagnostics else provider


def _provider_of(entry: Fields, host: str) -> Provider | None:
    entry.report_unknown(_PROVIDER_KEYS)
    name = entry.text("name")
    images = _images(entry)
    domain = host
    if given := entry.text("domain"):
        try:
            domain = weburls.domain(given)
        except weburls.InvalidUrlError:
            entry.warn(
                "domain",
                Code.INVALID_DOMAIN,
                "provider.domain is no domain name, the address stands in",
                "write it as example.org",
            )
    if not name and not str(entry.values.get("name") or "").strip():
        remedy = "add `name:` below `provider:`"
        entry.missing("name", remedy, instead="the domain stands in", shown="provider.name")
    return Provider(name=name or domain, domain=domain, logo=next(iter(images), None)) if domain else None
