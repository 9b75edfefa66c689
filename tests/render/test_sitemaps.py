"""Sitemaps, robots.txt and the web manifest: valid, complete, limited in size. And the metadata of pages."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from generator.config import language_tags
from generator.site.pages import sitemaps
from tests import golden
from tests.support import ROOT
from tests.support.crawling import XHTML, address_of, pages, strict_parse
from tests.support.making import SiteFolder

BASE = "https://digest.example/folder/"
SCHEMA = etree.XMLSchema(etree.parse(ROOT / "tests" / "support" / "schemas" / "sitemap.xsd"))
NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}
PICTURE = {"url": "https://img.example.org/a.jpg?w=1&h='2'", "width": 640, "height": 480}


def valid(site: SiteFolder, name: str) -> Any:
    """Returns the tree of a sitemap; asserts that it follows the schema."""
    tree = etree.fromstring((site.output / name).read_bytes())
    SCHEMA.assertValid(tree)
    return tree


def texts(tree: Any, path: str) -> list[str]:
    return [str(node.text) for node in tree.iterfind(path, NS)]


@pytest.fixture
def news(site: SiteFolder) -> SiteFolder:
    """Builds a site of the items of a week and one earlier item, with lists of several pages."""
    site.configure(base_url=BASE, page_size=1, title="Digest")
    for number in range(1, 8):
        name = f"2025-03-{number:02}-n.md"
        images = [PICTURE] if number == 7 else None
        at = f"2025-03-{number:02}T12:00:00Z" if number != 6 else "2025-03-06"
        site.add(name, title=f"Word{number}", excerpt="", publishedDateTime=at, topics=["AI"], images=images)
    site.add("2025-02-28-n.md", title="Old", excerpt="", publishedDateTime="2025-02-28T12:00:00Z")
    assert site.build().code == 0
    return site


def test_sitemaps_list_every_page_once(news: SiteFolder) -> None:
    """All pages but 404 are in one sitemap each; the index lists all sitemaps, and robots.txt names the index."""
    index = valid(news, "sitemap.xml")
    assert f"Sitemap: {BASE}sitemap.xml" in news.page("/robots.txt").splitlines()
    names = [address.removeprefix(BASE) for address in texts(index, ".//s:loc")]
    assert names == ["sitemaps/2025-02.xml", "sitemaps/2025-03.xml", "sitemaps/lists.xml", "sitemaps/news.xml"]
    assert {f"sitemaps/{path.name}" for path in (news.output / "sitemaps").iterdir()} == set(names)
    found = [address for name in names[:-1] for address in texts(valid(news, name), ".//s:loc")]
    wanted = {BASE.rstrip("/") + address_of(name) for name in pages(news.output)} - {f"{BASE}404.html"}
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert f"{BASE}topics/ai/page/3/" in found


def test_sitemaps_have_times_and_pictures(news: SiteFolder) -> None:
    """The time of a list is that of its newest item; the time of a numbered page is that of its own newest item."""
    month = valid(news, "sitemaps/2025-03.xml")
    (picture,) = texts(month, ".//i:loc")
    assert picture == "https://img.example.org/a.jpg?w=1&h=%272%27"
    lists = valid(news, "sitemaps/lists.xml")
    modified = {
        url.findtext("s:loc", None, NS).removeprefix(BASE): url.findtext("s:lastmod", None, NS)
        for url in lists.iterfind("s:url", NS)
    }
    assert modified["topics/ai/"] == modified[""] == modified["2025/03/"] == "2025-03-07T12:00:00Z"
    assert modified["topics/ai/page/2/"] == "2025-03-01T12:00:00Z"
    assert modified["2025/02/"] == "2025-02-28T12:00:00Z"
    assert modified["about/"] is None


def test_the_news_sitemap_covers_two_days(news: SiteFolder) -> None:
    """Counted from the newest item, not from the current time."""
    before = news.page("/sitemaps/news.xml")
    tree = valid(news, "sitemaps/news.xml")
    assert texts(tree, ".//n:title") == ["Word7", "Word6", "Word5"]
    assert texts(tree, ".//n:publication_date") == ["2025-03-07T12:00:00Z", "2025-03-06", "2025-03-05T12:00:00Z"]
    assert set(texts(tree, ".//n:name")) == {"Digest"}
    assert set(texts(tree, ".//n:language")) == {"en"}
    assert news.build("--now", "2031-01-01").code == 0
    assert news.page("/sitemaps/news.xml") == before


def test_large_sitemaps_are_split(news: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages above the limit go into further sitemaps; news above the limit are left out."""
    monkeypatch.setattr(sitemaps, "_PAGES_A_SITEMAP", 5)
    monkeypatch.setattr(sitemaps, "_NEWS_PAGES", 2)
    before = [
        address for name in ("2025-03", "lists") for address in texts(valid(news, f"sitemaps/{name}.xml"), ".//s:loc")
    ]
    assert news.build("--clean").code == 0
    names = sorted(path.stem for path in (news.output / "sitemaps").iterdir())
    assert names[:4] == ["2025-02", "2025-03", "2025-03-2", "2025-03-3"]
    assert {"lists", "lists-2", "lists-3"} <= set(names)
    assert {f"{BASE}sitemaps/{name}.xml" for name in names} == set(texts(valid(news, "sitemap.xml"), ".//s:loc"))
    parts = {name: texts(valid(news, f"sitemaps/{name}.xml"), ".//s:loc") for name in names}
    assert all(len(part) <= 5 for part in parts.values())
    assert len(parts["news"]) == 2
    after = [address for name in names if name not in {"2025-02", "news"} for address in parts[name]]
    assert sorted(after) == sorted(before)
    assert sitemaps._PAGES_A_SITEMAP <= 50_000


def test_a_site_without_items_has_no_news_sitemap(site: SiteFolder) -> None:
    """An empty one would be invalid. The other pages are listed without times."""
    site.add("2025-03-14-one.md", removed=True)
    assert site.build().code == 0
    assert not (site.output / "sitemaps" / "news.xml").exists()
    assert texts(valid(site, "sitemap.xml"), ".//s:loc") == ["https://example.org/sitemaps/lists.xml"]
    assert texts(valid(site, "sitemaps/lists.xml"), ".//s:lastmod") == []


def test_the_manifest_names_icons_with_their_sizes(news: SiteFolder) -> None:
    """All fields are set, with links below the base path; each icon is a PNG of the given size."""
    manifest = json.loads(news.page("/site.webmanifest"))
    assert (manifest["name"], manifest["short_name"], manifest["lang"]) == ("Digest", "Digest", "en")
    assert manifest["start_url"] == manifest["scope"] == manifest["id"] == "/folder/"
    assert manifest["display"] == "minimal-ui"
    style = (ROOT / "static" / "style.css").read_text("utf-8")
    assert f"--accent: light-dark({manifest['theme_color']}, " in style
    assert f"--paper: light-dark({manifest['background_color']}, " in style
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        data = (news.output / icon["src"].removeprefix("/folder/")).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", data[16:24])
        assert f"{width}x{height}" == icon["sizes"]
    tree = strict_parse(news.page("/"))
    links = {link.get("rel"): link.get("href") for link in tree.iter(f"{XHTML}link")}  # type: ignore[attr-defined]
    assert links["manifest"] == "/folder/site.webmanifest"
    assert links["apple-touch-icon"] == "/folder/apple-touch-icon.png"


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Medical AI Digest", "Medical AI"),
        ("Digest", "Digest"),
        ("Radiologieberichte", "Radiologiebe"),
        ("A " * 20, "A A A A A A"),
    ],
)
def test_short_names_fit_below_an_icon(title: str, short: str) -> None:
    """Cut after a word, if at least one fits."""
    assert sitemaps._short_name(title) == short


@pytest.mark.parametrize(
    ("tag", "open_graph", "news_sitemap"),
    [
        ("en", "en_US", "en"),
        ("de-AT", "de_AT", "de"),
        ("zh-Hant-HK", "zh_HK", "zh-tw"),
        ("zh-Hans", "", "zh-cn"),
        ("pt-br", "pt_BR", "pt"),
        ("gsw", "", "gsw"),
    ],
)
def test_language_tags_of_open_graph_and_news_sitemaps(tag: str, open_graph: str, news_sitemap: str) -> None:
    """A country is not guessed if a language has several."""
    assert language_tags.open_graph(tag) == open_graph
    assert language_tags.news_sitemap(tag) == news_sitemap


def test_every_page_has_metadata(tmp_path: Path) -> None:
    """One h1, a title, a description, the canonical link, and Open Graph for shared links."""
    base = "https://hospital.example/ward-round/"
    golden.build("small", tmp_path / "output")
    for name, html in pages(tmp_path / "output").items():
        tree: Any = strict_parse(html)
        address = base + address_of(name).lstrip("/")
        assert len(list(tree.iter(f"{XHTML}h1"))) == 1, name
        assert tree.find(f".//{XHTML}title").text.strip()
        metadata = {meta.get("property") or meta.get("name"): meta.get("content") for meta in tree.iter(f"{XHTML}meta")}
        assert metadata["description"].strip(), name
        canonical = [link.get("href") for link in tree.iter(f"{XHTML}link") if link.get("rel") == "canonical"]
        assert canonical == [address] == [metadata["og:url"]], name
        is_item = address_of(name).count("/") == 5 and name.startswith("20")
        assert metadata["og:type"] == ("article" if is_item else "website"), name
        assert ("article:published_time" in metadata) == ("article:section" in metadata) == is_item, name
        assert metadata["og:title"]
        assert metadata["og:description"] == metadata["description"]
        assert (metadata["og:site_name"], metadata["og:locale"]) == ("Ward Round", "en_US")
        assert metadata["og:image"].startswith("https://")
        assert metadata["twitter:card"] in {"summary", "summary_large_image"}


def test_shared_pages_have_a_picture(site: SiteFolder) -> None:
    """With size and caption if known; a large card if the picture is large; the icon of the site if there is none."""
    site.add("2025-03-14-one.md", images=[PICTURE | {"title": "A film"}])
    site.add("2025-03-14-two.md", images=[{"url": "https://img.example.org/b.jpg"}])
    site.add("2025-03-14-three.md")
    site.configure(description="")
    assert site.build().code == 0
    one, two, three, front = (
        {
            meta.get("property") or meta.get("name"): meta.get("content")
            for meta in strict_parse(site.page(address)).iter(f"{XHTML}meta")  # type: ignore[attr-defined]
        }
        for address in ("/2025/03/14/one/", "/2025/03/14/two/", "/2025/03/14/three/", "/")
    )
    assert (one["og:image:width"], one["og:image:height"], one["og:image:alt"]) == ("640", "480", "A film")
    assert one["twitter:card"] == "summary_large_image"
    assert two["og:image"] == "https://img.example.org/b.jpg"
    assert not {"og:image:width", "og:image:alt"} & set(two)
    assert two["twitter:card"] == three["twitter:card"] == "summary"
    assert three["og:image"] == front["og:image"] == "https://example.org/icon-512.png"
    assert front["description"] == "Medical AI Digest"
