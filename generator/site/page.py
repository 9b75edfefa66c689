"""A page is a value: where it is, what renders it, what it shows."""

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from generator.content.embeds import BodyLink
from generator.content.urls import Address


class LazyView(msgspec.Struct, frozen=True, kw_only=True):
    """A view that is made when the page is rendered."""

    key: bytes
    """The digest of everything that the view is made from: views of equal keys are equal."""
    make: Callable[[], object]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the site before it is rendered."""

    address: Address
    template: str
    """A template of the theme, or the name of a format of ``feeds`` or ``sitemaps``."""
    view: object
    """A frozen struct of ``views``: everything that the page may show; or a ``LazyView`` one."""
    origin: str
    """What the page is made from, for diagnostics: a document's path, or words."""
    body_links: tuple[BodyLink, ...] = ()
    """Where the document's body links to this site, for diagnostics."""
    is_list: bool = False
    """Whether the sitemap of lists names the page."""
    modified: str = ""
    """The time of the newest item that a list holds, for sitemaps; empty where that is the site's newest."""

    @property
    def shown(self) -> object:
        """The view."""
        return self.view.make() if isinstance(self.view, LazyView) else self.view


def addresses(value: object, seen: set[int] | None = None) -> set[Address]:
    """Returns all addresses of this site in a view.

    Args:
        value: a view, or a part of one.
        seen: ids of parts that were searched before; pass one set for many views that share parts.
    """
    seen = set() if seen is None else seen
    found: set[Address] = set()
    waiting: list[Any] = [value]
    while waiting:
        part = waiting.pop()
        kind: Any = type(part)
        if kind is Address:
            found.add(part)
        elif kind is tuple:
            waiting += part
        elif (names := _parts(kind)) and id(part) not in seen:
            seen.add(id(part))
            waiting += [getattr(part, name) for name in names]
    return found


_PLAIN = (str, int, bool, float)


@functools.cache
def _parts(kind: type) -> tuple[str, ...]:
    """Returns the fields of a view, or of a part of one, that may hold addresses; none for any other type."""
    if not issubclass(kind, msgspec.Struct):
        return ()
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.type not in _PLAIN)
