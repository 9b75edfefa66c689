"""A page of each type of a built site, and drawn pictures in place of those of publishers."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, Route

QUERY = "artificial intelligence in healthcare"
_ONE_IN = 10
_SIZES = ((1200, 630), (1600, 900), (800, 800), (600, 900))


def pages(output: Path) -> Iterator[tuple[str, str]]:
    """Names and addresses of pages, one of each type: the one with the most on it."""
    yield "front", "/"
    stories = _read(output, "story/*/*/*/*")
    items = _read(output, "[0-9]*/*/*/*")
    for name, texts, size in (
        ("story", stories, _count('class="report"')),
        ("story-copies", stories, _count("<details")),
        ("item-pictured", items, lambda text: len(text) * ("<figure>" in text)),
        ("item-bare", items, lambda text: len(text) * ("<figure>" not in text)),
        ("day", _read(output, "[0-9]*/*/*"), len),
        ("month", _read(output, "[0-9]*/*"), len),
        ("year", _read(output, "[0-9]*"), len),
        ("week", _read(output, "digest/*"), len),
        ("topic", _read(output, "topics/*"), len),
        ("source", _read(output, "sources/*"), len),
    ):
        largest = max(texts, key=lambda address: size(texts[address]), default=None)
        if largest and size(texts[largest]):
            yield name, largest
    for name, address in (("weeks", "digest"), *((name, name) for name in ("archive", "topics", "sources", "about"))):
        yield name, f"/{address}/"
    if Path(output, "search").exists():
        yield "search", f"/search/?{urlencode({'q': QUERY})}"
    yield "404", "/404.html"


def _read(output: Path, pattern: str) -> dict[str, str]:
    """Texts by address, without redirects."""
    texts = {path.parent: path.read_text(encoding="utf-8") for path in sorted(output.glob(f"{pattern}/index.html"))}
    return {f"/{path.relative_to(output).as_posix()}/": text for path, text in texts.items() if not is_redirect(text)}


def is_redirect(text: str) -> bool:
    """Whether a page only leads to another."""
    return 'http-equiv="refresh"' in text


def _count(part: str) -> Callable[[str], int]:
    return lambda text: text.count(part)


class Pictures:
    """Answers what a page asks of other hosts: with a drawn picture, which depends on the address, or not at all.

    Pictures are held back until ``release``, so that the page is laid out before they come.
    """

    def __init__(self, page: Page, *, all_fail: bool = False) -> None:
        """Watches a page.

        Args:
            page: a page, before it goes anywhere.
            all_fail: whether each picture fails, not one in ten.
        """
        self._all_fail = all_fail
        self._held: list[Route] | None = []
        page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), self._asked)

    def hold(self) -> None:
        """Holds back from now on."""
        self._held = []

    def release(self) -> None:
        """Answers what was asked, and from now on at once."""
        held, self._held = self._held or [], None
        for route in held:
            self._answer(route)

    def _asked(self, route: Route) -> None:
        if self._held is None:
            self._answer(route)
        else:
            self._held.append(route)

    def _answer(self, route: Route) -> None:
        number = zlib.crc32(route.request.url.encode())
        if self._all_fail or number % _ONE_IN == 0 or route.request.resource_type != "image":
            route.abort()
        else:
            route.fulfill(content_type="image/svg+xml", body=_drawn(number))


def _drawn(number: int) -> str:
    """A picture with a sky, a ground and a sun."""
    width, height = _SIZES[number // 10 % len(_SIZES)]
    hue, across, up = number % 360, number // 360 % 80 + 10, number // 3_600 % 40 + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 100 100"'
        f' preserveAspectRatio="none"><path fill="hsl({hue} 35% 72%)" d="M0 0h100v100H0z"/>'
        f'<circle cx="{across}" cy="{up}" r="14" fill="hsl({(hue + 40) % 360} 60% 85%)"/>'
        f'<path fill="hsl({(hue + 180) % 360} 25% 35%)" d="M0 {up + 30}L{across} {up + 12}L100 {up + 40}V100H0z"/>'
        "</svg>"
    )
