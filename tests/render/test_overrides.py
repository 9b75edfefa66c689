"""Templates of a site that extend those of the default theme."""

from pathlib import Path

import pytest

from generator.content.urls import Address
from generator.render.page_key import PageKeys
from generator.render.renderer import Renderer
from generator.site import views
from generator.site.page import Page
from tests.integration.test_docs import PAGES
from tests.support.filling import TEMPLATES, context, filled
from tests.support.making import SiteFolder, small_sizes

NAMES = sorted(path.name for path in TEMPLATES.glob("*.html"))
BLOCKS = {
    "head": "base.html", "header": "base.html", "nav": "base.html", "footer": "base.html", "scripts": "base.html",
    "main": "day.html", "aside": "day.html", "before": "item.html", "after": "item.html",
}  # fmt: skip


def rendered(*folders: Path) -> dict[str, bytes]:
    """A page of each template."""
    made = Renderer(context("words", folders=(*folders, TEMPLATES)))
    pages = {name: Page(address=Address("/"), template=name, view=filled(view, "words"), origin="a test")
             for name, view in PAGES.items()}  # fmt: skip
    found = {name: made.render(page) for name, page in pages.items()}
    assert [one.diagnostic for one in found.values() if one.diagnostic] == []
    return {name: one.data for name, one in found.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_that_only_extends_its_default_changes_nothing(tmp_path: Path, name: str) -> None:
    """Each template of the theme can be extended under its own name."""
    (tmp_path / name).write_text(f'{{% extends "default/{name}" %}}\n', encoding="utf-8")
    assert rendered(tmp_path) == rendered()


def test_all_templates_can_be_extended_at_once(tmp_path: Path) -> None:
    """A template of the theme extends, includes and imports the site's own."""
    for name in NAMES:
        (tmp_path / name).write_text(f'{{% extends "default/{name}" %}}\n', encoding="utf-8")
    assert rendered(tmp_path) == rendered()


@pytest.mark.parametrize(("block", "template"), BLOCKS.items())
def test_each_block_can_be_extended(tmp_path: Path, block: str, template: str) -> None:
    """What is added to a block is on the pages of its template, beside what it had."""
    before = rendered()
    source = f'{{% extends "default/{template}" %}}{{% block {block} %}}[{{{{ super() }}}}]{{% endblock %}}'
    (tmp_path / template).write_text(source, encoding="utf-8")
    after = rendered(tmp_path)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == (set(PAGES) - {"moved.html"} if template == "base.html" else {template})
    for name in changed:
        assert len(after[name]) == len(before[name]) + 2


def test_cards_have_a_beginning_and_an_end(tmp_path: Path) -> None:
    """Both show the card, and are on every card of the site."""
    (tmp_path / "card_before.html").write_text("<b>{{ card.time.iso }} {{ kind }}</b>", encoding="utf-8")
    (tmp_path / "card_after.html").write_text("<i>{{ site.title }} {{ card.title }}</i>", encoding="utf-8")
    for name, page in rendered(tmp_path).items():
        cards = page.count(b'<article class="card') - page.count(b'<article class="card">')  # the last is of a script
        assert page.count(b"<b>words ") == page.count(b"<i>words words</i>") == cards, name


def test_a_template_that_extends_itself_is_explained(tmp_path: Path) -> None:
    """Without `default/`, the name means the site's own template."""
    (tmp_path / "day.html").write_text('{% extends "day.html" %}', encoding="utf-8")
    page = Page(address=Address("/"), template="day.html", view=filled(views.DayPage, ""), origin="a test")
    found = Renderer(context("", folders=(tmp_path, TEMPLATES))).render(page).diagnostic
    assert found
    assert (found.path, found.line) == (f"{tmp_path}/day.html", 1)
    assert 'write {% extends "default/…" %}' in found.remedy


def test_the_key_of_a_page_has_the_extended_template(tmp_path: Path) -> None:
    """Both the site's own and that of the default theme."""
    theme, own = tmp_path / "theme", tmp_path / "own"
    own.mkdir()
    theme.mkdir()
    page = Page(address=Address("/"), template="day.html", view=0, origin="a test")

    def key() -> bytes:
        return PageKeys(context("", folders=(own, theme))).of(page)

    (theme / "day.html").write_text('{% extends "base.html" %}', encoding="utf-8")
    (theme / "base.html").write_text("1", encoding="utf-8")
    keys = [key()]
    for path, text in [
        (own / "base.html", '{% extends "default/base.html" %}'),
        (theme / "base.html", "2"),
        (own / "base.html", '{% extends "default/base.html" %}\n'),
        (own / "day.html", '{% extends "default/day.html" %}'),
        (theme / "day.html", '{% extends "base.html" %}\n'),
    ]:
        path.write_text(text, encoding="utf-8")
        keys.append(key())
    assert len(set(keys)) == len(keys)


def test_an_override_that_comes_changes_and_goes(site: SiteFolder) -> None:
    """An incremental build writes what a clean one does, and checks every result that it takes from the cache."""
    for number in range(5):
        site.add(f"2025-03-1{number}-one.md", title=f"Title {number}")
    site.build()
    plain = site.files()
    head = '{% extends "default/base.html" %}{% block head %}{{ super() }}<meta name="a" content="{}">{% endblock %}'
    with small_sizes():
        for name, text in [
            ("templates/base.html", head),
            ("templates/card_after.html", "<p>{{ card.time.day }}</p>"),
            ("templates/base.html", head.replace('"a"', '"b"')),
            ("templates/card_after.html", ""),
        ]:
            site.write(name, text)
            assert site.build("--verify").code == 0
            pages = [data for path, data in site.files().items() if path.endswith(".html")]
            wanted = b'<meta name="b"' if '"b"' in text or not text else b'<meta name="a"'
            assert all(page.count(wanted) == 1 for page in pages)
        (site.root / "templates/base.html").unlink()
        assert site.build("--verify").code == 0
    assert site.files() == plain
