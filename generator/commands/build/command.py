"""``digest build``."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands import terminal
from generator.util.files import write_user_file
from generator.util.text import counted, printable

if TYPE_CHECKING:
    from generator.build.report import Report
    from generator.config.options import Options

_EXIT_CODES = terminal.exit_codes(
    success="built",
    errors="the documents, templates or static files have errors; the site is unchanged",
    usage="wrong usage, settings, curated topics, sources or output folder",
)
_never_freed: list[object] = []
"""Large values of a build. The process ends without freeing them, because freeing takes longer than many builds."""


@click.command("build", epilog=_EXIT_CODES)
@terminal.reading_options
@click.option("--output", type=terminal.FOLDER, default="output", show_default=True, help="Output folder.")
@click.option("--clean", is_flag=True, help="Use nothing of earlier builds, and write every file again.")
@click.option("--overwrite", is_flag=True, help="Replace files that no build wrote.")
@click.option("--verify", is_flag=True, help="Build a second time from scratch, and compare every file.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a report as JSON.")
@click.option(
    "--deploy-manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    help="List every file with its hash, and the changes since the previous list.",
)
@click.option("--quiet", "verbosity", flag_value=0, type=int, help="Print errors only.")
@click.option("--verbose", "verbosity", flag_value=2, type=int, help="Print every warning and every ignored file.")
def build_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Builds the site."""
    from generator.build.build import build  # noqa: PLC0415 - loaded when the command runs

    verbosity = 1 if arguments["verbosity"] is None else arguments["verbosity"]
    options = terminal.options_of(arguments)
    if arguments["report"] and arguments["report"] == arguments["deploy_manifest"]:
        raise click.UsageError("--report and --deploy-manifest name the same file")
    for name in ("report", "deploy_manifest"):
        if arguments[name]:
            _refuse_unusable(f"--{name.replace('_', '-')}", arguments[name], options)
    with terminal.progress_bar(is_wanted=verbosity > 0 and sys.stderr.isatty()) as progress:
        report = build(options, progress=progress, keep=_never_freed.append)
    if arguments["report"]:
        _write_report(arguments["report"], report)
    with terminal.ignoring_output_errors():
        terminal.print_diagnostics(report.diagnostics, verbosity)
        if verbosity:
            _print_notes(report, options)
            _print_summary(report, options, verbosity)
            if arguments["deploy_manifest"] and report.is_built:
                from generator.commands.placeholder import warn_of_placeholder  # noqa: PLC0415 - rarely needed

                warn_of_placeholder(options.output)
    if not report.is_built:
        sys.exit(terminal.EXIT_ERRORS)
    if arguments["verify"]:
        _verify(options, verbosity)


def _verify(options: "Options", verbosity: int) -> None:
    """Compares the site with a clean build; exits with code 3 if a file differs."""
    from generator.build import verify  # noqa: PLC0415 - only --verify needs it
    from generator.config import hook_source  # noqa: PLC0415 - only --verify needs it

    verified = verify.verify(options)
    for path in verified.different:
        click.echo(click.style("error: ", fg="red") + printable(f"{path} differs from a clean build"), err=True)
    if verified.different:
        has_hooks = (options.site_folder / hook_source.NAME).is_file()
        cause = (
            f"{hook_source.NAME} probably depends on the clock, on chance or on another file; see docs/hooks.md"
            if has_hooks
            else "this is a bug in digest, please report it"
        )
        click.echo(f"{cause}; --clean repairs the site", err=True)
        sys.exit(terminal.EXIT_INTERNAL)
    if verbosity:
        with terminal.ignoring_output_errors():
            files = "file is" if verified.files == 1 else "files are"
            click.echo(f"verified: {verified.files} {files} identical to a clean build")


def _refuse_unusable(option: str, path: Path, options: "Options") -> None:
    """Checks that an option's file can be written, and lies outside the documents and the output folder.

    Raises:
        click.UsageError: the file cannot be written, or lies in one of these folders.
    """
    target = path.resolve()
    for folder in (options.output, options.source):
        if target.is_relative_to(folder.resolve()):
            raise click.UsageError(f"{option} {path} lies in {folder}: write it elsewhere")
    if not os.access(target.parent, os.W_OK):
        raise click.UsageError(f"{option} {path} cannot be written: {target.parent} is not a writable folder")


def _write_report(path: Path, report: "Report") -> None:
    data = (json.dumps(report.as_json(), indent=2, sort_keys=True) + "\n").encode()
    try:
        write_user_file(path, data)
    except OSError as error:
        raise click.UsageError(f"--report {path} cannot be written: {error.strerror}") from None


def _print_notes(report: "Report", options: "Options") -> None:
    if report.is_anew:
        click.echo(
            "note: the state of the last build is damaged or from another version; everything is built again", err=True
        )
    if report.is_taken_over:
        folder = printable((options.output / ".digest").as_posix())
        click.echo(f"note: removed {folder}, which an earlier version wrote", err=True)


def _print_summary(report: "Report", options: "Options", verbosity: int) -> None:
    if verbosity > 1:
        for path in report.ignored:
            click.echo(f"ignored: {printable(path)} does not have the extension of a document")
    left_out = ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())
    click.echo(
        f"documents: {report.read} read, {report.rejected} rejected, {sum(report.left_out.values())} left out"
        + (f" ({left_out})" if left_out else "")
    )
    if report.is_built:
        site = [
            counted(report.items, "item"),
            counted(report.stories, "story", "stories"),
            counted(report.topics, "topic"),
            counted(report.days, "day"),
        ]
        click.echo(f"site:      {', '.join(site)}")
        click.echo(
            f"files:     {report.planned} planned: {report.written} written, {report.unchanged} unchanged; "
            f"{report.removed} removed"
        )
    click.echo("seconds:   " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.seconds.items()))
    output = printable(options.output.as_posix())
    if report.is_built:
        click.echo(f"built {output}")
    else:
        errors = counted(sum(diagnostic.is_error for diagnostic in report.diagnostics), "error")
        state = "is unchanged" if options.output.exists() else "does not exist yet"
        click.echo(f"not built: {errors}; {output} {state}", err=True)
