"""``digest new`` and ``digest init``."""

import datetime as dt
import sys
import time
import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from generator.commands.terminal import (
    EXIT_ERRORS,
    config_option,
    default_jobs,
    exit_codes,
    parse_now,
    print_result,
    source_option,
)
from generator.util import weburls
from generator.util.text import printable

if TYPE_CHECKING:
    from generator.commands.new.document import Picture
    from generator.commands.new.page_metadata import PageMetadata
    from generator.config.settings import Settings
    from generator.content.model import Item
    from generator.errors import Diagnostic
    from generator.util.http import Fetched

_NEW_EXIT_CODES = exit_codes(
    success="created",
    errors="the page or the picture cannot be read",
    usage="wrong usage or settings, or the file or a document about the article exists already",
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
@click.option("--image-size", "with_image_size", is_flag=True, help="Read width and height of the picture.")
@click.option("--draft", "is_draft", is_flag=True, help="Write `draft: true`, which keeps the item off the site.")
@click.option("--from-url", metavar="URL", help="Read missing values from the article's page.")
@click.option("--edit", "with_editor", is_flag=True, help="Open the document in $VISUAL or $EDITOR.")
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
    page = None
    if arguments["from_url"]:
        page = _read_page(arguments["from_url"], arguments["now"], with_private=arguments["allow_private"])
        values = {"title": page.title, "url": page.url, "source_name": page.publisher, "excerpt": page.excerpt}
        arguments |= {name: value for name, value in values.items() if arguments[name] is None and value}
        if published is None and page.published_at is None:
            click.echo("the page has no date that can be read: using the current time", err=True)
        published = published or page.published_at
        if picture is None and page.image:
            picture = Picture(url=page.image, width=page.width, height=page.height)
    _complete(arguments)
    if picture and arguments["with_image_size"]:
        picture = _measured(picture, with_private=arguments["allow_private"])
    composed = document.compose(
        NewDocument(
            title=arguments["title"],
            url=arguments["url"],
            source_name=arguments["source_name"],
            excerpt=arguments["excerpt"] or "",
            published_at=published or arguments["now"],
            topics=arguments["topics"],
            picture=picture,
            is_video=page is not None and page.is_video,
            is_draft=arguments["is_draft"],
            study=page.study if page else "",
            authors=page.authors if page else (),
        ),
        zoneinfo.ZoneInfo(configured.timezone),
    )
    if composed.item is None:
        raise click.UsageError("; ".join(map(_as_usage_error, composed.diagnostics)))
    _compare(composed.item, arguments, configured)
    path = arguments["source"] / composed.name
    try:
        document_files.create(path, composed.text.encode())
    except FileExistsError:
        raise click.UsageError(f"{path} exists already: edit it, or give another --title") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    print_result(f"{path} is created, but its path", [printable(path.as_posix())])
    if arguments["with_editor"]:
        click.edit(filename=str(path))


def _compare(new: "Item", arguments: dict[str, Any], configured: "Settings") -> None:
    """Refuses an article that a document is about already, and warns about topics that are probably misspelt."""
    from generator.commands.new import comparison  # noqa: PLC0415 - loaded when the command runs
    from generator.config.options import Options  # noqa: PLC0415 - loaded when the command runs

    options = Options(
        source=arguments["source"],
        output=Path("output"),
        config=arguments["config"],
        now=arguments["now"],
        jobs=default_jobs(),
        started=time.time(),
    )
    compared = comparison.compare(new, options, configured)
    if compared.duplicate:
        path = printable(compared.duplicate)
        raise click.UsageError(f"{path} is about the same article: edit it, or give another --url")
    for topic, guess in compared.doubtful_topics:
        click.echo(printable(f"warning: the topic {topic!r} may be misspelt: did you mean `{guess}`?"), err=True)


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


def _read_page(url: str, now: dt.datetime, *, with_private: bool) -> "PageMetadata":
    """Fetches a page and reads its metadata; if it cannot be read, prints why and exits with code 1."""
    from generator.commands.new import page_metadata  # noqa: PLC0415 - only --from-url needs it

    page = _fetch(url, with_private=with_private)
    try:
        return page_metadata.read(page.body, content_type=page.content_type, url=page.url, now=now)
    except page_metadata.PageError as error:
        _fail(url, str(error))


def _measured(picture: "Picture", *, with_private: bool) -> "Picture":
    """Returns a picture with the size that its file has; if it cannot be read, prints why and exits with code 1."""
    import dataclasses  # noqa: PLC0415 - only --image-size needs it

    from generator.util import pictures  # noqa: PLC0415 - only --image-size needs it

    size = pictures.size_of(_fetch(picture.url, with_private=with_private).body)
    if size is None:
        _fail(picture.url, "it is no picture")
    return dataclasses.replace(picture, width=size[0], height=size[1])


def _fetch(url: str, *, with_private: bool) -> "Fetched":
    """Fetches a page or a picture; if it cannot be fetched, prints why and exits with code 1."""
    import asyncio  # noqa: PLC0415 - only what reads the web needs it

    from generator.util import http  # noqa: PLC0415 - only what reads the web needs it

    async def fetch() -> http.Fetched:
        async with http.opened(http.Rules(allowed=http.EVERY_NETWORK if with_private else ())) as fetcher:
            return await fetcher.fetch(url)

    try:
        response = asyncio.run(fetch())
    except http.FetchError as error:
        _fail(url, f"{error} (--allow-private reads it)" if isinstance(error, http.PrivateError) else str(error))
    if response.status != HTTPStatus.OK:
        _fail(url, f"its host responds with {response.status}")
    return response


def _fail(url: str, reason: str) -> NoReturn:
    """Prints why a page or picture cannot be read, and exits with code 1."""
    click.echo(printable(f"error: {url} cannot be read: {reason}"), err=True)
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
    print_result(f"{folder} is created, but the list of its files", [printable(path.as_posix()) for path in created])
    click.echo(
        "Run `digest serve` in that folder to see it. Set base_url in site.toml before you publish it.", err=True
    )
