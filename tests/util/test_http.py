"""Fetching: real servers on this machine, asked as if they were public; and all that must not be asked."""

import asyncio
import gzip
import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.util import http as fetching
from generator.util.http import Fetched, FetchError, HostNotFoundError, RefusedError, Rules
from tests.support.hosts import Reply, running

# One address of this machine stands for the public internet; all others are as private as they are.
PUBLIC = Rules(allowed=(ipaddress.ip_network("127.0.0.1/32"),), seconds=20)
NAMES = {"public.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"], "both.example": ["10.0.0.1", "127.0.0.1"]}


async def names(host: str, _port: int) -> Sequence[str]:
    """A name service that knows a few names, and numbers."""
    if host in NAMES:
        return NAMES[host]
    if host.endswith(".example"):
        raise HostNotFoundError(f"the host {host} does not exist")
    return [host]


def fetch(url: str, rules: Rules = PUBLIC, resolver: Any = names, **how: Any) -> Fetched:
    """Fetches one address."""

    async def run() -> Fetched:
        async with fetching.opened(rules, resolver=resolver) as fetcher:
            return await fetcher.fetch(url, **how)

    return asyncio.run(run())


def test_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked by its name, with ours, without cookies, and whatever proxy the environment wishes for."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    moved = Reply(302, headers={"Location": "/page", "Set-Cookie": "a=b"})
    page = Reply(body=b"<p>Here", headers={"Content-Type": "text/html"})
    with running({"/": moved, "/page": page}) as host:
        answer = fetch(host.url(host="public.example"))
    assert (answer.status, answer.body, answer.content_type) == (200, b"<p>Here", "text/html")
    assert answer.url == host.url("/page", host="public.example")
    for asked in host.asked:
        assert asked.headers["Host"] == f"public.example:{host.port}"
        assert asked.headers["User-Agent"].startswith("medical-ai-digest/")
        assert "Cookie" not in asked.headers


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0.0.0.0/", "http://0x7f.1/", "http://2130706433/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://10.1.2.3/",
        "http://169.254.169.254/latest/", "http://192.168.0.1/", "http://100.64.0.1/", "http://[fe80::1]/",
        "http://[fd00::1]/", "http://224.0.0.1/", "http://255.255.255.255/", "http://168.63.129.16/",
        "https://user:word@public.example/", "http://1.1.1.1:25/", "ftp://1.1.1.1/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_not_asked(url: str) -> None:
    """Without an allowance: no address of this machine or of a private network, however it is written; only the web."""
    with pytest.raises(RefusedError):
        fetch(url, Rules(), fetching.resolve)


def test_the_allowance_is_for_all() -> None:
    """With it, this machine and any port may be asked."""
    with running({"/": Reply(body=b"inside")}) as host:
        assert fetch(host.url(), Rules.with_private(), fetching.resolve).body == b"inside"
        with pytest.raises(RefusedError):
            fetch(host.url(), Rules(), fetching.resolve)
    assert len(host.asked) == 1


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/", "http://inside.example:{port}/", "file:///etc/passwd"])
def test_a_redirect_into_a_private_network(target: str) -> None:
    """A public page may not send us where we would not go."""
    with running({}, "0.0.0.0") as host:  # noqa: S104 - it answers at 127.0.0.2, too, where nobody may ask
        host.replies["/"] = Reply(302, headers={"Location": target.format(port=host.port)})
        with pytest.raises(FetchError):
            fetch(host.url(host="public.example"))
    assert host.paths == ["GET /"]


def test_a_name_that_changes_its_mind() -> None:
    """A name is resolved once a request, and the address that was looked at is the one that is asked."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    with running({"/": Reply(body=b"public")}, "0.0.0.0") as host:  # noqa: S104 - as above
        assert fetch(host.url(host="public.example"), resolver=rebinding).body == b"public"
        assert answers == [["127.0.0.2"]]
        with pytest.raises(RefusedError):
            fetch(host.url(host="public.example"), resolver=rebinding)
    assert len(host.asked) == 1


def test_a_name_with_private_and_public_addresses() -> None:
    """Only the public ones are asked."""
    with running({"/": Reply(body=b"public")}) as host:
        assert fetch(host.url(host="both.example")).body == b"public"


def test_the_certificate_is_asked_for_by_name() -> None:
    """Though the connection is to an address, the handshake names the host."""
    hello = b""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            nonlocal hello
            connection, _ = server.accept()
            with connection:
                hello = connection.recv(4096)

        thread = threading.Thread(target=listen)
        thread.start()
        with pytest.raises(FetchError):
            fetch(f"https://public.example:{server.getsockname()[1]}/")
        thread.join()
    assert b"public.example" in hello


def test_no_more_is_taken_than_wanted() -> None:
    """A long answer is cut, one that is long only when decompressed, too; of a head nothing is read."""
    rules = Rules(allowed=PUBLIC.allowed, max_bytes=10_000)
    zeros = gzip.compress(bytes(50_000_000))
    replies = {
        "/long": Reply(body=b"x" * 1_000_000),
        "/bomb": Reply(body=zeros, headers={"Content-Encoding": "gzip"}),
        "/zip": Reply(body=gzip.compress(b"short"), headers={"Content-Encoding": "gzip"}),
        "/odd": Reply(body=b"?", headers={"Content-Encoding": "br"}),
        "/false": Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
    }
    with running(replies) as host:
        assert fetch(host.url("/long"), rules).body == b"x" * 10_000
        assert fetch(host.url("/bomb"), rules).body == bytes(10_000)
        assert fetch(host.url("/zip"), rules).body == b"short"
        assert fetch(host.url("/long"), rules, with_body=False).body == b""
        for path in ("/odd", "/false"):
            with pytest.raises(FetchError):
                fetch(host.url(path), rules)


def test_no_more_time_is_spent_than_wanted() -> None:
    """On a server that never ends its answer, and on one that redirects for ever."""
    end = threading.Event()
    replies = {"/slow": Reply(then=end.wait), "/loop": Reply(301, headers={"Location": "/loop"})}
    with running(replies) as host:
        with pytest.raises(FetchError, match="within"):
            fetch(host.url("/slow"), Rules(allowed=PUBLIC.allowed, seconds=0.2))
        end.set()
        with pytest.raises(FetchError, match="too often"):
            fetch(host.url("/loop"))
    assert host.paths.count("GET /loop") == 6


@pytest.mark.parametrize("url", ["http://", "http://[", "http://public.example:99999/", "no address", "http://a..b/"])
def test_what_is_no_address(url: str) -> None:
    """Nothing is learnt, and nothing breaks."""
    with pytest.raises(FetchError):
        fetch(url, PUBLIC, fetching.resolve)


def test_a_host_that_is_not_there() -> None:
    """Told apart from one that does not answer now."""
    with pytest.raises(HostNotFoundError):
        fetch("http://nowhere.example/")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FetchError) as error:
        fetch(f"http://127.0.0.1:{port}/")
    assert not isinstance(error.value, (HostNotFoundError, RefusedError))


@pytest.mark.parametrize(
    ("known", "failure", "expected"),
    [
        ({"example.com"}, socket.EAI_NONAME, HostNotFoundError),
        (set(), socket.EAI_NONAME, FetchError),
        ({"example.com"}, socket.EAI_AGAIN, FetchError),
    ],
)
def test_without_a_name_service_every_name_may_exist(
    monkeypatch: pytest.MonkeyPatch, known: set[str], failure: int, expected: type[FetchError]
) -> None:
    """A machine without a network may be told that no name exists; that says nothing about a host."""

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]
        raise socket.gaierror(failure, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(FetchError) as error:
        fetch("http://nowhere.example/", Rules(), fetching.resolve)
    assert type(error.value) is expected


@given(st.ip_addresses(v=4))
def test_an_address_is_as_private_as_what_it_stands_for(address: ipaddress.IPv4Address) -> None:
    """IPv4 addresses in IPv6 clothes."""
    number = int(address)
    for disguise in (0xFFFF << 32 | number, 0x64_FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert fetching.is_public(ipaddress.IPv6Address(disguise)) == fetching.is_public(address)
    assert not fetching.is_public(ipaddress.IPv6Address(number))


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address: str) -> None:
    """These may be asked."""
    assert fetching.is_public(ipaddress.ip_address(address))
