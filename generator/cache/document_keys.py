"""The keys of documents, by which a build that has nothing to do knows it without loading any document."""

import os

import msgspec

from generator.cache.memo import Kind
from generator.util import hashing


class DocumentKeys(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The digests of a document's parts, by which everything that shows it is keyed."""

    core: bytes
    """Of all that was read but the ``related`` list: the key of ``PARSED``."""
    related: bytes
    """Of the list: the key of ``RELATED``."""
    words: bytes
    """Of what the clustering of other items depends on; empty where the document is no item."""

    @property
    def content(self) -> bytes:
        """Of all that was read."""
        return self.core + self.related


DOCUMENT = Kind("document", DocumentKeys)
"""The keys of a document, by the digest of its bytes and of the settings that it is read with."""


def document_key(reading_key: bytes, name: str, digest: bytes) -> bytes:
    """Returns the key of a document's ``DOCUMENT`` result.

    Args:
        reading_key: of everything that documents are read with.
        name: of the document.
        digest: SHA-256 of its bytes.
    """
    return hashing.blake2(reading_key, os.fsencode(name), digest)
