"""`digest sync`: the served folder is complete at any moment, and other files are left alone."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from generator.commands.deploy import command as cli_deploy
from generator.output import tree
from generator.util.text import short_hash
from tests.support import ROOT
from tests.support.crawling import address_of, links
from tests.support.making import SiteFolder, published, run

DOCS = ROOT / "docs"


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """Builds a site with two items and without search."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    site.write("static/extra.txt", "first")
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    assert site.build().code == 0
    return site


def change(site: SiteFolder) -> None:
    """Builds the site again with a new item, a removed item, a changed page and a changed asset."""
    site.write("static/extra.txt", "second")
    (site.root / "seeds" / "2025-03-14-one.md").unlink()
    site.add("2025-03-15-two.md", title="Changed", publishedDateTime="2025-03-15T09:00:00Z")
    other = {"name": "Other News", "domain": "other.example.org"}
    site.add("2025-03-16-three.md", title="Three", publishedDateTime="2025-03-16T09:00:00Z", provider=other)
    assert site.build().code == 0


def sync(site: SiteFolder, *more: str, to: Path | None = None) -> tuple[int, str, str]:
    """Runs `digest sync`, and returns exit code, stdout and stderr."""
    folders = ["--output", str(site.output), "--source", str(site.root / "seeds")]
    return run("sync", str(to or served(site)), *folders, *more)


def served(site: SiteFolder) -> Path:
    """Returns the served folder."""
    return site.root / "www"


def asset(content: str) -> str:
    """Returns the published name of `static/extra.txt` with a content."""
    return f"assets/extra.{short_hash(content)}.txt"


def test_the_site_is_copied(site: SiteFolder) -> None:
    """Moves changed files only, removes stale files, and leaves other files alone."""
    assert sync(site)[0] == 0
    assert published(served(site)) == site.files()
    (served(site) / "notes.txt").write_text("mine")
    times = {path: path.stat().st_mtime_ns for path in served(site).rglob("*") if path.is_file()}
    old = site.files()
    change(site)
    new = site.files()
    code, stdout, _ = sync(site)
    moved = {name for name, data in new.items() if old.get(name) != data}
    removed = set(old) - set(new) - {asset("first")}
    assert code == 0
    assert f"{len(moved)} moved, {len(new) - len(moved)} unchanged, {len(removed)} removed, 1 old file kept" in stdout
    assert published(served(site)) == new | {"notes.txt": b"mine", asset("first"): b"first"}
    for name in set(new) - moved:
        path = served(site) / name
        assert path.stat().st_mtime_ns == times[path], name
    assert not (served(site) / "2025/03/14").exists()


def test_old_assets_are_removed_at_the_next_change(site: SiteFolder) -> None:
    """Leaves old assets for open pages until the site changes again, also if an unchanged site is synced."""
    first, second = asset("first"), asset("second")
    sync(site)
    change(site)
    for _ in range(3):
        assert sync(site)[0] == 0
        assert {first, second} <= set(published(served(site)))
    site.write("static/extra.txt", "third")
    site.build()
    assert sync(site)[0] == 0
    names = set(published(served(site)))
    assert second in names
    assert first not in names
    # If the state is lost, old assets stay longer.
    listed = served(site) / "site-files.json"
    value = json.loads(listed.read_text())
    del value["sync"]
    listed.write_text(json.dumps(value))
    sync(site)
    assert second in published(served(site))
    site.write("static/extra.txt", "first")
    site.build()
    sync(site)
    sync(site)
    assert asset("first") in published(served(site))


def test_no_delete(site: SiteFolder) -> None:
    """Removes nothing with --no-delete; the next sync removes the stale files."""
    sync(site)
    old = site.files()
    change(site)
    assert sync(site, "--no-delete")[0] == 0
    assert published(served(site)) == old | site.files()
    assert sync(site)[0] == 0
    assert published(served(site)) == site.files() | {asset("first"): b"first"}


def test_dry_run(site: SiteFolder) -> None:
    """Lists the changes without making them, and does not create the folder."""
    code, stdout, _ = sync(site, "--dry-run")
    assert code == 0
    assert [line.split()[1] for line in stdout.splitlines() if line.startswith("move")][-1] == "index.html"
    assert not served(site).exists()
    sync(site)
    before = {path: path.stat().st_mtime_ns for path in served(site).rglob("*")}
    change(site)
    _, stdout, _ = sync(site, "--dry-run")
    assert "remove  2025/03/14/one/index.html\n" in stdout
    assert f"keep    {asset('first')}\n" in stdout
    assert {path: path.stat().st_mtime_ns for path in served(site).rglob("*")} == before
    listed, _, last = stdout.rpartition("files: ")
    assert sync(site, "--dry-run", "--quiet")[1] == listed
    verbs = [line.split()[0] for line in listed.splitlines()]
    moved, removed = verbs.count("move"), verbs.count("remove")
    assert last == (
        f"{moved} would be moved, {len(site.files()) - moved} are unchanged, {removed} would be removed, "
        "1 old file would be kept; nothing was changed\n"
    )


def test_changed_redirects_are_reported(site: SiteFolder) -> None:
    """Asks to reload nginx if the headers or redirects are new, changed or removed, also in a dry run."""
    name = "_redirects.nginx"
    assert name not in sync(site)[1]
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z", aliases=["/old/"])
    assert site.build().code == 0
    assert f"\n{name} would change: reload nginx to apply it" in sync(site, "--dry-run")[1]
    assert f"\n{name} changed: reload nginx to apply it (nginx -s reload)\n" in sync(site)[1]
    assert name not in sync(site)[1]
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    assert site.build().code == 0
    assert f"\n{name} changed: " in sync(site)[1]


def test_placeholder_urls_are_reported(site: SiteFolder) -> None:
    """Warns about a placeholder base URL, but copies the site."""
    code, _, stderr = sync(site)
    assert (code, "warning: the site was built for https://example.org/, and its feeds" in stderr) == (0, True)
    assert sync(site, "--quiet")[2] == ""
    assert site.build("--base-url", "https://digest.health/").code == 0
    assert sync(site)[2] == ""


def test_no_page_links_to_a_missing_file(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks after each move that the links of every reachable page have a file."""
    sync(site)
    old = set(site.files())
    change(site)
    base, target = "https://example.org/", served(site)
    links_of: dict[tuple[str, bytes], frozenset[str]] = {}
    order: list[str] = []
    pages = {name for name in site.files() if name.endswith(".html")}
    replace, unlink = os.replace, Path.unlink

    def check() -> None:
        files = published(target)
        for name, data in files.items():
            # Nothing links to a new page until the first old page is replaced.
            if name.endswith(".html") and (name in old or old & set(order) & pages):
                if (name, data) not in links_of:
                    links_of[name, data] = links(data.decode(), address_of(name), base).internal
                assert links_of[name, data] <= set(files), (name, order[-1:])

    def moved(source: str, to: str) -> None:
        replace(source, to)
        if tree._STAGING in Path(source).parts:
            files = [path for path in Path(to).rglob("*") if path.is_file()] or [Path(to)]
            order.extend(sorted(path.relative_to(target).as_posix() for path in files))
            check()

    def removed(self: Path, *, missing_ok: bool = False) -> None:
        unlink(self, missing_ok=missing_ok)
        if tree.CONTROL not in self.parts:
            order.append("removed")

    monkeypatch.setattr(os, "replace", moved)
    monkeypatch.setattr(Path, "unlink", removed)
    assert sync(site)[0] == 0
    monkeypatch.undo()
    check()
    assert order[order.index("index.html") + 1 :] == ["removed"] * (len(old - set(site.files())) - 1)
    in_order = [name for name in order if name in pages]
    assert in_order[0] == "story/2025/03/15/two/index.html"
    assert in_order[-1] == "index.html"
    assert order.index(asset("second")) == 0
    assert order.index("2025/03/15/two/index.html") < order.index("topics/index.html") < order.index("feed.xml")
    assert published(target) == site.files() | {asset("first"): b"first"}


def test_other_files_are_not_overwritten(site: SiteFolder) -> None:
    """Refuses to overwrite a file that no sync wrote, except with --clean."""
    served(site).mkdir()
    (served(site) / "index.html").write_text("another program's")
    for more in ([], ["--dry-run"]):
        code, _, stderr = sync(site, *more)
        assert (code, "index.html" in stderr, "--overwrite" in stderr) == (2, True, True)
        assert published(served(site)) == {"index.html": b"another program's"}
    assert sync(site, "--overwrite")[0] == 0
    assert published(served(site)) == site.files()


def test_links_in_the_folder_are_not_followed(site: SiteFolder) -> None:
    """Replaces a linked file, and refuses a linked folder. The served folder itself may be a link."""
    outside = site.root / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    sync(site)
    (served(site) / "index.html").unlink()
    (served(site) / "index.html").symlink_to(outside / "file")
    assert sync(site)[0] == 0
    assert not (served(site) / "index.html").is_symlink()
    shutil.rmtree(served(site) / "2025")
    (served(site) / "2025").symlink_to(outside)
    code, _, stderr = sync(site)
    assert (code, "through a link" in stderr) == (2, True)
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"file": "mine"}
    (served(site) / "2025").unlink()
    (site.root / "link").symlink_to(served(site))
    assert sync(site, to=site.root / "link")[0] == 0
    assert published(served(site)) == site.files()


def test_folders_that_overlap_are_refused(site: SiteFolder) -> None:
    """Refuses the output folder and the documents, folders inside and around them, a file, and a loop of links."""
    for folder in (site.output, site.output / "www", site.root, site.root / "seeds", site.root / "seeds" / "www"):
        code, _, stderr = sync(site, to=folder)
        assert (code, "overlap" in stderr) == (2, True), folder
    assert sync(site, to=site.root / "site.toml")[0] == 2
    (site.root / "loop").symlink_to(site.root / "loop")
    assert sync(site, to=site.root / "loop" / "www")[0] == 2
    assert set(site.files()) == set(json.loads((site.output / "site-files.json").read_text())["files"])


def test_incomplete_sites_are_refused(site: SiteFolder) -> None:
    """Refuses a missing or foreign output folder, an interrupted build, and changed files; changes nothing."""
    sync(site)
    before = published(served(site))
    change(site)
    (site.root / "empty").mkdir()
    for folder in ("missing", "empty"):
        code, _, stderr = sync(site, "--output", str(site.root / folder))
        assert (code, "no site that a build wrote" in stderr) == (2, True)
        assert not (site.root / folder / ".digest").exists()
    journal = site.output / ".digest" / "journal.json"
    journal.parent.mkdir()
    journal.write_text("{}")
    code, _, stderr = sync(site)
    assert (code, "interrupted" in stderr) == (2, True)
    shutil.rmtree(journal.parent)
    page = site.output / "2025/03/16/three/index.html"
    content = page.read_bytes()
    for data, message in ((b"!" * len(content), "has changed since the build"), (None, "cannot be read")):
        page.unlink() if data is None else page.write_bytes(data)
        code, _, stderr = sync(site)
        assert (code, message in stderr) == (2, True)
        assert published(served(site)) == before
    page.write_bytes(content)
    assert sync(site)[0] == 0
    assert site.files().items() <= published(served(site)).items()


def test_both_folders_are_locked(site: SiteFolder) -> None:
    """Refuses a second sync into a folder, and a sync during a build."""
    with tree.hold(served(site)):
        code, _, stderr = sync(site)
        assert (code, "at work" in stderr) == (2, True)
    with tree.hold(site.output):
        code, _, stderr = sync(site)
        assert (code, "at work" in stderr) == (2, True)
    assert sync(site)[0] == 0
    assert published(served(site)) == site.files()


def test_forged_state_is_harmless(site: SiteFolder) -> None:
    """Ignores paths outside of the served folder in its state files."""
    victim = site.root / "victim"
    victim.write_text("mine")
    sync(site)
    for name, text in (
        ("site-files.json", '{"version": 1, "files": {}, "sync": {"site": "x", "kept": ["../victim"]}}'),
        ("site-files.json", '{"version": 1, "files": {}, "sync": {"site": 7, "kept": 7}}'),
        ("site-files.json", '{"version": 1, "files": {"../victim": "x"}}'),
        (".digest/journal.json", '{"moves": ["../victim"], "stale": ["../victim"]}'),
    ):
        (served(site) / name).parent.mkdir(exist_ok=True)
        (served(site) / name).write_text(text)
        assert sync(site)[0] == 0
        assert victim.read_text() == "mine"
        assert published(served(site)) == site.files()


def test_every_option_is_documented() -> None:
    """Finds each option of `digest sync` in docs/deploy.md."""
    text = (DOCS / "deploy.md").read_text(encoding="utf-8")
    section = re.search(r"^## A folder that is served\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section
    for parameter in cli_deploy.sync_command.params[1:]:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert f"`{option}" in section[1], option
