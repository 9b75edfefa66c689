"""Which names of files every system can write, and which paths some systems take for one."""

import re
import unicodedata
from typing import Final

DEVICES: Final = frozenset(
    {"aux", "con", "conin$", "conout$", "nul", "prn"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"}
)
"""What Windows takes for a device, in any case, also with an ending: it cannot create ``con`` nor ``con.txt``."""
_REFUSED = re.compile(r'[<>:"|?*\\\x00-\x1f]')


def is_device(name: str) -> bool:
    """Returns whether Windows takes a name for a device."""
    return name.partition(".")[0].rstrip(" ").lower() in DEVICES


def writable(name: str) -> str:
    """Returns a name that is no device: ``con-`` for ``con``, ``con-.example`` for ``con.example``.

    Neither a slug nor a label of a domain ends with a hyphen, so no other of them gives this name.
    """
    stem, dot, rest = name.partition(".")
    return f"{stem}-{dot}{rest}" if stem in DEVICES else name


def is_writable(path: str) -> bool:
    """Returns whether every system can write a path with ``/``."""
    parts = path.split("/")
    return not _REFUSED.search(path) and not any(part.endswith((".", " ")) or is_device(part) for part in parts)


def composed(name: str) -> str:
    """Returns a name in the form of Unicode that addresses have. Older file systems of macOS decompose ``é``."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def folded(path: str) -> str:
    """Returns what is equal for paths that macOS or Windows takes for one: they differ in case or Unicode form only."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
