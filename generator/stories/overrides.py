"""Applies the field ``story`` of the front matter, by which an editor joins items into one story."""

from generator.content.model import Item
from generator.util.text import short_hash


class EditorLabels:
    """Finds the story of an item whose editor, or the editor of an earlier item, has named one."""

    def __init__(self) -> None:
        self._stories: dict[str, int] = {}
        """The number of the story, by the label, id and slug of each item."""
        self._labelled: dict[str, int] = {}
        """The number of the story, by label."""

    def story(self, item: Item) -> int | None:
        """Returns the number of the story that an editor has chosen for an item.

        It is the story of an earlier item with the same label, or whose id or slug is the label. An item without a
        label joins the story of an earlier item whose label is its id or slug.
        """
        if item.story:
            return self._stories.get(item.story)
        return next((self._labelled[name] for name in _names(item) if name in self._labelled), None)

    def add(self, item: Item, story: int) -> None:
        """Records the number of an item's story."""
        for name in (item.story, *_names(item)):
            if name:
                self._stories.setdefault(name, story)
        if item.story:
            self._labelled.setdefault(item.story, story)


def _names(item: Item) -> tuple[str, str]:
    return short_hash(item.identity), item.slug
