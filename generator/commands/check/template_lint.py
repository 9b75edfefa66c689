"""Warnings for the blocks and macros of a site's own templates that do nothing."""

from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

from generator.errors import Code, Diagnostic, Severity
from generator.render.renderer import RenderContext, loader
from generator.util.text import nearest

_HEAD = "head"


def parts_without_effect(context: RenderContext) -> Iterator[Diagnostic]:
    """Yields a warning for each block that no extended template has, and for each macro that an extended one replaces.

    A block `head` that leaves out what pages cannot do without gets one, too.

    Nothing is reported of a template whose parent has a computed name. All templates can be compiled.
    """
    environment = jinja2.Environment(loader=loader(context.folders), autoescape=True)
    *own, _ = context.folders
    for path in (path for folder in own for path in sorted(folder.rglob("*.html"))):
        tree = environment.parse(path.read_text(encoding="utf-8-sig"))
        parents = _parents(environment, tree)
        if not parents:
            continue
        blocks = {block.name for parent in parents for block in parent.find_all(nodes.Block)}
        macros = {part.name for parent in parents for part in parent.body if isinstance(part, nodes.Macro)}
        for part in tree.body:
            if isinstance(part, nodes.Block) and part.name not in blocks:
                guess = nearest(part.name, blocks)
                remedy = f"did you mean `{guess[0]}`?" if guess else f"write one of {', '.join(sorted(blocks))}"
                message = f"the block `{part.name}` does nothing: no template that this one extends has it"
                yield _diagnostic(path, part.lineno, message, remedy)
            if isinstance(part, nodes.Block) and part.name == _HEAD and not _has_super(part):
                message = f"the block `{_HEAD}` replaces title, style sheet and metadata of the pages"
                remedy = "write {{ super() }} in it to keep them"
                yield _diagnostic(path, part.lineno, message, remedy, Code.REPLACED_HEAD)
            if isinstance(part, nodes.Macro) and part.name in macros:
                message = f"the macro `{part.name}` does nothing: a template that this one extends has it, too"
                yield _diagnostic(path, part.lineno, message, "copy that template with `digest theme eject`")


def _has_super(block: nodes.Block) -> bool:
    return any(isinstance(call.node, nodes.Name) and call.node.name == "super" for call in block.find_all(nodes.Call))


def _parents(environment: jinja2.Environment, tree: nodes.Template) -> list[nodes.Template]:
    """Returns the templates that a template extends, nearest first; none if a name is computed or unknown."""
    parents: list[nodes.Template] = []
    names: list[str] = []
    while extends := tree.find(nodes.Extends):
        name = extends.template.value if isinstance(extends.template, nodes.Const) else None
        if name is None or name in names or environment.loader is None:
            return []
        try:
            source, *_ = environment.loader.get_source(environment, name)
        except jinja2.TemplateNotFound:
            return []  # the pages report it
        tree = environment.parse(source)
        names.append(name)
        parents.append(tree)
    return parents


def _diagnostic(path: Path, line: int, message: str, remedy: str, code: Code = Code.UNUSED_BLOCK) -> Diagnostic:
    return Diagnostic(
        path=path.as_posix(),
        line=line,
        code=code,
        severity=Severity.WARNING,
        message=message,
        remedy=remedy,
    )
