"""Creates a site from the files in ``start/``, with the current date in the example document."""

import datetime as dt
import os
from pathlib import Path
from typing import Final

from generator.commands import document_files
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
    """Creates a site that builds without errors, with an example published at ``now``; returns its new files.

    The folder may hold hidden files, as a new clone and macOS leave them. None of them is overwritten.

    Raises:
        OutputError: the folder holds other files, or cannot be written; all files of the site are removed again.
    """
    published = now.astimezone(dt.UTC)  # the time zone of the new site
    values = {"@NOW@": f"{published:%Y-%m-%dT%H:%M:%SZ}", "@DAY@": published.date().isoformat()}
    files: dict[Path, bytes] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not all(path.name.startswith(".") for path in folder.iterdir()):
            raise OutputError(f"{folder} is not empty: name a new or empty folder")
        for name, target in _FILES.items():
            path = folder / _filled(target, values)
            if not (target.startswith(".") and os.path.lexists(path)):
                files[path] = _filled((_START / name).read_text(encoding="utf-8"), values).encode()
        document_files.create_all(files)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from None
    return list(files)


def _filled(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text
