"""``digest stories``, ``digest explain`` and ``digest explain-error``."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from generator.commands import terminal
from generator.util.text import nearest, printable

if TYPE_CHECKING:
    from generator.build.stories_only import ClusteredFolder

_EXIT_CODES = terminal.exit_codes(
    success="printed",
    errors="documents have errors; --skip-invalid leaves them out",
    usage="wrong usage, settings, curated topics or sources, or the document is not on the site",
)


@click.command("stories", epilog=_EXIT_CODES)
@terminal.reading_options
@click.option(
    "--all", "with_singles", is_flag=True, help="Also list stories with a single document. JSON always has them."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stories_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Lists the stories with more than one document."""
    from generator.commands.explain import explain  # noqa: PLC0415 - loaded when the command runs

    grouping = _group(arguments)
    if arguments["form"] == "json":
        result = explain.as_json(grouping.clustering, grouping.settings.base_url)
        terminal.print_result("the list of stories", [json.dumps(result, indent=2)], is_whole=True)
    else:
        lines = explain.story_lines(grouping.clustering, with_singles=arguments["with_singles"])
        terminal.print_result("the list of stories", map(printable, lines))


@click.command("explain", epilog=_EXIT_CODES)
@terminal.reading_options
@click.argument("document")
def explain_command(document: str, **arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Explains the story of a document.

    Prints the scores of the story and of the related entries, and the keywords of the topics. DOCUMENT is a path, or a
    name below the source folder.
    """
    from generator.commands.explain import explain  # noqa: PLC0415 - loaded when the command runs

    grouping = _group(arguments, document)
    if grouping.about is None:
        raise click.UsageError(grouping.why_not)
    lines = explain.item_lines(grouping.about, grouping.clustering, grouping.topics, grouping.settings.language)
    terminal.print_result("the explanation", map(printable, lines))


@click.command("explain-error")
@click.argument("code", required=False)
def explain_error_command(code: str | None) -> None:
    """Explains the code of an error or warning. Without CODE, lists all codes."""
    from generator.errors import manual  # noqa: PLC0415 - loaded when the command runs

    entries = manual.entries()
    code = code and code.strip().lower()
    if code is not None and code not in entries:
        guesses = ", ".join(nearest(code, entries, most=3))
        remedy = f"did you mean {guesses}?" if guesses else "`digest explain-error` lists all codes"
        raise click.UsageError(f"there is no code {code!r}; {remedy}")
    if code is not None:
        terminal.print_result("the explanation", [entries[code].text])
    else:
        width = max(map(len, entries))
        terminal.print_result(
            "the list of codes", [f"{entry.code:{width}}  {entry.summary}" for entry in entries.values()]
        )


def _group(arguments: dict[str, Any], document: str | None = None) -> "ClusteredFolder":
    """Clusters the documents, and prints their errors; exits with code 1 unless they are to be left out."""
    from generator.build.stories_only import cluster_folder  # noqa: PLC0415 - loaded when the command runs

    grouping = cluster_folder(terminal.options_of(arguments), document=document)
    errors = tuple(diagnostic for diagnostic in grouping.diagnostics if diagnostic.is_error)
    terminal.print_diagnostics(errors, verbosity=0)
    if errors and not arguments["skip_invalid"]:
        sys.exit(terminal.EXIT_ERRORS)
    return grouping
