"""Writes text into XML and JSON so that it cannot become markup, and compresses bytes reproducibly."""

import gzip
import io
import re
from collections.abc import Iterable

import msgspec

# Characters that could end a script element or open a comment in one, and the line separators of old JavaScript.
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
# Characters that XML 1.0 cannot express. Only unprintable texts are searched for them, and hardly any text is one.
_UNSAYABLE = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def xml_text(value: str) -> str:
    """Escapes a text for use between two tags.

    Raises:
        ValueError: the text contains a character that XML cannot express.
    """
    if not value.isprintable():
        if found := re.search(_UNSAYABLE, value):
            raise ValueError(f"XML cannot express {found[0]!r}")
        value = value.replace("\r", "\0")
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\0", "&#13;")


def xml_value(value: str) -> str:
    """Escapes a text for use as the value of an attribute in double quotes.

    Raises:
        ValueError: the text contains a character that XML cannot express.
    """
    value = xml_text(value).replace('"', "&quot;")
    return value if value.isprintable() else value.replace("\n", "&#10;").replace("\t", "&#9;")


def xml_bytes(root: str, attributes: str, lines: Iterable[str]) -> bytes:
    """Returns an XML document in UTF-8; ``lines`` are the elements in its root, each with indentation and line end."""
    inner = "".join(lines)
    element = f"<{root} {attributes}>\n{inner}</{root}>" if inner else f"<{root} {attributes}/>"
    return f"<?xml version='1.0' encoding='utf-8'?>\n{element}\n".encode()


def json_text(value: object, *, indent: int | None = None) -> str:
    """Returns JSON that is also safe inside a script element of an HTML page. Keys keep their order."""
    text = msgspec.json.encode(value).decode()
    if indent:
        text = msgspec.json.format(text, indent=indent)
    for character, escape in _ESCAPED.items():
        # These characters occur only inside strings, where the escape means the same.
        text = text.replace(character, escape)
    return text


def gzipped(data: bytes) -> bytes:
    """Compresses the data with gzip. The header holds no name and no time, so equal data gives equal bytes."""
    # gzip.compress lets the platform choose one byte of the header.
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        file.write(data)
    return buffer.getvalue()
