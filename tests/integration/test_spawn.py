"""Builds whose workers are not forked, as on macOS and Windows."""

import multiprocessing
import shutil
from pathlib import Path

import pytest

from generator.util import workers
from tests.support import ROOT
from tests.support.making import NOW, SiteFolder, published, run

HOOKS = """
from generator.hooks import replace

def shout(text):
    return text.upper()

filters = {"shout": shout}

def item(item):
    return replace(item, topics=(*item.topics, "Wards"))
"""


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lets workers be spawned, and returns the start methods that are asked for."""
    asked: list[str] = []
    get_context = multiprocessing.get_context

    def recording(method: str) -> object:
        asked.append(method)
        return get_context(method)

    monkeypatch.setattr(workers, "CAN_FORK", False)
    monkeypatch.setattr(workers, "_shortage", [])  # whatever earlier tests of this process found
    monkeypatch.setattr(multiprocessing, "get_context", recording)
    return asked


def filled(site: SiteFolder) -> SiteFolder:
    """Adds more documents than one worker reads at once."""
    for number in range(120):
        site.add(f"2025-03-14-n{number}.md", title=f"Headline {number} of a ward", topics=[f"Topic {number % 7}"])
    return site


@pytest.mark.parametrize("kind", ["plain", "hooks", "search and compressed copies"])
def test_the_site_is_the_same(tmp_path: Path, spawned: list[str], kind: str) -> None:
    """One process, spawned workers: the bytes are equal."""
    more = {"search": True, "precompress": True} if kind.startswith("search") else {"search": False}
    site = filled(SiteFolder(tmp_path / "site", {"title": "T", "base_url": "https://hospital.example/", **more}))
    if kind == "hooks":
        site.write("hooks.py", HOOKS)
    assert site.build("--clean").code == 0
    one = site.files()
    shutil.rmtree(site.output)
    outcome = site.build("--clean", "--jobs", "2")
    assert (outcome.code, set(spawned)) == (0, {"spawn"}), outcome.stderr
    assert site.files() == one


def test_errors_of_documents_are_the_same(tmp_path: Path, spawned: list[str]) -> None:
    """A diagnostic comes back from a spawned worker as it is."""
    site = filled(
        SiteFolder(tmp_path / "site", {"title": "T", "base_url": "https://hospital.example/", "search": False})
    )
    site.add("bad.md", "no front matter")
    site.add("late.md", publishedDateTime="2025-02-30T00:00:00Z")
    one = site.build("--clean")
    two = site.build("--clean", "--jobs", "2")
    assert spawned
    assert (one.code, one.stderr, one.codes()) == (two.code, two.stderr, two.codes())
    assert one.code == 1


def test_a_check_is_the_same(tmp_path: Path, spawned: list[str]) -> None:
    """The results of checks come from spawned workers too."""
    site = filled(
        SiteFolder(tmp_path / "site", {"title": "T", "base_url": "https://hospital.example/", "search": False})
    )
    arguments = ["check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW]
    two = run(*arguments, "--jobs", "2")
    assert spawned
    assert two == run(*arguments, "--jobs", "1", "--state", str(tmp_path / "state"))


def test_the_golden_site(tmp_path: Path, spawned: list[str]) -> None:
    """The published bytes of a site with everything in it."""
    golden = ROOT / "tests" / "golden" / "small"
    shutil.copytree(golden / "input", tmp_path / "input")
    arguments = [
        "build",
        "--source",
        str(tmp_path / "input/seeds"),
        "--config",
        str(tmp_path / "input/site.toml"),
        "--now",
        NOW,
    ]
    sites = []
    for jobs in ("1", "2"):
        output = tmp_path / f"output{jobs}"
        assert run(*arguments, "--output", str(output), "--jobs", jobs, "--clean")[0] == 0
        sites.append(published(output))
    assert sites[0] == sites[1]
    assert set(spawned) <= {"spawn"}
