"""Writes the output folder atomically, changes only files that differ, and never writes outside it.

A build first stages every file that differs. When all are staged, it writes a journal and moves them into place. A
build that fails or is killed before leaves the old site unchanged. If it is killed during the moves, each file is
either the old or the new one, and the next build first finishes the journal.

During a build, ``.digest/`` in the output folder contains the lock, the staged files and the journal. The build removes
it at its end, and leaves the site and ``site-files.json``, the public list of the site's files. Only files on that list
are overwritten or removed.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from generator.cache.file_index import FileEntry
from generator.content import urls
from generator.errors import OutputError
from generator.output import journal as journals
from generator.output.moves import MovePlan, above, folders, kind_of
from generator.util import files as disk
from generator.util.file_names import folded

CONTROL = disk.CONTROL
MANIFEST = urls.file_path(urls.SITE_FILES)
_NEXT_MANIFEST = "next.json"
_EARLIER_MANIFEST = "manifest.json"
"""The list of files of earlier versions, in ``.digest/`` of the output folder."""
_JOURNAL = "journal.json"
_STAGING = "staging"
_LOCK = "lock"
_VERSION = 1
_ATTEMPTS = 3
_IN_USE = "Close the programs that use it, or check its rights: the next run finishes what this one began"


class Staged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of the new site."""

    path: str
    """The path below the output folder, with ``/`` as separator."""
    digest: str
    """The SHA-256 hash of its content, in hexadecimal digits."""
    is_changed: bool
    """Whether it is new or differs from the file in the output folder, so that it was staged."""
    stamp: tuple[int, int] | None = None
    """Its size and time of modification, or None if they were not read. Moving a file changes neither."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of files that a build wrote, left unchanged and removed."""

    written: int
    unchanged: int
    removed: int


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """An output folder. A process that writes it must have locked it (:func:`hold`)."""

    root: Path
    """The absolute path of the folder."""
    is_new: bool = False
    """Whether the folder was empty when it was locked."""
    is_taken_over: bool = False
    """Whether the folder contains the state of an earlier version, which this build will remove."""

    def stage(self, path: str, data: bytes, *, is_forced: bool = False) -> Staged:
        """Stages a file, unless the folder contains the same file, byte for byte, and this is not forced."""
        digest = hashlib.sha256(data).hexdigest()
        if not (is_forced or self.is_new) and disk.has_content(f"{self.root}/{path}", data):
            return Staged(path=path, digest=digest, is_changed=False)
        stamp = disk.write_new(f"{self.root}/{CONTROL}/{_STAGING}/{path}", data)
        return Staged(path=path, digest=digest, is_changed=True, stamp=stamp)

    def unchanged_stamp(self, path: str, entry: FileEntry, *, is_strict: bool) -> tuple[int, int] | None:
        """Returns the size in bytes and time in nanoseconds of a file if it has the content of its entry, or None.

        If it has the size and time of its entry, the content is compared only if ``is_strict``.
        """
        stamp = _stamp(target := f"{self.root}/{path}")
        if stamp and (is_strict or stamp != entry[:2]):
            is_same = stamp[0] == entry.size and disk.sha256_of_file(target) == entry.digest.hex()
            return stamp if is_same else None
        return stamp

    def altered(self, entries: Mapping[str, FileEntry]) -> frozenset[str]:
        """Returns the paths of recorded files that are missing, or have another size or time of modification."""
        root = f"{self.root}/"
        return frozenset([path for path, entry in entries.items() if _stamp(root + path) != entry[:2]])

    def entries(self, files: Iterable[Staged]) -> dict[str, FileEntry]:
        """Returns the entries of the published files, and of the list of files, for the file index."""
        entries: dict[str, FileEntry] = {}
        for file in files:
            stamp = file.stamp or _stamp(f"{self.root}/{file.path}")
            if stamp:  # else the file was removed after it was published
                entries[file.path] = FileEntry(*stamp, 0, bytes.fromhex(file.digest))
        if (stamp := _stamp(f"{self.root}/{MANIFEST}")) and (digest := disk.sha256_of_file(f"{self.root}/{MANIFEST}")):
            entries[MANIFEST] = FileEntry(*stamp, 0, bytes.fromhex(digest))
        return entries

    def read(self, file: Staged) -> bytes:
        """Reads a file of the new site, from the staging folder or the output folder.

        Raises:
            OSError: the file cannot be read.
        """
        folder = self.control / _STAGING if file.is_changed else self.root
        return (folder / file.path).read_bytes()

    def publish(
        self, files: Iterable[Staged], *, may_replace: bool = False, more: Mapping[str, Any] | None = None
    ) -> Counts:
        """Moves the staged files into place in the order of :func:`urls.publish_order`, and then removes stale files.

        Raises:
            OutputError: a file that no build wrote would be overwritten, or a symbolic link would be followed. Nothing
                was changed.
            OSError: a file cannot be written, moved or removed.
        """
        recorded = self.recorded()
        files = list(files)
        moves = [file.path for file in files if file.is_changed]
        digests = {file.path: file.digest for file in files}
        stale = sorted(recorded.keys() - digests.keys())
        respelled = self._respelled(stale, digests)
        stale = [path for path in stale if path not in respelled]
        plan = self.refuse(
            moves,
            stale,
            {**recorded, **{new: recorded[old] for old, new in respelled.items()}},
            may_replace=may_replace,
        )
        removed = sum(os.path.lexists(f"{self.root}/{path}") for path in stale)
        manifest = {"version": _VERSION, "files": digests, **(more or {})}
        for old, new in respelled.items():
            _replace(f"{self.root}/{old}", f"{self.root}/{new}")
        if moves or stale or manifest != self.manifest():
            orders = {path: urls.publish_order(path, is_new=path not in recorded) for path in moves}
            disk.write_json(self.control / _NEXT_MANIFEST, manifest)
            disk.write_json(self.control / _JOURNAL, {"moves": plan.in_order(orders), "stale": stale})
            self.finish()
        return Counts(written=len(moves), unchanged=len(digests) - len(moves), removed=removed)

    @property
    def is_complete(self) -> bool:
        """Whether the folder contains a list of files and no remains of a build that was interrupted."""
        return (self.root / MANIFEST).is_file() and not self.control.exists()

    def refuse(
        self, moves: Collection[str], stale: Collection[str], recorded: Mapping[str, str], *, may_replace: bool
    ) -> MovePlan:
        """Refuses changes that :meth:`publish` would refuse; returns a plan that has read the state of these paths.

        Raises:
            OutputError: a file that no build wrote would be overwritten, or a symbolic link would be followed.
        """
        plan = MovePlan(root=f"{self.root}")
        plan.refuse_links(moves)
        plan.refuse_links(stale)
        self._refuse_foreign(plan, moves, recorded, may_replace=may_replace)
        return plan

    def finish(self) -> None:
        """Carries out the rest of the journal, if there is one, and empties the staging folder.

        Raises:
            OutputError: a symbolic link would be followed.
            OSError: a file cannot be moved or removed.
        """
        journal = self.control / _JOURNAL
        if unfinished := journals.read(journal):
            moves, stale = unfinished
            plan = MovePlan(root=f"{self.root}")
            plan.refuse_links(moves)
            plan.refuse_links(stale)
            remaining = self._remove_obstacles(moves, stale)
            for path in moves:
                _move(f"{self.root}/{CONTROL}/{_STAGING}/{path}", f"{self.root}/{path}")
            for path in remaining:
                self._remove(path)
            with contextlib.suppress(FileNotFoundError):  # it was already moved before an interruption
                _replace(f"{self.control / _NEXT_MANIFEST}", f"{self.root / MANIFEST}")
        journal.unlink(missing_ok=True)
        disk.remove_all(self.control / _STAGING)
        (self.control / _STAGING).mkdir()

    @property
    def is_interrupted(self) -> bool:
        """Whether a build or sync was interrupted while it moved files."""
        return (self.control / _JOURNAL).exists()

    @property
    def control(self) -> Path:
        """The folder of the lock, the staged files and the journal, which exists only during a build."""
        return self.root / CONTROL

    def manifest(self) -> Mapping[str, Any]:
        """Returns the content of the list of files; empty if the list is missing or damaged."""
        return disk.read_json(self.root / MANIFEST) or {}

    def recorded(self) -> Mapping[str, str]:
        """Returns the SHA-256 hashes of the files that earlier builds wrote, in hexadecimal digits, by path.

        Unsafe paths are left out. The result is empty if the list of files is missing or damaged.
        """
        manifest = self.manifest()
        files = manifest.get("files") if manifest.get("version") == _VERSION else None
        if not isinstance(files, dict):
            return {}
        safe = disk.safe_paths(files)
        return files if safe is files else {path: files[path] for path in safe}

    def _refuse_foreign(
        self, plan: MovePlan, moves: Collection[str], recorded: Mapping[str, str], *, may_replace: bool
    ) -> None:
        """Refuses to overwrite files that no build wrote.

        Even if ``may_replace`` allows it, no folder that contains such files is replaced by a file, and no such file by
        a folder.
        """
        foreign: list[str] = []
        for path in moves:
            kind = plan.kind(path)
            if kind == stat.S_IFDIR:
                foreign += [name for name in self._files_below(self.root / path) if name not in recorded]
            elif kind and path not in recorded and not may_replace:
                foreign.append(path)
        for folder in folders(moves):
            if folder not in recorded and plan.kind(folder) not in {0, stat.S_IFDIR}:
                foreign.append(folder)
        if foreign:
            foreign.sort()
            more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
            remedy = "Remove them" if may_replace else "Choose another folder, or replace them with --overwrite"
            raise OutputError(f"{self.root} holds files that no build wrote: {foreign[0]}{more}. {remedy}")

    def _respelled(self, stale: Iterable[str], paths: Iterable[str]) -> dict[str, str]:
        """Returns the stale files that are new ones under another spelling, where the file system takes both for one.

        To remove the stale file would remove the new one.
        """
        by_folded = {folded(path): path for path in paths} if stale else {}
        found = {path: new for path in stale if (new := by_folded.get(folded(path)))}
        return {path: new for path, new in found.items() if _is_one(f"{self.root}/{path}", f"{self.root}/{new}")}

    def _files_below(self, folder: Path) -> Iterator[str]:
        for parent, _, names in os.walk(folder):
            for name in names:
                yield Path(parent, name).relative_to(self.root).as_posix()

    def _remove_obstacles(self, moves: Iterable[str], stale: list[str]) -> list[str]:
        """Removes stale files where a folder is needed, or in a folder where a file is needed; returns the others."""
        new_folders, targets = folders(moves), set(moves)
        obstacles = {path for path in stale if path in new_folders or not targets.isdisjoint(above(path))}
        for path in sorted(obstacles):
            self._remove(path)
        return [path for path in stale if path not in obstacles]

    def _remove(self, path: str) -> None:
        target = self.root / path
        try:
            disk.remove(target)
        except PermissionError as error:
            raise OutputError(f"{target} cannot be removed: {error.strerror}. {_IN_USE}") from None
        for parent in target.parents:
            if parent == self.root:
                break
            try:
                parent.rmdir()
            except OSError:
                break  # not empty


@contextlib.contextmanager
def hold(output: Path) -> Iterator[Tree]:
    """Creates and locks an output folder, and finishes the journal of an interrupted build.

    Raises:
        OutputError: another build has locked the folder, or it cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        root = output.resolve()
        with lock(root):
            Tree(root=root).finish()
            is_taken_over = _adopt_earlier_manifest(root)
            is_new = os.listdir(root) == [CONTROL]
            yield Tree(root=root, is_new=is_new, is_taken_over=is_taken_over)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def lock(root: Path) -> Iterator[None]:
    """Locks an output folder. At the end, removes the folder of the lock, unless it contains a journal.

    Raises:
        OutputError: another build or sync has locked the folder.
        OSError: the lock cannot be written.
    """
    import filelock  # noqa: PLC0415 - a build that changes nothing does not need it

    control = root / CONTROL
    if control.is_symlink():
        raise OutputError(f"{control} is a link: remove it")
    file_lock = filelock.FileLock(control / _LOCK, timeout=0)
    try:
        for attempt in range(_ATTEMPTS):
            control.mkdir(exist_ok=True)
            # The build that had the lock may just have removed the folder.
            with contextlib.suppress(*[FileNotFoundError] * (attempt + 1 < _ATTEMPTS)):
                file_lock.acquire()
                break
    except filelock.Timeout:
        raise OutputError(f"another build or sync is at work in {root}: wait for it to end") from None
    try:
        yield
    finally:
        # The next build needs the staged files to finish a journal. The lock is released last; a build that then finds
        # the folder removed creates it again.
        if not (control / _JOURNAL).exists():
            disk.remove_all(control)
        file_lock.release()
        # Windows removes no lock that is held, but the lock is removed when it is released.
        with contextlib.suppress(OSError):
            control.rmdir()


def _adopt_earlier_manifest(root: Path) -> bool:
    """Moves the list of files of an earlier version to its present place; returns whether there was one."""
    earlier = root / CONTROL / _EARLIER_MANIFEST
    if not earlier.is_file():
        return False
    if not (root / MANIFEST).exists():
        earlier.replace(root / MANIFEST)
    return True


def recover(output: Path) -> None:
    """Finishes the journal of an interrupted build, if there is one.

    Raises:
        OutputError: another build has locked the folder, or it cannot be written.
    """
    if (output / CONTROL / _JOURNAL).exists():
        with hold(output):
            pass


def _stamp(target: str) -> tuple[int, int] | None:
    """Returns the size in bytes and the time of modification in nanoseconds of a regular file, or None."""
    try:
        status = os.lstat(target)
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _is_one(target: str, other: str) -> bool:
    """Returns whether two paths lead to one file, without following links."""
    try:
        return os.path.samestat(os.lstat(target), os.lstat(other))
    except OSError:
        return False


def _move(staged: str, target: str) -> None:
    """Moves a staged file or folder into place, unless it was already moved before an interruption."""
    kind = kind_of(staged)
    if kind == stat.S_IFDIR and kind_of(target) == stat.S_IFDIR:
        # Another program created the folder after the moves were planned.
        for name in sorted(os.listdir(staged)):
            _move(f"{staged}/{name}", f"{target}/{name}")
    elif kind:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _replace(staged, target)


def _replace(source: str, target: str) -> None:
    """Moves a file or a folder into place.

    Raises:
        OutputError: another program keeps it open, or the rights are missing. The journal remains.
        OSError: it cannot be moved for another reason.
    """
    try:
        disk.replace(source, target)
    except PermissionError as error:
        raise OutputError(f"{target} cannot be replaced: {error.strerror}. {_IN_USE}") from None
