"""A new site: the files of ``start/``, with today's date in the example."""

import contextlib
import datetime as dt
from pathlib import Path
from typing import Final

from generator.commands.new.document import create
from generator.errors import OutputError

_START: Final = Path(__file__).parent / "start"
_FILES: Final = {
    "site.toml": "site.toml",
    "topics.yaml": "topics.yaml",
    "example.md": "seeds/@DAY@-example.md",
    "deploy.yml": ".github/workflows/deploy.yml",
    "gitignore": ".gitignore",
}
"""What becomes of each file of ``start/``."""


def start(folder: Path, now: dt.datetime) -> list[Path]:
    """Writes a site that can be built at once, and returns its files.

    Args:
        folder: where; made if it is not there.
        now: when the example was published, in UTC, which is the new site's time zone.

    Raises:
        OutputError: the folder is not empty, or cannot be written; then nothing of ours is left in it.
    """
    moment = now.astimezone(dt.UTC)
    words = {"@NOW@": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "@DAY@": moment.date().isoformat()}
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if next(folder.iterdir(), None):
            raise OutputError(f"{folder} is not empty: name a new folder")
        for name, target in _FILES.items():
            path = folder / _filled(target, words)
            path.parent.mkdir(parents=True, exist_ok=True)
            create(path, _filled((_START / name).read_text(encoding="utf-8"), words).encode())
            made.append(path)
    except OSError as error:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.unlink()
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from None
    return made


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
