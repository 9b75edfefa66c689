"""Searching, in a real browser, below a base path and under a strict content security policy."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import CHROMIUM, open_page
from tests.support import ROOT
from tests.support.making import SiteFolder
from tests.support.screenshot import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
HOSTILE = "</option></select><img src=x onerror=alert(1)> <mark>&lt;b&gt;"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The seeds, a hostile document and many of one kind, served below ``/digest/``."""
    site = SiteFolder(tmp_path_factory.mktemp("search"))
    for path in (ROOT / "seeds").iterdir():
        shutil.copy(path, site.root / "seeds")
    site.add("2023-01-01-hostile.md", title=f"Hostile {HOSTILE}", excerpt=f"Zygote {HOSTILE} onwards", topics=[HOSTILE],
             publishedDateTime="2023-01-01T00:00:00Z",
             provider={"name": f"E {HOSTILE}", "domain": "e.org"})  # fmt: skip
    for number in range(23):
        day = f"202{3 + number % 2}-02-{number + 1:02}"
        site.add(f"{day}-many-{number}.md", title=f"Report {number}", excerpt=f"A quagga was seen, number {number}.",
                 publishedDateTime=f"{day}T00:00:00Z", topics=["AI" if number % 2 else "Zoology"])  # fmt: skip
    folder = site.root / "served"
    assert site.build("--base-url", "https://e.org/digest/").code == 0
    folder.mkdir()
    site.output.rename(folder / "digest")
    with served(folder) as address:
        yield f"{address}/digest"


def said(page: Page, text: str) -> None:
    """Waits for what the status says."""
    expect(page.locator("#search-status")).to_have_text(text)


def titles(page: Page) -> list[str]:
    """The headlines of the results."""
    return page.locator(".results .headline").all_inner_texts()


def test_the_field_of_every_page_finds_an_item_by_its_excerpt(chromium: Browser, url: str) -> None:
    """From the front page, with the keyboard alone, to the item's page; nothing breaks the policy."""
    page, faults = open_page(chromium, f"{url}/")
    page.locator("#find-q").focus()
    page.keyboard.type("mammograms")
    page.keyboard.press("Enter")
    page.wait_for_url("**/digest/search/?q=mammograms")
    expect(page.locator(".results li").first).to_be_visible()
    assert "found for “mammograms”." in page.locator("#search-status").inner_text()
    assert page.locator(".results mark").first.inner_text().lower().startswith("mammogram")
    page.locator(".results a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/digest/20**", wait_until="domcontentloaded")
    expect(page.locator("article.item h1")).to_be_visible()
    assert faults == []


def test_filters_narrow_a_search_and_stand_in_the_address(chromium: Browser, url: str) -> None:
    """Topic, source and year; going back undoes them."""
    page, faults = open_page(chromium, f"{url}/search/?q=quagga")
    said(page, "23 items found for “quagga”.")
    page.select_option("#search-topic", "zoology")
    said(page, "12 items found for “quagga”.")
    assert page.url.endswith("/search/?q=quagga&topic=zoology")
    page.select_option("#search-year", "2024")
    said(page, "Nothing found for “quagga”.")
    page.go_back()
    said(page, "12 items found for “quagga”.")
    assert page.input_value("#search-year") == ""
    page.select_option("#search-topic", "")
    page.select_option("#search-year", "2024")
    said(page, "11 items found for “quagga”.")
    page.select_option("#search-source", "e.org")
    said(page, "Nothing found for “quagga”.")
    assert faults == []


def test_without_words_all_that_is_chosen_is_found(chromium: Browser, url: str) -> None:
    """Newest first, over all segments; and nothing once nothing is chosen."""
    page, faults = open_page(chromium, f"{url}/search/?source=news.example.org")
    said(page, "23 items found for “Example News”.")
    page.click("#search-more")
    expect(page.locator(".results li")).to_have_count(20)
    numbers = [int(title.removeprefix("Report ")) for title in titles(page)]
    assert numbers == [*range(21, 0, -2), *range(22, 4, -2)]
    page.select_option("#search-topic", "zoology")
    said(page, "12 items found for “Zoology, Example News”.")
    page.select_option("#search-year", "2024")
    said(page, "Nothing found for “Zoology, Example News, 2024”.")
    page.select_option("#search-topic", "")
    page.select_option("#search-source", "")
    said(page, "11 items found for “2024”.")
    page.select_option("#search-year", "")
    said(page, "")
    expect(page.locator("#search-found")).to_be_hidden()
    assert faults == []


def test_an_address_holds_a_whole_search(chromium: Browser, url: str) -> None:
    """What it names is filled in; what is no choice is left out."""
    page, _ = open_page(chromium, f"{url}/search/?q=quagga&topic=ai&source=nobody.example")
    said(page, "11 items found for “quagga”.")
    assert (page.input_value("#search-topic"), page.input_value("#search-source")) == ("ai", "")


def test_more_results_come_on_demand(chromium: Browser, url: str) -> None:
    """Ten at a time; the focus goes to the first new one, and each item is there once."""
    page, faults = open_page(chromium, f"{url}/search/?q=quagga")
    expect(page.locator(".results li")).to_have_count(10)
    page.locator("#search-more").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".results li")).to_have_count(20)
    assert page.evaluate("document.activeElement === document.querySelectorAll('.results a')[10]")
    page.click("#search-more")
    expect(page.locator(".results li")).to_have_count(23)
    expect(page.locator("#search-more")).to_be_hidden()
    assert len(set(titles(page))) == 23
    assert faults == []


def test_hostile_text_stays_text(chromium: Browser, url: str) -> None:
    """In results, in the lists to choose from, and in the address."""
    page, faults = open_page(chromium, f"{url}/search/?q=zygote")
    said(page, "One item found for “zygote”.")
    assert page.locator(".results img").count() == 0
    assert page.locator(".results mark").all_inner_texts() == ["Zygote"]
    assert "<img src=x onerror=alert(1)>" in page.locator(".results .summary").inner_text()
    assert "<img src=x onerror=alert(1)>" in titles(page)[0]
    page.goto(f"{url}/search/?q=%3Cimg+src%3Dx%3E+xylophone")
    expect(page.locator("#search-status")).to_contain_text("found for “<img src=x> xylophone”.")
    assert faults == []


def test_nothing_is_loaded_before_a_search(chromium: Browser, url: str) -> None:
    """Opening the page costs its own script and no more."""
    page, _ = open_page(chromium, f"{url}/search/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert not [address for address in asked if "/engine-" in address or "pagefind" in address]
    said(page, "")


def test_a_failure_is_said_and_can_be_tried_again(chromium: Browser, url: str) -> None:
    """Where the engine cannot be loaded, the other ways stay."""
    page, _ = open_page(chromium, f"{url}/search/")
    page.route("**/engine-*/pagefind.js", lambda route: route.abort())
    page.fill("#search-q", "quagga")
    page.press("#search-q", "Enter")
    said(page, "The search does not work at the moment. Please try again, or browse.")
    assert page.locator(".ways >> text=Archive").is_visible()


def test_without_script_there_are_other_ways(chromium: Browser, url: str) -> None:
    """The field of every page leads to them."""
    page, faults = open_page(chromium, f"{url}/", java_script_enabled=False)
    page.fill("#find-q", "quagga")
    page.press("#find-q", "Enter")
    page.wait_for_url("**/digest/search/?q=quagga")
    assert page.locator("text=Searching needs JavaScript").is_visible()
    page.click(".ways >> text=Topics")
    assert page.locator("h1").inner_text() == "Topics"
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_results_fit_and_are_named(chromium: Browser, url: str, width: int, scheme: str) -> None:
    """No sideways scrolling with results; every control has a name, and targets are large enough."""
    viewport = {"width": width, "height": 900}
    page, _ = open_page(chromium, f"{url}/search/?q=zygote", viewport=viewport, color_scheme=scheme)
    expect(page.locator(".results li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for role, name in [("searchbox", "Words"), ("combobox", "Topic"), ("combobox", "Source"), ("combobox", "Year")]:
        assert page.get_by_role(role, name=name, exact=True).count() == 1  # type: ignore[arg-type]
    assert page.get_by_role("status").count() == 1
    assert page.evaluate(
        "Math.min(...[...document.querySelectorAll('main input, main select, main button:not([hidden])')]"
        ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height))"
    ) >= 24  # fmt: skip
