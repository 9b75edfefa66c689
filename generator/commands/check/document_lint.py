"""What may be wrong with a document though it is fit for the site: each looked at by itself. Pure.

Only what a reader would see counts: of the pictures the one that cards show, of texts the document's own and not those
of its ``related`` list, which a robot writes.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.content.field_errors import FieldDiagnostic
from generator.content.front_matter import KeyPath, locate
from generator.content.model import Image
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import damage

# A place is that of the key, or of an entry of a list.
_WRITTEN = re.compile(r"(?:[A-Za-z]\w*:[ \t]+)?", re.ASCII)
_COMMENT = re.compile(r"[ \t]+#")
CODES = frozenset(
    {
        Code.CUT_TEXT,
        Code.INSECURE_IMAGE,
        Code.LOST_TEXT,
        Code.MENDED_TEXT,
        Code.MISSING_EXCERPT,
        Code.MISSING_IMAGE,
        Code.MISSING_IMAGE_SIZE,
    }
)
"""Every code that :func:`advise` gives."""
_TEXTS = ("title", "excerpt", "category")


def advise(values: Mapping[Any, Any], fm: str) -> Iterator[FieldDiagnostic]:
    """Warnings about the front matter of a document. What has the wrong type is an error already and left alone.

    Args:
        values: what was read.
        fm: the YAML that it was read from.
    """
    if values.get("removed") is True:
        return
    yield from _excerpt(values)
    yield from _picture(values)
    yield from _logo(values)
    yield from _encoding(values)
    if " #" in fm or "\t#" in fm:
        yield from _comments(values, fm)


def _warning(at: KeyPath, code: Code, message: str, remedy: str) -> FieldDiagnostic:
    return FieldDiagnostic(at, code, message, remedy, Severity.WARNING)


def _excerpt(values: Mapping[Any, Any]) -> Iterator[FieldDiagnostic]:
    value = values.get("excerpt")
    if value is None or (isinstance(value, str) and not value.strip()):
        at = ("excerpt",) if "excerpt" in values else ()
        yield _warning(at, Code.MISSING_EXCERPT, "there is no excerpt", "say in `excerpt:` what the article says")


def _picture(values: Mapping[Any, Any]) -> Iterator[FieldDiagnostic]:
    """On the picture that cards would show."""
    pictures = list(_pictures(values.get("images"), ("images",)))
    shown = next(((at, entry, image) for at, entry, image in pictures if image.is_usable), None)
    if shown:
        at, entry, image = shown
        yield from _insecure(at, image)
        if not (image.width and image.height):
            key = next((name for name in ("width", "height") if name in entry and not entry[name]), "")
            message = "the picture's width and height are not known, so it may be a pixel or an icon"
            remedy = "add `width:` and `height:` in pixels"
            yield _warning((*at, key) if key else at, Code.MISSING_IMAGE_SIZE, message, remedy)
    elif pictures:
        message = "no picture is large enough for a card, a pattern stands in"
        yield _warning(("images",), Code.MISSING_IMAGE, message, "add one of at least 100 × 60 pixels")
    elif not values.get("images") and values.get("images") != []:  # an empty list says that there is to be none
        at = ("images",) if "images" in values else ()
        remedy = "add one to `images:`, or write `images: []`"
        yield _warning(at, Code.MISSING_IMAGE, "there is no picture, a pattern stands in", remedy)


def _logo(values: Mapping[Any, Any]) -> Iterator[FieldDiagnostic]:
    provider = values.get("provider")
    if isinstance(provider, Mapping):
        for at, _, image in list(_pictures(provider.get("images"), ("provider", "images")))[:1]:
            yield from _insecure(at, image)


def _insecure(at: KeyPath, image: Image) -> Iterator[FieldDiagnostic]:
    if image.url.startswith("http:"):
        message = "the picture has a plain http address, which a page served by https may not show"
        yield _warning((*at, "url"), Code.INSECURE_IMAGE, message, "write https:// if its host answers there")


def _pictures(value: object, at: KeyPath) -> Iterator[tuple[KeyPath, Mapping[Any, Any], Image]]:
    """The usable entries of a list of pictures, each with its place."""
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("url"), str):
            continue
        try:
            url = weburls.clean(entry["url"])
        except weburls.InvalidUrlError:
            continue
        image = Image(url=url, width=_size(entry.get("width")), height=_size(entry.get("height")), caption="")
        yield (*at, index), entry, image


def _size(value: object) -> int:
    return max(value, 0) if isinstance(value, int) else 0


def _encoding(values: Mapping[Any, Any]) -> Iterator[FieldDiagnostic]:
    for at, text in _texts(values):
        kind = damage(text)
        name = next(str(key) for key in reversed(at) if isinstance(key, str))
        if kind == "mendable":
            message = f"{name} was read in a wrong encoding once; it is mended on the site"
            yield _warning(at, Code.MENDED_TEXT, message, "save the document with the right characters")
        elif kind == "lost":
            message = f"{name} holds U+FFFD, which stands for a character that is lost"
            yield _warning(at, Code.LOST_TEXT, message, "write the character that belongs there")


def _comments(values: Mapping[Any, Any], fm: str) -> Iterator[FieldDiagnostic]:
    """On texts without quotes that have a comment in their line: what was meant as text may have become one."""
    places, lines = locate(fm), fm.split("\n")
    for at, text in _texts(values):
        line, column = places.get(at, (0, 0))
        found = _WRITTEN.match(lines[line - 1], column - 1) if line else None
        written = lines[line - 1][found.end() :] if found else ""
        if text and written.startswith(text) and _COMMENT.match(written, len(text)):
            name = next(str(key) for key in reversed(at) if isinstance(key, str))
            message = f"{name} ends before the #, which begins a comment"
            yield _warning(at, Code.CUT_TEXT, message, "put the text in quotes, with the # or without it")


def _texts(values: Mapping[Any, Any]) -> Iterator[tuple[KeyPath, str]]:
    """The texts of a document that the site shows, each with its place."""
    provider, topics, images = (values.get(name) for name in ("provider", "topics", "images"))
    found: list[tuple[KeyPath, object]] = [((name,), values.get(name)) for name in _TEXTS]
    if isinstance(provider, Mapping):
        found.append((("provider", "name"), provider.get("name")))
    if isinstance(topics, list):
        found += [(("topics", index), value) for index, value in enumerate(topics)]
    if isinstance(images, list):
        entries = [(index, entry) for index, entry in enumerate(images) if isinstance(entry, Mapping)]
        found += [(("images", index, "title"), entry.get("title")) for index, entry in entries]
    yield from ((at, value) for at, value in found if isinstance(value, str))
