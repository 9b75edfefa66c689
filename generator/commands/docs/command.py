"""``digest docs``."""

import sys

import click

from generator.commands.terminal import exit_codes, ignoring_output_errors, print_result
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
        print_result("the list of settings", [pages.settings_as_json()], is_whole=True)
        return
    files = pages.find()
    if page is None:
        width = max(map(len, files))
        sentences = {name: pages.first_sentence(file.read_text("utf-8")) for name, file in files.items()}
        print_result("the list of pages", [f"{name:{width}}  {sentence}" for name, sentence in sentences.items()])
        return
    name = page.strip().lower().removeprefix("docs/").removesuffix(".md")
    if name not in files:
        guesses = ", ".join(nearest(name, files, most=3))
        remedy = f"did you mean {guesses}?" if guesses else "`digest docs` lists all pages"
        raise click.UsageError(f"there is no page {page!r}; {remedy}")
    text = files[name].read_text("utf-8")
    if sys.stdout is not None and sys.stdout.isatty():
        with ignoring_output_errors():
            click.echo_via_pager(text.rstrip("\n"))
    else:
        print_result("the page", text.removesuffix("\n").split("\n"))
