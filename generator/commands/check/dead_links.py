"""``digest check --links``: requests the links to other sites, and warns about dead ones."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from generator.commands.check import link_cache
from generator.commands.check.check import Link, with_places
from generator.commands.check.collection_lint import Reading
from generator.commands.check.link_cache import State
from generator.commands.check.link_survey import Pace, Survey, SurveyResult
from generator.errors import Code, Diagnostic, LinksCacheError
from generator.output.tree import MANIFEST
from generator.util import http
from generator.util.http import Resolve, Rules

_REMEDY = "use another URL, or remove the link or the document"
_DEAD = {State.GONE: Code.GONE_LINK, State.NO_HOST: Code.UNKNOWN_HOST}


async def survey(
    links: Iterable[Link],
    path: Path,
    *,
    rules: Rules,
    clock: Callable[[], float],
    max_age: float,
    pace: Pace | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
    resolver: Resolve = http.resolve,
) -> SurveyResult:
    """Requests links, and stores the results in a cache. Working links are asked again after ``max_age`` seconds.

    Raises:
        LinksCacheError: the cache cannot be used.
    """
    with link_cache.opened(path) as cache:
        async with http.opened(rules, resolver=resolver) as fetcher:
            run = Survey(
                fetcher=fetcher, cache=cache, clock=clock, max_age=max_age, pace=pace or Pace(), progress=progress
            )
            return await run.ask(link.url for link in links)


def refuse_published(path: Path, folders: Iterable[Path]) -> None:
    """Checks that the cache lies outside the folders that a build reads, and outside any output folder.

    Raises:
        LinksCacheError: the cache lies in one of these folders.
    """
    target = path.resolve()
    inside = next((folder for folder in folders if target.is_relative_to(folder.resolve())), None)
    inside = inside or next((folder for folder in target.parents if (folder / MANIFEST).is_file()), None)
    if inside:
        raise LinksCacheError(f"--links-cache {path} lies in {inside}: it must not be published")


def dead(links: Iterable[Link], result: SurveyResult, reading: Reading) -> Iterator[Diagnostic]:
    """Yields a warning for each dead link."""
    for link in links:
        status = result.statuses[link.url]
        if code := _DEAD.get(status.state):
            yield from with_places([(link, code, f"{link.url} is gone: {status.reason}", _REMEDY)], reading)
