"""What several commands share: options, exit codes, and printing."""

import contextlib
import datetime as dt
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from generator.build.report import Progress
from generator.config.options import Options
from generator.errors import Diagnostic, PrintingError
from generator.util import workers
from generator.util.text import counted, printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from rich.progress import Progress as Bar

EXIT_OK, EXIT_ERRORS, EXIT_USAGE, EXIT_INTERNAL, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
FOLDER = click.Path(path_type=Path, file_okay=False)
_SETTINGS, _DOCUMENTS = "site.toml", "seeds"
_WARNINGS_SHOWN = 20
_BAR_AFTER_SECONDS = 1.0


def exit_codes(success: str, usage: str, errors: str = "") -> str:
    """Returns the epilog of a command's help: what its exit codes mean."""
    bug = "internal error: a bug in digest"
    meanings = {EXIT_OK: success, EXIT_ERRORS: errors, EXIT_USAGE: usage, EXIT_INTERNAL: bug}
    return "\b\nExit codes:\n" + "".join(f"  {code}  {meaning}\n" for code, meaning in meanings.items() if meaning)


def parse_now(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dt.datetime:
    """Returns the time of ``--now`` in UTC; without it that of ``SOURCE_DATE_EPOCH``, else the current time."""
    if value is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
        if not epoch:
            return dt.datetime.now(dt.UTC)
        try:
            return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
        except (ValueError, OverflowError, OSError):
            raise click.BadParameter(f"SOURCE_DATE_EPOCH is {epoch!r}, not a number of seconds") from None
    try:
        now = dt.datetime.fromisoformat(value)
        return now.astimezone(dt.UTC) if now.tzinfo else now.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value!r} is not an ISO 8601 time, such as 2026-03-14T09:00:00Z") from None


def default_jobs() -> int:
    """Returns the number of processor cores that the program may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


class SitePath(click.Path):
    """A path that belongs to a site. If the default is used outside of a site, the error says that there is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as in click
        """Returns the path.

        Raises:
            click.UsageError: the option was not given, and the current folder holds no part of a site.
        """
        is_default = param is not None and value == param.default
        if (
            value == _SETTINGS
            and ctx
            and ctx.get_parameter_source("config") is ParameterSource.DEFAULT
            and ctx.get_parameter_source("source") is ParameterSource.COMMANDLINE
        ):
            return Path(value)  # a folder of documents can be built without settings
        if is_default and not any(os.path.lexists(name) for name in (value, _SETTINGS, _DOCUMENTS)):
            raise click.UsageError(
                f"there is no site here: neither {_SETTINGS} nor {_DOCUMENTS}/. Go to the folder of a site, create one "
                "with `digest init`, or name its parts with --config and --source",
                ctx,
            )
        return super().convert(value, param, ctx)


config_option = click.option(
    "--config",
    type=SitePath(path_type=Path, dir_okay=False, exists=True),
    default=_SETTINGS,
    show_default=True,
    help="Settings file. The site's topics.yaml, sources.yaml, templates/ and static/ are in the same folder.",
)
source_option = click.option(
    "--source",
    type=SitePath(path_type=Path, file_okay=False, exists=True),
    default=_DOCUMENTS,
    show_default=True,
    help="Folder of the documents (.md, .markdown, .txt).",
)


def reading_options(command: click.decorators.FC) -> click.decorators.FC:
    """Adds the options of commands that read documents."""
    for option in (
        click.option("--future", is_flag=True, help="Include items published after --now."),
        click.option("--drafts", is_flag=True, help="Include drafts."),
        click.option("--skip-invalid", is_flag=True, help="Leave out documents that have errors."),
        click.option(
            "--now",
            metavar="ISO8601",
            callback=parse_now,
            help="Time of the build: items published later are left out.  [default: SOURCE_DATE_EPOCH, else the clock]",
        ),
        click.option(
            "--jobs", type=click.IntRange(min=1), default=default_jobs, help="Processes.  [default: one per core]"
        ),
        click.option("--base-url", metavar="URL", help="URL of the site; overrides the setting."),
        click.option("--state", type=FOLDER, help="Folder of the cache.  [default: .digest beside the settings]"),
        config_option,
        source_option,
    ):
        command = option(command)
    return command


def options_of(arguments: dict[str, Any]) -> Options:
    """Returns the options of a build from the arguments of a command that has ``reading_options``."""
    workers.listen_for_shortage(_note_shortage if arguments.get("verbosity") != 0 else lambda _: None)
    return Options(
        source=arguments["source"],
        output=arguments.get("output", Path("output")),
        config=arguments["config"],
        is_config_optional=not arguments["config"].exists(),
        now=arguments["now"],
        base_url=arguments["base_url"],
        jobs=arguments["jobs"],
        state=arguments.get("state"),
        is_clean=arguments.get("clean", False),
        may_overwrite=arguments.get("overwrite", False),
        deploy_manifest=arguments.get("deploy_manifest"),
        is_strict=arguments.get("verify", False),
        skip_invalid=arguments["skip_invalid"],
        with_drafts=arguments["drafts"],
        with_future=arguments["future"],
        started=time.time(),
    )


def _note_shortage(reason: str) -> None:
    remedy = "--jobs 1 does without them"
    click.echo(
        f"note: no worker processes can be started ({printable(reason)}): one process does the work; {remedy}", err=True
    )


class _LossyFile(io.FileIO):
    """A file that takes everything, also what it cannot write."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


def prepare_streams() -> None:
    """Makes the standard streams usable, whatever the process was started with.

    Closed descriptors lead nowhere: otherwise the next file that is opened would get the number of stdout. What
    cannot be written to stderr is lost, because there is no place left to say so; the exit code still says the result.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - the free number is this one
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open until the process ends
    if sys.stderr is None or not sys.stderr.isatty():
        encoding = sys.stderr.encoding if sys.stderr else "utf-8"
        lossy = io.BufferedWriter(_LossyFile(2, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(lossy, encoding, line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the terminal's encoding may lack characters of a title


def print_result(what: str, lines: Iterable[str], *, is_whole: bool = False) -> None:
    """Prints lines that are the result of a command.

    Args:
        what: the result, as the subject of an error message.
        lines: of the result.
        is_whole: whether a part of the result is useless, as of JSON. Otherwise a reader that leaves early, such as
            ``head``, has read enough.

    Raises:
        PrintingError: the result cannot be written.
    """
    text = "".join(f"{line}\n" for line in lines)
    if sys.stdout is None:
        raise PrintingError(f"{what} cannot be written: stdout is closed")
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except OSError as error:
        _drop_stdout()
        if is_whole or not isinstance(error, BrokenPipeError):
            raise PrintingError(f"{what} cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def ignoring_output_errors() -> Iterator[None]:
    """Ignores errors of stdout, such as a full disk, where it shows what the command has done but is not the result."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _drop_stdout()


def stdout_error() -> OSError | None:
    """Returns why what was printed cannot be written to stdout."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _drop_stdout()
        return error
    return None


def _drop_stdout() -> None:
    """Lets stdout lead nowhere. Otherwise what it still holds would be written again, and fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def progress_bar(*, is_wanted: bool) -> Iterator[Progress]:
    """Yields a callback that shows a progress bar on stderr, once the work has taken longer than a second."""
    if not is_wanted:
        yield lambda *_: None
        return
    start = time.monotonic()
    bars: list[Bar] = []

    def show(step: str, done: int, total: int) -> None:
        if not bars:
            if time.monotonic() - start < _BAR_AFTER_SECONDS:
                return
            from rich.console import Console  # noqa: PLC0415 - most builds end before it is needed
            from rich.progress import Progress as Bar  # noqa: PLC0415

            # Without a refresh thread, because workers are forked while the bar is shown.
            bars.append(Bar(console=Console(stderr=True), transient=True, auto_refresh=False))
            bars[0].start()
        bar = bars[0]
        task = next((task.id for task in bar.tasks if task.description == step), None)
        bar.update(bar.add_task(step, total=total) if task is None else task, completed=done, refresh=True)

    try:
        yield show
    finally:
        for bar in bars:
            bar.stop()


def print_diagnostics(diagnostics: tuple[Diagnostic, ...], verbosity: int) -> None:
    """Prints diagnostics to stderr, errors last.

    Args:
        diagnostics: errors and warnings.
        verbosity: 0 prints errors only, 1 adds the first twenty warnings, 2 all warnings.
    """
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    warnings = [diagnostic for diagnostic in diagnostics if not diagnostic.is_error]
    shown = {0: 0, 1: _WARNINGS_SHOWN}.get(verbosity, len(warnings))
    for warning in warnings[:shown]:
        click.echo(click.style("warning: ", fg="yellow") + str(warning), err=True)
    if verbosity and len(warnings) > shown:
        click.echo(
            f"... and {counted(len(warnings) - shown, 'more warning')} (`digest build --verbose` shows them all)",
            err=True,
        )
    for error in errors:
        click.echo(click.style("error: ", fg="red") + str(error), err=True)
