"""Addresses of articles on the web: cleaned for linking, and reduced to what identifies the article.

Parsing follows the WHATWG URL Standard (the ``ada-url`` package), because that is how browsers will read what we print:
where two parsers disagree, markup can be smuggled.
"""

import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from generator.util.text import decode_entities

if TYPE_CHECKING:
    from ada_url import URL

_SCHEMES = ("http:", "https:")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.ASCII)
_MAX_LENGTH = 2048
_MAX_HOST = 253
# The standard leaves these as they are in some parts of an address; no attribute or header should meet them.
_ENCODED = str.maketrans({"'": "%27", "\\": "%5C", "`": "%60"})
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|taid|_ga|guccounter|guce_referrer(_sig)?|ncid|cmpid",
    re.ASCII,
)
_AMP_QUERY = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")}
_AMP_VIEWER = re.compile(
    r"(?:[^/]+\.cdn\.ampproject\.org/[a-z]|www\.google\.[a-z.]+/amp)(?:/s)?/(?P<article>.+)", re.ASCII
)
# An address that is clean already and says so at a glance, as nearly all do; the parser takes many times as long. No
# port, no Punycode, no host that may be a number, no character that is ever encoded, no entity: these need a semicolon.
_PLAIN = re.compile(
    r"https?://(?P<host>(?!(?:[a-z0-9-]+\.)*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?)"
    r"(?P<path>/[\w~!$*+,=:@&()%/.-]*)(?P<query>\?[\w~!$*+,=:@&()%/?.-]+)?(?:#[\w~*+,=:@&()%/?.-]+)?",
    re.ASCII,
)


class InvalidUrlError(Exception):
    """The text is no web address that the site could link to; its message says why."""


@functools.lru_cache(maxsize=65_536)
def clean(raw: str) -> str:
    """The address as it may stand in a link: http(s), percent-encoded, entities decoded before the check.

    Raises:
        InvalidUrlError: the scheme is another one, there is no host, or it holds a user name or is over 2,048 long.
    """
    if _plain(raw):
        return raw
    return _parsed(decode_entities(raw).strip())


def _plain(raw: str) -> re.Match[str] | None:
    """The parts of an address of which a parser would say that it is clean and stays as it is."""
    # A part of a path that leads up, or nowhere, begins with a dot, which may be encoded.
    if len(raw) > _MAX_LENGTH or "/." in raw or "/%" in raw:
        return None
    plain = _PLAIN.fullmatch(raw)
    return plain if plain and len(plain["host"]) <= _MAX_HOST else None


def _parsed(decoded: str) -> str:
    try:
        url = _url(decoded)
    except (ValueError, UnicodeEncodeError):
        raise InvalidUrlError("is no complete web address") from None
    if url.protocol not in _SCHEMES:
        raise InvalidUrlError(f"has the scheme {url.protocol!r}, not http or https")
    if url.username or url.password:
        raise InvalidUrlError("holds a user name or password")
    is_name = _HOST.fullmatch(url.hostname) and len(url.hostname) <= _MAX_HOST
    if not (is_name or url.hostname.startswith("[")):
        raise InvalidUrlError("has no usable host name")
    if len(url.href) > _MAX_LENGTH:
        raise InvalidUrlError(f"is longer than {_MAX_LENGTH} characters")
    return url.href.translate(_ENCODED)


@functools.lru_cache(maxsize=65_536)
def identity(cleaned: str) -> str:
    """What identifies the article behind a cleaned address: ``host/path?query``.

    Left out: scheme, ``www.``, tracking parameters, fragment, trailing slash, and the AMP forms (cache hosts,
    ``amp.`` hosts, ``/amp/`` segments, ``.amp`` endings, ``?amp=1``).
    """
    plain = _plain(cleaned)
    if plain and not plain["query"] and "//" not in plain["path"] and not ("/amp" in cleaned or ".amp" in cleaned):
        return plain["host"].removeprefix("www.") + (plain["path"].rstrip("/") or "/")
    return _reduced(_url(cleaned))


def _url(text: str) -> "URL":
    from ada_url import URL  # noqa: PLC0415 - most builds meet plain addresses only

    return URL(text)


def _reduced(url: "URL") -> str:
    host, path = url.host, url.pathname
    if viewer := _AMP_VIEWER.fullmatch(host + path):
        host, _, path = viewer["article"].partition("/")
    host = host.removeprefix("www.").removeprefix("amp.")
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > 1:
        if segments[-1] == "amp":
            segments.pop()
        elif segments[0] == "amp":
            segments.pop(0)
    if segments:
        segments[-1] = re.sub(r"\.amp(\.html)?$", ".html", segments[-1])
    query = urlencode(
        sorted(
            (key, value)
            for key, value in parse_qsl(url.search.removeprefix("?"), keep_blank_values=True, errors="surrogateescape")
            if not _TRACKING.fullmatch(key) and (key.lower(), value.lower()) not in _AMP_QUERY
        ),
        errors="surrogateescape",
    )
    # A fragment with an exclamation mark is an address of its own on sites that are one page.
    fragment = url.hash if url.hash.startswith("#!") else ""
    return f"{host}/{'/'.join(segments)}" + (f"?{query}" if query else "") + fragment


def host(cleaned: str) -> str:
    """The host name of a cleaned address, without ``www.``."""
    plain = _plain(cleaned)
    return (plain["host"] if plain else _url(cleaned).hostname).removeprefix("www.")


@functools.lru_cache(maxsize=8_192)
def domain(raw: str) -> str:
    """A publisher's domain, in lower-case ASCII, without ``www.``.

    Raises:
        InvalidUrlError: it is no domain name.
    """
    try:
        return host(clean("https://" + raw.strip()))
    except InvalidUrlError:
        raise InvalidUrlError("is no domain name") from None
