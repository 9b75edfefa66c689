"""The first step of a build: what there is on disk, and what is unchanged since earlier builds."""

import contextlib
import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.cache.document_keys import DOCUMENT, DocumentKeys, document_key
from generator.cache.file_index import FileEntry, folder_name, is_unchanged, source_entry
from generator.cache.memo import Memo
from generator.cache.store import Store
from generator.config import hook_source, theme
from generator.config.hook_source import HookSource
from generator.config.options import Options
from generator.config.settings import Settings
from generator.config.theme import Theme
from generator.content import source_files, urls
from generator.content.source_files import Folder, Found, SourceFile
from generator.output.tree import Tree
from generator.util import hashing, workers

_FEW = 64
"""Documents: where more changed, they are compared by several processes, when they are read."""


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What there is on disk, and what is unchanged."""

    settings: Settings
    theme: Theme
    hooks: HookSource | None
    """The site's hooks, not yet executed."""
    found: Found
    """The documents."""
    pages: Found
    """The own pages."""
    store: Store
    memo: Memo
    reading_key: bytes
    """The key of everything that a document is read with."""
    unchanged: Mapping[str, DocumentKeys]
    """The keys of the documents that need not be read, by name."""
    entries: Mapping[str, FileEntry]
    """What to record of them in the file index, by name."""
    to_read: tuple[tuple[SourceFile, bytes], ...]
    """The other documents, each with the digest of the bytes that it had; empty where it must be parsed anyway."""
    source_name: str
    """The name of the source folder in the file index."""
    source_entries: Mapping[str, FileEntry]
    """The documents as an earlier build recorded them."""
    output: Tree
    output_name: str
    output_entries: Mapping[str, FileEntry]
    altered: Callable[[], frozenset[str]]
    """Returns the paths of files of the site that are missing, or have another size or time."""


def scan(options: Options, settings: Settings, store: Store, background: contextlib.ExitStack) -> Scanned:
    """Scans the source folder and the output folder, each in a process beside this one.

    Args:
        options: of the build.
        settings: of the site.
        store: the cache.
        background: the processes end with it.

    Raises:
        SettingsError: ``hooks.py`` cannot be read, or lies in the source folder.
    """
    hooks = hook_source.read(options.site_folder, options.source)
    find = functools.partial(_find, options.source)
    finding = background.enter_context(workers.in_background(find, jobs=options.jobs))
    folder = options.site_folder
    source_name, output_name = folder_name(options.source, folder), folder_name(options.output, folder)
    output = Tree(root=options.output.resolve())
    output_entries = store.files(output_name)
    jobs = options.jobs if output_entries else 1
    store.close()  # no connection is shared with the other processes
    look = functools.partial(output.altered, output_entries)
    altered = background.enter_context(workers.in_background(look, jobs=jobs))
    memo = Memo(store, is_verifying=options.tuning.is_verifying)
    memo.load(DOCUMENT)
    source_entries = store.files(f"source {source_name}")
    reading_key = _reading_key(options, settings, hooks)
    pages = _find_pages(options)
    found = source_files.unpack(finding())
    documents = _split(found, source_entries, memo, reading_key, options.trusted_before)
    return Scanned(
        settings=settings,
        theme=theme.find(folder),
        hooks=hooks,
        found=found,
        pages=pages,
        store=store,
        memo=memo,
        reading_key=reading_key,
        unchanged=documents.unchanged,
        entries=documents.entries,
        to_read=tuple(documents.to_read),
        source_name=f"source {source_name}",
        source_entries=source_entries,
        output=output,
        output_name=output_name,
        output_entries=output_entries,
        altered=functools.cache(altered),
    )


def _find(source: Path) -> bytes | Found:
    """Runs in another process."""
    return source_files.pack(source_files.find(source))


def _find_pages(options: Options) -> Found:
    """Returns the own pages: none if the folder of the documents has their name."""
    folder = options.site_folder / theme.PAGES
    if folder.is_dir() and folder.resolve() != options.source.resolve():
        return source_files.find(folder)
    return Found(folder=Folder(root="", above=folder.as_posix()), files=(), diagnostics=(), ignored=())


def _reading_key(options: Options, settings: Settings, hooks: HookSource | None) -> bytes:
    base_path = urls.base_path(settings.base_url)
    topics = content_of(options.site_folder / theme.TOPICS)
    sources = content_of(options.site_folder / theme.SOURCES)
    fields = tuple(settings.fields.items())
    # Diagnostics name a document as the user named its folder.
    return hashing.blake2_of_value(
        (
            *(os.fsencode(options.source.as_posix()), base_path, settings.timezone, settings.language, topics, sources),
            fields,
            *hook_source.key_of(hooks),
        )
    )


class _Documents(NamedTuple):
    """The documents of a source folder."""

    unchanged: dict[str, DocumentKeys]
    entries: dict[str, FileEntry]
    to_read: list[tuple[SourceFile, bytes]]


def _split(
    found: Found, recorded: Mapping[str, FileEntry], memo: Memo, reading_key: bytes, trusted_before: int
) -> _Documents:
    """Returns which documents are unchanged, and which to read."""
    unchanged: dict[str, DocumentKeys] = {}
    entries: dict[str, FileEntry] = {}
    to_read: list[tuple[SourceFile, bytes]] = []
    for file in found.files:
        entry = recorded.get(file.name)
        if entry is None:
            to_read.append((file, b""))
            continue
        key = document_key(reading_key, file.name, entry.digest)
        keys = memo.find(DOCUMENT, key) if memo.has(DOCUMENT, key) else None
        if keys is None:
            to_read.append((file, b""))
        elif is_unchanged(entry, file.stamp):
            unchanged[file.name], entries[file.name] = keys, entry
        elif len(to_read) < _FEW and source_files.digest_of(found.folder, file) == entry.digest:
            unchanged[file.name] = keys
            entries[file.name] = source_entry(file.stamp, entry.digest, trusted_before)
        else:
            to_read.append((file, entry.digest))
    return _Documents(unchanged, entries, to_read)


def content_of(path: Path) -> bytes:
    """Returns the digest of a file, nothing where it cannot be read."""
    try:
        return hashing.blake2(path.read_bytes())
    except OSError:
        return b""
