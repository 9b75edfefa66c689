"""Creates a site from the files in ``start/``, with the current date in the example document."""

import contextlib
import datetime as dt
from pathlib import Path
from typing import Final

from generator.commands.document_files import create as create_file
from generator.errors import OutputError

_START: Final = Path(__file__).parent / "start"
_FILES: Final = {
    "site.toml": "site.toml",
    "topics.yaml": "topics.yaml",
    "example.md": "seeds/@DAY@-example.md",
    "deploy.yml": ".github/workflows/deploy.yml",
    "gitignore": ".gitignore",
}
"""The path in the site of each file in ``start/``."""


def create_site(folder: Path, now: dt.datetime) -> list[Path]:
    """Creates a site that builds without errors, with an example published at ``now``; returns its files.

    Raises:
        OutputError: the folder is not empty, or cannot be written; all files of the site are removed again.
    """
    published = now.astimezone(dt.UTC)  # the time zone of the new site
    values = {"@NOW@": f"{published:%Y-%m-%dT%H:%M:%SZ}", "@DAY@": published.date().isoformat()}
    created: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if next(folder.iterdir(), None):
            raise OutputError(f"{folder} is not empty: name a new or empty folder")
        for name, target in _FILES.items():
            path = folder / _filled(target, values)
            path.parent.mkdir(parents=True, exist_ok=True)
            create_file(path, _filled((_START / name).read_text(encoding="utf-8"), values).encode())
            created.append(path)
    except OSError as error:
        for path in reversed(created):
            with contextlib.suppress(OSError):
                path.unlink()
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from None
    return created


def _filled(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text
