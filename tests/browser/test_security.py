"""What a browser makes of a site of nothing but attacks, under the site's policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.security.test_attacks import attack
from tests.support import browser
from tests.support.attacks import TEXTS
from tests.support.making import SiteFolder
from tests.support.screenshot import POLICY, served

CHROMIUM = browser.find()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
# Before any script of a page: what an attack would call, and what the policy would have to stop.
WATCH = """
window.__pwned = () => window.__said("executed");
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.__said(name);
document.addEventListener("securitypolicyviolation",
  (event) => window.__said(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
LISTS = (
    "/", "/topics/", "/topics/shared/", "/sources/", "/sources/script.example/", "/sources/e.example/",
    "/archive/", "/2025/", "/2025/01/", "/2024/01/01/", "/digest/",
    "/search/", "/about/", "/404.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """The site of `test_security`."""
    site = attack(SiteFolder(tmp_path_factory.mktemp("attacked")), TEXTS.__getitem__, is_hostile=True)
    assert site.build().code == 0
    return site


@pytest.fixture(scope="module")
def url(attacked: SiteFolder) -> Iterator[str]:
    """Served with the policy: what it would have to stop is as much a failure as what it would not."""
    with served(attacked.output) as address:
        yield address


@pytest.fixture
def watched(chromium: Browser, url: str) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what happened on it that should not; pictures from elsewhere fail."""
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []

    def hear(words: str) -> None:
        said.append(words)

    def heard(dialog: Dialog) -> None:
        said.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.expose_function("__said", hear)
    page.add_init_script(WATCH)
    page.on("dialog", heard)
    page.on("pageerror", lambda error: hear(f"error {error}"))
    page.on("popup", lambda popup: hear(f"popup {popup.url}"))

    def route(one: Route) -> None:
        request = one.request
        if request.url.startswith(url):
            one.continue_()
            return
        if request.resource_type != "image":
            said.append(f"{request.resource_type} {request.url}")
        one.abort()

    page.route("**/*", route)
    yield page, said
    context.close()


def poke(page: Page) -> None:
    """What a reader might do: point at things, focus them, unfold them."""
    page.evaluate(
        """() => { for (const element of document.querySelectorAll("main *")) {
          for (const name of ["mouseover", "pointerenter", "focus", "toggle", "animationstart"])
            element.dispatchEvent(new Event(name, {bubbles: true}));
          if (element instanceof HTMLDetailsElement) element.open = true;
        } }"""
    )


def test_nothing_executes(watched: tuple[Page, list[str]], attacked: SiteFolder, url: str) -> None:
    """On every page type and every hostile item: no script, no dialog, no request but for pictures."""
    page, said = watched
    items = sorted(
        f"/{path.parent.relative_to(attacked.output).as_posix()}/"
        for path in attacked.output.glob("20*/*/*/*/index.html")
    )
    assert len(items) > len(TEXTS)
    for address in [*LISTS, *items]:
        page.goto(url + address, wait_until="domcontentloaded")
        poke(page)
        assert page.evaluate("typeof __said") == "function"
        assert said == [], address


def test_a_search_shows_text_as_text(watched: tuple[Page, list[str]], url: str) -> None:
    """Results quote titles, sources, topics and summaries; a query is quoted, too, and can come from a link."""
    page, said = watched
    seen: set[str] = set()
    for query in ("excerpt", "pwned", "%3Cimg+src%3Dx+onerror%3D__pwned(1)%3E+excerpt"):
        page.goto(f"{url}/search/?q={query}")
        expect(page.locator(".results li").first).to_be_visible()
        while page.locator("#search-more").is_visible():
            count = page.locator(".results li").count()
            page.locator("#search-more").click()
            expect(page.locator(".results li")).not_to_have_count(count)
        poke(page)
        names = page.evaluate("[...new Set([...document.querySelectorAll('#search-found *')].map(e => e.localName))]")
        assert set(names) <= {"h2", "ol", "ul", "li", "article", "div", "p", "span", "h3", "a", "b", "mark", "button"}
        seen |= set(page.locator(".results .headline, .results .others li").all_inner_texts())
        links = page.evaluate("[...document.querySelectorAll('.results a')].map(e => e.href)")
        assert all(re.match(rf"{url}/(story/)?202", link) for link in links)
    for name in ("script", "address", "json"):
        assert any(TEXTS[name] in text for text in seen), name
    page.goto(
        f"{url}/search/?q=x&topic=%22%3E%3Cscript%3E__pwned(1)%3C/script%3E&year=__proto__&source=javascript:__pwned(1)"
    )
    page.locator("#search-q").press("Enter")
    assert said == []


def test_the_policy_would_stop_what_an_attack_would_do(chromium: Browser, tmp_path: Path) -> None:
    """The test's own test: the canary sings where something is let through, and the policy silences it."""
    (tmp_path / "index.html").write_text("<p>x</p><img src=x onerror=__pwned(1)>", encoding="utf-8")
    heard = {}
    for policy in (POLICY, ""):
        context = chromium.new_context()
        page = context.new_page()
        said: list[str] = []

        def hear(words: str, said: list[str] = said) -> None:
            said.append(words)

        page.expose_function("__said", hear)
        page.add_init_script(WATCH)
        with served(tmp_path, policy=policy) as address:
            page.goto(f"{address}/", wait_until="networkidle")
        heard[policy] = [line.split()[0] for line in said]
        context.close()
    assert heard == {POLICY: ["script-src-attr"], "": ["executed"]}
