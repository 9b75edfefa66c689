"""Formats diagnostics as text, JSON, GitHub workflow commands and SARIF."""

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

_SHOWN_PER_CODE: Final = 10
_COUNTED: Final = frozenset({Code.MISSING_IMAGE})
_SARIF: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def text_lines(diagnostics: Sequence[Diagnostic], *, is_verbose: bool) -> Iterator[str]:
    """Yields a line for each diagnostic, errors last.

    Without ``is_verbose``, shows ten warnings of each code, and none of missing pictures, which many documents lack.
    """
    shown: Counter[Code] = Counter()
    warnings = [diagnostic for diagnostic in diagnostics if not diagnostic.is_error]
    counts = Counter(diagnostic.code for diagnostic in warnings)
    for diagnostic in sorted(warnings, key=lambda diagnostic: (diagnostic.code, diagnostic.order)):
        shown[diagnostic.code] += 1
        most = 0 if diagnostic.code in _COUNTED else _SHOWN_PER_CODE
        if is_verbose or shown[diagnostic.code] <= most:
            yield f"warning: {diagnostic}"
        elif shown[diagnostic.code] == counts[diagnostic.code]:
            hidden = f"and {counts[diagnostic.code] - most} more" if most else f"{counts[diagnostic.code]}"
            yield f"... {hidden} {diagnostic.code} (--verbose shows them all)"
    yield from (f"error: {diagnostic}" for diagnostic in diagnostics if diagnostic.is_error)


def totals(diagnostics: Iterable[Diagnostic]) -> str:
    """Returns the number of warnings of each code, most frequent first; ``""`` if there are none."""
    counts = Counter(diagnostic.code for diagnostic in diagnostics if not diagnostic.is_error)
    return ", ".join(f"{count} {code}" for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def as_json(diagnostics: Iterable[Diagnostic], *, documents: int, passes: bool, links: dict[str, int] | None) -> str:
    """Returns a JSON object with the counts, and the diagnostics as in the report of a build."""
    result = {
        "passes": passes,
        "documents": documents,
        "links": links,
        "problems": [msgspec.structs.asdict(diagnostic) for diagnostic in diagnostics],
    }
    return json.dumps(result, indent=2)


def github_lines(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Yields a workflow command for each diagnostic. GitHub shows them beside the changed lines of a pull request.

    The escaping is that of the GitHub Actions toolkit: ``%``, CR and LF everywhere, also ``:`` and ``,`` in properties.
    """
    for diagnostic in diagnostics:
        properties = {
            "file": diagnostic.path,
            "line": str(diagnostic.line),
            "col": str(diagnostic.column),
            "title": str(diagnostic.code),
        }
        encoded = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{diagnostic.severity} {encoded}::{_data(f'{diagnostic.message} ({diagnostic.remedy})')}"


def _data(value: str) -> str:
    escaped = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Returns a SARIF 2.1.0 log (OASIS) with one run, a rule for each code, and a result for each diagnostic."""
    codes = list(Code)
    entries = manual.entries()
    rules = [{"id": str(code), "shortDescription": {"text": entries[code].summary}} for code in codes]
    driver = {"name": "digest", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"version": "2.1.0", "$schema": _SARIF, "runs": [run]}, indent=2)


def _result(diagnostic: Diagnostic, rule_index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": str(diagnostic.code),
        "ruleIndex": rule_index,
        "level": str(diagnostic.severity),
        "message": {"text": _message(f"{diagnostic.message} ({diagnostic.remedy})")},
    }
    if not diagnostic.path.startswith("--"):  # options have no file
        region = {"startLine": diagnostic.line, "startColumn": diagnostic.column}
        location = {"artifactLocation": {"uri": _uri(diagnostic.path)}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _message(text: str) -> str:
    """Escapes a plain text message: braces are placeholders (SARIF 3.11.5), and ``[…](…)`` is a link (3.11.6)."""
    return printable(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _uri(path: str) -> str:
    """Returns a path as a URI. Relative paths stay relative, because SARIF viewers resolve them in the checkout."""
    if PureWindowsPath(path).drive:
        return PureWindowsPath(path).as_uri()
    if PurePosixPath(path).is_absolute():
        return PurePosixPath(path).as_uri()
    return quote(path.removeprefix("./"), errors="surrogateescape")
