"""`digest check`: errors, warnings, and the formats of the output."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.check import formats
from generator.errors import Code, Diagnostic, Severity
from generator.util.text import short_hash
from tests.support.making import NOW, SiteFolder, document, entry, run

SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/digest/", "search": False}
PICTURE = {"url": "https://pictures.example/1.jpg", "width": 800, "height": 500}
LINE = re.compile(r"(warning|error): (.+?):(\d+):(\d+): ([a-z0-9-]+): (.+) \((.+)\)")


@pytest.fixture
def site(tmp_path: Any) -> SiteFolder:
    """Returns an empty site folder. The site has a base path and no search."""
    return SiteFolder(tmp_path / "site", SETTINGS)


def check(site: SiteFolder, *more: str) -> tuple[int, str]:
    """Runs `digest check` in this process, and returns exit code and stdout."""
    code, stdout, stderr = run(
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", NOW, *more,
    )  # fmt: skip
    assert stderr == ""
    return code, stdout


def found(site: SiteFolder, *more: str) -> list[tuple[str, str, int, int]]:
    """Returns code, file name, line and column of each diagnostic."""
    _, stdout = check(site, "--format", "json", *more)
    return [
        (diagnostic["code"], diagnostic["path"].rpartition("/")[2], diagnostic["line"], diagnostic["column"])
        for diagnostic in json.loads(stdout)["problems"]
    ]


def test_a_site_without_mistakes_passes(site: SiteFolder) -> None:
    """Prints only the summary, also with --strict; writes only the cache. An empty list of pictures is no mistake."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.add("2025-03-14-two.md", title="Another", images=[])
    before = set(site.root.rglob("*"))
    assert check(site, "--strict") == (0, "2 documents, 0 errors, 0 warnings: passes\n")
    written = {path.relative_to(site.root).parts[0] for path in set(site.root.rglob("*")) - before}
    assert written == {".digest"}


def test_it_reports_what_a_build_reports(site: SiteFolder) -> None:
    """Reports the same diagnostics at the same places as a build, and fails as the build does."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.add("broken.md", "---\ntitle: [\n---\n")
    site.add("no-title.md", title=None, images=[PICTURE])
    site.add("typo.md", title="A third", titel="x", images=[PICTURE])
    site.add("same.md", slug="one", webUrl="https://news.example.org/2", title="Another", images=[PICTURE])
    built = site.build()
    expected = [
        tuple(diagnostic[key] for key in ("code", "path", "line", "column")) for diagnostic in built.report["problems"]
    ]
    code, stdout = check(site, "--format", "json")
    result = json.loads(stdout)
    assert [
        tuple(diagnostic[key] for key in ("code", "path", "line", "column")) for diagnostic in result["problems"]
    ] == expected
    assert {entry[0] for entry in expected} == {"invalid-yaml", "missing-field", "unknown-key", "address-collision"}
    assert (code, built.code, result["passes"], result["documents"]) == (1, 1, False, 5)


def test_dead_links_in_bodies(site: SiteFolder) -> None:
    """Reports a dead path as an error, a dead URL of the site as a warning, and ignores other hosts."""
    site.add(
        "2025-03-14-one.md",
        document(
            "See [topics](https://example.org/digest/topics/), [the same](http://example.org/digest/topics/index.html),\n"
            "[a host's](https://example.org/other/) and\n"
            "[nothing](https://example.org/digest/nothing/?a=1#b).\n",
            images=[PICTURE],
        ),
    )
    (diagnostic,) = found(site)
    assert "links to https://example.org/digest/nothing/?a=1#b, which is not a page" in check(site)[1]
    last_line = len((site.root / "seeds" / "2025-03-14-one.md").read_text().splitlines())
    assert diagnostic == ("dead-link", "2025-03-14-one.md", last_line, 1)
    site.add("2025-03-14-two.md", document("[x](/nothing/)", webUrl="https://a.example/", images=[PICTURE]))
    code, stdout = check(site)
    assert code == 1
    assert "error: " in stdout
    assert "links to /nothing/, which is no" in stdout


def test_dead_links_in_templates(site: SiteFolder) -> None:
    """Reports each dead link once, at its place in the template, and ignores links out of the site."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.write(
        "templates/404.html",
        '{% extends "base.html" %}\n{% block main %}\n<a href="/digest/abuot/">About</a> <a href="/digest/topics">'
        'Topics</a> <a href="/other/">Other</a>\n{{ page.head.title }}{% endblock %}\n',
    )
    code, stdout = check(site)
    assert code == 0
    lines = [LINE.fullmatch(line) for line in stdout.splitlines()[:-1]]
    assert [(m[5], m[2].rpartition("/")[2], m[3], m[4], m[7]) for m in lines if m] == [
        ("dead-link", "404.html", "3", "10", "fix or remove the link"),
        ("dead-link", "404.html", "3", "45", "write /topics/"),
    ]


def test_errors_of_templates(site: SiteFolder) -> None:
    """Reports errors that only rendering shows."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.write("templates/404.html", "one\n{{ page.nonsense }}\n")
    assert found(site) == [("template-error", "404.html", 2, 1)]
    assert check(site)[0] == 1


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"excerpt": None}, "missing-excerpt", "---"),
        ({"excerpt": " "}, "missing-excerpt", "excerpt:"),
        ({"images": None}, "missing-image", "---"),
        ({"images": [{"url": "https://a.example/1.gif", "width": 1, "height": 1}]}, "missing-image", "images:"),
        ({"images": [{"url": "https://a.example/1.jpg"}]}, "missing-image-size", "- url:"),
        ({"images": [{"url": "https://a.example/1.jpg", "width": 9, "height": 0}]}, "missing-image-size", "  height:"),
        ({"images": [PICTURE | {"url": "http://a.example/1.jpg"}]}, "insecure-image", "- url: http:"),
        ({"title": "A womanâ€™s risk"}, "mended-text", "title:"),
        ({"topics": ["AI", "Cafã©s â€“ AI"]}, "mended-text", "- Caf"),
        ({"excerpt": "The hospital\ufffds model"}, "lost-text", "excerpt:"),
        ({"publishedDateTime": "2026-01-01T00:00:01Z"}, "future-item", "publishedDateTime:"),
    ],
)
def test_warnings_for_one_document(site: SiteFolder, changes: dict[str, Any], code: str, place: str) -> None:
    """Reports a warning at its field, or at the start if the field is missing; only --strict fails."""
    site.add("2025-03-14-one.md", document(**({"images": [PICTURE]} | changes)))
    site.add("2025-03-13-two.md", title="Something else altogether", images=[PICTURE])
    ((reported, name, line, column),) = found(site)
    text = (site.root / "seeds" / name).read_text().splitlines()[line - 1]
    assert (reported, name) == (code, "2025-03-14-one.md")
    assert text.startswith(place), text
    assert text[: column - 1].strip(" -") == ""
    assert check(site)[0] == 0
    assert check(site, "--strict")[0] == 1
    assert check(site, "--strict", "--ignore", code)[0] == 0


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("title: A model # 1 in the world\n", "title:"),
        ("title: A model\t# 1 in the world\n", "title:"),
        ("topics:\n- Heart\n- The # 1 killer\n", "- The"),
        ("provider:\n  name: News # 1\n  domain: e.example\n", "  name:"),
        ('title: "A model # 1"\n', ""),
        ("title: A model#1\n", ""),
        ('title: "A model" # a comment\n', ""),
        ("excerpt: |\n  A model # 1\n", ""),
        ("title: A model\n  in two lines # or so\n", ""),
        ("quality: 40 # of 100\n", ""),
    ],
)
def test_texts_that_end_at_a_comment(site: SiteFolder, written: str, place: str) -> None:
    """Reports unquoted texts with a comment in the same line; ignores quoted texts, blocks and numbers."""
    fields = document(images=[PICTURE], topics=None, provider=None, title=None, excerpt=None, quality=None)
    missing = {"title": "title: T\n", "excerpt": "excerpt: E\n", "provider": "provider: {name: N, domain: e.example}\n"}
    rest = "".join(line for key, line in missing.items() if not written.startswith(key))
    site.add("2025-03-14-one.md", fields.replace("---\n", f"---\n{written}{rest}", 1))
    diagnostics = found(site)
    if not place:
        assert diagnostics == []
        return
    ((code, name, line, _),) = diagnostics
    assert code == "cut-text"
    assert (site.root / "seeds" / name).read_text().splitlines()[line - 1].startswith(place)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Ärzte in Zürich – “schnell”, naïve café ½ µg №5"},
        {"title": "人工智能帮助医生发现早期肺癌"},
        {"excerpt": "R&amp;D at AT&T &#8217;24"},
        {"images": [PICTURE, {"url": "http://a.example/second.jpg"}]},
        {"images": None, "excerpt": None, "removed": True},
    ],
)
def test_no_false_warnings(site: SiteFolder, changes: dict[str, Any]) -> None:
    """Reports nothing for other scripts, entities, pictures that no card shows, and removed documents."""
    site.add("2025-03-14-one.md", document(**({"images": [PICTURE]} | changes)))
    site.add("2025-03-13-two.md", title="Something else altogether", images=[PICTURE])
    assert found(site) == []


@pytest.mark.parametrize(
    ("first", "second", "is_reported"),
    [
        ({}, {}, True),
        ({}, {"title": "A model reads the chest films"}, True),
        ({}, {"title": "Model does not read chest films"}, False),
        ({}, {"title": "Model reads hand films"}, False),
        ({"title": "Model 1 reads chest films"}, {"title": "Model 2 reads chest films"}, False),
        ({}, {"publishedDateTime": "2025-03-18T09:30:00Z"}, False),
        ({}, {"provider": {"name": "Other", "domain": "other.example"}}, False),
        ({}, {"notSameAs": ["https://news.example.org/1"]}, False),
        ({"title": "AI", "topics": []}, {"title": "AI.", "topics": []}, True),
    ],
)
def test_near_duplicates(site: SiteFolder, first: dict[str, Any], second: dict[str, Any], *, is_reported: bool) -> None:
    """Reports two titles of one source within three days that differ only in order, case and stop words."""
    site.add("2025-03-14-one.md", **({"webUrl": "https://news.example.org/1", "images": [PICTURE]} | first))
    later = {"publishedDateTime": "2025-03-15T09:30:00Z", "images": [PICTURE]}
    site.add("2025-03-15-two.md", **({"webUrl": "https://news.example.org/2"} | later | second))
    assert found(site) == ([("near-duplicate", "2025-03-15-two.md", 3, 1)] if is_reported else [])


def test_near_duplicates_have_the_words_of_the_language_of_the_site(site: SiteFolder) -> None:
    """Articles do not count, and forms of one word are one term."""
    site.write("site.toml", 'language = "de"\n')
    site.add("2025-03-14-one.md", title="Die Kliniken prüften Modelle", webUrl="https://e.org/1", images=[PICTURE])
    site.add("2025-03-14-two.md", title="Klinik prüfte das Modell", webUrl="https://e.org/2", images=[PICTURE])
    assert [line[:2] for line in found(site)] == [("near-duplicate", "2025-03-14-two.md")]


def test_inconsistent_names_of_sources(site: SiteFolder) -> None:
    """Reports a less common spelling once, in the first document that has it."""
    for day, name in enumerate(
        ["NHS Digital", "NHS digital", "NHS Digital", "NHS-Digital", "NHS digital", "NHS Digital"], 1
    ):
        provider = {"name": name, "domain": "nhs.example"}
        site.add(f"2025-03-0{day}-a.md", title=f"Story {day}", provider=provider, images=[PICTURE])
    _, stdout = check(site)
    lines = [LINE.fullmatch(line) for line in stdout.splitlines()[:-1]]
    source = "the source 'NHS Digital' of 3 documents is spelled"
    assert [(m[5], m[2][-15:], m[6]) for m in lines if m] == [
        ("source-spelling", "2025-03-02-a.md", f"{source} 'NHS digital', here and in 1 other document"),
        ("source-spelling", "2025-03-04-a.md", f"{source} 'NHS-Digital'"),
    ]  # fmt: skip


def test_topics_that_are_not_curated(site: SiteFolder) -> None:
    """Reports each topic once, at its entry. Ignores keywords and excluded topics, and sites without topics.yaml."""
    site.add("2025-03-14-one.md", topics=["AI", "", " Xenology ", "x-ray"], images=[PICTURE])
    site.add(
        "2025-03-15-two.md", title="Another one", topics=["xenology", "Autos"], notTopics=["autos"], images=[PICTURE]
    )
    assert found(site) == []
    site.write("topics.yaml", "topics:\n  - name: AI\n  - name: Radiology\n    keywords: [X-ray]\n")
    ((code, name, line, column),) = found(site)
    assert (code, name) == ("uncurated-topic", "2025-03-14-one.md")
    assert (site.root / "seeds" / name).read_text().splitlines()[line - 1] == "- ' Xenology '"
    assert column == 3
    site.add("2025-03-14-one.md", topics=["Radiologie"], images=[PICTURE])
    assert "(did you mean `Radiology`? If not, add it there as" in check(site)[1]


@pytest.mark.parametrize(
    ("first", "second", "is_reported"),
    [
        ({"story": "scan"}, {"story": "scans"}, True),
        ({"story": "One"}, {}, True),  # the slug of the document itself
        ({"story": "Scan"}, {"story": "scan"}, False),
        ({"story": "two"}, {}, False),
        ({"story": short_hash("news.example.org/2")}, {}, False),
        ({"story": short_hash("news.example.org/1")}, {}, True),  # its own id
        ({"story": "two"}, {"removed": True}, True),
        ({"story": "two"}, {"draft": True}, True),
        ({"story": "scan", "removed": True}, {}, False),
    ],
)
def test_stories_that_refer_to_nothing(
    site: SiteFolder, first: dict[str, Any], second: dict[str, Any], *, is_reported: bool
) -> None:
    """Reports a `story` that is not the story, id or slug of another document on the site."""
    one = document(webUrl="https://news.example.org/1", images=[PICTURE], **first)
    site.add("2025-03-14-one.md", one)
    site.add("2025-03-14-two.md", title="Another", webUrl="https://news.example.org/2", images=[PICTURE], **second)
    diagnostics = [diagnostic for diagnostic in found(site) if diagnostic[1] == "2025-03-14-one.md"]
    line = next(number for number, text in enumerate(one.splitlines(), 1) if text.startswith("story:"))
    assert diagnostics == ([("unknown-story", "2025-03-14-one.md", line, 1)] if is_reported else [])
    assert (f"story '{first['story'].lower()}' is not" in check(site)[1]) == is_reported
    assert check(site)[0] == 0


@pytest.mark.parametrize(
    ("address", "changes", "is_reported"),
    [
        ("https://www.news.example.org/2?utm_source=x", {}, False),
        ("https://news.example.org/3", {}, True),
        ("https://news.example.org/2", {"removed": True}, True),
        ("https://news.example.org/2", {"draft": True}, True),
        ("https://other.example/report", {}, False),
        ("https://other.example/report", {"removed": True}, True),
    ],
)
def test_articles_that_are_not_known(
    site: SiteFolder, address: str, changes: dict[str, Any], *, is_reported: bool
) -> None:
    """Reports each address in `notSameAs` that no document and no related entry on the site has, at its entry."""
    addresses = ["https://news.example.org/4", address]
    one = document(webUrl="https://news.example.org/1", notSameAs=addresses, images=[PICTURE])
    site.add("2025-03-14-one.md", one)
    related = [entry(webUrl="https://other.example/report")]
    site.add(
        "2025-03-14-two.md", title="Another", webUrl="https://news.example.org/2", images=[PICTURE], related=related,
        **changes,
    )  # fmt: skip
    site.add("2025-03-14-four.md", title="A fourth", webUrl="https://news.example.org/4", images=[PICTURE])
    line = next(number for number, text in enumerate(one.splitlines(), 1) if text.endswith(address))
    assert found(site) == ([("unknown-article", "2025-03-14-one.md", line, 3)] if is_reported else [])
    assert check(site, "--strict")[0] == is_reported
    if is_reported:
        site.add("2025-03-14-four.md", removed=True)
        assert [at[2] for at in found(site)] == [line - 1, line]


def test_a_reference_is_checked_again_when_another_document_changes(site: SiteFolder) -> None:
    """Reports a reference after the document that it refers to is gone, and not after it is back: nothing is cached."""
    site.add("2025-03-14-one.md", story="two", notSameAs=["https://news.example.org/2"], images=[PICTURE])
    for _ in range(2):
        site.add("2025-03-14-two.md", title="Another", webUrl="https://news.example.org/2", images=[PICTURE])
        assert found(site) == []
        (site.root / "seeds" / "2025-03-14-two.md").unlink()
        assert {code for code, *_ in found(site)} == {"unknown-story", "unknown-article"}


def test_drafts_are_checked_on_request(site: SiteFolder) -> None:
    """Ignores drafts without --drafts."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.add("b.md", draft=True, publishedDateTime="2027-01-01T00:00:00Z", title="Not yet", images=[PICTURE])
    assert found(site) == []
    assert [code for code, *_ in found(site, "--drafts")] == ["future-item"]


def test_a_site_without_items(site: SiteFolder) -> None:
    """Reports an empty source folder as an error; a site whose documents are all removed is valid."""
    assert [code for code, *_ in found(site)] == ["no-documents"]
    assert check(site)[0] == 1
    site.add("gone.md", removed=True)
    assert check(site) == (0, "1 document, 0 errors, 0 warnings: passes\n")


def test_settings_and_topics_with_errors(site: SiteFolder) -> None:
    """Reports them in the requested format, with the exit code of a build."""
    site.add("2025-03-14-one.md")
    site.write("topics.yaml", "topics:\n  - nam: AI\n")
    code, stdout = check(site, "--format", "json")
    assert code == 2
    assert [diagnostic["code"] for diagnostic in json.loads(stdout)["problems"]] == ["missing-field"]


def test_unknown_codes_are_refused(site: SiteFolder) -> None:
    """Exits with code 2, and names the command that lists the codes."""
    code, _, stderr = run(
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--ignore", "x"
    )
    assert (code, "explain-error" in stderr) == (2, True)


def test_many_warnings_are_cut(site: SiteFolder) -> None:
    """Prints ten warnings of each code and the number of the others; --verbose prints all. Errors are never cut."""
    for number in range(12):
        site.add(f"{number:02}.md", fields_text(number, excerpt="", images=[PICTURE]))
    for number in range(12):
        site.add(f"bad{number:02}.md", "x")
    _, stdout = check(site)
    assert stdout.count("warning: ") == 10
    assert "... and 2 more missing-excerpt (--verbose shows them all)\n" in stdout
    assert stdout.count("error: ") == 12
    assert check(site, "--verbose")[1].count("warning: ") == 12


def fields_text(number: int, **changes: Any) -> str:
    return document(title=f"Story number {number}", webUrl=f"https://news.example.org/{number}", **changes)


def test_totals(site: SiteFolder) -> None:
    """Prints the number of warnings of each code at the end, the most frequent first. Missing pictures are counted."""
    for number in range(3):
        site.add(f"{number:02}.md", fields_text(number))
    site.add("more.md", fields_text(7, images=[PICTURE], excerpt=""))
    code, stdout = check(site)
    first, *last = stdout.splitlines()
    assert (code, "missing-excerpt: " in first) == (0, True)
    assert last == [
        "... 3 missing-image (--verbose shows them all)",
        "warnings: 3 missing-image, 1 missing-excerpt",
        "4 documents, 0 errors, 4 warnings: passes",
    ]
    assert check(site, "--verbose")[1].count("missing-image: ") == 3
    assert len(found(site)) == 4


@pytest.mark.parametrize(
    ("ignored", "options", "left"),
    [
        (["missing-image"], (), ["missing-excerpt"]),
        ("missing-excerpt", (), ["missing-image"]),
        (["missing-image", "missing-excerpt"], (), []),
        (["missing-image"], ("--ignore", "missing-excerpt"), []),
        (["missing-field", "no-front-matter"], (), ["missing-excerpt", "missing-image"]),
    ],
)
def test_codes_that_the_settings_ignore(
    site: SiteFolder, ignored: list[str] | str, options: tuple[str, ...], left: list[str]
) -> None:
    """Leaves out warnings, also with --strict and in other formats, and never an error."""
    site.configure(**SETTINGS, check={"ignore": ignored})
    site.add("one.md", excerpt="")
    assert sorted(code for code, *_ in found(site, *options)) == left
    assert check(site, "--strict", *options)[0] == bool(left)
    site.add("bad.md", "x")
    assert check(site, *options)[0] == 1
    assert "no-front-matter" in {code for code, *_ in found(site, *options)}


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("missing-images", "did you mean `missing-image`?"),
        ("missing_excerpt", "did you mean `missing-excerpt`?"),
        ("Dead-Link", "did you mean `dead-link`?"),
        ("pictures", "`digest explain-error` lists all codes"),
    ],
)
def test_unknown_codes_in_the_settings(site: SiteFolder, code: str, remedy: str) -> None:
    """Are errors of the settings, with a guess."""
    site.configure(**SETTINGS, check={"ignore": [code]})
    site.add("one.md")
    exit_code, stdout = check(site)
    assert exit_code == 2
    assert f"check.ignore is not a code of diagnostics: '{code}' ({remedy})" in stdout


HOSTILE = [
    Diagnostic(
        path="a b/ü,:%.md", line=3, column=7, code=Code.DEAD_LINK, message="100%\n::error::x,y: z\x1b[1m", remedy="r"
    ),
    Diagnostic(path="--base-url", code=Code.INVALID_SETTING, message="m", remedy="r", severity=Severity.WARNING),
]


def test_annotations_for_github() -> None:
    """Escapes texts as the actions toolkit does, so that no document can insert a command."""
    assert list(formats.github_lines(HOSTILE)) == [
        "::error file=a b/ü%2C%3A%25.md,line=3,col=7,title=dead-link::100%25%0A::error::x,y: z\\x1b[1m (r)",
        "::warning file=--base-url,line=1,col=1,title=invalid-setting::m (r)",
    ]


@given(st.text(), st.text())
def test_an_annotation_is_one_line(path: str, message: str) -> None:
    """Prints one line for any path and message."""
    (line,) = formats.github_lines([Diagnostic(path=path, code=Code.EMPTY, message=message, remedy="r")])
    assert line.isprintable()
    properties, _, _ = line.removeprefix("::error ").partition("::")
    assert [part.partition("=")[0] for part in properties.split(",")] == ["file", "line", "col", "title"]


def walk(value: Any) -> Iterator[Any]:
    """Yields a JSON value and all values inside it."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(part)


def test_unused_templates(site: SiteFolder) -> None:
    """Reports unused templates with a guess. Ignores included ones, and all if a template includes a computed name."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.write("templates/about.html", '{% extends "base.html" %}{% include "more.html" %}')
    site.write("templates/more.html", "<p>more")
    site.write("templates/parts/itm.html", "<p>")
    site.write("templates/unrelated.html", "{% include 'itm.html' %}")
    _, stdout = check(site)
    assert [
        (match[5], match[2].rpartition("templates/")[2], match[7])
        for match in map(LINE.match, stdout.splitlines())
        if match
    ] == [
        ("unused-template", "parts/itm.html", "did you mean `item.html`?"),
        ("unused-template", "unrelated.html", "remove it, or include it in another template"),
    ]
    site.write("templates/more.html", "{% if no %}{% include no %}{% endif %}")
    site.write("templates/about.html", '{% extends "base.html" %}{% set no = "" %}{% include "more.html" %}')
    assert "unused-template" not in check(site)[1]


def test_paths_of_templates_are_relative(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names templates relative to the current folder, as GitHub and SARIF viewers require."""
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.write("templates/404.html", "one\n{{ page.nonsense }}\n")
    for folder, path in [(site.root, "templates/404.html"), (site.root / "seeds", "../templates/404.html")]:
        monkeypatch.chdir(folder)
        root = path.removesuffix("templates/404.html")
        given = ("--source", f"{root}seeds", "--config", f"{root}site.toml", "--now", NOW)
        for jobs in ("1", "2"):
            _, stdout, _ = run("check", *given, "--format", "github", "--jobs", jobs)
            assert f"file={path},line=2," in stdout
    monkeypatch.chdir(site.root)
    site.write("templates/404.html", '<a href="/digest/nothing/">x</a>{{ page.head.title }}')
    assert "warning: templates/404.html:1:10: dead-link" in run("check", "--now", NOW)[1]
    site.write("templates/404.html", "\n{{")
    assert "error: templates/404.html:2:1: template-error" in run("check", "--now", NOW)[1]


def test_sarif() -> None:
    """Has the structure that SARIF 2.1.0 requires: properties, levels, rule indices, URIs and regions."""
    log = json.loads(formats.as_sarif(HOSTILE))
    assert (log["version"], set(log)) == ("2.1.0", {"$schema", "version", "runs"})
    (run_,) = log["runs"]
    rules = run_["tool"]["driver"]["rules"]
    assert run_["tool"]["driver"]["name"] == "digest"
    assert [rule["id"] for rule in rules] == [str(code) for code in Code]
    assert all(rule["shortDescription"]["text"] for rule in rules)
    for result, diagnostic in zip(run_["results"], HOSTILE, strict=True):
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == str(diagnostic.code)
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"].isprintable()
    place = run_["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20b/%C3%BC%2C%3A%25.md"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert "locations" not in run_["results"][1]
    assert None not in list(walk(log))


def test_messages_of_sarif_are_plain_text() -> None:
    """Escapes placeholders and links."""
    diagnostic = Diagnostic(
        path="a.md", code=Code.DEAD_LINK, message="{0} is [here](https://evil.example/)", remedy="r"
    )
    (result,) = json.loads(formats.as_sarif([diagnostic]))["runs"][0]["results"]
    assert result["message"] == {"text": "{{0}} is [here] (https://evil.example/) (r)"}


def test_sarif_of_a_check(site: SiteFolder) -> None:
    """Prints the diagnostics of a site as SARIF."""
    site.add("2025-03-14-one.md", document(excerpt=None, images=[PICTURE]))
    code, stdout = check(site, "--format", "sarif")
    assert code == 0
    (result,) = json.loads(stdout)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("missing-excerpt", "warning")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Radiolgy", "did you mean `Radiology`?"),
        ("Cardio", "did you mean `Cardiology`?"),
        ("Quantum", "correct it, or remove it"),
        ("radiology", None),
        ("x-ray", None),
        ("CARDIOLOGY", None),
        ("Own", None),
    ],
)
@pytest.mark.parametrize("is_curated", [True, False], ids=["curated", "free"])
def test_topics_to_leave_out_that_are_none(
    site: SiteFolder, name: str, remedy: str | None, *, is_curated: bool
) -> None:
    """An entry of `notTopics` must be a topic, a slug or a keyword of the site, or a topic of the document itself."""
    if is_curated:
        site.write("topics.yaml", "topics:\n  - {name: Radiology, keywords: [x-ray]}\n")
    else:
        site.add("2025-03-13-zero.md", title="A third thing", topics=["Radiology", "x-ray"], images=[PICTURE])
    site.add("2025-03-14-one.md", topics=["Cardiology"], images=[PICTURE])
    site.add("2025-03-15-two.md", title="Another one", topics=["Own"], notTopics=[name], images=[PICTURE])
    expected = f"unknown-topic: notTopics '{name}' is not a topic of the site, so it has no effect ({remedy})"
    assert ("unknown-topic" in check(site)[1]) == (remedy is not None)
    assert (expected in check(site)[1]) == (remedy is not None)


def test_an_article_that_is_not_the_same_as_itself(site: SiteFolder) -> None:
    """The entry has no effect."""
    site.add("2025-03-14-one.md", notSameAs=["http://www.news.example.org/2025-03-14-one.md"], images=[PICTURE])
    site.add("2025-03-15-two.md", notSameAs=["https://news.example.org/2025-03-14-one.md"], images=[PICTURE])
    assert [code for code, *_ in found(site)] == ["unknown-article"]


def test_topics_to_leave_out_of_a_mapped_list(site: SiteFolder) -> None:
    """The document's own topics are those of the field that `[fields]` names."""
    site.configure(**SETTINGS, fields={"topics": ["tags"]})
    path = site.add("one.md", topics=None, tags=["Own"], notTopics=["Own", "Other"], images=[PICTURE])
    line = path.read_text().splitlines().index("- Other") + 1
    assert found(site) == [("unknown-topic", "one.md", line, 3)]
