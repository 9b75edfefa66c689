"""Names of files that not every system can write, or that some systems take for one name."""

import json
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.util import file_names
from tests.support.making import NOW, SiteFolder, document, run, small_sizes
from tests.support.own_pictures import png

NFC, NFD = "größe-é", unicodedata.normalize("NFD", "größe-é")


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """A site without a search, with one valid document."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    site.add("2025-03-14-good.md", title="A ward model", topics=["Wards"])
    return site


def unwritable(site: SiteFolder) -> list[str]:
    """The published paths that Windows cannot write."""
    return [path for path in site.files() if not file_names.is_writable(path)]


@pytest.mark.parametrize("word", ["con", "PRN", "Aux", "nul", "com1", "LPT9", "com¹"])
def test_no_topic_gives_a_folder_that_windows_cannot_create(site: SiteFolder, word: str) -> None:
    """The address of a topic has a hyphen more; its name stays."""
    site.add("2025-03-14-x.md", topics=[word])
    assert site.build().code == 0
    assert unwritable(site) == []
    if word.isascii():
        assert f"<title>{word}" in site.page(f"/topics/{word.lower()}-/")


@pytest.mark.parametrize("domain", ["con.example", "nul.hospital.example", "lpt3.example"])
def test_no_publisher_gives_such_a_folder(site: SiteFolder, domain: str) -> None:
    """Windows ignores what follows the first dot."""
    site.add("2025-03-14-x.md", provider={"name": "P", "domain": domain})
    assert site.build().code == 0
    assert unwritable(site) == []
    first, _, rest = domain.partition(".")
    assert (site.output / "sources" / f"{first}-.{rest}" / "index.html").is_file()


@pytest.mark.parametrize(
    ("name", "changes"),
    [("2025-03-14-con.md", {}), ("2025-03-14-NUL.md", {}), ("any.md", {"slug": "com5"}), ("2025-03-14-aux.x.md", {})],
)
def test_no_document_gives_such_a_folder(site: SiteFolder, name: str, changes: dict[str, str]) -> None:
    """Whether the slug is written, or comes from the name of the file."""
    site.add(name, **changes)
    assert site.build().code == 0
    assert unwritable(site) == []
    assert site.build().report["items"] == 2


@pytest.mark.parametrize("word", ["con", "Conference", "console", "com", "com10", "auxiliary", "null", "lpt"])
def test_other_words_keep_their_address(word: str) -> None:
    """Only the words themselves are devices."""
    assert (file_names.writable(word) == word) is (word != "con")


@pytest.mark.parametrize("alias", ["/con/", "/old/NUL/", "/old/aux.html", "/com1/page/", "/old/lpt%31.htm"])
def test_an_alias_with_such_a_part_is_an_error(site: SiteFolder, alias: str) -> None:
    """The author may have to write a rule for the host instead."""
    path = site.add("2025-03-14-x.md", aliases=["/fine/", alias])
    outcome = site.build()
    (problem,) = outcome.report["problems"]
    assert (outcome.code, problem["code"], problem["path"]) == (1, "invalid-alias", path.as_posix())
    assert "Windows takes for a device" in problem["message"]
    assert site.build("--skip-invalid").code == 0


@pytest.mark.parametrize("name", ["con.md", "legal/Aux.md", "prn/index.md"])
def test_an_own_page_with_such_a_name_is_an_error(site: SiteFolder, name: str) -> None:
    """The name of the file is its address."""
    path = site.write(f"pages/{name}", "---\ntitle: T\n---\nText.\n")
    outcome = site.build()
    (problem,) = outcome.report["problems"]
    assert (outcome.code, problem["code"], problem["path"]) == (1, "invalid-alias", path.as_posix())


@pytest.mark.parametrize(
    "name",
    ["aux.css", "root/con", "nul/logo.svg", "root/a:b.txt", "root/end.", "root/end /x", "a?.svg", 'root/a"b', "a\\b"],
)
def test_a_static_file_with_a_name_that_windows_cannot_write_is_an_error(site: SiteFolder, name: str) -> None:
    """It would be missing in a site that is built there."""
    path = site.write(f"static/{name}", "")
    outcome = site.build()
    (problem,) = outcome.report["problems"]
    assert (outcome.code, problem["code"], problem["path"]) == (1, "asset-error", path.as_posix())


@pytest.mark.parametrize("name", ["con.png", "films/nul.png", "what?.png", "aux/a.png"])
def test_a_picture_with_such_a_name_does_not_stop_the_site(site: SiteFolder, name: str) -> None:
    """It is left out of its document; a link to it is an error of the document."""
    link = name.replace("?", "%3F")
    picture = site.root / "seeds" / name
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(png(4, 3))
    site.add("2025-03-14-x.md", images=[{"url": link, "title": "T", "width": 4, "height": 3}])
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (0, ["invalid-image"])
    assert "that Windows cannot write" in outcome.report["problems"][0]["message"]
    site.add("2025-03-14-x.md", document_with(link))
    outcome = site.build("--skip-invalid")
    assert (outcome.code, outcome.codes(), outcome.report["items"]) == (0, ["invalid-image"], 1)
    assert unwritable(site) == []


def document_with(link: str) -> str:
    """A document whose body shows a picture."""
    return document(f"Text.\n\n![T]({link})\n")


@pytest.mark.parametrize("name", ["con.pdf", "forms/lpt1.pdf", "a|b.pdf"])
def test_a_file_beside_an_own_page_with_such_a_name_is_an_error(site: SiteFolder, name: str) -> None:
    """The file is named, and the link that leads nowhere."""
    file = site.write(f"pages/{name}", "x")
    site.write("pages/imprint.md", f"---\ntitle: T\n---\n[Form]({name.replace('|', '%7C')})\n")
    outcome = site.build()
    assert outcome.code == 1
    assert (file.as_posix(), "asset-error") in {(one["path"], one["code"]) for one in outcome.report["problems"]}


@pytest.mark.parametrize(
    ("file", "other"),
    [
        ("static/root/About/index.html", "/about/"),
        ("static/root/ROBOTS.TXT/x", "/robots.txt"),
        ("static/root/Imprint/index.html", "pages/imprint.md"),
        ("static/root/topics/Wards/feed.xml", "/topics/wards/"),
        (f"static/root/{NFC.upper()}.html", f"{NFC}.html"),
    ],
)
def test_files_that_differ_in_case_only_collide(site: SiteFolder, file: str, other: str) -> None:
    """On a system that ignores case, one would replace the other."""
    site.write("pages/imprint.md", "---\ntitle: Imprint\n---\nText.\n")
    site.write(f"static/root/{NFC}.html", "x")
    site.write(file, "mine")
    outcome = site.build()
    assert (outcome.code, set(outcome.codes())) == (1, {"address-collision"})
    said = outcome.stderr
    assert "macOS and Windows take the two for one file" in said
    assert other in said
    assert file.removeprefix("static/root") in said


@pytest.mark.parametrize("other", ["/Altes/Ä/", "/ALTES/ä/", "/altes/Ä"])
def test_aliases_of_two_items_that_differ_in_case_only_collide(site: SiteFolder, other: str) -> None:
    """The first document keeps the address."""
    site.add("2025-03-14-one.md", aliases=["/altes/ä/", "/Altes/ä/"])  # one item may have both
    path = site.add("2025-03-14-two.md", aliases=[other])
    (problem,) = site.build().report["problems"]
    assert (problem["code"], problem["path"]) == ("address-collision", path.as_posix())
    assert "one.md (/altes/ä/;" in problem["message"]


def filled(root: Path, form: Literal["NFC", "NFD"]) -> SiteFolder:
    """A site whose documents, pictures, own pages and static files have names in a form of Unicode."""
    site = SiteFolder(root, {"title": "Test", "base_url": "https://example.org/", "search": False})
    name = unicodedata.normalize(form, NFC)
    for folder in (f"seeds/{name}", "pages", "static/root/files", "static"):
        path = site.root / folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(4, 3))
    site.add(f"{name}/2025-03-14-{name}.md", document_with(f"{NFD}.png"))
    site.add(unicodedata.normalize(form, "2025-03-14-한국.md"), webUrl="https://news.example.org/k")
    links = (
        f"![A]({NFD}.png) ![B](/files/{NFC}.png) [C](/files/{NFD}.png) [D]({NFD}.md) ![E](/pictures/{NFD}/{NFC}.png)"
    )
    site.write(f"pages/{name}.md", f"---\ntitle: T\n---\n{links}\n")
    site.write("pages/other.md", f"---\ntitle: T\n---\n[D]({NFC}.md) [D](/{NFD}/) [D](/{NFC}/)\n")
    site.write("static/custom.css", f'body {{ background: url("{NFC}.png") }} p {{ background: url("{NFD}.png") }}')
    return site


def test_the_form_of_unicode_of_file_names_does_not_matter(tmp_path: Path) -> None:
    """Older file systems of macOS decompose letters; archives and `rsync` carry such names to other systems."""
    composed, decomposed = filled(tmp_path / "composed", "NFC"), filled(tmp_path / "decomposed", "NFD")
    with small_sizes():
        outcomes = [site.build() for site in (composed, decomposed)]
        assert [outcome.code for outcome in outcomes] == [0, 0], outcomes[0].stderr + outcomes[1].stderr
        assert [outcome.codes() for outcome in outcomes] == [[], []]
        assert composed.files() == decomposed.files()
        assert f"pictures/{NFC}/{NFC}.png" in decomposed.files()
        # A change is found.
        assert decomposed.build().report["pages"]["written"] == 0
        decomposed.add(f"{NFD}/2025-03-14-{NFD}.md", title="Another headline")
        assert decomposed.build().report["pages"]["written"] > 0
        assert "Another headline" in decomposed.page("/")


@pytest.mark.parametrize("name", ["größe.md", "é/ö.md", "한국.md"])
def test_commands_find_documents_by_names_in_either_form(site: SiteFolder, name: str) -> None:
    """`digest explain` and the places of `digest check`."""
    written = unicodedata.normalize("NFD", name)
    site.add(written, title="Found by its name", notTopics=["Nothing"], webUrl="https://news.example.org/n")
    reading = ("--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW)
    for argument in (name, written, f"{site.root}/seeds/{name}", f"{site.root}/seeds/{written}"):
        code, stdout, stderr = run("explain", argument, *reading)
        assert (code, "Found by its name" in stdout) == (0, True), stderr
    _, stdout, _ = run("check", "--format", "json", *reading)
    (warning,) = [one for one in json.loads(stdout)["problems"] if one["code"] == "unknown-topic"]
    assert warning["path"].endswith(f"/seeds/{name}")
    assert warning["line"] > 1


@pytest.mark.parametrize(("first", "second"), [("é.md", "e\u0301.md"), ("ö/x.md", "o\u0308/x.md"), ("가.md", "가.md")])
def test_two_documents_whose_names_are_one_on_macos(site: SiteFolder, first: str, second: str) -> None:
    """One of them is reported, and can be left out."""
    site.add(first)
    site.add(unicodedata.normalize("NFD", second), title="B", webUrl="https://news.example.org/b")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["address-collision"])
    outcome = site.build("--skip-invalid")
    assert (outcome.code, outcome.report["items"]) == (0, 2)


@given(st.text(max_size=6))
def test_paths_that_fold_alike_stay_alike(text: str) -> None:
    """Folding ignores the form of Unicode and capitals, and does not change the number of folders."""
    folded = file_names.folded(text)
    assert folded == file_names.folded(folded)
    assert folded == file_names.folded(unicodedata.normalize("NFD", text))
    assert folded == file_names.folded(file_names.composed(text))
    assert folded.count("/") == text.count("/")
