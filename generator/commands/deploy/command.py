"""``digest preflight`` and ``digest sync``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from generator.commands.deploy import preflight
from generator.commands.placeholder import base_url_of, is_placeholder, warn_of_placeholder
from generator.commands.terminal import EXIT_ERRORS, FOLDER, SitePath, exit_codes, ignoring_output_errors, print_result
from generator.util.text import counted, printable

if TYPE_CHECKING:
    from generator.commands.deploy.page_links import DeadLink
    from generator.commands.deploy.sync import SyncResult

_LINKS_SHOWN = 20
_PREFLIGHT_EXIT_CODES = exit_codes(
    success="the host accepts the site",
    errors="the site exceeds a limit of the host; or, with --strict, it cannot work at its address",
    usage="wrong usage, or the output folder holds no site",
)
_SYNC_EXIT_CODES = exit_codes(
    success="the served folder holds the site", usage="wrong usage, an incomplete site, or a folder that cannot be used"
)
_built_option = click.option(
    "--output",
    type=SitePath(path_type=Path, file_okay=False),
    default="output",
    show_default=True,
    help="Output folder of the build.",
)


@click.command("preflight", epilog=_PREFLIGHT_EXIT_CODES)
@click.option("--target", type=click.Choice(list(preflight.HOSTS)), required=True, help="The host.")
@_built_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="Exit with code 1 also if the site was built for the placeholder address, or a link within it leads nowhere.",
)
def preflight_command(target: str, output: Path, form: str, *, is_strict: bool) -> None:
    """Checks a built site against the published limits of a host."""
    measurements = preflight.check(output, target)
    unread = preflight.unread_files(output, target)
    base_url = base_url_of(output)
    fits = all(measurement.fits for measurement in measurements)
    folder = preflight.missing_folder(base_url, target)
    dead_links = preflight.dead_links(output, target, base_url)
    works = not (folder or dead_links or is_placeholder(base_url))
    local_sources = preflight.local_sources(output)
    if form == "json":
        result = {
            "target": target,
            "fits": fits,
            "unread": unread,
            "base_url": base_url,
            "placeholder": is_placeholder(base_url),
            "missing_folder": folder,
            "dead_links": [msgspec.structs.asdict(link) for link in dead_links],
            "local_sources": local_sources,
            "findings": [measurement.as_json() for measurement in measurements],
        }
        print_result("the report", [json.dumps(result, indent=2)], is_whole=True)
    else:
        lines = list(preflight.lines(measurements, target))
        lines += [
            f"{target} does not read {name}; `digest docs deploy` explains what follows from that" for name in unread
        ]
        if folder:
            lines.append(
                f"the site was built for the folder {folder}/, but {target} serves the upload at the root: "
                f"upload a folder that holds the site as {folder}/, or build with a base_url without a folder"
            )
        lines += [
            f"the content security policy allows {source}, which is this machine and nothing on the web: "
            "remove it from [csp] in site.toml before you publish"
            for source in local_sources
        ]
        print_result("the report", map(printable, lines))
        warn_of_placeholder(output)
        _warn_of_dead_links(dead_links)
    if not (fits and (works or not is_strict)):
        sys.exit(EXIT_ERRORS)


def _warn_of_dead_links(links: "list[DeadLink]") -> None:
    for link in links[:_LINKS_SHOWN]:
        others = len(link.pages) - 1
        subject = f" and {counted(others, 'other page')} link" if others else " links"
        message = f"{link.pages[0]}{subject} to {link.link}, but {link.reason}"
        click.echo(click.style("warning: ", fg="yellow") + printable(message), err=True)
    if len(links) > _LINKS_SHOWN:
        more = counted(len(links) - _LINKS_SHOWN, "more link")
        click.echo(f"... and {more} that lead nowhere (--format json lists them all)", err=True)


@click.command("sync", epilog=_SYNC_EXIT_CODES)
@click.argument("folder", type=FOLDER)
@_built_option
@click.option("--source", type=FOLDER, default="seeds", show_default=True, help="Folder of the documents.")
@click.option(
    "--dry-run", "is_dry", is_flag=True, help="List the files to move and to remove, without changing anything."
)
@click.option(
    "--delete/--no-delete",
    "may_remove",
    default=True,
    help="Whether to remove files of earlier syncs that are not part of the site.",
)
@click.option("--clean", "is_clean", is_flag=True, help="Move every file, also those that are unchanged.")
@click.option("--overwrite", "may_overwrite", is_flag=True, help="Replace files that no sync wrote.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
def sync_command(folder: Path, *, quiet: bool, **arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Copies a built site into FOLDER, which a web server serves."""
    from generator.commands.deploy.sync import SyncOptions, sync  # noqa: PLC0415 - loaded when the command runs

    result = sync(SyncOptions(target=folder, **arguments))
    is_dry = arguments["is_dry"]
    if is_dry:
        listed = (("move", result.moved), ("remove", result.removed), ("keep", result.kept))
        print_result("the list of files", [f"{verb:<7} {printable(path)}" for verb, paths in listed for path in paths])
    with ignoring_output_errors():
        if not quiet:
            click.echo(_summary(result, is_dry=is_dry))
            for path in result.rules:
                verb = "would change" if is_dry else "changed"
                click.echo(f"{path} {verb}: reload nginx to apply it (nginx -s reload)")
            warn_of_placeholder(arguments["output"])


def _summary(result: "SyncResult", *, is_dry: bool) -> str:
    moved, removed = len(result.moved), len(result.removed)
    old = counted(len(result.kept), "old file")
    if is_dry:
        return (
            f"files: {moved} would be moved, {result.unchanged} are unchanged, {removed} would be removed, "
            f"{old} would be kept; nothing was changed"
        )
    return f"files: {moved} moved, {result.unchanged} unchanged, {removed} removed, {old} kept"
