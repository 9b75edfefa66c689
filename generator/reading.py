"""All documents of a folder as items, read in several processes."""

import datetime as dt
import functools
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import pool, sources, urls
from generator.errors import Code, Problem
from generator.items import Inspect, Parsed, parse
from generator.model import Item
from generator.settings import Settings
from generator.sources import SourceFile

_AT_ONCE = 64

Progress = Callable[[str, int, int], None]
"""Called with a station's name, how much of its work is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the source folder gave."""

    read: int
    """Number of documents."""
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]
    """Files that are no documents."""


def read(
    folder: Path,
    configured: Settings,
    *,
    jobs: int,
    progress: Progress = lambda *_: None,
    inspect: Inspect | None = None,
) -> Reading:
    """Reads all documents of a folder, in several processes; ``inspect`` is as for ``items.parse``."""
    found = sources.find(folder)
    count = len(found.files) + sum(problem.is_error for problem in found.problems)
    problems = list(found.problems)
    if not count:
        problems.append(
            Problem(
                path=folder.as_posix(),
                code=Code.NO_DOCUMENTS,
                message="holds no documents",
                remedy="name the folder of the documents with --source",
            )
        )
    items: list[Item] = []
    results = pool.in_chunks(
        _read_chunk,
        found.files,
        prepare=functools.partial(_reader, configured, inspect),
        jobs=jobs,
        size=_AT_ONCE,
    )
    done = 0
    for parsed in results:
        items += [one.item for one in parsed if one.item]
        problems += [problem for one in parsed for problem in one.problems]
        done += len(parsed)
        progress("read", done, len(found.files))
    return Reading(read=count, items=tuple(items), problems=tuple(problems), ignored=found.ignored)


def _reader(configured: Settings, inspect: Inspect | None) -> tuple[str, dt.tzinfo, Inspect | None]:
    """What reading depends on besides the documents."""
    return urls.base_path(configured.base_url), zoneinfo.ZoneInfo(configured.timezone), inspect


def _read_chunk(reader: tuple[str, dt.tzinfo, Inspect | None], files: Sequence[SourceFile]) -> list[Parsed]:
    """Runs in a worker."""
    base_path, zone, inspect = reader
    results = []
    for file in files:
        document = sources.read(file)
        if isinstance(document, Problem):
            results.append(Parsed(item=None, problems=(document,)))
        else:
            results.append(parse(document, base_path=base_path, zone=zone, inspect=inspect))
    return results
