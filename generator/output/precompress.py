"""Creates compressed copies of text files, for servers that send precompressed files."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from generator.content import urls
from generator.output.reuse import FILE, OutputReuse
from generator.output.tree import Staged
from generator.util import hashing, workers
from generator.util.serialize import gzipped

SUFFIXES: Final = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest", ".xml"})
"""The suffixes of text files. Pictures, fonts and the other files of the search index are already compressed."""
MIN_BYTES: Final = 512
"""The smallest size of a file that is compressed."""
_CHUNK_SIZE = 32
# Brotli levels. The best one is much slower, so it is used only for files that browsers cache for a year.
_BEST, _QUICK = 11, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """The input that workers share."""

    reuse: OutputReuse
    paths: Collection[str]
    """The paths of all files of the new site, and of their folders."""


def stage(files: Sequence[Staged], reuse: OutputReuse, *, jobs: int) -> list[Staged]:
    """Stages a Brotli and a gzip copy of each text file, if the copy is smaller.

    The copies do not depend on the number of processes or the clock, but on the versions of zlib and Brotli.

    Raises:
        OSError: a staged file cannot be read, or a copy cannot be written.
    """
    originals = [file for file in files if is_text(file.path)]
    paths = {file.path for file in files}
    folders = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    work = _Work(reuse=reuse, paths=frozenset(paths | folders))
    copies: list[Staged] = []
    for chunk in workers.in_chunks(
        _stage_chunk, originals, prepare=functools.partial(workers.same, work), jobs=jobs, size=_CHUNK_SIZE
    ):
        for key, copy in chunk:
            reuse.memo.add(FILE, key, bytes.fromhex(copy.digest))
            copies.append(copy)
    return copies


def is_text(path: str) -> bool:
    """Returns whether the suffix of a file is that of a text file."""
    return any(path.endswith(suffix) for suffix in SUFFIXES)


def _stage_chunk(work: _Work, files: Sequence[Staged]) -> list[tuple[bytes, Staged]]:
    staged: list[tuple[bytes, Staged]] = []
    for file in files:
        data: bytes | None = None
        for suffix in urls.COMPRESSED:
            path = file.path + suffix
            if path in work.paths:  # a static file or a folder has this path
                continue
            is_best = urls.is_immutable(path)
            key = hashing.blake2(suffix.encode(), b"%d" % is_best, bytes.fromhex(file.digest))
            if reused := work.reuse.find_by_key(path, key):
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
    """Compresses data in the format of a suffix, ``.br`` or ``.gz``; ``is_best`` is Brotli's slowest level."""
    if suffix == ".gz":
        return gzipped(data)
    import brotli  # noqa: PLC0415 - few sites need it

    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BEST if is_best else _QUICK))
