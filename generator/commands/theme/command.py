"""``digest theme``."""

import re
from pathlib import Path

import click

from generator.commands.terminal import config_option, exit_codes, print_result
from generator.util.text import nearest, printable

_EXIT_CODES = exit_codes(success="done", usage="wrong usage, or there is no such file, or the site has it already")
_FIRST_COMMENT = re.compile(r"(?:\{#|/\*|//|<!--)\s*(.+?[.:])(?=\s)")


@click.group("theme")
def theme_command() -> None:
    """Shows and copies the files of the default theme.

    A file of the same name in the templates/ or static/ of a site takes the place of the default one.
    """


@theme_command.command("list", epilog=_EXIT_CODES)
@config_option
def list_command(config: Path) -> None:
    """Lists the files of the default theme. A * is before those that the site has, too."""
    from generator.config import ejected  # noqa: PLC0415 - loaded when the command runs

    originals = ejected.originals()
    width = max(map(len, originals))
    marks = {name: "*" if (config.parent / name).exists() else " " for name in originals}
    lines = [f"{marks[name]} {name:{width}}  {_summary(path)}".rstrip() for name, path in originals.items()]
    print_result("the list of files", lines)


@theme_command.command("show", epilog=_EXIT_CODES)
@click.argument("name")
def show_command(name: str) -> None:
    """Prints a file of the default theme, such as base.html or style.css."""
    found, path = _find(name)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"{found} is not text; `digest theme eject {name}` copies it") from None
    print_result("the file", text.removesuffix("\n").split("\n"), is_whole=True)


@theme_command.command("eject", epilog=_EXIT_CODES)
@config_option
@click.argument("name")
def eject_command(name: str, config: Path) -> None:
    """Copies a file of the default theme into the site, to be changed there. Prints its path.

    An existing file is never overwritten. The copy remembers its version: `digest check` warns when the
    original of a new version of digest differs.
    """
    from generator.config import ejected  # noqa: PLC0415 - loaded when the command runs

    found, original = _find(name)
    path = config.parent / found
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(ejected.copy_of(original))
    except FileExistsError:
        raise click.UsageError(f"{path} exists already, and is not overwritten") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    print_result(f"{path} is created, but its path", [printable(path.as_posix())])


def _find(name: str) -> tuple[str, Path]:
    """Returns the name and the path of a file of the default theme, which may be named without its folder.

    Raises:
        click.UsageError: there is no such file.
    """
    from generator.config import ejected  # noqa: PLC0415 - loaded when the command runs

    originals = ejected.originals()
    for found in (name, f"templates/{name}", f"static/{name}"):
        if found in originals:
            return found, originals[found]
    guesses = nearest(name, [*originals, *(original.partition("/")[2] for original in originals)])
    remedy = f"did you mean {guesses[0]}?" if guesses else "`digest theme list` lists all files"
    raise click.UsageError(f"the default theme has no file {name!r}; {remedy}")


def _summary(path: Path) -> str:
    """Returns the first sentence of the comment at the beginning of a file; ``""`` if there is none."""
    with path.open(encoding="utf-8", errors="replace") as file:
        comment = _FIRST_COMMENT.match(file.readline(500))
    return comment[1].rstrip(".:") if comment else ""
