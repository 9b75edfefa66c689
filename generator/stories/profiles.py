"""Items of a collection ready to be compared: what is asked for is made ready, and not all of it is kept."""

import itertools
from collections.abc import Callable, Iterable, Sequence

from generator.content.model import Item
from generator.content.terms import unpack
from generator.stories.features import Features
from generator.stories.model import Assignment
from generator.stories.similarity import Profile, profile_again
from generator.stories.subjects import Subject, Subjects, shared_with

_KEPT = 4_096


class Profiles:
    """Profiles and subjects of items by their places in the order of time."""

    def __init__(self, items: Sequence[Item], looks: Sequence[Features], told: Sequence[Assignment]) -> None:
        """Takes all items, how those look that are told, and what was decided for them."""
        self._items = items
        self._looks = looks
        self._told = told
        self._profiles: dict[int, Profile] = {}
        self._subjects: dict[int, Subject] = {}
        self._words = Subjects()

    def add(self, place: int, look: Features, links: Iterable[int]) -> Profile:
        """That of the next item."""
        terms = unpack(look.terms)
        made = self._profiles[place] = profile_again(self._items[place], look.weights, terms, links)
        self._subjects[place] = self._words.of(terms)
        if len(self._profiles) > _KEPT:  # what was made ready first is asked for least
            for old in list(itertools.islice(self._profiles, _KEPT // 2)):
                del self._profiles[old]
        return made

    def __getitem__(self, place: int) -> Profile:
        """That of an item which is told."""
        found = self._profiles.get(place)
        return self.add(place, self._looks[place], self._told[place].links) if found is None else found

    def shared_subjects(self, current: Profile, place: int) -> Callable[[int], tuple[float, float]]:
        """Gives the shared subjects of the item at a place, which is ready, and of earlier ones by theirs."""
        weights, subject = self._words.weights(current), self._subject(place)
        return lambda other: shared_with(weights, subject, self._subject(other))

    def _subject(self, place: int) -> Subject:
        found = self._subjects.get(place)
        if found is None:
            found = self._subjects[place] = self._words.of(unpack(self._looks[place].terms))
        return found
