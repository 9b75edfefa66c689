"""Measures what a first search moves: ``python -m bench.search output "breast cancer"``.

Serves a built site as a host would, with what is text compressed, and lets a browser with an empty cache open the
search page and search. Counts the bytes of all bodies that were asked for until the results are shown.
"""

import functools
import gzip
import http.server
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support import browser

_TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml", ""}


class _Counting(http.server.SimpleHTTPRequestHandler):
    moved: "dict[str, int]"

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Answers with the file, compressed if it is text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        data = path.read_bytes() if path.is_file() else b""
        is_text = path.suffix in _TEXT
        data = gzip.compress(data, 6) if is_text else data
        self.moved[self.path] = self.moved.get(self.path, 0) + len(data)
        self.send_response(200 if path.is_file() else 404)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(data)))
        if is_text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)


def moved_by(folder: Path, query: str) -> tuple[dict[str, int], str]:
    """The bytes of each answer to a first search on a built site, and what the page says of it."""
    moved: dict[str, int] = {}
    handler = functools.partial(type("Handler", (_Counting,), {"moved": moved}), directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/search/")
        page.fill("#search-q", query)
        page.press("#search-q", "Enter")
        page.wait_for_function("document.getElementById('search-status').textContent.includes('found')")
        said = page.inner_text("#search-status")
        chromium.close()
        server.shutdown()
    return moved, said


def main(folder: Path, query: str) -> None:
    """Prints the bytes by kind of file."""
    moved, said = moved_by(folder, query)
    print(said)
    kinds: dict[str, list[int]] = {}
    for path, size in moved.items():
        kinds.setdefault(Path(path.partition("?")[0]).suffix or path, []).append(size)
    for kind, sizes in sorted(kinds.items(), key=lambda entry: -sum(entry[1])):
        print(f"{sum(sizes):>8,} bytes  {len(sizes):>3} x {kind}")
    print(f"{sum(moved.values()):>8,} bytes in {len(moved)} answers")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
