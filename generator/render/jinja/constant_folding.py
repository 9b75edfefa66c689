"""What can be known of a template before any page is: expressions that always give the same, macros that are pure."""

import contextlib
import copy
import keyword
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from jinja2 import nodes
from jinja2.compiler import has_safe_repr
from jinja2.visitor import NodeTransformer

N = TypeVar("N", bound=nodes.Node)

FIXED = "fixed_"
"""Before the name of what is fixed, that of the environment's attribute."""

# In a macro: what takes in other templates or is filled by them, and what looks at more than names. The last four could
# be looked into, but few macros hold any.
_OPAQUE = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Block,
    nodes.CallBlock,
    nodes.NSRef,
    nodes.EvalContextModifier,
    nodes.ContextReference,
    nodes.DerivedContextReference,
    nodes.EnvironmentAttribute,
    nodes.ExtensionAttribute,
    nodes.Macro,
    nodes.With,
    nodes.AssignBlock,
    nodes.FilterBlock,
)
_COUNTED = (nodes.Block, nodes.Extends, nodes.Import, nodes.FromImport, nodes.Macro)
"""What counts also where it is not reached."""
_RANDOM = "random"
"""The one filter that gives another value each time."""


def is_call_of(node: nodes.Call, functions: Collection[str]) -> bool:
    """Whether a call is a plain one of one of these functions."""
    is_named = isinstance(node.node, nodes.Name | nodes.EnvironmentAttribute) and _plain_name(node.node) in functions
    is_plain = node.dyn_args is None and node.dyn_kwargs is None
    return is_named and is_plain and not any(keyword.iskeyword(one.key) for one in node.kwargs)


def _plain_name(node: nodes.Name | nodes.EnvironmentAttribute) -> str:
    return node.name if isinstance(node, nodes.Name) else node.name.removeprefix(FIXED)


class Folding(NodeTransformer):
    """Puts the values of expressions that are the same on all pages in their place."""

    def __init__(self, context: nodes.EvalContext, fixed: Mapping[str, object]) -> None:
        """Prepares for a template.

        Args:
            context: of the template.
            fixed: values that are the same on all pages, and functions that give the same for the same, by their names.
        """
        self._context = context
        self._fixed = fixed

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        """A node with all that is always the same worked out."""
        if isinstance(node, nodes.Expr) and not isinstance(node, nodes.Literal):
            with contextlib.suppress(Exception):  # it fails where it is reached, or not at all
                value = self._value(node)
                if has_safe_repr(value):
                    return self._constant(value, node)
        return super().visit(node, *args, **kwargs)

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802
        """A name of what is fixed is not looked up."""
        if node.ctx == "load" and node.name in self._fixed:
            return nodes.EnvironmentAttribute(f"{FIXED}{node.name}", lineno=node.lineno, environment=node.environment)
        return node

    def visit_For(self, node: nodes.For) -> Any:  # noqa: ANN401, N802 - as Jinja has it
        """A loop over a list that the template spells out is what it does for each."""
        rounds = _rounds(node)
        if rounds is None:
            return self.generic_visit(node)
        return self._visited(_Putting(values).visit(_copied(part)) for values in rounds for part in node.body)

    def visit_If(self, node: nodes.If) -> Any:  # noqa: ANN401, N802 - as Jinja has it
        """A choice that is always the same is what is chosen."""
        for branch in (node, *node.elif_):
            branch.test, branch.body = self.visit(branch.test), self._visited(branch.body)
        node.else_ = self._visited(node.else_)
        try:
            is_chosen = bool(self._value(node.test))
        except Exception:  # noqa: BLE001 - the same
            return node
        if any(node.find_all(_COUNTED)):
            return node
        if is_chosen:
            return node.body
        if not node.elif_:
            return node.else_
        first, *others = node.elif_
        return nodes.If(first.test, first.body, others, node.else_, lineno=first.lineno, environment=node.environment)

    def visit_And(self, node: nodes.And) -> Any:  # noqa: ANN401, N802 - as Jinja has it
        """The right side alone where the left one always holds."""
        with contextlib.suppress(Exception):
            if self._value(node.left):
                return self.visit(node.right)
        return self.generic_visit(node)

    def _visited(self, body: Iterable[nodes.Node]) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for node in body:
            made = self.visit(node)
            found += made if isinstance(made, list) else [made]
        return found

    def _value(self, node: nodes.Node) -> Any:  # noqa: ANN401 - any value
        """What an expression always gives.

        Raises:
            Exception: it does not give the same each time, or nothing at all.
        """
        match node:
            case nodes.Name() if node.ctx == "load" and node.name in self._fixed:
                return self._fixed[node.name]
            case nodes.EnvironmentAttribute():
                return self._fixed[_plain_name(node)]
            case nodes.And():
                return self._value(node.left) and self._value(node.right)
            case nodes.Call() if is_call_of(node, self._fixed):
                named = {one.key: self._value(one.value) for one in node.kwargs}
                return self._value(node.node)(*map(self._value, node.args), **named)
            case nodes.Call():
                raise nodes.Impossible
            case nodes.Filter() if node.name == _RANDOM or node.node is None:
                raise nodes.Impossible
            case nodes.Expr():
                return self._with_values(node).as_const(self._context)
        raise nodes.Impossible

    def _with_values(self, node: N) -> N:
        """A copy of an expression with the values of its parts."""
        made = copy.copy(node)
        for name, part in node.iter_fields():
            setattr(made, name, [self._part(one) for one in part] if isinstance(part, list) else self._part(part))
        return made

    def _part(self, part: Any) -> Any:  # noqa: ANN401 - a node or a plain value
        if isinstance(part, nodes.Expr) and not isinstance(part, nodes.Literal):
            return self._constant(self._value(part), part)
        return self._with_values(part) if isinstance(part, nodes.Node) else part

    @staticmethod
    def _constant(value: object, node: nodes.Node) -> nodes.Const:
        return nodes.Const(value, lineno=node.lineno, environment=node.environment)


class _Putting(NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, values: Mapping[str, nodes.Expr]) -> None:
        self._values = values

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802
        """The value of a name."""
        return _copied(self._values[node.name]) if node.name in self._values else node


def _rounds(loop: nodes.For) -> list[dict[str, nodes.Expr]] | None:
    """What a loop gives to the names of its target, round by round; None where that cannot be seen, or not be put."""
    targets = loop.target.items if isinstance(loop.target, nodes.Tuple) else [loop.target]
    if not isinstance(loop.iter, nodes.List | nodes.Tuple) or loop.test or loop.recursive or loop.else_:
        return None
    names = [target.name for target in targets if isinstance(target, nodes.Name)]
    inner = [name for part in loop.body for name in part.find_all(nodes.Name)]
    is_simple = not any(name.ctx != "load" or name.name == "loop" for name in inner) and not any(
        isinstance(part, _OPAQUE) or any(part.find(kind) for kind in _OPAQUE) for part in loop.body
    )
    if not is_simple or len(names) != len(targets):
        return None
    rounds = []
    for item in loop.iter.items:
        values = [item] if loop.target is targets[0] else item.items if isinstance(item, nodes.Tuple) else []
        # Only what always gives the same, and where nothing else happens.
        if len(values) != len(names) or not all(_is_still(value) for value in values):
            return None
        rounds.append(dict(zip(names, values, strict=True)))
    return rounds


def _is_still(value: nodes.Expr) -> bool:
    """Whether an expression may be worked out where it is used: a constant, a name, an attribute."""
    return isinstance(value, nodes.Const | nodes.Name) or (isinstance(value, nodes.Getattr) and _is_still(value.node))


def _copied(node: N) -> N:
    made = copy.copy(node)
    for name, part in node.iter_fields():
        copied = (
            [_copied(one) if isinstance(one, nodes.Node) else one for one in part] if isinstance(part, list) else part
        )
        setattr(made, name, _copied(part) if isinstance(part, nodes.Node) else copied)
    return made


def pure_macros(template: nodes.Template, known: Collection[str]) -> list[nodes.Macro]:
    """The macros of a template that show their arguments, what is known, and nothing else.

    They may call each other, and what they import from elsewhere: whether that is pure is seen when it is called.

    Args:
        template: as it was parsed.
        known: names of what is the same on all pages.
    """
    defined = [name for node in template.body for name in _callable(node)]
    stored = {node.name for node in template.find_all(nodes.Name) if node.ctx != "load"}
    fit = {name for name in defined if defined.count(name) == 1} - stored
    macros = [node for node in template.body if isinstance(node, nodes.Macro)]
    while True:
        pure = [macro for macro in macros if _Free(fit).of_macro(macro) <= set(known)]
        if len(pure) == len(macros):
            return pure
        # What calls one that is not pure is not, either.
        fit -= {macro.name for macro in macros} - {macro.name for macro in pure}
        macros = pure


def _callable(node: nodes.Node) -> Iterator[str]:
    """The names of macros that a node defines, or takes from a template that it names and that sees no page."""
    if isinstance(node, nodes.Macro):
        yield node.name
    elif isinstance(node, nodes.FromImport) and isinstance(node.template, nodes.Const) and not node.with_context:
        yield from (name if isinstance(name, str) else name[1] for name in node.names)


class _Free:
    """Finds names in a macro that have their values from elsewhere, besides those that are only called."""

    _ANY = ""
    """Stands for what cannot be known."""

    def __init__(self, callable_: AbstractSet[str]) -> None:
        self._callable = callable_

    def of_macro(self, macro: nodes.Macro) -> set[str]:
        """The free names of a macro."""
        bound = {argument.name for argument in macro.args}
        return {*self._in([*macro.defaults, *macro.body], bound)}

    def _in(self, parts: Iterable[nodes.Node | None], bound: set[str]) -> Iterator[str]:
        """Those of parts that stand one after the other; what one sets, the next ones have."""
        for part in parts:
            if part is not None:
                yield from self._of(part, bound)

    def _of(self, node: nodes.Node, bound: set[str]) -> Iterator[str]:
        match node:
            case nodes.Name():
                if node.ctx == "load" and node.name not in bound:
                    yield node.name
            case nodes.Call() if isinstance(node.node, nodes.Name) and node.node.name in self._callable - bound:
                yield from self._in([*node.args, *node.kwargs, node.dyn_args, node.dyn_kwargs], bound)
            case nodes.Assign():
                yield from self._in([node.node, node.target], bound)
                bound |= _stored(node.target)
            case nodes.For():
                yield from self._of(node.iter, bound)
                yield from self._in([node.target, node.test, *node.body], bound | _stored(node.target) | {"loop"})
                yield from self._in(node.else_, set(bound))
            case nodes.If():
                yield from self._of(node.test, bound)
                for branch in (node.body, node.elif_, node.else_):
                    yield from self._in(branch, set(bound))
            case _ if isinstance(node, _OPAQUE) or (isinstance(node, nodes.Filter) and node.name == _RANDOM):
                yield self._ANY
            case _:
                yield from self._in(node.iter_child_nodes(), bound)


def _stored(target: nodes.Node) -> set[str]:
    """The names that a target gives values to."""
    return {target.name} if isinstance(target, nodes.Name) else {name.name for name in target.find_all(nodes.Name)}
