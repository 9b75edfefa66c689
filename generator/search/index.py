"""Stages the search index: indexes the segments that changed, and keeps the files of the others."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.content import urls
from generator.errors import Code, Diagnostic
from generator.output.reuse import OutputReuse
from generator.output.tree import Staged
from generator.search import pagefind_files
from generator.search.pagefind import Indexer, IndexerError
from generator.search.records import Record, Search
from generator.util import workers

_ENGINE = -1
"""The task of staging the engine; any other task is the number of a segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexResult:
    """The staged files of the search index, or the reason why there are none."""

    staged: tuple[Staged, ...] = ()
    segments: int = 0
    made: int = 0
    """The number of segments that were indexed anew."""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What a worker stages with."""

    search: Search
    reuse: OutputReuse
    recorded: Mapping[str, str]


def stage(search: Search, reuse: OutputReuse, *, jobs: int, blamed: str) -> IndexResult:
    """Stages the search index, one segment after the other in each worker.

    Args:
        search: the segments and the engine.
        reuse: the output folder and what is cached of its files.
        jobs: the number of workers; the bytes do not depend on it.
        blamed: the path that a diagnostic names.
    """
    context = _Context(search=search, reuse=reuse, recorded=reuse.output.recorded())
    tasks = [_ENGINE, *range(len(search.segments))]
    staged: list[Staged] = []
    made = 0
    try:
        for is_made, files in workers.in_chunks(
            _stage_one, tasks, prepare=functools.partial(workers.same, context), jobs=jobs, size=1
        ):
            staged += files
            made += is_made
    except (IndexerError, pagefind_files.UnknownFormatError) as error:
        diagnostic = Diagnostic(
            path=blamed,
            code=Code.SEARCH_ERROR,
            message=f"the search index cannot be made: {error}",
            remedy="reinstall the package pagefind-bin, or set search = false",
        )
        return IndexResult(diagnostics=(diagnostic,))
    return IndexResult(staged=tuple(staged), segments=len(search.segments), made=made)


def _stage_one(context: _Context, tasks: Sequence[int]) -> tuple[bool, tuple[Staged, ...]]:
    """Stages the engine or a segment, in a worker; returns whether a segment was indexed, and the files.

    Raises:
        IndexerError: Pagefind is not installed, or failed.
        UnknownFormatError: Pagefind wrote files of an unknown format.
    """
    (task,) = tasks
    search = context.search
    if task == _ENGINE:
        records: tuple[Record, ...] = _ANY_RECORDS
        address, fingerprint, select = urls.search_engine(search.engine, ""), search.engine, pagefind_files.engine
    else:
        segment = search.segments[task]
        records = segment.records
        address, fingerprint = urls.search_segment(segment.name, ""), segment.fingerprint
        select = pagefind_files.segment
    folder = address.removeprefix("/")
    if previous := _previous_files(context, folder, fingerprint):
        return False, previous
    files = select(_index(records, search), fingerprint=fingerprint)
    staged = (context.reuse.stage(folder + name, data) for name, data in sorted(files.items()))
    return task != _ENGINE, tuple(staged)


# Every index with at least one record contains the engine of its language.
_ANY_RECORDS = (
    Record(address=urls.FRONT, content="any", title="any", source="", date="", topic_names="", topics=(), domain="any"),
)


def _index(records: Sequence[Record], search: Search) -> Mapping[str, bytes]:
    with Indexer() as indexer:
        return indexer.index(records, search.language)


def _previous_files(context: _Context, folder: str, fingerprint: str) -> tuple[Staged, ...]:
    """Returns the files that an earlier build wrote below a folder, if all exist and have the fingerprint."""
    entry = context.reuse.output.root / folder / pagefind_files.ENTRY
    try:
        previous = pagefind_files.fingerprint_of(entry.read_bytes())
    except OSError:
        return ()
    return context.reuse.kept_below(folder, context.recorded) if previous == fingerprint else ()
