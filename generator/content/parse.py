"""Parses a document into an item, or an own page, whose fields are checked and repaired.

Pure. ``docs/documents.md`` has the schema of documents, ``docs/pages.md`` that of own pages.
"""

import datetime as dt
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from generator.config.document_fields import NAMES
from generator.content import beside, field_mapping
from generator.content.aliases import Alias, InvalidAliasError
from generator.content.articles import read_article, read_related
from generator.content.beside import Resolve
from generator.content.embeds import Body, BodyLink, BodyMarkup, InvalidBodyError, embedded_video
from generator.content.field_errors import FieldDiagnostic, place
from generator.content.field_mapping import FieldMapping, Mapped
from generator.content.fields import Fields
from generator.content.front_matter import FrontMatterError, KeyPath, locate, split_and_load, yaml_of
from generator.content.model import Article, Item
from generator.content.page_documents import PageDocument, ParsedPage
from generator.content.publishers import Publishers
from generator.content.slugs import slug_of
from generator.content.source_files import Document
from generator.content.summaries import summary
from generator.errors import Code, Diagnostic, Severity, has_error
from generator.util import weburls
from generator.util.text import repair, slugify

_PAGE_KEYS = frozenset({"aliases", "description", "menu", "noindex", "template", "title"})
_MENUS = {True: "header", False: "", None: "", "header": "header", "footer": "footer"}
"""The values of the field ``menu`` of own pages, and what they mean."""
_TEMPLATE = re.compile(r"[\w-]+(?:/[\w-]+)*\.html", re.ASCII)
_HEADING = re.compile(r"<h[2-6].*?</h[2-6]>", re.DOTALL)
_BODY = "---body"
"""The key of the body in the paths of diagnostics, which no field can have. A line of the document may follow it."""
_MAX_SHOWN = 100
# The field `draft` in front matter that cannot be loaded, and what ends such front matter.
_DRAFT = re.compile(r"^draft[ \t]*[:=][ \t]*true[ \t]*(?:#.*)?$", re.MULTILINE)
_JSON_DRAFT = re.compile(r'"draft"[ \t]*:[ \t]*true\b')
_END = re.compile(r"\n(?:---|\+\+\+|\})[ \t]*\n")
_DESCRIPTION_LENGTH = 200

Inspect = Callable[[Mapping[Any, Any], str], Iterable[FieldDiagnostic]]
"""Finds further problems in the fields of a document, given also as YAML. Used by ``digest check``."""


class Parsed(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The result of parsing a document."""

    item: Item | None
    """None if there is an error among the diagnostics, or if it is left out."""
    diagnostics: tuple[Diagnostic, ...]
    is_left_out: bool = False
    """Whether the site's hook ``item`` has left out the item."""
    is_unfinished: bool = False
    """Whether the document is a draft with an error. It is not on a site without drafts anyway."""


def parse(
    document: Document,
    *,
    publishers: Publishers,
    base_path: str = "",
    zone: dt.tzinfo = dt.UTC,
    mapping: FieldMapping | None = None,
    inspect: Inspect | None = None,
) -> Parsed:
    """Parses a document. It never raises, but returns a diagnostic for each problem.

    Args:
        document: the text of a source file.
        publishers: the curated publishers.
        base_path: the path below which the site is served, for links in the body.
        zone: the site's time zone, which decides the day of publication.
        mapping: the setting ``fields``, if it is not empty.
        inspect: finds further problems.
    """
    try:
        return _parse(document, publishers, base_path, zone, mapping, inspect)
    except UnicodeEncodeError:  # a lone surrogate, which may be in the text of a caller, but not in a file
        message, remedy = "contains a character that UTF-8 cannot encode", "save it as UTF-8"
        return _refused(Diagnostic(path=document.shown, code=Code.NOT_UTF8, message=message, remedy=remedy))


def place_of(text: str, fields: Sequence[KeyPath]) -> tuple[int, int]:
    """Returns the line and column, from 1, of the first of these fields that a document has, or else 1 and 1."""
    try:
        _, _, lines_before = split_and_load(text)
    except FrontMatterError:
        return 1, 1
    places = locate(yaml_of(text), fields)
    found = next((places[at] for at in fields if at in places), None)
    return (found[0] + lines_before, found[1]) if found else (1, 1)


def parse_page(document: Document, *, base_path: str = "") -> ParsedPage:
    """Parses an own page. It never raises, but returns a diagnostic for each problem.

    Args:
        document: the text of a file in the folder of own pages.
        base_path: the path below which the site is served, for links in the body.
    """
    try:
        metadata, body, lines_before = split_and_load(document.text)
    except FrontMatterError as error:
        return ParsedPage(page=None, diagnostics=tuple(one.in_file(document.shown) for one in error.diagnostics))
    fields = Fields(metadata, (), manual="docs/pages.md")
    page = _page(document, fields, body, lines_before, base_path)
    diagnostics = _place(fields.diagnostics, document, body, lines_before) if fields.diagnostics else ()
    return ParsedPage(page=None if has_error(diagnostics) else page, diagnostics=diagnostics)


def _page(document: Document, fields: Fields, body: str, lines_before: int, base_path: str) -> PageDocument:
    fields.report_unknown(_PAGE_KEYS, of="a page")
    title, description = fields.text("title", is_required=True), fields.text("description")
    resolve = functools.partial(beside.file_of, document.name)
    rendered = _body(fields, body, document.text, base_path, resolve, is_of_owner=True)
    markup = rendered.html if rendered else ""
    beginning = _HEADING.sub("", markup)
    menu = fields.values.get("menu")
    if not isinstance(menu, bool | str | None) or menu not in _MENUS:
        fields.report("menu", Code.WRONG_TYPE, "menu must be true, header or footer", "write `menu: footer`")
        menu = None
    template, template_line = fields.raw_text("template"), 1
    if template:
        template_line = locate(yaml_of(document.text)).get(("template",), (1, 1))[0] + lines_before
        if not _TEMPLATE.fullmatch(template):
            message, remedy = "template is not the name of a template", "write it as `template: page.html`"
            fields.report("template", Code.TEMPLATE_ERROR, message, remedy)
    address = ""
    try:
        address = beside.page_address(document.name)
    except InvalidAliasError as error:
        fields.diagnostics.append(FieldDiagnostic((), Code.INVALID_ALIAS, f"the file name {error}", "rename the file"))
    return PageDocument(
        path=document.shown,
        address=address,
        title=title,
        description=description or summary(repair(_plain_text(beginning)), _DESCRIPTION_LENGTH) or title,
        menu=_MENUS[menu],
        aliases=_aliases(fields, document, lines_before),
        is_noindex=fields.boolean("noindex"),
        template=template or "page.html",
        template_line=template_line,
        body=rendered,
        text=_plain_text(markup),
    )


def _plain_text(markup: str) -> str:
    """Returns the text of sanitised HTML."""
    import html  # noqa: PLC0415 - few sites have own pages

    import nh3  # noqa: PLC0415

    return html.unescape(nh3.clean(markup, tags=set()))


def _refused(*diagnostics: Diagnostic, is_draft: bool = False) -> Parsed:
    return Parsed(item=None, diagnostics=diagnostics, is_unfinished=is_draft)


def _parse(
    document: Document,
    publishers: Publishers,
    base_path: str,
    zone: dt.tzinfo,
    mapping: FieldMapping | None,
    inspect: Inspect | None,
) -> Parsed:
    if not document.text.strip():
        message, remedy = "is empty", "write the document or remove the file"
        return _refused(Diagnostic(path=document.shown, code=Code.EMPTY, message=message, remedy=remedy))
    try:
        metadata, body, lines_before = split_and_load(document.text)
    except FrontMatterError as error:
        diagnostics = [diagnostic.in_file(document.shown) for diagnostic in error.diagnostics]
        draft = _JSON_DRAFT if document.text.lstrip().startswith("{") else _DRAFT
        return _refused(*diagnostics, is_draft=bool(draft.search(_END.split(document.text, maxsplit=1)[0])))
    mapped = Mapped(metadata, {})
    if mapping:
        mapped = field_mapping.apply(metadata, mapping, name=document.name, zone=zone)
    fields = Fields(mapped.values, ())
    item = _item(document, fields, publishers, body, lines_before, base_path, zone, mapped.places)
    if inspect:
        fields.diagnostics.extend(inspect(mapped.values, yaml_of(document.text)))
    if mapping:
        fields.diagnostics = field_mapping.placed(fields.diagnostics, mapping, mapped)
    placed = _place(fields.diagnostics, document, body, lines_before) if fields.diagnostics else ()
    if has_error(placed):
        return _refused(*placed, is_draft=mapped.values.get("draft") is True)
    return Parsed(item=item, diagnostics=placed)


def _place(
    diagnostics: list[FieldDiagnostic], document: Document, body: str, lines_before: int
) -> tuple[Diagnostic, ...]:
    """Adds the places in the document to diagnostics of fields and of the body."""
    wanted = {diagnostic.at for diagnostic in diagnostics if diagnostic.at[:1] != (_BODY,)}
    places = locate(yaml_of(document.text), wanted - {()})
    if body:
        places[_BODY,] = _line_of_body(body, document.text) - lines_before, 1
        for at in {diagnostic.at for diagnostic in diagnostics if len(diagnostic.at) > 1} - wanted:
            places[at] = int(at[1]) - lines_before, 1
    return place(diagnostics, places, document.shown, lines_before=lines_before)


def _item(
    document: Document,
    fields: Fields,
    publishers: Publishers,
    body: str,
    lines_before: int,
    base_path: str,
    zone: dt.tzinfo,
    places: Mapping[str, KeyPath],
) -> Item | None:
    """Reads all fields. Returns None if a required field is missing."""
    fields.report_unknown(NAMES)
    own_picture = functools.partial(beside.own_picture, document.name)
    article = read_article(fields, publishers, is_document=True, own_picture=own_picture)
    related = read_related(fields, publishers)
    embedded = fields.raw_text("featuredContent")
    video = embedded_video(embedded) if embedded.strip() else None
    if embedded.strip() and not video:
        message = "featuredContent contains no video of a known host and is not shown"
        remedy = "embed a YouTube or Vimeo video, or remove the field"
        fields.warn("featuredContent", Code.UNKNOWN_EMBED, message, remedy)
    rendered = _body(fields, body, document.text, base_path, functools.partial(beside.picture_of, document.name))
    values: dict[str, Any] = {
        "category": fields.text("category"),
        "original_url": fields.url("originalUrl"),
        "heat": fields.integer("heat"),
        "is_promoted": fields.boolean("published"),
        "is_removed": fields.boolean("removed"),
        "is_draft": fields.boolean("draft"),
        "aliases": _aliases(fields, document, lines_before, places.get("aliases", ("aliases",))),
        "topics": fields.texts("topics", takes_values=True),
        "not_topics": fields.texts("notTopics", takes_values=True),
        "story": _story(fields),
        "studies": fields.studies("studies"),
        "not_same_as": frozenset(weburls.identity(url) for url in fields.urls("notSameAs")),
    }
    fields.raw_text("secured")  # only its type is checked; its value must not be kept
    slug = fields.slug("slug")
    if article is None:
        return None
    if not article.is_date_only and zone is not dt.UTC:
        article = structs.replace(article, published_at=article.published_at.astimezone(zone))
    related_once: dict[str, Article] = {}
    for entry in related:
        if entry.identity != article.identity:
            related_once.setdefault(entry.identity, entry)
    return Item(
        **structs.asdict(article),
        **values,
        name=document.name,
        path=document.shown,
        slug=slug or slug_of(document.name, article),
        related=tuple(related_once.values()),
        video=video,
        body=rendered,
        picture_lines=_picture_lines(fields, document, article, lines_before),
    )


def _picture_lines(fields: Fields, document: Document, article: Article, lines_before: int) -> tuple[int, ...]:
    """Returns the lines of own pictures. Whether they are there is known only when the site is planned."""
    own = {image.url for image in article.images if image.is_own}
    if not own:
        return ()
    places = locate(yaml_of(document.text))
    urls = [entry.get("url") if isinstance(entry, dict) else None for entry in fields.values["images"]]
    is_own = [isinstance(url, str) and beside.own_picture(document.name, url.strip()) in own for url in urls]
    lines = [places.get(("images", index, "url"), (1, 1))[0] + lines_before for index in range(len(urls))]
    return tuple(itertools.compress(lines, is_own))


def _body(
    fields: Fields, body: str, text: str, base_path: str, resolve: Resolve, *, is_of_owner: bool = False
) -> Body | None:
    if not body:
        return None
    from generator.content.markdown import render_body  # noqa: PLC0415 - slow to import, and few documents have a body

    try:
        first_line = _line_of_body(body, text)
        rendered = render_body(
            body, base_path=base_path, first_line=first_line, resolve=resolve, is_of_owner=is_of_owner
        )
    except InvalidBodyError as error:
        fields.report(_BODY, Code.INVALID_BODY, str(error), "shorten or simplify it")
        return None
    if not rendered.html:
        fields.warn(_BODY, Code.INVALID_BODY, "no part of the body can be shown", "write Markdown without scripts")
    fields.diagnostics += (_dropped(link, is_of_owner=is_of_owner) for link in rendered.dropped)
    fields.diagnostics += (_left_out(markup) for markup in rendered.left_out)
    return rendered


def _dropped(link: BodyLink, *, is_of_owner: bool) -> FieldDiagnostic:
    """Returns the warning about a link or image of the body that is shown without its address."""
    shown = link.address if len(link.address) <= _MAX_SHOWN else f"{link.address[:_MAX_SHOWN]}…"
    message = f"the address `{shown}` is neither a web address nor starts with one `/`, so it is left out"
    remedy = "start it with https://, or with / for a page of this site"
    if not shown:
        message = "the address of a link is empty"
    elif shown.startswith("#"):
        message = f"no heading of the body has the fragment `{shown}`, so the address is left out"
        remedy = "write the words of the heading in lower case, with hyphens for spaces"
    elif shown.startswith("tel:"):
        remedy = f"write it as {weburls.PHONE_FORM}, without spaces" if is_of_owner else "write the number as text"
    elif beside.is_vector(shown):
        remedy = beside.VECTOR_REMEDY
    return FieldDiagnostic((_BODY, link.line), Code.INVALID_LINK, message, remedy, Severity.WARNING)


def _left_out(markup: BodyMarkup) -> FieldDiagnostic:
    """Returns the warning about raw HTML of the body that is left out."""
    name = markup.name if len(markup.name) <= _MAX_SHOWN else f"{markup.name[:_MAX_SHOWN]}…"
    kind = "element" if name.startswith("<") else "attribute"
    message = f"bodies cannot have the {kind} `{name}`, so it is left out"
    return FieldDiagnostic(
        (_BODY, markup.line), Code.REMOVED_HTML, message, "write Markdown, or remove it", Severity.WARNING
    )


def _story(fields: Fields) -> str:
    text = fields.text("story")
    label = slugify(text, max_length=0) if text else ""
    if text and not label:
        fields.report("story", Code.INVALID_SLUG, "story contains no letter or digit", "write a word")
    return label


def _aliases(fields: Fields, document: Document, lines_before: int, at: KeyPath = ("aliases",)) -> tuple[Alias, ...]:
    found = fields.aliases("aliases")
    if not found:
        return ()
    # Collisions of aliases are found only when the whole site is planned, so the items carry their places.
    places = locate(yaml_of(document.text))
    key = places.get(at, (1, 1))
    placed = [(address, *places.get((*at, index), key)) for index, address in found]
    return tuple(Alias(address=address, line=line + lines_before, column=column) for address, line, column in placed)


def _line_of_body(body: str, text: str) -> int:
    return text.count("\n", 0, text.rindex(body)) + 1
