"""The preview server: builds, serves the output folder, builds again after changes and reloads the browsers.

Every build is a process of its own, so that it can be ended at once, leaves no memory behind, and forks its workers
from a process without threads. What it says on its standard error is what the panel shows.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import netutil, web
from tornado.httpserver import HTTPServer
from tornado.websocket import WebSocketHandler

from generator.commands.serve import responses
from generator.commands.serve.responses import Redirect
from generator.commands.serve.watch import inputs_of, watch
from generator.config import settings
from generator.config.options import Options
from generator.content import urls
from generator.errors import ServingError, SettingsError

_ERROR, _WARNINGS = re.compile("error: ", re.IGNORECASE), ("warning: ", "... and ")
# Said of a build that somebody asked for, by its name; here it is the preview that says how it went.
_NOT_OURS = ("Usage: ", "Try '", "not built: ")
_REFUSED = 2
_STYLE = ".css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to serve."""

    host: str
    port: int
    """0: one that is free."""


@dataclass(slots=True, kw_only=True)
class _Site:
    """What is served at the moment."""

    options: Options
    host: str
    base_path: str = ""
    diagnostics: tuple[str, ...] = ()
    """Of the last build; the site is that of the last one that succeeded."""
    warnings: tuple[str, ...] = ()
    """The lines in which the last build said them."""

    @property
    def root(self) -> Path:
        return self.options.output.resolve()

    def configure(self) -> None:
        """Takes up the base path of the settings."""
        configured = settings.load(self.options.config, base_url=self.options.base_url)
        self.base_path = urls.base_path(configured.base_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """How a build ended."""

    code: int
    lines: tuple[str, ...]
    """That it said and a user should see."""
    seconds: float

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The errors."""
        return tuple(_ERROR.sub("", line, count=1) for line in self.lines if _ERROR.match(line))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The lines that say them."""
        return tuple(line for line in self.lines if line.startswith(_WARNINGS))


async def serve(
    options: Options, place: Place, *, now: str | None, say: Callable[[str], None], ready: Callable[[str], None]
) -> None:
    """Serves the site until it is cancelled, interrupted or told to end.

    Args:
        options: as for a build; its ``now`` does not matter.
        place: where to serve.
        now: for every build; each takes the time of its own where there is none.
        say: is given each line that a user should see.
        ready: is given the site's address when it can be opened.

    Raises:
        SettingsError: the settings have errors before anything is served.
        ServingError: the address cannot be served, the first build was refused, or files cannot be watched.
    """
    site = _Site(options=options, host=place.host)
    site.configure()
    changed = asyncio.Event()
    paths: set[str] = set()

    def notice(found: Iterable[str]) -> None:
        paths.update(found)
        changed.set()

    server = HTTPServer(_application(site))
    with contextlib.ExitStack() as ends:
        sockets = _bind(place)
        for one in sockets:
            ends.callback(one.close)
        task = asyncio.current_task()
        if task and os.name == "posix":
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        # Before the first build, so that no change during it is missed.
        watching = asyncio.create_task(watch(inputs_of(options), notice))
        watching.add_done_callback(lambda _: changed.set())
        ends.callback(watching.cancel)
        try:
            if await _rebuild(site, now, say) == _REFUSED:
                raise ServingError("there is nothing to serve before this is mended")
            server.add_sockets(sockets)
            ready(responses.origin(place.host, sockets[0].getsockname()[1]) + f"{site.base_path}/")
            while True:
                await changed.wait()
                changed.clear()
                if watching.done():
                    watching.result()
                is_of_style = bool(paths) and all(path.endswith(_STYLE) for path in paths)
                paths.clear()
                code = await _rebuild(site, now, say)
                # A style sheet alone is exchanged in the page as it is, which stays where it was scrolled to.
                _Reloads.live_css = is_of_style and code == 0
                _Reloads.reload_waiters(_STYLE if _Reloads.live_css else "*")
        except asyncio.CancelledError:
            return  # Ctrl-C: this is how a preview ends
        finally:
            server.stop()


def _bind(place: Place) -> list[socket.socket]:
    try:
        return netutil.bind_sockets(place.port, place.host)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise ServingError(
            f"{place.host}:{place.port} cannot be served: {reason}; choose another --port or --host"
        ) from None


async def _rebuild(site: _Site, now: str | None, say: Callable[[str], None]) -> int:
    """Builds and says how it went; returns the exit code. The site served stays that of the last success."""
    built = await _build(_arguments(site.options, now))
    are_known = bool(built.warnings) and built.warnings == site.warnings
    for line in built.lines:
        if not (are_known and line in site.warnings):
            say(line)
    if are_known:
        say("warnings: as before")
    site.diagnostics, site.warnings = built.diagnostics, built.warnings
    if built.code == 0:
        with contextlib.suppress(SettingsError):  # changed since; the next build tells
            site.configure()
        say(f"built in {built.seconds:.1f} s")
    else:
        site.diagnostics = built.diagnostics or (
            f"the build ended with exit code {built.code}; the terminal says more",
        )
        say("not built: the site is as it was")
    return built.code


async def _build(arguments: list[str]) -> _Built:
    clock = asyncio.get_running_loop().time
    start = clock()
    process = await asyncio.create_subprocess_exec(
        # The working directory is no place to import from; and what is piped is UTF-8.
        *(sys.executable, "-P", "-X", "utf8", "-m", "generator", "build", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    try:
        _, said = await process.communicate()
    finally:
        # A build that is killed leaves the old site, or one that the next build finishes.
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()  # to the end of its pipe
    lines = tuple(
        line for line in said.decode(errors="replace").splitlines() if line and not line.startswith(_NOT_OURS)
    )
    return _Built(code=process.returncode or 0, lines=lines, seconds=clock() - start)


def _arguments(options: Options, now: str | None) -> list[str]:
    """The options on a command line. Values are joined to their names: they may begin with a hyphen."""
    values = {
        "source": options.source,
        "output": options.output,
        "config": options.config,
        "base-url": options.base_url,
        "jobs": options.jobs,
        "now": now,
    }
    flags = {"skip-invalid": options.skip_invalid, "drafts": options.with_drafts, "future": options.with_future}
    return [
        *(f"--{name}={value}" for name, value in values.items() if value is not None),
        *(f"--{name}" for name, is_set in flags.items() if is_set),
    ]


def _application(site: _Site) -> web.Application:
    return web.Application(
        [
            ("/livereload", _Reloads, {"site": site}),
            (responses.RELOAD_SCRIPT, _ReloadScript, {"site": site}),
            (".*", _Pages, {"site": site}),
        ],
        log_function=lambda _: None,
    )


class _OfThisMachine(web.RequestHandler):
    """Answers only requests that were meant for this machine."""

    def initialize(self, site: _Site) -> None:
        self.site = site

    def prepare(self) -> None:
        if not responses.is_own_host(self.request.headers.get("Host", ""), served=self.site.host):
            self.set_status(HTTPStatus.FORBIDDEN)
            self.finish("This preview is not served under that name; see --host.\n")

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")

    def compute_etag(self) -> None:
        """None: nothing is to be cached."""


class _Reloads(_OfThisMachine, LiveReloadHandler):  # type: ignore[misc]
    """The channel on which browsers learn that they should reload."""

    watcher = Watcher()  # watches nothing: `watching` does
    live_css = False

    def check_origin(self, origin: str) -> bool:
        """Only pages of this server; the base class lets every page of the web listen."""
        return WebSocketHandler.check_origin(self, origin)


class _ReloadScript(_OfThisMachine, LiveReloadJSHandler):  # type: ignore[misc]
    """The script that listens."""


class _Pages(_OfThisMachine):
    """The site's files."""

    def get(self) -> None:
        site = self.site
        found = responses.locate(self.request.path, base_path=site.base_path, root=site.root)
        if isinstance(found, Redirect):
            self.redirect(found.address)
            return
        if found is None:
            self.set_status(HTTPStatus.NOT_FOUND)
        path = found or site.root / responses.MISSING
        try:
            data = path.read_bytes()
        except OSError:  # there is no site yet, or the file has just been removed
            self.set_status(HTTPStatus.NOT_FOUND)
            path, data = Path(responses.MISSING), responses.bare_page("There is no such page.")
        kind = responses.content_type(path)
        self.set_header("Content-Type", kind)
        self.write(responses.with_additions(data, site.diagnostics) if kind.startswith("text/html") else data)

    head = get
