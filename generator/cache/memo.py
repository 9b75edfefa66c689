"""What an earlier build found out, by what it was found from; and which documents are as they were."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from generator.cache.model import KnownDocument, Stretch

T = TypeVar("T")


class Recall:
    """What is known of documents, and small results that take long to find. A build uses one, in its own process."""

    def __init__(
        self,
        *,
        documents: Mapping[str, KnownDocument],
        known: Mapping[bytes, bytes] | None = None,
        stretches: Sequence[Stretch] = (),
    ) -> None:
        """Begins with what is known.

        Args:
            documents: all of which there are items, by name.
            known: what :attr:`used` was in an earlier build.
            stretches: what :attr:`stretches` came to be in an earlier build.
        """
        self.documents = documents
        self.used: dict[bytes, bytes] = {}
        self.stretches = stretches
        self._known = known or {}

    def known(self, key: bytes, kind: type[T]) -> T | None:
        """The result of this key in the last build, if there was one."""
        packed = self._known.get(key)
        if packed is None:
            return None
        self.used[key] = packed
        return msgspec.msgpack.decode(packed, type=kind)

    def result(self, key: bytes, kind: type[T], find: Callable[[], T]) -> T:
        """``find()``, or what it gave with this key before.

        Args:
            key: a fingerprint of all that the result depends on, and of which result it is.
            kind: the type of the result.
            find: what takes long.
        """
        if (known := self.known(key, kind)) is not None:
            return known
        found = find()
        self.remember(key, found)
        return found

    def remember(self, key: bytes, found: object) -> None:
        """Keeps a result for the next build."""
        self.used[key] = msgspec.msgpack.encode(found)
