"""Own pages: what the owner of a site writes in the folder `pages/`."""

import json
import re
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import beside
from generator.content.aliases import InvalidAliasError
from tests.support.crawling import XHTML
from tests.support.making import Outcome, SiteFolder, document, run
from tests.support.own_pictures import png


@pytest.fixture
def own(site: SiteFolder) -> SiteFolder:
    """A site with one item and without search."""
    site.configure(**site.settings, search=False)
    site.add("2025-03-14-one.md")
    return site


def write(site: SiteFolder, name: str, text: str = "Text.\n", title: str = "Imprint", **fields: str) -> Path:
    lines = [f"{key}: {value}\n" for key, value in {"title": title, **fields}.items()]
    return site.write(f"pages/{name}", f"---\n{''.join(lines)}---\n{text}")


def built(site: SiteFolder, *more: str) -> Outcome:
    outcome = site.build(*more)
    assert (outcome.code, outcome.codes()) == (0, []), outcome.stderr
    return outcome


def problems(site: SiteFolder) -> list[str]:
    """Returns file name, line, code and message of each problem of a build that is refused."""
    outcome = site.build()
    assert outcome.code == 1
    return [
        f"{Path(one['path']).name}:{one['line']} {one['code']} {one['message']} ({one['remedy']})"
        for one in outcome.report["problems"]
    ]


def locations(site: SiteFolder) -> list[str]:
    """Returns the addresses of the sitemap of lists."""
    return re.findall(r"<loc>https://example\.org(.*?)</loc>", site.page("/sitemaps/lists.xml"))


def links(page: str, within: str) -> dict[str, str]:
    """Returns the texts of the links in the elements with a name, by their targets."""
    found = [link for part in html5lib.parse(page).iter(f"{XHTML}{within}") for link in part.iter(f"{XHTML}a")]
    return {link.get("href", ""): "".join(link.itertext()) for link in found}


def test_a_page_has_the_frame_of_the_site(own: SiteFolder) -> None:
    """With navigation, title, description and canonical address; it is in the sitemap and in no feed."""
    write(own, "imprint.md", "# Who\n\nWe are the *Ward Round Society*, and run this site.\n", title='"<b>Imprint"')
    write(own, "legal/Terms of use.md", title="Terms", description="Our terms.")
    built(own)
    page = own.page("/imprint/")
    assert "<title>&lt;b&gt;Imprint · Test Digest</title>" in page
    assert '<meta name="description" content="We are the Ward Round Society, and run this site.">' in page
    assert '<link rel="canonical" href="https://example.org/imprint/">' in page
    assert "<h1>&lt;b&gt;Imprint</h1>\n" in page
    assert "<p>We are the <em>Ward Round Society</em>, and run this site.</p>" in page
    assert 'name="robots"' not in page
    assert '<a href="/topics/">' in page
    assert '<meta name="description" content="Our terms.">' in own.page("/legal/terms-of-use/")
    assert {"/imprint/", "/legal/terms-of-use/"} <= set(locations(own))
    for name, data in own.files().items():
        if name.endswith((".xml", ".json")) and not name.startswith("sitemap"):
            assert b"imprint" not in data, name


def test_text_of_a_page_is_sanitised(own: SiteFolder) -> None:
    """As the bodies of documents are."""
    write(own, "imprint.md", "<script>alert(1)</script>\n\n<p onclick='x'>Us</p>\n\n[a](javascript:alert(1))\n")
    outcome = own.build()
    assert outcome.code == 0
    page = own.page("/imprint/").partition("<main")[2]
    assert "Us" in page
    assert not re.search(r"<script|onclick|javascript:", page)


def test_own_pages_replace_the_built_in_ones(own: SiteFolder) -> None:
    """The about page and the page for missing addresses. The latter is in no sitemap."""
    write(own, "about.md", "We are us.\n", title="Who we are")
    write(own, "404.md", "Nothing here.\n", title="Lost")
    built(own)
    assert "<p>We are us.</p>" in own.page("/about/")
    assert "<p>Nothing here.</p>" in own.page("/404.html")
    assert locations(own).count("/about/") == 1
    assert "/404.html" not in locations(own)
    (own.root / "pages" / "about.md").unlink()
    built(own, "--verify")
    assert "We are us" not in own.page("/about/")


def test_noindex_leaves_a_page_out(site: SiteFolder) -> None:
    """Out of sitemap and search, and it says so itself."""
    site.add("2025-03-14-one.md")
    write(site, "thanks.md", "Unlisted words.\n", title="Thanks", noindex="true")
    write(site, "imprint.md", "Listed words.\n", description="Who we are.")
    write(site, "404.md", "Lost words.\n", title="Lost")
    built(site)
    assert '<meta name="robots" content="noindex">' in site.page("/thanks/")
    assert "/thanks/" not in locations(site)
    (records,) = [json.loads(path.read_text("utf-8")) for path in site.output.glob("search/pages/fragment/*.json")]
    assert [(one["address"], one["title"], one["summary"], one["others"]) for one in records] == [
        ("/imprint/", "Imprint", "Who we are.", [["", "", "Listed words."]])
    ]
    assert 'value=""' in site.page("/search/")
    assert re.findall(r'<option value="(\d*)">', site.page("/search/").partition('name="year"')[2]) == ["", "2025"]
    write(site, "imprint.md", "Other words.\n", noindex="true")
    built(site, "--verify")
    assert not (site.output / "search" / "pages").exists()


def test_a_page_bundle_has_its_files_beside_it(own: SiteFolder) -> None:
    """Relative links lead to files and to other pages. What nothing links to is not published."""
    own.configure(title="T", base_url="https://example.org/d/", search=False)
    body = "![Ward](our%20ward.png#x) [CV](./cv.pdf?x) [Imprint](../imprint.md#y) [Shared](../files/a.txt.gz)\n"
    write(own, "team/index.md", body, title="Team")
    write(own, "imprint.md", "[Team](team/index.md)\n")
    for name in ("team/our ward.png", "team/cv.pdf", "team/draft.pdf", "files/a.txt.gz", "imprint.md~"):
        own.write(f"pages/{name}", name)
    built(own)
    page = own.page("/team/")
    assert '<img src="/d/team/our%20ward.png#x" alt="Ward">' in page
    assert list(links(page, "article")) == ["/d/team/cv.pdf?x", "/d/imprint/#y", "/d/files/a.txt.gz"]
    assert list(links(own.page("/imprint/"), "article")) == ["/d/team/"]
    files = own.files()
    assert files["team/our ward.png"] == b"team/our ward.png"
    assert {"team/cv.pdf", "files/a.txt.gz"} <= files.keys()
    assert not {"team/draft.pdf", "imprint.md~"} & files.keys()


def test_former_addresses_redirect(own: SiteFolder) -> None:
    """As those of items do."""
    write(own, "imprint.md", aliases="[/impressum, /legal.html]")
    built(own)
    assert 'href="/imprint/"' in own.page("/impressum/")
    assert own.page("/_redirects") == "/impressum/ /imprint/ 301\n/legal.html /imprint/ 301\n"


def test_a_page_may_have_a_template_of_its_own(own: SiteFolder) -> None:
    """`digest check` knows that it is used."""
    own.write("templates/letter.html", "<p>Dear {{ page.title }}</p>{{ page.body | safe }}")
    write(own, "imprint.md", template="letter.html")
    built(own)
    assert own.page("/imprint/") == "<p>Dear Imprint</p><p>Text.</p>"
    said = "".join(run("check", "--source", str(own.root / "seeds"), "--config", str(own.root / "site.toml"))[1:])
    assert "unused-template" not in said


def test_mistakes_are_reported_at_their_lines(own: SiteFolder) -> None:
    """All in one run, with guesses; other pages and links to the page are not reported besides."""
    own.add("2025-03-14-one.md", document("[a](/imprint/)\n"))
    own.write("pages/a.md", "---\ntitel: A\nmenue: footer\n---\n")
    write(own, "b.md", "Text.\n\n[x](/gone/)\n", menu="left", template="pag.html", noindex="1")
    write(own, "c.md", template="../x.html", aliases="[gone]")
    write(own, "d?.md")
    own.write("pages/e.md", "no fields")
    assert problems(own) == [
        "a.md:2 missing-field title is missing: titel is not a field (write `title:`)",
        "a.md:3 unknown-key menue is not a field of a page and is ignored (did you mean `menu`?)",
        "b.md:3 wrong-type menu must be true, header or footer (write `menu: footer`)",
        (
            "b.md:5 wrong-type noindex must be true/false, not a whole number: 1 "
            "(write `noindex: true` or `noindex: false`)"
        ),
        "c.md:3 template-error template is not the name of a template (write it as `template: page.html`)",
        (
            "c.md:4 invalid-alias an entry of aliases must start with a single / and contain no host: 'gone' "
            "(write it as /folder/page/; see docs/pages.md on aliases)"
        ),
        (
            "d?.md:1 invalid-alias the file name contains a character that addresses of pages must not have "
            "(rename the file)"
        ),
        "e.md:1 no-front-matter does not start with a line --- (begin with front matter between --- or +++ lines)",
    ]


def test_an_unknown_template_has_a_guess(own: SiteFolder) -> None:
    """At the line that names it."""
    write(own, "b.md", template="pgae.html")
    assert problems(own) == ["b.md:3 template-error there is no templates/pgae.html (did you mean `page.html`?)"]


def test_dead_links_are_reported_at_their_lines(own: SiteFolder) -> None:
    """To pages and to files."""
    write(own, "b.md", "Text.\n\n[x](/gone/)\n![y](gone.png)\n[z](c.md)\n")
    assert problems(own) == [
        f"b.md:{line} dead-link links to {to}, which is not a page of this site (fix or remove the link)"
        for line, to in [(6, "/gone/"), (7, "/gone.png"), (8, "/c/")]
    ]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("topics.md", "the list /topics/"),
        ("index.md", "the front page"),
        ("2025/03/14/one.md", "2025-03-14-one.md"),
        ("legal/index.md", "legal.md"),
        ("feed.xml/index.md", ""),
    ],
)
def test_a_taken_address_is_an_error_that_names_both(own: SiteFolder, name: str, owner: str) -> None:
    """Pages of the program, items, and other own pages."""
    write(own, "legal.md")
    write(own, name)
    said = problems(own)
    assert len(said) == 1
    assert "address-collision" in said[0]
    assert Path(name).name in own.build().stderr
    assert owner.partition(" /")[0] in said[0]


def test_static_files_and_aliases_collide_with_pages(own: SiteFolder) -> None:
    """The diagnostic names both sources."""
    write(own, "imprint.md", "![x](x.png)\n")
    own.write("pages/x.png", "")
    own.write("static/root/imprint/index.html", "")
    own.write("static/root/x.png", "")
    own.add("2025-03-14-one.md", document(aliases=["/imprint/"]))
    said = "\n".join(problems(own))
    assert re.search(r"static file /imprint/index\.html.*has already|imprint\.md has already", said)
    assert "/x.png" in said
    assert "x.png has already" in said or "the static file /x.png has already" in said
    assert "the alias is taken: /imprint/ belongs to" in said


def test_a_link_out_of_the_folder_is_refused(own: SiteFolder) -> None:
    """A file of the machine is not published, neither as a page nor as a file beside one."""
    secret = own.write("secret.md", "---\ntitle: Secret\n---\n")
    write(own, "b.md", "[x](secret.txt.gz)\n")
    (own.root / "pages" / "a.md").symlink_to(secret)
    (own.root / "pages" / "secret.txt.gz").symlink_to(secret)
    assert [one.split()[1] for one in problems(own)] == ["outside-source"]
    (own.root / "pages" / "a.md").unlink()
    assert [one.split()[1] for one in problems(own)] == ["dead-link"]


def test_menu_entries_of_pages(own: SiteFolder) -> None:
    """`true` means the header. They follow the other entries, in the order of the files."""
    write(own, "z.md", title="Z", menu="true")
    write(own, "a.md", title="A", menu="header")
    write(own, "imprint.md", menu="footer")
    write(own, "off.md", title="Off", menu="false")
    built(own)
    for address in ("/", "/z/"):
        page = own.page(address)
        assert list(links(page, "nav").values())[:7] == [
            "Topics", "Weekly", "Archive", "Sources", "About", "A", "Z",
        ]  # fmt: skip
        assert list(links(page, "footer"))[-1] == "/imprint/"
        assert "Off" not in links(page, "header").values()
    assert '<a href="/z/" aria-current="page">Z</a>' in own.page("/z/")


def test_changes_are_noticed_and_nothing_else_is_written(own: SiteFolder) -> None:
    """Of a page, of a file beside it, and of its menu entry, which is on every page."""
    write(own, "team/index.md", "![x](x.png)\n", title="Team")
    picture = own.root / "pages" / "team" / "x.png"
    picture.write_bytes(png(200, 100))
    built(own)
    assert built(own).report["pages"]["written"] == 0
    write(own, "team/index.md", "![x](x.png) New.\n", title="Team")
    assert built(own, "--verify").report["pages"]["written"] == 1
    assert "New." in own.page("/team/")
    picture.write_bytes(png(300, 100))
    assert built(own, "--verify").report["pages"]["written"] == 1
    assert own.files()["team/x.png"] == png(300, 100)
    write(own, "team/index.md", "New.\n", title="Team", menu="footer")
    built(own, "--verify")
    assert "team/x.png" not in own.files()
    assert "/team/" in links(own.page("/topics/"), "footer")
    (own.root / "pages" / "team" / "index.md").unlink()
    built(own, "--verify")
    assert "team/index.html" not in own.files()
    assert "/team/" not in links(own.page("/topics/"), "footer")


def test_a_source_folder_named_pages_has_documents_only(own: SiteFolder) -> None:
    """Sites that have their documents there are built as before."""
    (own.root / "seeds").rename(own.root / "pages")
    (own.root / "seeds").symlink_to(own.root / "pages")
    built(own)
    assert "2025/03/14/one/index.html" in own.files()


_NAMES = st.lists(
    st.sampled_from(["..", ".", "a", "B c", "ü", "index", "404", "%2e%2e", "x.md", "x.png", "", "\\", "a:"])
)


@given(_NAMES.map("/".join).filter(lambda name: not {"", ".", ".."} & {*name.split("/")}), _NAMES.map("/".join))
def test_no_name_or_link_leads_out_of_the_site(name: str, link: str) -> None:
    """A resolved link is a plain path below the root."""
    for found in (beside.file_of(f"{name}.md", link), beside.picture_of(f"{name}.md", link)):
        assert found is None or re.fullmatch(r"(/[\w%~-][\w%~.-]*)+/?", found), found
    try:
        address = beside.page_address(f"{name}.md")
    except InvalidAliasError:
        return
    assert re.fullmatch(r"/|(/[^/.\s\\:][^/\s\\:]*)+(/|\.html)", address), address
