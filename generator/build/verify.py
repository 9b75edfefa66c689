"""Compares a built site, byte for byte, with one that is built from nothing."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator.build.build import build
from generator.config.options import Options
from generator.output.tree import MANIFEST, Tree


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a comparison."""

    files: int
    """How many files were compared."""
    different: tuple[str, ...]
    """The paths, below the output folder, of files that differ from those of a clean build."""


def verify(options: Options) -> Verified:
    """Builds the site from nothing and compares.

    Args:
        options: those of the build.

    Raises:
        OutputError: there is no room for a second site.
    """
    with tempfile.TemporaryDirectory(prefix="digest-verify-") as folder:
        clean = msgspec.structs.replace(
            options, output=Path(folder) / "site", state=Path(folder) / "state", deploy_manifest=None
        )
        build(clean)
        wanted, found = _files(clean.output), _files(options.output)
        different = sorted(
            path
            for path in wanted | found
            if path not in wanted or path not in found or _bytes(clean, path) != _bytes(options, path)
        )
        return Verified(len(wanted | found), tuple(different))


def _bytes(options: Options, path: str) -> bytes:
    return (options.output / path).read_bytes()


def _files(output: Path) -> frozenset[str]:
    """Returns the files that a build wrote, as far as they are still there."""
    recorded = Tree(root=output.resolve()).recorded()
    return frozenset(path for path in (*recorded, MANIFEST) if (output / path).is_file())
