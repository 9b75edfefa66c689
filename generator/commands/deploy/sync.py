"""A built site copied into a folder that is served, so that no reader meets a page without what it needs.

The served folder is written as an output folder is: what differs is staged beside the site, a journal is written, and
the files are moved into place one by one, in the order of :func:`urls.publish_order`, removals last. What a page of
before may still ask for, files named by their content, stays until the site has changed once more.
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
class Wish:
    """What a sync is asked to do."""

    output: Path
    """The built site."""
    target: Path
    """The folder that is served."""
    source: Path
    """The documents, which the served folder must not lie among."""
    is_clean: bool = False
    """Move every file."""
    may_overwrite: bool = False
    """Replace files that no build or sync wrote."""
    may_remove: bool = True
    is_dry: bool = False
    """Only say what would be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync did, or would do, by paths."""

    moved: tuple[str, ...]
    """In the order in which they were put in place."""
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    """Not of the site any more, but left for readers of an older page."""
    unchanged: int

    @property
    def rules(self) -> str:
        """The file that nginx reads only when it starts or is told to, where it changed; else nothing."""
        path = urls.file_path(urls.NGINX_REDIRECTS)
        return path if path in (*self.moved, *self.removed) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What the last sync left."""

    site: str = ""
    """The digest of its site; empty where there was none, or its note is lost."""
    kept: frozenset[str] = frozenset()


def sync(wish: Wish) -> Synced:
    """Makes a served folder hold a built site.

    Raises:
        OutputError: no whole site is there, the folders overlap, files of others are in the way, one of the folders is
            in use, or the served folder cannot be written. The served site is whole: as it was, or, where it failed
            while files were being moved, finished by the next sync.
    """
    _refuse_overlap(wish)
    with _reading(wish.output) as site:
        files = site.recorded()
        if wish.is_dry:
            served = Tree(root=wish.target.resolve())
            plan = _plan(wish, site, served, files)
            served.refuse(plan.moved, plan.removed, served.recorded(), may_replace=wish.may_overwrite)
            return plan
        with tree.hold(wish.target) as served:
            return _carry_out(wish, site, served, files)


def _carry_out(wish: Wish, site: Tree, served: Tree, files: Mapping[str, str]) -> Synced:
    plan = _plan(wish, site, served, files)
    ours = served.recorded()
    moved = set(plan.moved)
    staged = [_stage(path, files[path], site, served, is_forced=wish.is_clean) for path in plan.moved]
    staged += [
        Staged(path=path, digest=digest, is_changed=False) for path, digest in files.items() if path not in moved
    ]
    staged += [Staged(path=path, digest=ours[path], is_changed=False) for path in plan.kept]
    served.publish(
        staged, may_replace=wish.may_overwrite, more={_STATE: {"site": site_digest(files), "kept": plan.kept}}
    )
    changed = {file.path for file in staged if file.is_changed}
    return Synced(
        moved=tuple(path for path in plan.moved if path in changed),
        removed=plan.removed,
        kept=plan.kept,
        unchanged=sum(not file.is_changed for file in staged) - len(plan.kept),
    )


def _plan(wish: Wish, site: Tree, served: Tree, files: Mapping[str, str]) -> Synced:
    """What is to be done, from the two manifests and the sizes of files; no file is read."""
    ours = served.recorded()
    moved = [
        path
        for path, digest in files.items()
        if wish.is_clean or ours.get(path) != digest or _size(served.root / path) != _size(site.root / path)
    ]
    stale = set(ours) - set(files)
    kept = stale - _to_remove(stale, _state(served), files) if wish.may_remove else stale
    return Synced(
        moved=tuple(sorted(moved, key=lambda path: (urls.publish_order(path, is_new=path not in ours), path))),
        removed=tuple(sorted(stale - kept)),
        kept=tuple(sorted(kept)),
        unchanged=len(files) - len(moved),
    )


def _to_remove(stale: set[str], last: _State, files: Mapping[str, str]) -> set[str]:
    """What is not of the site any more, but for what a page of the last site may ask for.

    That is not the same as what the last sync did not keep: one that changes nothing must not cost a reader anything.
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
        raise OutputError(f"{site.root / path} is not what the build wrote: build again with --clean")
    return staged


def _size(path: Path) -> int | None:
    """The size of a file that is no link; nothing where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size if S_ISREG(found.st_mode) else None


@contextlib.contextmanager
def _reading(output: Path) -> Iterator[Tree]:
    """A built site that no build changes meanwhile."""
    site = Tree(root=output.resolve())
    if not site.recorded() and not site.is_interrupted:
        raise OutputError(f"{output} holds no site that a build wrote: build it first")
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(tree.lock(site.root))
        except OSError as error:
            if error.errno != errno.EROFS:  # there no build can be at work
                raise OutputError(f"{output} cannot be locked: {error.strerror or error}") from None
        # A build that was killed may have left files of two sites.
        if site.is_interrupted:
            raise OutputError(f"a build was interrupted while it moved files into {output}: build again")
        yield site


def _refuse_overlap(wish: Wish) -> None:
    try:
        target, output, source = (path.resolve() for path in (wish.target, wish.output, wish.source))
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OutputError(f"{wish.target} is no usable path: {error}") from None
    for name, folder in (("built site", output), ("documents", source)):
        if target.is_relative_to(folder) or folder.is_relative_to(target):
            raise OutputError(f"{wish.target} and the {name} in {folder} overlap: choose another folder to serve")
    if target.exists() and not target.is_dir():
        raise OutputError(f"{wish.target} is no folder")


def _state(served: Tree) -> _State:
    """Returns what the last sync noted; where that is lost, it kept nothing and its site was another."""
    with contextlib.suppress(KeyError, TypeError):
        value = served.manifest()[_STATE]
        return _State(site=str(value["site"]), kept=frozenset(map(str, value["kept"])))
    return _State()
