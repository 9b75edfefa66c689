"""``digest serve``."""

import gc
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from generator.commands.terminal import FOLDER, exit_codes, ignoring_output_errors, options_of, reading_options
from generator.util.text import printable

_EXIT_CODES = exit_codes(
    success="stopped (Ctrl-C or SIGTERM)",
    usage="wrong usage, settings, curated topics, sources or output folder, or the address cannot be served",
)


@click.command("serve", epilog=_EXIT_CODES)
@reading_options
@click.option("--output", type=FOLDER, default="output", show_default=True, help="Output folder.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="Port; 0 chooses a free one."
)
@click.option("--open", "is_opened", is_flag=True, help="Open the site in the browser.")
def serve_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Serves a preview of the site.

    Builds the site again after each change. Ctrl-C stops the server. With --drafts or --future, the output folder is
    preview/ unless --output is given.
    """
    import asyncio  # noqa: PLC0415 - loaded when the command runs

    from generator.commands.serve import server  # noqa: PLC0415 - loaded when the command runs

    def announce(url: str) -> None:
        with ignoring_output_errors():
            click.echo(f"serving {url} (Ctrl-C stops it)")
        if arguments["is_opened"]:
            click.launch(url)

    source_of = click.get_current_context().get_parameter_source
    has_fixed_time = source_of("now") is ParameterSource.COMMANDLINE
    # Unpublished items must not get into a folder that may be deployed.
    if (arguments["drafts"] or arguments["future"]) and source_of("output") is ParameterSource.DEFAULT:
        arguments["output"] = Path("preview")
    gc.enable()  # unlike a build, a server runs for hours
    address = server.BindAddress(host=arguments["host"], port=arguments["port"])
    now = arguments["now"].isoformat() if has_fixed_time else None
    asyncio.run(server.serve(options_of(arguments), address, now=now, print_line=_print_line, on_ready=announce))


def _print_line(line: str) -> None:
    click.echo(printable(line), err=True)
