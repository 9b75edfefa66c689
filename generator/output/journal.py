"""The journal of files that are being moved into place: what an interrupted build leaves for the next one."""

from pathlib import Path
from typing import NamedTuple

from generator.util import files


class Journal(NamedTuple):
    """What is to be done."""

    moves: list[str]
    stale: list[str]
    """To be removed."""


def read(path: Path) -> Journal | None:
    """The journal at a path; nothing where there is none, or it is not what we write."""
    work = files.read_json(path)
    if work is None:
        return None
    moves, stale = work.get("moves"), work.get("stale")
    if not (isinstance(moves, list) and isinstance(stale, list)):
        return None
    return Journal(list(filter(files.is_safe, moves)), list(filter(files.is_safe, stale)))
