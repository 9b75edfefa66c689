"""JSON-LD: valid on every page, with the publisher of the article, the items of a list and the breadcrumbs."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import golden
from tests.support.crawling import XHTML, address_of, pages, strict_parse
from tests.support.making import SiteFolder

PICTURE = {"url": "https://img.example.org/a.jpg", "width": 640, "height": 480, "title": "A film"}
FRAME = '<iframe src="https://www.youtube.com/embed/abc123"></iframe>'

Node = Mapping[str, Any]


def data(html: str) -> list[Any]:
    """Returns the nodes of a page, from the script element as a browser parses it."""
    tree: Any = strict_parse(html)
    (script,) = [node for node in tree.iter(f"{XHTML}script") if node.get("type") == "application/ld+json"]
    found = json.loads(script.text)
    assert list(found) == ["@context", "@graph"]
    assert found["@context"] == "https://schema.org"
    return list(found["@graph"])


def is_url(value: Any) -> bool:
    return bool(re.fullmatch(r"https?://[!-~]+", value))


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_time(value: Any) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", value))


def is_size(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def is_(*types: str) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        assert value["@type"] in types
        assert_node(value)
        return True

    return check


def is_list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value))


PAGE = {
    "name!": is_text,
    "description!": is_text,
    "url!": is_url,
    "inLanguage!": is_text,
    "isPartOf!": is_("WebSite"),
}
ABOUT_ARTICLE = {
    "url!": is_url,
    "keywords": is_list_of(is_text),
    "citation": is_list_of(is_url),
    "publisher!": is_("Organization"),
}
# The fields of each type. An exclamation mark marks those that schema.org or search engines require.
TYPES: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "WebSite": {"name!": is_text, "url!": is_url, "description": is_text, "inLanguage": is_text},
    "CollectionPage": PAGE | {"mainEntity": is_("ItemList")},
    "AboutPage": PAGE,
    "SearchResultsPage": PAGE,
    "WebPage": PAGE | {"mainEntity": is_("NewsArticle", "VideoObject", "CreativeWork")},
    "ItemList": {"numberOfItems!": is_size, "itemListElement!": is_list_of(is_("ListItem"))},
    "BreadcrumbList": {"itemListElement!": is_list_of(is_("ListItem"))},
    "ListItem": {"position!": is_size, "name!": is_text, "url": is_url, "item": is_url},
    "NewsArticle": ABOUT_ARTICLE | {"headline!": is_text, "datePublished!": is_time, "image": is_("ImageObject")},
    "CreativeWork": ABOUT_ARTICLE | {"headline!": is_text, "datePublished!": is_time, "image": is_("ImageObject")},
    "VideoObject": ABOUT_ARTICLE
    | {"name!": is_text, "description!": is_text, "uploadDate!": is_time, "thumbnailUrl!": is_url},
    "Organization": {"name!": is_text, "url!": is_url, "logo": is_("ImageObject")},
    "ImageObject": {"url!": is_url, "width": is_size, "height": is_size, "caption": is_text},
}


def assert_node(node: Node) -> None:
    """Asserts that a node has the required fields of its type, no unknown ones, and valid values."""
    fields = TYPES[node["@type"]]
    checks = {name.rstrip("!"): check for name, check in fields.items()}
    required = {name.rstrip("!") for name in fields if name.endswith("!")}
    names = set(node) - {"@type"}
    assert required <= names <= set(checks), (node["@type"], names)
    for name in names:
        assert checks[name](node[name]), (name, node[name])
    if "itemListElement" in node:
        entries = node["itemListElement"]
        assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))


def test_every_page_has_valid_json_ld(tmp_path: Path) -> None:
    """Each page describes itself as a part of the site; all but the front page have breadcrumbs."""
    base = "https://hospital.example/ward-round/"
    golden.build("small", tmp_path / "output")
    files = {address_of(name) for name in pages(tmp_path / "output")}
    for name, html in pages(tmp_path / "output").items():
        nodes = data(html)
        for node in nodes:
            assert_node(node)
        types = [node["@type"] for node in nodes]
        address = base + address_of(name).lstrip("/")
        if name == "index.html":
            assert types == ["WebSite", "CollectionPage"]
            page = nodes[1]
        else:
            page, breadcrumbs = nodes
            steps = breadcrumbs["itemListElement"]
            assert types[1] == "BreadcrumbList"
            assert (steps[0]["item"], steps[-1]["item"]) == (base, address), name
            assert {"/" + step["item"].removeprefix(base) for step in steps} <= files
        assert page["url"] == address
        assert page["isPartOf"] == {"@type": "WebSite", "name": "Ward Round", "url": base}
        assert html.count("application/ld+json") == 1


@pytest.fixture
def news(site: SiteFolder) -> SiteFolder:
    """Builds a site of an article and of two videos, with and without a picture."""
    site.configure(title="Digest", page_size=1)
    provider = {"name": "Example News", "domain": "news.example.org", "images": [{"url": "https://e.org/logo.png"}]}
    site.add("2025-03-14-one.md", title="Alpha", excerpt="", images=[PICTURE], provider=provider)
    site.add("2025-03-13-two.md", title="Beta", type="video", publishedDateTime="2025-03-13", featuredContent=FRAME)
    site.add("2025-03-13-six.md", title="Gamma", type="video", publishedDateTime="2025-03-13", images=[PICTURE])
    assert site.build().code == 0
    return site


def test_an_article_belongs_to_its_publisher(news: SiteFolder) -> None:
    """It is the main entity of the page, which itself has no publisher, author or headline."""
    page, _ = data(news.page("/2025/03/14/one/"))
    assert (page["@type"], page["url"]) == ("WebPage", "https://example.org/2025/03/14/one/")
    assert page["mainEntity"] == {
        "@type": "NewsArticle",
        "headline": "Alpha",
        "url": "https://news.example.org/2025-03-14-one.md",
        "datePublished": "2025-03-14T09:30:00Z",
        "image": {"@type": "ImageObject", "url": PICTURE["url"], "width": 640, "height": 480, "caption": "A film"},
        "keywords": ["Radiology", "AI"],
        "publisher": {
            "@type": "Organization",
            "name": "Example News",
            "url": "https://news.example.org/",
            "logo": {"@type": "ImageObject", "url": "https://e.org/logo.png"},
        },
    }
    assert not {"author", "publisher", "datePublished", "headline"} & set(page)


def test_a_video_without_a_picture_is_a_creative_work(news: SiteFolder) -> None:
    """Because a VideoObject requires a thumbnail."""
    video = data(news.page("/2025/03/13/six/"))[0]["mainEntity"]
    assert (video["@type"], video["thumbnailUrl"], video["uploadDate"]) == ("VideoObject", PICTURE["url"], "2025-03-13")
    work = data(news.page("/2025/03/13/two/"))[0]["mainEntity"]
    assert (work["@type"], work["headline"], work["datePublished"]) == ("CreativeWork", "Beta", "2025-03-13")


def test_lists_name_the_items_that_they_show(news: SiteFolder) -> None:
    """The items of the front page, topics, sources, days and months, in the order of the page."""
    for address, names in {
        "/": {"Alpha", "Beta", "Gamma"},
        "/2025/03/14/": {"Alpha"},
        "/2025/03/13/": {"Beta", "Gamma"},
        "/2025/03/": {"Alpha", "Beta", "Gamma"},
        "/topics/ai/": {"Alpha"},
        "/topics/ai/page/1/": {"Beta", "Gamma"},
        "/sources/news.example.org/page/1/": {"Beta", "Gamma"},
    }.items():
        html = news.page(address)
        page = next(node for node in data(html) if node["@type"] == "CollectionPage")
        entries = page["mainEntity"]["itemListElement"]
        assert {entry["name"] for entry in entries} <= names, address
        main = html[html.index("<main") :]
        places = [main.index(entry["url"].removeprefix("https://example.org")) for entry in entries]
        assert places == sorted(places), address
    for address in ("/topics/", "/archive/", "/2025/", "/404.html"):
        assert "mainEntity" not in data(news.page(address))[0]


def test_breadcrumbs_follow_the_navigation(news: SiteFolder) -> None:
    """Through the calendar to items, and through the newest page of a list to its numbered ones."""

    def breadcrumbs(address: str) -> list[str]:
        return [step["name"] for step in data(news.page(address))[-1]["itemListElement"]]

    day = "Friday, 14 March 2025"
    assert breadcrumbs("/2025/03/14/one/") == ["Digest", "Archive", "2025", "March 2025", day, "Alpha"]
    assert breadcrumbs("/2025/03/14/") == ["Digest", "Archive", "2025", "March 2025", day]
    assert breadcrumbs("/2025/") == ["Digest", "Archive", "2025"]
    assert breadcrumbs("/topics/ai/page/1/") == ["Digest", "Topics", "AI", "AI, page 1"]
    assert breadcrumbs("/about/") == ["Digest", "About"]
