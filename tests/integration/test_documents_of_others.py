"""Documents as other people and programs leave them: drafts, copies, pictures, times, text."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.content.terms import vocabulary
from generator.util.text import repair
from tests.support.making import NOW, Outcome, SiteFolder, document, run, small_sizes


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """Creates a site without a search."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    return site


def severities(outcome: Outcome) -> set[str]:
    """The severities of the reported problems."""
    return {diagnostic["severity"] for diagnostic in outcome.report["problems"]}


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: "Half done"\ndraft: true\n---\n',
        document(draft=True, publishedDateTime="next week", slug="A B"),
        document(draft=True, title=None, related=[{"title": "x"}]),
        '---\ntitle: "Half "done"\ndraft: true\n---\nText\n',
        "---\ntitle: Not closed\ndraft: true\n",
        "---\ntitle: [\ndraft: true  # for now\n---\n",
        '+++\ntitle = "x\ndraft = true\n+++\n',
        '{\n  "title": "x\n  "draft": true\n}\n',
    ],
)
def test_an_unfinished_draft_does_not_stop_a_site_without_drafts(site: SiteFolder, text: str) -> None:
    """Its errors are warnings. With --drafts, they are errors."""
    site.add("whole.md")
    site.add("draft.md", text)
    outcome = site.build()
    assert (outcome.code, outcome.report["items"], severities(outcome)) == (0, 1, {"warning"})
    assert outcome.report["documents"]["left_out_because"] == {"draft": 1}
    assert outcome.report["documents"]["rejected"] == 0
    with_drafts = site.build("--drafts")
    assert (with_drafts.code, "error" in severities(with_drafts)) == (1, True)


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: "Half done"\ndraft: "true"\n---\n',
        '---\ntitle: "Half done"\ndraft: false\n---\n',
        "---\ntitle: Not closed\n---\n\ndraft: true\n",
        '+++\ntitle = "x\n+++\ndraft = true\n',
        '{\n  "title": "x\n}\n"draft": true\n',
        "---\ntitle: [\n# draft: true\n---\n",
    ],
)
def test_a_document_that_is_no_draft_must_be_complete(site: SiteFolder, text: str) -> None:
    """Only the field in the front matter makes a draft."""
    site.add("whole.md")
    site.add("draft.md", text)
    assert site.build().code == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("//cdn.n.example/x.jpg", "https://cdn.n.example/x.jpg"),
        ("cdn.n.example/x.jpg", "https://cdn.n.example/x.jpg"),
        ("CDN.n.example:8443/x y.jpg", "https://cdn.n.example:8443/x%20y.jpg"),
        (" //cdn.n.example/x.jpg ", "https://cdn.n.example/x.jpg"),
        ("images/x.jpg", None),
        ("x.jpg", None),
        ("../x.example/x.jpg", None),
        ("javascript:alert(1)//x.example/x.jpg", None),
        ("//user@n.example/x.jpg", None),
        ("v1.2/x.jpg", None),
    ],
)
def test_a_picture_without_scheme_is_taken_as_https(site: SiteFolder, url: str, shown: str | None) -> None:
    """A path without a host is a picture of the site or nothing."""
    site.add("a.md", slug="a", images=[{"url": url, "width": 600, "height": 400}])
    outcome = site.build()
    assert outcome.code == 0
    assert outcome.codes() in ([[]] if shown else [["invalid-url"], ["invalid-image"]])
    page = site.page("/2025/03/14/a/")
    assert (f'src="{shown}"' in page) if shown else ("<img" not in page)


CONFLICTS = [
    "ward (conflicted copy).md",
    "ward (Ann's conflicted copy 2026-11-20).md",
    "ward (Anns in Konflikt stehende Kopie 2026-11-20).md",
    "ward (SFConflict ann@hospital.example 2026-11-20-10-15-00).md",
    "ward.sync-conflict-20261120-101500-ABCDEFG.md",
    "ward_conflict-20261120-101500.md",
    "ward.conflict1.md",
    "ward (conflicted copy) (conflicted copy 2).md",
    "ward [conflicted].md",
    "ward (conflict 2026-11-20-10-11-12).md",
]


@pytest.mark.parametrize("name", CONFLICTS)
@pytest.mark.parametrize(
    "changes", [{"quality": 90}, {"webUrl": "https://n.example/other", "slug": "ward"}, {"title": None}]
)
def test_a_conflict_copy_never_wins_over_the_original(site: SiteFolder, name: str, changes: dict[str, Any]) -> None:
    """Whatever it says: it is not read, and named by a warning."""
    site.add("ward.md", title="New words", webUrl="https://n.example/a", slug="ward")
    site.add(name, **{"title": "Old words", "webUrl": "https://n.example/a"} | changes)
    outcome = site.build()
    assert (outcome.code, outcome.codes(), outcome.report["items"]) == (0, ["conflict-copy"], 1)
    assert outcome.report["problems"][0]["path"].endswith(f"seeds/{name}")
    assert "New words" in site.page("/2025/03/14/ward/")


@pytest.mark.parametrize("name", ["ward 2.md", "ward (1).md", "ward - Copy.md", "ward copy.md", "ward - Kopie (2).md"])
def test_a_copy_of_the_same_article_never_wins_over_the_original(site: SiteFolder, name: str) -> None:
    """Not by a higher quality or an earlier time either. A copy about another article is a document of its own."""
    site.add("ward.md", title="New words", webUrl="https://n.example/a", slug="ward")
    site.add(
        name, title="Old words", webUrl="https://n.example/a", quality=90, publishedDateTime="2025-03-14T00:01:00Z"
    )
    outcome = site.build()
    assert (outcome.code, outcome.codes(), outcome.report["items"]) == (0, ["duplicate-item"], 1)
    assert outcome.report["problems"][0]["path"].endswith(f"seeds/{name}")
    assert "New words" in site.page("/2025/03/14/ward/")
    site.add(name, title="Sepsis alarm", webUrl="https://n.example/b")
    assert site.build().report["items"] == 2


def test_a_copy_keeps_no_address_and_no_alias_of_the_original(site: SiteFolder) -> None:
    """The document with the shorter name has them."""
    site.add("ward.md", slug="ward", aliases=["/old/"])
    site.add("ward 2.md", slug="ward", aliases=["/old/"])
    (diagnostic,) = site.build("--skip-invalid").report["problems"]
    assert Path(diagnostic["path"]).name == "ward 2.md"


def test_a_conflict_copy_without_original_is_used_and_named(site: SiteFolder) -> None:
    """It may be all that is left."""
    site.add("ward (conflicted copy).md")
    outcome = site.build()
    assert (outcome.code, outcome.codes(), outcome.report["items"]) == (0, ["conflict-copy"], 1)


@pytest.mark.parametrize("name", ["Copy of ward.md", "Kopie von ward.md", "ward~.md", "ward-DESKTOP-AB12CD.md"])
def test_a_copy_whose_name_comes_first_has_no_address_of_the_original(site: SiteFolder, name: str) -> None:
    """It is the one that is named, whatever both say."""
    site.add("ward.md", title="New words", webUrl="https://n.example/a", slug="ward")
    site.add(name, title="Old words", webUrl="https://n.example/a", quality=90)
    (diagnostic,) = site.build().report["problems"]
    assert (diagnostic["code"], Path(diagnostic["path"]).name) == ("duplicate-item", name)
    site.add(name, title="Old words", webUrl="https://n.example/b", slug="ward")
    (diagnostic,) = site.build("--skip-invalid").report["problems"]
    assert (diagnostic["code"], Path(diagnostic["path"]).name) == ("address-collision", name)


@pytest.mark.parametrize("topics", [[None], ["AI", None], [None, None, "AI", ""]])
@pytest.mark.parametrize("field", ["topics", "notTopics", "aliases", "notSameAs"])
def test_an_empty_entry_of_a_list_is_left_out(site: SiteFolder, field: str, topics: list[str | None]) -> None:
    """A hyphen alone is left over in a list; it costs a warning."""
    values = [one for one in topics if one is None] if field in {"aliases", "notSameAs"} else topics
    fields: dict[str, Any] = {field: values}
    site.add("a.md", **fields)
    outcome = site.build()
    assert (outcome.code, outcome.codes(), severities(outcome)) == (
        0,
        ["wrong-type"] * topics.count(None),
        {"warning"},
    )


@pytest.mark.parametrize("name", ["2025-03-14-conflict-of-interest.md", "conflict.md", "covid-19 2.md", "the copy.md"])
def test_other_names_are_those_of_documents(site: SiteFolder, name: str) -> None:
    """A word of a headline makes no copy."""
    site.add(name)
    outcome = site.build()
    assert (outcome.codes(), outcome.report["items"]) == ([], 1)


@pytest.mark.parametrize(
    ("time", "remedy"),
    [
        ("2026-11-20 9:00", "write it as 2026-11-20T09:00:00Z"),
        ("20 Nov 2026", "write it as 2026-11-20"),
        ("11/20/2026", "write it as 2026-11-20"),
        ("3/4/2026", "write it as 2026-03-04 or 2026-04-03"),
        ("Nov. 20, 2026 3:05 PM EST", "write it as 2026-11-20T15:05:00-05:00"),
        ("20. November 2026, 14:30 MESZ", "write it as 2026-11-20T14:30:00+02:00"),
        ("20.11.26", "write it as 2026-11-20"),
        ("2026年11月20日", "write it as 2026-11-20"),
        ("20 Nov 2026 09:00 xyz", "write it as 2026-03-14T09:00:00Z"),
        ("soon", "write it as 2026-03-14T09:00:00Z"),
    ],
)
def test_a_time_that_is_nearly_right_is_an_error_with_the_corrected_time(
    site: SiteFolder, time: str, remedy: str
) -> None:
    """The remedy can be pasted."""
    site.add("a.md", publishedDateTime=time)
    (diagnostic,) = site.build().report["problems"]
    assert (diagnostic["code"], diagnostic["severity"], diagnostic["remedy"]) == ("invalid-time", "error", remedy)


@pytest.mark.parametrize(
    ("field", "value", "code", "remedy"),
    [
        ("publishedDateTime", "“2026-11-20T09:00:00+01:00”", "invalid-time", "write it as 2026-11-20T09:00:00+01:00"),
        ("publishedDateTime", "„20 Nov 2026“", "invalid-time", "write it as 2026-11-20"),
        ("webUrl", "“https://n.example/a b”", "invalid-url", "write https://n.example/a%20b"),
        ("webUrl", "'https://n.example/a'", "invalid-url", "write https://n.example/a"),
        ("ampWebUrl", "«https:/n.example/a»", "invalid-url", "write https://n.example/a"),
        ("removed", "“false”", "wrong-type", "write `removed: false`"),
        ("draft", "‘Yes’", "wrong-type", "write `draft: true`"),
        ("quality", "“40”", "wrong-type", "write `quality: 40`"),
        ("slug", "“ward-a”", "invalid-slug", "write `slug: ward-a`"),
        ("aliases", ["“/old/”"], "invalid-alias", "write it as /old/; see docs/documents.md on aliases"),
        ("notSameAs", ["“https://n.example/b”"], "invalid-url", "write https://n.example/b"),
        ("provider", {"name": "N", "domain": "“n.example”"}, "invalid-domain", "write it as news.example.org"),
    ],
)
def test_quotes_around_a_value_are_named_with_the_value_within(
    site: SiteFolder, field: str, value: Any, code: str, remedy: str
) -> None:
    """The value as it is written is in the message, and the remedy can be pasted."""
    site.add("a.md", **{field: value})
    (diagnostic,) = [one for one in site.build("--drafts").report["problems"] if one["code"] == code]
    written = next(iter(value)) if isinstance(value, list) else value["domain"] if isinstance(value, dict) else value
    assert repr(written) in diagnostic["message"]
    assert ("typographic quotes" in diagnostic["message"]) == (not written.startswith("'"))
    assert diagnostic["remedy"] == remedy


def test_typographic_quotes_around_topics_are_left_out(site: SiteFolder) -> None:
    """With a warning each; those of a headline stay, and so do those around a part."""
    site.add(
        "a.md",
        title="“Sepsis alarm”",
        slug="a",
        topics=["“AI”", "AI", "«Heart»", "‘Deep’ learning"],
        notTopics=["„Heart“"],
    )
    outcome = site.build()
    assert (outcome.code, outcome.codes(), severities(outcome)) == (0, ["wrong-type"] * 3, {"warning"})
    assert [one["remedy"] for one in outcome.report["problems"]] == ['write "AI"', 'write "Heart"', 'write "Heart"']
    page = site.page("/2025/03/14/a/")
    assert "“Sepsis alarm”</h1>" in page
    assert 'href="/topics/ai/">AI</a>' in page
    assert "‘Deep’ learning</a>" in page
    assert "Heart" not in page


@pytest.mark.parametrize(
    ("time", "message", "remedy"),
    [
        (
            "2026-02-30",
            "is a time that does not exist: '2026-02-30'",
            "write one that exists, such as 2026-03-14T09:00:00Z",
        ),
        ("2025-03-14", "has no time of day: '2025-03-14'", "add it, such as 2025-03-14T09:00:00Z"),
        (
            "2025-03-14 09:30",
            "has no time zone, so UTC is assumed: '2025-03-14 09:30'",
            "write it as 2025-03-14T09:30:00Z",
        ),
        (20251120, "is not written as YYYY-MM-DD, with or without a time: 20251120", "write it as 2025-11-20"),
        (
            "1601-01-01T00:00:00Z",
            "is in the year 1601, which is hardly meant: '1601-01-01T00:00:00Z'",
            "write the time at which the article was published",
        ),
        ("x" * 81, "is not written as YYYY-MM-DD, with or without a time", "write it as 2026-03-14T09:00:00Z"),
        ("a\u202eb", "is not written as YYYY-MM-DD, with or without a time", "write it as 2026-03-14T09:00:00Z"),
        (int("9" * 4000), "is not written as YYYY-MM-DD, with or without a time", "write it as 2026-03-14T09:00:00Z"),
    ],
)
def test_messages_about_times_repeat_them_if_they_are_short_and_printable(
    site: SiteFolder, time: Any, message: str, remedy: str
) -> None:
    """A corrected time has the day and time that the document has."""
    site.add("a.md", publishedDateTime=time)
    (diagnostic,) = site.build().report["problems"]
    assert (diagnostic["message"], diagnostic["remedy"]) == (f"publishedDateTime {message}", remedy)


@pytest.mark.parametrize(
    "time", ["1970-01-01T00:00:00Z", "0002-01-01T10:00:00Z", "1989-12-31T23:59:59Z", "2100-01-01T00:00:01Z"]
)
def test_a_time_that_cannot_be_meant_is_a_warning(site: SiteFolder, time: str) -> None:
    """The item is built all the same."""
    site.add("a.md", publishedDateTime=time)
    outcome = site.build("--future")
    assert (outcome.code, outcome.codes(), outcome.report["items"]) == (0, ["unlikely-time"], 1)
    assert severities(outcome) == {"warning"}
    site.add("a.md", publishedDateTime="1990-01-01T00:00:01Z")
    assert site.build().codes() == []


ARABIC, HEBREW = "نموذج (AI) يقرأ الأشعة!", "מודל (AI) קורא צילומים!"


@pytest.mark.parametrize("title", [ARABIC, HEBREW, f"MRI {ARABIC}"])
def test_text_from_right_to_left_has_its_own_direction(site: SiteFolder, title: str) -> None:
    """Title, summary, caption and body, on the page of the item and on cards; other text has no attribute."""
    picture = {"url": "https://n.example/a.png", "width": 600, "height": 400, "title": f"A: {title}"}
    site.add("a.md", document(f"{title}\n", title=title, excerpt=f"{title} {title}", slug="a", images=[picture]))
    site.add("b.md", title="A ward model is tested", slug="b")
    assert site.build().code == 0
    page, front, other = site.page("/2025/03/14/a/"), site.page("/topics/ai/"), site.page("/2025/03/14/b/")
    for tag in (
        '<h1 dir="auto">',
        '<p class="lede" dir="auto">',
        '<figcaption dir="auto">',
        '<div class="prose" dir="auto">',
    ):
        assert f"{tag}" in page
    assert f'class="headline" dir="auto"><a href="/2025/03/14/a/">{title}' in front
    assert '<p class="summary" dir="auto">' in front
    assert "<h1>A ward model" in other


def test_latin_text_on_a_site_from_right_to_left_has_its_own_direction(site: SiteFolder) -> None:
    """The direction of the site is the other one."""
    site.configure(title="Test", base_url="https://example.org/", search=False, language="ar")
    site.write("languages/ar.toml", (Path(__file__).parents[2] / "generator/config/languages/en.toml").read_text())
    site.add("a.md", title="A ward model is tested", slug="a")
    site.add("b.md", title="نموذج يقرأ الأشعة", slug="b")
    outcome = site.build()
    assert outcome.code == 0, outcome.stderr
    assert '<h1 dir="auto">A ward' in site.page("/2025/03/14/a/")
    assert "<h1>نموذج" in site.page("/2025/03/14/b/")


@pytest.mark.parametrize(
    ("topics", "shown", "warnings"),
    [
        ([2026, True], ["2026", "true"], 2),
        ([1.5, "AI"], ["1.5", "AI"], 1),
        (["2026-11-20", False], ["2026-11-20", "false"], 1),
        ([2026, "2026"], ["2026"], 1),
    ],
)
def test_numbers_and_truth_values_in_topics_are_text(
    site: SiteFolder, topics: list[Any], shown: list[str], warnings: int
) -> None:
    """Each with a warning at its entry."""
    site.add("a.md", slug="a", topics=topics)
    outcome = site.build()
    assert (outcome.code, outcome.codes(), severities(outcome)) == (0, ["wrong-type"] * warnings, {"warning"})
    page = site.page("/2025/03/14/a/")
    assert all(f">{topic}</a></li>" in page for topic in shown)


def test_a_group_in_topics_is_still_an_error(site: SiteFolder) -> None:
    """It has no text. A number without end is refused, too."""
    site.add("a.md", topics=[{"a": 1}])
    assert site.build().code == 1
    for number in ("9" * 4000, "1e999", ".nan"):
        site.add("a.md", document(topics=["NUMBER"]).replace("NUMBER", number))
        assert (outcome := site.build()).code == 1
        assert outcome.codes() == ["wrong-type"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Radio\u00adlogy", "Radiology"),
        ("Radio&shy;logy", "Radiology"),
        ("می\u200cخواهم", "میخواهم"),
        ("ward\u200dstudy", "wardstudy"),
    ],
)
def test_invisible_characters_do_not_divide_words(site: SiteFolder, one: str, other: str) -> None:
    """Topics are one, and the terms of titles are equal."""
    title = "{} reads twelve thousand films in the clinic of Lundgren"
    site.add("a.md", title=title.format(one), topics=[one], slug="a")
    site.add("b.md", title=title.format(other), topics=[other], provider={"name": "N", "domain": "n.example"}, slug="b")
    outcome = site.build()
    assert (outcome.code, outcome.report["topics"], outcome.report["stories"]) == (0, 1, 1)
    assert vocabulary().analyse(repair(one), "") == vocabulary().analyse(other, "")
    assert "\u00ad" not in site.page("/2025/03/14/a/")


TOPIC_PAIRS = [
    ("Côté", "Cote"),
    ("医学", "易学"),
    ("Bär", "Bar"),
    ("की", "कि"),
    ("a" * 90 + " one", "a" * 90 + " two"),
]


@pytest.mark.parametrize(("first", "second"), [*TOPIC_PAIRS, *(pair[::-1] for pair in TOPIC_PAIRS)])
def test_topics_with_different_letters_have_pages_of_their_own(site: SiteFolder, first: str, second: str) -> None:
    """The topic of the earliest item keeps its address, in whatever order the documents are read."""
    site.add("b.md", title="Sepsis alarm", topics=[first], publishedDateTime="2025-03-14T09:00:00Z", slug="b")
    assert site.build().code == 0
    (before,) = (site.output / "topics").glob("*/index.html")
    site.add("a.md", title="Stroke triage", topics=[second], publishedDateTime="2025-03-15T09:00:00Z", slug="a")
    site.add("c.md", title="Bone age", topics=[second, first], publishedDateTime="2025-03-16T09:00:00Z", slug="c")
    with small_sizes():
        outcome = site.build()
    assert (outcome.code, outcome.report["topics"], outcome.report["items"]) == (0, 2, 3)
    (after,) = {*(site.output / "topics").glob("*/index.html")} - {before}
    assert "Sepsis alarm" in before.read_text()
    assert "Stroke triage" not in before.read_text()
    assert "Stroke triage" in after.read_text()
    assert "Sepsis alarm" not in after.read_text()
    page = site.page("/2025/03/16/c/")
    assert all(f'href="/topics/{path.parent.name}/"' in page for path in (before, after))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Deep Learning", "deep-learning"),
        ("R&D", "R and D"),
        ("Straße", "STRASSE"),
        ("\uff21\uff29", "AI"),
        ("C++", "c ++"),
    ],
)
def test_other_spellings_of_a_topic_are_one_topic(site: SiteFolder, one: str, other: str) -> None:
    """Case, spacing, punctuation, and the width of letters make no difference."""
    site.add("a.md", title="Sepsis alarm", topics=[one])
    site.add("b.md", title="Stroke triage", topics=[other])
    assert site.build().report["topics"] == 1


def test_a_curated_topic_is_found_without_its_accents_but_not_by_other_letters(site: SiteFolder) -> None:
    """It keeps its address. Two may have similar names if their slugs differ."""
    site.write("topics.yaml", "topics:\n  - name: Sjögren\n  - name: 医学\n    slug: medicine\n  - name: 易学\n")
    for name, topic in (
        ("a", "Sjogren"),
        ("b", "医学"),
        ("c", "易学"),
        ("d", "艺学"),
        ("e", "sjögren"),
        ("f", "Medicine"),
    ):
        site.add(f"{name}.md", title=f"Title {name}", topics=[topic], slug=name)
    assert site.build().code == 0
    folders = {path.parent.name for path in (site.output / "topics").glob("*/index.html")}
    assert {"sjogren", "medicine", "yi-xue"} < folders
    (other,) = folders - {"sjogren", "medicine", "yi-xue"}
    assert other.startswith("yi-xue-")
    expected = {"sjogren": "ae", "medicine": "bf", "yi-xue": "c", other: "d"}
    for folder, names in expected.items():
        found = [name for name in "abcdef" if f'href="/topics/{folder}/"' in site.page(f"/2025/03/14/{name}/")]
        assert found == list(names)


def test_topics_that_only_share_their_address_are_named(site: SiteFolder) -> None:
    """Other spellings of one name are not."""
    for name, topic in (("a.md", "医学"), ("b.md", "易学"), ("c.md", "Deep Learning"), ("d.md", "deep-learning")):
        site.add(name, title=name, topics=[topic], images=[], excerpt="Words.")
    inputs = [
        "--source",
        str(site.root / "seeds"),
        "--config",
        str(site.root / "site.toml"),
        "--jobs",
        "1",
        "--now",
        NOW,
    ]
    code, stdout, _ = run("check", *inputs, "--format", "json")
    named = [one["message"] for one in json.loads(stdout)["problems"] if one["code"] == "topic-spelling"]
    assert (code, len(named)) == (0, 1)
    assert "医学" in named[0]
