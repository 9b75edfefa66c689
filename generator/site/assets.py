"""Reads the static files and gives them names with a hash of the content, so that browsers can cache them for ever."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

import msgspec

from generator.config.theme import Theme
from generator.content import urls
from generator.errors import BuildFailedError, Code, Diagnostic, Severity
from generator.util.text import short_hash

_ROOT_FOLDER = "root/"
"""The folder below ``static/`` whose files keep their names."""
_CSS_URL = re.compile(
    r"""url\([ \t\n]*(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)'|(?P<bare>[^"'()\s]+))[ \t\n]*\)"""
)
_NOT_RELATIVE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/|#")


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A static file under its published address."""

    address: urls.Address
    data: bytes


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """All static files of the site."""

    files: tuple[Asset, ...]
    addresses: Mapping[str, urls.Address]
    """The published addresses by path below ``static/``."""


def load(theme: Theme) -> Assets:
    """Reads the static files and determines their addresses.

    ``static/style.css`` is published as ``/assets/style.<hash>.css``. A file in ``static/root/``, such as ``CNAME`` or
    ``favicon.ico``, keeps its name at the root of the site. A relative ``url(...)`` in a style sheet is rewritten.

    Raises:
        BuildFailedError: a file cannot be read or published, or a style sheet refers to a file that does not exist.
    """
    diagnostics: list[Diagnostic] = []
    contents: dict[str, bytes] = {}
    for name, path in theme.static_files.items():
        if not name.isprintable() or name.startswith(f"{_ROOT_FOLDER}.digest"):
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
    # Style sheets come last, because their content, and so their hash, contains the names of other files.
    for name in sorted(contents, key=lambda name: (name.endswith(".css"), name)):
        data = contents[name]
        if name.endswith(".css"):
            data = _rewrite_urls(name, theme.static_files[name].as_posix(), data, addresses, diagnostics)
        if name.startswith(_ROOT_FOLDER):
            address = urls.Address("/" + name.removeprefix(_ROOT_FOLDER))
        else:
            address = urls.asset(name, short_hash(data.decode("latin-1")))
        addresses[name] = address
        files.append(Asset(address=address, data=data))
    if diagnostics:
        raise BuildFailedError(diagnostics)
    return Assets(files=tuple(files), addresses=addresses)


def load_or_explain(theme: Theme) -> tuple[Assets, list[Diagnostic]]:
    """Returns the static files and a warning for each linked folder; if :func:`load` fails, no files and its errors."""
    warnings = [
        Diagnostic(
            path=path.as_posix(),
            code=Code.LINKED_FOLDER,
            severity=Severity.WARNING,
            message="a linked folder is not searched",
            remedy="put the files into static/ itself",
        )
        for path in theme.linked_folders
    ]
    try:
        return load(theme), warnings
    except BuildFailedError as error:
        return Assets(files=(), addresses={}), [*error.diagnostics, *warnings]


def _rewrite_urls(
    name: str, path: str, data: bytes, addresses: Mapping[str, urls.Address], diagnostics: list[Diagnostic]
) -> bytes:
    """Returns a style sheet with the published names of the files that it refers to; adds errors to ``diagnostics``."""
    text = data.decode("utf-8", "surrogateescape")
    folder = PurePosixPath(name).parent

    def rename(match: re.Match[str]) -> str:
        target = match["double"] or match["single"] or match["bare"]
        if _NOT_RELATIVE.match(target):
            return match[0]
        target_path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
        asset = _normalized(folder / target_path)
        if asset not in addresses:
            diagnostics.append(
                Diagnostic(
                    path=path,
                    line=text.count("\n", 0, match.start()) + 1,
                    code=Code.ASSET_ERROR,
                    message=f"refers to {target!r}, which is not in static/",
                    remedy="add the file or remove the reference",
                )
            )
            return match[0]
        # Relative to the style sheet, so that its bytes, and so its name, do not depend on the base path.
        to_root = "../" * (len(folder.parts) + (-1 if name.startswith(_ROOT_FOLDER) else 1))
        return f'url("{to_root}{addresses[asset][1:]}{mark}{rest}")'

    return _CSS_URL.sub(rename, text).encode("utf-8", "surrogateescape")


def _normalized(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
