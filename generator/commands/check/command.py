"""``digest check``."""

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.build.report import Progress
from generator.commands import terminal
from generator.errors import Code, Diagnostic, SettingsError, sorted_by_place
from generator.util.text import counted

if TYPE_CHECKING:
    from generator.commands.check.check import CheckResult

_EXIT_CODES = terminal.exit_codes(
    success="a build would succeed; there are no warnings, or --strict is not given",
    errors="a build would fail, or there are warnings and --strict is given",
    usage="wrong usage, settings, curated topics, sources or cache of links",
)
_DAY_SECONDS = 86_400.0


@click.command("check", epilog=_EXIT_CODES)
@terminal.reading_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="github prints annotations for a workflow, sarif prints SARIF 2.1.0.",
)
@click.option("--strict", is_flag=True, help="Exit with code 1 if there are warnings.")
@click.option("--ignore", metavar="CODE", multiple=True, help="Leave out warnings with this code; may be repeated.")
@click.option("--verbose", is_flag=True, help="Print every warning.")
@click.option("--links", is_flag=True, help="Request articles and links of bodies on the web, and report dead ones.")
@click.option(
    "--links-cache",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Cache of the results of --links.  [default: .links.sqlite beside the settings]",
)
@click.option(
    "--links-age",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=7,
    show_default=True,
    help="Days after which a page that answered is requested again.",
)
@click.option("--allow-private", is_flag=True, help="Also request addresses of this machine and of private networks.")
def check_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Checks the site without building it.

    Reports all errors of documents, settings and templates, and warns about likely mistakes.
    """
    from generator.commands.check import check  # noqa: PLC0415 - loaded when the command runs

    ignored = _codes(arguments["ignore"])
    options = terminal.options_of(arguments)
    link_counts = None
    try:
        with terminal.progress_bar(is_wanted=sys.stderr.isatty()) as progress:
            checked = check.check(options, progress=progress)
            diagnostics = checked.diagnostics
            if arguments["links"]:
                dead_links, link_counts = _check_links(checked, arguments, progress)
                diagnostics = sorted_by_place(diagnostics, dead_links)
    except SettingsError as error:
        _print(error.diagnostics, arguments, documents=0, passes=False)
        sys.exit(error.exit_code)
    left_out = ignored | checked.ignored
    shown = tuple(diagnostic for diagnostic in diagnostics if diagnostic.is_error or diagnostic.code not in left_out)
    passes = not (checked.is_refused or (arguments["strict"] and shown))
    _print(shown, arguments, documents=checked.documents, passes=passes, links=link_counts)
    if not passes:
        sys.exit(terminal.EXIT_ERRORS)


def _codes(names: tuple[str, ...]) -> frozenset[Code]:
    unknown = [name for name in names if name not in set(Code)]
    if unknown:
        raise click.UsageError(f"--ignore {unknown[0]}: there is no such code; `digest explain-error` lists all codes")
    return frozenset(map(Code, names))


def _check_links(
    checked: "CheckResult", arguments: dict[str, Any], progress: Progress
) -> tuple[list[Diagnostic], dict[str, int]]:
    import asyncio  # noqa: PLC0415 - only --links needs it

    from generator.commands.check import dead_links, link_cache  # noqa: PLC0415 - only --links needs them
    from generator.util.http import EVERY_NETWORK, Rules  # noqa: PLC0415 - only --links needs it

    site = arguments["config"].parent
    path = arguments["links_cache"] or site / link_cache.FILE
    dead_links.refuse_published(path, [arguments["source"], site / "static", site / "templates"])
    survey = dead_links.survey(
        checked.links,
        path,
        rules=Rules(allowed=EVERY_NETWORK) if arguments["allow_private"] else Rules(),
        clock=time.time,
        max_age=arguments["links_age"] * _DAY_SECONDS,
        progress=lambda done, total: progress("links", done, total),
    )
    gc.enable()  # unlike a build, this may run for hours
    try:
        result = asyncio.run(survey)
    except KeyboardInterrupt:
        click.echo("interrupted; the cache has the results so far", err=True)
        sys.exit(terminal.EXIT_INTERRUPTED)
    return list(dead_links.dead(checked.links, result, checked.reading)), result.counts()


def _print(
    diagnostics: tuple[Diagnostic, ...],
    arguments: dict[str, Any],
    *,
    documents: int,
    passes: bool,
    links: dict[str, int] | None = None,
) -> None:
    from generator.commands.check import formats  # noqa: PLC0415 - loaded when the command runs

    form = arguments["form"]
    if form == "json":
        lines = [formats.as_json(diagnostics, documents=documents, passes=passes, links=links)]
    elif form == "sarif":
        lines = [formats.as_sarif(diagnostics)]
    elif form == "github":
        lines = list(formats.github_lines(diagnostics))
    else:
        lines = list(formats.text_lines(diagnostics, is_verbose=arguments["verbose"]))
        if links:
            states = [f"{count} {name}" for name, count in links.items() if name != "addresses"]
            listed = ", ".join([counted(links["addresses"], "address", "addresses"), *states])
            lines.append(f"links: {listed}")
        if totals := formats.totals(diagnostics):
            lines.append(f"warnings: {totals}")
        lines.append(_summary(diagnostics, documents, passes=passes))
    terminal.print_result("the report", lines, is_whole=form != "text")


def _summary(diagnostics: tuple[Diagnostic, ...], documents: int, *, passes: bool) -> str:
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    numbers = {"document": documents, "error": errors, "warning": len(diagnostics) - errors}
    listed = ", ".join(counted(number, word) for word, number in numbers.items())
    return f"{listed}: {'passes' if passes else 'does not pass'}"
