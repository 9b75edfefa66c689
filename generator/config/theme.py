"""Templates and static files: the default theme, and a site's own files over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

_PACKAGE = Path(__file__).parent.parent
TOPICS: Final = "topics.yaml"
"""The name of the file of curated topics, beside the settings."""
_LITTER = frozenset({".DS_Store", "Thumbs.db", ".gitkeep"})


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Where a site's templates and static files are."""

    template_folders: tuple[Path, ...]
    """Searched in this order."""
    static_files: Mapping[str, Path]
    """By name below ``static/``, with ``/``."""


def default_root() -> Path:
    """The folder of the default theme: inside an installed package, or the checkout's top level."""
    installed = _PACKAGE / "theme"
    return installed if installed.is_dir() else _PACKAGE.parent


def find(site_root: Path) -> Theme:
    """The theme of the site whose settings are in ``site_root``: its own files, file by file, before the defaults.

    Paths of the site's own files begin as ``site_root`` does, so that problems name them as the user would.
    """
    roots = {root.resolve(): root for root in (default_root().resolve(), site_root)}.values()
    static: dict[str, Path] = {}
    for root in roots:
        folder = root / "static"
        static |= {
            path.relative_to(folder).as_posix(): path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in _LITTER
        }
    return Theme(
        template_folders=tuple(root / "templates" for root in reversed(roots) if (root / "templates").is_dir()),
        static_files=dict(sorted(static.items())),
    )
