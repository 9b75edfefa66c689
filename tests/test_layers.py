"""The architecture, read off the code."""

import ast
from pathlib import Path

import generator

PACKAGE = Path(generator.__file__).parent
LAYERS = [
    {
        "text",
        "dates",
        "language_tags",
        "pool",
        "serialize",
        "terms",
        "manual",
        "program",
        "disk",
        "hashing",
        "fetching",
        "folding",
        "remembering",
        "slips",
        "spool",
        "packed",
    },
    {"weburls", "errors", "aliases", "bundles", "keywords"},
    {"drawing", "findings", "verdicts", "ground", "journals"},
    {"outbound"},
    {"settings", "sources", "theme", "front_matter", "language", "clipping"},
    {"faults", "markup", "memory"},
    {"bodies", "recall", "shelving"},
    {"fields"},
    {"model", "state"},
    {"slugs", "articles"},
    {"items", "report", "taxonomy", "advice"},
    {"digest", "paging", "evidence", "remarks", "writing"},
    {"subjects", "codec", "labels", "starting"},
    {"related"},
    {"stories"},
    {"listing"},
    {"looking"},
    {"profiles"},
    {"telling", "standing"},
    {"repeating", "relooking"},
    {"retelling"},
    {"urls"},
    {"reading"},
    {"views", "page", "assets", "records"},
    {"checks"},
    {"cards", "charts", "linked_data", "search_page", "indexer", "redirects", "mistakes"},
    {"hosting"},
    {"machines", "syndication"},
    {"calendars", "lists", "item_pages"},
    {"editions"},
    {"pages", "feeds", "sitemaps"},
    {"render", "tree"},
    {"fingerprints", "keeping"},
    {"staging", "rehearsal", "explain", "search", "preflight", "deployment", "compression"},
    {"sync"},
    {"options"},
    {"grouping", "unchanged"},
    {"examining"},
    {"making", "checking"},
    {"build"},
    {"links"},
    {"preview", "watching", "verifying"},
    {"serving"},
    {"terminal"},
    {"cli_check", "cli_deploy", "cli_explain", "cli_new"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def imports(path: Path) -> set[str]:
    """The modules of ours that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "generator":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("generator."):
            found.add(str(node.module).split(".")[1])
    return found & set(LEVEL)


def test_every_module_has_a_layer() -> None:
    """A new module is given its place here and in docs/architecture.md."""
    assert {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} == set(LEVEL)


def test_modules_import_downward_only() -> None:
    """An arrow that points up, or sideways, is named."""
    wrong = [
        f"{path.stem} -> {name}"
        for path in sorted(PACKAGE.glob("*.py"))
        for name in sorted(imports(path))
        if path.stem in LEVEL and LEVEL[name] >= LEVEL[path.stem]
    ]
    assert wrong == []


def test_only_the_edge_prints_exits_and_reads_the_clock() -> None:
    """No print, exit, environment or date of today below the command line."""
    for path in PACKAGE.glob("*.py"):
        if path.stem in {"cli", "cli_check", "cli_deploy", "cli_explain", "cli_new", "terminal", "__main__"}:
            continue
        text = path.read_text(encoding="utf-8")
        for word in (" print(", "sys.exit", "os.environ", ".now(", ".today(", "time.time(", "logging"):
            assert word not in text, f"{path.name}: {word}"


def test_modules_stay_small() -> None:
    """About three hundred lines; `views`, which only declares, may be longer."""
    for path in PACKAGE.glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 320 or path.stem == "views", path.name
