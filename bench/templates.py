"""Measures how long templates take, and what the fragment cache brings.

``python -m bench.corpus 2000 FOLDER`` makes documents, ``python -m bench.templates FOLDER`` builds their site once and
then renders its pages several times, in one process. It prints the processor time as a table, with and without each
optimisation.
"""

import argparse
import functools
import gc
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest import mock

import jinja2

from generator.commands import cli
from generator.render import renderer
from generator.render.fragments import FragmentCache
from generator.render.renderer import WRITERS, RenderContext, Rendered, Renderer
from generator.site.page import Page

_ROOT = Path(__file__).parent.parent
_SETTINGS = 'title = "Medical AI Digest"\nbase_url = "https://digest.example/"\nsearch = false\n'


def pages_of(source: Path) -> tuple[RenderContext, list[Page]]:
    """Builds a site; returns all pages that templates render, with their views, in the order of the build.

    Raises:
        SystemExit: the build failed.
    """
    contexts: list[RenderContext] = []
    pages: list[Page] = []
    make, render = Renderer.__init__, Renderer.render

    def recorded_make(self: Renderer, context: RenderContext) -> None:
        contexts.append(context)
        make(self, context)

    def recorded_render(self: Renderer, page: Page) -> Rendered:
        if page.template not in WRITERS:
            pages.append(page)
        return render(self, page)

    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(Renderer, "__init__", recorded_make),
        mock.patch.object(Renderer, "render", recorded_render),
    ):
        config = Path(folder, "site.toml")
        config.write_text(_SETTINGS, encoding="utf-8")
        Path(folder, "topics.yaml").write_bytes((_ROOT / "topics.yaml").read_bytes())
        options = ["--config", str(config), "--output", str(Path(folder, "output")), "--jobs", "1", "--quiet"]
        code = cli.run(["build", "--source", str(source), "--skip-invalid", *options])
    if code:
        raise SystemExit(code)
    return contexts[-1], pages


def seconds(context: RenderContext, pages: Sequence[Page]) -> float:
    """Returns the processor time of rendering all pages with a new renderer, whose templates are compiled before.

    Raises:
        ValueError: a page cannot be rendered.
    """
    made = Renderer(context)
    made.check()
    start = time.process_time()
    for page in pages:
        if diagnostic := made.render(page).diagnostic:
            raise ValueError(str(diagnostic))
    return time.process_time() - start


_NO_CACHE: Mapping[str, object] = {"FragmentCache": functools.partial(FragmentCache, size=0)}
_NO_DICTIONARY: Mapping[str, object] = {"_Environment": jinja2.Environment}
_VARIANTS: Mapping[str, Mapping[str, object]] = {
    "the fragment cache": {},
    "without the cache": _NO_CACHE,
    "without globals in a dictionary": _NO_DICTIONARY,
    "without both": {**_NO_CACHE, **_NO_DICTIONARY},
}
"""What to replace in the module ``renderer``, by the name of the variant."""


def main() -> None:
    """Measures all variants in turn, several times, and prints the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="the folder of documents")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    gc.disable()  # as the command line does
    context, pages = pages_of(arguments.source)
    taken: dict[str, list[float]] = {}
    for _ in range(arguments.runs):
        for name, patches in _VARIANTS.items():
            with mock.patch.dict(vars(renderer), patches):
                taken.setdefault(name, []).append(seconds(context, pages))
    medians = {name: statistics.median(values) for name, values in taken.items()}
    first = next(iter(medians.values()))
    print(f"{len(pages):,} pages, medians of {arguments.runs} runs:\n")
    print("| | seconds of the processor | ratio |\n|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median:.3f} | {median / first:.2f} |")


if __name__ == "__main__":
    main()
