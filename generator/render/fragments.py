"""The fragment cache: keeps HTML that macros rendered, by the macro and its arguments.

Many pages show parts that other pages show, too: the card of an item, the masthead of the site. Templates render these
parts through ``fragment`` and ``fragments``, so that each is rendered once.
"""

import functools
from collections.abc import Callable, Hashable, Iterable
from typing import Final

from markupsafe import Markup, escape

_SIZE: Final = 4_096


class FragmentCache:
    """The fragments that one renderer used last.

    The key of a fragment is the macro and its arguments. Arguments are compared by type and value, so ``1``, ``True``
    and ``"1"`` differ, and equal views share a fragment. An address and a link to the web are never equal, because only
    the link has a scheme.

    A macro that was imported without context cannot read the page, so its fragments are valid on every page. The macros
    of a page's own template are new objects for each page, so these never share a fragment with another page.
    """

    def __init__(self, size: int = _SIZE) -> None:
        self._cached = functools.lru_cache(maxsize=size, typed=True)(_render)
        # Without a method around it, because templates call it for every part of a page.
        self.fragment: Callable[..., Markup] = self._cached
        """Returns what a macro renders for some arguments: ``fragment(macro, *arguments, **named)``.

        Raises:
            TypeError: an argument is not hashable.
        """

    def fragments(self, macro: Callable[..., object], views: Iterable[Hashable], /, **arguments: Hashable) -> Markup:
        """Returns the fragments of several views with the same further arguments, each followed by a line end.

        Raises:
            TypeError: a view or an argument is not hashable.
        """
        parts = [self._cached(macro, view, **arguments) for view in views]
        return Markup("\n".join([*parts, ""]))  # noqa: S704 - all parts are markup


def _render(macro: Callable[..., object], /, *arguments: Hashable, **named: Hashable) -> Markup:
    # A macro returns markup; what another function returns is escaped.
    return escape(macro(*arguments, **named))
