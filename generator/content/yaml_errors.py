"""What was probably meant where YAML cannot be read, in plain words. Pure; quotes nothing of the text but signs."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

_TAB = re.compile(r" *\t")
_NO_SPACE = re.compile(r"[ -]*[A-Za-z]\w*(:)[^\s/]", re.ASCII)
_NO_SPACE_AFTER_HYPHEN = re.compile(r" *(-)[^\s-]")
_FIELD = re.compile(r"[ -]*[A-Za-z]\w*:[ ]+", re.ASCII)
_OPEN = re.compile(_FIELD.pattern + r"[\[{](?=[^\]}]*$)", re.ASCII)
_SIGNS = frozenset("@`%*&!|>")


class YamlExplanation(NamedTuple):
    """What is wrong, where, and what to do."""

    line: int
    """From 1, as is the column."""
    column: int
    message: str
    remedy: str


def find(text: str, error: yaml.MarkedYAMLError) -> YamlExplanation:
    """The slip behind what PyYAML says of a text; what it says itself where none is known."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    return (
        _tab(lines, line)
        or _open_list(lines, error)
        or _no_space(lines, line)
        or _open_quote(lines, line, column, error)
        or sign(text, line, column)
        or _closed_list(lines, line, column)
        or _colon(lines, line, column, error.problem or "")
        or _no_field(lines, line, error.problem or "")
        or YamlExplanation(
            line,
            column,
            error.problem or error.context or "cannot be read as YAML",
            "quote the text or mend the indentation",
        )
    )


def sign(text: str, line: int, column: int) -> YamlExplanation | None:
    """A value that begins with a sign that means something else."""
    lines = text.split("\n")
    found = _FIELD.match(_at(lines, line))
    at = found.end() + 1 if found else column
    shown = _at(lines, line)[at - 1 : at]
    if shown not in _SIGNS:
        return None
    return YamlExplanation(line, at, f"a text that begins with {shown} needs quotes", "put the text in quotes")


def _at(lines: Sequence[str], line: int) -> str:
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _last_before(lines: Sequence[str], line: int) -> int:
    """The number of the last line before one that is not blank; 0 where there is none."""
    return next((number for number in range(min(line - 1, len(lines)), 0, -1) if lines[number - 1].strip()), 0)


def _tab(lines: Sequence[str], line: int) -> YamlExplanation | None:
    if not _TAB.match(_at(lines, line)):
        return None
    return YamlExplanation(line, 1, "is indented with a tab", "indent with spaces")


def _open_list(lines: Sequence[str], error: yaml.MarkedYAMLError) -> YamlExplanation | None:
    context, begun = error.context or "", error.context_mark
    if not begun or "flow" not in context:
        return None
    place = begun.line + 1, begun.column + 1
    if "node" in context:  # the mark is where an entry was expected
        for number in range(begun.line + 1, 0, -1):
            if found := _OPEN.match(_at(lines, number)):
                place = number, found.end()
                break
        else:
            return None
    end = "}" if _at(lines, place[0])[place[1] - 1 : place[1]] == "{" else "]"
    remedy = f"end it with {end}, or put the text in quotes if it is one"
    return YamlExplanation(*place, "the list that begins here does not end", remedy)


def _closed_list(lines: Sequence[str], line: int, column: int) -> YamlExplanation | None:
    text = _at(lines, line)
    found = _FIELD.match(text)
    if not found or text[found.end() : found.end() + 1] not in {"[", "{"} or column <= found.end() + 1:
        return None
    return YamlExplanation(
        line, column, "the list ends before its line does", "remove what follows it, or put a text in quotes"
    )


def _no_space(lines: Sequence[str], line: int) -> YamlExplanation | None:
    for number in (_last_before(lines, line), line):
        text = _at(lines, number)
        if found := _NO_SPACE.match(text):
            return YamlExplanation(
                number, found.end(1), "there is no space after the colon", "write it as `field: value`"
            )
        if found := _NO_SPACE_AFTER_HYPHEN.match(text):
            return YamlExplanation(number, found.end(1), "there is no space after the hyphen", "write it as `- entry`")
    return None


def _open_quote(lines: Sequence[str], line: int, column: int, error: yaml.MarkedYAMLError) -> YamlExplanation | None:
    if "quoted scalar" in (error.context or "") and "escape" not in (error.problem or "") and error.context_mark:
        return _does_not_end(error.context_mark.line + 1, error.context_mark.column + 1)
    text = _at(lines, line)
    found = _FIELD.match(text)
    if found and text[found.end() : found.end() + 1] in {'"', "'"} and column > found.end() + 1:
        own = text[found.end()]
        if own in text[found.end() + 1 : column]:
            other = "single" if own == '"' else "double"
            message = "the quoted text ends before its line does"
            return YamlExplanation(line, column, message, f"put the text in {other} quotes if it holds quotes itself")
    # Text that a later quote was taken to end.
    ending = text[: column - 1].rstrip()[-1:]
    for number in range(line - 1, 0, -1) if ending in {'"', "'"} else ():
        found = _FIELD.match(_at(lines, number))
        if found and (value := _at(lines, number)[found.end() :]).startswith(ending) and ending not in value[1:]:
            return _does_not_end(number, found.end() + 1)
    return None


def _does_not_end(line: int, column: int) -> YamlExplanation:
    return YamlExplanation(
        line, column, "the quoted text that begins here does not end", "end it with the quote it begins with"
    )


def _colon(lines: Sequence[str], line: int, column: int, diagnostic: str) -> YamlExplanation | None:
    found = _FIELD.match(_at(lines, line))
    if not found or column <= found.end() or "mapping values" not in diagnostic:
        return None
    return YamlExplanation(line, column, "a text that holds a colon and a space needs quotes", "put the text in quotes")


def _no_field(lines: Sequence[str], line: int, diagnostic: str) -> YamlExplanation | None:
    number = _last_before(lines, line)
    if not number or "could not find expected ':'" not in diagnostic:
        return None
    return YamlExplanation(number, 1, "is neither a field nor a part of one", "write one `field: value` a line")
