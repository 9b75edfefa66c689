"""``digest check --links``: what is known about the links out of the site, and which of them are dead."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from generator.commands.check import link_cache
from generator.commands.check.check import Link, placed
from generator.commands.check.link_cache import State
from generator.commands.check.link_survey import Pace, Survey, Surveyed
from generator.errors import Code, Diagnostic, LinksCacheError
from generator.output.tree import MANIFEST
from generator.util import http as fetching
from generator.util.http import Resolve, Rules

_REMEDY = "name another address, or remove the link or the document"


async def survey(
    links: Iterable[Link],
    path: Path,
    *,
    rules: Rules,
    clock: Callable[[], float],
    max_age: float,
    pace: Pace | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
    resolver: Resolve = fetching.resolve,
) -> Surveyed:
    """Asks after links, and keeps what is learnt.

    Args:
        links: those of the items.
        path: the file of what is known.
        rules: what may be asked.
        clock: seconds since the epoch.
        max_age: seconds for which a page that was there need not be asked again.
        pace: how much is asked of others.
        progress: called with how many are known, of how many.
        resolver: the name service.

    Raises:
        LinksCacheError: the file cannot be used.
    """
    with link_cache.opened(path) as kept:
        async with fetching.opened(rules, resolver=resolver) as fetcher:
            asking = Survey(
                fetcher=fetcher, kept=kept, clock=clock, max_age=max_age, pace=pace or Pace(), progress=progress
            )
            return await asking.ask(link.url for link in links)


def refuse_published(path: Path, folders: Iterable[Path]) -> None:
    """Refuses a file of what is known that a build would read, or that lies in a site.

    Raises:
        LinksCacheError: it would.
    """
    target = path.resolve()
    inside = next((folder for folder in folders if target.is_relative_to(folder.resolve())), None)
    inside = inside or next((folder for folder in target.parents if (folder / MANIFEST).is_file()), None)
    if inside:
        raise LinksCacheError(f"--links-cache {path} lies in {inside}: it must not be published")


def dead(links: Iterable[Link], surveyed: Surveyed) -> Iterator[Diagnostic]:
    """Warnings about links that are dead for certain, at their places."""
    codes = {State.GONE: Code.GONE_LINK, State.NO_HOST: Code.UNKNOWN_HOST}
    for link in links:
        verdict = surveyed.verdicts[link.url]
        if code := codes.get(verdict.state):
            yield from placed([(link, code, f"{link.url} is gone: {verdict.reason}", _REMEDY)])
