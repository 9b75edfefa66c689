"""Trees as bytes, XML and JSON: a text in them stays a text, whatever it holds. And bytes compressed."""

import gzip
import io
from typing import TypeAlias

import msgspec
from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml gives its elements no other name
# All that could end a script element or open a comment in one, and what old JavaScript took for the end of a line.
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Adds an element to another one."""
    node = etree.SubElement(parent, tag, attributes)
    node.text = text
    return node


def xml_bytes(root: Element) -> bytes:
    """An XML document in UTF-8, indented."""
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


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
