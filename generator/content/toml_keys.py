"""Finds the places of keys and list entries in TOML, which ``tomllib`` does not report. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<text>\"\"\"(?:[^\\]|\\.)*?\"{3,5}|'''.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
    |(?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<sign>[\[\]{},=.\n])
    |(?P<bare>[^\s\[\]{},=.\#"']+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LONG_KEY = re.compile(r"(?:\.[ \t]*+(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+){16}", re.ASCII)
POSITION = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")
"""The place at the end of the messages of ``tomllib``."""
# A path is as long as its depth, so memory grows with the square of the depth.
_MAX_DEPTH = 100
Path = tuple[str | int, ...]


class Node(NamedTuple):
    """A key or a list entry. Lines and columns count from 1."""

    path: Path
    line: int
    column: int
    is_key: bool


class _Token(NamedTuple):
    text: str
    """A key without its quotes, and a sign as it is. Empty at the end of the file."""
    sign: str
    """The text if it is a sign, else empty."""
    line: int
    column: int


def long_key(toml: str) -> int | None:
    """Returns the offset of a key with very many parts, which would take ``tomllib`` too long."""
    found = _LONG_KEY.search(toml)
    return found.start() if found else None


def walk(toml: str) -> Iterator[Node]:
    """Yields the keys and list entries of TOML. What is found in invalid TOML is a guess.

    A key in quotes is taken as it is written between them.
    """
    tokens = _Tokens(toml)
    table: Path = ()
    sizes: dict[Path, int] = {}
    """The number of tables in each list of tables."""
    while tokens.next.text:
        first = tokens.next
        if first.sign == "\n":
            tokens.take()
            continue
        if first.sign == "[":
            tokens.take()
            is_list = tokens.next.sign == "["
            parts = tokens.key("]")
            path = (*_inside(parts[:-1], sizes), *parts[-1:])
            if is_list:
                number = sizes[path] = sizes.get(path, 0) + 1
                path = (*path, number - 1)
            yield Node(path, first.line, first.column, is_key=not is_list)
            table = _inside(parts, sizes)
        else:
            yield from _pair(tokens, table, 0)
        tokens.skip_to("\n")


def _pair(tokens: "_Tokens", table: Path, depth: int) -> Iterator[Node]:
    """Yields a key with the parts before its dots, and what is in its value."""
    first = tokens.next
    parts = tokens.key("=")
    for length in range(1, len(parts) + 1):
        yield Node((*table, *parts[:length]), first.line, first.column, is_key=length == len(parts))
    yield from _value(tokens, (*table, *parts), depth)


def _value(tokens: "_Tokens", path: Path, depth: int) -> Iterator[Node]:
    token = tokens.take()
    if depth == _MAX_DEPTH:
        return
    if token.sign == "[":
        index = 0
        while tokens.next.sign != "]" and tokens.next.text:
            if tokens.next.sign in {",", "\n"}:
                index += tokens.take().sign == ","
            else:
                yield Node((*path, index), tokens.next.line, tokens.next.column, is_key=False)
                yield from _value(tokens, (*path, index), depth + 1)
        tokens.take()
    elif token.sign == "{":
        while tokens.next.sign != "}" and tokens.next.text:
            if tokens.next.sign in {",", "\n"}:
                tokens.take()
            else:
                yield from _pair(tokens, path, depth + 1)
                tokens.skip_to(",}")
        tokens.take()


def _inside(parts: list[str], sizes: dict[Path, int]) -> Path:
    """Returns the path of a table. Where a part is a list of tables, its last one is meant."""
    path: Path = ()
    for part in parts:
        path = (*path, part)
        if path in sizes:
            path = (*path, sizes[path] - 1)
    return path


class _Tokens:
    """The tokens of a text without spaces and comments."""

    def __init__(self, toml: str) -> None:
        self._rest = self._read(toml)
        self.next = next(self._rest)

    @staticmethod
    def _read(toml: str) -> Iterator[_Token]:
        line, start = 1, 0
        for match in _TOKEN.finditer(toml):
            text, kind = match[0], match.lastgroup
            if kind != "skip":
                written = text[1:-1] if kind == "text" else text
                yield _Token(written or "''", text if kind == "sign" else "", line, match.start() - start + 1)
            if newlines := text.count("\n"):
                line, start = line + newlines, match.start() + text.rindex("\n") + 1
        while True:
            yield _Token("", "", line, 1)

    def take(self) -> _Token:
        """Returns the next token, and moves on."""
        taken, self.next = self.next, next(self._rest)
        return taken

    def skip_to(self, signs: str) -> None:
        """Moves on to the next of these signs, or the end."""
        while self.next.text and not (self.next.sign and self.next.sign in signs):
            self.take()

    def key(self, end: str) -> list[str]:
        """Returns the parts of a key, and moves behind the sign that ends it; an invalid key ends with its line."""
        parts = []
        while self.next.text and self.next.sign != "\n":
            token = self.take()
            if token.sign == end:
                break
            if not token.sign:
                parts.append(token.text)
        return parts
