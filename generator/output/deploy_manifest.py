"""The deploy manifest: what an uploader has to move. Every file with its hash, and what changed since the last one."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.errors import OutputError
from generator.output.tree import Tree
from generator.util.files import write_user_file

_VERSION = 1


def site_digest(files: Mapping[str, str]) -> str:
    """What stands for a whole site.

    Args:
        files: the SHA-256 of each file, by path.
    """
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def read(path: Path) -> Mapping[str, str] | None:
    """The files of the manifest that is at a path, each with its SHA-256; nothing where there is none.

    Raises:
        OutputError: there is something else, which is not to be overwritten.
    """
    if not path.is_file():  # a pipe or device holds none
        return None
    try:
        manifest = json.loads(path.read_bytes())
        if manifest["version"] == _VERSION:
            return {str(name): str(entry["sha256"]) for name, entry in manifest["files"].items()}
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        pass
    raise OutputError(f"{path} is no deploy manifest: remove it, or choose another name")


def write(path: Path, output: Tree) -> None:
    """Writes the manifest of what a build has just put in place; what changed is counted from the one it replaces.

    Raises:
        OutputError: it cannot be written; the site is there nevertheless.
    """
    previous = read(path)
    data = (json.dumps(_manifest(output, previous), indent=1, sort_keys=True) + "\n").encode()
    try:
        write_user_file(path, data)
    except OSError as error:
        raise OutputError(f"the site is built, but {path} cannot be written: {error.strerror or error}") from None


def _manifest(output: Tree, previous: Mapping[str, str] | None) -> dict[str, Any]:
    files = output.recorded()
    before = previous or {}
    return {
        "version": _VERSION,
        "site": site_digest(files),
        "since": None if previous is None else site_digest(previous),
        "files": {
            path: {"sha256": digest, "size": (output.root / path).stat().st_size} for path, digest in files.items()
        },
        "changed": sorted(path for path, digest in files.items() if before.get(path) != digest),
        "removed": sorted(set(before) - set(files)),
    }
