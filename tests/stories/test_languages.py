"""Tests of the clustering of texts in other languages than English, on documents that a reader has labelled."""

import array
import functools
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from generator.cache.memo import Memo
from generator.content.model import Item
from generator.content.terms import vocabulary
from generator.stories import blocks
from generator.stories.comparer import Comparer
from generator.stories.incremental import cluster_all
from generator.stories.model import time_order
from tests.support.making import document, read

FOLDER = Path(__file__).with_name("languages")


class Measured(NamedTuple):
    """The pairs of documents in one story, as labelled and as found."""

    labelled: int
    found: int
    right: int
    average_precision: float
    """Of the scores of pairs, from 0 to 1. It does not depend on the threshold."""

    @property
    def precision(self) -> float:
        """The share of the found pairs that are labelled."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the labelled pairs that are found."""
        return self.right / self.labelled

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.labelled + self.found)


@functools.cache
def labelled(name: str) -> dict[Item, str]:
    """Returns labelled documents, each with its story; documents without a label are alone."""
    found: dict[Item, str] = {}
    for one in yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8")):
        text = document(
            title=one["title"],
            excerpt=one["excerpt"],
            publishedDateTime=one["published"],
            webUrl=f"https://{one['domain']}/{one['name']}",
            provider={"name": one["domain"], "domain": one["domain"]},
        )
        item = read(text, name=f"{one['name']}.md").item
        assert item
        found[item] = one.get("story", one["name"])
    return found


@functools.cache
def measure(name: str, language: str) -> Measured:
    """Measures the clustering of labelled documents as texts of a language."""
    story_of = labelled(name)
    clustering = cluster_all(story_of, language=language)
    pairs = [
        (story_of[one] == story_of[other], clustering.number(one.identity) == clustering.number(other.identity))
        for one, other in itertools.combinations(story_of, 2)
    ]
    return Measured(
        sum(label for label, _ in pairs),
        sum(found for _, found in pairs),
        sum(all(pair) for pair in pairs),
        average_precision(sorted(story_of, key=time_order), story_of, language),
    )


def average_precision(items: Sequence[Item], story_of: dict[Item, str], language: str) -> float:
    """Returns the mean, over all labelled pairs, of the precision of the pairs with at least the same score."""
    comparer = Comparer(items, blocks.keyed(items, {}, blocks.BLOCK), Memo(), {}, language)
    scores: dict[tuple[int, int], int] = {}
    for block in comparer.blocks:
        for position, one in enumerate(comparer.compare(block.number)[0], block.start):
            for distance, score in zip(array.array("i", one.near), array.array("h", one.scores), strict=True):
                scores[position - distance, position] = score
    pairs = itertools.combinations(range(len(items)), 2)
    least = min(scores.values()) - 1
    # Of equal scores, the wrong pairs come first.
    ranked = sorted((-scores.get(pair, least), story_of[items[pair[0]]] == story_of[items[pair[1]]]) for pair in pairs)
    right = [rank for rank, (_, label) in enumerate(ranked, 1) if label]
    return sum(count / rank for count, rank in enumerate(right, 1)) / len(right)


def f1_of(*measured: Measured) -> float:
    """Returns the F1 of the pairs of several sets together."""
    return 2 * sum(one.right for one in measured) / sum(one.labelled + one.found for one in measured)


@pytest.mark.parametrize(
    ("name", "language", "precision", "recall", "ranking"),
    [
        ("german", "de", 0.45, 0.14, 0.67),
        ("german_news", "de", 0.95, 0.92, 0.94),
        ("german_apart", "de", 0.95, 0.85, 0.93),
        ("japanese", "ja", 0.45, 0.14, 0.44),
    ],
)
def test_stories_are_found_in_other_languages(
    name: str, language: str, precision: float, recall: float, ranking: float
) -> None:
    """Precision, recall and average precision of pairs do not fall below what was measured."""
    measured = measure(name, language)
    assert measured.precision >= precision, measured
    assert measured.recall >= recall, measured
    assert measured.average_precision >= ranking, measured


def test_german_documents_are_clustered_as_well_as_the_same_in_english() -> None:
    """The sets are parallel. Of the first one, whose texts hardly share a word, fewer German pairs are found."""
    names = ("", "_news", "_apart")
    german = [measure(f"german{name}", "de") for name in names]
    english = [measure(f"english{name}", "en") for name in names]
    assert f1_of(*german) >= f1_of(*english) - 0.05
    assert f1_of(*german[1:]) >= f1_of(*english[1:]) - 0.02
    for one, other in zip(german, english, strict=True):
        assert one.average_precision >= other.average_precision - 0.02


@pytest.mark.parametrize("name", ["", "_news", "_apart"])
def test_parallel_documents_have_the_same_labels(name: str) -> None:
    """An English document has the name, time, publisher and story of the German one."""
    german, english = labelled(f"german{name}"), labelled(f"english{name}")
    assert list(german.values()) == list(english.values())
    for one, other in zip(german, english, strict=True):
        assert (one.identity, one.published_at, one.provider) == (other.identity, other.published_at, other.provider)


def test_german_texts_are_not_clustered_better_as_english_ones() -> None:
    """The stemmer and the lists of a language are of use."""
    assert measure("german", "en").f1 < measure("german", "de").f1


def test_terms_of_japanese_are_pairs_of_characters() -> None:
    """There are no spaces between words. A run of katakana is a foreign word, and a name like digits and letters."""
    terms = vocabulary("ja").analyse("大腸内視鏡", "")
    assert terms.headline == ("大腸", "腸内", "内視", "視鏡")
    terms = vocabulary("ja").analyse("オルビスのAI、31%", "")
    assert terms.headline == ("オルビス", "の", "ai", "31")
    assert terms.names == {"オルビス", "ai", "31"}


def test_capitals_of_german_nouns_mark_no_names() -> None:
    """Every noun has one, so a capital letter marks a name only if the word is not listed as common."""
    title = "Die neue Studie der Klinik in Marwick prüft, wie sicher und schnell das geht"
    names = vocabulary("de").analyse(title, "").names
    assert "marwick" in names
    assert not {"studi", "klinik"} & names


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("Lungentumoren", ("lung", "tumor")),
        ("Krankenhauskeime", ("krankenhaus", "keim")),
        ("Bundesforschungsministerium", ("bund", "forschung", "ministerium")),
        ("Hackerangriffe", ("hack", "angriff")),
        ("Brustkrebs", ("brustkreb",)),  # is listed itself
        ("Verwechslungen", ("verwechsl",)),
        ("Pflegeheimen", ("pflegeheim",)),
        ("Darmstadt", ("darmstadt",)),
        ("Mannheimer", ("mannheim",)),
        ("HerzLotse", ("herzlots",)),
        ("A" + "a" * 100_000 + "daten", ("a" * 100_001 + "dat",)),  # takes no time and no memory
    ],
)
def test_german_compounds_are_divided_into_their_parts(word: str, parts: tuple[str, ...]) -> None:
    """So they match the parts elsewhere. Names of places and products, and what is no word, stay whole."""
    assert vocabulary("de").analyse(word, "").headline == parts


def test_english_words_are_not_divided() -> None:
    """English writes compounds as several words."""
    assert vocabulary("en").analyse("Braindatamodel", "").headline == ("braindatamodel",)


def test_german_words_have_the_stems_of_their_language() -> None:
    """Forms of one word are one term."""
    titles = ("die Kliniken prüften", "der Klinik prüfte")
    one, other = (vocabulary("de").analyse(title, "").headline for title in titles)
    assert one == other


def test_a_language_without_lists_has_terms() -> None:
    """Words of it are compared as they are written, or by the stems of Snowball if it knows the language."""
    finnish = vocabulary("fi")
    assert (
        finnish.analyse("Sairaala testaa mallia", "").headline
        == finnish.analyse("Sairaalan testaa mallin", "").headline
    )
    assert vocabulary("xx").analyse("Nemocnice zkouší model", "").headline == ("nemocnice", "zkouší", "model")
