"""Watches the files that a build reads for changes, by events of the file system."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from generator.config import hook_source, theme
from generator.config.options import Options
from generator.errors import ServingError

# In milliseconds. A burst of changes ends after one step without a change, or at the maximum.
_STEP, _MAX_BURST = 150, 3_000

OnChange = Callable[[Iterable[str]], None]
"""Called with the paths that changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The folders and files that a build reads, as absolute paths. They need not exist."""

    folders: frozenset[Path]
    """Watched recursively."""
    files: frozenset[Path]


def inputs_of(options: Options) -> Inputs:
    """Returns the inputs of a build.

    These are documents, own pages, settings, topics, sources, templates, static files, language tables and hooks.
    """
    site = options.config.resolve().parent
    config = options.config.parent.resolve()
    folders = {root / name for root in (site, theme.default_root().resolve()) for name in ("templates", "static")}
    return Inputs(
        folders=frozenset({options.source.resolve(), site / "languages", site / theme.PAGES, *folders}),
        files=frozenset(
            {
                options.config.resolve(),
                site / hook_source.NAME,
                *(config / name for name in (options.config.name, theme.TOPICS, theme.SOURCES)),
            }
        ),
    )


async def watch(inputs: Inputs, on_change: OnChange) -> None:
    """Calls ``on_change`` with the changed paths after each burst of changes, until it is cancelled.

    Folders may be created, removed and created again: their parent folders are watched for that, not recursively.

    Raises:
        ServingError: the system cannot watch the files.
    """
    folders_changed = asyncio.Event()
    folders = asyncio.create_task(_watch_folders(inputs, on_change, folders_changed))
    parents = asyncio.create_task(_watch_parents(inputs, on_change, folders_changed))
    try:
        await asyncio.gather(folders, parents)
    except OSError as error:
        raise ServingError(f"files cannot be watched for changes: {error}") from error
    finally:
        folders_changed.set()
        for task in (folders, parents):
            task.cancel()
        await asyncio.gather(folders, parents, return_exceptions=True)


async def _watch_folders(inputs: Inputs, on_change: OnChange, folders_changed: asyncio.Event) -> None:
    """Watches the folders that exist; starts again when ``folders_changed`` is set."""
    while True:
        folders_changed.clear()
        folders = sorted(folder for folder in inputs.folders if folder.is_dir())
        if not folders:
            await folders_changed.wait()
            continue
        try:
            async for changes in awatch(*folders, step=_STEP, debounce=_MAX_BURST, stop_event=folders_changed):
                on_change(path for _, path in changes)
        except FileNotFoundError:  # removed since it was listed
            await asyncio.sleep(_STEP / 1_000)


async def _watch_parents(inputs: Inputs, on_change: OnChange, folders_changed: asyncio.Event) -> None:
    """Watches the single files, and the parents of all inputs for folders that are created or removed."""
    watched = inputs.folders | inputs.files
    default_filter = DefaultFilter()

    def is_watched(change: Change, path: str) -> bool:
        return Path(path) in watched and default_filter(change, path)

    parents = sorted({path.parent for path in watched if path.parent.is_dir()})
    async for changes in awatch(*parents, watch_filter=is_watched, step=_STEP, debounce=_MAX_BURST, recursive=False):
        if any(Path(path) in inputs.folders for _, path in changes):
            folders_changed.set()
        on_change(path for _, path in changes)
