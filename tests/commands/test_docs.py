"""`digest docs`: prints the documentation."""

import json
import os
import pty
import subprocess
import sys

import pytest

from generator.commands.docs import pages
from tests.support import ROOT
from tests.support.making import run

DOCS = ROOT / "docs"


def test_pages_are_listed() -> None:
    """Prints name and first sentence of each page for users, sorted by name."""
    code, stdout, stderr = run("docs")
    assert (code, stderr) == (0, "")
    names, sentences = zip(*(line.split(maxsplit=1) for line in stdout.splitlines()), strict=True)
    assert list(names) == sorted(names)
    assert {f"{name}.md" for name in names} == {path.name for path in DOCS.glob("*.md")} - {
        f"{name}.md" for name in pages.DEVELOPER_PAGES
    }
    assert {"settings", "documents", "templates", "topics"} <= set(names)
    for sentence in sentences:
        assert sentence[-1] in ".!?"
        assert "](" not in sentence


@pytest.mark.parametrize("page", ["settings", "Settings", "settings.md", "docs/settings.md"])
def test_a_page_is_printed_as_it_is(page: str) -> None:
    """Prints the Markdown of a page, which may be named as in messages."""
    assert run("docs", page) == (0, (DOCS / "settings.md").read_text(encoding="utf-8"), "")


def test_settings_are_printed_as_json() -> None:
    """Also those in tables; a page cannot be asked for at the same time."""
    code, stdout, stderr = run("docs", "--settings")
    assert (code, stderr) == (0, "")
    assert {
        "path": "about.editor",
        "type": "text in quotes",
        "default": "",
        "meaning": "The name of the person or organisation that runs the site.",
    } in json.loads(stdout)
    assert run("docs", "settings", "--settings")[:2] == (2, "")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("setings", "there is no page 'setings'; did you mean settings?"),
        ("xyz", "there is no page 'xyz'; `digest docs` lists all pages"),
        ("architecture", "there is no page 'architecture'; "),
        ("../README", "there is no page '../README'; "),
        ("\x1b[2J", "`digest docs` lists all pages"),
    ],
)
def test_unknown_pages(page: str, message: str) -> None:
    """Exits with code 2 and a guess. Pages for developers and other files are not pages."""
    code, stdout, stderr = run("docs", page)
    assert (code, stdout) == (2, "")
    assert message in stderr
    assert "\x1b" not in stderr


def test_a_terminal_gets_a_pager() -> None:
    """Pipes the page through PAGER if stdout is a terminal."""
    controller, terminal = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PAGER": "sed s/^/paged:/", "TERM": "xterm"}
    command = [sys.executable, "-m", "generator", "docs", "writing"]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as process:
        os.close(terminal)
        shown = b""
        while chunk := _read(controller):
            shown += chunk
        assert process.wait(60) == 0
    os.close(controller)
    lines = (DOCS / "writing.md").read_text(encoding="utf-8").splitlines()
    assert shown.decode().splitlines() == [f"paged:{line}" for line in lines]


def _read(terminal: int) -> bytes:
    """Reads from a terminal; returns nothing at its end, which Linux reports as an error."""
    try:
        return os.read(terminal, 10_000)
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("markdown", "sentence"),
    [
        ("# Title\n\nOne sentence. Another one.\n", "One sentence."),
        ("# Title\n\nOne sentence,\nin two lines.\nAnother.", "One sentence, in two lines."),
        ("# Title\n\n```\ndigest x\n\nmore\n```\n\nreads `a.b` and [c](c.md). More.", "Reads `a.b` and c."),
        ("# Title\n\n| a | b |\n|---|---|\n\n- one.\n\n    code.\n\n![x](y)\n\nText", "Text"),
        ("# Title\n", ""),
    ],
)
def test_first_sentences(markdown: str, sentence: str) -> None:
    """Skips headings, code, tables, lists and pictures, and removes links."""
    assert pages.first_sentence(markdown) == sentence
