"""Measures what a reader's browser has to load, against the budgets that are set for it.

``python -m bench.budgets NAME=FOLDER ...`` builds the site of each folder of documents and prints, for each kind of
page, the median and the largest size, compressed as a server would; then, for each kind of page in a browser, how much
moves while it loads and what axe finds. Exit code 1 where a budget is not met.
"""

import datetime as dt
import gzip
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import in_browser, samples
from bench.documents import unpacked
from bench.search import moved_by
from generator.build.build import build
from generator.config.options import Options

_NOW = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_SETTINGS = Path(__file__).parent.parent / "site.toml"
_KILO = 1_000
_PAGE, _EDITION, _CSS, _SCRIPT, _SEARCH = 20, 25, 12, 5, 300
_SHIFT = 0.02
# An aim for large sites, not a budget: a host may limit the number of files.
_FILES_PER_ITEM = 1.5
# The first pattern that fits names the kind; a kind without a budget is shown all the same.
_KINDS: tuple[tuple[str, str, int | None], ...] = (
    (r"index\.html", "front page", _PAGE),
    (r"story/.*index\.html", "story page", _PAGE),
    (r"\d{4}/\d\d/\d\d/[^/]+/index\.html", "item page", _PAGE),
    (r"topics/.*index\.html", "topic page", None),
    (r"sources/.*index\.html", "source page", None),
    (r"\d{4}/\d\d/\d\d/index\.html", "day page", None),
    (r"\d{4}/\d\d/index\.html", "month page", None),
    (r"digest/.+/index\.html", "weekly edition", _EDITION),
    (r"search/index\.html", "search page", _PAGE),
    (r"[^/]+\.html|.*/index\.html", "other pages", None),
    (r"", "redirects", None),
)
_SUBRESOURCE = re.compile(
    r'<(?:script|iframe|link rel="(?:stylesheet|preload|icon)")[^>]*(?:src|href)="(https?://[^"]+)"'
)


def main(arguments: list[str]) -> int:
    """Builds and measures the sites; returns the exit code."""
    has_failed = False
    for argument in arguments:
        name, _, source = argument.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder, "output")
            build_site(unpacked(Path(source), Path(folder)), output)
            print(f"{name}: compressed kB of 1,000 bytes")
            print(f"    {'':16}{'files':>7}{'median':>9}{'largest':>9}{'budget':>9}")
            for kind, sizes, budget in _measure(output):
                is_met = budget is None or max(sizes) <= budget * _KILO
                has_failed |= not is_met
                shown = (statistics.median(sizes) / _KILO, max(sizes) / _KILO)
                limit = "" if budget is None else f"{budget:9}" + ("" if is_met else "  NOT MET")
                print(f"    {kind:16}{len(sizes):7,}{shown[0]:9.1f}{shown[1]:9.1f}{limit}")
            moved = sum(moved_by(output, samples.QUERY)[0].values())
            is_met = moved <= _SEARCH * _KILO
            has_failed |= not is_met
            limit = f"{moved / _KILO:9.1f}{_SEARCH:9}" + ("" if is_met else "  NOT MET")
            print(f"    {'a first search':23}{'':9}{limit}  “{samples.QUERY}”")
            strangers = sorted(_strangers(output))
            has_failed |= bool(strangers)
            print("    asks others for nothing but pictures" if not strangers else f"    asks others: {strangers[:5]}")
            print(f"    files per item: {_files_per_item(output):.2f}, aim for large sites {_FILES_PER_ITEM}")
            has_failed |= _fails_in_browser(output)
    return int(has_failed)


def build_site(source: Path, output: Path) -> None:
    """Builds documents with the checkout's own settings."""
    report = build(
        Options(
            source=source,
            output=output,
            config=_SETTINGS,
            now=_NOW,
            with_future=True,
            jobs=len(os.sched_getaffinity(0)),
        )
    )
    assert report.is_built, report.diagnostics[:3]  # noqa: S101 - else there is nothing to measure


def _measure(output: Path) -> Iterator[tuple[str, list[int], int | None]]:
    """Kinds of files with their compressed sizes and budgets."""
    pages: dict[str, list[int]] = {kind: [] for _, kind, _ in _KINDS}
    for path in output.rglob("*.html"):
        name = path.relative_to(output).as_posix()
        kind = next(kind for pattern, kind, _ in _KINDS if re.fullmatch(pattern, name))
        pages["redirects" if samples.is_redirect(path.read_text(encoding="utf-8")) else kind].append(_size(path))
    for _, kind, budget in _KINDS:
        if pages[kind]:
            yield kind, pages[kind], budget
    assets = output / "assets"
    yield "style sheets", [sum(map(_size, assets.glob("*.css")))], _CSS
    # What every page loads; the search page's own script comes on top, there only.
    yield "scripts", [sum(_size(path) for path in assets.glob("*.js") if not path.name.startswith("search."))], _SCRIPT


def _files_per_item(output: Path) -> float:
    files = sum(path.is_file() for path in output.rglob("*"))
    return files / sum(1 for _ in output.glob("[0-9]*/*/*/*/index.html"))


def _fails_in_browser(output: Path) -> bool:
    """Prints the layout shift of each type of page and the notes on it; returns whether a budget is not met."""
    has_failed = False
    print(f"    {'':16}{'layout shift':>16}{'budget':>9}{'axe':>9}")
    for name, shift, notes in in_browser.measure(output):
        findings = sum(note.startswith("axe") for note in notes)
        is_met = shift < _SHIFT and not findings
        has_failed |= not is_met
        print(f"    {name:16}{shift:16.3f}{_SHIFT:9}{findings:9}" + ("" if is_met else "  NOT MET"))
        if not is_met:
            print(*(f"        {note}" for note in notes), sep="\n")
    return has_failed


def _size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def _strangers(output: Path) -> Iterator[str]:
    """Addresses elsewhere that a page loads by itself, other than pictures."""
    for path in output.rglob("*.html"):
        yield from _SUBRESOURCE.findall(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
