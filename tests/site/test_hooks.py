"""A site with ``hooks.py``: filters, globals, tests, changed items and pages of its own."""

import pickle
import re
from pathlib import Path
from textwrap import dedent

import pytest

from generator.config import hook_file, hook_source
from tests.support import ROOT
from tests.support.making import NOW, SiteFolder, run, small_sizes
from tests.support.own_pictures import png

EXAMPLE = re.compile(r"^```\w+\n(?:# |\{# )([\w./]+)(?: #\})?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def hooks(site: SiteFolder, text: str) -> None:
    """Writes ``hooks.py``; the first line of the text is line 1."""
    site.write("hooks.py", dedent(text).lstrip("\n"))


def messages(site: SiteFolder, *arguments: str) -> list[str]:
    """Returns the errors of a build that fails, without the folder of the site and the code of most of them."""
    outcome = site.build(*arguments)
    assert outcome.code in {1, 2}, outcome.stderr
    lines = [line.removeprefix("error: ") for line in outcome.stderr.splitlines() if line.startswith("error: ")]
    return [line.replace(f"{site.root.as_posix()}/", "").replace(": hook-error: ", ": ", 1) for line in lines]


def command(site: SiteFolder, name: str, *more: str) -> tuple[int, str, str]:
    return run(
        *(name, "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW), *more
    )


def examples(section: str) -> dict[str, str]:
    """Returns the files of an example in docs/hooks.md."""
    manual = (ROOT / "docs/hooks.md").read_text("utf-8")
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## )", manual, re.MULTILINE | re.DOTALL)
    found = dict(EXAMPLE.findall(text))
    assert "hooks.py" in found
    return found


def example(site: SiteFolder, section: str) -> None:
    for name, text in examples(section).items():
        site.write(name, text)


@pytest.fixture
def small(site: SiteFolder) -> SiteFolder:
    """A site of three documents, without search."""
    site.configure(**site.settings, search=False)
    site.add("2025-03-14-one.md", title="One model reads films")
    site.add("2025-03-15-two.md", title="Sepsis alarm in two hospitals", type="video", topics=["Sepsis"],
             excerpt="Nurses were warned hours earlier.")  # fmt: skip
    site.add("2025-03-16-three.md", title="Third thing altogether", category="sponsored", topics=["Sepsis"],
             excerpt="A calendar of paper plans the shifts.",
             provider={"name": "Example University", "domain": "example.edu"})  # fmt: skip
    return site


# The examples of the documentation.


def test_the_filter_of_the_manual(small: SiteFolder) -> None:
    """Its template uses it."""
    example(small, "A filter")
    assert small.build().codes() == []
    assert "<p>TD has no such page.</p>" in small.page("/404.html")


def test_the_globals_and_tests_of_the_manual(small: SiteFolder) -> None:
    """Both are values for templates."""
    example(small, "Globals and tests")
    assert small.build().codes() == []
    page = small.page("/404.html")
    assert "<p>Funded by Example Foundation, Example University.</p>" in page
    assert "<p>Test Digest</p>" in page


def test_the_changed_items_of_the_manual(small: SiteFolder) -> None:
    """One is left out; the one of a university has another topic."""
    small.add("2025-03-17-four.md", title="Fourth lesson", topics=["Data"],
              excerpt="Students learn on wax.", provider={"name": "Other", "domain": "other.edu"})  # fmt: skip
    example(small, "Change items")
    outcome = small.build("--verify")
    assert outcome.code == 0
    assert outcome.report["documents"]["left_out_because"] == {"hook": 1}
    assert outcome.report["items"] == 3
    assert "Fourth lesson" in small.page("/topics/universities/")
    assert not (small.output / "2025/03/16").exists()


def test_the_changed_collection_of_the_manual(small: SiteFolder) -> None:
    """Of a source, the ten newest items are left."""
    for number in range(12):
        small.add(f"2025-02-{number + 1:02}-n.md", title=f"Number {number} of its kind", topics=[f"T{number}"],
                  publishedDateTime=f"2025-02-{number + 1:02}T08:00:00Z",
                  provider={"name": "Many", "domain": "many.example"})  # fmt: skip
    example(small, "Change the collection")
    outcome = small.build("--verify")
    assert outcome.code == 0
    assert outcome.report["documents"]["left_out_because"] == {"hook": 2}
    assert (small.output / "2025/02/03/n/index.html").exists()
    assert not (small.output / "2025/02/02").exists()


def test_the_page_type_of_the_manual(small: SiteFolder) -> None:
    """With a template of the site, in the frame of all pages and in the sitemap."""
    example(small, "Add pages")
    assert small.build("--verify").code == 0
    page = small.page("/videos/")
    assert '<li><a href="/2025/03/14/two-20250315/">Sepsis alarm in two hospitals</a></li>' in page
    assert "<title>Videos · Test Digest</title>" in page
    assert "<loc>https://example.org/videos/</loc>" in small.page("/sitemaps/lists.xml")
    assert command(small, "check")[0] == 0
    assert "unused-template" not in command(small, "check")[1]


# What each hook may do.


def test_what_a_filter_returns_is_escaped(small: SiteFolder) -> None:
    """Unless it says that it is markup."""
    small.write("templates/404.html", "{{ '' | hostile }} {{ '' | marked }} {{ hostile('') }} {{ 1 is odd_one }}")
    hooks(
        small,
        """
        from markupsafe import Markup

        filters = {"hostile": lambda _: "<b>", "marked": lambda _: Markup("<i>")}
        globals = {"hostile": lambda _: "<u>"}
        tests = {"odd_one": lambda number: number % 2 == 1}
    """,
    )
    assert small.build().codes() == []
    assert small.page("/404.html") == "&lt;b&gt; <i> &lt;u&gt; True"


def test_a_hook_changes_every_kind_of_field(small: SiteFolder) -> None:
    """Values are cleaned like those of documents; what follows from them follows."""
    hooks(
        small,
        """
        import datetime as dt

        from generator.hooks import Alias, Image, Provider, replace


        def item(item):
            if not item.name.startswith("2025-03-14"):
                return item
            return replace(
                item,
                title=" A\\u202e title&#33; ",
                excerpt="Short.",
                category="report",
                published_at=dt.datetime(2025, 4, 1, 23, 0, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=-3))),
                web_url="https://new.example.org/a page",
                quality=150,
                slug="changed",
                topics=["Imaging", "Imaging"],
                images=[Image(url="https://pics.example.org/1.png", width=900, height=600, caption="A <picture>")],
                provider=Provider(name="New name", domain="NEW.example.org", logo=None),
                aliases=[Alias(address="/old", line=1, column=1)],
                type="video",
            )
    """,
    )
    assert small.build("--verify").code == 0
    page = small.page("/2025/04/02/changed/")
    assert "<title>A title! · Test Digest</title>" in page
    assert 'href="https://new.example.org/a%20page"' in page
    assert 'href="/sources/new.example.org/"' in page
    assert "A &lt;picture&gt;" in page
    assert "/2025/04/02/changed/" in small.page("/old/")
    assert "A title!" in small.page("/topics/imaging/")


def test_a_hook_may_show_a_picture_of_the_site(small: SiteFolder) -> None:
    """It is measured and published as one of a document is."""
    path = small.root / "static" / "root" / "pics" / "film.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(png(900, 600))
    hooks(
        small,
        """
        from generator.hooks import Image, replace

        def item(item):
            return replace(item, images=(Image(url="/pics/film.png", width=0, height=0, caption=""),))
        """,
    )
    assert small.build("--verify").code == 0
    picture = re.search(r'<img[^>]* src="/pics/film.png"[^>]*>', small.page("/2025/03/14/one/"))
    assert picture
    assert 'width="900" height="600"' in picture[0]


def test_items_of_other_days_have_the_day_of_the_time_zone(small: SiteFolder) -> None:
    """Also if the hook gives a time in another zone."""
    small.configure(**small.settings, search=False, timezone="Asia/Tokyo")
    hooks(
        small,
        """
        import datetime as dt

        from generator.hooks import replace


        def item(item):
            return replace(item, published_at=dt.datetime(2025, 4, 1, 16, tzinfo=dt.UTC), slug=f"s-{item.quality}" if
                item.type == "video" else item.slug)
    """,
    )
    assert small.build("--verify").code == 0
    assert (small.output / "2025/04/02/s-40/index.html").exists()


def test_a_changed_collection_changes_the_pages_that_show_it(small: SiteFolder) -> None:
    """A change of one item by what others are changes its pages only then, and all of them."""
    hooks(
        small,
        """
        from generator.hooks import replace


        def collection(items):
            newest = max(item.title for item in items)
            return (replace(item, category=f"before {newest}", related=()) for item in reversed(items))
    """,
    )
    with small_sizes():
        assert small.build("--verify").code == 0
        assert "before Third thing altogether" in small.page("/2025/03/14/one/")
        small.add("2025-03-16-three.md", title="Zebra", excerpt="Stripes.")
        assert small.build("--verify").code == 0
    assert "before Zebra" in small.page("/2025/03/14/one/")


def test_a_build_after_each_edit_is_that_of_a_clean_build(small: SiteFolder) -> None:
    """With every kind of hook; without the file, the site is as it was before there was one."""
    small.write("templates/404.html", '{% extends "base.html" %}{% block main %}{{ site.title }}{% endblock %}')
    with small_sizes():
        assert small.build().code == 0
        before = small.files()
        for text in (
            "filters = {'mark': lambda text: text + '!'}",
            "filters = {'mark': lambda text: text + '?'}",
            "from generator.hooks import replace\ndef item(item):\n    return replace(item, title=item.title + ' 2')",
            "def item(item):\n    return item if item.type == 'video' else None",
            "def collection(items):\n    return items[:1]",
            "def collection(items):\n    return items[1:]",
            examples("Add pages")["hooks.py"],
            examples("Add pages")["hooks.py"].replace("All videos", "Every video"),
        ):
            hooks(small, text)
            is_marked = "mark" in text
            small.write("templates/about.html", "{{ site.title | mark }}" if is_marked else "about")
            small.write("templates/videos.html", examples("Add pages")["templates/videos.html"])
            outcome = small.build("--verify")
            assert outcome.code == 0, outcome.stderr
            assert small.build().report["pages"]["written"] == 0
        assert "Every video" in small.page("/videos/")
        for name in ("hooks.py", "templates/about.html", "templates/videos.html"):
            (small.root / name).unlink()
        assert small.build().code == 0
    assert small.files() == before


def test_a_page_of_cards_follows_its_stories(small: SiteFolder) -> None:
    """Views are compared by value, so a page changes with everything that it shows. Annotations may be texts."""
    hooks(
        small,
        """
        from __future__ import annotations

        from generator.hooks import Address, Card, Head, Page, PlanContext, Struct


        class Cards(Struct, frozen=True):
            head: Head
            cards: tuple[Card, ...]


        def videos(context: PlanContext):
            address = Address("/videos/")
            items = [item for item in context.collection.items if item.type == "video"]
            yield Page(
                address=address,
                template="videos.html",
                origin="the videos",
                view=Cards(
                    head=Head(title="Videos", description="All videos.", address=address),
                    cards=context.cards.cards(context.cards.numbers(items)),
                ),
            )


        page_types = [videos]
    """,
    )
    small.write(
        "templates/videos.html",
        """{% extends "base.html" %}
        {% from "macros.html" import card %}
        {% block main %}{{ fragments(card, page.cards, kind="small") -}}{% endblock %}""",
    )
    small.add("2025-03-15-two.md", title="Sepsis alarm in two hospitals", type="video", story="alarm",
                  excerpt="Nurses were warned hours earlier.")  # fmt: skip
    with small_sizes():
        assert small.build("--verify").code == 0
        assert 'href="/2025/03/14/two-20250315/">Sepsis alarm' in small.page("/videos/")
        small.add("2025-03-16-four.md", title="Alarm for sepsis", story="alarm", excerpt="Another view.",
                  provider={"name": "Fourth", "domain": "fourth.example"})  # fmt: skip
        assert small.build("--verify").code == 0
    assert 'href="/story/2025/03/14/' in small.page("/videos/")


def test_many_workers_make_the_same_site(small: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items, pages and errors come from workers."""
    monkeypatch.setattr("generator.build.load._FEW", 0)
    monkeypatch.setattr("generator.build.load._AT_ONCE", 1)
    example(small, "Add pages")
    small.write(
        "hooks.py",
        (small.root / "hooks.py").read_text()
        + dedent("""
        from generator.hooks import replace

        def item(item):
            return replace(item, title=item.title.upper())
    """),
    )
    with small_sizes(pages_at_once=1):
        assert small.build("--jobs", "3").code == 0
        files = small.files()
        assert small.build("--jobs", "1", "--clean").code == 0
    assert small.files() == files
    assert "ONE MODEL READS FILMS" in small.page("/2025/03/14/one/")


# Errors.


def test_an_exception_for_an_item_names_hook_line_and_document(
    small: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All documents in one run, also from workers; with `--skip-invalid` the documents are left out."""
    monkeypatch.setattr("generator.build.load._FEW", 0)
    monkeypatch.setattr("generator.build.load._AT_ONCE", 1)
    hooks(
        small,
        """
        def check(item):
            return {}[item.title]


        def item(item):
            return item if item.type == "video" else check(item)
    """,
    )
    assert messages(small, "--jobs", "2") == [
        f"hooks.py:2:1: KeyError: '{title}', in `item`, for seeds/{name} (fix the hook; see docs/hooks.md)"
        for title, name in (
            ("One model reads films", "2025-03-14-one.md"),
            ("Third thing altogether", "2025-03-16-three.md"),
        )
    ]
    assert messages(small) == messages(small)
    outcome = small.build("--skip-invalid")
    assert (outcome.code, outcome.report["items"], outcome.report["documents"]["rejected"]) == (0, 1, 2)
    code, stdout, _ = command(small, "check")
    assert (code, stdout.count("hook-error: KeyError")) == (1, 2)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("title=5", "title must be text, not a whole number: 5"),
        ("title=' \\u202e'", "title is empty"),
        ("title='x' * 20_000", "title is longer than 10,000 characters"),
        ("web_url='javascript:alert(1)'",
         "web_url has the scheme 'javascript:', not http or https: 'javascript:alert(1)'"),
        ("amp_url='//'", "amp_url is not a complete web address: '//'"),
        ("slug='../../etc'", "slug may contain only a-z, 0-9 and single hyphens: '../../etc'"),
        ("slug=''", "slug is empty"),
        ("topics=[1]", "an entry of topics must be text, not a whole number: 1"),
        ("topics='AI'", "topics must be a list, not text: 'AI'"),
        ("quality=True", "quality must be a whole number, not true/false: true"),
        ("is_draft=1", "is_draft must be true/false, not a whole number: 1"),
        ("published_at=dt.datetime(2025, 1, 1)",
         "published_at must be a time with a time zone, in the years 2 to 9998"),
        ("published_at='2025'", "published_at must be a time with a time zone, in the years 2 to 9998"),
        ("published_at=dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=9)))",
         "published_at must be a time with a time zone, in the years 2 to 9998"),
        ("images=[{}]", "images must be Image, not dict"),
        ("images=[Image(url='data:x', width=1, height=1, caption='')]",
         "images.0.url has the scheme 'data:', not http or https: 'data:x'"),
        ("provider=Provider(name='N', domain='a b', logo=None)", "provider.domain is not a domain name"),
        ("aliases=[Alias(address='/../x/', line=1, column=1)]",
         "an entry of aliases has a part that begins with a dot: '/../x/'"),
        ("type='<b>'", "type must be article or video"),
        ("body='<script>'", "body may lose entries or be None, but must not be changed otherwise"),
        ("related=[item]", "related may lose entries or be None, but must not be changed otherwise"),
        ("identity='x'", "identity must not be changed"),
        ("name='x'", "name must not be changed"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_an_error(small: SiteFolder, change: str, problem: str) -> None:
    """At the line of the hook, with the document."""
    hooks(
        small,
        f"""
        import datetime as dt
        from generator.hooks import Alias, Image, Provider, replace

        def item(item):
            return replace(item, {change}) if item.type == "video" else item
    """,
    )
    (message,) = messages(small)
    assert message == f"hooks.py:4:1: {problem}, in `item`, for seeds/2025-03-15-two.md (see docs/hooks.md)"


COLLECTION = "from generator.hooks import replace\ndef collection(items): return "


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def item(item): return item.title", "1:1: returns str, not an item, in `item`, for seeds/2025-03-14"),
        ("def item(): pass", "1:1: TypeError: item() takes 0 positional arguments but 1 was given, in `item`"),
        ("import sys\ndef item(item): sys.exit(0)", "2:1: SystemExit: 0, in `item`, for seeds/2025-03-14"),
        ("def collection(items): pass", "1:1: returns NoneType, not a list of items, in `collection`"),
        ("def collection(items): return [1]", "1:1: returns int, not an item, in `collection`"),
        ("def collection(items): return items * 2", "1:1: returns a second item of one document, in"),
        ("def collection(items):\n    yield items[9]", "2:1: IndexError: tuple index out of range, in `coll"),
        (f"{COLLECTION}[replace(one, web_url='https://x.example/') for one in items]",
         "2:1: web_url must not be changed, in `collection`, for seeds/2025-03-14"),
        (f"{COLLECTION}[replace(one, name='new.md') for one in items]",
         "2:1: returns an item that it was not given, in `collection`"),
        ("filters = []", "1:1: filters must be a dictionary, not list"),
        ("x = 1\ntests = {'x': 1}", "2:1: `x` in tests must be a function, not int"),
        ("globals = {'a b': 1}", "1:1: the key 'a b' of globals is not a name that templates can use"),
        ("item = 'x'", "1:1: item must be a function, not str"),
        ("page_types = [1]", "1:1: page_types must be a list of functions"),
        ("def filtres(): pass", "item, collection, page_types (`filtres`: did you mean `filters`?)"),
        ("filters = {'href': str}", "1:1: there is `href` among the filters already (choose another name)"),
        ("globals = {'page': str}", "1:1: there is `page` among the globals already (choose another name)"),
        ("x = 1\nif x\n    y", "2:5: invalid Python: expected ':' (fix the line)"),
        ("x = 1\nreturn", "2:1: invalid Python: 'return' outside function (fix the line)"),
        ("x = 1\nx.y.z", "2:1: AttributeError: 'int' object has no attribute 'y', in the file itself"),
        ("import sys\nsys.exit()", "2:1: SystemExit, in the file itself"),
        ("filters = {}\n\x00", "invalid Python: "),
    ],
)  # fmt: skip
def test_a_wrong_hook_is_an_error(small: SiteFolder, text: str, problem: str) -> None:
    """At its line."""
    hooks(small, text)
    found = messages(small)
    assert problem in found[0]
    assert found[0].startswith("hooks.py:")
    assert command(small, "check")[0] in {1, 2}


@pytest.mark.parametrize(
    ("text", "template", "problem"),
    [
        ("def bad(text):\n    return 1 / 0\nfilters = {'fine': str, 'bad': bad}", "\n{{ 'x' | bad }}",
         "2:1: ZeroDivisionError: division by zero, in the filter `bad`, used in templates/404.html:2"),
        ("globals = {'bad': lambda: {}['a']}", "{{ bad() }}",
         "1:1: KeyError: 'a', in the global `bad`, used in templates/404.html:1"),
        ("tests = {'bad': lambda value: value.x}", "{% if 1 is bad %}{% endif %}",
         "1:1: AttributeError: 'int' object has no attribute 'x', in the test `bad`, used in templates/404"),
        ("import functools, sys\nfilters = {'bad': functools.partial(lambda a, b: sys.exit(a), 1)}",
         "{{ site.title | bad }}", "2:1: SystemExit: 1, in a filter, global or test, used in templates/404.html:1"),
        ("import sys\nfilters = {'bad': sys.exit, 'worse': lambda code: sys.exit(code)}", "{{ 2 | worse }}",
         "2:1: SystemExit: 2, in the filter `worse`, used in templates/404.html (fix"),
        ("def many():\n    yield 1\n    raise ValueError('second')\nglobals = {'many': many}", "{{ many() | join }}",
         "3:1: ValueError: second, in the global `many`, used in templates/404.html:1, while /404.html was"),
    ],
)  # fmt: skip
def test_an_exception_in_a_template_names_hook_and_template(
    small: SiteFolder, text: str, template: str, problem: str
) -> None:
    """At the line of the file, also in `digest check`."""
    hooks(small, text)
    small.write("templates/404.html", template)
    (message,) = messages(small)
    assert message.startswith(f"hooks.py:{problem}")
    code, stdout, _ = command(small, "check")
    assert (code, "hook-error" in stdout) == (1, True)


def test_no_site_is_built_without_the_collection_hook(small: SiteFolder) -> None:
    """`--skip-invalid` leaves out documents, not hooks."""
    hooks(small, "def collection(items): return 1 / 0")
    (message,) = messages(small, "--skip-invalid")
    assert message.startswith("hooks.py:1:1: ZeroDivisionError: division by zero, in `collection`")
    assert not small.output.exists()


def test_a_wrong_use_of_a_filter_is_an_error_of_the_template(small: SiteFolder) -> None:
    """Too many arguments, or a value that is undefined."""
    hooks(small, "filters = {'shout': lambda text: text.upper()}")
    small.write("templates/404.html", "{{ 'x' | shout(1) }}")
    small.write("templates/about.html", "{{ page.nothing | shout }}")
    first, second = messages(small)
    assert first.startswith("templates/404.html:1:1: template-error: TypeError: ")
    assert second.startswith("templates/about.html:1:1: template-error: the page has no `nothing`")


def test_a_filter_that_is_not_written_in_the_file_is_named_by_its_template(small: SiteFolder) -> None:
    """There is no line of the file to name."""
    hooks(small, "import json, sys\nfilters = {'leave': sys.exit, 'parsed': json.loads}")
    small.write("templates/404.html", "\n{{ site.title | parsed }}")
    assert messages(small)[0].startswith("templates/404.html:2:1: template-error: JSONDecodeError: ")
    small.write("templates/404.html", "{{ 2 | leave }}")
    assert messages(small)[0].startswith("templates/404.html:1:1: template-error: calls a filter or test that ends")


PAGE = """
from generator.hooks import Address, Head, Page, Struct
class View(Struct, frozen=True):
    head: Head
    more: object = ()
class Loose(Struct):
    head: Head
head = Head(title="T", description="D", address=Address("/own/"))
def own(context):
    {}
def page(**changes):
    values = dict(address=Address("/own/"), template="own.html", origin="my page", view=View(head=head))
    return Page(**values | changes)
page_types = [own]
"""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("return None", "8:1: returns NoneType, not pages, in the page type `own`"),
        ("yield 1", "8:1: yields int, not Page, in the page type `own`"),
        ("yield context.nothing", "9:1: AttributeError: 'PlanContext' object has no attribute 'nothing', in"),
        ("yield page(address='/../x/')", "8:1: yields the address /../x/, which has a part that begins with"),
        ("yield page(address='/x')", "8:1: yields the address /x; write /x/, in the page type `own`"),
        ("yield page(address=1)", "8:1: yields a page whose address, template, origin or modified is not"),
        ("yield page(template='feed')", "8:1: yields /own/ with the template feed, whose name does not end"),
        ("yield page(template='no.html')", "8:1: template-error: my page, of the page type `own`, there is"),
        ("yield page(view={})", "8:1: yields /own/ with the view dict, which is not a frozen msgspec.Struct"),
        ("yield page(view=Loose(head))", "8:1: yields /own/ with the view Loose, which is not a frozen"),
        ("yield page(view=View(head, {1: 2, 'a': 3}))", "8:1: yields /own/ with a view that is not made of"),
        ("yield page(view=View(head, object()))", "8:1: yields /own/ with a view that is not made of plain"),
        ("yield page(view=View(head, (Address('/nowhere/'),)))",
         "8:1: dead-link: my page, of the page type `own`, links to /nowhere/, which is not a page of this site"),
        ("yield page(address=Address('/about/'))",
         "8:1: address-collision: my page, of the page type `own`, has the address /about/, which the about page has"),
    ],
)  # fmt: skip
def test_a_wrong_page_is_an_error(small: SiteFolder, body: str, problem: str) -> None:
    """At the line of the page type."""
    small.write("templates/own.html", "{{ page.head.title }}")
    hooks(small, PAGE.format(body))
    found = messages(small)
    assert found[0].startswith(f"hooks.py:{problem}"), found


def test_a_filter_that_makes_a_dead_address_is_an_error(small: SiteFolder) -> None:
    """The pages of the program cannot have one, so it is not checked before they are rendered."""
    hooks(small, "from generator.hooks import Address\nglobals = {'to': Address('/nowhere/')}")
    small.write("templates/404.html", "{{ to | href }}")
    (message,) = messages(small)
    assert message.startswith("hooks.py:1:1: dead-link: /404.html leads to /nowhere/, which is no page of this site")


# The file.


def test_modules_beside_it_cannot_be_imported(small: SiteFolder) -> None:
    """Their changes would not be noticed. Each import is named, also within a function."""
    small.write("helper.py", "x = 1")
    small.write("more/__init__.py", "")
    hooks(
        small,
        """
        import json, helper
        def item(item):
            from more.parts import one
            return item
    """,
    )
    assert [message.partition(", which")[0] for message in messages(small)] == [
        "hooks.py:1:1: imports helper",
        "hooks.py:3:5: imports more",
    ]


def test_it_must_not_lie_in_the_source_folder(small: SiteFolder) -> None:
    """Whoever writes documents must not be able to write programs: not even through a link."""
    mark = small.root / "executed"
    text = f"open({str(mark)!r}, 'w')\nfilters = {{}}"
    small.write("seeds/hooks.py", text)
    assert small.build().code == 0
    (small.root / "hooks.py").symlink_to(small.root / "seeds/hooks.py")
    (message,) = messages(small)
    assert message.startswith("hooks.py:1:1: lies in the source folder, so whoever writes documents could")
    (small.root / "hooks.py").unlink()
    hooks(small, text)
    assert "lies in the source folder" in command(small, "check", "--source", str(small.root))[1]
    assert not mark.exists()


def test_it_is_executed_anew_by_each_build_that_has_to_do_anything(small: SiteFolder) -> None:
    """And not at all by a build without any change."""
    log = small.root / "log"
    hooks(
        small,
        f"""
        with open({str(log)!r}, "a") as file:
            file.write("x")
        filters = {{}}
    """,
    )
    for expected in (1, 1, 2):
        if expected == 2:
            small.add("2025-03-15-two.md", title="Another")
        assert small.build().code == 0
        assert len(log.read_text()) == expected


def test_a_hook_that_depends_on_chance_is_found(small: SiteFolder) -> None:
    """`--verify` names the file that differs, and the likely cause."""
    hooks(
        small,
        """
        import uuid

        globals = {"chance": uuid.uuid4().hex}
    """,
    )
    small.write("templates/404.html", "{{ chance }}")
    outcome = small.build("--verify")
    assert outcome.code == 3
    assert "404.html differs from a clean build" in outcome.stderr
    assert "hooks.py probably depends on the clock, on chance or on another file" in outcome.stderr


def test_explain_and_stories_use_the_hooks(small: SiteFolder) -> None:
    """A document that a hook leaves out has its reason."""
    hooks(
        small,
        """
        from generator.hooks import replace


        def item(item):
            return None if item.type == "video" else replace(item, title=f"Changed {item.title}")


        def collection(items):
            return [item for item in items if item.category != "sponsored"]
    """,
    )
    for name, hook in (("2025-03-15-two.md", "item"), ("2025-03-16-three.md", "collection")):
        code, _, stderr = command(small, "explain", name)
        assert code == 2
        assert (
            f"seeds/{name} is not on the site: the hook `{hook}` in hooks.py leaves it out"
            in stderr.replace(f"{small.root.as_posix()}/", "")
            or f"{name} is not on the site: the hook `{hook}` in hooks.py leaves it out" in stderr
        )
    code, stdout, _ = command(small, "explain", "2025-03-14-one.md")
    assert code == 0
    assert "Changed One model" in stdout
    assert "Changed One model" in command(small, "stories", "--all")[1]


def test_a_process_that_is_not_forked_executes_the_file_again(small: SiteFolder) -> None:
    """Functions of the file cannot be sent to it."""
    hooks(small, "filters = {'twice': lambda text: text * 2}")
    loaded = hook_file.load(hook_source.read(small.root, Path("seeds")))
    assert pickle.loads(pickle.dumps(loaded)).filters["twice"]("a") == "aa"  # noqa: S301 - of this test
