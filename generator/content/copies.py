"""Recognises copies of documents by their names, as synchronising programs and file managers call them. Pure."""

import re
from typing import Final

# Dropbox, Nextcloud and Seafile, in several languages; pCloud; Syncthing; older Nextcloud; rclone.
_CONFLICT: Final = re.compile(
    r" ?\((?:[^()]*\b)?(?:conflicted copy|conflict copy|case conflict|sfconflict|in konflikt stehende kopie"
    r"|konfliktkopie|copie en conflit|copia en conflicto)\b[^()]*\)"
    r"|[ _]?[(\[]conflict(?:ed)?(?: [\d_-]+)?[)\]]"
    r"|\.sync-conflict-\d{8}-\d{6}(?:-\w+)?|[_-]conflict-\d{8}-\d{6}|\.conflict\d*(?=\.)",
    re.IGNORECASE,
)
# macOS, Windows with OneDrive, browsers, Google Drive, editors. People give such names to other documents, too.
_COPY: Final = re.compile(
    r"(?:^|(?<=/))(?:copy|kopie) (?:\(\d+\) )?(?:of|von) "
    r"|(?:~|-(?:DESKTOP|LAPTOP)-\w{5,8}| \(\d{1,3}\)| \d{1,2}| - (?:copy|kopie|copie|copia)(?: \(\d+\))?"
    r"| (?:copy|kopie)(?: \d+)?)(?=\.\w+$)",
    re.IGNORECASE,
)


def original_of_conflict(name: str) -> str:
    """Returns the name of the document of which a file is a conflict copy, or ``""`` if it is none."""
    original = _CONFLICT.sub("", name)
    return original if original != name else ""


def original_of(name: str) -> str:
    """Returns the name of the document of which a file may be a copy, or ``""``."""
    original = _COPY.sub("", _CONFLICT.sub("", name))
    return original if original != name else ""


def order(name: str) -> tuple[str, bool, str]:
    """Returns a sort key by which a document comes before its copies: ``a.md`` before ``Copy of a.md``."""
    original = original_of(name) or name
    return original.rpartition(".")[0], original != name, name
