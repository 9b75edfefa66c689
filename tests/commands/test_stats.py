"""Tests of the command `stats`."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from generator.build.stories_only import ClusteredFolder, cluster_folder
from generator.commands import terminal
from generator.commands.stats import stats
from generator.config.options import Options
from tests.support import ROOT
from tests.support.making import SiteFolder, command_named, entry, run
from tests.support.stories import ECG, SEPSIS

NOW = dt.datetime(2025, 3, 10, 12, tzinfo=dt.UTC)
PICTURE = {"url": "https://img.example.org/1.jpg", "width": 800, "height": 450}
ICON = {"url": "https://img.example.org/2.jpg", "width": 16, "height": 16}
TOPICS = """\
topics:
  - {name: AI, slug: ai}
  - {name: Imaging, slug: imaging}
  - {name: Radiology, slug: radiology, parent: imaging}
  - {name: Dentistry, slug: dentistry}
  - {name: Ear and nose, slug: ear-and-nose}
"""
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202ecod"


def stats_of(site: SiteFolder, *more: str, now: str = NOW.isoformat()) -> tuple[int, str, str]:
    """Runs `digest stats`; returns exit code, stdout and stderr."""
    return run(
        "stats", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", now, *more,
    )  # fmt: skip


def numbers_of(site: SiteFolder, *more: str) -> dict[str, Any]:
    """Returns the object that `digest stats --format json` prints."""
    printed: dict[str, Any] = json.loads(stats_of(site, "--format", "json", *more)[1])
    return printed


def values(text: str) -> dict[str, str]:
    """Returns the text after each label."""
    return {line[:18].strip(): line[19:] for line in text.splitlines()}


def filled(site: SiteFolder) -> SiteFolder:
    """Adds two items of one story from two sources, one of which lists a third report, and an item of another story."""
    site.write("topics.yaml", TOPICS)
    report = entry(1, title=ECG[1].title, excerpt=ECG[1].excerpt, publishedDateTime="2025-03-05T08:00:00Z")
    other = entry(2, title="Something else entirely", excerpt="Nothing in common.")
    for number, (item, domain) in enumerate([(ECG[0], "a.example"), (ECG[1], "b.example"), (SEPSIS, "a.example")]):
        site.add(
            f"n{number}.md", title=item.title, excerpt=item.excerpt, topics=["Radiology", "Orphan"],
            publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z", images=[[PICTURE], [ICON], []][number],
            provider={"name": domain[0].upper(), "domain": domain}, related=[report, other] if number == 1 else [],
        )  # fmt: skip
    return site


def options_of(site: SiteFolder) -> Options:
    return Options(source=site.root / "seeds", output=site.output, config=site.root / "site.toml", now=NOW)


def with_kinds(folder: ClusteredFolder, kinds: dict[str, str]) -> ClusteredFolder:
    """Returns the folder with the kinds of sources, by domain."""
    for item in folder.clustering.items:
        provider = msgspec.structs.replace(item.provider, kind=kinds.get(item.provider.domain, ""))
        msgspec.structs.force_setattr(item, "provider", provider)
    return folder


def test_it_counts_items_stories_and_reports(site: SiteFolder) -> None:
    """Reports are items and entries of their story; a story has as many sources as its card shows."""
    site = filled(site)
    code, stdout, stderr = stats_of(site)
    assert (code, stderr) == (0, "")
    found = values(stdout)
    assert found["documents"] == "3 read, 0 with errors, 0 left out"
    assert found["items"] == "3"
    assert found["stories"] == "2, 1 of several sources"
    assert found["reports"] == "4"
    printed = numbers_of(site)
    names = ("items", "stories", "stories_of_several_sources", "reports")
    assert [printed[name] for name in names] == [3, 2, 1, 4]
    assert printed["now"] == "2025-03-10T12:00:00Z"
    assert not site.output.exists()


def test_an_entry_makes_a_story_one_of_several_sources(site: SiteFolder) -> None:
    """As on a card, the publisher of a related entry counts, even if the site has a single item of the story."""
    report = entry(1, title=ECG[1].title, excerpt=ECG[1].excerpt, publishedDateTime="2025-03-05T08:00:00Z")
    site.add("one.md", title=ECG[0].title, excerpt=ECG[0].excerpt, publishedDateTime="2025-03-05T09:00:00Z",
             related=[report])  # fmt: skip
    printed = numbers_of(site)
    assert [printed[name] for name in ("items", "stories_of_several_sources", "reports")] == [1, 1, 2]
    assert printed["sources"] == 1


def test_after_a_build_the_numbers_are_the_same(site: SiteFolder) -> None:
    """They are those of the report of the build, and documents from the cache are counted like others."""
    before = stats_of(filled(site))
    report = site.build().report
    assert stats_of(site) == before
    printed = numbers_of(site)
    assert [printed[name] for name in ("documents", "items", "stories")] == [
        report[name] for name in ("documents", "items", "stories")
    ]


def test_it_counts_items_without_a_usable_picture(site: SiteFolder) -> None:
    """An icon is not usable."""
    site = filled(site)
    assert numbers_of(site)["without_picture"] == {"items": 2, "share": 0.667}
    assert values(stats_of(site)[1])["no usable picture"] == "2 items (67%)"


def test_it_lists_curated_topics_without_items(site: SiteFolder) -> None:
    """A parent has the items of its subtopics. Topics that only documents name do not count."""
    site = filled(site)
    printed = numbers_of(site)
    assert printed["topics"] == 5
    assert printed["topics_without_items"] == [
        {"slug": "ai", "name": "AI"},
        {"slug": "dentistry", "name": "Dentistry"},
        {"slug": "ear-and-nose", "name": "Ear and nose"},
    ]
    stdout = stats_of(site)[1]
    assert values(stdout)["curated topics"] == "5, 3 without items"
    assert "\n  AI, Dentistry, Ear and nose\n" in stdout


def test_sources_without_a_kind_are_unknown(site: SiteFolder) -> None:
    """They are listed with their numbers of items, the most frequent ones first, then by name."""
    site = filled(site)
    printed = numbers_of(site)
    assert (printed["sources"], printed["kinds"]) == (2, {})
    assert printed["unknown_sources"] == {
        "sources": 2,
        "items": 3,
        "most_frequent": [
            {"name": "A", "domain": "a.example", "items": 2},
            {"name": "B", "domain": "b.example", "items": 1},
        ],
    }
    stdout = stats_of(site)[1]
    assert values(stdout)["unknown"] == "2 sources    3 items"
    assert values(stdout)["2 items"] == "A (a.example)"


def test_at_most_ten_unknown_sources_are_listed(site: SiteFolder) -> None:
    """The number counts all of them."""
    for number in range(12):
        domain = f"s{number:02}.example"
        site.add(f"{number}.md", title=f"Title {number}", publishedDateTime="2025-03-02T08:00:00Z",
                 provider={"name": domain, "domain": domain})  # fmt: skip
    unknown = numbers_of(site)["unknown_sources"]
    assert (unknown["sources"], len(unknown["most_frequent"])) == (12, 10)


def test_sources_are_counted_by_kind(site: SiteFolder) -> None:
    """The kinds with the most items come first. A kind that no source has is not listed."""
    folder = cluster_folder(options_of(filled(site)))
    counted = stats.count(with_kinds(folder, {"a.example": "news", "b.example": "journal"}), NOW)
    printed = stats.as_json(counted)
    assert list(printed["kinds"].items()) == [
        ("news", {"sources": 1, "items": 2}),
        ("journal", {"sources": 1, "items": 1}),
    ]
    assert printed["unknown_sources"] == {"sources": 0, "items": 0, "most_frequent": []}
    assert printed["sources"] == 2
    found = values("\n".join(stats.text_lines(counted)))
    assert (found["news"], found["journal"]) == ("1 source     2 items", "1 source     1 item")
    partly = stats.count(with_kinds(folder, {"b.example": "journal"}), NOW)
    assert ([one.kind for one in partly.kinds], partly.unknown.items, partly.sources) == (["journal"], 2, 2)


def test_the_newest_item_has_its_time_and_age(site: SiteFolder) -> None:
    """As text in the time zone of the site, as JSON in UTC."""
    site.configure(**site.settings, timezone="Europe/Berlin")
    printed = numbers_of(filled(site))["newest"]
    assert printed | {"path": ""} == {
        "path": "", "title": SEPSIS.title, "published": "2025-03-04T08:00:00Z", "date_only": False,
        "age_seconds": (6 * 24 + 4) * 3600,
    }  # fmt: skip
    assert printed["path"].endswith("seeds/n2.md")
    stdout = stats_of(site)[1]
    assert values(stdout)["newest item"] == "2025-03-04 09:00 CET, 6d 4h ago"
    assert f"{SEPSIS.title}\n" in stdout


def test_an_item_without_a_time_of_day_has_a_date(site: SiteFolder) -> None:
    """Its age counts from 00:00 UTC."""
    site.add("one.md", publishedDateTime="2025-03-10")
    newest = numbers_of(site)["newest"]
    assert (newest["date_only"], newest["age_seconds"]) == (True, 12 * 3600)
    assert values(stats_of(site)[1])["newest item"] == "2025-03-10, 12h ago"


@pytest.mark.parametrize(
    ("max_age", "code", "limit"),
    [("4h", 0, ""), ("240m", 0, ""), ("1d", 0, ""), ("3h", 1, "3h"), ("239m", 1, "3h 59m")],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_an_old_newest_item_is_noticed(site: SiteFolder, max_age: str, code: int, limit: str, form: str) -> None:
    """The numbers are printed as usual, and one line on stderr says why the exit code is 1."""
    site.add("one.md", publishedDateTime="2025-03-10T08:00:00Z")
    message = f"error: the newest item is 4h old, and --max-age is {limit}\n" if code else ""
    usual = stats_of(site, "--format", form)
    assert stats_of(site, "--format", form, "--max-age", max_age) == (code, usual[1], message)


def test_one_second_more_than_the_limit_is_too_old(site: SiteFolder) -> None:
    """An age that equals the limit is not."""
    site.add("one.md", publishedDateTime="2025-03-10T08:00:00Z")
    assert stats_of(site, "--max-age", "4h", now="2025-03-10T12:00:00Z")[0] == 0
    assert stats_of(site, "--max-age", "4h", now="2025-03-10T12:00:01Z")[0] == 1


def test_future_items_are_not_news(site: SiteFolder) -> None:
    """With --future they count as items, but they must not hide that nothing new arrives."""
    site.add("one.md", publishedDateTime="2025-03-08T12:00:00Z")
    site.add("two.md", title="Later", publishedDateTime="2025-03-12T12:00:00Z")
    assert numbers_of(site)["documents"]["left_out_because"] == {"future": 1}
    printed = numbers_of(site, "--future")
    assert (printed["items"], printed["newest"]["age_seconds"]) == (2, 48 * 3600)
    assert stats_of(site, "--future", "--max-age", "1d")[0] == 1


def test_no_item_is_too_old(site: SiteFolder) -> None:
    """If all documents are left out, there is no newest item, and none of the numbers fails."""
    site.add("one.md", draft=True)
    code, stdout, stderr = stats_of(site, "--max-age", "12h")
    assert (code, stderr) == (1, "error: there is no item, and --max-age is 12h\n")
    assert values(stdout)["newest item"] == "none"
    assert values(stdout)["no usable picture"] == "0 items (0%)"
    printed = numbers_of(site)
    assert (printed["newest"], printed["without_picture"]) == (None, {"items": 0, "share": 0.0})
    assert stats_of(site)[0] == 0


@pytest.mark.parametrize(
    "value", ["12", "h", "0h", "-1h", "1.5h", "12H", "12 h", "1w", "", "٣h", "9" * 12 + "d", HOSTILE]
)
def test_a_wrong_max_age_is_wrong_usage(site: SiteFolder, value: str) -> None:
    """The message shows the value, and an example of a right one."""
    site.add("one.md")
    code, stdout, stderr = stats_of(site, "--max-age", value)
    assert (code, stdout) == (2, "")
    assert "Invalid value for '--max-age'" in stderr
    assert ("is too long" in stderr) == value.endswith("9d")
    assert all(line.isprintable() for line in stderr.split("\n"))


def test_documents_that_are_left_out_are_counted_by_reason(site: SiteFolder) -> None:
    """In the words of the report of a build."""
    site = filled(site)
    site.add("draft.md", title="A draft", draft=True, publishedDateTime="2025-03-05T08:00:00Z")
    site.add("gone.md", title="Withdrawn", removed=True)
    site.add("twice.md", title=SEPSIS.title, webUrl="https://news.example.org/n2.md", quality=1,
             publishedDateTime="2025-03-04T08:00:00Z")  # fmt: skip
    assert values(stats_of(site)[1])["documents"] == (
        "6 read, 0 with errors, 3 left out (1 draft, 1 duplicate, 1 removed)"
    )
    assert numbers_of(site)["documents"] == {
        "read": 6, "rejected": 0, "left_out": 3, "left_out_because": {"draft": 1, "duplicate": 1, "removed": 1},
    }  # fmt: skip
    assert numbers_of(site, "--drafts")["items"] == 4


def test_documents_with_errors_are_counted_and_reported(site: SiteFolder) -> None:
    """The numbers are printed all the same. The exit code is 1, unless invalid documents are skipped."""
    site = filled(site)
    site.add("bad.md", "x")
    site.add("worse.md", title=None)
    code, stdout, stderr = stats_of(site)
    assert (code, "no-front-matter" in stderr, "missing-field" in stderr) == (1, True, True)
    assert values(stdout)["documents"] == "5 read, 2 with errors, 0 left out"
    skipping = stats_of(site, "--skip-invalid")
    assert skipping == (0, stdout, stderr)
    assert stats_of(site, "--skip-invalid", "--max-age", "1h")[0] == 1


@pytest.mark.parametrize("more", [[], ["--skip-invalid"]])
def test_a_folder_without_documents_is_an_error(site: SiteFolder, more: list[str]) -> None:
    """A build fails, too, with or without --skip-invalid."""
    code, stdout, stderr = stats_of(site, *more)
    assert (code, "no-documents" in stderr) == (1, True)
    assert values(stdout)["documents"] == "0 read, 0 with errors, 0 left out"


def test_text_of_documents_is_escaped(site: SiteFolder) -> None:
    """Titles, publishers, topics and names of files give a terminal no orders."""
    site.write("topics.yaml", f"topics:\n  - name: {json.dumps('Topic ' + HOSTILE)}\n    slug: topic\n")
    name = HOSTILE.replace("/", "")
    site.add(f"one{name}.md", title=f"One {HOSTILE}", publishedDateTime="2025-03-02T08:00:00Z",
             provider={"name": f"News {HOSTILE}", "domain": "news.example"})  # fmt: skip
    for form in ("text", "json"):
        code, stdout, stderr = stats_of(site, "--format", form)
        assert (code, stderr) == (0, "")
        assert all(line.isprintable() for line in stdout.split("\n"))
    assert "\\x1b]0;owned" in stats_of(site)[1]


def test_the_time_is_the_clock_unless_it_is_given(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """--now goes before SOURCE_DATE_EPOCH, and that before the clock."""
    site.add("one.md", publishedDateTime="2025-03-09T12:00:00Z")
    arguments = ["stats", "--source", str(site.root / "seeds"), "--max-age", "1d", "--jobs", "1"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    assert run(*arguments)[0] == 0
    assert run(*arguments, "--now", "2025-03-11T12:00:00Z")[0] == 1
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert run(*arguments)[0] == 1


def started(site: SiteFolder, stdout: int) -> subprocess.CompletedProcess[str]:
    """Runs `digest stats` in a process of its own."""
    command = [sys.executable, "-m", "generator", "stats", "--source", str(site.root / "seeds"), "--now", "2026-01-01"]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT)


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="there is no full device here")
def test_numbers_that_cannot_be_written_are_an_error(site: SiteFolder) -> None:
    """A full disk is no success."""
    site.add("one.md")
    with open("/dev/full", "wb") as full:
        ended = started(site, full.fileno())
    assert ended.returncode == terminal.EXIT_USAGE
    assert re.fullmatch(r"error: the numbers cannot be written: \S.+\n", ended.stderr)


def test_a_reader_that_has_gone_is_no_error(site: SiteFolder) -> None:
    """As in `digest stats | head -1`."""
    site.add("one.md")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = started(site, writing)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0m"), (59, "59m"), (60, "1h"), (61, "1h 1m"), (1440, "1d"), (1441, "1d"), (4559, "3d 3h")],
)
def test_a_length_of_time_has_two_units(minutes: int, text: str) -> None:
    """It is rounded down."""
    assert stats.duration(dt.timedelta(minutes=minutes, seconds=59)) == text


def test_every_option_and_key_is_documented(site: SiteFolder) -> None:
    """docs/checking.md names them."""
    text = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    section = text.partition("\n## Numbers of a site\n")[2].partition("\n## ")[0]
    for parameter in command_named("stats").params:
        for option in parameter.opts:
            assert f"`{option}" in section or option == "form", option
    printed = numbers_of(filled(site))
    nested = [value for value in printed.values() if isinstance(value, dict)]
    lists = [printed["unknown_sources"]["most_frequent"], printed["topics_without_items"]]
    keys = {key for value in [printed, *nested, *(one for entries in lists for one in entries)] for key in value}
    assert [key for key in sorted(keys) if f"`{key}`" not in section] == []
