"""All files of a site staged, in several processes: a page is rendered unless it is there, made from the same."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator import pool, urls
from generator.assets import Asset
from generator.errors import Problem
from generator.fingerprints import Fingerprints
from generator.keeping import Keeper
from generator.page import Deferred, Page, addresses
from generator.render import WRITERS, Look, Rendered, Renderer
from generator.tree import Staged
from generator.urls import Address

_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """What is to be rendered, and where to put it."""

    look: Look
    pages: tuple[Page, ...]
    keeper: Keeper
    answered: frozenset[Address]
    """Where the site has a file."""

    def stage(
        self, assets: Sequence[Asset], *, jobs: int, progress: Callable[[int], None]
    ) -> tuple[list[Staged], list[Problem]]:
        """Stages all assets and pages; returns them, and the problems of templates, each place once."""
        staged = [self.keeper.stage(urls.file_path(asset.address), asset.data) for asset in assets]
        problems: dict[tuple[str, int], Problem] = {}
        done = 0
        for chunk, chunk_problems in pool.in_chunks(
            _stage_chunk, range(len(self.pages)), prepare=self._ready, jobs=jobs, size=_AT_ONCE
        ):
            staged += chunk
            for problem in chunk_problems:
                problems.setdefault((problem.path, problem.line), problem)
            done += len(chunk) + len(chunk_problems)
            progress(done)
        return staged, list(problems.values())

    def _ready(self) -> "_Work":
        return _Work(self, Fingerprints(self.look), Renderer(self.look))


class _Work:
    """What a process stages with."""

    def __init__(self, staging: Staging, fingerprints: Fingerprints, renderer: Renderer) -> None:
        self.keeper = staging.keeper
        self.pages = staging.pages
        self.fingerprints = fingerprints
        self._renderer = renderer
        self._answered = staging.answered
        self._looked_at: object = None

    def rendered(self, page: Page) -> Rendered:
        """Renders a page; what it shows is put together now, if it was not before.

        Raises:
            AssertionError: it leads to what is no page; that is a mistake of ours.
        """
        deferred = page.view
        if isinstance(deferred, Deferred):
            page = dataclasses.replace(page, view=page.shown)
        rendered = self._renderer.render(page)
        dead = set(self._renderer.shown) - self._answered
        self._renderer.shown.clear()
        # What is written without a template tells nobody where it leads. A feed's formats show the same.
        if page.template in WRITERS and deferred is not self._looked_at:
            dead |= addresses(page.view) - self._answered
            self._looked_at = deferred
        if dead:
            raise AssertionError(f"{page.address} leads to {sorted(dead)}, which are no pages")
        return rendered


def _stage_chunk(work: _Work, numbers: Sequence[int]) -> tuple[list[Staged], list[Problem]]:
    """Runs in a worker."""
    staged: list[Staged] = []
    problems: list[Problem] = []
    for number in numbers:
        page = work.pages[number]
        path, key = urls.file_path(page.address), work.fingerprints.of(page)
        if kept := work.keeper.kept(path, key):
            staged.append(kept)
            continue
        rendered = work.rendered(page)
        if rendered.problem:
            problems.append(rendered.problem)
        else:
            staged.append(work.keeper.stage(path, rendered.data, key))
    return staged, problems
