"""The wheel: an installed `digest` has its theme and its documentation, and builds any site."""

import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands.docs import pages
from tests.support import ROOT
from tests.support.making import SiteFolder

Digest = Callable[..., str]

PROGRAM = (
    "import generator, sys\n"
    "assert generator.__file__.startswith(sys.argv.pop(1))\n"
    "from generator.commands.cli import main\n"
    "main()"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the wheel, and returns the folder into which it is unpacked, outside of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def digest(installed: Path, tmp_path: Path) -> Digest:
    """Returns a function that runs the installed `digest` in a temporary folder, and returns its stdout."""
    environment = os.environ | {"PYTHONPATH": str(installed), "SOURCE_DATE_EPOCH": "1767225600"}

    def call(*arguments: str) -> str:
        command = [sys.executable, "-c", PROGRAM, str(installed), *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout

    return call


def test_an_installed_digest_builds_a_site(digest: Digest, tmp_path: Path) -> None:
    """Builds a site without templates and static files of its own, with the default theme."""
    site = SiteFolder(tmp_path)
    site.add("2025-03-14-one.md")
    digest("build", "--quiet")
    assert "Model reads chest films" in site.page("/")
    assert any(name.startswith("assets/style.") for name in site.files())


def test_an_installed_digest_creates_a_site(digest: Digest, tmp_path: Path) -> None:
    """Finds the files that `digest init` copies."""
    digest("init", "new")
    assert (tmp_path / "new" / "seeds" / "2026-01-01-example.md").is_file()


def test_an_installed_digest_has_the_documentation(digest: Digest, installed: Path) -> None:
    """Has all pages for users, and no others; `digest explain-error` reads the same files."""
    documented = {path.name: path.read_bytes() for path in pages.find().values()}
    assert {path.name: path.read_bytes() for path in (installed / "generator" / "docs").iterdir()} == documented
    assert [line.split()[0] for line in digest("docs").splitlines()] == list(pages.find())
    assert digest("docs", "settings").startswith("# Settings\n")
    assert "links to a page that this site does not have" in digest("explain-error", "dead-link")


def test_every_page_of_the_documentation_is_listed() -> None:
    """Compares the list in pyproject.toml with the pages, so that a new page is not forgotten."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    files = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    names = [name for name in files if name.startswith("docs/")]
    assert names == [f"docs/{name}.md" for name in pages.find()]
    assert [files[name] for name in names] == [f"generator/{name}" for name in names]


def test_the_package_can_be_run_as_a_module() -> None:
    """Runs `python -m generator` as `digest`."""
    shown = subprocess.run([sys.executable, "-m", "generator", "--version"], check=True, capture_output=True, text=True)
    assert shown.stdout.startswith("digest, version ")
