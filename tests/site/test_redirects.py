"""Former addresses: the form of aliases, the redirects, and withdrawn items."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from generator.content import aliases
from generator.content.aliases import InvalidAliasError
from generator.content.urls import Address, file_path
from generator.util.files import is_safe
from tests.support import browser
from tests.support.crawling import strict_parse
from tests.support.making import SiteFolder, document, read, run
from tests.support.screenshot import served

ITEM = "/2025/03/14/one/"


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """Creates a site without a search."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    return site


@pytest.mark.parametrize(
    ("alias", "normalized"),
    [
        ("/old", "/old/"),
        ("/old/", "/old/"),
        (" /old/index.html ", "/old/"),
        ("/a/b.html", "/a/b.html"),
        ("/a/b.htm", "/a/b.htm"),
        ("/v1.2/notes", "/v1.2/notes/"),
        ("/v1.2/", "/v1.2/"),
        ("/%C3%A4rzte/heute/", "/ärzte/heute/"),
        ("/a\u0308rzte/", "/ärzte/"),
        ("/two words/", "/two words/"),
        ("/", "/"),
    ],
)
def test_an_alias_has_one_form(alias: str, normalized: str) -> None:
    """Different spellings of an address are normalised to the same one."""
    assert aliases.clean(alias) == normalized


HOSTILE = [
    "", "old", "//evil.example/x", "https://example.org/old/", "javascript:alert(1)", "/../x", "/a/../b", "/a/%2e%2e/b",
    "/a/./b", "/a//b", "/a%2Fb/", "/a%5Cb", "/a\\b", "/a\x00b", "/a%00b", "/a\nb", "/a%0Ab/", "/\u202eold/",
    "/.digest/x", "/.git/", "/a?x=1", "/a#b", "/C:/x", '/a"b/', "/<b>/", "/a*/", "/a|b", "/feed.php", "/a.json",
    "/" + "x" * 201, "/" + "x/" * 300, "/a /b", "/ a", "/a./", "/%ff/", "/\ud800/",
]  # fmt: skip


@pytest.mark.parametrize("alias", HOSTILE)
def test_an_invalid_alias_is_refused(alias: str) -> None:
    """Refused are hosts, ``..``, hidden folders, control characters, queries, other file types and long addresses."""
    with pytest.raises(InvalidAliasError):
        aliases.clean(alias)


@given(st.one_of(st.text(), st.lists(st.text(alphabet="ab.%2eF/5C0", max_size=12)).map("/".join)))
def test_a_clean_alias_is_a_safe_path(text: str) -> None:
    """An accepted alias can be written below the output folder, and normalising it again changes nothing."""
    try:
        address = aliases.clean(f"/{text}")
    except InvalidAliasError:
        return
    assert is_safe(file_path(Address(address)))
    assert "%" in address or aliases.clean(address) == address


def test_each_invalid_alias_is_reported_with_its_place() -> None:
    """All invalid aliases are reported at once, with line and column."""
    text = document(aliases=["/fine/", "../up", 7]).replace("---\n", "---\n\n", 1)
    parsed = read(text)
    start = text.splitlines().index("aliases:") + 1
    assert parsed.item is None
    assert [(diagnostic.line, diagnostic.column, diagnostic.code) for diagnostic in parsed.diagnostics] == [
        (start + 2, 3, "invalid-alias"),
        (start + 3, 3, "invalid-alias"),
    ]


@pytest.mark.parametrize("base", ["", "/my%20folder"])
def test_former_addresses_redirect(site: SiteFolder, base: str) -> None:
    """They do so by sorted, percent-encoded rules below the base path, by a line for nginx, and by a page."""
    title = 'A "quoted" <b> title'
    former_addresses = ["/zuvor/ärzte heute", "/Before.html", "/before.html", "/zuvor/%C3%A4rzte%20heute/"]
    site.add("2025-03-14-one.md", title=title, aliases=former_addresses)
    site.add("2025-03-14-two.md", aliases=["/a%3Bb/"])
    assert site.build("--base-url", f"https://example.org{base}/").code == 0
    assert site.files()["_redirects"].decode() == (
        f"{base}/Before.html {base}{ITEM} 301\n"
        f"{base}/a%3Bb/ {base}/2025/03/14/two/ 301\n"
        f"{base}/before.html {base}{ITEM} 301\n"
        f"{base}/zuvor/%C3%A4rzte%20heute/ {base}{ITEM} 301\n"
    )
    decoded_base = base.replace("%20", " ")
    assert f'"{decoded_base}/zuvor/ärzte heute/" "{base}{ITEM}";\n' in site.files()["_redirects.nginx"].decode()
    page = site.page("/zuvor/ärzte heute/")
    strict_parse(page)
    assert f'content="0; url={base}{ITEM}"' in page
    assert f'rel="canonical" href="https://example.org{base}{ITEM}"' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "A &#34;quoted&#34; &lt;b&gt; title</a>" in page
    assert all(b"zuvor" not in data for name, data in site.files().items() if name.endswith(".xml"))
    # Former addresses need no rule for headers.
    assert "zuvor" not in site.files()["_headers"].decode()


def test_pages_at_aliases_can_be_turned_off(site: SiteFolder) -> None:
    """With ``alias_pages = false``, only rules are written. Without aliases, there are no rules."""
    site.add("2025-03-14-one.md", aliases=["/old/"])
    site.configure(title="Test", search=False, alias_pages=False)
    assert site.build().code == 0
    assert "_redirects" in site.files()
    assert "old/index.html" not in site.files()
    site.add("2025-03-14-one.md")
    assert site.build().report["pages"]["removed"] == 2
    assert not {"_redirects", "_redirects.nginx"} & set(site.files())


def test_the_page_at_an_alias_is_in_the_language_of_the_site(site: SiteFolder) -> None:
    """A German site has a German text."""
    site.add("2025-03-14-one.md", aliases=["/alt/"])
    site.configure(title="Test", search=False, language="de")
    assert site.build().code == 0
    assert "Diese Seite ist umgezogen" in site.page("/alt/")


@pytest.mark.parametrize(
    ("alias", "owner"),
    [
        (ITEM, "own address"),
        ("/", "the front page"),
        ("/topics/", "/topics/"),
        ("/2025/03/14/two/", "2025-03-14-two.md"),
        ("/taken/", "alias of"),
        ("/404.html/x/", "missing addresses"),
        ("/robots.txt/", "robots.txt"),
        ("/_redirects/", "a file for hosts"),
        ("/fixed.html", "static file"),
        ("/2025/03/14/one", "own address"),
        ("/2025/03/14/One/", "one file"),
        ("/Topics/", "one file"),
        ("/TAKEN/", "one file"),
    ],
)
def test_an_alias_must_not_be_in_use(site: SiteFolder, alias: str, owner: str) -> None:
    """The diagnostic names the owner of the address and the place of the alias. The document can be skipped."""
    site.write("static/root/fixed.html", "mine")
    site.add("2025-03-14-a.md", aliases=["/taken/"])
    path = site.add("2025-03-14-one.md", aliases=["/fine/", alias])
    site.add("2025-03-14-two.md")
    outcome = site.build()
    assert outcome.code == 1
    (diagnostic,) = outcome.report["problems"]
    assert (diagnostic["code"], diagnostic["path"]) == ("address-collision", path.as_posix())
    assert owner in diagnostic["message"]
    assert path.read_text().splitlines()[diagnostic["line"] - 1].strip().startswith("- ")
    assert diagnostic["column"] == 3
    assert site.build("--skip-invalid").code == 0
    assert "2025/03/14/one/index.html" not in site.files()


def test_a_link_to_a_former_address_is_dead(site: SiteFolder) -> None:
    """The remedy of the diagnostic names the present address."""
    site.add("2025-03-14-one.md", aliases=["/old/"])
    site.add("2025-03-14-two.md", document(body="[it](/old/)", webUrl="https://news.example.org/two"))
    (diagnostic,) = site.build().report["problems"]
    assert (diagnostic["code"], diagnostic["remedy"]) == ("dead-link", f"write {ITEM}")


def test_the_addresses_of_a_withdrawn_item_are_gone(site: SiteFolder) -> None:
    """Addresses in use are not gone. The addresses of drafts and future items are not published."""
    site.add("2025-03-14-one.md", aliases=["/moved/"])
    site.add("2025-03-14-gone.md", removed=True, aliases=["/older/", "/moved/"])
    site.add("2025-03-14-twice.md", text=document(removed=True, slug="one", webUrl="https://news.example.org/x"))
    site.add("2025-03-14-secret.md", removed=True, draft=True)
    site.add("2030-03-14-later.md", removed=True, publishedDateTime="2030-03-14T00:00:00Z")
    assert site.build().code == 0
    assert site.files()["_redirects"].decode() == (
        f"/moved/ {ITEM} 301\n/2025/03/14/gone/ /404.html 410\n/older/ /404.html 410\n"
    )
    targets = {"/2025/03/14/gone": "gone", "/moved": ITEM, "/older": "gone"}
    assert site.files()["_redirects.nginx"].decode() == "".join(
        f'"{path}{end}" "{to}";\n' for path, to in targets.items() for end in ("/", "", "/index.html")
    )
    assert "older/index.html" not in site.files()


def test_a_gone_address_must_not_hide_a_page(site: SiteFolder) -> None:
    """An address that differs from a page only in case is left out, because nginx would answer 410 for both."""
    site.add("2025-03-14-one.md", aliases=["/Old/", "/old/", "/Ärzte/", "/ärzte/"])
    site.add("2025-03-14-gone.md", removed=True, aliases=["/Topics/AI/", "/OLD/", "/older/"])
    assert site.build().code == 0
    rules = site.files()["_redirects"].decode()
    assert [line.split()[0] for line in rules.splitlines() if line.endswith(" 410")] == [
        "/2025/03/14/gone/",
        "/older/",
    ]
    keys = [line.split('"')[1] for line in site.files()["_redirects.nginx"].decode().splitlines()]
    assert {"/Old/", "/Ärzte/", "/ärzte/"} <= set(keys)
    assert "/old/" not in keys


def test_an_address_is_gone_from_its_time_of_publication_on(site: SiteFolder) -> None:
    """A build notices this even if no file has changed."""
    site.add("2025-03-14-one.md")
    site.add("2026-03-14-later.md", removed=True, publishedDateTime="2026-03-14T00:00:00Z")
    assert site.build().code == 0
    assert "_redirects" not in site.files()
    assert site.build("--now", "2026-04-01T00:00:00Z").code == 0
    assert site.files()["_redirects"] == b"/2026/03/14/later/ /404.html 410\n"
    assert site.build().code == 0
    assert "_redirects" not in site.files()


def test_preflight_counts_the_redirects(site: SiteFolder) -> None:
    """Preflight counts every line. No line has a placeholder, whatever characters the addresses contain."""
    site.add("2025-03-14-one.md", aliases=["/a/", "/$b/", "/c%2B/"])
    site.add("2025-03-14-gone.md", removed=True)
    assert site.build().code == 0
    arguments = ("--target", "cloudflare-pages", "--output", str(site.output), "--format", "json")
    measures = {finding["measure"]: finding for finding in json.loads(run("preflight", *arguments)[1])["findings"]}
    assert measures["redirects without placeholders"]["value"] == 4
    assert measures["redirects with placeholders"]["value"] == 0
    longest = max(site.files()["_redirects"].decode().splitlines(), key=len)
    assert measures["characters of the longest line in _redirects"]["value"] == len(longest)


def test_static_redirects_follow_those_of_aliases(site: SiteFolder) -> None:
    """Cloudflare counts every rule that follows one with a placeholder as a rule with a placeholder."""
    site.write("static/root/_redirects", "/news/* /topics/:splat 302\n")
    site.add("2025-03-14-one.md")
    assert site.build().code == 0
    assert site.files()["_redirects"] == b"/news/* /topics/:splat 302\n"
    site.add("2025-03-14-one.md", aliases=["/news/one/"])
    assert site.build().code == 0
    assert site.files()["_redirects"].decode() == f"/news/one/ {ITEM} 301\n/news/* /topics/:splat 302\n"


@pytest.mark.browser
@pytest.mark.skipif(browser.find() is None, reason="there is no Chromium on this machine")
def test_a_browser_follows_the_page_at_an_alias(site: SiteFolder, chromium: Browser) -> None:
    """The page redirects at once and without scripts. Without the redirect, the page has no accessibility issues."""
    site.add("2025-03-14-one.md", aliases=["/old/"])
    assert site.build().code == 0
    with served(site.output) as address:
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/old/")
        page.wait_for_url(f"{address}{ITEM}")
        context.close()
        without_redirect = re.sub(r'<meta http-equiv="refresh"[^>]*>', "", site.page("/old/"))
        (site.output / "static.html").write_text(without_redirect, encoding="utf-8")
        page = chromium.new_page()
        page.goto(f"{address}/static.html")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        page.close()
