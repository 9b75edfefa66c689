"""What a build knows of the last one, as values; ``state`` keeps them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from generator.content.source_files import SourceFile, Stamp
from generator.util.spill import Spool

ReadNow = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes | None]
"""Digest, content, core and words, as in :class:`KnownDocument`; what ``codec`` packs; an item's terms."""


class Fresh(msgspec.Struct, frozen=True, gc=False):
    """What was read of a document in this build; put aside, as ``codec`` packs it."""

    spool: Spool
    start: int
    middle: int
    """Where the ``related`` list begins."""
    stop: int

    @property
    def parsed(self) -> bytes:
        """The parsed document."""
        return self.spool.get(self.start, self.middle)

    @property
    def related(self) -> bytes:
        """Its list."""
        return self.spool.get(self.middle, self.stop)


class KnownDocument(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A document that was read."""

    name: str
    stamp: Stamp
    digest: bytes
    """Of its bytes."""
    content: bytes
    """The digest of all that was read."""
    core: bytes
    """That of all but the ``related`` list."""
    words: bytes
    """The digest of what other items' stories may depend on, but for its list; nothing where it is no item."""
    fresh: Fresh | None = None
    """None where what was read is in the state."""


class KnownFile(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A file of the site as it was written."""

    path: str
    key: bytes
    """Of all that it was made from."""
    digest: str
    """As ``tree`` gives it."""
    stamp: tuple[int, int]
    """Its size in bytes, and the time of its last modification in nanoseconds."""


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """Documents that are remembered together."""

    names: tuple[str, ...]
    seal: bytes
    """Stands for what they hold."""
    parsed: bytes | memoryview = b""
    """As ``codec`` packs several, in the order of the names; empty after a glance."""


class Epoch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the collection whose stories were told.

    What is told of it and the state after it are asked for; where they are remembered, and damaged, that raises
    ``DamagedStateError``.
    """

    contents: bytes
    """The digests of all that was read of its items, joined."""
    words: bytes
    """The digests of what looking at other items depends on, joined."""
    stories: bytes
    """The numbers of its items' stories, packed."""
    told: Callable[[], bytes]
    """Gives what was decided for its items, packed."""
    looks: Callable[[], bytes]
    """Gives how its items look, packed."""
    looking: Callable[[], bytes] | None
    """Gives what looking would go on from; None where this is not kept."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """As many items, in the order of time, as an epoch holds; of the last ones fewer. As ``standing`` knows them."""

    own: bytes
    """Their ids."""
    states: bytes
    """The digests of all that is in them and was decided for them; nothing where they are not among the last ones."""
    stories: bytes
    """The numbers of their stories."""
    named: bytes
    """The ids of what they name."""
    groups: bytes
    """Of each, how many lists it stands in, and the ids of these."""
    cards: bytes
    """The keys of their cards."""
    pages: bytes
    """The keys of their pages, but for what leads to the pages before and after."""


class Store(Protocol):
    """Where much of it is, which is loaded when it is asked for; what is damaged raises ``DamagedStateError``."""

    def related(self, document: KnownDocument) -> bytes:
        """The packed ``related`` list of a document."""

    def of_epoch(self, table: str, number: int) -> bytes:
        """What one of the tables holds of an epoch."""

    def close(self) -> None:
        """To be called when nothing more is asked for."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was remembered."""

    facts: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    documents: Mapping[str, KnownDocument] = msgspec.field(default_factory=dict)
    shelves: Mapping[int, Shelf] = msgspec.field(default_factory=dict)
    """Where they stand, by numbers."""
    files: Mapping[str, KnownFile] = msgspec.field(default_factory=dict)
    epochs: Sequence[Epoch] = ()
    stretches: Sequence[Stretch] = ()
    results: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    """As ``recall`` keeps them."""
    store: Store | None = None
    is_dropped: bool = False
    """There was a file that could not be used."""
    is_whole: bool = False
    """It is more than a glance gives."""


EMPTY = Memory()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of documents from an earlier build with the same settings."""

    documents: Mapping[str, KnownDocument] = msgspec.field(default_factory=dict)
    unchanged: Mapping[str, KnownDocument] = msgspec.field(default_factory=dict)
    """Those whose files are as they were, as far as the file system tells."""
    shelves: Iterable[Shelf] = ()
    """What they held."""
    read: Mapping[str, ReadNow] = msgspec.field(default_factory=dict)
    """What was read of others already, by name."""
    related: Callable[[KnownDocument], bytes] | None = None
    """Gives the packed list of a document; None where there are no documents."""

    def list_of(self, document: KnownDocument) -> bytes:
        """The packed ``related`` list of a document that was read now, or is one of these."""
        if document.fresh:
            return document.fresh.related
        if self.related is None:
            raise LookupError(f"{document.name} was never read")
        return self.related(document)

    def digest(self, file: SourceFile) -> bytes:
        """The digest of a file's bytes when they were last read, nothing where they never were."""
        document = self.documents.get(file.name)
        return document.digest if document else b""


def unchanged(
    documents: Mapping[str, KnownDocument], files: Iterable[SourceFile], trusted_before: int
) -> dict[str, KnownDocument]:
    """What is known, by name, of files that are as they were, as far as the file system tells.

    Args:
        documents: what is known.
        files: as they are.
        trusted_before: in nanoseconds of Unix time: a file that changed since may have changed again within one tick of
            its clock.
    """
    known = documents.get
    return {
        document.name: document
        for file in files
        if (document := known(file.name)) is not None
        and document.stamp == file.stamp
        and file.stamp[1] < trusted_before
        and file.stamp[2] < trusted_before
    }
