"""Asks hosts on the web, and no others: what a document or a user names may lead anywhere.

Every request, each redirect included, resolves the name, looks at the addresses, and connects to the very address that
was looked at: a name that is public for the check and private for the connection gets nowhere. Host and certificate
stay those of the name.
"""

import asyncio
import contextlib
import http.cookiejar
import ipaddress
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from generator import __version__

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host's name; raises ``HostNotFoundError`` where it has none."""

AGENT: Final = f"medical-ai-digest/{__version__}"
"""The name that robots.txt may use is ``medical-ai-digest``."""
_PORTS: Final = {"http": 80, "https": 443}
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 3
_NO_NAME: Final = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_EVERYTHING: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

# Of IPv6 only global unicast (RFC 4291) is public; behind NAT64's prefix (RFC 6052), the last 32 bits are IPv4.
_GLOBAL = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Not public though Python (3.11) may say so: documentation (RFC 9637), relays to 6to4 (RFC 7526), and the address at
# which Azure's machines reach what manages them.
_SPECIAL = tuple(map(ipaddress.ip_network, ("3fff::/20", "192.88.99.0/24", "168.63.129.16/32")))


class FetchError(Exception):
    """Nothing was learnt about the address; the message says why."""


class RefusedError(FetchError):
    """The address is not asked: it leads into a private network, or is none of the web."""


class PrivateError(RefusedError):
    """The address is not asked as long as only the public web may be."""


class HostNotFoundError(FetchError):
    """The host's name does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may be asked, and how much of it is taken."""

    allowed: tuple[Network, ...] = ()
    """Networks that may be asked although they are not public; with any, every port may be."""
    max_bytes: int = 2 * 1024 * 1024
    seconds: float = 20.0
    """For one fetch, with all its redirects."""

    @classmethod
    def with_private(cls) -> "Rules":
        """Rules under which any address may be asked."""
        return cls(allowed=_EVERYTHING)

    def permits(self, address: Ip) -> bool:
        """Whether an address may be asked."""
        return is_public(address) or any(address in network for network in self.allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer."""

    url: str
    """After redirects."""
    status: int
    content_type: str
    """The header's value."""
    body: bytes


def is_public(address: Ip) -> bool:
    """Whether an address is one of the public internet, in itself and in the IPv4 address that it may stand for."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address.sixtofour:
            return is_public(address.sixtofour)
        if address not in _GLOBAL or address.teredo:
            return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in _SPECIAL)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Asks the system. Where it knows no name at all, as without a network, no name is said not to exist."""
    try:
        return await _addresses(host, port)
    except socket.gaierror as error:
        if error.errno in _NO_NAME and await _knows_names():
            raise HostNotFoundError(f"the host {host} does not exist") from None
        raise FetchError(f"the name {host} cannot be looked up now") from None
    except UnicodeError:
        raise RefusedError("the host's name is none") from None


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


async def _knows_names() -> bool:
    """Whether a name is found that is there for ever (RFC 2606 reserves it, and it has addresses)."""
    try:
        return bool(await _addresses("example.com", _PORTS["https"]))
    except socket.gaierror:
        return False


class _Guarded(httpx.AsyncHTTPTransport):
    """Connects only to addresses that the rules permit."""

    def __init__(self, rules: Rules, resolver: Resolve, context: ssl.SSLContext) -> None:
        # A connection is to an address and not to a name, so it must not be used for another name.
        super().__init__(verify=context, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._rules = rules
        self._resolve = resolver

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request to an address of its host that may be asked."""
        url = request.url
        if url.scheme not in _PORTS:
            raise RefusedError(f"{url.scheme} is not http or https")
        if url.userinfo:
            raise RefusedError("the address holds a user name")
        port = url.port or _PORTS[url.scheme]
        if port not in set(_PORTS.values()) and not self._rules.allowed:
            raise PrivateError(f"port {port} is none of the web")
        host = url.raw_host.decode("ascii")
        addresses = [ipaddress.ip_address(found) for found in await self._resolve(host, port)]
        permitted = [address for address in addresses if self._rules.permits(address)]
        if not permitted:
            raise PrivateError(f"{host} leads into a private network")
        *others, last = (
            httpx.Request(
                request.method,
                url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions | {"sni_hostname": host},
            )
            for address in permitted[:_MAX_ADDRESSES]
        )
        for directed in others:
            with contextlib.suppress(httpx.ConnectError):
                return await super().handle_async_request(directed)
        return await super().handle_async_request(last)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches from the web within the rules; ``opened`` makes one."""

    rules: Rules
    client: httpx.AsyncClient

    async def fetch(self, url: str, *, method: str = "GET", with_body: bool = True) -> Fetched:
        """Asks for an address and follows up to five redirects.

        Args:
            url: the address.
            method: ``GET`` or ``HEAD``.
            with_body: whether more than the head of the answer is wanted; a body is cut at the rules' limit.

        Raises:
            RefusedError: the address, or one that it redirects to, may not be asked.
            HostNotFoundError: a host's name does not exist.
            FetchError: there is no answer in time, or none that can be read.
        """
        try:
            async with asyncio.timeout(self.rules.seconds), self.client.stream(method, url) as response:
                body = await _body(response, self.rules.max_bytes) if with_body else b""
                return Fetched(
                    url=str(response.url),
                    status=response.status_code,
                    content_type=response.headers.get("Content-Type", ""),
                    body=body,
                )
        except TimeoutError:
            raise FetchError(f"there was no answer within {self.rules.seconds:g} seconds") from None
        except httpx.TooManyRedirects:
            raise FetchError("it redirects too often") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise FetchError(f"it cannot be fetched ({type(error).__name__})") from None


@contextlib.asynccontextmanager
async def opened(rules: Rules, *, resolver: Resolve = resolve) -> AsyncIterator[Fetcher]:
    """A fetcher without cookies, without proxies and credentials of the environment."""
    nobody = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    async with httpx.AsyncClient(
        transport=_Guarded(rules, resolver, httpx.create_ssl_context(trust_env=False)),
        headers={"User-Agent": AGENT, "Accept": "text/html, */*;q=0.5", "Accept-Encoding": "gzip"},
        cookies=nobody,
        follow_redirects=True,
        max_redirects=_MAX_REDIRECTS,
        timeout=rules.seconds,
        trust_env=False,
    ) as client:
        yield Fetcher(rules, client)


def host_of(url: str) -> str:
    """The host, with the port where one is given, that is asked for an address."""
    return urlsplit(url).netloc.lower()


async def _body(response: httpx.Response, limit: int) -> bytes:
    """At most ``limit`` bytes of the content, and no more than that of what is compressed."""
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"gzip", "x-gzip", "identity", ""}:
        raise FetchError("the answer is coded in a way that nobody asked for")
    data = bytearray()
    async for chunk in response.aiter_raw():
        data += chunk
        if len(data) >= limit:
            break
    if "gzip" not in coding:
        return bytes(data[:limit])
    try:
        return zlib.decompressobj(wbits=31).decompress(bytes(data[:limit]), limit)
    except zlib.error:
        raise FetchError("the answer cannot be decompressed") from None
