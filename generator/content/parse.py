"""One document becomes one item: typed, checked, repaired. Pure; the schema is ``docs/documents.md``."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import structs

from generator.content.aliases import Alias
from generator.content.articles import ARTICLE_KEYS, read_article, read_related
from generator.content.embeds import Body, BodyLink, InvalidBodyError, embedded_video
from generator.content.field_errors import FieldDiagnostic, place
from generator.content.fields import Fields
from generator.content.front_matter import Finding, FrontMatterError, locate, split_and_load, yaml_of
from generator.content.model import Article, Item
from generator.content.slugs import slug_of
from generator.content.source_files import Document
from generator.errors import Code, Diagnostic, Severity
from generator.util import weburls
from generator.util.text import is_slug, slugify

_DOCUMENT_KEYS = (
    ARTICLE_KEYS
    | {"aliases", "story", "notSameAs", "notTopics"}
    | frozenset(
        "category originalUrl heat published removed draft slug topics related featuredContent secured".split()  # noqa: SIM905
    )
)
_BODY = "---body"
"""Stands for the body where keys of the front matter stand for fields; no key can have this name.

A line of the document after it is a place in the body.
"""
_MAX_SHOWN = 100

Inspect = Callable[[Mapping[Any, Any], str], Iterable[FieldDiagnostic]]
"""Looks at the front matter of a document, read and as YAML, for what may be wrong though it is fit for the site."""


class Parsed(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What became of a document: an item unless there are errors."""

    item: Item | None
    diagnostics: tuple[Diagnostic, ...]


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
        diagnostics=tuple(
            Diagnostic(path=document.shown, line=line, column=column, code=code, message=message, remedy=remedy)
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
        fields.diagnostics.extend(inspect(metadata, yaml_of(document.text)))
    diagnostics = _place(fields.diagnostics, document, body, lines_before) if fields.diagnostics else ()
    return Parsed(
        item=None if any(diagnostic.is_error for diagnostic in diagnostics) else item, diagnostics=diagnostics
    )


def _place(
    diagnostics: list[FieldDiagnostic], document: Document, body: str, lines_before: int
) -> tuple[Diagnostic, ...]:
    """Turns faults into problems with the line of the offending key, or of the nearest key around it."""
    wanted = {diagnostic.at for diagnostic in diagnostics if diagnostic.at[:1] != (_BODY,)}
    places = locate(yaml_of(document.text), wanted - {()})
    if body:
        places[_BODY,] = _line_of_body(body, document.text) - lines_before, 1
        for at in {diagnostic.at for diagnostic in diagnostics if len(diagnostic.at) > 1} - wanted:
            places[at] = int(at[1]) - lines_before, 1
    return place(diagnostics, places, document.shown, lines_before=lines_before)


def _item(document: Document, fields: Fields, body: str, base_path: str, zone: dt.tzinfo) -> Item | None:
    """The item, complete as far as the fields allow; None where a field is missing without which there is none."""
    fields.report_unknown(_DOCUMENT_KEYS)
    article = read_article(fields, is_document=True)
    related = read_related(fields)
    embedded = fields.raw_text("featuredContent")
    video = embedded_video(embedded) if embedded.strip() else None
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
    if not article.is_date_only and zone is not dt.UTC:
        article = structs.replace(article, published_at=article.published_at.astimezone(zone))
    others: dict[str, Article] = {}
    for entry in related:
        if entry.identity != article.identity:
            others.setdefault(entry.identity, entry)
    return Item(
        **structs.asdict(article),
        **values,
        name=document.name,
        path=document.shown,
        slug=explicit_slug or slug_of(document.name, article),
        related=tuple(others.values()),
        video=video,
        body=rendered,
    )


def _body(fields: Fields, body: str, text: str, base_path: str) -> Body | None:
    if not body:
        return None
    from generator.content.markdown import render_body  # noqa: PLC0415 - takes long to load, and few documents have a body

    try:
        rendered = render_body(body, base_path=base_path, first_line=_line_of_body(body, text))
    except InvalidBodyError as error:
        fields.diagnostic(_BODY, Code.INVALID_BODY, str(error), "shorten or simplify it")
        return None
    if not rendered.html:
        fields.warn(_BODY, Code.INVALID_BODY, "nothing of the body can be shown", "write Markdown without scripts")
    fields.diagnostics += (_dropped(link) for link in rendered.dropped)
    return rendered


def _dropped(link: BodyLink) -> FieldDiagnostic:
    """A warning about a link or picture of the body that is shown without its address."""
    shown = link.address if len(link.address) <= _MAX_SHOWN else f"{link.address[:_MAX_SHOWN]}…"
    message = f"the address `{shown}` is neither a web address nor starts with one `/`, and is left out"
    remedy = "begin it with https://, or with / for a page of this site"
    if not shown:
        message = "the address of a link is empty"
    elif shown.startswith("#"):
        message = f"the address `{shown}` is a place within the body, which has none, and is left out"
        remedy = "link to a page"
    return FieldDiagnostic((_BODY, link.line), Code.INVALID_LINK, message, remedy, Severity.WARNING)


def _story(fields: Fields) -> str:
    word = fields.text("story")
    if not word:
        return ""
    label = slugify(word, max_length=0)
    if not label:
        fields.diagnostic("story", Code.INVALID_SLUG, "story has neither letter nor digit", "write a word")
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
        fields.diagnostic("slug", Code.INVALID_SLUG, "slug may hold a-z, 0-9 and single hyphens only", remedy)
    return slug
