"""The output folder: written atomically, minimally, and never outside itself.

A build first stages every file that differs. Only when all are there does it write a journal and move them into place,
so whatever fails or is killed before leaves the old site as it was. Killed while moving, each file is still whole, and
the next build finishes the journal before it does anything else. What lies in ``.digest/`` is ours; of the rest only
the files that the manifest names are ever removed.
"""

import contextlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from generator.cache.model import KnownFile
from generator.content import urls
from generator.errors import OutputError
from generator.output import journal as journals
from generator.output.moves import MovePlan, above, folders, kind_of
from generator.util import files as disk

CONTROL = disk.CONTROL
_MANIFEST = "manifest.json"
_NEXT_MANIFEST = "manifest.next.json"
_JOURNAL = "journal.json"
_STAGING = "staging"
_VERSION = 1


class Staged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of the new site."""

    path: str
    """Below the output folder, with ``/``."""
    digest: str
    """SHA-256 of its bytes, hexadecimal."""
    is_changed: bool
    """Whether it differs from what the output folder holds."""
    key: bytes = b""
    """The fingerprint of what it was made from, where that is known."""
    stamp: tuple[int, int] | None = None
    """Its size and time, where somebody looked: moving a file into place changes neither."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did to the output folder, in files."""

    written: int
    unchanged: int
    removed: int


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """An output folder that this process holds the lock of. Small, so that workers can have a copy."""

    root: Path
    is_new: bool = False
    """Whether there was nothing in it."""

    def stage(self, path: str, data: bytes, *, is_forced: bool = False, key: bytes = b"") -> Staged:
        """Puts a file beside the site unless the site has it already, byte for byte.

        All that is staged has to be published.
        """
        digest = disk.sha256_hex(data)
        if not (is_forced or self.is_new) and disk.holds(f"{self.root}/{path}", data):
            return Staged(path=path, digest=digest, is_changed=False, key=key)
        stamp = disk.write_new(f"{self.root}/{CONTROL}/{_STAGING}/{path}", data)
        return Staged(path=path, digest=digest, is_changed=True, key=key, stamp=stamp)

    def held(self, path: str, known: KnownFile, *, is_strict: bool) -> tuple[int, int] | None:
        """The size and time of a file that is as it was written, by size and time unless strict, else byte for byte."""
        stamp = _stamp(target := f"{self.root}/{path}")
        if stamp and (is_strict or stamp != known.stamp):
            return stamp if stamp[0] == known.stamp[0] and disk.sha256_of_file(target) == known.digest else None
        return stamp

    def altered(self, known: Mapping[str, KnownFile]) -> frozenset[str]:
        """The paths at which there is no file of the size and time with which it was written."""
        root = f"{self.root}/"
        return frozenset([path for path, file in known.items() if _stamp(root + path) != file.stamp])

    @property
    def version(self) -> tuple[int, int] | None:
        """Another one after each build or sync that changed the folder."""
        return _stamp(f"{self.control}/{_MANIFEST}")

    def known(self, files: Iterable[Staged], before: Mapping[str, KnownFile]) -> dict[str, KnownFile]:
        """What to remember of the files of the site, after they were published."""
        found: dict[str, KnownFile] = {}
        for file in files:
            known = before.get(file.path)
            stamp = file.stamp or _stamp(f"{self.root}/{file.path}")
            if stamp is None:
                continue  # gone in this moment
            if known is None or (known.key, known.digest, known.stamp) != (file.key, file.digest, stamp):
                known = KnownFile(path=file.path, key=file.key, digest=file.digest, stamp=stamp)
            found[file.path] = known
        return found

    def read(self, file: Staged) -> bytes:
        """The bytes of a file of the new site, wherever they are."""
        folder = self.control / _STAGING if file.is_changed else self.root
        return (folder / file.path).read_bytes()

    def publish(
        self,
        files: Iterable[Staged],
        kept: Mapping[str, KnownFile] | None = None,
        ours: Mapping[str, str] | None = None,
        *,
        may_replace: bool = False,
    ) -> Counts:
        """Makes the staged files the site: what others refer to first (:func:`urls.publish_order`), removals last.

        Args:
            files: every file of the new site …
            kept: … but for those that are as they were, by path.
            ours: what :meth:`recorded` would give, if it is known.
            may_replace: whether files that no build of ours wrote may be overwritten.

        Raises:
            OutputError: such a file is in the way, or the folder holds a link out of it. Nothing was changed.
        """
        ours = self.recorded() if ours is None else ours
        files = list(files)
        moves = [file.path for file in files if file.is_changed]
        whole = {path: file.digest for path, file in (kept or {}).items()}
        whole.update((file.path, file.digest) for file in files)
        stale = sorted(ours.keys() - whole.keys())
        ground = MovePlan(root=f"{self.root}")
        self._refuse(ground, moves, stale, ours, may_replace=may_replace)
        removed = sum(os.path.lexists(f"{self.root}/{path}") for path in stale)
        if moves or stale or ours != whole:
            manifest = {"version": _VERSION, "files": whole}
            turns = {path: urls.publish_order(path, is_new=path not in ours) for path in moves}
            disk.write_json(self.control / _NEXT_MANIFEST, manifest)
            disk.write_json(self.control / _JOURNAL, {"moves": ground.in_order(turns), "stale": stale})
            self.finish()
        return Counts(written=len(moves), unchanged=len(whole) - len(moves), removed=removed)

    @property
    def is_settled(self) -> bool:
        """Whether the last build ended, and says which files are ours."""
        return (self.control / _MANIFEST).is_file() and not (self.control / _JOURNAL).exists()

    def refuse(
        self, moves: Iterable[str], stale: Iterable[str], ours: Mapping[str, str], *, may_replace: bool = False
    ) -> None:
        """Refuses what :meth:`publish` would refuse.

        Raises:
            OutputError: a file of others is in the way, or a link would be followed.
        """
        self._refuse(MovePlan(root=f"{self.root}"), list(moves), list(stale), ours, may_replace=may_replace)

    def _refuse(
        self,
        ground: MovePlan,
        moves: Collection[str],
        stale: Collection[str],
        ours: Mapping[str, str],
        *,
        may_replace: bool,
    ) -> None:
        ground.refuse_escapes(moves)
        ground.refuse_escapes(stale)
        self._refuse_foreign(ground, moves, ours, may_replace=may_replace)

    def finish(self) -> None:
        """Carries out the journal, if there is one, from wherever it was left; then clears the staging folder."""
        journal = self.control / _JOURNAL
        if work := journals.read(journal):
            moves, stale = work
            ground = MovePlan(root=f"{self.root}")
            ground.refuse_escapes(moves)
            ground.refuse_escapes(stale)
            late = self._remove_obstacles(moves, stale)
            for path in moves:
                _move(f"{self.root}/{CONTROL}/{_STAGING}/{path}", f"{self.root}/{path}")
            for path in late:
                self._remove(path)
            with contextlib.suppress(FileNotFoundError):  # it is there since before an interruption
                (self.control / _NEXT_MANIFEST).replace(self.control / _MANIFEST)
        journal.unlink(missing_ok=True)
        disk.remove_all(self.control / _STAGING)
        (self.control / _STAGING).mkdir()

    @property
    def is_interrupted(self) -> bool:
        """Whether files were being moved when a build or sync ended."""
        return (self.control / _JOURNAL).exists()

    @property
    def control(self) -> Path:
        """The folder that is ours."""
        return self.root / CONTROL

    def recorded(self) -> Mapping[str, str]:
        """The files that the last build wrote, with their digests; nothing where it is lost or damaged."""
        manifest = disk.read_json(self.control / _MANIFEST) or {}
        files = manifest.get("files") if manifest.get("version") == _VERSION else None
        if not isinstance(files, dict):
            return {}
        safe = disk.safe(files)
        return files if safe is files else {path: files[path] for path in safe}

    def _refuse_foreign(
        self, ground: MovePlan, moves: Collection[str], ours: Mapping[str, str], *, may_replace: bool
    ) -> None:
        """Refuses to overwrite files of others and, even if that is asked for, to swap them for another kind."""
        foreign: list[str] = []
        for path in moves:
            kind = ground.kind(path)
            if kind == stat.S_IFDIR:
                foreign += [name for name in self._files_below(self.root / path) if name not in ours]
            elif kind and path not in ours and not may_replace:
                foreign.append(path)
        for folder in folders(moves):
            if folder not in ours and ground.kind(folder) not in {0, stat.S_IFDIR}:
                foreign.append(folder)
        if foreign:
            foreign.sort()
            more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
            remedy = "Remove them" if may_replace else "Choose another folder, or overwrite them with --clean"
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
    import filelock  # noqa: PLC0415 - a build that changes nothing does without it

    try:
        output.mkdir(parents=True, exist_ok=True)
        root = output.resolve()
        control = root / CONTROL
        if control.is_symlink():
            raise OutputError(f"{control} is a link: remove it")
        control.mkdir(exist_ok=True)
        lock = filelock.FileLock(control / "lock", timeout=0)
        with lock:
            Tree(root=root).finish()
            tree = Tree(root=root, is_new=os.listdir(root) == [CONTROL])
            disk.remove_torn(control)
            try:
                yield tree
            finally:
                # What was being moved is needed by the next build; the rest only takes room.
                if not tree.is_interrupted:
                    disk.remove_all(control / _STAGING)
    except filelock.Timeout:
        raise OutputError(f"another build or sync is at work in {output}: wait for it to end") from None
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from error


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
