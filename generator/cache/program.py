"""Which program this is: its own code, and all packages that it may be built on, in one fingerprint."""

import hashlib
import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_DIGEST_BYTES = 16


def fingerprint() -> str:
    """Differs where two programs may make different sites of the same input."""
    found = hashlib.blake2b(sys.version.encode(), digest_size=_DIGEST_BYTES)
    for path in sorted(path for ending in ("*.py", "*.toml", "*.yaml") for path in _PACKAGE.rglob(ending)):
        data = path.read_bytes()
        found.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(data)} ".encode() + data)
    found.update(" ".join(sorted(_installed())).encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def version_of(distribution: str) -> str:
    """The version of an installed distribution, as its folder is called; nothing where there is none.

    ``importlib.metadata`` takes as long to load as all of a small build.
    """
    for folder in filter(os.path.isdir, sys.path):
        for name in os.listdir(folder):
            if name.startswith(f"{distribution}-") and name.endswith(".dist-info"):
                return name.removeprefix(f"{distribution}-").removesuffix(".dist-info")
    return ""


def _installed() -> set[str]:
    """The names of installed distributions with their versions, as their folders are called."""
    names: set[str] = set()
    for folder in filter(os.path.isdir, sys.path):
        names.update(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    return names
