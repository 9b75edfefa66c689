"""Clusters a folder of documents without planning a site, for the commands that print stories or numbers."""

import contextlib
from collections.abc import Mapping
from pathlib import PurePath

import msgspec

from generator.build import load
from generator.build.load import Loaded
from generator.build.plan import select_items, selection_of
from generator.build.scan import scan
from generator.cache import program
from generator.cache.store import Store
from generator.config import hook_file, settings
from generator.config.options import Options
from generator.config.settings import Settings
from generator.content import publishers, topics
from generator.content.collection import Selected, Selection, reason_to_leave_out
from generator.content.model import Item
from generator.content.source_files import Found
from generator.content.topics import Taxonomy
from generator.errors import Diagnostic, merge_unknown_keys, sorted_by_place
from generator.stories.incremental import cluster_all
from generator.stories.model import Clustering
from generator.util.file_names import composed
from generator.util.text import nearest

_MAX_GUESSED = 100


_REASONS = {
    "draft": "it is a draft; --drafts includes it",
    "future": "it is published in the future; --future includes it",
    "removed": "it has `removed: true`",
    "unpromoted": "it has `published: false`, and the setting include_unpromoted is false",
}


class ClusteredFolder(msgspec.Struct, frozen=True, kw_only=True):
    """The stories of a folder of documents."""

    clustering: Clustering
    settings: Settings
    topics: Taxonomy
    about: Item | None
    """The item of the document that was asked about."""
    why_not: str
    """Why the document that was asked about has no item on the site; empty where it has, or none was asked about."""
    diagnostics: tuple[Diagnostic, ...]
    read: int
    """The number of documents."""
    left_out: Mapping[str, int]
    """As in ``Selected``."""


def cluster_folder(options: Options, *, document: str | None = None) -> ClusteredFolder:
    """Clusters the documents as a build would, without checking the links of bodies; writes nothing.

    Args:
        options: as for a build; the output folder does not matter.
        document: the path or name of a document whose comparisons are wanted.

    Raises:
        SettingsError: the settings, the curated topics or the sources have errors.
    """
    configured = settings.load(options.config, base_url=options.base_url, is_optional=options.is_config_optional)
    curated, sources = topics.load(options.site_folder), publishers.load(options.site_folder)
    store = Store(options.state_folder(configured.state), program.fingerprint())
    with contextlib.closing(store), contextlib.ExitStack() as background:
        scanned = scan(options, configured, store, background)
        hooks = hook_file.load(scanned.hooks)
        documents = load.read(
            scanned, curated, sources, hooks, trusted_before=options.trusted_before, jobs=options.jobs
        )
        loaded = load.load(scanned, documents, with_drafts=options.with_drafts)
        selected = select_items(scanned, loaded, options, hooks)
        about = next((item for item in selected.items if document and _is_named(item, document)), None)
        return ClusteredFolder(
            clustering=cluster_all(selected.items, language=configured.language),
            settings=configured,
            topics=curated,
            about=about,
            why_not=_absence(composed(document), scanned.found, loaded, selected, selection_of(options, configured))
            if document and not about
            else "",
            diagnostics=sorted_by_place(merge_unknown_keys(loaded.diagnostics), selected.diagnostics),
            read=loaded.count,
            left_out=selected.left_out,
        )


def _is_named(item: Item, document: str) -> bool:
    return PurePath(composed(document)) in {PurePath(item.name), PurePath(composed(item.path))}


def _absence(document: str, found: Found, loaded: Loaded, selected: Selected, selection: Selection) -> str:
    """Returns why a document is not on the site."""
    item = next((item for item in loaded.items if _is_named(item, document)), None)
    if item is None:
        shown = [found.folder.named(file.name) for file in found.files]
        names = [*shown, *(file.name for file in found.files)]
        left_out = {PurePath(name) for one in loaded.left_out for name in (one, found.folder.named(one))}
        if PurePath(document) in left_out:
            return f"{document} is not on the site: the hook `item` in hooks.py leaves it out"
        if any(PurePath(document) == PurePath(name) for name in names):
            return f"{document} is not on the site: it has errors"
        by_last_part = {PurePath(one).stem: one for one in shown}
        near = nearest(PurePath(document).stem[:_MAX_GUESSED], by_last_part, most=3)
        guess = f"did you mean {', '.join(by_last_part[one] for one in near)}?" if near else ""
        return f"there is no document {document}; {guess or '`digest stories --all` lists them'}"
    reason = reason_to_leave_out(
        item, selection, is_future=item.published_at > selection.now and not selection.with_future
    )
    said = _REASONS.get(reason) or next(
        (f"it {one.message}" for one in selected.diagnostics if one.path == item.path),
        "the hook `collection` in hooks.py leaves it out",
    )
    return f"{item.path} is not on the site: {said}"
