"""Loads the documents: those that changed from their files, in several processes, all others from the cache."""

import datetime as dt
import functools
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from generator.build.report import Progress
from generator.build.scan import Scanned
from generator.cache import documents
from generator.cache.document_keys import DOCUMENT, DocumentKeys, document_key
from generator.cache.documents import PARSED, RELATED
from generator.cache.file_index import FileEntry, source_entry
from generator.config.hook_file import Hooks
from generator.config.settings import Settings
from generator.content import item_hooks, source_files, urls, words
from generator.content.field_mapping import FieldMapping
from generator.content.front_matter import KeyPath
from generator.content.model import Item
from generator.content.parse import Inspect, Parsed, parse, place_of
from generator.content.publishers import CuratedPublisher, Publishers
from generator.content.source_files import Folder, SourceFile
from generator.content.terms import vocabulary
from generator.content.topics import CuratedTopic, Taxonomy
from generator.content.words import Words
from generator.errors import Code, DamagedStateError, Diagnostic, Severity
from generator.util import dates, workers

T = TypeVar("T")
_AT_ONCE = 64
_FEW = 100
"""Documents: starting processes takes as long as reading some dozens."""


class Documents(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of all documents, and what was read of those that changed."""

    keys: Mapping[str, DocumentKeys]
    """By name, in the order of the source folder."""
    entries: Mapping[str, FileEntry]
    """What to record in the file index."""
    parsed: Mapping[str, Parsed]
    """The documents that were read now, by name."""
    words: dict[tuple[str, str], Words]
    """Of the items among them, the words of title and excerpt; whoever has used them clears them."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What the source folder holds."""

    count: int
    """Number of documents."""
    items: tuple[Item, ...]
    """Each with its own and curated topics."""
    left_out: frozenset[str]
    """The names of the documents that the hook ``item`` has left out."""
    unfinished: frozenset[str]
    """The names of the drafts that have errors, which do not matter for a site without drafts."""
    diagnostics: tuple[Diagnostic, ...]


class _Read(NamedTuple):
    """What a worker read of a document."""

    digest: bytes
    """SHA-256 of its bytes; empty where they cannot be read."""
    keys: DocumentKeys | None
    """None where its bytes are those of the digest that was known."""
    packed: bytes
    related: bytes
    words: Words | None


class Reader(NamedTuple):
    """What reading depends on besides the documents."""

    folder: Folder
    base_path: str
    zone: dt.tzinfo
    taxonomy: Taxonomy
    publishers: Publishers
    language: str
    mapping: FieldMapping
    inspect: Inspect | None
    hooks: Hooks


def make_reader(
    folder: Folder,
    settings: Settings,
    topics: Sequence[CuratedTopic],
    publishers: Sequence[CuratedPublisher],
    hooks: Hooks,
    inspect: Inspect | None = None,
) -> Reader:
    """Returns a reader; each worker makes its own.

    Args:
        folder: the source folder.
        settings: of the site.
        topics: the curated topics.
        publishers: the curated publishers.
        hooks: of the site.
        inspect: as for ``content.parse.parse``.
    """
    zone = dates.zone(settings.timezone)
    base_path = urls.base_path(settings.base_url)
    taxonomy, known = Taxonomy(topics), Publishers(publishers)
    return Reader(folder, base_path, zone, taxonomy, known, settings.language, settings.fields, inspect, hooks)


def read(
    scanned: Scanned,
    topics: Taxonomy,
    publishers: Publishers,
    hooks: Hooks,
    *,
    trusted_before: int,
    jobs: int,
    progress: Progress = lambda *_: None,
) -> Documents:
    """Reads the documents that changed.

    Args:
        scanned: the source folder.
        topics: the curated topics, which items are assigned.
        publishers: the curated publishers.
        hooks: of the site, which may change items.
        trusted_before: as in :func:`cache.file_index.source_entry`.
        jobs: number of processes.
        progress: called with the number of documents that were read and of all.
    """
    memo = scanned.memo
    keys = dict(scanned.unchanged)
    entries = dict(scanned.entries)
    parsed: dict[str, Parsed] = {}
    of_texts: dict[tuple[str, str], Words] = {}
    # What a worker has read is unpacked while others are still reading.
    for (file, known), one in zip(scanned.to_read, _read_all(scanned, topics, publishers, hooks, jobs), strict=True):
        key = document_key(scanned.reading_key, file.name, one.digest)
        if one.keys is None:
            keys[file.name] = _found(memo.find(DOCUMENT, document_key(scanned.reading_key, file.name, known)))
        else:
            keys[file.name] = one.keys
            memo.add_packed(PARSED, one.keys.core, one.packed)
            memo.add_packed(RELATED, one.keys.related, one.related)
            unpacked = parsed[file.name] = PARSED.unpack(one.packed)
            if unpacked.item and one.words:
                of_texts[unpacked.item.title, unpacked.item.excerpt] = one.words
            if one.digest:
                memo.add(DOCUMENT, key, one.keys)
        if one.digest:
            entries[file.name] = source_entry(file.stamp, one.digest, trusted_before)
        if len(keys) % _AT_ONCE == 0:
            progress("read", len(keys), len(scanned.found.files))
    progress("read", len(keys), len(scanned.found.files))
    ordered = {file.name: keys[file.name] for file in scanned.found.files}
    return Documents(keys=ordered, entries=entries, parsed=parsed, words=of_texts)


def _read_all(scanned: Scanned, topics: Taxonomy, publishers: Publishers, hooks: Hooks, jobs: int) -> Iterator[_Read]:
    if scanned.to_read:
        vocabulary(scanned.settings.language)  # workers inherit it
    prepare = functools.partial(
        make_reader, scanned.found.folder, scanned.settings, topics.topics, publishers.rows, hooks
    )
    jobs = jobs if len(scanned.to_read) > _FEW else 1
    chunks = workers.in_chunks(_read_chunk, scanned.to_read, prepare=prepare, jobs=jobs, size=_AT_ONCE)
    return itertools.chain.from_iterable(chunks)


def _read_chunk(reader: Reader, files: Sequence[tuple[SourceFile, bytes]]) -> list[_Read]:
    """Runs in a worker."""
    return [_read(reader, file, known) for file, known in files]


def _read(reader: Reader, file: SourceFile, known: bytes) -> _Read:
    data = source_files.fetch(reader.folder, file)
    if isinstance(data, Diagnostic):
        return _packed(b"", Parsed(item=None, diagnostics=(data,)))
    digest = hashlib.sha256(data).digest()
    if digest == known:
        return _Read(digest, None, b"", b"", None)
    return _packed(digest, parse_bytes(reader, file, data), reader.language)


def parse_bytes(reader: Reader, file: SourceFile, data: bytes) -> Parsed:
    """Parses the bytes of a document; its item gets the curated topics, and passes the hook ``item``."""
    document = source_files.decode(data, name=file.name, shown=reader.folder.named(file.name))
    if isinstance(document, Diagnostic):
        return Parsed(item=None, diagnostics=(document,))
    parsed = parse(
        document,
        publishers=reader.publishers,
        base_path=reader.base_path,
        zone=reader.zone,
        mapping=reader.mapping,
        inspect=reader.inspect,
    )
    if parsed.item is None:
        return parsed
    item = item_hooks.apply_to_item(reader.hooks, reader.taxonomy.assign(parsed.item), reader.zone)
    if isinstance(item, tuple):
        return Parsed(item=None, diagnostics=(*parsed.diagnostics, *item), is_unfinished=parsed.item.is_draft)
    return Parsed(item=item, diagnostics=parsed.diagnostics, is_left_out=item is None)


def _packed(digest: bytes, parsed: Parsed, language: str = "") -> _Read:
    packed, related = documents.pack(parsed)
    item = parsed.item
    key = words.words_key(item, language) if item else b""
    of_text = words.read(item.title, item.excerpt, language) if item else None
    return _Read(digest, documents.keys_of(packed, related, key), packed, related, of_text)


def load(scanned: Scanned, read_now: Documents, *, with_drafts: bool) -> Loaded:
    """Returns the items of all documents, and the diagnostics of all. Without drafts, their errors are warnings.

    Raises:
        DamagedStateError: a cached document is damaged.
    """
    memo, found = scanned.memo, scanned.found
    zone = dates.zone(scanned.settings.timezone)
    memo.load(PARSED)
    items: list[Item] = []
    left_out: set[str] = set()
    unfinished: set[str] = set()
    diagnostics = list(found.diagnostics)
    count = len(found.files) + sum(diagnostic.is_error for diagnostic in found.diagnostics)
    if not count:
        diagnostics.append(
            Diagnostic(
                path=found.folder.above,
                code=Code.NO_DOCUMENTS,
                message="holds no documents",
                remedy="name the folder of the documents with --source",
            )
        )
    for file in found.files:
        keys = read_now.keys[file.name]
        one = read_now.parsed.get(file.name) or _found(memo.find(PARSED, keys.core))
        if one.is_unfinished and not with_drafts:
            unfinished.add(file.name)
            diagnostics += [msgspec.structs.replace(each, severity=Severity.WARNING) for each in one.diagnostics]
        else:
            diagnostics += one.diagnostics
        if one.item:
            documents.complete(one.item, memo, keys, file.name, zone)
            items.append(one.item)
        elif one.is_left_out:
            left_out.add(file.name)
    memo.unload(PARSED)
    memo.keep(RELATED, [keys.related for keys in read_now.keys.values()])
    return Loaded(
        count=count,
        items=tuple(items),
        left_out=frozenset(left_out),
        unfinished=frozenset(unfinished),
        diagnostics=tuple(diagnostics),
    )


def locate(folder: Folder, item: Item, fields: Sequence[KeyPath]) -> tuple[int, int]:
    """Returns the line and column of the first of these fields that the document of an item has, or else 1 and 1."""
    document = source_files.read(folder.path(item.name), name=item.name, shown=item.path)
    return (1, 1) if isinstance(document, Diagnostic) else place_of(document.text, fields)


def keys_of(read_now: Documents, loaded: Loaded, items: Iterable[Item], language: str) -> Mapping[str, DocumentKeys]:
    """Returns the keys of all documents by name; an item that the hook ``collection`` has changed has its own."""
    unchanged = {id(item) for item in loaded.items}
    changed = [item for item in items if id(item) not in unchanged]
    own = {item.name: _packed(b"", Parsed(item=item, diagnostics=()), language).keys for item in changed}
    return {**read_now.keys, **{name: _found(keys) for name, keys in own.items()}} if own else read_now.keys


def _found(value: T | None) -> T:
    if value is None:
        raise DamagedStateError("the state is damaged, or another build has changed it: build again")
    return value
