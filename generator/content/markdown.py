"""The Markdown bodies of documents as HTML: nothing passes through unchecked."""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import markdown
import nh3
from markdown.treeprocessors import Treeprocessor

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
# What browsers skip wherever it stands in an address (WHATWG URL Standard); at the ends, all control characters.
_SKIPPED = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
# Of schemes that follow more white space nothing is said; without a limit this would take the square of its length.
_SCHEME = re.compile(r"""=\s{0,9}["']?\s{0,9}([a-z][a-z0-9+.-]*):""", re.IGNORECASE)
_EMPTY_LINK = re.compile(r"""\]\([ \t]*\)|\b(?:href|src)=(?:""|'')""")
_NO_SOURCE = re.compile(r'<img(?![^<>]* src=")[^<>]*>')
# Python-Markdown takes time by the square of some marks, and recurses by the depth of nesting. Bodies that a person
# wrote stay far below these limits, and limits of our own keep the result independent of the machine and its stack.
_MAX_MARKS = 500
_MARKS = frozenset("[<*_`#\\!&|=~")
_MAX_LENGTH = 64 * 1024
_TOO_NESTED = re.compile(r"^(?:[ \t]*(?:>|[*+-]|\d{1,9}[.)])(?=[ \t>])){16}|^[ \t]{64}", re.MULTILINE)
# Each recurses, whether or not it is nested.
_DEFINITION = re.compile(r"^ {0,3}:[ ]", re.MULTILINE)
_MAX_DEFINITIONS = 100
_RULE = re.compile(r"^[-=]+[ ]*$", re.MULTILINE)


class _Below(Treeprocessor):
    """Moves headings one level down: the page has its own first level."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if re.fullmatch("h[1-5]", element.tag):
                element.tag = f"h{int(element.tag[1]) + 1}"


def render_body(source: str, *, base_path: str = "", first_line: int = 1) -> Body:
    """Renders a Markdown body to sanitised HTML; its headings start at level 2.

    Args:
        source: the Markdown.
        base_path: the path below which the site is served, put before links into the site.
        first_line: the line of the document in which the body starts.

    Raises:
        InvalidBodyError: it is longer, or nested deeper, or has more marks than can be rendered in reasonable time.
    """
    source = strip_unwanted(source)
    _refuse_excess(source)
    links: dict[str, None] = {}
    web_links: dict[str, str] = {}
    dropped: dict[str, None] = {}

    def rewrite(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in {"href", "src"}:
            return value
        value = _SKIPPED.sub("", value)  # before anything is said about how it begins
        if value.startswith("/") and not value.startswith(("//", "/\\")):
            links[value.partition("#")[0].partition("?")[0]] = None
            return base_path + value
        if value.startswith("mailto:") and attribute == "href":
            return value
        try:
            address = weburls.clean(value)
        except weburls.InvalidUrlError:
            dropped[value] = None  # fragments too: ids are taken out, so they would lead nowhere
            return None
        if attribute == "href":
            web_links.setdefault(address, value)
        return address

    converter = markdown.Markdown(
        extensions=["tables", "fenced_code", "sane_lists", "def_list", "abbr"], output_format="html"
    )
    converter.treeprocessors.register(_Below(converter), "below", 5)
    try:
        rendered = converter.convert(source)
    except RecursionError:
        raise InvalidBodyError("the body is nested too deeply") from None
    _note_schemes(rendered, dropped)
    html = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        attribute_filter=rewrite,
    )
    html = strip_unwanted(_NO_SOURCE.sub("", html)).strip()
    return Body(
        html,
        tuple(BodyLink(link, first_line + _line_of(link, source)) for link in links),
        tuple(BodyLink(address, first_line + _line_of(written, source)) for address, written in web_links.items()),
        tuple(BodyLink(written, first_line + _line_of(written, source)) for written in dropped),
    )


def _note_schemes(rendered: str, dropped: dict[str, None]) -> None:
    """Adds the links and pictures with schemes that are never shown, which cleaning takes out without asking."""
    schemes = {scheme.lower() for scheme in _SCHEME.findall(rendered)} - _SCHEMES
    if not schemes:
        return

    def note(_tag: str, attribute: str, value: str) -> None:
        if attribute in {"href", "src"}:
            dropped[_SKIPPED.sub("", value)] = None

    # What comes out of this goes nowhere: it only asks about each address with one of these schemes.
    nh3.clean(rendered, url_schemes=schemes, url_relative="deny", attribute_filter=note)


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
            raise InvalidBodyError(f"the body has more than {_MAX_MARKS} of {mark!r}")


def _line_of(link: str, source: str) -> int:
    """The line, from 0, on which a link stands: as the target of a link rather than as a part of another text."""
    if not link:
        found = _EMPTY_LINK.search(source)
        return source.count("\n", 0, found.start()) if found else 0
    found = re.search(rf"""[("'<:][ \t]*{re.escape(link)}(?=[)"'>?#\s]|$)""", source)
    return source.count("\n", 0, found.start() if found else max(source.find(link), 0))
