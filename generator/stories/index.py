"""Compares a block of items with all items in its reach, by an index of their terms.

One pass over the terms that two items share gives all evidence about a pair, so there is no search for candidates. All
sums are made of whole numbers or in a fixed order, so the result is the same on every machine.
"""

import array
import bisect
import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from generator.content.words import TITLE, UNIT, Words
from generator.stories.blocks import REACH, Features
from generator.stories.evidence import Booleans, Floats, Ints, Pairs, Shared, Side, Sums, evidence, sums_of, totals
from generator.stories.similarity import DAY, EVIDENCE, MAX_DAYS_APART, MIN_SCORE, SCORE_UNIT, Text, Weights

MIN_SIMILARITY: Final = 0.06
"""Pairs whose texts are less similar are not compared further."""
_HABIT_DAYS, _HABIT_ITEMS, _HABIT_TOP, _HABIT_UNIT = 90, 512, 3, 4_096
_MAX_POSTINGS = 128
_MAX_PAIRS = 48
_MAX_ARCHIVE = 24
_MIN_ARCHIVE_SIMILARITY = 0.15
_PRIOR_DOCUMENTS = 200
_LEAST_WEIGHT = 3
_FULL_WEIGHT = 6.0 * UNIT
_TITLE_FACTOR = 2.0


class _Column:
    """A growing array of numbers."""

    def __init__(self, type_: type[np.generic]) -> None:
        self._values: NDArray[Any] = np.zeros(1_024, type_)
        self.size = 0

    def extend(self, values: Sequence[float] | NDArray[Any]) -> None:
        needed = self.size + len(values)
        if needed > len(self._values):
            self._values = np.concatenate([self._values, np.zeros(max(needed, len(self._values)), self._values.dtype)])
        self._values[self.size : needed] = values
        self.size = needed

    @property
    def values(self) -> NDArray[Any]:
        """The numbers so far, which the array may not outgrow while they are used."""
        return self._values[: self.size]


class TextIndex:
    """The terms of consecutive items. Each process that compares has one, and adds the items in order of time."""

    def __init__(self, first: int) -> None:
        """Begins with the item at a position."""
        self.first = first
        self._numbers: dict[int, int] = {}
        """The numbers of terms in this index, by hash."""
        self._numbers_of: dict[bytes, Ints] = {}
        """The numbers of the terms of articles that were seen, by ``Words.terms``."""
        self._publishers: dict[str, int] = {}
        """The numbers of publishers in this index, by domain."""
        self._postings: list[array.array[int]] = []
        """For each term, its places in the columns of terms, in order."""
        self._counts = np.zeros(4_096, np.intp)
        """For each term, the number of counted items that contain it."""
        self._counted = (0, 0)
        """The range of the items that are counted."""
        # Columns of the terms of all items, one after the other.
        self._terms, self._items, self._flags = _Column(np.intp), _Column(np.intp), _Column(np.uint8)
        self._weights, self._values = _Column(np.float64), _Column(np.float64)
        # Columns of the items.
        self._ends, self._at, self._domains = _Column(np.intp), _Column(np.float64), _Column(np.intp)
        self._headlines, self._habits = _Column(np.int64), _Column(np.float64)
        self._sums = [_Column(np.float64) for _ in Sums._fields]
        self._block = range(0)
        """The items that were added last."""
        self._before: list[int] = []
        """For each of their terms, how many earlier items contain it."""

    @property
    def end(self) -> int:
        """The position of the next item to add."""
        return self.first + self._at.size

    def add(self, items: Sequence[Text], features: Sequence[Features] = ()) -> None:
        """Adds the items of the next block.

        Args:
            items: the items.
            features: what the index has found about them earlier; else their weights are computed from the items before
                the block.
        """
        start, place = self._at.size, self._terms.size
        self._count()
        weights = np.frombuffer(b"".join([one.weights for one in features]), np.uint16) if features else None
        numbers = self._append(items, weights)
        if features:
            self._habits.values[start:] = [one.habit for one in features]
        self._block = range(start, self._at.size)
        self._before = []
        for position, number in enumerate(numbers.tolist(), place):
            postings = self._postings[number]
            self._before.append(len(postings))
            postings.append(position)

    def _append(self, articles: Sequence[Text], weights: NDArray[np.uint16] | None = None) -> Ints:
        """Adds articles to the columns, and returns the numbers of their terms."""
        words, count = [article.words for article in articles], len(articles)
        numbers = self._numbered(words)
        sizes = [len(one) for one in words]
        rows = np.repeat(np.arange(count), sizes)
        flags = np.frombuffer(b"".join([one.flags for one in words]), np.uint8)
        weight = (self._weigh(numbers, words) if weights is None else weights) / _FULL_WEIGHT
        values = np.where((flags & TITLE) != 0, weight * _TITLE_FACTOR, weight)
        norms = np.sqrt(totals(rows, values * values, count))
        norms[norms == 0.0] = 1.0
        self._items.extend(rows + self._at.size)
        self._ends.extend(self._terms.size + np.cumsum(sizes))
        self._terms.extend(numbers)
        self._weights.extend(weight)
        self._values.extend(values / norms[rows])
        self._flags.extend(flags)
        self._at.extend([article.at for article in articles])
        known = self._publishers
        self._domains.extend([known.setdefault(article.domain, len(known)) for article in articles])
        self._headlines.extend([one.headline for one in words])
        self._habits.extend(np.zeros(count))
        for column, sums in zip(self._sums, sums_of(rows, weight, flags, count), strict=True):
            column.extend(sums)
        return numbers

    def _numbered(self, words: Sequence[Words]) -> Ints:
        """Returns the numbers of the terms of articles; new terms get one."""
        found: list[Ints] = []
        for one in words:
            numbers = self._numbers_of.get(one.terms)
            if numbers is None:
                known = self._numbers
                hashes = array.array("q", one.terms)
                numbers = np.array([known.setdefault(term, len(known)) for term in hashes], np.intp)
                self._numbers_of[one.terms] = numbers
            found.append(numbers)
        self._postings += [array.array("i") for _ in range(len(self._numbers) - len(self._postings))]
        if len(self._numbers) > len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros(len(self._numbers), np.intp)])
        return np.concatenate(found)

    def _count(self) -> None:
        """Counts the items that are in reach of the next block."""
        since, until = self._counted
        start, end = max(self._at.size - REACH, 0), self._at.size
        np.add.at(self._counts, self._terms.values[self._start(until) : self._start(end)], 1)
        np.subtract.at(self._counts, self._terms.values[self._start(since) : self._start(start)], 1)
        self._counted = (start, end)

    def _start(self, item: int) -> int:
        """Returns the place of the first term of an item."""
        return int(self._ends.values[item - 1]) if item else 0

    def _weigh(self, numbers: Ints, words: Sequence[Words]) -> Floats:
        """Returns the weights of terms, in units: about 0 for a term of every item in reach, more for rarer ones."""
        since, until = self._counted
        weights = _log(until - since + _PRIOR_DOCUMENTS) - _logs()[self._counts[numbers]]
        limits = np.frombuffer(b"".join([one.limits for one in words]), np.uint16)
        return np.minimum(np.maximum(weights, _LEAST_WEIGHT), limits).astype(np.float64)

    def features(self, of_story: Weights, of_subject: Weights) -> list[Features]:
        """Returns the features of the items that were added last, given the weights for both questions."""
        pairs, is_near = self.compare()
        story, subject = pairs.scores(of_story), pairs.scores(of_subject)
        today, first = _midnight(self._at.values[self._block.start]), self._block.start
        is_near &= story > MIN_SCORE * SCORE_UNIT
        is_shown = (subject >= of_subject.least) & (self._at.values[pairs.others] < today)
        distances = first + pairs.rows - pairs.others
        units = np.rint(self._weights.values * _FULL_WEIGHT).astype(np.uint16)
        bounds = np.searchsorted(pairs.rows, np.arange(len(self._block) + 1))
        result: list[Features] = []
        for row, (start, end) in enumerate(itertools.pairwise(bounds)):
            near, shown = start + np.flatnonzero(is_near[start:end]), start + np.flatnonzero(is_shown[start:end])
            best = shown[np.lexsort((distances[shown], -subject[shown]))]
            result.append(
                Features(
                    weights=units[self._start(first + row) : self._start(first + row + 1)].tobytes(),
                    habit=float(self._habits.values[first + row]),
                    near=distances[near].astype(np.intc).tobytes(),
                    scores=story[near].astype(np.int16).tobytes(),
                    archive=distances[best].astype(np.intc).tobytes(),
                )
            )
        return result

    def compare(self) -> tuple[Pairs, Booleans]:
        """Returns the pairs of the items that were added last with similar ones, and which of them are near in time."""
        similar, shared = self.measure()
        first, at, width = self._block.start, self._at.values, len(similar) // len(self._block)
        low = self._at.size - width
        found = np.flatnonzero(similar >= MIN_SIMILARITY)
        rows, columns = np.divmod(found, width)
        is_near = at[first + rows] - at[low + columns] <= MAX_DAYS_APART * DAY
        is_earlier = (similar[found] >= _MIN_ARCHIVE_SIMILARITY) & (at[low + columns] < _midnight(at[first]))
        is_near_best = _most(rows, similar[found], is_near, _MAX_PAIRS)
        chosen = is_near_best | _most(rows, similar[found], is_earlier, _MAX_ARCHIVE)
        found, rows, others, near = found[chosen], rows[chosen], columns[chosen] + low, is_near[chosen]
        shared = _only(shared, found, len(similar))
        return Pairs(rows, others, self._evidence(rows + first, others, shared, near)), near

    def measure(self) -> tuple[Floats, Shared]:
        """Measures how similar the items that were added last are to all items in reach, and their habits.

        Returns:
            The similarity of each pair of items, row by row; and the terms that they share.
        """
        first, count = self._block.start, len(self._block)
        low = max(first - REACH, 0)
        width = self._at.size - low
        own, other = self._find_shared(first, low)
        shared = Shared((self._items.values[own] - first) * width + self._items.values[other] - low, own, other)
        similar = totals(shared.pair, self._products(shared), count * width)
        self._habits.values[first:] = self._find_habits(similar.reshape(count, width), first, low)
        return similar, shared

    def _products(self, shared: Shared) -> Floats:
        """Returns for each shared term its part in the similarity of the pair."""
        products: Floats = self._values.values[shared.own] * self._values.values[shared.other]
        return products

    def _find_shared(self, first: int, low: int) -> tuple[Ints, Ints]:
        """Returns the places of all terms of the items that were added last, and of the same terms in earlier items.

        Of each term, only the latest earlier items from ``low`` on count, so the work for an item has a limit.
        """
        begin, lowest = self._start(first), self._start(low)
        starts: dict[int, int] = {}
        found: list[array.array[int]] = []
        counts: list[int] = []
        for term, until in zip(self._terms.values[begin:].tolist(), self._before, strict=True):
            postings = self._postings[term]
            start = starts.get(term)
            if start is None:
                start = starts[term] = bisect.bisect_left(postings, lowest)
            since = max(start, until - _MAX_POSTINGS)
            found.append(postings[since:until])
            counts.append(max(until - since, 0))
        other = np.frombuffer(b"".join(found), np.intc).astype(np.intp)
        return np.repeat(np.arange(begin, begin + len(counts)), counts), other

    def _find_habits(self, similar: Floats, first: int, low: int) -> Floats:
        """Returns for each item of a block how similar it is to items of earlier weeks.

        They report other events, so an item that is similar to them has words that say little about its event.
        """
        at, today = self._at.values, _midnight(self._at.values[first])
        since = int(np.searchsorted(at, today - _HABIT_DAYS * DAY))
        until = int(np.searchsorted(at, today - MAX_DAYS_APART * DAY))
        since = max(since, until - _HABIT_ITEMS, low)
        if until - since < _HABIT_TOP:
            return np.zeros(len(similar))
        earlier = similar[:, since - low : until - low]
        top = np.sort(np.partition(earlier, -_HABIT_TOP, axis=1)[:, -_HABIT_TOP:], axis=1)
        habits: Floats = np.rint(top.sum(axis=1) / _HABIT_TOP * _HABIT_UNIT) / _HABIT_UNIT
        return habits

    def compare_entries(
        self,
        entries: Sequence[Text],
        rows: Sequence[int] | Ints,
        listed: Sequence[int] | Ints,
        least: float = 0.0,
    ) -> Pairs:
        """Returns the evidence about the items that were added last and the entries of their ``related`` lists.

        Args:
            entries: different entries.
            rows: for each entry of each list, the number of the item …
            listed: … and the number of the entry.
            least: the similarity of texts below which a pair is left out.

        Returns:
            Pairs whose ``others`` are places in ``listed``.
        """
        rows, listed = np.asarray(rows, np.intp), np.asarray(listed, np.intp)
        if not entries:
            return Pairs(rows, listed, np.zeros((0, len(EVIDENCE))))
        first, start, place = self._block.start, self._at.size, self._terms.size
        # They are in the columns for a moment only, and never in the postings.
        self._append(entries)
        terms, own = self._terms.values, np.arange(self._start(first), place)
        # The places of each item's terms. Terms that no item of the block has are left out before anything else.
        distinct = np.unique(terms[own])
        column = np.zeros(len(self._postings), np.intp)
        column[distinct] = np.arange(1, len(distinct) + 1)
        places = np.full((len(self._block), len(distinct) + 1), -1)
        places[self._items.values[own] - first, column[terms[own]]] = own
        known = place + np.flatnonzero(column[terms[place:]])
        bounds = np.searchsorted(known, np.concatenate([[place], self._ends.values[start:]]))
        sizes = np.diff(bounds)[listed]
        pair = np.repeat(np.arange(len(listed)), sizes)
        other = known[np.arange(len(pair)) + np.repeat(bounds[listed] - (np.cumsum(sizes) - sizes), sizes)]
        found = places[rows[pair], column[terms[other]]]
        both = np.flatnonzero(found >= 0)
        shared = Shared(pair[both], found[both], other[both])
        similar = totals(shared.pair, self._products(shared), len(listed))
        chosen = np.flatnonzero(similar >= least)
        rows, near = rows[chosen], np.zeros(len(chosen), bool)
        compared = self._evidence(rows + first, listed[chosen] + start, _only(shared, chosen, len(listed)), near)
        for values in (self._terms, self._items, self._flags, self._weights, self._values):
            values.size = place
        for values in (self._ends, self._at, self._domains, self._headlines, self._habits, *self._sums):
            values.size = start
        return Pairs(rows, chosen, compared)

    def _evidence(self, first: Ints, second: Ints, shared: Shared, near: Booleans) -> Floats:
        """Returns the evidence about pairs of an item (``first``) and another article (``second``).

        Where they are not near enough for one story, the habit of the other article is not known.
        """
        weights, flags, at = self._weights.values, self._flags.values, self._at.values
        headlines, habits = self._headlines.values, self._habits.values
        own = Side(weights[shared.own], flags[shared.own], self._sums_of(first), habits[first])
        others = np.where(near, habits[second], habits[first])
        return evidence(
            shared.pair,
            self._products(shared),
            own,
            Side(weights[shared.other], flags[shared.other], self._sums_of(second), others),
            (
                np.abs(at[first] - at[second]) / DAY,
                self._domains.values[first] == self._domains.values[second],
                (headlines[first] == headlines[second]) & (headlines[first] != 0),
            ),
        )

    def _sums_of(self, items: Ints) -> Sums:
        return Sums(*(column.values[items] for column in self._sums))


def _only(shared: Shared, chosen: Ints, count: int) -> Shared:
    """Returns the shared terms of some of so many pairs, which get new numbers."""
    numbers = np.full(count, -1, np.intp)
    numbers[chosen] = np.arange(len(chosen))
    kept = numbers[shared.pair] >= 0
    return Shared(numbers[shared.pair[kept]], shared.own[kept], shared.other[kept])


def _most(rows: Ints, similar: Floats, allowed: Booleans, most: int) -> Booleans:
    """Returns which of the allowed pairs to keep: the most similar ones of each row, the latest of equal ones."""
    counts = np.bincount(rows[allowed])
    kept = allowed.copy()
    for row in np.flatnonzero(counts > most):
        start, end = np.searchsorted(rows, (row, row + 1))
        pairs = start + np.flatnonzero(allowed[start:end])
        kept[pairs[np.argsort(similar[pairs], kind="stable")[:-most]]] = False
    return kept


def _midnight(at: float) -> float:
    """Returns the beginning of the day of a Unix time, in UTC."""
    return float(at // DAY) * DAY


@functools.cache
def _logs() -> Ints:
    """Returns the logarithms of one more than each possible count, in units."""
    return np.array([_log(count + 1) for count in range(REACH + 4_096)], np.intp)


@functools.cache
def _log(number: int) -> int:
    return round(math.log(number) * UNIT)
