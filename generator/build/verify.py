"""A built site beside one that is built from nothing: byte for byte."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator.build.build import build
from generator.config.options import Options
from generator.output.tree import Tree


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it."""

    files: int
    """How many were compared."""
    different: tuple[str, ...]
    """Those that are not what a clean build makes, by their paths below the site's folder."""


def verify(options: Options) -> Verified:
    """Builds from nothing and compares.

    Args:
        options: those that it was just built with.

    Raises:
        OutputError: there is no room for a second site.
    """
    with tempfile.TemporaryDirectory(prefix="digest-verify-") as folder:
        clean = msgspec.structs.replace(options, output=Path(folder) / "site", is_clean=True, deploy_manifest=None)
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
    """The files that a build wrote, as far as they are still there."""
    return frozenset(path for path in Tree(root=output.resolve()).recorded() if (output / path).is_file())
