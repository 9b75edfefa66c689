"""`digest check --links`: requests to servers on this machine."""

import asyncio
import ipaddress
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from generator.commands.check import link_cache
from generator.commands.check.link_cache import LinkStatus, State
from generator.commands.check.link_survey import Pace, Survey, SurveyResult
from generator.errors import LinksCacheError
from generator.util import http
from generator.util.http import HostNotFoundError, Rules
from tests.support.hosts import Reply, running
from tests.support.making import NOW, SiteFolder, document, run

RULES = Rules(allowed=(ipaddress.ip_network("127.0.0.1/32"),), seconds=20)
NO_PAUSE = Pace(pause=0)
DAY = 86_400.0
OK = Reply(body=b"here")


async def resolve(host: str, _port: int) -> Sequence[str]:
    """Resolves every name but one to this machine."""
    if host == "nowhere.example":
        raise HostNotFoundError(f"the host {host} does not exist")
    return ["127.0.0.1"]


def survey(
    path: Path,
    urls: Iterable[str],
    *,
    now: float = 0.0,
    max_age: float = 7 * DAY,
    pace: Pace = NO_PAUSE,
    rules: Rules = RULES,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> SurveyResult:
    """Requests URLs, and returns their statuses."""

    async def ask() -> SurveyResult:
        with link_cache.opened(path) as cache:
            async with http.opened(rules, resolver=resolve) as fetcher:
                run = Survey(
                    fetcher=fetcher, cache=cache, clock=lambda: now, max_age=max_age, pace=pace, progress=progress
                )
                return await run.ask(urls)

    return asyncio.run(ask())


def states(result: SurveyResult) -> list[str]:
    """Returns the state of each URL."""
    return [str(status.state) for status in result.statuses.values()]


def test_the_state_of_each_response(tmp_path: Path) -> None:
    """Reports 404 and 410 as gone, and other errors as unknown."""
    codes = {200: "alive", 204: "alive", 404: "gone", 410: "gone"}
    codes |= dict.fromkeys([400, 401, 403, 405, 418, 451, 500, 502], "unknown")
    replies = {f"/{code}": Reply(code) for code in codes} | {"/moved": Reply(301, headers={"Location": "/410"})}
    with running(replies) as host:
        # A host for each, because a failure ends the requests to a host.
        urls = [host.url(f"/{code}", host=f"h{code}.example") for code in codes]
        result = survey(tmp_path / "cache", [*urls, host.url("/moved"), "http://nowhere.example/"])
    assert states(result) == [*codes.values(), "gone", "no-host"]
    assert result.counts() == {"addresses": 14, "asked": 14, "alive": 2, "gone": 3, "no-host": 1, "unknown": 8}


def test_links_without_a_response_are_unknown(tmp_path: Path) -> None:
    """Covers a closed port, and an address that the rules forbid."""
    with running({}) as host:
        pass
    result = survey(tmp_path / "cache", [host.url("/x"), "http://10.0.0.1/"], rules=Rules(seconds=5))
    assert states(result) == ["unknown", "unknown"]


def test_head_is_confirmed_with_get(tmp_path: Path) -> None:
    """Sends GET only if HEAD fails."""
    with running({"/page": OK}) as host:
        host.replies["/no-head"] = Reply(404, then=lambda: host.replies.update({"/no-head": OK}))
        result = survey(tmp_path / "cache", [host.url("/page#part"), host.url("/page"), host.url("/no-head")])
    assert states(result) == ["alive"] * 3
    assert host.paths == ["GET /robots.txt", "HEAD /page", "HEAD /no-head", "GET /no-head"]


def test_robots_txt_is_respected(tmp_path: Path) -> None:
    """Does not request disallowed URLs, and requests robots.txt once per host."""
    robots = Reply(
        body=b"User-agent: *\nDisallow: /\n\nUser-agent: medical-ai-digest\nDisallow: /private*/\nAllow: /\n"
    )
    with running({"/robots.txt": robots, "/a": OK, "/private1/b": OK}) as host:
        result = survey(tmp_path / "cache", [host.url("/a"), host.url("/private1/b"), host.url("/c")])
    assert states(result) == ["alive", "unknown", "gone"]
    assert host.paths == ["GET /robots.txt", "HEAD /a", "HEAD /c", "GET /c"]


def test_an_unreadable_robots_txt_disallows_everything(tmp_path: Path) -> None:
    """Follows RFC 9309."""
    with running({"/robots.txt": Reply(500), "/a": OK}) as host:
        assert states(survey(tmp_path / "cache", [host.url("/a")])) == ["unknown"]
    assert host.paths == ["GET /robots.txt"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_skipped(tmp_path: Path, status: int) -> None:
    """Leaves its other URLs unknown, and requests them in the next run."""
    with running({"/1": Reply(status), "/2": OK}) as host:
        urls = [host.url("/1"), host.url("/2")]
        result = survey(tmp_path / "cache", urls)
        assert states(result) == ["unknown", "unknown"]
        assert host.paths == ["GET /robots.txt", "HEAD /1"]
        assert states(survey(tmp_path / "cache", urls, now=60)) == ["unknown", "alive"]


def test_a_failing_host_is_skipped(tmp_path: Path) -> None:
    """Stops after three failures in a row."""
    with running({}) as host:
        pass
    result = survey(tmp_path / "cache", [host.url(f"/{number}") for number in range(9)])
    assert states(result) == ["unknown"] * 9
    assert result.asked == 3


def test_the_rate_per_host_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sends one request to a host at a time, and waits for the pause or the Crawl-delay, whichever is longer."""
    active: list[str] = []
    concurrent: list[int] = []
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def record(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", record)

    def reply(name: str) -> Callable[[], None]:
        def then() -> None:
            active.append(name)
            concurrent.append(active.count(name))
            time.sleep(0.02)
            active.remove(name)

        return then

    replies = {f"/{name}{number}": Reply(then=reply(name)) for name in "ab" for number in range(3)}
    replies["/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 7\n")
    with running(replies) as host:
        urls = [host.url(f"/{name}{number}", host=f"{name}.example") for name in "ab" for number in range(3)]
        survey(tmp_path / "cache", urls, pace=Pace(pause=2))
        survey(tmp_path / "cache", [host.url("/a3", host="c.example")], pace=Pace(pause=9))
    assert set(concurrent) == {1}
    assert sorted(pauses) == [0, 0, 0, *[7] * 6, 9, 9]


def test_cached_statuses_expire(tmp_path: Path) -> None:
    """Requests a working page again after a week, a dead one after a day, and an unknown one after an hour."""
    path = tmp_path / "cache"
    with running({"/ok": OK, "/no": Reply(403)}) as host:
        urls = [host.url("/ok"), host.url("/gone"), host.url("/no")]
        asked = [survey(path, urls, now=now).asked for now in (0, 3_600, 3_601, 86_401, 7 * DAY, 8 * DAY + 1)]
        assert asked == [3, 0, 1, 2, 2, 3]
        assert survey(path, urls, now=8 * DAY + 1, max_age=0).asked == 0
        assert survey(path, urls, now=8 * DAY + 2, max_age=0).asked == 3


def test_progress_is_reported(tmp_path: Path) -> None:
    """Calls the callback once for each URL."""
    calls: list[tuple[int, int]] = []
    with running({"/a": OK}) as host:
        survey(tmp_path / "cache", [host.url("/a"), host.url("/b")], progress=lambda *at: calls.append(at))
    assert calls == [(1, 2), (2, 2)]


@pytest.mark.parametrize("text", ["no database at all, but long enough to be read as the head of one" * 9, "x"])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    """Leaves the file unchanged."""
    path = tmp_path / "cache"
    path.write_text(text)
    with pytest.raises(LinksCacheError), link_cache.opened(path):
        pass
    assert path.read_text() == text


def test_other_databases_are_refused(tmp_path: Path) -> None:
    """Refuses a database with the same table. A status from the future is not valid."""
    path = tmp_path / "cache"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE verdict (url)")
    database.close()
    with pytest.raises(LinksCacheError), link_cache.opened(path):
        pass
    with link_cache.opened(tmp_path / "new") as cache:
        cache.put("u", LinkStatus(state=State.ALIVE), now=5)
        assert cache.get("u", now=4, max_age=9) is None  # the clock was set back


SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/", "search": False}
PICTURE = {"url": "https://pictures.example/1.jpg", "width": 800, "height": 500}


def arguments(site: SiteFolder, *more: str) -> list[str]:
    """Returns the arguments of `digest check --links` for a site."""
    return [
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", NOW, "--links", "--allow-private", *more,
    ]  # fmt: skip


def test_dead_links_are_reported_at_their_places(tmp_path: Path) -> None:
    """Warns at the field of an article's URL, and at the line of a link in a body; only --strict fails."""
    site = SiteFolder(tmp_path / "site", SETTINGS)
    with running({"/2": OK}) as host:
        elsewhere = host.url("/1", "localhost")
        site.add("1.md", document(title="One", images=[PICTURE], webUrl=None, originalUrl=elsewhere))
        site.add(
            "2.md", document(f"A\n\n[b]({host.url('/3?a&b')})\n", title="Two", webUrl=host.url("/2"), images=[PICTURE])
        )
        code, stdout, _ = run(*arguments(site, "--format", "json"))
        result = json.loads(stdout)
        assert code == 0
        assert result["links"] == {"addresses": 3, "asked": 3, "alive": 1, "gone": 2, "no-host": 0, "unknown": 0}
        places = []
        for diagnostic in result["problems"]:
            line = Path(diagnostic["path"]).read_text().splitlines()[diagnostic["line"] - 1]
            places.append((diagnostic["code"], line.partition(": ")[0]))
        assert places == [("gone-link", "originalUrl"), ("gone-link", f"[b]({host.url('/3?a&b')})")]
        code, stdout, _ = run(*arguments(site, "--strict"))
        assert code == 1
        assert "links: 3 addresses, 0 asked, 1 alive, 2 gone, 0 no-host, 0 unknown\n" in stdout
    assert (site.root / ".links.sqlite").exists()
    assert site.build().code == 0
    assert "links" not in " ".join(site.files())
    for folder in ("seeds", "static", "output"):
        code, _, stderr = run(*arguments(site, "--links-cache", str(site.root / folder / "x")))
        assert (code, "must not be published" in stderr) == (2, True)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_continues(tmp_path: Path, end: signal.Signals) -> None:
    """Requests only the URLs that are not cached after the first run was killed or interrupted."""
    site = SiteFolder(tmp_path / "site", SETTINGS)
    is_waiting, may_continue = threading.Event(), threading.Event()

    def wait() -> None:
        is_waiting.set()
        may_continue.wait(60)

    with running({"/1": OK, "/2": Reply(then=wait)}) as host:
        for number in (1, 2):
            site.add(
                f"{number}.md",
                title=f"Number {number}",
                webUrl=host.url(f"/{number}"),
                publishedDateTime=f"2025-03-1{3 - number}",
            )
        process = subprocess.Popen(
            [sys.executable, "-m", "generator", *arguments(site)], stderr=subprocess.PIPE, text=True
        )
        assert is_waiting.wait(60)
        process.send_signal(end)
        _, stderr = process.communicate(timeout=60)
        if end is signal.SIGINT:
            assert (process.returncode, "the cache has the results so far" in stderr) == (130, True)
        may_continue.set()
        code, stdout, _ = run(*arguments(site))
        assert code == 0
        assert "links: 2 addresses, 1 asked, 2 alive" in stdout
    assert host.paths.count("HEAD /1") == 1
