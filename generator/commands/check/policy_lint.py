"""Warns about parts of the site's own templates and static files that its content security policy blocks.

The sources of templates are read, not the pages made from them, so that each warning has a line, and parts that no page
shows at the moment are found as well. Values of ``{{ … }}`` are unknown and count as allowed.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from generator.config import csp, theme
from generator.config.settings import Settings
from generator.config.theme import Theme
from generator.errors import Code, Diagnostic, Severity
from generator.site.style_sheets import references

_JINJA: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_UNKNOWN: Final = "\ue000"
"""Replaces a value that a template inserts."""
_NAMES: Final = {"script": "script", "style": "style sheet", "font": "font", "media": "video or audio file"}
# Elements and their attributes with an address, and the setting that lists its sources.
_LOADED: Final[Mapping[tuple[str, str], str]] = {
    ("script", "src"): "script",
    ("iframe", "src"): "frame",
    ("video", "src"): "media",
    ("audio", "src"): "media",
    ("source", "src"): "media",
    ("track", "src"): "media",
    ("form", "action"): "form",
    ("button", "formaction"): "form",
    ("input", "formaction"): "form",
}
_LINKED: Final[Mapping[str, str]] = {"stylesheet": "style", "modulepreload": "script"}
_PRELOADED: Final[Mapping[str, str]] = {"script": "script", "style": "style", "font": "font"}
_NEVER: Final[Mapping[tuple[str, str], str]] = {
    ("object", "data"): "link to the file, or show it in an iframe",
    ("embed", "src"): "link to the file, or show it in an iframe",
    ("base", "href"): "remove it",
}
_ADDRESSES: Final = frozenset({"href", "src", "action", "formaction", "xlink:href"})
_SCRIPT_TYPES: Final = re.compile(r"|module|importmap|speculationrules|.*(java|ecma|j|live)script", re.IGNORECASE)


class _Finding(NamedTuple):
    """Something that the policy blocks."""

    place: tuple[int, int]
    """Line and column from 1."""
    message: str
    remedy: str


def lint_policy(settings: Settings, template_folders: Iterable[Path], found: Theme) -> Iterator[Diagnostic]:
    """Yields a warning for each part of the site's own templates, pages and style sheets that the policy blocks.

    Args:
        settings: of the site.
        template_folders: of the site's own templates.
        found: the theme with the static files.
    """
    shipped = theme.default_root() / "static"
    static = [path for path in found.static_files.values() if not path.resolve().is_relative_to(shipped.resolve())]
    templates = [path for folder in template_folders for path in sorted(folder.rglob("*.html"))]
    for path in (*templates, *static):
        if path.suffix.lower() not in {".html", ".htm", ".css"}:
            continue
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue  # reported elsewhere
        allowed = _Allowed(settings)
        if path.suffix.lower() == ".css":
            findings = _in_style_sheet(text, allowed)
        else:
            findings = _Page(text, allowed, is_template=path in templates).findings
        for (line, column), message, remedy in findings:
            yield Diagnostic(
                path=path.as_posix(),
                line=line,
                column=column,
                code=Code.BLOCKED_BY_POLICY,
                severity=Severity.WARNING,
                message=message,
                remedy=remedy,
            )


class _Allowed:
    """What the policy of a site allows."""

    def __init__(self, settings: Settings) -> None:
        self._csp = settings.csp
        self._own_host = urlsplit(settings.base_url).netloc.lower()

    def blocks_code(self, name: str, code: str) -> bool:
        """Whether the policy blocks a script or style within a page."""
        return not any(
            csp.allows(self._csp, name, _hash(code, algorithm)) for algorithm in ("sha256", "sha384", "sha512")
        )

    def blocked_origin(self, name: str, address: str) -> str:
        """Returns the origin of an address if the policy blocks the address, else ``""``."""
        url = address.strip()
        if url.startswith("//"):
            url = f"https:{url}"
        known = url.partition(_UNKNOWN)[0]
        scheme, colon, rest = known.partition(":")
        if not colon or "/" in scheme or "?" in scheme or "#" in scheme:
            return ""  # of this site
        try:
            host = urlsplit(known).netloc.lower() if rest.startswith("//") else ""
        except ValueError:
            return ""  # no address
        is_own = host == self._own_host and scheme.lower() in {"http", "https"}
        # A host that goes on with an unknown value is unknown.
        is_unknown = known != url and known == f"{scheme}://{host}"
        if is_own or is_unknown or csp.allows(self._csp, name, url):
            return ""
        return f"{scheme.lower()}://{host}" if host else f"{scheme.lower()}:"


def _hash(code: str, algorithm: str) -> str:
    digest = hashlib.new(algorithm, code.encode()).digest()
    return f"'{algorithm}-{base64.b64encode(digest).decode()}'"


def _from_elsewhere(name: str, origin: str, place: tuple[int, int]) -> _Finding:
    match name:
        case "frame":
            message = f"shows a page of {origin} in a frame"
        case "form":
            message = f"sends a form to {origin}"
        case _:
            message = f"loads a {_NAMES[name]} from {origin}"
    remedy = f'add "{origin}" to {name} in [csp] of site.toml'
    if csp.CHECKS[f"csp.{name}"](origin):  # it cannot be added
        secure = origin.replace("http:", "https:")
        remedy = (
            f"write {secure}, and {remedy.replace(origin, secure)}"
            if origin.startswith("http:")
            else "put it into a file in static/"
        )
    return _Finding(place, f"{message}, which the content security policy blocks", remedy)


def _in_style_sheet(text: str, allowed: _Allowed) -> list[_Finding]:
    return [
        _from_elsewhere(kind, origin, (line, column))
        for kind, address, line, column in references(text)
        if kind != "image" and (origin := allowed.blocked_origin(kind, address))
    ]


def _blank(match: re.Match[str]) -> str:
    """Replaces all characters but line ends, so that places stay the same."""
    return re.sub(r"[^\n]", " ", match[0])


def _unknown_or_blank(match: re.Match[str]) -> str:
    return _UNKNOWN + _blank(match)[1:] if match[0].startswith("{{") else _blank(match)


class _Page(HTMLParser):
    """Finds what the policy blocks in a page or template."""

    def __init__(self, text: str, allowed: _Allowed, *, is_template: bool) -> None:
        super().__init__()
        self.findings: list[_Finding] = []
        self._allowed = allowed
        self._source = text
        self._text = _JINJA.sub(_unknown_or_blank, text) if is_template else text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._code: tuple[str, tuple[int, int], int] | None = None
        self.feed(self._text)
        self.close()

    @property
    def _place(self) -> tuple[int, int]:
        line, column = self.getpos()
        return line, column + 1

    @property
    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Checks an element with its attributes."""
        values = {name: value or "" for name, value in reversed(attrs)}
        for name, value in values.items():
            self._check_attribute(tag, name, value)
        if tag == "link":
            self._check_link(values)
        is_code = "src" not in values and _SCRIPT_TYPES.fullmatch(values.get("type", "").strip())
        if tag == "style" or (tag == "script" and is_code):
            self._code = (tag, self._place, self._offset + len(self.get_starttag_text() or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Checks an element that ends with a slash, which HTML ignores."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Checks a script or style within the page."""
        if self._code is None or self._code[0] != tag:
            return
        (_, place, start), self._code = self._code, None
        code = self._source[start : self._offset]
        if not code.strip() or not self._allowed.blocks_code(tag, code):
            return
        kind = "script" if tag == "script" else "style"
        file = "a script" if tag == "script" else "a style sheet"
        remedy = f"move it to {file} in static/"
        if code == self._text[start : self._offset]:  # no template changes it
            remedy += f', or add "{_hash(code, "sha256")}" to {kind} in [csp] of site.toml'
        self._report(place, f"has a {kind} within the page", remedy)

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") and name[2:].isalpha():
            self._report(self._place, f"has the event handler {name}", "add the listener in a script in static/")
        elif name == "style":
            self._report(self._place, "has a style attribute", "move it to a style sheet in static/")
        elif name in _ADDRESSES and value.strip().lower().startswith("javascript:"):
            self._report(self._place, f"has a script in {name}", "add a listener in a script in static/")
        elif remedy := _NEVER.get((tag, name)):
            self._report(self._place, f"has the element {tag}", remedy)
        elif setting := _LOADED.get((tag, name)):
            self._check_address(setting, value)

    def _check_link(self, values: Mapping[str, str]) -> None:
        for relation in values.get("rel", "").lower().split():
            setting = _PRELOADED.get(values.get("as", "")) if relation == "preload" else _LINKED.get(relation)
            if setting:
                self._check_address(setting, values.get("href", ""))

    def _check_address(self, setting: str, address: str) -> None:
        if origin := self._allowed.blocked_origin(setting, address):
            self.findings.append(_from_elsewhere(setting, origin, self._place))

    def _report(self, place: tuple[int, int], message: str, remedy: str) -> None:
        self.findings.append(_Finding(place, f"{message}, which the content security policy blocks", remedy))
