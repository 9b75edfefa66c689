"""Measures by cross-validation how the quality of the clustering depends on the labelled stories.

The labelled stories are divided into folds. For each fold, the weights of the evidence are fitted to the pairs of the
other folds by logistic regression with ridge regularisation. The collection is clustered with these weights, and the
pairs with a document of the fold are counted. The thresholds are not fitted.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from unittest import mock

from generator.content.model import Item
from generator.content.terms import analyse
from generator.stories import similarity
from generator.stories.incremental import cluster_all
from generator.stories.model import time_order
from generator.stories.related import MIN_STORY_SIMILARITY
from generator.stories.similarity import (
    MAX_DAYS_APART,
    WEIGHTS,
    InverseDocumentFrequency,
    Profile,
    compare,
    cosine_similarity,
)

FOLDS = 7
_RIDGE = 0.1
_STEPS = 25

Vector = list[float]


def cross_validate(items: Sequence[Item], names: set[str], labels: Sequence[Sequence[str]]) -> Iterator[Vector]:
    """Yields the pairwise precision, recall and F1 of each fold.

    Args:
        items: the collection.
        names: the names of the labelled documents. Those in none of the labelled stories are stories of their own.
        labels: the labelled stories, as names of documents.
    """
    label_of = {name: number for number, story in enumerate(labels) for name in story}
    singles = sorted(names - label_of.keys())
    fold_of = {name: label_of[name] % FOLDS if name in label_of else singles.index(name) % FOLDS for name in names}
    pairs = list(_pairs(items, names))
    for fold in range(FOLDS):
        rows, truths = [], []
        for one, other, row in pairs:
            if fold not in (fold_of[one], fold_of.get(other)):
                rows.append(row)
                truths.append(float(one in label_of and label_of[one] == label_of.get(other)))
        bias, *weights = fit(rows, truths)
        with mock.patch.multiple(similarity, BIAS=bias, _FACTORS=tuple(weights)):
            clustering = cluster_all(items)
        story_of = {item.name: story for story in clustering.stories for item in story.items}
        true = false = missed = 0
        for story in clustering.stories:
            for one, other in itertools.combinations([item.name for item in story.items], 2):
                if fold in (fold_of.get(one), fold_of.get(other)):
                    is_true = one in label_of and label_of[one] == label_of.get(other)
                    true, false = true + is_true, false + (not is_true)
        for names_of_story in labels:
            for one, other in itertools.combinations([name for name in names_of_story if name in story_of], 2):
                missed += fold_of[one] == fold and story_of[one] is not story_of[other]
        precision = true / (true + false) if true + false else 1.0
        recall = true / (true + missed) if true + missed else 1.0
        yield [precision, recall, 2 * precision * recall / ((precision + recall) or 1.0)]


def _pairs(items: Sequence[Item], names: set[str]) -> Iterator[tuple[str, str, Vector]]:
    """Yields the pairs of a labelled and another document that may be in one story, with 1 and their evidence."""
    frequency = InverseDocumentFrequency()
    profiles: list[tuple[str, Profile]] = []
    for item in sorted(items, key=time_order):
        terms = analyse(item.title, item.excerpt)
        links = [entry.identity for entry in item.related]
        profiles.append((item.name, Profile(item, terms, frequency.weights(terms.ordered, terms.capped), links)))
        frequency.add(terms.all)
    labelled = [(name, profile) for name, profile in profiles if name in names]
    for (one, first), (other, second) in itertools.product(labelled, profiles):
        is_first_time = other not in names or one < other
        is_near = abs(first.day - second.day) <= MAX_DAYS_APART
        if is_first_time and is_near and cosine_similarity(first, second) >= MIN_STORY_SIMILARITY:
            evidence = compare(first, second)
            yield one, other, [1.0, *(getattr(evidence, name) for name in WEIGHTS)]


def fit(rows: Sequence[Vector], truths: Sequence[float]) -> Vector:
    """Returns the weights of a logistic regression with ridge regularisation.

    They are found by Newton's method, which is iteratively reweighted least squares.

    Args:
        rows: the features of each example.
        truths: 1 or 0 for each example.
    """
    size = len(rows[0])
    weights = [0.0] * size
    for _ in range(_STEPS):
        gradient = [-_RIDGE * weight for weight in weights]
        hessian = [[_RIDGE * (row == column) for column in range(size)] for row in range(size)]
        for row, truth in zip(rows, truths, strict=True):
            expected = 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(map(float.__mul__, row, weights))))))
            error, spread = truth - expected, expected * (1 - expected)
            for index, value in enumerate(row):
                if value:
                    gradient[index] += error * value
                    line, factor = hessian[index], spread * value
                    for other, second in enumerate(row):
                        line[other] += factor * second
        weights = [weight + step for weight, step in zip(weights, _solve(hessian, gradient), strict=True)]
    return weights


def _solve(matrix: list[Vector], values: Vector) -> Vector:
    """Returns the solution of a system of linear equations, by Gaussian elimination with pivoting."""
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(size):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [one - factor * two for one, two in zip(rows[row], rows[column], strict=True)]
    return [row[-1] / row[index] for index, row in enumerate(rows)]
