"""Whether there is anything to build: a look at all that the last build read and wrote, without reading it again."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from generator.build.report import Report
from generator.cache import store
from generator.cache.model import KnownDocument, KnownFile, Memory, ReadNow
from generator.config import theme
from generator.config.options import Options
from generator.config.settings import Settings
from generator.config.theme import Theme
from generator.content import source_files
from generator.content.source_files import Folder, Found, SourceFile
from generator.errors import Diagnostic
from generator.output.tree import Tree
from generator.util import hashing

FACT = "site"
_FEW = 16
"""Documents: where more were written again, hardly all of them hold what they held."""
Reread = Callable[[Sequence[SourceFile]], Iterable[tuple[SourceFile, ReadNow]]]
"""Reads documents, in the way in which they were read before."""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """What a site is made from, as far as it is known before a document is read."""

    settings: Settings
    theme: Theme
    found: Found
    program: str
    """The program's fingerprint."""
    key: bytes
    """That of all this."""
    memory: Memory
    """A glance at what the last build remembered."""
    unchanged: Mapping[str, KnownDocument]
    """Its documents whose files are as they were."""
    altered: Callable[[], frozenset[str]]
    """Gives the paths of its files that are missing, or have another size or time."""
    read: dict[str, ReadNow]
    """What was read of documents so far, by name."""
    version: tuple[int, int] | None
    """That of the output folder before these were looked at."""


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The last build, as it is remembered."""

    key: bytes
    """Of all that it was made from besides the documents' content."""
    since: float
    """Unix time: at every ``now`` from here on …"""
    until: float
    """… and before this it makes the same site."""
    report: Report


_DECODER = msgspec.msgpack.Decoder(Last)
_ENCODER = msgspec.msgpack.Encoder()


def key_of(options: Options, configured: Settings, theirs: Theme, found: Found) -> bytes:
    """The fingerprint of all that a site is made from besides the documents' content and the program."""
    folder = options.site_folder
    paths = [folder / theme.TOPICS, *sorted((folder / "languages").glob("*"))]
    paths += [path for one in theirs.template_folders for path in sorted(one.rglob("*"))]
    return hashing.blake2_of_value(
        (
            configured,
            (os.fsencode(options.source), os.fsencode(options.config)),
            (options.skip_invalid, options.with_drafts, options.with_future),
            [(os.fsencode(path), _content(path)) for path in paths],
            [(os.fsencode(name), _content(path)) for name, path in theirs.static_files.items()],
            (found.diagnostics, found.ignored),
        )
    )


def _content(path: Path) -> bytes:
    try:
        return hashing.blake2(path.read_bytes())
    except OSError:
        return b""


def pack(last: Last) -> bytes:
    """The build as a fact for the state."""
    return _ENCODER.encode(last)


def report_of(given: Input, tree: Tree, reread: Reread, *, now: float) -> Report | None:
    """What the last build reported, if another would make the very same site and it is all there.

    Args:
        given: what the site would be made from.
        tree: the output folder.
        reread: reads documents that were written again.
        now: Unix time.
    """
    memory = given.memory
    fact = memory.facts.get(FACT)
    last = _DECODER.decode(fact) if fact else None
    if last is None or last.key != given.key or not last.since <= now < last.until or not tree.is_settled:
        return None
    documents = _documents(given, reread)
    files = None if documents is None else _files(tree, {path: memory.files[path] for path in given.altered()})
    if documents is None or files is None:
        return None
    if documents or files:
        store.touch(tree.control, memory, documents, files)
    return last.report


def _documents(given: Input, reread: Reread) -> dict[str, KnownDocument] | None:
    """The other times and bytes of documents that hold what they held; None where one does not."""
    known, files = given.memory.documents, given.found.files
    others = [file for file in files if file.name not in given.unchanged]
    if len(files) != len(known) or any(file.name not in known for file in others):
        return None
    touched: dict[str, KnownDocument] = {}
    written: list[SourceFile] = []
    for file in others:
        if _is_same(given.found.folder, file, known[file.name]):
            touched[file.name] = msgspec.structs.replace(known[file.name], stamp=file.stamp)
        elif len(written) < _FEW:
            written.append(file)
        else:
            return None
    # A robot writes documents again for what no page shows, the ciphertext of `secured` for one.
    for file, (digest, content, *_) in reread(written) if written else ():
        before = known[file.name]
        if content != before.content:
            return None
        touched[file.name] = msgspec.structs.replace(before, stamp=file.stamp, digest=digest)
    return touched


def _is_same(folder: Folder, file: SourceFile, known: KnownDocument) -> bool:
    data = source_files.fetch(folder, file)
    return not isinstance(data, Diagnostic) and hashing.blake2(data) == known.digest


def _files(tree: Tree, known: Mapping[str, KnownFile]) -> dict[str, KnownFile] | None:
    """Files of the site that are as they were but for their times, with these; None where one is not."""
    touched: dict[str, KnownFile] = {}
    for path, file in known.items():
        stamp = tree.held(path, file, is_strict=False)
        if stamp is None:
            return None
        if stamp != file.stamp:
            touched[path] = msgspec.structs.replace(file, stamp=stamp)
    return touched
