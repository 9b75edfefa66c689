"""``digest docs``."""

import sys

import click

from generator.commands.terminal import exit_codes, ignoring_output_errors
from generator.util.text import nearest

_EXIT_CODES = exit_codes(success="printed", usage="wrong usage, or there is no such page")


@click.command("docs", epilog=_EXIT_CODES)
@click.argument("page", required=False)
@click.option("--settings", "is_settings", is_flag=True, help="Print all settings as JSON instead of a page.")
def docs_command(page: str | None, *, is_settings: bool) -> None:
    """Prints a page of the documentation as Markdown. Without PAGE, lists the pages.

    In a terminal, the page is shown in a pager.
    """
    from generator.commands.docs import pages  # noqa: PLC0415 - loaded when the command runs

    if is_settings:
        if page is not None:
            raise click.UsageError("--settings and PAGE exclude each other")
        with ignoring_output_errors():
            click.echo(pages.settings_as_json())
        return
    files = pages.find()
    if page is None:
        width = max(map(len, files))
        with ignoring_output_errors():
            for name, file in files.items():
                click.echo(f"{name:{width}}  {pages.first_sentence(file.read_text('utf-8'))}")
        return
    name = page.strip().lower().removeprefix("docs/").removesuffix(".md")
    if name not in files:
        guesses = ", ".join(nearest(name, files, most=3))
        remedy = f"did you mean {guesses}?" if guesses else "`digest docs` lists all pages"
        raise click.UsageError(f"there is no page {page!r}; {remedy}")
    text = files[name].read_text("utf-8")
    with ignoring_output_errors():
        if sys.stdout.isatty():
            click.echo_via_pager(text.rstrip("\n"))
        else:
            click.echo(text, nl=False)
