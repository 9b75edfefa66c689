"""Explains YAML that cannot be read by the mistake that probably caused it. Pure.

Messages quote nothing of the text but single punctuation characters, because a value may be secret.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

from generator.errors import Code, Diagnostic
from generator.util.text import TYPOGRAPHIC_QUOTES

_TAB = re.compile(r" *\t")
_NO_SPACE = re.compile(r"[ -]*[A-Za-z]\w*(:)[^\s/]", re.ASCII)
_NO_SPACE_AFTER_HYPHEN = re.compile(r" *(-)[^\s-]")
_FIELD = re.compile(r"[ -]*[A-Za-z]\w*:[ ]+", re.ASCII)
_OPEN = re.compile(_FIELD.pattern + r"[\[{](?=[^\]}]*$)", re.ASCII)
# The characters that mean something in YAML at the beginning of a value.
_INDICATORS = frozenset("@`%*&!|>")


class YamlDiagnostic(NamedTuple):
    """A problem in YAML, before the file is known."""

    line: int
    """Counted from 1."""
    column: int
    """Counted from 1, in characters."""
    message: str
    remedy: str
    code: Code = Code.INVALID_YAML

    def in_file(self, path: str) -> Diagnostic:
        """Returns the diagnostic with the path of the file."""
        return Diagnostic(path=path, **self._asdict())


def explain(text: str, error: yaml.MarkedYAMLError) -> YamlDiagnostic:
    """Returns the mistake behind an error of PyYAML, or the message of PyYAML if it is not a known one."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    if _TAB.match(_line(lines, line)):
        return YamlDiagnostic(line, 1, "is indented with a tab", "indent with spaces")
    message = error.problem or error.context or "cannot be read as YAML"
    return (
        _open_list(lines, error)
        or _no_space(lines, line)
        or _typographic_quotes(lines, line)
        or _open_quote(lines, line, column, error)
        or indicator(text, line, column)
        or _closed_list(lines, line, column)
        or _colon(lines, line, column, error.problem or "")
        or _no_field(lines, line, error.problem or "")
        or YamlDiagnostic(line, column, message, "put the text in quotes, or fix the indentation")
    )


def indicator(text: str, line: int, column: int) -> YamlDiagnostic | None:
    """Explains a value that begins with a character that has a meaning in YAML."""
    lines = text.split("\n")
    field = _FIELD.match(_line(lines, line))
    at = field.end() + 1 if field else column
    shown = _line(lines, line)[at - 1 : at]
    if shown not in _INDICATORS:
        return None
    return YamlDiagnostic(line, at, f"a text that begins with {shown} needs quotes", "put the text in quotes")


def _line(lines: Sequence[str], number: int) -> str:
    """Returns the line with a number, counted from 1, or ``""``."""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _last_before(lines: Sequence[str], line: int) -> int:
    """Returns the number of the last line before ``line`` that is not blank, or 0."""
    return next((number for number in range(min(line - 1, len(lines)), 0, -1) if lines[number - 1].strip()), 0)


def _open_list(lines: Sequence[str], error: yaml.MarkedYAMLError) -> YamlDiagnostic | None:
    context, start = error.context or "", error.context_mark
    if not start or "flow" not in context:
        return None
    line, column = start.line + 1, start.column + 1
    if "node" in context:  # the mark is where an entry was expected
        for number in range(start.line + 1, 0, -1):
            if found := _OPEN.match(_line(lines, number)):
                line, column = number, found.end()
                break
        else:
            return None
    end = "}" if _line(lines, line)[column - 1 : column] == "{" else "]"
    remedy = f"end it with {end}, or put the text in quotes if it is not a list"
    return YamlDiagnostic(line, column, "the list that begins here does not end", remedy)


def _closed_list(lines: Sequence[str], line: int, column: int) -> YamlDiagnostic | None:
    text = _line(lines, line)
    field = _FIELD.match(text)
    if not field or text[field.end() : field.end() + 1] not in {"[", "{"} or column <= field.end() + 1:
        return None
    remedy = "remove the text after it, or put the whole text in quotes if it is not a list"
    return YamlDiagnostic(line, column, "there is text after the end of the list", remedy)


def _no_space(lines: Sequence[str], line: int) -> YamlDiagnostic | None:
    for number in (_last_before(lines, line), line):
        text = _line(lines, number)
        if found := _NO_SPACE.match(text):
            return YamlDiagnostic(
                number, found.end(1), "there is no space after the colon", "write it as `field: value`"
            )
        if found := _NO_SPACE_AFTER_HYPHEN.match(text):
            return YamlDiagnostic(number, found.end(1), "there is no space after the hyphen", "write it as `- entry`")
    return None


def _typographic_quotes(lines: Sequence[str], line: int) -> YamlDiagnostic | None:
    text = _line(lines, line)
    field = _FIELD.match(text)
    if not field or text[field.end() : field.end() + 1] not in TYPOGRAPHIC_QUOTES:
        return None
    message, remedy = "the text is in typographic quotes, which mean nothing in YAML", 'write straight quotes: "…"'
    return YamlDiagnostic(line, field.end() + 1, message, remedy)


def _open_quote(lines: Sequence[str], line: int, column: int, error: yaml.MarkedYAMLError) -> YamlDiagnostic | None:
    if "quoted scalar" in (error.context or "") and "escape" not in (error.problem or "") and error.context_mark:
        return _does_not_end(error.context_mark.line + 1, error.context_mark.column + 1)
    text = _line(lines, line)
    field = _FIELD.match(text)
    if field and text[field.end() : field.end() + 1] in {'"', "'"} and column > field.end() + 1:
        quote = text[field.end()]
        if quote in text[field.end() + 1 : column]:
            other = "single" if quote == '"' else "double"
            remedy = f"put the text in {other} quotes if it contains quotes itself"
            return YamlDiagnostic(line, column, "there is text after the closing quote", remedy)
    # A later quote was taken for the end of a text on an earlier line.
    quote = text[: column - 1].rstrip()[-1:]
    for number in range(line - 1, 0, -1) if quote in {'"', "'"} else ():
        field = _FIELD.match(_line(lines, number))
        if field and (value := _line(lines, number)[field.end() :]).startswith(quote) and quote not in value[1:]:
            return _does_not_end(number, field.end() + 1)
    return None


def _does_not_end(line: int, column: int) -> YamlDiagnostic:
    remedy = "end it with the quote that it begins with"
    return YamlDiagnostic(line, column, "the quoted text that begins here does not end", remedy)


def _colon(lines: Sequence[str], line: int, column: int, problem: str) -> YamlDiagnostic | None:
    field = _FIELD.match(_line(lines, line))
    if not field or column <= field.end() or "mapping values" not in problem:
        return None
    return YamlDiagnostic(
        line, column, "a text that contains a colon and a space needs quotes", "put the text in quotes"
    )


def _no_field(lines: Sequence[str], line: int, problem: str) -> YamlDiagnostic | None:
    number = _last_before(lines, line)
    if not number or "could not find expected ':'" not in problem:
        return None
    message, remedy = "is neither a field nor the continuation of one", "write one `field: value` per line"
    return YamlDiagnostic(number, 1, message, remedy)
