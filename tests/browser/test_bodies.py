"""Markdown bodies in a real browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.test_pages import open_page
from tests.support import browser
from tests.support.making import SiteFolder, document
from tests.support.screenshot import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.find() is None, reason="there is no Chromium on this machine"),
]
BODY = """\
See the [figures](#the-figures), and a note[^1].

- [x] a task that is so long that it is wrapped into a second line on the screen of a phone
- [ ] another

# The figures

| model | sensitivity | specificity | area under the curve | readers | weeks | what was missed |
|---|--:|--:|:-:|---|---|---|
| one | 0.91 | 0.9 | 0.97 | 3 | 12 | atrial flutter with a block of three to one |

    if the_line_is_far_too_long_for_a_phone(because="of all these words") and more_words_follow: pass

https://a-very-long-host-name.example.org/with/a/path/that/is/as/long/as/the/screen/of/a/phone/and/longer

[^1]: The note.
"""


@pytest.fixture(scope="module", params=["/2025/03/14/one/", "/imprint/"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of an item with a body, and an own page with the same, served."""
    site = SiteFolder(tmp_path_factory.mktemp("bodies"))
    site.add("2025-03-14-one.md", document(BODY * 3))
    site.write("pages/imprint.md", f"---\ntitle: Imprint\nmenu: footer\n---\n{BODY * 3}")
    assert site.build().code == 0
    with served(site.output) as root:
        yield f"{root}{request.param}"


@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (375, "dark"), (1280, "light")])
def test_a_wide_body_does_not_widen_the_page(chromium: Browser, address: str, width: int, scheme: str) -> None:
    """What is wider is scrolled by itself, also with the keyboard, and axe finds nothing."""
    page, faults = open_page(chromium, address, viewport={"width": width, "height": 812}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    if width == 375:
        table = page.locator(".prose table").first
        table.focus()
        page.keyboard.press("ArrowRight")
        table.evaluate("e => new Promise(done => e.scrollLeft ? done() : e.addEventListener('scroll', () => done()))")
    assert faults == []
    page.context.close()


def test_links_within_a_body_lead_to_their_target(chromium: Browser, address: str) -> None:
    """A fragment to its heading, a reference to its note, and the note back."""
    page, _ = open_page(chromium, address, viewport={"width": 375, "height": 400})
    for link, target in (
        (page.get_by_role("link", name="figures").first, "#h-the-figures"),
        (page.locator("#fnref-1"), "#fn-1"),
        (page.locator("#fn-1 [role=doc-backlink]").first, "#fnref-1"),
    ):
        link.click()
        assert page.url.endswith(target)
        assert page.evaluate("target => document.querySelector(':target').matches(target)", target)
    page.context.close()
