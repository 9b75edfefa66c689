"""Measures a preview: from saving a document to the browser's reload, with the archive of a corpus or made documents.

``python -m bench.serve 4958 [archive.tar.xz]`` prints the seconds of each of seven saves and their median, beside those
of a build from nothing in the same run, and writes them into ``docs/performance.md`` where that has a place for them.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import corpus, disk, documents, machine, page
from tests.support import browser

_SAVES = 7
_PATIENCE_SECONDS = 300.0
_FORGET = "() => { window.isOld = true }"
_IS_LISTENING = "() => window.LiveReload?.connector?.protocol"


def main(count: int, archive: Path | None = None) -> None:
    """Serves ``count`` documents and saves the newest of them again and again."""
    place = disk.choose(count)
    heading = machine.describe(disk.describe(place))
    with tempfile.TemporaryDirectory(dir=place, prefix="bench-") as folder:
        root = Path(folder)
        _documents(count, archive, root / "seeds")
        (root / "site.toml").write_text('title = "Bench"\n', encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "generator", "serve", "--port", "0", "--skip-invalid"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        try:
            start = time.perf_counter()
            assert process.stdout  # noqa: S101 - it was asked for
            url = next(line.split()[1] for line in process.stdout if line.startswith("serving "))
            cold = time.perf_counter() - start
            taken = _saves(url, max((root / "seeds").rglob("*.md")))
        finally:
            process.terminate()
            process.wait()
    median, kind = statistics.median(taken), "real" if archive else "made"
    saves = ", ".join(f"{seconds:.2f}" for seconds in taken)
    lines = [
        "| | seconds |",
        "|---|---|",
        f"| from the start to a first site of {count:,} {kind} documents | {cold:.1f} |",
        f"| from a save of the newest to the browser's reload, median of {_SAVES} | {median:.2f} |",
        f"| ÷ the first | {median / cold:.3f} |",
        f"| each save | {saves} |",
    ]
    page.show(f"a preview of {count}", [heading, "", *lines])


def _documents(count: int, archive: Path | None, folder: Path) -> None:
    if archive is None:
        corpus.write(corpus.documents(count), folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        corpus.write(documents.newest(documents.unpacked(archive, Path(scratch)), count), folder)


def _saves(url: str, document: Path) -> list[float]:
    """The seconds from each save to the moment when the browser has loaded the page again."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        page = chromium.new_page()
        page.set_default_timeout(_PATIENCE_SECONDS * 1_000)
        page.goto(url)
        taken = []
        for number in range(_SAVES):
            page.wait_for_function(_IS_LISTENING)
            page.evaluate(_FORGET)
            text = re.sub(
                r"^title: .*$", f"title: Saved {number} times", document.read_text("utf-8"), flags=re.MULTILINE
            )
            start = time.perf_counter()
            document.write_text(text, encoding="utf-8")
            page.wait_for_function("() => !window.isOld && document.readyState === 'complete'")
            taken.append(time.perf_counter() - start)
        chromium.close()
    return taken


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:]))
