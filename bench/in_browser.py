"""Measures pages in a browser: how much moves while they load, and what axe finds."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from bench.samples import pages
from tests.support import browser
from tests.support.pictures import Pictures
from tests.support.screenshot import served

_SIZES = ({"width": 375, "height": 812}, {"width": 1280, "height": 900})
_PALETTES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
# The size of targets is no default of axe, but Lighthouse asks for it.
_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_PAINTED_MS = 200
_SETTLED_MS = 100
# What moved most stands beside the sum, as the reason.
_OBSERVE = """
  window.shift = { sum: 0, largest: 0, reason: "" };
  new PerformanceObserver((list) => {
    for (const { value, sources, hadRecentInput } of list.getEntries()) {
      if (hadRecentInput) continue;
      window.shift.sum += value;
      if (value <= window.shift.largest) continue;
      window.shift.largest = value;
      window.shift.reason = sources.slice(0, 3).map(({ node, previousRect, currentRect }) => {
        const named = node?.nodeType === 1 ? node : node?.parentElement;
        return `${named?.localName}.${named?.className} ${previousRect.top} to ${currentRect.top}`;
      }).join("; ");
    }
  }).observe({ type: "layout-shift", buffered: true });
"""
_SCROLL = """async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
    scrollTo({ top, behavior: "instant" });
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}"""


def measure(output: Path) -> Iterator[tuple[str, float, list[str]]]:
    """For each type of page its name, the largest cumulative layout shift, and what there is to say."""
    found: dict[str, tuple[float, list[str]]] = {}
    with served(output) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        addresses = {name: url + address for name, address in pages(output)}
        for size, all_fail in product(_SIZES, (False, True)):
            for name, (shift, reason) in _shifts(chromium, addresses, size, all_fail=all_fail).items():
                shown = f"{size['width']} px{', no pictures' if all_fail else ''}"
                notes = [f"moves {shift:.3f} at {shown}: {reason}"] if reason else []
                largest, others = found.get(name, (0.0, []))
                found[name] = (max(largest, shift), others + notes)
        for size, (palette, options) in product(_SIZES, _PALETTES.items()):
            shown = f"axe at {size['width']} px, {palette}"
            for name, violations in _violations(chromium, addresses, viewport=size, **options).items():
                found[name][1].extend(f"{shown}: {one}" for one in violations)
        chromium.close()
    for name, (shift, notes) in found.items():
        yield name, shift, notes


def _shifts(
    chromium: Browser, addresses: dict[str, str], size: dict[str, int], *, all_fail: bool
) -> dict[str, tuple[float, str]]:
    page = chromium.new_context(viewport=size).new_page()  # type: ignore[arg-type]
    page.add_init_script(_OBSERVE)
    pictures = Pictures(page, failing=1) if all_fail else Pictures(page)
    found = {}
    for name, address in addresses.items():
        _open(page, address, pictures)
        page.evaluate(_SCROLL)
        page.wait_for_timeout(_SETTLED_MS)
        shift = page.evaluate("window.shift")
        found[name] = (float(shift["sum"]), str(shift["reason"]))
    page.context.close()
    return found


def _violations(chromium: Browser, addresses: dict[str, str], **context: Any) -> dict[str, list[str]]:  # noqa: ANN401 - Playwright's
    page = chromium.new_context(**context).new_page()
    pictures = Pictures(page)
    found = {}
    for name, address in addresses.items():
        _open(page, address, pictures)
        found[name] = [
            f"{one['id']}, {len(one['nodes'])} times: {one['nodes'][0]['target'][0]}"
            for one in Axe().run(page, options=_RULES).response["violations"]
        ]
    page.context.close()
    return found


def _open(page: Page, address: str, pictures: Pictures) -> None:
    """Goes to a page and lets its pictures come after it was painted once."""
    pictures.hold()
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_timeout(_PAINTED_MS)
    pictures.release()
    # A search loads its results by and by.
    page.wait_for_load_state("networkidle" if page.locator("#search-status").count() else "load")
    page.wait_for_timeout(_SETTLED_MS)
