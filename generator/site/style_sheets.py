"""Finds the addresses in a style sheet by a parser of CSS, and replaces them. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from tinycss2.ast import Node

Replace = Callable[[str, int], str | None]
"""Is given an address and its line, and returns the address to write, percent-encoded, or None to keep the old one."""

# What every reference contains, unless it is written with escapes. Most style sheets refer to nothing.
_MAY_REFER = re.compile(r"url\(|src\(|@import|image-set\(|\\", re.IGNORECASE)
_WITH_ADDRESSES = frozenset({"url", "src", "image-set", "-webkit-image-set"})

Kind = Literal["style", "font", "image"]
"""What an address leads to: a style sheet that is imported, a font of ``@font-face``, or something else to show."""
_KINDS: Mapping[str, Kind] = {"import": "style", "font-face": "font"}


class Reference(NamedTuple):
    """An address in a style sheet."""

    kind: Kind
    address: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""


def references(text: str) -> list[Reference]:
    """Returns the addresses in ``url()``, ``src()``, ``image-set()`` and ``@import``, in their order.

    Comments and other strings contain no addresses.
    """
    found = _references(_parse(text))
    return [Reference(kind, node.value, node.source_line, node.source_column) for kind, node in found]


def font_families(text: str) -> Iterator[str]:
    """Yields the names of the font families that a style sheet describes in ``@font-face``."""
    if "font-face" not in text.lower():
        return
    import tinycss2  # noqa: PLC0415 - most style sheets describe no font

    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    while rules:
        rule = rules.pop()
        if rule.type != "at-rule" or rule.content is None:
            continue
        if rule.lower_at_keyword != "font-face":  # such as `@media`
            rules += tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            continue
        for one in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
            if one.type == "declaration" and one.lower_name == "font-family":
                words = [word for word in one.value if word.type != "whitespace"]
                if all(word.type in {"string", "ident"} for word in words):  # else browsers ignore it
                    yield " ".join(word.value for word in words)


def replace_addresses(text: str, replace: Replace) -> str:
    """Returns a style sheet with other addresses in ``url()``, ``src()``, ``image-set()`` and ``@import``.

    A style sheet without a change is returned as it is.
    """
    nodes = _parse(text)
    is_changed = False
    for _, node in _references(nodes):
        new = replace(node.value, node.source_line)
        if new is not None:
            node.representation = f'url("{new}")' if node.type == "url" else f'"{new}"'
            is_changed = True
    if not is_changed:
        return text
    import tinycss2  # noqa: PLC0415 - most style sheets refer to nothing

    return str(tinycss2.serialize(nodes))


def _parse(text: str) -> "list[Node]":
    """Returns the nodes of a style sheet, or none if it refers to nothing."""
    if not _MAY_REFER.search(text):
        return []
    import tinycss2  # noqa: PLC0415 - most style sheets refer to nothing

    nodes: list[Node] = tinycss2.parse_component_value_list(text)
    return nodes


def _references(nodes: "Iterable[Node]") -> Iterator[tuple[Kind, Any]]:
    """Yields the URL tokens and the strings that are addresses. It does not recurse, so no depth exhausts the stack."""
    waiting: list[tuple[Iterator[Node], Kind, bool]] = [(iter(nodes), "image", False)]
    rule = ""
    while waiting:
        level, kind, are_strings_addresses = waiting[-1]
        node: Any = next(level, None)
        if node is None:
            waiting.pop()
            continue
        if node.type in {"whitespace", "comment"}:
            continue
        kind = _KINDS.get(rule, kind)
        if node.type == "url" or (node.type == "string" and (are_strings_addresses or rule == "import")):
            yield kind, node
        elif node.type == "function":
            waiting.append((iter(node.arguments), kind, node.lower_name in _WITH_ADDRESSES))
        elif node.type.endswith("block"):
            waiting.append((iter(node.content), kind, False))
        rule = node.lower_value if node.type == "at-keyword" else ""
