"""``digest stories``, ``digest explain`` and ``digest explain-error``. Part of the edge, like ``cli``."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from generator.commands.terminal import (
    EXIT_ERRORS,
    ignoring_output_errors,
    options_of,
    print_diagnostics,
    reading_options,
)
from generator.util.text import nearest, printable

if TYPE_CHECKING:
    from generator.build.stories_only import Grouping

_EXIT_CODES = """\b
Exit codes:
  0  printed
  1  documents have errors; --skip-invalid leaves them out
  2  wrong usage, settings or curated topics, or the document is not on the site
  3  internal error: a bug in digest
"""


@click.command("stories", epilog=_EXIT_CODES)
@reading_options
@click.option(
    "--all", "with_singles", is_flag=True, help="List stories that one document tells, too, as JSON always does."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stories_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Lists the stories that more than one document tells."""
    from generator.commands.explain import explain  # noqa: PLC0415 - here and below: the help of all commands does without it

    grouping = _grouping(given)
    with ignoring_output_errors():
        if given["form"] == "json":
            click.echo(json.dumps(explain.as_json(grouping.clustering, grouping.settings.base_url), indent=2))
        else:
            for line in explain.story_lines(grouping.clustering, with_singles=given["with_singles"]):
                click.echo(printable(line))


@click.command("explain", epilog=_EXIT_CODES)
@reading_options
@click.argument("document")
def explain_command(document: str, **given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Says why a document is in its story, and why each entry stands beside it.

    DOCUMENT is a path, or the name below the source folder.
    """
    from generator.commands.explain import explain  # noqa: PLC0415

    grouping = _grouping(given, document)
    if grouping.about is None:
        raise click.UsageError(grouping.why_not)
    with ignoring_output_errors():
        for line in explain.item_lines(grouping.about, grouping.clustering, grouping.topics):
            click.echo(printable(line))


@click.command("explain-error")
@click.argument("code", required=False)
def explain_error_command(code: str | None) -> None:
    """Says what the code of an error or warning means, and what to do; without a code, lists all."""
    from generator.errors import manual  # noqa: PLC0415

    entries = manual.entries()
    code = code and code.strip().lower()
    if code is not None and code not in entries:
        guess = ", ".join(nearest(code, entries, most=3))
        raise click.UsageError(
            f"there is no code {code!r}; " + (f"did you mean {guess}?" if guess else "`digest explain-error` lists all")
        )
    with ignoring_output_errors():
        if code is not None:
            click.echo(entries[code].text)
        else:
            width = max(map(len, entries))
            for entry in entries.values():
                click.echo(f"{entry.code:{width}}  {entry.summary}")


def _grouping(given: dict[str, Any], document: str | None = None) -> "Grouping":
    """The stories, unless documents have errors and are not to be skipped."""
    from generator.build.stories_only import tell_stories  # noqa: PLC0415

    grouping = tell_stories(options_of(given), document=document)
    errors = tuple(diagnostic for diagnostic in grouping.diagnostics if diagnostic.is_error)
    print_diagnostics(errors, verbosity=0)
    if errors and not given["skip_invalid"]:
        sys.exit(EXIT_ERRORS)
    return grouping
