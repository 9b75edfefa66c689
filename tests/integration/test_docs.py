"""The documentation says what is so."""

import json
import re
import tomllib

import jinja2
import pytest
from jinja2 import nodes
from msgspec import Struct

from generator.build.report import Report
from generator.config import document_fields
from generator.errors import Code, manual
from generator.site import views
from tests.support import ROOT
from tests.support.making import command_named, run

DOCS = ROOT / "docs"
TEMPLATES = ROOT / "templates"
PAGES = {
    "front.html": views.Front,
    "story.html": views.StoryPage,
    "item.html": views.ItemPage,
    "index.html": views.Index,
    "list.html": views.ListPage,
    "day.html": views.DayPage,
    "month.html": views.MonthPage,
    "year.html": views.YearPage,
    "archive.html": views.Archive,
    "edition.html": views.EditionPage,
    "editions.html": views.Editions,
    "search.html": views.SearchPage,
    "about.html": views.About,
    "page.html": views.OwnPage,
    "404.html": views.NotFound,
    "moved.html": views.Moved,
}
PARTS = {"base.html", "fragments.html", "macros.html", "card_before.html", "card_after.html"}
# These have no frame around them.
BARE = {"moved.html"}
# Written by `feeds` and `sitemaps`, or shown by no template: `body_links` is there to be checked.
MACHINES = {
    views.Feed, views.FeedEntry, views.Sitemap, views.SitemapPage, views.NewsSitemap, views.NewsPage,
    views.SitemapIndex, views.Manifest, views.Icon, views.Robots,
}  # fmt: skip
# Of a page's head, what JSON-LD alone says; `linked_data` writes it.
LINKED_DATA = {("Head", name) for name in ("kind", "trail", "listed")} | {
    ("Publication", name) for name in ("headline", "publisher", "publisher_url", "citations")
}
# The address of the about page is there for templates of a site.
UNSEEN = {("ItemPage", "body_links"), ("Bar", "count"), ("Site", "about"), *LINKED_DATA}
VIEWS = {name: view for name, view in vars(views).items() if isinstance(view, type) and issubclass(view, Struct)}


def names(view: type) -> set[str]:
    """The fields and properties of a view."""
    properties = {name for name, value in vars(view).items() if isinstance(value, property)}
    return set(view.__struct_fields__) | properties  # type: ignore[attr-defined]


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def first_column(text: str) -> set[str]:
    """The names in the first column of a document's tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def attributes(template: str, of: str | None = None) -> set[str]:
    """The attributes that a template reads, of the variable if one is named."""
    tree = jinja2.Environment(autoescape=True).parse((TEMPLATES / template).read_text(encoding="utf-8"))
    return {
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if of is None or (isinstance(node.node, nodes.Name) and node.node.name == of)
    }


def test_every_setting_is_documented() -> None:
    """docs/settings.md lists the settings that `digest docs --settings` prints, no more and no less, with defaults."""
    text = read("settings.md")
    code, stdout, _ = run("docs", "--settings")
    settings = json.loads(stdout)
    assert code == 0
    assert first_column(text) == {setting["path"] for setting in settings}
    for setting in settings:
        shown = "required" if setting["default"] is None else f"`{json.dumps(setting['default'])}`"
        assert f"| `{setting['path']}` | {shown} |" in text
        assert setting["type"]
        assert setting["meaning"].endswith(".")


def test_every_problem_is_documented() -> None:
    """docs/errors.md has an entry for each code, no more and no less; every code is used somewhere."""
    assert set(manual.entries()) == {str(code) for code in Code}
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py"))
    assert [code for code in Code if f"Code.{code.name}" not in source] == []


def test_every_field_is_documented() -> None:
    """docs/documents.md lists the fields of a document that the program knows."""
    assert first_column(read("documents.md")) == set(document_fields.NAMES)


def test_every_dependency_has_its_line() -> None:
    """docs/dependencies.md has a line for each, saying why; all are locked with hashes and without addresses."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = {
        re.split(r"[><=]", line)[0]
        for line in project["project"]["dependencies"] + groups["build"] + groups["dev"] + groups["bench"]
    }
    assert first_column(read("dependencies.md")) == wanted
    locks = ("dev.txt", "hugo.txt")
    lock = "".join((ROOT / "requirements" / name).read_text(encoding="utf-8") for name in locks)
    for name in wanted:
        assert re.search(rf"^{re.escape(name)}==[^\n]+\\\n    --hash=sha256:", lock, re.MULTILINE), name
    for path in (ROOT / "requirements").iterdir():
        assert not re.search(r"https?://|--index|--find-links", path.read_text(encoding="utf-8")), path.name


def test_every_option_is_in_the_readme_or_its_documents() -> None:
    """docs/building.md names each option of `digest build`."""
    text = read("building.md")
    for parameter in command_named("build").params:
        for option in parameter.opts:
            assert f"`{option}" in text, option


def test_every_option_of_the_preview_is_documented() -> None:
    """docs/preview.md names each option of `digest serve`."""
    text = read("preview.md")
    for parameter in command_named("serve").params:
        for option in parameter.opts:
            assert f"`{option}" in text or option == "is_opened", option


def test_the_report_is_documented() -> None:
    """docs/building.md names each key of the report."""
    text = read("building.md")
    report = Report().as_json()
    for key in {*report, *report["documents"], *report["pages"]}:
        assert f"`{key}`" in text, key


def test_every_view_is_documented() -> None:
    """docs/templates.md has each view with its fields, no more and no less."""
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", read("templates.md"), re.MULTILINE | re.DOTALL))
    assert set(sections) == set(VIEWS)
    for name, view in VIEWS.items():
        assert first_column(sections[name]) == names(view), name


@pytest.mark.parametrize("template", sorted(PAGES))
def test_templates_and_views_agree(template: str) -> None:
    """A template asks for nothing that its view lacks, and shows all that it has."""
    view = PAGES[template]
    used = attributes(template, "page") | (set() if template in BARE else attributes("base.html", "page"))
    unseen = {name for owner, name in UNSEEN if owner == view.__name__}
    assert used == names(view) - unseen


def test_nothing_in_a_view_goes_unshown() -> None:
    """Parts of views, and what all pages share, are used by some template."""
    used = set().union(*(attributes(path.name) for path in TEMPLATES.glob("*.html")))
    for name, view in VIEWS.items():
        if view not in MACHINES:
            unseen = {field for owner, field in UNSEEN if owner == name}
            assert names(view) - unseen <= used, name
    shared = set().union(*(attributes(path.name, "site") for path in TEMPLATES.glob("*.html")))
    assert shared == names(views.Site) - {field for owner, field in UNSEEN if owner == "Site"}


def test_every_template_has_a_view_or_is_a_part() -> None:
    """No template lies around."""
    assert {path.name for path in TEMPLATES.glob("*.html")} == {*PAGES, *PARTS}


def test_the_architecture_names_every_package() -> None:
    """docs/architecture.md names every package."""
    text = read("architecture.md")
    for path in (ROOT / "generator").iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert f"| `{path.name}` |" in text, path.name


def test_the_make_targets_of_the_readme_exist() -> None:
    """And the README gives the two that a new machine needs before all others."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    mentioned = re.findall(r"\bmake ([a-z-]+)", readme)
    assert mentioned[:2] == ["site", "test"]
    assert set(mentioned) <= targets


def test_links_between_the_documents_lead_somewhere() -> None:
    """Relative links of the Markdown files."""
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")]:
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_option_of_the_check_is_documented() -> None:
    """docs/checking.md names each option of `digest check`."""
    text = read("checking.md")
    for parameter in command_named("check").params:
        for option in parameter.opts:
            assert f"`{option}" in text, option


@pytest.mark.parametrize("command", ["new", "init"])
def test_every_option_of_writing_is_documented(command: str) -> None:
    """docs/writing.md names each option of `digest new` and `digest init`."""
    text = read("writing.md")
    options = {option for parameter in command_named(command).params for option in parameter.opts}
    assert [option for option in sorted(options) if option.startswith("--") and f"`{option}" not in text] == []
