"""``digest check``. Part of the edge, like ``cli``."""

import sys
from typing import Any

import click

from generator.errors import Code, Problem, SettingsError
from generator.terminal import (
    CHECK_EXIT_CODES,
    EXIT_PROBLEMS,
    options_of,
    printing,
    progress_bar,
    reading_options,
)


@click.command("check", epilog=CHECK_EXIT_CODES)
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
def check_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Says all that is wrong or doubtful about the site; writes nothing."""
    from generator import checking  # noqa: PLC0415 - no other command needs it

    ignored = _codes(given["ignore"])
    options = options_of(given)
    try:
        with progress_bar(is_wanted=sys.stderr.isatty()) as progress:
            checked = checking.check(options, progress=progress)
    except SettingsError as error:
        _print(error.problems, given, documents=0, passes=False)
        sys.exit(error.exit_code)
    problems = tuple(problem for problem in checked.problems if problem.is_error or problem.code not in ignored)
    passes = not (checked.is_refused or (given["strict"] and problems))
    _print(problems, given, documents=checked.documents, passes=passes)
    if not passes:
        sys.exit(EXIT_PROBLEMS)


def _codes(names: tuple[str, ...]) -> frozenset[Code]:
    unknown = [name for name in names if name not in set(Code)]
    if unknown:
        raise click.UsageError(f"--ignore {unknown[0]}: there is no such code; docs/problems.md lists them")
    return frozenset(map(Code, names))


def _print(problems: tuple[Problem, ...], given: dict[str, Any], *, documents: int, passes: bool) -> None:
    from generator import findings  # noqa: PLC0415 - as above

    form = given["form"]
    with printing():
        if form == "json":
            click.echo(findings.as_json(problems, documents=documents, passes=passes, links=None))
        elif form == "sarif":
            click.echo(findings.as_sarif(problems))
        elif form == "github":
            for line in findings.github_lines(problems):
                click.echo(line)
        else:
            for line in findings.text_lines(problems, is_verbose=given["verbose"]):
                click.echo(line)
            click.echo(_summary(problems, documents, passes=passes))


def _summary(problems: tuple[Problem, ...], documents: int, *, passes: bool) -> str:
    errors = sum(problem.is_error for problem in problems)
    counted = [_counted(documents, "document"), _counted(errors, "error"), _counted(len(problems) - errors, "warning")]
    return f"{', '.join(counted)}: {'passes' if passes else 'does not pass'}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
