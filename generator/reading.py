"""All documents of a folder as items, read in several processes; what was read before is not read again."""

import dataclasses
import datetime as dt
import functools
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator import codec, pool, sources, urls
from generator.errors import Code, Problem
from generator.items import Parsed, parse
from generator.model import Item
from generator.settings import Settings
from generator.sources import Found, SourceFile
from generator.state import KnownDocument
from generator.taxonomy import CuratedTopic, Taxonomy

_AT_ONCE = 64

Progress = Callable[[str, int, int], None]
"""Called with a station's name, how much of its work is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the source folder gave."""

    read: int
    """Number of documents."""
    items: tuple[Item, ...]
    """Each with the topics it shows."""
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]
    """Files that are no documents."""
    known: Mapping[str, KnownDocument] = field(default_factory=dict)
    """What to remember of each document, by name."""
    digests: Mapping[str, bytes] = field(default_factory=dict)
    """Of each item with all that is in it, by the document's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of documents from an earlier build with the same settings."""

    documents: Mapping[str, KnownDocument] = field(default_factory=dict)
    trusted_before: int = 0
    """In nanoseconds of Unix time: a file that changed since may have changed again within one tick of its clock."""

    def unchanged(self, file: SourceFile) -> KnownDocument | None:
        """What is known of a file that is as it was, as far as the file system tells."""
        document = self.documents.get(file.name)
        is_same = document is not None and document.stamp == file.stamp and max(file.stamp[1:]) < self.trusted_before
        return document if is_same else None

    def digest(self, file: SourceFile) -> bytes:
        """The digest of a file's bytes when they were last read, nothing where they never were."""
        document = self.documents.get(file.name)
        return document.digest if document else b""


def read(
    folder: Path,
    found: Found,
    configured: Settings,
    curated: Taxonomy,
    *,
    jobs: int,
    known: Known | None = None,
    progress: Progress = lambda *_: None,
) -> Reading:
    """Reads all documents that were found in a folder, in several processes."""
    known = known or Known()
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
    documents: dict[str, KnownDocument] = {}
    parsed: dict[str, Parsed] = {}
    zone = zoneinfo.ZoneInfo(configured.timezone)
    for file in found.files:
        if document := known.unchanged(file):
            parsed[file.name] = codec.unpack(document.parsed, zone)
            documents[file.name] = document
    results = pool.in_chunks(
        _read_chunk,
        [(file, known.digest(file)) for file in found.files if file.name not in documents],
        prepare=functools.partial(_reader, configured, curated.topics),
        jobs=jobs,
        size=_AT_ONCE,
    )
    done = len(documents)
    for chunk in results:
        for name, read_now in chunk.items():
            data = read_now.parsed or known.documents[name].parsed
            documents[name] = dataclasses.replace(read_now, parsed=data)
            parsed[name] = codec.unpack(data, zone)
        done += len(chunk)
        progress("read", done, len(found.files))
    in_order = [(file.name, parsed[file.name]) for file in found.files]
    problems += [problem for _, one in in_order for problem in one.problems]
    return Reading(
        read=count,
        items=tuple(one.item for _, one in in_order if one.item),
        problems=tuple(problems),
        ignored=found.ignored,
        known={name: document for name, document in documents.items() if document.digest},
        digests={name: codec.digest(documents[name].parsed) for name, one in in_order if one.item},
    )


_Work = tuple[SourceFile, bytes]
"""A file, and the digest of its bytes when they were last read."""
_Reader = tuple[str, dt.tzinfo, Taxonomy]


def _reader(configured: Settings, topics: Sequence[CuratedTopic]) -> _Reader:
    """What reading depends on besides the documents."""
    return urls.base_path(configured.base_url), zoneinfo.ZoneInfo(configured.timezone), Taxonomy(topics)


def _read_chunk(reader: _Reader, work: Sequence[_Work]) -> dict[str, KnownDocument]:
    """Runs in a worker. What is known already comes back without its parsed form."""
    return {file.name: _read(reader, file, known) for file, known in work}


def _read(reader: _Reader, file: SourceFile, known: bytes) -> KnownDocument:
    base_path, zone, curated = reader
    data = sources.fetch(file)
    if isinstance(data, Problem):
        return KnownDocument(stamp=file.stamp, digest=b"", parsed=codec.pack(Parsed(item=None, problems=(data,))))
    digest = codec.digest(data)
    if digest == known:
        return KnownDocument(stamp=file.stamp, digest=digest, parsed=b"")
    document = sources.decode(data, name=file.name, shown=file.shown)
    if isinstance(document, Problem):
        parsed = Parsed(item=None, problems=(document,))
    else:
        parsed = parse(document, base_path=base_path, zone=zone)
    if parsed.item:
        parsed = Parsed(item=curated.assign(parsed.item), problems=parsed.problems)
    return KnownDocument(stamp=file.stamp, digest=digest, parsed=codec.pack(parsed))
