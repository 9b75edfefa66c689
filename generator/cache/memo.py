"""The interface of the cache: results by the key of everything that they were made from."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec

from generator.cache.store import Store

T = TypeVar("T")


class WrongKeyError(AssertionError):
    """A result was made again and came out different: its key leaves something out. Names the kind."""


class Kind(Generic[T]):
    """A kind of result: its name in the store, and how its values are packed."""

    def __init__(self, name: str, type_: type[T]) -> None:
        self.name = name
        # Sets have no order of their own; equal values are to be equal bytes.
        self.pack = msgspec.msgpack.Encoder(order="deterministic").encode
        self.unpack = msgspec.msgpack.Decoder(type_).decode

    def __repr__(self) -> str:
        return f"Kind({self.name})"


class Memo:
    """Results of this build and earlier ones.

    A result is returned if and only if its key is equal. So a key must be the digest of everything that the result was
    made from; with ``is_verifying`` every result is made again and compared, and a key that leaves something out is
    named by its kind.
    """

    def __init__(self, store: Store | None = None, *, is_verifying: bool = False) -> None:
        """Begins with the results of a store; without one, with none."""
        self.store = store
        self._is_verifying = is_verifying
        self._found: dict[str, dict[bytes, bytes]] = {}
        """What is in memory, by kind: all of a loaded kind, of others what was added."""
        self._loaded: set[str] = set()
        self._used: dict[str, set[bytes]] = {}

    def load(self, kind: Kind[T]) -> None:
        """Reads all results of a kind at once, which is faster than one by one where most of them will be used."""
        if kind.name not in self._loaded:
            self._loaded.add(kind.name)
            if self.store:
                self._found[kind.name] = self.store.all_of(kind.name)

    def unload(self, kind: Kind[T]) -> None:
        """Frees the memory of a loaded kind whose results have been used."""
        self._loaded.discard(kind.name)
        self._found.pop(kind.name, None)

    def get(self, kind: Kind[T], key: bytes, make: Callable[[], T]) -> T:
        """Returns the result of ``make()``, from this build or an earlier one.

        Args:
            kind: the kind of result.
            key: the digest of everything that the result depends on.
            make: makes the result.

        Raises:
            WrongKeyError: this memo is verifying, and the result is not the one of the same key.
        """
        if not self._is_verifying and (found := self.find(kind, key)) is not None:
            return found
        return self.add(kind, key, make())

    def has(self, kind: Kind[T], key: bytes) -> bool:
        """Returns whether a result need not be made; a verifying memo says that each must be."""
        if self._is_verifying:
            return False
        is_there = key in self._found.get(kind.name, ())
        if not is_there and self.store and kind.name not in self._loaded:
            is_there = self.store.has(kind.name, key)
        if is_there:
            self._use(kind, key)
        return is_there

    def find(self, kind: Kind[T], key: bytes) -> T | None:
        """Returns a result of this build or an earlier one, or None where there is none."""
        packed = self.find_packed(kind, key)
        if packed is None:
            return None
        try:
            return kind.unpack(packed)
        except msgspec.MsgspecError:
            return None

    def find_packed(self, kind: Kind[T], key: bytes) -> bytes | None:
        """Returns a result as the store holds it."""
        found = self._found.get(kind.name)
        packed = found.get(key) if found else None
        if packed is None and self.store and kind.name not in self._loaded:
            packed = self.store.find(kind.name, key)
        if packed is not None:
            self._use(kind, key)
        return packed

    def replace(self, kind: Kind[T], key: bytes, value: T) -> None:
        """Adds a result that says itself when it is valid, in place of one that is so no longer."""
        packed = kind.pack(value)
        self._use(kind, key)
        self._found.setdefault(kind.name, {})[key] = packed
        if self.store is not None:
            self.store.add(kind.name, key, packed)

    def add(self, kind: Kind[T], key: bytes, value: T) -> T:
        """Adds a result and returns it.

        Raises:
            WrongKeyError: this memo is verifying, and there is another result of the same key.
        """
        self.add_packed(kind, key, kind.pack(value))
        return value

    def add_packed(self, kind: Kind[T], key: bytes, packed: bytes) -> None:
        """Adds a result that is packed already, by a worker for example; the errors are those of :meth:`add`."""
        if self._is_verifying:
            before = self.find_packed(kind, key)
            if before is not None and before != packed:
                raise WrongKeyError(kind.name)
        self._use(kind, key)
        if self._found.get(kind.name, {}).get(key) == packed:
            return
        if self.store is None or kind.name in self._loaded:
            self._found.setdefault(kind.name, {})[key] = packed
        if self.store is not None:
            self.store.add(kind.name, key, packed)

    def keep(self, kind: Kind[T], keys: Iterable[bytes]) -> None:
        """Says that results are still needed though this build may not ask for them."""
        self._used.setdefault(kind.name, set()).update(keys)

    def _use(self, kind: Kind[T], key: bytes) -> None:
        used = self._used.get(kind.name)
        if used is None:
            used = self._used[kind.name] = set()
        used.add(key)

    def finish(self, kinds: Iterable[Kind[Any]] | None = None) -> None:
        """Writes what was added, and removes results that this run did not ask for.

        Args:
            kinds: of which results are removed; by default all that this run asked for.
        """
        if self.store:
            self.store.flush()
            names = self._used.keys() if kinds is None else [kind.name for kind in kinds]
            self.store.remove_all_but({name: self._used.get(name, set()) for name in names})
