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
from generator.render import Look, Renderer
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
        fingerprints = Fingerprints(self.look)
        to_render: list[tuple[int, bytes]] = []
        for number, page in enumerate(self.pages):
            key = fingerprints.of(page)
            if kept := self.keeper.kept(urls.file_path(page.address), key):
                staged.append(kept)
            else:
                to_render.append((number, key))
        problems: dict[tuple[str, int], Problem] = {}
        done = len(self.pages) - len(to_render)
        for chunk, chunk_problems in pool.in_chunks(
            _stage_chunk, to_render, prepare=self._ready, jobs=jobs, size=_AT_ONCE
        ):
            staged += chunk
            for problem in chunk_problems:
                problems.setdefault((problem.path, problem.line), problem)
            done += len(chunk) + len(chunk_problems)
            progress(done)
        return staged, list(problems.values())

    def _ready(self) -> "_Work":
        return self, Renderer(self.look)


_Work = tuple[Staging, Renderer]


def _stage_chunk(work: _Work, pages: Sequence[tuple[int, bytes]]) -> tuple[list[Staged], list[Problem]]:
    """Renders pages, each given by its number and with its fingerprint. Runs in a worker."""
    staging, renderer = work
    staged: list[Staged] = []
    problems: list[Problem] = []
    for number, key in pages:
        page = staging.pages[number]
        if isinstance(page.view, Deferred):
            page = dataclasses.replace(page, view=page.shown)
            if dead := addresses(page.view) - staging.answered:
                raise AssertionError(f"{page.address} leads to {sorted(dead)}, which are no pages")
        rendered = renderer.render(page)
        if rendered.problem:
            problems.append(rendered.problem)
        else:
            staged.append(staging.keeper.stage(urls.file_path(page.address), rendered.data, key))
    return staged, problems
