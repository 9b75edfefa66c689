"""Distributing work over processes."""

import concurrent.futures.process
import contextlib
import errno
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing import synchronize
from pathlib import Path

import pytest

from generator.util import workers
from tests.support import ROOT
from tests.support.making import SiteFolder, run


def prepare() -> int:
    """Returns the id of the process, once in each process."""
    return os.getpid()


def double(_: int, chunk: Sequence[int]) -> list[int]:
    """Doubles the values of a chunk."""
    return [2 * value for value in chunk]


def children() -> set[str]:
    """Returns the processes that this one began and has not waited for; other tests may have begun some, too."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            parent = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            found |= {path.parent.name} if int(parent) == os.getpid() else set()
    return found


def pid_of(pid: int, _: Sequence[int]) -> int:
    """Returns the id of the process that works on the chunk."""
    return pid


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 7, 20])
def test_results_come_in_order(jobs: int, count: int) -> None:
    """The order is that of the input, also with more processes than chunks."""
    chunks = list(workers.in_chunks(double, range(count), prepare=prepare, jobs=jobs, size=3))
    assert [value for chunk in chunks for value in chunk] == [2 * value for value in range(count)]


def test_one_chunk_starts_no_process() -> None:
    """A single chunk is done in this process, several chunks are done in others."""
    assert list(workers.in_chunks(pid_of, range(3), prepare=prepare, jobs=2, size=3)) == [os.getpid()]
    assert os.getpid() not in list(workers.in_chunks(pid_of, range(9), prepare=prepare, jobs=2, size=3))


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_in_the_background_returns_its_result(jobs: int) -> None:
    """The result may be large. If it is not read, no process is left behind."""
    before = children()
    with workers.in_background(lambda: (os.getpid(), b"x" * 1_000_000), jobs=jobs) as result:
        process, data = result()
    assert len(data) == 1_000_000
    assert (process == os.getpid()) == (jobs == 1)
    with workers.in_background(lambda: b"x" * 1_000_000, jobs=jobs):
        pass
    assert children() <= before


def test_an_exception_in_the_background_is_raised_here() -> None:
    """The work is repeated in this process and raises the original exception."""
    with workers.in_background(lambda: 1 // 0, jobs=2) as result, pytest.raises(ZeroDivisionError):
        result()


def test_ctrl_c_ends_a_build_with_one_line(tmp_path: Path) -> None:
    """At any moment of a build, Ctrl-C ends all processes, and only the parent prints a message."""
    site = SiteFolder(tmp_path / "site", {"title": "Test Digest", "search": False})
    for number in range(400):
        site.add(f"2025-03-14-n{number}.md", title=f"Headline {number}", webUrl=f"https://news.example/{number}")
    command = [sys.executable, "-m", "generator", "build", "--quiet", "--clean", "--jobs", "2"]
    # The measurement of coverage would print to the same stream.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    codes: list[int] = []
    duration: float | None = None
    for moment in range(8):
        start = time.perf_counter()
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
            # The first build is not interrupted. The others are, after they have loaded all modules.
            process.wait(duration * (0.3 + moment / 10) if duration else 60)
        duration = duration or time.perf_counter() - start
        with contextlib.suppress(ProcessLookupError):  # the process has ended
            os.killpg(process.pid, signal.SIGINT)
        stdout, _ = process.communicate(timeout=60)
        codes.append(process.returncode)
        lines = stdout.split("\n")
        assert [line.partition(";")[0] for line in lines if line] == ["interrupted"] * (codes[-1] == 130)
    assert set(codes) <= {0, 130}
    assert 130 in codes


def no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of processes is reached."""
    fail(monkeypatch, os, "fork", OSError(errno.EAGAIN, "Resource temporarily unavailable"))


def one_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is reached after the first process."""
    fork, forks = os.fork, itertools.count()

    def limited() -> int:
        if next(forks):
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        return fork()

    monkeypatch.setattr(os, "fork", limited)


def no_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Semaphores cannot be created in a folder that is read-only."""
    fail(monkeypatch, synchronize.SemLock, "__init__", OSError(errno.EROFS, "Read-only file system"))


def no_semaphores(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system does not have the function."""
    fail(monkeypatch, synchronize.SemLock, "__init__", OSError(errno.ENOSYS, "Function not implemented"))


def no_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python was built without semaphores."""
    monkeypatch.setattr(concurrent.futures.process, "_system_limits_checked", False)
    monkeypatch.setattr(concurrent.futures.process, "_system_limited", None)  # what it finds is kept there
    monkeypatch.setitem(sys.modules, "multiprocessing.synchronize", None)


def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of this process looks after workers."""
    fail(monkeypatch, threading.Thread, "start", RuntimeError("can't start new thread"))


def fail(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, error: Exception) -> None:
    """Lets a function raise an error."""

    def raising(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(owner, name, raising)


LIMITS = [no_fork, one_fork, no_shared_memory, no_semaphores, no_module, no_threads]


@pytest.fixture
def reasons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said about workers that cannot be started."""
    monkeypatch.setattr(workers, "_shortage", [])
    monkeypatch.setattr(workers, "_listeners", [])
    said: list[str] = []
    workers.listen_for_shortage(said.append)
    return said


@pytest.mark.parametrize("limit", LIMITS)
def test_without_workers_this_process_does_the_work(
    limit: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, reasons: list[str]
) -> None:
    """It is said once, also if there is more work, and no process is left behind."""
    before = children()
    limit(monkeypatch)
    for _ in range(2):
        chunks = workers.in_chunks(double, range(20), prepare=prepare, jobs=3, size=3)
        assert [value for chunk in chunks for value in chunk] == [2 * value for value in range(20)]
        with workers.in_background(lambda: "result", jobs=2) as result:
            assert result() == "result"
    assert len(reasons) == 1
    assert not multiprocessing.active_children()
    assert children() <= before


@pytest.mark.usefixtures("reasons")
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("command", ["build", "check", "stats"])
def test_commands_work_without_workers(
    command: str,
    limit: Callable[[pytest.MonkeyPatch], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One note on stderr says why, and how to do without it; `--quiet` hides it. The site is the same."""
    site = SiteFolder(
        tmp_path / "site", {"title": "Test Digest", "base_url": "https://hospital.example/", "search": False}
    )
    for number in range(120):
        site.add(f"n{number}.md", title=f"Headline {number}")
    arguments = site.arguments("--jobs", "3")[1:]
    if command != "build":
        at = arguments.index("--output")
        del arguments[at : at + 2]
    limit(monkeypatch)
    code, _, stderr = run(command, *arguments)
    assert (code, stderr.count("note: no worker processes can be started (")) == (0, 1), stderr
    assert stderr.count("--jobs 1") == 1
    if command == "build":
        built = site.files()
        monkeypatch.undo()
        assert run("build", *arguments, "--clean", "--quiet")[::2] == (0, "")
        assert site.files() == built


ORPHAN = """
import multiprocessing, threading, time
from generator.util import workers

def work():
    threading.Thread(target=workers._end_with_parent, daemon=True).start()
    print("working", flush=True)
    time.sleep(30)
    print("still there", flush=True)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=work).start()
"""


@pytest.mark.parametrize("end", [subprocess.Popen.kill, subprocess.Popen.terminate])
def test_a_worker_ends_with_its_parent_where_no_kernel_ends_it(
    tmp_path: Path, end: Callable[["subprocess.Popen[str]"], None]
) -> None:
    """As on macOS and Windows. The pipe is closed when the worker, the last to hold it, has ended."""
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "working\n"
        end(parent)
        assert parent.stdout.read() == ""
