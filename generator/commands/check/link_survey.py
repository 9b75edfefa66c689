"""Requests links to find dead ones. The rate per host is limited, and robots.txt (RFC 9309) is respected.

A link is dead if its host responds to GET with 404 or 410, or if the name of the host does not exist. Other errors,
timeouts and URLs that robots.txt disallows leave the state unknown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urldefrag, urlsplit

from protego import Protego

from generator.commands.check.link_cache import LinkCache, LinkStatus, State
from generator.util.http import USER_AGENT, Fetched, Fetcher, FetchError, HostNotFoundError

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_ROBOTS_BYTES = 512 * 1024
"""RFC 9309 requires at least 500 KiB."""
_MAX_DELAY = 30.0
_NAME = USER_AGENT.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The limits for the rate of requests."""

    at_once: int = 16
    """Concurrent requests, each to another host."""
    pause: float = 1.0
    """Seconds between two requests to a host. A longer ``Crawl-delay`` has priority, up to 30 seconds."""
    failures: int = 3
    """Failures in a row after which a host is not requested again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResult:
    """The status of all links."""

    statuses: Mapping[str, LinkStatus]
    """By URL."""
    asked: int
    """The number of URLs requested in this run. Others were in the cache, or their host was skipped."""

    def counts(self) -> dict[str, int]:
        """Returns the number of all URLs, of those requested in this run, and of those with each state."""
        by_state = {str(state): 0 for state in State}
        for status in self.statuses.values():
            by_state[status.state] += 1
        return {"addresses": len(self.statuses), "asked": self.asked, **by_state}


@dataclass(slots=True, kw_only=True)
class Survey:
    """Requests many URLs. Each status is stored in the cache at once, so an interruption loses none."""

    fetcher: Fetcher
    cache: LinkCache
    clock: Callable[[], float]
    """Returns the seconds since the epoch."""
    max_age: float
    """Seconds for which the status of a working link is valid."""
    pace: Pace = field(default_factory=Pace)
    progress: Callable[[int, int], None] = lambda *_: None
    """Called with the number of finished URLs and of all URLs."""
    _asked: int = 0

    async def ask(self, links: Iterable[str]) -> SurveyResult:
        """Returns the status of URLs, from the cache or by a request. Fragments are ignored."""
        unique = dict.fromkeys(links)
        urls = dict.fromkeys(urldefrag(link).url for link in unique)
        statuses: dict[str, LinkStatus] = {}
        by_host: defaultdict[str, list[str]] = defaultdict(list)
        for url in urls:
            if cached := self.cache.get(url, now=self.clock(), max_age=self.max_age):
                statuses[url] = cached
            else:
                by_host[urlsplit(url).hostname or ""].append(url)
        slots = asyncio.Semaphore(self.pace.at_once)
        await asyncio.gather(*(self._ask_host(group, slots, statuses, len(urls)) for group in by_host.values()))
        return SurveyResult(statuses={link: statuses[urldefrag(link).url] for link in unique}, asked=self._asked)

    async def _ask_host(
        self, urls: list[str], slots: asyncio.Semaphore, statuses: dict[str, LinkStatus], total: int
    ) -> None:
        host = _Host(self.fetcher, self.pace, slots)
        for url in urls:
            if host.is_skipped:
                statuses[url] = LinkStatus(state=State.UNKNOWN, reason="its host did not respond, or limits requests")
            else:
                statuses[url] = await host.status(url)
                self.cache.put(url, statuses[url], now=self.clock())
                self._asked += 1
            self.progress(len(statuses), total)


@dataclass(slots=True)
class _Host:
    """A host, with a limited rate of requests."""

    fetcher: Fetcher
    pace: Pace
    slots: asyncio.Semaphore
    robots: dict[str, Protego | None] = field(default_factory=dict)
    """The robots.txt by scheme and port. None means that it cannot be read, which disallows everything."""
    failures: int = 0
    """Failures in a row."""
    is_skipped: bool = False
    """Whether no more requests may be sent in this run."""
    pause: float = 0.0
    """Seconds to wait before the next request; 0 before the first."""

    async def status(self, url: str) -> LinkStatus:
        """Requests a URL: with HEAD, and again with GET if that fails."""
        try:
            rules = await self._rules(url)
            if rules is None:
                return LinkStatus(state=State.UNKNOWN, reason="robots.txt cannot be read")
            if not rules.can_fetch(url, _NAME):
                return LinkStatus(state=State.UNKNOWN, reason="robots.txt disallows it")
            self.pause = max(self.pace.pause, min(float(rules.crawl_delay(_NAME) or 0), _MAX_DELAY))
            response = await self._fetch(url, method="HEAD")
            if response.status >= HTTPStatus.BAD_REQUEST and response.status not in _BUSY:
                response = await self._fetch(url, method="GET")
        except HostNotFoundError as error:
            return LinkStatus(state=State.NO_HOST, reason=str(error))
        except FetchError as error:
            self.failures += 1
            self.is_skipped = self.failures >= self.pace.failures
            return LinkStatus(state=State.UNKNOWN, reason=str(error))
        self.failures = 0
        self.is_skipped = response.status in _BUSY
        if response.status < HTTPStatus.BAD_REQUEST:
            return LinkStatus(state=State.ALIVE)
        state = State.GONE if response.status in _GONE else State.UNKNOWN
        return LinkStatus(state=state, reason=f"its host responds with {response.status}")

    async def _fetch(self, url: str, *, method: str = "GET", with_body: bool = False) -> Fetched:
        await asyncio.sleep(self.pause)
        self.pause = max(self.pause, self.pace.pause)
        async with self.slots:
            return await self.fetcher.fetch(url, method=method, with_body=with_body)

    async def _rules(self, url: str) -> Protego | None:
        """Returns the robots.txt for a URL: without one, everything is allowed; None if the host fails to send it."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.robots:
            response = await self._fetch(f"{origin}/robots.txt", with_body=True)
            text = ""
            if response.status < HTTPStatus.MULTIPLE_CHOICES:
                text = response.body[:_ROBOTS_BYTES].decode("utf-8", "replace")
            is_broken = response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status in _BUSY
            self.robots[origin] = None if is_broken else Protego.parse(text)
            self.is_skipped = response.status in _BUSY
        return self.robots[origin]
