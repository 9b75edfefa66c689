"""Reads and writes the deploy manifest: the hash of every file of the site, and the changes since the last manifest."""

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
    """Returns the SHA-256 hash of a site, in hexadecimal digits, from those of its files by path."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def read(path: Path) -> Mapping[str, str] | None:
    """Reads the SHA-256 hashes of the files in a manifest, by path. Returns None if there is no file at this path.

    Raises:
        OutputError: the file cannot be read or is not a deploy manifest, so it must not be overwritten.
    """
    if not path.is_file():  # also if it is a pipe or a device
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
    """Writes the manifest of a site that a build has just published, with the changes since the manifest it replaces.

    Raises:
        OutputError: the manifest cannot be written, or another file is in its place. The site stays published.
    """
    previous = read(path)
    data = (json.dumps(_manifest(output, previous), indent=1, sort_keys=True) + "\n").encode()
    try:
        write_user_file(path, data)
    except OSError as error:
        raise OutputError(f"the site is built, but {path} cannot be written: {error.strerror or error}") from None


def _manifest(output: Tree, previous: Mapping[str, str] | None) -> dict[str, Any]:
    """Returns the manifest of a site as an object for JSON; ``docs/deploy.md`` describes it."""
    files = output.recorded()
    old_files = previous or {}
    return {
        "version": _VERSION,
        "site": site_digest(files),
        "since": None if previous is None else site_digest(previous),
        "files": {
            path: {"sha256": digest, "size": (output.root / path).stat().st_size} for path, digest in files.items()
        },
        "changed": sorted(path for path, digest in files.items() if old_files.get(path) != digest),
        "removed": sorted(set(old_files) - set(files)),
    }
