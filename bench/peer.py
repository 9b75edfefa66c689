"""The same documents as a site of Hugo's: ``bench/hugo/`` with the documents in the form that Hugo takes.

Hugo refuses ``published: false`` (the word means a date there), and knows days, months, years and sources as lists only
where documents name them.
"""

import re
import shutil
import subprocess
from pathlib import Path

_SITE = Path(__file__).parent / "hugo"
_STATIC = Path(__file__).parent.parent / "static"
_FRAME = Path("layouts", "baseof.html")
FRAME = _SITE / _FRAME
_TERMS = re.compile(
    r"^publishedDateTime: [\"']?(?P<day>(?P<month>(?P<year>\d{4})-\d\d)-\d\d).*?"
    r"^provider:\n  name: (?P<source>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)
_OPENING = "---\n"


def find(folder: Path) -> Path | None:
    """Hugo itself, in the virtual environment that its package was installed into: the script there takes longer."""
    return next((path.resolve() for path in sorted(folder.rglob("binaries/hugo*")) if path.is_file()), None)


def version(hugo: Path) -> str:
    """Which Hugo it is, such as ``0.168.0``."""
    said = subprocess.run([hugo, "version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    found = re.search(r"v(\d+(\.\d+)*)", said)
    return found[1] if found else "of an unknown version"


def prepare(site: Path) -> Path:
    """Makes a site without documents, with the static files that our own has."""
    shutil.copytree(_SITE, site)
    shutil.copytree(_STATIC, site / "static")
    content(site).mkdir()
    return site


def content(site: Path) -> Path:
    """The folder for documents."""
    return site / "content" / "news"


def frame(site: Path) -> Path:
    """The template of all pages."""
    return site / _FRAME


def document(text: str) -> str:
    """A document as Hugo takes it."""
    terms = _TERMS.search(text)
    assert terms, "a document has no time or source"  # noqa: S101 - all made documents have
    lines = "".join(f'{name}s: ["{terms[name]}"]\n' for name in ("day", "month", "year", "source"))
    renamed = re.sub(r"^published: ", "isPromoted: ", text, flags=re.MULTILINE)
    return _OPENING + lines + renamed.removeprefix(_OPENING)
