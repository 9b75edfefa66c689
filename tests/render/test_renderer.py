"""Pages as templates render them: functions, filters, escaping, templates of the site's own, errors."""

from pathlib import Path

import msgspec
import pytest

from generator.config import language
from generator.content.urls import Address
from generator.render.renderer import Renderer, compile_templates
from generator.site import views
from generator.site.page import Page
from generator.site.views import Link
from tests.support.filling import TEMPLATES, context, filled, renderer

WORDS = "<&>\"'"
ESCAPED = "&lt;&amp;&gt;&#34;&#39;"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The view of the templates of these tests."""

    number: int = 3
    text: str = WORDS
    link: Link = Link(text="link", to=Address("/topics/"))


def render(made: Renderer, template: str, view: object) -> str:
    """Returns a page as text, or the diagnostic of its template."""
    rendered = made.render(Page(address=Address("/"), template=template, view=view, origin="a test"))
    return str(rendered.diagnostic) if rendered.diagnostic else rendered.data.decode()


def render_source(folder: Path, source: str, view: object = None) -> str:
    """Renders a template of this source."""
    (folder / "page.html").write_text(source, encoding="utf-8")
    return render(renderer("", "full", (folder, TEMPLATES)), "page.html", view or View())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ page.text }}", ESCAPED),
        ("{{ page.text | safe }}", WORDS),
        ("{{ page.link.to | href }}", "/base/topics/"),
        ("{{ page.link.to | absolute }}", "https://example.org/base/topics/"),
        ("{{ 'https://a.example/' | href }}{{ 'https://a.example/' | absolute }}", "https://a.example/" * 2),
        ("{{ 1234 | number }}", "1,234"),
        ("{{ text('item.related') }}", "Related "),
        ("{{ text('item.read', host=page.text) }}", f"Read at {ESCAPED} "),
        ("{{ text('item.read', host=page.text | safe) }}", f"Read at {WORDS} "),
        ("{{ text('count.items', n=1) }}; {{ text('count.items', n=1200) }}", "1 item ; 1,200 items "),
        ("{% for form, words in forms('count.items') %}{{ form }},{% endfor %}", "one,other,"),
        ("{% for long, short in weekdays[:2] %}{{ long }} {{ short }},{% endfor %}", "Monday Mo,Tuesday Tu,"),
        ("{{ asset('style.css') | href }}", "/base/assets/style.css"),
        ("{% from 'macros.html' import way %}{{ text('item.read', host=way(page.link.to, 'item.read')) }}",
         'Read at <a href="/base/topics/">Read at {host} </a> '),
    ],
)  # fmt: skip
def test_what_templates_can_use(tmp_path: Path, source: str, expected: str) -> None:
    """Each filter and function, and that values are escaped unless they are markup."""
    assert render_source(tmp_path, source) == expected


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("\n{{ text('no.such.key') }}", 2, "there is no text `no.such.key` in languages/en.toml"),
        ("{{ text('item.read', n=1) }}", 1, "KeyError: 'host'"),
        ("{{ text('item.read', host=page.hots) }}", 1, "has no attribute 'hots'"),
        ("\n\n{{ '\\ud800' }}", 1, "writes half of a surrogate pair"),
        ("{% macro m(a) %}{{ a }}{% endmacro %}\n{{ m(1, 2) }}", 2, "TypeError: macro 'm' takes not more than 1"),
    ],
)
def test_errors_of_templates_have_a_place(tmp_path: Path, source: str, line: int, message: str) -> None:
    """The file, the line, the message and the page."""
    found = render_source(tmp_path, source)
    assert found.startswith(f"{tmp_path}/page.html:{line}:1: template-error: "), found
    assert message in found
    assert "while / was rendered" in found


def test_the_macros_of_a_site_replace_ours_on_all_pages(tmp_path: Path) -> None:
    """Pages of the theme render the cards of the site, with the names and arguments of ours."""
    source = (TEMPLATES / "macros.html").read_text(encoding="utf-8")
    own = source.replace('class="card', 'class="own card').replace(
        "fragment(topics, card.topics)", "topics(card.topics)"
    )
    (tmp_path / "macros.html").write_text(own, encoding="utf-8")
    made = renderer("", "full", (tmp_path, TEMPLATES))
    for template, view in {
        "front.html": views.Front,
        "item.html": views.ItemPage,
        "day.html": views.DayPage,
        "list.html": views.ListPage,
        "edition.html": views.EditionPage,
    }.items():
        html = render(made, template, filled(view, ""))
        assert '<article class="own card' in html, template
        assert '<article class="card' not in html, template


def test_a_template_of_a_site_may_call_macros_itself(tmp_path: Path) -> None:
    """Without the fragment cache, a page is the same."""
    calls = {
        "direct": "{% for one in page.cards %}\n{{ card(one, kind='small') }}\n{% endfor %}",
        "fragment": "{% for one in page.cards %}\n{{ fragment(card, one, kind='small') }}\n{% endfor %}",
        "fragments": "{{ fragments(card, page.cards, kind='small') }}",
    }
    view = filled(views.ListPage, WORDS)
    pages = {
        name: render_source(tmp_path, "{% from 'macros.html' import card %}" + call, view)
        for name, call in calls.items()
    }
    assert pages["direct"] == pages["fragment"] == pages["fragments"]
    assert pages["direct"].count("<article") == len(view.cards)


def test_compiled_templates_are_of_one_language(tmp_path: Path) -> None:
    """Jinja evaluates a filter of a constant when it compiles a template, and one process may build several sites."""
    (tmp_path / "page.html").write_text("{{ 1000 | number }}", encoding="utf-8")
    english = context("", "full", (tmp_path,))
    german = msgspec.structs.replace(english, language=language.load("de", zone="UTC", folder=tmp_path))
    for _ in range(2):
        assert compile_templates(english)[0] == compile_templates(german)[0] == ()
        assert render(Renderer(english), "page.html", View()) == "1,000"
        assert render(Renderer(german), "page.html", View()) == "1.000"


def test_templates_are_compiled_once(tmp_path: Path) -> None:
    """The code that one process compiled is that of the other; a changed source is compiled anew."""
    path = tmp_path / "page.html"
    path.write_text("{{ page.number }}", encoding="utf-8")
    site = context("", "full", (tmp_path,))
    _, codes = compile_templates(site)
    assert compile_templates(site)[1] == codes
    path.write_text("{{ page.number + 1 }}", encoding="utf-8")
    assert render(Renderer(site), "page.html", View()) == "4"
    assert compile_templates(site)[1] != codes


def test_links_are_listed_when_they_are_first_used(tmp_path: Path) -> None:
    """So that the caller can check whether they lead to pages."""
    (tmp_path / "page.html").write_text("{{ page.link.to | href }}{{ 'https://a.example/' | href }}", encoding="utf-8")
    made = renderer("", "full", (tmp_path,))
    render(made, "page.html", View())
    assert made.shown == [Address("/topics/")]
    made.shown.clear()
    render(made, "page.html", View())
    assert made.shown == []
