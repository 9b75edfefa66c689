"""The settings `[look]`, the style sheet of a site's own, and its own words."""

import re
import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from generator.commands.check import link_cache
from generator.commands.check.link_cache import LinkStatus, State
from tests.support import ROOT, browser
from tests.support.making import Outcome, SiteFolder, run, small_sizes
from tests.support.screenshot import served

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40"><rect width="160" height="40"/></svg>'
PICTURE = {"url": "https://pictures.example/1.jpg", "width": 800, "height": 500}


def build(site: SiteFolder, language: str = "en", **look: str) -> Outcome:
    """Builds a site with a document that has a picture, and one that is a video."""
    site.configure(title="Test & Digest", base_url="https://example.org/digest/", language=language, look=look)
    site.add("2025-03-14-one.md", images=[PICTURE])
    site.add("2025-03-14-two.md", title="How a hospital tests its alarms", excerpt="", type="video", images=[PICTURE])
    return site.build()


def look_css(site: SiteFolder) -> str:
    """The generated style sheet; empty if there is none."""
    return "".join(path.read_text(encoding="utf-8") for path in site.output.glob("assets/look.*.css"))


def style_sheets(page: str) -> list[str]:
    """The names of the style sheets of a page, in their order and without hashes."""
    return re.findall(r'<link rel="stylesheet" href="/digest/assets/(\w+)\.[0-9a-f]{8}\.css">', page)


def messages(outcome: Outcome) -> list[str]:
    """Place, message and remedy of each problem, without the folder of the site."""
    return [re.sub(r"\S*/site\.toml", "site.toml", line) for line in outcome.stderr.splitlines() if "site.toml" in line]


def test_a_site_without_a_look_has_none(site: SiteFolder) -> None:
    """No file, no element and no link."""
    assert build(site).code == 0
    assert look_css(site) == ""
    assert style_sheets(site.page("/")) == ["style"]


def test_the_style_sheet_of_a_site_comes_last(site: SiteFolder) -> None:
    """After that of the theme and that of the settings; also on pages that redirect."""
    site.write("static/custom.css", "@font-face { font-family: Own; src: url(own.woff2); }")
    site.write("static/own.woff2", "")
    site.add("2025-03-13-moved.md", title="Moved", aliases=["/old/"])
    assert build(site, accent="#0b5d66", font_text="Own").code == 0
    for address in ("/", "/2025/03/14/", "/404.html", "/old/"):
        assert style_sheets(site.page(address)) == ["style", "look", "custom"], address
    assert re.search(
        r'url\("\.\./assets/own\.[0-9a-f]{8}\.woff2"\)',
        next(site.output.glob("assets/custom.*.css")).read_text("utf-8"),
    )


def test_the_logo_has_the_size_of_its_file(site: SiteFolder) -> None:
    """The title is its alternative text."""
    site.write("static/marks/logo.svg", LOGO)
    assert build(site, logo="marks/logo.svg").code == 0
    (logo,) = re.findall(r'<p class="name"><a href="/digest/">(.*)</a></p>', site.page("/"))
    assert re.fullmatch(
        r'<img src="/digest/assets/marks/logo\.[0-9a-f]{8}\.svg" alt="Test &amp; Digest" width="160" height="40">', logo
    )


@pytest.mark.parametrize(
    ("look", "message"),
    [
        ({"logo": "lgo.svg"}, "invalid-setting: look.logo: there is no static/lgo.svg (did you mean `logo.svg`?)"),
        ({"logo": "../site.toml"}, "look.logo: there is no site.toml (add the file"),
        ({"logo": "broken.svg"}, "look.logo: static/broken.svg is no picture whose size can be read"),
        ({"accent": "teal"}, "look.accent is not a colour: 'teal' (write one like #0b5d66)"),
        ({"accent_dark": "#12345"}, "look.accent_dark is not a colour"),
        ({"accent": "#fff; } body { color: red"}, "look.accent is not a colour"),
        ({"font_text": 'A", B'}, "look.font_text is not the name of a font family"),
        ({"font_headline": "A\\"}, "look.font_headline is not the name of a font family"),
        ({"font_headline": "</style>"}, "look.font_headline is not the name of a font family"),
        ({"cards": "none"}, 'look.cards must be "pictures" or "text"'),
        ({"footer": "See [us](/imprint/)."}, "dead-link: links to /imprint/, which is not a page of this site"),
        ({"footer": "See [us](/about)."}, "(write /about/)"),
        ({"footer": "See [us](about/)."}, "look.footer: links to 'about/'"),
        ({"footer": "[x](javascript:alert(1))"}, "look.footer: links to 'javascript:alert(1)'"),
        ({"footer": "# A heading"}, "look.footer: is more than a paragraph of text"),
        ({"footer": "![a](https://pictures.example/1.png)"}, "look.footer: is more than a paragraph of text"),
        ({"footer": "- a"}, "look.footer: is more than a paragraph of text"),
    ],
)
def test_mistakes_have_their_line(site: SiteFolder, look: dict[str, str], message: str) -> None:
    """Nothing is built."""
    site.write("static/logo.svg", LOGO)
    site.write("static/broken.svg", "<svg")
    outcome = build(site, **look)
    assert outcome.code in {1, 2}
    (found,) = messages(outcome)
    assert found.startswith("error: site.toml:5:1: "), found
    assert message in found


@pytest.mark.parametrize(
    ("look", "rule", "warnings"),
    [
        ({"accent": "#0B5D66"}, "light-dark(#0B5D66, #589096)", []),
        ({"accent": "#b3202c"}, "light-dark(#b3202c, #cc6971)", []),
        ({"accent": "#b3202c", "accent_dark": "#ff8a93"}, "light-dark(#b3202c, #ff8a93)", []),
        ({"accent_dark": "#ff8a93"}, "light-dark(#0b5d66, #ff8a93)", []),
        (
            {"accent": "#fc0"},
            "light-dark(#fc0, #ffcc00)",
            [("look.accent #fc0 has a contrast of 1.4:1 to #fbfaf7 in the light palette, and text needs 4.5:1 "
              "(write #8c7000, the nearest colour that is enough)")],
        ),
        (
            {"accent": "#8c7000", "accent_dark": "#8a0000"},
            "light-dark(#8c7000, #8a0000)",
            ["look.accent_dark #8a0000 has a contrast of 1.6:1 to #1c2125 in the dark palette"],
        ),
    ],
)  # fmt: skip
def test_the_accent_is_compared_with_both_palettes(
    site: SiteFolder, look: dict[str, str], rule: str, warnings: list[str]
) -> None:
    """A chosen colour that is hard to read is kept, and a warning has the nearest one that is not."""
    outcome = build(site, **look)
    assert outcome.code == 0
    assert f"@layer base {{ :root {{ --accent: {rule}; }} }}" in look_css(site)
    found = messages(outcome)
    assert len(found) == len(warnings)
    for line, warning in zip(found, warnings, strict=True):
        assert "low-contrast: " in line
        assert warning in line


def test_the_palettes_are_those_of_the_style_sheets(site: SiteFolder) -> None:
    """A site may have other backgrounds."""
    rules = [f"--{name}: light-dark( {colour},#fff );" for name, colour in (("paper", "#000"), ("raised", "#111"))]
    site.write("static/custom.css", f":root {{ --accent-ink:light-dark(#000, #FFFFFF); {' '.join(rules)} }}")
    found = messages(build(site, accent="#0b5d66"))
    assert "to #111 in the light palette" in found[0]


def test_fonts_are_before_those_that_every_reader_has(site: SiteFolder) -> None:
    """The names are in quotes."""
    assert build(site, font_headline="Source Serif 4", font_text="Grüne Sans").code == 0
    assert '--serif: "Source Serif 4", Georgia, serif; --sans: "Grüne Sans", system-ui, sans-serif;' in look_css(site)


def test_cards_of_text_have_no_pictures(site: SiteFolder) -> None:
    """They say what is a video. The pages of items keep their pictures."""
    build(site)
    before = site.page("/2025/03/14/")
    assert before.count('<div class="media">') == 2
    build(site, cards="text")
    after = site.page("/2025/03/14/")
    assert '<div class="media">' not in after
    assert " pictured" not in after
    assert after.count(">Video<") == 1
    assert '<div class="media">' in site.page("/2025/03/14/one/")


def test_a_german_footer_with_links(site: SiteFolder) -> None:
    """Inside and outside; markup is text, or is sanitised."""
    text = "Ein Angebot des [Klinikums](https://hospital.example/?a=1&b=2), *ohne* **Gewähr**. [Über uns](/about/)"
    assert build(site, language="de", footer=text).code == 0
    for address in ("/", "/2025/03/14/", "/404.html"):
        (footer,) = re.findall(r'<p class="own">(.*)</p>', site.page(address))
        assert footer == (
            'Ein Angebot des <a href="https://hospital.example/?a=1&amp;b=2" rel="noopener">Klinikums</a>, '
            '<em>ohne</em> <strong>Gewähr</strong>. <a href="/digest/about/" rel="noopener">Über uns</a>'
        )
    assert build(site, footer='A & <b onclick="x()">B</b> <script>x()</script>').code == 0
    assert '<p class="own">A &amp; <b>B</b> </p>' in site.page("/")


def test_the_check_reports_each_dead_link_of_the_footer_once(site: SiteFolder) -> None:
    """At the line of the setting: pages that are not there, also with the host of the site, and sites that are gone."""
    gone = "https://hospital.example/"
    build(site, footer=f"[A](/imprint/), [B](https://example.org/digest/nothing/), [C]({gone})")
    with link_cache.opened(site.root / link_cache.FILE) as cache:
        for url in (gone, "https://news.example.org/2025-03-14-one.md", "https://news.example.org/2025-03-14-two.md"):
            cache.put(url, LinkStatus(state=State.GONE, reason="404"), now=time.time())
    folders = ("--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"))
    _, stdout, _ = run("check", *folders, "--links", "--jobs", "1")
    dead = sorted(re.findall(r"site\.toml:5:1: (dead-link|gone-link): (.*) \(", stdout))
    own = "links to https://example.org/digest/nothing/, which is not a page of this site"
    assert dead == [
        ("dead-link", "links to /imprint/, which is not a page of this site"),
        ("dead-link", own),
        ("gone-link", f"{gone} is gone: 404"),
    ]
    assert stdout.count("/imprint/") == 1


def test_a_look_that_changes(site: SiteFolder) -> None:
    """An incremental build writes what a clean one does, and checks every result that it takes from the cache."""
    site.write("static/logo.svg", LOGO)
    with small_sizes():
        for look in ({"accent": "#0b5d66"}, {"cards": "text"}, {"logo": "logo.svg", "footer": "A"}, {"footer": "B"}):
            assert build(site, **look).code == 0
            found = site.files()
            assert site.build("--clean").code == 0
            assert site.files() == found
        site.write("static/logo.svg", LOGO.replace("160", "320"))
        assert build(site, logo="logo.svg").code == 0
        assert 'width="320"' in site.page("/")
        site.write("static/custom.css", "a {}")
        assert build(site).code == 0
        assert style_sheets(site.page("/2025/03/14/one/")) == ["style", "custom"]


def test_own_words_in_a_template(site: SiteFolder) -> None:
    """In the language of the site, with plural forms and values; English is the fallback."""
    site.write(
        "languages/en.toml", '[own]\nmail = "Write to {name}"\nlist = "Letters"\n[own.n]\nother = "{n} letters"\n'
    )
    site.write(
        "languages/de.toml", '[own]\nmail = "Schreiben an {name}"\n[own.n]\none = "{n} Brief"\nother = "{n} Briefe"\n'
    )
    site.write(
        "templates/base.html",
        '{% extends "default/base.html" %}{% block scripts %}'
        '<i>{{ text("own.mail", name="<us>") }}, {{ text("own.list") }}, {{ text("own.n", n=1) }}</i>{% endblock %}',
    )
    assert build(site).code == 0
    assert "<i>Write to &lt;us&gt;, Letters, 1 letters</i>" in site.page("/")
    assert build(site, language="de").code == 0
    assert "<i>Schreiben an &lt;us&gt;, Letters, 1 Brief</i>" in site.page("/")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('[own]\na = "{}"', "own.a: has the unknown placeholder {}"),
        ('[own]\na = "{b.c}"', "own.a: has the unknown placeholder {b.c}"),
        ('[own]\na = "{"', "own.a: cannot be used"),
        ("[own]\na = 3", "own.a: must be a text"),
        ('[own.a]\none = "1"', "own.a: must be a text, or a text for each plural form, including `other`"),
        ('own = "a"', "own: is not a key of the table"),
    ],
)
def test_own_words_are_checked(site: SiteFolder, table: str, message: str) -> None:
    """They are texts whose placeholders are names."""
    site.write("languages/en.toml", table)
    outcome = build(site, language="de")
    assert outcome.code == 2
    assert f"languages/en.toml:1:1: invalid-setting: {message}" in outcome.stderr


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served site with everything that `[look]` can set."""
    site = SiteFolder(tmp_path_factory.mktemp("look"))
    site.write("static/logo.svg", LOGO)
    look = {"logo": "logo.svg", "accent": "#b3202c", "font_text": "DejaVu Sans", "cards": "text"}
    site.configure(title="Test", base_url="https://example.org/", look={**look, "footer": "By [us](/about/)."})
    for number in range(6):
        site.add(f"2025-03-1{number}-one.md", title=f"A model reads films {number}", images=[PICTURE])
    assert site.build("--source", str(ROOT / "seeds")).code == 0
    with served(site.output) as url:
        yield url


@pytest.mark.browser
@pytest.mark.skipif(browser.find() is None, reason="there is no Chromium on this machine")
@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (1280, "dark")])
def test_the_look_works_under_the_policy(chromium: Browser, looked: str, width: int, scheme: str) -> None:
    """Axe finds nothing in either palette; the policy of the site refuses nothing."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "policy" in message.text.lower() else None)
    for address in ("/", "/topics/", "/about/"):
        page.goto(looked + address)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accent = "rgb(179, 32, 44)" if scheme == "light" else "rgb(204, 105, 113)"
    assert page.evaluate("getComputedStyle(document.querySelector('.colophon .own a')).color") == accent
    assert page.locator(".masthead .name img").bounding_box()["height"] == 32  # type: ignore[index]
    assert page.get_by_role("link", name="Test", exact=True).count() == 1
    assert refused == []
    context.close()


FACE = '@media screen {{ @font-face {{ /* font-family: "No" */ font-family: {}; src: url(inter.woff2) }} }}'


@pytest.mark.parametrize(
    ("family", "faces", "problem"),
    [
        ("Intr", ['"Inter"'], "no style sheet describes the font 'Intr' (did you mean `Inter`?)"),
        (
            "Sorce Serif 4",
            ["Inter", "Source Serif 9", '"Source Serif 4"'],
            "'Sorce Serif 4' (did you mean `Source Serif 4`?)",
        ),
        (
            "Intr",
            [],
            "static/fonts/Inter.woff2 is there, but no style sheet describes the font 'Intr' (add an @font-face",
        ),
        (
            "Inter",
            [],
            "static/fonts/Inter.woff2 is there, but no style sheet describes the font 'Inter' (add an @font-face",
        ),
        ("inter", ["'Inter'"], ""),
        ("Georgia", ["Inter"], ""),
        ("Georgia", [], ""),
        ("Inter", ["Inter Tight", "Inter"], ""),
        ("Roboto", ['"Roboto Slab"'], ""),
        ("No", ["Inter"], ""),
    ],
)
@pytest.mark.parametrize("setting", ["font_text", "font_headline"])
def test_a_misspelt_font_is_a_warning(
    site: SiteFolder, setting: str, family: str, faces: list[str], problem: str
) -> None:
    """Where the fonts of the site say so; any other may be a font of the reader's system."""
    site.write("static/inter.woff2" if faces else "static/fonts/Inter.woff2", "")
    site.write("static/custom.css", "".join(map(FACE.format, faces)))
    outcome = build(site, **{setting: family})
    assert (outcome.code, outcome.codes()) == (0, ["unknown-font"] * bool(problem))
    assert problem in "".join(messages(outcome))
    assert all(f":5:1: unknown-font: look.{setting}: " in one for one in messages(outcome))
