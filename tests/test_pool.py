"""Work in several processes comes back as if done here."""

import os
from collections.abc import Sequence

import pytest

from generator import pool


def prepare() -> int:
    """What each process makes once."""
    return os.getpid()


def double(_: int, chunk: Sequence[int]) -> list[int]:
    """The work."""
    return [2 * value for value in chunk]


def who(pid: int, _: Sequence[int]) -> int:
    """The process that prepared."""
    return pid


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 7, 20])
def test_results_come_in_order(jobs: int, count: int) -> None:
    """For any number of processes, more than there are chunks included."""
    chunks = list(pool.in_chunks(double, range(count), prepare=prepare, jobs=jobs, size=3))
    assert [value for chunk in chunks for value in chunk] == [2 * value for value in range(count)]


def test_one_chunk_starts_no_process() -> None:
    """Small sites are built here, large ones elsewhere."""
    assert list(pool.in_chunks(who, range(3), prepare=prepare, jobs=2, size=3)) == [os.getpid()]
    assert os.getpid() not in list(pool.in_chunks(who, range(9), prepare=prepare, jobs=2, size=3))
