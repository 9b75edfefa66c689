"""Turns the terms that two articles share into evidence: a row of numbers for each pair of articles."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.content.words import COMMON, NAME, NUMBER, TITLE
from generator.stories.similarity import SCORE_UNIT, Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Booleans = NDArray[np.bool_]
_MAX_SCORE = 32_000
_HOUR = 1 / 24
_OTHER_WORDS = 0.5
_LATER_DAYS, _LATER_WORDS = 0.8, 0.25
_WEEK = 7.0
_FEW_TERMS = 11.0
"""The terms of the shortest text in a labelled story. What fewer terms would say of a pair cannot be learnt."""


class Pairs(NamedTuple):
    """Pairs of an item and another article, with their evidence."""

    rows: Ints
    """The places of the items in their block."""
    others: Ints
    """The places of the other articles, in the index or in the given entries."""
    evidence: Floats
    """A row for each pair, a column for each kind of evidence (``similarity.EVIDENCE``)."""

    def scores(self, weights: Weights) -> Ints:
        """Returns the score of each pair, in units."""
        total = np.full(len(self.rows), weights.bias)
        for column, factor in enumerate(weights.factors):
            if factor:
                total = total + self.evidence[:, column] * factor
        scores: Ints = np.rint(total * SCORE_UNIT).clip(-_MAX_SCORE, _MAX_SCORE).astype(np.intp)
        return scores


class Shared(NamedTuple):
    """The terms that the articles of pairs share."""

    pair: Ints
    """The number of the pair."""
    own: Ints
    """The place of the term in the item."""
    other: Ints
    """The place of the term in the other article."""


class Sums(NamedTuple):
    """Sums of each article, from which those of its shared terms are taken."""

    words: Floats
    """Of the squares of the weights of the headline's terms."""
    names: Floats
    """The same of its names."""
    numbers: Floats
    """The number of its numbers."""
    terms: Floats
    """The number of terms of headline and summary."""


class Side(NamedTuple):
    """One article of each pair."""

    weights: Floats
    """For each shared term, its weight in the article."""
    flags: NDArray[np.uint8]
    """For each shared term, its flags in the article."""
    sums: Sums
    """For each pair, the sums of the article."""
    habits: Floats
    """For each pair, how similar the article is to those of earlier weeks."""


def totals(groups: Ints, values: Floats, count: int) -> Floats:
    """Returns the sum of the values of each group, given the number of the group of each value."""
    found: Floats = np.bincount(groups, values, count).astype(np.float64, copy=False)
    return found


def sums_of(groups: Ints, weights: Floats, flags: NDArray[np.uint8], count: int) -> Sums:
    """Returns the sums of some terms of articles, given the number of the article of each term."""
    squares = np.where((flags & TITLE) != 0, weights * weights, 0.0)
    names = np.where((flags & NAME) != 0, squares, 0.0)
    numbers = ((flags & TITLE) != 0) & ((flags & NUMBER) != 0)
    values = (squares, names, numbers.astype(np.float64), np.ones(len(groups)))
    return Sums(*(totals(groups, one, count) for one in values))


def evidence(pair: Ints, products: Floats, one: Side, other: Side, met: tuple[Floats, Booleans, Booleans]) -> Floats:
    """Returns the evidence about pairs, a row each, in the order of ``similarity.EVIDENCE``.

    All functions used here are exact or correctly rounded, so the result is the same on every machine.

    Args:
        pair: for each shared term, the number of its pair.
        products: for each shared term, its part in the similarity of both texts.
        one: the item of each pair.
        other: the other article of each pair.
        met: the days between them, whether they have one publisher, and whether they have one headline.
    """
    count = len(one.habits)
    missing = [
        [
            np.maximum(total - shared, 0.0)
            for total, shared in zip(side.sums, sums_of(pair, *side[:2], count), strict=True)
        ]
        for side in (one, other)
    ]
    words, names, numbers, _ = zip(*missing, strict=True)
    is_common = (one.flags & COMMON) != 0
    is_name = ((one.flags | other.flags) & NAME) != 0
    both = one.weights * other.weights
    rare = np.where(is_common, 0.0, both)
    named = np.where(is_name, both, 0.0) ** 2
    # A publisher hardly reports an event again days later in nearly the same words: it names the next month or version.
    is_later = (met[0] > _LATER_DAYS) & (np.maximum(*words) > _LATER_WORDS) & ~met[2]
    is_series = is_later | (np.minimum(*words) > _OTHER_WORDS)
    return np.column_stack(
        [
            totals(pair, products, count),
            np.maximum(one.habits, other.habits),
            np.minimum(one.habits, other.habits),
            totals(pair, np.where(is_common, products, 0.0), count),
            np.sqrt(totals(pair, rare, count)),
            np.sqrt(totals(pair, np.where(is_name, rare, 0.0), count)),
            # The eighth root of a sum of eighth powers is nearly the largest of them.
            np.sqrt(np.sqrt(np.sqrt(totals(pair, named * named, count)))),
            np.sqrt(np.maximum(*words)),
            np.sqrt(np.minimum(*words)),
            np.sqrt(np.maximum(*names)),
            np.maximum(*numbers) > 0,
            np.sqrt(met[0]),
            *met[1:],
            met[1] & ~met[2] & (met[0] < _HOUR),
            met[1] & is_series,
            (met[0] > _WEEK) & (totals(pair, rare, count) == 0.0),
            np.sqrt(np.maximum(np.minimum(one.sums.terms, other.sums.terms), _FEW_TERMS)),
        ]
    )
