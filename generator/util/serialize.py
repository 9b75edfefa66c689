"""XML and JSON: a text in them stays a text, whatever it holds. And bytes compressed."""

import gzip
import io
import re
from collections.abc import Iterable

import msgspec

# All that could end a script element or open a comment in one, and what old JavaScript took for the end of a line.
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
# XML 1.0 has no way to say these. Only texts that cannot be printed are searched for them, and hardly any text is one.
_UNSAYABLE = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def xml_text(value: str) -> str:
    """A text between two tags.

    Raises:
        ValueError: it holds a character that no XML may hold.
    """
    if not value.isprintable():
        if found := re.search(_UNSAYABLE, value):
            raise ValueError(f"no XML holds {found[0]!r}")
        value = value.replace("\r", "\0")
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    if ">" in value:
        value = value.replace(">", "&gt;")
    return value.replace("\0", "&#13;")


def xml_value(value: str) -> str:
    """A text between quotation marks, as an attribute has it.

    Raises:
        ValueError: it holds a character that no XML may hold.
    """
    value = xml_text(value).replace('"', "&quot;")
    return value if value.isprintable() else value.replace("\n", "&#10;").replace("\t", "&#9;")


def xml_bytes(root: str, attributes: str, lines: Iterable[str]) -> bytes:
    """An XML document in UTF-8.

    Args:
        root: the name of the element around all others.
        attributes: what it has.
        lines: the elements in it, each with its line end and the spaces before it.
    """
    inner = "".join(lines)
    element = f"<{root} {attributes}>\n{inner}</{root}>" if inner else f"<{root} {attributes}/>"
    return f"<?xml version='1.0' encoding='utf-8'?>\n{element}\n".encode()


def json_text(value: object, *, indent: int | None = None) -> str:
    """JSON that may also stand in a script element of an HTML page. Keys keep their order."""
    text = msgspec.json.encode(value).decode()
    if indent:
        text = msgspec.json.format(text, indent=indent)
    for character, escape in _ESCAPED.items():
        if character in text:
            # These occur inside strings only, where an escape means the same.
            text = text.replace(character, escape)
    return text


def gzipped(data: bytes) -> bytes:
    """The data compressed by gzip, with nothing in the header that tells of more than its content."""
    # gzip.compress leaves a byte of the header to the platform.
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        file.write(data)
    return buffer.getvalue()
