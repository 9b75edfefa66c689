"""Templates are drawn as Jinja itself draws them, only sooner."""

# ruff: noqa: E501 - a template a line

from pathlib import Path

import pytest
from msgspec import Struct

from generator.content.urls import Address
from generator.render.jinja import macro_cache
from generator.render.renderer import Renderer
from generator.site.page import Page
from generator.site.views import Link
from tests.integration.test_docs import PAGES
from tests.support.filling import VARIANTS, filled, renderer

WORDS = "<&>\"'"


class View(Struct, frozen=True, kw_only=True):
    """What the templates here show."""

    number: int
    link: Link
    links: tuple[Link, ...]
    table: dict[str, object]
    text: str = WORDS


def view(number: int) -> View:
    """A view that differs from others."""
    return View(
        number=number,
        link=Link(text=f"{number}", to=Address("/topics/")),
        links=(Link(text="a", to="https://a.example/"), Link(text="b", to=Address("/b/"))),
        table={"key": f"<{number}>", "items": 3},
    )


def drawn(made: Renderer, template: str, shown: object) -> str:
    """A page as text, or what is wrong with its template."""
    rendered = made.render(Page(address=Address("/"), template=template, view=shown, origin="a test"))
    return f"{rendered.diagnostic}" if rendered.diagnostic else rendered.data.decode()


def as_jinja_does(made: Renderer, template: str, shown: object) -> str:
    """The same by Jinja itself."""
    made._unfit.add(template)
    return drawn(made, template, shown)


PART = """
{% set mark = cycler("odd", "even") %}
{% macro line(link, level=1) %}<h{{ level }}>{{ link.to | href }} {{ link.text }}{{ text("count.items", n=level) }}</h{{ level }}>{% endmacro %}
{% macro counted(link) %}{{ mark.next() }} {{ line(link) }}{% endmacro %}
{% macro twice(link) %}{{ counted(link) }}{{ counted(link) }}{% endmacro %}
{% macro framed(link) %}<b>{{ caller() if caller else "" }}{{ line(link) }}</b>{% endmacro %}
{% macro raw(value) %}{{ value }}{% endmacro %}
{% macro rest(one) %}{{ varargs | length }}{{ kwargs | length }}{% endmacro %}
{% macro set_late(one) %}{% if one %}{% set mark = "x" %}{% endif %}{{ mark if mark is string else mark.next() }}{% endmacro %}
{% macro tree(depth) %}({% if depth > 0 %}{{ tree(depth - 1) }}{% endif %}){% endmacro %}
"""

TEMPLATES = {
    "calls": "{% from 'part.html' import line %}{% for one in page.links %}{{ line(one) }}{{ line(one, 2) }}{{ line(one, level=2) }}{% endfor %}",
    "kinds": "{% from 'part.html' import raw %}{{ raw(1) }}{{ raw(true) }}{{ raw('1') }}{{ raw(1.0) }}{{ raw('<a>') }}{{ raw('<a>' | safe) }}{{ raw(none) }}",
    "stateful": "{% from 'part.html' import counted, twice %}{{ counted(page.link) }}{{ counted(page.link) }}{{ twice(page.link) }}",
    "module": "{% import 'part.html' as part %}{{ part.line(page.link) }}{{ part.tree(3) }}{{ part.rest(1, 2, a=3) }}",
    "called": "{% from 'part.html' import framed %}{% call framed(page.link) %}{{ page.number }}{% endcall %}{{ framed(page.link) }}",
    "own": "{% macro own() %}{{ page.number }}{{ page.link.text }}{% endmacro %}{{ own() }}{{ own() }}",
    "late": "{% from 'part.html' import set_late %}{{ set_late(false) }}{{ set_late(true) }}",
    "with_context": "{% from 'part.html' import line with context %}{{ line(page.link) }}",
    "dictionary": "{{ page.table.key }}{{ page.table['key'] }}{{ page.table.items }}{{ page['text'] }}",
    "missing": "{% if page.nothing is defined %}a{% else %}b{% endif %}{{ page.nothing | default('c') }}",
    "wrong": "{{ page.text }}\n{{ page.nothing }}",
    "wrong_call": "{{ text('no.such.key') }}",
    "wrong_asset": "{{ asset(page.text) | href }}",
    "rebound": "{% set site = page.link %}{{ site.text }}{% for text in page.links %}{{ text.text }}{% endfor %}",
    "rebound_in_macro": "{% macro m(site) %}{{ site.text }}{% endmacro %}{{ m(page.link) }}{{ m(page.links[0]) }}",
    "choices": "{% if site.search %}a{% elif page.number > 1 %}b{% else %}c{% endif %}{% if site.title and page.number %}d{% endif %}"
    "{% if not site.title %}{{ page.nothing }}{% elif site.language %}e{% endif %}{{ 'x' if site.search else page.number }}",
    "blocks": "{% if not site.title %}{% block one %}1{% endblock %}{% endif %}{% block two scoped %}{{ page.number }}{% endblock %}{{ self.two() }}",
    "child": "{% extends 'blocks.html' %}{% set site = page.link %}{% block two %}{{ super() }}{{ site.text }}{{ page.text }}{% endblock %}",
    "escaping": "{% autoescape false %}{% from 'part.html' import raw %}{{ page.text }}{{ raw(page.text) }}{{ site.title }}{% endautoescape %}{{ page.text }}",
    "loops": "{% for one in page.links %}{{ loop.index }}{{ loop.last }}{{ one.text }}{% else %}none{% endfor %}{% for n in range(page.number) if n %}{{ n }}{% endfor %}",
    "filters": "{{ page.text | upper }}{{ [site.title, page.text] | join(', ') }}{{ page.links | map(attribute='text') | join }}{{ page.text ~ site.title }}{{ site.title | length }}",
    "assigned": "{% set one = page.text %}{% set two %}<i>{{ one }}</i>{% endset %}{{ two }}{% with three = one ~ two %}{{ three }}{% endwith %}"
    "{% set ns = namespace(n=0) %}{% for one in page.links %}{% set ns.n = ns.n + loop.index %}{% endfor %}{{ ns.n }}",
    "included": "{% set given = page.number %}{% include 'inner.html' %}{% filter upper %}a{{ page.text }}{% endfilter %}",
    "words": "{{ page.from }}",
    "chain": "{% macro inner() %}{{ page.number }}{% endmacro %}{% macro outer() %}[{{ inner() }}]{% endmacro %}{{ outer() }}{{ outer() }}",
    "listed": "{% for name, to in [('site.topics', site.topics), ('site.archive', page.link.to)] %}{{ text(name) }}{{ to | href }}{% if to == page.link.to %}!{% endif %}{% endfor %}"
    "{% for n in [1, 2] %}{{ loop.index }}{{ n }}{% endfor %}{% for n in (page.number, 2) %}{% set m = n %}{{ m }}{% endfor %}{% for a, b in [(1, 2), (3,)] if a %}{{ a }}{% endfor %}",
    "kept": "{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m('a', 'b') }}{{ m(a='b') }}{{ m('a', b='b') }}{{ m('a') }}{{ m(page.table) }}{{ m(b=page.link.text, a=page.number) }}",
    "too_many": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "no_such": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}",
    "none_given": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}",
    "told": "{{ text('item.more', n=page.number) }}{{ text('item.read', host=page.text) }}{{ text('item.read', host=page.text | safe) }}{{ text('item.read') }}{{ text('item.read', n=1) }}",
    "half": "{{ '\\ud800' }}",
}


@pytest.fixture
def made(tmp_path: Path) -> Renderer:
    """Draws the templates above."""
    (tmp_path / "part.html").write_text(PART, encoding="utf-8")
    (tmp_path / "inner.html").write_text("{{ given }}{{ page.number }}{{ site.title }}", encoding="utf-8")
    for name, source in TEMPLATES.items():
        (tmp_path / f"{name}.html").write_text(source, encoding="utf-8")
    return renderer(WORDS, "full", (tmp_path,))


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.usefixtures("made")
def test_any_template_is_drawn_as_jinja_draws_it(tmp_path: Path, name: str) -> None:
    """Page after page, whatever it defines, imports, assigns or gets wrong; alone, so that no other rebinds a name."""
    for other in set(TEMPLATES) - {name, "blocks"}:
        (tmp_path / f"{other}.html").unlink()
    one, other_one = renderer(WORDS, "full", (tmp_path,)), renderer(WORDS, "full", (tmp_path,))
    for number in (1, 2, 2, 3):
        shown = view(number)
        assert drawn(one, f"{name}.html", shown) == as_jinja_does(other_one, f"{name}.html", shown)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", PAGES)
def test_the_theme_is_drawn_as_jinja_draws_it(name: str, variant: str) -> None:
    """And none of its templates needs Jinja itself."""
    one, other = renderer(WORDS, variant), renderer(WORDS, variant)
    for _ in range(2):
        shown = filled(PAGES[name], WORDS, variant)
        assert drawn(one, name, shown) == as_jinja_does(other, name, shown)
    assert not one._unfit


def test_a_name_that_some_template_rebinds_is_looked_up(made: Renderer, tmp_path: Path) -> None:
    """For it may be seen in another one: one that is extended, or included."""
    fixed = made._environment.fixed
    assert "site" not in fixed
    assert "text" not in fixed
    assert fixed.keys() >= {"asset", "forms"}
    for name in ("rebound", "rebound_in_macro", "child"):
        (tmp_path / f"{name}.html").unlink()
    assert renderer(WORDS, "full", (tmp_path,))._environment.fixed.keys() >= {"site", "text"}


def test_a_macro_draws_the_same_arguments_once(tmp_path: Path) -> None:
    """Equal links are two, for an address and a text may be equal and are shown otherwise."""
    (tmp_path / "a.html").write_text(
        "{% macro line(link) %}{{ link.to | href }}{% endmacro %}{{ line(page) }}{{ line(page) }}", encoding="utf-8"
    )
    made = renderer(WORDS, "full", (tmp_path,))
    links = [Link(text="a", to=Address("/a/")), Link(text="a", to="/a/")]
    assert links[0] == links[1]
    for link in (*links, *links):
        expected = "/base/a/" if isinstance(link.to, Address) else "/a/"
        assert drawn(made, "a.html", link) == expected * 2
    (macro,) = made._environment._pure.values()
    assert (macro.hits, macro.misses) == (6, 2)


def test_what_a_macro_drew_is_not_kept_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two newest generations are; and a macro that is never asked for the same keeps nothing any more."""
    monkeypatch.setattr(macro_cache, "_REMEMBERED", 10)
    monkeypatch.setattr(macro_cache, "_TRIED", 50)
    (tmp_path / "a.html").write_text(
        "{% macro line(n) %}{{ n }}{% endmacro %}{% for n in range(page.number) %}{{ line(n) }}{% endfor %}",
        encoding="utf-8",
    )
    made = renderer(WORDS, "full", (tmp_path,))
    assert drawn(made, "a.html", view(100)) == "".join(map(str, range(100)))
    kept = made._environment.drawn
    assert len(kept) + len(kept._old) <= 20
    (macro,) = made._environment._pure.values()
    assert (macro.misses, macro.is_worth) == (50, False)
