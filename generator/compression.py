"""Compressed copies beside the files of a site, for servers that send what lies on disk."""

import functools
import gzip
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from generator import pool, urls
from generator.state import KnownFile
from generator.tree import Staged, Tree

SUFFIXES: Final = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest", ".xml"})
"""Of files that are text. The rest of the search index, pictures and fonts are compressed already."""
MIN_BYTES: Final = 512
_AT_ONCE = 32
# Measured on the seeds' pages: 11 is 12% smaller than 5 and forty times slower, so it is for what is sent for a year.
_BEST, _QUICK = 11, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What workers share."""

    output: Tree
    known: Mapping[str, KnownFile]
    """The files of the site as they were last written."""
    taken: Collection[str]
    """Paths of the new site."""
    is_forced: bool
    is_strict: bool


def stage(
    files: Sequence[Staged],
    output: Tree,
    known: Mapping[str, KnownFile],
    *,
    jobs: int,
    is_forced: bool,
    is_strict: bool,
) -> list[Staged]:
    """Stages a Brotli and a gzip copy of each file that is text, where that is smaller.

    What is as it was keeps the copies of the last build. The bytes are the same for any number of processes and any
    clock, but depend on the versions of zlib and Brotli.

    Args:
        files: the new site, staged.
        output: where it is staged.
        known: the files of the site as they were last written, by the same versions of all.
        jobs: processes.
        is_forced: whether to make copies that are there already.
        is_strict: whether to look at the content of those, also where size and time are as they were.

    Raises:
        OSError: a staged file cannot be read, or a copy cannot be written.
    """
    wanted = [file for file in files if is_text(file.path)]
    work = _Work(
        output=output,
        known=known,
        taken=frozenset(file.path for file in files),
        is_forced=is_forced,
        is_strict=is_strict,
    )
    chunks = pool.in_chunks(_stage_chunk, wanted, prepare=functools.partial(_same, work), jobs=jobs, size=_AT_ONCE)
    return [copy for chunk in chunks for copy in chunk]


def is_text(path: str) -> bool:
    """Whether a file is worth compressing, by its name."""
    return any(path.endswith(suffix) for suffix in SUFFIXES)


def _same(work: _Work) -> _Work:
    return work


def _stage_chunk(work: _Work, files: Sequence[Staged]) -> list[Staged]:
    """Runs in a worker."""
    staged = []
    for file in files:
        key = bytes.fromhex(file.digest)  # of what the copy is made from
        data: bytes | None = None
        for suffix in urls.COMPRESSED:
            path = file.path + suffix
            if path in work.taken:  # the site brings one of its own
                continue
            known = work.known.get(path)
            if known and known.key == key and work.output.holds(path, known, is_strict=work.is_strict):
                staged.append(Staged(path=path, digest=known.digest, is_changed=False, key=key))
                continue
            data = work.output.read(file) if data is None else data
            if len(data) < MIN_BYTES:
                continue
            copy = compress(data, suffix, is_best=urls.is_unchanging(path))
            if len(copy) < len(data):
                staged.append(work.output.stage(path, copy, is_forced=work.is_forced, key=key))
    return staged


def compress(data: bytes, suffix: str, *, is_best: bool = False) -> bytes:
    """The data as a file of that suffix, ``.br`` or ``.gz``, says it."""
    if suffix == ".gz":
        held = io.BytesIO()
        # Without name, time and system in its header, so that it tells of its content alone.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=held, mtime=0) as file:
            file.write(data)
        return held.getvalue()
    import brotli  # noqa: PLC0415 - few sites ask for it

    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BEST if is_best else _QUICK))
