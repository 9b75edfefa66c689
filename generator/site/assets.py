"""Reads the static files and gives them names with a hash of the content, so that browsers can cache them for ever."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

import msgspec

from generator.config.theme import Theme
from generator.content import urls
from generator.errors import BuildFailedError, Code, Diagnostic, Severity
from generator.site.style_sheets import replace_addresses
from generator.util.file_names import composed, is_writable
from generator.util.text import short_hash

_ROOT_FOLDER = "root/"
"""The folder below ``static/`` whose files keep their names."""
_FROM_ROOT = re.compile(r"/(?![/\\])")
_NOT_RELATIVE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/|#")
_AFTER_PATH = "%/?#:@!$&'()*+,;=~[]"
"""What may follow a path without being encoded again."""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A static file under its published address."""

    address: urls.Address
    data: bytes


class StyleLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link of a style sheet from the root of the host."""

    path: str
    """The path of the style sheet, for diagnostics."""
    line: int
    link: str


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """All static files of the site."""

    files: tuple[Asset, ...]
    addresses: Mapping[str, urls.Address]
    """The published addresses by path below ``static/``."""
    links: tuple[StyleLink, ...] = ()


def load(theme: Theme) -> Assets:
    """Reads the static files and determines their addresses.

    ``static/style.css`` is published as ``/assets/style.<hash>.css``. A file in ``static/root/``, such as ``CNAME`` or
    ``favicon.ico``, keeps its name at the root of the site. A relative reference in a style sheet is rewritten.

    Raises:
        BuildFailedError: a file cannot be read or published, or a style sheet refers to a file that does not exist.
    """
    diagnostics: list[Diagnostic] = []
    contents: dict[str, bytes] = {}
    for name, path in theme.static_files.items():
        if not name.isprintable() or name.startswith(f"{_ROOT_FOLDER}.digest") or not is_writable(name):
            why = "that cannot be published" if is_writable(name) else "that Windows cannot write"
            diagnostics.append(
                Diagnostic(
                    path=path.as_posix(),
                    code=Code.ASSET_ERROR,
                    message=f"has a name {why}",
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
    publisher = _Publisher(theme, contents, diagnostics)
    for name in sorted(contents):
        publisher.publish(name)
    if diagnostics:
        raise BuildFailedError(diagnostics)
    return Assets(files=tuple(publisher.files), addresses=publisher.addresses, links=tuple(publisher.links))


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


class _Publisher:
    """Gives static files their addresses. A style sheet contains, and so its hash covers, those that it refers to."""

    def __init__(self, theme: Theme, contents: Mapping[str, bytes], diagnostics: list[Diagnostic]) -> None:
        self.files: list[Asset] = []
        self.addresses: dict[str, urls.Address] = {}
        self.links: list[StyleLink] = []
        self._theme = theme
        self._contents = contents
        self._diagnostics = diagnostics
        self._open: list[str] = []
        """The style sheets that are being published, each imported by the one before it."""

    def publish(self, name: str) -> urls.Address:
        """Returns the address of a file, after those of the files that it refers to."""
        if name in self.addresses:
            return self.addresses[name]
        data = self._contents[name]
        if name.endswith(".css"):
            self._open.append(name)
            data = self._rewrite(name, data)
            self._open.pop()
        if name.startswith(_ROOT_FOLDER):
            address = urls.Address("/" + name.removeprefix(_ROOT_FOLDER))
        else:
            address = urls.asset(name, short_hash(data.decode("latin-1")))
        self.addresses[name] = address
        self.files.append(Asset(address=address, data=data))
        return address

    def _rewrite(self, name: str, data: bytes) -> bytes:
        """Returns a style sheet with the published names of the files that it refers to."""
        path = self._theme.static_files[name].as_posix()
        folder = PurePosixPath(name).parent

        def replace(target: str, line: int) -> str | None:
            if _FROM_ROOT.match(target):
                self.links.append(StyleLink(path=path, line=line, link=target))
                return None
            if not target or _NOT_RELATIVE.match(target):
                return None
            target_path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
            asset = _normalized(folder / composed(unquote(target_path)))
            if asset not in self._contents or asset in self._open:
                message = f"refers to {target!r}, which is not in static/"
                remedy = "add the file or remove the reference"
                if asset in self._open:
                    message, remedy = f"imports {target!r}, which imports this style sheet", "remove one of the two"
                self._diagnostics.append(
                    Diagnostic(path=path, line=line, code=Code.ASSET_ERROR, message=message, remedy=remedy)
                )
                return None
            # Relative to the style sheet, so that its bytes, and so its name, do not depend on the base path.
            to_root = "../" * (len(folder.parts) + (-1 if name.startswith(_ROOT_FOLDER) else 1))
            return (
                to_root
                + urls.href(self.publish(asset), "")[1:]
                + mark
                + quote(rest, safe=_AFTER_PATH, errors="surrogateescape")
            )

        text = data.decode("utf-8", "surrogateescape")
        return replace_addresses(text, replace).encode("utf-8", "surrogateescape")


def _normalized(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
