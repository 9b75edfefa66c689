"""Bytes put aside while a build lasts: so much is read and told that it would double the memory a build takes."""

import os
from typing import IO

_IN_MEMORY = 4 * 1024 * 1024


class Spool:
    """Holds what is put into it; beyond a few megabytes in a temporary file without a name.

    Processes that are forked later can take out what was put in before. Where no file can be written, all stays in
    memory.
    """

    def __init__(self) -> None:
        self._latest = bytearray()
        self._start = 0
        """Where the latest bytes begin; those before are in the file."""
        self._file: IO[bytes] | None = None
        self._has_file = hasattr(os, "pread")  # a position that processes share would be of no use

    def __del__(self) -> None:
        """The file goes with what was put into it."""
        if self._file is not None:
            self._file.close()

    def put(self, data: bytes) -> int:
        """Puts bytes aside; returns where they begin."""
        start = self._start + len(self._latest)
        self._latest += data
        if len(self._latest) > _IN_MEMORY and self._has_file:
            self._write()
        return start

    def get(self, start: int, stop: int) -> bytes:
        """The bytes from one place to another, which were put in together."""
        if start >= self._start or self._file is None:
            return bytes(self._latest[start - self._start : stop - self._start])
        found = b""
        while len(found) < stop - start:
            part = os.pread(self._file.fileno(), stop - start - len(found), start + len(found))
            if not part:
                raise EOFError("a temporary file was cut off")
            found += part
        return found

    def _write(self) -> None:
        import tempfile  # noqa: PLC0415 - most builds put little aside

        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it goes with this object
            self._file.seek(self._start)
            left = memoryview(self._latest)
            while left:
                left = left[self._file.write(left) :]
        except OSError:  # no room, say
            self._has_file = False
            return
        self._start += len(self._latest)
        self._latest = bytearray()
