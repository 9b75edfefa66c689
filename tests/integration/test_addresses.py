"""No address that comes from a document stops a site that leaves out invalid documents."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.security.test_attacks import attack
from tests.support.attacks import TEXTS
from tests.support.making import SiteFolder, document


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """Creates a site without a search, with one valid document."""
    site.configure(title="Test", base_url="https://example.org/", search=False, precompress=True)
    site.add("good.md", title="A ward model", topics=["Wards"])
    return site


def refused(site: SiteFolder, path: str) -> dict[str, Any]:
    """Builds with and without the invalid document, and returns the only diagnostic of it."""
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["address-collision"])
    skipping = site.build("--skip-invalid")
    assert (skipping.code, skipping.report["items"], skipping.report["documents"]["rejected"]) == (0, 1, 1)
    diagnostic: dict[str, Any]
    (diagnostic,) = skipping.report["problems"]
    assert diagnostic["path"].endswith(path)
    return diagnostic


def line_of(text: str, key: str) -> int:
    """The line on which a key begins."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.strip().startswith(f"{key}:"))


def test_a_publisher_whose_domain_is_the_name_of_a_file_is_named_with_its_line(site: SiteFolder) -> None:
    """`sources/index.html` is the list of sources, so it cannot be a folder."""
    path = site.add("bad.md", provider={"name": "P", "domain": "index.html"})
    diagnostic = refused(site, "seeds/bad.md")
    assert diagnostic["line"] == line_of(path.read_text(), "domain")
    assert "/sources/index.html/" in diagnostic["message"]


def test_a_host_that_is_the_name_of_a_file_is_named_with_the_line_of_the_address(site: SiteFolder) -> None:
    """Without a domain, the publisher is the host of the address."""
    path = site.add("bad.md", provider={"name": "P"}, webUrl="https://index.html/x")
    assert refused(site, "seeds/bad.md")["line"] == line_of(path.read_text(), "webUrl")


def test_two_publishers_of_one_folder_do_not_stop_the_site(site: SiteFolder) -> None:
    """The address of a publisher without a name is written with hyphens, which a host may have, too."""
    site.add("good.md", provider={"name": "A", "domain": "[::1]"})
    site.add("bad.md", provider={"name": "B", "domain": "ipv6---1"})
    assert "/sources/ipv6---1/" in refused(site, "seeds/bad.md")["message"]


@pytest.mark.parametrize(
    ("file", "changes", "key"),
    [
        ("topics/radiology/index.html", {"topics": ["Radiology"]}, "topics"),
        ("topics/radiology", {"topics": ["Radiology"]}, "topics"),
        ("topics/radiology/feed.xml", {"topics": ["Radiology"]}, "topics"),
        ("sources/own.example/index.html", {"provider": {"name": "Own", "domain": "own.example"}}, "domain"),
        ("2024/index.html", {"publishedDateTime": "2024-05-06T07:08:09Z"}, "publishedDateTime"),
        ("2024/05/06/index.html", {"publishedDateTime": "2024-05-06T07:08:09Z"}, "publishedDateTime"),
        ("digest/2024-W19/index.html", {"publishedDateTime": "2024-05-06T07:08:09Z"}, "publishedDateTime"),
        ("2025/03/14/own/index.html", {"slug": "own"}, "slug"),
    ],
)  # fmt: skip
def test_a_page_whose_place_a_static_file_has_names_the_document(
    site: SiteFolder, file: str, changes: dict[str, Any], key: str
) -> None:
    """Whatever field gives the page its address."""
    site.write(f"static/root/{file}", "own")
    path = site.add("bad.md", **changes | {"topics": changes.get("topics", ["Wards"])})
    outcome = site.build("--skip-invalid")
    assert (outcome.code, outcome.report["items"]) == (0, 1)
    assert {one["path"] for one in outcome.report["problems"]} == {path.as_posix()}
    assert {one["line"] for one in outcome.report["problems"]} == {line_of(path.read_text(), key)}


def test_a_slug_that_another_document_of_the_day_has_is_named_with_its_line(site: SiteFolder) -> None:
    """The other document keeps its address."""
    site.add("good.md", slug="same")
    path = site.add("later.md", slug="same")
    assert refused(site, "seeds/later.md")["line"] == line_of(path.read_text(), "slug")


def test_an_alias_that_is_taken_does_not_stop_the_site(site: SiteFolder) -> None:
    """The line is that of the entry."""
    path = site.add("bad.md", aliases=["/free/", "/topics/"], topics=["Wards"])
    lines = path.read_text().split("\n")
    assert refused(site, "seeds/bad.md")["line"] == lines.index("- /topics/") + 1


def test_a_publisher_named_like_a_compressed_copy_has_a_page(site: SiteFolder) -> None:
    """The copy is left out, because a folder has its name."""
    site.add("compressed.md", provider={"name": "P", "domain": "index.html.gz"})
    assert site.build().code == 0
    assert "/sources/index.html.gz/" in site.page("/sources/")
    assert "P" in site.page("/sources/index.html.gz/")


def test_a_file_in_place_of_a_folder_of_every_site_is_no_fault_of_a_document(site: SiteFolder) -> None:
    """The static file is named, and no document is left out for it."""
    site.write("static/root/sources", "own")
    outcome = site.build("--skip-invalid")
    assert (outcome.code, outcome.codes()) == (1, ["address-collision"])
    assert "static file" in outcome.report["problems"][0]["path"]


NAMES = [
    *("index.html", "index.html.gz", "index.html.br", "feed.xml", "page", "1", "con", "ipv6---1", "[::1]", "a", ""),
    *(
        "_headers",
        "2025",
        "sources",
        "topics",
        "xn--a",
        "..",
        "a/b",
        "*",
        "-",
        "%2e",
        "ü.example",
        "C++",
        "c#",
        "page/2",
    ),
]
ALIASES = [
    *("/", "/topics/", "/2025/", "/2025/03/14/", "/sources/a/", "/x/", "/X/", "/x/y/", "/x.html", "/about", "/story/"),
    *("/search/", "/index.html", "/404.html", "/topics/c/feed.html", "/digest/2025-W11/"),
]


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document with hostile addresses."""
    number = draw(st.integers(0, 5))
    return document(
        title=draw(st.sampled_from(["Ward", "Chest films", "x"])),
        webUrl=f"https://{draw(st.sampled_from(['a.example', 'index.html', 'feed.xml', '[::1]']))}/{number}",
        publishedDateTime=draw(
            st.sampled_from(["2025-03-14T01:00:00Z", "2025-03-14", "0002-01-01", "9998-12-31", "x"])
        ),
        provider={
            "name": draw(st.sampled_from(["A", "B"])),
            "domain": draw(st.sampled_from(NAMES) | st.text(max_size=9)),
        },
        topics=draw(st.lists(st.sampled_from(NAMES) | st.text(max_size=9), max_size=3)),
        slug=draw(st.sampled_from([None, "same", "index", "feed", "page"])),
        aliases=draw(st.lists(st.sampled_from(ALIASES), max_size=3)),
        story=draw(st.sampled_from([None, "same", "other"])),
    )


@settings(max_examples=20)
@given(texts=st.lists(documents(), min_size=1, max_size=5))
def test_hostile_addresses_never_stop_a_site(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Each error names a document, and the rest of the site is built."""
    site = SiteFolder(tmp_path_factory.mktemp("hostile"))
    site.configure(title="Test", base_url="https://example.org/", search=False, precompress=True)
    site.add("good.md", title="A ward model", topics=["Wards"])
    site.write("static/root/topics/c/index.html", "own")
    for number, text in enumerate(texts):
        site.add(f"hostile-{number}.md", text)
    outcome = site.build("--skip-invalid", "--future")
    assert outcome.code == 0, outcome.stderr
    assert all(one["path"].endswith(".md") for one in outcome.report["problems"])
    assert outcome.report["items"] >= 1


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """Returns the site folder with all attacks in all fields."""
    site = attack(SiteFolder(tmp_path_factory.mktemp("attacked")), TEXTS.__getitem__, is_hostile=True)
    site.configure(title="Test", base_url="https://example.org/", search=False)
    return site


@settings(max_examples=4)
@given(texts=st.lists(documents(), min_size=5, max_size=9))
def test_the_attacks_are_built_whatever_address_a_document_has(attacked: SiteFolder, texts: list[str]) -> None:
    """The site of all attacks keeps its items, and each error names one of the other documents."""
    for number, text in enumerate(texts):
        attacked.add(f"hostile-{number}.md", text)
    outcome = attacked.build("--skip-invalid", "--future")
    for path in (attacked.root / "seeds").glob("hostile-*.md"):
        path.unlink()
    assert outcome.code == 0, outcome.stderr
    errors = [one for one in outcome.report["problems"] if one["severity"] == "error"]
    assert all("hostile-" in one["path"] for one in errors), errors
    assert outcome.report["items"] >= len(list((attacked.root / "seeds").iterdir()))
