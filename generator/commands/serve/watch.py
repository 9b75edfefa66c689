"""Watches the files that a build reads for changes, by events of the file system.

Any folder or file may be a link, or lie below one. Where links lead is found again after each change, because programs
publish a new version of a folder by swapping a link.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchfiles import Change, awatch

from generator.config import hook_source, theme
from generator.config.options import Options
from generator.errors import ServingError

# In milliseconds. A burst of changes ends after one step without a change, or at the maximum.
_STEP, _MAX_BURST = 150, 3_000
_MAX_LINKS = 40

OnChange = Callable[[Iterable[str]], None]
"""Called with the paths that changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The folders and files that a build reads, as absolute paths. They need not exist, and may be links."""

    source: Path
    """The source folder. The build skips hidden files there."""
    folders: frozenset[Path]
    """The other folders. All are watched recursively."""
    files: frozenset[Path]
    written: frozenset[Path]
    """The folders that the build itself writes, with links resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where the inputs are at the moment. No path leads through a link."""

    source: Path
    folders: frozenset[Path]
    """Watched recursively, if they exist."""
    links: frozenset[Path]
    files: frozenset[Path]


def inputs_of(options: Options) -> Inputs:
    """Returns the inputs of a build.

    These are documents, own pages, settings, topics, sources, templates, static files, language tables and hooks.
    """
    site = options.site_folder.absolute()
    folders = {root / name for root in (site, theme.default_root()) for name in ("templates", "static")}
    return Inputs(
        source=options.source.absolute(),
        folders=frozenset({site / "languages", site / theme.PAGES, *folders}),
        files=frozenset(
            {options.config.absolute(), *(site / name for name in (theme.TOPICS, theme.SOURCES, hook_source.NAME))}
        ),
        written=frozenset({options.output.resolve(), options.state_folder("").resolve()}),
    )


async def watch(find_inputs: Callable[[], Inputs], on_change: OnChange) -> None:
    """Calls ``on_change`` with the changed paths after each burst of changes, until it is cancelled.

    Folders and links may be created, removed, replaced and created again: the folders that they are in are watched for
    that, not recursively.

    Raises:
        ServingError: the system cannot watch the files.
    """
    changed: frozenset[str] = frozenset()
    try:
        while True:
            changed = await _watch_places(find_inputs, changed, on_change)
    except OSError as error:
        raise ServingError(f"files cannot be watched for changes: {error}") from error


async def _watch_places(
    find_inputs: Callable[[], Inputs], changed: frozenset[str], on_change: OnChange
) -> frozenset[str]:
    """Watches the inputs where they are now, and reports the paths that ``changed`` before.

    Returns:
        The paths of the first burst after which other places are to be watched. It has not been reported.
    """
    inputs = find_inputs()
    places = _places(inputs)
    replaceable = {str(path) for path in places.folders | places.links}
    bursts: asyncio.Queue[frozenset[str] | OSError] = asyncio.Queue()
    stop = asyncio.Event()

    def is_read(_change: Change, path: str) -> bool:
        return _is_read(Path(path), places, inputs.written)

    def is_watched(_change: Change, path: str) -> bool:
        return Path(path) in places.folders | places.links | places.files

    folders = {path for path in places.folders if path.is_dir()}
    parents = {path.parent for path in places.folders | places.links | places.files if path.parent.is_dir()}
    watchers = [
        asyncio.create_task(_collect(paths, watch_filter, bursts, stop, recursive=recursive))
        for paths, watch_filter, recursive in ((parents, is_watched, False), (folders, is_read, True))
        if paths
    ]
    try:
        # The watchers begin in their first step. Only then is the change reported: what changes before that is read by
        # the build that follows, and what changes later is noticed.
        await asyncio.sleep(0)
        if changed:
            on_change(changed)
        while True:
            burst = await bursts.get()
            if isinstance(burst, OSError):
                raise burst
            if not replaceable.isdisjoint(burst) or _places(find_inputs()) != places:
                return burst
            on_change(burst)
    finally:
        stop.set()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _collect(
    paths: set[Path],
    watch_filter: Callable[[Change, str], bool],
    bursts: "asyncio.Queue[frozenset[str] | OSError]",
    stop: asyncio.Event,
    *,
    recursive: bool,
) -> None:
    """Puts the paths of each burst of changes into a queue until ``stop`` is set, or the error of the system."""
    options: dict[str, Any] = {"step": _STEP, "debounce": _MAX_BURST, "stop_event": stop, "recursive": recursive}
    try:
        async for changes in awatch(*sorted(paths), watch_filter=watch_filter, **options):
            bursts.put_nowait(frozenset(path for _, path in changes))
    except FileNotFoundError:  # removed since it was listed
        await asyncio.sleep(_STEP / 1_000)
        bursts.put_nowait(frozenset(map(str, paths)))
    except OSError as error:
        bursts.put_nowait(error)


def _is_read(path: Path, places: _Places, written: frozenset[Path]) -> bool:
    """Whether a build reads a path in a folder that is watched. The path may lead through a link."""
    path = path.parent.resolve() / path.name
    if any(path.is_relative_to(folder) for folder in written):
        return False
    if path.is_relative_to(places.source):
        return not any(part.startswith(".") for part in path.relative_to(places.source).parts)
    return not theme.is_ignored(path.name)


def _places(inputs: Inputs) -> _Places:
    links: set[Path] = set()

    def follow(path: Path) -> Path:
        crossed, end = _follow(path)
        links.update(crossed)
        return end

    source = follow(inputs.source)
    folders = {source, *map(follow, inputs.folders)}
    files = set(map(follow, inputs.files))
    for folder in folders - {source}:  # a document must be in the source folder, and so is what it is a link to
        for parent, folder_names, names in os.walk(folder):
            for path in (Path(parent, name) for name in (*folder_names, *names)):
                if path.is_symlink():
                    end = follow(path)
                    (folders if end.is_dir() else files).add(end)
    return _Places(source=source, folders=frozenset(folders), links=frozenset(links), files=frozenset(files))


def _follow(path: Path) -> tuple[list[Path], Path]:
    """Returns the links that an absolute path leads through, and where it ends. Nothing has to exist there."""
    links: list[Path] = []
    end, parts = Path(path.anchor), list(reversed(path.parts[1:]))
    while parts:
        part = parts.pop()
        step = end.parent if part == ".." else end / part
        if not step.is_symlink():
            end = step
            continue
        links.append(step)
        try:
            target = step.readlink()
        except OSError:  # replaced at this moment, which is noticed
            continue
        if len(links) > _MAX_LINKS:  # a loop
            break
        if target.is_absolute():
            end = Path(target.anchor)
        parts += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    return links, end
