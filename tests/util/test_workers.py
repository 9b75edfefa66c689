"""Work in several processes comes back as if done here."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from generator.util import workers
from tests.support import ROOT
from tests.support.making import SiteFolder


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
    chunks = list(workers.in_chunks(double, range(count), prepare=prepare, jobs=jobs, size=3))
    assert [value for chunk in chunks for value in chunk] == [2 * value for value in range(count)]


def test_one_chunk_starts_no_process() -> None:
    """Small sites are built here, large ones elsewhere."""
    assert list(workers.in_chunks(who, range(3), prepare=prepare, jobs=2, size=3)) == [os.getpid()]
    assert os.getpid() not in list(workers.in_chunks(who, range(9), prepare=prepare, jobs=2, size=3))


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_beside_comes_back(jobs: int) -> None:
    """From another process where there may be one, however large; or nobody asks, and nothing is left behind."""
    with workers.in_background(lambda: (os.getpid(), b"x" * 1_000_000), jobs=jobs) as result:
        process, data = result()
    assert len(data) == 1_000_000
    assert (process == os.getpid()) == (jobs == 1)
    with workers.in_background(lambda: b"x" * 1_000_000, jobs=jobs):
        pass
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_fails_beside_fails_here() -> None:
    """With its own words."""
    with workers.in_background(lambda: 1 // 0, jobs=2) as result, pytest.raises(ZeroDivisionError):
        result()


def test_ctrl_c_ends_a_build_at_once_and_says_one_line(tmp_path: Path) -> None:
    """Whenever it comes, to all processes of the terminal: no worker says anything, and none is waited for in vain."""
    site = SiteFolder(tmp_path / "site", {"title": "Test Digest", "search": False})
    for number in range(400):
        site.add(f"2025-03-14-n{number}.md", title=f"Headline {number}", webUrl=f"https://news.example/{number}")
    command = [sys.executable, "-m", "generator", "build", "--quiet", "--clean", "--jobs", "2"]
    # What measures coverage would say something, too.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    codes: list[int] = []
    took: float | None = None
    for moment in range(8):
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=site.root,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            # The first one is left to end; then from where all is loaded on.
            process.wait(took * (0.3 + moment / 10) if took else 60)
        took = took or time.perf_counter() - began
        with contextlib.suppress(ProcessLookupError):  # it has ended
            os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
        codes.append(process.returncode)
        lines = said.split("\n")
        assert [line.partition(";")[0] for line in lines if line] == ["interrupted"] * (codes[-1] == 130)
    assert set(codes) <= {0, 130}
    assert 130 in codes
