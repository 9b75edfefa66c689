"""Finds the templates and static files of a site: its own files, and those of the default theme."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from generator.util.file_names import composed

_PACKAGE = Path(__file__).parent.parent
TOPICS: Final = "topics.yaml"
"""The name of the file with the curated topics, in the folder of the settings."""
SOURCES: Final = "sources.yaml"
"""The name of the file with the curated publishers, in the same folder."""
PAGES: Final = "pages"
"""The name of the folder with the own pages, in the same folder."""
IGNORED: Final = frozenset({".DS_Store", "Thumbs.db", ".gitkeep"})
"""The names of files that programs for looking at folders leave behind."""
_OF_EDITORS = re.compile(r"\.#.*|\..*\.sw[a-p]", re.DOTALL)
"""Locks of Emacs, and what Vim keeps of a file that is being edited."""


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """The places of a site's templates and static files."""

    template_folders: tuple[Path, ...]
    """Searched in this order."""
    static_files: Mapping[str, Path]
    """The paths by name, relative to ``static/``, with ``/`` and in NFC. A link that leads nowhere is among them."""
    linked_folders: tuple[Path, ...]
    """Links to folders in ``static/``. They are not followed."""


def default_root() -> Path:
    """Returns the folder of the default theme: in an installed package, or else the root of the checkout."""
    installed = _PACKAGE / "theme"
    return installed if installed.is_dir() else _PACKAGE.parent


def is_ignored(name: str) -> bool:
    """Whether a file in ``static/`` with this name is not published."""
    return name in IGNORED or bool(_OF_EDITORS.fullmatch(name))


def find(site_root: Path) -> Theme:
    """Finds the theme of the site whose settings are in ``site_root``. A file of the site overrides the default one.

    Paths of the site's own files start with ``site_root`` as given, so that diagnostics name them as the user does.
    """
    roots = {root.resolve(): root for root in (default_root().resolve(), site_root)}.values()
    static: dict[str, Path] = {}
    linked_folders: list[Path] = []
    for root in roots:
        folder = root / "static"
        paths = [path for path in sorted(folder.rglob("*")) if not is_ignored(path.name)]
        found = {path.relative_to(folder).as_posix(): path for path in paths if path.is_file() or _is_lost(path)}
        # The name in NFC, unless another file has it already.
        static |= {composed(name) if composed(name) not in found else name: path for name, path in found.items()}
        linked_folders += [path for path in paths if path.is_symlink() and path.is_dir()]
    return Theme(
        template_folders=tuple(root / "templates" for root in reversed(roots) if (root / "templates").is_dir()),
        static_files=dict(sorted(static.items())),
        linked_folders=tuple(linked_folders),
    )


def _is_lost(path: Path) -> bool:
    """Whether a path is a link that leads nowhere."""
    return path.is_symlink() and not path.exists()
