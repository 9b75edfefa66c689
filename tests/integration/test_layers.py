"""The architecture, read off the code."""

import re
from pathlib import Path

import pytest

from tests.support import ROOT, architecture
from tests.support.architecture import LEVEL, PACKAGE, imports, modules, name_of, package_of

EDGE = "commands"
OLD_WORDS = re.compile(
    r"\b(?:tell|tells|telling|told|stands|standing|settled|ours)\b|\b(?:retell|relook|shelv|spool)|\b(?:fault|slip)s?\b",
    re.IGNORECASE,
)
_SYSTEM = re.compile(r"\bfork|FORK\b|killpg|\bO_[A-Z]")
FORBIDDEN_BELOW_THE_EDGE = (" print(", "sys.exit", "os.environ", ".now(", ".today(", "time.time(", "logging")


def test_the_packages_are_these_twelve() -> None:
    """Nothing but the packages, the two entry modules and the interface for hooks lies in the folder."""
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(LEVEL)
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py", "hooks.py"}


def test_packages_import_downward_only() -> None:
    """An import that points up, or to the package beside it, is named."""
    wrong = [
        f"{name_of(path)} -> {imported}"
        for path in modules()
        if (own := package_of(name_of(path))) in LEVEL
        for imported in imports(path)
        if (other := package_of(imported)) in LEVEL and other != own and LEVEL[other] >= LEVEL[own]
    ]
    assert wrong == []


def test_no_cycle_between_modules() -> None:
    """Within a package, too, imports form no circle."""
    known = {name_of(path): path for path in modules()}
    arrows = {
        name: {
            target
            for imported in imports(path)
            for target in (imported, imported.rpartition(".")[0])
            if target in known and target != name
        }
        for name, path in known.items()
    }
    finished: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in finished:
            for target in sorted(arrows[name]):
                visit(target, (*way, name))
            finished.add(name)

    for name in known:
        visit(name, ())


def test_no_command_imports_another() -> None:
    """What two commands share lies in ``terminal`` or below."""
    wrong = [
        f"{name_of(path)} -> {imported}"
        for path in modules()
        if (own := name_of(path).split("."))[1:2] == [EDGE] and len(own) > 3
        for imported in imports(path)
        if (other := imported.split("."))[1:2] == [EDGE]
        and len(other) > 3
        and other[2] != own[2]
        and (PACKAGE / EDGE / other[2]).is_dir()
    ]
    assert wrong == []


@pytest.mark.parametrize("path", [path for path in modules() if package_of(name_of(path)) != EDGE], ids=name_of)
def test_only_the_edge_prints_exits_and_reads_the_clock(path: Path) -> None:
    """No print, exit, environment or date of today below the command line."""
    if path.name == "__main__.py":
        pytest.skip("it starts the command line")
    text = path.read_text(encoding="utf-8")
    for word in FORBIDDEN_BELOW_THE_EDGE:
        assert word not in text, f"{name_of(path)}: {word}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_paths_are_shown_with_slashes(path: Path) -> None:
    """On Windows, too: keys, diagnostics and what is printed use `as_posix`."""
    text = path.read_text(encoding="utf-8")
    for written in ("os.sep", "path=str(", "printable(str(path", "printable(str(options"):
        assert written not in text, f"{name_of(path)}: {written}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_what_differs_between_systems_is_explained(path: Path) -> None:
    """Each module that forks, kills a group of processes or opens a descriptor is named with its reason."""
    if _SYSTEM.search(path.read_text(encoding="utf-8")):
        decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
        section = decisions.partition("## What differs between systems\n")[2].partition("\n## ")[0]
        assert f"`{path.relative_to(PACKAGE).as_posix()}`" in section


def test_the_picture_of_the_packages_is_current() -> None:
    """If this fails: `make architecture`."""
    assert architecture.drawn() == architecture.picture()


def test_one_word_for_one_thing() -> None:
    """Words of an earlier vocabulary, which the glossary of the architecture replaced, are used nowhere."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in (*modules(), *(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in OLD_WORDS.finditer(line)
    ]
    assert found == []
