"""Reduces the raw HTML of a body to balanced elements that a body may have, and collects what is left out.

The sanitiser would remove the same. It does not say what it removed, and elements that are never closed would be
repeated in every paragraph below them.
"""

import html
import re
from collections.abc import Callable

from generator.content.commonmark import MAX_DEPTH
from generator.content.embeds import InvalidBodyError

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
"""The elements that a body may have."""
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
"""The attributes that raw HTML may have."""
_ADDRESSES = {"href", "src"}
_VOID = {"br", "hr", "img"}
# A browser ends them by itself where the next one begins.
_ENDING_THEMSELVES = {"dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
# Their content is left out as well, by the sanitiser.
_WITHOUT_CONTENT = {"script", "style"}
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z_:][\w:.-]*)(?:\s*=\s*([^"'=<>`\s]+|'[^']*'|"[^"]*"))?""")
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<[?].*?(?:[?]>|\Z)|<![a-zA-Z\[].*?(?:>|\Z)"
    rf"|<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:{_ATTRIBUTE.pattern})*)\s*/?>",
    re.DOTALL,
)


class RawHtml:
    """Reads the raw HTML of one body from top to bottom."""

    def __init__(self, report: Callable[[str, int], None], address: Callable[[str, int], None]) -> None:
        """Takes what is called with each markup that is left out and with each address, and their lines from 0."""
        self._report = report
        self._address = address
        self._open: list[list[str]] = [[]]

    def enter(self) -> None:
        """Enters an element of the Markdown, in which raw elements begin and end."""
        self._open.append([])

    def leave(self) -> str:
        """Leaves the element of the Markdown, and returns the tags that end the raw elements which it left open."""
        return _ends(self._open.pop())

    def reduce(self, text: str, line: int) -> str:
        """Returns raw HTML that starts in a line, from 0, without what a body may not have."""
        parts = []
        end = 0
        for match in _MARKUP.finditer(text):
            between = text[end : match.start()]
            line += between.count("\n")
            parts.append(between.replace("<", "&lt;"))
            name = (match["name"] or "").lower()
            parts.append(self._end(name) if match["slash"] else self._start(name, match["attributes"], line))
            line += match[0].count("\n")
            end = match.end()
        return "".join(parts) + text[end:].replace("<", "&lt;")

    def _start(self, name: str, attributes: str, line: int) -> str:
        is_hidden = any(opened in _WITHOUT_CONTENT for opened in self._open[-1])
        if not name or is_hidden:  # a comment, or within a script
            return ""
        if name not in TAGS:
            self._report(f"<{name}>", line)
            if name not in _WITHOUT_CONTENT:
                return ""
            attributes = ""
        if name not in _VOID | _ENDING_THEMSELVES:
            self._open[-1].append(name)
            if sum(map(len, self._open)) > MAX_DEPTH:
                raise InvalidBodyError(f"the raw HTML of the body is nested deeper than {MAX_DEPTH} levels")
        return f"<{name}{''.join(self._attributes(name, attributes, line))}>"

    def _attributes(self, name: str, attributes: str, line: int) -> list[str]:
        kept = []
        for match in _ATTRIBUTE.finditer(attributes):
            attribute = match[1].lower()
            if attribute not in ATTRIBUTES.get(name, ()):
                self._report(attribute, line + attributes.count("\n", 0, match.start(1)))
                continue
            value = match[2] or ""
            value = html.unescape(value[1:-1] if value[:1] in {"'", '"'} else value)
            if attribute in _ADDRESSES:
                self._address(value, line)
            kept.append(f' {attribute}="{html.escape(value)}"')
        return kept

    def _end(self, name: str) -> str:
        if name in _ENDING_THEMSELVES:
            return f"</{name}>"
        opened = self._open[-1]
        if name not in opened:
            return ""
        first = len(opened) - 1 - opened[::-1].index(name)
        ended = opened[first:]
        del opened[first:]
        return _ends(ended)


def _ends(names: list[str]) -> str:
    return "".join(f"</{name}>" for name in reversed(names))
