"""Compares articles: how likely two of them report the same event, and whether they are about the same subject.

The weight of a term is its inverse document frequency (K. Spärck Jones, 1972) among the items before the block that is
compared, limited for common words of the field. The evidence of a pair is a row of numbers. Its score is the log-odds
of a logistic regression, whose weights ``make fit`` finds (``weights.toml``).
"""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from generator.content.words import Words

DAY = 86_400.0
"""Seconds."""
MAX_DAYS_APART = 21.0
"""Articles that are further apart are never compared as reports of one event."""
MIN_SCORE = -5.0
"""The score of two articles that are not similar enough to be compared; lower ones count as this."""
SCORE_UNIT = 64
"""Scores are whole numbers: multiples of 1/64. So a rounding error of the last digit decides nothing."""


class Text(NamedTuple):
    """What is compared of an article."""

    words: Words
    at: float
    """The Unix time of publication."""
    domain: str
    """The domain of the publisher."""


class Weights(msgspec.Struct, frozen=True):
    """The weights of the evidence for one question about a pair of articles."""

    bias: float
    """The score without any evidence."""
    threshold: float
    """The least score of a yes."""
    evidence: Mapping[str, float]
    """The weight of each kind of evidence, in log-odds."""

    @property
    def least(self) -> int:
        """The threshold, in units."""
        return round(self.threshold * SCORE_UNIT)

    @property
    def factors(self) -> Sequence[float]:
        """The weights, in the order of the evidence."""
        return [self.evidence.get(name, 0.0) for name in EVIDENCE]


EVIDENCE: Mapping[str, str] = {
    "text": "similarity of the texts",
    "habit": "similarity with articles of earlier weeks, the higher of the two",
    "habit_of_both": "similarity with articles of earlier weeks, the lower of the two",
    "common_text": "the share of common words in the similarity",
    "rare_words": "rare words in both",
    "names": "names and numbers in both",
    "rarest_name": "the rarest name or number in both",
    "missing": "words of one headline that the other text lacks, the more of the two",
    "missing_in_both": "words of one headline that the other text lacks, the fewer of the two",
    "missing_names": "names of one headline that the other text lacks",
    "missing_number": "a number of one headline that the other text lacks",
    "days": "days between them",
    "same_publisher": "the same publisher",
    "same_headline": "the same headline",
    "same_hour": "different headlines of one publisher within an hour",
    "series": "headlines of one publisher that differ as those of a series do",
    "common_only": "only common words in both, and more than a week between them",
    "length": "length of the shorter text",
}
"""The kinds of evidence, in the order of a row, with a description for ``digest explain``."""


@functools.cache
def weights() -> Mapping[str, Weights]:
    """Returns the weights by question: ``story`` and ``subject``."""
    loaded: dict[str, Any] = tomllib.loads(Path(__file__).with_name("weights.toml").read_text("utf-8"))
    return msgspec.convert(loaded, dict[str, Weights])
