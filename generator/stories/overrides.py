"""Applies the field ``story`` of the front matter, by which an editor joins items into one story."""

from generator.content.model import Item
from generator.util.text import short_hash


class EditorLabels:
    """Finds the story of an item whose editor, or the editor of an earlier item, has named one."""

    def __init__(self) -> None:
        self._items: dict[str, int] = {}
        """The position of the first item with a label, an id or a slug."""
        self._labelled: dict[str, int] = {}
        """The position of the first item with a label."""

    def position(self, item: Item) -> int | None:
        """Returns the position of an item whose story an editor has chosen for an item.

        It is an earlier item with the same label, or whose id or slug is the label. An item without a label joins the
        story of an earlier item whose label is its id or slug.
        """
        if item.story:
            return self._items.get(item.story)
        return next((self._labelled[name] for name in names(item) if name in self._labelled), None)

    def add(self, item: Item, position: int) -> None:
        """Records the position of an item."""
        for name in (item.story, *names(item)):
            if name:
                self._items.setdefault(name, position)
        if item.story:
            self._labelled.setdefault(item.story, position)


def names(item: Item) -> tuple[str, str]:
    """Returns the words by which a ``story`` can refer to an item without a label: its id and its slug."""
    return short_hash(item.identity), item.slug
