"""Web servers on this machine, for what asks others."""

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """What a server answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    then: Callable[[], object] = lambda: None
    """Done before anything is sent."""


@dataclass
class Asked:
    """A request."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Host:
    """A running server, with what it was asked."""

    port: int
    replies: dict[str, Reply]
    """By path; any other is answered with 404."""
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


@contextlib.contextmanager
def running(replies: dict[str, Reply], address: str = "127.0.0.1") -> Iterator[Host]:
    """A server of these replies, at a free port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            host.asked.append(Asked(self.command, self.path, dict(self.headers)))
            reply = host.replies.get(self.path, Reply(404))
            reply.then()
            with contextlib.suppress(OSError):  # whoever asked may be gone
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    host = Host(server.server_address[1], replies)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
