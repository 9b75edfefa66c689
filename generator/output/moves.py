"""What lies where files are to be put, and in which steps they get there."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from generator.errors import OutputError


class MovePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is in an output folder where files are to be put; each path is looked at once."""

    root: str
    _kinds: dict[str, int] = msgspec.field(default_factory=dict)

    def kind(self, path: str) -> int:
        """The kind of a file below the root, as :func:`kind_of` says it."""
        found = self._kinds.get(path)
        if found is None:
            folder = path.rpartition("/")[0]
            # In a folder that is not there is nothing to look at; a site that is new has thousands of these.
            is_worth = not folder or self.kind(folder)
            found = self._kinds[path] = kind_of(f"{self.root}/{path}") if is_worth else 0
        return found

    def refuse_escapes(self, paths: Iterable[str]) -> None:
        """Refuses to go through a link.

        Raises:
            OutputError: a folder of one of the paths is a link, or lies behind one.
        """
        for folder in sorted(folders(paths)):
            if self.kind(folder) == stat.S_IFLNK:
                raise OutputError(f"{self.root}/{folder} is reached through a link: remove the link")

    def in_order(self, turns: Mapping[str, tuple[int, int]]) -> list[str]:
        """What is to be moved, in the order of its turns: files, and folders that are new with all that is in them.

        All files of such a folder have their turn before or after the pages that are there already, so no reader can
        tell in which order they came; and a site that is new moves in a few steps.

        Args:
            turns: of each file that is to be moved.
        """
        new: dict[str, tuple[int, int]] = {}
        mixed: set[str] = set()
        for path, turn in turns.items():
            for folder in above(path):
                if folder in mixed or self.kind(folder):
                    break  # and so are those above it
                last = new.setdefault(folder, turn)
                if last[0] != turn[0]:
                    mixed.update((folder, *above(folder)))
                    break
                new[folder] = max(last, turn)
        whole = {folder: turn for folder, turn in new.items() if folder not in mixed}
        units = {_highest(path, whole): turn for path, turn in turns.items()}
        units |= {unit: whole[unit] for unit in units if unit in whole}
        return sorted(units, key=lambda unit: (units[unit], unit))


def _highest(path: str, whole: Mapping[str, object]) -> str:
    """The highest of the folders in which a file lies that is moved as a whole; the file itself where none is."""
    highest = path
    for folder in above(path):
        if folder not in whole:
            break
        highest = folder
    return highest


def above(path: str) -> Iterator[str]:
    """The folders in which a file lies, the nearest first."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def folders(paths: Iterable[str]) -> set[str]:
    """All folders in which files lie."""
    found: set[str] = set()
    for path in paths:
        for folder in above(path):
            if folder in found:
                break
            found.add(folder)
    return found


def kind_of(target: str) -> int:
    """The kind of a file, as ``stat`` names it, without following links; 0 where there is none."""
    try:
        return stat.S_IFMT(os.lstat(target).st_mode)
    except OSError:
        return 0
