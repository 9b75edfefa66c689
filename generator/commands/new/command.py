"""``digest new`` and ``digest init``."""

import datetime as dt
import sys
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands.terminal import EXIT_ERRORS, config_option, exit_codes, parse_now, print_result, source_option
from generator.util import weburls
from generator.util.text import printable

if TYPE_CHECKING:
    from generator.commands.new.page_metadata import PageMetadata
    from generator.errors import Diagnostic

_NEW_EXIT_CODES = exit_codes(
    success="created", errors="the page cannot be read", usage="wrong usage or settings, or the file exists already"
)
_INIT_EXIT_CODES = exit_codes(success="created", usage="wrong usage, or the folder holds files that are not hidden")
_PROMPTS = {
    "title": "Title",
    "url": "URL of the article",
    "source_name": "Name of the source",
    "excerpt": "Summary (optional)",
    "topics": "Topics, separated by commas (optional)",
}
"""What is asked for in a terminal, by the names of the arguments."""
_REQUIRED = ("title", "url", "source_name")
_OPTION_OF_FIELD = {
    "title": "--title",
    "excerpt": "--excerpt",
    "publishedDateTime": "--published",
    "webUrl": "--url",
    "name": "--source-name",
    "an entry of topics": "--topic",
    "url": "--image",
}
"""The option for each field that a diagnostic may begin with."""


@click.command("new", epilog=_NEW_EXIT_CODES)
@click.option("--title", help="Title of the article.")
@click.option("--url", metavar="URL", help="URL of the article.")
@click.option("--source-name", metavar="NAME", help="Name of its publisher.")
@click.option("--excerpt", help="Summary.")
@click.option("--published", metavar="ISO8601", help="Time of publication.  [default: --now]")
@click.option("--topic", "topics", metavar="NAME", multiple=True, help="Topic; may be repeated.")
@click.option("--image", metavar="URL", help="URL of a picture.")
@click.option("--from-url", metavar="URL", help="Read missing values from the article's page.")
@click.option(
    "--allow-private", is_flag=True, help="Also read pages of this machine, of private networks and at any port."
)
@click.option(
    "--now",
    metavar="ISO8601",
    callback=parse_now,
    help="The current time.  [default: SOURCE_DATE_EPOCH, else the clock]",
)
@config_option
@source_option
def new_command(**arguments: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Creates a document and prints its path. In a terminal, asks for missing values."""
    from generator.commands import document_files  # noqa: PLC0415 - loaded when the command runs
    from generator.commands.new import document  # noqa: PLC0415 - loaded when the command runs
    from generator.commands.new.document import NewDocument, Picture  # noqa: PLC0415 - loaded when the command runs
    from generator.config import settings  # noqa: PLC0415 - loaded when the command runs

    configured = settings.load(arguments["config"])
    published = None if arguments["published"] is None else _time(arguments["published"])
    picture = Picture(url=arguments["image"]) if arguments["image"] else None
    is_video = False
    if arguments["from_url"]:
        page = _read_page(arguments["from_url"], with_private=arguments["allow_private"])
        values = {"title": page.title, "url": page.url, "source_name": page.publisher, "excerpt": page.excerpt}
        arguments |= {name: value for name, value in values.items() if arguments[name] is None and value}
        is_video = page.is_video
        if published is None and page.published_at is None:
            click.echo("the page has no date that can be read: using the current time", err=True)
        published = published or page.published_at
        if picture is None and page.image:
            picture = Picture(url=page.image, width=page.width, height=page.height)
    _complete(arguments)
    composed = document.compose(
        NewDocument(
            title=arguments["title"],
            url=arguments["url"],
            source_name=arguments["source_name"],
            excerpt=arguments["excerpt"] or "",
            published_at=published or arguments["now"],
            topics=arguments["topics"],
            picture=picture,
            is_video=is_video,
        ),
        zoneinfo.ZoneInfo(configured.timezone),
    )
    if composed.diagnostics:
        raise click.UsageError("; ".join(map(_as_usage_error, composed.diagnostics)))
    path = arguments["source"] / composed.name
    try:
        document_files.create(path, composed.text.encode())
    except FileExistsError:
        raise click.UsageError(f"{path} exists already: edit it, or give another --title") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    print_result(f"{path} is created, but its path", [printable(str(path))])


def _as_usage_error(diagnostic: "Diagnostic") -> str:
    """Returns the message of a diagnostic about the new document, with the option in place of the field."""
    message = diagnostic.message.removesuffix(", so the entry is left out")
    field = next((field for field in _OPTION_OF_FIELD if message.startswith(f"{field} ")), "")
    return f"{_OPTION_OF_FIELD.get(field, '')}{message.removeprefix(field)} ({diagnostic.remedy})"


def _time(value: str) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(value.strip().upper())
        return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is not an ISO 8601 time, such as 2026-03-14T09:00:00Z", param_hint="--published"
        ) from None


def _complete(arguments: dict[str, Any]) -> None:
    """Asks for the missing arguments and adds them; an error if a required one is missing outside of a terminal."""
    if not sys.stdin.isatty():
        missing = [f"--{name.replace('_', '-')}" for name in _REQUIRED if not (arguments[name] or "").strip()]
        if missing:
            raise click.UsageError(f"missing: {', '.join(missing)} (in a terminal, digest asks for them)")
        return
    for name, prompt in _PROMPTS.items():
        if not arguments[name] and arguments[name] != "":
            arguments[name] = click.prompt(
                prompt,
                default=None if name in _REQUIRED else "",
                show_default=False,
                err=True,
                value_proc=_ANSWER_PARSERS.get(name),
            )


def _address(answer: str) -> str:
    """Returns the answer if it is a valid URL of an article; otherwise click shows the error and asks again."""
    try:
        weburls.clean(answer)
    except weburls.InvalidUrlError as error:
        raise click.UsageError(f"it {error}: give the complete URL, beginning with https://") from None
    return answer


def _topics(answer: str) -> tuple[str, ...]:
    return tuple(topic.strip() for topic in answer.split(",") if topic.strip())


_ANSWER_PARSERS: dict[str, Callable[[str], Any]] = {"url": _address, "topics": _topics}


def _read_page(url: str, *, with_private: bool) -> "PageMetadata":
    """Fetches the metadata of a page; if it cannot be read, prints why and exits with code 1."""
    import asyncio  # noqa: PLC0415 - only --from-url needs it

    from generator.commands.new import page_metadata  # noqa: PLC0415 - only --from-url needs it
    from generator.util import http  # noqa: PLC0415 - only --from-url needs it

    rules = http.Rules(allowed=http.EVERY_NETWORK) if with_private else http.Rules()
    try:
        return asyncio.run(page_metadata.fetch(url, rules))
    except (http.FetchError, page_metadata.PageError) as error:
        remedy = " (--allow-private reads it)" if isinstance(error, http.PrivateError) else ""
        click.echo(printable(f"error: {url} cannot be read: {error}{remedy}"), err=True)
        sys.exit(EXIT_ERRORS)


@click.command("init", epilog=_INIT_EXIT_CODES)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--now",
    metavar="ISO8601",
    callback=parse_now,
    help="Publication time of the example.  [default: SOURCE_DATE_EPOCH, else the clock]",
)
def init_command(folder: Path, now: dt.datetime) -> None:
    """Creates a site in DIR.

    The site has settings, topics, an example document, and a workflow that publishes it on GitHub Pages.
    """
    from generator.commands.new import init  # noqa: PLC0415 - loaded when the command runs

    created = init.create_site(folder, now)
    if folder / ".gitignore" not in created:
        click.echo("note: .gitignore is left as it is: add /output/, /preview/ and /.digest/ to it", err=True)
    print_result(f"{folder} is created, but the list of its files", [printable(str(path)) for path in created])
    click.echo(
        "Run `digest serve` in that folder to see it. Set base_url in site.toml before you publish it.", err=True
    )
