"""Folders that must not lie in each other."""

from pathlib import Path

from generator import theme
from generator.errors import OutputError


def refuse_overlap(output: Path, *, source: Path, config: Path) -> None:
    """Refuses an output folder in which a build would read or overwrite its own input.

    Args:
        output: the site.
        source: the documents.
        config: the settings; what else belongs to the site lies beside them.

    Raises:
        OutputError: they overlap, or the output is no folder.
    """
    resolved = _resolved(output)
    site = _resolved(config).parent
    for name, folder in [("source folder", _resolved(source)), ("site's folder", site)]:
        if folder.is_relative_to(resolved):
            raise OutputError(f"{output} holds the {name}: choose another output folder")
    roots = [site, theme.default_root().resolve()]
    for folder in [_resolved(source), *(root / name for root in roots for name in ("templates", "static"))]:
        if resolved.is_relative_to(folder):
            raise OutputError(f"{output} lies in {folder}, which a build reads: choose another output folder")
    try:
        is_taken = resolved.exists() and not resolved.is_dir()
    except OSError as error:
        raise OutputError(f"{output} is no usable path: {error.strerror}") from None
    if is_taken:
        raise OutputError(f"{output} is no folder")


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OutputError(f"{path} is no usable path: {error}") from None
