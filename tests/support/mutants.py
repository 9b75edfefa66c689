"""Takes the defences out, one at a time, and sees that a security test fails for each.

``python -m tests.support.mutants`` finds the places by itself: calls of what cleans or escapes, refusals, tables of
characters, and every expression that a template shows. Each mutant is run in a copy of the project against
``tests/security`` alone. Survivors are printed; exit code 1 where there are any.
"""

import ast
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from generator.content.urls import Address
from generator.site.page import Page
from tests.integration.test_docs import PAGES
from tests.support import ROOT
from tests.support.filling import VARIANTS, filled, renderer

_TESTS = "tests/security"
COPIED = ("generator", "templates", "static", "tests", "docs", "pyproject.toml", "topics.yaml", "seeds", "README.md",
          "CHANGELOG.md", "Makefile")  # fmt: skip

# What a call becomes when the defence is out, by the name that is called; {0} is its first argument.
CALLS = {
    # Escaping.
    "escape": "{0}",
    "printable": "{0}",
    "printable_lines": "{0}",
    "quote": "str({0})",
    "json_text": "__import__('json').dumps({0}, ensure_ascii=False)",
    "xml_text": "{0}",
    "xml_value": "{0}",
    # Cleaning.
    "repair": "{0}",
    "strip_unwanted": "{0}",
    "clean": "{0}",
    "domain": "{0}",
    "slugify": "{0}",
    "shown_name": "str({0})",
    "_refuse_excess": "None",
    # Looking.
    "is_slug": "True",
    "embedded_video": "__import__('generator.content.embeds').markup.Video({0}, 'x') if {0} else None",
}
ATTRIBUTES = {"clean", "domain", "escape"}
"""Those that are called as an attribute of a module: ``weburls.clean``, ``html.escape``."""
REFUSALS = {"InvalidUrlError"}
"""An ``if`` that only raises one of these is left out."""
TABLES = {
    "_UNWANTED": "'(?!)'",
    "_UNSAYABLE": "'(?!)'",
    "_SKIPPED": "",
    "_ESCAPED": "{}",
    "_ENCODED": "{}",
    "_SCHEMES": "{'http', 'https', 'javascript:', 'data:', 'http:', 'https:'}",
}
"""Constants of characters and schemes, and what they become: patterns that match nothing, no character, any scheme."""
LAYERED = {
    "generator/content/commonmark.py: _bare_link: without &": "an entity is decoded, and the renderer escapes",
    "generator/content/markdown.py: render_body: nh3.clean() without tags": "raw HTML is written anew without others",
    "generator/content/markdown.py: render_body: nh3.clean() without attributes": "the same",
    "generator/content/raw_html.py: reduce: without &lt;": "what is no tag for us is sanitised as any other",
    "generator/content/markdown.py: render_body: nh3.clean() without url_schemes": "the filter of attributes refuses",
    "generator/content/markdown.py: with another _SCHEMES": "the filter of attributes refuses the same",
    "generator/commands/build/command.py: _verify: without printable()": "only printable paths are read of a manifest",
    "generator/commands/check/template_lint.py: parts_without_effect: without autoescape": "it renders no template",
    "generator/commands/deploy/command.py: sync_command: without printable()": "only printable paths are read",
    "generator/commands/new/command.py: _address: without clean()": "what it refuses is in no document",
    "generator/util/weburls.py: with another _SCHEMES": "what has no http and two slashes is refused, too",
    "generator/util/weburls.py: clean: without the refusal of url.protocol not in _SCHEMES": "the same",
    "generator/content/embeds.py: embedded_video: nh3.clean() without tags": "of iframes alone is the source read",
}
"""What another defence stands behind, so that nothing shows when it is out."""


@dataclass(frozen=True)
class Mutant:
    """A file of the project with one defence less."""

    name: str
    """Where, and what was taken out."""
    path: str
    text: str


def of_module(path: Path) -> Iterator[Mutant]:
    """The mutants of a module."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    shown = path.relative_to(ROOT).as_posix()

    def walk(node: ast.AST, function: str) -> Iterator[Mutant]:
        if isinstance(node, ast.FunctionDef):
            function = f" {node.name}:"
        for place, replacement, what in _weakened(node):
            yield Mutant(f"{shown}:{place.lineno}:{function} {what}", shown, _replaced(lines, place, replacement))
        for child in ast.iter_child_nodes(node):
            yield from walk(child, function)

    yield from walk(ast.parse(source), "")


def _weakened(node: ast.AST) -> Iterator[tuple[ast.expr, str, str]]:
    """What to replace in a node, by what, and what that takes out."""
    match node:
        case ast.Call() if (name := _called(node)) in CALLS and node.args:
            call = CALLS[name].format(ast.unparse(node.args[0]), call=ast.unparse(node))
            yield node, f"({call})", f"without {name}()"
        case ast.Call(func=ast.Name("map"), args=[ast.Name(name) as function, *_]) if name in CALLS:
            yield function, "(lambda value: value)", f"without {name}() in map()"
        case ast.Call() if ast.unparse(node.func) == "nh3.clean":
            for keyword in node.keywords:
                left = [one for one in node.keywords if one is not keyword]
                call = ast.unparse(ast.Call(func=node.func, args=node.args, keywords=left))
                yield node, f"({call})", f"nh3.clean() without {keyword.arg}"
        case ast.Call(func=ast.Attribute(value=text, attr="replace"), args=[_, ast.Constant(str(entity))]) if (
            entity.startswith("&")
        ):
            yield node, ast.unparse(text), f"without {entity}"
        case ast.keyword(arg="autoescape"):
            yield node.value, "False", "without autoescape"
        case ast.If(body=[ast.Raise(exc=ast.Call(func=ast.Name(name)))]) if name in REFUSALS:
            yield node.test, "False", f"without the refusal of {ast.unparse(node.test)}"
        case ast.Assign(targets=[ast.Name(name)]) if name in TABLES:
            is_pattern = "re.compile" in ast.unparse(node.value)
            yield node.value, "__import__('re').compile('(?!)')" if is_pattern else TABLES[name], f"with another {name}"


def _called(node: ast.Call) -> str:
    """The name that is called, as far as it is known to be one of ours."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.attr if node.func.attr in ATTRIBUTES and node.func.value.id not in {"nh3", "re"} else ""
    return ""


def _replaced(lines: list[str], node: ast.expr | ast.stmt, replacement: str) -> str:
    """The source with a node replaced. Offsets of ``ast`` count bytes."""
    assert node.end_lineno is not None and node.end_col_offset is not None  # noqa: PT018 - of a parsed text both are there
    before = "".join(lines[: node.lineno - 1]) + lines[node.lineno - 1].encode()[: node.col_offset].decode()
    after = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode() + "".join(lines[node.end_lineno :])
    return before + replacement + after


def of_templates() -> tuple[list[Mutant], list[str], int]:
    """A mutant for each expression that shows something that needs escaping; what no test shows; and the others.

    An expression needs none if all it ever shows is markup already, or the same escaped and not, whatever words views,
    site and interface hold.
    """
    places: list[tuple[Path, int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((ROOT / "templates").glob("*.html")):
            source = path.read_text(encoding="utf-8")
            probes = []
            for start, end in [*_outputs(source), *_values(source)]:
                probes += [(start, f" probe({len(places)}, "), (end, ") ")]
                places.append((path, start, end))
            for offset, text in sorted(probes, reverse=True):
                source = source[:offset] + text + source[offset:]
            Path(folder, path.name).write_text(source, encoding="utf-8")
        seen = _shown(Path(folder))
    mutants, unseen = [], []
    for number, (path, start, end) in enumerate(places):
        source = path.read_text(encoding="utf-8")
        shown = f"templates/{path.name}"
        place = f"{shown}:{source.count(chr(10), 0, start) + 1}: {source[start:end].strip()}"
        if number not in seen:
            unseen.append(f"{place} is shown by no test")
        elif seen[number]:
            mutants.append(
                Mutant(f"{place} | safe", shown, f"{source[:start]} ({source[start:end]}) | safe {source[end:]}")
            )
    return mutants, unseen, len(places) - len(mutants) - len(unseen)


def _outputs(source: str) -> Iterator[tuple[int, int]]:
    """Where each expression that a template shows begins and ends."""
    start = offset = 0
    for _, kind, text in jinja2.Environment(autoescape=True, keep_trailing_newline=True).lex(source):
        if kind == "variable_end":
            yield start, offset
        offset += len(text)
        if kind == "variable_begin":
            start = offset
    assert offset == len(source), "the pieces are not the whole"


def _values(source: str) -> Iterator[tuple[int, int]]:
    """Where each value in words of the interface begins and ends: ``page.host`` in ``text("key", host=page.host)``."""
    for call in re.finditer(r"\btext\(", source):
        depth, start = 0, None
        for index in range(call.end(), len(source)):
            character = source[index]
            if depth == 0 and character in ",)":
                if start is not None:
                    yield start, index
                start = None
            if depth == 0 and character == "=":
                start = index + 1
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                break


def _shown(folder: Path) -> dict[int, bool]:
    """Of each expression that was shown, whether escaping made a difference."""
    seen: dict[int, bool] = {}

    def probe(number: int, value: object) -> object:
        seen[number] = seen.get(number, False) or (not isinstance(value, Markup) and str(escape(value)) != str(value))
        return value

    for variant in VARIANTS:
        made = renderer("<&>\"'", variant, (folder,))
        made._environment.globals["probe"] = probe
        for template, view in PAGES.items():
            shown = filled(view, "<&>\"'", variant)
            rendered = made.render(Page(address=Address("/"), template=template, view=shown, origin="a mutant"))
            assert rendered.diagnostic is None, rendered.diagnostic
    return seen


def survives(mutant: Mutant, folder: Path) -> bool:
    """Whether the security tests find nothing wrong with a mutant in a copy of the project."""
    path = folder / mutant.path
    whole = path.read_bytes()
    path.write_text(mutant.text, encoding="utf-8")
    try:
        return all(not _tested(folder, *chosen).returncode for chosen in _orders(mutant))
    finally:
        path.write_bytes(whole)


def _orders(mutant: Mutant) -> list[list[str]]:
    """The tests in the order in which they are likely to kill a mutant; together, all of them."""
    name = Path(mutant.path).name
    whole = [["-k", "not templates_show", _TESTS], ["-k", "templates_show", _TESTS]]
    if not name.endswith(".html"):
        return whole
    templates = [name] if name in PAGES else ["item.html", "list.html", "year.html", "search.html"]
    first = [
        f"{_TESTS}/test_attacks.py::test_templates_show_text_as_text[{one}-{variant}]"
        for one in templates
        for variant in VARIANTS
    ]
    return [first, *reversed(whole)]


def _tested(folder: Path, *chosen: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=line"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [*command, *chosen],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )


def copied(folder: Path) -> Path:
    """A copy of the project."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def main(arguments: list[str]) -> int:
    """Runs the mutants whose names hold an argument, or all; returns the exit code."""
    of_code = [
        mutant
        for path in sorted((ROOT / "generator").rglob("*.py"))
        for mutant in of_module(path)
        if re.sub(r":\d+:", ":", mutant.name) not in LAYERED
    ]
    of_pages, unseen, needless = of_templates()
    mutants = [
        mutant
        for mutant in [*of_code, *of_pages]
        if not arguments or any(argument in mutant.name for argument in arguments)
    ]
    print(f"{len(mutants)} mutants; {needless} expressions of templates show nothing that needs escaping", flush=True)
    workers = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as temporary:
        folders = [copied(Path(temporary, str(number))) for number in range(workers)]
        if (done := _tested(folders[0], _TESTS)).returncode:
            print(done.stdout, "the tests fail without a mutant", sep="\n")
            return 1
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            free = list(folders)

            def run(mutant: Mutant) -> bool:
                folder = free.pop()
                try:
                    return survives(mutant, folder)
                finally:
                    free.append(folder)

            survivors = []
            for mutant, has_survived in zip(mutants, pool.map(run, mutants), strict=True):
                if has_survived:
                    survivors.append(mutant.name)
                print(f"{'SURVIVES' if has_survived else 'killed  '} {mutant.name}", flush=True)
    for name in (*survivors, *unseen):
        print(f"survivor: {name}")
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants were killed")
    return 1 if survivors or unseen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
