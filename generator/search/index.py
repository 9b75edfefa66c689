"""The search index staged beside the site: segments that are there already are kept, the others indexed."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What became of the search index."""

    staged: tuple[Staged, ...] = ()
    segments: int = 0
    made: int = 0
    """Segments that had to be indexed; the files of the others were there."""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    search: Search
    keeper: OutputReuse
    recorded: Mapping[str, str]


def stage(search: Search, keeper: OutputReuse, *, jobs: int, blamed: str) -> Indexed:
    """Stages the whole index, segment by segment in several processes.

    Args:
        search: what is to be found.
        keeper: of the output folder.
        jobs: processes; the bytes are the same for any number.
        blamed: the file that a problem names.
    """
    work = _Work(search=search, keeper=keeper, recorded=keeper.output.recorded())
    numbers = [_ENGINE, *range(len(search.segments))]
    staged: list[Staged] = []
    made = 0
    try:
        for is_made, files in workers.in_chunks(
            _stage_one, numbers, prepare=functools.partial(workers.same, work), jobs=jobs, size=1
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
        return Indexed(diagnostics=(diagnostic,))
    return Indexed(staged=tuple(staged), segments=len(search.segments), made=made)


def _stage_one(work: _Work, numbers: Sequence[int]) -> tuple[int, tuple[Staged, ...]]:
    """Runs in a worker; returns whether a segment was indexed, and its files."""
    (number,) = numbers
    search = work.search
    if number == _ENGINE:
        records: tuple[Record, ...] = _ANY
        place, fingerprint, pick = urls.search_engine(search.engine, ""), search.engine, pagefind_files.engine
    else:
        segment = search.segments[number]
        records = segment.records
        place, fingerprint, pick = urls.search_segment(segment.name, ""), segment.fingerprint, pagefind_files.segment
    folder = place.removeprefix("/")
    if kept := _kept(work, folder, fingerprint):
        return 0, kept
    files = pick(_index(records, search), fingerprint=fingerprint)
    staged = (work.keeper.stage(folder + name, data) for name, data in sorted(files.items()))
    return int(number != _ENGINE), tuple(staged)


# The files that all indexes of a language share come with any of them that holds a record.
_ANY = (
    Record(address=urls.FRONT, content="any", title="any", source="", date="", topic_names="", topics=(), domain="any"),
)


def _index(records: Sequence[Record], search: Search) -> Mapping[str, bytes]:
    with Indexer() as indexer:
        return indexer.index(records, search.language)


def _kept(work: _Work, folder: str, fingerprint: str) -> tuple[Staged, ...]:
    """The files below a folder, if they are all there and are those of the fingerprint."""
    entry = work.keeper.output.root / folder / pagefind_files.ENTRY
    try:
        found = pagefind_files.fingerprint_of(entry.read_bytes())
    except OSError:
        return ()
    return work.keeper.kept_below(folder, work.recorded) if found == fingerprint else ()
