"""Photographs each type of page, to be looked at, and shows all pictures on one page.

``python -m bench.gallery INTO NAME=FOLDER ...`` builds the site of each folder of documents and writes PNG files and
``index.html``. The names of the files stay the same, and the page shows everything in the folder: to compare two
versions, photograph the same documents with each, under two names.
"""

import html
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.budgets import build_site
from bench.documents import unpacked
from bench.samples import pages
from tests.support import browser
from tests.support.pictures import Pictures
from tests.support.screenshot import served

_HEIGHTS = {375: 812, 768: 1024, 794: 1123, 1280: 900, 1920: 1080}
_DARK = (375, 1280)
_TALLEST = 3_600
_LARGE_TEXT = "--blink-settings=defaultFontSize=32"
# Pages that are photographed in more ways than others.
_MAIN = ("front", "story")
_STYLE = (
    "body{font:1rem/1.4 sans-serif;margin:1.5rem;background:#ddd}div{display:flex;gap:1rem;overflow-x:auto}"
    "figure{margin:0 0 1rem;flex:none}a{display:block;max-height:44rem;overflow:hidden}img{display:block}"
)


def main(into: Path, arguments: list[str]) -> None:
    """Builds and photographs."""
    into.mkdir(parents=True, exist_ok=True)
    for argument in arguments:
        name, _, source = argument.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder, "output")
            build_site(unpacked(Path(source), Path(folder)), output)
            _photograph(output, into, name)
    _write_index(into)


def _ways() -> Iterator[tuple[str, int, bool, dict[str, Any]]]:
    """Ways of looking: their name, width, whether all pages are looked at, and the browser's options."""
    for width in (375, 768, 1280, 1920):
        yield "light", width, True, {"color_scheme": "light"}
    for width in _DARK:
        yield "dark", width, True, {"color_scheme": "dark"}
        yield "forced", width, False, {"forced_colors": "active"}
        yield "large-text", width, False, {}
    yield "print", 794, False, {}


def _photograph(output: Path, into: Path, name: str) -> None:
    chosen = list(pages(output))
    with served(output) as url, sync_playwright() as playwright:
        for way, width, is_for_all, options in _ways():
            flags = [*browser.FLAGS, *([_LARGE_TEXT] if way == "large-text" else [])]
            chromium = playwright.chromium.launch(executable_path=browser.find(), args=flags)
            page = chromium.new_context(viewport={"width": width, "height": _HEIGHTS[width]}, **options).new_page()
            if way == "print":
                page.emulate_media(media="print")
            pictures = Pictures(page)
            pictures.release()
            for kind, address in chosen:
                if is_for_all or kind in _MAIN:
                    page.goto(url + address, wait_until="domcontentloaded")
                    _take(page, into / f"{name}_{kind}_{width:04}-{way}.png")
            chromium.close()


def _take(page: Page, path: Path) -> None:
    """Waits for all pictures and the results of a search."""
    page.evaluate(
        """() => Promise.all([...document.images].map((image) => {
          image.loading = "eager";
          return image.decode().catch(() => undefined);
        }))"""
    )
    page.wait_for_load_state("networkidle")
    height = min(_TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    width = page.evaluate("document.documentElement.scrollWidth")
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    print(path)


def _write_index(into: Path) -> None:
    """Shows the pictures by type of page and way of looking; those of several sites stand side by side."""
    names = (tuple(path.stem.rsplit("_", 2)) for path in into.glob("*_*_*.png"))
    parts = []
    for kind, pictures in groupby(sorted((kind, way, site) for site, kind, way in names), key=lambda one: one[0]):
        parts += [f"<h2>{html.escape(kind)}</h2>", "<div>"]
        for _, way, site in pictures:
            source = html.escape(f"{site}_{kind}_{way}.png")
            picture = f'<img src="{source}" alt="" width="{int(way[:4]) // 2}" loading="lazy">'
            caption = f"<figcaption>{html.escape(f'{site}, {way}')}</figcaption>"
            parts.append(f'<figure>{caption}<a href="{source}">{picture}</a></figure>')
        parts.append("</div>")
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>{_STYLE}</style>'
    (into / "index.html").write_text("\n".join([head, "<h1>Gallery</h1>", *parts, "</html>", ""]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
