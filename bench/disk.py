"""Where the sites are made that are measured."""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - made folders in it are nobody else's
# All sites and documents together, with room to spare.
_BYTES_A_DOCUMENT = 150_000
_ROOM = 1_000_000_000


def choose(count: int) -> Path:
    """A RAM disk where there is one with room for so many documents, else the folder for what is temporary."""
    needed = _ROOM + count * _BYTES_A_DOCUMENT
    if os.access(_MEMORY_DISK, os.W_OK) and shutil.disk_usage(_MEMORY_DISK).free > needed:
        return _MEMORY_DISK
    return Path(tempfile.gettempdir())


def describe(place: Path) -> str:
    """What kind of disk it is."""
    return "on a RAM disk" if place == _MEMORY_DISK else "on a disk"
