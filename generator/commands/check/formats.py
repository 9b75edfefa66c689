"""Problems as text, JSON, GitHub's workflow commands and SARIF. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final
from urllib.parse import quote

import msgspec

from generator import __version__
from generator.errors import Code, Diagnostic, manual
from generator.util.text import printable

_SHOWN: Final = 10
_SARIF: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MANUAL: Final = "docs/errors.md"


def text_lines(diagnostics: Sequence[Diagnostic], *, is_verbose: bool) -> Iterator[str]:
    """A line for each problem, errors last; of the warnings with one code ten, unless all are wanted."""
    shown: Counter[Code] = Counter()
    warnings = [diagnostic for diagnostic in diagnostics if not diagnostic.is_error]
    counts = Counter(diagnostic.code for diagnostic in warnings)
    for diagnostic in sorted(warnings, key=lambda diagnostic: (diagnostic.code, diagnostic.order)):
        shown[diagnostic.code] += 1
        if is_verbose or shown[diagnostic.code] <= _SHOWN:
            yield f"warning: {diagnostic}"
        elif shown[diagnostic.code] == counts[diagnostic.code]:
            yield f"... and {counts[diagnostic.code] - _SHOWN} more {diagnostic.code} (--verbose shows them all)"
    yield from (f"error: {diagnostic}" for diagnostic in diagnostics if diagnostic.is_error)


def as_json(diagnostics: Iterable[Diagnostic], *, documents: int, passes: bool, links: dict[str, int] | None) -> str:
    """One JSON object: what was counted, and the problems as in a build's report."""
    value = {
        "passes": passes,
        "documents": documents,
        "links": links,
        "problems": [msgspec.structs.asdict(diagnostic) for diagnostic in diagnostics],
    }
    return json.dumps(value, indent=2)


def github_lines(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the lines of a change.

    The escaping is that of the actions toolkit: ``%``, CR and LF everywhere, ``:`` and ``,`` in properties, too.
    """
    for diagnostic in diagnostics:
        properties = {
            "file": diagnostic.path,
            "line": str(diagnostic.line),
            "col": str(diagnostic.column),
            "title": str(diagnostic.code),
        }
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{diagnostic.severity} {listed}::{_data(f'{diagnostic.message} ({diagnostic.remedy})')}"


def _data(value: str) -> str:
    escaped = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """A SARIF 2.1.0 log (OASIS) with one run, a rule for each code, and a result for each problem."""
    codes = list(Code)
    explained = manual.entries()
    rules = [{"id": str(code), "shortDescription": {"text": explained[code].summary}} for code in codes]
    driver = {"name": "digest", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"version": "2.1.0", "$schema": _SARIF, "runs": [run]}, indent=2)


def _result(diagnostic: Diagnostic, number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": str(diagnostic.code),
        "ruleIndex": number,
        "level": str(diagnostic.severity),
        "message": {"text": _message(f"{diagnostic.message} ({diagnostic.remedy})")},
    }
    if not diagnostic.path.startswith("--"):  # an option is no file
        region = {"startLine": diagnostic.line, "startColumn": diagnostic.column}
        location = {"artifactLocation": {"uri": _uri(diagnostic.path)}, "region": region}
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
