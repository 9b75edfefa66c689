"""``digest preflight`` and ``digest sync``. Part of the edge, like ``cli``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands.deploy import preflight
from generator.commands.placeholder import base_url_of, is_placeholder, warn_of_placeholder
from generator.commands.terminal import (
    EXIT_ERRORS,
    FOLDER,
    SitePath,
    ignoring_output_errors,
)
from generator.util.text import counted, printable

if TYPE_CHECKING:
    from generator.commands.deploy.sync import Synced

_PREFLIGHT_EXIT_CODES = """\b
Exit codes:
  0  the host accepts the site
  1  the site exceeds a limit of the host
  2  wrong usage, or the output folder holds no site
  3  internal error: a bug in digest
"""
_SYNC_EXIT_CODES = """\b
Exit codes:
  0  the served folder holds the site
  2  wrong usage, an incomplete site, or a folder that cannot be used
  3  internal error: a bug in digest
"""
_built_option = click.option(
    "--output",
    type=SitePath(path_type=Path, file_okay=False),
    default="output",
    show_default=True,
    help="Folder of the built site.",
)


@click.command("preflight", epilog=_PREFLIGHT_EXIT_CODES)
@click.option("--target", type=click.Choice(list(preflight.HOSTS)), required=True, help="The host.")
@_built_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def preflight_command(target: str, output: Path, form: str) -> None:
    """Checks a built site against the limits that a host publishes."""
    findings = preflight.check(output, target)
    unread = preflight.unread(output, target)
    address = base_url_of(output)
    fits = all(finding.fits for finding in findings)
    with ignoring_output_errors():
        if form == "json":
            value = {
                "target": target,
                "fits": fits,
                "unread": unread,
                "base_url": address,
                "placeholder": is_placeholder(address),
                "findings": [finding.as_json() for finding in findings],
            }
            click.echo(json.dumps(value, indent=2))
        else:
            for line in preflight.lines(findings, target):
                click.echo(printable(line))
            for name in unread:
                click.echo(f"{target} does not read {name}: docs/deploy.md says what that means there")
            if folder := preflight.missing_folder(address, target):
                click.echo(
                    printable(
                        f"the site was built for the folder {folder}/, but {target} serves what you upload at the "
                        f"root: upload a folder that holds the site as {folder}/, or build with a base_url without one"
                    )
                )
            warn_of_placeholder(output)
    if not fits:
        sys.exit(EXIT_ERRORS)


@click.command("sync", epilog=_SYNC_EXIT_CODES)
@click.argument("folder", type=FOLDER)
@_built_option
@click.option("--source", type=FOLDER, default="seeds", show_default=True, help="Folder of the documents.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Only list what would be moved and removed.")
@click.option("--delete/--no-delete", "may_remove", default=True, help="Whether to remove what is not of the site.")
@click.option("--clean", "is_clean", is_flag=True, help="Move every file, also over files that no sync wrote.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
def sync_command(folder: Path, *, quiet: bool, **given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Copies a built site into FOLDER, which is served."""
    from generator.commands.deploy.sync import Wish, sync  # noqa: PLC0415

    done = sync(Wish(target=folder, **given))
    is_dry = given["is_dry"]
    with ignoring_output_errors():
        if is_dry:
            for verb, paths in (("move", done.moved), ("remove", done.removed), ("keep", done.kept)):
                for path in paths:
                    click.echo(f"{verb:<7} {printable(path)}")
        if not quiet:
            click.echo(_summary(done, is_dry=is_dry))
            if done.rules:
                changed = "would change" if is_dry else "changed"
                click.echo(f"{done.rules} {changed}: nginx reads it when it is told to reload (nginx -s reload)")
            warn_of_placeholder(given["output"])


def _summary(done: "Synced", *, is_dry: bool) -> str:
    moved, removed, kept = (len(paths) for paths in (done.moved, done.removed, done.kept))
    old = counted(kept, "old one")
    if is_dry:
        return (
            f"files: {moved} would be moved, {done.unchanged} stay as they are, {removed} would be removed, "
            f"{old} would be kept; nothing was done"
        )
    return f"files: {moved} moved, {done.unchanged} unchanged, {removed} removed, {old} kept"
