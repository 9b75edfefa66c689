"""Reads the identifiers of studies: DOIs, PubMed ids, and the numbers of trials. Pure.

The address of a study is made from its identifier, so it leads to one of four hosts, whatever the document says.
"""

import re
from typing import Final
from urllib.parse import quote, unquote

import msgspec

MAX_STUDIES: Final = 20
"""The number of entries that are read of a list."""
_MAX_DOI: Final = 200


class Study(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A study on which an article reports. Equal for all ways to write its identifier."""

    kind: str
    """``doi``, ``pubmed``, ``nct`` or ``isrctn``."""
    text: str
    """The identifier for readers: ``DOI 10.1038/…``, ``PubMed 12345678``, ``NCT01234567`` or ``ISRCTN12345678``."""
    url: str
    """The address of the study, or of its record in the register."""


class _Form(msgspec.Struct, frozen=True):
    """A kind of identifier that is a number."""

    kind: str
    pattern: re.Pattern[str]
    """Matches the identifier, with or without a prefix or an address before it. Its only group is the number."""
    text: str
    url: str


def _pattern(address: str, prefix: str, number: str) -> re.Pattern[str]:
    """Returns a pattern for a number after a prefix, or after both an address and the prefix that addresses have."""
    return re.compile(rf"(?:{prefix}|(?:https?://)?{address})({number})(?:/?(?:[?#].*)?)", re.ASCII | re.IGNORECASE)


_FORMS: Final = (
    _Form(
        "pubmed",
        _pattern(
            r"(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/0*",
            r"(?:pmid|pubmed) ?:? ?0*",
            "[1-9][0-9]{0,7}",
        ),
        "PubMed {}",
        "https://pubmed.ncbi.nlm.nih.gov/{}/",
    ),
    _Form(
        "nct",
        _pattern(r"(?:www\.|classic\.)?clinicaltrials\.gov/(?:study|show|ct2/show)/NCT", "NCT ?:? ?", "[0-9]{8}"),
        "NCT{}",
        "https://clinicaltrials.gov/study/NCT{}",
    ),
    _Form(
        "isrctn",
        _pattern(r"(?:www\.)?isrctn\.com/ISRCTN", "ISRCTN ?:? ?", "[0-9]{8}"),
        "ISRCTN{}",
        "https://www.isrctn.com/ISRCTN{}",
    ),
)
# A DOI may have any printable character, but one with punctuation at its end was copied from a sentence.
_DOI: Final = re.compile(r"(?:doi ?:? ?)?(10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]*(?<![.,:;/]))", re.ASCII | re.IGNORECASE)
_DOI_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.|dx\.)?doi\.org/([^?#]+?)/?(?:[?#].*)?", re.ASCII | re.IGNORECASE
)


def read_study(text: str) -> Study | None:
    """Returns the study that an identifier names, or None if the identifier is not recognised.

    Args:
        text: one line, such as ``doi:10.1038/x``, ``PMID 12345678``, ``NCT01234567`` or the address of one of these.
    """
    if doi := _doi(text):
        # Browsers resolve dots between slashes, also if they are percent-encoded.
        is_path = {".", ".."}.isdisjoint(doi.split("/"))
        url = f"https://doi.org/{quote(doi, safe='/:;()')}"
        return Study(kind="doi", text=f"DOI {doi}", url=url) if is_path and len(doi) <= _MAX_DOI else None
    for form in _FORMS:
        if match := form.pattern.fullmatch(text):
            return Study(kind=form.kind, text=form.text.format(match[1]), url=form.url.format(match[1]))
    return None


def _doi(text: str) -> str:
    """Returns the DOI in lower case, because its case has no meaning, or ``""``. Addresses are percent-decoded."""
    address = _DOI_ADDRESS.fullmatch(text)
    match = _DOI.fullmatch(unquote(address[1]) if address else text)
    return match[1].lower() if match else ""
