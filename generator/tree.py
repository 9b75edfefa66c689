"""The output folder: written atomically, minimally, and never outside itself.

A build first stages every file that differs. Only when all are there does it write a journal and move them into place,
so whatever fails or is killed before leaves the old site as it was. Killed while moving, each file is still whole, and
the next build finishes the journal before it does anything else. What lies in ``.digest/`` is ours; of the rest only
the files that the manifest names are ever removed.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import filelock

from generator.errors import OutputError

CONTROL = ".digest"
_MANIFEST = "manifest.json"
_JOURNAL = "journal.json"
_STAGING = "staging"
_VERSION = 1
# What pages load goes before the pages.
_FIRST = ("assets/", "search/")
_MAX_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A file of the new site."""

    path: str
    """Below the output folder, with ``/``."""
    digest: str
    """BLAKE2b of its bytes, 128 bits."""
    is_changed: bool
    """Whether it differs from what the output folder holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a build did to the output folder, in files."""

    written: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """An output folder that this process holds the lock of. Small, so that workers can have a copy."""

    root: Path

    def stage(self, path: str, data: bytes, *, is_forced: bool = False) -> Staged:
        """Puts a file beside the site unless the site has it already, byte for byte."""
        digest = _digest(data)
        target = self.root / path
        if not is_forced and _holds(target, data):
            return Staged(path=path, digest=digest, is_changed=False)
        (self._control / _STAGING / _staging_name(path)).write_bytes(data)
        return Staged(path=path, digest=digest, is_changed=True)

    def kept(self, folder: str, ours: Mapping[str, str]) -> tuple[Staged, ...]:
        """The files below a folder, as the last build wrote them; none where one of them is missing or was altered.

        Args:
            folder: a path with a slash at the end.
            ours: what :meth:`recorded` gives.
        """
        files = []
        for path, digest in ours.items():
            if path.startswith(folder):
                try:
                    data = b"" if (self.root / path).is_symlink() else (self.root / path).read_bytes()
                except OSError:
                    return ()
                if _digest(data) != digest:
                    return ()
                files.append(Staged(path=path, digest=digest, is_changed=False))
        return tuple(files)

    def publish(self, files: Iterable[Staged], *, may_replace: bool = False) -> Counts:
        """Makes the staged files the site: assets first, pages next, removals last.

        Args:
            files: every file of the new site.
            may_replace: whether files that no build of ours wrote may be overwritten.

        Raises:
            OutputError: such a file is in the way, or the folder holds a link out of it. Nothing was changed.
        """
        files = sorted(files, key=lambda file: (not file.path.startswith(_FIRST), file.path))
        ours = self.recorded()
        moves = [file.path for file in files if file.is_changed]
        stale = sorted(set(ours) - {file.path for file in files})
        self._refuse_escapes([*moves, *stale])
        self._refuse_foreign(moves, ours, may_replace=may_replace)
        removed = sum(os.path.lexists(self.root / path) for path in stale)
        manifest = {"version": _VERSION, "files": {file.path: file.digest for file in files}}
        if moves or stale or ours != manifest["files"]:
            _write_json(self._control / _JOURNAL, {"moves": moves, "stale": stale, "manifest": manifest})
            self.finish()
        return Counts(written=len(moves), unchanged=len(files) - len(moves), removed=removed)

    def finish(self) -> None:
        """Carries out the journal, if there is one, from wherever it was left; then clears the staging folder."""
        journal = self._control / _JOURNAL
        if work := _journal(_read_json(journal)):
            moves, stale, manifest = work
            self._refuse_escapes([*moves, *stale])
            late = self._remove_obstacles(moves, stale)
            for path in moves:
                staged = self._control / _STAGING / _staging_name(path)
                if staged.exists():  # else it was moved before the interruption
                    target = self.root / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    staged.replace(target)
            for path in late:
                self._remove(path)
            _write_json(self._control / _MANIFEST, manifest)
        journal.unlink(missing_ok=True)
        shutil.rmtree(self._control / _STAGING, ignore_errors=True)
        (self._control / _STAGING).mkdir()

    @property
    def _control(self) -> Path:
        return self.root / CONTROL

    def recorded(self) -> Mapping[str, str]:
        """The files that the last build wrote, with their digests; nothing where it is lost or damaged."""
        manifest = _read_json(self._control / _MANIFEST) or {}
        files = manifest.get("files") if manifest.get("version") == _VERSION else None
        if not isinstance(files, dict):
            return {}
        return {path: digest for path, digest in files.items() if _is_safe(path)}

    def _refuse_escapes(self, paths: Iterable[str]) -> None:
        for folder in sorted({(self.root / path).parent for path in paths}):
            if folder.resolve() != folder:
                raise OutputError(f"{folder} is reached through a link: remove the link")

    def _refuse_foreign(self, moves: Iterable[str], ours: Mapping[str, str], *, may_replace: bool) -> None:
        """Refuses to overwrite files of others and, even if that is asked for, to swap them for another kind."""
        foreign: list[str] = []
        for path in moves:
            target = self.root / path
            if target.is_dir() and not target.is_symlink():
                foreign += [name for name in self._files_below(target) if name not in ours]
            elif path not in ours and not may_replace and os.path.lexists(target):
                foreign.append(path)
        for folder in {str(parent) for path in moves for parent in PurePosixPath(path).parents}:
            if folder not in ours and os.path.lexists(self.root / folder) and not (self.root / folder).is_dir():
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
        folders = {str(parent) for path in moves for parent in PurePosixPath(path).parents}
        targets = set(moves)
        late = []
        for path in stale:
            if path in folders or any(str(parent) in targets for parent in PurePosixPath(path).parents):
                self._remove(path)
            else:
                late.append(path)
        return late

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


def refuse_overlap(folder: Path, documents: Path, site_folder: Path, others: Iterable[Path]) -> None:
    """Refuses an output folder in which a build would read or overwrite its own input.

    Args:
        folder: the output folder.
        documents: the source folder.
        site_folder: the folder of the settings, resolved.
        others: folders, resolved, of which a build reads all files.

    Raises:
        OutputError: it is one.
    """
    try:
        output, source = folder.resolve(), documents.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OutputError(f"{folder} is no usable path: {error}") from None
    for name, inner in [("source folder", source), ("site's folder", site_folder)]:
        if inner.is_relative_to(output):
            raise OutputError(f"{folder} holds the {name}: choose another output folder")
    for outer in [source, *others]:
        if output.is_relative_to(outer):
            raise OutputError(f"{folder} lies in {outer}, which a build reads: choose another output folder")
    try:
        if output.exists() and not output.is_dir():
            raise OutputError(f"{folder} is no folder")
    except OSError as error:
        raise OutputError(f"{folder} is no usable path: {error.strerror}") from None


@contextlib.contextmanager
def hold(output: Path) -> Iterator[Tree]:
    """Makes and locks an output folder, and finishes what an interrupted build left.

    Raises:
        OutputError: another build holds the folder, or it cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        root = output.resolve()
        control = root / CONTROL
        if control.is_symlink():
            raise OutputError(f"{control} is a link: remove it")
        control.mkdir(exist_ok=True)
        lock = filelock.FileLock(control / "lock", timeout=0)
        with lock:
            tree = Tree(root=root)
            tree.finish()
            yield tree
            shutil.rmtree(control / _STAGING, ignore_errors=True)
    except filelock.Timeout:
        raise OutputError(f"another build is writing to {output}: wait for it to end") from None
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


def write_file(path: Path, data: bytes) -> None:
    """Writes a file so that a reader finds the old or the new one, never a part."""
    temporary = path.with_name(f".{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _holds(target: Path, data: bytes) -> bool:
    try:
        return not target.is_symlink() and target.stat().st_size == len(data) and target.read_bytes() == data
    except OSError:
        return False


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _staging_name(path: str) -> str:
    return _digest(path.encode())


def _is_safe(path: object) -> bool:
    """Whether a path read from disk is one that we may have written."""
    if not isinstance(path, str) or not path.isprintable() or not path or "\\" in path:
        return False
    pure = PurePosixPath(path)
    if any(len(part.encode()) > _MAX_NAME for part in pure.parts):
        return False
    return not pure.is_absolute() and ".." not in pure.parts and pure.parts[0] != CONTROL and str(pure) == path


def _journal(work: dict[str, Any] | None) -> tuple[list[str], list[str], dict[str, Any]] | None:
    """The moves, removals and new manifest of a journal; nothing where it is not what we write."""
    if work is None:
        return None
    moves, stale, manifest = work.get("moves"), work.get("stale"), work.get("manifest")
    if not (isinstance(moves, list) and isinstance(stale, list) and isinstance(manifest, dict)):
        return None
    if not isinstance(manifest.get("files"), dict):
        return None
    return list(filter(_is_safe, moves)), list(filter(_is_safe, stale)), manifest


def _write_json(path: Path, value: object) -> None:
    write_file(path, json.dumps(value, sort_keys=True, indent=0).encode())


def _read_json(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
