"""Parses the Markdown of bodies: CommonMark with the extensions of GitHub, definition lists and abbreviations."""

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def, footnote_ref

from generator.content.embeds import InvalidBodyError

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType

MAX_DEPTH = 15
"""How deep lists, quotations, definitions, footnotes and raw elements may be nested in each other."""
_MAX_ABBREVIATIONS = 100

# A list and its entry are two levels of the parser, which leaves out what is deeper than this without an error. Bodies
# that come so far are refused by their depth.
_MAX_LEVELS = 2 * MAX_DEPTH + 2
_ABBREVIATION = re.compile(r"\*\[([^\]\\]{1,100})\]:[ \t]*(\S.{0,199})")
_FOOTNOTE = re.compile(r"\[\^[^\s\]]{1,100}\]")
_HOST = r"[^\W_](?:[\w.-]*[^\W_])?"
_LABEL = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
# Bare links as on GitHub: what precedes the character at which the parser stops, and what begins with it.
_BARE_LINKS = {
    ":": (re.compile(r"https?\Z"), re.compile(rf"://{_HOST}[^\s<]*")),
    "w": (re.compile(r"\Z"), re.compile(rf"www\.{_HOST}[^\s<]*")),
    "@": (
        re.compile(r"[a-z0-9.+_-]{1,64}\Z", re.IGNORECASE),
        re.compile(rf"@{_LABEL}(?:\.{_LABEL})+(?![\w@-])", re.IGNORECASE),
    ),
}
_ENTITY_AT_END = re.compile(r"&[A-Za-z0-9]{1,31};\Z")


class _Parser(MarkdownIt):
    """Leaves addresses as they are written: :mod:`generator.content.markdown` checks and encodes them."""

    def validateLink(self, _url: str) -> bool:  # noqa: N802 - the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@functools.cache
def parser() -> MarkdownIt:
    """Returns the parser. It keeps nothing between two bodies.

    Its ``parse`` raises :class:`InvalidBodyError` if a body defines too many abbreviations.
    """
    made = _Parser(
        "commonmark",
        {"maxNesting": _MAX_LEVELS, "tasklists": True, "strikethrough_single_tilde": True, "store_labels": True},
    )
    made.enable(["table", "strikethrough"])
    made.use(deflist_plugin).use(footnote_plugin, inline=False)
    interrupting: RuleOptionsType = {"alt": ["paragraph", "reference"]}
    made.block.ruler.at("footnote_def", _footnote, interrupting)
    made.inline.ruler.at("footnote_ref", _footnote_reference)
    made.block.ruler.before("reference", "abbreviation", _abbreviation, interrupting)
    made.core.ruler.push("abbreviations", _mark_abbreviations)
    made.inline.add_terminator_char("w")
    made.inline.ruler.push("bare_link", _bare_link)
    return made


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    """Reads a footnote, but none within another: the plugin would mix their elements."""
    if silent:
        return footnote_def(state, start, end, silent)
    if state.env.get("is_in_footnote"):
        return False
    state.env["is_in_footnote"] = True
    try:
        return footnote_def(state, start, end, silent)
    finally:
        state.env["is_in_footnote"] = False


def _footnote_reference(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Reads ``[^label]``. The plugin would search for the end of each label in the whole paragraph."""
    return bool(_FOOTNOTE.match(state.src, state.pos)) and footnote_ref(state, silent)


def _bare_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Makes links of addresses and mailboxes in the text. The plugins for it take quadratic time."""
    kind = state.src[state.pos]
    if silent or state.linkLevel or kind not in _BARE_LINKS:
        return False
    before, after = _BARE_LINKS[kind]
    begun = before.search(state.pending[-64:])
    start = state.pos - len(begun[0]) if begun else 0
    # What precedes is examined first: the end of an address is searched only if it becomes a link.
    if not begun or (start and (state.src[start - 1].isalnum() or state.src[start - 1] == "/")):
        return False
    found = after.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    written = _without_punctuation(state.src[start : found.end()])
    text = written.replace("&amp;", "&")
    state.pending = state.pending.removesuffix(begun[0])
    state.push("link_open", "a", 1).attrs = {"href": {":": "", "w": "http://", "@": "mailto:"}[kind] + text}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)
    state.pos = start + len(written)
    return True


def _without_punctuation(address: str) -> str:
    """Returns an address without what belongs to the sentence around it."""
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while True:
        if address[end - 1] in "?!.,:*_~'\"":
            end -= 1
        elif address[end - 1] == ")" and surplus > 0:
            end, surplus = end - 1, surplus - 1
        elif entity := _ENTITY_AT_END.search(address, max(end - 40, 0), end):
            end = entity.start()
        else:
            return address[:end]


def _abbreviation(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    """Reads ``*[ROC]: receiver operating characteristic``."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = _ABBREVIATION.fullmatch(line) if line.startswith("*[") else None
    if not found:
        return False
    if not silent:
        meanings = state.env.setdefault("abbreviations", {})
        meanings[found[1]] = found[2].strip()
        if len(meanings) > _MAX_ABBREVIATIONS:
            raise InvalidBodyError(f"the body defines more than {_MAX_ABBREVIATIONS} abbreviations")
        state.line = start + 1
    return True


def _mark_abbreviations(state: StateCore) -> None:
    """Puts an ``<abbr>`` around each abbreviation in the text."""
    meanings: dict[str, str] = state.env.get("abbreviations", {})
    if not meanings:
        return
    longest_first = sorted(meanings, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")

    def marked(child: Token) -> Iterator[Token]:
        if child.type != "text":
            yield child
            return
        for number, part in enumerate(pattern.split(child.content)):
            text = Token("text", "", 0, content=part, level=child.level)
            if number % 2:
                yield Token("abbr_open", "abbr", 1, attrs={"title": meanings[part]}, level=child.level)
                yield text
                yield Token("abbr_close", "abbr", -1, level=child.level)
            elif part:
                yield text

    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = [new for child in token.children for new in marked(child)]
