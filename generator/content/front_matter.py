"""Splits front matter from the body, loads it strictly, and locates its keys and errors.

Front matter is YAML between ``---`` lines, TOML between ``+++`` lines, or a JSON object.

Two YAML libraries are used (see ``docs/decisions.md``). yaml-rs loads the values, because it is much faster and refuses
duplicate keys. PyYAML finds the places of keys and errors, because its events have a line and a column. It finds those
of JSON, too, which is nearly a part of YAML.
"""

import datetime as dt
import json
import operator
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

import frontmatter
import msgspec
import yaml
import yaml_rs
from frontmatter.default_handlers import BaseHandler

from generator.content import toml_keys, yaml_errors
from generator.content.toml_keys import Node
from generator.content.yaml_errors import YamlDiagnostic
from generator.errors import Code

KeyPath = tuple[str | int, ...]
"""The place of a value: keys and list indexes from the top, e.g. ``("related", 3, "webUrl")``."""

_FENCE = re.compile(r"---[ \t]*(?:(?<=[ \t])#.*)?(?=\n|\Z)")
_CLOSING_FENCE = re.compile(r"\n---[ \t]*(?=\n|\Z)")
_CLOSING = "\n---"
_TOML_FENCE = re.compile(r"\+\+\+[ \t]*(?=\n|\Z)")
_TOML_CLOSING_FENCE = re.compile(r"\n\+\+\+[ \t]*(?=\n|\Z)")
_JSON_START = re.compile(r'\{\s*["}]')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_QUOTED = re.compile(r"'[^']{2,}'")
_HEADER_LINE = re.compile(r"[A-Za-z][\w-]*:[ \t]", re.ASCII)
# Nesting takes columns, so a line of 300 characters cannot be nested deeper than yaml-rs can bear.
_SHALLOW_LINE = 300
_TOO_DEEP = re.compile(r"[ \t\ufeff]*(?:[-?:][ \t]+){64}| {256}")
# Each open collection has a path as long as its depth, so memory grows with the square of the depth.
_MAX_DEPTH = 200
_POSITION = re.compile(r"line (\d+),? column (\d+)")
# Characters that yaml-rs accepts, but PyYAML refuses or takes for line breaks.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NAME = re.compile(r"[A-Za-z][\w-]{0,40}", re.ASCII)
_ALIAS_LIMITS = yaml_rs.AliasLimits(
    max_total_replayed_events=10_000, max_replay_stack_depth=16, max_alias_expansions_per_anchor=100
)


class FrontMatterError(Exception):
    """The front matter cannot be used. There is at least one diagnostic."""

    def __init__(self, *diagnostics: YamlDiagnostic) -> None:
        self.diagnostics = diagnostics
        super().__init__(*diagnostics)


class _TooDeepError(yaml.YAMLError):
    """The YAML is nested too deeply to find places in it. The arguments are the line and column."""


class Handler(BaseHandler):
    """Says to python-frontmatter where front matter ends and how to load it.

    Only a line ``---`` closes it, because an address may contain ``---``. Every problem raises, although the library
    itself would return empty metadata.
    """

    FM_BOUNDARY = _FENCE
    START_DELIMITER = END_DELIMITER = "---"

    def split(self, text: str) -> tuple[str, str]:
        """Returns YAML and body. The YAML starts with the line break of the fence, so its lines keep their numbers.

        Raises:
            FrontMatterError: the front matter has no beginning or no end.
        """
        opening = _FENCE.match(text)
        if not opening:
            message, remedy = "does not start with a line ---", "begin with front matter between --- or +++ lines"
            if _HEADER_LINE.match(text):
                remedy += "; `digest import` reads the headers of Pelican"
            raise FrontMatterError(YamlDiagnostic(1, 1, message, remedy, Code.NO_FRONT_MATTER))
        closing = _closing(text, opening.end())
        if not closing:
            raise FrontMatterError(_unclosed("---"))
        # A comment on the line of the fence stays on it.
        return text[3 : closing.start()], text[closing.end() :]

    def load(self, fm: str) -> dict[str, Any]:
        """Loads the YAML of a document.

        Raises:
            FrontMatterError: the YAML is invalid, nested too deeply, or not a mapping.
        """
        if position := _too_deep(fm):
            raise FrontMatterError(_nested(*position))
        try:
            # Times stay text, so that `Fields.moment` reads them the same way with and without quotes.
            loaded = yaml_rs.loads(fm, parse_datetime=False, alias_limits=_ALIAS_LIMITS)
        except (yaml_rs.YAMLDecodeError, TypeError) as error:  # TypeError: a list or mapping as a key
            raise FrontMatterError(*_explain(fm, str(error))) from None
        if isinstance(loaded, dict):
            return loaded
        line = next((number for number, text in enumerate(fm.split("\n"), 1) if text.strip()), 1)
        message, remedy = "contains no fields", "write one `field: value` per line"
        raise FrontMatterError(YamlDiagnostic(line, 1, message, remedy, Code.NOT_A_MAPPING))


class TomlHandler(BaseHandler):
    """Splits and loads front matter in TOML. It keeps its first fence, by which :func:`locate` recognises it."""

    FM_BOUNDARY = _TOML_FENCE
    START_DELIMITER = END_DELIMITER = "+++"

    def split(self, text: str) -> tuple[str, str]:
        """Returns TOML, with the fence before it, and the body.

        Raises:
            FrontMatterError: the front matter has no end.
        """
        closing = _TOML_CLOSING_FENCE.search(text)
        if not closing:
            raise FrontMatterError(_unclosed("+++"))
        return text[: closing.start()], text[closing.end() :]

    def load(self, fm: str) -> dict[str, Any]:
        """Loads the TOML of a document. Times become text, as in YAML.

        Raises:
            FrontMatterError: the TOML is invalid, or nested too deeply.
        """
        text = fm[3:]
        if offset := toml_keys.long_key(text):
            raise FrontMatterError(_nested(text.count("\n", 0, offset) + 1, 1))
        try:
            return {key: _without_times(value) for key, value in tomllib.loads(text).items()}
        except RecursionError:
            raise FrontMatterError(_nested(1, 1)) from None
        except tomllib.TOMLDecodeError as error:
            raise FrontMatterError(*_explain_toml(fm, str(error))) from None
        except ValueError:  # a number of thousands of digits
            message, remedy = "contains a value that cannot be read", "put the text in quotes"
            raise FrontMatterError(YamlDiagnostic(1, 1, message, remedy, Code.INVALID_TOML)) from None


class JsonHandler(BaseHandler):
    """Splits and loads front matter in JSON: an object, after which the body begins."""

    FM_BOUNDARY = _JSON_START
    START_DELIMITER = END_DELIMITER = ""

    def split(self, text: str) -> tuple[str, str]:
        """Returns JSON and body.

        Raises:
            FrontMatterError: the JSON is invalid, or nested too deeply.
        """
        end = self._decode(text)[1]
        return text[:end], text[end:]

    def load(self, fm: str) -> dict[str, Any]:
        """Loads the JSON of a document.

        Raises:
            FrontMatterError: the JSON is invalid, or nested too deeply.
        """
        values: dict[str, Any] = self._decode(fm)[0]
        if _SURROGATE.search(fm):
            json.dumps(values, ensure_ascii=False).encode()  # raises UnicodeEncodeError for half of a pair
        return values

    def _decode(self, text: str) -> tuple[Any, int]:
        try:
            return _JSON.raw_decode(text)
        except RecursionError:
            raise FrontMatterError(_nested(1, 1)) from None
        except json.JSONDecodeError as error:
            line, column = error.lineno, error.colno
            message = f"cannot be read as JSON: {error.msg}"
            remedy = "fix it, or write YAML between --- lines"
            raise FrontMatterError(YamlDiagnostic(line, column, message, remedy, Code.INVALID_JSON)) from None
        except _DuplicateKeyError:
            unplaced = YamlDiagnostic(1, 1, "a key is defined twice", "keep one of the two", Code.DUPLICATE_KEY)
            raise FrontMatterError(*(_duplicates(_until_error(_walk(text))) or [unplaced])) from None
        except ValueError:  # NaN, or a number of thousands of digits
            message, remedy = "contains a value that cannot be read", "put the text in quotes"
            raise FrontMatterError(YamlDiagnostic(1, 1, message, remedy, Code.INVALID_JSON)) from None


class _DuplicateKeyError(Exception):
    """A JSON object has a key twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _DuplicateKeyError
    return values


def _no_number(name: str) -> None:
    raise ValueError(name)


def _without_times(value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    if isinstance(value, dict):
        return {key: _without_times(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_times(one) for one in value]
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else value


_JSON = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)
_HANDLER, _TOML_HANDLER, _JSON_HANDLER = Handler(), TomlHandler(), JsonHandler()


def _handler(text: str) -> BaseHandler:
    """Returns the handler for the front matter with which a text begins."""
    if text.startswith("---"):
        return _HANDLER
    if _TOML_FENCE.match(text):
        return _TOML_HANDLER
    return _JSON_HANDLER if _JSON_START.match(text) else _HANDLER


def split_and_load(text: str) -> tuple[dict[str, Any], str, int]:
    """Returns the fields and the body of a document, and the number of lines before its front matter.

    Raises:
        FrontMatterError: the front matter cannot be used; with a diagnostic for each problem.
    """
    stripped = text.lstrip()
    lines_before = text[: len(text) - len(stripped)].count("\n")
    try:
        metadata, body = frontmatter.parse(text, handler=_handler(stripped))
    except FrontMatterError as error:
        raise FrontMatterError(*(each._replace(line=each.line + lines_before) for each in error.diagnostics)) from None
    return metadata, body, lines_before


def load(text: str) -> dict[str, Any]:
    """Returns the fields of a YAML file, read as strictly as front matter.

    Raises:
        FrontMatterError: the YAML cannot be used; with a diagnostic for each problem.
    """
    return _HANDLER.load(text)


def yaml_of(text: str) -> str:
    """Returns the YAML, TOML or JSON of a document that :func:`split_and_load` accepts, for :func:`locate`."""
    stripped = text.strip()
    return _handler(stripped).split(stripped)[0]


def locate(fm: str, wanted: Iterable[KeyPath] | None = None) -> dict[KeyPath, tuple[int, int]]:
    """Returns the line and column, from 1, of every key and list entry, as far as the text can be read.

    The search ends when all places in ``wanted`` are found.
    """
    places: dict[KeyPath, tuple[int, int]] = {}
    missing = None if wanted is None else set(wanted)
    # PyYAML refuses what yaml-rs accepts; the places before it are still right.
    for node in _walk_toml(fm) if _TOML_FENCE.match(fm) else _until_error(_walk(fm)):
        places.setdefault(node.path, (node.line, node.column))
        if missing is not None:
            missing.discard(node.path)
            if not missing:
                break
    return places


def _unclosed(fence: str) -> YamlDiagnostic:
    remedy = f"end it with a line {fence} of its own"
    return YamlDiagnostic(1, 1, "the front matter is not closed", remedy, Code.UNCLOSED_FRONT_MATTER)


def _closing(text: str, start: int) -> re.Match[str] | None:
    """Returns the line that closes front matter. Finding its beginning first is faster than searching the pattern."""
    at = text.find(_CLOSING, start)
    while at >= 0:
        if closing := _CLOSING_FENCE.match(text, at):
            return closing
        at = text.find(_CLOSING, at + 1)
    return None


def _too_deep(fm: str) -> tuple[int, int] | None:
    """Returns the line and column of nesting on which yaml-rs would exhaust the stack, and so end the process.

    Only a long line can contain it, so short lines are skipped in blocks.
    """
    start = 0
    while len(fm) - start > _SHALLOW_LINE:
        end = fm.rfind("\n", start, start + _SHALLOW_LINE + 1)
        if end < 0:
            if _TOO_DEEP.match(fm, start):
                return fm.count("\n", 0, start) + 1, 1
            end = fm.find("\n", start)
            if end < 0:
                break
        start = end + 1
    return None


def _nested(line: int, column: int) -> YamlDiagnostic:
    return YamlDiagnostic(line, column, "is nested too deeply", "four levels are enough", Code.TOO_DEEP)


def _explain(fm: str, reason: str) -> list[YamlDiagnostic]:
    """Explains why yaml-rs refuses a text, with all duplicate keys at once; ``reason`` is the message of yaml-rs."""
    if "limit exceeded" in reason:
        many = YamlDiagnostic(1, 1, "its YAML aliases expand to too many values", "write the values out")
        return [_nested(1, 1) if "recursion" in reason else many]
    duplicates: list[YamlDiagnostic] = []
    try:
        duplicates = _duplicates(_walk(fm))
    except yaml.MarkedYAMLError as error:
        return [yaml_errors.explain(_STRANGE.sub(" ", fm), error)]
    except _TooDeepError as error:
        return [_nested(*error.args)]
    except yaml.YAMLError:  # a lone surrogate
        return [YamlDiagnostic(1, 1, "contains a character that YAML forbids", "remove the character")]
    if duplicates:
        return duplicates
    # The message of yaml-rs may quote the document, so only the position is used.
    position = _POSITION.search(reason)
    line, column = (int(position[1]), int(position[2])) if position else (1, 1)
    unknown = YamlDiagnostic(line, column, "cannot be read as YAML", "put the text in quotes")
    return [yaml_errors.indicator(fm, line, column) or unknown]


def _explain_toml(fm: str, reason: str) -> list[YamlDiagnostic]:
    """Explains why tomllib refuses a text, with all duplicate keys at once; ``reason`` is the message of tomllib."""
    if duplicates := _duplicates(_walk_toml(fm)):
        return duplicates
    position = toml_keys.POSITION.search(reason)
    line, column = fm.count("\n") + 1, len(fm) - fm.rfind("\n")
    if position and position[1]:
        line, column = int(position[1]), int(position[2])
    message, reason = "cannot be read as TOML", toml_keys.POSITION.sub("", reason).strip()
    if not _QUOTED.search(reason):  # a message may quote a key, which may be part of a value
        message += f": {reason}"
    return [YamlDiagnostic(line, column, message, "put texts in quotes, and write key = value", Code.INVALID_TOML)]


def _until_error(nodes: Iterator[Node]) -> Iterator[Node]:
    """Yields nodes up to the first place that PyYAML cannot read, such as the body after JSON."""
    try:
        yield from nodes
    except yaml.YAMLError:
        return


def _duplicates(nodes: Iterable[Node]) -> list[YamlDiagnostic]:
    lines: dict[KeyPath, int] = {}
    duplicates: list[YamlDiagnostic] = []
    for node in filter(operator.attrgetter("is_key"), nodes):
        if node.path in lines:
            message = f"{shown_name(node.path[-1])} is defined twice, first in line {lines[node.path]}"
            remedy = "keep one of the two"
            duplicates.append(YamlDiagnostic(node.line, node.column, message, remedy, Code.DUPLICATE_KEY))
        lines.setdefault(node.path, node.line)
    return duplicates


def shown_name(key: object) -> str:
    """Returns a key for use in a message. A key that is not a name is not shown, because it may be part of a value."""
    return f"{key}" if isinstance(key, str) and _NAME.fullmatch(key) else "a key (not shown)"


class _OpenCollection(msgspec.Struct):
    """A mapping or list whose end has not been reached."""

    path: KeyPath
    next: str | int | None
    """In a list the index of the next entry; in a mapping the key that waits for its value, or None."""


def _walk_toml(fm: str) -> Iterator[Node]:
    """Yields the keys and list entries of TOML that begins with its fence."""
    return toml_keys.walk(fm.replace("+", " ", 3))


def _walk(fm: str) -> Iterator[Node]:
    """Yields the keys and list entries of YAML or JSON.

    It reads events and does not recurse, so no depth exhausts the stack.

    Raises:
        yaml.YAMLError: PyYAML cannot read the text, or it is nested too deeply.
    """
    stack: list[_OpenCollection] = []
    text = _SURROGATE.sub(r"\\u0020", fm) if fm.startswith("{") else fm
    for event in yaml.parse(_STRANGE.sub(" ", text), Loader=yaml.CSafeLoader):
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent) or not event.start_mark:
            continue
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        path: KeyPath = ()
        if stack:
            parent = stack[-1]
            if parent.next is None:
                key = event.value if isinstance(event, yaml.ScalarEvent) else f"{line}:{column}"
                parent.next = key
                yield Node((*parent.path, key), line, column, is_key=True)
                if not isinstance(event, yaml.CollectionStartEvent):
                    continue
                path = (*parent.path, key, "key")
            else:
                path = (*parent.path, parent.next)
                if isinstance(parent.next, int):
                    parent.next += 1
                    yield Node(path, line, column, is_key=False)
                else:
                    parent.next = None
        if isinstance(event, yaml.CollectionStartEvent):
            if len(stack) == _MAX_DEPTH:
                raise _TooDeepError(line, column)
            stack.append(_OpenCollection(path, 0 if isinstance(event, yaml.SequenceStartEvent) else None))
