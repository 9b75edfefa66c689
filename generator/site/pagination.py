"""Long lists cut into pages that, once full, never change."""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Slice(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list."""

    number: int | None
    """Counted from the oldest, from 1; None for the page with the newest entries."""
    values: tuple[T, ...]
    newer: int | None
    """The number of the page with newer entries, None where that is the newest page (or this is)."""
    older: int | None
    """The number of the page with older entries, None where there is none."""


def with_neighbours(values: Sequence[T]) -> Iterator[tuple[T | None, T, T | None]]:
    """Each value with the one before and the one after it."""
    return zip([None, *values[:-1]], values, [*values[1:], None], strict=True) if values else iter(())


def cut(values: Sequence[T], size: int) -> tuple[Slice[T], ...]:
    """Cuts a list that stands newest first; the newest page comes first.

    Pages are numbered from the oldest entries and hold ``size`` each, so a new entry changes the newest page only. That
    page holds from 1 to ``2 * size - 1`` entries: what does not fill a page yet stands before the newest full one, and
    no visitor ever finds it almost empty.
    """
    full = max(len(values) // size - 1, 0)  # numbered pages
    newest = len(values) - full * size
    numbered = [
        Slice(
            number=number,
            values=tuple(values[newest + (full - number) * size : newest + (full - number + 1) * size]),
            newer=number + 1 if number < full else None,
            older=number - 1 or None,
        )
        for number in range(full, 0, -1)
    ]
    return (Slice(number=None, values=tuple(values[:newest]), newer=None, older=full or None), *numbered)
