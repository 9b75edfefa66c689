"""What articles are about, by their words that can name a subject. Pure."""

import array
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.content.terms import MEDICAL_STEMS, Terms, can_name
from generator.stories.similarity import Profile

_BITS: Mapping[str, int] = {term: 1 << number for number, term in enumerate(sorted(MEDICAL_STEMS))}


def shared_subjects(one: Profile, other: Profile) -> tuple[float, float]:
    """What both are about, as weights to ``one``: of the heaviest shared word, and of the others together.

    A word of the field's own in a headline says enough by itself, and counts as two.
    """
    shared = one.terms.subject & other.terms.subject
    is_titled = not MEDICAL_STEMS.isdisjoint(shared) and not MEDICAL_STEMS.isdisjoint(
        shared & (one.title | other.title)
    )
    return _weigh([one.weights[term] for term in shared], is_titled=is_titled)


def _weigh(weights: Sequence[float], *, is_titled: bool) -> tuple[float, float]:
    if not weights:
        return 0.0, 0.0
    heaviest = max(weights)
    others = math.fsum(weights) - heaviest
    return heaviest, others + heaviest if is_titled else others


class Subject(NamedTuple):
    """The words of an article that can name a subject; a twentieth of a profile, so that a whole archive's fit."""

    words: "array.array[int]"
    """Their numbers."""
    field: int
    """Which of the field's own words are among them, a bit each …"""
    titled: int
    """… and which stand in the headline."""


class Subjects:
    """Gives words numbers."""

    def __init__(self) -> None:
        self._numbers = _Numbers()

    def of(self, terms: Terms) -> Subject:
        """The subject of an article with these terms."""
        numbers = self._numbers
        return Subject(
            words=array.array("I", [number for term in terms.ordered if (number := numbers[term])]),
            field=_bits(MEDICAL_STEMS & terms.all),
            titled=_bits(MEDICAL_STEMS & terms.title),
        )

    def weights(self, one: Profile) -> Mapping[int, float]:
        """What words weigh to an article, by their numbers; as far as they can name a subject."""
        numbers = self._numbers
        return {number: weight for term, weight in one.weights.items() if (number := numbers[term])}


def shared_with(weights: Mapping[int, float], one: Subject, other: Subject) -> tuple[float, float]:
    """The :func:`shared_subjects` of two articles, with what words weigh to the first."""
    shared = [weights[number] for number in other.words if number in weights]
    return _weigh(shared, is_titled=bool(one.field & other.field & (one.titled | other.titled)))


class _Numbers(dict[str, int]):
    """The number of each term that can name a subject, 0 of all others."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self) + 1 if can_name(term) else 0
        return number


def _bits(terms: frozenset[str]) -> int:
    return sum(map(_BITS.__getitem__, terms))
