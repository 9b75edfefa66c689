"""The output folder: atomic publishing, no writes outside it, and no loss of files that no build wrote."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import filelock
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import OutputError
from generator.output import tree
from generator.util import files as disk
from tests.support.making import SiteFolder, published, run


def publish(output: Path, files: dict[str, str], *, may_replace: bool = False) -> tree.Counts:
    """Publishes a site of these files, given as text by path."""
    with tree.hold(output) as folder:
        staged = [folder.stage(path, text.encode()) for path, text in files.items()]
        return folder.publish(staged, may_replace=may_replace)


def texts(output: Path) -> dict[str, str]:
    """Returns the files of a folder as text, by path."""
    return {name: data.decode() for name, data in published(output).items()}


def test_a_build_leaves_only_the_site_and_its_list(site: SiteFolder) -> None:
    """Everything in an output folder or a synced folder may be published, so no other file remains there."""
    for number in range(2):
        site.add(f"2025-03-14-{number}.md")
        assert site.build().code == 0
        folders = ("--output", str(site.output), "--source", str(site.root / "seeds"))
        assert run("sync", str(site.root / "www"), *folders)[0] == 0
        for folder in (site.output, site.root / "www"):
            found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
            assert found == {*tree.Tree(root=folder).recorded(), "site-files.json"}
            remains = folder / ".digest" / ".77.tmp"
            remains.parent.mkdir()
            remains.write_text("{")


def test_the_list_of_an_earlier_version_is_adopted(site: SiteFolder) -> None:
    """The state of the earlier version is removed with a note, and the files that it wrote can be removed."""
    site.add("2025-03-14-one.md")
    site.add("2025-03-15-two.md")
    assert site.build().code == 0
    before = site.files()
    control = site.output / ".digest"
    control.mkdir()
    (site.output / "site-files.json").rename(control / "manifest.json")
    (control / "state.sqlite").write_text("private")
    (control / "lock").touch()
    (site.root / "seeds" / "2025-03-15-two.md").unlink()
    outcome = site.build()
    assert outcome.stderr.count("note: ") == 1
    assert "/.digest, which an earlier version wrote" in outcome.stderr
    assert not control.exists()
    assert not (site.output / "2025/03/15").exists()
    site.add("2025-03-15-two.md")
    outcome = site.build()
    assert "note: " not in outcome.stderr
    assert site.files() == before


def test_only_files_that_a_build_wrote_are_removed(tmp_path: Path) -> None:
    """Any other file stays, and so does its folder."""
    publish(tmp_path, {"a/index.html": "1", "b/index.html": "2"})
    (tmp_path / "a" / "notes.txt").write_text("mine")
    counts = publish(tmp_path, {"index.html": "3"})
    assert (counts.written, counts.unchanged, counts.removed) == (1, 0, 2)
    assert texts(tmp_path) == {"a/notes.txt": "mine", "index.html": "3"}
    assert not (tmp_path / "b").exists()


def test_files_that_no_build_wrote_are_not_overwritten(tmp_path: Path) -> None:
    """A file with the same content is accepted. With ``may_replace``, others are overwritten."""
    (tmp_path / "index.html").write_text("another program's")
    (tmp_path / "same.html").write_text("same")
    site = {"index.html": "new", "same.html": "same", "more.html": "x"}
    with pytest.raises(OutputError, match=r"index\.html.*--overwrite"):
        publish(tmp_path, site)
    assert texts(tmp_path) == {"index.html": "another program's", "same.html": "same"}
    publish(tmp_path, site, may_replace=True)
    assert texts(tmp_path) == site


def test_a_file_may_become_a_folder_and_back(tmp_path: Path) -> None:
    """A name may be a file in one site and a folder in the next."""
    publish(tmp_path, {"a": "file", "b/c/index.html": "page", "z": "1"})
    publish(tmp_path, {"a/index.html": "page", "b": "file"})
    assert texts(tmp_path) == {"a/index.html": "page", "b": "file"}
    publish(tmp_path, {"a": "file", "b/c/index.html": "page"})
    assert texts(tmp_path) == {"a": "file", "b/c/index.html": "page"}


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    """A symbolic link in place of a folder is refused before anything changes."""
    outside, output = tmp_path / "outside", tmp_path / "output"
    outside.mkdir()
    publish(output, {"index.html": "1"})
    (output / "topics").symlink_to(outside)
    with pytest.raises(OutputError, match="through a link"):
        publish(output, {"index.html": "2", "topics/ai/index.html": "x"})
    assert texts(output) == {"index.html": "1"}
    assert list(outside.iterdir()) == []


def test_a_link_in_place_of_a_file_is_replaced(tmp_path: Path) -> None:
    """The target of the link stays unchanged, also if the link is removed."""
    outside, output = tmp_path / "outside.html", tmp_path / "output"
    outside.write_text("1")
    publish(output, {"index.html": "1", "gone.html": "1"})
    for name in ("index.html", "gone.html"):
        (output / name).unlink()
        (output / name).symlink_to(outside)
    publish(output, {"index.html": "1"})
    assert outside.read_text() == "1"
    assert not (output / "index.html").is_symlink()
    assert not (output / "gone.html").is_symlink()


def test_a_forged_journal_changes_nothing_outside(tmp_path: Path) -> None:
    """A journal cannot reach files behind a symbolic link in the output folder."""
    victim, output = tmp_path / "victim", tmp_path / "output"
    victim.mkdir()
    (victim / "secret").write_text("mine")
    publish(output, {"index.html": "1"})
    (output / "link").symlink_to(victim)
    journal = {"moves": ["link/new"], "stale": ["link/secret"]}
    (output / ".digest").mkdir()
    (output / ".digest" / "journal.json").write_text(json.dumps(journal))
    with pytest.raises(OutputError, match="through a link"), tree.hold(output):
        pass
    assert [path.name for path in victim.iterdir()] == ["secret"]


def test_a_pipe_in_place_of_the_journal_is_ignored(tmp_path: Path) -> None:
    """A build does not wait for data from the pipe."""
    publish(tmp_path, {"index.html": "1"})
    (tmp_path / ".digest").mkdir()
    os.mkfifo(tmp_path / ".digest" / "journal.json")
    publish(tmp_path, {"index.html": "2"})
    assert texts(tmp_path) == {"index.html": "2"}


def test_a_failing_build_first_finishes_an_interrupted_one(site: SiteFolder) -> None:
    """A build that fails leaves a whole site, not one that is partly old and partly new."""
    site.add("2025-03-14-one.md", title="Old")
    site.build()
    site.add("2025-03-14-one.md", title="New")
    with tree.hold(site.output) as folder:
        folder.stage("about/index.html", b"finished")
        journal = {"moves": ["about/index.html"], "stale": []}
        (site.output / ".digest" / "journal.json").write_text(json.dumps(journal))
        staged = site.output / ".digest" / "staging"
        shutil.copytree(staged, site.root / "staged")
    shutil.rmtree(staged, ignore_errors=True)
    shutil.move(site.root / "staged", staged)
    site.add("bad.md", "x")
    assert site.build().code == 1
    assert site.page("/about/") == "finished"


def test_the_folder_of_the_lock_must_not_be_a_link(tmp_path: Path) -> None:
    """A symbolic link in place of ``.digest`` is refused, because a build would write to its target."""
    (tmp_path / "output").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "output" / ".digest").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="is a link"):
        publish(tmp_path / "output", {"index.html": "1"})


@pytest.mark.parametrize(
    "files",
    [
        '{"../outside.html": "x"}',
        '{"/etc/passwd": "x"}',
        '{"a/../../outside.html": "x"}',
        '{".digest/lock": "x"}',
        '{"": "x"}',
        '{"a\\\\b": "x"}',
        '["outside.html"]',
        "7",
    ],
)
def test_a_forged_manifest_removes_nothing_outside(tmp_path: Path, files: str) -> None:
    """Paths that no build can have written are ignored."""
    outside, output = tmp_path / "outside.html", tmp_path / "output"
    outside.write_text("mine")
    publish(output, {"index.html": "1"})
    (output / "site-files.json").write_text(f'{{"version": 1, "files": {files}}}')
    publish(output, {"index.html": "1"})
    assert outside.read_text() == "mine"


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"version": 99, "files": {"index.html": "x"}}', None])
def test_without_a_valid_manifest_nothing_is_removed(tmp_path: Path, manifest: str | None) -> None:
    """Files with the same content are listed again. Stale files stay, because the old list does not name them."""
    publish(tmp_path, {"index.html": "1", "old.html": "1"})
    path = tmp_path / "site-files.json"
    path.unlink() if manifest is None else path.write_text(manifest)
    counts = publish(tmp_path, {"index.html": "1"})
    assert (counts.written, counts.unchanged, counts.removed) == (0, 1, 0)
    assert texts(tmp_path) == {"index.html": "1", "old.html": "1"}
    assert json.loads(path.read_text())["files"].keys() == {"index.html"}


def test_an_interrupted_move_is_finished_by_the_next_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a build is killed between two moves, each file is old or new, and the next build completes the new site."""
    publish(tmp_path, {"assets/a.css": "1", "a.html": "1", "b.html": "1", "old/index.html": "1"})
    moves = 0
    replace = os.replace

    def fail_later(source: str, target: str) -> None:
        nonlocal moves
        moves += tree._STAGING in Path(source).parts
        if moves == 2:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_later)
    new = {"assets/a.css": "2", "a.html": "2", "b.html": "2"}
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, new)
    monkeypatch.undo()
    # Assets are moved first, and stale files are removed last.
    assert texts(tmp_path) == {"assets/a.css": "2", "a.html": "1", "b.html": "1", "old/index.html": "1"}
    with tree.hold(tmp_path):
        assert texts(tmp_path) == new


def test_a_new_folder_is_moved_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new folder is moved after the files that its pages need. The files of an existing folder are moved singly."""
    moved: list[str] = []
    replace = os.replace

    def record(source: str, target: str) -> None:
        replace(source, target)
        if tree._STAGING in Path(source).parts:
            moved.append(Path(target).relative_to(tmp_path).as_posix())

    monkeypatch.setattr(os, "replace", record)
    new = {
        "index.html": "1",
        "2025/03/14/one/index.html": "1",
        "2025/03/14/index.html": "1",
        "search/index.html": "1",
        "search/2025/index/a.pf_index": "1",
        "search/2025/pagefind-entry.json": "1",
        "assets/a.css": "1",
    }
    publish(tmp_path, new)
    assert moved == [
        "assets",
        "search/2025/index",
        "search/2025/pagefind-entry.json",
        "2025",
        "search/index.html",
        "index.html",
    ]
    moved.clear()
    new |= {"2025/03/15/two/index.html": "2", "2025/03/14/three/index.html": "2", "2025/03/14/index.html": "2"}
    publish(tmp_path, new)
    assert moved == ["2025/03/14/three", "2025/03/15", "2025/03/14/index.html"]
    assert texts(tmp_path) == new


def test_a_folder_that_appears_during_a_build_is_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another program creates a folder after the moves were planned, its files stay beside those of the site."""
    finish = tree.Tree.finish

    def create_folder_first(self: tree.Tree) -> None:
        if self.is_interrupted:
            (tmp_path / "a" / "b").mkdir(parents=True)
            (tmp_path / "a" / "notes").write_text("mine")
        finish(self)

    monkeypatch.setattr(tree.Tree, "finish", create_folder_first)
    publish(tmp_path, {"a/b/index.html": "1", "a/c/index.html": "1"})
    assert texts(tmp_path) == {"a/b/index.html": "1", "a/c/index.html": "1", "a/notes": "mine"}


def test_a_damaged_journal_is_ignored(tmp_path: Path) -> None:
    """A damaged or forged journal neither stops the next build nor changes files outside the output folder."""
    publish(tmp_path / "output", {"index.html": "1"})
    (tmp_path / "victim").write_text("mine")
    for journal in (
        "{",
        '{"moves": 5}',
        '{"moves": ["../x"], "stale": ["../victim"]}',
    ):
        (tmp_path / "output" / ".digest").mkdir()
        (tmp_path / "output" / ".digest" / "journal.json").write_text(journal)
        publish(tmp_path / "output", {"index.html": "1"})
        assert (tmp_path / "victim").read_text() == "mine"
        assert texts(tmp_path / "output") == {"index.html": "1"}


def test_two_builds_cannot_run_at_once(site: SiteFolder) -> None:
    """The second build fails with exit code 2 and a message that asks to wait."""
    site.add("2025-03-14-one.md")
    with tree.hold(site.output):
        code, _, stderr = run(*site.arguments())
    assert code == 2
    assert "another build or sync is at work" in stderr
    assert site.build().code == 0


def test_a_folder_that_cannot_be_written_is_exit_code_2(site: SiteFolder) -> None:
    """In this test, a parent of the output folder is a file."""
    site.add("2025-03-14-one.md")
    site.write("blocked", "a file")
    code, _, stderr = run(*site.arguments("--output", str(site.root / "blocked" / "output")))
    assert code == 2
    assert "cannot be written" in stderr


def test_a_killed_build_leaves_the_old_site_or_finishes_the_new_one(site: SiteFolder) -> None:
    """A build can be killed at any time, and the next build gives the result of a clean one.

    Until all pages are rendered, the site is the old one. While files are moved, each file is either old or new.
    """
    for number in range(120):
        site.add(f"2025-03-14-{number}.md", title=f"Old {number}")
    assert site.build().code == 0
    old = site.files()
    for number in range(120):
        site.add(f"2025-03-14-{number}.md", title=f"New {number}", topics=["Other"])
    clean = site.root / "clean"
    assert run(*site.arguments("--output", str(clean)))[0] == 0
    new = published(clean)
    states = set()
    for delay in [0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2]:
        process = subprocess.Popen(
            [sys.executable, "-m", "generator", *site.arguments("--jobs", "2")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.wait()
        files = site.files()
        is_moving = (site.output / ".digest" / "journal.json").exists()
        states.add("moving" if is_moving else "old" if files == old else "new")
        for name, data in files.items():
            assert data in {old.get(name), new.get(name)}, name
        if not is_moving:
            assert files in (old, new)
    assert site.build().code == 0
    assert site.files() == new
    assert states


@pytest.mark.parametrize("may_replace", [False, True])
def test_no_folder_is_replaced_by_a_file_or_a_file_by_a_folder(tmp_path: Path, *, may_replace: bool) -> None:
    """If no build wrote them, both are refused before anything changes, even with ``may_replace``."""
    publish(tmp_path, {"index.html": "1"})
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("mine")
    (tmp_path / "b").write_text("mine")
    before = texts(tmp_path)
    for path in ("a", "b/index.html"):
        with pytest.raises(OutputError, match="no build wrote"):
            publish(tmp_path, {"index.html": "2", path: "x"}, may_replace=may_replace)
        assert texts(tmp_path) == before


@given(st.lists(st.text("ab./\n\\A-é", max_size=6) | st.integers(200, 300).map(lambda count: f"a/{count * 'b'}")))
def test_paths_are_equally_safe_if_checked_together(paths: list[str]) -> None:
    """The fast check of many paths accepts the same paths as the check of each one."""
    assert list(disk.safe_paths(paths)) == [path for path in paths if disk.is_safe(path)]


def refusing(monkeypatch: pytest.MonkeyPatch, name: str, function: str, times: float) -> list[str]:
    """Refuses to replace or unlink files with a name, as Windows does while they are open; returns what was asked."""
    owner = os if function == "replace" else Path
    original = getattr(owner, function)
    asked: list[str] = []

    def refuse(*paths: str | Path, **more: bool) -> None:
        if str(paths[-1]).endswith(name):
            asked.append(name)
            if len(asked) <= times:
                raise PermissionError(13, "Permission denied", *map(str, paths))
        original(*paths, **more)

    monkeypatch.setattr(owner, function, refuse)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return asked


@pytest.mark.parametrize(
    ("name", "function"),
    [("index.html", "replace"), ("site-files.json", "replace"), ("new", "replace"), ("old.txt", "unlink")],
)
@pytest.mark.parametrize("times", [1, 3])
def test_a_file_that_is_open_for_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, function: str, times: int
) -> None:
    """A virus scanner has it, for instance. Files, folders, removed files and the list of files."""
    publish(tmp_path, {"index.html": "1", "old.txt": "1"})
    asked = refusing(monkeypatch, name, function, times)
    publish(tmp_path, {"index.html": "2", "new/a.html": "2"})
    assert len(asked) == times + 1
    assert texts(tmp_path) == {"index.html": "2", "new/a.html": "2"}
    assert not (tmp_path / ".digest").exists()


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("output/index.html", "replace"),
        ("site-files.json", "replace"),
        ("good/index.html", "replace"),
        ("old-20250315/index.html", "unlink"),
    ],
)
def test_a_file_that_stays_open_is_an_error_and_the_next_build_finishes(
    site: SiteFolder, name: str, function: str
) -> None:
    """The message names the file. What was staged is kept."""
    site.configure(title="T", base_url="https://example.org/", search=False)
    site.add("2025-03-14-good.md", title="One")
    old = site.add("2025-03-15-old.md")
    assert site.build().code == 0
    site.add("2025-03-14-good.md", title="Two")
    old.unlink()
    with pytest.MonkeyPatch.context() as patched:
        refusing(patched, name, function, float("inf"))
        for _ in range(2):  # the second one first finishes what the first one began
            outcome = site.build()
            assert (outcome.code, outcome.stderr.count("error: ")) == (2, 1)
            assert outcome.stderr.count(f"{name} cannot be ") == 1
            assert "Permission denied" in outcome.stderr
            assert (site.output / ".digest" / "journal.json").exists()
    assert site.build().code == 0
    ended = site.files()
    assert not (site.output / ".digest").exists()
    assert site.build("--clean").code == 0
    assert site.files() == ended
    assert "Two" in site.page("/")


@pytest.mark.parametrize(
    ("old", "new"), [("Logo.png", "logo.png"), ("a/CNAME", "a/cname"), ("e\u0301.txt", "é.txt"), ("a/B.txt", "a/b.txt")]
)
def test_a_file_whose_name_changes_in_capitals_only_stays_where_they_are_ignored(
    tmp_path: Path, old: str, new: str
) -> None:
    """There, the old name leads to the new file, as if by a hard link."""
    for content in ("1", "2"):
        output = tmp_path / content
        publish(output, {old: "1", "index.html": "1"})
        os.link(output / old, output / new)
        publish(output, {new: content, "index.html": "1"})
        assert (output / new).read_text() == content
        assert tree.Tree(root=output).recorded().keys() == {new, "index.html"}


def test_a_file_whose_name_changes_in_capitals_only_is_removed_elsewhere(tmp_path: Path) -> None:
    """The two are different files."""
    publish(tmp_path, {"Logo.png": "1"})
    publish(tmp_path, {"logo.png": "2"})
    assert texts(tmp_path) == {"logo.png": "2"}


def test_nothing_of_a_build_remains_where_a_lock_that_is_held_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows. A lock of this kind is removed when it is released."""
    monkeypatch.setattr(filelock, "FileLock", filelock.SoftFileLock)
    monkeypatch.setattr(disk, "remove_all", lambda folder: shutil.rmtree(folder / "staging", ignore_errors=True))
    with tree.lock(tmp_path):
        (tmp_path / ".digest" / "staging").mkdir()
    assert not (tmp_path / ".digest").exists()
