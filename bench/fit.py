"""Fits the weights of the evidence to labelled pairs, and writes ``generator/stories/weights.toml``.

``python -m bench.fit CORPUS``. The weights are those of a logistic regression with ridge regularisation, found by
Newton's method (iteratively reweighted least squares). The thresholds are not fitted: ``make quality``
shows what they give.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import labelled
from generator.stories import similarity
from generator.stories.evidence import Booleans, Floats
from generator.stories.similarity import EVIDENCE, Weights

STORY_THRESHOLD = 1.2
SUBJECT_THRESHOLD = 0.5
FIXED = {"series": -30.0, "common_only": -30.0}
"""Weights that decide alone, of evidence that hardly a true pair has. Pairs with it are not fitted to."""
STORY_EVIDENCE = tuple(name for name in EVIDENCE if name not in FIXED)
SUBJECT_EVIDENCE = ("text", "habit", "common_text", "rare_words", "names", "rarest_name", "missing", "missing_in_both")
_TABLE = Path(similarity.__file__).with_name("weights.toml")
_RIDGE = 0.5
_STEPS = 50


def fit(rows: Floats, truths: Booleans, threshold: float, evidence: Sequence[str] = STORY_EVIDENCE) -> Weights:
    """Returns the weights of a logistic regression.

    Args:
        rows: the evidence of pairs, a row each.
        truths: whether each pair belongs together.
        threshold: the threshold to go with the weights.
        evidence: the kinds of evidence that get a weight.
    """
    columns = [list(EVIDENCE).index(name) for name in evidence]
    if evidence is STORY_EVIDENCE:
        is_fitted = (rows[:, [list(EVIDENCE).index(name) for name in FIXED]] == 0).all(axis=1)
        rows, truths = rows[is_fitted], truths[is_fitted]
    scale = rows[:, columns].std(axis=0) + 1e-9
    values = np.column_stack([np.ones(len(rows)), rows[:, columns] / scale])
    ridge = np.diag([0.0] + [_RIDGE] * len(columns))
    found = np.zeros(len(columns) + 1)
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(values @ found, -30, 30)))
        gradient = values.T @ (truths - expected) - ridge @ found
        hessian = (values * (expected * (1 - expected))[:, None]).T @ values + ridge
        found = found + np.linalg.solve(hessian, gradient)
    named = dict(zip(evidence, (float(value) for value in found[1:] / scale), strict=True))
    named |= {name: FIXED[name] for name in FIXED if evidence is STORY_EVIDENCE}
    return Weights(
        bias=round(float(found[0]), 3), threshold=threshold, evidence={k: round(v, 3) for k, v in named.items()}
    )


def _table(name: str, weights: Weights) -> str:
    lines = [f"[{name}]", f"bias = {weights.bias}", f"threshold = {weights.threshold}", "", f"[{name}.evidence]"]
    return "\n".join([*lines, *(f"{kind} = {value}" for kind, value in weights.evidence.items())])


def main(corpus: Path) -> None:
    """Fits both tables to all labels and writes them."""
    sets = labelled.load(corpus)
    rows = [labelled.pairs(one) for one in sets]
    story = fit(
        np.concatenate([one.evidence for one in rows]), np.concatenate([one.truths for one in rows]), STORY_THRESHOLD
    )
    related = labelled.related(sets)
    subject = fit(related.evidence, related.truths, SUBJECT_THRESHOLD, SUBJECT_EVIDENCE)
    head = "# Written by `make fit`: the weights of the evidence about a pair of articles (`similarity.py`).\n"
    _TABLE.write_text(f"{head}\n{_table('story', story)}\n\n{_table('subject', subject)}\n", encoding="utf-8")
    count = sum(int(one.truths.sum()) for one in rows)
    print(
        f"fitted to {sum(len(one.names) for one in rows)} pairs, {count} of them true,"
        f" and {len(related.names)} related articles"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
