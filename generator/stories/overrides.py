"""An editor's word on stories: which items a ``story`` of the front matter brings together."""

from generator.content.model import Item
from generator.util.text import short_hash


class EditorLabels:
    """What the stories so far answer to. Few collections have such words, so names are looked at when there is one."""

    def __init__(self) -> None:
        self._stories: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._unnamed: list[tuple[Item, int]] = []

    def story(self, item: Item) -> int | None:
        """The story that an editor's word puts an item into: its own word, or an earlier item's word that names it."""
        if item.story:
            for earlier, story in self._unnamed:
                for label in (earlier.story, *_names(earlier)):
                    if label:
                        self._stories.setdefault(label, story)
            self._unnamed.clear()
            return self._stories.get(item.story)
        if not self._words:
            return None
        return next((self._words[name] for name in _names(item) if name in self._words), None)

    def add(self, item: Item, story: int) -> None:
        """An item answers to its own id and slug, and its story to an editor's word."""
        self._unnamed.append((item, story))
        if item.story:
            self._words.setdefault(item.story, story)


def _names(item: Item) -> tuple[str, str]:
    return short_hash(item.identity), item.slug
