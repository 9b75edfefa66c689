"""The command line. With ``terminal`` it is the edge: nothing else prints, exits or reads the clock."""

import contextlib
import gc
import importlib
import io
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from generator import __version__
from generator.commands.terminal import (
    EXIT_BUILT,
    EXIT_CODES,
    EXIT_ERRORS,
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    FOLDER,
    options_of,
    print_diagnostics,
    printing,
    progress_bar,
    reading_options,
    warn_of_placeholder,
)
from generator.errors import DiagnosticsError, DigestError
from generator.util.files import write_user_file
from generator.util.text import counted, printable

if TYPE_CHECKING:
    from generator.build.report import Report
    from generator.config.options import Options


_kept: list[object] = []
"""What is not worth being taken apart, as :func:`main` ends with a stroke."""
_MOVING = frozenset({"build", "sync"})
"""The commands that move files into place."""
_ELSEWHERE: Mapping[str, str] = {
    "check": "check.command",
    "stories": "explain.command",
    "explain": "explain.command",
    "explain-error": "explain.command",
    "preflight": "deploy.command",
    "sync": "deploy.command",
    "new": "new.command",
    "init": "new.command",
}
"""The modules of commands that are not here, by the commands' names."""


class Commands(click.Group):
    """All commands. Those of other modules are loaded when somebody asks for them, so that no build waits for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all, in the order of the help."""
        return sorted({*super().list_commands(ctx), *_ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name; None where there is none."""
        if cmd_name in _ELSEWHERE:
            module = importlib.import_module(f"generator.commands.{_ELSEWHERE[cmd_name]}")
            return cast("click.Command", getattr(module, f"{cmd_name.replace('-', '_')}_command"))
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="digest")
def cli() -> None:
    """Builds a medical-AI news digest from a folder of documents."""


@cli.command("build", epilog=EXIT_CODES)
@reading_options
@click.option("--output", type=FOLDER, default="output", show_default=True, help="Folder of the site.")
@click.option("--clean", is_flag=True, help="Use nothing of earlier builds, and write every file anew.")
@click.option("--overwrite", is_flag=True, help="Replace files that no build wrote.")
@click.option("--verify", is_flag=True, help="Build a second time from nothing, and compare every file.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a report as JSON.")
@click.option(
    "--deploy-manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    help="List every file with its hash, and what changed since the list that was there.",
)
@click.option("--quiet", "verbosity", flag_value=0, type=int, help="Print errors only.")
@click.option("--verbose", "verbosity", flag_value=2, type=int, help="Print every warning and ignored file.")
def build_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Builds the site."""
    from generator.build.build import build  # noqa: PLC0415 - here and below: a command loads what it needs

    verbosity = 1 if given["verbosity"] is None else given["verbosity"]
    options = options_of(given)
    if given["report"] and given["report"] == given["deploy_manifest"]:
        raise click.UsageError("--report and --deploy-manifest name one file")
    for name in ("report", "deploy_manifest"):
        if given[name]:
            _refuse_place(f"--{name.replace('_', '-')}", given[name], options)
    with progress_bar(is_wanted=verbosity > 0 and sys.stderr.isatty()) as progress:
        report = build(options, progress=progress, keep=_kept.append)
    if given["report"]:
        _write_report(given["report"], report)
    with printing():
        print_diagnostics(report.diagnostics, verbosity)
        if report.is_anew and verbosity:
            click.echo(
                "note: what the last build remembered is another version's or damaged; all is made anew", err=True
            )
        if report.is_taken_over and verbosity:
            click.echo(
                f"note: removed {printable(str(options.output))}/.digest, which an earlier version wrote", err=True
            )
        if verbosity:
            _print_summary(report, options, verbosity)
            if given["deploy_manifest"] and report.is_built:
                warn_of_placeholder(options.output)
    if not report.is_built:
        sys.exit(EXIT_ERRORS)
    if given["verify"]:
        _verify(options, verbosity)


def _verify(options: "Options", verbosity: int) -> None:
    from generator.build import verify  # noqa: PLC0415

    verified = verify.verify(options)
    for path in verified.different:
        click.echo(click.style("error: ", fg="red") + printable(f"{path} is not what a clean build makes"), err=True)
    if verified.different:
        click.echo("this is a mistake of digest, please report it; --clean mends the site", err=True)
        sys.exit(EXIT_INTERNAL)
    if verbosity:
        with printing():
            same = "file is" if verified.files == 1 else "files are"
            click.echo(f"verified: {verified.files} {same} the same as in a build from nothing")


@cli.command("serve", epilog=EXIT_CODES)
@reading_options
@click.option("--output", type=FOLDER, default="output", show_default=True, help="Folder of the site.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--open", "is_opened", is_flag=True, help="Open the site in the browser.")
def serve_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Builds the site, serves it, and builds it again after each change. Ctrl-C ends it."""
    import asyncio  # noqa: PLC0415

    from generator.commands.serve import server  # noqa: PLC0415

    def ready(address: str) -> None:
        click.echo(f"serving {address} (Ctrl-C ends it)")
        if given["is_opened"]:
            click.launch(address)

    source_of = click.get_current_context().get_parameter_source
    is_fixed = source_of("now") is ParameterSource.COMMANDLINE
    # What is not meant for readers is kept apart from what may be deployed.
    if (given["drafts"] or given["future"]) and source_of("output") is ParameterSource.DEFAULT:
        given["output"] = Path("preview")
    gc.enable()  # unlike a build, this goes on for hours
    place = server.Place(host=given["host"], port=given["port"])
    now = given["now"].isoformat() if is_fixed else None
    asyncio.run(server.serve(options_of(given), place, now=now, say=_say, ready=ready))


def _say(line: str) -> None:
    click.echo(printable(line), err=True)


def _refuse_place(option: str, path: Path, options: "Options") -> None:
    """Refuses, before anything is built, a file that cannot be written or would lie among the input or output."""
    target = path.resolve()
    for folder in (options.output, options.source):
        if target.is_relative_to(folder.resolve()):
            raise click.UsageError(f"{option} {path} lies in {folder}: write it elsewhere")
    if not os.access(target.parent, os.W_OK):
        raise click.UsageError(f"{option} {path} cannot be written: {target.parent} is no folder to write to")


def _write_report(path: Path, report: "Report") -> None:
    data = (json.dumps(report.as_json(), indent=2, sort_keys=True) + "\n").encode()
    try:
        write_user_file(path, data)
    except OSError as error:
        raise click.UsageError(f"--report {path} cannot be written: {error.strerror}") from None


def _print_summary(report: "Report", options: "Options", verbosity: int) -> None:
    if verbosity > 1:
        for path in report.ignored:
            click.echo(f"ignored: {printable(path)} is no document by its ending")
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
    if report.is_built:
        click.echo(f"built {printable(str(options.output))}")
    else:
        errors = counted(sum(diagnostic.is_error for diagnostic in report.diagnostics), "error")
        output = printable(str(options.output))
        state = f"{output} is as it was" if options.output.exists() else f"there is no {output} yet"
        click.echo(f"not built: {errors}; {state}", err=True)


def main() -> None:
    """Runs the command line and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # titles in scripts that the terminal's encoding lacks
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody reads any more
            stream.flush()
    # To take millions of values apart, one by one, takes longer than many a build.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Runs the command line and returns the exit code."""
    try:
        return int(cli.main(arguments, prog_name="digest", standalone_mode=False) or EXIT_BUILT)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_INTERNAL
    except click.exceptions.Abort:
        from generator.util import workers  # noqa: PLC0415

        workers.stop()
        may_move = bool(_MOVING.intersection(arguments[:1]))
        click.echo(
            "interrupted" + ("; if files were being moved, the next one finishes that" if may_move else ""), err=True
        )
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        click.echo(printable_lines(said.getvalue().expandtabs(4)), err=True)
        return EXIT_USAGE
    except DigestError as error:
        lines = map(str, error.diagnostics) if isinstance(error, DiagnosticsError) else [printable(str(error))]
        for line in lines:
            click.echo(click.style("error: ", fg="red") + line, err=True)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the last line of defence: whatever it is, it is a mistake of ours
        import traceback  # noqa: PLC0415 - so rarely that nothing else is to wait for it

        click.echo(printable_lines(traceback.format_exc()), err=True)
        click.echo("internal error: this is a mistake of digest, please report it", err=True)
        return EXIT_INTERNAL


def printable_lines(text: str) -> str:
    """Escapes what a terminal would obey, line breaks aside."""
    return "\n".join(map(printable, text.splitlines()))
