"""The preview server: serves the output folder, builds the site again after each change, and reloads the browsers.

Every build is a separate process, so that it can be killed at once, leaks no memory into the server, and forks its
workers from a process without threads. The panel on the pages shows what the build prints to stderr.
"""

import asyncio
import contextlib
import functools
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
from generator.site import headers_file
from generator.site.headers_file import Rules

_ERROR, _WARNINGS = re.compile("error: ", re.IGNORECASE), ("warning: ", "... and ")
# These lines of a build are not shown: they are about the command line, or the server prints its own.
_HIDDEN = ("Usage: ", "Try '", "not built: ")
_EXIT_USAGE = 2
_STYLE_SHEET = ".css"


@dataclass(frozen=True, slots=True, kw_only=True)
class BindAddress:
    """The address that the server listens on."""

    host: str
    port: int
    """0 means any free port."""


@dataclass(slots=True, kw_only=True)
class _Site:
    """The served site. Its files are those of the last build that succeeded."""

    options: Options
    host: str
    base_path: str = ""
    rules: Rules = ()
    """The rules of ``_headers``, by which hosts send headers."""
    errors: tuple[str, ...] = ()
    """Errors of the last build, one line each; the panel lists them."""
    warnings: tuple[str, ...] = ()
    """Warnings of the last build, one line each."""

    @property
    def root(self) -> Path:
        return self.options.output.resolve()

    def configure(self) -> None:
        """Reads the base path from the settings, and the rules of the last build."""
        configured = settings.load(
            self.options.config, base_url=self.options.base_url, is_optional=self.options.is_config_optional
        )
        self.base_path = urls.base_path(configured.base_url)
        with contextlib.suppress(OSError):  # nothing has been built yet
            path = self.root / urls.file_path(urls.HEADERS)
            self.rules, _ = headers_file.parse(path.read_bytes(), path.as_posix())


@dataclass(frozen=True, slots=True, kw_only=True)
class _BuildResult:
    """The result of a build."""

    code: int
    """The exit code."""
    lines: tuple[str, ...]
    """The lines of stderr that the user should see."""
    seconds: float

    @property
    def errors(self) -> tuple[str, ...]:
        """The lines of errors, without their prefix."""
        return tuple(_ERROR.sub("", line, count=1) for line in self.lines if _ERROR.match(line))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The lines of warnings."""
        return tuple(line for line in self.lines if line.startswith(_WARNINGS))


async def serve(
    options: Options,
    address: BindAddress,
    *,
    now: str | None,
    print_line: Callable[[str], None],
    on_ready: Callable[[str], None],
) -> None:
    """Serves the site until it is cancelled, interrupted or terminated. Without ``now``, each build uses the clock.

    Raises:
        SettingsError: the settings have errors at the start.
        ServingError: the address cannot be served, the first build is refused, or the files cannot be watched.
    """
    site = _Site(options=options, host=address.host)
    site.configure()
    changed = asyncio.Event()
    changed_paths: set[str] = set()

    def on_change(paths: Iterable[str]) -> None:
        changed_paths.update(paths)
        changed.set()

    server = HTTPServer(_application(site))
    with contextlib.ExitStack() as cleanup:
        sockets = _bind(address)
        for bound in sockets:
            cleanup.callback(bound.close)
        task = asyncio.current_task()
        if task and os.name == "posix":
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        # Started before the first build, so that no change during the build is missed.
        watcher = asyncio.create_task(watch(functools.partial(inputs_of, options), on_change))
        watcher.add_done_callback(lambda _: changed.set())
        cleanup.callback(watcher.cancel)
        try:
            if await _rebuild(site, now, print_line) == _EXIT_USAGE:
                raise ServingError("there is nothing to serve until this is fixed")
            server.add_sockets(sockets)
            on_ready(responses.origin(address.host, sockets[0].getsockname()[1]) + f"{site.base_path}/")
            while True:
                await changed.wait()
                changed.clear()
                if watcher.done():
                    watcher.result()
                is_style_only = bool(changed_paths) and all(path.endswith(_STYLE_SHEET) for path in changed_paths)
                changed_paths.clear()
                code = await _rebuild(site, now, print_line)
                # The browser replaces a style sheet without reloading, so the page keeps its scroll position.
                _Reloads.live_css = is_style_only and code == 0
                _Reloads.reload_waiters(_STYLE_SHEET if _Reloads.live_css else "*")
        except asyncio.CancelledError:
            return  # Ctrl-C or SIGTERM: the regular end
        finally:
            server.stop()


def _bind(address: BindAddress) -> list[socket.socket]:
    try:
        return netutil.bind_sockets(address.port, address.host)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise ServingError(
            f"{address.host}:{address.port} cannot be served: {reason}; choose another --port or --host"
        ) from None


async def _rebuild(site: _Site, now: str | None, print_line: Callable[[str], None]) -> int:
    build = await _build(_arguments(site.options, now))
    are_repeated = bool(build.warnings) and build.warnings == site.warnings
    for line in build.lines:
        if not (are_repeated and line in site.warnings):
            print_line(line)
    if are_repeated:
        print_line("warnings: same as in the last build")
    site.errors, site.warnings = build.errors, build.warnings
    if build.code == 0:
        with contextlib.suppress(SettingsError):  # changed during the build; the next build reports it
            site.configure()
        print_line(f"built in {build.seconds:.1f} s")
    else:
        site.errors = build.errors or (f"the build ended with exit code {build.code}; see the terminal",)
        print_line("not built: the site is unchanged")
    return build.code


async def _build(arguments: list[str]) -> _BuildResult:
    """Runs ``digest build`` in a process, which is killed if this task is cancelled."""
    clock = asyncio.get_running_loop().time
    start = clock()
    process = await asyncio.create_subprocess_exec(
        # -P: modules are not imported from the working directory. utf8: the encoding of the pipe.
        *(sys.executable, "-P", "-X", "utf8", "-m", "generator", "build", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the server alone
    )
    try:
        _, stderr = await process.communicate()
    finally:
        # A killed build leaves the previous site, or a move of files that the next build finishes.
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:  # Windows: the workers end when the build has
                    process.kill()
            await process.communicate()  # closes the pipe
    lines = tuple(
        line for line in stderr.decode(errors="replace").splitlines() if line and not line.startswith(_HIDDEN)
    )
    return _BuildResult(code=process.returncode or 0, lines=lines, seconds=clock() - start)


def _arguments(options: Options, now: str | None) -> list[str]:
    """Returns options as arguments of ``digest build``, as ``--name=value`` because values may begin with a hyphen."""
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
            (responses.PANEL_STYLE, _PanelStyle, {"site": site}),
            (".*", _Pages, {"site": site}),
        ],
        log_function=lambda _: None,
    )


class _LocalHandler(web.RequestHandler):
    """Answers only requests whose ``Host`` header names this machine."""

    def initialize(self, site: _Site) -> None:
        self.site = site

    def prepare(self) -> None:
        if not responses.is_own_host(self.request.headers.get("Host", ""), served=self.site.host):
            self.set_status(HTTPStatus.FORBIDDEN)
            self.finish("The preview is not served under this host name; see --host.\n")

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")

    def compute_etag(self) -> None:
        """Sets no ETag: browsers must not cache the preview."""


class _Reloads(_LocalHandler, LiveReloadHandler):  # type: ignore[misc]
    """The WebSocket that makes browsers reload."""

    watcher = Watcher()  # required by the base class; watches nothing
    live_css = False

    def check_origin(self, origin: str) -> bool:
        """Returns whether the request is from a page of this server. The base class accepts every page of the web."""
        return WebSocketHandler.check_origin(self, origin)


class _ReloadScript(_LocalHandler, LiveReloadJSHandler):  # type: ignore[misc]
    """The script that connects to the WebSocket."""


class _PanelStyle(_LocalHandler):
    """The style sheet of the panel that lists errors."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.write(responses.PANEL_CSS)


class _Pages(_LocalHandler):
    """Serves the site's files under its content security policy."""

    def get(self) -> None:
        site = self.site
        if policy := responses.policy(site.rules, self.request.path):
            self.set_header("Content-Security-Policy", policy)
        target = responses.locate(self.request.path, base_path=site.base_path, root=site.root)
        if isinstance(target, Redirect):
            self.redirect(target.address)
            return
        if target is None:
            self.set_status(HTTPStatus.NOT_FOUND)
        path = target or site.root / responses.MISSING
        try:
            data = path.read_bytes()
        except OSError:  # no build has succeeded yet, or a build has just removed the file
            self.set_status(HTTPStatus.NOT_FOUND)
            path, data = Path(responses.MISSING), responses.bare_page("There is no such page.")
        media_type = responses.content_type(path)
        self.set_header("Content-Type", media_type)
        self.write(responses.with_additions(data, site.errors) if media_type.startswith("text/html") else data)

    head = get
