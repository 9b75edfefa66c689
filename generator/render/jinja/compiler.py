"""Jinja, faster: what is the same on all pages is worked out once, and a macro draws the same arguments once.

Nothing here knows a template, so a site's own are drawn as fast as ours. What is compiled here is right where it comes
to an end. Where it raises anything, ``render`` asks Jinja itself, which says what is wrong, or that nothing is.
"""

import keyword
import re
from collections.abc import Iterable
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Context
from markupsafe import Markup, escape

from generator.render.jinja.constant_folding import FIXED, Folding, is_call_of, pure_macros
from generator.render.jinja.macro_cache import Remembering

_PURE_GLOBALS: Final = frozenset({"range", "dict"})
# Where a template gives a name a value of its own. What is found besides costs no more than time.
_BINDINGS: Final = tuple(
    re.compile(r"{%[-+]?\s*" + pattern, re.DOTALL)
    for pattern in (
        r"set\b([^=]*?)(?:=|%})",
        r"for\b(.*?)\bin\b",
        r"(?:macro|with|import|from)\b(.*?)%}",
        r"call\s*\((.*?)%}",
    )
)
_QUOTED: Final = re.compile(r""""[^"]*"|'[^']*'""")
_NAME: Final = re.compile(r"\w+")
_COMMONS: Final = (
    "escape = environment.shown",
    "call = context.call",
    "Macro = environment.macro",
    "markup = environment.markup",
)


def shown(value: object) -> str:
    """A value as HTML shows it: text is escaped, markup is not."""
    if type(value) is str:
        # The same as ``escape``, which makes markup of each piece. Here pieces are only put together.
        if "&" in value:
            value = value.replace("&", "&amp;")
        if "<" in value:
            value = value.replace("<", "&lt;")
        if ">" in value:
            value = value.replace(">", "&gt;")
        if "'" in value:
            value = value.replace("'", "&#39;")
        if '"' in value:
            value = value.replace('"', "&#34;")
        return value
    if type(value) is int:
        return f"{value}"
    return value if type(value) is Markup else escape(value)


class _Markups(dict[str, Markup]):
    """Markup that stands in templates."""

    def __missing__(self, text: str) -> Markup:
        made = self[text] = Markup(text)  # noqa: S704 - it was markup when the template was compiled
        return made


class Drawn(Remembering):
    """An environment whose templates are compiled and called as this module has it."""

    def __init__(self, fixed: dict[str, object], **options: Any) -> None:  # noqa: ANN401 - those of Jinja
        """Prepares for templates.

        Args:
            fixed: globals that are the same on all pages; functions among them give the same for the same arguments.
            options: those of ``jinja2.Environment``.
        """
        super().__init__(**options)
        self.code_generator_class = _Generator
        self.template_class = _Template
        self.globals |= fixed
        self._rebound = self._find_rebound()
        self.fixed = {name: value for name, value in fixed.items() if name not in self._rebound}
        """Those for whose names no template has a value of its own. They are attributes as well."""
        for name, value in self.fixed.items():
            setattr(self, f"{FIXED}{name}", value)
        self._loaded: dict[str, jinja2.Template] = {}

    shown = staticmethod(shown)
    markup = _Markups()

    @property
    def known(self) -> set[str]:
        """Names of what pure macros may show."""
        return (self.fixed.keys() | _PURE_GLOBALS) - self._rebound

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: Any = None,  # noqa: A002, ANN401 - as Jinja has it
    ) -> jinja2.Template:
        """The template of a name: every page asks for some, and none changes meanwhile."""
        if not isinstance(name, str) or globals:
            return super().get_template(name, parent, globals)
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = super().get_template(name, parent)
            found.globals = dict(found.globals)  # copied for each page, and Jinja's is a chain of two
        return found

    def _find_rebound(self) -> set[str]:
        """All names for which a template has a value of its own, and some more."""
        found: set[str] = set()
        for name in self.list_templates():
            try:
                source = self.loader.get_source(self, name)[0] if self.loader else ""
            except (UnicodeDecodeError, OSError, jinja2.TemplateNotFound):
                continue  # a problem of its own
            for pattern in _BINDINGS:
                for names in pattern.findall(source):
                    found.update(_NAME.findall(_QUOTED.sub("", names)))
        return found


class _Template(jinja2.Template):
    """A template all whose globals are those of the environment, whoever asks for it."""

    environment: Drawn

    def _get_default_module(self, ctx: Context | None = None) -> Any:  # noqa: ANN401, ARG002 - as Jinja has it
        # Jinja compares the names of all globals each time something is imported.
        return super()._get_default_module()


class _Generator(CodeGenerator):
    """Compiles a template."""

    environment: Drawn

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        self._pure: dict[int, str] = {}
        # Where escaping is switched, Jinja itself knows best.
        if node.find(nodes.EvalContextModifier) is None:
            macros = pure_macros(node, self.environment.known)
            self._pure = {id(macro): f"{self.name}:{number}" for number, macro in enumerate(macros)}
            Folding(nodes.EvalContext(self.environment, self.name), self.environment.fixed).visit(node)
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        super().write_commons()
        for line in _COMMONS:
            self.writeline(line)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        # In a page's own template, what stands in a row is handed over together.
        if frame.buffer is not None or frame.require_output_check:
            super().visit_Output(node, frame)
            return
        finalize = self._make_finalize()
        pieces: list[str | nodes.Expr] = []
        for child in node.nodes:
            try:
                constant = self._output_child_to_const(child, frame, finalize)
            except Exception:  # noqa: BLE001 - as Jinja has it: it is no constant, or fails where it is reached
                pieces.append(child)
                continue
            if pieces and isinstance(pieces[-1], str):
                constant = f"{pieces.pop()}{constant}"
            pieces.append(constant)
        self.writeline("yield concat((", node)
        for piece in pieces:
            if isinstance(piece, str):
                self.write(repr(piece))
            else:
                self._output_child_pre(piece, frame, finalize)
                self.visit(piece, frame)
                self._output_child_post(piece, frame, finalize)
            self.write(", ")
        self.write("))")

    def blockvisit(self, nodes_: Iterable[nodes.Node], frame: Frame) -> None:
        joined: list[nodes.Node] = []
        for node in nodes_:
            before = joined[-1] if joined else None
            if isinstance(node, nodes.Output) and isinstance(before, nodes.Output):
                both = [*before.nodes, *node.nodes]
                joined[-1] = nodes.Output(both, lineno=before.lineno, environment=self.environment)
            else:
                joined.append(node)
        super().blockvisit(joined, frame)

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:  # noqa: N802
        if type(node.value) is Markup:  # the same one each time
            self.write(f"markup[{str(node.value)!r}]")
        else:
            super().visit_Const(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        # What is no attribute may be an item of a dictionary, or missing: Jinja itself finds out.
        name = node.attr
        if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{name}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        # Jinja adds the variables of loops and blocks, for functions that want a context: there are none.
        if is_call_of(node, self.environment.fixed):
            self.visit(node.node, frame)
            self.write("(")
            for argument in (*node.args, *node.kwargs):
                self.visit(argument, frame)
                self.write(", ")
        else:
            self.write("call(")
            self.visit(node.node, frame)
            self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        place = self._pure.get(id(macro_ref.node))
        if place is None:
            super().macro_def(macro_ref, frame)
        else:
            self.write(f"environment.pure({place!r}, lambda: ")
            super().macro_def(macro_ref, frame)
            self.write(")")
