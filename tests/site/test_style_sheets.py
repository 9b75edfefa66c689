"""References of style sheets to other files, and their links into the site."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from generator.site.style_sheets import replace_addresses
from tests.support.making import SiteFolder


def built_style(site: SiteFolder, css: str) -> str:
    """Returns the published style sheet of a site with some files in static/."""
    site.configure(**site.settings, search=False)
    site.add("2025-03-14-one.md")
    for name in ("paper.svg", "print.css", "fonts/Own Font.woff2"):
        site.write(f"static/{name}", "")
    site.write("static/style.css", css)
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (0, [])
    (path,) = site.output.glob("assets/style.*.css")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("css", "pattern"),
    [
        ("a { background: URL(paper.svg) }", r'a { background: url\("../assets/paper\.\w{8}\.svg"\) }'),
        ("a { background: Url( 'paper.svg?x=(1)#y' ) }", r'Url\( "../assets/paper\.\w{8}\.svg\?x=\(1\)#y" \)'),
        ("a { background: u\\72l(paper.svg) }", r'url\("../assets/paper\.\w{8}\.svg"\)'),
        ("@font-face { src: url(fonts/Own%20Font.woff2) }", r'"../assets/fonts/Own%20Font\.\w{8}\.woff2"'),
        ("@font-face { src: url('fonts/Own Font.woff2') }", r'"../assets/fonts/Own%20Font\.\w{8}\.woff2"'),
        ("@IMPORT /* new */ 'print.css' print;", r'@IMPORT /\* new \*/ "../assets/print\.\w{8}\.css" print;'),
        ("@import url(print.css);", r'@import url\("../assets/print\.\w{8}\.css"\);'),
        (
            "@media print { a { background: image-set('paper.svg' 1x, url(paper.svg) 2x) } }",
            r'image-set\("../assets/paper\.\w{8}\.svg" 1x, url\("../assets/paper\.\w{8}\.svg"\) 2x\)',
        ),
    ],
)
def test_references_get_the_published_name(site: SiteFolder, css: str, pattern: str) -> None:
    """In every notation of CSS, compared after decoding."""
    style = built_style(site, css)
    assert re.search(pattern, style), style
    for name in re.findall(r'"\.\./(.*?)["?]', style):
        assert any(quote(path) == name for path in site.files())


@pytest.mark.parametrize(
    "css",
    [
        "/* was: url(gone.png) */\na { color: red }",
        'a::after { content: "url(gone.png)" }',
        "a { background: image-set(url(data:,x) type('gone/png')) }",
        "a { background: url(https://e.example/gone.png) url(#gone) url(//e.example/gone.png) url() }",
        "@namespace svg 'gone.svg';",
        "@import layer(x); a { quotes: 'gone' }",
    ],
)
def test_what_is_no_relative_reference_stays(site: SiteFolder, css: str) -> None:
    """Comments, texts, and addresses with a scheme or a host."""
    assert built_style(site, css) == css


def test_a_missing_file_is_reported_at_its_line(site: SiteFolder) -> None:
    """Also in an imported style sheet."""
    site.add("2025-03-14-one.md")
    site.write("static/style.css", "@import 'more/print.css';\n\na { background: url(more/) }\n")
    site.write("static/more/print.css", "a {\n  background: image-set('g%6Fne.svg' 1x)\n}\n")
    outcome = site.build()
    assert outcome.code == 1
    places = [
        (Path(one["path"]).name, one["line"], one["message"].partition(",")[0]) for one in outcome.report["problems"]
    ]
    assert places == [("print.css", 2, "refers to 'g%6Fne.svg'"), ("style.css", 3, "refers to 'more/'")]


def test_style_sheets_that_import_each_other_are_an_error(site: SiteFolder) -> None:
    """The hash in the name of each would depend on the other."""
    site.add("2025-03-14-one.md")
    site.write("static/one.css", "@import 'two.css';")
    site.write("static/two.css", "@import 'one.css';")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["asset-error"])
    assert "two.css:1:1: asset-error: imports 'one.css', which imports this style sheet" in outcome.stderr


def test_an_imported_style_sheet_is_part_of_the_hash(site: SiteFolder) -> None:
    """A browser that has the old one in its cache loads the new one."""
    site.configure(**site.settings, search=False)
    site.add("2025-03-14-one.md")
    site.write("static/style.css", "@import 'z.css';")
    site.write("static/z.css", "a { color: red }")
    assert site.build().code == 0
    before = [name for name in site.files() if name.startswith("assets/style.")]
    site.write("static/z.css", "a { color: blue }")
    assert site.build("--verify").code == 0
    assert [name for name in site.files() if name.startswith("assets/style.")] != before


def test_links_from_the_root_are_checked(site: SiteFolder) -> None:
    """They lead below the base path, or are none of this site. A dead one is a warning, as in templates."""
    site.configure(title="T", base_url="https://example.org/d%C3%BC/", search=False)
    site.add("2025-03-14-one.md")
    site.write("static/root/own%/a b.svg", "")
    links = ["/d%c3%bc/own%25/a%20b.svg?x", "/dü/topics/index.html", "/other/x.svg", "/dü/gone.svg#x"]
    site.write("static/style.css", "".join(f"a {{ background: url('{link}') }}\n" for link in links))
    outcome = site.build()
    assert outcome.code == 0
    assert [(one["code"], one["line"], one["severity"]) for one in outcome.report["problems"]] == [
        ("dead-link", 4, "warning")
    ]
    assert "links to /gone.svg, which is not a file of this site" in outcome.stderr


_CSS = st.lists(
    st.sampled_from(
        [
            "url(",
            "src(",
            "image-set(",
            "@import ",
            "'",
            '"',
            "a.png",
            "\\",
            ")",
            "{",
            "}",
            ";",
            "/*",
            "*/",
            "\n",
            " ",
            "é",
        ]
    ),
    max_size=20,
).map("".join)


@given(_CSS)
def test_any_text_is_accepted_and_only_addresses_are_replaced(css: str) -> None:
    """Without a replacement, a text stays as it is; a replacement can be read back as an address."""
    assert replace_addresses(css, lambda *_: None) == css
    found: list[str] = []

    def replace(value: str, _: int) -> str:
        found.append(value)
        return "x%22.svg"

    new = replace_addresses(css, replace)
    count = len(found)
    replace_addresses(new, replace)
    assert found[count:] == ["x%22.svg"] * count
    tinycss2.parse_stylesheet(new)
