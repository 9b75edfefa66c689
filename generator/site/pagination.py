"""Cuts long lists into pages that never change once they are full."""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Slice(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list."""

    number: int | None
    """The number of the page, counted from 1 for the oldest; None for the newest page."""
    values: tuple[T, ...]
    newer: int | None
    """The number of the page with newer entries; None if that is the newest page, or there is none."""
    older: int | None
    """The number of the page with older entries; None if there is none."""


def with_neighbours(values: Sequence[T]) -> Iterator[tuple[T | None, T, T | None]]:
    """Yields each value between its predecessor and its successor, which are None at the ends."""
    return zip([None, *values[:-1]], values, [*values[1:], None], strict=True) if values else iter(())


def paginate(values: Sequence[T], size: int) -> tuple[Slice[T], ...]:
    """Cuts a list into pages. Both are sorted newest first.

    Numbered pages have ``size`` entries each and are numbered from the oldest, so a new entry changes only the newest
    page. The newest page has the other entries, fewer than ``2 * size``. It has at least ``size`` entries if there is a
    numbered page, so it is never almost empty.
    """
    numbered_count = max(len(values) // size - 1, 0)
    newest_size = len(values) - numbered_count * size
    numbered = [
        Slice(
            number=number,
            values=tuple(values[start : start + size]),
            newer=number + 1 if number < numbered_count else None,
            older=number - 1 or None,
        )
        for number, start in zip(range(numbered_count, 0, -1), range(newest_size, len(values), size), strict=True)
    ]
    return (Slice(number=None, values=tuple(values[:newest_size]), newer=None, older=numbered_count or None), *numbered)
