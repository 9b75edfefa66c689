"""A build that remembers the last one makes, to the byte, what a build from nothing makes; only sooner."""

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from msgspec import structs

from generator.build.build import build
from generator.content.parse import Parsed, parse
from generator.content.source_files import Document
from generator.output import tree
from generator.render.renderer import Rendered, Renderer
from generator.site.page import Page
from generator.stories.cluster import StoryClusterer
from generator.stories.features import FeatureExtractor
from tests.support.making import SiteFolder, entry, published, short_epochs

SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/", "page_size": 3, "search": False}
SUBJECTS = [
    "sepsis alarm at Marwick",
    "ECG model of the Lundgren clinic",
    "Orbis mammogram study",
    "Tavi robot surgery",
]
ANGLES = [
    "cuts deaths by a fifth",
    "errs less than readers",
    "is approved",
    "fails a trial",
    "comes to wards",
    "costs less",
]
TOPICS = ["Radiology", "AI", "ai", "Surgery", "Sepsis", "Cardiology"]


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """An empty site folder, without search."""
    return SiteFolder(tmp_path / "site", SETTINGS)


@pytest.fixture(autouse=True)
def _short_epochs() -> Iterator[None]:
    with short_epochs():
        yield


class Editor:
    """A robot that writes and rewrites documents, and an editor beside it."""

    def __init__(self, site: SiteFolder, seed: int) -> None:
        self.site = site
        self.chance = random.Random(seed)  # noqa: S311 - the same edits every time
        self.number = 0
        self.now = "2025-03-20T00:00:00Z"
        self.settings = dict(SETTINGS)

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.site.root / "seeds").iterdir())

    def one(self) -> Path:
        return self.site.root / "seeds" / self.chance.choice(self.names())

    def write(self, name: str) -> None:
        chance, subject = self.chance, self.chance.choice(SUBJECTS)
        source = chance.randrange(5)
        self.site.add(
            name,
            title=f"{subject[0].upper()}{subject[1:]} {chance.choice(ANGLES)}",
            excerpt=f"The {subject} {chance.choice(ANGLES)}, and it {chance.choice(ANGLES)}, says a report.",
            publishedDateTime=f"2025-03-{chance.randrange(1, 25):02}T{chance.randrange(24):02}:00:00Z",
            webUrl=f"https://source{source}.example/{chance.randrange(40)}",
            provider={"name": chance.choice(["Source", "SOURCE"]) + str(source), "domain": f"source{source}.example"},
            topics=chance.sample(TOPICS, 2),
            quality=chance.randrange(100),
            heat=chance.randrange(-1, 50),
            published=chance.random() < 0.5,
            removed=chance.random() < 0.05,
            draft=chance.random() < 0.05 or None,
            story=chance.choice([None] * 8 + ["one", "two"]),
            related=[
                entry(number, title=f"{chance.choice(SUBJECTS)} {chance.choice(ANGLES)}")
                for number in chance.sample(range(30), chance.randrange(5))
            ],
        )  # fmt: skip

    def add(self) -> None:
        self.number += 1
        self.write(f"2025-03-{self.number % 28 + 1:02}-n{self.number}.md")

    def rewrite(self) -> None:
        self.write(self.one().name)

    def break_one(self) -> None:
        self.one().write_text("no front matter", encoding="utf-8")

    def remove(self) -> None:
        if len(self.names()) > 3:
            self.one().unlink()

    def rename(self) -> None:
        self.number += 1
        self.one().rename(self.site.root / "seeds" / f"2025-03-02-renamed-{self.number}.md")

    def touch(self) -> None:
        for name in self.names():
            os.utime(self.site.root / "seeds" / name, (self.chance.randrange(10**9), 10**9))

    def swap(self) -> None:
        """Two documents change places."""
        one, other = self.one(), self.one()
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    def move_clock(self) -> None:
        self.now = f"2025-03-{self.chance.randrange(10, 28):02}T12:00:00Z"

    def settle(self) -> None:
        self.settings |= self.chance.choice(
            [
                {"title": f"Digest {self.chance.randrange(9)}"}, {"page_size": self.chance.randrange(2, 6)},
                {"timezone": self.chance.choice(["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])},
                {"language": self.chance.choice(["en", "de"])}, {"feed_size": self.chance.randrange(2, 9)},
                {"include_unpromoted": self.chance.random() < 0.7},
                {"base_url": self.chance.choice(["https://example.org/", "https://example.org/news/"])},
            ]
        )  # fmt: skip
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
            ]
        )  # fmt: skip
        self.site.write("static/x.css", "i { margin: 0 }")
        self.site.write(name, text)

    def damage(self) -> None:
        """Files of the site change behind the build's back."""
        for path in self.chance.sample(sorted(self.site.output.rglob("*.html")), 3):
            kind = self.chance.randrange(3)
            path.unlink() if kind == 0 else path.touch() if kind == 1 else path.write_text("x")

    def forget(self) -> None:
        """The state, the manifest or the whole output is lost, or the state is from elsewhere."""
        control = self.site.output / ".digest"
        kind = self.chance.randrange(5)
        if kind == 0:
            (control / "state.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
        elif kind == 1:
            (control / "state.sqlite").unlink(missing_ok=True)
        elif kind == 2:
            (control / "manifest.json").unlink()
            self.rebuild("--clean")
        elif kind == 3:
            for path in self.site.output.iterdir():
                if path.name != ".digest":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        else:
            shutil.rmtree(self.site.output)

    def kill(self) -> None:
        """A build is ended before it publishes, or before it remembers."""
        where = self.chance.choice(["generator.output.tree.Tree.publish", "generator.cache.store.save"])
        self.rewrite()
        with mock.patch(where, side_effect=KeyboardInterrupt):
            assert self.site.build("--now", self.now, "--skip-invalid").code == 130

    def rebuild(self, *more: str) -> None:
        outcome = self.site.build("--now", self.now, "--skip-invalid", *more)
        assert outcome.code == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_edited_the_site_is_that_of_a_clean_build(site: SiteFolder, seed: int) -> None:
    """Documents, settings, templates, static files, topics, the clock, the output and the state itself."""
    editor = Editor(site, seed)
    for _ in range(14):
        editor.add()
    editor.rebuild("--verify")
    kinds: list[Callable[[], None]] = [
        *[editor.add, editor.rewrite, editor.rewrite, editor.remove, editor.rename, editor.touch, editor.swap] * 2,
        editor.break_one, editor.move_clock, editor.settle, editor.theme, editor.damage, editor.forget, editor.kill,
    ]  # fmt: skip
    for _ in range(14):
        for edit in editor.chance.sample(kinds, editor.chance.randrange(1, 4)):
            edit()
        editor.rebuild("--verify")


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


@pytest.mark.parametrize("seed", range(4))
def test_other_lists_of_old_documents(site: SiteFolder, seed: int) -> None:
    """What is told of the others stands, unless it depends on them; no item is looked at again for its words."""
    robot = Robot(site, seed)
    for _ in range(60):
        robot.add()
    site.build("--verify")
    repeated = told = 0
    for _ in range(8):
        for _ in range(robot.chance.randrange(1, 5)):
            robot.relist()
        with (
            mock.patch(
                "generator.stories.cluster.StoryClusterer.repeat", autospec=True, side_effect=StoryClusterer.repeat
            ) as repeat,
            mock.patch(
                "generator.stories.cluster.StoryClusterer.tell", autospec=True, side_effect=StoryClusterer.tell
            ) as tell,
            mock.patch(
                "generator.stories.features.FeatureExtractor._near", autospec=True, side_effect=FeatureExtractor._near
            ) as near,
        ):
            assert site.build("--jobs", "1").code == 0
            assert near.call_count < 4
            repeated += repeat.call_count
            told += tell.call_count
        if robot.chance.random() < 0.3:
            robot.add()
        assert site.build("--verify").code == 0
    assert repeated > 25
    # Of what lies before the first change nobody asks.
    assert repeated + told < 8 * 60


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
        if path.name != tree.CONTROL:
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
        assert site.build().code == 0
        assert parsed == []
        site.add("2025-03-04-n3.md", title="Another headline", publishedDateTime="2025-03-04T08:00:00Z")
        assert site.build().code == 0
        assert parsed == ["2025-03-04-n3.md"]
        site.configure(**SETTINGS, timezone="Europe/Berlin")
        assert site.build().code == 0
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
    """Nothing that was told of their items changed, but what they call a topic is what most items call it."""
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
        mock.patch("generator.build.pipeline.make") as made,
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
        with mock.patch(
            "generator.stories.cluster.StoryClusterer.tell", autospec=True, side_effect=StoryClusterer.tell
        ) as tell:
            assert site.build().code == 0
        assert tell.called is not again.startswith("Y")
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


def test_a_damaged_state_costs_time_only(site: SiteFolder) -> None:
    """Whatever part of it, each row: what cannot be read is made again."""
    ten(site).build()
    before = published(site.output)
    path = site.output / tree.CONTROL / "state.sqlite"
    for change in (
        "UPDATE documents SET parsed = x'c1'", "UPDATE documents SET parsed = x'80'", "UPDATE told SET value = x'c1'",
        "UPDATE documents SET parsed = (SELECT parsed FROM documents LIMIT 1)",
        "UPDATE told SET value = x'90'", "DROP TABLE files",
        "UPDATE files SET known = 'a'", "UPDATE documents SET known = 'a'", "UPDATE facts SET value = x''",
        "UPDATE documents SET known = (SELECT known FROM documents LIMIT 1)",
        "UPDATE files SET known = (SELECT known FROM files LIMIT 1)", "DELETE FROM documents WHERE shelf % 2",
        "UPDATE epochs SET stories = x'80'", "UPDATE epochs SET contents = x''",
        "UPDATE epochs SET words = 'a'", "UPDATE looks SET value = x'80'", "DELETE FROM looks",
        "UPDATE looking SET value = x'80'", "DELETE FROM looking", "DELETE FROM told",
        "UPDATE lists SET related = x'c1'", "DELETE FROM lists",
    ):  # fmt: skip
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute(change)
            connection.commit()
        site.add("2025-03-10-n9.md", title=f"Headline after {change}", publishedDateTime="2025-03-10T08:00:00Z")
        outcome = site.build("--verify")
        assert outcome.code == 0, change + outcome.stderr
        ten(site)
        assert site.build("--verify").code == 0, change
        assert published(site.output) == before


def test_an_older_state_does_not_say_which_files_are_ours(site: SiteFolder) -> None:
    """One may be restored beside a site that has been built since: pages that it does not know of are still ours."""
    ten(site).build()
    path = site.output / tree.CONTROL / "state.sqlite"
    before, state = published(site.output), path.read_bytes()
    site.add("2025-03-11-late.md", title="Another headline", publishedDateTime="2025-03-11T08:00:00Z")
    assert site.build().code == 0
    path.write_bytes(state)
    (site.root / "seeds" / "2025-03-11-late.md").unlink()
    site.add("2025-03-10-n9.md", title="The last headline", publishedDateTime="2025-03-10T08:00:00Z")
    assert site.build("--verify").code == 0
    assert published(site.output).keys() == before.keys()


def test_processes_that_render_are_exchanged(site: SiteFolder) -> None:
    """After some thousands of pages; the site is the same."""
    assert ten(site).build("--jobs", "2").code == 0
    before = published(site.output)
    with mock.patch("generator.build.staging._ROUND", 7), mock.patch("generator.build.staging._AT_ONCE", 2):
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
    assert f"verified: {len(site.files())} files are identical to a clean build\n" in good.stdout
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
