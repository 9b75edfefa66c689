"""Jinja, faster: what is the same on all pages is worked out once, and a macro draws the same arguments once.

Nothing here knows a template, so a site's own are drawn as fast as ours. What is compiled here is right where it comes
to an end. Where it raises anything, ``render`` asks Jinja itself, which says what is wrong, or that nothing is.
"""

import keyword
import re
from typing import Any, Final

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Context, Macro
from jinja2.utils import pass_eval_context
from markupsafe import Markup, escape

from generator.folding import Folding, is_call_of, pure_macros

_REMEMBERED: Final = 16_384
"""Macro calls in each of two generations."""
_TRIED: Final = 256
_WORTH: Final = 0.1
"""A macro is drawn anew each time if, once it was tried often enough, fewer calls than this are of what was drawn."""
_PLAIN: Final = frozenset({str, int, bool, type(None), Markup})
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
_COMMONS: Final = ("escape = environment.shown", "call = context.call", "Macro = environment.macro")


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
    return value if type(value) is Markup else escape(value)


class Drawn(jinja2.Environment):
    """An environment whose templates are compiled and called as this module has it."""

    def __init__(self, fixed: dict[str, object], **options: Any) -> None:  # noqa: ANN401 - those of Jinja
        """Prepares for templates.

        Args:
            fixed: globals that are the same on all pages; functions among them give the same for the same arguments.
            options: those of ``jinja2.Environment``.
        """
        super().__init__(**options)
        self.code_generator_class = _Generator
        self.context_class = _Context
        self.globals |= fixed
        self._rebound = self._find_rebound()
        self.fixed = {name: value for name, value in fixed.items() if name not in self._rebound}
        """Those for whose names no template has a value of its own."""
        self.is_impure = False
        """Whether something was called whose result may be another the next time."""
        self.macro = _Macro
        self.drawn = _Recent(_REMEMBERED)
        """What pure macros drew, and the arguments, of which the key may hold the identity alone."""
        self.uses: dict[str, _Use] = {}
        """By the place of a macro."""
        self._loaded: dict[str, jinja2.Template] = {}

    shown = staticmethod(shown)

    @property
    def known(self) -> set[str]:
        """Names of what pure macros may show."""
        return (self.fixed.keys() | _PURE_GLOBALS) - self._rebound

    def pure(self, macro: Macro, place: str) -> Macro:
        """A macro that draws the same for the same arguments.

        Args:
            macro: the macro.
            place: of its definition; no other has it.
        """
        return _PureMacro(macro, place, self)

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


class _Recent(dict[object, tuple[Markup, object]]):
    """A dictionary that forgets what was not asked for in a while: one generation at a time."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._old: dict[object, tuple[Markup, object]] = {}

    def find(self, key: object) -> tuple[Markup, object] | None:
        """What is there, if it is."""
        found = self.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self[key] = found
        return found

    def __setitem__(self, key: object, value: tuple[Markup, object]) -> None:
        if len(self) >= self._size:
            self._old = dict(self)
            self.clear()
        super().__setitem__(key, value)


class _Context(Context):
    """Calls what templates call."""

    environment: Drawn

    def call(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        if isinstance(fn, _Macro) and self.eval_ctx.autoescape:
            return fn(*args, **kwargs)
        self.environment.is_impure = True
        return super().call(fn, *args, **kwargs)


class _Macro(Macro):
    """A macro that may draw anything."""

    _environment: Drawn

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        self._environment.is_impure = True
        return super().__call__(*args, **kwargs)


class _PureMacro(_Macro):
    """A macro that shows its arguments, what is the same on all pages, and nothing else."""

    def __init__(self, macro: Macro, place: str, environment: Drawn) -> None:
        vars(self).update(vars(macro))
        self._place = place
        self._use = environment.uses.setdefault(place, _Use())
        self._drawn = environment.drawn

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        use = self._use
        key = _key(self._place, args, kwargs) if use.is_worth else None
        if key is None:
            return Macro.__call__(self, *args, **kwargs)
        if known := self._drawn.find(key):
            use.hits += 1
            return known[0]
        use.misses += 1
        use.is_worth = use.misses < _TRIED or use.hits >= use.misses * _WORTH
        environment = self._environment
        before, environment.is_impure = environment.is_impure, False
        drawn: Any = Macro.__call__(self, *args, **kwargs)
        if not environment.is_impure:
            self._drawn[key] = drawn, (args, kwargs)
        environment.is_impure |= before
        return drawn


class _Use:
    """How often what a macro drew was asked for again."""

    __slots__ = ("hits", "is_worth", "misses")

    def __init__(self) -> None:
        self.hits = self.misses = 0
        self.is_worth = True


def _key(place: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
    """Stands for a call; for views stands their identity, for they never change. None where something might change."""
    key: list[Any] = [place]
    for value in args:
        kind = type(value)
        if kind in _PLAIN:
            key += (kind, value)
        elif _is_frozen(kind):
            key.append(id(value))
        else:
            return None
    for name, value in kwargs.items():
        kind = type(value)
        if kind in _PLAIN:
            key += (name, kind, value)
        elif _is_frozen(kind):
            key += (name, id(value))
        else:
            return None
    return tuple(key)


_FROZEN: dict[type, bool] = {}


def _is_frozen(kind: type) -> bool:
    """Whether values of a type never change."""
    found = _FROZEN.get(kind)
    if found is None:
        found = _FROZEN[kind] = issubclass(kind, msgspec.Struct) and kind.__struct_config__.frozen
    return found


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
            self.write("environment.pure(")
            super().macro_def(macro_ref, frame)
            self.write(f", {place!r})")
