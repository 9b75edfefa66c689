"""The content security policy: what the site allows by itself, and the sources that ``[csp]`` in ``site.toml`` adds."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import msgspec

from generator.config import tables


class CspSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``[csp]``: what pages may load from other hosts. Files of the site are allowed without it."""

    script: tuple[str, ...] = ()
    """Sources of scripts: hosts, or hashes of scripts within a page."""
    style: tuple[str, ...] = ()
    """Sources of style sheets: hosts, or hashes of styles within a page."""
    font: tuple[str, ...] = ()
    """Sources of fonts."""
    img: tuple[str, ...] = ()
    """Sources of pictures besides all hosts: ``blob:``."""
    media: tuple[str, ...] = ()
    """Sources of video and audio."""
    connect: tuple[str, ...] = ()
    """Hosts with which scripts may exchange data."""
    frame: tuple[str, ...] = ()
    """Hosts of pages that may be shown in a frame."""
    form: tuple[str, ...] = ()
    """Hosts to which forms may be sent."""


_BASE: Final[Mapping[str, tuple[str, ...]]] = {
    "script": ("'self'", "'wasm-unsafe-eval'"),  # the search engine is WebAssembly
    "style": ("'self'",),
    "font": ("'self'",),
    "img": ("*", "data:"),  # pictures come from any host
    "media": ("'self'",),
    "connect": ("'self'",),
    "frame": (),
    "form": ("'self'",),
}
"""What each directive allows without ``[csp]``, in the order of the policy."""
_NAMES: Final = {"form": "form-action"}
_HOST_SOURCE: Final = re.compile(
    r"(?P<scheme>https?|wss)://(?P<host>(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)"
    r"(?::(?P<port>\d{1,5}))?(?P<path>/[\w.~!&()*+=:@%/-]*)?",
    re.ASCII | re.IGNORECASE,
)
_HASH: Final = re.compile(r"'sha(256|384|512)-[A-Za-z0-9+/_-]+={0,2}'")
_BARE_HOST: Final = re.compile(r"(\*\.)?([\w-]+\.)+[\w-]+(:\d+)?(/\S*)?", re.ASCII)
_WORDS: Final = frozenset(
    {"none", "self", "strict-dynamic", "unsafe-eval", "unsafe-hashes", "unsafe-inline", "wasm-unsafe-eval"}
)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SCHEMES: Final = frozenset({("http", "http"), ("http", "https"), ("https", "https"), ("wss", "wss")})
"""The schemes of a source and of a URL that match."""
_WITH_HASHES: Final = frozenset({"script", "style"})
_WITH_DATA: Final = frozenset({"font", "img", "media"})
_MAX_SHOWN: Final = 60
_ALL_HOSTS: Final = "allows all hosts", "name the hosts, such as https://example.org"


def policy(settings: CspSettings) -> str:
    """Returns the policy as a value of the header ``Content-Security-Policy``."""
    directives = (
        " ".join((_NAMES.get(name, f"{name}-src"), *sources)) for name in _BASE if (sources := _sources(settings, name))
    )
    fixed = ("manifest-src 'self'", "base-uri 'none'", "frame-ancestors 'none'")
    return "; ".join(("default-src 'none'", *directives, *fixed))


def _sources(settings: CspSettings, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_BASE[name], *getattr(settings, name))))


def allows(settings: CspSettings, name: str, source: str) -> bool:
    """Whether the policy allows a URL, which is not of this site, or a hash in quotes.

    Args:
        settings: the table ``[csp]``.
        name: the field of :class:`CspSettings` that lists the sources.
        source: a URL with a scheme, or a hash such as ``'sha256-…'``.
    """
    return any(source == one or _matches(one, source) for one in _sources(settings, name))


def _matches(source: str, url: str) -> bool:
    """Whether a source of the policy matches a URL, by the rules of CSP level 3 for sources that a setting may have."""
    scheme = url.partition(":")[0].lower()
    if source in {"*", "data:", "blob:"}:
        return scheme in _DEFAULT_PORTS if source == "*" else source == f"{scheme}:"
    host_source = _HOST_SOURCE.fullmatch(source)
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(scheme)
    except ValueError:
        return False
    if not host_source or (host_source["scheme"].lower(), scheme) not in _SCHEMES:
        return False
    expected, host, path = host_source["port"], host_source["host"].lower(), host_source["path"] or "/"
    name = parts.hostname or ""
    return (
        (name.endswith(host[1:]) if host.startswith("*.") else name == host)
        and port == (int(expected) if expected else _DEFAULT_PORTS[scheme])
        and ((parts.path or "/").startswith(path) if path.endswith("/") else parts.path == path)
    )


def _invalid(name: str, source: str) -> str | tuple[str, str]:
    """Returns why a source is invalid, and what to write instead; ``""`` if it is valid."""
    if name in _WITH_HASHES and _HASH.fullmatch(source):
        return ""
    host_source = _HOST_SOURCE.fullmatch(source)
    reason, remedy = _invalid_host(name, host_source) if host_source else _invalid_word(name, source)
    return (f"names {source[:_MAX_SHOWN]!r}, which {reason}", remedy) if reason else ""


def _invalid_host(name: str, source: re.Match[str]) -> tuple[str, str]:
    scheme, host = source["scheme"].lower(), source["host"].lower()
    if host.startswith("*.") and "." not in host[2:]:
        return _ALL_HOSTS
    if scheme == "http" and host not in _LOOPBACK:
        return "is not encrypted", f"write https://{source[0].partition('//')[2]}"
    if scheme == "wss" and name != "connect":
        return "is for connect only", f"write https://{source[0].partition('//')[2]}"
    return "", ""


def _invalid_word(name: str, source: str) -> tuple[str, str]:
    word = source.strip("'\"").lower()
    if word == "self":
        found = "is not needed: files of the site are allowed", "remove it"
    elif word in _WORDS or word.startswith("nonce-"):
        found = (
            "is not allowed here: it would turn off most of the protection",
            "move the code to a file in static/; docs/security.md has the reasons and other ways",
        )
    elif word in {"data:", "blob:"}:
        found = ("", "") if source == word and name in _WITH_DATA else ("is no host", "name the hosts")
    elif word in {"*", "https:", "http:", "wss:", "https://*", "http://*", "wss://*"}:
        found = _ALL_HOSTS
    elif re.search(r"[\s;,]", source):
        found = "is more than one source", 'write each as a text of its own: ["https://a.example", "https://b.example"]'
    elif _BARE_HOST.fullmatch(source):
        found = "has no scheme", f"write https://{source[:_MAX_SHOWN]}"
    elif word.startswith(("sha256-", "sha384-", "sha512-")):
        found = "is not a hash that is allowed here", "write it as \"'sha256-…'\", for script or style"
    else:
        found = "is not a source", "write it as https://example.org"
    return found


CHECKS: Final[Mapping[str, tables.Check]] = {f"csp.{name}": partial(_invalid, name) for name in _BASE}
"""The checks of the sources, by the paths of their settings."""
