"""The fragment cache: equal arguments share a fragment, and nothing else does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from msgspec import Struct

from generator.content.urls import Address
from generator.render.fragments import FragmentCache
from generator.render.renderer import Renderer
from generator.site.page import Page
from generator.site.views import Link
from tests.integration.test_docs import PAGES
from tests.support.filling import VARIANTS, filled, renderer

WORDS = "<&>\"'"


class View(Struct, frozen=True, kw_only=True):
    """The view of the templates of these tests."""

    number: int
    link: Link
    text: str = WORDS


class CountedMacro:
    """A function that counts its calls, in place of a macro."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, view: object, *arguments: object, **named: object) -> Markup:
        self.calls += 1
        return Markup("{} {} {}").format(view, arguments, named)


def view(number: int) -> View:
    """Returns a view; views of one number are equal, but not the same object."""
    return View(number=number, link=Link(text=f"link {number}", to=Address(f"/{number}/")))


@pytest.fixture
def render(tmp_path: Path) -> Callable[..., str]:
    """Renders templates, given by name, one page after the other with one renderer; returns the last page.

    A page whose template fails is returned as its diagnostic.
    """

    def rendered(*views: object, name: str = "page.html", **templates: str) -> str:
        for template, source in templates.items():
            (tmp_path / f"{template}.html").write_text(source, encoding="utf-8")
        made = renderer(WORDS, "full", (tmp_path,))
        return [text_of(made, name, one) for one in views][-1]

    return rendered


def text_of(made: Renderer, template: str, shown: object) -> str:
    """Returns a page as text, or the diagnostic of its template."""
    rendered = made.render(Page(address=Address("/"), template=template, view=shown, origin="a test"))
    return str(rendered.diagnostic) if rendered.diagnostic else rendered.data.decode()


def test_equal_views_share_a_fragment() -> None:
    """Whether or not they are the same object."""
    macro, cache = CountedMacro(), FragmentCache()
    assert view(1) is not view(1)
    assert cache.fragment(macro, view(1)) is cache.fragment(macro, view(1))
    assert macro.calls == 1
    cache.fragment(macro, view(2))
    assert macro.calls == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (((1,), {}), ((2,), {})),
        (((1,), {}), ((True,), {})),
        (((1,), {}), (("1",), {})),
        (((0,), {}), ((None,), {})),
        ((("<b>",), {}), ((Markup("<b>"),), {})),
        (((1,), {"kind": ""}), ((1,), {"kind": "small"})),
        (((1,), {"kind": ""}), ((1,), {"level": ""})),
        (((1,), {"kind": ""}), ((1,), {})),
        (((1, 2), {}), ((2, 1), {})),
    ],
)
def test_another_argument_is_another_fragment(first: Any, second: Any) -> None:
    """By value, by type, by name and by position."""
    macro, cache = CountedMacro(), FragmentCache()
    for arguments, named in (first, second, first, second):
        assert cache.fragment(macro, *arguments, **named) == CountedMacro()(*arguments, **named)
    assert macro.calls == 2


def test_another_macro_is_another_fragment() -> None:
    """Also if it has the same name."""
    one, other, cache = CountedMacro(), CountedMacro(), FragmentCache()
    cache.fragment(one, 1)
    cache.fragment(other, 1)
    assert (one.calls, other.calls) == (1, 1)


def test_fragments_are_those_of_each_view_with_a_line_end() -> None:
    """In the order of the views; they are shared with single fragments of the same arguments."""
    macro, cache = CountedMacro(), FragmentCache()
    single = cache.fragment(macro, view(1), kind="small")
    together = cache.fragments(macro, (view(1), view(2), view(1)), kind="small")
    assert together == f"{single}\n{cache.fragment(macro, view(2), kind='small')}\n{single}\n"
    assert macro.calls == 2
    assert cache.fragments(macro, ()) == ""
    assert isinstance(together, Markup)


def test_fragments_of_what_returns_text_are_escaped() -> None:
    """A macro returns markup; text that another function returns is escaped like any other."""
    cache = FragmentCache()
    assert cache.fragment(str.upper, "<a>") == "&lt;A&gt;"
    assert cache.fragments(str.upper, ("<a>", "&")) == "&lt;A&gt;\n&amp;\n"


def test_only_the_fragments_that_were_used_last_are_kept() -> None:
    """So memory is bounded."""
    macro, cache = CountedMacro(), FragmentCache(size=2)
    for number in (1, 2, 1, 3, 1):
        cache.fragment(macro, number)
    assert macro.calls == 3
    cache.fragment(macro, 2)
    assert macro.calls == 4


def test_a_macro_that_raises_leaves_no_fragment() -> None:
    """It is called again, and may succeed."""
    calls = []

    def macro(value: int) -> Markup:
        calls.append(value)
        if len(calls) == 1:
            raise LookupError(value)
        return Markup("fine")

    cache = FragmentCache()
    with pytest.raises(LookupError):
        cache.fragment(macro, 1)
    assert cache.fragment(macro, 1) == "fine"
    assert calls == [1, 1]


PART = """
{% macro line(link, level=1) %}<h{{ level }}>{{ link.to | href }} {{ link.text }}</h{{ level }}>{% endmacro %}
{% macro broken(link) %}
{{ link.missing }}
{% endmacro %}
{% macro of_page() %}{{ page.number }}{% endmacro %}
"""


def test_the_error_of_a_fragment_has_the_place_in_its_macro(render: Callable[..., str], tmp_path: Path) -> None:
    """On every page that shows it."""
    page = "{% from 'part.html' import broken %}\n{{ fragment(broken, page.link) }}"
    said = render(view(1), view(1), page=page, part=PART)
    assert said.startswith(f"{tmp_path}/part.html:4:1: template-error: a link has no `missing`, while / was")


def test_errors_of_the_arguments_have_their_place(render: Callable[..., str], tmp_path: Path) -> None:
    """A field that is missing, a macro that is missing, an argument without a hash."""
    for expression, message in {
        "fragment(line, page.lnk)": "'tests.render.test_fragments.View object' has no attribute 'lnk'",
        "fragment(line, [page.link])": "TypeError: unhashable type: 'list'",
        "fragments(line, page.links)": "'tests.render.test_fragments.View object' has no attribute 'links'",
        "fragment(gone, page.link)": "the template 'part.html'",
    }.items():
        page = "\n{% from 'part.html' import line, gone %}\n{{ " + expression + " }}"
        said = render(view(1), page=page, part=PART)
        assert said.startswith(f"{tmp_path}/page.html:3:1: template-error: {message}"), said


def test_no_fragment_reads_the_page(render: Callable[..., str]) -> None:
    """A macro that is imported cannot, so a fragment of one page is right on any other."""
    page = "{% from 'part.html' import of_page %}{{ fragment(of_page) }}"
    assert "there is no `page` here" in render(view(1), page=page, part=PART)


@pytest.mark.parametrize(
    "page",
    [
        "{% from 'part.html' import of_page with context %}{{ fragment(of_page) }}",
        "{% macro own() %}{{ page.number }}{% endmacro %}{{ fragment(own) }}",
        "{% macro own(n) %}{{ n }}{{ page.number }}{% endmacro %}{{ fragment(own, 0) | replace('0', '') }}",
    ],
)
def test_a_macro_that_reads_the_page_shares_no_fragment(render: Callable[..., str], page: str) -> None:
    """It is another macro on each page."""
    assert render(view(1), view(2), page=page, part=PART) == "2"


def test_no_site_has_the_fragments_of_another(tmp_path: Path) -> None:
    """Two renderers in one process, with the same templates and views."""
    (tmp_path / "part.html").write_text("{% macro name() %}{{ site.title }}{{ 1000 | number }}{% endmacro %}")
    (tmp_path / "page.html").write_text("{% from 'part.html' import name %}{{ fragment(name) }}{{ 2000 | number }}")
    one, other = renderer("one", "full", (tmp_path,)), renderer("other", "full", (tmp_path,))
    for _ in range(2):
        assert text_of(one, "page.html", view(1)) == "one1,0002,000"
        assert text_of(other, "page.html", view(1)) == "other1,0002,000"


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", PAGES)
def test_the_theme_is_the_same_without_the_cache(name: str, variant: str) -> None:
    """Every page, the first time and the second time, as if each macro were called each time."""
    cached, uncached = renderer(WORDS, variant), renderer(WORDS, variant)
    cache = FragmentCache(size=0)
    uncached._environment.globals |= {"fragment": cache.fragment, "fragments": cache.fragments}
    for _ in range(2):
        shown = filled(PAGES[name], WORDS, variant)
        assert text_of(cached, name, shown) == text_of(uncached, name, shown)
