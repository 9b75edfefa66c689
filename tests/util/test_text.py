"""Text from documents is mended, never trusted."""

import re
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slugify import slugify as of_library

from generator.util.text import printable, repair, shorten, slugify


@pytest.mark.parametrize(
    ("raw", "mended"),
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
def test_repair_mends_what_publishers_break(raw: str, mended: str) -> None:
    """Mojibake, entities, invisible and control characters and odd spaces are mended; meant typography stays."""
    assert repair(raw) == mended


@given(st.text(max_size=200))
def test_repaired_text_is_one_clean_line(raw: str) -> None:
    """Whatever came in, no control character, no line break and no double space comes out."""
    mended = repair(raw)
    assert mended == " ".join(mended.split())
    assert not any(ord(character) < 32 or 0x7F <= ord(character) <= 0x9F for character in mended)
    assert mended.encode("utf-8").decode("utf-8") == mended


@given(st.text(alphabet=st.sampled_from("aZ3 .:;-(‘’“”–—…®©™£\xa0â€"), max_size=30))
def test_signs_of_typography_are_what_the_mender_leaves_as_they_are(raw: str) -> None:
    """Text that is not given to it, because it needs no mending, would come back as it is."""
    with mock.patch("generator.util.text._DOUBTFUL", re.compile("")):
        slowly = repair(raw)
    assert repair(raw) == slowly


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
    """Variants of case and spacing have one slug, scripts are transliterated, nothing climbs out of a folder."""
    assert slugify(name) == slug


@given(st.from_regex(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*", fullmatch=True), st.sampled_from([0, 5, 80]))
def test_plain_names_have_the_slugs_of_the_library(name: str, length: int) -> None:
    """Which is not asked for them."""
    assert slugify(name, max_length=length) == of_library(name, max_length=length, word_boundary=True)


def test_shorten_cuts_between_words() -> None:
    """A cut shows as an ellipsis and leaves no half word; short text stays."""
    assert shorten("as it is", 20) == "as it is"
    assert shorten("a sentence, that is too long", 14) == "a sentence…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"


def test_printable_disarms_terminals() -> None:
    """Escape sequences and lone surrogates are shown, not obeyed; plain text stays."""
    assert printable("naïve 人") == "naïve 人"
    assert printable("a\x1b[2Jb\udc80") == "a\\x1b[2Jb\\udc80"
