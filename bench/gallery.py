"""Photographs each kind of page, on phone and desk, light and dark, to be looked at.

``python -m bench.gallery INTO NAME=FOLDER ...`` builds the site of each folder of documents and writes PNG files.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.budgets import build_site
from bench.documents import unpacked
from tests.support import browser
from tests.support.screenshot import served

_SIZES = {"phone": (375, 812), "desk": (1280, 900)}
_SCHEMES = ("light", "dark")


def main(into: Path, arguments: list[str]) -> None:
    """Builds and photographs."""
    into.mkdir(parents=True, exist_ok=True)
    for argument in arguments:
        name, _, source = argument.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder, "output")
            build_site(unpacked(Path(source), Path(folder)), output)
            _photograph(output, into, name)


def _photograph(output: Path, into: Path, name: str) -> None:
    with served(output) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        for device, (width, height) in _SIZES.items():
            for scheme in _SCHEMES:
                viewport = {"width": width, "height": height}
                context = chromium.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                for kind, address in _pages(output):
                    page.goto(url + address, wait_until="domcontentloaded")
                    page.wait_for_timeout(300)
                    page.screenshot(path=into / f"{name}-{kind}-{device}-{scheme}.png")
                    print(into / f"{name}-{kind}-{device}-{scheme}.png")
                context.close()
        chromium.close()


def _pages(output: Path) -> Iterator[tuple[str, str]]:
    """A page of each kind: the busiest, the most reported."""
    yield "front", "/"
    items = {path: path.read_text(encoding="utf-8") for path in output.glob("[0-9]*/*/*/*/index.html")}
    yield "story", _address(max(items, key=lambda path: _count(r'class="coverage">(\d+)', items[path])), output)
    bare = [path for path, text in items.items() if 'class="bare"' in text]
    if bare:
        yield "without-picture", _address(max(bare, key=lambda path: len(items[path])), output)
    for kind, pattern in (("topic", "topics/*"), ("month", "[0-9]*/*"), ("week", "digest/*"), ("source", "sources/*")):
        yield kind, _address(max(output.glob(f"{pattern}/index.html"), key=lambda path: path.stat().st_size), output)
    for kind in ("topics", "archive", "search", "about", "404.html"):
        if (output / kind).exists():
            yield kind.partition(".")[0], f"/{kind}" if "." in kind else f"/{kind}/"


def _count(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def _address(path: Path, output: Path) -> str:
    return f"/{path.parent.relative_to(output).as_posix()}/"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
