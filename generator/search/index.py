"""Stages the search index: indexes the segments that changed, and keeps the files of the others."""

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.cache.memo import Kind
from generator.content import urls
from generator.errors import Code, Diagnostic
from generator.output.reuse import OutputReuse
from generator.output.tree import Staged
from generator.search import pagefind_files
from generator.search.pagefind import Indexer, IndexerError
from generator.search.records import Record, Search, Segment
from generator.util import hashing, workers

FILES = Kind("search files", dict[str, str])
"""SHA-256 of the files of a part of the index, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexResult:
    """The staged files of the search index, or the reason why there are none."""

    staged: tuple[Staged, ...] = ()
    segments: int = 0
    made: int = 0
    """The number of segments that were indexed."""
    diagnostics: tuple[Diagnostic, ...] = ()


def stage(search: Search, reuse: OutputReuse, *, jobs: int, config_path: str) -> IndexResult:
    """Stages the whole index, segment by segment in several processes. The bytes are the same for any number."""
    parts = [_engine(search), *(_segment(segment) for segment in search.segments)]
    staged: list[Staged] = []
    to_index: list[_Part] = []
    for part in parts:
        if files := _reused(part, reuse):
            staged += files
        else:
            to_index.append(part)
    prepare = functools.partial(workers.same, _Work(search=search, reuse=reuse, parts=to_index))
    try:
        chunks = workers.in_chunks(_stage_chunk, range(len(to_index)), prepare=prepare, jobs=jobs, size=1)
        for part, files in zip(to_index, itertools.chain.from_iterable(chunks), strict=True):
            reuse.memo.add(FILES, part.key, {file.path: file.digest for file in files})
            staged += files
    except (IndexerError, pagefind_files.UnknownFormatError) as error:
        diagnostic = Diagnostic(
            path=config_path,
            code=Code.SEARCH_ERROR,
            message=f"the search index cannot be made: {error}",
            remedy="reinstall the package pagefind-bin, or set search = false",
        )
        return IndexResult(diagnostics=(diagnostic,))
    made = sum(part.is_segment for part in to_index)
    return IndexResult(staged=tuple(staged), segments=len(search.segments), made=made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The engine or a segment of the index."""

    folder: str
    """Below the output folder, with a slash at the end."""
    fingerprint: str
    make: Callable[[], Sequence[Record]]
    """Returns the records to index."""
    pick: Callable[[Mapping[str, bytes], Sequence[Record]], dict[str, bytes]]
    """Returns the files to publish, made from those that the indexer wrote and from the records."""
    is_segment: bool = True

    @property
    def key(self) -> bytes:
        """The key of its files."""
        return hashing.blake2(self.folder.encode(), self.fingerprint.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What workers share."""

    search: Search
    reuse: OutputReuse
    parts: Sequence[_Part]
    """Those to index."""


def _engine(search: Search) -> _Part:
    return _Part(
        folder=urls.search_engine(search.engine, "").removeprefix("/"),
        fingerprint=search.engine,
        make=functools.partial(workers.same, _ANY),
        pick=functools.partial(_engine_files, fingerprint=search.engine),
        is_segment=False,
    )


def _engine_files(files: Mapping[str, bytes], _: Sequence[Record], *, fingerprint: str) -> dict[str, bytes]:
    return pagefind_files.engine(files, fingerprint=fingerprint)


def _segment(segment: Segment) -> _Part:
    return _Part(
        folder=urls.search_segment(segment.name, "").removeprefix("/"),
        fingerprint=segment.fingerprint,
        make=segment.make,
        pick=functools.partial(pagefind_files.segment, name=segment.name, fingerprint=segment.fingerprint),
    )


def _reused(part: _Part, reuse: OutputReuse) -> list[Staged]:
    recorded = reuse.memo.find(FILES, part.key) if reuse.memo.has(FILES, part.key) else None
    files = [reuse.find_by_digest(path, bytes.fromhex(digest)) for path, digest in (recorded or {}).items()]
    whole = [file for file in files if file]
    return whole if len(whole) == len(files) else []


def _stage_chunk(work: _Work, numbers: Sequence[int]) -> list[list[Staged]]:
    staged: list[list[Staged]] = []
    for number in numbers:
        part = work.parts[number]
        records = part.make()
        with Indexer() as indexer:
            files = part.pick(indexer.index(records, work.search.language), records)
        staged.append([work.reuse.stage(part.folder + name, data) for name, data in sorted(files.items())])
    return staged


# The files that all indexes of a language share come with any of them that holds a record.
_ANY = (
    Record(
        address=urls.FRONT,
        title="any",
        source="",
        date="",
        topic_names="",
        newest=0,
        sources="",
        summary="any",
        others=(),
        topics=(),
        domains=("any",),
    ),
)
