"""Fetches pages from the public web, and refuses addresses in private networks.

Documents and users may name any address. Every request, including each redirect, resolves the host name, checks the
addresses, and connects to one that it has checked. So DNS rebinding, a public address for the check and a private one
for the connection, has no effect. The ``Host`` header and the check of the certificate use the name.
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

import httpx

from generator import __version__

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a host name and port; raises ``HostNotFoundError`` if the name does not exist."""

USER_AGENT: Final = f"medical-ai-digest/{__version__}"
"""Sent as ``User-Agent``; robots.txt addresses the part before the slash."""
_PORTS: Final = {"http": 80, "https": 443}
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 3
_NO_NAME: Final = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
EVERY_NETWORK: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

# Of IPv6, only global unicast (RFC 4291) is public. An address with the prefix of NAT64 (RFC 6052) ends in an IPv4 one.
_GLOBAL = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Python 3.11 takes these for public, but they are not: documentation (RFC 9637), relays to 6to4 (RFC 7526), and the
# address at which virtual machines in Azure reach their host.
_SPECIAL = tuple(map(ipaddress.ip_network, ("3fff::/20", "192.88.99.0/24", "168.63.129.16/32")))


class FetchError(Exception):
    """The address cannot be fetched; the message gives the reason."""


class RefusedError(FetchError):
    """The address must not be fetched: it is in a private network, or not a plain web address."""


class PrivateError(RefusedError):
    """The address may be fetched only if private networks are allowed (``Rules.allowed``)."""


class HostNotFoundError(FetchError):
    """The host name does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The addresses that may be fetched, and the limits of a fetch."""

    allowed: tuple[Network, ...] = ()
    """Networks that may be fetched from although they are not public. If there are any, all ports are allowed."""
    max_bytes: int = 2 * 1024 * 1024
    """The body is cut after this many bytes."""
    seconds: float = 20.0
    """The time limit of one fetch, redirects included."""

    def permits(self, address: Ip) -> bool:
        """Returns whether an address may be connected to."""
        return is_public(address) or any(address in network for network in self.allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The response to a fetch."""

    url: str
    """The address after all redirects."""
    status: int
    content_type: str
    body: bytes


def is_public(address: Ip) -> bool:
    """Returns whether an address, and the IPv4 address that it may embed, belong to the public internet."""
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
    """Returns the addresses of a host name from the resolver of the system.

    Raises:
        HostNotFoundError: the name does not exist, and other names can be resolved.
        FetchError: no name can be resolved now, as without a network.
        RefusedError: the name is not a valid host name.
    """
    try:
        return await _addresses(host, port)
    except socket.gaierror as error:
        if error.errno in _NO_NAME and await _can_resolve():
            raise HostNotFoundError(f"the host {host} does not exist") from None
        raise FetchError(f"the host name {host} cannot be resolved now") from None
    except UnicodeError:
        raise RefusedError("the host name is not valid") from None


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def _can_resolve() -> bool:
    """Returns whether a name can be resolved that always exists (RFC 2606 reserves it)."""
    try:
        return bool(await _addresses("example.com", _PORTS["https"]))
    except socket.gaierror:
        return False


class _CheckingTransport(httpx.AsyncHTTPTransport):
    """Connects only to addresses that the rules permit."""

    def __init__(self, rules: Rules, resolver: Resolve, context: ssl.SSLContext) -> None:
        # Connections are opened to an address, so a pooled one could serve a request for another name.
        super().__init__(verify=context, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._rules = rules
        self._resolve = resolver

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request to the first address of its host that is permitted and accepts the connection."""
        url = request.url
        if url.scheme not in _PORTS:
            raise RefusedError(f"{url.scheme} is not http or https")
        if url.userinfo:
            raise RefusedError("the address contains a user name")
        port = url.port or _PORTS[url.scheme]
        if port not in set(_PORTS.values()) and not self._rules.allowed:
            raise PrivateError(f"port {port} is not a port of the web")
        host = url.raw_host.decode("ascii")
        addresses = [ipaddress.ip_address(found) for found in await self._resolve(host, port)]
        permitted = [address for address in addresses if self._rules.permits(address)]
        if not permitted:
            raise PrivateError(f"{host} is in a private network")
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
        for attempt in others:
            with contextlib.suppress(httpx.ConnectError):
                return await super().handle_async_request(attempt)
        return await super().handle_async_request(last)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches from the web within the rules. :func:`opened` creates one."""

    rules: Rules
    client: httpx.AsyncClient

    async def fetch(self, url: str, *, method: str = "GET", with_body: bool = True) -> Fetched:
        """Requests an address and follows up to five redirects. The body is cut after ``Rules.max_bytes``.

        Raises:
            RefusedError: the address, or one that it redirects to, must not be fetched.
            HostNotFoundError: a host name does not exist.
            FetchError: there is no response in time, or it cannot be read.
        """
        try:
            async with asyncio.timeout(self.rules.seconds), self.client.stream(method, url) as response:
                body = await _body(response, self.rules.max_bytes) if with_body else b""
                kind = response.headers.get("Content-Type", "")
                return Fetched(url=str(response.url), status=response.status_code, content_type=kind, body=body)
        except TimeoutError:
            raise FetchError(f"there was no response within {self.rules.seconds:g} seconds") from None
        except httpx.TooManyRedirects:
            raise FetchError("it redirects too often") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise FetchError(f"it cannot be fetched ({type(error).__name__})") from None


@contextlib.asynccontextmanager
async def opened(rules: Rules, *, resolver: Resolve = resolve) -> AsyncIterator[Fetcher]:
    """Opens a fetcher that keeps no cookies and ignores proxies and credentials of the environment."""
    no_cookies = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    async with httpx.AsyncClient(
        transport=_CheckingTransport(rules, resolver, httpx.create_ssl_context(trust_env=False)),
        headers={"User-Agent": USER_AGENT, "Accept": "text/html, */*;q=0.5", "Accept-Encoding": "gzip"},
        cookies=no_cookies,
        follow_redirects=True,
        max_redirects=_MAX_REDIRECTS,
        timeout=rules.seconds,
        trust_env=False,
    ) as client:
        yield Fetcher(rules, client)


async def _body(response: httpx.Response, limit: int) -> bytes:
    """Returns the body, cut after ``limit`` bytes both before and after it is decompressed."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"gzip", "x-gzip", "identity", ""}:
        raise FetchError("the response has an encoding that was not asked for")
    data = bytearray()
    async for chunk in response.aiter_raw():
        data += chunk
        if len(data) >= limit:
            break
    if "gzip" not in encoding:
        return bytes(data[:limit])
    try:
        return zlib.decompressobj(wbits=31).decompress(bytes(data[:limit]), limit)
    except zlib.error:
        raise FetchError("the response cannot be decompressed") from None
