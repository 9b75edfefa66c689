"""A build that remembers the last one makes, to the byte, what a build from nothing makes; only sooner."""

import contextlib
import datetime as dt
import functools
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from msgspec import structs

from generator.build.build import build
from generator.build.report import Report
from generator.build.up_to_date import SITE
from generator.cache.document_keys import DOCUMENT
from generator.cache.documents import PARSED, RELATED
from generator.config.options import Options
from generator.content.collection import Selection, reason_to_leave_out
from generator.content.parse import Parsed, parse
from generator.content.source_files import Document
from generator.output.reuse import FILE
from generator.render.renderer import Rendered, Renderer
from generator.site.page import Page
from generator.site.pages.editions import WEEK
from generator.stories.blocks import ENTRIES, FEATURES, WORDS
from generator.stories.cluster import StoryClusterer
from generator.stories.incremental import ASSIGNMENTS
from tests.support import editing
from tests.support.editing import ANGLES, IDLE_PLACES, NAME, SUBJECTS, Chance, Draft, Place
from tests.support.making import SiteFolder, entry, published, small_sizes

SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/", "page_size": 3, "search": False}
KINDS = (SITE, DOCUMENT, PARSED, RELATED, FILE, WEEK, ASSIGNMENTS, ENTRIES, FEATURES, WORDS)
_SEEDS = 6
_DOCUMENTS = 3


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """An empty site folder, without search."""
    return SiteFolder(tmp_path / "site", SETTINGS)


@pytest.fixture
def _verifying() -> Iterator[None]:
    """Small blocks, and a cache that makes every result again: a wrong key is named by its kind."""
    with small_sizes():
        yield


@pytest.fixture
def _small() -> Iterator[None]:
    """Small blocks."""
    with small_sizes(is_verifying=False):
        yield


class Editor:
    """A robot that writes and rewrites documents, and an editor beside it."""

    def __init__(self, site: SiteFolder, seed: int) -> None:
        self.site = site
        self.chance = Chance(seed)
        self.number = 0
        self.now = "2025-03-20T00:00:00Z"
        self.settings = dict(SETTINGS)
        self.drafts: dict[str, Draft] = {}
        """Of each document what was meant, though its file may hold something else by now."""

    def path(self, name: str) -> Path:
        return self.site.root / "seeds" / name

    def one(self) -> str:
        return self.chance.choice(sorted(self.drafts))

    def write(self, draft: Draft) -> None:
        self.drafts[draft[NAME]] = draft
        self.site.add(draft[NAME], editing.text(draft))

    def add(self) -> None:
        self.number += 1
        name = f"2025-03-{self.number % 28 + 1:02}-n{self.number}.md"
        self.write(editing.made(self.chance) | {NAME: name})

    def rewrite(self) -> None:
        self.write(editing.made(self.chance) | {NAME: self.one()})

    def edit(self, slot: Sequence[Place]) -> None:
        """Gives a key another value in some documents, mostly of the site, and leaves the rest of them as it is.

        Args:
            slot: the fields that the key sets, one of which is to become another.
        """
        place = self.chance.choice(slot)
        self.chance.drafts = [draft for _, draft in sorted(self.drafts.items())]
        having = [draft for draft in self.chance.drafts if editing.has(draft, place)]
        shown = [draft for draft in having if self.is_shown(draft)]
        drafts = shown if shown and self.chance.random() < 0.9 else having or [editing.full(self.chance)]
        for draft in self.chance.sample(drafts, min(len(drafts), _DOCUMENTS)):
            changed = editing.change(draft, place, self.chance)
            if changed[NAME] != draft[NAME]:
                self.drop(draft[NAME])
            self.write(changed)

    def is_shown(self, draft: Draft) -> bool:
        """Tells whether a document is on the site, unless another one is in its way."""
        item = editing.item_of(draft)
        now = dt.datetime.fromisoformat(self.now)
        selection = Selection(now=now, with_unpromoted=bool(self.settings.get("include_unpromoted", True)))
        return item is not None and not reason_to_leave_out(item, selection, is_future=item.published_at > now)

    def drop(self, name: str) -> None:
        if self.drafts.pop(name, None):
            self.path(name).unlink()

    def break_one(self) -> None:
        self.path(self.one()).write_text("no front matter", encoding="utf-8")

    def remove(self) -> None:
        if len(self.drafts) > 3:
            self.drop(self.one())

    def rename(self) -> None:
        """A document moves with all that it is, or whatever its file holds."""
        self.number += 1
        old, new = self.one(), f"2025-03-02-renamed-{self.number}.md"
        self.path(old).rename(self.path(new))
        self.drafts[new] = self.drafts.pop(old) | {NAME: new}

    def touch(self) -> None:
        for name in sorted(self.drafts):
            os.utime(self.path(name), (self.chance.randrange(10**9), 10**9))

    def swap(self) -> None:
        """Two documents change places."""
        one, other = self.one(), self.one()
        first, second = self.path(one).read_bytes(), self.path(other).read_bytes()
        self.path(one).write_bytes(second)
        self.path(other).write_bytes(first)
        drafts = self.drafts
        drafts[one], drafts[other] = drafts[other] | {NAME: one}, drafts[one] | {NAME: other}

    def move_clock(self) -> None:
        self.now = f"2025-03-{self.chance.randrange(10, 28):02}T12:00:00Z"

    def settle(self, name: str) -> None:
        """Gives a setting another value; the others have what they had at first."""
        self.settings = editing.settled(SETTINGS, name, self.chance)
        self.site.configure(**self.settings)

    def settle_anew(self) -> None:
        self.settings = dict(SETTINGS)
        self.site.configure(**self.settings)

    def theme(self) -> None:
        number = self.chance.randrange(9)
        name, text = self.chance.choice(
            [
                ("templates/about.html", f"<p>{number}</p>"),
                ("templates/part.html", f"<i>{number}</i>"),
                ("templates/404.html", '{% include "part.html" ignore missing %}'),
                ("templates/year.html", '{% set p = "part.html" %}{% include p ignore missing %}{{ asset("x.css") }}'),
                ("static/x.css", f"i {{ margin: {number}px }}"),
                ("static/root/humans.txt", str(number)),
                ("topics.yaml", f"topics:\n  - name: Sepsis\n    keywords: [alarm {number}, sepsis]\n"),
                ("sources.yaml", f"sources:\n  - {{domain: source1.example, name: News {number}, kind: news}}\n"),
            ]
        )  # fmt: skip
        self.site.write("static/x.css", "i { margin: 0 }")
        self.site.write(name, text)

    def damage(self) -> None:
        """Files of the site change behind the build's back."""
        pages = sorted(self.site.output.rglob("*.html"))
        for path in self.chance.sample(pages, min(len(pages), 3)):
            kind = self.chance.randrange(3)
            path.unlink() if kind == 0 else path.touch() if kind == 1 else path.write_text("x")

    def forget(self) -> None:
        """The state, the manifest or the whole output is lost, or the state is from elsewhere."""
        cache = self.site.root / ".digest" / "cache.sqlite"
        kind = self.chance.randrange(5)
        if kind == 0:
            cache.write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
        elif kind == 1:
            shutil.rmtree(cache.parent, ignore_errors=True)
        elif kind == 2:
            self.assert_builds()  # without the manifest, a file that is no longer part of the site would stay
            (self.site.output / "site-files.json").unlink()
            self.assert_builds("--overwrite")
        elif kind == 3:
            for path in self.site.output.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        else:
            shutil.rmtree(self.site.output)

    def kill(self) -> None:
        """A build is ended before it publishes, or before it remembers."""
        where = self.chance.choice(["generator.output.tree.Tree.publish", "generator.cache.memo.Memo.finish"])
        self.rewrite()
        with mock.patch(where, side_effect=KeyboardInterrupt):
            assert self.site.build("--now", self.now, "--skip-invalid").code == 130

    def assert_builds(self, *more: str) -> None:
        """Builds; where it verifies, the build from nothing is to report the same, too."""
        reports: list[Report] = []

        def kept(options: Options) -> Report:
            reports.append(build(options))
            return reports[-1]

        with mock.patch("generator.build.verify.build", kept):
            outcome = self.site.build("--now", self.now, "--skip-invalid", *more)
        assert outcome.code == 0, outcome.stdout + outcome.stderr
        for report in reports:
            assert _of_site(outcome.report) == _of_site(report.as_json())


def _of_site(report: dict[str, Any]) -> dict[str, Any]:
    """Returns what a report says of a site, and not of a build of it."""
    wanted = ("documents", "items", "stories", "topics", "days", "problems")
    said: dict[str, Any] = json.loads(json.dumps({key: report[key] for key in wanted}))
    return said


@pytest.mark.usefixtures("_verifying")
@pytest.mark.parametrize("seed", range(_SEEDS))
def test_whatever_is_edited_the_site_is_that_of_a_clean_build(site: SiteFolder, seed: int) -> None:
    """Documents, settings, templates, static files, topics, the clock, the output and the state itself.

    Each key is edited in a round without other edits: these could hide that something depends on it. Settings, and keys
    that nothing depends on, are edited among others.
    """
    editor = Editor(site, seed)
    for number in range(12):
        if number % 5:
            editor.add()
        else:
            editor.write(editing.full(editor.chance))
    editor.assert_builds("--verify")
    alone: list[Callable[[], None]] = [functools.partial(editor.edit, slot) for slot in editing.slots()]
    among: list[Callable[[], None]] = [
        *(functools.partial(editor.edit, [place]) for place in IDLE_PLACES),
        *(functools.partial(editor.settle, name) for name in editing.SETTING_EDITS),
        *[editor.settle_anew] * _SEEDS,
    ]
    for edits in (alone, among):
        random.Random(0).shuffle(edits)  # noqa: S311 - each seed has others of them
    kinds: list[Callable[[], None]] = [
        *[editor.add, editor.rewrite, editor.rewrite, editor.remove, editor.rename, editor.touch, editor.swap] * 2,
        editor.break_one, editor.move_clock, editor.theme, editor.damage, editor.forget, editor.kill,
    ]  # fmt: skip
    rounds = [[edit] for edit in alone[seed::_SEEDS]]
    rounds += [[edit, *editor.chance.sample(kinds, editor.chance.randrange(3, 6))] for edit in among[seed::_SEEDS]]
    for edits in editor.chance.sample(rounds, len(rounds)):
        for edit in editor.chance.sample(edits, len(edits)):
            edit()
        editor.assert_builds("--verify")


class Robot:
    """Writes documents whose stories no editor speaks of, and later other lists and other heat into old ones."""

    def __init__(self, site: SiteFolder, seed: int) -> None:
        self.site = site
        self.chance = random.Random(seed)  # noqa: S311 - the same edits every time
        self.documents: list[dict[str, Any]] = []

    def add(self) -> None:
        chance, number = self.chance, len(self.documents)
        subject = chance.choice(SUBJECTS)
        self.documents.append(
            {
                "title": f"{subject[0].upper()}{subject[1:]} {chance.choice(ANGLES)}",
                "excerpt": f"The {subject} {chance.choice(ANGLES)}, says a report.",
                "publishedDateTime": f"2025-03-{1 + number // 4:02}T{number % 4 + 8:02}:00:00Z",
                "webUrl": f"https://source{number % 5}.example/{number}",
                "provider": {"name": f"Source {number % 5}", "domain": f"source{number % 5}.example"},
                "related": self.related(),
            }
        )
        self.write(number)

    def related(self) -> list[dict[str, Any]]:
        """Articles of the archive and others."""
        chance = self.chance
        found = []
        for number in chance.sample(range(30), chance.randrange(6)):
            title = f"{chance.choice(SUBJECTS)} {chance.choice(ANGLES)}"
            more = {}
            if self.documents and chance.random() < 0.6:
                other = chance.choice(self.documents)
                title, more = other["title"], {"webUrl": other["webUrl"]}
            found.append(entry(number, title=title, publishedDateTime="2025-03-02T08:00:00Z", **more))
        return found

    def relist(self) -> None:
        number = self.chance.randrange(len(self.documents))
        self.documents[number] |= {"related": self.related(), "heat": self.chance.randrange(-1, 5)}
        self.write(number)

    def write(self, number: int) -> None:
        self.site.add(f"n{number}.md", **self.documents[number])


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("seed", range(4))
def test_other_lists_of_old_documents(site: SiteFolder, seed: int) -> None:
    """Only what depends on a changed list is clustered again, and no features are extracted before it."""
    robot = Robot(site, seed)
    for _ in range(60):
        robot.add()
    site.build("--verify")
    assigned = 0
    for _ in range(8):
        for _ in range(robot.chance.randrange(1, 5)):
            robot.relist()
        with mock.patch.object(StoryClusterer, "assign", autospec=True, side_effect=StoryClusterer.assign) as assign:
            assert site.build("--jobs", "1").code == 0
            assigned += assign.call_count
        if robot.chance.random() < 0.3:
            robot.add()
        assert site.build("--verify").code == 0
    assert 0 < assigned < 8 * 60


@pytest.mark.usefixtures("_small")
def test_an_old_change_that_leaves_stories_equal_clusters_nothing_else(site: SiteFolder) -> None:
    """The heat of a document that is alone in its story changes: its block is assigned again and those in reach."""
    for number in range(40):
        word = "".join(chr(97 + (number * 7 + place * 3) % 26) for place in range(9))
        day = f"2025-{1 + number // 10:02}-{1 + 2 * (number % 10):02}"
        site.add(f"{day}-n{number}.md", title=f"{word} {word[::-1]}", excerpt="", publishedDateTime=f"{day}T08:00:00Z")
    assert site.build().code == 0
    site.add("2025-01-05-n2.md", title="changed heat", excerpt="", publishedDateTime="2025-01-05T08:00:00Z", heat=3)
    assert site.build().code == 0
    site.add("2025-01-05-n2.md", title="changed heat", excerpt="", publishedDateTime="2025-01-05T08:00:00Z", heat=4)
    with mock.patch.object(StoryClusterer, "assign", autospec=True, side_effect=StoryClusterer.assign) as assign:
        assert site.build("--jobs", "1").code == 0
    assert 1 <= assign.call_count <= 18  # its block, and those of the 45 days after it
    assert site.build("--verify").code == 0


def ten(site: SiteFolder) -> SiteFolder:
    """Ten documents of ten days."""
    for number in range(10):
        site.add(
            f"2025-03-{number + 1:02}-n{number}.md",
            title=f"Headline {number}",
            publishedDateTime=f"2025-03-{number + 1:02}T08:00:00Z",
        )
    return site


def rendered(site: SiteFolder, *more: str) -> set[str]:
    """The addresses of the pages that a build renders."""
    made: list[str] = []
    render = Renderer.render

    def count(self: Renderer, page: Page) -> Rendered:
        made.append(page.address)
        return render(self, page)

    with mock.patch.object(Renderer, "render", count):
        assert site.build(*more).code == 0
    return set(made)


def test_nothing_is_rendered_where_nothing_changed(site: SiteFolder) -> None:
    """Also where all files have other times, as in a fresh clone, or the output alone was kept or lost."""
    ten(site).build()
    assert rendered(site) == set()
    for path in (site.root / "seeds").iterdir():
        os.utime(path, (1, 1))
    for path in site.output.rglob("*.html"):
        os.utime(path, (1, 1))
    assert rendered(site) == set()
    everything = rendered(site, "--clean")
    assert len(everything) > 40
    before = published(site.output)
    for path in site.output.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert rendered(site) == everything
    assert published(site.output) == before


def test_documents_are_parsed_once(site: SiteFolder) -> None:
    """Only the one that changed is parsed again, or all where they would be read in another way."""
    ten(site).build()
    parsed: list[str] = []

    def note(document: Document, **more: Any) -> Parsed:
        parsed.append(document.name)
        return parse(document, **more)

    with mock.patch("generator.build.load.parse", note):
        assert site.build("--jobs", "1").code == 0
        assert parsed == []
        site.add("2025-03-04-n3.md", title="Another headline", publishedDateTime="2025-03-04T08:00:00Z")
        assert site.build("--jobs", "1").code == 0
        assert parsed == ["2025-03-04-n3.md"]
        site.configure(**SETTINGS, timezone="Europe/Berlin")
        assert site.build("--jobs", "1").code == 0
        assert len(parsed) == 11


def test_a_change_renders_what_shows_it(site: SiteFolder) -> None:
    """A new title is on the item's page, on its neighbours', in lists and feeds; on no other item's page."""
    words = ["heart", "lung", "skin", "eye", "ear", "knee", "liver", "brain", "tooth", "bone"]
    for number, word in enumerate(words):
        site.add(
            f"2025-03-{number + 1:02}-n{number}.md",
            title=f"{word} {word}s",
            excerpt="",
            topics=[f"Topic {number}"],
            provider={"name": f"Source {number}", "domain": f"s{number}.example"},
            publishedDateTime=f"2025-03-{number + 1:02}T08:00:00Z",
        )
    site.build()
    path = site.root / "seeds" / "2025-03-04-n3.md"
    path.write_text(path.read_text().replace("eye eyes", "nose noses"))
    made = rendered(site)
    items = {address for address in made if address.count("/") == 5 and address.startswith("/2025/")}
    assert items == {"/2025/03/03/n2/", "/2025/03/04/n3/", "/2025/03/05/n4/"}
    assert {"/", "/2025/03/04/", "/topics/topic-3/", "/topics/topic-3/feed.xml", "/sources/s3.example/"} <= made
    assert not {"/topics/topic-5/", "/sources/s5.example/", "/2025/03/06/", "/about/", "/2025/"} & made


def test_a_template_renders_the_pages_it_is_part_of(site: SiteFolder) -> None:
    """Directly or taken in by another; a static file those whose templates name it."""
    ten(site).build()
    site.write("templates/about.html", "<p>Ours</p>")
    assert rendered(site) == {"/about/"}
    site.write("templates/year.html", '{% include "part.html" %}')
    site.write("templates/part.html", "<p>One</p>")
    assert rendered(site) == {"/2025/"}
    site.write("templates/part.html", '<p>{{ asset("x.css") }}</p>')
    site.write("static/x.css", "i { margin: 0 }")
    assert rendered(site) == {"/2025/"}
    site.write("static/x.css", "i { margin: 1px }")
    assert rendered(site) == {"/2025/"}
    site.write("static/y.css", "i { margin: 1px }")
    assert rendered(site) == set()
    site.write("templates/part.html", '<p>{{ asset("x" ~ ".css") }}</p>')
    assert rendered(site) == {"/2025/"}
    site.write("static/y.css", "i { margin: 2px }")
    assert rendered(site) == {"/2025/"}


def test_a_topic_that_comes_to_be_called_something_else_changes_old_pages(site: SiteFolder) -> None:
    """No story of their items changed, but what they call a topic is what most items call it."""
    for number, name in enumerate([*["Sepsis"] * 6, *["SEPSIS"] * 4]):
        day = f"2025-03-{number + 1:02}"
        site.add(f"{day}-n{number}.md", title=f"Headline {number}", topics=[name], publishedDateTime=f"{day}T08:00:00Z")
    site.build()
    assert ">Sepsis<" in (site.output / "2025/03/01/n0/index.html").read_text(encoding="utf-8")
    site.add("2025-03-11-n11.md", title="Headline 11", topics=["SEPSIS"], publishedDateTime="2025-03-11T08:00:00Z")
    site.add("2025-03-12-n12.md", title="Headline 12", topics=["SEPSIS"], publishedDateTime="2025-03-12T08:00:00Z")
    assert site.build("--verify").code == 0
    assert ">SEPSIS<" in (site.output / "2025/03/01/n0/index.html").read_text(encoding="utf-8")


def test_what_is_written_again_without_a_word_that_is_shown_makes_nothing_anew(site: SiteFolder) -> None:
    """As a robot does, which encrypts a text again: the documents are read, and all else is as it was."""
    ten(site).build()
    again = {"secured": "YW5vdGhlcg==;bg=="}
    site.add("2025-03-10-n9.md", title="Headline 9", publishedDateTime="2025-03-10T08:00:00Z", **again)
    with (
        mock.patch("generator.build.pipeline.plan_site") as made,
        mock.patch("generator.build.load.parse", side_effect=parse) as read,
    ):
        assert site.build().report["pages"]["written"] == 0
        assert read.call_count == 1
        assert site.build().report["pages"]["written"] == 0
        assert read.call_count == 1
    assert not made.called
    site.add("2025-03-09-n8.md", title="Headline 8", publishedDateTime="2025-03-09T08:00:00Z", **again)
    site.add("2025-03-10-n9.md", title="Another", publishedDateTime="2025-03-10T08:00:00Z", **again)
    assert site.build("--verify").report["pages"]["written"] > 0
    assert "Another" in site.page("/2025/03/10/n9/")


def test_many_written_again_tell_nothing_anew(site: SiteFolder) -> None:
    """Where more were written again than are read before all else."""
    for again in ("", "YW5vdGhlcg==;bg=="):
        for number in range(20):
            site.add(f"2025-03-10-n{number}.md", publishedDateTime=f"2025-03-10T08:{number:02}:00Z", secured=again)
        with mock.patch.object(StoryClusterer, "assign", autospec=True, side_effect=StoryClusterer.assign) as assign:
            assert site.build().code == 0
        assert assign.called is not again.startswith("Y")
    assert rendered(site) == set()


def test_another_program_starts_anew(site: SiteFolder) -> None:
    """What it makes of the same input may be something else; a line says so, once."""
    assert "is built again" not in ten(site).build().stderr
    with mock.patch("generator.cache.program.fingerprint", return_value="another"):
        outcome = site.build()
        assert outcome.stderr.count("is built again") == 1
        assert outcome.report["anew"] is True
        outcome = site.build()
        assert "is built again" not in outcome.stderr
        assert outcome.report["anew"] is False
    assert len(rendered(site)) > 40


@pytest.mark.parametrize(
    "change",
    [  # the names of kinds are ours
        "UPDATE results SET value = x'c1'", "UPDATE results SET value = x''", "UPDATE results SET value = 7",
        "UPDATE results SET value = x'0000000080'", "UPDATE results SET value = substr(value, 1, 9)",
        *(f"DELETE FROM results WHERE kind = '{kind.name}'" for kind in KINDS),  # noqa: S608
        *(f"UPDATE results SET value = x'c1' WHERE kind = '{kind.name}'" for kind in KINDS),  # noqa: S608
        "UPDATE results SET value = (SELECT value FROM results WHERE kind = 'document') WHERE kind = 'document'",
        "UPDATE results SET value = (SELECT value FROM results WHERE kind = 'parsed') WHERE kind = 'parsed'",
        "UPDATE files SET digest = x'00'", "UPDATE files SET digest = (SELECT digest FROM files LIMIT 1)",
        "UPDATE files SET size = 'a'", "UPDATE files SET modified = 'a'", "DELETE FROM files",
        "DROP TABLE files", "DROP TABLE results", "DELETE FROM meta", "UPDATE meta SET value = x''",
    ],
)  # fmt: skip
def test_a_damaged_state_costs_time_only(site: SiteFolder, change: str) -> None:
    """Whatever part of it, each row: what cannot be read is made again."""
    ten(site).build()
    before = published(site.output)
    with contextlib.closing(sqlite3.connect(site.root / ".digest" / "cache.sqlite")) as connection:
        connection.execute(change)
        connection.commit()
    site.add("2025-03-10-n9.md", title=f"Headline after {change}", publishedDateTime="2025-03-10T08:00:00Z")
    outcome = site.build("--verify")
    assert outcome.code == 0, outcome.stderr
    ten(site)
    assert site.build("--verify").code == 0
    assert published(site.output) == before


def test_an_older_state_does_not_say_which_files_are_ours(site: SiteFolder) -> None:
    """One may be restored beside a site that has been built since: pages that it does not know of are still ours."""
    ten(site).build()
    path = site.root / ".digest" / "cache.sqlite"
    before, state = published(site.output), path.read_bytes()
    site.add("2025-03-11-late.md", title="Another headline", publishedDateTime="2025-03-11T08:00:00Z")
    assert site.build().code == 0
    path.write_bytes(state)
    (site.root / "seeds" / "2025-03-11-late.md").unlink()
    site.add("2025-03-10-n9.md", title="Headline 91", publishedDateTime="2025-03-10T08:00:00Z")
    assert site.build("--verify").code == 0
    assert published(site.output).keys() == before.keys()


def test_processes_that_render_are_exchanged(site: SiteFolder) -> None:
    """After some thousands of pages; the site is the same."""
    assert ten(site).build("--jobs", "2").code == 0
    before = published(site.output)
    with small_sizes(is_verifying=False, pages_in_a_round=7, pages_at_once=2):
        assert site.build("--jobs", "2", "--clean").code == 0
    assert published(site.output) == before


def test_verify_names_what_differs(site: SiteFolder) -> None:
    """Whatever the cause, each file that a clean build makes in another way."""
    ten(site).build()
    with mock.patch("generator.build.verify.build", lambda options: build(structs.replace(options, with_drafts=True))):
        site.add("2025-03-10-n9.md", title="A draft", draft=True, publishedDateTime="2025-03-10T08:00:00Z")
        outcome = site.build("--verify")
    assert outcome.code == 3
    assert "error: 2025/03/10/index.html differs from a clean build" in outcome.stderr
    assert "--clean" in outcome.stderr
    assert "verified: " not in outcome.stdout
    good = site.build("--verify")
    assert f"verified: {len(site.files()) + 1} files are identical to a clean build\n" in good.stdout
    assert site.build("--verify", "--quiet").stdout == ""


def test_verify_mends_what_size_and_time_do_not_show(site: SiteFolder) -> None:
    """A page that was altered and put back to its time is noticed by its content, with `--verify` only."""
    ten(site).build()
    path = site.output / "about" / "index.html"
    before, times = path.read_bytes(), path.stat()
    path.write_bytes(before.replace(b"a", b"b"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert site.build().report["pages"]["written"] == 0
    assert path.read_bytes() != before
    assert site.build("--verify").code == 0
    assert path.read_bytes() == before
