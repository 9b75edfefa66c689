"""Stages the pages of a site in several processes; a page whose file is there, made of the same, is not rendered."""

import functools
import itertools
from collections.abc import Sequence

import msgspec

from generator.build.plan import PlannedSite
from generator.build.report import Progress
from generator.config.options import Options
from generator.content import urls
from generator.errors import Code, Diagnostic
from generator.output.reuse import FILE, OutputReuse
from generator.output.tree import Staged
from generator.render.page_key import PageKeys
from generator.render.renderer import WRITERS, Rendered, Renderer
from generator.site.page import LazyView, Page, addresses
from generator.util import workers

_CHUNKS_A_WORKER = 16


def stage_pages(
    planned: PlannedSite, reuse: OutputReuse, options: Options, progress: Progress
) -> tuple[list[Staged], list[Diagnostic]]:
    """Stages all pages.

    Args:
        planned: the site.
        reuse: of the output folder.
        options: of the build.
        progress: called with the number of staged pages and of all.

    Returns:
        the files, and the diagnostics of templates, each place once.
    """
    pages, jobs = planned.pages, options.jobs
    page_keys = PageKeys(planned.context)
    keys = [page_keys.of(page) for page in pages]
    reuse.memo.load(FILE)
    staged: list[Staged] = []
    to_render: list[int] = []
    for number, page in enumerate(pages):
        if file := reuse.find_by_key(urls.file_path(page.address), keys[number]):
            staged.append(file)
        else:
            to_render.append(number)
    # Pages of one month show the same items, whose cards a worker then makes once.
    to_render.sort(key=lambda number: _month(pages[number]))
    size = options.tuning.pages_in_a_round
    rounds = [to_render[start : start + size] for start in range(0, len(to_render), size)]
    diagnostics: dict[tuple[str, int], Diagnostic] = {}
    chunks = itertools.chain.from_iterable(
        workers.in_chunks(
            _stage_chunk,
            numbers,
            prepare=functools.partial(_Stager, planned, reuse),
            jobs=jobs if workers.CAN_FORK else 1,  # what makes views can only be inherited
            # As many at once as leave each worker enough chunks for all to end at the same time.
            size=max(len(numbers) // (jobs * _CHUNKS_A_WORKER), options.tuning.pages_at_once),
        )
        for numbers in rounds
    )
    for chunk in chunks:
        for number, result in chunk:
            if isinstance(result, Diagnostic):
                diagnostics.setdefault((result.path, result.line), result)
            else:
                staged.append(result)
                reuse.memo.add(FILE, keys[number], bytes.fromhex(result.digest))
        progress("render", len(staged), len(pages))
    return staged, list(diagnostics.values())


def _month(page: Page) -> str:
    """Returns about which month's items a page shows."""
    return page.modified[:7].replace("-", "/") or page.address[1:8]


class _Stager:
    """Renders and stages pages in a worker."""

    def __init__(self, planned: PlannedSite, reuse: OutputReuse) -> None:
        self.reuse = reuse
        self.pages = planned.pages
        self._renderer = Renderer(planned.context)
        self._answered = planned.existing_addresses
        self._hooks = planned.context.hooks
        self._checked: object = None
        """The view whose links were checked last."""

    def render(self, page: Page) -> Rendered:
        """Renders a page; its view is put together now.

        Raises:
            AssertionError: it leads to an address without a page, which is a bug of this program.
        """
        lazy = page.view
        if isinstance(lazy, LazyView):
            page = msgspec.structs.replace(page, view=page.shown)
        rendered = self._renderer.render(page)
        dead = set()
        if shown := self._renderer.shown:
            dead = set(shown) - self._answered
            shown.clear()
        # What is written without a template does not report its links. The formats of a feed share their view.
        if page.template in WRITERS and lazy is not self._checked:
            dead |= addresses(page.view) - self._answered
            self._checked = lazy
        hooks = self._hooks
        if dead and hooks.source:
            message = f"{page.address} leads to {', '.join(sorted(dead))}, which is no page of this site"
            remedy = "correct the filter, global or view that gives the address"
            diagnostic = hooks.wrong(1, message, code=Code.DEAD_LINK, remedy=remedy)
            return msgspec.structs.replace(rendered, data=b"", diagnostic=diagnostic)
        if dead:
            raise AssertionError(f"{page.address} leads to {sorted(dead)}, which are no pages")
        return rendered


def _stage_chunk(stager: _Stager, numbers: Sequence[int]) -> list[tuple[int, Staged | Diagnostic]]:
    """Runs in a worker; returns for each page, by its number, its file or what is wrong with its template."""
    results: list[tuple[int, Staged | Diagnostic]] = []
    for number in numbers:
        page = stager.pages[number]
        rendered = stager.render(page)
        file = rendered.diagnostic or stager.reuse.stage(urls.file_path(page.address), rendered.data)
        results.append((number, file))
    return results
