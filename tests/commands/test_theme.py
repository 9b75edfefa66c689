"""`digest theme`: lists, shows and copies the files of the default theme; `digest check` compares the copies."""

import re
from pathlib import Path

import pytest

from generator.config import ejected
from tests.support import ROOT
from tests.support.making import NOW, SiteFolder, run

THEME = {
    path.relative_to(ROOT).as_posix() for name in ("templates", "static") for path in (ROOT / name).rglob("*.*")
}  # fmt: skip


def theme(site: SiteFolder, *arguments: str) -> tuple[int, str, str]:
    """Runs a command of `digest theme` for a site."""
    command, *rest = arguments
    return run("theme", command, "--config", str(site.root / "site.toml"), *rest)


def checked(site: SiteFolder) -> str:
    """The output of `digest check`."""
    _, stdout, _ = run(
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", NOW,
    )  # fmt: skip
    return stdout


def warnings(site: SiteFolder) -> list[str]:
    """The warnings of `digest check` about copies."""
    return [line for line in checked(site).splitlines() if ": changed-original: " in line]


def test_all_files_are_listed(site: SiteFolder) -> None:
    """Each with what its comment says, and with a mark if the site has one of the same name."""
    site.write("templates/day.html", "")
    code, stdout, stderr = theme(site, "list")
    assert (code, stderr) == (0, "")
    rows = {line[2:].split()[0]: line for line in stdout.splitlines()}
    assert set(rows) == THEME
    assert {name for name, line in rows.items() if line.startswith("*")} == {"templates/day.html"}
    assert rows["templates/day.html"].endswith("  The page of a day")


@pytest.mark.parametrize("name", ["day.html", "templates/day.html", "style.css", "static/style.css"])
def test_a_file_is_shown_as_it_is(name: str) -> None:
    """By its name, with or without its folder."""
    (path,) = (ROOT / folder / Path(name).name for folder in ("templates", "static") if name.endswith(
        ".html" if folder == "templates" else ".css"
    ))  # fmt: skip
    assert run("theme", "show", name) == (0, path.read_text(encoding="utf-8"), "")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dya.html", "did you mean day.html?"),
        ("../README.md", "the default theme has no file"),
        ("root/favicon.ico", "is not text; `digest theme eject root/favicon.ico` copies it"),
        ("\x1b[2J", "`digest theme list` lists all files"),
    ],
)
def test_what_cannot_be_shown(name: str, message: str) -> None:
    """Exits with code 2 and says what to do."""
    code, stdout, stderr = run("theme", "show", name)
    assert (code, stdout) == (2, "")
    assert message in stderr
    assert "\x1b" not in stderr


def test_a_site_with_copies_of_all_files_is_the_same(site: SiteFolder) -> None:
    """The comments of copies are on no page; those of styles and scripts change only the names of these."""
    site.configure(**site.settings, search=False)
    site.add("2025-03-14-one.md", images=[{"url": "https://pictures.example/1.jpg", "width": 800, "height": 500}])
    site.build()
    before = site.files()
    for name in sorted(THEME):
        code, stdout, _ = theme(site, "eject", name)
        assert (code, stdout) == (0, f"{site.root / name}\n")
    assert site.build().code == 0
    names = re.compile(rb"(/assets/\w+)\.[0-9a-f]+\.")
    assert {name: names.sub(rb"\1.", data) for name, data in site.files().items() if name.endswith(".html")} == {
        name: names.sub(rb"\1.", data) for name, data in before.items() if name.endswith(".html")
    }
    assert (site.output / "favicon.ico").read_bytes() == (ROOT / "static/root/favicon.ico").read_bytes()
    assert warnings(site) == []


def test_nothing_is_overwritten(site: SiteFolder) -> None:
    """Exits with code 2, and leaves the file of the site as it is."""
    site.write("templates/day.html", "mine")
    code, stdout, stderr = theme(site, "eject", "day.html")
    assert (code, stdout) == (2, "")
    assert "exists already" in stderr
    assert (site.root / "templates/day.html").read_text() == "mine"


def test_the_check_warns_of_what_does_nothing(site: SiteFolder) -> None:
    """Blocks and macros, also through several templates. A block within a block is new, and a name may be computed."""
    site.add("2025-03-14-one.md")
    base = '{% extends "default/base.html" %}{% block scripts %}{% block notice %}{% endblock %}{% endblock %}'
    day = '{% extends "default/day.html" %}\n{% block notice %}{% endblock %}{% block mian %}{% endblock %}'
    site.write("templates/base.html", base)
    site.write("templates/day.html", day + "{% block aside %}{% endblock %}")
    site.write("templates/macros.html", '{% extends "default/macros.html" %}\n\n{% macro way() %}{% endmacro %}'
               "{% macro mine() %}{% endmacro %}")  # fmt: skip
    site.write(
        "templates/year.html", '{% set name = "default/year.html" %}{% extends name %}{% block x %}{% endblock %}'
    )
    found = re.findall(r"(\w+\.html:\d+):1: unused-block: the (\w+ `\w+`) .* \((.*)\)$", checked(site), re.MULTILINE)
    assert found == [
        ("day.html:2", "block `mian`", "did you mean `main`?"),
        ("macros.html:3", "macro `way`", "copy that template with `digest theme eject`"),
    ]


@pytest.mark.parametrize(
    ("block", "is_warned"),
    [("<meta name=a>", True), ("{{ super() }}<meta name=a>", False), ("{% if true %}{{ super() }}{% endif %}", False)],
)
def test_the_check_warns_of_a_head_that_is_left_out(site: SiteFolder, block: str, is_warned: bool) -> None:  # noqa: FBT001
    """Pages without title and style sheet are hardly meant."""
    site.add("2025-03-14-one.md")
    site.write("templates/base.html", '{% extends "default/base.html" %}\n{% block head %}' + block + "{% endblock %}")
    assert ("base.html:2:1: replaced-head: " in checked(site)) is is_warned


@pytest.mark.parametrize("name", ["templates/day.html", "static/theme.js", "static/style.css", "static/icon.svg"])
def test_the_check_warns_of_a_changed_original(site: SiteFolder, name: str) -> None:
    """With the version to write into the copy when it has been brought up to date. Edits of the copy are no matter."""
    site.add("2025-03-14-one.md")
    theme(site, "eject", name)
    path = site.root / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n", encoding="utf-8")
    assert warnings(site) == []
    version = ejected.version_of((ROOT / name).read_bytes())
    path.write_text(text.replace(version, "0" * 8), encoding="utf-8")
    (warning,) = warnings(site)
    assert warning.startswith(f"warning: {path}:1:1: changed-original: ")
    assert f"`digest theme show {name}`" in warning
    assert f"write version {version} here" in warning
    path.write_text(text.partition("\n")[2], encoding="utf-8")
    assert warnings(site) == []
