"""Compares a new document with those that the site has."""

import contextlib

import msgspec

from generator.build import load
from generator.build.scan import scan
from generator.cache import program
from generator.cache.store import Store
from generator.config import hook_file
from generator.config.options import Options
from generator.config.settings import Settings
from generator.content import publishers, topics
from generator.content.model import Item
from generator.util.text import nearest, topic_key

_MAX_COMPARED = 60


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a new document has in common with others."""

    duplicate: str
    """The path of a document about the same article, or ``""``."""
    doubtful_topics: tuple[tuple[str, str], ...]
    """Each topic that is probably misspelt, and the topic that was probably meant."""


def compare(new: Item, options: Options, configured: Settings) -> Comparison:
    """Compares an item with those of the source folder, also with drafts and future ones; writes nothing.

    Raises:
        SettingsError: the curated topics, the sources or the hooks have errors.
    """
    folder = options.site_folder
    curated, sources = topics.load(folder), publishers.load(folder)
    store = Store(options.state_folder(configured.state), program.fingerprint())
    with contextlib.closing(store), contextlib.ExitStack() as background:
        scanned = scan(options, configured, store, background)
        hooks = hook_file.load(scanned.hooks)
        trusted = options.trusted_before
        documents = load.read(scanned, curated, sources, hooks, trusted_before=trusted, jobs=options.jobs)
        items = load.load(scanned, documents, with_drafts=True).items
    known = {topic.name for topic in curated.topics} or {name for item in items for name in item.topics}
    keys = {topic_key(name) for name in known}
    unknown = [name for name in new.topics if topic_key(name) not in keys and curated.named(name) is None]
    return Comparison(
        duplicate=next((item.path for item in items if item.identity == new.identity), ""),
        doubtful_topics=tuple((name, guess) for name in unknown for guess in nearest(name[:_MAX_COMPARED], known)),
    )
