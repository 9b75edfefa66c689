"""Former addresses of items as documents name them: hostile input until it is clean. Pure."""

import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

_INDEX: Final = "index.html"
_PAGE_SUFFIXES: Final = (".html", ".htm")
# What file systems and hosts take, with room for `index.html`, a base path and the suffix of a compressed file.
_MAX_LENGTH, _MAX_PART = 512, 200
# A colon: drives and alternate streams of Windows, where no site of ours has one.
_REFUSED: Final = frozenset('\\:?#"<>|*')


class InvalidAliasError(ValueError):
    """The text is no former address; the message goes on from the field's name."""


class Alias(msgspec.Struct, frozen=True, kw_only=True):
    """An address at which an item formerly was."""

    address: str
    """From the root of the site, not percent-encoded: ``/old/`` or ``/old.html``."""
    line: int
    column: int
    """Where the document says so, both from 1."""


def clean(value: str) -> str:
    """The address that a text names, in one form: decoded, NFC, ``/old/`` for ``/old`` and ``/old/index.html``.

    Raises:
        InvalidAliasError: it is no address of a page below the root of this site.
    """
    text = value.strip()
    if not text.startswith("/") or text.startswith("//"):
        raise InvalidAliasError("must start with one / and name no host")
    if len(text.encode("utf-8", "surrogatepass")) > 3 * _MAX_LENGTH:
        raise InvalidAliasError(f"is longer than {_MAX_LENGTH} bytes")
    if "?" in text or "#" in text:
        raise InvalidAliasError("may have no query or fragment")
    parts = [_part(part) for part in text[1:].split("/")]
    *folders, name = parts
    if "" in folders:
        raise InvalidAliasError("may have no // in it")
    if name == _INDEX:
        name = ""
    elif "." in name and not name.endswith(_PAGE_SUFFIXES):
        raise InvalidAliasError("ends in a suffix that no page has")
    elif name and "." not in name:
        folders, name = [*folders, name], ""
    address = "/" + "".join(f"{folder}/" for folder in folders) + name
    if len(address.encode()) > _MAX_LENGTH:
        raise InvalidAliasError(f"is longer than {_MAX_LENGTH} bytes")
    return address


def _part(raw: str) -> str:
    """A folder or name, decoded; nothing may lead up, be hidden, or mean something to a server or file system."""
    try:
        part = unicodedata.normalize("NFC", unquote_to_bytes(raw).decode())
    except UnicodeError:
        raise InvalidAliasError("is not UTF-8 when it is decoded") from None
    if not part.isprintable():
        raise InvalidAliasError("holds a character that cannot be seen")
    if part.startswith("."):
        raise InvalidAliasError("has a part that begins with a dot")
    if part != part.strip() or part.endswith("."):
        raise InvalidAliasError("has a part that begins or ends with a space, or ends with a dot")
    if "/" in part or not _REFUSED.isdisjoint(part):
        raise InvalidAliasError("holds a character that no address of a page has")
    if len(part.encode()) > _MAX_PART:
        raise InvalidAliasError(f"has a part longer than {_MAX_PART} bytes")
    return part
