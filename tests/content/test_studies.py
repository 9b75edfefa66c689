"""Identifiers of studies: what is recognised, how it is normalised, and that nothing else gets through."""

import re
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.content.studies import MAX_STUDIES, Study, read_study
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import repair
from tests.support.attacks import ADDRESSES, BREAKOUTS, TEXTS
from tests.support.making import document, entry, read

DOI = "10.1000/Ecg.2025-17"
SERIAL = "10.1000/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2"
HOSTS = {
    "doi": "https://doi.org/10.",
    "pubmed": "https://pubmed.ncbi.nlm.nih.gov/",
    "nct": "https://clinicaltrials.gov/study/NCT",
    "isrctn": "https://www.isrctn.com/ISRCTN",
}
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
NUMBERS = st.integers(1, 99_999_999)


def study(kind: str, text: str, url: str) -> Study:
    return Study(kind=kind, text=text, url=url)


@pytest.mark.parametrize(
    "text",
    [
        DOI,
        DOI.upper(),
        f"doi:{DOI}",
        f"DOI: {DOI}",
        f"doi {DOI}",
        f"https://doi.org/{DOI}",
        f"http://dx.doi.org/{DOI}",
        f"HTTPS://WWW.DOI.ORG/{DOI}/",
        f"doi.org/{DOI}",
        f"https://doi.org/{quote(DOI, safe='')}",
        f"https://doi.org/{DOI}?utm_source=feed#abstract",
    ],
)
def test_a_doi_has_many_forms(text: str) -> None:
    """Case, prefix, host, percent-encoding, query and fragment make no difference."""
    assert read_study(text) == study("doi", "DOI 10.1000/ecg.2025-17", "https://doi.org/10.1000/ecg.2025-17")


@pytest.mark.parametrize("text", [SERIAL, f"https://doi.org/{quote(SERIAL)}"])
def test_characters_of_a_doi_are_percent_encoded_in_its_address(text: str) -> None:
    """Readers see them as they are."""
    found = read_study(text)
    assert found
    assert found.text == f"DOI {SERIAL.lower()}"
    assert found.url.endswith("/(sici)1097-0258(19980815)17:15%3C1661::aid-sim968%3E3.0.co;2-2")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            [
                "PMID 12345678", "pmid:12345678", "PMID: 12345678", "PubMed 12345678", "pmid:012345678",
                "https://pubmed.ncbi.nlm.nih.gov/12345678/", "https://pubmed.ncbi.nlm.nih.gov/12345678?x#y",
                "https://www.ncbi.nlm.nih.gov/pubmed/12345678",
            ],
            study("pubmed", "PubMed 12345678", "https://pubmed.ncbi.nlm.nih.gov/12345678/"),
        ),
        (
            [
                "NCT01234567", "nct01234567", "NCT 01234567", "https://clinicaltrials.gov/study/NCT01234567",
                "https://www.clinicaltrials.gov/ct2/show/nct01234567?term=ecg",
            ],
            study("nct", "NCT01234567", "https://clinicaltrials.gov/study/NCT01234567"),
        ),
        (
            ["ISRCTN12345678", "isrctn 12345678", "https://www.isrctn.com/ISRCTN12345678"],
            study("isrctn", "ISRCTN12345678", "https://www.isrctn.com/ISRCTN12345678"),
        ),
    ],
)  # fmt: skip
def test_numbers_have_several_forms(texts: list[str], expected: Study) -> None:
    """A prefix, a space or an address makes no difference."""
    assert [read_study(text) for text in texts] == [expected] * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "", "12345678", "PMID", "PMID 0", "PMID 123456789", "pmid:12345678 and more", "NCT0123456", "NCT012345678",
        "ISRCTN1234567", "EudraCT 2020-000000-00", "jRCT1234567890", "10.1000", "10.1000/", "10.12/x", "11.1000/x",
        "doi:10.1000/a b", "10.1000/x.", "10.1000/x;", "10.1000/é", "10.1000/../x", "10.1000/a/..", "10.1000/./x",
        "https://doi.org/10.1000/%2e%2e/x", "https://doi.org/10.1000/%20", "https://doi.org.evil.example/10.1000/x",
        "https://evil.example/https://doi.org/10.1000/x", "https://doi.org@evil.example/10.1000/x",
        "ftp://doi.org/10.1000/x", "https://clinicaltrials.gov/study/01234567", "PMID １２３", "10.1000/" + "x" * 200,
        "PMID 12345678\n", "10.1000/x\n", *ADDRESSES, *BREAKOUTS, *TEXTS.values(),
    ],
)  # fmt: skip
def test_anything_else_is_not_recognised(text: str) -> None:
    """Numbers alone, other registers, other hosts, incomplete identifiers, and identifiers within other text."""
    assert read_study(text) is None


@given(
    st.one_of(st.text(max_size=80), PRINTABLE.map("10.1000/{}".format), PRINTABLE.map("https://doi.org/10.1/{}".format))
)
@example("10.1000/%2e%2e/x")
@example("10.1000/\\..\\..\\x")
@example("10.1000/?a#b")
@example("10.1000/'><script>")
def test_a_study_leads_to_one_of_four_hosts(text: str) -> None:
    """For any text: the address is in normal form and shows the identifier. Reading either gives the same study."""
    found = read_study(text)
    if found:
        assert found.url.startswith(HOSTS[found.kind])
        assert found.url == weburls.clean(found.url)
        assert re.fullmatch(r"[\w/:;().~%-]+", found.url, re.ASCII)
        assert found.text.isprintable()
        assert found.text.isascii()
        assert read_study(found.text) == found == read_study(found.url)
        if found.kind == "doi":
            assert unquote(urlsplit(found.url).path) == "/" + found.text.removeprefix("DOI ")


@given(PRINTABLE)
def test_a_doi_is_equal_in_all_its_forms(suffix: str) -> None:
    """Whatever printable characters it has."""
    doi = f"10.1000/{suffix}"
    found = {read_study(form) for form in (doi, doi.upper(), f"doi:{doi}", f"https://doi.org/{quote(doi, safe='/')}")}
    if not suffix.endswith("/"):
        assert len(found) == 1


@given(NUMBERS)
def test_every_number_of_a_register_is_recognised(number: int) -> None:
    """With its prefix."""
    for kind, text in {"pubmed": f"PMID {number}", "nct": f"NCT{number:08}", "isrctn": f"ISRCTN{number:08}"}.items():
        found = read_study(text)
        assert found
        assert found.kind == kind
        assert str(number) in found.url


def test_a_document_has_each_study_once() -> None:
    """In the order of the list."""
    parsed = read(document(studies=["NCT01234567", f"doi:{DOI}", f"https://doi.org/{DOI}", "nct01234567"]))
    assert parsed.diagnostics == ()
    assert parsed.item
    assert [one.text for one in parsed.item.studies] == ["NCT01234567", "DOI 10.1000/ecg.2025-17"]


def test_the_text_of_an_identifier_is_repaired() -> None:
    """Like other texts: entities are decoded and invisible characters removed."""
    parsed = read(document(studies=[" PMID\u00a012345678\u200b ", "10.1000/a&lt;b&gt;c"]))
    assert parsed.item
    assert [one.text for one in parsed.item.studies] == ["PubMed 12345678", "DOI 10.1000/a<b>c"]


@pytest.mark.parametrize(
    "bad", ["Lancet 2025", "", 12345678, {"doi": DOI}, [DOI], True, None, "10.1000/" + "x" * 10_000]
)
def test_an_unknown_identifier_is_left_out(bad: object) -> None:
    """With a warning at its line. The other identifiers stay."""
    text = document(studies=["PMID 1", bad, "PMID 2"])
    parsed = read(text)
    assert parsed.item
    assert [one.text for one in parsed.item.studies] == ["PubMed 1", "PubMed 2"]
    (diagnostic,) = parsed.diagnostics
    assert (diagnostic.code, diagnostic.severity) == (Code.INVALID_STUDY, Severity.WARNING)
    assert diagnostic.line == text.split("\n").index("- PMID 1") + 2


def test_at_most_twenty_entries_are_read() -> None:
    """The others are left out with one warning, whatever they are."""
    parsed = read(document(studies=[f"PMID {number}" for number in range(1, MAX_STUDIES + 1)] + ["x"] * 100))
    assert parsed.item
    assert len(parsed.item.studies) == MAX_STUDIES == 20
    assert [(one.code, one.severity) for one in parsed.diagnostics] == [(Code.TOO_LARGE, Severity.WARNING)]


def test_a_field_that_is_no_list_is_an_error() -> None:
    """As for other lists."""
    assert [one.code for one in read(document(studies=DOI)).diagnostics] == [Code.WRONG_TYPE]


def test_related_entries_have_no_studies() -> None:
    """There, the key is unknown."""
    assert [one.code for one in read(document(related=[entry(studies=[DOI])])).diagnostics] == [Code.UNKNOWN_KEY]


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_hostile_text_is_no_identifier(text: str) -> None:
    """Neither by itself nor after one."""
    assert [read_study(repair(one)) for one in (text, f"PMID 1 {text}", f"NCT01234567{text}")] == [None] * 3
