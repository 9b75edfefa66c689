"""The site as a whole: valid, connected, complete — for any documents."""

import re
import string
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.front_matter import FrontMatterError, locate, split_and_load
from generator.content.parse import parse
from generator.content.publishers import Publishers
from generator.content.source_files import Document, decode
from tests import golden
from tests.support import ROOT
from tests.support.crawling import address_of, links, pages, reachable, strict_parse
from tests.support.making import SiteFolder, document, entry

SEEDS = ROOT / "seeds"


def assert_site_is_sound(output: Path, base_url: str) -> None:
    """Every page parses strictly, every internal link leads to a file, every page but 404 is reachable."""
    files = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    for name, html in pages(output).items():
        found = links(html, address_of(name), base_url)
        assert found.internal <= files, (name, found.internal - files)
    assert reachable(output, base_url) == set(pages(output)) - {"404.html"}
    for path in output.rglob("*.xml"):
        ET.parse(path)  # noqa: S314 - our own output


def test_the_seeds_site_is_sound(tmp_path: Path) -> None:
    """All page types, under a base path."""
    site = SiteFolder(tmp_path)
    assert site.build("--source", str(SEEDS), "--base-url", "https://e.org/a%20b/").code == 0
    assert_site_is_sound(site.output, "https://e.org/a%20b/")


def test_pages_have_what_assistive_technology_needs(tmp_path: Path) -> None:
    """One h1, a language, a main region, a skip link to it, headings without gaps, alt on every image."""
    golden.build("small", tmp_path / "output")
    for name, html in pages(tmp_path / "output").items():
        assert html.count("<h1") == 1, name
        assert '<html lang="en" dir="ltr">' in html
        assert '<main id="main"' in html
        assert 'href="#main"' in html
        assert all("alt=" in image for image in re.findall(r"<img[^>]*>", html)), name
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), (name, levels)
        assert len(re.findall(r'\bid="([^"]+)"', html)) == len(set(re.findall(r'\bid="([^"]+)"', html))), name


def test_no_page_needs_inline_script_or_style(tmp_path: Path) -> None:
    """A strict content security policy must hold; data blocks are no scripts to it."""
    golden.build("small", tmp_path / "output")
    for name, html in pages(tmp_path / "output").items():
        for tag in re.findall(r"<script[^>]*>", html):
            assert 'src="' in tag or tag == '<script type="application/ld+json">', name
        assert "<style" not in html, name
        assert not re.search(r"<[^>]+\s(style|on\w+)=", html), name


def test_the_strict_parser_is_strict() -> None:
    """The checks above would fail on a broken page."""
    with pytest.raises(html5lib.html5parser.ParseError):
        strict_parse("<!doctype html><title>x</title><p><b></p>")


TEXT = st.text(max_size=40)
WORDS = st.text(string.ascii_letters + " äß医💡'\"<>&", min_size=1, max_size=30)


def entries() -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.integers(0, 40), max_size=14).map(
        lambda numbers: [entry(number, webUrl=f"https://news.example.org/{number}") for number in numbers]
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, str]:
    """Valid documents by file name."""
    result = {}
    for number in range(draw(st.integers(0, 12))):
        day = draw(st.integers(1, 28))
        name = draw(st.sampled_from([f"2025-02-{day:02}-n{number}.md", f"{number}.txt", f"sub/n{number}.markdown"]))
        result[name] = document(
            draw(st.sampled_from(["", "A *body*.\n", "[a](/archive/) <b>x</b>\n"])),
            title=f"{draw(WORDS)} {number}",
            excerpt=draw(TEXT),
            publishedDateTime=f"202{draw(st.integers(3, 5))}-02-{day:02}T{draw(st.integers(0, 23)):02}:00:00Z",
            webUrl=f"https://news.example.org/{number}",
            quality=draw(st.integers(0, 160)),
            heat=draw(st.integers(-1, 90)),
            topics=draw(st.lists(st.sampled_from(["AI", "ai", "Radiology", "C++", "医", "X-ray"]), max_size=4)),
            type=draw(st.sampled_from(["article", "video"])),
            related=draw(entries()),
            provider={
                "name": draw(WORDS) + "x",
                "domain": draw(st.sampled_from(["a.example", "b.example", "c.example"])),
            },
        )
    return result


@given(documents(), st.sampled_from([1, 2, 30]))
@settings(max_examples=12)
def test_any_valid_documents_make_a_sound_site(found: dict[str, str], page_size: int) -> None:
    """Every item is reachable from the front page by links, whatever the documents."""
    with tempfile.TemporaryDirectory() as folder:
        site = SiteFolder(
            Path(folder, "site"), {"base_url": "https://example.org/", "page_size": page_size, "search": False}
        )
        for name, text in {"2024-01-01-always.md": document(webUrl="https://e.org/always"), **found}.items():
            site.add(name, text)
        outcome = site.build()
        assert outcome.code == 0, outcome.stderr
        assert outcome.report["items"] == len(found) + 1
        assert_site_is_sound(site.output, "https://example.org/")


def assert_parsed_or_refused(text: str) -> None:
    parsed = parse(Document(name="x.md", shown="seeds/x.md", text=text), publishers=Publishers())
    assert (parsed.item is None) == any(diagnostic.is_error for diagnostic in parsed.diagnostics)
    lines = text.count("\n") + 1
    for diagnostic in parsed.diagnostics:
        assert 1 <= diagnostic.line <= lines
        assert diagnostic.column >= 1
        assert str(diagnostic).isprintable()


@given(st.text())
@settings(max_examples=300)
def test_no_text_makes_the_parser_raise(text: str) -> None:
    """Whatever the text, there is an item or there are errors, each with a place in the text."""
    assert_parsed_or_refused(text)


YAML_BITS = st.sampled_from(
    ["---\n", "\n", " ", "- ", "? ", ": ", "title", "webUrl", "related", "images", "publishedDateTime", "x", "[", "]",
     "{", "}", "&a ", "*a", "!!str ", "!x ", "|\n", ">\n", "'", '"', "#", ",", "%", "@", "`", "\t", "2025-02-30", "1e9",
     "0x1f", "~", "<<", "\u2028", "\ufeff", "\x85", "https://e.org/---", "...\n", "null", "true", "\\x41", "\ud800"]
)  # fmt: skip


@given(st.lists(YAML_BITS, max_size=60).map("".join))
@settings(max_examples=600)
def test_no_front_matter_makes_the_parser_raise(yaml: str) -> None:
    """Pieces of YAML in any order."""
    assert_parsed_or_refused(f"---\n{yaml}\n---\n")
    assert_parsed_or_refused(document().replace("excerpt:", yaml + "\nexcerpt:"))


@given(st.binary(max_size=300))
def test_no_bytes_make_the_decoder_raise(data: bytes) -> None:
    """Bytes become a text or a problem."""
    decoded = decode(data, name="x.md", shown="x.md")
    if isinstance(decoded, Document):
        assert_parsed_or_refused(decoded.text)


SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats() | st.text(max_size=30)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["title", "excerpt", "publishedDateTime", "webUrl", "originalUrl", "provider", "topics", "images", "related",
     "quality", "heat", "published", "removed", "draft", "slug", "featuredContent", "secured", "type"]
)  # fmt: skip


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@settings(max_examples=300)
def test_no_value_makes_the_parser_raise(changes: dict[str, Any]) -> None:
    """Any value in any field."""
    assert_parsed_or_refused(document(**{key: value for key, value in changes.items() if value is not None}))


@given(st.text(max_size=200))
def test_locating_never_raises(yaml: str) -> None:
    """Places are looked up in YAML that another library has read."""
    locate(yaml)
    try:
        split_and_load(f"---\n{yaml}\n---\n")
    except FrontMatterError as error:
        assert error.diagnostics
