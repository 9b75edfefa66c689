"""`digest init`: a new site that builds at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.making import command_named, run

WORKFLOW = ".github/workflows/deploy.yml"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new site."""
    folder = tmp_path_factory.mktemp("sites") / "new" / "site"
    code, stdout, stderr = run("init", str(folder), "--now", "2026-03-14T09:00:00Z")
    assert code == 0
    assert "`digest serve`" in stderr
    assert stdout.splitlines() == [
        str(folder / name)
        for name in ("site.toml", "topics.yaml", "seeds/2026-03-14-example.md", WORKFLOW, ".gitignore")
    ]
    return folder


def test_it_builds_as_it_is(started: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`digest build` in it, at the moment it was made; its item has topics; a check has nothing to say."""
    monkeypatch.chdir(started)
    code, stdout, stderr = run("build", "--now", "2026-03-14T09:00:00Z", "--jobs", "1")
    assert (code, stderr) == (0, "")
    assert "site:      1 item, 1 story, 1 topic, 1 day\n" in stdout
    page = (started / "output/2026/03/14/example/index.html").read_text(encoding="utf-8")
    assert "/topics/cardiology/" in page
    code, stdout, _ = run("check", "--now", "2026-03-14T09:00:00Z", "--jobs", "1", "--strict")
    assert (code, stdout) == (0, "1 document, 0 errors, 0 warnings: passes\n")
    ignored = (started / ".gitignore").read_text().splitlines()
    assert "/output/" in ignored


def test_its_workflow_is_valid_and_careful(started: Path) -> None:
    """By GitHub's schema; only the last job may write; it calls commands and options that there are."""
    path = started / WORKFLOW
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert ("write" in job["permissions"].values()) == (name == "deploy")
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/any@v1"))
            assert "${{" not in step.get("run", "")
    commands = re.findall(r"run: digest (.+)", text)
    assert [command.split()[0] for command in commands] == ["check", "build", "preflight"]
    for name, *words in map(str.split, commands):
        options = {option for parameter in command_named(name).params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",),
        ("build", "--source", "."),
        ("serve",),
        ("check",),
        ("stories",),
        ("explain", "one.md"),
        ("new", "--title", "One"),
        ("preflight", "--target", "netlify"),
        ("sync", "www"),
    ],
)
def test_outside_of_a_site_it_is_pointed_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """By every command that needs one; where a part of a site is here, what is missing is named instead."""
    monkeypatch.chdir(tmp_path)
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (2, "")
    assert "there is no site here" in stderr
    assert "`digest init`" in stderr
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "site.toml").touch()
    assert "there is no site here" not in run(*arguments, "--config", "other.toml")[2]


@pytest.mark.parametrize("make", [lambda path: (path / ".git").mkdir(), lambda path: (path / "x").touch()])
def test_a_folder_that_is_not_empty(tmp_path: Path, make: object) -> None:
    """Is refused and left as it is; an empty one is taken."""
    assert callable(make)
    make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, _, stderr = run("init", str(tmp_path))
    assert (code, "is not empty" in stderr) == (2, True)
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "new").mkdir()
    assert run("init", str(tmp_path / "new"))[0] == 0


def test_a_place_that_is_none(tmp_path: Path) -> None:
    """A file, and what lies below one."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "site"):
        code, _, stderr = run("init", str(path))
        assert (code, "cannot be written" in stderr) == (2, True)


def test_what_cannot_be_finished_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full halfway leaves no half of a site."""
    opened = os.open

    def full(path: Path, *more: int) -> int:
        if Path(path).name == "deploy.yml":
            raise OSError(28, "No space left on device")
        return opened(path, *more)

    monkeypatch.setattr(os, "open", full)
    code, _, stderr = run("init", str(tmp_path / "site"))
    assert (code, "No space left" in stderr) == (2, True)
    assert [path for path in (tmp_path / "site").rglob("*") if path.is_file()] == []
