"""Standard streams that are full, closed, or whose reader has gone: a result arrives, or the command fails."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.commands import terminal
from tests.support import ROOT
from tests.support.making import NOW, SiteFolder

FULL = pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="there is no full device here")
READING = ("--source", "seeds", "--config", "site.toml", "--now", NOW, "--jobs", "1")
SETTINGS = {"title": "Test Digest", "base_url": "https://hospital.example/", "search": False}
RESULTS = {
    "check": ("check", *READING),
    "check as JSON": ("check", "--format", "json", *READING),
    "check as SARIF": ("check", "--format", "sarif", *READING),
    "check as annotations": ("check", "--format", "github", *READING),
    "stories": ("stories", *READING, "--all"),
    "stories as JSON": ("stories", "--format", "json", *READING),
    "explain": ("explain", "one.md", *READING),
    "stats": ("stats", *READING),
    "stats as JSON": ("stats", "--format", "json", *READING),
    "docs": ("docs",),
    "a page of docs": ("docs", "security"),
    "settings": ("docs", "--settings"),
    "a code": ("explain-error", "binary"),
    "codes": ("explain-error",),
    "preflight": ("preflight", "--target", "netlify", "--output", "output"),
    "preflight as JSON": ("preflight", "--target", "netlify", "--output", "output", "--format", "json"),
    "files to sync": ("sync", "served", "--dry-run", "--output", "output", "--source", "seeds"),
}
RESULTS |= {"files of the theme": ("theme", "list"), "a file of the theme": ("theme", "show", "base.html")}
HELP = {"help": ("--help",), "help of a command": ("build", "--help"), "version": ("--version",)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """Returns a built site. Its only document has a warning."""
    site = SiteFolder(tmp_path_factory.mktemp("streams") / "site", SETTINGS)
    site.add("one.md", titel="x")
    assert site.build().code == 0
    return site


def run_with(site: SiteFolder, arguments: tuple[str, ...], streams: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line in the folder of a site, by a shell that redirects its streams."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-m", "generator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=site.root,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def pipe_without_reader() -> Iterator[int]:
    """Returns the writing end of a pipe that no one reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@FULL
@pytest.mark.parametrize("arguments", [*RESULTS.values(), *HELP.values()], ids=[*RESULTS, *HELP])
def test_a_result_on_a_full_disk_is_an_error(site: SiteFolder, arguments: tuple[str, ...]) -> None:
    """One line says what is lost, and why."""
    ended = run_with(site, arguments, ">/dev/full")
    errors = [line for line in ended.stderr.splitlines() if not line.startswith("warning: ")]
    assert (ended.returncode, len(errors)) == (terminal.EXIT_USAGE, 1), ended.stderr
    assert "cannot be written: No space left on device" in errors[0]


@pytest.mark.parametrize("arguments", RESULTS.values(), ids=RESULTS)
def test_a_result_without_stdout_is_an_error(site: SiteFolder, arguments: tuple[str, ...]) -> None:
    """The descriptor of stdout is closed when the command starts."""
    ended = run_with(site, arguments, ">&-")
    assert ended.returncode == terminal.EXIT_USAGE
    assert "cannot be written: stdout is closed" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("name", RESULTS)
def test_only_a_part_of_a_text_may_be_read(site: SiteFolder, name: str, pipe_without_reader: int) -> None:
    """A reader like `head` has read enough of a text, but a part of what programs read is useless."""
    ended = subprocess.run(
        [sys.executable, "-m", "generator", *RESULTS[name]],
        stdout=pipe_without_reader,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=site.root,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    is_whole = "--format" in RESULTS[name] or name in {"settings", "a file of the theme"}
    assert ended.returncode == (terminal.EXIT_USAGE if is_whole else 0)
    assert ("cannot be written: Broken pipe" in ended.stderr) == is_whole
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "<&-"])
def test_a_build_needs_no_streams(site: SiteFolder, streams: str) -> None:
    """What a build makes is the site, whole and with the same bytes. Nothing else gets into any of its files."""
    before = site.files()
    ended = run_with(site, ("build", "--clean", "--output", "output", *READING), streams)
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr
    assert site.files() == before


@FULL
@pytest.mark.parametrize("streams", [">/dev/full", "2>/dev/full", ">/dev/full 2>&1"])
def test_a_build_succeeds_though_its_summary_is_lost(site: SiteFolder, streams: str) -> None:
    """The summary and the warnings are about the site, which is there."""
    ended = run_with(site, ("build", "--clean", *READING), streams)
    assert (ended.returncode, "error" in ended.stderr) == (0, False)


@FULL
@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-", ">&- 2>&-", ">/dev/full 2>&1"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("build", "--source", "broken", *READING[2:]), 1),
        (("check", "--source", "broken", *READING[2:], "--format", "json"), 1),
        (("stories", "--source", "broken", *READING[2:]), 1),
        (("build", "--no-such-option"), 2),
        (("docs", "no-such-page"), 2),
    ],
)
def test_a_failure_keeps_its_code_without_stderr(
    site: SiteFolder, streams: str, arguments: tuple[str, ...], code: int
) -> None:
    """The exit code is all that is left to say it."""
    site.write("broken/one.md", "no front matter")
    is_lost = arguments[0] == "check" and streams.startswith(">")
    assert run_with(site, arguments, streams).returncode == (terminal.EXIT_USAGE if is_lost else code)


@FULL
@pytest.mark.parametrize("streams", [">/dev/full", ">&-"])
def test_new_and_init_say_what_they_created(site: SiteFolder, tmp_path: Path, streams: str) -> None:
    """The files are there, but their names are lost: the message has the name."""
    values = ("--title", f"Created{len(streams)}", "--url", "https://hospital.example/a", "--source-name", "Hospital")
    ended = run_with(site, ("new", *values, "--source", str(tmp_path), "--now", NOW), streams)
    name = f"2026-01-01-created{len(streams)}.md"
    assert (tmp_path / name).is_file()
    assert ended.returncode == terminal.EXIT_USAGE
    assert f"{name} is created, but its path cannot be written" in ended.stderr
    ended = run_with(site, ("init", str(tmp_path / "x"), "--now", NOW), streams)
    assert (tmp_path / "x" / "site.toml").is_file()
    assert (ended.returncode, "x is created, but" in ended.stderr) == (terminal.EXIT_USAGE, True)


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_report_that_arrives_is_whole(site: SiteFolder, form: str) -> None:
    """Also without stderr."""
    ended = run_with(site, ("check", "--format", form, *READING), "2>&-")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """A site whose name, documents and files have characters that most encodings lack. One document is invalid."""
    site = SiteFolder(tmp_path_factory.mktemp("encodings") / "site", SETTINGS | {"title": "Größe ☃"})
    site.add("2025-03-14-größe-☃.md", title="Größe → 한국 😀 “x”", titel="x", topics=["Ünï ☃"])
    site.add("2025-03-15-bäd-☃.md", publishedDateTime="☃ nix")
    return site


ENCODINGS = ("ascii", "ascii:strict", "cp1252:strict", "cp437", "utf-16")
SKIPPING = (*READING, "--skip-invalid")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("build", "--verbose", *SKIPPING), 0),
        (("build", "--täst"), 2),
        (("check", *READING), 1),
        (("check", "--format", "json", *READING), 1),
        (("check", "--format", "sarif", *READING), 1),
        (("stories", "--all", "--format", "json", *SKIPPING), 0),
        (("explain", "2025-03-14-größe-☃.md", *SKIPPING), 0),
    ],
)
def test_what_an_encoding_lacks_is_escaped(
    foreign: SiteFolder, arguments: tuple[str, ...], code: int, encoding: str
) -> None:
    """As in a console of Windows. What programs read stays valid and complete."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        capture_output=True,
        check=False,
        cwd=foreign.root,
        env=os.environ | environment,
    )
    name = encoding.partition(":")[0].replace("ascii", "utf-8")  # click takes ASCII for a mistake in the settings
    stdout, stderr = ended.stdout.decode(name), ended.stderr.decode(name)
    assert (ended.returncode, "Traceback" in stderr) == (code, False), stderr
    if "--format" in arguments:
        assert "größe-☃.md" in json.dumps(json.loads(stdout), ensure_ascii=False) or "sarif" in arguments
        assert "json" not in arguments or "☃" in json.dumps(json.loads(stdout), ensure_ascii=False)
    elif code != 2:
        assert ("☃" if name.startswith("utf") else r"\u2603") in stdout + stderr
