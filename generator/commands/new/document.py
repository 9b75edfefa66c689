"""Creates documents: composes the text from values, and derives the file name."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from generator.commands.document_files import Quoted, dump
from generator.content.model import Item
from generator.content.parse import parse
from generator.content.publishers import Publishers
from generator.content.source_files import Document
from generator.errors import Diagnostic
from generator.util import dates
from generator.util.text import repair, short_hash, slugify


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture on the web."""

    url: str
    width: int = 0
    """In pixels; 0 if unknown. The same applies to the height."""
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """The values of a document to compose."""

    title: str
    url: str
    source_name: str
    published_at: dt.datetime
    excerpt: str = ""
    topics: tuple[str, ...] = ()
    picture: Picture | None = None
    is_video: bool = False
    is_draft: bool = False
    study: str = ""
    """An identifier of the study that the article is, or ``""``."""
    authors: tuple[str, ...] = ()
    """Of the study, for a comment: documents have no field for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedDocument:
    """The text and the file name of a document that has not been written."""

    name: str
    """``YYYY-MM-DD-slug.md``, with the day and the slug of the item's address; empty if there are diagnostics."""
    text: str
    diagnostics: tuple[Diagnostic, ...]
    """The errors of the document; if it has none, its warnings."""
    item: Item | None
    """The item of the document, without curated topics; None if there are diagnostics."""


def compose(new: NewDocument, zone: dt.tzinfo) -> ComposedDocument:
    """Composes a document, and parses it as a build does to find errors. The zone determines the day of the address."""
    published_at = dates.local(new.published_at, zone)
    values: dict[str, Any] = {
        "title": Quoted(repair(new.title)),
        "excerpt": Quoted(repair(new.excerpt)),
        "publishedDateTime": Quoted(published_at.isoformat(timespec="seconds").replace("+00:00", "Z")),
        "webUrl": Quoted(new.url),
        "type": "video" if new.is_video else "article",
        "provider": {"name": Quoted(repair(new.source_name))},
        "topics": [Quoted(repair(topic)) for topic in new.topics],
    }
    if new.picture:
        values["images"] = [_image(new.picture)]
    if new.study:
        values["studies"] = [Quoted(repair(new.study))]
    if new.is_draft:
        values["draft"] = True
    front = dump(values)
    # Arguments that are not valid UTF-8 have lone surrogates, which cannot be encoded.
    comment = f"# authors: {'; '.join(map(repair, new.authors))}\n" if new.authors else ""
    text = f"---\n{front}{comment}---\n".encode("utf-8", "replace").decode()
    # Curated publishers change how a source is shown, but no error.
    document = Document(name="new.md", shown="the new document", text=text)
    parsed = parse(document, publishers=Publishers(), zone=zone)
    if parsed.item is None or parsed.diagnostics:
        errors = tuple(diagnostic for diagnostic in parsed.diagnostics if diagnostic.is_error)
        return ComposedDocument(name="", text=text, diagnostics=errors or parsed.diagnostics, item=None)
    slug = slugify(parsed.item.title) or f"item-{short_hash(parsed.item.identity)}"
    name = f"{parsed.item.published_at.date().isoformat()}-{slug}.md"
    return ComposedDocument(name=name, text=text, diagnostics=(), item=parsed.item)


def _image(picture: Picture) -> dict[str, Any]:
    sizes = {"width": picture.width, "height": picture.height}
    return {"url": Quoted(picture.url)} | {name: size for name, size in sizes.items() if size}
