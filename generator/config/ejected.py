"""The files of the default theme, and copies of them in a site that remember of which version they are."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from generator.config import theme
from generator.util.text import short_hash

_COMMENTS: Final[Mapping[str, str]] = {
    ".html": "{{# {} #}}",
    ".css": "/* {} */",
    ".js": "// {}",
    ".svg": "<!-- {} -->",
}
"""How a comment is written in a file, by the end of its name. Other files cannot remember a version."""
_MARK = re.compile(rb"copy of version ([0-9a-f]{8})\b")


class Changed(NamedTuple):
    """A file of a site whose original has changed since it was copied."""

    name: str
    path: Path
    version: str
    """The present version of the original."""


def originals() -> dict[str, Path]:
    """Returns the files of the default theme by their names in a site, such as ``templates/base.html``."""
    root = theme.default_root()
    files = [path for folder in ("templates", "static") for path in sorted((root / folder).rglob("*"))]
    return {
        path.relative_to(root).as_posix(): path for path in files if path.is_file() and path.name not in theme.IGNORED
    }


def version_of(data: bytes) -> str:
    """Returns the version of an original: a digest of its content."""
    return short_hash(data.replace(b"\r\n", b"\n").decode("latin-1"))


def copy_of(original: Path) -> bytes:
    """Returns the content of a copy of an original, with a comment in its first line if the file can have one."""
    data = original.read_bytes()
    comment = _COMMENTS.get(original.suffix)
    if comment is None:
        return data
    mark = f"{original.name} of the default theme, copy of version {version_of(data)}"
    return comment.format(mark).encode() + b"\n" + data


def changed(site_root: Path) -> Iterator[Changed]:
    """Yields the files of a site that were copied from an original of another version than the present one."""
    for name, original in originals().items():
        path = site_root / name
        try:
            with path.open("rb") as file:
                mark = _MARK.search(file.readline(500))
        except OSError:
            continue  # the site has no such file, or a build reports it
        version = version_of(original.read_bytes())
        if mark and mark[1].decode() != version:
            yield Changed(name, path, version)
