"""Files as wholes: a reader finds the old or the new one, never a part."""

import hashlib
import os
import re
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import msgspec

CONTROL: Final = ".digest"
"""The folder in an output folder that is ours."""
_MAX_NAME = 255
_UNUSUAL = re.compile(r"[^\nA-Za-z0-9._/-]")


def write_file(path: Path, data: bytes) -> None:
    """Writes a file so that a reader finds the old or the new one, never a part."""
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_beside(path: Path) -> Path:
    """Where to write what will take the place of a file."""
    return path.with_name(f".{os.getpid()}.tmp")


def remove_all(folder: Path) -> None:
    """Removes a folder with all that is in it, as far as that can be done."""
    import shutil  # noqa: PLC0415 - a build that changes nothing does without it

    shutil.rmtree(folder, ignore_errors=True)


def write_new(target: str, data: bytes) -> tuple[int, int]:
    """Writes a file that nobody reads yet, with the folders it is in; returns its size and time of modification."""
    folder = target.rpartition("/")[0]
    try:
        os.mkdir(folder)  # as most files have a folder of their own, asking first would take longer
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
    # A file object would take as long to make as all the rest.
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        written = os.write(descriptor, data)
        while written < len(data):
            written += os.write(descriptor, data[written:])
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return status.st_size, status.st_mtime_ns


def write_named(path: Path, data: bytes) -> None:
    """Writes to a path that a user named, which may also be a pipe or a device: there is nothing to replace."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
    else:
        write_file(target, data)


def holds(target: str, data: bytes) -> bool:
    """Whether there is a regular file of these bytes."""
    try:
        found = os.lstat(target)
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(data):
            return False
        with open(target, "rb") as file:
            return file.read() == data
    except OSError:
        return False


def sha256_hex(data: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(target: str) -> str | None:
    """The digest of a file's bytes; nothing where there is no regular file to read."""
    try:
        if not stat.S_ISREG(os.lstat(target).st_mode):
            return None
        with open(target, "rb") as file:
            return sha256_hex(file.read())
    except OSError:
        return None


def write_json(path: Path, value: object) -> None:
    """Writes a value as JSON, a line for each part."""
    write_file(path, msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1))


def read_json(path: Path) -> dict[str, Any] | None:
    """The object of a JSON file, nothing where there is none."""
    if not path.is_file():
        return None
    try:
        value = msgspec.json.decode(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def safe(paths: Collection[str]) -> Collection[str]:
    """Those of several paths that are safe."""
    joined = "\n".join(["", *paths, ""])
    # As nearly all are: then one look at all of them does.
    parts = joined.replace("/", "\n")
    is_usual = (
        max(map(len, paths), default=0) <= _MAX_NAME
        and joined.count("\n") == len(paths) + 1
        and not any(f"\n{odd}\n" in parts for odd in ("", ".", "..", CONTROL))
        and not _UNUSUAL.search(joined)
    )
    return paths if is_usual else [path for path in paths if is_safe(path)]


def is_safe(path: object) -> bool:
    """Whether a path below an output folder, read from disk, is one that we may have written."""
    if not isinstance(path, str) or not path.isprintable() or not path or "\\" in path:
        return False
    parts = path.split("/")
    if any(part in {"", ".", ".."} or len(part.encode()) > _MAX_NAME for part in parts):
        return False
    return parts[0] != CONTROL
