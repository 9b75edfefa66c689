"""Reads the packages and their imports off the code.

``python -m tests.support.architecture`` draws them into ``docs/architecture.md``; a test compares.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support import ROOT

PACKAGE = ROOT / "generator"
PAGE = ROOT / "docs" / "architecture.md"
LAYERS = [
    ("util",),
    ("errors",),
    ("config",),
    ("content",),
    ("cache",),
    ("stories", "output"),
    ("search",),
    ("site",),
    ("render",),
    ("build",),
    ("commands",),
]
"""The packages, the lowest first. A package imports from lower layers only."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
_PICTURE = re.compile(r"(?<=<!-- packages -->\n).*(?=<!-- end of packages -->)", re.DOTALL)


def modules() -> list[Path]:
    """Returns the files of all modules, by path."""
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Returns the dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Yields the dotted name of everything of ours that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "generator":
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "generator")


def package_of(name: str) -> str:
    """Returns the package that a dotted name lies in; empty for the entry modules."""
    return (*name.split("."), "")[1]


def arrows() -> dict[str, set[str]]:
    """Returns the packages that each package imports, without those that it imports through another one anyway."""
    direct: dict[str, set[str]] = {name: set() for name in LEVEL}
    for path in modules():
        own = package_of(name_of(path))
        if own in LEVEL:
            direct[own] |= {other for one in imports(path) if (other := package_of(one)) in LEVEL and other != own}

    def reached(name: str) -> set[str]:
        return direct[name].union(*map(reached, direct[name]))

    return {name: found - set().union(*map(reached, found)) for name, found in direct.items()}


def picture() -> str:
    """Returns the packages and their imports as a Mermaid diagram and a table."""
    lines = ["```mermaid", "graph TD"]
    lines += [f"    {name} --> {other}" for name, others in reversed(arrows().items()) for other in sorted(others)]
    lines += ["```", "", "| package | purpose |", "|---|---|"]
    for name in LEVEL:
        module = ast.parse((PACKAGE / name / "__init__.py").read_text("utf-8"))
        lines.append(f"| `{name}` | {(ast.get_docstring(module) or '').splitlines()[0]} |")
    return "\n".join(lines) + "\n"


def drawn() -> str:
    """Returns the picture that the page shows."""
    found = _PICTURE.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


if __name__ == "__main__":
    PAGE.write_text(_PICTURE.sub(lambda _: picture(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
