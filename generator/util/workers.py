"""Distributes work over processes in chunks, and returns the results in the order of the input."""

import contextlib
import functools
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

_PR_SET_PDEATHSIG = 1
CAN_FORK = sys.platform == "linux"
"""Whether worker processes are forked and so inherit memory. Other systems cannot fork safely."""

_CANNOT_START = (OSError, ImportError, NotImplementedError, RuntimeError)
"""What starting workers raises in sandboxes: no shared memory, no semaphores, no more processes, no more threads."""

_executors: set[Any] = set()
# The reason why the system cannot start workers, once that is known; and what is called with it.
_shortage: list[str] = []
_listeners: list[Callable[[str], None]] = []
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
    all work is done in this process, and also if the system cannot start workers.
    """
    chunks = [values[start : start + size] for start in range(0, len(values), size)]
    results = None
    if jobs > (0 if keep_parent_free else 1) and len(chunks) > 1 and not _shortage:
        results = _started(functools.partial(_step, work), chunks, prepare, min(jobs, len(chunks)))
    if results is not None:
        yield from results
        return
    context = prepare()
    for chunk in chunks:
        yield work(context, chunk)


def _started(
    step: Callable[[Sequence[T]], R], chunks: Sequence[Sequence[T]], prepare: Callable[[], object], count: int
) -> Iterator[R] | None:
    """Starts workers on all chunks; returns their results in order.

    Returns None if the system cannot start workers, or if workers that are not forked cannot get what they need.
    """
    if not CAN_FORK and not _can_be_sent((step, prepare)):
        return None
    try:
        # Work in this process does not need these modules, so they are imported late.
        import multiprocessing  # noqa: PLC0415
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

        context = multiprocessing.get_context("fork" if CAN_FORK else "spawn")
        others = set(multiprocessing.active_children())
        executor = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(prepare,))
    except _CANNOT_START as error:
        _report_shortage(error)
        return None
    gc.freeze()  # else the garbage collector of a worker would write to inherited memory and so copy it
    _executors.add(executor)
    try:
        with _interrupts_blocked():
            results = executor.map(step, chunks)
    except _CANNOT_START as error:
        _report_shortage(error)
        for worker in set(multiprocessing.active_children()) - others:  # some may have been started
            worker.kill()
            worker.join()
        _end(executor)
        return None
    except BaseException:
        _end(executor)
        raise
    return _until_end(results, executor)


def _can_be_sent(value: object) -> bool:
    try:
        pickle.dumps(value)
    except (pickle.PicklingError, AttributeError, TypeError):  # such as a function that was made in another one
        return False
    return True


def _until_end(results: Iterator[R], executor: Any) -> Iterator[R]:  # noqa: ANN401 - its module is imported late
    try:
        yield from results
    finally:
        _end(executor)


def _end(executor: Any) -> None:  # noqa: ANN401 - its module is imported late
    # Ctrl-C while the executor starts may have closed its pipes. That error must not hide the interruption.
    # A thread that could not start cannot be waited for.
    with contextlib.suppress(OSError, RuntimeError):
        executor.shutdown(cancel_futures=True)
    _executors.discard(executor)
    gc.unfreeze()


def listen_for_shortage(listener: Callable[[str], None]) -> None:
    """Lets a function be called, at most once, with the reason if the system cannot start workers."""
    _listeners[:] = [listener]


def _report_shortage(error: Exception) -> None:
    # Another attempt would fail as well, or succeed for some workers only.
    if not _shortage:
        _shortage.append((error.strerror if isinstance(error, OSError) else None) or str(error))
        for listener in _listeners:
            listener(_shortage[0])


@contextlib.contextmanager
def in_background(work: Callable[[], R], *, jobs: int) -> Iterator[Callable[[], R]]:
    """Runs ``work`` in a forked process, and yields a function that waits for its result.

    Leaving the context ends the process. With only one job, if the system cannot fork, or if the other process failed,
    the function does the work in this process.
    """
    if jobs <= 1 or not CAN_FORK or _shortage:
        yield work
        return
    read_end, write_end = os.pipe()
    try:
        with _interrupts_blocked():
            process = os.fork()
            if not process:
                _run_and_exit(work, write_end)
    except OSError as error:
        os.close(read_end)
        _report_shortage(error)
        process = 0
    finally:
        os.close(write_end)
    if not process:
        yield work
        return
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
    # A parent that is killed cannot end its workers, so the kernel does, or they do.
    if CAN_FORK:
        import ctypes  # noqa: PLC0415 - only worker processes need it

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    _context[:] = [prepare()]


def _end_with_parent() -> None:
    """Waits until the parent of this worker has ended, and then ends the worker."""
    import multiprocessing  # noqa: PLC0415 - only worker processes need it

    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


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
