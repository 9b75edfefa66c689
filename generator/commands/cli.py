"""The command line: the table of commands, and how one of them is run."""

import contextlib
import importlib
import io
import os
import sys
from collections.abc import Mapping
from typing import cast

import click

from generator import __version__
from generator.commands.terminal import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE
from generator.errors import DiagnosticsError, DigestError
from generator.util.text import printable

COMMANDS: Mapping[str, str] = {
    "build": "build.command",
    "check": "check.command",
    "docs": "docs.command",
    "explain": "explain.command",
    "explain-error": "explain.command",
    "import": "importer.command",
    "init": "new.command",
    "new": "new.command",
    "preflight": "deploy.command",
    "serve": "serve.command",
    "stats": "stats.command",
    "stories": "explain.command",
    "sync": "deploy.command",
    "theme": "theme.command",
}
"""The module of each command, below ``generator.commands``. The command ``a-b`` is its attribute ``a_b_command``."""
_MOVES_FILES = frozenset({"build", "sync"})
_EXIT_CODES = """\b
Exit codes (`digest COMMAND --help` has the details):
  0    success
  1    the input has errors
  2    wrong usage, settings or folders
  3    internal error: a bug in digest
  130  interrupted (Ctrl-C)
"""


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command is asked for, to keep builds fast."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Returns the names of all commands in the order of the help."""
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command with a name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"generator.commands.{COMMANDS[cmd_name]}")
        return cast("click.Command", getattr(module, f"{cmd_name.replace('-', '_')}_command"))


@click.group(cls=LazyGroup, epilog=_EXIT_CODES)
@click.version_option(__version__, prog_name="digest")
def cli() -> None:
    """Builds a medical-AI news digest from a folder of documents."""


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the terminal's encoding may lack characters of a title
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the reader of a pipe may have gone
            stream.flush()
    # A regular exit would free millions of objects one by one.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Runs the command line and returns the exit code. Prints any error to stderr."""
    try:
        return int(cli.main(arguments, prog_name="digest", standalone_mode=False) or EXIT_OK)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_INTERNAL
    except click.exceptions.Abort:
        from generator.util import workers  # noqa: PLC0415 - rarely needed

        workers.stop()
        may_move = bool(_MOVES_FILES.intersection(arguments[:1]))
        click.echo(
            "interrupted" + ("; if files were being moved, the next run finishes that" if may_move else ""), err=True
        )
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        message = io.StringIO()
        error.show(message)
        click.echo(printable_lines(message.getvalue().expandtabs(4)), err=True)
        return EXIT_USAGE
    except DigestError as error:
        lines = map(str, error.diagnostics) if isinstance(error, DiagnosticsError) else [printable(str(error))]
        for line in lines:
            click.echo(click.style("error: ", fg="red") + line, err=True)
        return error.exit_code
    except Exception:  # noqa: BLE001 - every other exception is a bug, and is reported as one
        import traceback  # noqa: PLC0415 - rarely needed

        click.echo(printable_lines(traceback.format_exc()), err=True)
        click.echo("internal error: this is a bug in digest, please report it", err=True)
        return EXIT_INTERNAL


def printable_lines(text: str) -> str:
    """Escapes control characters, except for line breaks."""
    return "\n".join(map(printable, text.splitlines()))
