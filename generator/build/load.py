"""All documents of a folder as items, read in several processes; what was read before is not read again."""

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from generator.build.report import Progress
from generator.cache import documents as codec
from generator.cache.model import Fresh, Known, KnownDocument, ReadNow
from generator.config.settings import Settings
from generator.content import source_files, terms, urls
from generator.content.model import Item
from generator.content.parse import Inspect, Parsed, parse
from generator.content.source_files import Folder, Found, SourceFile
from generator.content.topics import CuratedTopic, Taxonomy
from generator.errors import Code, Diagnostic
from generator.stories import features
from generator.util import dates, hashing, workers
from generator.util.spill import Spool

_AT_ONCE = 64
_FEW = 100


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the source folder gave."""

    read: int
    """Number of documents."""
    items: tuple[Item, ...]
    """Each with the topics it shows."""
    diagnostics: tuple[Diagnostic, ...]
    ignored: tuple[str, ...]
    """Files that are no documents."""
    known: Mapping[str, KnownDocument] = msgspec.field(default_factory=dict)
    """What to remember of each document, by name."""
    analysed: dict[tuple[str, str], bytes] = msgspec.field(default_factory=dict)
    """The packed terms of headlines with their summaries, of the items that were read now. Who has used them clears
    them."""


def read(
    folder: Path,
    found: Found,
    configured: Settings,
    curated: Taxonomy,
    *,
    jobs: int,
    known: Known | None = None,
    progress: Progress = lambda *_: None,
    inspect: Inspect | None = None,
) -> Reading:
    """Reads all documents that were found in a folder, in several processes.

    ``inspect`` is as for ``items.parse``; what is known already is not inspected.
    """
    known = known or Known()
    count = len(found.files) + sum(diagnostic.is_error for diagnostic in found.diagnostics)
    diagnostics = list(found.diagnostics)
    if not count:
        diagnostics.append(
            Diagnostic(
                path=folder.as_posix(),
                code=Code.NO_DOCUMENTS,
                message="holds no documents",
                remedy="name the folder of the documents with --source",
            )
        )
    zone = dates.zone(configured.timezone)
    documents = dict(known.unchanged)
    parsed: dict[str, Parsed] = {}
    analysed: dict[tuple[str, str], bytes] = {}
    # What comes is unpacked while others are still reading.
    for file, document, packed, words in _read_now(
        [file for file in found.files if file.name not in documents],
        known,
        functools.partial(_reader, found.folder, configured, curated.topics, inspect),
        jobs,
    ):
        if document.digest:  # what could not be read is not remembered
            documents[file.name] = document
        if packed:  # else only its times are new
            one = parsed[file.name] = codec.unpack(packed)
            if words and one.item:
                analysed[one.item.title, one.item.excerpt] = words
        if len(documents) % _AT_ONCE == 0:
            progress("read", len(documents), len(found.files))
    progress("read", len(documents), len(found.files))
    remembered = _remembered(known)
    remembered.update(parsed)
    items: list[Item] = []
    for file in found.files:
        one = remembered[file.name]
        if one.diagnostics:
            diagnostics += one.diagnostics
        if one.item:
            codec.complete(one.item, known, documents[file.name], zone)
            items.append(one.item)
    return Reading(
        read=count,
        items=tuple(items),
        diagnostics=tuple(diagnostics),
        ignored=found.ignored,
        known=documents,
        analysed=analysed,
    )


def reread(
    folder: Folder, files: Sequence[SourceFile], configured: Settings, curated: Taxonomy
) -> Iterator[tuple[SourceFile, ReadNow]]:
    """Reads documents one after the other, for who asks whether they hold what they held."""
    reader = _reader(folder, configured, curated.topics, None)
    return ((file, _read(reader, file, b"")) for file in files)


def _remembered(known: Known) -> dict[str, Parsed]:
    """What was read before, changed or gone by now or not, by names."""
    found: dict[str, Parsed] = {}
    for shelf in known.shelves:
        found.update(zip(shelf.names, codec.unpack_several(shelf.parsed), strict=True))
    return found


def _read_now(
    files: Sequence[SourceFile], known: Known, reader: "Callable[[], _Reader]", jobs: int
) -> Iterator[tuple[SourceFile, KnownDocument, bytes, bytes | None]]:
    """Reads files, in their order.

    Each comes with its document; if that is new, with its parsed form, and with its terms, if that is an item.
    """
    to_read = [(file, known.digest(file)) for file in files if file.name not in known.read]
    # To start processes takes as long as to read some dozens.
    jobs = jobs if len(to_read) > _FEW else 1
    chunks = workers.in_chunks(_read_chunk, to_read, prepare=reader, jobs=jobs, size=_AT_ONCE)
    read = itertools.chain.from_iterable(chunks)
    spool = Spool()
    for file in files:
        digest, content, core, words, parsed, related, analysed = known.read.get(file.name) or next(read)
        if parsed:
            start = spool.put(parsed + related)
            middle = start + len(parsed)
            document = KnownDocument(
                name=file.name,
                stamp=file.stamp,
                digest=digest,
                content=content,
                core=core,
                words=words,
                fresh=Fresh(spool, start, middle, middle + len(related)),
            )
        else:
            document = msgspec.structs.replace(known.documents[file.name], stamp=file.stamp)
        yield file, document, parsed, analysed


_Work = tuple[SourceFile, bytes]
"""A file, and the digest of its bytes when they were last read."""
_Reader = tuple[Folder, str, dt.tzinfo, Taxonomy, Inspect | None]


def _reader(folder: Folder, configured: Settings, topics: Sequence[CuratedTopic], inspect: Inspect | None) -> _Reader:
    """What reading depends on besides the documents."""
    return folder, urls.base_path(configured.base_url), dates.zone(configured.timezone), Taxonomy(topics), inspect


def _read_chunk(reader: _Reader, work: Sequence[_Work]) -> list[ReadNow]:
    """Runs in a worker. What is known already comes back without its parsed form."""
    return [_read(reader, file, known) for file, known in work]


def _read(reader: _Reader, file: SourceFile, known: bytes) -> ReadNow:
    folder, base_path, zone, curated, inspect = reader
    data = source_files.fetch(folder, file)
    if isinstance(data, Diagnostic):
        return _packed(b"", Parsed(item=None, diagnostics=(data,)))
    digest = hashing.blake2(data)
    if digest == known:
        return digest, b"", b"", b"", b"", b"", None
    document = source_files.decode(data, name=file.name, shown=folder.named(file.name))
    if isinstance(document, Diagnostic):
        return _packed(digest, Parsed(item=None, diagnostics=(document,)))
    parsed = parse(document, base_path=base_path, zone=zone, inspect=inspect)
    if parsed.item:
        parsed = Parsed(item=curated.assign(parsed.item), diagnostics=parsed.diagnostics)
    return _packed(digest, parsed)


def _packed(digest: bytes, parsed: Parsed) -> ReadNow:
    packed, related = codec.pack(parsed)
    core, item = hashing.blake2(packed), parsed.item
    content = hashing.blake2(core, related)
    if not item:
        return digest, content, core, b"", packed, related, None
    return digest, content, core, features.words_of(item), packed, related, terms.read(item.title, item.excerpt)
