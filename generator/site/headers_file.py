"""Reads, joins and writes files in the format ``_headers``, which Netlify and Cloudflare Pages read.

A rule is a path pattern and, below it, the headers of the files that it matches. A later rule for the same pattern
replaces the whole earlier one on Cloudflare Pages, and its single headers on Netlify. So a joined file has one rule for
each pattern.
"""

import re
from collections.abc import Iterable, Mapping

from generator.errors import Code, Diagnostic

Headers = tuple[tuple[str, str], ...]
"""Names and values. The name ``! Name`` with an empty value removes a header of broader rules on Cloudflare Pages."""
Rules = tuple[tuple[str, Headers], ...]
"""Path patterns and their headers."""
_HEADER = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(?P<value>[^\0-\x08\x0a-\x1f\x7f]*)")
_REMOVAL = re.compile(r"![ \t]*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_PATTERN = re.compile(r"(/|https://)\S*")


def parse(data: bytes, path: str) -> tuple[Rules, list[Diagnostic]]:
    """Returns the rules of a file, and diagnostics for lines that no host would understand."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), [_diagnostic(path, 1, "is not UTF-8", "save it as UTF-8")]
    rules: dict[str, dict[str, str]] = {}
    headers: dict[str, str] | None = None
    diagnostics = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if _PATTERN.fullmatch(line):
            headers = rules.setdefault(line, {})
        elif headers is None:
            remedy = "write a path such as /* before the headers"
            diagnostics.append(_diagnostic(path, number, "has no path above it", remedy))
        elif removal := _REMOVAL.fullmatch(line):
            headers[f"! {removal['name']}"] = ""
        elif header := _HEADER.fullmatch(line):
            # Hosts join values of one header in one rule.
            before = headers.get(header["name"])
            headers[header["name"]] = f"{before}, {header['value']}" if before else header["value"]
        else:
            diagnostics.append(_diagnostic(path, number, "is not a header", "write it as Name: value"))
    return tuple((pattern, tuple(one.items())) for pattern, one in rules.items()), diagnostics


def joined(generated: Iterable[tuple[str, Headers]], own: Iterable[tuple[str, Headers]]) -> Rules:
    """Adds own rules to generated ones. Where both name a header for one pattern, the own value is used."""
    rules = dict(generated)
    for pattern, headers in own:
        own_names = {name.removeprefix("! ").lower() for name, _ in headers}
        kept = tuple(header for header in rules.get(pattern, ()) if header[0].lower() not in own_names)
        rules[pattern] = (*kept, *headers)
    return tuple(rules.items())


def text(rules: Iterable[tuple[str, Headers]]) -> str:
    """Returns rules as text."""
    return "\n".join(
        pattern
        + "\n"
        + "".join(f"  {name if name.startswith('! ') else f'{name}: {value}'}\n" for name, value in headers)
        for pattern, headers in rules
    )


def headers_of(rules: Iterable[tuple[str, Headers]], path: str) -> Mapping[str, str]:
    """Returns the headers of a path by their names in small letters, as Cloudflare Pages joins them."""
    found: dict[str, str] = {}
    for pattern, headers in rules:
        if not _matches(pattern, path):
            continue
        for name, _ in headers:
            if name.startswith("! "):
                found.pop(name[2:].lower(), None)
        for name, value in headers:
            if not name.startswith("! "):
                before = found.get(name.lower())
                found[name.lower()] = f"{before}, {value}" if before else value
    return found


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches a path: ``*`` matches anything, ``:name`` one part."""
    expression = re.sub(r":[A-Za-z]\w*", "[^/]+", re.escape(pattern).replace(r"\*", ".*"))
    return re.fullmatch(expression, path) is not None


def _diagnostic(path: str, line: int, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(path=path, line=line, code=Code.ASSET_ERROR, message=message, remedy=remedy)
