"""The command line: the only module that prints, exits and reads the clock and the environment."""

import contextlib
import datetime as dt
import gc
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import __version__, explain
from generator.build import Grouping, Options, build, tell_stories
from generator.errors import DigestError, Problem, ProblemsError
from generator.reading import Progress
from generator.report import Report
from generator.text import printable
from generator.tree import write_file

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

EXIT_BUILT, EXIT_PROBLEMS, EXIT_USAGE, EXIT_INTERNAL, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
_WARNINGS_SHOWN = 20
_BAR_AFTER_SECONDS = 1.0
_EXIT_CODES = """\b
Exit codes:
  0  built
  1  the documents, templates or static files have errors; the old site stands
  2  wrong usage, settings, curated topics or output folder
  3  a mistake of this program
"""


@click.group(epilog=_EXIT_CODES)
@click.version_option(__version__, prog_name="digest")
def cli() -> None:
    """Builds a medical-AI news digest from a folder of documents."""


def _moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dt.datetime:
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


_FOLDER = click.Path(path_type=Path, file_okay=False)


def _reading_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options of every command that reads documents."""
    for option in (
        click.option("--future", is_flag=True, help="Include items of the future."),
        click.option("--drafts", is_flag=True, help="Include drafts."),
        click.option("--skip-invalid", is_flag=True, help="Go on without the documents that have errors."),
        click.option(
            "--now",
            metavar="ISO8601",
            callback=_moment,
            help="Items published later are future ones.  [default: SOURCE_DATE_EPOCH, else the clock]",
        ),
        click.option(
            "--jobs", type=click.IntRange(min=1), default=_default_jobs, help="Processes.  [default: one a core]"
        ),
        click.option("--base-url", metavar="URL", help="Where the site will be served; replaces the setting."),
        click.option(
            "--config",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            default="site.toml",
            show_default=True,
            help="Settings; topics.yaml, templates/ and static/ beside it belong to the site.",
        ),
        click.option(
            "--source",
            type=click.Path(path_type=Path, file_okay=False, exists=True),
            default="seeds",
            show_default=True,
            help="Folder of the documents (.md, .markdown, .txt).",
        ),
    ):
        command = option(command)
    return command


def _options(given: dict[str, Any]) -> Options:
    return Options(
        source=given["source"],
        output=given.get("output", Path("output")),
        config=given["config"],
        now=given["now"],
        base_url=given["base_url"],
        jobs=given["jobs"],
        is_clean=given.get("clean", False),
        skip_invalid=given["skip_invalid"],
        with_drafts=given["drafts"],
        with_future=given["future"],
    )


@cli.command("build", epilog=_EXIT_CODES)
@_reading_options
@click.option("--output", type=_FOLDER, default="output", show_default=True, help="Folder of the site.")
@click.option("--clean", is_flag=True, help="Write every file anew, also over files that no build wrote.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a report as JSON.")
@click.option("--quiet", "verbosity", flag_value=0, type=int, help="Print errors only.")
@click.option("--verbose", "verbosity", flag_value=2, type=int, help="Print every warning and ignored file.")
def build_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Builds the site."""
    verbosity = 1 if given["verbosity"] is None else given["verbosity"]
    options = _options(given)
    if given["report"]:
        _refuse_report(given["report"], options)
    with _progress(is_wanted=verbosity > 0 and sys.stderr.isatty()) as progress:
        report = build(options, progress=progress)
    if given["report"]:
        _write_report(given["report"], report)
    with _printing():
        _print_problems(report.problems, verbosity)
        if verbosity:
            _print_summary(report, options, verbosity)
    if not report.is_built:
        sys.exit(EXIT_PROBLEMS)


@cli.command("stories", epilog=_EXIT_CODES)
@_reading_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stories_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Lists the stories that the documents tell."""
    grouping = _grouping(given)
    with _printing():
        if given["form"] == "json":
            click.echo(json.dumps(explain.as_json(grouping.told, grouping.settings.base_url), indent=2))
        else:
            for line in explain.story_lines(grouping.told):
                click.echo(printable(line))


@cli.command("explain", epilog=_EXIT_CODES)
@_reading_options
@click.argument("document")
def explain_command(document: str, **given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Says why a document is in its story, and why each entry stands beside it."""
    grouping = _grouping(given, document)
    if grouping.about is None:
        raise click.UsageError(f"{document} is no document on the site: name it as `digest stories` does")
    with _printing():
        for line in explain.item_lines(grouping.about, grouping.told, grouping.taxonomy):
            click.echo(printable(line))


def _grouping(given: dict[str, Any], document: str | None = None) -> Grouping:
    """The stories, unless documents have errors and are not to be skipped."""
    grouping = tell_stories(_options(given), document=document)
    errors = tuple(problem for problem in grouping.problems if problem.is_error)
    _print_problems(errors, verbosity=0)
    if errors and not given["skip_invalid"]:
        sys.exit(EXIT_PROBLEMS)
    return grouping


@contextlib.contextmanager
def _printing() -> Iterator[None]:
    """What is done is done, even if whoever read the output is gone, or the disk is full."""
    try:
        yield
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _progress(*, is_wanted: bool) -> Iterator[Progress]:
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


def _refuse_report(path: Path, options: Options) -> None:
    """Refuses, before anything is built, a report that cannot be written or would lie among the input or output."""
    target = path.resolve()
    for folder in (options.output, options.source):
        if target.is_relative_to(folder.resolve()):
            raise click.UsageError(f"--report {path} lies in {folder}: write it elsewhere")
    if not os.access(target.parent, os.W_OK):
        raise click.UsageError(f"--report {path} cannot be written: {target.parent} is no folder to write to")


def _write_report(path: Path, report: Report) -> None:
    data = (json.dumps(report.as_json(), indent=2, sort_keys=True) + "\n").encode()
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a pipe or a device: there is nothing to replace
        else:
            write_file(target, data)
    except OSError as error:
        raise click.UsageError(f"--report {path} cannot be written: {error.strerror}") from None


def _print_problems(problems: tuple[Problem, ...], verbosity: int) -> None:
    errors = [problem for problem in problems if problem.is_error]
    warnings = [problem for problem in problems if not problem.is_error]
    shown = {0: 0, 1: _WARNINGS_SHOWN}.get(verbosity, len(warnings))
    for warning in warnings[:shown]:
        click.echo(click.style("warning: ", fg="yellow") + str(warning), err=True)
    if verbosity and len(warnings) > shown:
        click.echo(f"... and {len(warnings) - shown} more warnings (--verbose shows them all)", err=True)
    for error in errors:
        click.echo(click.style("error: ", fg="red") + str(error), err=True)


def _print_summary(report: Report, options: Options, verbosity: int) -> None:
    if verbosity > 1:
        for path in report.ignored:
            click.echo(f"ignored: {printable(path)} is no document by its ending")
    left_out = ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())
    click.echo(
        f"documents: {report.read} read, {report.rejected} rejected, {sum(report.left_out.values())} left out"
        + (f" ({left_out})" if left_out else "")
    )
    click.echo(f"site:      {report.items} items, {report.stories} stories, {report.topics} topics, {report.days} days")
    if report.is_built:
        click.echo(
            f"files:     {report.planned} planned: {report.written} written, {report.unchanged} unchanged; "
            f"{report.removed} removed"
        )
    click.echo("seconds:   " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.seconds.items()))
    if report.is_built:
        click.echo(f"built {printable(str(options.output))}")
    else:
        count = sum(problem.is_error for problem in report.problems)
        errors = f"{count} error{'' if count == 1 else 's'}"
        click.echo(f"not built: {errors}; {printable(str(options.output))} is as it was", err=True)


def main() -> None:
    """Runs the command line and exits with its code."""
    # A build makes many values, hardly a cycle, and ends soon: the collector would only look for what is not there.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # titles in scripts that the terminal's encoding lacks
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs the command line and returns the exit code."""
    try:
        return int(cli.main(arguments, prog_name="digest", standalone_mode=False) or EXIT_BUILT)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_INTERNAL
    except click.exceptions.Abort:
        click.echo("interrupted; if files were being moved, the next build finishes that", err=True)
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except DigestError as error:
        lines = map(str, error.problems) if isinstance(error, ProblemsError) else [printable(str(error))]
        for line in lines:
            click.echo(click.style("error: ", fg="red") + line, err=True)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the last line of defence: whatever it is, it is a mistake of ours
        click.echo(printable_lines(traceback.format_exc()), err=True)
        click.echo("internal error: this is a mistake of digest, please report it", err=True)
        return EXIT_INTERNAL


def printable_lines(text: str) -> str:
    """Escapes what a terminal would obey, line breaks aside."""
    return "\n".join(map(printable, text.splitlines()))
