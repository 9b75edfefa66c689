"""Resolves relative links of documents and own pages to the files beside them. Pure."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote

from generator.content.aliases import InvalidAliasError, clean
from generator.content.source_files import SUFFIXES
from generator.content.urls import address_of, without_query
from generator.util.file_names import composed
from generator.util.weburls import with_scheme

Resolve = Callable[[str], str | None]
"""Returns the path from the root of the site, percent-encoded, to which a relative link leads; None if to no file.

The link is as written, without query and fragment.
"""

PICTURES: Final = "/pictures/"
"""Where pictures of the source folder are published."""
PICTURE_SUFFIXES: Final = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")
"""Of the pictures that documents may have beside them. An SVG could contain scripts."""
_NOT_FOUND = "404"


def is_picture(name: str) -> bool:
    """Returns whether a file has the name of a picture that a document may have beside it."""
    return name.lower().endswith(PICTURE_SUFFIXES)


def picture_of(name: str, link: str) -> str | None:
    """Resolves a relative link of the document with a name to a picture in the source folder."""
    path = _joined(name, link)
    return quote(PICTURES + path) if path and is_picture(path) else None


def own_picture(name: str, written: str) -> str | None:
    """Returns the address of a picture of this site that a document with a name shows; None if it is on the web."""
    # Nearly all have a scheme. `host.example/a.png` lacks nothing but it.
    if written.startswith(("https://", "http://")) or with_scheme(written) != written:
        return None
    path = without_query(written)
    if not path.startswith("/"):
        path = picture_of(name, path) or ""
    return str(address_of(path)) if path and not path.startswith(("//", "/\\")) else None


def file_of(name: str, link: str) -> str | None:
    """Resolves a relative link of the own page with a name to a file or another page in the folder ``pages/``."""
    path = _joined(name, link)
    if not path or "." not in path.rpartition("/")[2]:
        return None
    try:
        return quote(page_address(path) if path.lower().endswith(tuple(SUFFIXES)) else file_address(path))
    except InvalidAliasError:
        return None


def page_address(name: str) -> str:
    """Returns the address of the own page with a name: ``/legal/privacy/`` for ``legal/Privacy.md``.

    Raises:
        InvalidAliasError: the name cannot be an address.
    """
    path = _plain(name.rpartition(".")[0])
    if path == _NOT_FOUND:
        return f"/{path}.html"
    folder, _, last = path.rpartition("/")
    return clean(quote(f"/{folder}/".replace("//", "/") if last == "index" else f"/{path}/"))


def file_address(name: str) -> str:
    """Returns the address of a file beside own pages: it keeps its name, in the folder of the pages."""
    folder, slash, last = name.rpartition("/")
    return f"/{_plain(folder)}{slash}{last}"


def _plain(path: str) -> str:
    return "-".join(path.lower().split())


def _joined(name: str, link: str) -> str | None:
    """Returns the path, relative to the folder of all files, to which a link in a file leads; None if to none there."""
    parts = composed(unquote(link)).split("/")
    has_host = "." in parts[0].strip(".") and len(parts) > 1
    if has_host or ":" in parts[0] or "" in parts or "\\" in link or not "".join(parts).isprintable():
        return None
    joined = name.split("/")[:-1]
    for part in parts:
        if part == ".." and not joined:
            return None
        if part == "..":
            joined.pop()
        elif part != ".":
            joined.append(part)
    return "/".join(joined)
