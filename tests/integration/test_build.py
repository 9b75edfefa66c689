"""`digest build`, from the outside: exit codes, reports, what is written and what is left alone."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.commands import terminal
from generator.config.options import Options
from generator.site import plan as pages
from tests.support import ROOT
from tests.support.making import NOW, SiteFolder, document, entry, published, run

SEEDS = ROOT / "seeds"


DATA = '<script type="application/ld+json">'


def texts(site: SiteFolder) -> dict[str, str]:
    """The published files that are text, by name."""
    return {
        name: data.decode()
        for name, data in site.files().items()
        if not name.endswith((".png", ".ico", ".js")) and not name.startswith(("search/2", "search/engine"))
    }


def three(site: SiteFolder) -> SiteFolder:
    """Three items on two days, on different events."""
    site.add("2025-03-14-one.md", title="One", topics=["AI", "Radiology"])
    site.add("2025-03-14-two.md", title="Two", topics=["AI"], publishedDateTime="2025-03-14T07:00:00Z",
             excerpt="Nurses count beds.")  # fmt: skip
    site.add("2025-03-15-three.md", title="Three", topics=["Oncology"], publishedDateTime="2025-03-15T07:00:00Z",
             excerpt="Grown tissue reached Lakeside.")  # fmt: skip
    return site


def test_the_report_counts_what_happened(site: SiteFolder) -> None:
    """All counts of the report add up and are what the folder holds."""
    three(site)
    site.add("2025-03-15-gone.md", removed=True)
    outcome = site.build()
    assert outcome.code == 0
    report = outcome.report
    assert report["built"] is True
    assert report["documents"] == {"read": 4, "rejected": 0, "left_out": 1, "left_out_because": {"removed": 1}}
    assert (report["items"], report["stories"], report["topics"], report["days"]) == (3, 3, 3, 2)
    pages = report["pages"]
    assert pages["planned"] == pages["written"] == len(site.files())
    assert (pages["unchanged"], pages["removed"], report["problems"]) == (0, 0, [])
    assert set(report["seconds"]) == {
        "read",
        "group",
        "stories",
        "plan",
        "render",
        "search",
        "write",
        "remember",
        "scan",
        "total",
    }
    assert "documents: 4 read, 0 rejected, 1 left out (1 removed)" in outcome.stdout
    assert "site:      3 items, 3 stories, 3 topics, 2 days" in outcome.stdout
    assert outcome.stderr == ""


def test_a_second_build_writes_nothing(site: SiteFolder) -> None:
    """Identical bytes are left alone, down to their times."""
    three(site).build()
    before = {path: path.stat().st_mtime_ns for path in site.output.rglob("*.html")}
    pages = site.build().report["pages"]
    assert (pages["written"], pages["removed"]) == (0, 0)
    assert pages["unchanged"] == pages["planned"]
    assert {path: path.stat().st_mtime_ns for path in site.output.rglob("*.html")} == before


def test_a_deleted_document_takes_exactly_its_pages_along(site: SiteFolder) -> None:
    """Its own page, and the day and topic that only it had; never an empty folder."""
    three(site).build()
    before = set(site.files())
    (site.root / "seeds" / "2025-03-15-three.md").unlink()
    outcome = site.build()
    gone = before - set(site.files())
    of_index = {name for name in gone if name.startswith("search/2025-03/")}
    assert gone - of_index == {
        "2025/03/15/index.html",
        "2025/03/15/three/index.html",
        *(f"topics/oncology/{name}" for name in ("index.html", "feed.xml", "rss.xml", "feed.json")),
    }
    assert outcome.report["pages"]["removed"] == len(gone)
    assert not (site.output / "2025" / "03" / "15").exists()


def test_files_lost_or_changed_behind_our_back_are_mended(site: SiteFolder) -> None:
    """The output is compared with what it should be, not with what we remember."""
    three(site).build()
    before = site.files()
    (site.output / "index.html").unlink()
    (site.output / "feed.xml").write_text("x")
    assert site.build().report["pages"]["written"] == 2
    assert site.files() == before


def test_a_clean_build_writes_everything(site: SiteFolder) -> None:
    """With --clean nothing counts as unchanged, and the bytes are the same."""
    three(site).build()
    before = site.files()
    pages = site.build("--clean").report["pages"]
    assert (pages["written"], pages["unchanged"]) == (pages["planned"], 0)
    assert site.files() == before


def test_errors_leave_the_old_site_untouched(site: SiteFolder) -> None:
    """Exit 1, every problem of every document in one run, no byte changed."""
    three(site).build()
    before = site.files()
    site.add("bad.md", document(title=None, quality="high"))
    site.add("worse.md", "---\ntitle: [\n---\n")
    site.add("2025-03-16-new.md", title="New")
    outcome = site.build()
    assert outcome.code == 1
    assert outcome.report["built"] is False
    assert outcome.report["documents"]["rejected"] == 2
    assert outcome.codes() == ["missing-field", "wrong-type", "invalid-yaml"]
    assert site.files() == before
    lines = outcome.stderr.strip().splitlines()
    assert re.fullmatch(r"error: .*/seeds/bad\.md:1:1: missing-field: title is missing \(add `title:`\)", lines[0])
    assert re.fullmatch(r"error: .*/seeds/bad\.md:\d+:1: wrong-type: .+ \(.+\)", lines[1])
    assert lines[-1].startswith("not built: 3 errors")
    assert "site: " not in outcome.stdout, "there is none to be counted"


def test_invalid_documents_can_be_skipped(site: SiteFolder) -> None:
    """With --skip-invalid the site is built without them, and they are still reported."""
    three(site)
    site.add("bad.md", "no document")
    outcome = site.build("--skip-invalid")
    assert outcome.code == 0
    assert outcome.report["documents"] == {"read": 4, "rejected": 1, "left_out": 0, "left_out_because": {}}
    assert outcome.codes() == ["no-front-matter"]
    assert "error: " in outcome.stderr
    assert outcome.report["items"] == 3


def test_two_documents_of_one_address_are_an_error_that_names_both(site: SiteFolder) -> None:
    """In two folders, the same dated name. With --skip-invalid the first by name stays."""
    site.add("a/2025-03-14-same.md", title="First")
    site.add("b/2025-03-14-same.md", title="Second")
    outcome = site.build()
    assert outcome.code == 1
    (diagnostic,) = outcome.report["problems"]
    assert diagnostic["code"] == "address-collision"
    assert diagnostic["path"].endswith("b/2025-03-14-same.md")
    assert "a/2025-03-14-same.md" in diagnostic["message"]
    skipping = site.build("--skip-invalid")
    assert (skipping.code, skipping.report["documents"]["rejected"]) == (0, 1)
    assert "First" in site.page("/2025/03/14/same/")


def test_a_static_file_may_not_take_a_page_s_place(site: SiteFolder) -> None:
    """`static/root/` is published as it is; where a page exists already, both are named."""
    three(site)
    site.write("static/root/sitemap.xml", "mine")
    site.write("static/root/topics", "a file where a folder must be")
    outcome = site.build("--skip-invalid")
    assert outcome.code == 1
    assert outcome.codes() == ["address-collision"] * 2
    assert "sitemap.xml" in outcome.stderr
    assert not site.output.exists()


def test_an_own_robots_txt_is_used(site: SiteFolder) -> None:
    """Publishes `static/root/robots.txt` instead of the generated one, and the latter again without it."""
    three(site)
    path = site.write("static/root/robots.txt", "mine")
    assert site.build().code == 0
    assert site.page("/robots.txt") == "mine"
    path.unlink()
    assert site.build().code == 0
    assert "Sitemap: https://example.org/sitemap.xml" in site.page("/robots.txt")


def test_links_of_a_body_are_checked(site: SiteFolder) -> None:
    """A dead one is an error with its line and, where a slash is missing, the remedy."""
    site.add("2025-03-14-one.md", document("[good](/archive/)\n\n[bad](/topics/radiology) [worse](/nowhere/)\n"))
    outcome = site.build()
    assert outcome.code == 1
    assert outcome.codes() == ["dead-link", "dead-link"]
    remedies = {diagnostic["message"].split()[2].rstrip(","): diagnostic for diagnostic in outcome.report["problems"]}
    assert remedies["/topics/radiology"]["remedy"] == "write /topics/radiology/"
    lines = (site.root / "seeds" / "2025-03-14-one.md").read_text().splitlines()
    assert "nowhere" in lines[remedies["/nowhere/"]["line"] - 1]


def test_a_document_may_link_to_another_and_goes_with_it(site: SiteFolder) -> None:
    """Skipping one document kills the links of another, which is then skipped too."""
    site.add("2025-03-14-one.md", document("[two](/2025/03/14/two/)\n", webUrl="https://e.org/1"))
    site.add("2025-03-14-two.md", document("[none](/nowhere/)\n", webUrl="https://e.org/2"))
    site.add("2025-03-14-three.md", webUrl="https://e.org/3")
    outcome = site.build("--skip-invalid")
    assert outcome.code == 0
    assert (outcome.report["items"], outcome.report["documents"]["rejected"]) == (1, 2)
    assert outcome.codes() == ["dead-link", "dead-link"]


def test_a_link_to_a_refused_document_is_not_called_dead(site: SiteFolder) -> None:
    """One mistake is one error."""
    site.add("2025-03-14-one.md", document("[two](/2025/03/14/two/)\n", webUrl="https://e.org/1"))
    site.add("2025-03-14-two.md", document(webUrl="https://e.org/2", title=None))
    assert site.build().codes() == ["missing-field"]


def test_an_unknown_key_is_reported_once(site: SiteFolder) -> None:
    """A robot repeats its mistakes by the thousand."""
    for number in range(4):
        changes: dict[str, Any] = {"colour": "red", "tint": 1} if number == 2 else {"colour": "red"}
        site.add(f"2025-03-14-{number}.md", **changes)
    outcome = site.build()
    assert outcome.code == 0
    messages = [diagnostic["message"] for diagnostic in outcome.report["problems"]]
    assert messages == [
        "colour is not a field of a document and is ignored, here and in 3 other documents",
        "tint is not a field of a document and is ignored",
    ]


def test_no_documents_is_an_error(site: SiteFolder) -> None:
    """An empty folder is a mistake, not an empty site to deploy."""
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["no-documents"])
    assert not site.output.exists()


def test_a_site_whose_items_are_all_left_out_still_builds(site: SiteFolder) -> None:
    """It says that there is no news."""
    site.add("2025-03-14-one.md", removed=True)
    assert site.build().code == 0
    assert "There is no news yet." in site.page("/")


def test_the_flags_for_drafts_and_the_future(site: SiteFolder) -> None:
    """Both kinds are left out unless asked for; --now decides what the future is."""
    site.add("2025-03-14-one.md", draft=True)
    site.add("2026-02-01-two.md", publishedDateTime="2026-02-01T00:00:00Z")
    assert site.build().report["documents"]["left_out_because"] == {"draft": 1, "future": 1}
    assert site.build("--drafts", "--future").report["items"] == 2
    assert site.build("--now", "2026-02-01").report["items"] == 1


def test_settings_can_leave_out_what_the_pipeline_did_not_promote(site: SiteFolder) -> None:
    """`include_unpromoted = false`."""
    three(site).configure(include_unpromoted=False)
    assert site.build().report["documents"]["left_out_because"] == {"unpromoted": 3}


def test_links_work_under_any_base_url(site: SiteFolder) -> None:
    """With a folder in the base URL, every link starts with it; canonical links and feeds are absolute."""
    site.add("2025-03-14-one.md", document("[archive](/archive/)\n"))
    assert site.build("--base-url", "https://user.example.io/digest").code == 0
    html = site.page("/2025/03/14/one/")
    assert '<link rel="canonical" href="https://user.example.io/digest/2025/03/14/one/">' in html
    assert 'href="/digest/archive/"' in html
    assert not re.findall(r'(?:href|src)="/(?!digest/)', html)
    assert "https://user.example.io/digest/2025/03/14/one/" in site.page("/feed.xml")
    assert "https://user.example.io/digest/sitemap.xml" in site.page("/robots.txt")


def test_the_site_s_own_files_go_before_the_theme(site: SiteFolder) -> None:
    """One template and one static file of the site replace those of the theme; the rest stays."""
    three(site)
    site.write("templates/about.html", '{% extends "base.html" %}{% block main %}<h1>Our own</h1>{% endblock %}')
    site.write("static/style.css", "body { color: url(more/dot.svg) }")
    site.write("static/more/dot.svg", "<svg/>")
    site.write("static/root/CNAME", "digest.example.org\n")
    site.write("static/.DS_Store", "litter")
    assert site.build().code == 0
    assert "Our own" in site.page("/about/")
    files = site.files()
    (style,) = [name for name in files if name.startswith("assets/style.")]
    (dot,) = [name for name in files if name.startswith("assets/more/dot.")]
    assert files[style].decode() == f'body {{ color: url("../{dot}") }}'
    assert files["CNAME"] == b"digest.example.org\n"
    assert not any("DS_Store" in name for name in files)
    assert f'href="/{style}"' in site.page("/")


def test_a_style_sheet_s_missing_file_is_an_error(site: SiteFolder) -> None:
    """With the line; addresses elsewhere are let alone."""
    three(site)
    site.write(
        "static/style.css", "a { b: url(https://e.org/x.png) }\na { b: url(data:x) }\na { b: url('../../gone.png#x') }"
    )
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["asset-error"])
    assert outcome.report["problems"][0]["line"] == 3


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("\n{% if %}", 2, "Expected an expression"),
        ("<p>\n{{ page.nothing }}", 2, "the page has no `nothing`, while"),
        ("<p>\n{{ page.head.titel }}", 2, "a head has no `titel`, while"),
        ("<p>\n{% for one in page.rest %}{{ one.titel }}{% endfor %}", 2, "a card has no `titel`, while"),
        ("{{ pgae.title }}", 1, "there is no `pgae` here, while"),
        ("{{ page.title.gone.more }}", 1, "has no attribute 'gone', while"),
        ('\n\n{{ asset("gone.js") }}', 3, "there is no static/gone.js, while"),
        ('{{ text("nav.hom") }}', 1, "there is no text `nav.hom` in languages/en.toml, while"),
        ('\n{{ text("item.none", n=2) }}', 2, "there is no text `item.none` in languages/en.toml, while"),
        ('{{ forms("own.gone") }}', 1, "there is no text `own.gone` in languages/en.toml, while"),
        ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
        ('{% include "gone.html" %}', 1, "there is no template gone.html, while"),
    ],
)
def test_errors_in_templates_have_a_place(site: SiteFolder, template: str, line: int, message: str) -> None:
    """Exit 1 with the template's file and line, once for all pages, and the old site stays."""
    three(site).build()
    before = site.files()
    path = site.write("templates/day.html", template)
    outcome = site.build()
    assert outcome.code == 1
    (diagnostic,) = outcome.report["problems"]
    assert (diagnostic["code"], diagnostic["path"], diagnostic["line"]) == ("template-error", str(path), line)
    assert message in diagnostic["message"]
    assert site.files() == before


def test_a_template_that_is_no_text_is_an_error(site: SiteFolder) -> None:
    """Templates are UTF-8."""
    three(site)
    (site.root / "templates").mkdir()
    (site.root / "templates" / "about.html").write_bytes(b"\xff")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["template-error"])


def test_many_warnings_are_cut_short(site: SiteFolder) -> None:
    """Twenty are shown, --verbose shows all, --quiet none."""
    for number in range(25):
        site.add(f"2025-03-14-{number}.md", type="podcast")
    normal, verbose, quiet = (site.build(*flags).stderr.splitlines() for flags in ([], ["--verbose"], ["--quiet"]))
    assert len(normal) == 21
    assert normal[-1] == "... and 5 more warnings (`digest build --verbose` shows them all)"
    assert (len(verbose), len(quiet)) == (25, 0)
    for number in range(21, 25):
        site.add(f"2025-03-14-{number}.md")
    assert site.build().stderr.splitlines()[-1] == "... and 1 more warning (`digest build --verbose` shows them all)"


def test_quiet_builds_say_nothing(site: SiteFolder) -> None:
    """Unless something is wrong."""
    three(site)
    outcome = site.build("--quiet")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "", "")
    site.add("bad.md", "x")
    outcome = site.build("--quiet")
    assert (outcome.code, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--source", "nowhere"], "does not exist"),
        (["--config", "nowhere.toml"], "does not exist"),
        (["--jobs", "0"], "0"),
        (["--now", "soon"], "is not an ISO 8601 time"),
        (["--base-url", "ftp://e.org/"], "http"),
        (["--base-url", "example.org"], "error: --base-url: invalid-setting: is not a complete web address (write it"),
        (["--base-url", "https://e.org/?x"], "query"),
        (["--base-url", "https://e.org//evil.example/"], "not have //"),
        (["--report", "no/such/folder/report.json"], "cannot be written"),
        (["--colour"], "No such option"),
    ],
)
def test_wrong_usage_is_exit_code_2(site: SiteFolder, arguments: list[str], message: str) -> None:
    """With a word about what is wrong, and nothing written unless all was right but the report."""
    three(site)
    code, _, stderr = run(*site.arguments(*arguments))
    assert code == 2
    assert message in stderr


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("title = 5\n", 1, "must be text"),
        ("title = 'a'\npage_size = true\n", 2, "whole number"),
        ("title = ' '\n", 1, "is empty"),
        ("page_size = 0\n", 1, "from 1 to 500"),
        ("\nlanguage = 'English!'\n", 2, "language tag"),
        ("base_url = 'example.org'\n", 1, "not a complete web address"),
        ("feed_authority = 'a b'\n", 1, "not a domain"),
        ("colour = 'red'\n", 1, "not a setting"),
        ("title = '\u202e'\n", 1, "is empty"),
        ("page_size = " + "9" * 5_000, 1, "cannot be read"),
        ("x = " + "[" * 5_000, 1, "nested too deeply"),
        ("[theme]\nx = 1\n", 2, "not a setting"),
        ("title = 'a'\ntitle = 'b'\n", 2, "title is defined twice, first in line 1 (keep one of the two)"),
        ("title = \n", 1, "title has no value (write text in quotes after the =)"),
        ("\nlanguage = en\n", 2, 'language has a text without quotes (put the text in quotes: language = "…")'),
        ("title = 2 hearts # two\n", 1, "title has a text without quotes"),
        ("search = True\n", 1, "search has a value in capitals (write true)"),
        ("search = yes\n", 1, "(write true or false)"),
        ("page_size = 30 stories\n", 1, "(write a whole number)"),
        ("title = 'It's'\n", 1, "end the text with the quote that it begins with"),
        ('title = "\\q"\n', 1, "Unescaped"),
        ("= 'x'\n", 1, "(see https://toml.io)"),
        (
            "title = 'x'\ntimezone = 'Europe/Berlinn'\n",
            2,
            "'Europe/Berlinn' is not a time zone (did you mean `Europe/Berlin`?)",
        ),
        ("timezone = 'Nowhere'\n", 1, "'Nowhere' is not a time zone (write one like UTC or Europe/Berlin)"),
        ("title = 'x'\n\nlanguage = 'xx'\n", 3, "language 'xx' is unknown to the Unicode CLDR"),
        ("title = 'x'\nlanguage = 'fr'\n", 2, "language 'fr' has no table; available: de, en"),
    ],
)
def test_wrong_settings_are_exit_code_2(site: SiteFolder, text: str, line: int, message: str) -> None:
    """With file and line."""
    three(site).write("site.toml", text)
    code, _, stderr = run(*site.arguments())
    assert code == 2
    assert f"site.toml:{line}:" in stderr
    assert message in stderr
    assert not site.output.exists()


def test_settings_that_are_no_text(site: SiteFolder) -> None:
    """Binary settings are refused, not raised; a byte order mark is no part of them."""
    three(site)
    (site.root / "site.toml").write_bytes(b"\xff\x00")
    assert run(*site.arguments())[0] == 2
    (site.root / "site.toml").write_bytes(b"\xef\xbb\xbftitle = 'Marked'\n")
    assert site.build().code == 0
    assert "Marked" in site.page("/")


def test_settings_that_cannot_be_read(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that vanishes after the command line was checked."""
    three(site)

    def vanish(*_: Any, **__: Any) -> str:
        raise FileNotFoundError(2, "No such file")

    monkeypatch.setattr(Path, "read_text", vanish)
    code, _, stderr = run(*site.arguments())
    assert (code, "cannot be read: No such file" in stderr) == (2, True)


def test_the_clock_can_be_set_from_outside(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH replaces --now; nonsense in it is wrong usage."""
    three(site)
    arguments = [argument for argument in site.arguments() if argument not in {"--now", NOW}]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1741950000")  # 2025-03-14T11:00:00Z
    code, stdout, _ = run(*arguments)
    assert code == 0
    assert "1 future" in stdout
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")
    assert run(*arguments)[0] == 2
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert "0 left out" in run(*arguments)[1]


def test_a_mistake_of_the_program_is_exit_code_3(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called what it is, and the old site stays."""
    three(site).build()
    before = site.files()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("\x1b[31mboo")

    monkeypatch.setattr(pages, "plan", fail)
    site.add("2025-03-16-new.md")
    code, _, stderr = run(*site.arguments())
    assert code == 3
    assert "internal error" in stderr
    assert "\x1b[31mboo" not in stderr
    assert site.files() == before


def test_a_page_that_cannot_be_rendered_by_our_own_fault_is_exit_code_3(
    site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception that no template raised is not blamed on one."""
    three(site)
    monkeypatch.setattr("jinja2.Template.render", lambda *_, **__: 1 / 0)
    assert run(*site.arguments())[0] == 3


def test_an_interrupted_build_is_exit_code_130(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, and the old site stays."""
    three(site)

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pages, "plan", interrupt)
    code, _, stderr = run(*site.arguments())
    assert (code, "if files were being moved" in stderr) == (130, True)
    assert not site.output.exists()
    given = ("--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1")
    code, _, stderr = run("check", *given)
    assert (code, stderr.strip()) == (130, "interrupted")


def test_a_first_build_that_fails_leaves_nothing(site: SiteFolder) -> None:
    """And says so, rather than that the old site stays."""
    site.add("a.md", "x")
    assert site.build().stderr.endswith(f"not built: 1 error; {site.output} does not exist yet\n")
    site.add("a.md")
    site.build()
    site.add("a.md", "x")
    assert site.build().stderr.endswith(f"not built: 1 error; {site.output} is unchanged\n")


def test_help_and_version() -> None:
    """Both are exit 0; the help of the command names every option and the exit codes."""
    assert run("--version")[0] == 0
    code, stdout, _ = run("build", "--help")
    assert code == 0
    for option in ("--source", "--output", "--config", "--base-url", "--jobs", "--now", "--clean", "--skip-invalid",
                   "--report", "--drafts", "--future", "--quiet", "--verbose", "Exit codes"):  # fmt: skip
        assert option in stdout
    assert run()[0] == 2


def test_output_may_not_lie_in_its_own_input(site: SiteFolder) -> None:
    """Neither around nor inside the source folder, nor around the site's own files, nor in a file's place."""
    three(site)
    file = site.write("file", "x")
    for folder in ("static", "templates"):
        (site.root / folder).mkdir()
    loop = site.root / "loop"
    loop.symlink_to(loop)
    inside = [site.root / "seeds" / "out", site.root / "static" / "out", site.root / "templates"]
    for output in (site.root, site.root / "seeds", Path("/"), file, loop, site.root / ("x" * 300), *inside):
        code, _, stderr = run(*site.arguments("--output", str(output)))
        assert code == 2, output
        assert stderr
    assert sorted(path.name for path in (site.root / "seeds").iterdir()) == [
        "2025-03-14-one.md",
        "2025-03-14-two.md",
        "2025-03-15-three.md",
    ]


ENVIRONMENTS: list[tuple[str, dict[str, str]]] = [
    ("1", {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"}),
    ("2", {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
    ("3", {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}),
]


def test_the_same_input_gives_the_same_bytes(site: SiteFolder) -> None:
    """For any number of workers, time zone, locale and hash seed, and in whatever order files were made."""
    for number in reversed(range(150)):
        site.add(
            f"2025-03-{number % 28 + 1:02}-{number}.md",
            document(f"Body {number} with a [link](/archive/).\n", webUrl=f"https://e{number % 7}.org/{number}",
                     title=f"İtem {number}", topics=[f"Topic {number % 5}", "AI"], quality=number % 3,
                     provider={"name": f"Name {number % 4}", "domain": f"e{number % 7}.org"},
                     related=[entry(n % 9) for n in range(number, number + 12)]),
        )  # fmt: skip
    outputs = []
    for jobs, environment in ENVIRONMENTS:
        output = site.root / f"output-{jobs}"
        arguments = site.arguments("--output", str(output), "--jobs", jobs, "--quiet")
        subprocess.run([sys.executable, "-m", "generator", *arguments], check=True, env=os.environ | environment)
        outputs.append(published(output) | {"list": (output / "site-files.json").read_bytes()})
    assert outputs[0] == outputs[1] == outputs[2]
    assert len(outputs[0]) > 170


def test_an_address_does_not_depend_on_other_documents(site: SiteFolder) -> None:
    """Each item built alone has the page it has among the others."""
    paths = [shutil.copy(path, site.root / "seeds") for path in sorted(SEEDS.iterdir())]
    assert site.build().code == 0
    together = [name for name in site.files() if name.count("/") == 4]
    alone = []
    for path in paths:
        other = SiteFolder(site.root / Path(path).stem)
        shutil.copy(path, other.root / "seeds")
        assert other.build().code == 0
        alone += [name for name in other.files() if name.count("/") == 4]
    assert sorted(alone) == sorted(together)


def test_the_seeds_make_their_site(tmp_path: Path) -> None:
    """Five items, three topics, five days; each with its sidebar, none with its ciphertext."""
    site = SiteFolder(tmp_path)
    outcome = site.build("--source", str(SEEDS))
    assert outcome.code == 0
    assert (outcome.report["items"], outcome.report["topics"], outcome.report["days"]) == (5, 3, 5)
    assert outcome.report["problems"] == []
    files = {name: gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for name, data in site.files().items()}
    everything = b"".join(files.values()).decode("latin-1") + json.dumps(outcome.report)
    for path in SEEDS.iterdir():
        secret = re.search(r'^secured: "(.+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert secret
        for part in secret[1].split(";"):
            assert part not in everything
    pages = {
        name: (site.output / name).read_text("utf-8")
        for name in site.files()
        if re.fullmatch(r"(story/)?\d{4}/\d\d/\d\d/[^/]+/index.html", name)
    }
    assert sum(not name.startswith("story/") for name in pages) == 5
    lists = {name: set(re.findall(r'<section id="([a-z-]+)"', html)) for name, html in pages.items()}
    assert set().union(*lists.values()) == {"coverage", "related", "archive"}
    assert all(html.count("<h1>") == 1 for html in pages.values())
    assert "Terrorism" not in everything  # an entry that has nothing to do with its item


def test_a_story_lists_all_its_reports_and_some_of_its_subject(site: SiteFolder) -> None:
    """Entries that report the event are on the page of the story; of those on its subject, six are beside it."""
    title, excerpt = "Lundgren clinic model reads ECGs", "The Lundgren heart clinic has trained a model that abstains."
    told = [
        entry(n, title=f"{title}: {n}", excerpt=excerpt, publishedDateTime="2025-03-14T01:00:00Z") for n in range(14)
    ]
    subjects = ["patients", "nurses", "insurers", "surgeons", "lawyers", "parents", "students", "athletes"]
    others = [
        entry(100 + n, title=f"ECG devices for {who}", excerpt="A guide.", publishedDateTime="2024-03-14T01:00:00Z")
        for n, who in enumerate(subjects)
    ]
    site.add("2025-03-14-one.md", title=title, excerpt=excerpt, related=told + others)
    assert site.build().code == 0
    html = site.page("/story/2025/03/14/one/")
    coverage = html[html.index('<section id="coverage"') : html.index('<section id="related"')]
    related = html[html.index('<section id="related"') :]
    assert coverage.count('rel="external noopener"') == 15
    assert coverage.count('<li class="report">') == 1  # the others are copies
    assert "14 copies of this text: Other" in coverage
    assert related.count('<article class="card small"') == 6
    assert '<section id="archive"' not in html
    assert "2 sources, 1 with own text" in html  # all entries are of one publisher
    assert html.count("15 sources") == 0
    assert site.page("/2025/03/14/one/").count('<article class="card small"') == 4


def test_empty_sections_are_absent(site: SiteFolder) -> None:
    """An item without relatives has no sidebar lists."""
    site.add("2025-03-14-one.md")
    site.build()
    assert '<section id="' not in site.page("/2025/03/14/one/")


def test_cards_have_pictures_or_are_text(site: SiteFolder) -> None:
    """A picture has its size, loads late and sends no referrer; without one there is no box for it."""
    images = [{"url": "https://img.example.org/a.jpg", "width": 640, "height": 480, "title": "A film"}]
    site.add("2025-03-14-one.md", images=images)
    site.add("2025-03-13-two.md", title="Something else", excerpt="", publishedDateTime="2025-03-13T01:00:00Z")
    site.build()
    html = site.page("/topics/radiology/")
    image = re.search(r"<img[^>]*>", html)
    assert image
    for attribute in (
        'alt="A film"',
        'width="640"',
        'height="480"',
        'loading="lazy"',
        'decoding="async"',
        "no-referrer",
    ):
        assert attribute in image[0]
    assert html.count('<div class="media">') == html.count("<img") == 1
    assert html.count('<article class="card') == 2


def test_videos_are_badged_and_linked(site: SiteFolder) -> None:
    """A video says so on its card and page, with a picture or without; its page leads to the host."""
    frame = '<iframe src="https://www.youtube.com/embed/abc123"></iframe>'
    site.add("2025-03-14-one.md", type="video", featuredContent=frame)
    site.build()
    assert '<span class="kind">Video</span>' in site.page("/2025/03/14/")
    site.add(
        "2025-03-14-one.md", type="video", featuredContent=frame, images=[{"url": "https://img.example.org/a.jpg"}]
    )
    site.build()
    assert '<span class="badge">Video</span>' in site.page("/2025/03/14/")
    html = site.page("/2025/03/14/one/")
    assert '<span class="badge">Video</span>' in html
    assert 'href="https://www.youtube.com/watch?v=abc123"' in html
    assert "<iframe" not in html


def test_long_lists_are_paged_from_the_oldest(site: SiteFolder) -> None:
    """The newest page stands at the topic's own address; numbered ones are full."""
    site.configure(page_size=2)
    for number in range(1, 8):
        at = f"2025-03-{number:02}T00:00:00Z"
        site.add(f"2025-03-{number:02}-n.md", title=f"N{number}", excerpt="", publishedDateTime=at, topics=["AI"])
    site.build()
    assert site.page("/topics/ai/").count('<article class="card') == 3
    assert 'href="/topics/ai/page/2/"' in site.page("/topics/ai/")
    assert 'href="/2025/03/01/n/"' in site.page("/topics/ai/page/1/")
    assert 'href="/topics/ai/page/2/"' in site.page("/topics/ai/page/1/")
    before = site.page("/topics/ai/page/1/")
    site.add("2025-03-09-n.md", title="N9", excerpt="", publishedDateTime="2025-03-09T00:00:00Z", topics=["AI"])
    site.build()
    assert site.page("/topics/ai/page/1/") == before


def test_a_day_is_ranked_by_coverage_and_then_grouped_by_topic(site: SiteFolder) -> None:
    """Stories of several sources are first. A topic that most share is no section; stories without one are last."""
    words = ["Retina", "Insulin", "Kidney", "Sepsis", "Ulcer", "Glaucoma"]
    for number, word in enumerate(words):
        topics = ["AI", "Radiology" if number % 2 else "Eye"] if number < 4 else ["AI"]
        at = f"2025-03-14T0{number}:00:00Z"
        site.add(f"n{number}.md", title=word, excerpt="", topics=topics, publishedDateTime=at)
    for number in range(2):
        site.add(f"s{number}.md", title="Lundgren clinic model reads ECGs", excerpt="", topics=None,
                 provider={"name": "", "domain": f"s{number}.example"})  # fmt: skip
    site.build()
    html = site.page("/2025/03/14/")
    headings = re.findall(r'<h2 (?:id="several" )?class="rubric">(?:<a [^>]*>)?([^<]+)', html)
    assert [heading.strip() for heading in headings] == [
        "Several sources", "Eye", "Radiology", "Other news", "Topics of the day",
    ]  # fmt: skip
    assert html.index("Lundgren clinic") < html.index("Retina")


def test_the_feed_is_complete_and_bounded(site: SiteFolder) -> None:
    """Newest first, absolute links, ids that do not hang on the address."""
    three(site).configure(feed_size=2, feed_authority="digest.example", base_url="https://a.example/")
    site.build()
    feed = site.page("/feed.xml")
    titles = re.findall(r"<title>(.*?)</title>", feed)
    assert titles[1:] == ["Three", "One"]
    ids = re.findall(r"<id>(.*?)</id>", feed)
    assert all(entry_id.startswith("tag:digest.example,2026:") for entry_id in ids)
    site.configure(feed_size=2, feed_authority="digest.example", base_url="https://b.example/folder/")
    site.build()
    assert re.findall(r"<id>(.*?)</id>", site.page("/feed.xml")) == ids


def test_progress_is_for_terminals(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar appears once a build takes long enough, on a terminal only."""
    three(site)
    monkeypatch.setattr(terminal, "_BAR_AFTER_SECONDS", 0.0)
    assert "read" not in site.build().stderr
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with terminal.progress_bar(is_wanted=True) as progress:
        progress("read", 1, 2)
        progress("read", 2, 2)
    monkeypatch.setattr(terminal, "_BAR_AFTER_SECONDS", 3600.0)
    with terminal.progress_bar(is_wanted=True) as progress:
        progress("read", 1, 2)


def test_the_number_of_jobs_has_a_default_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not tell which cores are ours, all count."""
    assert terminal.default_jobs() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert terminal.default_jobs() >= 1


def test_a_report_replaces_no_input_and_no_output(site: SiteFolder) -> None:
    """Refused before anything is built; what is no regular file is written to, and a link is followed."""
    three(site)
    for path in (site.output / "index.html", site.root / "seeds" / "2025-03-14-one.md"):
        code, _, stderr = run(*site.arguments("--report", str(path)))
        assert (code, "write it elsewhere" in stderr) == (2, True)
    assert not site.output.exists()
    link = site.root / "link.json"
    link.symlink_to(site.root / "real.json")
    assert run(*site.arguments("--report", str(link)))[0] == 0
    assert link.is_symlink()
    assert json.loads((site.root / "real.json").read_text())["built"] is True
    assert run(*site.arguments("--report", "/dev/null"))[0] == 0
    assert Path("/dev/null").is_char_device()


def test_a_reader_of_the_summary_may_go(site: SiteFolder) -> None:
    """`digest build | true` has built."""
    three(site)
    command = [sys.executable, "-m", "generator", *site.arguments()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.close()
        assert process.wait() == 0
    assert (site.output / "index.html").exists()


def test_static_files_whose_names_cannot_be_published(site: SiteFolder) -> None:
    """Names that are no text, and our own folder."""
    three(site)
    site.write("static/root/.digest/manifest.json", "{}")
    (site.root / "static" / os.fsdecode(b"\xff.txt")).write_text("x")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["asset-error", "asset-error"])


def test_templates_that_python_cannot_compile_or_write(site: SiteFolder) -> None:
    """Two thousand brackets, half a surrogate pair: errors of the template."""
    three(site)
    path = site.write("templates/about.html", "{{ " + "(" * 2_000 + "1" + ")" * 2_000 + " }}")
    assert site.build().codes() == ["template-error"]
    path.write_text('{{ "\\ud800" }}')
    assert site.build().codes() == ["template-error"]


def test_settings_are_repaired_like_documents(site: SiteFolder) -> None:
    """They stand in the same pages and feeds."""
    three(site).configure(title="A\u0001 title", description="x\uffff\ny")
    assert site.build().code == 0
    assert "<title>A title</title>" in site.page("/feed.xml")
    assert "<subtitle>x y</subtitle>" in site.page("/feed.xml")


@pytest.mark.parametrize(
    ("more", "output"),
    [
        ((), "output"), (("--drafts",), "preview"), (("--future",), "preview"), (("--drafts", "--output", "x"), "x"),
    ],
)  # fmt: skip
def test_drafts_are_kept_apart_from_what_is_deployed(
    site: SiteFolder, more: tuple[str, ...], output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preview of what is not meant for readers has a folder of its own unless told otherwise."""
    three(site)
    asked: list[Path] = []

    async def serve(options: Options, *_: object, **__: object) -> None:
        asked.append(options.output)

    monkeypatch.setattr("generator.commands.serve.server.serve", serve)
    monkeypatch.chdir(site.root)
    assert run("serve", *more)[0] == 0
    assert asked == [Path(output)]


def test_a_folder_of_documents_is_built_without_settings(
    site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the default settings; a settings file that is named must be there."""
    site.add("2025-03-14-one.md", title="Without settings")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    folders = ("--source", str(site.root / "seeds"), "--output", "www")
    code, _, stderr = run("build", *folders)
    assert (code, stderr) == (0, "")
    assert "Without settings" in (empty / "www" / "index.html").read_text(encoding="utf-8")
    assert "https://example.org/" in (empty / "www" / "sitemap.xml").read_text(encoding="utf-8")
    assert run("check", *folders[:2])[0] == 0
    assert run("build", *folders, "--config", "site.toml")[0] == 2
