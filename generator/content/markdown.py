"""Renders the Markdown bodies of documents to sanitised HTML, and collects their links and what is left out."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it.token import Token

from generator.content import commonmark, urls
from generator.content.beside import Resolve
from generator.content.commonmark import MAX_DEPTH
from generator.content.embeds import Body, BodyLink, BodyMarkup, InvalidBodyError
from generator.content.raw_html import ATTRIBUTES, TAGS, RawHtml
from generator.util import weburls
from generator.util.text import short_hash, strip_unwanted

# What only the renderer gives: a value without its mark is removed.
_OWN_ATTRIBUTES = {"class", "id", "role"}
_SCHEMES = {"http", "https", "mailto"}
_SCHEMES_OF_OWNER = _SCHEMES | {"tel"}
# The characters that browsers ignore in an address (WHATWG URL Standard), anywhere or at its ends.
_SKIPPED = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
# White space is limited, because the search would take quadratic time without a limit.
_SCHEME = re.compile(r"""=\s{0,9}["']?\s{0,9}([a-z][a-z0-9+.-]*):""", re.IGNORECASE)
_NO_SOURCE = re.compile(r'<img(?![^<>]* src=")(?:[^<>]*? alt="([^<>"]*)")?[^<>]*>')
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
_MAX_LENGTH = 128 * 1024
_MAX_BRACKETS = 10_000
_MAX_REPEATED = 1_000_000
_CONTAINERS = {"blockquote", "li", "dd"}
# How far after the last address of a paragraph the next one is searched, so that the search takes linear time.
_SEARCHED = 4_096


def render_body(
    source: str,
    *,
    base_path: str = "",
    first_line: int = 1,
    resolve: Resolve = lambda _: None,
    is_of_owner: bool = False,
) -> Body:
    """Renders a Markdown body to sanitised HTML. Its headings start at level 2.

    Args:
        source: the Markdown.
        base_path: the path below which the site is served; links into the site are prefixed with it.
        first_line: the line of the document in which the body starts.
        resolve: resolves relative links; those to no file are dropped.
        is_of_owner: whether the owner of the site has written it, and so may link to telephone numbers.

    Raises:
        InvalidBodyError: the body is too long, nested too deeply, or has too much of what takes long to render.
    """
    source = strip_unwanted(source)
    _refuse_excess(source)
    mark = f"{short_hash(source, size=16)}-"  # no body can contain it
    parser = commonmark.parser()
    environment: dict[str, Any] = {}
    tokens = parser.parse(source, environment)
    prepared = _Prepared(environment.get("references", {}), mark)
    unsafe = parser.renderer.render(list(prepared.run(tokens)), parser.options, environment)
    links = _Links(base_path, resolve, prepared.anchor, is_of_owner=is_of_owner)

    def rewrite(_tag: str, attribute: str, value: str) -> str | None:
        if attribute in _OWN_ATTRIBUTES:
            return value.removeprefix(mark) if value.startswith(mark) else None
        return links.address_of(attribute, value) if attribute in {"href", "src"} else value

    schemes = _SCHEMES_OF_OWNER if is_of_owner else _SCHEMES
    _collect_refused_schemes(unsafe, schemes, links.dropped)
    html = nh3.clean(
        unsafe,
        tags=TAGS,
        attributes=ATTRIBUTES | {"*": _OWN_ATTRIBUTES},
        url_schemes=schemes,
        link_rel="noopener",
        attribute_filter=rewrite,
    )
    # Of a picture that is left out, its alternative text is shown.
    html = strip_unwanted(_NO_SOURCE.sub(r"\1", html)).strip()
    # They are scrolled where they are wider than the page, and the keyboard scrolls only what it can reach.
    html = html.replace("<table>", '<table tabindex="0">').replace("<pre>", '<pre tabindex="0">')

    def placed(addresses: dict[str, str]) -> tuple[BodyLink, ...]:
        return tuple(
            BodyLink(address, first_line + prepared.lines.get(written, 0)) for address, written in addresses.items()
        )

    left_out = tuple(BodyMarkup(markup, first_line + line) for markup, line in prepared.left_out.items())
    return Body(html, placed(links.inside), placed(links.on_web), placed(links.dropped), left_out)


class _Links:
    """The links and pictures of a body: each address, with the address as it is written."""

    def __init__(self, base_path: str, resolve: Resolve, anchor: Callable[[str], str], *, is_of_owner: bool) -> None:
        self.inside: dict[str, str] = {}
        self.on_web: dict[str, str] = {}
        """Without pictures."""
        self.dropped: dict[str, str] = {}
        self._base_path = base_path
        self._resolve = resolve
        self._anchor = anchor
        self._is_of_owner = is_of_owner

    def address_of(self, attribute: str, value: str) -> str | None:
        """Returns the address to write for ``href`` or ``src``, and adds it; None if the attribute is left out."""
        value = _SKIPPED.sub("", value)  # before its beginning is examined
        path = urls.without_query(value)
        is_from_root = value.startswith("/") and not value.startswith(("//", "/\\"))
        if inside := path if is_from_root else self._resolve(path):
            self.inside.setdefault(inside, value)
            return self._base_path + inside + value.removeprefix(path)
        if attribute == "href" and (value.startswith("mailto:") or (self._is_of_owner and weburls.is_phone(value))):
            return value
        if anchor := self._anchor(value):
            return f"#{anchor}"
        try:
            address = weburls.clean(value)
        except weburls.InvalidUrlError:
            self.dropped.setdefault(value, value)
            return None
        if attribute == "href":
            self.on_web.setdefault(address, value)
        return address


class _Prepared:
    """The tokens of a body as they are rendered, and what is known of them.

    ``mark`` begins every id, class and role that the renderer makes, so that none of a document is taken for one.
    """

    def __init__(self, references: dict[str, Any], mark: str) -> None:
        self.lines: dict[str, int] = {}
        """The line of each address, from 0."""
        self.left_out: dict[str, int] = {}
        """The elements and attributes of raw HTML that are left out, and the line of the first of each."""
        self._references = references
        self._mark = mark
        self._anchors: dict[str, int] = {}
        self._box = ""
        self._lower = 0
        """How many levels lower headings are shown."""
        self._written = 0
        self._raw = RawHtml(self._leave_out, self._add_line)

    def anchor(self, address: str) -> str:
        """Returns the id to which a fragment leads. It is empty if there is none, or if the address is no fragment."""
        if address.startswith(f"#{self._mark}"):
            return address.removeprefix(f"#{self._mark}")
        name = unquote(address[1:]).lower()
        return f"h-{name}" if address.startswith("#") and name in self._anchors else ""

    def run(self, tokens: list[Token]) -> Iterator[Token]:
        """Yields the tokens to render.

        Raises:
            InvalidBodyError: they are nested too deeply.
        """
        line = depth = 0
        # The page has a heading of the first level, so the highest of a body is one of the second.
        self._lower = 2 - min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=2)
        for index, token in enumerate(tokens):
            line = token.map[0] if token.map else line
            if token.nesting == 1:
                self._raw.enter()
            elif token.nesting == -1 and (ends := self._raw.leave()):
                yield _html(ends)
            if token.tag in _CONTAINERS or token.type.startswith("footnote_"):
                depth += token.nesting
                _refuse_depth(depth)
            match token.type:
                case "inline":
                    token.children = list(self._inline(token, line))
                case "html_block":
                    token.content = self._raw.reduce(token.content, line)
                case "heading_open":
                    self._add_anchor(token, tokens[index + 1])
            yield self._block(token)
        yield _html(self._raw.leave())

    def _block(self, token: Token) -> Token:
        match token.type:
            case "heading_open" | "heading_close":
                token.tag = f"h{min(int(token.tag[1]) + self._lower, 6)}"
            case "th_open" | "td_open" if style := token.attrs.get("style"):
                token.attrs = {"class": f"{self._mark}{str(style).removeprefix('text-align:')}"}
            case "list_item_open" if "checked" in token.meta:
                self._box = "☑ " if token.meta.pop("checked") else "☐ "
                token.attrs = {"class": f"{self._mark}task"}
            case "footnote_block_open":
                return _html(f'<ol class="{self._mark}notes">\n')
            case "footnote_block_close":
                return _html("</ol>\n")
            case "footnote_open":
                return _html(f'<li id="{self._mark}fn-{token.meta["id"] + 1}">')
            case "footnote_close":
                return _html("</li>\n")
            case "footnote_anchor":
                return _html(f' <a href="#{self._mark}{_place(token)}" role="{self._mark}doc-backlink">↩</a>')
        return token

    def _inline(self, inline: Token, line: int) -> Iterator[Token]:
        if self._box:
            yield Token("text", "", 0, content=self._box)
            self._box = ""
        breaks = newlines = position = 0
        for child in inline.children or ():
            _refuse_depth(child.level)
            breaks += child.type in {"softbreak", "hardbreak"}
            is_raw = child.type == "html_inline"
            written = child.content if is_raw else str(child.attrs.get("href") or child.attrs.get("src") or "")
            found = inline.content.find(written, position, position + len(written) + _SEARCHED) if written else -1
            if found >= 0:
                newlines += inline.content.count("\n", position, found)
                position = found
            at = line + max(newlines, breaks)  # the breaks count for an address with entities, which is not found
            if is_raw:
                child.content = self._raw.reduce(child.content, at)
            elif child.type in {"link_open", "image"}:
                definition = self._references.get(child.meta.get("label", ""))
                self._add_line(written, definition["map"][0] if definition else at)
                self._refuse_repetition(child)
            yield self._footnote(child) if child.type == "footnote_ref" else child

    def _footnote(self, reference: Token) -> Token:
        number = reference.meta["id"] + 1
        return _html(
            f'<sup><a href="#{self._mark}fn-{number}" id="{self._mark}{_place(reference)}"'
            f' role="{self._mark}doc-noteref">{number}</a></sup>'
        )

    def _refuse_repetition(self, link: Token) -> None:
        """Refuses a body in which many links repeat the long address or title of one definition."""
        self._written += sum(len(str(value)) for value in link.attrs.values())
        if self._written > _MAX_REPEATED:
            raise InvalidBodyError(
                f"the addresses and titles of the links in the body have more than {_MAX_REPEATED:,} characters"
            )

    def _add_line(self, written: str, line: int) -> None:
        self.lines.setdefault(_SKIPPED.sub("", written), line)

    def _leave_out(self, markup: str, line: int) -> None:
        self.left_out.setdefault(markup, line)

    def _add_anchor(self, heading: Token, inline: Token) -> None:
        """Gives a heading the id that GitHub gives it, behind a prefix: it can be no id or name of the page."""
        title = "".join(child.content for child in inline.children or () if child.type in {"text", "code_inline"})
        slug = anchor = _NOT_IN_ANCHOR.sub("", title.strip().lower()).replace(" ", "-")
        if not slug:
            return
        while anchor in self._anchors:
            self._anchors[slug] += 1
            anchor = f"{slug}-{self._anchors[slug]}"
        self._anchors[anchor] = 0
        heading.attrs["id"] = f"{self._mark}h-{anchor}"


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _place(reference: Token) -> str:
    """Returns the id of a reference to a footnote, from it or from the way back to it."""
    number, nth = reference.meta["id"] + 1, reference.meta["subId"]
    return f"fnref-{number}-{nth + 1}" if nth > 0 else f"fnref-{number}"


def _refuse_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidBodyError(f"the body is nested deeper than {MAX_DEPTH} levels")


def _refuse_excess(source: str) -> None:
    if len(source) > _MAX_LENGTH:
        raise InvalidBodyError(f"the body is longer than {_MAX_LENGTH:,} characters")
    if source.count("[") > _MAX_BRACKETS:
        raise InvalidBodyError(f"the body has more than {_MAX_BRACKETS:,} of the character `[`")


def _collect_refused_schemes(rendered: str, allowed: Collection[str], dropped: dict[str, str]) -> None:
    """Adds addresses with a scheme that is not allowed, which nh3 removes without calling the attribute filter."""
    schemes = {scheme.lower() for scheme in _SCHEME.findall(rendered)}.difference(allowed)
    if not schemes:
        return

    def collect(_tag: str, attribute: str, value: str) -> None:
        if attribute in {"href", "src"}:
            value = _SKIPPED.sub("", value)
            dropped.setdefault(value, value)

    # The result is not used. The call only passes each address with one of these schemes to the filter.
    nh3.clean(rendered, url_schemes=schemes, url_relative="deny", attribute_filter=collect)
