"""Plans the moves of staged files into the output folder, and refuses moves through symbolic links."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from generator.errors import OutputError


class MovePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Plans moves into an output folder. It reads the state of each path only once."""

    root: str
    """The path of the output folder."""
    _kinds: dict[str, int] = msgspec.field(default_factory=dict)
    """The results of :meth:`kind`, by path."""

    def kind(self, path: str) -> int:
        """Returns the kind of a file below the output folder, as :func:`kind_of` does."""
        kind = self._kinds.get(path)
        if kind is None:
            folder = path.rpartition("/")[0]
            # A missing folder contains no files. A new site has thousands of missing folders.
            has_folder = not folder or self.kind(folder)
            kind = self._kinds[path] = kind_of(f"{self.root}/{path}") if has_folder else 0
        return kind

    def refuse_links(self, paths: Iterable[str]) -> None:
        """Refuses paths behind a symbolic link, because its target may be outside the output folder.

        Raises:
            OutputError: a folder that contains one of the paths, at any depth, is a symbolic link.
        """
        for folder in sorted(folders(paths)):
            if self.kind(folder) == stat.S_IFLNK:
                raise OutputError(f"{self.root}/{folder} is reached through a link: remove the link")

    def in_order(self, orders: Mapping[str, tuple[int, int]]) -> list[str]:
        """Returns the files and folders to move, in the order of publication.

        A new folder is moved as a whole if all its files have the same first number in :func:`urls.publish_order`, so
        that a new site is published in a few moves. All files of such a folder come before, or all come after, the
        pages that exist already, so readers cannot notice their order.
        """
        new: dict[str, tuple[int, int]] = {}
        mixed: set[str] = set()
        for path, order in orders.items():
            for folder in above(path):
                if folder in mixed or self.kind(folder):
                    break  # the same holds for the folders that contain it
                last = new.setdefault(folder, order)
                if last[0] != order[0]:
                    mixed.update((folder, *above(folder)))
                    break
                new[folder] = max(last, order)
        whole = {folder: order for folder, order in new.items() if folder not in mixed}
        moves = {_topmost(path, whole): order for path, order in orders.items()}
        moves |= {path: whole[path] for path in moves if path in whole}
        return sorted(moves, key=lambda path: (moves[path], path))


def _topmost(path: str, whole: Mapping[str, object]) -> str:
    """Returns the topmost folder that contains a file and is moved as a whole, or the file if there is none."""
    topmost = path
    for folder in above(path):
        if folder not in whole:
            break
        topmost = folder
    return topmost


def above(path: str) -> Iterator[str]:
    """Yields the folders that contain a file, innermost first."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def folders(paths: Iterable[str]) -> set[str]:
    """Returns all folders that contain the files, at any depth."""
    found: set[str] = set()
    for path in paths:
        for folder in above(path):
            if folder in found:
                break
            found.add(folder)
    return found


def kind_of(target: str) -> int:
    """Returns the file type bits of ``st_mode``, without following links; 0 if there is no file."""
    try:
        return stat.S_IFMT(os.lstat(target).st_mode)
    except OSError:
        return 0
