"""What a reader sees, in a real browser."""

import os

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.support import browser

CHROMIUM = browser.find()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
WIDTHS = {375: 812, 768: 1024, 1280: 900}


def open_page(chromium: Browser, address: str, **context: object) -> tuple[Page, list[str]]:
    """Opens a page; pictures from elsewhere are refused. Returns it with what went wrong on it."""
    page = chromium.new_context(**context).new_page()  # type: ignore[arg-type]
    faults: list[str] = []

    def noticed(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "ERR_FAILED" not in message.text:
            faults.append(message.text)

    def failed(request: Request) -> None:
        # Aborted: the test has gone to the next page before the icon was there.
        if request.resource_type != "image" and request.failure != "net::ERR_ABORTED":
            faults.append(f"{request.url}: {request.failure}")

    page.on("console", noticed)
    page.on("requestfailed", failed)
    page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
    page.goto(address)
    return page, faults


@pytest.mark.parametrize(
    ("has_script", "width", "scheme"),
    [
        *((True, width, scheme) for width in WIDTHS for scheme in ("light", "dark")),
        *((False, width, "light") for width in WIDTHS),
    ],
)
def test_every_page_fits_and_has_no_fault(
    chromium: Browser,
    seeds_url: str,
    every_page: list[str],
    width: int,
    scheme: str,
    has_script: bool,  # noqa: FBT001 - a table of cases
) -> None:
    """No page scrolls sideways, says anything on the console or asks for what is not there."""
    viewport = {"width": width, "height": WIDTHS[width]}
    page, faults = open_page(
        chromium, seeds_url, viewport=viewport, color_scheme=scheme, java_script_enabled=has_script
    )
    for address in every_page:
        page.goto(seeds_url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert faults == [], address
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(chromium: Browser, seeds_url: str, item_page: str, scheme: str) -> None:
    """Text has a contrast of at least 4.5 to what is behind it, in both palettes (WCAG 2.2, 1.4.3)."""
    page, _ = open_page(chromium, seeds_url + item_page, color_scheme=scheme)
    worst = page.evaluate(
        """() => {
          const parse = (c) => c.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = (e) => { for (; e; e = e.parentElement) {
            const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } };
          let worst = 99;
          for (const e of document.querySelectorAll("main *, header *, footer *")) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
            worst = Math.min(worst, (a + 0.05) / (b + 0.05));
          }
          return worst;
        }"""
    )
    assert worst >= 4.5


FOCUSABLE = "a[href], input, button, select, summary"


def test_the_keyboard_reaches_everything(chromium: Browser, seeds_url: str, every_page: list[str]) -> None:
    """On each page type: the skip link first, then every link and control that is seen, each with its focus shown."""
    page, _ = open_page(chromium, seeds_url)
    for address in every_page:
        page.goto(seeds_url + address)
        wanted = page.evaluate(
            """selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility())
              .map((e, index) => { e.dataset.stop = index; return index; })""",
            FOCUSABLE,
        )
        stops = []
        for _ in wanted:
            page.keyboard.press("Tab")
            stop, is_shown = page.evaluate(
                """() => { const e = document.activeElement, c = e.closest(".card") ?? e;
                  return [Number(e.dataset.stop),
                    [e, c].some(x => getComputedStyle(x).outlineStyle !== "none") || e.className === "skip"]; }"""
            )
            assert is_shown, (address, page.evaluate("document.activeElement.outerHTML"))
            stops.append(stop)
        assert stops == wanted, address
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_targets_are_large_enough(chromium: Browser, seeds_url: str, every_page: list[str]) -> None:
    """Links outside running text, and controls, are at least 24 pixels high (WCAG 2.2, 2.5.8)."""
    page, _ = open_page(chromium, seeds_url, viewport={"width": 375, "height": 812})
    for address in every_page:
        page.goto(seeds_url + address)
        small = page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
              .filter(e => e.checkVisibility() && !e.closest(".prose, .skip, .card .headline, label"))
              .map(e => [e.textContent.trim(), e.getBoundingClientRect().height]).filter(([, h]) => h < 24)""",
            FOCUSABLE,
        )
        assert small == [], address
    page.context.close()


def test_a_picture_that_does_not_load_keeps_its_place(chromium: Browser, seeds_url: str) -> None:
    """Without script its box keeps its ratio, and nothing on the page jumps."""
    page, _ = open_page(chromium, f"{seeds_url}/", viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    size = page.locator(".row .media").first.bounding_box()
    assert size
    assert abs(size["width"] / size["height"] - 19 / 12) < 0.02


def test_it_all_works_without_script(chromium: Browser, seeds_url: str) -> None:
    """From the front page to an item, its topic and its month by clicks alone."""
    page, _ = open_page(chromium, f"{seeds_url}/", java_script_enabled=False)
    headline = page.locator(".card .headline a[href^='/story/2021/09/07/']").first
    text = headline.inner_text()
    headline.click()
    assert page.locator("h1").inner_text() == text
    assert page.locator(".report").count() > 1
    page.click(".story .topics >> text=Breast cancer")
    assert page.locator("h1").inner_text() == "Breast cancer"
    page.click("nav >> text=Archive")
    page.click("text=September")
    assert page.locator("h1").inner_text() == "September 2021"


def test_continuous_integration_has_a_browser() -> None:
    """A skip on a developer's machine is honest; where CI could have one, it must not go unnoticed."""
    assert CHROMIUM is not None or not os.environ.get("CI")
