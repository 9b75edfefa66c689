"""Measures the quality of the clustering on labelled stories, alone and mixed into an archive on another subject.

``python -m bench.quality CORPUS`` prints pairwise and B-cubed precision, recall and F1, the wrong pairs, the shares of
related entries in each list, and how much recall depends on any one labelled story.
"""

import datetime as dt
import itertools
import random
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from bench import documents
from bench.folds import cross_validate
from generator.content.collection import Selection, select
from generator.content.model import Item
from generator.stories.incremental import cluster_all
from generator.stories.model import Assignment, Clustering, Story

_FOREVER = Selection(now=dt.datetime(9999, 1, 1, tzinfo=dt.UTC), with_future=True)


def report(heading: str, clustering: Clustering, labels: Sequence[Sequence[str]], names: set[str]) -> None:
    """Prints the precision and recall of a clustering.

    Args:
        heading: the name of the collection.
        clustering: its clustering.
        labels: the labelled stories, as names of documents.
        names: the names of the labelled documents. Those in none of the labelled stories are stories of their own.
    """
    label_of = {name: number for number, story in enumerate(labels) for name in story}
    story_of = {item.name: story for story in clustering.stories for item in story.items}
    measured = sorted(names & story_of.keys())
    wrong: list[str] = []
    true = false = 0
    for story in clustering.stories:
        for one, other in itertools.combinations([item.name for item in story.items], 2):
            if one in names or other in names:
                if one in label_of and label_of.get(one) == label_of.get(other):
                    true += 1
                else:
                    false += 1
                    wrong.append(f"    joined wrongly: {one} + {other}")
    missed_by_story: list[int] = []
    pairs_by_story: list[int] = []
    for label in labels:
        pairs = list(itertools.combinations([name for name in label if name in story_of], 2))
        missed = [(one, other) for one, other in pairs if story_of[one] is not story_of[other]]
        wrong += [f"    not joined:     {one} + {other}" for one, other in missed]
        missed_by_story.append(len(missed))
        pairs_by_story.append(len(pairs))
    precision = true / (true + false) if true + false else 1.0
    recall = true / sum(pairs_by_story)
    print(f"{heading}: {len(clustering.items)} items, {len(clustering.stories)} stories")
    print(f"    pairwise  precision {precision:.3f}  recall {recall:.3f}  F1 {_f1(precision, recall):.3f}")
    cubed = [_b_cubed(name, label_of, story_of) for name in measured]
    precision, recall = (statistics.fmean(values) for values in zip(*cubed, strict=True))
    print(f"    B-cubed   precision {precision:.3f}  recall {recall:.3f}  F1 {_f1(precision, recall):.3f}")
    left_one_out = [
        1 - (sum(missed_by_story) - missed) / (sum(pairs_by_story) - pairs)
        for missed, pairs in zip(missed_by_story, pairs_by_story, strict=True)
    ]
    print(f"    recall without any one of the labelled stories: {min(left_one_out):.3f} to {max(left_one_out):.3f}")
    print("\n".join(wrong) if wrong else "    no pair is wrong")


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _b_cubed(name: str, label_of: dict[str, int], story_of: dict[str, Story]) -> tuple[float, float]:
    """Returns the B-cubed precision and recall of one document (A. Bagga and B. Baldwin, 1998)."""
    actual = {item.name for item in story_of[name].items}
    expected = {other for other, label in label_of.items() if label == label_of.get(name)} & story_of.keys() or {name}
    return len(actual & expected) / len(actual), len(actual & expected) / len(expected)


def shares(clustering: Clustering) -> None:
    """Prints the shares of the entries of ``related`` lists in each list of the pages."""
    total = sum(len(item.related) for story in clustering.stories for item in story.items)
    same = sum(len(one.same_story) for one in clustering.assignments)
    related = sum(len(one.related) for one in clustering.assignments)
    archive = sum(len(one.archive) for one in clustering.assignments)
    print(f"    of {total} related entries: same story {same / total:.1%}, related {related / total:.1%}", end=", ")
    mean = archive / len(clustering.assignments)
    print(f"left out {1 - (same + related) / total:.1%}; {mean:.1f} from the archive each")
    print("    largest stories:", ", ".join(str(size) for size in _sizes(clustering)[:10]))


def _sizes(clustering: Clustering) -> list[int]:
    return sorted((len(story.items) for story in clustering.stories), reverse=True)


def folds(items: Sequence[Item], labels: Sequence[Sequence[str]], names: set[str]) -> None:
    """Prints mean and deviation of precision, recall and F1 over folds, with weights fitted to the other folds."""
    measured = list(cross_validate(items, names, labels))
    for heading, values in zip(("precision", "recall", "F1"), zip(*measured, strict=True), strict=True):
        mean, spread = statistics.fmean(values), statistics.stdev(values)
        shown = " ".join(f"{value:.3f}" for value in values)
        print(f"    weights fitted without the fold: {heading} {mean:.3f} ± {spread:.3f}  ({shown})")


def growth(items: Iterable[Item]) -> None:
    """Prints how many ids of stories and lists of related articles the last thousand items change."""
    ordered = sorted(items, key=lambda item: (item.published_at, item.identity))
    before, after = cluster_all(ordered[:-1000]), cluster_all(ordered)
    ids = sum(before.story(key).id != after.story(key).id for key in before.places)
    lists = sum(before.beside(item) != after.beside(item) for item in before.items)
    print(f"growth: 1,000 later items changed {ids} story ids and {lists} lists of older items")


def _values(clustering: Clustering) -> tuple[list[Story], list[Assignment]]:
    """Returns the parts of a clustering that can be compared."""
    return list(clustering.stories), list(clustering.assignments)


def main(corpus: Path) -> None:
    """Prints all measurements of the corpus in a folder."""
    labels = [
        [f"{name}.md" for name in story["documents"]]
        for story in yaml.safe_load((corpus / "medical-stories.yaml").read_text(encoding="utf-8"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        medical, others = (
            documents.read(documents.unpacked(corpus / f"{name}.tar.xz", Path(folder)))
            for name in ("medical", "azure-news")
        )
    names = {item.name for item in medical}
    everything = select(medical + others, _FOREVER).items
    for heading, items in (("labelled alone", select(medical, _FOREVER).items), ("mixed into the archive", everything)):
        clustering = cluster_all(items)
        report(heading, clustering, labels, names)
        shares(clustering)
        folds(items, labels, names)
    shuffled = list(everything)
    random.Random(1).shuffle(shuffled)  # noqa: S311 - any order will do
    print("order: the same from shuffled input:", _values(cluster_all(shuffled)) == _values(cluster_all(everything)))
    growth(everything)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
