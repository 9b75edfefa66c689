"""All files of a site rendered and staged, in several processes; the rendered bytes stay where they were made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator import pool, urls
from generator.assets import Asset
from generator.errors import Problem
from generator.page import Page
from generator.render import Renderer
from generator.tree import Staged, Tree

_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """What is to be rendered, and where to put it."""

    prepare: Callable[[], Renderer]
    """Makes the renderer of a process."""
    pages: tuple[Page, ...]
    output: Tree
    is_forced: bool
    """Whether to stage files that the output folder has already."""

    def stage(
        self, assets: Sequence[Asset], *, jobs: int, progress: Callable[[int], None]
    ) -> tuple[list[Staged], list[Problem]]:
        """Stages all assets and pages; returns them, and the problems of templates, each place once."""
        staged = [
            self.output.stage(urls.file_path(asset.address), asset.data, is_forced=self.is_forced) for asset in assets
        ]
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

    def _ready(self) -> "tuple[Staging, Renderer]":
        return self, self.prepare()


def _stage_chunk(work: tuple[Staging, Renderer], numbers: Sequence[int]) -> tuple[list[Staged], list[Problem]]:
    """Runs in a worker."""
    staging, renderer = work
    staged: list[Staged] = []
    problems: list[Problem] = []
    for number in numbers:
        rendered = renderer.render(staging.pages[number])
        if rendered.problem:
            problems.append(rendered.problem)
        else:
            path = urls.file_path(rendered.page.address)
            staged.append(staging.output.stage(path, rendered.data, is_forced=staging.is_forced))
    return staged, problems
