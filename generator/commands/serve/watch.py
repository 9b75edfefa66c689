"""Notices changes of the files that a build reads, by the events of the file system."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from generator.config import theme
from generator.config.options import Options
from generator.errors import ServingError

# Milliseconds. A burst ends when nothing changes for one step, and is cut when it lasts too long.
_STEP, _LONGEST_BURST = 150, 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a build reads, by absolute paths. None of it need be there."""

    folders: frozenset[Path]
    """With all that is below them."""
    files: frozenset[Path]


def inputs_of(options: Options) -> Inputs:
    """The documents, the settings and topics, the templates, static files and tables of words."""
    site = options.config.resolve().parent
    config = options.config.parent.resolve()
    folders = {root / name for root in (site, theme.default_root().resolve()) for name in ("templates", "static")}
    return Inputs(
        folders=frozenset({options.source.resolve(), site / "languages", *folders}),
        files=frozenset({options.config.resolve(), config / options.config.name, config / theme.TOPICS}),
    )


async def watch(inputs: Inputs, noticed: Callable[[Iterable[str]], None]) -> None:
    """Calls ``noticed`` with the paths that changed, once after each burst of changes, until it is cancelled.

    Folders that come, go and come again are followed: what lies around them is watched too, though not below.

    Raises:
        ServingError: the system refuses to watch.
    """
    replaced = asyncio.Event()
    folders = asyncio.create_task(_watch_folders(inputs, noticed, replaced))
    around = asyncio.create_task(_watch_around(inputs, noticed, replaced))
    try:
        await asyncio.gather(folders, around)
    except OSError as error:
        raise ServingError(f"files cannot be watched for changes: {error}") from error
    finally:
        replaced.set()
        for task in (folders, around):
            task.cancel()
        await asyncio.gather(folders, around, return_exceptions=True)


async def _watch_folders(inputs: Inputs, noticed: Callable[[Iterable[str]], None], replaced: asyncio.Event) -> None:
    while True:
        replaced.clear()
        there = sorted(folder for folder in inputs.folders if folder.is_dir())
        if not there:
            await replaced.wait()
            continue
        try:
            async for changes in awatch(*there, step=_STEP, debounce=_LONGEST_BURST, stop_event=replaced):
                noticed(path for _, path in changes)
        except FileNotFoundError:  # gone since we looked
            await asyncio.sleep(_STEP / 1_000)


async def _watch_around(inputs: Inputs, noticed: Callable[[Iterable[str]], None], replaced: asyncio.Event) -> None:
    wanted = inputs.folders | inputs.files
    by_default = DefaultFilter()

    def is_wanted(change: Change, path: str) -> bool:
        return Path(path) in wanted and by_default(change, path)

    parents = sorted({path.parent for path in wanted if path.parent.is_dir()})
    async for changes in awatch(*parents, watch_filter=is_wanted, step=_STEP, debounce=_LONGEST_BURST, recursive=False):
        if any(Path(path) in inputs.folders for _, path in changes):
            replaced.set()
        noticed(path for _, path in changes)
