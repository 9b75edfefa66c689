"""Fetching from real servers on this machine, which the rules treat as public, and refusing private addresses."""

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

from generator.util import http
from generator.util.http import EVERY_NETWORK, Fetched, FetchError, HostNotFoundError, RefusedError, Rules
from tests.support.hosts import Reply, running

# One address of this machine counts as public. All its other addresses are private.
PUBLIC = Rules(allowed=(ipaddress.ip_network("127.0.0.1/32"),), seconds=20)
NAMES = {"public.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"], "both.example": ["10.0.0.1", "127.0.0.1"]}


async def resolve(host: str, _port: int) -> Sequence[str]:
    """Resolves a few names, and numeric addresses."""
    if host in NAMES:
        return NAMES[host]
    if host.endswith(".example"):
        raise HostNotFoundError(f"the host {host} does not exist")
    return [host]


def fetch(url: str, rules: Rules = PUBLIC, resolver: Any = resolve, **options: Any) -> Fetched:
    """Fetches an address."""

    async def run() -> Fetched:
        async with http.opened(rules, resolver=resolver) as fetcher:
            return await fetcher.fetch(url, **options)

    return asyncio.run(run())


def test_fetch_sends_host_and_user_agent_but_no_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch follows a redirect, drops the cookie that it sets, and ignores the proxies of the environment."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    moved = Reply(302, headers={"Location": "/page", "Set-Cookie": "a=b"})
    page = Reply(body=b"<p>Here", headers={"Content-Type": "text/html"})
    with running({"/": moved, "/page": page}) as host:
        answer = fetch(host.url(host="public.example"))
    assert (answer.status, answer.body, answer.content_type) == (200, b"<p>Here", "text/html")
    assert answer.url == host.url("/page", host="public.example")
    for request in host.asked:
        assert request.headers["Host"] == f"public.example:{host.port}"
        assert request.headers["User-Agent"].startswith("medical-ai-digest/")
        assert "Cookie" not in request.headers


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
def test_private_addresses_are_refused(url: str) -> None:
    """Without allowed networks, private addresses in any notation, user names, other ports and schemes are refused."""
    with pytest.raises(RefusedError):
        fetch(url, Rules(), http.resolve)


def test_allowing_private_networks_allows_every_address_and_port() -> None:
    """``EVERY_NETWORK`` allows an address of this machine that is refused otherwise."""
    with running({"/": Reply(body=b"inside")}) as host:
        assert fetch(host.url(), Rules(allowed=EVERY_NETWORK), http.resolve).body == b"inside"
        with pytest.raises(RefusedError):
            fetch(host.url(), Rules(), http.resolve)
    assert len(host.asked) == 1


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/", "http://inside.example:{port}/", "file:///etc/passwd"])
def test_a_redirect_into_a_private_network_is_refused(target: str) -> None:
    """The target of a redirect is checked like the first address, and is not requested."""
    with running({}, "0.0.0.0") as host:  # noqa: S104 - also listens at 127.0.0.2, which must not be requested
        host.replies["/"] = Reply(302, headers={"Location": target.format(port=host.port)})
        with pytest.raises(FetchError):
            fetch(host.url(host="public.example"))
    assert host.paths == ["GET /"]


def test_dns_rebinding_is_refused() -> None:
    """A name is resolved once per request, and the connection is to the address that was checked."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    with running({"/": Reply(body=b"public")}, "0.0.0.0") as host:  # noqa: S104 - as above
        assert fetch(host.url(host="public.example"), resolver=rebinding).body == b"public"
        assert answers == [["127.0.0.2"]]
        with pytest.raises(RefusedError):
            fetch(host.url(host="public.example"), resolver=rebinding)
    assert len(host.asked) == 1


def test_only_the_public_addresses_of_a_name_are_used() -> None:
    """A name may have private addresses, too."""
    with running({"/": Reply(body=b"public")}) as host:
        assert fetch(host.url(host="both.example")).body == b"public"


def test_the_tls_handshake_names_the_host() -> None:
    """The server name is the name of the host, although the connection is to an address."""
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


def test_a_long_body_is_cut() -> None:
    """The limit holds for the body as sent and as decompressed. Other encodings are errors."""
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


def test_a_fetch_has_a_time_limit_and_a_redirect_limit() -> None:
    """Neither a response that never ends nor an endless redirect blocks the program."""
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
def test_an_invalid_address_is_a_fetch_error(url: str) -> None:
    """No other exception escapes."""
    with pytest.raises(FetchError):
        fetch(url, PUBLIC, http.resolve)


def test_a_host_that_does_not_exist_is_an_error_of_its_own() -> None:
    """A host that only refuses the connection raises another error."""
    with pytest.raises(HostNotFoundError):
        fetch("http://nowhere.example/")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FetchError) as error:
        fetch(f"http://127.0.0.1:{port}/")
    assert not isinstance(error.value, (HostNotFoundError, RefusedError))


@pytest.mark.parametrize(
    ("names", "failure", "expected"),
    [
        ({"example.com"}, socket.EAI_NONAME, HostNotFoundError),
        (set(), socket.EAI_NONAME, FetchError),
        ({"example.com"}, socket.EAI_AGAIN, FetchError),
    ],
)
def test_a_name_is_not_reported_missing_if_no_name_can_be_resolved(
    monkeypatch: pytest.MonkeyPatch, names: set[str], failure: int, expected: type[FetchError]
) -> None:
    """Without a network, a resolver may report for every name that it does not exist."""

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host in names:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]
        raise socket.gaierror(failure, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(FetchError) as error:
        fetch("http://nowhere.example/", Rules(), http.resolve)
    assert type(error.value) is expected


@given(st.ip_addresses(v=4))
def test_an_embedded_ipv4_address_decides_whether_ipv6_is_public(address: ipaddress.IPv4Address) -> None:
    """IPv4-mapped, NAT64 and 6to4 addresses are as public as the IPv4 address that they embed."""
    number = int(address)
    for embedding in (0xFFFF << 32 | number, 0x64_FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert http.is_public(ipaddress.IPv6Address(embedding)) == http.is_public(address)
    assert not http.is_public(ipaddress.IPv6Address(number))


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_recognised(address: str) -> None:
    """IPv4, IPv6 and NAT64 addresses of public hosts may be fetched."""
    assert http.is_public(ipaddress.ip_address(address))
