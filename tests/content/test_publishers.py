"""Curated publishers: reading `sources.yaml`, identifying publishers by domain, names that fit, and what shows them."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.content import publisher_names, publishers
from generator.content.publishers import KINDS, CuratedPublisher, Publishers
from generator.errors import SettingsError
from tests.support import ROOT
from tests.support.making import NOW, SiteFolder, document, entry, read, run, small_sizes

HOSPITAL = {
    "domain": "hospital.test", "name": "Elmbridge Hospital", "kind": "university", "country": "GB",
    "homepage": "https://www.hospital.test/en", "also": ["elmbridge-hospital.test"],
}  # fmt: skip
WIRE = {"domain": "wire.test", "name": "Clinic Wire", "kind": "release"}


def write(folder: Path, *rows: dict[str, Any], text: str = "") -> None:
    (folder / "sources.yaml").write_text(text or yaml.safe_dump({"sources": list(rows)}), encoding="utf-8")


def shown(found: Publishers, domain: str, name: str = "") -> tuple[str, str, str]:
    publisher = found.identify(domain, name)
    assert publisher.is_curated == bool(publisher.kind)
    return publisher.name, publisher.kind, publisher.home


def test_a_row_gives_name_kind_and_home_page(tmp_path: Path) -> None:
    """The name in the document does not matter. The home page is the domain's unless the row has another."""
    write(tmp_path, HOSPITAL, WIRE)
    found = publishers.load(tmp_path)
    assert shown(found, "hospital.test", "Top stories") == (
        "Elmbridge Hospital", "university", "https://www.hospital.test/en",
    )  # fmt: skip
    assert shown(found, "elmbridge-hospital.test") == shown(found, "hospital.test")
    assert shown(found, "wire.test", "Another") == ("Clinic Wire", "release", "https://wire.test/")


def test_a_row_covers_subdomains_up_to_a_longer_row(tmp_path: Path) -> None:
    """A row covers whole parts of a domain only."""
    write(tmp_path, WIRE, WIRE | {"domain": "blogs.wire.test", "name": "Wire Blogs", "kind": "blog"})
    found = publishers.load(tmp_path)
    assert shown(found, "news.wire.test")[:2] == ("Clinic Wire", "release")
    assert shown(found, "heart.blogs.wire.test")[:2] == ("Wire Blogs", "blog")
    assert shown(found, "hardwire.test", "Top stories") == ("hardwire.test", "", "https://hardwire.test/")
    assert shown(found, "test", "Top stories") == ("test", "", "https://test/")


def test_the_rows_of_a_site_go_before_those_of_the_program(tmp_path: Path) -> None:
    """A site replaces a single domain, and keeps all others."""
    assert publishers.load(tmp_path) is publishers.shipped()
    write(tmp_path, {"domain": "BBC.co.uk", "name": "Auntie", "kind": "news"})
    found = publishers.load(tmp_path)
    assert shown(found, "bbc.co.uk")[0] == "Auntie"
    assert shown(found, "bbc.com", "x") == ("BBC", "news", "https://bbc.com/")


def test_the_list_of_the_program_is_valid_and_in_use(tmp_path: Path) -> None:
    """It is valid as the file of a site, with the rows, kinds and examples that the documentation names."""
    rows = publishers.shipped().rows
    shutil.copy(Path(publishers.__file__).with_name("sources.yaml"), tmp_path)
    assert publishers.load(tmp_path).rows == (*rows, *rows)
    assert len(rows) > 900
    assert {row.kind for row in rows} == set(KINDS)
    assert len({domain for row in rows for domain in row.domains}) == sum(len(row.domains) for row in rows)
    found = publishers.shipped()
    assert shown(found, "markets.businessinsider.com")[0] != shown(found, "businessinsider.com")[0]
    assert shown(found, "news.mit.edu")[0] != shown(found, "mit.edu")[0]
    assert shown(found, "morningstar.com", "Morningstar%2c Inc.")[0] == "Morningstar"
    assert all(row.home.startswith("https://") for row in rows)


def test_the_kinds_are_documented() -> None:
    """docs/sources.md lists the keys of a row and the kinds with the meanings that the program gives them."""
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    first = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text, re.MULTILINE)
    assert {name for name, _ in first} == {*publishers._KEYS, *KINDS}
    meanings = {name: meaning.lower() for name, meaning in first}
    assert {name: meanings[name] for name in KINDS} == {name: meaning.lower() for name, meaning in KINDS.items()}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("- {domain: a.test, name: A}", ["2:5: missing-field: kind is missing (add `kind:`)"]),
        ("- {domain: a.test, kind: news}", ["2:5: missing-field: name is missing (add `name:`)"]),
        ("- {name: A, kind: news}", ["2:5: missing-field: domain is missing (add `domain:`)"]),
        ("- {domain: , name: A, kind: news}", ["2:6: missing-field: domain is missing (add `domain:`)"]),
        (
            "- {domain: a.test, name: A, kind: news, homepag: x}",
            ["2:43: unknown-key: homepag is not a field of a source and is ignored (did you mean `homepage`?)"],
        ),
        (
            "- {domain: a.test, nam: A, kind: news}",
            ["2:22: missing-field: name is missing: nam is not a field (write `name:`)"],
        ),
        (
            "- {domain: a.test, name: A, kind: journals}",
            ["2:31: unknown-kind: kind 'journals' is unknown (did you mean `journal`?)"],
        ),
        (
            "- {domain: a.test, name: A, kind: x}",
            [f"2:31: unknown-kind: kind 'x' is unknown (write one of {', '.join(KINDS)})"],
        ),
        (
            "- {domain: a b, name: A, kind: news}\n  - {domain: 'https://b.test/', name: B, kind: news}",
            [
                "2:6: invalid-domain: 'a b' is not a domain name (write it as example.org)",
                "3:6: invalid-domain: 'https://b.test/' is not a domain name (write it as example.org)",
            ],
        ),
        (
            "- {domain: localhost, name: A, kind: news}",
            ["2:6: invalid-domain: 'localhost' is not a domain name (write it as example.org)"],
        ),
        (
            "- {domain: 7, name: A, kind: news}",
            ["2:6: wrong-type: domain must be text, not a whole number: 7 (put it in quotes)"],
        ),
        (
            "- {domain: a.test, name: A, kind: news, also: [b.test, 7]}",
            ["2:58: invalid-domain: 7 is not a domain name (write it as example.org)"],
        ),
        (
            "- {domain: a.test, name: A, kind: news, homepage: a.test}",
            [
                (
                    "2:43: invalid-url: homepage is not a complete web address (give the complete address, with "
                    "http:// or https://)"
                )
            ],
        ),
        (
            "- {domain: a.test, name: A, kind: news, country: gb}",
            ["2:43: invalid-country: country 'gb' is not a code of ISO 3166 (write `country: GB`)"],
        ),
        (
            "- {domain: a.test, name: A, kind: news, country: XX}",
            ["2:43: invalid-country: country 'XX' is not a code of ISO 3166 (write two capitals, such as US)"],
        ),
        (
            "- {domain: a.test, name: A, kind: news}\n  - {domain: b.test, name: B, kind: news, also: [www.A.test]}",
            ["3:50: duplicate-source: domain 'a.test' already belongs to 'A' (keep it in one of the two)"],
        ),
        (
            "- {domain: a.test, name: A, kind: news, also: [a.test]}",
            ["2:50: duplicate-source: domain 'a.test' already belongs to 'A' (keep it in one of the two)"],
        ),
        (
            "- x",
            [
                (
                    "2:5: wrong-type: an entry of sources must be a group of fields, not text "
                    "(write one field per line: `- field: …`)"
                )
            ],
        ),
    ],
)  # fmt: skip
def test_every_problem_of_the_file_is_reported_with_its_place(tmp_path: Path, rows: str, expected: list[str]) -> None:
    """All of them in one run, as errors."""
    write(tmp_path, text=f"sources:\n  {rows}\n")
    with pytest.raises(SettingsError) as caught:
        publishers.load(tmp_path)
    path = (tmp_path / "sources.yaml").as_posix()
    assert str(caught.value).splitlines() == [f"{path}:{line}" for line in expected]
    assert all(diagnostic.is_error for diagnostic in caught.value.diagnostics)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", "not-a-mapping: contains no fields (begin with `sources:`"),
        ("sources:\n", "missing-field: sources is missing (begin with `sources:`"),
        ("source: []\n", "missing-field: sources is missing: source is not a field (write `sources:`)"),
        ("sources: [\n", "invalid-yaml: "),
    ],
)
def test_a_file_without_publishers_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """The remedy says how to begin."""
    write(tmp_path, text=text)
    with pytest.raises(SettingsError, match=re.escape(expected)):
        publishers.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Clinic Wire", "clinicwire.test"),
        ("clinicwire.test", "clinicwire.test"),
        ("Clinic-Wire!", "clinic-wire.test"),
        ("The Clinic Wire Online", "clinicwire.test"),
        ("Clinic", "clinicnews.test"),
        ("Clinic Wire", "clinicwireasia.test"),
        ("The Pulse", "dailypulse.test"),
        ("EBC News", "ebc.co.uk"),
        ("Elmbridge Broadcasting Corporation", "ebc.test"),
        ("University of Elmbridge", "uelm.ac.uk"),
        ("U.S. Clinics & Wards Report", "usclinics.test"),
        ("Clinics & Wards", "clinicsandwards.test"),
        ("Nurse's Post", "nursespost.test"),
        ("Elmbridge Magazine", "elmmag.test"),
        ("Medizin für Ärzte", "medizin-fuer-aerzte.test"),
        ("Médecin", "medecin.test"),
        ("Röntgenblatt", "xn--rntgenblatt-rfb.test"),
        ("Elmbridge University Hub", "hub.elmbridge.test"),
        ("临床新闻", "clinic.test"),
        ("gov.uk", "gov.uk"),
    ],
)
def test_a_name_that_fits_the_domain_is_used(name: str, domain: str) -> None:
    """One that contains it or is contained in it, initials, beginnings of words, and other scripts."""
    assert shown(Publishers(), domain, name)[0] == name


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Fire in Elmbridge Street", "clinicwire.test"),
        ("Windows", "windowsgazette.test"),
        ("tech", "techstories.test"),
        ("Prison break", "pr.test"),
        ("Elmbridge news at ten", "ebc.test"),
        ("Data Protection", "dpmedical.test"),
        ("Clinic 临床", "ward.test"),
        ("!!!", "clinic.test"),
        ("2025", "clinic.test"),
        ("com", "clinic.com"),
        ("co uk", "clinic.co.uk"),
        ("", "clinic.test"),
        ("Clinic", "xn--a.test"),
        ("Clinic", "[2001:db8::1]"),
    ],
)
def test_a_name_that_does_not_fit_gives_way_to_the_domain(name: str, domain: str) -> None:
    """Headlines and topics of other pages, as robots give them."""
    assert shown(Publishers(), domain, name) == (domain, "", f"https://{domain}/")


def test_percent_escapes_are_decoded() -> None:
    """But not bytes that are no UTF-8, and the result is clean text."""
    assert shown(Publishers(), "clinic.test", "Clinic%2c%20Inc.")[0] == "Clinic, Inc."
    assert shown(Publishers(), "clinic.test", "Clinic 100%")[0] == "Clinic 100%"
    assert shown(Publishers(), "clinic.test", "Clinic%ff")[0] == "Clinic%ff"
    assert shown(Publishers(), "clinic.test", "Clinic%0A%1b%E2%80%AE[2J")[0] == "Clinic [2J"


@given(st.text(max_size=60), st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,3}", fullmatch=True))
def test_any_name_can_be_compared(name: str, domain: str) -> None:
    """The result is the name, or the domain."""
    found = shown(Publishers(), domain, name)[0]
    assert found in {domain, publisher_names.clean(name)}
    assert found


def test_long_names_are_compared_fast() -> None:
    """A name that repeats the beginning of the domain has many ways to match."""
    assert not publisher_names.fits("aaaaaaaa " * 1_000, f"{'a' * 60}b.test")
    assert not publisher_names.fits("aaaaaaaa " * 12, f"{'a' * 60}b.test")


def test_publishers_of_documents_and_entries(site: SiteFolder) -> None:
    """Pages, feeds and JSON-LD show the curated name and home page; addresses have the document's domain."""
    write(site.root, HOSPITAL, WIRE)
    site.add(
        "2025-03-14-films.md",
        provider={"name": "Best bees", "domain": "elmbridge-hospital.test"},
        related=[entry(1, title="Model reads chest films, too", provider={"name": "Bees", "domain": "wire.test"})],
    )
    assert site.build().code == 0
    page = site.page("/sources/elmbridge-hospital.test/")
    assert "<h1>Elmbridge Hospital" in page
    assert 'href="https://www.hospital.test/en"' in page
    assert "Elmbridge Hospital" in site.page("/")
    for text in (site.page("/"), site.page("/2025/03/14/films/"), (site.output / "feed.xml").read_text("utf-8")):
        assert "Best bees" not in text
        assert "Bees" not in text
    assert '"url":"https://www.hospital.test/en"' in re.sub(r"\s*:\s*", ":", site.page("/2025/03/14/films/"))
    assert "https://www.hospital.test/en" in (site.output / "feed.xml").read_text(encoding="utf-8")


def test_a_changed_row_changes_the_pages(site: SiteFolder) -> None:
    """A build after a change gives the same site as a new one. An unchanged file causes no work."""
    with small_sizes():
        write(site.root, WIRE)
        for number in range(3):
            site.add(f"2025-03-1{number}-n.md", title=f"Title {number}", provider={"name": "x", "domain": "wire.test"})
        site.build()
        assert "Clinic Wire" in site.page("/sources/wire.test/")
        write(site.root, WIRE | {"name": "Ward Wire", "homepage": "https://ward.test/"})
        site.build("--verify")
        page = site.page("/sources/wire.test/")
        assert ("Ward Wire" in page, "Clinic Wire" in page, "https://ward.test/" in page) == (True, False, True)
        assert site.build().report["pages"]["written"] == 0
        (site.root / "sources.yaml").unlink()
        site.build("--verify")
        assert "wire.test" in site.page("/sources/wire.test/")


def test_an_error_in_the_file_ends_the_build(site: SiteFolder) -> None:
    """With exit code 2, also where nothing else changed."""
    site.add("2025-03-14-a.md")
    assert site.build().code == 0
    write(site.root, {"domain": "wire.test", "name": "Wire"})
    outcome = site.build()
    assert outcome.code == 2
    assert "kind is missing" in outcome.stderr


def test_a_curated_publisher_needs_no_name(site: SiteFolder) -> None:
    """Otherwise a missing name is a warning."""
    parsed = read(document(provider={"domain": "nature.com"}))
    assert parsed.item
    assert (parsed.item.provider.name, parsed.item.provider.kind, parsed.diagnostics) == ("Nature", "journal", ())
    site.add("2025-03-14-a.md", provider={"domain": "nature.com"})
    assert site.build().codes() == []
    site.add("2025-03-14-a.md", provider={"domain": "ward.test"})
    assert site.build().codes() == ["missing-field"]


def check(site: SiteFolder, *more: str) -> tuple[int, str, str]:
    source, config = site.root / "seeds", site.root / "site.toml"
    return run("check", "--source", str(source), "--config", str(config), "--now", NOW, "--jobs", "1", *more)


def unknown(site: SiteFolder) -> list[dict[str, Any]]:
    found = json.loads(check(site, "--format", "json")[1])
    return [one for one in found["problems"] if one["code"] == "unknown-source"]


def test_the_check_lists_unknown_sources_with_rows_to_paste(site: SiteFolder) -> None:
    """Most frequent first. Pasted, the rows are valid, and no source is unknown any more. A build does not warn."""
    names = {"ward.test": "Ward", "elm.edu": "Elm, University of", "clinic.gov": "No", "on.test": "On"}
    for number, domain in enumerate(["elm.edu", "ward.test", "clinic.gov", "ward.test", "on.test", "nature.com"]):
        provider = {"name": names.get(domain, "x"), "domain": domain}
        site.add(f"2025-03-1{number}-n.md", title=f"Title {number}", provider=provider)
    site.add("2025-03-19-n.md", title="Another", provider={"name": "Example", "domain": "news.example.org"})
    assert site.build().codes() == []
    found = unknown(site)
    assert [one["message"] for one in found] == [
        "ward.test of 2 documents is not a known source",
        "clinic.gov of 1 document is not a known source",
        "elm.edu of 1 document is not a known source",
        "on.test of 1 document is not a known source",
    ]
    assert {one["severity"] for one in found} == {"warning"}
    rows = [re.findall("`(.*?)`", one["remedy"])[0] for one in found]
    assert rows == [
        "- {domain: ward.test, name: Ward, kind: news}",
        "- {domain: clinic.gov, name: clinic.gov, kind: agency}",
        '- {domain: elm.edu, name: "Elm, University of", kind: university}',
        '- {domain: on.test, name: "On", kind: news}',
    ]
    write(site.root, text="sources:\n" + "".join(f"  {row}\n" for row in rows))
    assert unknown(site) == []
    assert [row.name for row in publishers.load(site.root).rows[:4]] == [
        "Ward", "clinic.gov", "Elm, University of", "On",
    ]  # fmt: skip


def test_the_check_lists_twenty_unknown_sources(site: SiteFolder) -> None:
    """The last one gives the number of the others. Their places are the lines after the last one of the file."""
    write(site.root, WIRE)
    for number in range(23):
        provider = {"name": "x", "domain": f"d{number:02}.test"}
        site.add(f"2025-03-01-n{number}.md", title=f"Title {number}", provider=provider)
    found = unknown(site)
    assert len(found) == 20
    assert found[-1]["message"] == "d19.test of 1 document is not a known source, nor are 3 less frequent ones"
    lines = len((site.root / "sources.yaml").read_text(encoding="utf-8").splitlines())
    assert [one["line"] for one in found] == list(range(lines + 1, lines + 21))
    assert check(site)[0] == 0


def test_publishers_are_compared_by_their_rows() -> None:
    """Of two rows with one domain, the first is used."""
    one, other = (
        CuratedPublisher(domains=("a.test",), name=name, kind="news", home="https://a.test/") for name in "AB"
    )
    assert Publishers([one, other]).identify("a.test", "").name == "A"
    assert Publishers([other, one]).identify("a.test", "").name == "B"
