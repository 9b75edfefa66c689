"""`digest init`: creates a site that builds without errors."""

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
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of a new site."""
    folder = tmp_path_factory.mktemp("sites") / "new" / "site"
    code, stdout, stderr = run("init", str(folder), "--now", "2026-03-14T09:00:00Z")
    assert code == 0
    assert "`digest serve`" in stderr
    assert stdout.splitlines() == [
        str(folder / name)
        for name in ("site.toml", "topics.yaml", "seeds/2026-03-14-example.md", WORKFLOW, ".gitignore")
    ]
    return folder


def test_a_new_site_builds(created: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds the site at the time of its creation. Its item has a topic, and a check reports nothing."""
    monkeypatch.chdir(created)
    code, stdout, stderr = run("build", "--now", "2026-03-14T09:00:00Z", "--jobs", "1")
    assert (code, stderr) == (0, "")
    assert "site:      1 item, 1 story, 1 topic, 1 day\n" in stdout
    page = (created / "output/2026/03/14/example/index.html").read_text(encoding="utf-8")
    assert "/topics/cardiology/" in page
    code, stdout, _ = run("check", "--now", "2026-03-14T09:00:00Z", "--jobs", "1", "--strict")
    assert (code, stdout) == (0, "1 document, 0 errors, 0 warnings: passes\n")
    ignored = (created / ".gitignore").read_text().splitlines()
    assert "/output/" in ignored


def test_the_workflow_is_valid_and_has_minimal_rights(created: Path) -> None:
    """Fits GitHub's schema, lets only the last job write, and runs existing commands and options."""
    path = created / WORKFLOW
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
        ("serve",),
        ("check",),
        ("stories",),
        ("explain", "one.md"),
        ("new", "--title", "One"),
        ("preflight", "--target", "netlify"),
        ("sync", "www"),
    ],
)
def test_commands_outside_of_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Fails with a hint to `digest init`, unless the folder has a part of a site."""
    monkeypatch.chdir(tmp_path)
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (2, "")
    assert "there is no site here" in stderr
    assert "`digest init`" in stderr
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "site.toml").touch()
    assert "there is no site here" not in run(*arguments, "--config", "other.toml")[2]


@pytest.mark.parametrize("make", [lambda path: (path / "seeds").mkdir(), lambda path: (path / "x").touch()])
def test_folders_that_are_not_empty_are_refused(tmp_path: Path, make: object) -> None:
    """Leaves the folder unchanged. An empty folder is accepted."""
    assert callable(make)
    make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, _, stderr = run("init", str(tmp_path))
    assert (code, "is not empty" in stderr) == (2, True)
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "new").mkdir()
    assert run("init", str(tmp_path / "new"))[0] == 0


def test_paths_that_cannot_be_folders_are_refused(tmp_path: Path) -> None:
    """Refuses a file, and a path below a file."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "site"):
        code, _, stderr = run("init", str(path))
        assert (code, "cannot be written" in stderr) == (2, True)


def test_a_failure_removes_the_created_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves no partial site behind if the disk is full."""
    opened = os.open

    def full(path: Path, *more: int) -> int:
        if Path(path).name == "deploy.yml":
            raise OSError(28, "No space left on device")
        return opened(path, *more)

    monkeypatch.setattr(os, "open", full)
    code, _, stderr = run("init", str(tmp_path / "site"))
    assert (code, "No space left" in stderr) == (2, True)
    assert [path for path in (tmp_path / "site").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "hidden",
    [(".git/HEAD",), (".DS_Store",), (".git/HEAD", ".github/CODEOWNERS", ".editorconfig"), (".venv/x", ".envrc")],
)
def test_hidden_files_do_not_count(tmp_path: Path, hidden: tuple[str, ...]) -> None:
    """A new clone, or a folder that was opened in a file manager, becomes a site; its files stay."""
    for name in hidden:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("own")
    code, stdout, stderr = run("init", str(tmp_path), "--now", "2026-03-14T09:00:00Z")
    assert (code, len(stdout.splitlines()), "note:" in stderr) == (0, 5, False)
    assert all((tmp_path / name).read_text() == "own" for name in hidden)


def test_own_files_are_not_overwritten(tmp_path: Path) -> None:
    """A hosting service may have put them into the clone. A note says what is missing in .gitignore."""
    for name in (".gitignore", WORKFLOW):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("own")
    code, stdout, stderr = run("init", str(tmp_path), "--now", "2026-03-14T09:00:00Z")
    assert (code, len(stdout.splitlines())) == (0, 3)
    assert "note: .gitignore is left as it is: add /output/" in stderr
    assert {(tmp_path / name).read_text() for name in (".gitignore", WORKFLOW)} == {"own"}


@pytest.mark.parametrize("name", ["README.md", "seeds/a.md", "site.toml"])
def test_other_files_count(tmp_path: Path, name: str) -> None:
    """Also beside hidden files."""
    for path in (tmp_path / ".git/HEAD", tmp_path / name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("own")
    assert run("init", str(tmp_path))[0] == 2
    assert not (tmp_path / "topics.yaml").exists()
