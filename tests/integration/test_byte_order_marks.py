"""Byte-order marks, with which some editors begin a file, do no harm."""

from pathlib import Path

import pytest

from tests.support.making import SiteFolder, document

BOM = "\ufeff"
FILES = {
    "seeds/2025-03-14-one.md": document(),
    "topics.yaml": "topics:\n  - {name: Radiology, colour: teal}\n",
    "sources.yaml": "sources:\n  - {domain: news.example.org, name: Example Press, kind: news}\n",
    "languages/en.toml": '[own]\nthanks = "Thanks"\n',
    "templates/about.html": (
        '{% extends "base.html" %}{% import "thanks.html" as my %}{% block main %}{{ my.thanks() }}{% endblock %}'
    ),
    "templates/thanks.html": (
        '{% macro thanks() %}<p>{{ text("own.thanks") }}{{ twice("x") }}{% include "part.html" %}{% endmacro %}'
    ),
    "templates/part.html": "<b>part</b>",
    "hooks.py": "def _twice(text):\n    return text * 2\n\nglobals = {'twice': _twice}\n",
}


def built(folder: Path, marked: set[str]) -> dict[str, bytes]:
    """Builds the site with byte-order marks in some files; returns what is published, without the build's settings."""
    site = SiteFolder(folder, {"title": "T", "base_url": "https://example.org/", "search": False})
    for name, text in FILES.items():
        site.write(name, (BOM if name in marked else "") + text)
    if "site.toml" in marked:
        path = site.root / "site.toml"
        path.write_text(BOM + path.read_text())
    assert site.build().code == 0
    return site.files()


@pytest.mark.parametrize("name", [*FILES, "site.toml"])
def test_a_mark_changes_nothing(tmp_path: Path, name: str) -> None:
    """The site is the same, byte by byte, with a mark in any of the files that a build reads."""
    assert built(tmp_path / "marked", {name}) == built(tmp_path / "plain", set())
    assert b"<p>Thanksxx<b>part</b>" in built(tmp_path / "plain", set())["about/index.html"]


def test_marks_in_style_sheets(tmp_path: Path) -> None:
    """The first rule of a style sheet with a mark is read as any other."""
    site = SiteFolder(tmp_path, {"title": "T", "base_url": "https://example.org/", "search": False})
    site.write("seeds/2025-03-14-one.md", document())
    site.write("static/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write("static/extra.css", BOM + "p{background:url(a.svg)}")
    assert site.build().code == 0
    (sheet,) = (data for name, data in site.files().items() if name.startswith("assets/extra."))
    assert b'url("../assets/a.' in sheet
