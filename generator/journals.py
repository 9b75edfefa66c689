"""The journal of files that are being moved into place: what an interrupted build leaves for the next one."""

from pathlib import Path
from typing import Any, NamedTuple

from generator import disk


class Journal(NamedTuple):
    """What is to be done."""

    moves: list[str]
    stale: list[str]
    """To be removed."""
    manifest: dict[str, Any]
    """The new one."""


def read(path: Path) -> Journal | None:
    """The journal at a path; nothing where there is none, or it is not what we write."""
    work = disk.read_json(path)
    if work is None:
        return None
    moves, stale, manifest = work.get("moves"), work.get("stale"), work.get("manifest")
    if not (isinstance(moves, list) and isinstance(stale, list) and isinstance(manifest, dict)):
        return None
    if not isinstance(manifest.get("files"), dict):
        return None
    return Journal(list(filter(disk.is_safe, moves)), list(filter(disk.is_safe, stale)), manifest)
