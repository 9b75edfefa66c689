"""Static files on their way out: named by their content, so that browsers may keep them for ever."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

import msgspec

from generator.config.theme import Theme
from generator.content import urls
from generator.errors import BuildFailedError, Code, Diagnostic
from generator.util.text import short_hash

_VERBATIM = "root/"
_CSS_URL = re.compile(
    r"""url\([ \t\n]*(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)'|(?P<bare>[^"'()\s]+))[ \t\n]*\)"""
)
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/|#")


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A static file as it is published."""

    address: urls.Address
    data: bytes


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """All static files."""

    files: tuple[Asset, ...]
    addresses: Mapping[str, urls.Address]
    """By name below ``static/``."""


def load(theme: Theme) -> Assets:
    """Reads the static files and names them.

    ``static/style.css`` comes out as ``/assets/style.<hash>.css``; what lies in ``static/root/`` (``CNAME``,
    ``favicon.ico``) keeps its name at the root of the site. Relative ``url(...)`` in style sheets follow the new names.

    Raises:
        BuildFailedError: a file cannot be read, or a style sheet refers to a file that is not there.
    """
    diagnostics: list[Diagnostic] = []
    contents: dict[str, bytes] = {}
    for name, path in theme.static_files.items():
        if not name.isprintable() or name.startswith(f"{_VERBATIM}.digest"):
            diagnostics.append(
                Diagnostic(
                    path=path.as_posix(),
                    code=Code.ASSET_ERROR,
                    message="has a name that cannot be published",
                    remedy="rename the file",
                )
            )
            continue
        try:
            contents[name] = path.read_bytes()
        except OSError as error:
            diagnostics.append(
                Diagnostic(
                    path=path.as_posix(),
                    code=Code.ASSET_ERROR,
                    message=f"cannot be read: {error.strerror}",
                    remedy="check the file and its rights",
                )
            )
    addresses: dict[str, urls.Address] = {}
    files: list[Asset] = []
    # Style sheets last: their content, and so their own name, depends on the names of the others.
    for name in sorted(contents, key=lambda name: (name.endswith(".css"), name)):
        data = contents[name]
        if name.endswith(".css"):
            data = _follow(name, theme.static_files[name].as_posix(), data, addresses, diagnostics)
        if name.startswith(_VERBATIM):
            address = urls.Address("/" + name.removeprefix(_VERBATIM))
        else:
            address = urls.asset(name, short_hash(data.decode("latin-1")))
        addresses[name] = address
        files.append(Asset(address=address, data=data))
    if diagnostics:
        raise BuildFailedError(diagnostics)
    return Assets(files=tuple(files), addresses=addresses)


def load_or_explain(theme: Theme) -> tuple[Assets, list[Diagnostic]]:
    """The static files; none, and what is wrong, where they cannot be loaded."""
    try:
        return load(theme), []
    except BuildFailedError as error:
        return Assets(files=(), addresses={}), list(error.diagnostics)


def _follow(
    name: str, shown: str, data: bytes, addresses: Mapping[str, urls.Address], diagnostics: list[Diagnostic]
) -> bytes:
    """Rewrites the relative references of a style sheet to the published names."""
    text = data.decode("utf-8", "surrogateescape")
    folder = PurePosixPath(name).parent

    def rename(match: re.Match[str]) -> str:
        target = match["double"] or match["single"] or match["bare"]
        if _ELSEWHERE.match(target):
            return match[0]
        path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
        wanted = _normal(folder / path)
        if wanted not in addresses:
            diagnostics.append(
                Diagnostic(
                    path=shown,
                    line=text.count("\n", 0, match.start()) + 1,
                    code=Code.ASSET_ERROR,
                    message=f"refers to {target!r}, which is not in static/",
                    remedy="add the file or remove the reference",
                )
            )
            return match[0]
        # Relative to the style sheet, so that the same bytes serve under any base path: a climb to the root, then down.
        climb = "../" * (len(folder.parts) + (-1 if name.startswith(_VERBATIM) else 1))
        return f'url("{climb}{addresses[wanted][1:]}{mark}{rest}")'

    return _CSS_URL.sub(rename, text).encode("utf-8", "surrogateescape")


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
