"""The page as a value: its address, its template and its view."""

import functools
from collections.abc import Callable
from typing import Any, Self

import msgspec

from generator.content.embeds import BodyLink
from generator.content.urls import Address
from generator.util import hashing


class LazyView(msgspec.Struct, frozen=True, kw_only=True):
    """A view that is computed only if its page is rendered."""

    key: bytes
    """The key of the view: a digest of everything that it depends on. Views with equal keys are equal."""
    make: Callable[[], object]

    @classmethod
    def of(cls, value: object, make: Callable[..., object], *arguments: object) -> Self:
        """Returns the view that ``make`` computes from the arguments, with the hash of a value as its key."""
        return cls(key=hashing.blake2_of_value(value), make=functools.partial(make, *arguments))


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the site before it is rendered."""

    address: Address
    template: str
    """The file name of a template, or the name of a writer in ``render.feeds`` or ``render.sitemaps``."""
    view: object
    """The view, a frozen struct of ``views``, or a :class:`LazyView` that computes it."""
    origin: str
    """The name of the page in diagnostics: the path of its document, or a description."""
    body_links: tuple[BodyLink, ...] = ()
    """The links to this site in the body of the page's document, with their lines for diagnostics."""
    is_list: bool = False
    """Whether the page belongs in the sitemap of lists."""
    modified: str = ""
    """The time of the newest item of a list, in ISO 8601, for sitemaps. Empty for the newest item of the site."""

    @property
    def shown(self) -> object:
        """The view, which a lazy view computes on each access."""
        return self.view.make() if isinstance(self.view, LazyView) else self.view


def addresses(value: object, seen: set[int] | None = None) -> set[Address]:
    """Returns all addresses in a view or a part of one, but for parts whose ids are in ``seen``; adds to these."""
    seen = set() if seen is None else seen
    found: set[Address] = set()
    stack: list[Any] = [value]
    while stack:
        part = stack.pop()
        kind: Any = type(part)
        if kind is Address:
            found.add(part)
        elif kind is tuple:
            stack += part
        elif (names := _fields(kind)) and id(part) not in seen:
            seen.add(id(part))
            stack += [getattr(part, name) for name in names]
    return found


_WITHOUT_ADDRESSES = (str, int, bool, float)


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    """Returns the fields of a struct that may contain addresses; none for any other type."""
    if not issubclass(kind, msgspec.Struct):
        return ()
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.type not in _WITHOUT_ADDRESSES)
