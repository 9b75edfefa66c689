"""Runs Pagefind, the program that indexes records.

Pagefind runs as a service that exchanges messages over standard input and output: JSON in base64, with a comma after
each message. Its own Python interface uses the same service, but polls for answers and never returns if the program
has died.
"""

import base64
import binascii
import contextlib
import json
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from generator.cache import program
from generator.search.records import Record

if TYPE_CHECKING:
    import subprocess

_END = b","
_READ_BYTES = 1 << 20
_TIMEOUT_SECONDS = 5.0


class IndexerError(Exception):
    """Pagefind is not installed, or failed."""


def version() -> str:
    """Returns the version of Pagefind that is installed; empty if none is."""
    return program.version_of("pagefind_bin")


class Indexer:
    """A running Pagefind, as a context manager that starts and ends the program."""

    _process: "subprocess.Popen[bytes]"

    def __enter__(self) -> Self:
        """Starts Pagefind.

        Raises:
            IndexerError: Pagefind is not installed, or cannot be run.
        """
        try:
            from pagefind.service import get_executable  # noqa: PLC0415 - only sites with a search need it

            executable = get_executable()
        except (ImportError, FileNotFoundError):
            executable = None
        if executable is None:
            raise IndexerError("pagefind is not installed")
        import subprocess  # noqa: PLC0415 - only sites with a search need it

        try:
            self._process = subprocess.Popen(  # noqa: S603 - the program of the installed package
                [executable, "--service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=executable.parent,  # a folder without a pagefind.toml
            )
        except OSError as error:
            raise IndexerError(f"pagefind cannot be run: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        import subprocess  # noqa: PLC0415 - as above

        try:
            self._process.wait(_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def index(self, records: Iterable[Record], language: str) -> Mapping[str, bytes]:
        """Indexes records in their order; returns the files by name. The language is ISO 639, and decides the stems.

        Raises:
            IndexerError: Pagefind failed.
        """
        index_id = self._ask("NewIndex", config={})["index_id"]
        for record in records:
            self._ask(
                "AddRecord",
                index_id=index_id,
                url=record.address,
                content=record.content,
                language=language,
                meta={
                    "title": record.title,
                    "source": record.source,
                    "date": record.date,
                    "topics": record.topic_names,
                },
                filters={"topic": list(record.topics), "source": list(record.domains)},
            )
        files = self._ask("GetFiles", index_id=index_id)["files"]
        self._ask("DeleteIndex", index_id=index_id)
        return {file["path"]: base64.b64decode(file["content"]) for file in files}

    def _ask(self, kind: str, **arguments: object) -> dict[str, Any]:
        """Sends a message; returns the payload of the answer."""
        if not (self._process.stdin and self._process.stdout):
            raise ValueError("not entered")
        message = base64.b64encode(json.dumps({"message_id": 1, "payload": {"type": kind, **arguments}}).encode())
        answer = bytearray()
        try:
            self._process.stdin.write(message + _END)
            self._process.stdin.flush()
            while not answer.endswith(_END):
                chunk = self._process.stdout.read1(_READ_BYTES)  # type: ignore[attr-defined]
                if not chunk:
                    raise IndexerError(f"pagefind ended with code {self._process.wait()}")
                answer += chunk
            payload = json.loads(base64.b64decode(answer[: -len(_END)], validate=True))["payload"]
        except OSError as error:
            raise IndexerError(f"pagefind does not listen: {error.strerror}") from None
        except (ValueError, binascii.Error, KeyError, TypeError):
            raise IndexerError("pagefind gives an answer that cannot be read") from None
        if not isinstance(payload, dict) or payload.get("type") not in {kind, "IndexedFile"}:
            raise IndexerError("pagefind refuses what it is asked")
        return payload
