"""Front matter: split from the body, loaded fast and strictly, and explained with places where it is wrong.

Two YAML libraries have one job each (``docs/decisions.md`` has the measurements): yaml-rs loads, because it is many
times faster and refuses duplicate keys; PyYAML's event stream explains, because it knows the place of everything.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import frontmatter
import yaml
import yaml_rs
from frontmatter.default_handlers import BaseHandler

from generator.content import yaml_errors
from generator.errors import Code

KeyPath = tuple[str | int, ...]
"""Where a value stands: keys and list indexes from the top, e.g. ``("related", 3, "webUrl")``."""

Finding = tuple[int, int, Code, str, str]
"""Line and column, both from 1, kind, message and remedy."""

_FENCE = re.compile(r"---[ \t]*(?=\n|\Z)")
_CLOSING_FENCE = re.compile(r"\n---[ \t]*(?=\n|\Z)")
_CLOSING = "\n---"
# Nesting needs columns: in a line of 300 characters it stays far below what yaml-rs can bear.
_SHALLOW_LINE = 300
_TOO_DEEP = re.compile(r"[ \t\ufeff]*(?:[-?:][ \t]+){64}| {256}")
# What is open has a path of its depth, so memory grows by the square; no document has a tenth of it.
_MAX_DEPTH = 200
_PLACE = re.compile(r"line (\d+),? column (\d+)")
# PyYAML takes some of these for line breaks, which editors do not, and refuses the others, which yaml-rs does not.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# Anything else might be a piece of a value, and a value might be secret.
_NAME = re.compile(r"[A-Za-z][\w-]{0,40}", re.ASCII)
_ALIAS_LIMITS = yaml_rs.AliasLimits(
    max_total_replayed_events=10_000, max_replay_stack_depth=16, max_alias_expansions_per_anchor=100
)


class FrontMatterError(Exception):
    """The front matter cannot be used.

    Attributes:
        findings: what is wrong, one or more.
    """

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__(*findings)


class _TooDeepError(yaml.YAMLError):
    """There is more nesting than places can be found in."""


class Handler(BaseHandler):
    """Tells python-frontmatter where front matter ends and how to load it.

    Only a line of its own closes it (a URL may hold ``---``). Nothing is guessed: what the library by itself would
    take for empty metadata raises.
    """

    FM_BOUNDARY = _FENCE
    START_DELIMITER = END_DELIMITER = "---"

    def split(self, text: str) -> tuple[str, str]:
        """Returns YAML and body; the YAML keeps the line break of the fence, so that its second line is line 2."""
        opening = _FENCE.match(text)
        if not opening:
            raise FrontMatterError(
                (
                    1,
                    1,
                    Code.NO_FRONT_MATTER,
                    "does not start with a line ---",
                    "begin with front matter between --- lines",
                )
            )
        closing = _closing(text, opening.end())
        if not closing:
            raise FrontMatterError(
                (
                    1,
                    1,
                    Code.UNCLOSED_FRONT_MATTER,
                    "the front matter is not closed",
                    "end it with a line --- of its own",
                )
            )
        return text[opening.end() : closing.start()], text[closing.end() :]

    def load(self, fm: str) -> dict[str, Any]:
        """Loads the YAML of a document, a mapping."""
        if deep := _too_deep(fm):
            raise FrontMatterError((*deep, Code.TOO_DEEP, "is nested too deeply", "four levels are enough"))
        try:
            # Times stay text: `fields` reads them the same way whether or not they stand in quotes.
            loaded = yaml_rs.loads(fm, parse_datetime=False, alias_limits=_ALIAS_LIMITS)
        except yaml_rs.YAMLDecodeError as error:
            raise FrontMatterError(*_explain(fm, str(error))) from None
        if isinstance(loaded, dict):
            return loaded
        line = next((number for number, text in enumerate(fm.split("\n"), 1) if text.strip()), 1)
        raise FrontMatterError((line, 1, Code.NOT_A_MAPPING, "holds no fields", "write one `field: value` a line"))


_HANDLER = Handler()


def split_and_load(text: str) -> tuple[dict[str, Any], str, int]:
    """Front matter, body and the number of lines before the front matter of a document.

    Raises:
        FrontMatterError: with all that is wrong, in lines of the document.
    """
    lines_before = text[: len(text) - len(text.lstrip())].count("\n")
    try:
        metadata, body = frontmatter.parse(text, handler=_HANDLER)
    except FrontMatterError as error:
        raise FrontMatterError(
            *((line + lines_before, column, *rest) for line, column, *rest in error.findings)  # type: ignore[arg-type]
        ) from None
    return metadata, body, lines_before


def load(text: str) -> dict[str, Any]:
    """The fields of a file that is YAML as a whole, read as strictly as front matter.

    Raises:
        FrontMatterError: with all that is wrong.
    """
    return _HANDLER.load(text)


def yaml_of(text: str) -> str:
    """The YAML of a document that ``split_and_load`` accepts, as ``locate`` wants it."""
    return _HANDLER.split(text.strip())[0]


def locate(fm: str, wanted: Iterable[KeyPath] | None = None) -> dict[KeyPath, tuple[int, int]]:
    """The place (line, column, both from 1) of every key and list entry, as far as the YAML can be read.

    Args:
        fm: the YAML.
        wanted: places to look for; once they are found, what comes after them is not looked at.
    """
    places: dict[KeyPath, tuple[int, int]] = {}
    missing = None if wanted is None else set(wanted)
    try:
        for path, line, column, _ in _walk(fm):
            places.setdefault(path, (line, column))
            if missing is not None:
                missing.discard(path)
                if not missing:
                    break
    except yaml.YAMLError:
        pass  # the two libraries disagree; what was located before is still right
    return places


def _closing(text: str, start: int) -> re.Match[str] | None:
    """The line that closes front matter; looking for its beginning first takes a fraction of the time."""
    at = text.find(_CLOSING, start)
    while at >= 0:
        if closing := _CLOSING_FENCE.match(text, at):
            return closing
        at = text.find(_CLOSING, at + 1)
    return None


def _too_deep(fm: str) -> tuple[int, int] | None:
    """The place of nesting that no document has; yaml-rs would exhaust the stack on it and take the process along.

    Only the beginnings of long lines are looked at: what ends within reach of a line's start is passed over at once.
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


def _explain(fm: str, reason: str) -> list[Finding]:
    """Finds the places of what yaml-rs refuses, all duplicate keys at once."""
    if "limit exceeded" in reason:
        if "recursion" in reason:
            return [(1, 1, Code.TOO_DEEP, "is nested too deeply", "four levels are enough")]
        return [(1, 1, Code.INVALID_YAML, "its aliases expand to too much", "write the values out")]
    seen: dict[KeyPath, int] = {}
    duplicates: list[Finding] = []
    try:
        for path, line, column, is_key in _walk(fm):
            if not is_key:
                continue
            if path in seen:
                message = f"{shown_name(path[-1])} stands here again, first in line {seen[path]}"
                duplicates.append((line, column, Code.DUPLICATE_KEY, message, "keep one of the two"))
            seen.setdefault(path, line)
    except yaml.YAMLError as error:
        return [_unreadable(fm, error)]
    if duplicates:
        return duplicates
    place = _PLACE.search(reason)
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    # What yaml-rs says may quote the document; nothing of it is repeated.
    slip = yaml_errors.YamlExplanation(line, column, "cannot be read as YAML", "put the text in quotes")
    line, column, message, remedy = yaml_errors.sign(fm, line, column) or slip
    return [(line, column, Code.INVALID_YAML, message, remedy)]


def _unreadable(fm: str, error: yaml.YAMLError) -> Finding:
    if isinstance(error, yaml.MarkedYAMLError):
        line, column, message, remedy = yaml_errors.find(_STRANGE.sub(" ", fm), error)
        return line, column, Code.INVALID_YAML, message, remedy
    if isinstance(error, _TooDeepError):
        line, column = error.args
        return line, column, Code.TOO_DEEP, "is nested too deeply", "four levels are enough"
    # Half of a surrogate pair.
    return 1, 1, Code.INVALID_YAML, "holds a character that YAML forbids", "remove the character"


def shown_name(key: object) -> str:
    """A key as it may be shown: names only, because what is no name may be a piece of a value."""
    return f"{key}" if isinstance(key, str) and _NAME.fullmatch(key) else "a key that is no name"


def _walk(fm: str) -> Iterator[tuple[KeyPath, int, int, bool]]:
    """Yields ``(path, line, column, is_key)`` from the event stream: without recursion, so that no depth hurts."""
    # Each open collection: its path, and for a mapping the key that waits for its value, for a list the next index.
    stack: list[tuple[KeyPath, bool, str | int | None]] = []
    for event in yaml.parse(_STRANGE.sub(" ", fm), Loader=yaml.CSafeLoader):
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent) or not event.start_mark:
            continue
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        path: KeyPath = ()
        if stack:
            parent, is_mapping, waiting = stack[-1]
            if is_mapping and waiting is None:
                key = event.value if isinstance(event, yaml.ScalarEvent) else f"{line}:{column}"
                stack[-1] = (parent, True, key)
                yield (*parent, key), line, column, True
                if not isinstance(event, yaml.CollectionStartEvent):
                    continue
                path = (*parent, key, "key")
            else:
                assert waiting is not None  # noqa: S101 - a list always has a next index
                path = (*parent, waiting)
                stack[-1] = (parent, is_mapping, None if is_mapping else int(waiting) + 1)
                if not is_mapping:
                    yield path, line, column, False
        if isinstance(event, yaml.CollectionStartEvent):
            if len(stack) == _MAX_DEPTH:
                raise _TooDeepError(line, column)
            stack.append(
                (
                    path,
                    isinstance(event, yaml.MappingStartEvent),
                    0 if isinstance(event, yaml.SequenceStartEvent) else None,
                )
            )
