"""Compressed copies beside the files of a site, for servers that send what lies on disk."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from generator.content import urls
from generator.output.reuse import FILE, OutputReuse
from generator.output.tree import Staged
from generator.util import hashing, workers
from generator.util.serialize import gzipped

SUFFIXES: Final = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest", ".xml"})
"""Of files that are text. The rest of the search index, pictures and fonts are compressed already."""
MIN_BYTES: Final = 512
_AT_ONCE = 32
# Measured on the seeds' pages: 11 is 12% smaller than 5 and forty times slower, so it is for what is sent for a year.
_BEST, _QUICK = 11, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What workers share."""

    reuse: OutputReuse
    taken: Collection[str]
    """Paths of the new site."""


def stage(files: Sequence[Staged], reuse: OutputReuse, *, jobs: int) -> list[Staged]:
    """Stages a Brotli and a gzip copy of each file that is text, where that is smaller.

    The bytes are the same for any number of processes and any clock, but depend on the versions of zlib and Brotli.

    Args:
        files: the new site, staged.
        reuse: of the folder beside which it is staged.
        jobs: number of processes.

    Raises:
        OSError: a staged file cannot be read, or a copy cannot be written.
    """
    wanted = [file for file in files if is_text(file.path)]
    work = _Work(reuse=reuse, taken=frozenset(file.path for file in files))
    copies: list[Staged] = []
    for chunk in workers.in_chunks(
        _stage_chunk, wanted, prepare=functools.partial(workers.same, work), jobs=jobs, size=_AT_ONCE
    ):
        for key, copy in chunk:
            reuse.memo.add(FILE, key, bytes.fromhex(copy.digest))
            copies.append(copy)
    return copies


def is_text(path: str) -> bool:
    """Returns whether a file is worth compressing, by its name."""
    return any(path.endswith(suffix) for suffix in SUFFIXES)


def _stage_chunk(work: _Work, files: Sequence[Staged]) -> list[tuple[bytes, Staged]]:
    """Runs in a worker; returns each copy with the key of what it is made of."""
    staged: list[tuple[bytes, Staged]] = []
    for file in files:
        data: bytes | None = None
        for suffix in urls.COMPRESSED:
            path = file.path + suffix
            if path in work.taken:  # the site has one of its own
                continue
            is_best = urls.is_unchanging(path)
            key = hashing.blake2(suffix.encode(), b"%d" % is_best, bytes.fromhex(file.digest))
            if reused := work.reuse.made_of(path, key):
                staged.append((key, reused))
                continue
            data = work.reuse.output.read(file) if data is None else data
            if len(data) < MIN_BYTES:
                continue
            copy = compress(data, suffix, is_best=is_best)
            if len(copy) < len(data):
                staged.append((key, work.reuse.stage(path, copy)))
    return staged


def compress(data: bytes, suffix: str, *, is_best: bool = False) -> bytes:
    """The data as a file of that suffix, ``.br`` or ``.gz``, says it."""
    if suffix == ".gz":
        return gzipped(data)
    import brotli  # noqa: PLC0415 - few sites ask for it

    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BEST if is_best else _QUICK))
