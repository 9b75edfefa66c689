"""Hashes the site that a source folder builds to, so that "the same bytes as before" is one command.

``python -m bench.site_hash seeds archive.tar.xz made:1000`` builds each in a folder of its own, with search, the topics
of this project and a fixed time, and prints a line for each: the hash, the number of files, the name. ``--list FOLDER``
also writes the hash of every file, so that two runs can be compared with ``diff``.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from bench import corpus

_ROOT = Path(__file__).parent.parent
_SETTINGS = 'title = "Medical AI Digest"\nbase_url = "https://digest.example/"\n'
_NOW = "2100-01-01T00:00:00Z"


def site_hash(files: dict[str, str]) -> str:
    """Returns the hash of a site, given the hash of each of its files by path."""
    return hashlib.sha256("".join(f"{digest}  {path}\n" for path, digest in files.items()).encode()).hexdigest()


def build(source: str, folder: Path) -> dict[str, str]:
    """Builds the site of a source in a new folder; returns the hash of each file by path, in order.

    Args:
        source: a folder, a ``.tar.xz`` file, or ``made:N`` for made documents.
        folder: where the site is built.
    """
    site, output = folder / "site", folder / "output"
    seeds = site / "seeds"
    site.mkdir(parents=True)
    if source.startswith("made:"):
        corpus.write(corpus.documents(int(source.removeprefix("made:"))), seeds)
    elif source.endswith(".tar.xz"):
        with tarfile.open(source) as archive:
            archive.extractall(seeds, filter="data")
    else:
        shutil.copytree(source, seeds)
    (site / "site.toml").write_text(_SETTINGS, encoding="utf-8")
    shutil.copyfile(_ROOT / "topics.yaml", site / "topics.yaml")
    command = [
        sys.executable, "-m", "generator", "build", "--source", str(seeds), "--config", str(site / "site.toml"),
        "--output", str(output), "--now", _NOW, "--quiet", "--skip-invalid",
    ]  # fmt: skip
    subprocess.run(  # noqa: S603 - the command is ours
        command, check=True, cwd=site, env=os.environ | {"PYTHONPATH": str(_ROOT)}, stderr=subprocess.DEVNULL
    )
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


def main() -> None:
    """Builds and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", nargs="+", help="a folder, a .tar.xz file, or made:N")
    parser.add_argument("--list", type=Path, help="write the hash of every file into this folder")
    arguments = parser.parse_args()
    for source in arguments.sources:
        with tempfile.TemporaryDirectory() as folder:
            files = build(source, Path(folder))
        name = Path(source).name
        if arguments.list:
            arguments.list.mkdir(parents=True, exist_ok=True)
            lines = "".join(f"{digest}  {path}\n" for path, digest in files.items())
            (arguments.list / f"{name}.txt").write_text(lines, encoding="utf-8")
        print(f"{site_hash(files)}  {len(files):6}  {name}")


if __name__ == "__main__":
    main()
