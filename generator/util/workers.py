"""Distributes work over processes in chunks, and returns the results in the order of the input."""

import contextlib
import functools
import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

_PR_SET_PDEATHSIG = 1
CAN_FORK = sys.platform == "linux"
"""Whether worker processes are forked and so inherit memory. Other systems cannot fork safely."""

_executors: set[Any] = set()
# In a worker process, the one value that `prepare` returned there.
_context: list[Any] = []


def in_chunks(
    work: Callable[[C, Sequence[T]], R],
    values: Sequence[T],
    *,
    prepare: Callable[[], C],
    jobs: int,
    size: int,
    keep_parent_free: bool = False,
) -> Generator[R, None, None]:
    """Yields ``work(prepare(), chunk)`` for each chunk of at most ``size`` values, in order.

    With a single job or a single chunk, this process does the work. Forked workers inherit everything that ``prepare``
    refers to without a copy, so large shared input belongs there and not into ``values``. It runs once in each process.

    If this process has other work to do (``keep_parent_free``), a worker is started even for a single job. With 0 jobs,
    all work is done in this process.
    """
    chunks = [values[start : start + size] for start in range(0, len(values), size)]
    if jobs <= (0 if keep_parent_free else 1) or len(chunks) <= 1:
        context = prepare()
        for chunk in chunks:
            yield work(context, chunk)
        return
    # Work in this process does not need these modules, so they are imported late.
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    method = "fork" if CAN_FORK else "spawn"
    gc.freeze()  # else the garbage collector of a worker would write to inherited memory and so copy it
    executor = ProcessPoolExecutor(
        min(jobs, len(chunks)), mp_context=multiprocessing.get_context(method), initializer=_start, initargs=(prepare,)
    )
    _executors.add(executor)
    try:
        with _interrupts_blocked():
            results = executor.map(functools.partial(_step, work), chunks)
        yield from results
    finally:
        # Ctrl-C while the executor starts may have closed its pipes. That error must not hide the interruption.
        with contextlib.suppress(OSError):
            executor.shutdown(cancel_futures=True)
        _executors.discard(executor)
        gc.unfreeze()


@contextlib.contextmanager
def in_background(work: Callable[[], R], *, jobs: int) -> Iterator[Callable[[], R]]:
    """Runs ``work`` in a forked process, and yields a function that waits for its result.

    Leaving the context ends the process. With only one job, if the system cannot fork, or if the other process failed,
    the function does the work in this process.
    """
    if jobs <= 1 or not CAN_FORK:
        yield work
        return
    read_end, write_end = os.pipe()
    with _interrupts_blocked():
        process = os.fork()
        if not process:
            _run_and_exit(work, write_end)
    os.close(write_end)
    is_read = False

    def result() -> R:
        nonlocal is_read
        try:
            value: R = pickle.load(stream)  # noqa: S301 - from a fork of this process
        except (EOFError, pickle.UnpicklingError):
            value = work()
        is_read = True
        return value

    with open(read_end, "rb") as stream:
        try:
            yield result
        finally:
            if not is_read:  # the process may be blocked by the full pipe
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _run_and_exit(work: Callable[[], object], write_end: int) -> NoReturn:
    """Writes the pickled result to a pipe and exits, even if the work or the pipe fails."""
    try:
        _set_signals()
        with open(write_end, "wb") as stream:
            stream.write(pickle.dumps(work()))
    finally:
        os._exit(0)


def stop() -> None:
    """Cancels the chunks that no worker has begun. It is called when the results are no longer needed."""
    for executor in list(_executors):
        executor.shutdown(cancel_futures=True)


def same(value: C) -> C:
    """Returns its argument. ``functools.partial(same, value)`` is a ``prepare`` for a value that exists already."""
    return value


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Delays Ctrl-C while processes start, because a new process does not ignore it yet."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(prepare: Callable[[], Any]) -> None:
    _set_signals()
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - only worker processes need it

        # A parent that is killed cannot end its workers, so the kernel does.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _context[:] = [prepare()]


def _set_signals() -> None:
    # A terminal sends Ctrl-C to all processes, but the parent decides what happens. A worker that died of it would
    # leave half a result, and the parent would wait for the rest. Programs that a worker starts do end.
    signal.signal(signal.SIGINT, _ignore)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _ignore(_number: int, _frame: object) -> None:
    """Does nothing. Unlike ``SIG_IGN``, a handler is not inherited by programs that are started."""


def _step(work: Callable[[Any, Sequence[Any]], Any], chunk: Sequence[Any]) -> Any:  # noqa: ANN401 - returns any result
    return work(_context[0], chunk)
