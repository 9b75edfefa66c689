"""Tests of the summaries that cards show."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.summaries import is_whole, summary

TEXT = "Orbis Health has a new model for scans of the eye."


@pytest.mark.parametrize(
    "dateline",
    [
        "IRVINE, Calif., Aug. 11, 2021 /PRNewswire/ -- ",
        "SAN JOSE, Calif., and LYON, France, March 3, 2022 /PRNewswire-PRWeb/ -- ",
        "NEW YORK, (GLOBE NEWSWIRE) --",
        "May 6, 2021 (GLOBE NEWSWIRE via COMTEX) -- ",
        "SAN FRANCISCO--(BUSINESS WIRE)--",
        "LOS ANGELES-- ( BUSINESS WIRE )-- ",
        "DALLAS, TX / ACCESSWIRE / May 4, 2021 / ",
        "22, 2020 /PRNewswire/ -- ",
        "PRNewswire/ -- ",
        "--(BUSINESS WIRE)--",
        "Business Wire TORONTO -- ",
        "(Reuters) - ",
        "LONDON (Reuters) - ",
        "New Delhi, June 12 (IANS) ",
        "April 7 (UPI) --",
        "Berlin (dpa) - ",
        "Frankfurt/Main (dpa/lhe) - ",
        "München – ",
        "LONDON — ",
        "LONDON—",
        "BURLINGTON, Mass.—",
        "Paris, France - ",
        "WALLDORF – April 13, 2021 – ",
        "London – 10th February 2021 – ",
        "Singapore, 2 February 2021 – ",
        "December 12, 2019 - ",
        "LYON, France, May 3, 2021 (GLOBE NEWSWIRE) -- LYON, France, May 3, 2021 /PRNewswire/ -- ",
    ],
)
def test_datelines_are_removed(dateline: str) -> None:
    """Those of news services and press releases, with and without place, date or service."""
    assert summary(dateline + TEXT, 280) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "Orbis Health -- the maker of a model for the eye -- has a new one.",
        "Orbis Health — A maker of models for the eye — has a new one.",
        "MRI — The method of choice for the knee — gets faster.",
        "Orbis Database - Flexible Server now has five regions.",
        "Orbis Eye – Server edition supports the new scanner.",
        "The model reads scans of London - New York takes part, too.",
        "London - based Orbis has a new model.",
        "In London, Reuters (Reuters) - The agency has a new model.",
        "Acute Pain (AP) is measured by a camera.",
        "Retinal scans (CT and MRI) -- The model reads both.",
        "Doctors in Boston — Nurses, too — use the model.",
        "What is new in May 2021 -- A list of models.",
    ],
)
def test_sentences_with_a_dash_are_kept(text: str) -> None:
    """A dash after anything but a place or a date is part of the sentence."""
    assert summary(text, 280) == text


def test_a_dateline_without_text_is_kept() -> None:
    """A summary is not empty."""
    assert summary("LONDON (Reuters) -", 280)
    assert summary("/PRNewswire/", 280) == "/PRNewswire/"
    assert summary("-\r/PRNewswire/0", 280)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (f"{TEXT} It reads ten scans a second, which", TEXT),
        (f"{TEXT} It reads ten scans a sec…", TEXT),
        (f"{TEXT} It reads ten scans ...", TEXT),
        (f"{TEXT} It reads ten scans […]", TEXT),
        (f"{TEXT} It reads ten scans [...] Read more", TEXT),
        (f"{TEXT} It reads ten sc… [+1234 chars]", TEXT),
        (f"{TEXT} It reads ten scans Continue reading →", TEXT),
        (f"{TEXT} Read more", TEXT),
        (f"{TEXT} Read more.", TEXT),
        (f"{TEXT} […]", TEXT),
        (f"{TEXT} Dr.", TEXT),
        (f"{TEXT} It made $41.", TEXT),
        (f"{TEXT} The reasons are: 1.", TEXT),
        (f"{TEXT} It was shown in Sept.", TEXT),
        ("“It reads all scans of the eye.” The maker said on Mon", "“It reads all scans of the eye.”"),
        ("Ärzte lesen Bilder damit schneller. Weiterlesen", "Ärzte lesen Bilder damit schneller."),
        ("新しいモデルは目の画像を読みます。病院は来年から", "新しいモデルは目の画像を読みます。"),
    ],
)
def test_an_unfinished_sentence_is_removed(text: str, whole: str) -> None:
    """It is removed with every mark that the feed has put in place of the rest."""
    assert summary(text, 280) == whole
    assert is_whole(whole)
    assert summary(text, len(whole)) == whole


LONG = "Orbis Health, the maker of a model for scans of the eye that hospitals in nine countries use, was able to"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{LONG} iden", f"{LONG}…"),
        (f"{LONG} iden...", f"{LONG}…"),
        (f"{LONG} iden Read more", f"{LONG}…"),
        (f"{LONG} iden… [+99 chars]", f"{LONG}…"),
        (f"{LONG} ...", f"{LONG}…"),
        (f"{LONG}…", f"{LONG}…"),
        (f"{LONG} […]", f"{LONG}…"),
        (f"{LONG},", f"{LONG}…"),
        (f"Yes. {LONG} ...", f"Yes. {LONG}…"),
        ("The first U.S. Centre for eyes ...", "The first U.S. Centre for eyes…"),
    ],
)
def test_a_text_without_a_whole_sentence_ends_at_a_word(text: str, shown: str) -> None:
    """A word that may be partial is removed. A very short sentence alone is no summary."""
    assert summary(text, 280) == shown


def test_a_headline_is_kept() -> None:
    """A short text without any mark was not cut."""
    assert summary("Orbis model now in all regions", 280) == "Orbis model now in all regions"
    assert summary("Orbis model now in all regions", 20) == "Orbis model now in…"


def test_a_long_text_ends_with_its_last_sentence_that_fits() -> None:
    """If none fits, it ends at a word."""
    text = f"{TEXT} It reads scans. It was tested in nine hospitals."
    assert summary(text, len(text)) == text
    assert summary(text, len(text) - 1) == f"{TEXT} It reads scans."
    assert summary(text, len(TEXT)) == TEXT
    assert summary(text, len(TEXT) - 1) == "Orbis Health has a new model for scans of the…"
    assert summary("He said: “It works.” Then he left the room.", 19) == "He said: “It…"


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Orbis of St. Example met Prof. Sample vs. Others, e.g. Nobody, in Fig. 3 and No. 2",
        "The U.S. Department and Orbis Inc. Health met J. R. Sample et al. Others on Sept. 3",
        "Das gilt z. B. Kliniken bzw. Ärzten ca. Mitte Mai, d. h. Nr. 3 am 3. Juni",
        "The A.I. Lab of Example.AI found 3.5 of 4.5 at www.example.org and example.com",
        "It was Yahoo! that asked what? and then this",
        "The scans... The eye… Then more",
    ],
)
def test_no_sentence_ends_within(text: str) -> None:
    """Abbreviations, numbers and addresses do not end a sentence."""
    for length in range(30, len(text)):
        assert summary(text, length).endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "The model reads scans.",
        "Does it read scans?",
        "It does!",
        "It read 31.5 scans in 2019.",
        "The maker is Orbis Inc.",
        "It is new in the U.S.",
        "The “model” (of the eye).",
        "He said: “It works.”",
        "It treats hepatitis B.",
        "नया मॉडल आँख की तस्वीरें पढ़ता है।",
        "هل يقرأ النموذج الصور؟",
        "新模型可以阅读眼睛的图像。",
        "「目の画像を読みます。」",
    ],
)
def test_whole(text: str) -> None:
    """Any script and closing signs."""
    assert is_whole(text)
    assert summary(f"{text} And here it goes on and", len(text) + 4) == text
    assert summary(text, 280) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "The model reads",
        "The model …",
        "The model...",
        "Ask Dr.",
        "See Fig.",
        "By J.",
        "It reads. Read more.",
        ")",
    ],
)
def test_not_whole(text: str) -> None:
    """Cut texts, and abbreviations that a word follows."""
    assert not is_whole(text)


@pytest.mark.parametrize(
    "text", ["It works in the U.S. The model is new.", "It treats hepatitis C. In tests it worked."]
)
def test_an_abbreviation_ends_a_sentence_before_a_word_that_begins_one(text: str) -> None:
    """A few words rarely follow an abbreviation within a sentence."""
    assert is_whole(summary(text, len(text) - 1))


_PIECES = st.sampled_from(
    [
        *"aZ9ß漢。！？।؟.!?…,;:-–—()[]\"'“”„«» \t\n\x1f\u2028",
        *("LONDON — ", "Berlin (dpa) - ", "/PRNewswire/ -- ", "May 5, 2021", "(AP) ", "CA, ", " -- "),
        *(" ...", "[…]", "[...]", "&hellip;", " Read more", "Read more.", "Weiterlesen", " [+12 chars]", "»"),
        *("Dr. ", "U.S. ", "Inc. ", "z. B. ", "The eye ", "was able to ", "iden", "It works. ", "3.5", "12. "),
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


@given(_TEXTS, st.integers(1, 60))
def test_summaries_keep_their_promises(text: str, length: int) -> None:
    """Never longer than allowed, never empty, nothing invented, and a second pass changes nothing."""
    shown = summary(text, length)
    assert len(shown) <= length
    assert bool(shown) == bool(text)
    assert shown in text or shown.removesuffix("…") in text
    assert summary(shown, length) == shown


@given(_TEXTS)
def test_a_summary_is_whole_or_shows_that_it_is_cut(text: str) -> None:
    """The only exceptions are short texts that were not changed but for a dateline."""
    shown = summary(text, 280)
    assert is_whole(shown) or shown.endswith("…") or text.strip().endswith(shown) or not text.strip()


@given(_TEXTS)
def test_a_whole_text_that_fits_loses_its_dateline_only(text: str) -> None:
    """Nothing is cut at its end."""
    if is_whole(text):
        assert text.rstrip().endswith(summary(text, len(text)))


@pytest.mark.parametrize(
    "piece",
    [
        *(
            ".",
            "!",
            "…",
            "。",
            " ",
            "A",
            "A ",
            "A.",
            "A. ",
            "a. ",
            ". ",
            '."',
            '"',
            "(",
            "[",
            "-",
            "--",
            " - ",
            "—",
            "/",
            "1",
            "1. ",
        ),
        *("LONDON — ", "(AP) - ", "(AP", "May 5, 2021 ", "/PRNewswire/ -- ", " Read more", " Read more.", "[…]", "»"),
        *("The eye works in all x. Read more. ", "[+1 chars]", " ...", "Yes. no ", "A, ", "漢"),
    ],
)
@pytest.mark.parametrize("length", [280, 100_000, 1_000_000])
def test_hostile_texts_take_linear_time(piece: str, length: int) -> None:
    """Each takes milliseconds. With quadratic time, it would be minutes."""
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    for one in (text, text + "x", "x" + text):
        summary(one, length)
        is_whole(one)
    assert time.process_time() - began < 2
