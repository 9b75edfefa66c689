"""The sidebar of an item: what its own ``related`` list holds, sorted by where it leads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.model import Article, Item

SHOWN = 10
"""Entries that the sidebar shows as cards; the rest can be unfolded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """The entries of an item's ``related`` list, each in the list's order."""

    here: tuple[Item, ...]
    """Those that are items of this site."""
    on_the_web: tuple[Article, ...]
    """The others."""


def sort_related(item: Item, items: Mapping[str, Item]) -> Related:
    """Sorts an item's related articles.

    Args:
        item: the item whose sidebar it is.
        items: all items of the site by identity.
    """
    return Related(
        here=tuple(items[entry.identity] for entry in item.related if entry.identity in items),
        on_the_web=tuple(entry for entry in item.related if entry.identity not in items),
    )
