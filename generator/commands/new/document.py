"""A new document: its text from values, its name from its text, and a file that overwrites none."""

import contextlib
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.content.parse import parse
from generator.content.source_files import Document
from generator.errors import Diagnostic
from generator.util.text import repair, short_hash, slugify


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture on the web; 0 pixels where unknown."""

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """What is known of an article that is to become a document."""

    title: str
    url: str
    source_name: str
    published_at: dt.datetime
    excerpt: str = ""
    topics: tuple[str, ...] = ()
    picture: Picture | None = None
    is_video: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document before it is a file."""

    name: str
    """``YYYY-MM-DD-slug.md``: the day is that of the item's address, and the slug its last part."""
    text: str
    diagnostics: tuple[Diagnostic, ...]
    """What keeps it from being one, or would be missing from it; then there is no name."""


class _Quoted(str):
    """Text that is written in quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Quotes all text: plain words such as ``1e3`` are numbers to some readers of YAML and text to others."""


_Dumper.add_representer(
    _Quoted, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')
)


def compose(new: NewDocument, zone: dt.tzinfo) -> Written:
    """Writes a document and reads it as a build would.

    Args:
        new: what it says.
        zone: the site's time zone, which decides on the day.
    """
    at = new.published_at.astimezone(dt.UTC) if _is_date(new.published_at) else new.published_at.astimezone(zone)
    values: dict[str, Any] = {
        "title": _Quoted(repair(new.title)),
        "excerpt": _Quoted(repair(new.excerpt)),
        "publishedDateTime": _Quoted(at.isoformat(timespec="seconds").replace("+00:00", "Z")),
        "webUrl": _Quoted(new.url),
        "type": "video" if new.is_video else "article",
        "provider": {"name": _Quoted(repair(new.source_name))},
        "topics": [_Quoted(repair(topic)) for topic in new.topics],
    }
    if new.picture:
        values["images"] = [_image(new.picture)]
    # Half of a surrogate pair, as an argument with bytes of another encoding has it, cannot be written.
    front = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)
    text = f"---\n{front}---\n".encode("utf-8", "replace").decode()
    parsed = parse(Document(name="new.md", shown="the new document", text=text), zone=zone)
    if parsed.item is None or parsed.diagnostics:
        errors = tuple(diagnostic for diagnostic in parsed.diagnostics if diagnostic.is_error)
        return Written(name="", text=text, diagnostics=errors or parsed.diagnostics)
    slug = slugify(parsed.item.title) or f"item-{short_hash(parsed.item.identity)}"
    return Written(name=f"{parsed.item.published_at.date().isoformat()}-{slug}.md", text=text, diagnostics=())


def _is_date(at: dt.datetime) -> bool:
    """Midnight UTC stands for a day without a time of day, and must not become another day."""
    return at.astimezone(dt.UTC).time() == dt.time(0)


def _image(picture: Picture) -> dict[str, Any]:
    sizes = {"width": picture.width, "height": picture.height}
    return {"url": _Quoted(picture.url)} | {name: size for name, size in sizes.items() if size}


def create(path: Path, data: bytes) -> None:
    """Makes a file that was not there, whole or not at all.

    Raises:
        FileExistsError: there is one already, or a link.
        OSError: it cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
