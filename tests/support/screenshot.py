"""Takes the README's picture: the front page of a built site."""

import functools
import http.server
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from generator.config import csp
from generator.config.csp import CspSettings
from tests.support import browser
from tests.support.pictures import Pictures

POLICY = csp.policy(CspSettings())
"""The content security policy of a site without `[csp]`."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    policy: str = ""

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def end_headers(self) -> None:
        """Adds the policy."""
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


@contextmanager
def served(folder: Path, *, policy: str = POLICY) -> Iterator[str]:
    """Serves a folder on this machine; yields its URL without a slash at the end.

    Args:
        folder: what to serve.
        policy: a content security policy for every answer.
    """
    handler = functools.partial(type("Handler", (_Quiet,), {"policy": policy}), directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def take(folder: Path, picture: Path) -> None:
    """Photographs the front page at 1280 by 1000 pixels, with drawn pictures."""
    path = browser.find()
    if path is None:
        sys.exit("no Chromium to take the picture with")
    with served(folder) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browser.FLAGS))
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        Pictures(page, failing=0).release()
        page.goto(f"{url}/", wait_until="networkidle")
        page.screenshot(path=picture)
        chromium.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
