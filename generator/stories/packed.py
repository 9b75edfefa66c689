"""A sequence whose beginning is packed, and unpacked where it is asked for."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

import msgspec

T = TypeVar("T")
_AT_HAND = 256
"""Parts that stay unpacked, at most."""


class Packed(Sequence[T], Generic[T]):
    """Values of which the first came in parts of one size, each packed by ``msgspec``, and the others one by one."""

    def __init__(
        self,
        decoder: msgspec.msgpack.Decoder[list[T]],
        size: int,
        load: Sequence[Callable[[], bytes]] = (),
        count: int = 0,
    ) -> None:
        """Begins with so many values.

        Args:
            decoder: unpacks a part.
            size: of a part.
            load: gives each part; the last one may be shorter.
            count: of all these values.
        """
        self._decoder = decoder
        self._load = list(load)
        self._size = size
        self._before = count
        self._unpacked: dict[int, list[T]] = {}
        self._since: list[T] = []

    def append(self, one: T) -> None:
        """Adds a value."""
        self._since.append(one)

    def put_aside(self, load: Callable[[], bytes]) -> None:
        """Lets go of the values that were added, a part of its size, which are given by ``load`` from now on."""
        self._load.append(load)
        self._before += len(self._since)
        self._since = []

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if start >= self._before and step == 1:
                return self._since[start - self._before : stop - self._before]
            return [self[place] for place in range(start, stop, step)]
        if index >= self._before:
            return self._since[index - self._before]
        if index < 0:
            return self[len(self) + index]
        number, place = divmod(index, self._size)
        part = self._unpacked.get(number)
        if part is None:
            if len(self._unpacked) >= _AT_HAND:
                del self._unpacked[next(iter(self._unpacked))]
            part = self._unpacked[number] = self._decoder.decode(self._load[number]())
        return part[place]

    def __len__(self) -> int:
        return self._before + len(self._since)
