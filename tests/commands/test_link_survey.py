"""`digest check --links`: real servers on this machine, asked as a guest asks."""

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
from generator.commands.check.link_survey import Pace, Survey, Surveyed
from generator.errors import LinksCacheError
from generator.util import http as fetching
from generator.util.http import HostNotFoundError, Rules
from tests.support.hosts import Reply, running
from tests.support.making import NOW, SiteFolder, document, run

RULES = Rules(allowed=(ipaddress.ip_network("127.0.0.1/32"),), seconds=20)
AT_ONCE = Pace(pause=0)
DAY = 86_400.0
OK = Reply(body=b"here")


async def names(host: str, _port: int) -> Sequence[str]:
    """Every name leads here but one."""
    if host == "nowhere.example":
        raise HostNotFoundError(f"the host {host} does not exist")
    return ["127.0.0.1"]


def survey(
    path: Path,
    urls: Iterable[str],
    *,
    now: float = 0.0,
    max_age: float = 7 * DAY,
    pace: Pace = AT_ONCE,
    rules: Rules = RULES,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Surveyed:
    """Asks after addresses."""

    async def ask() -> Surveyed:
        with link_cache.opened(path) as kept:
            async with fetching.opened(rules, resolver=names) as fetcher:
                asking = Survey(
                    fetcher=fetcher, kept=kept, clock=lambda: now, max_age=max_age, pace=pace, progress=progress
                )
                return await asking.ask(urls)

    return asyncio.run(ask())


def states(surveyed: Surveyed) -> list[str]:
    return [str(verdict.state) for verdict in surveyed.verdicts.values()]


def test_what_answers_mean(tmp_path: Path) -> None:
    """Gone is what says so to a GET; whatever might be a guard, a guest too many or a bad day is unknown."""
    codes = {200: "alive", 204: "alive", 404: "gone", 410: "gone"}
    codes |= dict.fromkeys([400, 401, 403, 405, 418, 451, 500, 502], "unknown")
    replies = {f"/{code}": Reply(code) for code in codes} | {"/moved": Reply(301, headers={"Location": "/410"})}
    with running(replies) as host:
        # A host for each, so that none is left alone for what another answered.
        urls = [host.url(f"/{code}", host=f"h{code}.example") for code in codes]
        surveyed = survey(tmp_path / "cache", [*urls, host.url("/moved"), "http://nowhere.example/"])
    assert states(surveyed) == [*codes.values(), "gone", "no-host"]
    assert surveyed.counts() == {"addresses": 14, "asked": 14, "alive": 2, "gone": 3, "no-host": 1, "unknown": 8}


def test_no_answer_is_no_death(tmp_path: Path) -> None:
    """A port where nobody listens, and an address that may not be asked."""
    with running({}) as host:
        pass
    surveyed = survey(tmp_path / "cache", [host.url("/x"), "http://10.0.0.1/"], rules=Rules(seconds=5))
    assert states(surveyed) == ["unknown", "unknown"]


def test_a_head_alone_kills_nobody(tmp_path: Path) -> None:
    """A server that does not know HEAD is asked with GET; one that does is not."""
    with running({"/page": OK}) as host:
        host.replies["/shy"] = Reply(404, then=lambda: host.replies.update({"/shy": OK}))
        surveyed = survey(tmp_path / "cache", [host.url("/page#part"), host.url("/page"), host.url("/shy")])
    assert states(surveyed) == ["alive"] * 3
    assert host.paths == ["GET /robots.txt", "HEAD /page", "HEAD /shy", "GET /shy"]


def test_robots_are_honoured(tmp_path: Path) -> None:
    """What is disallowed, to us or to all, is not asked and unknown; robots.txt is asked for once a host."""
    robots = Reply(
        body=b"User-agent: *\nDisallow: /\n\nUser-agent: medical-ai-digest\nDisallow: /private*/\nAllow: /\n"
    )
    with running({"/robots.txt": robots, "/a": OK, "/private1/b": OK}) as host:
        surveyed = survey(tmp_path / "cache", [host.url("/a"), host.url("/private1/b"), host.url("/c")])
    assert states(surveyed) == ["alive", "unknown", "gone"]
    assert host.paths == ["GET /robots.txt", "HEAD /a", "HEAD /c", "GET /c"]


def test_robots_that_cannot_be_read_allow_nothing(tmp_path: Path) -> None:
    """As RFC 9309 has it; where there is none, all may be asked."""
    with running({"/robots.txt": Reply(500), "/a": OK}) as host:
        assert states(survey(tmp_path / "cache", [host.url("/a")])) == ["unknown"]
    assert host.paths == ["GET /robots.txt"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_peace_gets_it(tmp_path: Path, status: int) -> None:
    """The rest of its pages are unknown, and asked in the next run."""
    with running({"/1": Reply(status), "/2": OK}) as host:
        urls = [host.url("/1"), host.url("/2")]
        surveyed = survey(tmp_path / "cache", urls)
        assert states(surveyed) == ["unknown", "unknown"]
        assert host.paths == ["GET /robots.txt", "HEAD /1"]
        assert states(survey(tmp_path / "cache", urls, now=60)) == ["unknown", "alive"]


def test_a_host_that_fails_is_left_alone(tmp_path: Path) -> None:
    """After some failures in a row nobody waits for it any more."""
    with running({}) as host:
        pass
    surveyed = survey(tmp_path / "cache", [host.url(f"/{number}") for number in range(9)])
    assert states(surveyed) == ["unknown"] * 9
    assert surveyed.asked == 3


def test_a_host_is_asked_slowly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never two requests to one host at a time; a pause between them, or its Crawl-delay where that is longer."""
    busy: list[str] = []
    most: list[int] = []
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def hurry(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", hurry)

    def note(name: str) -> Callable[[], None]:
        def then() -> None:
            busy.append(name)
            most.append(busy.count(name))
            time.sleep(0.02)
            busy.remove(name)

        return then

    replies = {f"/{name}{number}": Reply(then=note(name)) for name in "ab" for number in range(3)}
    replies["/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 7\n")
    with running(replies) as host:
        urls = [host.url(f"/{name}{number}", host=f"{name}.example") for name in "ab" for number in range(3)]
        survey(tmp_path / "cache", urls, pace=Pace(pause=2))
        survey(tmp_path / "cache", [host.url("/a3", host="c.example")], pace=Pace(pause=9))
    assert set(most) == {1}
    assert sorted(pauses) == [0, 0, 0, *[7] * 6, 9, 9]


def test_what_is_known_is_not_asked_again(tmp_path: Path) -> None:
    """Until it is too old: a page that is there a week, one that is gone a day, what is unknown an hour."""
    path = tmp_path / "cache"
    with running({"/ok": OK, "/no": Reply(403)}) as host:
        urls = [host.url("/ok"), host.url("/gone"), host.url("/no")]
        asked = [survey(path, urls, now=now).asked for now in (0, 3_600, 3_601, 86_401, 7 * DAY, 8 * DAY + 1)]
        assert asked == [3, 0, 1, 2, 2, 3]
        assert survey(path, urls, now=8 * DAY + 1, max_age=0).asked == 0
        assert survey(path, urls, now=8 * DAY + 2, max_age=0).asked == 3


def test_progress_is_told(tmp_path: Path) -> None:
    """Each address once."""
    told: list[tuple[int, int]] = []
    with running({"/a": OK}) as host:
        survey(tmp_path / "cache", [host.url("/a"), host.url("/b")], progress=lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("text", ["no database at all, but long enough to be read as the head of one" * 9, "x"])
def test_a_file_that_is_no_cache(tmp_path: Path, text: str) -> None:
    """Is refused and left as it is."""
    path = tmp_path / "cache"
    path.write_text(text)
    with pytest.raises(LinksCacheError), link_cache.opened(path):
        pass
    assert path.read_text() == text


def test_a_database_of_others(tmp_path: Path) -> None:
    """The same, however much it looks like ours."""
    path = tmp_path / "cache"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE verdict (url)")
    database.close()
    with pytest.raises(LinksCacheError), link_cache.opened(path):
        pass
    with link_cache.opened(tmp_path / "new") as kept:
        kept.keep("u", LinkStatus(state=State.ALIVE), now=5)
        assert kept.known("u", now=4, max_age=9) is None  # from the future: the clock was set back


SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/", "search": False}
PICTURE = {"url": "https://pictures.example/1.jpg", "width": 800, "height": 500}


def arguments(site: SiteFolder, *more: str) -> list[str]:
    return [
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", NOW, "--links", "--allow-private", *more,
    ]  # fmt: skip


def test_dead_links_at_their_places(tmp_path: Path) -> None:
    """An article's address at its field, a body's link at its line; warnings, which only `--strict` lets fail."""
    site = SiteFolder(tmp_path / "site", SETTINGS)
    with running({"/2": OK}) as host:
        elsewhere = host.url("/1", "localhost")
        site.add("1.md", document(title="One", images=[PICTURE], webUrl=None, originalUrl=elsewhere))
        site.add(
            "2.md", document(f"A\n\n[b]({host.url('/3?a&b')})\n", title="Two", webUrl=host.url("/2"), images=[PICTURE])
        )
        code, stdout, _ = run(*arguments(site, "--format", "json"))
        answer = json.loads(stdout)
        assert code == 0
        assert answer["links"] == {"addresses": 3, "asked": 3, "alive": 1, "gone": 2, "no-host": 0, "unknown": 0}
        places = []
        for diagnostic in answer["problems"]:
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
def test_an_end_at_any_point_loses_nothing(tmp_path: Path, end: signal.Signals) -> None:
    """Killed or interrupted while it waits for an answer, the next run asks only for what is not known yet."""
    site = SiteFolder(tmp_path / "site", SETTINGS)
    waiting, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        waiting.set()
        go_on.wait(60)

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
        assert waiting.wait(60)
        process.send_signal(end)
        _, stderr = process.communicate(timeout=60)
        if end is signal.SIGINT:
            assert (process.returncode, "what was learnt about links is kept" in stderr) == (130, True)
        go_on.set()
        code, stdout, _ = run(*arguments(site))
        assert code == 0
        assert "links: 2 addresses, 1 asked, 2 alive" in stdout
    assert host.paths.count("HEAD /1") == 1
