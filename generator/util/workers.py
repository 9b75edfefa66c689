"""Work on many values in several processes, in chunks, with the results in the order of the values."""

import contextlib
import functools
import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

_PR_SET_PDEATHSIG = 1
IS_FORKING = sys.platform == "linux"
"""Whether processes inherit what is there. Fork is the default on Linux up to Python 3.13 only; elsewhere not safe."""

_running: set[Any] = set()
# One per worker process: what `prepare` made there.
_context: list[Any] = []


def in_chunks(
    work: Callable[[C, Sequence[T]], R],
    values: Sequence[T],
    *,
    prepare: Callable[[], C],
    jobs: int,
    size: int,
    keep_parent_free: bool = False,
) -> Iterator[R]:
    """Yields ``work(prepare(), chunk)`` for each chunk of at most ``size`` values, in order.

    ``prepare`` runs once in each process. Where the system can fork, what it refers to is inherited and not
    copied, so large shared input belongs there and not into ``values``. With one job, or one chunk, nothing is
    started and all happens here; unless it is to happen aside, because this process has work of its own. With no job
    it happens here, too.
    """
    chunks = [values[start : start + size] for start in range(0, len(values), size)]
    if jobs <= (0 if keep_parent_free else 1) or len(chunks) <= 1:
        context = prepare()
        for chunk in chunks:
            yield work(context, chunk)
        return
    # What is done in one process need not wait for these.
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    method = "fork" if IS_FORKING else "spawn"
    gc.freeze()  # keeps the collector of the children from touching, and so copying, inherited pages
    executor = ProcessPoolExecutor(
        min(jobs, len(chunks)),
        mp_context=multiprocessing.get_context(method),
        initializer=_start,
        initargs=(prepare,),
    )
    _running.add(executor)
    try:
        with _undisturbed():
            results = executor.map(functools.partial(_step, work), chunks)
        yield from results
    finally:
        # Where Ctrl-C came while it was starting, its pipes may be closed; that must not be taken for what went wrong.
        with contextlib.suppress(OSError):
            executor.shutdown(cancel_futures=True)
        _running.discard(executor)
        gc.unfreeze()


@contextlib.contextmanager
def in_background(work: Callable[[], R], *, jobs: int) -> Iterator[Callable[[], R]]:
    """Begins work in another process; what is entered waits for its result, and ends with the context.

    What the work refers to is inherited. With one job, or where the system cannot fork, the work is done here when its
    result is asked for; so it is where the other process failed.
    """
    if jobs <= 1 or not IS_FORKING:
        yield work
        return
    reading, writing = os.pipe()
    with _undisturbed():
        process = os.fork()
        if not process:
            _work_beside(work, writing)
    os.close(writing)
    is_read = False

    def result() -> R:
        nonlocal is_read
        try:
            found: R = pickle.load(stream)  # noqa: S301 - from a fork of this process
        except (EOFError, pickle.UnpicklingError):
            found = work()
        is_read = True
        return found

    with open(reading, "rb") as stream:
        try:
            yield result
        finally:
            if not is_read:  # it would wait for somebody who reads
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _work_beside(work: Callable[[], object], writing: int) -> NoReturn:
    """Works, hands the result over, and ends the process whatever happens, also where the parent is gone by then."""
    try:
        _be_quiet()
        with open(writing, "wb") as stream:
            stream.write(pickle.dumps(work()))
    finally:
        os._exit(0)


def stop() -> None:
    """Lets the chunks end that are being worked on, and begins no other: for when their results are not awaited."""
    for executor in list(_running):
        executor.shutdown(cancel_futures=True)


def same(value: C) -> C:
    """``functools.partial(same, value)`` prepares what is there already."""
    return value


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Holds Ctrl-C back while processes are started: a new one has not said yet that it is not meant."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(prepare: Callable[[], Any]) -> None:
    _be_quiet()
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - only those who wait for work without end need it

        # A parent that is killed outright cannot tell its workers to end.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _context[:] = [prepare()]


def _be_quiet() -> None:
    """What every process needs that is started here."""
    # Ctrl-C reaches all processes of a terminal, and is for the parent to decide upon: a worker that died of it would
    # leave half a result behind, for which the parent would wait. Programs that a worker starts do end of it.
    signal.signal(signal.SIGINT, _ignore)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _ignore(_number: int, _frame: object) -> None:
    """Other than ``SIG_IGN`` it is not handed on to programs that are started."""


def _step(work: Callable[[Any, Sequence[Any]], Any], chunk: Sequence[Any]) -> Any:  # noqa: ANN401 - carries any result
    return work(_context[0], chunk)
