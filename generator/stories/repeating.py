"""Telling once more what was told, where lists changed and words did not: most decisions stand, item by item.

A decision depends on the stories of the items that look alike, and on the members of those that it was compared with.
For an item that is as it was, and finds all of these as they were, it is what it was.
"""

from msgspec import structs

from generator.content.terms import key_of
from generator.stories.cluster import StoryClusterer
from generator.stories.features import Features
from generator.stories.model import Assignment
from generator.stories.related_entries import RelatedEntries


class Repeating:
    """Tells item after item once more; knows what has come to be different so far."""

    def __init__(self, telling: StoryClusterer) -> None:
        """Goes on where the items are told that are as they were."""
        self._telling = telling
        self._stories = list(range(telling.stories))
        """By the number that a story had, the one that it has; -1 where there is none that began with the same item."""
        self._changed: set[int] = set()
        """Stories, by the numbers that they have, with other members, or with members that have other lists."""
        self._moved: set[int] = set()
        """Places of items that are in another story."""
        self._relinked: set[int] = set()
        """Articles, by the numbers that ``listing`` gives them, that other lists hold."""

    def tell(self, look: Features, listed: RelatedEntries, was: Assignment, *, is_same: bool) -> None:
        """Decides for the next item.

        Args:
            look: how it looks, which is how it looked.
            listed: its list.
            was: what was decided for it.
            is_same: whether all that was read of it is as it was.
        """
        telling = self._telling
        is_first = was.story == len(self._stories)
        if is_first:
            self._stories.append(-1)
        key = key_of(look.terms)
        if is_same and self._stands(look, key, was, is_first=is_first):
            story = telling.stories if is_first else self._stories[was.story]
            telling.repeat(look, was if story == was.story else structs.replace(was, story=story), key)
            self._stories[was.story] = story
            return
        had = self._stories[was.story]
        begins = telling.stories
        story = telling.tell(look, listed)
        if is_first and story == begins:
            had = self._stories[was.story] = story
        if story != had:
            self._moved.add(telling.count - 1)
            self._changed.update({story, had})
        if not is_same:
            self._changed.add(story)
            self._relinked.update(set(was.links).symmetric_difference(listed.links))

    def _stands(self, look: Features, key: str, was: Assignment, *, is_first: bool) -> bool:
        if not (is_first or self._stories[was.story] >= 0):
            return False
        moved = self._moved
        if moved and not (moved.isdisjoint(look.recent) and moved.isdisjoint([place for place, _ in look.alike])):
            return False
        telling = self._telling
        own = telling.link_to_next
        return own not in self._relinked and self._changed.isdisjoint(telling.candidates(own, key, was.links, look))
