"""Searching, in a real browser, below a base path and under a strict content security policy."""

import shutil
import time
from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.test_pages import CHROMIUM, open_page
from tests.support import ROOT
from tests.support.making import SiteFolder
from tests.support.screenshot import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
JOINED = [
    ("می\u200cخواهم ببینم", "Lumbago one."),
    ("Lumbago two", "یک \u200c پزشک نمی\u200cداند."),
    ("श्री\u200dमान", "Lumbago three."),
    ("Gastro\u00adenterologie", "Lumbago four with Röntgen."),
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
    # One story with three reports, and older and newer ones of single reports.
    names = ["First News", HOSTILE, "Thirdling"]
    rows = [{"domain": f"heart{number}.example", "name": name, "kind": "news"} for number, name in enumerate(names)]
    site.write("sources.yaml", yaml.safe_dump({"sources": rows}))
    for number, (name, title) in enumerate(
        [("First News", "Regulator clears Cardiolens algorithm for atrial fibrillation"),
         (HOSTILE, f"Cardiolens algorithm for atrial fibrillation cleared by regulator {HOSTILE}"),
         ("Thirdling", "Cardiolens algorithm for atrial fibrillation is cleared by the regulator")]
    ):  # fmt: skip
        site.add(f"2023-12-{29 + number}-heart-{number}.md", title=title, topics=["Heart"],
                 publishedDateTime=f"2023-12-{29 + number}T0{number}:00:00Z",
                 excerpt="The regulator cleared the Cardiolens algorithm, which finds atrial fibrillation in one ECG.",
                 webUrl=f"https://heart{number}.example/a",
                 provider={"name": name, "domain": f"heart{number}.example"})  # fmt: skip
    site.add("2024-06-01-later.md", title="A pig walked", publishedDateTime="2024-06-01T00:00:00Z",
             provider={"name": "Pigs", "domain": "pigs.example"},
             excerpt="The pig did not need Cardiolens, nor any of the many other products of that kind.")  # fmt: skip
    for number, (title, excerpt) in enumerate(JOINED):
        site.add(f"2022-07-0{number + 1}-joined-{number}.md", title=title, excerpt=excerpt,
                 publishedDateTime=f"2022-07-0{number + 1}T00:00:00Z",
                 provider={"name": "Joined", "domain": "joined.example"})  # fmt: skip
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
    """From the front page, with the keyboard alone, to the story's page; nothing breaks the policy."""
    page, faults = open_page(chromium, f"{url}/")
    page.locator("#find-q").focus()
    page.keyboard.type("mammograms")
    page.keyboard.press("Enter")
    page.wait_for_url("**/digest/search/?q=mammograms")
    expect(page.locator(".results > li").first).to_be_visible()
    assert "found for “mammograms”." in page.locator("#search-status").inner_text()
    assert page.locator(".results mark").first.inner_text().lower().startswith("mammogram")
    page.locator(".results a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/digest/story/20**", wait_until="domcontentloaded")
    expect(page.locator("main h1")).to_be_visible()
    assert faults == []


def test_filters_narrow_a_search_and_stand_in_the_address(chromium: Browser, url: str) -> None:
    """Topic, source and year; going back undoes them."""
    page, faults = open_page(chromium, f"{url}/search/?q=quagga")
    said(page, "23 stories found for “quagga”.")
    page.select_option("#search-topic", "zoology")
    said(page, "12 stories found for “quagga”.")
    assert page.url.endswith("/search/?q=quagga&topic=zoology")
    page.select_option("#search-year", "2024")
    said(page, "Nothing found for “quagga”.")
    page.go_back()
    said(page, "12 stories found for “quagga”.")
    assert page.input_value("#search-year") == ""
    page.select_option("#search-topic", "")
    page.select_option("#search-year", "2024")
    said(page, "11 stories found for “quagga”.")
    page.select_option("#search-source", "e.org")
    said(page, "Nothing found for “quagga”.")
    assert faults == []


def test_without_words_all_that_is_chosen_is_found(chromium: Browser, url: str) -> None:
    """Newest first, over all segments; and nothing once nothing is chosen."""
    page, faults = open_page(chromium, f"{url}/search/?source=news.example.org")
    said(page, "23 stories found for “Example News”.")
    page.click("#search-more")
    expect(page.locator(".results > li")).to_have_count(20)
    numbers = [int(title.removeprefix("Report ")) for title in titles(page)]
    assert numbers == [*range(21, 0, -2), *range(22, 4, -2)]
    page.select_option("#search-topic", "zoology")
    said(page, "12 stories found for “Zoology, Example News”.")
    page.select_option("#search-year", "2024")
    said(page, "Nothing found for “Zoology, Example News, 2024”.")
    page.select_option("#search-topic", "")
    page.select_option("#search-source", "")
    said(page, "12 stories found for “2024”.")
    page.select_option("#search-year", "")
    said(page, "")
    expect(page.locator("#search-found")).to_be_hidden()
    assert faults == []


def test_an_address_holds_a_whole_search(chromium: Browser, url: str) -> None:
    """What it names is filled in; what is no choice is left out."""
    page, _ = open_page(chromium, f"{url}/search/?q=quagga&topic=ai&source=nobody.example")
    said(page, "11 stories found for “quagga”.")
    assert (page.input_value("#search-topic"), page.input_value("#search-source")) == ("ai", "")


@pytest.mark.parametrize(
    ("query", "number", "mark"),
    [
        ("می\u200cخواهم", 0, ""),
        ("میخواهم", 0, ""),
        ("نمی\u200cداند", 1, "نمی\u200cداند."),
        ("نمیداند", 1, "نمی\u200cداند."),
        ("श्री\u200dमान", 2, ""),
        ("श्रीमान", 2, ""),
        ("Gastroenterologie", 3, ""),
        ("Gastro\u00adentero\u200blogie", 3, ""),
        ("Gastro\u00adenterologie", 3, ""),
        ("Gastro\u200benterologie", 3, ""),
        ("Ro\u0308ntgen", 3, "Röntgen."),
    ],
)
def test_invisible_characters_within_words_make_no_difference(
    chromium: Browser, url: str, query: str, number: int, mark: str
) -> None:
    """Neither in documents nor in what is searched. Results show the word as it is written."""
    page, _ = open_page(chromium, f"{url}/search/?q={query}")
    expect(page.locator(".results .headline")).to_have_text([JOINED[number][0].replace("\u00ad", "")])
    assert page.locator(".results mark").all_inner_texts() == [mark] * bool(mark)


def test_more_results_come_on_demand(chromium: Browser, url: str) -> None:
    """Ten at a time; the focus goes to the first new one, and each item is there once."""
    page, faults = open_page(chromium, f"{url}/search/?q=quagga")
    expect(page.locator(".results > li")).to_have_count(10)
    page.locator("#search-more").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".results > li")).to_have_count(20)
    assert page.evaluate("document.activeElement === document.querySelectorAll('.results a')[10]")
    page.click("#search-more")
    expect(page.locator(".results > li")).to_have_count(23)
    expect(page.locator("#search-more")).to_be_hidden()
    assert len(set(titles(page))) == 23
    assert faults == []


def test_hostile_text_stays_text(chromium: Browser, url: str) -> None:
    """In results, in the lists to choose from, and in the address."""
    page, faults = open_page(chromium, f"{url}/search/?q=zygote")
    said(page, "One story found for “zygote”.")
    assert page.locator(".results img").count() == 0
    assert page.locator(".results mark").all_inner_texts() == ["Zygote"]
    assert "<img src=x onerror=alert(1)>" in page.locator(".results .summary").inner_text()
    assert "<img src=x onerror=alert(1)>" in titles(page)[0]
    page.goto(f"{url}/search/?q=%3Cimg+src%3Dx%3E+xylophone")
    expect(page.locator("#search-status")).to_contain_text("found for “<img src=x> xylophone”.")
    assert faults == []


def test_a_story_is_one_result(chromium: Browser, url: str) -> None:
    """With its number of sources, its newest date and two other headlines, and found by the source of any report."""
    page, faults = open_page(chromium, f"{url}/search/?q=fibrillation")
    said(page, "One story found for “fibrillation”.")
    result = page.locator(".results > li").first
    assert result.locator(".when span").all_inner_texts() == ["31 December 2023", "3 sources"]
    assert result.locator(".others li").count() == 2
    assert result.locator(".others mark").all_inner_texts() == ["fibrillation", "fibrillation"]
    assert result.locator(".summary mark").inner_text() == "fibrillation"
    page.select_option("#search-source", "heart2.example")
    said(page, "One story found for “fibrillation”.")
    page.goto(f"{url}/search/?q=thirdling")
    said(page, "One story found for “thirdling”.")
    assert page.locator(".others b mark").all_inner_texts() == ["Thirdling"]
    page.locator(".results a").click()
    page.wait_for_url("**/digest/story/2023/12/29/**")
    assert faults == []


def test_hostile_text_of_a_report_stays_text(chromium: Browser, url: str) -> None:
    """In the headlines and sources of the other reports of a story."""
    page, faults = open_page(chromium, f"{url}/search/?q=fibrillation")
    expect(page.locator(".others")).to_contain_text("</option></select><img src=x onerror=alert(1)> <mark>")
    assert page.locator(".results img, .results option").count() == 0
    assert faults == []


def test_results_are_sorted_by_relevance_or_date(chromium: Browser, url: str) -> None:
    """The order is in the address, over all segments, and works by reloading and going back."""
    page, faults = open_page(chromium, f"{url}/search/?q=cardiolens")
    said(page, "2 stories found for “cardiolens”.")
    assert "pig" not in titles(page)[0]
    page.get_by_label("Newest first").check()
    expect(page.locator(".headline").first).to_have_text("A pig walked")
    assert page.url.endswith("/search/?q=cardiolens&sort=date")
    page.reload()
    expect(page.locator(".headline").first).to_have_text("A pig walked")
    assert page.get_by_label("Newest first").is_checked()
    page.go_back()
    expect(page.locator(".headline").last).to_have_text("A pig walked")
    assert page.get_by_label("Best match").is_checked()
    page.goto(f"{url}/search/?q=quagga&sort=date")
    said(page, "23 stories found for “quagga”.")
    numbers = [int(title.removeprefix("Report ")) for title in titles(page)]
    assert numbers == [*range(21, 1, -2)]
    page.goto(f"{url}/search/?source=heart1.example")
    expect(page.locator(".results > li")).to_have_count(1)
    expect(page.locator("#search-order")).to_be_hidden()
    assert faults == []


def test_of_equal_relevance_the_newer_is_first(chromium: Browser, url: str) -> None:
    """In each segment; the scores of two segments may differ."""
    page, _ = open_page(chromium, f"{url}/search/?q=quagga")
    said(page, "23 stories found for “quagga”.")
    page.click("#search-more")
    expect(page.locator(".results > li")).to_have_count(20)
    numbers = [int(title.removeprefix("Report ")) for title in titles(page)]
    for rest in (0, 1):
        of_year = [number for number in numbers if number % 2 == rest]
        assert of_year == sorted(of_year, reverse=True)


LAYOUT_SHIFT = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("query", ["q=quagga", "q=quagga&sort=date", "q=nothinglikeit", "q=", "topic=zoology"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_when_results_come(chromium: Browser, url: str, width: int, query: str) -> None:
    """The place of results is reserved: the layout shifts by less than 0.02, even if the engine loads slowly."""
    page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    page.add_init_script(LAYOUT_SHIFT)

    def later(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    page.route("**/engine-*/**", later)
    page.goto(f"{url}/search/?{query}")
    expect(page.locator("#search-status")).to_contain_text("found" if query != "q=" else "")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted") < 0.02
    page.context.close()


def test_results_read_from_right_to_left(chromium: Browser, url: str) -> None:
    """Nothing is cut off or scrolls sideways."""
    page, _ = open_page(chromium, f"{url}/search/?q=fibrillation", viewport={"width": 375, "height": 900})
    said(page, "One story found for “fibrillation”.")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.evaluate(
        "[...document.querySelectorAll('.found *')].filter(e => e.checkVisibility() && !e.closest('.unseen'))"
        ".every(e => e.getBoundingClientRect().left >= 0 && e.getBoundingClientRect().right <= innerWidth)"
    )


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
    assert page.locator(".found").is_hidden()
    page.click(".ways >> text=Topics")
    assert page.locator("h1").inner_text() == "Topics"
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_results_fit_and_are_named(chromium: Browser, url: str, width: int, scheme: str) -> None:
    """No sideways scrolling with results; every control has a name, and targets are large enough."""
    viewport = {"width": width, "height": 900}
    page, _ = open_page(chromium, f"{url}/search/?q=zygote", viewport=viewport, color_scheme=scheme)
    expect(page.locator(".results > li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for role, name in [("searchbox", "Words"), ("combobox", "Topic"), ("combobox", "Source"), ("combobox", "Year")]:
        assert page.get_by_role(role, name=name, exact=True).count() == 1  # type: ignore[arg-type]
    assert page.get_by_role("status").count() == 1
    assert page.evaluate(
        "Math.min(...[...document.querySelectorAll('main input, main select, main button:not([hidden])')]"
        ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height))"
    ) >= 24  # fmt: skip
