"""Makes views in which every text is the same, to test what templates and writers do with a text in any field."""

import itertools
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from generator.config import language
from generator.config.language import Language
from generator.content.feed_formats import FEED_FORMATS
from generator.content.urls import Address
from generator.render.renderer import RenderContext, Renderer
from generator.site import views
from tests.support import ROOT

TEMPLATES = ROOT / "templates"
BASE_URL = "https://example.org/base/"
_SPECIAL = {
    "body": "<p>Sanitised.</p>",
    "footer": "<em>Sanitised.</em>",
    "published": "2025-01-02T03:04:05Z",
    "updated": "2025-01-02T03:04:05Z",
}
"""Text fields with a format of their own: HTML, and times that feeds convert."""

_MAY_BE_EMPTY = {"date", "letter"}
"""Text fields that are empty in the variant ``odd``."""

VARIANTS = ("full", "web", "bare", "sparse", "odd")
"""Ways to fill a view.

``full`` sets all fields, with links into the site; ``web`` sets all, with links to the web; ``bare`` leaves out what is
optional; ``sparse`` also leaves lists empty; ``odd`` leaves out what is optional, though all flags are set, and its
numbers fall.
"""


def filled(view: type, words: str, variant: str = "full") -> Any:
    """Returns a view with these words in all texts; its addresses differ from each other."""
    return _value(view, words, variant, itertools.count(1), 0)


def _value(kind: Any, words: str, variant: str, numbers: Iterator[int], depth: int) -> Any:
    if kind is views.Formats:  # templates and writers ask for formats by their names
        links = [_value(views.FeedLink, words, "full", numbers, depth + 1) for _ in FEED_FORMATS]
        named = zip(links, FEED_FORMATS, strict=True)
        return kind(title=words, links=tuple(msgspec.structs.replace(link, name=one.name) for link, one in named))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        return kind(
            **{
                field.name: _field(field.name, hints[field.name], words, variant, numbers, depth + 1)
                for field in msgspec.structs.fields(kind)
            }
        )
    if isinstance(kind, types.UnionType):
        kinds = typing.get_args(kind)
        if type(None) in kinds:
            (kind,) = (other for other in kinds if other is not type(None))
            return None if variant in {"bare", "sparse", "odd"} else _value(kind, words, variant, numbers, depth)
        return _value(kinds[variant in {"web", "bare"}], words, variant, numbers, depth)
    if typing.get_origin(kind) is tuple:
        kind, *_ = typing.get_args(kind)
        count = 0 if variant == "sparse" or depth > 6 else 2
        return tuple(_value(kind, words, variant, numbers, depth + 1) for _ in range(count))
    made: dict[Any, Callable[[], Any]] = {
        str: lambda: words,
        Address: lambda: Address(f"/{next(numbers)}/{words}/"),
        int: lambda: 1 if variant == "bare" else 4_000 - next(numbers) if variant == "odd" else 400 + next(numbers),
        bool: lambda: variant not in {"bare", "sparse"},
    }
    return made[kind]()


def _field(name: str, kind: Any, words: str, variant: str, numbers: Iterator[int], depth: int) -> Any:
    if kind is str and name in _SPECIAL:
        return _SPECIAL[name]
    if kind is str and name in _MAY_BE_EMPTY and variant == "odd":
        return ""
    # The page of a list always has a feed.
    return _value(kind, words, "web" if name == "feeds" else variant, numbers, depth)


class _Assets(dict[str, Address]):
    def __init__(self, words: str) -> None:
        self._words = words

    def __missing__(self, name: str) -> Address:
        return Address(f"/assets/{name}{self._words}")


def language_with(words: str) -> Language:
    """Returns English with these words after each text."""
    table = language.load("en", zone="UTC", folder=Path()).table
    return Language(
        "en",
        {
            key: f"{value} {words}"
            if isinstance(value, str)
            else {form: f"{text} {words}" for form, text in value.items()}
            for key, value in table.items()
        },
    )


def context(words: str, variant: str = "full", folders: tuple[Path, ...] = (TEMPLATES,)) -> RenderContext:
    """Returns a render context in which everything that all pages share contains these words."""
    return RenderContext(
        folders=folders,
        site=filled(views.Site, words, variant),
        language=language_with(words),
        base_url=BASE_URL,
        assets=_Assets(words),
    )


def renderer(words: str, variant: str = "full", folders: tuple[Path, ...] = (TEMPLATES,)) -> Renderer:
    """Returns a renderer with such a context."""
    return Renderer(context(words, variant, folders))
