"""An installed `digest` builds any folder that has a `site.toml`."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support import ROOT
from tests.support.making import SiteFolder


def test_a_wheel_carries_the_theme(tmp_path: Path) -> None:
    """Built, unpacked far from the checkout, run on a bare site folder: theme and explanations are there."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    site = SiteFolder(tmp_path / "site")
    site.add("2025-03-14-one.md")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed"), "SOURCE_DATE_EPOCH": "1767225600"}
    code = (
        "import generator, sys\n"
        "assert generator.__file__.startswith(sys.argv.pop(1))\n"
        "from generator.commands.cli import main\n"
        "main()"
    )
    start = [sys.executable, "-c", code, str(tmp_path / "installed")]
    subprocess.run([*start, "build", "--quiet"], cwd=site.root, env=environment, check=True)
    assert "Model reads chest films" in site.page("/")
    assert any(name.startswith("assets/style.") for name in site.files())
    explained = subprocess.run(
        [*start, "explain-error", "dead-link"],
        cwd=site.root,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Model reads chest films" in site.page("/")
    assert any(name.startswith("assets/style.") for name in site.files())
    command = [sys.executable, "-c", code, str(tmp_path / "installed"), "init", "new"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "new" / "seeds" / "2026-01-01-example.md").is_file()
    assert "links to a page that this site does not have" in explained.stdout
    assert (tmp_path / "installed" / "generator" / "errors" / "errors.md").is_file()


def test_the_package_can_be_run_as_a_module() -> None:
    """`python -m generator` is `digest`."""
    shown = subprocess.run([sys.executable, "-m", "generator", "--version"], check=True, capture_output=True, text=True)
    assert shown.stdout.startswith("digest, version ")
