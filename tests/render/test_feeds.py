"""Feeds as feed readers parse them: complete, limited in size, and equal in all formats."""

import calendar
import datetime as dt
import json
import re
from collections.abc import Mapping
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import language
from generator.config.settings import Settings
from generator.content.collection import group
from generator.content.topics import Taxonomy
from generator.content.urls import Address
from generator.render.feeds import rfc_822
from generator.site.cards import Cards
from generator.site.feeds import Feeds
from generator.stories.incremental import cluster_all
from generator.util import dates
from tests.support.crawling import XHTML, strict_parse
from tests.support.making import SiteFolder, document, keys_of, read

BASE = "https://digest.example/folder/"
PICTURE = {"url": "https://img.example.org/a.jpg?w=1&h=2", "width": 640, "height": 480, "title": "A film"}
NAMES = ("feed.xml", "rss.xml", "feed.json")


@pytest.fixture
def news(site: SiteFolder) -> SiteFolder:
    """Builds a site of four items with two topics and two sources, with and without a picture and a summary."""
    site.configure(title="Ward & Round", description="News <daily>", base_url=BASE, feed_size=3, language="en-GB")
    other = {"name": "Other News", "domain": "other.example"}
    site.add("2025-03-11-a.md", title="First", publishedDateTime="2025-03-11T01:02:03Z", topics=["AI"],
             excerpt="Orbis tests sepsis alarms on a ward.")  # fmt: skip
    site.add("2025-03-12-b.md", title="Second", publishedDateTime="2025-03-12", topics=["AI"], provider=other,
             excerpt="Retina pictures show who needs insulin.")  # fmt: skip
    site.add("2025-03-13-c.md", title="Third", publishedDateTime="2025-03-13T00:00:00+02:00", images=[PICTURE])
    site.add("2025-03-14-d.md", title="Fourth", excerpt="", topics=["AI", "AT&T"], provider=other)
    assert site.build().code == 0
    return site


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_rss_times_have_the_format_of_rfc_822(moment: dt.datetime) -> None:
    """As the standard library formats them, for any time."""
    moment = moment.replace(microsecond=0)
    assert rfc_822(dates.iso(moment)) == format_datetime(moment, usegmt=True)


def parsed(site: SiteFolder, address: str) -> Any:
    """Parses a feed with feedparser, which reports XML that is not well-formed."""
    found = feedparser.parse((site.output / address).read_bytes())
    assert not found.bozo, found.get("bozo_exception")
    return found


def read_json(site: SiteFolder, address: str) -> Any:
    return json.loads((site.output / address).read_bytes())


def moment(value: str) -> dt.datetime:
    return dt.datetime.fromisoformat(value)


@pytest.mark.parametrize(("name", "version"), [("feed.xml", "atom10"), ("rss.xml", "rss20")])
def test_xml_feeds_are_complete(news: SiteFolder, name: str, version: str) -> None:
    """All fields of the feed and its entries, newest first, as many as the setting allows, with absolute links."""
    feed = parsed(news, name)
    assert feed.version == version
    assert (feed.feed.title, feed.feed.link, feed.feed.language) == ("Ward & Round", BASE, "en-GB")
    assert feed.feed.subtitle == "News <daily>" or name == "rss.xml"
    assert {"rel": "self", "href": BASE + name}.items() <= next(
        link for link in feed.feed.links if link.rel == "self"
    ).items()
    assert [entry.title for entry in feed.entries] == ["Fourth", "Third", "Second"]
    fourth, third, second = feed.entries
    assert third.link == f"{BASE}2025/03/12/c-20250313/"
    assert [link.href for link in third.links if link.rel == "via"] == ["https://news.example.org/2025-03-13-c.md"]
    assert calendar.timegm(third.published_parsed) == moment("2025-03-12T22:00:00Z").timestamp()
    assert calendar.timegm(second.published_parsed) == moment("2025-03-12T00:00:00Z").timestamp()
    assert (third.author, fourth.author) == ("Example News", "Other News")
    assert [tag.term for tag in fourth.tags] == ["AI", "AT&T"]
    assert third.summary == "A model found what two readers had missed."
    assert "summary" not in fourth
    (image,) = third.media_content
    assert (image["url"], image["medium"], image["width"], image["height"]) == (PICTURE["url"], "image", "640", "480")
    assert "media_content" not in second
    assert all(entry.id.startswith("tag:digest.example,2026:") for entry in feed.entries)


def test_rss_passes_what_validators_check(news: SiteFolder) -> None:
    """Dates of RFC 822, ids that are not links, and neither ``source`` nor ``enclosure``, which would be guesses."""
    text = news.page("/rss.xml")
    assert not any(entry.guidislink for entry in parsed(news, "rss.xml").entries)
    published = re.findall(r"<pubDate>(.*?)</pubDate>", text)
    assert published[:3] == ["Fri, 14 Mar 2025 09:30:00 GMT"] * 2 + ["Wed, 12 Mar 2025 22:00:00 GMT"]
    assert text.count('<guid isPermaLink="false">') == text.count("<guid") == 3
    assert "<source" not in text
    assert "<enclosure" not in text


def test_the_json_feed_follows_its_specification(news: SiteFolder) -> None:
    """JSON Feed 1.1: the required fields, and the optional ones with a value."""
    feed = read_json(news, "feed.json")
    check_json_feed(feed)
    assert (feed["title"], feed["description"], feed["language"]) == ("Ward & Round", "News <daily>", "en-GB")
    assert (feed["home_page_url"], feed["feed_url"]) == (BASE, f"{BASE}feed.json")
    fourth, third, _ = feed["items"]
    assert (third["external_url"], third["image"]) == ("https://news.example.org/2025-03-13-c.md", PICTURE["url"])
    assert third["authors"] == [{"name": "Example News", "url": "https://news.example.org/"}]
    assert third["summary"] == third["content_text"] == "A model found what two readers had missed."
    assert (fourth["content_text"], fourth["tags"]) == ("Fourth", ["AI", "AT&T"])
    assert not {"summary", "image"} & set(fourth)


def check_json_feed(feed: Mapping[str, Any]) -> None:
    """Asserts that a feed has the fields that https://www.jsonfeed.org/version/1.1/ requires, and no undefined ones."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert set(feed) <= {"version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items"}
    assert feed["title"]
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    for item in feed["items"]:
        assert set(item) <= {"id", "url", "external_url", "title", "content_text", "summary", "image",
                             "date_published", "authors", "tags"}  # fmt: skip
        assert isinstance(item["id"], str)
        assert item["content_text"]
        assert moment(item["date_published"]).tzinfo
        assert all(author["name"] and author["url"].startswith("https://") for author in item["authors"])
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        for key in ("url", "external_url", "image"):
            assert item.get(key, BASE).startswith(("https://", "http://"))


def test_all_formats_have_the_same_entries(news: SiteFolder) -> None:
    """The feeds of the site, of topics and of sources: the same ids, titles and links in each format."""
    for folder, titles in {
        "": ["Fourth", "Third", "Second"],
        "topics/ai/": ["Fourth", "Third", "Second"],
        "topics/at-and-t/": ["Fourth"],
        "sources/other.example/": ["Fourth", "Second"],
        "sources/news.example.org/": ["Third", "First"],
    }.items():
        atom, rss = (parsed(news, folder + name) for name in NAMES[:2])
        check_json_feed(found := read_json(news, f"{folder}feed.json"))
        entries = [(item["id"], item["title"], item["url"]) for item in found["items"]]
        assert [title for _, title, _ in entries] == titles
        for feed in (atom, rss):
            assert [(entry.id, entry.title, entry.link) for entry in feed.entries] == entries
            assert feed.feed.title == found["title"]
            assert feed.feed.link == found["home_page_url"] == BASE + folder
        assert atom.feed.author_detail == {"name": "Ward & Round", "href": BASE}
        assert found["authors"] == [{"name": "Ward & Round", "url": BASE}]


def test_feeds_and_entries_keep_their_ids(news: SiteFolder) -> None:
    """With ``feed_authority``, a new base URL or slug changes no id. No two feeds share an id."""

    def ids() -> dict[str, list[str]]:
        return {
            path.relative_to(news.output).as_posix(): re.findall(r"<id>(.*?)</id>", path.read_text("utf-8"))
            for path in news.output.rglob("feed.xml")
        }

    news.configure(feed_authority="ids.example", base_url="https://a.example/")
    news.build()
    before = ids()
    news.configure(feed_authority="ids.example", base_url="https://b.example/x/")
    for path in (news.root / "seeds").iterdir():
        path.write_text(path.read_text("utf-8").replace("category:", f"slug: new-{path.stem}\ncategory:"), "utf-8")
    news.build()
    assert "new-2025-03-14-d" in news.page("/feed.xml")
    assert ids() == before
    assert before["feed.xml"][0] == "tag:ids.example,2026:feed"
    assert before["topics/at-and-t/feed.xml"][0] == "tag:ids.example,2026:feed/topics/at-and-t"
    firsts = [found[0] for found in before.values()]
    assert len(set(firsts)) == len(firsts) == 1 + 1 + 3 + 2 + 1


def test_feeds_do_not_depend_on_the_clock(news: SiteFolder) -> None:
    """The time of a feed is that of its newest entry."""
    before = {name: data for name, data in news.files().items() if name.endswith(NAMES)}
    assert news.build("--now", "2031-01-01", "--clean").code == 0
    assert {name: data for name, data in news.files().items() if name.endswith(NAMES)} == before
    assert "<updated>2025-03-14T09:30:00Z</updated>" in news.page("/topics/ai/feed.xml")


def test_an_empty_site_has_valid_feeds(site: SiteFolder) -> None:
    """A site whose only item was removed has feeds without entries."""
    site.add("2025-03-14-one.md", removed=True)
    assert site.build().code == 0
    for name in NAMES[:2]:
        assert parsed(site, name).entries == []
    check_json_feed(read_json(site, "feed.json"))


def test_pages_link_to_their_feeds(news: SiteFolder) -> None:
    """The head of each page names the feeds of the site, after those of the list; the page shows links to both."""
    for address, folders in {
        "/": [""],
        "/2025/03/14/": [""],
        "/404.html": [""],
        "/topics/ai/": ["topics/ai/", ""],
        "/sources/other.example/": ["sources/other.example/", ""],
    }.items():
        tree = strict_parse(news.page(address))
        found = [
            (link.get("type"), link.get("href"))
            for link in tree.iter(f"{XHTML}link")  # type: ignore[attr-defined]
            if link.get("rel") == "alternate"
        ]
        types = ("application/atom+xml", "application/rss+xml", "application/feed+json")
        assert found == [
            (kind, f"/folder/{folder}{name}") for folder in folders for kind, name in zip(types, NAMES, strict=True)
        ]
        links = {link.get("href") for link in tree.iter(f"{XHTML}a")}  # type: ignore[attr-defined]
        assert {f"/folder/{folder}{name}" for folder in folders for name in NAMES} <= links


def test_feeds_share_their_entries() -> None:
    """The entry of a story is one object in the views of all feeds, and the formats of a feed share its view."""
    item = read(document()).item
    assert item
    words = language.load("en", zone="UTC", folder=Path())
    cards = Cards(group([item], Taxonomy()), cluster_all([item]), words, keys_of([item]))
    feeds = Feeds(Settings(feed_size=1, feed_authority="ids.example"), cards)
    first, second = (
        feeds.of_stories(
            [item, item], suffix=f"week/{number}", title=f"Week {number}", home=Address(f"/week/{number}/")
        )
        for number in (10, 11)
    )
    assert [page.address for page in first] == [f"/week/10/{name}" for name in NAMES]
    assert first[0].shown is first[2].shown
    assert [page.shown.id for page in (first[0], second[0])] == [  # type: ignore[attr-defined]
        "tag:ids.example,2026:week/10",
        "tag:ids.example,2026:week/11",
    ]
    assert first[0].shown.entries[0] is second[0].shown.entries[0]  # type: ignore[attr-defined]
    assert len(first[0].shown.entries) == 1  # type: ignore[attr-defined]
