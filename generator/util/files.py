"""Reads and writes files as a whole, so that a reader finds either the old or the new content."""

import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import msgspec

CONTROL: Final = ".digest"
"""The name of the folder of the state, and of the folder in which a build works inside an output folder."""
_MAX_NAME = 255
# Windows would write line ends of its own without O_BINARY, which other systems do not have.
_WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
# Windows does not replace a file that a virus scanner, a synchronising program or a web server has just opened.
_PAUSES = (0.05, 0.1, 0.2, 0.4)
_UNUSUAL = re.compile(r"[^\nA-Za-z0-9._/-]")


def write_file(path: Path, data: bytes) -> None:
    """Writes a file atomically: a reader finds the old or the new content, never a part."""
    temporary = path.with_name(f".{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        replace(f"{temporary}", f"{path}")
    finally:
        temporary.unlink(missing_ok=True)


def replace(source: str, target: str) -> None:
    """Moves a file or a folder, and replaces what is there. Another program may have it open for a moment.

    Raises:
        OSError: it cannot be moved.
    """
    _patiently(lambda: os.replace(source, target))


def remove(path: Path) -> None:
    """Removes a file, unless it is gone or replaced by a folder. Another program may have it open for a moment.

    Raises:
        PermissionError: it cannot be removed.
    """
    try:
        _patiently(path.unlink)
    except PermissionError:
        if path.is_symlink() or not path.is_dir():
            raise
    except OSError:
        pass


def _patiently(step: Callable[[], object]) -> None:
    """Takes a step, a few times if it is not permitted."""
    for pause in _PAUSES:
        try:
            step()
        except PermissionError:
            time.sleep(pause)
        else:
            return
    step()


def remove_all(folder: Path) -> None:
    """Removes a folder and its content. Errors are ignored."""
    import shutil  # noqa: PLC0415 - not needed by a build that changes nothing

    shutil.rmtree(folder, ignore_errors=True)


def write_new(target: str, data: bytes) -> tuple[int, int]:
    """Writes a file that no reader opens yet, and creates its folders.

    Returns:
        The size in bytes and the time of the last modification in nanoseconds.
    """
    folder = target.rpartition("/")[0]
    try:
        os.mkdir(folder)  # most files have a folder of their own, so checking first would cost more
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
    # A file object would cost as much as everything else here.
    descriptor = os.open(target, _WRITING, 0o666)
    try:
        written = os.write(descriptor, data)
        while written < len(data):
            written += os.write(descriptor, data[written:])
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return status.st_size, status.st_mtime_ns


def write_user_file(path: Path, data: bytes) -> None:
    """Writes to a path given by the user. A regular file is replaced atomically; a pipe or a device is written to."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
    else:
        write_file(target, data)


def has_content(target: str, data: bytes) -> bool:
    """Returns whether the path is a regular file with exactly this content."""
    return _content(target, len(data)) == data


def sha256_of_file(target: str) -> str | None:
    """Returns the SHA-256 hash of a file, or None if the path is not a readable regular file."""
    content = _content(target)
    return None if content is None else hashlib.sha256(content).hexdigest()


def _content(target: str, size: int | None = None) -> bytes | None:
    """Returns the content of a regular file, or None if it cannot be read or has another size than the given one."""
    try:
        status = os.lstat(target)
        if not stat.S_ISREG(status.st_mode) or size not in {None, status.st_size}:
            return None
        with open(target, "rb") as file:
            return file.read()
    except OSError:
        return None


def write_json(path: Path, value: object) -> None:
    """Writes a value as indented JSON with sorted keys, atomically."""
    write_file(path, msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1))


def read_json(path: Path) -> dict[str, Any] | None:
    """Returns the object in a JSON file, or None if the file does not exist or does not contain an object."""
    if not path.is_file():
        return None
    try:
        value = msgspec.json.decode(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def safe_paths(paths: Collection[str]) -> Collection[str]:
    """Returns the paths that :func:`is_safe` accepts."""
    joined = "\n".join(["", *paths, ""])
    # Nearly all paths are plain, and then one check of the joined text replaces a check of each.
    parts = joined.replace("/", "\n")
    are_plain = (
        max(map(len, paths), default=0) <= _MAX_NAME
        and joined.count("\n") == len(paths) + 1
        and not any(f"\n{refused}\n" in parts for refused in ("", ".", "..", CONTROL))
        and not _UNUSUAL.search(joined)
    )
    return paths if are_plain else [path for path in paths if is_safe(path)]


def is_safe(path: object) -> bool:
    """Returns whether a path that was read from disk can name a file that a build wrote below the output folder."""
    if not isinstance(path, str) or not path.isprintable() or not path or "\\" in path:
        return False
    parts = path.split("/")
    is_refused = any(part in {"", ".", ".."} or len(part.encode()) > _MAX_NAME for part in parts)
    return not is_refused and parts[0] != CONTROL
