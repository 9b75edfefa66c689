"""``digest stats``."""

import datetime as dt
import json
import re
import sys
from typing import Any

import click

from generator.commands import terminal
from generator.util.text import printable

_EXIT_CODES = terminal.exit_codes(
    success="printed",
    errors="printed; documents have errors (unless --skip-invalid) or are missing, or no item is within --max-age",
    usage="wrong usage, settings, curated topics or sources, or the numbers cannot be written",
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([0-9]+)([mhd])")


def _parse_duration(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dt.timedelta | None:
    """Returns the length of time of ``--max-age``, or None without it."""
    if value is None:
        return None
    match = _DURATION.fullmatch(value)
    try:
        length = dt.timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else dt.timedelta()
    except (OverflowError, ValueError):  # ValueError: thousands of digits
        raise click.BadParameter(f"{value!r} is too long") from None
    if not length:
        raise click.BadParameter(f"{value!r} is not a length of time, such as 90m, 12h or 2d")
    return length


@click.command("stats", epilog=_EXIT_CODES)
@terminal.reading_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--max-age",
    metavar="DURATION",
    callback=_parse_duration,
    help="Exit with code 1 if the newest item is older than this, such as 90m, 12h or 2d, or if there is none.",
)
def stats_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Prints the numbers of a site: items, stories, sources, and the age of the newest item.

    Documents are selected as for a build.
    """
    from generator.build.stories_only import cluster_folder  # noqa: PLC0415 - loaded when the command runs
    from generator.commands.stats import stats  # noqa: PLC0415 - loaded when the command runs

    options = terminal.options_of(arguments)
    folder = cluster_folder(options)
    errors = tuple(diagnostic for diagnostic in folder.diagnostics if diagnostic.is_error)
    terminal.print_diagnostics(errors, verbosity=0)
    numbers = stats.count(folder, options.now)
    if arguments["form"] == "json":
        terminal.print_result("the numbers", [json.dumps(stats.as_json(numbers), indent=2)], is_whole=True)
    else:
        terminal.print_result("the numbers", map(printable, stats.text_lines(numbers)))
    max_age = arguments["max_age"]
    is_fresh = max_age is None or numbers.is_fresh(max_age)
    if not is_fresh:
        age = f"the newest item is {stats.duration(numbers.age)} old" if numbers.age is not None else "there is no item"
        _print_error(f"{age}, and --max-age is {stats.duration(max_age)}")
    # As for a build, a folder without documents is an error that nothing skips.
    if not is_fresh or not folder.read or (errors and not options.skip_invalid):
        sys.exit(terminal.EXIT_ERRORS)


def _print_error(message: str) -> None:
    click.echo(click.style("error: ", fg="red") + message, err=True)
