"""Bytes that are put aside come back, wherever they lay."""

import os
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import Decoder, encode

from generator.stories.packed import Packed
from generator.util import spill, workers
from generator.util.spill import Spool


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    with mock.patch.object(spill, "_IN_MEMORY", 10), mock.patch("generator.stories.packed._AT_HAND", 2):
        yield


def filled(parts: list[bytes]) -> list[tuple[Spool, int, int]]:
    """A spool with parts, and where each is."""
    aside = Spool()
    return [(aside, start, start + len(part)) for part in parts for start in [aside.put(part)]]


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_what_is_put_aside_comes_back(parts: list[bytes]) -> None:
    """From memory and from the file, in any order."""
    assert [aside.get(start, stop) for aside, start, stop in reversed(filled(parts))] == parts[::-1]


def test_processes_that_come_later_read_it_too() -> None:
    """At once, without being in each other's way."""
    parts = [bytes([number]) * 9 for number in range(64)]
    places = filled(parts)
    with workers.in_background(lambda: [aside.get(start, stop) for aside, start, stop in places], jobs=2) as beside:
        assert [aside.get(start, stop) for aside, start, stop in places] == parts
        assert beside() == parts


def test_without_room_for_a_file_all_stays_in_memory() -> None:
    """Also what comes after some went into the file."""
    aside = Spool()
    first = aside.put(b"a" * 20)
    with mock.patch.object(aside, "_file", mock.Mock(seek=mock.Mock(side_effect=OSError("full")))):
        second, third = aside.put(b"b" * 20), aside.put(b"c" * 20)
        assert [aside.get(start, start + 20) for start in (second, third)] == [b"b" * 20, b"c" * 20]
    assert aside.get(first, first + 20) == b"a" * 20
    with mock.patch("tempfile.TemporaryFile", side_effect=OSError("none")):
        assert [one.get(start, stop) for one, start, stop in filled([b"d" * 20, b"e" * 20])] == [b"d" * 20, b"e" * 20]


def test_a_file_that_was_cut_off_is_no_endless_wait() -> None:
    """It is an error of its own."""
    aside = Spool()
    start = aside.put(b"a" * 20)
    assert aside._file
    os.truncate(aside._file.fileno(), 5)
    with pytest.raises(EOFError, match="cut off"):
        aside.get(start, start + 20)


@given(st.lists(st.integers(0, 9), max_size=9), st.lists(st.integers(0, 9), max_size=3), st.integers(1, 4))
def test_a_packed_beginning_reads_like_a_list(before: list[int], since: list[int], size: int) -> None:
    """From any side, in slices, and with what is added."""
    parts = [encode(before[start : start + size]) for start in range(0, len(before), size)]
    load = [lambda part=part: part for part in parts]
    packed = Packed(Decoder(list[int]), size, load, len(before))
    whole = before + since
    if len(before) % size == 0:
        packed.append(7)
        packed.append(8)
        if size == 2:
            packed.put_aside(lambda: encode([7, 8]))
        whole = [*before, 7, 8, *since]
    for value in since:
        packed.append(value)
    assert list(packed) == whole
    assert [packed[place] for place in range(-len(whole), len(whole))] == whole * 2
    assert [list(packed[start:]) for start in range(len(whole))] == [whole[start:] for start in range(len(whole))]
    with pytest.raises(IndexError):
        packed[len(whole)]
