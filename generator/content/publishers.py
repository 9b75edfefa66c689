"""Reads the curated publishers of ``sources.yaml``, and identifies the publisher of an article by its domain.

The names in documents are often wrong, so a curated name is used where there is one. ``docs/sources.md`` has the
format and the rule for all other domains. Pure except for ``load``.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from generator.config import theme
from generator.content import front_matter, publisher_names, yaml_files
from generator.content.fields import Fields
from generator.errors import Code, Severity
from generator.util import weburls
from generator.util.text import nearest, shorten

KINDS: Final = {
    "journal": "Scientific journal or its publisher",
    "preprint": "Preprint server: its articles are not peer reviewed",
    "agency": "Regulator, ministry or other public agency",
    "university": "University, research institute or hospital",
    "news": "Newspaper, magazine, broadcaster or news agency",
    "trade": "Trade press, written for a profession or an industry",
    "release": "Press-release relay: republishes what others send in",
    "market": "Market research that sells reports",
    "blog": "Blog, or platform on which anybody publishes",
    "company": "Company that writes about itself",
}
"""The kinds of publishers, each with its meaning."""

_SHIPPED: Final = Path(__file__).with_name(theme.SOURCES)
_KEYS = frozenset({"domain", "name", "kind", "homepage", "country", "also"})
_BEGIN: Final = "begin with `sources:` and a list of publishers below it, or remove the file"
_MANUAL = "docs/sources.md"
_CACHED = 16_384
_MAX_SHOWN = 60
_PLAIN_DOMAIN = re.compile(r"(?!www\.)(?!.*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_NO_DOMAIN = re.compile(r"[/:?#@\\\s]")
_COUNTRY = re.compile(
    "A[DEFGILMOQRSTUWXZ]|B[ABDEFGHIJLMNOQRSTVWYZ]|C[ACDFGHIKLMNORUVWXYZ]|D[EJKMOZ]|E[CEGHRST]|F[IJKMOR]|"
    "G[ABDEFGHILMNPQRSTUWY]|H[KMNRTU]|I[DELMNOQRST]|J[EMOP]|K[EGHIMNPRWYZ]|L[ABCIKRSTUVY]|"
    "M[ACDEFGHKLMNOPQRSTUVWXYZ]|N[ACEFGILOPRUZ]|O[M]|P[AEFGHKLMNRSTWY]|Q[A]|R[EOSUW]|S[ABCDEGHIJKLMNORSTVXYZ]|"
    "T[CDFGHJKLMNORTVWZ]|U[AGMSYZ]|V[ACEGINU]|W[FS]|Y[ET]|Z[AMW]"
)
"""The codes of ISO 3166-1 alpha-2."""


class CuratedPublisher(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher of ``sources.yaml``."""

    domains: tuple[str, ...]
    """Lower-case ASCII, without ``www.``; each covers its subdomains."""
    name: str
    kind: str
    """One of ``KINDS``."""
    home: str
    """The URL of the home page."""
    country: str = ""
    """ISO 3166-1 alpha-2, or ``""``."""


class Publisher(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The publisher of an article."""

    name: str
    kind: str
    """One of ``KINDS``, or ``""``."""
    home: str
    """The URL of the home page."""
    is_curated: bool


class Publishers:
    """The curated publishers, compiled so that a domain takes one lookup per part."""

    def __init__(self, rows: Sequence[CuratedPublisher] = ()) -> None:
        self.rows: Final = tuple(rows)
        """Of several rows with one domain, the first is used."""
        self._by_domain: dict[str, Publisher] = {}
        for row in self.rows:
            publisher = Publisher(name=row.name, kind=row.kind, home=row.home, is_curated=True)
            for domain in row.domains:
                self._by_domain.setdefault(domain, publisher)
        # Most articles are from few publishers.
        self._identified = functools.lru_cache(maxsize=_CACHED)(self._identify)

    def identify(self, domain: str, name: str) -> Publisher:
        """Returns the publisher of an article.

        A row for the domain, or else for the nearest domain above it, gives the name. Otherwise the document's name is
        used if it fits the domain, or else the domain.

        Args:
            domain: in lower-case ASCII, without ``www.``.
            name: the name in the document, or ``""``.
        """
        return self._identified(domain, name)

    def _identify(self, domain: str, name: str) -> Publisher:
        above = domain
        while above:
            if curated := self._by_domain.get(above):
                return curated
            above = above.partition(".")[2]
        name = publisher_names.clean(name)
        shown = name if name and publisher_names.fits(name, domain) else domain
        return Publisher(name=shown, kind="", home=f"https://{domain}/", is_curated=False)


def load(folder: Path) -> Publishers:
    """Reads ``sources.yaml`` in a site's folder, whose rows go before those of the program.

    Raises:
        SettingsError: the file cannot be read, or publishers are invalid; with a diagnostic for each problem.
    """
    path = folder / theme.SOURCES
    if not path.exists() and not path.is_symlink():
        return shipped()
    rows = yaml_files.read(path, _publishers, manual=_MANUAL, begin=_BEGIN)
    return Publishers((*rows, *shipped().rows))


@functools.cache
def shipped() -> Publishers:
    """Returns the publishers of the file that is part of the program.

    It is not checked, because a test does that, and every build reads it.
    """
    rows = front_matter.load(_SHIPPED.read_text(encoding="utf-8"))["sources"]
    return Publishers(
        [
            CuratedPublisher(
                domains=(row["domain"], *row.get("also", ())),
                name=row["name"],
                kind=row["kind"],
                home=row.get("homepage") or f"https://{row['domain']}/",
                country=row.get("country", ""),
            )
            for row in rows
        ]
    )


def _publishers(fields: Fields) -> list[CuratedPublisher]:
    """Reads and checks all publishers."""
    fields.report_unknown(frozenset({"sources"}), of="sources.yaml", severity=Severity.ERROR)
    if fields.values.get("sources") is None:
        fields.missing("sources", _BEGIN)
    owners: dict[str, str] = {}
    entries = fields.mappings("sources", severity=Severity.ERROR)
    return [publisher for entry in entries if (publisher := _publisher(entry, owners))]


def _publisher(entry: Fields, owners: dict[str, str]) -> CuratedPublisher | None:
    """Reads a publisher. Returns None if a required field is missing or invalid.

    Args:
        entry: the fields of the row.
        owners: the names of the publishers read so far, by domain; those of this row are added.
    """
    entry.report_unknown(_KEYS, of="a source", severity=Severity.ERROR)
    name, kind = entry.text("name", is_required=True), entry.text("kind", is_required=True)
    if kind and kind not in KINDS:
        guess = nearest(kind, KINDS)
        remedy = f"did you mean `{guess[0]}`?" if guess else f"write one of {', '.join(KINDS)}"
        entry.report("kind", Code.UNKNOWN_KIND, f"kind {kind!r} is unknown", remedy)
    country = entry.raw_text("country")
    if country and not _COUNTRY.fullmatch(country):
        is_lower = _COUNTRY.fullmatch(country.upper())
        remedy = f"write `country: {country.upper()}`" if is_lower else "write two capitals, such as US"
        entry.report("country", Code.INVALID_COUNTRY, f"country {country!r} is not a code of ISO 3166", remedy)
    home = _home(entry)
    domains = tuple(_domains(entry, name, owners))
    if not (name and kind and domains):
        return None
    return CuratedPublisher(
        domains=domains, name=name, kind=kind, home=home or f"https://{domains[0]}/", country=country
    )


def _home(entry: Fields) -> str:
    """Returns the URL of the home page, or ``""`` if the row has none."""
    text = entry.raw_text("homepage")
    try:
        return weburls.clean(text) if text else ""
    except weburls.InvalidUrlError as error:
        remedy = "give the complete address, with http:// or https://"
        entry.report("homepage", Code.INVALID_URL, f"homepage {error}", remedy)
        return ""


def _domains(entry: Fields, name: str, owners: dict[str, str]) -> Iterator[str]:
    """Yields the valid domains of a row, and reports those that another row, or the same, has already."""
    values: list[tuple[str, int | None, object]] = [("also", *one) for one in enumerate(entry.entries("also"))]
    if entry.values.get("domain") is None:
        entry.missing("domain")
    elif (given := entry.raw_text("domain")) or given == entry.values["domain"]:  # not reported as of a wrong type
        values.insert(0, ("domain", None, given))
    for key, index, value in values:
        domain = _domain(value)
        shown = repr(shorten(value, _MAX_SHOWN) if isinstance(value, str) else value)
        code, message, remedy = Code.INVALID_DOMAIN, f"{shown} is not a domain name", "write it as example.org"
        if domain in owners:
            code, message = Code.DUPLICATE_SOURCE, f"domain {domain!r} already belongs to {owners[domain]!r}"
            remedy = "keep it in one of the two"
        elif domain:
            owners[domain] = name or domain
            yield domain
            continue
        if index is None:
            entry.report(key, code, message, remedy)
        else:
            entry.report_entry(key, index, code, message, remedy)


def _domain(value: object) -> str:
    """Returns a domain in lower-case ASCII, without ``www.``; ``""`` if the value is none."""
    if isinstance(value, str) and _PLAIN_DOMAIN.fullmatch(value):
        return value  # without the URL parser, which is slow to load
    if not isinstance(value, str) or "." not in value or _NO_DOMAIN.search(value.strip()):
        return ""
    try:
        return weburls.domain(value)
    except weburls.InvalidUrlError:
        return ""
