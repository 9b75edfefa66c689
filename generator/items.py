"""One document becomes one item: typed, checked, repaired. Pure; the schema is ``docs/documents.md``."""

import dataclasses
import datetime as dt
import functools
import marshal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from generator import weburls
from generator.aliases import Alias
from generator.errors import Code, Problem, Severity
from generator.fields import Fault, Fields, Moment, place
from generator.front_matter import Finding, FrontMatterError, locate, split_and_load, yaml_of
from generator.markup import Body, InvalidBodyError, embedded_video, render_body
from generator.model import Article, Image, Item, Provider
from generator.slugs import slug_of
from generator.sources import Document
from generator.text import is_slug, slugify

_ARTICLE_KEYS = frozenset(
    "title excerpt publishedDateTime webUrl ampWebUrl cdnAmpWebUrl type quality provider images".split()  # noqa: SIM905
)
_DOCUMENT_KEYS = (
    _ARTICLE_KEYS
    | {"aliases", "story", "notSameAs", "notTopics"}
    | frozenset(
        "category originalUrl heat published removed draft slug topics related featuredContent secured".split()  # noqa: SIM905
    )
)
_RELATED_KEYS = _ARTICLE_KEYS | {"originalUrl", "heat", "published", "topics"}
_IMAGE_KEYS = frozenset(["url", "width", "height", "isCached", "title"])
_PROVIDER_KEYS = frozenset({"name", "domain", "images"})
_TYPES = ("article", "video")
_BODY = "---body"
"""Stands for the body where keys of the front matter stand for fields; no key can have this name."""

Inspect = Callable[[Mapping[Any, Any]], Iterable[Fault]]
"""Looks at the front matter of a document for what may be wrong though it does not keep it off the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What became of a document: an item unless there are errors."""

    item: Item | None
    problems: tuple[Problem, ...]


def parse(
    document: Document, *, base_path: str = "", zone: dt.tzinfo = dt.UTC, inspect: Inspect | None = None
) -> Parsed:
    """Reads a document. Never raises: whatever is wrong comes back as problems, all of them.

    Args:
        document: the text of a source file.
        base_path: the path below which the site will be served, for links in the body.
        zone: the site's time zone, which decides on which day an item was published.
        inspect: what else is to be said about it.
    """
    try:
        return _parse(document, base_path, zone, inspect)
    except UnicodeEncodeError:  # half of a surrogate pair: no file holds it, but a caller's text may
        return _refused(document, (1, 1, Code.NOT_UTF8, "holds what UTF-8 cannot say", "save it as UTF-8"))


def _refused(document: Document, *findings: Finding) -> Parsed:
    return Parsed(
        item=None,
        problems=tuple(
            Problem(path=document.shown, line=line, column=column, code=code, message=message, remedy=remedy)
            for line, column, code, message, remedy in findings
        ),
    )


def _parse(document: Document, base_path: str, zone: dt.tzinfo, inspect: Inspect | None) -> Parsed:
    if not document.text.strip():
        return _refused(document, (1, 1, Code.EMPTY, "is empty", "write the document or remove the file"))
    try:
        metadata, body, lines_before = split_and_load(document.text)
    except FrontMatterError as error:
        return _refused(document, *error.findings)
    fields = Fields(metadata, ())
    item = _item(document, fields, body, base_path, zone)
    if inspect:
        fields.faults.extend(inspect(metadata))
    problems = _place(fields.faults, document, body, lines_before) if fields.faults else ()
    return Parsed(item=None if any(problem.is_error for problem in problems) else item, problems=problems)


def _place(faults: list[Fault], document: Document, body: str, lines_before: int) -> tuple[Problem, ...]:
    """Turns faults into problems with the line of the offending key, or of the nearest key around it."""
    places = locate(yaml_of(document.text), {fault.at for fault in faults} - {(), (_BODY,)})
    if body:
        places[_BODY,] = _line_of_body(body, document.text) - lines_before, 1
    return place(faults, places, document.shown, lines_before=lines_before)


def _item(document: Document, fields: Fields, body: str, base_path: str, zone: dt.tzinfo) -> Item | None:
    """The item, complete as far as the fields allow; None where a field is missing without which there is none."""
    fields.report_unknown(_DOCUMENT_KEYS)
    article = _article(fields, is_document=True)
    related = [_related(entry) for entry in fields.mappings("related")]
    embedded = fields.raw_text("featuredContent")
    video = embedded_video(embedded)
    if embedded.strip() and not video:
        fields.warn(
            "featuredContent",
            Code.UNKNOWN_EMBED,
            "featuredContent holds no video of a known host and is not shown",
            "embed a YouTube or Vimeo video, or remove the field",
        )
    rendered = _body(fields, body, document.text, base_path)
    values: dict[str, Any] = {
        "category": fields.text("category"),
        "original_url": fields.url("originalUrl"),
        "heat": fields.integer("heat"),
        "is_promoted": fields.boolean("published"),
        "is_removed": fields.boolean("removed"),
        "is_draft": fields.boolean("draft"),
        "aliases": _aliases(fields, document),
        "topics": fields.texts("topics"),
        "not_topics": fields.texts("notTopics"),
        "story": _story(fields),
        "not_same_as": frozenset(weburls.identity(url) for url in fields.urls("notSameAs")),
    }
    fields.raw_text("secured")  # its type is checked; its value goes nowhere
    explicit_slug = _explicit_slug(fields)
    if article is None:
        return None
    if not article.is_date_only:
        article = dataclasses.replace(article, published_at=article.published_at.astimezone(zone))
    others: dict[str, Article] = {}
    for entry in related:
        if entry and entry.identity != article.identity:
            others.setdefault(entry.identity, entry)
    return Item(
        **{name: getattr(article, name) for name in Article.__slots__},
        **values,
        name=document.name,
        path=document.shown,
        slug=explicit_slug or slug_of(document.name, article),
        related=tuple(others.values()),
        video=video,
        body=rendered,
    )


def _article(fields: Fields, *, is_document: bool) -> Article | None:
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


def _related(fields: Fields) -> Article | None:
    """An entry of ``related``; the archive repeats each some forty times, so equal entries are read once."""
    cached = _related_article(marshal.dumps(dict(fields.values), 2))
    if cached:
        return cached
    fields.report_unknown(_RELATED_KEYS)
    return _article(fields, is_document=False)


@functools.lru_cache(maxsize=16_384)
def _related_article(marshalled: bytes) -> Article | None:
    """The article of a faultless entry, or None."""
    fields = Fields(marshal.loads(marshalled), (), severity=Severity.WARNING)  # noqa: S302 - from our caller, a moment ago
    fields.report_unknown(_RELATED_KEYS)
    article = _article(fields, is_document=False)
    return None if fields.faults else article


def _images(fields: Fields) -> tuple[Image, ...]:
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
    entry = fields.mapping("provider")
    host = weburls.host(web_url) if web_url else ""
    if entry is None:
        if fields.values.get("provider") is None:
            fields.missing("provider", instead="the address stands in")
        return Provider(name=host, domain=host, logo=None) if host else None
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
    return _shared_provider(name or domain, domain, next(iter(images), None)) if domain else None


@functools.lru_cache(maxsize=4_096)
def _shared_provider(name: str, domain: str, logo: Image | None) -> Provider:
    """Equal providers are one object: thousands of entries share a few hundred."""
    return Provider(name=name, domain=domain, logo=logo)


def _body(fields: Fields, body: str, text: str, base_path: str) -> Body | None:
    if not body:
        return None
    try:
        rendered = render_body(body, base_path=base_path, first_line=_line_of_body(body, text))
    except InvalidBodyError as error:
        fields.fault(_BODY, Code.INVALID_BODY, str(error), "shorten or simplify it")
        return None
    if not rendered.html:
        fields.warn(_BODY, Code.INVALID_BODY, "nothing of the body can be shown", "write Markdown without scripts")
    return rendered


def _story(fields: Fields) -> str:
    word = fields.text("story")
    label = slugify(word, max_length=0)
    if word and not label:
        fields.fault("story", Code.INVALID_SLUG, "story has neither letter nor digit", "write a word")
    return label


def _aliases(fields: Fields, document: Document) -> tuple[Alias, ...]:
    found = fields.aliases("aliases")
    if not found:
        return ()
    # What is wrong with them shows only beside the rest of the site, so their places are kept.
    places = locate(yaml_of(document.text))
    before = len(document.text) - len(document.text.lstrip())
    lines_before = document.text.count("\n", 0, before)
    placed = [(address, *places.get(("aliases", index), (1, 1))) for index, address in found]
    return tuple(Alias(address=address, line=line + lines_before, column=column) for address, line, column in placed)


def _line_of_body(body: str, text: str) -> int:
    return text.count("\n", 0, text.rindex(body)) + 1


def _explicit_slug(fields: Fields) -> str:
    slug = fields.raw_text("slug")
    if slug and not is_slug(slug):
        remedy = f"write `slug: {slugify(slug) or 'a-few-words'}`"
        fields.fault("slug", Code.INVALID_SLUG, "slug may hold a-z, 0-9 and single hyphens only", remedy)
    return slug
