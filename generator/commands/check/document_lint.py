"""Warnings for a single valid document.

Only visible content is checked: the picture that cards show, and the texts of the document itself. The ``related`` list
is generated, so its texts are not checked.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.content import beside
from generator.content.field_errors import FieldDiagnostic
from generator.content.front_matter import KeyPath, locate
from generator.content.model import Image
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import damage

# Matches the key before a value: the column of a field is that of its key, that of an entry of a list is its value.
_KEY = re.compile(r"(?:[A-Za-z]\w*:[ \t]+)?", re.ASCII)
_ANY_NAME = "folder/" * 32 + "document.md"
_LARGE = 1_000
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


def lint_document(values: Mapping[Any, Any], fm: str) -> Iterator[FieldDiagnostic]:
    """Yields the warnings for the values and YAML of front matter. A value of a wrong type is an error of its own."""
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
        yield _warning(at, Code.MISSING_EXCERPT, "there is no excerpt", "summarise the article in `excerpt:`")


def _picture(values: Mapping[Any, Any]) -> Iterator[FieldDiagnostic]:
    pictures = list(_pictures(values.get("images"), ("images",)))
    shown = next(((at, entry, image) for at, entry, image in pictures if image.is_usable), None)
    if shown:
        at, entry, image = shown
        yield from _insecure(at, image)
        if not (image.width and image.height):
            key = next((name for name in ("width", "height") if name in entry and not entry[name]), "")
            message = "the width or height of the picture is missing, so it may be an icon"
            remedy = "add `width:` and `height:` in pixels"
            yield _warning((*at, key) if key else at, Code.MISSING_IMAGE_SIZE, message, remedy)
    elif pictures:
        message = "no picture is large enough for a card, which is text instead"
        yield _warning(("images",), Code.MISSING_IMAGE, message, "add one of at least 100 × 60 pixels")
    elif not values.get("images") and values.get("images") != []:  # an empty list is deliberate
        at = ("images",) if "images" in values else ()
        remedy = "add one to `images:`, or write `images: []`"
        yield _warning(at, Code.MISSING_IMAGE, "there is no picture, so cards are text", remedy)


def _logo(values: Mapping[Any, Any]) -> Iterator[FieldDiagnostic]:
    provider = values.get("provider")
    if isinstance(provider, Mapping):
        for at, _, image in list(_pictures(provider.get("images"), ("provider", "images")))[:1]:
            yield from _insecure(at, image)


def _insecure(at: KeyPath, image: Image) -> Iterator[FieldDiagnostic]:
    if image.url.startswith("http:"):
        message = "the picture has an http:// URL, which browsers do not load on a page served over https"
        yield _warning((*at, "url"), Code.INSECURE_IMAGE, message, "write https:// if the host supports it")


def _pictures(value: object, at: KeyPath) -> Iterator[tuple[KeyPath, Mapping[Any, Any], Image]]:
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("url"), str):
            continue
        try:
            url = weburls.clean(weburls.with_scheme(entry["url"]))
        except weburls.InvalidUrlError:
            if beside.own_picture(_ANY_NAME, entry["url"].strip()):
                # Its size is read from the file when the site is planned, and so is whether there is one.
                yield (*at, index), entry, Image(url=entry["url"], width=_LARGE, height=_LARGE, caption="")
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
            message = f"{name} was decoded with a wrong encoding; the site shows it repaired"
            yield _warning(at, Code.MENDED_TEXT, message, "write the correct characters in the document")
        elif kind == "lost":
            message = f"{name} contains U+FFFD in place of a lost character"
            yield _warning(at, Code.LOST_TEXT, message, "write the original character")


def _comments(values: Mapping[Any, Any], fm: str) -> Iterator[FieldDiagnostic]:
    """Checks unquoted texts that are followed by a comment, which may have been meant as part of the text."""
    places, lines = locate(fm), fm.split("\n")
    for at, text in _texts(values):
        line, column = places.get(at, (0, 0))
        key = _KEY.match(lines[line - 1], column - 1) if line else None
        value = lines[line - 1][key.end() :] if key else ""
        if text and value.startswith(text) and _COMMENT.match(value, len(text)):
            name = next(str(key) for key in reversed(at) if isinstance(key, str))
            message = f"{name} ends before the #, which begins a comment"
            yield _warning(at, Code.CUT_TEXT, message, "put the text in quotes, with or without the #")


def _texts(values: Mapping[Any, Any]) -> Iterator[tuple[KeyPath, str]]:
    provider, topics, images = (values.get(name) for name in ("provider", "topics", "images"))
    fields: list[tuple[KeyPath, object]] = [((name,), values.get(name)) for name in _TEXTS]
    if isinstance(provider, Mapping):
        fields.append((("provider", "name"), provider.get("name")))
    if isinstance(topics, list):
        fields += [(("topics", index), value) for index, value in enumerate(topics)]
    if isinstance(images, list):
        entries = [(index, entry) for index, entry in enumerate(images) if isinstance(entry, Mapping)]
        fields += [(("images", index, "title"), entry.get("title")) for index, entry in entries]
    yield from ((at, value) for at, value in fields if isinstance(value, str))
