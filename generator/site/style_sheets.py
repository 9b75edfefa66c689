"""Finds the addresses in a style sheet by a parser of CSS, and replaces them. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinycss2.ast import Node

Replace = Callable[[str, int], str | None]
"""Is given an address and its line, and returns the address to write, percent-encoded, or None to keep the old one."""

# What every reference contains, unless it is written with escapes. Most style sheets refer to nothing.
_MAY_REFER = re.compile(r"url\(|src\(|@import|image-set\(|\\", re.IGNORECASE)
_URL = frozenset({"url", "src"})
_IMAGE_SET = frozenset({"image-set", "-webkit-image-set"})


def replace_addresses(text: str, replace: Replace) -> str:
    """Returns a style sheet with other addresses in ``url()``, ``src()``, ``image-set()`` and ``@import``.

    Comments and other strings contain no addresses. A style sheet without a change is returned as it is.
    """
    if not _MAY_REFER.search(text):
        return text
    import tinycss2  # noqa: PLC0415 - most style sheets refer to nothing

    nodes = tinycss2.parse_component_value_list(text)
    is_changed = False
    for node in _references(nodes):
        new = replace(node.value, node.source_line)
        if new is not None:
            node.representation = f'url("{new}")' if node.type == "url" else f'"{new}"'
            is_changed = True
    return str(tinycss2.serialize(nodes)) if is_changed else text


def _references(nodes: Iterable["Node"]) -> Iterator[Any]:
    """Yields the URL tokens and the strings that are addresses. It does not recurse, so no depth exhausts the stack."""
    waiting = [(iter(nodes), "")]
    while waiting:
        level, within = waiting[-1]
        node: Any = next(level, None)
        if node is None:
            waiting.pop()
            continue
        if node.type == "url" or (node.type == "string" and within):
            yield node
        if node.type not in {"whitespace", "comment"} and within == "@import":
            waiting[-1] = (level, "")
        if node.type == "at-keyword" and node.lower_value == "import":
            waiting[-1] = (level, "@import")
        elif node.type == "function":
            is_reference = node.lower_name in _URL or node.lower_name in _IMAGE_SET
            waiting.append((iter(node.arguments), node.lower_name if is_reference else ""))
        elif node.type.endswith("block"):
            waiting.append((iter(node.content), ""))
