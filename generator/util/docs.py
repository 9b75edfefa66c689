"""Finds the documentation: in an installed package, or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def docs_folder() -> Path:
    """Returns the folder with the pages of the documentation, as Markdown files."""
    installed = _PACKAGE / "docs"
    return installed if installed.is_dir() else _PACKAGE.parent / "docs"
