"""A served folder: whole at any moment, nothing of others lost, nothing outside touched."""

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
    """A built site without a search, of two items."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    site.write("static/extra.txt", "first")
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    assert site.build().code == 0
    return site


def change(site: SiteFolder) -> None:
    """Builds another site: an item comes, one goes, a page and an asset change."""
    site.write("static/extra.txt", "second")
    (site.root / "seeds" / "2025-03-14-one.md").unlink()
    site.add("2025-03-15-two.md", title="Changed", publishedDateTime="2025-03-15T09:00:00Z")
    site.add("2025-03-16-three.md", title="Three", publishedDateTime="2025-03-16T09:00:00Z")
    assert site.build().code == 0


def sync(site: SiteFolder, *more: str, to: Path | None = None) -> tuple[int, str, str]:
    """Runs `digest sync`."""
    folders = ["--output", str(site.output), "--source", str(site.root / "seeds")]
    return run("sync", str(to or served(site)), *folders, *more)


def served(site: SiteFolder) -> Path:
    return site.root / "www"


def asset(content: str) -> str:
    """The name under which `static/extra.txt` is published."""
    return f"assets/extra.{short_hash(content)}.txt"


def test_the_folder_becomes_the_site(site: SiteFolder) -> None:
    """Only what differs moves; what is gone is removed; files of others stay."""
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
    assert f"{len(moved)} moved, {len(new) - len(moved)} unchanged, {len(removed)} removed, 1 old" in stdout
    assert published(served(site)) == new | {"notes.txt": b"mine", asset("first"): b"first"}
    for name in set(new) - moved:
        path = served(site) / name
        assert path.stat().st_mtime_ns == times[path], name
    assert not (served(site) / "2025/03/14").exists()


def test_old_assets_stay_until_the_site_has_changed_once_more(site: SiteFolder) -> None:
    """A page that a reader has loaded finds its script, however often an unchanged site is synced."""
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
    # The note of what was kept is lost: rather too long than too short.
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


def test_nothing_is_removed_unless_it_is_wanted(site: SiteFolder) -> None:
    """`--no-delete` leaves all, and the next sync still knows whose it is."""
    sync(site)
    old = site.files()
    change(site)
    assert sync(site, "--no-delete")[0] == 0
    assert published(served(site)) == old | site.files()
    assert sync(site)[0] == 0
    assert published(served(site)) == site.files() | {asset("first"): b"first"}


def test_a_dry_run_says_what_would_be_done(site: SiteFolder) -> None:
    """And does nothing, not even make the folder."""
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
        f"{moved} would be moved, {len(site.files()) - moved} stay as they are, {removed} would be removed, "
        "1 old one would be kept; nothing was done\n"
    )


def test_it_says_that_nginx_is_to_read_new_rules(site: SiteFolder) -> None:
    """Where they came, changed or went, and not otherwise; also before it is done."""
    name = "_redirects.nginx"
    assert name not in sync(site)[1]
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z", aliases=["/old/"])
    assert site.build().code == 0
    assert f"\n{name} would change: nginx reads it when it is told to reload" in sync(site, "--dry-run")[1]
    assert f"\n{name} changed: nginx reads it when it is told to reload (nginx -s reload)\n" in sync(site)[1]
    assert name not in sync(site)[1]
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    assert site.build().code == 0
    assert f"\n{name} changed: " in sync(site)[1]


def test_it_warns_of_an_address_that_nobody_can_have(site: SiteFolder) -> None:
    """A site that was built for it is moved all the same."""
    code, _, stderr = sync(site)
    assert (code, "warning: the site was built for https://example.org/, and its feeds" in stderr) == (0, True)
    assert sync(site, "--quiet")[2] == ""
    assert site.build("--base-url", "https://digest.health/").code == 0
    assert sync(site)[2] == ""


def test_a_reader_never_meets_a_page_before_what_it_needs(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each single move every link of every page that can be reached leads to a file that is there."""
    sync(site)
    old = set(site.files())
    change(site)
    base, target = "https://example.org/", served(site)
    known: dict[tuple[str, bytes], frozenset[str]] = {}
    order: list[str] = []
    pages = {name for name in site.files() if name.endswith(".html")}
    replace, unlink = os.replace, Path.unlink

    def look() -> None:
        files = published(target)
        for name, data in files.items():
            # To a new page leads nothing before the first of the old ones is replaced.
            if name.endswith(".html") and (name in old or old & set(order) & pages):
                if (name, data) not in known:
                    known[name, data] = links(data.decode(), address_of(name), base).internal
                assert known[name, data] <= set(files), (name, order[-1:])

    def moved(source: str, to: str) -> None:
        replace(source, to)
        if tree._STAGING in Path(source).parts:
            files = [path for path in Path(to).rglob("*") if path.is_file()] or [Path(to)]
            order.extend(sorted(path.relative_to(target).as_posix() for path in files))
            look()

    def removed(self: Path, *, missing_ok: bool = False) -> None:
        unlink(self, missing_ok=missing_ok)
        if tree.CONTROL not in self.parts:
            order.append("removed")

    monkeypatch.setattr(os, "replace", moved)
    monkeypatch.setattr(Path, "unlink", removed)
    assert sync(site)[0] == 0
    monkeypatch.undo()
    look()
    assert order[order.index("index.html") + 1 :] == ["removed"] * (len(old - set(site.files())) - 1)
    in_order = [name for name in order if name in pages]
    assert in_order[0].startswith("2025/03/16/")
    assert in_order[-1] == "index.html"
    assert order.index(asset("second")) == 0
    assert order.index("2025/03/15/two/index.html") < order.index("topics/index.html") < order.index("feed.xml")
    assert published(target) == site.files() | {asset("first"): b"first"}


def test_files_of_others_are_not_overwritten(site: SiteFolder) -> None:
    """Nothing is done then, unless it is asked for; what is the same is ours."""
    served(site).mkdir()
    (served(site) / "index.html").write_text("another program's")
    for more in ([], ["--dry-run"]):
        code, _, stderr = sync(site, *more)
        assert (code, "index.html" in stderr, "--overwrite" in stderr) == (2, True, True)
        assert published(served(site)) == {"index.html": b"another program's"}
    assert sync(site, "--overwrite")[0] == 0
    assert published(served(site)) == site.files()


def test_links_in_the_folder_are_not_followed(site: SiteFolder) -> None:
    """Neither a linked folder nor a linked file leads out; the folder itself may be reached by a link."""
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
    """The output, what lies in it or around it; the documents, the same; a file; an output that is none."""
    for folder in (site.output, site.output / "www", site.root, site.root / "seeds", site.root / "seeds" / "www"):
        code, _, stderr = sync(site, to=folder)
        assert (code, "overlap" in stderr) == (2, True), folder
    assert sync(site, to=site.root / "site.toml")[0] == 2
    (site.root / "loop").symlink_to(site.root / "loop")
    assert sync(site, to=site.root / "loop" / "www")[0] == 2
    assert set(site.files()) == set(json.loads((site.output / "site-files.json").read_text())["files"])


def test_only_a_whole_site_is_copied(site: SiteFolder) -> None:
    """No folder, one that no build wrote, one half-moved, one altered since: refused, and nothing is touched."""
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
    for data, words in ((b"!" * len(content), "is not what the build wrote"), (None, "cannot be read")):
        page.unlink() if data is None else page.write_bytes(data)
        code, _, stderr = sync(site)
        assert (code, words in stderr) == (2, True)
        assert published(served(site)) == before
    page.write_bytes(content)
    assert sync(site)[0] == 0
    assert site.files().items() <= published(served(site)).items()


def test_one_at_a_time(site: SiteFolder) -> None:
    """Neither two syncs into a folder, nor a sync from one that is being built, nor a build of one that is copied."""
    with tree.hold(served(site)):
        code, _, stderr = sync(site)
        assert (code, "at work" in stderr) == (2, True)
    with tree.hold(site.output):
        code, _, stderr = sync(site)
        assert (code, "at work" in stderr) == (2, True)
    assert sync(site)[0] == 0
    assert published(served(site)) == site.files()


def test_a_forged_note_leads_nowhere(site: SiteFolder) -> None:
    """What the folder's own notes say of other files is not believed."""
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
    """docs/deploy.md names each option of `digest sync`."""
    text = (DOCS / "deploy.md").read_text(encoding="utf-8")
    section = re.search(r"^## A folder that is served\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section
    for parameter in cli_deploy.sync_command.params[1:]:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert f"`{option}" in section[1], option
