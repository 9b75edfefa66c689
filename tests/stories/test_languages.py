"""Tests of the clustering of texts in other languages than English, on documents that a reader has labelled."""

import functools
import itertools
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from generator.content.model import Item
from generator.content.terms import vocabulary
from generator.stories.incremental import cluster_all
from tests.support.making import document, read

FOLDER = Path(__file__).with_name("languages")


class Measured(NamedTuple):
    """The pairs of documents in one story, as labelled and as found."""

    labelled: int
    found: int
    right: int

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
        sum(label for label, _ in pairs), sum(found for _, found in pairs), sum(all(pair) for pair in pairs)
    )


@pytest.mark.parametrize(
    ("name", "language", "precision", "recall"),
    [("german", "de", 0.45, 0.14), ("japanese", "ja", 0.45, 0.14)],
)
def test_stories_are_found_in_other_languages(name: str, language: str, precision: float, recall: float) -> None:
    """Precision and recall of pairs do not fall below what was measured, which is low."""
    measured = measure(name, language)
    assert measured.precision >= precision, measured
    assert measured.recall >= recall, measured


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
