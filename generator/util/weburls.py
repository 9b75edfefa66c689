"""Normalises web addresses for links, and derives the identity of the article behind an address.

Addresses are parsed by the WHATWG URL Standard (the package ``ada-url``), as browsers parse them. A parser that
disagreed with browsers would let hostile addresses through.
"""

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from generator.util import works
from generator.util.text import TYPOGRAPHIC_QUOTES, decode_entities, within_quotes

if TYPE_CHECKING:
    from ada_url import URL

_SCHEMES = ("http:", "https:")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.ASCII)
_WITHOUT_SCHEME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::[0-9]+)?/", re.ASCII | re.IGNORECASE)
_MAX_LENGTH = 2048
_MAX_HOST = 253
_MAX_CORRECTED = 200
_PHONE = re.compile(r"tel:\+?[0-9*(][0-9*().-]{1,39}(?:;ext=[0-9-]{1,10})?", re.ASCII)
PHONE_FORM = "tel:+49-30-1234567"
"""A telephone number as a link must have it, for remedies."""
# Browsers also read `https:/host`, `https:host` and `https:///host`, which are mistakes, and ignore line breaks.
_TWO_SLASHES = re.compile(r"[\0- ]*h\s*t\s*t\s*p\s*s?\s*:(?:\s*[/\\]){2}\s*[^/\\\s]", re.ASCII | re.IGNORECASE)
# The standard does not encode these everywhere, but they could end an attribute or confuse a header.
_ENCODED = str.maketrans({"'": "%27", "\\": "%5C", "`": "%60"})
_ENCODED_BYTE = re.compile("%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AMP_QUERY = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")}
_AMP_VIEWER = re.compile(
    r"(?:[^/]+\.cdn\.ampproject\.org/[a-z]|www\.google\.[a-z.]+/amp)(?:/s)?/(?P<article>.+)", re.ASCII
)
# Matches addresses that the parser would not change. Nearly all are like this, and the pattern is much faster than the
# parser. It excludes ports, Punycode, hosts that may be numbers, characters to encode, and entities (by the semicolon).
_PLAIN = re.compile(
    r"https?://(?P<host>(?!(?:[a-z0-9-]+\.)*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?)"
    r"(?P<path>/[\w~!$*+,=:@&()%/.-]*)(?P<query>\?[\w~!$*+,=:@&()%/?.-]+)?(?:#[\w~*+,=:@&()%/?.-]+)?",
    re.ASCII,
)


class InvalidUrlError(Exception):
    """The text is not a web address that the site can link to; the message gives the reason."""

    corrected: str = ""
    """The address that was probably meant, if it is short."""


@functools.lru_cache(maxsize=65_536)
def clean(raw: str) -> str:
    """Normalises a web address for use in a link: entities are decoded, other characters percent-encoded.

    Raises:
        InvalidUrlError: the scheme is not http or https, two slashes do not follow it, there is no host, the address
            contains a user name, or it is longer than 2,048 characters.
    """
    if _plain(raw):
        return raw
    text = decode_entities(raw).strip()
    try:
        url = _url(text)
    except (ValueError, UnicodeEncodeError):
        error = InvalidUrlError("is not a complete web address")
        error.corrected = _corrected(within_quotes(text))
        raise error from None
    if url.protocol not in _SCHEMES:
        raise InvalidUrlError(f"has the scheme {url.protocol!r}, not http or https")
    if url.username or url.password:
        raise InvalidUrlError("contains a user name or password")
    is_name = _HOST.fullmatch(url.hostname) and len(url.hostname) <= _MAX_HOST
    if not (is_name or url.hostname.startswith("[")):
        raise InvalidUrlError("has no usable host name")
    if not _TWO_SLASHES.match(text):
        error = InvalidUrlError("does not have two slashes after its scheme")
        error.corrected = url.href if len(url.href) <= _MAX_CORRECTED else ""
        raise error
    if len(url.href) > _MAX_LENGTH:
        raise InvalidUrlError(f"is longer than {_MAX_LENGTH} characters")
    return url.href.translate(_ENCODED)


def _corrected(text: str) -> str:
    """Returns the address that was probably meant; ``""`` if there is none, or if it is long."""
    try:
        address = clean(text) if text else ""
    except InvalidUrlError as error:
        return error.corrected
    return address if len(address) <= _MAX_CORRECTED else ""


def is_phone(value: str) -> bool:
    """Returns whether a text is a link to a telephone number (RFC 3966), which has no spaces."""
    return _PHONE.fullmatch(value) is not None


def with_scheme(raw: str) -> str:
    """Adds ``https:`` to an address that begins with two slashes, or with a host name and a path."""
    text = raw.strip()
    if text.startswith("//"):
        return f"https:{text}"
    return f"https://{text}" if _WITHOUT_SCHEME.match(text) else raw


def _plain(raw: str) -> re.Match[str] | None:
    """Returns the parts of an address that the parser would not change, or None for any other."""
    # The parser resolves the segments `.` and `..`, whose dots may be encoded.
    if len(raw) > _MAX_LENGTH or "/." in raw or "/%" in raw:
        return None
    plain = _PLAIN.fullmatch(raw)
    return plain if plain and len(plain["host"]) <= _MAX_HOST else None


@functools.lru_cache(maxsize=65_536)
def identity(cleaned: str) -> str:
    """Returns the identity of the article at a clean address, as ``host/path?query``.

    It omits the scheme, ``www.``, tracking parameters, the fragment, a trailing slash, and AMP forms: cache hosts,
    ``amp.`` hosts, ``/amp/`` segments, ``.amp`` suffixes and ``?amp=1``. Fragments that name a page (``#/news/1``,
    ``#!/news/1``) stay. Versions and forms of a scholarly work have one identity (:mod:`generator.util.works`).
    """
    plain = _plain(cleaned)
    if (
        plain
        and not (plain["query"] or "%" in plain["path"] or "//" in plain["path"])
        and not ("/amp" in cleaned or ".amp" in cleaned or "#/" in cleaned)
        and plain["host"].removeprefix("www.") not in works.HOSTS
    ):
        return plain["host"].removeprefix("www.") + (plain["path"].rstrip("/") or "/")
    url = _url(cleaned)
    host, path = url.host, _equally_encoded(url.pathname)
    if viewer := _AMP_VIEWER.fullmatch(host + path):
        host, _, path = viewer["article"].partition("/")
    host = host.removeprefix("www.").removeprefix("amp.")
    if host in works.HOSTS and (work := works.identity(host, path)):
        return work
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > 1:
        if segments[-1] == "amp":
            segments.pop()
        elif segments[0] == "amp":
            segments.pop(0)
    if segments:
        segments[-1] = re.sub(r"\.amp(\.html)?$", ".html", segments[-1])
    return f"{host}/{'/'.join(segments)}" + _query(url.search) + _route(url.hash)


def _query(search: str) -> str:
    """Returns a query, which starts with a question mark, without tracking parameters and in sorted order."""
    if not search:
        return ""
    prefixes, names = _tracking()
    query = urlencode(
        sorted(
            (key, value)
            for key, value in parse_qsl(search.removeprefix("?"), keep_blank_values=True, errors="surrogateescape")
            if not (key.lower().startswith(prefixes) or key.lower() in names)
            and (key.lower(), value.lower()) not in _AMP_QUERY
        ),
        errors="surrogateescape",
    )
    return f"?{query}" if query else ""


def _route(fragment: str) -> str:
    """Returns a fragment that names a page on sites whose pages are loaded by a script, or ``""`` for any other."""
    if fragment.startswith("#!"):
        return _equally_encoded(fragment)
    if not fragment.startswith("#/"):
        return ""
    path, mark, query = fragment.partition("?")
    path = _equally_encoded(path).rstrip("/")
    return path + _query(mark + query) if path != "#" else ""


def _equally_encoded(text: str) -> str:
    """Decodes characters that need no percent-encoding, and writes the other bytes in capitals (RFC 3986, 6.2.2)."""
    return _ENCODED_BYTE.sub(_equal_byte, text) if "%" in text else text


def _equal_byte(match: re.Match[str]) -> str:
    character = chr(int(match[0][1:], 16))
    return character if character in _UNRESERVED else match[0].upper()


@functools.cache
def _tracking() -> tuple[tuple[str, ...], frozenset[str]]:
    """Returns the prefixes and the names of tracking parameters, in lower case."""
    import tomllib  # noqa: PLC0415 - few addresses have a query

    table = tomllib.loads(Path(__file__).with_name("tracking.toml").read_text("utf-8"))
    return tuple(table["prefixes"]), frozenset(" ".join(table["parameters"].values()).split())


def _url(text: str) -> "URL":
    from ada_url import URL  # noqa: PLC0415 - most builds meet only plain addresses

    return URL(text)


def host(cleaned: str) -> str:
    """Returns the host name of a clean address, without ``www.``."""
    plain = _plain(cleaned)
    return (plain["host"] if plain else _url(cleaned).hostname).removeprefix("www.")


@functools.lru_cache(maxsize=8_192)
def domain(raw: str) -> str:
    """Returns a publisher's domain in lower-case ASCII, without ``www.``.

    Raises:
        InvalidUrlError: the text is not a domain name.
    """
    if raw.strip()[:1] in TYPOGRAPHIC_QUOTES:  # which a host name may contain otherwise
        raise InvalidUrlError("is not a domain name")
    try:
        return host(clean("https://" + raw.strip()))
    except InvalidUrlError:
        raise InvalidUrlError("is not a domain name") from None
