"""``digest import``."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from generator.commands import terminal
from generator.util.text import counted, printable

_EXIT_CODES = terminal.exit_codes(
    success="imported; warnings say what is not in the documents",
    errors="some documents have errors and are not imported, the others are",
    usage="wrong usage or settings, or a file exists already: nothing is written",
)


@click.command("import", epilog=_EXIT_CODES)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--from", "program", type=click.Choice(["jekyll", "hugo", "pelican"]), required=True, help="Program of the site."
)
@click.option(
    "--into",
    type=terminal.FOLDER,
    default=Path("seeds"),
    show_default=True,
    help="Folder to write to. It is created if it does not exist.",
)
@click.option("--base-url", metavar="URL", help="Address of the site in DIR.  [default: from its configuration]")
@terminal.config_option
def import_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Copies the posts of the site in DIR into documents.

    Keeps their addresses as aliases, changes links between them, and prints a line for everything that it leaves out.
    Existing files are never overwritten.
    """
    from generator.commands.importer import importer  # noqa: PLC0415 - loaded when the command runs
    from generator.config import settings  # noqa: PLC0415 - loaded when the command runs

    configured = settings.load(arguments["config"])
    try:
        imported = importer.import_site(
            arguments["folder"], arguments["program"], configured, base_url=arguments["base_url"]
        )
    except importer.NoBaseUrlError:
        raise click.UsageError(
            "the address of the old site is not known: give it with --base-url https://old.example/"
        ) from None
    if not imported.files and not imported.failed:
        root = "the folder with _posts" if arguments["program"] == "jekyll" else "the folder with content"
        raise click.UsageError(f"{arguments['folder']} has no posts: name the root of the old site, {root}")
    _write(arguments["into"], imported.files)
    terminal.print_diagnostics(imported.diagnostics, 2)
    with terminal.ignoring_output_errors():
        click.echo(printable(f"{counted(len(imported.files), 'document')} in {arguments['into'].as_posix()}"))
    if imported.failed:
        click.echo(f"{counted(imported.failed, 'document')} not imported", err=True)
        sys.exit(terminal.EXIT_ERRORS)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes all files, or none."""
    from generator.commands import document_files  # noqa: PLC0415 - loaded when the command runs

    existing = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if existing:
        more = len(existing) - 1
        what = f" and {counted(more, 'other file')} exist already: move them" if more else " exists already: move it"
        raise click.UsageError(f"{folder / existing[0]}{what} away, or give another --into")
    try:
        document_files.create_all({folder / name: text.encode("utf-8", "replace") for name, text in files.items()})
    except OSError as error:
        raise click.UsageError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
