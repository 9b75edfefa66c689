"""What the preview answers: which file a request is for, and what its pages get on top. Pure but for looking at files.

A served page is the built one, byte for byte, with two additions: the script that reloads it after a build, and, while
the last build has failed, a panel that says why. Neither is ever written to disk.
"""

import glob
import html
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from generator.output.tree import CONTROL

INDEX, MISSING = "index.html", "404.html"
RELOAD_SCRIPT = "/livereload.js"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# A table of our own: what `mimetypes` knows depends on the machine.
_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_FEED_TYPES = {
    "feed.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}
_BODY = re.compile(rb"""<body(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?>""", re.IGNORECASE)
_FINGERPRINTED = re.compile(r"(.+)\.[0-9a-f]{8}\.css")
_SHOWN = 50
_PANEL = (
    '<section role="alert" style="all:initial;display:block;box-sizing:border-box;max-height:60vh;overflow:auto;'
    "padding:1em;font:14px/1.5 ui-monospace,monospace;color:#fff;background:#8c1d18;border-bottom:3px solid #000;"
    'position:relative;z-index:2147483647;overflow-wrap:anywhere" data-preview="problems">'
    '<button type="button" style="all:revert;float:right" onclick="this.parentNode.remove()">Dismiss</button>'
    '<strong style="font:inherit;font-weight:bold;color:inherit">{heading}</strong>'
    '<ul style="all:revert;color:inherit;margin:.5em 0 0;padding-left:1.5em">{items}</ul></section>'
)
_BARE = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s</title></head><body><p>%s</p></body></html>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """The address that was meant: that of a folder has a slash at the end."""

    address: str


def locate(target: str, *, base_path: str, root: Path) -> Path | Redirect | None:
    """The file that a request is for.

    Args:
        target: the path of the request as it came, percent-encoded.
        base_path: where the site begins, without a slash at the end; empty for the root.
        root: the output folder, without links in its path.

    Returns:
        the file; where to look instead; nothing where the site has no such page.
    """
    try:
        path = unquote_to_bytes(target).decode()
        base = unquote_to_bytes(base_path).decode()
    except UnicodeDecodeError:
        return None
    if base and path in {"/", base}:
        return Redirect(address=f"{base_path}/")
    names = _names(path.removeprefix(f"{base}/")) if path.startswith(f"{base}/") else None
    if names is None:
        return None
    found = root.joinpath(*names)
    if _is_published(found, root):
        return found
    if (successor := _successor(found)) and _is_published(successor, root):
        return successor
    return Redirect(address=f"{quote(path)}/") if _is_published(found / INDEX, root) else None


def _names(below: str) -> list[str] | None:
    """The names of folders and file that a path leads through, or nothing if it is none of a site's."""
    *folders, name = below.split("/")
    names = [*folders, name or INDEX]
    # A colon: drives and alternate streams of Windows; no address of a site has one.
    if not below.isprintable() or any(name in {"", ".", ".."} or "\\" in name or ":" in name for name in names):
        return None
    return None if names[0].casefold() == CONTROL else names  # also on file systems that ignore case


def _is_published(path: Path, root: Path) -> bool:
    """Whether there is such a file, and no link leads out of the folder to it."""
    try:
        return path.is_file() and path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a name too long, a loop of links
        return False


def _successor(path: Path) -> Path | None:
    """The style sheet that came after another: its name has another fingerprint. A page that is open asks for it."""
    named = _FINGERPRINTED.fullmatch(path.name)
    if named is None:
        return None
    others = path.parent.glob(f"{glob.escape(named[1])}.*.css")
    found = [other for other in others if (same := _FINGERPRINTED.fullmatch(other.name)) and same[1] == named[1]]
    return found[0] if len(found) == 1 else None


def content_type(path: Path) -> str:
    """The media type of a published file."""
    return _FEED_TYPES.get(path.name) or _TYPES.get(path.suffix.lower(), "application/octet-stream")


def is_own_host(header: str, *, served: str) -> bool:
    """Whether a request's ``Host`` is this machine: a page elsewhere may have its name lead here (DNS rebinding).

    Args:
        header: the header, with or without a port.
        served: the name or address that is served; one that stands for every address of the machine allows every name.
    """
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return is_wildcard(served) or name in {*_LOOPBACK, served.lower()}


def is_wildcard(host: str) -> bool:
    """Whether an address stands for all of the machine's."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def origin(host: str, port: int) -> str:
    """``http://host:port`` as a browser on this machine can open it."""
    if is_wildcard(host):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def with_additions(page: bytes, diagnostics: Sequence[str]) -> bytes:
    """A page with the script that reloads it and, where there are problems, the panel that lists them."""
    extra = f'<script src="{RELOAD_SCRIPT}" async></script>{panel(diagnostics)}'.encode()
    body = _BODY.search(page)
    at = body.end() if body else len(page)
    return page[:at] + extra + page[at:]


def panel(diagnostics: Sequence[str]) -> str:
    """The problems as HTML that shows them as text; nothing where there is none."""
    if not diagnostics:
        return ""
    count = len(diagnostics)
    items = "".join(f"<li>{html.escape(diagnostic)}</li>" for diagnostic in diagnostics[:_SHOWN])
    if count > _SHOWN:
        items += f"<li>… and {count - _SHOWN} more; the terminal lists them all</li>"
    heading = f"{count} problem{'' if count == 1 else 's'} in the last build"
    return _PANEL.format(heading=heading, items=items)


def bare_page(words: str) -> bytes:
    """A page for where the site has none of its own."""
    text = html.escape(words).encode()
    return _BARE % (text, text)
