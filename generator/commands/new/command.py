"""``digest new`` and ``digest init``. Part of the edge, like ``cli``."""

import datetime as dt
import sys
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands.terminal import (
    EXIT_ERRORS,
    config_option,
    parse_now,
    source_option,
)
from generator.util import weburls
from generator.util.text import printable

if TYPE_CHECKING:
    from generator.commands.new.page_metadata import Clipping
    from generator.errors import Diagnostic

_NEW_EXIT_CODES = """\b
Exit codes:
  0  created
  1  the page cannot be read
  2  wrong usage or settings, or the file exists already
  3  internal error: a bug in digest
"""
_INIT_EXIT_CODES = """\b
Exit codes:
  0  created
  2  wrong usage, or the folder is not empty
  3  internal error: a bug in digest
"""
_ASKED = {
    "title": "Title",
    "url": "Address of the article",
    "source_name": "Name of the source",
    "excerpt": "Summary (may be empty)",
    "topics": "Topics, with commas between them (may be empty)",
}
_NEEDED = ("title", "url", "source_name")
_OPTIONS = {
    "title": "--title",
    "excerpt": "--excerpt",
    "publishedDateTime": "--published",
    "webUrl": "--url",
    "name": "--source-name",
    "an entry of topics": "--topic",
    "url": "--image",
}
"""The option that gives what a message about a document begins with."""


@click.command("new", epilog=_NEW_EXIT_CODES)
@click.option("--title", help="Headline of the article.")
@click.option("--url", metavar="URL", help="Address of the article.")
@click.option("--source-name", metavar="NAME", help="Who published it.")
@click.option("--excerpt", help="Summary.")
@click.option("--published", metavar="ISO8601", help="When it was published.  [default: now]")
@click.option("--topic", "topics", metavar="NAME", multiple=True, help="A topic; may be repeated.")
@click.option("--image", metavar="URL", help="Address of a picture.")
@click.option("--from-url", metavar="URL", help="Read from the article's page what no option gives.")
@click.option("--allow-private", is_flag=True, help="Read pages of this machine, private networks and any port, too.")
@click.option(
    "--now", metavar="ISO8601", callback=parse_now, help="What now is.  [default: SOURCE_DATE_EPOCH, else the clock]"
)
@config_option
@source_option
def new_command(**given: Any) -> None:  # noqa: ANN401 - click passes each option under its name
    """Writes a new document, dated today, and prints its path. What is missing is asked for in a terminal."""
    from generator.commands.new import document  # noqa: PLC0415 - as in ``cli``
    from generator.commands.new.document import NewDocument, Picture  # noqa: PLC0415 - the same
    from generator.config import settings  # noqa: PLC0415 - the same

    configured = settings.load(given["config"])
    published = None if given["published"] is None else _time(given["published"])
    picture = Picture(url=given["image"]) if given["image"] else None
    is_video = False
    if given["from_url"]:
        found = _clipped(given["from_url"], may_be_private=given["allow_private"])
        known = {"title": found.title, "url": found.url, "source_name": found.publisher, "excerpt": found.excerpt}
        given |= {name: value for name, value in known.items() if given[name] is None and value}
        is_video = found.is_video
        if published is None and found.published_at is None:
            click.echo("the page says no date that could be read: this moment stands in", err=True)
        published = published or found.published_at
        if picture is None and found.image:
            picture = Picture(url=found.image, width=found.width, height=found.height)
    _ask(given)
    written = document.compose(
        NewDocument(
            title=given["title"],
            url=given["url"],
            source_name=given["source_name"],
            excerpt=given["excerpt"] or "",
            published_at=published or given["now"],
            topics=given["topics"],
            picture=picture,
            is_video=is_video,
        ),
        zoneinfo.ZoneInfo(configured.timezone),
    )
    if written.diagnostics:
        raise click.UsageError("; ".join(map(_about_option, written.diagnostics)))
    path = given["source"] / written.name
    try:
        document.create(path, written.text.encode())
    except FileExistsError:
        raise click.UsageError(f"{path} is there already: edit it, or give another --title") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    click.echo(printable(str(path)))


def _about_option(diagnostic: "Diagnostic") -> str:
    """What is wrong with a document that is not written, as said of the option that it comes from."""
    message = diagnostic.message.removesuffix(", so the entry is left out")
    field = next((field for field in _OPTIONS if message.startswith(f"{field} ")), "")
    return f"{_OPTIONS.get(field, '')}{message.removeprefix(field)} ({diagnostic.remedy})"


def _time(value: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(value.strip().upper())
        return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no time like 2026-03-14T09:00:00Z", param_hint="--published") from None


def _ask(given: dict[str, Any]) -> None:
    """Asks for what is missing where there is somebody to ask, else names it."""
    if not sys.stdin.isatty():
        missing = [f"--{name.replace('_', '-')}" for name in _NEEDED if not (given[name] or "").strip()]
        if missing:
            raise click.UsageError(f"missing: {', '.join(missing)} (they are asked for in a terminal)")
        return
    for name, prompt in _ASKED.items():
        if not given[name] and given[name] != "":
            is_needed = name in _NEEDED
            given[name] = click.prompt(
                prompt,
                default=None if is_needed else "",
                show_default=False,
                err=True,
                value_proc=_ANSWERS.get(name),
            )


def _address(answer: str) -> str:
    """An address that a document may have; click asks again where it is none."""
    try:
        weburls.clean(answer)
    except weburls.InvalidUrlError as error:
        raise click.UsageError(f"it {error}: give the whole, from https:// on") from None
    return answer


def _topics(answer: str) -> tuple[str, ...]:
    return tuple(topic.strip() for topic in answer.split(",") if topic.strip())


_ANSWERS: dict[str, Callable[[str], Any]] = {"url": _address, "topics": _topics}


def _clipped(url: str, *, may_be_private: bool) -> "Clipping":
    """What the page says."""
    import asyncio  # noqa: PLC0415 - only an address needs it

    from generator.commands.new import page_metadata  # noqa: PLC0415 - the same
    from generator.util import http as fetching  # noqa: PLC0415 - only this needs the web
    from generator.util.http import Rules  # noqa: PLC0415 - the same

    try:
        return asyncio.run(page_metadata.clip(url, Rules.with_private() if may_be_private else Rules()))
    except (fetching.FetchError, page_metadata.ClippingError) as error:
        remedy = " (--allow-private reads it nevertheless)" if isinstance(error, fetching.PrivateError) else ""
        click.echo(printable(f"error: {url} cannot be read: {error}{remedy}"), err=True)
        sys.exit(EXIT_ERRORS)


@click.command("init", epilog=_INIT_EXIT_CODES)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--now",
    metavar="ISO8601",
    callback=parse_now,
    help="The example's time.  [default: SOURCE_DATE_EPOCH, else the clock]",
)
def init_command(folder: Path, now: dt.datetime) -> None:
    """Makes a new site in DIR: settings, topics, an example document and a workflow that publishes it."""
    from generator.commands.new import init as starting  # noqa: PLC0415 - no other command makes sites

    for path in starting.start(folder, now):
        click.echo(printable(str(path)))
    click.echo(
        "Look at it with `digest serve` there; before you publish what `digest build` writes, set base_url in "
        "site.toml.",
        err=True,
    )
