"""Problems as text, JSON, GitHub's workflow commands and SARIF. Pure."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final
from urllib.parse import quote

from generator import __version__
from generator.errors import Code, Problem
from generator.text import printable

_SHOWN: Final = 10
_SARIF: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MANUAL: Final = "docs/problems.md"

SUMMARIES: Final[dict[Code, str]] = {
    Code.UNREADABLE: "The file cannot be read",
    Code.NOT_A_FILE: "A pipe, a device or a socket",
    Code.OUTSIDE_SOURCE: "A link to a file outside the source folder",
    Code.LINKED_FOLDER: "A link to a folder, whose files are not read",
    Code.TOO_LARGE: "A document, a text or a list is too large",
    Code.BINARY: "A binary file",
    Code.NOT_UTF8: "The file has another encoding than UTF-8",
    Code.EMPTY: "The file is empty",
    Code.NO_FRONT_MATTER: "The file does not start with front matter",
    Code.UNCLOSED_FRONT_MATTER: "The front matter is not closed",
    Code.INVALID_YAML: "The front matter cannot be read as YAML",
    Code.NOT_A_MAPPING: "The front matter is no list of fields",
    Code.DUPLICATE_KEY: "A key stands twice",
    Code.TOO_DEEP: "YAML is nested beyond any use",
    Code.MISSING_FIELD: "A required field is absent or empty",
    Code.WRONG_TYPE: "A field's value is of another type",
    Code.INVALID_TIME: "A time does not exist",
    Code.NAIVE_TIME: "A time has no zone",
    Code.DATE_ONLY: "A time has no time of day",
    Code.INVALID_URL: "An address that nothing could link to",
    Code.INVALID_DOMAIN: "A domain that is none",
    Code.INVALID_SLUG: "A slug with characters that an address should not have",
    Code.UNKNOWN_TYPE: "A type that is neither article nor video",
    Code.UNKNOWN_KEY: "A key without a meaning",
    Code.UNKNOWN_EMBED: "An embedded video of no known host",
    Code.INVALID_BODY: "A body that cannot be rendered",
    Code.NO_DOCUMENTS: "The source folder holds no documents",
    Code.DUPLICATE_ITEM: "The same article as another document",
    Code.ADDRESS_COLLISION: "Two files of the site have one address",
    Code.DEAD_LINK: "A link into this site that no page answers",
    Code.TEMPLATE_ERROR: "A template cannot be read, or fails",
    Code.ASSET_ERROR: "A static file cannot be used",
    Code.SEARCH_ERROR: "The search index cannot be made",
    Code.INVALID_SETTING: "A setting cannot be used",
    Code.UNKNOWN_SETTING: "A setting that is none",
    Code.MISSING_EXCERPT: "There is no excerpt",
    Code.MISSING_IMAGE: "There is no picture for cards",
    Code.MISSING_IMAGE_SIZE: "The size of the picture is not known",
    Code.INSECURE_IMAGE: "A picture with a plain http address",
    Code.MENDED_TEXT: "A text in a wrong encoding, which is mended on the site",
    Code.LOST_TEXT: "A text with characters that are lost",
    Code.FUTURE_ITEM: "An item of the future",
    Code.NEAR_DUPLICATE: "One source says the same twice within three days",
    Code.SOURCE_SPELLING: "A source is spelled in two ways",
    Code.UNCURATED_TOPIC: "A topic that is not in topics.yaml",
    Code.GONE_LINK: "A link to a page that is gone",
    Code.UNKNOWN_HOST: "A link to a host that does not exist",
    Code.DUPLICATE_TOPIC: "A topic's slug, name or keyword belongs to another",
    Code.UNKNOWN_PARENT: "A topic's parent is no topic",
    Code.PARENT_LOOP: "A topic is its own ancestor",
    Code.UNKNOWN_COLOUR: "A topic's colour is no tint",
}
"""What each code is about, in a few words."""


def text_lines(problems: Sequence[Problem], *, is_verbose: bool) -> Iterator[str]:
    """A line for each problem, errors last; of the warnings with one code ten, unless all are wanted."""
    shown: Counter[Code] = Counter()
    warnings = [problem for problem in problems if not problem.is_error]
    counts = Counter(problem.code for problem in warnings)
    for problem in sorted(warnings, key=lambda problem: (problem.code, problem.order)):
        shown[problem.code] += 1
        if is_verbose or shown[problem.code] <= _SHOWN:
            yield f"warning: {problem}"
        elif shown[problem.code] == counts[problem.code]:
            yield f"... and {counts[problem.code] - _SHOWN} more {problem.code} (--verbose shows them all)"
    yield from (f"error: {problem}" for problem in problems if problem.is_error)


def as_json(problems: Iterable[Problem], *, documents: int, passes: bool, links: dict[str, int] | None) -> str:
    """One JSON object: what was counted, and the problems as in a build's report."""
    value = {
        "passes": passes,
        "documents": documents,
        "links": links,
        "problems": [dataclasses.asdict(problem) for problem in problems],
    }
    return json.dumps(value, indent=2)


def github_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the lines of a change.

    The escaping is that of the actions toolkit: ``%``, CR and LF everywhere, ``:`` and ``,`` in properties, too.
    """
    for problem in problems:
        properties = {
            "file": problem.path,
            "line": str(problem.line),
            "col": str(problem.column),
            "title": str(problem.code),
        }
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{problem.severity} {listed}::{_data(f'{problem.message} ({problem.remedy})')}"


def _data(value: str) -> str:
    escaped = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def as_sarif(problems: Iterable[Problem]) -> str:
    """A SARIF 2.1.0 log (OASIS) with one run, a rule for each code, and a result for each problem."""
    codes = list(Code)
    rules = [{"id": str(code), "shortDescription": {"text": SUMMARIES[code]}} for code in codes]
    driver = {"name": "digest", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code)) for problem in problems],
    }
    return json.dumps({"version": "2.1.0", "$schema": _SARIF, "runs": [run]}, indent=2)


def _result(problem: Problem, number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": str(problem.code),
        "ruleIndex": number,
        "level": str(problem.severity),
        "message": {"text": _message(f"{problem.message} ({problem.remedy})")},
    }
    if not problem.path.startswith("--"):  # an option is no file
        region = {"startLine": problem.line, "startColumn": problem.column}
        location = {"artifactLocation": {"uri": _uri(problem.path)}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _message(text: str) -> str:
    """A plain text message: braces mean placeholders (3.11.5), and ``[…](…)`` a link (3.11.6), maybe a document's."""
    return printable(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _uri(path: str) -> str:
    """A file as a URI: relative ones stay so, for SARIF's readers take them from the root of the checkout."""
    if PureWindowsPath(path).drive:
        return PureWindowsPath(path).as_uri()
    if PurePosixPath(path).is_absolute():
        return PurePosixPath(path).as_uri()
    return quote(path.removeprefix("./"), errors="surrogateescape")
