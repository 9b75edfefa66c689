"""All files of a site staged, in several processes: a page is rendered unless it is there, made from the same."""

import functools
import itertools
from collections.abc import Callable, Sequence

import msgspec

from generator.cache.model import KnownFile
from generator.content import urls
from generator.content.urls import Address
from generator.errors import Diagnostic
from generator.output.reuse import OutputReuse
from generator.output.tree import Staged
from generator.render.page_key import Fingerprints
from generator.render.renderer import WRITERS, RenderContext, Rendered, Renderer
from generator.site.assets import Asset
from generator.site.page import Block, LazyView, Page, addresses
from generator.util import workers

_AT_ONCE = 64
_TURNS = 16
_ROUND = 16_384
"""Pages."""


class Staging(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be rendered, and where to put it."""

    context: RenderContext
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    """Other pages, which are as they were unless their template or their files changed."""
    keeper: OutputReuse
    answered: frozenset[Address]
    """Where the site has a file."""

    def stage(
        self, assets: Sequence[Asset], *, jobs: int, progress: Callable[[int], None]
    ) -> tuple[list[Staged], dict[str, KnownFile], list[Diagnostic]]:
        """Stages all assets and pages.

        Returns:
            what is staged; the other files of the site, which are kept as they are; and the problems of templates, each
            place once.
        """
        staged = [self.keeper.stage(urls.file_path(asset.address), asset.data) for asset in assets]
        fingerprints = Fingerprints(self.context)
        kept: dict[str, KnownFile] = {}
        others: list[Page] = []
        for block in self.blocks:
            # All pages of a block are of one template.
            first = functools.partial(_fingerprint_of_first, fingerprints, block)
            if found := self.keeper.kept_all(block.paths, first):
                kept |= found
            else:
                others += map(block.page, range(len(block.paths)))
        pages = (*self.pages, *others)
        to_render: list[tuple[int, bytes]] = []
        for number, page in enumerate(pages):
            key = fingerprints.of(page)
            if one := self.keeper.kept(urls.file_path(page.address), key):
                staged.append(one)
            else:
                to_render.append((number, key))
        # Pages of one time show the same items, whose cards a process then makes once.
        to_render.sort(key=lambda work: _period(pages[work[0]]))
        diagnostics: dict[tuple[str, int], Diagnostic] = {}
        done = len(pages) - len(to_render) + len(kept)
        for chunk, chunk_diagnostics in itertools.chain.from_iterable(
            workers.in_chunks(
                _stage_chunk,
                to_render[start : start + _ROUND],
                prepare=functools.partial(_ready, self, pages),
                jobs=jobs if workers.IS_FORKING else 1,  # what makes views can only be inherited
                # As many in a row as leave each process enough turns for all to end together.
                size=max(min(len(to_render), _ROUND) // (jobs * _TURNS), _AT_ONCE),
            )
            # A process comes to have a copy of all that it touches, so none lives for long.
            for start in range(0, len(to_render), _ROUND)
        ):
            staged += chunk
            for diagnostic in chunk_diagnostics:
                diagnostics.setdefault((diagnostic.path, diagnostic.line), diagnostic)
            done += len(chunk) + len(chunk_diagnostics)
            progress(done)
        return staged, kept, list(diagnostics.values())


def _period(page: Page) -> str:
    """About which month's items a page shows."""
    return page.modified[:7].replace("-", "/") or page.address[1:8]


def _fingerprint_of_first(fingerprints: Fingerprints, block: Block) -> bytes:
    return fingerprints.of(block.page(0))


def _ready(staging: Staging, pages: Sequence[Page]) -> "_Work":
    return _Work(staging, pages, Renderer(staging.context))


class _Work:
    """What a process stages with."""

    def __init__(self, staging: Staging, pages: Sequence[Page], renderer: Renderer) -> None:
        self.keeper = staging.keeper
        self.pages = pages
        self._renderer = renderer
        self._answered = staging.answered
        self._looked_at: object = None

    def rendered(self, page: Page) -> Rendered:
        """Renders a page; what it shows is put together now, if it was not before.

        Raises:
            AssertionError: it leads to what is no page; that is a mistake of ours.
        """
        deferred = page.view
        if isinstance(deferred, LazyView):
            page = msgspec.structs.replace(page, view=page.shown)
        rendered = self._renderer.render(page)
        dead: set[Address] = set()
        if shown := self._renderer.shown:
            dead = set(shown) - self._answered
            shown.clear()
        # What is written without a template tells nobody where it leads. A feed's formats show the same.
        if page.template in WRITERS and deferred is not self._looked_at:
            dead |= addresses(page.view) - self._answered
            self._looked_at = deferred
        if dead:
            raise AssertionError(f"{page.address} leads to {sorted(dead)}, which are no pages")
        return rendered


def _stage_chunk(work: _Work, pages: Sequence[tuple[int, bytes]]) -> tuple[list[Staged], list[Diagnostic]]:
    """Renders pages, each given by its number and with its fingerprint. Runs in a worker."""
    staged: list[Staged] = []
    diagnostics: list[Diagnostic] = []
    for number, key in pages:
        page = work.pages[number]
        rendered = work.rendered(page)
        if rendered.diagnostic:
            diagnostics.append(rendered.diagnostic)
        else:
            staged.append(work.keeper.stage(urls.file_path(page.address), rendered.data, key))
    return staged, diagnostics
