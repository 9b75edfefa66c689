"""What a reader does with the pages, in a real browser: with a keyboard, in the dark, on paper, without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.test_pages import open_page
from tests.support import browser

CHROMIUM = browser.find()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.mark.parametrize(("width", "height", "scheme"), [(375, 812, "dark"), (768, 1024, "light"), (1280, 900, "dark")])
def test_axe_finds_nothing(
    chromium: Browser, seeds_url: str, every_page: list[str], width: int, height: int, scheme: str
) -> None:
    """On no page type, at each width, in each palette."""
    axe = Axe()
    viewport = {"width": width, "height": height}
    page, _ = open_page(chromium, seeds_url, viewport=viewport, color_scheme=scheme)
    for address in every_page:
        page.goto(seeds_url + address)
        found = axe.run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    page.context.close()


SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 200);
})"""
"""Returns the layout shift of a page so far."""


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_the_palette_is_the_reader_s_choice_and_is_remembered(chromium: Browser, seeds_url: str) -> None:
    """The switch changes it at once, on the next page it is there before the first paint, and it can be taken back."""
    page, faults = open_page(chromium, f"{seeds_url}/", color_scheme="light")
    light = background(page)
    button = page.get_by_role("button", name="Switch between light and dark")
    assert button.inner_text() == "Dark"
    button.click()
    dark = background(page)
    assert dark != light
    assert button.inner_text() == "Light"
    # Not one frame of the other palette: the attribute is there when the body begins.
    page.add_init_script(
        """new MutationObserver((_, observer) => { if (document.body) {
          window.firstTheme = document.documentElement.dataset.theme; observer.disconnect(); } })
          .observe(document, {childList: true, subtree: true});"""
    )
    page.goto(f"{seeds_url}/topics/")
    assert page.evaluate("window.firstTheme") == "dark"
    assert background(page) == dark
    button.click()
    assert background(page) == light
    assert page.evaluate("localStorage.getItem('theme')") is None
    assert faults == []
    page.context.close()


def test_shortcuts_lead_through_the_headlines(chromium: Browser, seeds_url: str) -> None:
    """The keys j and k move, ? tells, and a reader can switch them off for good."""
    page, faults = open_page(chromium, f"{seeds_url}/")
    headlines = page.locator("main .headline a")
    page.keyboard.press("j")
    assert headlines.nth(0).evaluate("e => e === document.activeElement")
    page.keyboard.press("j")
    assert headlines.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("k")
    assert headlines.nth(0).evaluate("e => e === document.activeElement")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    assert dialog.is_visible()
    page.get_by_label("Use shortcuts of a single key").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("?")
    assert not dialog.is_visible()
    page.reload()
    page.keyboard.press("?")
    assert not dialog.is_visible()
    page.get_by_role("button", name="Shortcuts").click()
    assert not page.get_by_label("Use shortcuts of a single key").is_checked()
    page.get_by_label("Use shortcuts of a single key").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.wait_for_url(f"{seeds_url}/")
    assert faults == []
    page.context.close()


def test_without_script_there_is_nothing_dead(chromium: Browser, seeds_url: str) -> None:
    """No button that does nothing; the palette follows the system."""
    for scheme, expected in (("light", "rgb(251, 250, 247)"), ("dark", "rgb(20, 23, 26)")):
        page, _ = open_page(chromium, f"{seeds_url}/", color_scheme=scheme, java_script_enabled=False)
        assert page.locator("button:visible:not([type=submit])").count() == 0
        assert background(page) == expected
        page.context.close()


def test_a_picture_that_fails_is_taken_out(chromium: Browser, seeds_url: str) -> None:
    """In sight its box names the publisher; well below it is removed. So nothing moves before a reader's eyes."""
    page, _ = open_page(chromium, f"{seeds_url}/", viewport={"width": 375, "height": 300})
    box = page.locator(".card.lead .media").first
    page.locator(".card.lead .media.failed").wait_for(state="attached")
    source = page.locator(".card.lead .source").inner_text()
    assert (box.get_attribute("data-source") or "?") in source
    assert box.evaluate("e => e.getBoundingClientRect().height") > 0
    page.locator(".media.gone").first.wait_for(state="attached")
    assert page.locator(".media.gone").first.evaluate("e => e.getBoundingClientRect().height") == 0
    page.locator("footer").scroll_into_view_if_needed()
    assert page.evaluate(SHIFTS) < 0.02
    page.context.close()


def test_an_item_on_paper(chromium: Browser, seeds_url: str, item_page: str) -> None:
    """The source's address is there to be typed, and nothing that only a screen can use."""
    page, _ = open_page(chromium, seeds_url + item_page, color_scheme="dark")
    page.emulate_media(media="print")
    assert "https://medicalxpress.com/" in page.locator("main .button").evaluate(
        "e => getComputedStyle(e, '::after').content.replace('attr(href)', e.href)"
    )
    for selector in (".masthead nav", ".tools", "aside", ".around", ".skip"):
        assert page.locator(selector).first.is_hidden(), selector
    assert page.locator(".out").first.evaluate("e => getComputedStyle(e, '::after').content") != "none"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.pdf()[:5] == b"%PDF-"
    page.context.close()
