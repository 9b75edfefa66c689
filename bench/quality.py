"""Measures the quality of the clustering on labelled stories.

``python -m bench.quality CORPUS`` prints precision, recall and F1 of pairs, and B-cubed, of each labelled set: with the
weights of the program, which were fitted to these sets, and by cross-validation, with weights that have seen neither
the stories nor the period that they are measured on. It also prints the precision of related articles, and checks that
neither the order of documents nor later ones change the result.
"""

import dataclasses
import random
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
from msgspec import structs

from bench import labelled
from bench.fit import STORY_THRESHOLD, SUBJECT_EVIDENCE, SUBJECT_THRESHOLD, fit
from bench.labelled import LabelledSet, Rows, pairs_of
from generator.content.model import Item
from generator.stories import similarity
from generator.stories.incremental import cluster_all
from generator.stories.model import Assignment, Clustering, Story
from generator.stories.similarity import SCORE_UNIT, Weights

_FOLDS = 5


@dataclasses.dataclass
class Counted:
    """Pairs of documents, and the B-cubed values of documents."""

    true: int = 0
    false: int = 0
    missed: int = 0
    cubed: list[tuple[float, float]] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        """Returns precision, recall and F1 of pairs, and B-cubed."""
        precision = self.true / (self.true + self.false) if self.true + self.false else 1.0
        recall = self.true / (self.true + self.missed) if self.true + self.missed else 1.0
        cubed = [statistics.fmean(values) for values in zip(*self.cubed, strict=True)]
        return f"{_shown(precision, recall)}   B-cubed {_shown(*cubed)}"

    @property
    def f1(self) -> float:
        """F1 of pairs."""
        return 2 * self.true / (2 * self.true + self.false + self.missed) if self.true else 0.0


def _shown(precision: float, recall: float) -> str:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


def count(one: LabelledSet, clustering: Clustering, measured: Iterable[str], total: Counted) -> Counted:
    """Counts the pairs with one of the measured documents, adds them to a total too, and returns them."""
    names = set(measured)
    story_of = {item.name: number for item, number in zip(clustering.items, clustering.numbers, strict=True)}
    result = Counted()
    for pair in pairs_of(story_of):
        if names & set(pair) and one.counts(*pair):
            if one.is_true(*pair):
                result.true += 1
            else:
                result.false += 1
                result.wrong.append(f"    joined wrongly: {pair[0]} + {pair[1]}")
    for pair in pairs_of({name: story for name, story in one.stories.items() if name in story_of}):
        if names & set(pair) and story_of[pair[0]] != story_of[pair[1]]:
            result.missed += 1
            result.wrong.append(f"    not joined:     {pair[0]} + {pair[1]}")
    for name in sorted(names & story_of.keys()):
        actual = {other for other, story in story_of.items() if story == story_of[name]}
        actual = {other for other in actual if other == name or one.counts(name, other)}
        expected = {other for other in one.stories if one.is_true(name, other)} & story_of.keys() | {name}
        result.cubed.append((len(actual & expected) / len(actual), len(actual & expected) / len(expected)))
    total.true, total.false, total.missed = (
        total.true + result.true, total.false + result.false, total.missed + result.missed
    )  # fmt: skip
    total.cubed += result.cubed
    total.wrong += result.wrong
    return result


def _with(story: Weights, items: Sequence[Item]) -> Clustering:
    table = {"story": story, "subject": similarity.weights()["subject"]}
    with mock.patch("generator.stories.comparer.weights", return_value=table), mock.patch(
        "generator.stories.cluster.weights", return_value=table
    ):  # fmt: skip
        return cluster_all(items)


def cross_validate(sets: Sequence[LabelledSet], rows: Sequence[Rows]) -> None:
    """Prints the quality of each set by periods, with weights fitted to all pairs without a document of the period."""
    for one in sets:
        total = Counted()
        folds: list[float] = []
        for period in range(max(one.periods.values()) + 1):
            names = {name for name, number in one.periods.items() if number == period}
            kept = [[not names & set(pair) for pair in of_set.names] for of_set in rows]
            evidence = np.concatenate([of_set.evidence[mask] for of_set, mask in zip(rows, kept, strict=True)])
            truths = np.concatenate([of_set.truths[mask] for of_set, mask in zip(rows, kept, strict=True)])
            clustering = _with(fit(evidence, truths, STORY_THRESHOLD), one.items)
            folds.append(count(one, clustering, names, total).f1)
        print(f"{one.name}, {len(one.items)} items: {total}")
        print(f"    F1 by period: {' '.join(f'{value:.3f}' for value in folds)}")


def across_sets(sets: Sequence[LabelledSet], rows: Sequence[Rows]) -> None:
    """Prints the quality of each set with weights that were fitted to the other sets only."""
    for one in sets:
        others = [of_set for other, of_set in zip(sets, rows, strict=True) if other.labelled.isdisjoint(one.labelled)]
        evidence, truths = (np.concatenate(values) for values in zip(*(of_set[1:] for of_set in others), strict=True))
        clustering = _with(fit(evidence, truths, STORY_THRESHOLD), one.items)
        print(f"{one.name}, {len(one.items)} items: {count(one, clustering, one.labelled, Counted())}")


def related(sets: Sequence[LabelledSet]) -> None:
    """Prints the precision and recall of related articles, by cross-validation over documents."""
    rows = labelled.related(sets)
    documents = sorted({document for document, _ in rows.names})
    fold_of = {document: number % _FOLDS for number, document in enumerate(documents)}
    folds = np.array([fold_of[document] for document, _ in rows.names])
    shown = np.zeros(len(folds), bool)
    for fold in range(_FOLDS):
        is_other = folds != fold
        weights = fit(rows.evidence[is_other], rows.truths[is_other], SUBJECT_THRESHOLD, SUBJECT_EVIDENCE)
        scores = labelled.scores(rows.evidence[~is_other], weights)
        shown[~is_other] = scores >= SUBJECT_THRESHOLD * SCORE_UNIT
    true = int((shown & rows.truths).sum())
    found = _shown(true / max(int(shown.sum()), 1), true / int(rows.truths.sum()))
    print(f"related articles, {len(folds)} labelled: {found}")


def shares(clustering: Clustering) -> None:
    """Prints the shares of the entries of ``related`` lists in each list of the pages."""
    total = sum(len(item.related) for item in clustering.items)
    same = sum(len(one.same_story) for one in clustering.assignments)
    listed = sum(len(one.related) for one in clustering.assignments)
    archive = sum(len(one.archive) for one in clustering.assignments)
    print(f"    of {total} related entries: same story {same / total:.1%}, related {listed / total:.1%}", end=", ")
    mean = archive / len(clustering.assignments)
    print(f"left out {1 - (same + listed) / total:.1%}; {mean:.1f} from the archive each")
    sizes = sorted((len(story.items) for story in clustering.stories), reverse=True)
    print(f"    {len(sizes)} stories, the largest: {', '.join(map(str, sizes[:10]))}")


def growth(items: Iterable[Item]) -> None:
    """Prints what the last thousand items change in older ones."""
    ordered = sorted(items, key=lambda item: (item.published_at, item.identity))
    before, after = cluster_all(ordered[:-1000]), cluster_all(ordered)
    ids = sum(before.story(key).id not in {after.story(key).id, *after.story(key).aliases} for key in before.places)
    same = sum(one == other for one, other in zip(before.assignments, after.assignments, strict=False))
    print(f"growth: 1,000 later items changed {ids} ids of stories without an alias", end=", ")
    print(f"and {len(before.assignments) - same} assignments of older items")


def without_lists(items: Iterable[Item]) -> bool:
    """Returns whether stories are the same if items have no ``related`` lists."""
    ordered = list(items)
    bare = [structs.replace(item, related=()) for item in ordered]
    return list(cluster_all(ordered).numbers) == list(cluster_all(bare).numbers)


def _values(clustering: Clustering) -> tuple[list[Story], list[Assignment]]:
    """Returns the parts of a clustering that can be compared."""
    return list(clustering.stories), list(clustering.assignments)


def main(corpus: Path) -> None:
    """Prints all measurements of the corpus in a folder."""
    sets = labelled.load(corpus)
    print("weights of the program:")
    for one in sets:
        clustering = cluster_all(one.items)
        found = count(one, clustering, one.labelled, Counted())
        print(f"{one.name}, {len(one.items)} items: {found}")
        print("\n".join(found.wrong))
        shares(clustering)
    print("\ncross-validated:")
    rows = [labelled.pairs(one) for one in sets]
    cross_validate(sets, rows)
    print("\nwith weights fitted to the other sets only:")
    across_sets(sets, rows)
    related(sets)
    everything = list(sets[-1].items)
    random.Random(1).shuffle(everything)  # noqa: S311 - any order will do
    same = _values(cluster_all(everything)) == _values(cluster_all(sets[-1].items))
    print("order: the same from shuffled input:", same)
    print("related lists: the same stories without them:", without_lists(everything))
    growth(everything)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
