"""Parsing documents: the item, or the diagnostics with their places."""

import datetime as dt
import re
from typing import Any

import pytest

from generator.content.model import Item
from generator.errors import Code, Severity
from tests.support.making import document, entry, fields, read


def item(text: str, **more: Any) -> Item:
    """Returns the item of a document that must have no diagnostics."""
    parsed = read(text, **more)
    assert parsed.diagnostics == ()
    assert parsed.item is not None
    return parsed.item


def only_problem(text: str) -> tuple[Code, int, int]:
    """Returns code, line and column of the only error of a document without an item."""
    parsed = read(text)
    assert parsed.item is None
    (diagnostic,) = parsed.diagnostics
    assert diagnostic.path == "seeds/2025-03-14-chest-films.md"
    assert diagnostic.message
    assert diagnostic.remedy
    return diagnostic.code, diagnostic.line, diagnostic.column


def only_warning(text: str) -> tuple[Code, int]:
    """Returns code and line of the only warning of a document with an item."""
    parsed = read(text)
    assert parsed.item is not None
    (diagnostic,) = parsed.diagnostics
    assert diagnostic.severity is Severity.WARNING
    return diagnostic.code, diagnostic.line


FULL = """---
category: news
title: "Hospital’s model â€“ a first"
excerpt: "It &amp; its doctors"
publishedDateTime: 2025-03-14T11:30:00+02:00
originalUrl: https://short.example.org/x
webUrl: https://news.example.org/a b
ampWebUrl: https://news.example.org/a b/amp
cdnAmpWebUrl: https://news-example-org.cdn.ampproject.org/c/s/news.example.org/a%20b/amp
type: video
quality: 59
heat: 12
published: true
removed: true
draft: true
slug: a-first
provider:
  name: Example News
  domain: WWW.News.Example.org
  images:
    - url: https://cdn.example.org/logo.png
      width: 50
      height: 50
topics: [AI, Radiology, AI, " "]
images:
  - {url: "https://img.example.org/pixel.gif", width: 1, height: 1}
  - {url: "https://img.example.org/a.jpg ", width: 640, height: 480, isCached: true, title: "A film"}
related:
  - title: Elsewhere
    excerpt: ""
    publishedDateTime: 2025-03-13T08:00:00Z
    webUrl: https://other.example.net/1
    type: article
    provider: {name: Other, domain: other.example.net}
    quality: 20
featuredContent: '<iframe src="https://www.youtube.com/embed/abc123?rel=0"></iframe>'
secured: "c2VjcmV0;bm9uY2U="
---
"""


def test_all_fields_are_parsed() -> None:
    """The item has every field of the schema, with repaired text, normalised addresses and a time in UTC."""
    full = item(FULL)
    assert full.category == "news"
    assert full.title == "Hospital’s model – a first"
    assert full.excerpt == "It & its doctors"
    assert full.published_at == dt.datetime(2025, 3, 14, 9, 30, tzinfo=dt.UTC)
    assert full.web_url == "https://news.example.org/a%20b"
    assert full.original_url == "https://short.example.org/x"
    assert full.amp_url == "https://news.example.org/a%20b/amp"
    assert full.cdn_amp_url
    assert full.identity == "news.example.org/a%20b"
    assert (full.type, full.quality, full.heat) == ("video", 59, 12)
    assert (full.is_promoted, full.is_removed, full.is_draft) == (True, True, True)
    assert full.slug == "a-first"
    assert (full.provider.name, full.provider.domain) == ("Example News", "news.example.org")
    assert full.provider.logo
    assert full.topics == ("AI", "Radiology")
    assert full.image
    assert (full.image.url, full.image.caption) == ("https://img.example.org/a.jpg", "A film")
    assert [related.title for related in full.related] == ["Elsewhere"]
    assert full.video
    assert (full.video.url, full.video.host) == ("https://www.youtube.com/watch?v=abc123", "YouTube")
    assert full.body is None


def test_the_ciphertext_is_not_kept() -> None:
    """No part of an item contains the value of `secured`."""
    assert "c2VjcmV0" not in repr(item(FULL))


def test_optional_fields_have_defaults() -> None:
    """Many real documents lack some of these fields."""
    bare = item(document(quality=None, heat=None, published=None, excerpt=None, topics=None, category=None, type=None))
    assert (bare.quality, bare.heat, bare.is_promoted, bare.excerpt, bare.topics) == (0, 0, False, "", ())
    assert (bare.category, bare.type, bare.image, bare.related) == ("", "article", None, ())


def test_the_original_address_replaces_a_missing_web_url() -> None:
    """Videos may have no `webUrl`."""
    assert item(document(webUrl=None, originalUrl="https://v.example.org/1")).web_url == "https://v.example.org/1"


def test_an_address_may_contain_three_hyphens() -> None:
    """Only a line of three hyphens closes front matter."""
    text = "---\n" + "webUrl: https://e.org/a\n---b: 1\n" + "---\n"
    assert read(text).item is None
    assert item(document(webUrl="https://e.org/a---b---")).web_url == "https://e.org/a---b---"


def test_a_body_may_contain_rules() -> None:
    """The first line of three hyphens closes the front matter. Later ones are Markdown."""
    body = item(document("Some *text*\n\n---\n\nmore\n")).body
    assert body
    assert "<em>text</em>" in body.html
    assert "<hr>" in body.html


@pytest.mark.parametrize("key", ["content", "handler", "metadata"])
def test_keys_named_like_arguments_of_the_library_are_unknown_keys(key: str) -> None:
    """`content:` and `handler:` would crash python-frontmatter if they were passed to it."""
    assert only_warning(document(**{key: "x"}))[0] is Code.UNKNOWN_KEY


def test_keys_may_have_any_type() -> None:
    """Numbers and lists are unknown keys with a place."""
    text = document().replace("---\ncategory", "---\n7: x\n? [a, b]\n: y\ncategory", 1)
    diagnostics = read(text).diagnostics
    assert [(diagnostic.code, diagnostic.line) for diagnostic in diagnostics] == [
        (Code.UNKNOWN_KEY, 1),
        (Code.UNKNOWN_KEY, 2),
    ]


def test_unclosed_front_matter_is_an_error() -> None:
    """python-frontmatter alone would return empty metadata."""
    assert only_problem("---\ntitle: x\n")[:2] == (Code.UNCLOSED_FRONT_MATTER, 1)
    assert only_problem("---")[:2] == (Code.UNCLOSED_FRONT_MATTER, 1)


def test_no_front_matter_is_an_error() -> None:
    """A document starts with a line of exactly three hyphens."""
    assert only_problem("# A readme\n")[:2] == (Code.NO_FRONT_MATTER, 1)
    assert only_problem("----\ntitle: x\n----\n")[:2] == (Code.NO_FRONT_MATTER, 1)


@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_an_empty_file_is_an_error(text: str) -> None:
    """White space counts as empty."""
    assert only_problem(text)[0] is Code.EMPTY


def test_lines_count_from_the_start_of_the_file() -> None:
    """Blank lines before the front matter count, too."""
    broken = document(quality="high")
    line = broken.split("\n").index("quality: high") + 1
    assert only_problem(broken) == (Code.WRONG_TYPE, line, 1)
    assert only_problem("\n\n" + broken) == (Code.WRONG_TYPE, line + 2, 1)
    assert only_problem("\n\n---\na: [\n---\n")[:2] == (Code.INVALID_YAML, 4)


def test_duplicate_keys_are_errors_with_both_places() -> None:
    """All of them are reported. PyYAML alone would use the last one."""
    text = document().replace("---\ncategory", "---\ntitle: one\nheat: 1\ncategory", 1)
    diagnostics = read(text).diagnostics
    assert [diagnostic.code for diagnostic in diagnostics] == [Code.DUPLICATE_KEY] * 2
    assert [diagnostic.line for diagnostic in diagnostics] == [5, 11]
    assert "first in line 2" in diagnostics[0].message


def test_duplicate_keys_in_nested_mappings_are_errors() -> None:
    """They are found at any depth."""
    text = document().replace("provider:\n", "provider:\n  name: One\n", 1)
    parsed = read(text)
    assert [diagnostic.code for diagnostic in parsed.diagnostics] == [Code.DUPLICATE_KEY]


@pytest.mark.parametrize(
    ("yaml", "line", "column"),
    [
        ("title: [1, 2\nheat: 1", 2, 8),
        ("title: a: b", 2, 9),
        ("title: 'open\nheat: 1", 2, 8),
        ("title: [\x07", 2, 9),
        ("title: @x", 2, 8),
    ],
)
def test_invalid_yaml_has_a_place(yaml: str, line: int, column: int) -> None:
    """The place is that of the mistake, or where PyYAML noticed it."""
    code, found_line, _ = only_problem(f"---\n{yaml}\n---\n")
    assert code is Code.INVALID_YAML
    assert abs(found_line - line) <= 1
    assert column


@pytest.mark.parametrize("yaml", ["- a\n- b", "just text", "", "a: 1\n--- b\n", "12", "? {x: [1]}"])
def test_front_matter_must_be_a_mapping(yaml: str) -> None:
    """Lists, plain text, empty front matter, several YAML documents and keys that are no text are refused."""
    assert only_problem(f"---\n{yaml}\n---\n")[0] in {Code.NOT_A_MAPPING, Code.INVALID_YAML}


def test_many_open_lists_are_refused() -> None:
    """Neither memory nor time grows quadratically with their number."""
    assert only_problem("---\n" + "t: [\n" * 50_000 + "\n---\n") == (Code.TOO_DEEP, 102, 1)


def test_alias_bombs_are_refused() -> None:
    """A few lines of YAML can expand to billions of values."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(9)]
    assert only_problem("---\n" + "\n".join(lines) + "\n---\n")[0] is Code.INVALID_YAML


@pytest.mark.parametrize(
    "yaml",
    [
        "a: " + "[" * 100_000,
        "a: " + "[" * 100_000 + "]" * 100_000,
        "a: " + "{a: " * 100_000,
        "a:\n  " + "- " * 1_000_000 + "x",
        "? " * 1_000_000 + "x",
        ": " * 1_000_000 + "x",
        " " * 100_000 + "a: 1",
    ],
)
def test_deep_nesting_is_refused(yaml: str) -> None:
    """Nesting that would exhaust the stack of a parser is an error and does not end the process."""
    assert only_problem(f"---\n{yaml}\n---\n")[0] in {Code.TOO_DEEP, Code.INVALID_YAML}


def test_deep_indentation_is_refused() -> None:
    """Three thousand levels of one space each are nested too deeply."""
    deep = "\n".join(" " * level + "a:" for level in range(3_000))
    assert only_problem(f"---\n{deep}\n---\n")[0] is Code.TOO_DEEP


@pytest.mark.parametrize(
    "time",
    ["2026-02-30", "2026-7-1", "2026-13-01T00:00:00Z", "yesterday", 20250314, True, "0001-01-01T00:00:00+14:00", []],
)
def test_invalid_times_are_errors(time: object) -> None:
    """Days and zones that do not exist, and values that are not times, are refused."""
    assert only_problem(document(publishedDateTime=time))[0] is Code.INVALID_TIME


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("2026-02-30", "is a time that does not exist"),
        ("2026-03-14T25:00:00Z", "is a time that does not exist"),
        ("2026-03-14 09:61", "is a time that does not exist"),
        ("21.11.2026", "is not written as YYYY-MM-DD, with or without a time"),
        ("11/21/2026", "is not written as YYYY-MM-DD, with or without a time"),
        ("2026-7-1", "is not written as YYYY-MM-DD, with or without a time"),
        ("2026-07-01T9:00:00Z", "is not written as YYYY-MM-DD, with or without a time"),
        ("٢٠٢٦-٠٧-٠١", "is not written as YYYY-MM-DD, with or without a time"),
        (20260701, "is not written as YYYY-MM-DD, with or without a time"),
    ],
)
def test_the_message_distinguishes_impossible_times_from_wrong_formats(time: object, reason: str) -> None:
    """A time in another format may exist, so the message states the format."""
    (diagnostic,) = read(document(publishedDateTime=time)).diagnostics
    assert diagnostic.message == f"publishedDateTime {reason}: {time!r}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (document(title=None, titel="A title"), "error: title is missing: titel is not a field (write `title:`)"),
        (
            document(publishedDateTime=None, publishDateTime="2026-03-14"),
            "error: publishedDateTime is missing: publishDateTime is not a field (write `publishedDateTime:`)",
        ),
        (
            document(provider=None, providers={"name": "X"}),
            (
                "warning: provider is missing: providers is not a field, so the host of the address is used "
                "(write `provider:`)"
            ),
        ),
        (
            document(provider={"nam": "X"}),
            "warning: provider.name is missing: nam is not a field, so the domain is used (write `name:`)",
        ),
        (
            document(related=[entry(), entry(title=None, titel="A title")]),
            "warning: title is missing: titel is not a field, so the entry is left out (write `title:`)",
        ),
    ],
)
def test_a_misspelt_required_field_is_reported_once(text: str, found: str) -> None:
    """The diagnostic has the place of the misspelt key."""
    (diagnostic,) = read(text).diagnostics
    assert f"{diagnostic.severity}: {diagnostic.message} ({diagnostic.remedy})" == found
    misspelt = re.search(r": (\w+) is not a field", found)
    assert misspelt
    assert text.split("\n")[diagnostic.line - 1].strip().removeprefix("- ").startswith(f"{misspelt[1]}:")


def test_other_misspelt_keys_are_reported_separately() -> None:
    """These are a key of another mapping, one whose field is present, and the second of two for one field."""
    text = document(related=[entry(titel="x"), entry(2, title=None)], titel="x")
    assert [(diagnostic.code, "is not a field" in diagnostic.message) for diagnostic in read(text).diagnostics] == [
        (Code.UNKNOWN_KEY, True),
        (Code.MISSING_FIELD, False),
        (Code.UNKNOWN_KEY, True),
    ]
    text = document(title=None, titel="x", titl="x")
    assert [diagnostic.code for diagnostic in read(text).diagnostics] == [Code.MISSING_FIELD, Code.UNKNOWN_KEY]


def test_times_without_zone_or_time_of_day_are_in_utc() -> None:
    """Both are warnings. A date alone and midnight in UTC count as a date without a time."""
    naive = read(document(publishedDateTime="2025-03-14 09:30:00"))
    assert naive.item
    assert naive.item.published_at == dt.datetime(2025, 3, 14, 9, 30, tzinfo=dt.UTC)
    assert naive.diagnostics[0].code is Code.NAIVE_TIME
    date = read(document(publishedDateTime="2025-03-14"))
    assert date.item
    assert date.item.is_date_only
    assert date.diagnostics[0].code is Code.DATE_ONLY
    assert item(document(publishedDateTime="2025-03-14T00:00:00Z")).is_date_only
    assert not item(document()).is_date_only


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": None}, Code.MISSING_FIELD),
        ({"title": "\ufeff "}, Code.MISSING_FIELD),
        ({"title": 2020}, Code.WRONG_TYPE),
        ({"title": ["a"]}, Code.WRONG_TYPE),
        ({"excerpt": 1.5}, Code.WRONG_TYPE),
        ({"publishedDateTime": None}, Code.MISSING_FIELD),
        ({"webUrl": None}, Code.MISSING_FIELD),
        ({"webUrl": ""}, Code.INVALID_URL),
        ({"webUrl": "javascript:alert(1)"}, Code.INVALID_URL),
        ({"quality": True}, Code.WRONG_TYPE),
        ({"quality": "9"}, Code.WRONG_TYPE),
        ({"heat": 10**30}, Code.WRONG_TYPE),
        ({"published": "no"}, Code.WRONG_TYPE),
        ({"topics": "AI"}, Code.WRONG_TYPE),
        ({"topics": ["AI", {"a": 7}]}, Code.WRONG_TYPE),
        ({"provider": "Example"}, Code.WRONG_TYPE),
        ({"images": {"url": "x"}}, Code.WRONG_TYPE),
        ({"related": "none"}, Code.WRONG_TYPE),
        ({"secured": 5}, Code.WRONG_TYPE),
        ({"slug": "../../etc"}, Code.INVALID_SLUG),
        ({"slug": "Über"}, Code.INVALID_SLUG),
        ({"slug": "a--b"}, Code.INVALID_SLUG),
    ],
)
def test_invalid_fields_are_errors_with_their_line(changes: dict[str, Any], code: Code) -> None:
    """The line is that of the key, or the first one if the key is missing."""
    text = document(**changes)
    key = next(iter(changes))
    expected = next((n for n, line in enumerate(text.split("\n"), 1) if line.startswith(f"{key}:")), 1)
    found, line, _ = only_problem(text)
    assert found is code
    assert line in range(expected, expected + 3)


def test_all_errors_of_a_document_are_reported_at_once() -> None:
    """Each of four invalid fields has a diagnostic."""
    codes = {
        diagnostic.code for diagnostic in read(document(title=1, heat="x", webUrl="ftp://e.org/", topics=3)).diagnostics
    }
    assert codes == {Code.WRONG_TYPE, Code.INVALID_URL}
    assert len(read(document(title=1, heat="x", webUrl="ftp://e.org/", topics=3)).diagnostics) == 4


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"webURL": "x"}, Code.UNKNOWN_KEY),
        ({"type": "podcast"}, Code.UNKNOWN_TYPE),
        ({"ampWebUrl": "nowhere"}, Code.INVALID_URL),
        ({"provider": None}, Code.MISSING_FIELD),
        ({"provider": {"domain": "e.org"}}, Code.MISSING_FIELD),
        ({"provider": {"name": " ", "domain": "e.org"}}, Code.MISSING_FIELD),
        ({"provider": {}}, Code.MISSING_FIELD),
        ({"provider": {"name": "X", "domain": "not a domain"}}, Code.INVALID_DOMAIN),
        ({"provider": {"name": "X", "domain": "e.org", "motto": "y"}}, Code.UNKNOWN_KEY),
        ({"provider": {"name": "X", "domain": "e.org", "images": [{"url": "/logo.png"}]}}, Code.INVALID_URL),
        ({"images": [{"url": "data:image/png,x", "width": 1, "height": 1}]}, Code.INVALID_URL),
        ({"images": [{"width": 1, "height": 1}]}, Code.MISSING_FIELD),
        ({"images": ["https://e.org/a.png"]}, Code.WRONG_TYPE),
        ({"images": [{"url": "https://e.org/a.png", "width": "wide"}]}, Code.WRONG_TYPE),
        ({"related": [entry(webUrl="javascript:x")]}, Code.INVALID_URL),
        ({"related": [entry(title=None)]}, Code.MISSING_FIELD),
        ({"related": [entry(publishedDateTime="soon")]}, Code.INVALID_TIME),
        ({"related": [entry(colour="red")]}, Code.UNKNOWN_KEY),
        ({"related": ["x"]}, Code.WRONG_TYPE),
        ({"featuredContent": "<script>alert(1)</script>"}, Code.UNKNOWN_EMBED),
        ({"featuredContent": "<iframe src='https://evil.example/embed/x'></iframe>"}, Code.UNKNOWN_EMBED),
        ({"featuredContent": "<iframe src='javascript:x'></iframe>"}, Code.UNKNOWN_EMBED),
    ],
)
def test_invalid_optional_values_are_warnings(changes: dict[str, Any], code: Code) -> None:
    """Without an invalid entry of a list, an unknown key or an invalid optional address, the item is complete."""
    found, line = only_warning(document(**changes))
    assert found is code
    assert line > 1 or "provider" in changes


def test_a_missing_provider_is_replaced_by_the_host_of_the_address() -> None:
    """The host is used as domain and as name."""
    parsed = read(document(provider=None, webUrl="https://www.daily.example/1"))
    assert parsed.item
    assert (parsed.item.provider.name, parsed.item.provider.domain) == ("daily.example", "daily.example")


def test_related_entries_have_no_duplicates_and_not_the_item_itself() -> None:
    """Of two entries with one identity, the first is used."""
    related = [
        entry(1),
        entry(2),
        entry(3, webUrl="http://www.other.example.net/1?utm_source=x", title="The same"),
        entry(4, webUrl=fields()["webUrl"]),
    ]
    assert [one.title for one in item(document(related=related)).related] == ["Related article 1", "Related article 2"]


def test_tiny_images_are_not_usable() -> None:
    """Tracking pixels and logos are skipped. An image of unknown size is usable."""
    tiny = {"url": "https://e.org/t.gif", "width": 50, "height": 50}
    assert item(document(images=[tiny])).image is None
    image = item(document(images=[tiny, {"url": "https://e.org/a.png"}])).image
    assert image
    assert (image.width, image.height) == (0, 0)


@pytest.mark.parametrize(
    ("name", "changes", "slug"),
    [
        ("2025-03-14-chest-films.md", {}, "chest-films"),
        ("sub/2025-03-14-chest-films.txt", {}, "chest-films"),
        ("2025-03-13-chest-films.md", {}, "chest-films-20250313"),
        ("2025-03-14-Ünïcode_name.md", {}, "unicode-name"),
        ("2025-03-14-chest-films.md", {"slug": "own"}, "own"),
        ("000_bc90aa5d330d7e98.txt", {}, "model-reads-chest-films-"),
        ("2025-03-14-💡.md", {}, "model-reads-chest-films-"),
        ("x.md", {"title": "医学影像"}, "yi-xue-ying-xiang-"),
        ("x.md", {"title": "💡"}, "item-"),
        ("2025-03-14-" + "long-" * 40 + "name.md", {}, "long-long-"),
    ],
)
def test_the_slug_depends_on_the_document_only(name: str, changes: dict[str, Any], slug: str) -> None:
    """It comes from `slug:`, or else the dated file name, or else title and identity. Its length is limited."""
    found = item(document(**changes), name=name).slug
    assert found.startswith(slug)
    assert len(found) <= 129
    assert found == slug or slug.endswith("-")


def test_a_file_name_without_a_date_does_not_change_the_slug() -> None:
    """The slug is made of title and identity, so another article has another slug."""
    one = item(document(), name="a.md").slug
    assert item(document(), name="b.md").slug == one
    assert item(document(webUrl="https://e.org/other"), name="a.md").slug != one


@pytest.mark.parametrize("body", ["x" * 200_000, "> " * 3_000 + "x", "[" * 20_000])
def test_long_bodies_are_refused(body: str) -> None:
    """The place of the error is the first line of the body."""
    text = document(body)
    assert only_problem(text)[:2] == (Code.INVALID_BODY, text.count("\n", 0, text.index(body)) + 1)


def test_a_body_without_publishable_content_is_a_warning() -> None:
    """A body that consists of a script is removed as a whole."""
    diagnostics = read(document("<script>alert(1)</script>")).diagnostics
    assert [diagnostic.code for diagnostic in diagnostics] == [Code.INVALID_BODY, Code.REMOVED_HTML]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"excerpt": "a" + "\u0301\u0316" * 80_000}, Code.TOO_LARGE),
        ({"title": "a" * 10_001}, Code.TOO_LARGE),
        ({"topics": ["a" * 10_001]}, Code.TOO_LARGE),
        ({"related": [1] * 1_001}, Code.TOO_LARGE),
    ],
)
def test_long_fields_are_refused(changes: dict[str, Any], code: Code) -> None:
    """Some repairs take quadratic time in the length of a text."""
    assert only_problem(document(**changes))[0] is code


def test_long_embeds_are_left_out() -> None:
    """Parsing long HTML would be slow."""
    assert only_warning(document(featuredContent="<a " * 6_000))[0] is Code.UNKNOWN_EMBED


@pytest.mark.parametrize(
    "embed",
    ["<![foo[x]]>", "<![ x", '<iframe src="https://youtube.com/embed/' + "a" * 2_020 + '">',
     '<iframe src="https://www.youtube.com/embed/videoseries?list=' + "%FC" * 600 + '">'],
)  # fmt: skip
def test_embeds_that_crash_parsers_are_unknown_embeds(embed: str) -> None:
    """The document is parsed without the embed."""
    assert only_warning(document(featuredContent=embed))[0] is Code.UNKNOWN_EMBED


@pytest.mark.parametrize(
    "lines",
    [
        "secured: !!int CIPHER==;abc",
        "secured: !!CIPHER x",
        "secured:\n  CIPHER==: 1\n  CIPHER==: 2",
        "secured:\nCIPHER== : 5",
        "secured: [CIPHER",
        'secured: "CIPHER\\q"',
    ],
)
def test_the_ciphertext_is_never_quoted(lines: str) -> None:
    """Messages do not contain it, even if its value or its key is the problem."""
    parsed = read(document(secured=None).replace("---\ncategory", f"---\n{lines}\ncategory", 1))
    assert parsed.diagnostics
    assert "CIPHER" not in "".join(map(str, parsed.diagnostics))


def test_places_are_right_after_characters_that_pyyaml_refuses() -> None:
    """yaml-rs accepts control characters that PyYAML refuses."""
    text = document(excerpt="x", quality="high").replace("excerpt: x", 'excerpt: "\x01\x7f\uffff\u2028"', 1)
    line = text.split("\n").index("quality: high") + 1
    assert only_problem(text) == (Code.WRONG_TYPE, line, 1)


def test_times_may_be_in_lower_case() -> None:
    """RFC 3339 allows it."""
    assert item(document(publishedDateTime="2025-03-14t09:30:00z")).published_at.hour == 9


def test_digits_of_other_scripts_are_not_a_date() -> None:
    """The slug is ASCII."""
    assert item(document(), name="٢٠٢٥-٠٣-١٤-foo.md").slug.isascii()


def test_long_names_that_differ_at_the_end_have_different_slugs() -> None:
    """A slug that is cut ends with a hash of the whole name."""
    slugs = {item(document(), name=f"2025-03-14-{'Word_' * 40}{number}.md").slug for number in range(2)}
    assert len(slugs) == 2


def test_unusable_links_of_a_body_are_warnings() -> None:
    """Each address is reported once, with its line. Usable links are not reported."""
    body = (
        "Good: [a](/topics/) [b](https://eyes.example/) [c](mailto:a@eyes.example).\n"
        "[d](nope.html) and [e](eyes.example/x)\n\n![f](pic.svg)\n[g](ftp://eyes.example/) [h](#part)\n"
        "[i]()\n<a href='JavaScript:alert(1)'>j</a> [k](//lungs.example/)\n[again](nope.html)\n"
    )
    parsed = read(document(body))
    assert parsed.item is not None
    first = document().count("\n") + 1
    reported = {
        diagnostic.message.partition("`")[2].partition("`")[0]: diagnostic.line - first
        for diagnostic in parsed.diagnostics
    }
    assert reported == {
        "nope.html": 1, "eyes.example/x": 1, "pic.svg": 3, "ftp://eyes.example/": 4, "#part": 4, "": 5,
        "JavaScript:alert(1)": 6, "//lungs.example/": 6,
    }  # fmt: skip
    assert {(diagnostic.code, diagnostic.severity) for diagnostic in parsed.diagnostics} == {
        (Code.INVALID_LINK, Severity.WARNING)
    }


@pytest.mark.parametrize(
    ("yaml", "line", "column", "message", "remedy"),
    [
        ('a: b\ntitle:"Retina scan"\nexcerpt: b\n', 3, 6, "no space after the colon", "`field: value`"),
        ("topics:\n- a\n-b\nc: d\n", 4, 1, "no space after the hyphen", "`- entry`"),
        ('title: "Retina\nexcerpt: b\n', 2, 8, "does not end", "the quote that it begins"),
        ('title: "Retina\nexcerpt: b\nwebUrl: "https://e.org"\n', 2, 8, "does not end", "the quote that it begins"),
        ("title: 'it's'\nexcerpt: b\n", 2, 12, "after the closing quote", "double quotes"),
        ('title: The "new" model: b\n', 2, 23, "a colon and a space", "put the text in quotes"),
        ("provider:\n\tname: x\n", 3, 1, "a tab", "spaces"),
        ("title: @home\n", 2, 8, "begins with @", "put the text in quotes"),
        ("topics:\n- `x`\n", 3, 3, "begins with `", "put the text in quotes"),
        ("title: *x\n", 2, 8, "begins with *", "put the text in quotes"),
        ("a: b\ntopics: [a, b\nwebUrl: c\n", 3, 9, "the list that begins here does not end", "end it with ]"),
        ("title: [Update] A model\n", 2, 17, "text after the end of the list", "put the whole text in quotes"),
        ("title: x\nRetina\nurl: y\n", 3, 1, "neither a field", "`field: value`"),
        ("title: a\n  excerpt: b\n", 3, 10, "not allowed", "fix the indentation"),
    ],
)
def test_invalid_yaml_is_explained(yaml: str, line: int, column: int, message: str, remedy: str) -> None:
    """The diagnostic has the place of the mistake, not where the parser noticed it, and quotes no part of a value."""
    (diagnostic,) = read(f"---\n{yaml}---\n").diagnostics
    assert (diagnostic.code, diagnostic.line, diagnostic.column) == (Code.INVALID_YAML, line, column)
    assert message in diagnostic.message
    assert remedy in diagnostic.remedy
    assert "Retina" not in str(diagnostic)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (
            "provider",
            ["News"],
            "provider must be a group of fields, not a list (write `provider:`, and each of its fields",
        ),
        (
            "topics",
            "AI",
            "topics must be a list, not text: 'AI' (write `topics:`, and each entry on a line below it: `- …`)",
        ),
        ("removed", "yes", "removed must be true/false, not text: 'yes' (write `removed: true`)"),
        ("heat", "1", "heat must be a whole number, not text: '1' (write `heat: 1`)"),
        ("category", ["a"], 'category must be text, not a list (write it as `category: "…"`)'),
        (
            "related",
            ["a"],
            "must be a group of fields, not text, so the entry is left out (write one field per line",
        ),
    ],
)
def test_the_remedy_for_a_wrong_type_shows_the_syntax(field: str, value: Any, expected: str) -> None:
    """The remedy states what to write."""
    (diagnostic,) = read(document(**{field: value})).diagnostics
    assert expected in str(diagnostic)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quality": "high"}, "quality must be a whole number, not text: 'high'"),
        ({"heat": 1.5}, "heat must be a whole number, not a decimal number: 1.5"),
        ({"title": True}, "title must be text, not true/false: true"),
        ({"webUrl": "https:/a.example/x"}, "webUrl does not have two slashes after its scheme: 'https:/a.example/x'"),
        ({"webUrl": "“https://a.example”"}, "complete web address: '“https://a.example”', in typographic quotes"),
        ({"notSameAs": ["heart"]}, "an entry of notSameAs is not a complete web address: 'heart'"),
        ({"slug": "A b"}, "slug may contain only a-z, 0-9 and single hyphens: 'A b'"),
        ({"studies": ["Lancet"]}, "an entry of studies is no known identifier: 'Lancet', so the entry is left out"),
    ],
)
def test_a_wrong_value_is_repeated(changes: dict[str, Any], message: str) -> None:
    """As it is written, at the end of what is wrong with it."""
    (diagnostic,) = read(document(**changes)).diagnostics
    assert diagnostic.message.endswith(message)


@pytest.mark.parametrize(
    ("changes", "hidden"),
    [
        ({"secured": 20250314}, "20250314"),
        ({"secured": ["c2VjcmV0"]}, "c2VjcmV0"),
        ({"webUrl": "https://user:w0rd@a.example/"}, "w0rd"),
        ({"quality": "long" * 30}, "longlong"),
        ({"slug": "a\x1b[2Jb"}, "2J"),
    ],
)
def test_a_value_that_must_not_be_shown_is_not_repeated(changes: dict[str, Any], hidden: str) -> None:
    """What may be secret, is long, or could command a terminal."""
    (diagnostic,) = read(document(**changes)).diagnostics
    assert hidden not in str(diagnostic).partition(" (")[0]


def test_the_remedy_for_one_slash_is_the_address() -> None:
    """It can be copied."""
    assert read(document(webUrl="https:/a.example/x")).diagnostics[0].remedy == "write https://a.example/x"
    assert read(document(notSameAs=["http:a.example"])).diagnostics[0].remedy == "write http://a.example/"


@pytest.mark.parametrize("value", ["“A: b”", "„A: b“", "«A»: b", "‘A’: it’s"])
def test_typographic_quotes_in_yaml(value: str) -> None:
    """They are named where they are why a text cannot be read."""
    (diagnostic,) = read(document().replace("title: Model reads chest films", f"title: {value}")).diagnostics
    assert (diagnostic.code, diagnostic.column) == (Code.INVALID_YAML, 8)
    assert "typographic quotes" in diagnostic.message
    assert diagnostic.remedy == 'write straight quotes: "…"'
