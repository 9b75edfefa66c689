"""Checks and normalises the former addresses of items that documents name. Pure."""

import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from generator.util.file_names import is_device

_INDEX: Final = "index.html"
_PAGE_SUFFIXES: Final = (".html", ".htm")
# In bytes. File systems and hosts accept more, to leave room for `index.html`, a base path and a suffix like `.gz`.
_MAX_LENGTH, _MAX_PART = 512, 200
# Characters with a meaning in addresses, shells or Windows paths (a colon marks drives and alternate streams).
_REFUSED: Final = frozenset('\\:?#"<>|*')


class InvalidAliasError(ValueError):
    """The text is not a valid alias; the message continues a sentence that starts with the name of the field."""


class Alias(msgspec.Struct, frozen=True, kw_only=True):
    """A former address of an item."""

    address: str
    """The path from the root of the site, not percent-encoded: ``/old/`` or ``/old.html``."""
    line: int
    """The line of the alias in the document, from 1."""
    column: int
    """Its column, from 1."""


def clean(value: str) -> str:
    """Normalises an alias: percent-decoded, in NFC, and ``/old/`` for ``/old`` and ``/old/index.html``.

    Raises:
        InvalidAliasError: the text cannot be the address of a page of this site.
    """
    text = value.strip()
    if not text.startswith("/") or text.startswith("//"):
        raise InvalidAliasError("must start with a single / and contain no host")
    if len(text.encode("utf-8", "surrogatepass")) > 3 * _MAX_LENGTH:
        raise InvalidAliasError(f"is longer than {_MAX_LENGTH} bytes")
    if "?" in text or "#" in text:
        raise InvalidAliasError("must not have a query or fragment")
    parts = [_part(part) for part in text[1:].split("/")]
    *folders, name = parts
    if "" in folders:
        raise InvalidAliasError("must not contain //")
    if name == _INDEX:
        name = ""
    elif "." in name and not name.endswith(_PAGE_SUFFIXES):
        raise InvalidAliasError("has a suffix other than .html or .htm")
    elif name and "." not in name:
        folders, name = [*folders, name], ""
    address = "/" + "".join(f"{folder}/" for folder in folders) + name
    if len(address.encode()) > _MAX_LENGTH:
        raise InvalidAliasError(f"is longer than {_MAX_LENGTH} bytes")
    return address


def _part(raw: str) -> str:
    """Decodes a segment of a path. Refuses hidden and parent folders, and what servers or file systems interpret."""
    try:
        part = unicodedata.normalize("NFC", unquote_to_bytes(raw).decode())
    except UnicodeError:
        raise InvalidAliasError("is not UTF-8 after percent-decoding") from None
    if not part.isprintable():
        raise InvalidAliasError("contains an invisible character")
    if part.startswith("."):
        raise InvalidAliasError("has a part that begins with a dot")
    if part != part.strip() or part.endswith("."):
        raise InvalidAliasError("has a part that begins or ends with a space, or ends with a dot")
    if is_device(part):
        raise InvalidAliasError(f"has the part {part}, which Windows takes for a device")
    if "/" in part or not _REFUSED.isdisjoint(part):
        raise InvalidAliasError("contains a character that addresses of pages must not have")
    if len(part.encode()) > _MAX_PART:
        raise InvalidAliasError(f"has a part longer than {_MAX_PART} bytes")
    return part
