"""Drawn pictures in place of those of publishers, which a browser without a network cannot load."""

import re
import zlib

from playwright.sync_api import Page, Route

_ONE_IN = 10
_SIZES = ((1200, 630), (1600, 900), (800, 800), (600, 900))


class Pictures:
    """Answers what a page asks of other hosts: with a drawn picture, which depends on the address, or not at all.

    Pictures are held back until ``release``, so that the page is laid out before they come.
    """

    def __init__(self, page: Page, *, failing: int = _ONE_IN) -> None:
        """Watches a page.

        Args:
            page: a page, before it goes anywhere.
            failing: one picture in so many fails; 1: all, 0: none.
        """
        self._failing = failing
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
        fails = self._failing > 0 and number % self._failing == 0
        if fails or route.request.resource_type != "image":
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
