"""Repairing, shortening and escaping text, and making slugs."""

import re
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slugify import slugify as slugify_of_library

from generator.util.text import nearest, printable, repair, shorten, slugify


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("Deep learning helps determine a womanâ€™s risk", "Deep learning helps determine a woman’s risk"),
        ("one of three categories â€“ low risk", "one of three categories – low risk"),
        ("Doctors&#8217; notes &amp; AI", "Doctors’ notes & AI"),
        ("Doctors&amp;#8217; notes", "Doctors’ notes"),
        ("AT&T and a&copy=1 and Q&A;", "AT&T and a&copy=1 and Q&A;"),
        ("\ufeffWith a stray mark\u200b", "With a stray mark"),
        ("  many \t kinds\u2028of\u00a0space\n", "many kinds of space"),
        ("bell\x07 and\x1b[31m colour", "bell and colour"),
        ("turned \u202eround\u202c and \u2066kept\u2069", "turned round and kept"),
        ("<b>not markup</b>", "<b>not markup</b>"),
        ("人工智能 “quoted” （宽）", "人工智能 “quoted” （宽）"),
    ],
)
def test_repair(raw: str, repaired: str) -> None:
    """Mojibake, entities, invisible characters and white space are repaired. Intended typography is kept."""
    assert repair(raw) == repaired


@given(st.text(max_size=200))
def test_repaired_text_is_one_clean_line(raw: str) -> None:
    """Repaired text has no control characters, line breaks, repeated spaces or surrogates."""
    repaired = repair(raw)
    assert repaired == " ".join(repaired.split())
    assert not any(ord(character) < 32 or 0x7F <= ord(character) <= 0x9F for character in repaired)
    assert repaired.encode("utf-8").decode("utf-8") == repaired


@given(st.text(alphabet=st.sampled_from("aZ3 .:;-(‘’“”–—…®©™£\xa0â€"), max_size=30))
def test_the_shortcut_for_typographic_signs_agrees_with_the_full_repair(raw: str) -> None:
    """Text that skips the repair would not be changed by it."""
    with mock.patch("generator.util.text._DOUBTFUL", re.compile("")):
        fully_repaired = repair(raw)
    assert repair(raw) == fully_repaired


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("AI in Healthcare", "ai-in-healthcare"),
        ("  ai  IN healthcare ", "ai-in-healthcare"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("R&D", "r-and-d"),
        ("人工智能", "ren-gong-zhi-neng"),
        ("Künstliche Intelligenz", "kunstliche-intelligenz"),
        ("../../etc/passwd", "etc-passwd"),
        ("💡", ""),
    ],
)
def test_slugs_are_readable_and_safe(name: str, slug: str) -> None:
    """Case and spacing make no difference, scripts are transliterated, and path separators are removed."""
    assert slugify(name) == slug


@given(st.from_regex(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*", fullmatch=True), st.sampled_from([0, 5, 80]))
def test_the_shortcut_for_plain_names_agrees_with_the_library(name: str, length: int) -> None:
    """Plain names become slugs without the library, with the same result."""
    assert slugify(name, max_length=length) == slugify_of_library(name, max_length=length, word_boundary=True)


def test_shorten_cuts_between_words() -> None:
    """A cut is marked by an ellipsis and leaves no partial word. Short text is unchanged."""
    assert shorten("as it is", 20) == "as it is"
    assert shorten("a sentence, that is too long", 14) == "a sentence…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"


def test_printable_escapes_control_characters() -> None:
    """Escape sequences and lone surrogates are escaped. Plain text is unchanged."""
    assert printable("naïve 人") == "naïve 人"
    assert printable("a\x1b[2Jb\udc80") == "a\\x1b[2Jb\\udc80"


WORDS = (
    "Cardiology", "Radiology", "Neurology", "Urology", "Dentistry", "Nursing", "AI", "month.html", "item.html",
    "publishedDateTime", "description", "base_url", "page_size", "topics", "title", "Europe/Berlin",
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "guess"),
    [
        ("Cardiolgy", "Cardiology"),
        ("Radiologie", "Radiology"),
        ("dentisty", "Dentistry"),
        ("Dentisrty", "Dentistry"),
        ("mounth.html", "month.html"),
        ("publishedDate", "publishedDateTime"),
        ("published_datetime", "publishedDateTime"),
        ("publshedDateTme", "publishedDateTime"),
        ("desciption", "description"),
        ("baseurl", "base_url"),
        ("base_uri", "base_url"),
        ("topic", "topics"),
        ("titel", "title"),
        ("europe/berln", "Europe/Berlin"),
        ("Cardio", "Cardiology"),
        ("Identity", ""),
        ("imprint.html", ""),
        ("index.html", ""),
        ("Audiology", ""),
        ("Rheumatology", ""),
        ("Dermatology", ""),
        ("Pricing", ""),
        ("API", ""),
        ("", ""),
        ("\U0001f4a1", ""),
    ],
)
def test_guesses_are_near(word: str, guess: str) -> None:
    """A guess begins with the word, or differs in few letters. Words that only share many letters are not guessed."""
    assert nearest(word, WORDS) == ([guess] if guess else [])


@given(st.text(alphabet="abc", min_size=4, max_size=12), st.integers(0, 11), st.sampled_from("abcx"))
def test_one_wrong_letter_is_guessed(word: str, at: int, letter: str) -> None:
    """Of a word with one letter replaced, added or left out, the word is guessed."""
    at %= len(word)
    for misspelt in (word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + word[at + 1 :]):
        assert nearest(misspelt, [word]) == [word]
