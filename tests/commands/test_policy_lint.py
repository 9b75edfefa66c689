"""Warnings of `digest check` for what the content security policy blocks."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.commands.check.policy_lint import lint_policy
from generator.config import theme
from generator.config.settings import Settings
from generator.config.theme import Theme
from tests.support.making import NOW, SiteFolder, run

SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/"}
CODE = "stats.push(1)"
HASH = "sha256-J8jbvuswGN8GabPUl5wu9hcs64ZAjUSRUF/1OPfjwmg="


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Returns a site with one item."""
    folder = SiteFolder(tmp_path, SETTINGS)
    folder.add("2025-03-14-one.md")
    return folder


def blocked(site: SiteFolder) -> list[dict[str, Any]]:
    """Returns what `digest check` says of the policy."""
    code, stdout, _ = run(
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", NOW, "--format", "json",
    )  # fmt: skip
    assert code == 0
    diagnostics = json.loads(stdout)["problems"]
    return [one for one in diagnostics if one["code"] == "blocked-by-policy"]


def places(site: SiteFolder) -> list[tuple[str, int, int]]:
    """Returns file name, line and column of each warning."""
    return [(one["path"].rpartition("/")[2], one["line"], one["column"]) for one in blocked(site)]


def message(site: SiteFolder, text: str) -> str:
    """Returns message and remedy of the only warning for a template; empty if there is none."""
    site.write("templates/about.html", '{% extends "base.html" %}\n{% block main %}\n' + text + "\n{% endblock %}\n")
    found = blocked(site)
    assert len(found) <= 1
    assert all((one["line"], one["severity"]) == (3, "warning") for one in found)
    return "".join(f"{one['message']} ({one['remedy']})" for one in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<script>{CODE}</script>", "has a script within the page, "),
        ("<script type=module>1</script>", "move it to a script in static/"),
        (f"<script type='TEXT/JavaScript'>{CODE}</script>", "has a script within the page, "),
        ("<style>p { color: red }</style>", "has a style within the page, "),
        ('<p style="color: red">x</p>', "has a style attribute, "),
        ('<button onclick="go()">x</button>', "has the event handler onclick, "),
        ("<body {% if page %}onload='go()'{% endif %}>", "has the event handler onload, "),
        ("<a href=' JavaScript:go()'>x</a>", "has a script in href, "),
        ('<base href="/x/">', "has the element base, "),
        ('<object data="/x.swf"></object>', "has the element object, "),
        ("<script src=https://s.example/a.js></script>", 'add "https://s.example" to script in [csp] of site.toml'),
        ('<script src="//s.example/a.js"></script>', 'add "https://s.example" to script in [csp]'),
        ('<script src="http://s.example/a.js"></script>', "write https://s.example, and add "),
        ('<script src="http://127.0.0.1:1/a.js"></script>', 'blocks (add "http://127.0.0.1:1" to script in [csp]'),
        ('<script src="https://s.example/{{ page }}.js"></script>', 'add "https://s.example" to script in [csp]'),
        ('<script src="data:text/javascript,1"></script>', "blocks (put it into a file in static/)"),
        ('<audio src="data:audio/mpeg,1"></audio>', 'add "data:" to media in [csp]'),
        (
            '<link rel="preload stylesheet" href="https://s.example/a.css">',
            "loads a style sheet from https://s.example",
        ),
        ('<link rel="preload" as="font" href="https://s.example/a.woff2">', "loads a font from https://s.example"),
        ('<link rel="modulepreload" href="https://s.example/a.js">', "loads a script from https://s.example"),
        ('<iframe src="https://s.example:8443/a"></iframe>', 'add "https://s.example:8443" to frame in [csp]'),
        ('<video><source src="https://s.example/a.mp4"></video>', 'add "https://s.example" to media in [csp]'),
        ('<form action="https://s.example/a"></form>', "sends a form to https://s.example, "),
        ('<img src="https://s.example/a.png">', ""),
        ('<a href="https://s.example/" title="javascript: x">x</a>', ""),
        ('<link rel="canonical icon" href="https://s.example/">', ""),
        ("<script type='application/ld+json'>{}</script>", ""),
        ("<script></script><style> </style>", ""),
        ('<script src="{{ asset("site.js") | href }}"></script>', ""),
        ('<script src="https://{{ page.host }}/a.js"></script>', ""),
        ('<script src="https://example.org/a.js"></script><script src="/a:b.js"></script>', ""),
        ("{# <script>1</script> #}<!-- <script>1</script> -->", ""),
        ("<script src='https://[/a.js'></script><script>", ""),
    ],
)
def test_templates(site: SiteFolder, text: str, expected: str) -> None:
    """Names code within a page and what is loaded from hosts that are not listed, and nothing else."""
    found = message(site, "{% if false %}" + text + "{% endif %}")
    assert expected in found
    assert bool(found) is bool(expected)


def test_listed_sources_are_allowed(site: SiteFolder) -> None:
    """Says nothing of hosts and hashes in `[csp]`, and names the hash to add, unless the template changes the code."""
    for kind in ("script", "style"):
        assert f"add \"'{HASH}'\" to {kind} in [csp]" in message(site, f"<{kind}>{CODE}</{kind}>")
    assert "in [csp]" not in message(site, "{% if false %}<script>{{ page.x }}</script>{% endif %}")
    video = '<iframe src="https://video.example/embed/1"></iframe><script src="https://stats.example/a.js"></script>'
    sources = {"script": [f"'{HASH}'", "https://stats.example"], "style": f"'{HASH}'", "frame": "https://video.example"}
    site.configure(**SETTINGS, csp=sources)
    assert message(site, f"<script>{CODE}</script><style>{CODE}</style>{video}") == ""
    assert message(site, f"<script>{CODE};</script>") != ""


def test_style_sheets_and_pages_in_static(site: SiteFolder) -> None:
    """Names the line in own style sheets and pages; Jinja has no meaning there, and comments and texts do not count."""
    site.write(
        "static/fonts.css",
        '/* @import "https://a.example/a.css"; */\n@import url("https://a.example/a.css");\n@font-face {\n'
        "  font-family: A;\n  src: url(a.woff2), url('https://a.example/a.woff2')\n}\n"
        "p { background: url(https://a.example/a.png) }\n"
        "q::before { content: '@import \"https://a.example/a.css\"' }\n@IMPORT/**/'https://a.example/%61.css' print;\n",
    )
    site.write("static/a.woff2", "")
    site.write("static/root/imprint.html", "<!doctype html>\n<p>\n  <b onclick=go()>{# <style>p{}</style> #}</b>\n")
    site.write("static/code.js", "document.write('<script>1</script>')")
    site.write("templates/note.txt", "<script>1</script>")
    expected = [
        *[("fonts.css", 2, 13), ("fonts.css", 5, 26), ("fonts.css", 9, 12)],
        *[("imprint.html", 3, 3), ("imprint.html", 3, 22)],
    ]
    assert places(site) == expected
    site.configure(**SETTINGS, csp={"style": "https://a.example", "font": "https://a.example"})
    assert places(site) == expected[3:]


def test_the_default_theme_needs_no_exception() -> None:
    """Finds nothing in the templates and style sheets of the default theme, whoever owns them."""
    folder = theme.default_root() / "templates"
    assert list(folder.rglob("*.html"))
    assert (
        list(lint_policy(Settings(), [folder], Theme(template_folders=(folder,), static_files={}, linked_folders=())))
        == []
    )
