"""The responses of the preview server: the file for each request, and the additions to pages.

A served page is the built page with two additions: the script that reloads it after a build, and, after a failed build,
a panel that lists the errors. The files on disk have neither. Both work under the content security policy of the site:
they are files of the same origin.
"""

import glob
import html
import ipaddress
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from generator.output.tree import CONTROL
from generator.site import headers_file
from generator.site.headers_file import Rules

INDEX, MISSING = "index.html", "404.html"
RELOAD_SCRIPT, PANEL_STYLE = "/livereload.js", "/livereload.css"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TYPES = tomllib.loads(Path(__file__).with_name("media_types.toml").read_text(encoding="utf-8"))
_PANEL = Path(__file__).with_name("panel.html").read_text(encoding="utf-8")
PANEL_CSS = Path(__file__).with_name("panel.css").read_text(encoding="utf-8")
"""The style sheet of the panel."""
_BODY = re.compile(rb"""<body(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?>""", re.IGNORECASE)
_FINGERPRINTED = re.compile(r"(.+)\.[0-9a-f]{8}\.css")
_SHOWN = 50
_BARE = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s</title></head><body><p>%s</p></body></html>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A redirect to the address of a folder, which ends with a slash."""

    address: str


def locate(target: str, *, base_path: str, root: Path) -> Path | Redirect | None:
    """Finds the file for a request.

    Args:
        target: the path of the request, percent-encoded.
        base_path: the path of the site's root, without a slash at the end; empty if the site is at the root.
        root: the output folder, with symbolic links resolved.

    Returns:
        the file, a redirect, or None if the site has no such page.
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
    file = root.joinpath(*names)
    if _is_published(file, root):
        return file
    if (successor := _successor(file)) and _is_published(successor, root):
        return successor
    return Redirect(address=f"{quote(path)}/") if _is_published(file / INDEX, root) else None


def _names(path: str) -> list[str] | None:
    """Splits a path below the site's root into the names of folders and file; None if the site cannot have it."""
    *folders, name = path.split("/")
    names = [*folders, name or INDEX]
    # Colons occur in drives and alternate streams of Windows, and in no address of a site.
    if not path.isprintable() or any(name in {"", ".", ".."} or "\\" in name or ":" in name for name in names):
        return None
    return None if names[0].casefold() == CONTROL else names  # some file systems ignore case


def _is_published(path: Path, root: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a name that is too long, a loop of links
        return False


def _successor(path: Path) -> Path | None:
    """Finds the current version of a style sheet by its name without the fingerprint, for pages that are still open."""
    old = _FINGERPRINTED.fullmatch(path.name)
    if old is None:
        return None
    candidates = path.parent.glob(f"{glob.escape(old[1])}.*.css")
    found = [file for file in candidates if (new := _FINGERPRINTED.fullmatch(file.name)) and new[1] == old[1]]
    return found[0] if len(found) == 1 else None


def content_type(path: Path) -> str:
    """Returns the media type of a published file, as a value of ``Content-Type``."""
    by_suffix = _TYPES["suffixes"].get(path.suffix.lower(), "application/octet-stream")
    return str(_TYPES["names"].get(path.name, by_suffix))


def is_own_host(header: str, *, served: str) -> bool:
    """Whether the ``Host`` header names this machine. Prevents DNS rebinding by pages of other sites.

    Args:
        header: the header, with or without a port.
        served: the name or address that the server listens on; a wildcard address allows every name.
    """
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return is_wildcard(served) or name in {*_LOOPBACK, served.lower()}


def is_wildcard(host: str) -> bool:
    """Whether an address, such as 0.0.0.0, means every address of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def origin(host: str, port: int) -> str:
    """Returns ``http://host:port`` in a form that a browser on this machine can open."""
    if is_wildcard(host):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def with_additions(page: bytes, errors: Sequence[str]) -> bytes:
    """Returns a page with the script that reloads it and, if there are errors, the panel that lists them."""
    additions = f'<script src="{RELOAD_SCRIPT}" async></script>{panel(errors)}'.encode()
    body = _BODY.search(page)
    position = body.end() if body else len(page)
    return page[:position] + additions + page[position:]


def panel(errors: Sequence[str]) -> str:
    """Returns the errors as escaped HTML; empty if there are none."""
    if not errors:
        return ""
    count = len(errors)
    items = "".join(f"<li>{html.escape(error)}</li>" for error in errors[:_SHOWN])
    if count > _SHOWN:
        items += f"<li>… and {count - _SHOWN} more; the terminal lists them all</li>"
    heading = f"{count} problem{'' if count == 1 else 's'} in the last build"
    return _PANEL.format(style=PANEL_STYLE, heading=heading, items=items)


def policy(rules: Rules, target: str) -> str:
    """Returns the content security policy that hosts send for the path of a request; empty if they send none.

    Args:
        rules: the rules of the site's ``_headers``.
        target: the path of the request, percent-encoded.
    """
    return headers_file.headers_of(rules, target).get("content-security-policy", "")


def bare_page(text: str) -> bytes:
    """Returns a page that shows a text, for a site without a page of its own."""
    escaped = html.escape(text).encode()
    return _BARE % (escaped, escaped)
