"""Tests of the words of an article as arrays of numbers, and of headlines that contradict others."""

import array
import math
from typing import Any

import pytest

from generator.content import words
from generator.content.terms import is_rebuttal, stem, vocabulary
from generator.content.words import COMMON, NAME, NO_LIMIT, NUMBER, TITLE, UNIT, Words
from tests.support.making import document, read


def flags_of(found: Words, title: str, excerpt: str) -> dict[str, int]:
    """Returns the flags of each term of a text."""
    terms = vocabulary().analyse(title, excerpt)
    return dict(zip(dict.fromkeys([*terms.headline, *terms.summary]), found.flags, strict=True))


def test_each_term_is_there_once_in_the_order_of_the_text() -> None:
    """With the flags of its place and kind."""
    title, excerpt = "Glaucoma model of Orbis read 214 scans", "The Orbis model also reads retinas, says MIT."
    found = words.read(title, excerpt)
    flags = flags_of(found, title, excerpt)
    assert len(found) == len(flags) == len(array.array("q", found.terms)) == len(array.array("H", found.limits))
    assert len(set(array.array("q", found.terms))) == len(found)
    assert flags[stem("glaucoma")] & TITLE == TITLE
    assert flags["orbi"] & (TITLE | NAME | COMMON) == TITLE | NAME
    assert flags["214"] & (TITLE | NAME | NUMBER) == TITLE | NAME | NUMBER
    assert flags["mit"] & (TITLE | NAME | NUMBER) == NAME
    assert flags[stem("model")] & (TITLE | COMMON | NAME) == TITLE | COMMON
    assert not flags[stem("retinas")] & TITLE


@pytest.mark.parametrize(
    ("number", "term", "kind"),
    [("3,000", "3000", 0), ("3.000", "3000", 0), ("70,000", "70000", 0), ("2024", "2024", NAME), ("214", "214", NAME)],
)
def test_a_large_number_is_no_name(number: str, term: str, kind: int) -> None:
    """Reports of one event round it in different ways. A year and a small number name something."""
    title = f"Orbis reads {number} scans"
    flags = flags_of(words.read(title, ""), title, "")
    assert flags[term] & (NAME | NUMBER) == NUMBER | kind


def test_common_words_have_a_limit() -> None:
    """It is the weight of the expected share of documents that contain them."""
    found = words.read("Marwick model", "")
    marwick, model = array.array("H", found.limits)
    assert marwick == NO_LIMIT
    assert model == round(-math.log(vocabulary().prior[stem("model")]) * UNIT)


def test_equal_terms_have_equal_hashes() -> None:
    """In any text, whatever its form."""
    one, other = words.read("Orbis models", ""), words.read("", "models of ORBIS")
    assert set(array.array("q", one.terms)) == set(array.array("q", other.terms))


def test_headlines_of_the_same_terms_have_the_same_hash() -> None:
    """A headline of one or two terms has none, because two words may repeat by chance."""
    assert (
        words.read("Orbis reads retinas", "").headline == words.read("Orbis: reads the retinas!", "More.").headline != 0
    )
    assert words.read("Orbis reads retinas", "").headline != words.read("Retinas Orbis reads", "").headline
    assert words.read("Orbis retinas", "").headline == 0


@pytest.mark.parametrize("text", ["", "and the", "?!"])
def test_a_text_without_terms_has_no_words(text: str) -> None:
    """It is empty or has stop words only."""
    assert words.read(text, text) == Words(b"", b"", b"", 0)


def test_the_language_decides_what_a_word_is() -> None:
    """Stop words of one language are words of another."""
    assert len(words.read("die", "", "de")) == 0
    assert len(words.read("die", "", "en")) == 1


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        ({"title": "Another"}, True),
        ({"excerpt": "Another."}, True),
        ({"publishedDateTime": "2025-03-14T09:30:01Z"}, True),
        ({"webUrl": "https://news.example.org/another"}, False),
        ({"provider": {"name": "Example News", "domain": "another.example"}}, True),
        ({"story": "label"}, False),
        ({"heat": 5}, False),
        ({"topics": ["Sepsis"]}, False),
        ({"provider": {"name": "Another", "domain": "news.example.org"}}, False),
    ],
)
def test_the_key_of_words_covers_what_comparisons_depend_on(change: dict[str, Any], is_other: bool) -> None:  # noqa: FBT001 - a table of cases
    """And nothing else, so that a change of other fields compares nothing again."""
    before, after = read(document()).item, read(document(**change)).item
    assert before
    assert after
    assert (words.words_key(before) != words.words_key(after)) is is_other


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("No, it cannot", True),
        ("Nope: it cannot", True),
        ("Nein, das Modell kann es nicht", True),
        ("Faktencheck: das Modell kann es", True),
        ("No. 1 hospital uses it", False),
        ("No malaise at the clinic", False),
        ("Fact check: it can", True),
    ],
)
def test_headlines_that_contradict_others_are_recognised(title: str, expected: bool) -> None:  # noqa: FBT001 - a table of cases
    """They begin with an answer to another headline, such as `No, …`. A rank such as `No. 1` does not count."""
    assert is_rebuttal(title) is expected
