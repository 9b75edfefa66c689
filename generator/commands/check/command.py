"""``digest check``. Part of the edge, like ``cli``."""

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.build.report import Progress
from generator.commands.terminal import (
    EXIT_ERRORS,
    EXIT_INTERRUPTED,
    ignoring_output_errors,
    options_of,
    progress_bar,
    reading_options,
)
from generator.errors import Code, Diagnostic, SettingsError, in_order
from generator.util.text import counted

if TYPE_CHECKING:
    from generator.commands.check.check import Link

_EXIT_CODES = """\b
Exit codes:
  0  a build would succeed; there are no warnings, or --strict is not given
  1  a build would fail, or there are warnings and --strict is given
  2  wrong usage, settings, curated topics or cache of links
  3  internal error: a bug in digest
"""
_DAY = 86_400.0


@click.command("check", epilog=_EXIT_CODES)
@reading_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="github: annotations of a workflow; sarif: SARIF 2.1.0.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail, too.")
@click.option("--ignore", metavar="CODE", multiple=True, help="Leave out warnings with this code; may be repeated.")
@click.option("--verbose", is_flag=True, help="Print every warning.")
@click.option("--links", is_flag=True, help="Ask the web whether articles and links of bodies are still there.")
@click.option(
    "--links-cache",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of what is known about links.  [default: .links.sqlite beside the settings]",
)
@click.option(
    "--links-age",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=7,
    show_default=True,
    help="Days after which a page that was there is asked again.",
)
@click.option("--allow-private", is_flag=True, help="Ask this machine and private networks, too.")
def check_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Says all that is wrong or doubtful about the site, without building it."""
    from generator.commands.check import check  # noqa: PLC0415 - no other command needs it

    ignored = _codes(given["ignore"])
    options = options_of(given)
    counts = None
    try:
        with progress_bar(is_wanted=sys.stderr.isatty()) as progress:
            checked = check.check(options, progress=progress)
            found = checked.diagnostics
            if given["links"]:
                dead, counts = _links(checked.links, given, progress)
                found = in_order(found, dead)
    except SettingsError as error:
        _print(error.diagnostics, given, documents=0, passes=False)
        sys.exit(error.exit_code)
    diagnostics = tuple(diagnostic for diagnostic in found if diagnostic.is_error or diagnostic.code not in ignored)
    passes = not (checked.is_refused or (given["strict"] and diagnostics))
    _print(diagnostics, given, documents=checked.documents, passes=passes, links=counts)
    if not passes:
        sys.exit(EXIT_ERRORS)


def _codes(names: tuple[str, ...]) -> frozenset[Code]:
    unknown = [name for name in names if name not in set(Code)]
    if unknown:
        raise click.UsageError(f"--ignore {unknown[0]}: there is no such code; docs/errors.md lists them")
    return frozenset(map(Code, names))


def _links(
    found: "tuple[Link, ...]", given: dict[str, Any], progress: Progress
) -> tuple[list[Diagnostic], dict[str, int]]:
    """Warnings about dead links, and how many there are of each kind."""
    import asyncio  # noqa: PLC0415

    from generator.commands.check import dead_links, link_cache  # noqa: PLC0415 - as above
    from generator.util.http import Rules  # noqa: PLC0415 - the same

    site = given["config"].parent
    path = given["links_cache"] or site / link_cache.FILE
    dead_links.refuse_published(path, [given["source"], site / "static", site / "templates"])
    surveying = dead_links.survey(
        found,
        path,
        rules=Rules.with_private() if given["allow_private"] else Rules(),
        clock=time.time,
        max_age=given["links_age"] * _DAY,
        progress=lambda done, total: progress("links", done, total),
    )
    gc.enable()  # unlike a build, this may go on for hours
    try:
        surveyed = asyncio.run(surveying)
    except KeyboardInterrupt:
        click.echo("interrupted; what was learnt about links is kept", err=True)
        sys.exit(EXIT_INTERRUPTED)
    return list(dead_links.dead(found, surveyed)), surveyed.counts()


def _print(
    diagnostics: tuple[Diagnostic, ...],
    given: dict[str, Any],
    *,
    documents: int,
    passes: bool,
    links: dict[str, int] | None = None,
) -> None:
    from generator.commands.check import formats  # noqa: PLC0415 - as above

    form = given["form"]
    with ignoring_output_errors():
        if form == "json":
            click.echo(formats.as_json(diagnostics, documents=documents, passes=passes, links=links))
        elif form == "sarif":
            click.echo(formats.as_sarif(diagnostics))
        elif form == "github":
            for line in formats.github_lines(diagnostics):
                click.echo(line)
        else:
            for line in formats.text_lines(diagnostics, is_verbose=given["verbose"]):
                click.echo(line)
            if links:
                states = [f"{count} {name}" for name, count in links.items() if name != "addresses"]
                listed = ", ".join([counted(links["addresses"], "address", "addresses"), *states])
                click.echo(f"links: {listed}")
            click.echo(_summary(diagnostics, documents, passes=passes))


def _summary(diagnostics: tuple[Diagnostic, ...], documents: int, *, passes: bool) -> str:
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    numbers = {"document": documents, "error": errors, "warning": len(diagnostics) - errors}
    listed = ", ".join(counted(number, word) for word, number in numbers.items())
    return f"{listed}: {'passes' if passes else 'does not pass'}"
