"""Compressed copies beside the files of a site, for servers that send what lies on disk."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from generator.content import urls
from generator.output.reuse import OutputReuse
from generator.output.tree import Staged
from generator.util import workers
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

    keeper: OutputReuse
    taken: Collection[str]
    """Paths of the new site."""


def stage(files: Sequence[Staged], keeper: OutputReuse, *, jobs: int) -> list[Staged]:
    """Stages a Brotli and a gzip copy of each file that is text, where that is smaller.

    What is as it was keeps the copies of the last build. The bytes are the same for any number of processes and any
    clock, but depend on the versions of zlib and Brotli.

    Args:
        files: the new site, staged.
        keeper: of the folder beside which it is staged.
        jobs: processes.

    Raises:
        OSError: a staged file cannot be read, or a copy cannot be written.
    """
    wanted = [file for file in files if is_text(file.path)]
    work = _Work(keeper=keeper, taken=frozenset(file.path for file in files))
    chunks = workers.in_chunks(
        _stage_chunk, wanted, prepare=functools.partial(workers.same, work), jobs=jobs, size=_AT_ONCE
    )
    return [copy for chunk in chunks for copy in chunk]


def is_text(path: str) -> bool:
    """Whether a file is worth compressing, by its name."""
    return any(path.endswith(suffix) for suffix in SUFFIXES)


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
            if kept := work.keeper.kept(path, key):
                staged.append(kept)
                continue
            data = work.keeper.output.read(file) if data is None else data
            if len(data) < MIN_BYTES:
                continue
            copy = compress(data, suffix, is_best=urls.is_unchanging(path))
            if len(copy) < len(data):
                staged.append(work.keeper.stage(path, copy, key))
    return staged


def compress(data: bytes, suffix: str, *, is_best: bool = False) -> bytes:
    """The data as a file of that suffix, ``.br`` or ``.gz``, says it."""
    if suffix == ".gz":
        return gzipped(data)
    import brotli  # noqa: PLC0415 - few sites ask for it

    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BEST if is_best else _QUICK))
