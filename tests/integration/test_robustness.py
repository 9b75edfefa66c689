"""Killed, out of room, shut out, two at once: there is a whole site at any time, and the next run gets it right."""

import contextlib
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.output.tree import CONTROL
from tests.support import killing
from tests.support.crawling import address_of, links
from tests.support.killing import Runner
from tests.support.making import SiteFolder, published, run

SEED = 20261121
POINTS = 20
BASE = "https://example.org/"


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """Forks the runs."""
    with killing.runner() as one:
        yield one


def old_site(site: SiteFolder) -> None:
    """A site without a search, of two items."""
    site.configure(title="Test", base_url=BASE, search=False)
    site.write("static/extra.txt", "first")
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-14-two.md", title="Two")


def new_site(site: SiteFolder) -> None:
    """Of these one goes, one gets another address; one comes, with another topic; a static file changes."""
    site.write("static/extra.txt", "second")
    (site.root / "seeds" / "2025-03-14-one.md").unlink()
    site.add("2025-03-14-two.md", title="New", slug="moved", aliases=["/2025/03/14/two/"])
    site.add("2025-03-15-three.md", title="Three", publishedDateTime="2025-03-15T09:00:00Z", topics=["Heart"])


def kept_links(files: dict[str, bytes], known: dict[bytes, frozenset[str]], pages: set[str]) -> None:
    """Every link of the pages leads to a file that is there."""
    for name in pages & set(files):
        data = files[name]
        if data not in known:
            known[data] = links(data.decode(), address_of(name), BASE).internal
        assert known[data] <= set(files), name


def points(total: int, seed: int) -> list[int]:
    """Where to kill, so that the same run can be had again."""
    chosen = sorted(random.Random(seed).sample(range(1, total + 1), POINTS))  # noqa: S311 - no secret
    print(f"seed {seed}: killed before change {chosen} of {total}")
    return chosen


def restore(folder: Path, snapshot: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(snapshot, folder)


def test_a_build_can_be_killed_before_any_change(site: SiteFolder, runner: Runner) -> None:
    """Twenty moments, after half of them a second kill: old or new site, each file whole; then the new one."""
    old_site(site)
    assert site.build().code == 0
    old, snapshot = site.files(), site.root / "snapshot"
    shutil.copytree(site.output, snapshot)
    new_site(site)
    arguments, output = site.arguments(), site.output
    runner.warm(*site.arguments("--output", str(site.root / "clean")))
    new = published(site.root / "clean")
    counted = runner.run(*arguments, below=output)
    assert counted["code"] == 0
    assert site.files() == new
    seen = set()
    for number, point in enumerate(points(counted["changes"], SEED)):
        restore(output, snapshot)
        assert runner.run(*arguments, below=output, at=point)["code"] == -9, point
        if number % 2:
            assert runner.run(*arguments, below=output, at=1 + number)["code"] in {-9, 0}
        files = site.files()
        is_begun = (output / CONTROL / "journal.json").exists()
        for name, data in files.items():
            assert data in {old.get(name), new.get(name)}, (point, name)
        assert is_begun or files in (old, new), point
        seen.add("moving" if is_begun else "old" if files == old else "new")
        assert runner.run(*arguments, below=output)["code"] == 0
        assert site.files() == new, point
        assert not (output / CONTROL).exists(), point
    assert {"old", "moving"} <= seen


def test_a_sync_can_be_killed_before_any_change(site: SiteFolder, runner: Runner) -> None:
    """The same, and at each of these moments no page that can be reached leads to a file that is missing."""
    target = site.root / "www"
    arguments = ("sync", str(target), "--output", str(site.output), "--source", str(site.root / "seeds"))
    old_site(site)
    assert site.build().code == 0
    assert run(*arguments)[0] == 0
    old, snapshot = published(target), site.root / "snapshot"
    shutil.copytree(target, snapshot)
    new_site(site)
    assert site.build().code == 0
    counted = runner.run(*arguments, below=target)
    assert counted["code"] == 0
    new = published(target)
    assert new == site.files() | {name: data for name, data in old.items() if name.startswith("assets/extra.")}
    pages = {name for name in old if name.endswith(".html")}
    known: dict[bytes, frozenset[str]] = {}
    for number, point in enumerate(points(counted["changes"], SEED + 1)):
        restore(target, snapshot)
        assert runner.run(*arguments, below=target, at=point)["code"] == -9, point
        kept_links(published(target), known, pages)
        if number % 2:
            assert runner.run(*arguments, below=target, at=1 + number)["code"] in {-9, 0}
        files = published(target)
        for name, data in files.items():
            assert data in {old.get(name), new.get(name)}, (point, name)
        kept_links(files, known, pages)
        assert runner.run(*arguments, below=target)["code"] == 0
        assert published(target) == new, point


def test_kills_by_the_clock(site: SiteFolder, runner: Runner) -> None:
    """Moments that nobody chose, of a build and a sync: what comes after is right."""
    target = site.root / "www"
    arguments = ("sync", str(target), "--output", str(site.output), "--source", str(site.root / "seeds"))
    old_site(site)
    assert site.build().code == 0
    for delay in (0.02, 0.1, 0.2, 0.3, 0.5):
        site.write("static/extra.txt", str(delay))
        runner.run(*site.arguments(), below=site.output, after=delay)
        assert runner.run(*site.arguments(), below=site.output)["code"] == 0
        runner.run(*arguments, below=target, after=delay / 10)
        assert runner.run(*arguments, below=target)["code"] == 0
        assert site.files().items() <= published(target).items()


def test_two_at_once(site: SiteFolder, runner: Runner) -> None:
    """A build beside a build, a sync beside a build, a build beside a sync: exit code 2; the first comes to its end."""
    target = site.root / "www"
    sync = ("sync", str(target), "--output", str(site.output), "--source", str(site.root / "seeds"))
    old_site(site)
    assert site.build().code == 0
    assert run(*sync)[0] == 0
    new_site(site)
    runner.start(*site.arguments(), below=site.output, at=20)
    for arguments in (tuple(site.arguments()), sync):
        code, _, stderr = run(*arguments)
        assert (code, "at work" in stderr) == (2, True)
    assert runner.go_on()["code"] == 0
    new = site.files()
    runner.start(*sync, below=target, at=20)
    site.add("2025-03-14-one.md", title="Later", publishedDateTime="2025-03-14T09:00:00Z")
    for arguments in (tuple(site.arguments()), sync):
        code, _, stderr = run(*arguments)
        assert (code, "at work" in stderr) == (2, True)
    assert site.files() == new
    assert runner.go_on()["code"] == 0
    assert new.items() <= published(target).items()


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A file system of two megabytes; skipped where it cannot be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_costs_nothing(site: SiteFolder) -> None:
    """Of the output or the served folder: exit code 2 and the reason; the old site stays; with room all is well."""
    old_site(site)
    with mounted(site.root / "disk") as disk:
        output, target = disk / "output", disk / "www"
        assert site.build("--output", str(output)).code == 0
        old = published(output)
        big = site.root / "static" / "big.bin"
        big.write_bytes(os.urandom(3_000_000))
        new_site(site)
        code, _, stderr = run(*site.arguments("--output", str(output)))
        assert (code, "No space left on device" in stderr) == (2, True)
        assert published(output) == old
        assert not (output / CONTROL).exists()
        # Now the site lies where there is room, but the served folder does not.
        assert site.build().code == 0
        sync = ("sync", str(target), "--source", str(site.root / "seeds"))
        assert run(*sync, "--output", str(output))[0] == 0
        code, _, stderr = run(*sync, "--output", str(site.output))
        assert (code, "No space left on device" in stderr) == (2, True)
        assert published(target) == old
        big.unlink()
        assert site.build().code == 0
        assert run(*sync, "--output", str(site.output))[0] == 0
        assert site.files().items() <= published(target).items()


def test_a_read_only_folder_costs_nothing(site: SiteFolder) -> None:
    """A build into it, a sync into it: exit code 2 and the reason. A sync from it is done."""
    old_site(site)
    with mounted(site.root / "disk") as disk:
        output = disk / "output"
        assert site.build("--output", str(output)).code == 0
        old = published(output)
        assert site.build().code == 0
        new_site(site)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for arguments in (site.arguments("--output", str(output)), site.arguments("--output", str(disk / "other"))):
            code, _, stderr = run(*arguments)
            assert (code, "Read-only file system" in stderr) == (2, True)
        code, _, stderr = run("sync", str(disk / "www"), "--output", str(site.output))
        assert (code, "Read-only file system" in stderr) == (2, True)
        assert published(disk) == {f"output/{name}": data for name, data in old.items()}
        assert run("sync", str(site.root / "www"), "--output", str(output))[0] == 0
        assert published(site.root / "www") == old
