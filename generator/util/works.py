"""Finds the one identity of a scholarly work that has several addresses: versions, full texts, resolvers. Pure."""

import re
from typing import Final
from urllib.parse import quote, unquote

_SUFFIX: Final = r"(?:v[0-9]+)?(?:[./](?![0-9]).*)?"  # a version, and a form such as `.full`, `.full.pdf` or `/`
_ARXIV_ID: Final = r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})"
# bioRxiv and medRxiv number their preprints below these prefixes. Journals with the first one use letters.
_PREPRINT_ID: Final = r"(10\.(?:1101|64898)/[0-9]+(?:\.[0-9]+)*)"
_DOI: Final = re.compile(r"/(?:doi:)?(10\.[0-9]{4,9}(?:\.[0-9]+)*/.+?)/?", re.ASCII)
_PREPRINT: Final = re.compile(rf"{_PREPRINT_ID}{_SUFFIX}", re.ASCII)
_ARXIV_DOI: Final = re.compile(rf"10\.48550/arxiv\.{_ARXIV_ID}(?:v[0-9]+)?", re.ASCII)
_ARXIV: Final = re.compile(rf"/(?:abs|pdf|html|format|ps)/{_ARXIV_ID}{_SUFFIX}", re.ASCII | re.IGNORECASE)
_EARLY: Final = r"(?:bio|med)rxiv/early/[0-9]{4}/[0-9]{2}/[0-9]{2}/([0-9]+(?:\.[0-9]+)*)"
_PREPRINT_PAGE: Final = re.compile(rf"/content/(?:{_PREPRINT_ID}|{_EARLY}){_SUFFIX}", re.ASCII)
_PUBMED: Final = re.compile(r"/(?:m/)?(?:pubmed/)?0*([1-9][0-9]{0,7})/?", re.ASCII)
_PMC: Final = re.compile(r"/(?:pmc/)?articles/(pmc[0-9]+)(?:/.*)?", re.ASCII | re.IGNORECASE)
_NCBI: Final = frozenset({"ncbi.nlm.nih.gov", "pubmed.ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov"})
_EUROPE_PMC: Final = "europepmc.org"
_EUROPE_PAGE: Final = re.compile(r"/(?:article|abstract)/(?:PMC/(PMC[0-9]+)|MED/([0-9]+))/?", re.ASCII | re.IGNORECASE)
HOSTS: Final = _NCBI | {
    _EUROPE_PMC,
    "doi.org",
    "dx.doi.org",
    "arxiv.org",
    "export.arxiv.org",
    "biorxiv.org",
    "medrxiv.org",
}
"""The hosts, without ``www.``, whose addresses may be those of works."""


def identity(host: str, path: str) -> str:
    """Returns the identity of the work at an address as ``host/path``, or ``""`` if the address is not that of a work.

    Args:
        host: one of :data:`HOSTS`.
        path: percent-encoded.
    """
    if host == _EUROPE_PMC and (match := _EUROPE_PAGE.fullmatch(path)):
        host, path = "pubmed.ncbi.nlm.nih.gov", f"/articles/{match[1]}" if match[1] else f"/{match[2]}"
    if host.endswith("doi.org"):
        match = _DOI.fullmatch(unquote(path, errors="surrogateescape"))
        return _of_doi(match[1].lower()) if match else ""
    if host.endswith("arxiv.org"):
        match = _ARXIV.fullmatch(path)
        return f"arxiv.org/abs/{match[1].lower()}" if match else ""
    if host in _NCBI:
        if match := _PMC.fullmatch(path):
            return f"pmc.ncbi.nlm.nih.gov/articles/{match[1].upper()}"
        match = _PUBMED.fullmatch(path) if host.startswith("pubmed.") or "/pubmed/" in path else None
        return f"pubmed.ncbi.nlm.nih.gov/{match[1]}" if match else ""
    match = _PREPRINT_PAGE.fullmatch(path)
    return f"doi.org/{match[1] or f'10.1101/{match[2]}'}" if match else ""


def _of_doi(doi: str) -> str:
    if match := _ARXIV_DOI.fullmatch(doi):
        return f"arxiv.org/abs/{match[1]}"
    match = _PREPRINT.fullmatch(doi)
    return "doi.org/" + quote(match[1] if match else doi, safe="/:@!$&()*+,;=~", errors="surrogateescape")
