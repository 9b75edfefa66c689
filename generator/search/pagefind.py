"""Runs Pagefind, which makes search indexes of records.

This speaks to the same service as Pagefind's own Python interface does: JSON in base64, with a comma after each
message. That interface waits a tenth of a second before it reads each answer, and for ever where the program has died.
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
_AT_ONCE = 1 << 20
_PATIENCE_SECONDS = 5.0


class IndexerError(Exception):
    """Pagefind is not there, or failed; the message says which."""


def version() -> str:
    """The version of Pagefind that is installed, or nothing."""
    return program.version_of("pagefind_bin")


class Indexer:
    """A running Pagefind. A context manager: it starts when entered and has ended when left."""

    _process: "subprocess.Popen[bytes]"

    def __enter__(self) -> Self:
        """Starts Pagefind.

        Raises:
            IndexerError: it is not installed, or cannot be run.
        """
        try:
            from pagefind.service import get_executable  # noqa: PLC0415 - sites without a search do without it

            executable = get_executable()
        except (ImportError, FileNotFoundError):
            executable = None
        if executable is None:
            raise IndexerError("pagefind is not installed")
        import subprocess  # noqa: PLC0415 - sites without a search do without it

        try:
            self._process = subprocess.Popen(  # noqa: S603 - of the installed package, without a shell
                [executable, "--service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=executable.parent,  # where no configuration of others lies
            )
        except OSError as error:
            raise IndexerError(f"pagefind cannot be run: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Ends Pagefind."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        import subprocess  # noqa: PLC0415 - as above

        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def index(self, records: Iterable[Record], language: str) -> Mapping[str, bytes]:
        """Makes an index; returns its files by name.

        Raises:
            IndexerError: Pagefind failed.
        """
        number = self._ask("NewIndex", config={})["index_id"]
        for record in records:
            self._ask(
                "AddRecord",
                index_id=number,
                url=record.address,
                content=record.content,
                language=language,
                meta={
                    "title": record.title,
                    "source": record.source,
                    "date": record.date,
                    "topics": record.topic_names,
                },
                filters={"topic": list(record.topics), "source": [record.domain]},
            )
        files = self._ask("GetFiles", index_id=number)["files"]
        self._ask("DeleteIndex", index_id=number)
        return {file["path"]: base64.b64decode(file["content"]) for file in files}

    def _ask(self, kind: str, **arguments: object) -> dict[str, Any]:
        """Sends a message and waits for its answer."""
        if not (self._process.stdin and self._process.stdout):
            raise ValueError("not entered")
        message = base64.b64encode(json.dumps({"message_id": 1, "payload": {"type": kind, **arguments}}).encode())
        answer = bytearray()
        try:
            self._process.stdin.write(message + _END)
            self._process.stdin.flush()
            while not answer.endswith(_END):
                part = self._process.stdout.read1(_AT_ONCE)  # type: ignore[attr-defined]
                if not part:
                    raise IndexerError(f"pagefind ended with code {self._process.wait()}")
                answer += part
            payload = json.loads(base64.b64decode(answer[: -len(_END)], validate=True))["payload"]
        except OSError as error:
            raise IndexerError(f"pagefind does not listen: {error.strerror}") from None
        except (ValueError, binascii.Error, KeyError, TypeError):
            raise IndexerError("pagefind gives an answer that cannot be read") from None
        if not isinstance(payload, dict) or payload.get("type") not in {kind, "IndexedFile"}:
            raise IndexerError("pagefind refuses what it is asked")
        return payload
