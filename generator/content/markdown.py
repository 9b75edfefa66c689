"""Renders the Markdown bodies of documents to sanitised HTML, and collects their links."""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import markdown
import nh3
from markdown.treeprocessors import Treeprocessor

from generator.content.beside import Resolve
from generator.content.embeds import Body, BodyLink, InvalidBodyError
from generator.util import weburls
from generator.util.text import strip_unwanted

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto"}
# The characters that browsers ignore in an address (WHATWG URL Standard), anywhere or at its ends.
_SKIPPED = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
# White space is limited, because the search would take quadratic time without a limit.
_SCHEME = re.compile(r"""=\s{0,9}["']?\s{0,9}([a-z][a-z0-9+.-]*):""", re.IGNORECASE)
_EMPTY_LINK = re.compile(r"""\]\([ \t]*\)|\b(?:href|src)=(?:""|'')""")
_NO_SOURCE = re.compile(r'<img(?![^<>]* src=")[^<>]*>')
# Python-Markdown takes quadratic time in the number of some marks, and recurses with the depth of nesting. Bodies that
# a person wrote stay far below these limits. They make the result independent of the machine and its stack.
_MAX_MARKS = 500
_MARKS = frozenset("[<*_`#\\!&|=~")
_MAX_LENGTH = 64 * 1024
_TOO_NESTED = re.compile(r"^(?:[ \t]*(?:>|[*+-]|\d{1,9}[.)])(?=[ \t>])){16}|^[ \t]{64}", re.MULTILINE)
# Python-Markdown recurses for each of these, even if they are not nested.
_DEFINITION = re.compile(r"^ {0,3}:[ ]", re.MULTILINE)
_MAX_DEFINITIONS = 100
_RULE = re.compile(r"^[-=]+[ ]*$", re.MULTILINE)


class _HeadingsBelow(Treeprocessor):
    """Moves headings down by one level, because the page has a heading of the first level."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if re.fullmatch("h[1-5]", element.tag):
                element.tag = f"h{int(element.tag[1]) + 1}"


def render_body(source: str, *, base_path: str = "", first_line: int = 1, resolve: Resolve = lambda _: None) -> Body:
    """Renders a Markdown body to sanitised HTML. Its headings start at level 2.

    Args:
        source: the Markdown.
        base_path: the path below which the site is served; links into the site are prefixed with it.
        first_line: the line of the document in which the body starts.
        resolve: resolves relative links; those to no file are dropped.

    Raises:
        InvalidBodyError: the body is too long, nested too deeply, or has too many marks to be rendered in reasonable
            time.
    """
    source = strip_unwanted(source)
    _refuse_excess(source)
    links: dict[str, str] = {}
    web_links: dict[str, str] = {}
    dropped: dict[str, None] = {}

    def rewrite(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in {"href", "src"}:
            return value
        value = _SKIPPED.sub("", value)  # before its beginning is examined
        if value.startswith("/") and not value.startswith(("//", "/\\")):
            path = value.partition("#")[0].partition("?")[0]
            links.setdefault(path, path)
            return base_path + value
        if value.startswith("mailto:") and attribute == "href":
            return value
        written = value.partition("#")[0].partition("?")[0]
        if written and (resolved := resolve(written)):
            links.setdefault(resolved, written)
            return base_path + resolved + value.removeprefix(written)
        try:
            address = weburls.clean(value)
        except weburls.InvalidUrlError:
            dropped[value] = None  # fragments too, because ids are removed
            return None
        if attribute == "href":
            web_links.setdefault(address, value)
        return address

    converter = markdown.Markdown(
        extensions=["tables", "fenced_code", "sane_lists", "def_list", "abbr"], output_format="html"
    )
    converter.treeprocessors.register(_HeadingsBelow(converter), "below", 5)
    try:
        unsafe = converter.convert(source)
    except RecursionError:
        raise InvalidBodyError("the body is nested too deeply") from None
    _collect_refused_schemes(unsafe, dropped)
    html = nh3.clean(
        unsafe, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener", attribute_filter=rewrite
    )
    html = strip_unwanted(_NO_SOURCE.sub("", html)).strip()
    return Body(
        html,
        tuple(BodyLink(path, first_line + _line_of(written, source)) for path, written in links.items()),
        tuple(BodyLink(address, first_line + _line_of(written, source)) for address, written in web_links.items()),
        tuple(BodyLink(written, first_line + _line_of(written, source)) for written in dropped),
    )


def _collect_refused_schemes(rendered: str, dropped: dict[str, None]) -> None:
    """Adds addresses with a scheme that is not allowed, which nh3 removes without calling the attribute filter."""
    schemes = {scheme.lower() for scheme in _SCHEME.findall(rendered)} - _SCHEMES
    if not schemes:
        return

    def collect(_tag: str, attribute: str, value: str) -> None:
        if attribute in {"href", "src"}:
            dropped[_SKIPPED.sub("", value)] = None

    # The result is not used. The call only passes each address with one of these schemes to the filter.
    nh3.clean(rendered, url_schemes=schemes, url_relative="deny", attribute_filter=collect)


def _refuse_excess(source: str) -> None:
    if len(source) > _MAX_LENGTH:
        raise InvalidBodyError(f"the body is longer than {_MAX_LENGTH // 1024} kB")
    if _TOO_NESTED.search(source):
        raise InvalidBodyError("the body is nested too deeply")
    if len(_RULE.findall(source)) > _MAX_MARKS:
        raise InvalidBodyError(f"the body has more than {_MAX_MARKS} rules or underlined headings")
    if len(_DEFINITION.findall(source)) > _MAX_DEFINITIONS:
        raise InvalidBodyError(f"the body has more than {_MAX_DEFINITIONS} definitions")
    marks = Counter(character for character in source if character in _MARKS)
    for mark, count in marks.most_common(1):
        if count > _MAX_MARKS:
            raise InvalidBodyError(f"the body has more than {_MAX_MARKS} of the character {mark!r}")


def _line_of(link: str, source: str) -> int:
    """Returns the line of a link, from 0. It prefers the target of a link to the same characters in other text."""
    if not link:
        found = _EMPTY_LINK.search(source)
        return source.count("\n", 0, found.start()) if found else 0
    found = re.search(rf"""[("'<:][ \t]*{re.escape(link)}(?=[)"'>?#\s]|$)""", source)
    return source.count("\n", 0, found.start() if found else max(source.find(link), 0))
