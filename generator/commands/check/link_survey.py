"""Asks whether links lead somewhere, as a guest does: few at once, each host slowly, and where its robots.txt lets us.

Only what is certain is called dead: 404, 410, or a host's name that does not exist, and not by a HEAD alone. A page
that is refused, busy or slow is unknown, and so is what robots.txt disallows (RFC 9309).
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
"""RFC 9309 asks for at least 500 KiB."""
_MAX_DELAY = 30.0
_NAME = USER_AGENT.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much is asked of others."""

    at_once: int = 16
    """Requests at a time, to different hosts."""
    pause: float = 1.0
    """Seconds between two requests to a host; a longer ``Crawl-delay`` is kept, up to half a minute."""
    failures: int = 3
    """Failures in a row after which a host is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What is known about links."""

    verdicts: Mapping[str, LinkStatus]
    """By address, as given."""
    asked: int
    """How many addresses were asked in this run; the others were known, or their host was left alone."""

    def counts(self) -> dict[str, int]:
        """Numbers of addresses: in all, asked in this run, and by state."""
        by_state = {str(state): 0 for state in State}
        for verdict in self.verdicts.values():
            by_state[verdict.state] += 1
        return {"addresses": len(self.verdicts), "asked": self.asked, **by_state}


@dataclass(slots=True, kw_only=True)
class Survey:
    """Asks after many addresses; what is learnt is kept at once, so an end at any point loses nothing."""

    fetcher: Fetcher
    kept: LinkCache
    clock: Callable[[], float]
    """Seconds since the epoch, for the age of what is kept."""
    max_age: float
    """Seconds."""
    pace: Pace = field(default_factory=Pace)
    progress: Callable[[int, int], None] = lambda *_: None
    _asked: int = 0

    async def ask(self, links: Iterable[str]) -> Surveyed:
        """Learns about each address what is not known yet."""
        given = dict.fromkeys(links)
        urls = dict.fromkeys(urldefrag(link).url for link in given)
        found: dict[str, LinkStatus] = {}
        by_host: defaultdict[str, list[str]] = defaultdict(list)
        for url in urls:
            if known := self.kept.known(url, now=self.clock(), max_age=self.max_age):
                found[url] = known
            else:
                by_host[urlsplit(url).hostname or ""].append(url)
        slots = asyncio.Semaphore(self.pace.at_once)
        await asyncio.gather(*(self._ask_host(waiting, slots, found, len(urls)) for waiting in by_host.values()))
        return Surveyed(verdicts={link: found[urldefrag(link).url] for link in given}, asked=self._asked)

    async def _ask_host(
        self, urls: list[str], slots: asyncio.Semaphore, found: dict[str, LinkStatus], total: int
    ) -> None:
        """Asks one host after all that is wanted of it, one after the other."""
        host = _Host(self.fetcher, self.pace, slots)
        for url in urls:
            if host.is_left_alone:
                found[url] = LinkStatus(state=State.UNKNOWN, reason="its host did not answer, or asked for peace")
            else:
                found[url] = await host.verdict(url)
                self.kept.keep(url, found[url], now=self.clock())
                self._asked += 1
            self.progress(len(found), total)


@dataclass(slots=True)
class _Host:
    """One host, asked slowly."""

    fetcher: Fetcher
    pace: Pace
    slots: asyncio.Semaphore
    robots: dict[str, Protego | None] = field(default_factory=dict)
    """By scheme and port; None where it cannot be read, which disallows all."""
    failures: int = 0
    is_left_alone: bool = False
    pause: float = 0.0
    """Before the next request; none before the first."""

    async def verdict(self, url: str) -> LinkStatus:
        """What an address answers."""
        try:
            rules = await self._rules(url)
            if rules is None:
                return LinkStatus(state=State.UNKNOWN, reason="robots.txt cannot be read")
            if not rules.can_fetch(url, _NAME):
                return LinkStatus(state=State.UNKNOWN, reason="robots.txt disallows it")
            self.pause = max(self.pace.pause, min(float(rules.crawl_delay(_NAME) or 0), _MAX_DELAY))
            answer = await self._fetch(url, method="HEAD")
            if answer.status >= HTTPStatus.BAD_REQUEST and answer.status not in _BUSY:
                answer = await self._fetch(url, method="GET")
        except HostNotFoundError as error:
            return LinkStatus(state=State.NO_HOST, reason=str(error))
        except FetchError as error:
            self.failures += 1
            self.is_left_alone = self.failures >= self.pace.failures
            return LinkStatus(state=State.UNKNOWN, reason=str(error))
        self.failures = 0
        self.is_left_alone = answer.status in _BUSY
        if answer.status < HTTPStatus.BAD_REQUEST:
            return LinkStatus(state=State.ALIVE)
        state = State.GONE if answer.status in _GONE else State.UNKNOWN
        return LinkStatus(state=state, reason=f"its host answers with {answer.status}")

    async def _fetch(self, url: str, *, method: str = "GET", with_body: bool = False) -> Fetched:
        await asyncio.sleep(self.pause)
        self.pause = max(self.pause, self.pace.pause)
        async with self.slots:
            return await self.fetcher.fetch(url, method=method, with_body=with_body)

    async def _rules(self, url: str) -> Protego | None:
        """The robots.txt of the address: all is allowed where there is none, nothing where its host fails."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.robots:
            answer = await self._fetch(f"{origin}/robots.txt", with_body=True)
            text = ""
            if answer.status < HTTPStatus.MULTIPLE_CHOICES:
                text = answer.body[:_ROBOTS_BYTES].decode("utf-8", "replace")
            is_broken = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _BUSY
            self.robots[origin] = None if is_broken else Protego.parse(text)
            self.is_left_alone = answer.status in _BUSY
        return self.robots[origin]
