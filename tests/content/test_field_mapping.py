"""``[fields]``: documents of other programs are read under the names and in the forms that they have there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.config.document_fields import FIELD_OF, NAMES
from generator.content import field_mapping
from generator.content.parse import parse
from generator.content.publishers import Publishers
from generator.content.source_files import Document
from generator.errors import Code
from generator.util import dates
from tests.support.making import NOW, SiteFolder, document, run, small_sizes
from tests.support.own_pictures import png

MAPPING: dict[str, Any] = {
    "title": [":filename"],
    "publishedDateTime": ["date", ":filename"],
    "webUrl": ["link", "external_url", "params.link"],
    "topics": ["tags", "categories"],
    "excerpt": ["description", "summary"],
    "images": ["image", "cover.image"],
    "provider": ["source", "author"],
    "aliases": ["redirect_from"],
}
SETTINGS = {"title": "T", "search": False, "timezone": "Europe/Berlin", "fields": MAPPING}
JEKYLL = """---
layout: post
title: "Model reads chest films"
date: 2025-03-14 10:30:00 +0200
link: https://news.example.org/films
tags: radiology ai
description: A summary.
source: Example News
image: https://news.example.org/films.png
redirect_from: /old/films/
---
Body
"""
HUGO = """+++
title = "Model reads ECGs"
date = 2025-03-15
draft = false
weight = 3
tags = ["Cardiology", 2025]
categories = ["news"]
[params]
link = "https://heart.example/ecg"
[cover]
image = "https://heart.example/ecg.png"
alt = "A trace"
+++
Body
"""


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Returns an empty site folder with mapped fields."""
    return SiteFolder(tmp_path / "site", SETTINGS)


def check(site: SiteFolder, *more: str) -> list[dict[str, Any]]:
    """Returns the diagnostics of `digest check`."""
    _, stdout, stderr = run(
        "check", "--format", "json", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"),
        "--jobs", "1", "--now", NOW, *more,
    )  # fmt: skip
    assert stderr == ""
    found: list[dict[str, Any]] = json.loads(stdout)["problems"]
    return found


def page(site: SiteFolder, path: str) -> str:
    return (site.output / path / "index.html").read_text(encoding="utf-8")


def test_documents_of_jekyll_and_hugo_build_unchanged(site: SiteFolder) -> None:
    site.add("2025-03-14-films.md", JEKYLL)
    site.add("posts/2025-03-15-ecg.md", HUGO)
    site.add("2025-03-16-a-filter.md", "---\nexternal_url: https://blog.example/filter\n---\n")
    site.add("2025-03-17-own/index.md", '{"link": "https://blog.example/own", "tags": "one tag, two"}\n\nBody')
    built = site.build()
    assert built.code == 0, built.stderr
    films = page(site, "2025/03/14/films")
    for text in ("09:30", "https://news.example.org/films", "/topics/radiology/", "/topics/ai/", "A summary."):
        assert text in films
    assert "/2025/03/14/films/" in (site.output / "old/films/index.html").read_text(encoding="utf-8")
    ecg = page(site, "2025/03/15/ecg")
    for text in ("https://heart.example/ecg", "/topics/cardiology/", "/topics/2025/", "https://heart.example/ecg.png"):
        assert text in ecg
    assert "/topics/news/" not in ecg
    assert "A filter" in page(site, "2025/03/16/a-filter")
    (own,) = site.output.glob("2025/03/17/*/index.html")
    assert "/topics/one-tag/" in own.read_text(encoding="utf-8")


def test_a_mapped_picture_may_be_a_file_of_the_site(site: SiteFolder) -> None:
    site.add("2025-03-14-films.md", JEKYLL.replace("https://news.example.org/films.png", "films.png"))
    (site.root / "seeds/films.png").write_bytes(png(640, 360))
    built = site.build()
    assert built.code == 0, built.stderr
    assert "films" in re.findall(r'src="([^"]*\.png)"', page(site, "2025/03/14/films"))[0]


def test_mapped_names_are_known_and_others_are_warnings(site: SiteFolder) -> None:
    site.add("2025-03-14-films.md", JEKYLL)
    site.add("2025-03-15-ecg.md", HUGO)
    codes = [(one["path"].rpartition("/")[2], one["code"], one["message"].split()[0]) for one in check(site)]
    unknown = {(path, name) for path, code, name in codes if code == Code.UNKNOWN_KEY}
    assert unknown == {("2025-03-14-films.md", "layout"), ("2025-03-15-ecg.md", "weight")}
    assert not {Code.MISSING_FIELD, Code.MISSING_IMAGE, Code.NAIVE_TIME, Code.DATE_ONLY} & {
        code for _, code, _ in codes
    }


def test_our_names_come_first_and_empty_values_count_as_absent(site: SiteFolder) -> None:
    site.add("2025-03-14-films.md", excerpt="Ours.", description="Theirs.", topics=[], tags=["x"], categories=["y"])
    site.add("2025-03-15-ecg.md", webUrl="https://e.example/2", tags=[], categories="only", topics=None, excerpt="")
    assert site.build().code == 0
    films, ecg = page(site, "2025/03/14/films"), page(site, "2025/03/14/ecg-20250315")
    assert "Ours." in films
    assert "Theirs." not in films
    assert "/topics/x/" in films
    assert "/topics/only/" in ecg


def test_diagnostics_have_the_names_and_places_of_the_document(site: SiteFolder) -> None:
    text = JEKYLL.replace("2025-03-14 10:30:00 +0200", "14 March").replace("https://news.example.org/films\n", "/a\n")
    site.add("2025-03-14-films.md", text.replace("/old/films/", "old"))
    site.add(
        "2025-03-15-ecg.md",
        HUGO.replace("https://heart.example/ecg.png", "ftp://heart.example/ecg.png").replace("link =", "x ="),
    )
    found = {(one["code"], one["line"], one["column"]): one for one in check(site)}
    time = found["invalid-time", 4, 1]
    message = "date (publishedDateTime) is not written as YYYY-MM-DD, with or without a time: '14 March'"
    assert time["message"] == message
    assert found["invalid-url", 5, 1]["message"].startswith("link (webUrl) is not a complete web address")
    assert ("invalid-alias", 10, 1) in found
    assert ("invalid-url", 11, 1) in found
    missing = found["missing-field", 1, 1]
    assert missing["remedy"] == "add `webUrl:`, or `link:` or `external_url:` or `params.link:`"


def test_findings_of_a_check_have_the_places_of_the_document(site: SiteFolder) -> None:
    site.add("2025-03-14-films.md", JEKYLL.replace("radiology ai", "radiolgy"))
    site.write("topics.yaml", "topics:\n  - name: Radiology\n")
    assert [one["line"] for one in check(site) if one["code"] == Code.UNCURATED_TOPIC] == [6]


def test_a_change_of_the_mapping_changes_the_pages(site: SiteFolder) -> None:
    site.add("2025-03-14-films.md", JEKYLL.replace("source:", "summary: Another.\nsource:"))
    with small_sizes():
        assert site.build().code == 0
        assert "A summary." in page(site, "2025/03/14/films")
        site.configure(**SETTINGS | {"fields": MAPPING | {"excerpt": ["summary", "description"]}})
        assert site.build("--verify").code == 0
        assert "Another." in page(site, "2025/03/14/films")
        site.configure(**{name: value for name, value in SETTINGS.items() if name != "fields"})
        assert site.build().code == 1


def test_without_a_mapping_the_message_says_which_field_it_is(tmp_path: Path) -> None:
    site = SiteFolder(tmp_path / "site", {"title": "T", "search": False})
    site.add("2025-03-14-films.md", JEKYLL)
    found = {(one["code"], one["line"]): one["remedy"] for one in check(site)}
    assert found["missing-field", 4] == "write `publishedDateTime:` for `date:`, or map it in [fields] of site.toml"
    assert found["missing-field", 5] == "write `webUrl:` for `link:`, or map it in [fields] of site.toml"
    assert found["unknown-key", 6] == "its name here is `topics`: rename it, or map it in [fields] of site.toml"
    assert "remove it" in found["unknown-key", 2]
    assert NAMES.isdisjoint(FIELD_OF)


@pytest.mark.parametrize(
    ("fields", "line", "message"),
    [
        ({"excerpt": ["summary"], "webUlr": ["link"]}, 4, "fields.webUlr is not a field of documents"),
        ({"excerpt": ["secured"]}, 3, "fields.excerpt must not name a field that is not published"),
        ({"secured": ["x"]}, 3, "fields.secured is not a field of documents that can be mapped"),
        ({"excerpt": ["a b"]}, 3, "fields.excerpt must have names of fields"),
    ],
)
def test_an_invalid_mapping_is_an_error_with_its_line(
    tmp_path: Path, fields: dict[str, Any], line: int, message: str
) -> None:
    site = SiteFolder(tmp_path / "site", {"title": "T", "fields": fields})
    site.add("2025-03-14-films.md")
    built = site.build()
    assert built.code == 2
    assert f"site.toml:{line}:1: invalid-setting: {message}" in built.stderr


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("2024-05-01 10:00", "2024-05-01T10:00:00+02:00"),
        ("2024-01-01T10:00:05", "2024-01-01T10:00:05+01:00"),
        ("2024-05-01 10:00:00 -0500", "2024-05-01T10:00:00-0500"),
        ("2024-05-01 10:00:00 UTC", "2024-05-01T10:00:00Z"),
        ("2024-02-30 10:00", "2024-02-30 10:00"),
        (20240501, 20240501),
        (None, None),
    ],
)
def test_times_get_the_zone_of_the_site(written: object, read: object) -> None:
    assert field_mapping.moment(written, dates.zone("Europe/Berlin")) == read


@pytest.mark.parametrize("value", [3, True, None, [], {}, [[]], [None, {}], "x", {"url": {}}, {"image": []}])
@pytest.mark.parametrize("field", sorted(NAMES - {"related", "secured"}))
def test_any_value_of_a_mapped_field_gives_an_item_or_diagnostics(field: str, value: object) -> None:
    changes: dict[str, Any] = {field: None, "other": value}
    text = document(**changes)
    parsed = parse(Document(name="a.md", shown="a.md", text=text), publishers=Publishers(), mapping={field: ("other",)})
    assert parsed.item or parsed.diagnostics
