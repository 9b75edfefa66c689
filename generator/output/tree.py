"""The output folder: written atomically, minimally, and never outside itself.

A build first stages every file that differs. Only when all are there does it write a journal and move them into place,
so whatever fails or is killed before leaves the old site as it was. Killed while moving, each file is still whole, and
the next build finishes the journal before it does anything else.

While a build works, the folder holds ``.digest/`` with the lock, the staged files and the journal; the build removes it
at its end. What stays is the site and ``site-files.json``, the public list of its files: of what lies in the folder,
only files on that list are ever overwritten or removed.
"""

import contextlib
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

CONTROL = disk.CONTROL
MANIFEST = urls.file_path(urls.SITE_FILES)
_NEXT_MANIFEST = "next.json"
_EARLIER_MANIFEST = "manifest.json"
"""The list of a version that kept its state in ``.digest/`` of the output folder."""
_JOURNAL = "journal.json"
_STAGING = "staging"
_LOCK = "lock"
_VERSION = 1
_ATTEMPTS = 3


class Staged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of the new site."""

    path: str
    """Below the output folder, with ``/``."""
    digest: str
    """SHA-256 of its bytes, hexadecimal."""
    is_changed: bool
    """Whether it differs from what the output folder holds."""
    stamp: tuple[int, int] | None = None
    """Its size and time of modification, where they are known: moving a file into place changes neither."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did to the output folder, in files."""

    written: int
    unchanged: int
    removed: int


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """An output folder, of which this process holds the lock if it writes. Small, so that workers can have a copy."""

    root: Path
    is_new: bool = False
    """Whether the folder is empty."""
    is_taken_over: bool = False
    """Whether the state of an earlier version lay in the folder, and will be removed."""

    def stage(self, path: str, data: bytes, *, is_forced: bool = False) -> Staged:
        """Stages a file, unless the site has it already, byte for byte. All that is staged has to be published."""
        digest = disk.sha256_hex(data)
        if not (is_forced or self.is_new) and disk.has_content(f"{self.root}/{path}", data):
            return Staged(path=path, digest=digest, is_changed=False)
        stamp = disk.write_new(f"{self.root}/{CONTROL}/{_STAGING}/{path}", data)
        return Staged(path=path, digest=digest, is_changed=True, stamp=stamp)

    def unchanged_stamp(self, path: str, entry: FileEntry, *, is_strict: bool) -> tuple[int, int] | None:
        """Returns the size and time of a file that is as it was recorded, or None.

        It is compared by size and time and, where these differ or if the comparison is strict, byte for byte.
        """
        stamp = _stamp(target := f"{self.root}/{path}")
        if stamp and (is_strict or stamp != entry[:2]):
            is_same = stamp[0] == entry.size and disk.sha256_of_file(target) == entry.digest.hex()
            return stamp if is_same else None
        return stamp

    def altered(self, entries: Mapping[str, FileEntry]) -> frozenset[str]:
        """Returns the paths of recorded files that are missing, or have another size or time."""
        root = f"{self.root}/"
        return frozenset([path for path, entry in entries.items() if _stamp(root + path) != entry[:2]])

    def entries(self, files: Iterable[Staged]) -> dict[str, FileEntry]:
        """Returns what to record of the files of the site and of their list, after they were published."""
        found: dict[str, FileEntry] = {}
        for file in files:
            stamp = file.stamp or _stamp(f"{self.root}/{file.path}")
            if stamp:  # else somebody has just removed it
                found[file.path] = FileEntry(*stamp, 0, bytes.fromhex(file.digest))
        if (stamp := _stamp(f"{self.root}/{MANIFEST}")) and (digest := disk.sha256_of_file(f"{self.root}/{MANIFEST}")):
            found[MANIFEST] = FileEntry(*stamp, 0, bytes.fromhex(digest))
        return found

    def read(self, file: Staged) -> bytes:
        """The bytes of a file of the new site, wherever they are."""
        folder = self.control / _STAGING if file.is_changed else self.root
        return (folder / file.path).read_bytes()

    def publish(
        self, files: Iterable[Staged], *, may_replace: bool = False, more: Mapping[str, Any] | None = None
    ) -> Counts:
        """Moves the staged files into place, in :func:`urls.publish_order`, and removes files of the old site last.

        Args:
            files: every file of the new site.
            may_replace: whether files that no build wrote may be overwritten.
            more: what else the list of files is to hold.

        Raises:
            OutputError: a file that no build wrote is in the way, or the folder holds a link out of it. Nothing was
                changed.
        """
        recorded = self.recorded()
        files = list(files)
        moves = [file.path for file in files if file.is_changed]
        whole = {file.path: file.digest for file in files}
        stale = sorted(recorded.keys() - whole.keys())
        plan = MovePlan(root=f"{self.root}")
        self._refuse(plan, moves, stale, recorded, may_replace=may_replace)
        removed = sum(os.path.lexists(f"{self.root}/{path}") for path in stale)
        manifest = {"version": _VERSION, "files": whole, **(more or {})}
        if moves or stale or manifest != self.manifest():
            order = {path: urls.publish_order(path, is_new=path not in recorded) for path in moves}
            disk.write_json(self.control / _NEXT_MANIFEST, manifest)
            disk.write_json(self.control / _JOURNAL, {"moves": plan.in_order(order), "stale": stale})
            self.finish()
        return Counts(written=len(moves), unchanged=len(whole) - len(moves), removed=removed)

    @property
    def is_complete(self) -> bool:
        """Whether the last build ended, and the list of its files is there."""
        return (self.root / MANIFEST).is_file() and not self.control.exists()

    def refuse(
        self, moves: Iterable[str], stale: Iterable[str], recorded: Mapping[str, str], *, may_replace: bool = False
    ) -> None:
        """Refuses what :meth:`publish` would refuse.

        Raises:
            OutputError: a file of others is in the way, or a link would be followed.
        """
        self._refuse(MovePlan(root=f"{self.root}"), list(moves), list(stale), recorded, may_replace=may_replace)

    def _refuse(
        self,
        plan: MovePlan,
        moves: Collection[str],
        stale: Collection[str],
        recorded: Mapping[str, str],
        *,
        may_replace: bool,
    ) -> None:
        plan.refuse_escapes(moves)
        plan.refuse_escapes(stale)
        self._refuse_foreign(plan, moves, recorded, may_replace=may_replace)

    def finish(self) -> None:
        """Carries out the journal, if there is one, from wherever it was left; then clears the staging folder."""
        journal = self.control / _JOURNAL
        if work := journals.read(journal):
            moves, stale = work
            plan = MovePlan(root=f"{self.root}")
            plan.refuse_escapes(moves)
            plan.refuse_escapes(stale)
            late = self._remove_obstacles(moves, stale)
            for path in moves:
                _move(f"{self.root}/{CONTROL}/{_STAGING}/{path}", f"{self.root}/{path}")
            for path in late:
                self._remove(path)
            with contextlib.suppress(FileNotFoundError):  # it was moved before an interruption
                (self.control / _NEXT_MANIFEST).replace(self.root / MANIFEST)
        journal.unlink(missing_ok=True)
        disk.remove_all(self.control / _STAGING)
        (self.control / _STAGING).mkdir()

    @property
    def is_interrupted(self) -> bool:
        """Whether a build or sync ended while it moved files."""
        return (self.control / _JOURNAL).exists()

    @property
    def control(self) -> Path:
        """The folder that a build works in and removes at its end."""
        return self.root / CONTROL

    def manifest(self) -> Mapping[str, Any]:
        """Returns the list of the site's files as it was written; empty where it is lost or damaged."""
        return disk.read_json(self.root / MANIFEST) or {}

    def recorded(self) -> Mapping[str, str]:
        """Returns the files that the last build wrote, with their digests; none where the list is lost or damaged."""
        manifest = self.manifest()
        files = manifest.get("files") if manifest.get("version") == _VERSION else None
        if not isinstance(files, dict):
            return {}
        safe = disk.safe_paths(files)
        return files if safe is files else {path: files[path] for path in safe}

    def _refuse_foreign(
        self, plan: MovePlan, moves: Collection[str], recorded: Mapping[str, str], *, may_replace: bool
    ) -> None:
        """Refuses to overwrite files that no build wrote and, even where that is allowed, to replace a folder."""
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

    def _files_below(self, folder: Path) -> Iterator[str]:
        for parent, _, names in os.walk(folder):
            for name in names:
                yield Path(parent, name).relative_to(self.root).as_posix()

    def _remove_obstacles(self, moves: Iterable[str], stale: list[str]) -> list[str]:
        """Removes stale files where a folder must come, or in a folder where a file must come; returns the others."""
        needed, targets = folders(moves), set(moves)
        early = {path for path in stale if path in needed or not targets.isdisjoint(above(path))}
        for path in sorted(early):
            self._remove(path)
        return [path for path in stale if path not in early]

    def _remove(self, path: str) -> None:
        target = self.root / path
        with contextlib.suppress(OSError):  # gone already, or not ours any more
            target.unlink()
        for parent in target.parents:
            if parent == self.root:
                break
            try:
                parent.rmdir()
            except OSError:
                break  # not empty


@contextlib.contextmanager
def hold(output: Path) -> Iterator[Tree]:
    """Makes and locks an output folder, and finishes what an interrupted build left.

    Raises:
        OutputError: another build holds the folder, or it cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        root = output.resolve()
        with lock(root):
            Tree(root=root).finish()
            is_taken_over = _take_over(root)
            is_new = os.listdir(root) == [CONTROL]
            yield Tree(root=root, is_new=is_new, is_taken_over=is_taken_over)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def lock(root: Path) -> Iterator[None]:
    """Keeps other builds out of an output folder; at the end removes everything that builds work with.

    Raises:
        OutputError: another build or sync is at work in the folder.
        OSError: the lock cannot be written.
    """
    import filelock  # noqa: PLC0415 - a build that changes nothing does without it

    control = root / CONTROL
    if control.is_symlink():
        raise OutputError(f"{control} is a link: remove it")
    held = filelock.FileLock(control / _LOCK, timeout=0)
    try:
        for attempt in range(_ATTEMPTS):
            control.mkdir(exist_ok=True)
            # The build that held the lock may just have removed the folder.
            with contextlib.suppress(*[FileNotFoundError] * (attempt + 1 < _ATTEMPTS)):
                held.acquire()
                break
    except filelock.Timeout:
        raise OutputError(f"another build or sync is at work in {root}: wait for it to end") from None
    try:
        yield
    finally:
        # What was being moved is needed by the next build. The lock goes last: who waits for it looks again.
        if not (control / _JOURNAL).exists():
            disk.remove_all(control)
        held.release()


def _take_over(root: Path) -> bool:
    """Takes over the list of files of a version that kept its state in the output folder; returns whether it did."""
    earlier = root / CONTROL / _EARLIER_MANIFEST
    if not earlier.is_file():
        return False
    if not (root / MANIFEST).exists():
        earlier.replace(root / MANIFEST)
    return True


def recover(output: Path) -> None:
    """Finishes what an interrupted build left, if it left anything.

    Raises:
        OutputError: another build holds the folder, or it cannot be written.
    """
    if (output / CONTROL / _JOURNAL).exists():
        with hold(output):
            pass


def _stamp(target: str) -> tuple[int, int] | None:
    """The size and time of a regular file; nothing where there is none."""
    try:
        found = os.lstat(target)
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _move(staged: str, target: str) -> None:
    """Puts a staged file or folder in its place, unless it was moved before an interruption."""
    kind = kind_of(staged)
    if kind == stat.S_IFDIR and kind_of(target) == stat.S_IFDIR:
        # Somebody made the folder since it was found missing.
        for name in sorted(os.listdir(staged)):
            _move(f"{staged}/{name}", f"{target}/{name}")
    elif kind:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(staged, target)
