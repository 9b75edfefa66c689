"""Golden sites: examples that are documentation and byte-for-byte tests at once.

Each folder holds ``input/``, a whole site; ``expected/``, the text files that it builds to; and ``listed.txt``, a list
of its other files. The comment in each ``site.toml`` says what the site covers. ``make golden`` writes ``expected/``
and ``listed.txt``.
"""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

import brotli

from tests.support.making import NOW, run

FOLDER = Path(__file__).parent
NAMES = sorted(path.name for path in FOLDER.iterdir() if (path / "input").is_dir())
EXPECTED = "expected"
LISTED = "listed.txt"
_GZIPPED = (".gz", ".pagefind", ".pf_filter", ".pf_fragment", ".pf_index", ".pf_meta")
_COPIED = ("assets/", "search/engine-")


def build(name: str, output: Path, *, jobs: int = 1) -> None:
    """Builds a golden site with the templates, static files, topics and words of its own folder."""
    root = FOLDER / name / "input"
    code, _, stderr = run(
        "build", "--state", str(output.parent / "state"), "--source", str(root / "seeds"),
        "--config", str(root / "site.toml"),
        "--output", str(output), "--now", NOW, "--jobs", str(jobs), "--quiet",
    )  # fmt: skip
    if code:
        raise AssertionError(stderr)


def record(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Returns the files to keep of a built site, by their paths below the golden site's folder.

    - Text files are kept as they are, text files that are compressed (the records of the search index) uncompressed.
    - Binary files are listed with the SHA-256 of their content. So are scripts, style sheets and Pagefind's engine,
      which the program only copies.
    - A compressed copy is listed with the name of the file that has the same content.

    Compressed bytes are not compared, only their content: they depend on the versions of zlib and Brotli.
    """
    kept: dict[str, bytes] = {}
    listed: list[str] = []
    for path, data in sorted(files.items()):
        content = _uncompressed(path, data)
        original = path.removesuffix(".br").removesuffix(".gz")
        if original != path and files.get(original) == content:
            listed.append(f"{path}  the content of {original}\n")
        elif _is_text(content) and not path.startswith(_COPIED):
            kept[f"{EXPECTED}/{path}"] = content
        else:
            listed.append(f"{path}  {hashlib.sha256(content).hexdigest()}\n")
    return kept | {LISTED: "".join(listed).encode()}


def recorded(name: str) -> dict[str, bytes]:
    """Returns the files that are kept of a golden site, as :func:`record` returned them."""
    root = FOLDER / name
    paths = [root / LISTED, *(root / EXPECTED).rglob("*")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def _uncompressed(path: str, data: bytes) -> bytes:
    if path.endswith(_GZIPPED):
        return gzip.decompress(data)
    return brotli.decompress(data) if path.endswith(".br") else data


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False
