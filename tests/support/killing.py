"""Runs the command line in processes that die at a chosen moment: a fork for each run, so that one costs little.

A run can be killed, or stopped, before its N-th change of a folder: whenever a file there is opened for writing,
renamed or removed, or a folder made or removed, as Python's own audit events tell. A file that was about to be written
is left torn, as a real kill would leave it. A run can also be killed after a time: where, nobody can say in advance.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import ROOT
from tests.support.making import run

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


@dataclass
class Runner:
    """The process that forks the runs."""

    process: "subprocess.Popen[str]"

    def warm(self, *arguments: str) -> None:
        """Runs in the process that forks: what it imports and compiles, all later runs have."""
        assert self._ask(arguments=arguments, is_here=True)["code"] == 0

    def run(self, *arguments: str, below: Path, at: int = 0, after: float | None = None) -> dict[str, Any]:
        """Runs to the end or, where told, until it is killed. Returns `code`, `changes` and `said`."""
        return self._ask(arguments=arguments, below=str(below), at=at, after=after, signal=signal.SIGKILL)

    def start(self, *arguments: str, below: Path, at: int) -> None:
        """Runs until it stops itself before a change."""
        answer = self._ask(arguments=arguments, below=str(below), at=at, after=None, signal=signal.SIGSTOP)
        assert answer["code"] is None, answer

    def go_on(self) -> dict[str, Any]:
        """Lets the stopped run come to its end."""
        return self._ask()

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextlib.contextmanager
def runner() -> Iterator[Runner]:
    """Starts the process that forks."""
    command = [sys.executable, "-m", "tests.support.killing"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Runner(process)
        assert process.stdin
        process.stdin.close()
        process.wait(60)


def _serve() -> None:
    """Reads an order a line, answers each with a line."""
    importlib.import_module("generator.commands.deploy.sync")  # else every run would have to
    stopped: tuple[int, int] | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if order.get("is_here"):
            _answer({"code": run(*order["arguments"])[0]})
            continue
        if order:
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(reading)
                _child(order, writing)
            os.close(writing)
            if order["after"] is not None:
                time.sleep(order["after"])
                os.kill(pid, signal.SIGKILL)
        else:
            assert stopped
            pid, reading = stopped
            os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            stopped = pid, reading
            answer: dict[str, Any] = {"code": None}
        else:
            with os.fdopen(reading) as pipe:
                answer = {"changes": None, "said": ""} | json.loads(pipe.read() or "{}")
            answer["code"] = os.waitstatus_to_exitcode(status)
        _answer(answer)


def _answer(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _child(order: dict[str, Any], writing: int) -> None:
    below, changes, is_dying = order["below"], 0, False

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal changes, is_dying
        if is_dying:
            return
        if event == "open":
            is_change = isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR))
        else:
            is_change = event in _CHANGES
        if not is_change or not isinstance(args[0], (str, os.PathLike)):
            return
        path = Path(args[0])
        # Removing a whole folder names what is in it without its path.
        if path.is_absolute() and not path.is_relative_to(below):
            return
        changes += 1
        if changes == order["at"]:
            is_dying = order["signal"] == signal.SIGKILL
            if event == "open" and is_dying:
                path.write_bytes(b"torn")
            os.kill(os.getpid(), order["signal"])

    sys.addaudithook(hook)
    code, stdout, stderr = run(*order["arguments"])
    os.write(writing, json.dumps({"changes": changes, "said": stdout + stderr}).encode())
    os._exit(code)


if __name__ == "__main__":
    _serve()
