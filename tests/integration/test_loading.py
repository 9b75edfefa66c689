"""What a command loads: every build begins with it, also one that has next to nothing to do."""

import importlib.metadata
import subprocess
import sys
import zoneinfo
from pathlib import Path

import click
import pytest
import tzdata

from generator.commands import cli
from generator.search import pagefind
from tests.support import ROOT
from tests.support.making import SiteFolder, command_named

PROGRAM = """
import sys
before = set(sys.modules)
from generator.commands import cli
code = cli.run(sys.argv[1:])
print(*(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""
OF_OTHER_COMMANDS = {
    "asyncio",
    "generator.commands.check.command",
    "generator.commands.docs.command",
    "generator.commands.deploy.command",
    "generator.commands.explain.command",
    "generator.commands.importer.command",
    "generator.commands.new.command",
    "generator.commands.serve.command",
    "generator.commands.stats.command",
    "generator.commands.deploy.preflight",
    "httpx",
    "lxml",
    "tornado",
}
RARE = {
    "concurrent.futures",
    "ctypes",
    "difflib",
    "email",
    "ftfy",
    "html.entities",
    "importlib.metadata",
    "markdown",
    "multiprocessing",
    "nh3",
    "pagefind",
    "rich",
    "slugify",
    "socket",
    "subprocess",
}
OF_WORK = {
    "ada_url",
    "babel",
    "filelock",
    "frontmatter",
    "generator.build.pipeline",
    "generator.content.publishers",
    "generator.content.topics",
    "jinja2",
    "numpy",
    "Stemmer",
    "shutil",
    "traceback",
    "yaml",
    "yaml_rs",
    "zoneinfo",
}
OF_BUILDS = {
    "generator.build.build",
    "generator.commands.build.command",
    "generator.config.settings",
    "generator.output.tree",
}


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends, in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(result.stderr.split())


@pytest.fixture
def built(site: SiteFolder) -> SiteFolder:
    """A site that is built."""
    site.configure(**site.settings, timezone="Europe/Berlin", search=False)
    for number in range(3):
        site.add(f"2025-03-1{number}-n{number}.md")
    assert site.build().code == 0
    return site


def test_the_version() -> None:
    """Needs nothing of a build."""
    assert loaded("--version").isdisjoint(OF_OTHER_COMMANDS | RARE | OF_WORK | OF_BUILDS)


def test_a_build_that_changes_nothing(built: SiteFolder) -> None:
    """Looks at what there is, and loads nothing that would read, plan or render."""
    modules = loaded(*built.arguments())
    assert modules.isdisjoint(OF_OTHER_COMMANDS | RARE | OF_WORK)
    assert modules >= OF_BUILDS


def test_a_build_after_one_change(built: SiteFolder) -> None:
    """Loads what it works with, and nothing of other commands or of what its documents have not."""
    built.add("2025-03-12-n2.md", title="Another")
    modules = loaded(*built.arguments())
    assert modules.isdisjoint(OF_OTHER_COMMANDS | RARE - {"ctypes"})  # numpy loads it
    assert modules >= {"generator.build.pipeline", "jinja2", "numpy"}


def test_all_commands_are_found() -> None:
    """Wherever they are; the help lists them in the order of their names."""
    names = cli.cli.list_commands(click.Context(cli.cli))
    expected = "build check docs explain explain-error import init new preflight serve stats stories sync theme"
    assert " ".join(names) == expected
    assert [command_named(name).name for name in names] == names
    assert cli.cli.get_command(click.Context(cli.cli), "buidl") is None


def test_what_is_asked_of_folders() -> None:
    """Is what the library for it would say, which takes longer."""
    assert pagefind.version() == importlib.metadata.version("pagefind-bin")
    listed = set(Path(tzdata.__file__).with_name("zones").read_text("utf-8").splitlines())
    assert listed <= zoneinfo.available_timezones() | {"Factory", "localtime"}
