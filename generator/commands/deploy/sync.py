"""Copies a built site into a served folder, so that every page finds the files it needs at any moment.

The served folder is written in the same way as an output folder: changed files are staged, a journal is written, and
the files are moved into place one by one in the order of :func:`urls.publish_order`, removals last. Pages that readers
have open may request files of the previous site, so fingerprinted files stay until the site changes again.
"""

import contextlib
import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from generator.content import urls
from generator.errors import OutputError
from generator.output import tree
from generator.output.deploy_manifest import site_digest
from generator.output.tree import Staged, Tree

_STATE = "sync"
"""Where the list of the served folder's files holds what the last sync left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """The options of a sync."""

    output: Path
    """The built site."""
    target: Path
    """The served folder."""
    source: Path
    """The folder of the documents, which must not overlap with the served folder."""
    is_clean: bool = False
    """Move every file."""
    may_overwrite: bool = False
    """Replace files that no build or sync wrote."""
    may_remove: bool = True
    is_dry: bool = False
    """Change nothing, and return what would change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """The paths that a sync changed, or would change."""

    moved: tuple[str, ...]
    """In publish order."""
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    """Files of an earlier site, left in place for readers of older pages."""
    unchanged: int

    @property
    def rules(self) -> tuple[str, ...]:
        """The paths of the policy and redirects for nginx that changed, because nginx must reload them."""
        paths = (urls.file_path(address) for address in (urls.NGINX_POLICY, urls.NGINX_REDIRECTS))
        return tuple(path for path in paths if path in (*self.moved, *self.removed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """The state that the last sync stored."""

    site: str = ""
    """The hash of its site; empty if there was no sync, or its state is lost."""
    kept: frozenset[str] = frozenset()


def sync(options: SyncOptions) -> SyncResult:
    """Copies a built site into a served folder.

    Raises:
        OutputError: the output folder holds no complete site, the folders overlap, a file that no sync wrote is in the
            way, one of the folders is in use, or the served folder cannot be written. The served site is unchanged
            then; if files were already being moved, the next sync finishes that.
    """
    _refuse_overlap(options)
    with _locked_site(options.output) as site:
        files = site.recorded()
        if options.is_dry:
            served = Tree(root=options.target.resolve())
            plan = _plan(options, site, served, files)
            served.refuse(plan.moved, plan.removed, served.recorded(), may_replace=options.may_overwrite)
            return plan
        with tree.hold(options.target) as served:
            return _publish(options, site, served, files)


def _publish(options: SyncOptions, site: Tree, served: Tree, files: Mapping[str, str]) -> SyncResult:
    plan = _plan(options, site, served, files)
    recorded = served.recorded()
    moved = set(plan.moved)
    staged = [_stage(path, files[path], site, served, is_forced=options.is_clean) for path in plan.moved]
    staged += [
        Staged(path=path, digest=digest, is_changed=False) for path, digest in files.items() if path not in moved
    ]
    staged += [Staged(path=path, digest=recorded[path], is_changed=False) for path in plan.kept]
    served.publish(
        staged, may_replace=options.may_overwrite, more={_STATE: {"site": site_digest(files), "kept": plan.kept}}
    )
    changed = {file.path for file in staged if file.is_changed}
    return SyncResult(
        moved=tuple(path for path in plan.moved if path in changed),
        removed=plan.removed,
        kept=plan.kept,
        unchanged=sum(not file.is_changed for file in staged) - len(plan.kept),
    )


def _plan(options: SyncOptions, site: Tree, served: Tree, files: Mapping[str, str]) -> SyncResult:
    """Returns the changes to make, from the two manifests and the sizes of files. Reads no file of the site."""
    recorded = served.recorded()
    moved = [
        path
        for path, digest in files.items()
        if options.is_clean or recorded.get(path) != digest or _size(served.root / path) != _size(site.root / path)
    ]
    stale = set(recorded) - set(files)
    kept = stale - _to_remove(stale, _state(served), files) if options.may_remove else stale
    return SyncResult(
        moved=tuple(sorted(moved, key=lambda path: (urls.publish_order(path, is_new=path not in recorded), path))),
        removed=tuple(sorted(stale - kept)),
        kept=tuple(sorted(kept)),
        unchanged=len(files) - len(moved),
    )


def _to_remove(stale: set[str], last: _State, files: Mapping[str, str]) -> set[str]:
    """Returns the stale files to remove: all, except fingerprinted files that pages of the previous site may request.

    If the site has changed since the last sync, the exceptions are the files that have just become stale. Otherwise,
    they are the files that the last sync left in place, so that a repeated sync removes nothing.
    """
    unchanging = {path for path in stale if urls.is_immutable(path)}
    return stale - (unchanging & last.kept if last.site == site_digest(files) else unchanging - last.kept)


def _stage(path: str, digest: str, site: Tree, served: Tree, *, is_forced: bool) -> Staged:
    try:
        data = (site.root / path).read_bytes()
    except OSError as error:
        raise OutputError(f"{site.root / path} cannot be read: {error.strerror}; build again") from None
    staged = served.stage(path, data, is_forced=is_forced)
    if staged.digest != digest:
        raise OutputError(f"{site.root / path} has changed since the build: build again with --clean")
    return staged


def _size(path: Path) -> int | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size if S_ISREG(found.st_mode) else None


@contextlib.contextmanager
def _locked_site(output: Path) -> Iterator[Tree]:
    site = Tree(root=output.resolve())
    if not site.recorded() and not site.is_interrupted:
        raise OutputError(f"{output} holds no site that a build wrote: run `digest build` first")
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(tree.lock(site.root))
        except OSError as error:
            if error.errno != errno.EROFS:  # nothing can write to a read-only file system
                raise OutputError(f"{output} cannot be locked: {error.strerror or error}") from None
        # A killed build may have left files of two sites.
        if site.is_interrupted:
            raise OutputError(f"a build was interrupted while it moved files into {output}: build again")
        yield site


def _refuse_overlap(options: SyncOptions) -> None:
    try:
        target, output, source = (path.resolve() for path in (options.target, options.output, options.source))
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OutputError(f"{options.target} is not a usable path: {error}") from None
    for name, folder in (("built site", output), ("documents", source)):
        if target.is_relative_to(folder) or folder.is_relative_to(target):
            raise OutputError(f"{options.target} and the {name} in {folder} overlap: choose another folder to serve")
    if target.exists() and not target.is_dir():
        raise OutputError(f"{options.target} is not a folder")


def _state(served: Tree) -> _State:
    with contextlib.suppress(KeyError, TypeError):
        value = served.manifest()[_STATE]
        return _State(site=str(value["site"]), kept=frozenset(map(str, value["kept"])))
    return _State()
