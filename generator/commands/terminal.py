"""The terminal: what all commands share of options, exit codes and ways to print. Part of the edge, like ``cli``."""

import contextlib
import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.build.report import Progress
from generator.config.options import Options
from generator.errors import Diagnostic
from generator.util.text import counted, printable

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

EXIT_BUILT, EXIT_ERRORS, EXIT_USAGE, EXIT_INTERNAL, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
_WARNINGS_SHOWN = 20
_BAR_AFTER_SECONDS = 1.0
EXIT_CODES = """\b
Exit codes:
  0  built
  1  the documents, templates or static files have errors; the old site stands
  2  wrong usage, settings, curated topics or output folder
  3  a mistake of this program
"""

STORIES_EXIT_CODES = """\b
Exit codes:
  0  listed
  1  documents have errors; --skip-invalid goes on without them
  2  wrong usage, settings or curated topics, or no such document on the site
  3  a mistake of this program
"""

SYNC_EXIT_CODES = """\b
Exit codes:
  0  the folder holds the site
  2  wrong usage, no whole site, or a folder that cannot be used as asked
  3  a mistake of this program
"""

CHECK_EXIT_CODES = """\b
Exit codes:
  0  a build would build the site; there may be warnings, but none with --strict
  1  it would not, or there are warnings and --strict is given
  2  wrong usage, settings, curated topics or cache of links
  3  a mistake of this program
"""

NEW_EXIT_CODES = """\b
Exit codes:
  0  written
  1  the page cannot be read
  2  wrong usage or settings, or there is such a file already
  3  a mistake of this program
"""

INIT_EXIT_CODES = """\b
Exit codes:
  0  written
  2  wrong usage, or the folder is not empty
  3  a mistake of this program
"""

PREFLIGHT_EXIT_CODES = """\b
Exit codes:
  0  the host takes the site
  1  it does not
  2  wrong usage, or no built site
  3  a mistake of this program
"""


def moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dt.datetime:
    """``--now``, else ``SOURCE_DATE_EPOCH``, else the clock."""
    if value is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
        if not epoch:
            return dt.datetime.now(dt.UTC)
        try:
            return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
        except (ValueError, OverflowError, OSError):
            raise click.BadParameter(f"SOURCE_DATE_EPOCH is {epoch!r}, not a number of seconds") from None
    try:
        moment = dt.datetime.fromisoformat(value)
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value!r} is no time like 2026-03-14T09:00:00Z") from None


def _default_jobs() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


FOLDER = click.Path(path_type=Path, file_okay=False)
_SETTINGS, _DOCUMENTS = "site.toml", "seeds"


class OfSite(click.Path):
    """A path that a command needs. Where none was given and nothing of a site is here, that is what is said."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        """The path, as click converts it."""
        is_default = param is not None and value == param.default
        if is_default and not any(os.path.lexists(name) for name in (value, _SETTINGS, _DOCUMENTS)):
            raise click.UsageError(
                f"there is no site here: neither {_SETTINGS} nor {_DOCUMENTS}/. Go to the folder of one, make one with "
                "`digest init`, or name its parts with --config and --source",
                ctx,
            )
        return super().convert(value, param, ctx)


config_option = click.option(
    "--config",
    type=OfSite(path_type=Path, dir_okay=False, exists=True),
    default=_SETTINGS,
    show_default=True,
    help="Settings; topics.yaml, templates/ and static/ beside it belong to the site.",
)
source_option = click.option(
    "--source",
    type=OfSite(path_type=Path, file_okay=False, exists=True),
    default=_DOCUMENTS,
    show_default=True,
    help="Folder of the documents (.md, .markdown, .txt).",
)


def reading_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options of every command that reads documents."""
    for option in (
        click.option("--future", is_flag=True, help="Include items of the future."),
        click.option("--drafts", is_flag=True, help="Include drafts."),
        click.option("--skip-invalid", is_flag=True, help="Go on without the documents that have errors."),
        click.option(
            "--now",
            metavar="ISO8601",
            callback=moment,
            help="Items published later are future ones.  [default: SOURCE_DATE_EPOCH, else the clock]",
        ),
        click.option(
            "--jobs", type=click.IntRange(min=1), default=_default_jobs, help="Processes.  [default: one a core]"
        ),
        click.option("--base-url", metavar="URL", help="Where the site will be served; replaces the setting."),
        click.option("--state", type=FOLDER, help="Folder of the cache.  [default: .digest beside the settings]"),
        config_option,
        source_option,
    ):
        command = option(command)
    return command


def options_of(given: dict[str, Any]) -> Options:
    """What was asked for on the command line."""
    return Options(
        source=given["source"],
        output=given.get("output", Path("output")),
        config=given["config"],
        now=given["now"],
        base_url=given["base_url"],
        jobs=given["jobs"],
        state=given.get("state"),
        is_clean=given.get("clean", False),
        may_overwrite=given.get("overwrite", False),
        deploy_manifest=given.get("deploy_manifest"),
        is_strict=given.get("verify", False),
        skip_invalid=given["skip_invalid"],
        with_drafts=given["drafts"],
        with_future=given["future"],
        started=time.time(),
    )


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """What is done is done, even if whoever read the output is gone, or the disk is full."""
    try:
        yield
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def progress_bar(*, is_wanted: bool) -> Iterator[Progress]:
    """A progress bar for what takes longer than a second."""
    if not is_wanted:
        yield lambda *_: None
        return
    start = time.monotonic()
    bars: list[Bar] = []

    def show(station: str, done: int, total: int) -> None:
        if not bars:
            if time.monotonic() - start < _BAR_AFTER_SECONDS:
                return
            from rich.console import Console  # noqa: PLC0415 - most builds end before it is needed
            from rich.progress import Progress as Bar  # noqa: PLC0415

            # No refresh thread: workers are forked while the bar is up.
            bars.append(Bar(console=Console(stderr=True), transient=True, auto_refresh=False))
            bars[0].start()
        bar = bars[0]
        task = next((task.id for task in bar.tasks if task.description == station), None)
        bar.update(bar.add_task(station, total=total) if task is None else task, completed=done, refresh=True)

    try:
        yield show
    finally:
        for bar in bars:
            bar.stop()


def print_diagnostics(diagnostics: tuple[Diagnostic, ...], verbosity: int) -> None:
    """Prints errors, and as many warnings as are wanted: none, twenty or all."""
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


def warn_of_placeholder(output: Path) -> None:
    """Says that a built site, which is about to be published, was built for an address that nobody can have."""
    from generator.commands.deploy import preflight  # noqa: PLC0415 - most commands publish nothing

    if preflight.is_placeholder(address := preflight.base_url(output)):
        message = f"the site was built for {address}, and its feeds, sitemaps and canonical links lead there"
        remedy = "set base_url in site.toml, or build with --base-url"
        click.echo(click.style("warning: ", fg="yellow") + printable(f"{message} ({remedy})"), err=True)
