"""Every trap of the documents, as the program meets it: a text in, an item or problems with places out."""

import datetime as dt
import re
from typing import Any

import pytest

from generator.content.model import Item
from generator.errors import Code, Severity
from tests.support.making import document, entry, fields, read


def item(text: str, **more: Any) -> Item:
    """The item of a document that must be faultless."""
    parsed = read(text, **more)
    assert parsed.diagnostics == ()
    assert parsed.item is not None
    return parsed.item


def only_problem(text: str) -> tuple[Code, int, int]:
    """Code, line and column of a document's one error."""
    parsed = read(text)
    assert parsed.item is None
    (diagnostic,) = parsed.diagnostics
    assert diagnostic.path == "seeds/2025-03-14-chest-films.md"
    assert diagnostic.message
    assert diagnostic.remedy
    return diagnostic.code, diagnostic.line, diagnostic.column


def only_warning(text: str) -> tuple[Code, int]:
    """Code and line of a document's one warning; the item is there."""
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


def test_every_field_has_its_typed_place() -> None:
    """A document with all fields of the schema becomes an item with all of them, repaired, in UTC."""
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


def test_the_ciphertext_goes_nowhere() -> None:
    """No part of an item holds the value of `secured`."""
    assert "c2VjcmV0" not in repr(item(FULL))


def test_what_is_missing_has_a_default() -> None:
    """Six real documents lack quality, heat and published; 3% have no excerpt, 40% no image."""
    bare = item(document(quality=None, heat=None, published=None, excerpt=None, topics=None, category=None, type=None))
    assert (bare.quality, bare.heat, bare.is_promoted, bare.excerpt, bare.topics) == (0, 0, False, "", ())
    assert (bare.category, bare.type, bare.image, bare.related) == ("", "article", None, ())


def test_the_original_address_stands_in_for_a_missing_one() -> None:
    """Videos may have no webUrl."""
    assert item(document(webUrl=None, originalUrl="https://v.example.org/1")).web_url == "https://v.example.org/1"


def test_a_url_may_hold_three_hyphens() -> None:
    """Only a line of its own closes front matter."""
    text = "---\n" + "webUrl: https://e.org/a\n---b: 1\n" + "---\n"
    assert read(text).item is None
    assert item(document(webUrl="https://e.org/a---b---")).web_url == "https://e.org/a---b---"


def test_a_body_may_hold_rules() -> None:
    """The first closing line ends the front matter; later ones are Markdown."""
    body = item(document("Some *text*\n\n---\n\nmore\n")).body
    assert body
    assert "<em>text</em>" in body.html
    assert "<hr>" in body.html


@pytest.mark.parametrize("key", ["content", "handler", "metadata"])
def test_keys_that_crash_the_library_are_only_unknown(key: str) -> None:
    """`content:` and `handler:` are arguments of python-frontmatter's constructor; here they are a warning."""
    assert only_warning(document(**{key: "x"}))[0] is Code.UNKNOWN_KEY


def test_keys_that_are_no_text() -> None:
    """Numbers and lists as keys are unknown keys with a place."""
    text = document().replace("---\ncategory", "---\n7: x\n? [a, b]\n: y\ncategory", 1)
    diagnostics = read(text).diagnostics
    assert [(diagnostic.code, diagnostic.line) for diagnostic in diagnostics] == [
        (Code.UNKNOWN_KEY, 1),
        (Code.UNKNOWN_KEY, 2),
    ]


def test_a_missing_close_is_an_error() -> None:
    """python-frontmatter by itself would give empty metadata and no error."""
    assert only_problem("---\ntitle: x\n")[:2] == (Code.UNCLOSED_FRONT_MATTER, 1)
    assert only_problem("---")[:2] == (Code.UNCLOSED_FRONT_MATTER, 1)


def test_no_front_matter_is_an_error() -> None:
    """A text that does not start with a line of three hyphens is no document."""
    assert only_problem("# A readme\n")[:2] == (Code.NO_FRONT_MATTER, 1)
    assert only_problem("----\ntitle: x\n----\n")[:2] == (Code.NO_FRONT_MATTER, 1)


@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_an_empty_file_is_an_error(text: str) -> None:
    """Nothing at all, or white space."""
    assert only_problem(text)[0] is Code.EMPTY


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    """Blank lines before the front matter do not shift the reported lines."""
    broken = document(quality="high")
    line = broken.split("\n").index("quality: high") + 1
    assert only_problem(broken) == (Code.WRONG_TYPE, line, 1)
    assert only_problem("\n\n" + broken) == (Code.WRONG_TYPE, line + 2, 1)
    assert only_problem("\n\n---\na: [\n---\n")[:2] == (Code.INVALID_YAML, 4)


def test_duplicate_keys_are_errors_with_both_places() -> None:
    """PyYAML by itself would let the last one win. All of them are reported."""
    text = document().replace("---\ncategory", "---\ntitle: one\nheat: 1\ncategory", 1)
    diagnostics = read(text).diagnostics
    assert [diagnostic.code for diagnostic in diagnostics] == [Code.DUPLICATE_KEY] * 2
    assert [diagnostic.line for diagnostic in diagnostics] == [5, 11]
    assert "first in line 2" in diagnostics[0].message


def test_duplicate_keys_in_an_entry() -> None:
    """Nested mappings are checked too."""
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
def test_broken_yaml_has_a_place(yaml: str, line: int, column: int) -> None:
    """That of the slip, or where PyYAML sees the fault."""
    code, found_line, _ = only_problem(f"---\n{yaml}\n---\n")
    assert code is Code.INVALID_YAML
    assert abs(found_line - line) <= 1
    assert column


@pytest.mark.parametrize("yaml", ["- a\n- b", "just text", "", "a: 1\n--- b\n", "12"])
def test_front_matter_must_be_fields(yaml: str) -> None:
    """Lists, plain text, nothing and several documents are refused."""
    assert only_problem(f"---\n{yaml}\n---\n")[0] in {Code.NOT_A_MAPPING, Code.INVALID_YAML}


def test_lists_that_never_end_are_refused() -> None:
    """However many are open: neither memory nor time grows by the square of their number."""
    assert only_problem("---\n" + "t: [\n" * 50_000 + "\n---\n") == (Code.TOO_DEEP, 102, 1)


def test_alias_bombs_are_refused() -> None:
    """A few lines that expand to billions."""
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
    """What would exhaust a parser's stack is refused before or by it, and the process lives on."""
    assert only_problem(f"---\n{yaml}\n---\n")[0] in {Code.TOO_DEEP, Code.INVALID_YAML}


def test_indented_nesting_is_refused_or_read_in_peace() -> None:
    """Three thousand levels, one space each."""
    deep = "\n".join(" " * level + "a:" for level in range(3_000))
    assert only_problem(f"---\n{deep}\n---\n")[0] is Code.TOO_DEEP


@pytest.mark.parametrize(
    "time",
    ["2026-02-30", "2026-7-1", "2026-13-01T00:00:00Z", "yesterday", 20250314, True, "0001-01-01T00:00:00+14:00", []],
)
def test_impossible_times_are_errors(time: object) -> None:
    """Days and zones that do not exist, and what is no time at all."""
    assert only_problem(document(publishedDateTime=time))[0] is Code.INVALID_TIME


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("2026-02-30", "is no time that exists"),
        ("2026-03-14T25:00:00Z", "is no time that exists"),
        ("2026-03-14 09:61", "is no time that exists"),
        ("21.11.2026", "is not written as YYYY-MM-DD, with or without a time"),
        ("11/21/2026", "is not written as YYYY-MM-DD, with or without a time"),
        ("2026-7-1", "is not written as YYYY-MM-DD, with or without a time"),
        ("2026-07-01T9:00:00Z", "is not written as YYYY-MM-DD, with or without a time"),
        ("٢٠٢٦-٠٧-٠١", "is not written as YYYY-MM-DD, with or without a time"),
        (20260701, "is not written as YYYY-MM-DD, with or without a time"),
    ],
)
def test_a_time_that_does_not_exist_is_told_from_one_that_is_written_otherwise(time: object, reason: str) -> None:
    """Who writes the day first is not to look into a calendar."""
    (diagnostic,) = read(document(publishedDateTime=time)).diagnostics
    assert diagnostic.message == f"publishedDateTime {reason}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (document(title=None, titel="A title"), "error: title is missing: titel is no field (write `title:`)"),
        (
            document(publishedDateTime=None, publishDateTime="2026-03-14"),
            "error: publishedDateTime is missing: publishDateTime is no field (write `publishedDateTime:`)",
        ),
        (
            document(provider=None, providers={"name": "X"}),
            "warning: provider is missing: providers is no field, the address stands in (write `provider:`)",
        ),
        (
            document(provider={"nam": "X"}),
            "warning: provider.name is missing: nam is no field, the domain stands in (write `name:`)",
        ),
        (
            document(related=[entry(), entry(title=None, titel="A title")]),
            "warning: title is missing: titel is no field, so the entry is left out (write `title:`)",
        ),
    ],
)
def test_a_slip_in_the_name_of_a_required_field_is_one_mistake(text: str, found: str) -> None:
    """It is told once, where the slip stands."""
    (diagnostic,) = read(text).diagnostics
    assert f"{diagnostic.severity}: {diagnostic.message} ({diagnostic.remedy})" == found
    slip = re.search(r": (\w+) is no field", found)
    assert slip
    assert text.split("\n")[diagnostic.line - 1].strip().removeprefix("- ").startswith(f"{slip[1]}:")


def test_a_slip_elsewhere_is_no_excuse() -> None:
    """Not one of another entry, nor one whose field is there; of two slips for a field one is told by itself."""
    text = document(related=[entry(titel="x"), entry(2, title=None)], titel="x")
    assert [(diagnostic.code, "is no field" in diagnostic.message) for diagnostic in read(text).diagnostics] == [
        (Code.UNKNOWN_KEY, True),
        (Code.MISSING_FIELD, False),
        (Code.UNKNOWN_KEY, True),
    ]
    text = document(title=None, titel="x", titl="x")
    assert [diagnostic.code for diagnostic in read(text).diagnostics] == [Code.MISSING_FIELD, Code.UNKNOWN_KEY]


def test_naive_and_date_only_times_are_taken_as_utc() -> None:
    """Both with a warning; a date alone, and midnight, have no time of day."""
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
        ({"topics": ["AI", 7]}, Code.WRONG_TYPE),
        ({"provider": "Example"}, Code.WRONG_TYPE),
        ({"images": {"url": "x"}}, Code.WRONG_TYPE),
        ({"related": "none"}, Code.WRONG_TYPE),
        ({"secured": 5}, Code.WRONG_TYPE),
        ({"slug": "../../etc"}, Code.INVALID_SLUG),
        ({"slug": "Über"}, Code.INVALID_SLUG),
        ({"slug": "a--b"}, Code.INVALID_SLUG),
    ],
)
def test_wrong_fields_are_errors_with_their_line(changes: dict[str, Any], code: Code) -> None:
    """Types are checked field by field; the line is that of the key (of the document where the key is missing)."""
    text = document(**changes)
    key = next(iter(changes))
    expected = next((n for n, line in enumerate(text.split("\n"), 1) if line.startswith(f"{key}:")), 1)
    found, line, _ = only_problem(text)
    assert found is code
    assert line in range(expected, expected + 3)


def test_all_faults_of_a_document_come_at_once() -> None:
    """Nobody mends one fault to be told of the next."""
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
def test_what_can_be_left_out_is_a_warning(changes: dict[str, Any], code: Code) -> None:
    """A bad entry of a list, an unknown key, a broken mirror: the document stays, and the report says so."""
    found, line = only_warning(document(**changes))
    assert found is code
    assert line > 1 or "provider" in changes


def test_a_missing_provider_is_read_off_the_address() -> None:
    """Its domain stands in for its name."""
    parsed = read(document(provider=None, webUrl="https://www.daily.example/1"))
    assert parsed.item
    assert (parsed.item.provider.name, parsed.item.provider.domain) == ("daily.example", "daily.example")


def test_related_entries_stand_once_and_without_the_item_itself() -> None:
    """By identity, the first of two wins; the document's own article is no relative of itself."""
    related = [
        entry(1),
        entry(2),
        entry(3, webUrl="http://www.other.example.net/1?utm_source=x", title="The same"),
        entry(4, webUrl=fields()["webUrl"]),
    ]
    assert [one.title for one in item(document(related=related)).related] == ["Related article 1", "Related article 2"]


def test_tiny_pictures_do_not_count() -> None:
    """Tracking pixels and logos are no pictures; a picture of unknown size is one."""
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
def test_addresses_come_from_the_document_alone(name: str, changes: dict[str, Any], slug: str) -> None:
    """From `slug:`, else the dated file name, else title and identity. Never empty, never endless."""
    found = item(document(**changes), name=name).slug
    assert found.startswith(slug)
    assert len(found) <= 129
    assert found == slug or slug.endswith("-")


def test_an_opaque_name_does_not_make_the_address() -> None:
    """Title and identity do, so renaming the file changes nothing; another article has another address."""
    one = item(document(), name="a.md").slug
    assert item(document(), name="b.md").slug == one
    assert item(document(webUrl="https://e.org/other"), name="a.md").slug != one


@pytest.mark.parametrize("body", ["x" * 100_000, "> " * 3_000 + "x", "[" * 5_000])
def test_endless_bodies_are_refused(body: str) -> None:
    """A body is a note, not a book; the place is where it starts."""
    text = document(body)
    assert only_problem(text)[:2] == (Code.INVALID_BODY, text.count("\n", 0, text.index(body)) + 1)


def test_a_body_of_which_nothing_is_left_is_a_warning() -> None:
    """It does not vanish in silence."""
    assert only_warning(document("<script>alert(1)</script>"))[0] is Code.INVALID_BODY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"excerpt": "a" + "\u0301\u0316" * 80_000}, Code.TOO_LARGE),
        ({"title": "a" * 10_001}, Code.TOO_LARGE),
        ({"topics": ["a" * 10_001]}, Code.TOO_LARGE),
        ({"related": [1] * 1_001}, Code.TOO_LARGE),
    ],
)
def test_endless_fields_are_refused(changes: dict[str, Any], code: Code) -> None:
    """Some repairs take the square of a text's length."""
    assert only_problem(document(**changes))[0] is code


def test_endless_embeds_are_left_out() -> None:
    """HTML parsers take their time as well."""
    assert only_warning(document(featuredContent="<a " * 6_000))[0] is Code.UNKNOWN_EMBED


@pytest.mark.parametrize(
    "embed",
    ["<![foo[x]]>", "<![ x", '<iframe src="https://youtube.com/embed/' + "a" * 2_020 + '">',
     '<iframe src="https://www.youtube.com/embed/videoseries?list=' + "%FC" * 600 + '">'],
)  # fmt: skip
def test_embeds_that_break_parsers_are_only_unknown(embed: str) -> None:
    """Whatever stands there, the document is read."""
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
    """Not even where it is what is wrong."""
    parsed = read(document(secured=None).replace("---\ncategory", f"---\n{lines}\ncategory", 1))
    assert parsed.diagnostics
    assert "CIPHER" not in "".join(map(str, parsed.diagnostics))


def test_places_survive_characters_that_pyyaml_refuses() -> None:
    """yaml-rs reads control characters that PyYAML does not; the places of faults are still right."""
    text = document(excerpt="x", quality="high").replace("excerpt: x", 'excerpt: "\x01\x7f\uffff\u2028"', 1)
    line = text.split("\n").index("quality: high") + 1
    assert only_problem(text) == (Code.WRONG_TYPE, line, 1)


def test_times_may_be_written_in_small_letters() -> None:
    """RFC 3339 allows it."""
    assert item(document(publishedDateTime="2025-03-14t09:30:00z")).published_at.hour == 9


def test_digits_of_other_scripts_make_no_date() -> None:
    """An address is ASCII."""
    assert item(document(), name="٢٠٢٥-٠٣-١٤-foo.md").slug.isascii()


def test_long_names_that_differ_late_stay_different() -> None:
    """A cut slug carries a hash of the whole name."""
    slugs = {item(document(), name=f"2025-03-14-{'Word_' * 40}{number}.md").slug for number in range(2)}
    assert len(slugs) == 2


def test_links_of_a_body_that_lead_nowhere_are_named() -> None:
    """Each address once, with its line; what leads somewhere is not."""
    body = (
        "Good: [a](/topics/) [b](https://eyes.example/) [c](mailto:a@eyes.example).\n"
        "[d](nope.html) and [e](eyes.example/x)\n\n![f](pic.png)\n[g](ftp://eyes.example/) [h](#part)\n"
        "[i]()\n<a href='JavaScript:alert(1)'>j</a> [k](//lungs.example/)\n[again](nope.html)\n"
    )
    parsed = read(document(body))
    assert parsed.item is not None
    first = document().count("\n") + 1
    named = {
        diagnostic.message.partition("`")[2].partition("`")[0]: diagnostic.line - first
        for diagnostic in parsed.diagnostics
    }
    assert named == {
        "nope.html": 1, "eyes.example/x": 1, "pic.png": 3, "ftp://eyes.example/": 4, "#part": 4, "": 5,
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
        ('title: "Retina\nexcerpt: b\n', 2, 8, "does not end", "the quote it begins with"),
        ('title: "Retina\nexcerpt: b\nwebUrl: "https://e.org"\n', 2, 8, "does not end", "the quote it begins with"),
        ("title: 'it's'\nexcerpt: b\n", 2, 12, "ends before its line does", "double quotes"),
        ('title: The "new" model: b\n', 2, 23, "a colon and a space", "put the text in quotes"),
        ("provider:\n\tname: x\n", 3, 1, "a tab", "spaces"),
        ("title: @home\n", 2, 8, "begins with @", "put the text in quotes"),
        ("topics:\n- `x`\n", 3, 3, "begins with `", "put the text in quotes"),
        ("title: *x\n", 2, 8, "begins with *", "put the text in quotes"),
        ("a: b\ntopics: [a, b\nwebUrl: c\n", 3, 9, "the list that begins here does not end", "end it with ]"),
        ("title: [Update] A model\n", 2, 17, "the list ends before its line does", "put a text in quotes"),
        ("title: x\nRetina\nurl: y\n", 3, 1, "neither a field", "`field: value`"),
        ("title: a\n  excerpt: b\n", 3, 10, "not allowed", "mend the indentation"),
    ],
)
def test_yaml_that_cannot_be_read_is_explained(yaml: str, line: int, column: int, message: str, remedy: str) -> None:
    """Where the slip is rather than where the parser noticed it, in plain words, without a piece of a value."""
    (diagnostic,) = read(f"---\n{yaml}---\n").diagnostics
    assert (diagnostic.code, diagnostic.line, diagnostic.column) == (Code.INVALID_YAML, line, column)
    assert message in diagnostic.message
    assert remedy in diagnostic.remedy
    assert "Retina" not in str(diagnostic)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            "provider",
            ["News"],
            "provider must be a group of fields, not a list (write `provider:`, and each of its fields",
        ),
        ("topics", "AI", "topics must be a list, not text (write `topics:`, and each entry in a line below it: `- …`)"),
        ("removed", "yes", "removed must be true/false, not text (write `removed: true` or `removed: false`)"),
        ("heat", "1", "heat must be a whole number, not text (write it as `heat: 12`, without quotes)"),
        ("category", ["a"], 'category must be text, not a list (write it as `category: "…"`)'),
        (
            "related",
            ["a"],
            "must be a group of fields, not text, so the entry is left out (write its fields one a line",
        ),
    ],
)
def test_a_wrong_type_is_answered_with_the_form(field: str, value: Any, said: str) -> None:
    """What to write, rather than where to read about it."""
    (diagnostic,) = read(document(**{field: value})).diagnostics
    assert said in str(diagnostic)
