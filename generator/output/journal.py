"""Reads the journal of the moves into the output folder, which the next build finishes if a build is interrupted."""

from pathlib import Path
from typing import NamedTuple

from generator.util import files


class Journal(NamedTuple):
    """The changes of the output folder that a build has to make after staging."""

    moves: list[str]
    """Paths of the staged files and folders to move, in order."""
    stale: list[str]
    """Paths of the files to remove."""


def read(path: Path) -> Journal | None:
    """Reads a journal without its unsafe paths. Returns None if there is none, or if it is damaged."""
    value = files.read_json(path)
    if value is None:
        return None
    moves, stale = value.get("moves"), value.get("stale")
    if not (isinstance(moves, list) and isinstance(stale, list)):
        return None
    return Journal(list(filter(files.is_safe, moves)), list(filter(files.is_safe, stale)))
