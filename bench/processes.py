"""Runs a command and says what it took: seconds, processor time, memory of all its processes together."""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_SECONDS = 0.05
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a command took."""

    seconds: float
    """From its start to its end."""
    processor: float
    """Seconds that it and its children spent in processors."""
    peak: int
    """The most memory of all its processes together, in bytes; 0 where it was not sampled or cannot be."""


class FailedError(Exception):
    """A command ended with an exit code that is not 0; the message holds what it said."""


def run(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    is_sampled: bool = False,
) -> Taken:
    """Runs a command in a folder.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: variables besides those that there are.
        is_sampled: whether to watch its memory. Sampling takes time of a processor, so times are those of another run.

    Raises:
        FailedError: it failed.
    """
    with tempfile.TemporaryFile() as said:
        before, start = _processor(), time.perf_counter()
        with subprocess.Popen(  # noqa: S603 - the commands are ours
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
        ) as process:
            peak = _watch(process) if is_sampled else 0
            # Without a limit on time: with one, Python would look again and again, and see the end late.
            code = process.wait()
        seconds, processor = time.perf_counter() - start, _processor() - before
        if code:
            said.seek(0)
            raise FailedError(f"exit code {code}: {said.read().decode(errors='replace')[-2_000:]}")
    return Taken(seconds=seconds, processor=processor, peak=peak)


def memory(process: int) -> int:
    """The bytes of memory of a process and all below it; what several share counts once (PSS). 0 without ``/proc``."""
    return sum(map(_share, _family(process)))


def _watch(process: subprocess.Popen[bytes]) -> int:
    """The most memory that a process had until it ended."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(_EVERY_SECONDS)
    return peak


def _family(process: int) -> Iterator[int]:
    yield process
    try:
        listed = list(_PROCESSES.glob(f"{process}/task/*/children"))
    except OSError:  # it has ended in the meantime
        listed = []
    for path in listed:
        for child in _read(path).split():
            yield from _family(int(child))


def _share(process: int) -> int:
    for line in _read(_PROCESSES / str(process) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1_024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it has ended in the meantime
        return ""


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
