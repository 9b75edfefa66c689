"""Macros of templates that remember what they drew, as long as they draw the same for the same arguments."""

from collections.abc import Callable
from typing import Any, Final

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.runtime import Context, Macro
from jinja2.utils import missing, pass_eval_context
from markupsafe import Markup

_REMEMBERED: Final = 16_384
"""Macro calls in each of two generations."""
_TRIED: Final = 256
_WORTH: Final = 0.1
"""A macro is drawn anew each time if, once it was tried often enough, fewer calls than this are of what was drawn."""


class Remembering(jinja2.Environment):
    """An environment with such macros."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of Jinja
        """Prepares for templates, with the options of ``jinja2.Environment``."""
        super().__init__(**options)
        self.context_class = _Context
        self.macro = _Macro
        self.is_impure = False
        """Whether something was called whose result may be another the next time."""
        self.drawn = _Recent(_REMEMBERED)
        """What pure macros drew, and the arguments, of which the key may hold the identity alone."""
        self._pure: dict[str, _PureMacro] = {}

    def pure(self, place: str, make: Callable[[], Macro]) -> Macro:
        """A macro that draws the same for the same arguments: one for all pages.

        Args:
            place: of its definition; no other has it.
            make: gives the macro.
        """
        found = self._pure.get(place)
        if found is None:
            found = self._pure[place] = _PureMacro(make(), place)
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

    environment: Remembering

    def call(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        if isinstance(fn, _Macro) and self.eval_ctx.autoescape:
            return fn(*args, **kwargs)
        self.environment.is_impure = True
        return super().call(fn, *args, **kwargs)


class _Macro(Macro):
    """A macro that may draw anything."""

    _environment: Remembering

    def __init__(self, *definition: Any) -> None:  # noqa: ANN401 - as Jinja has it
        super().__init__(*definition)
        takes_more = self.catch_kwargs or self.catch_varargs or self.caller or self.explicit_caller
        self._is_plain = self._default_autoescape and not takes_more

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        self._environment.is_impure = True
        return self._draw(args, kwargs)

    def _draw(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - as Jinja has it
        if not self._is_plain or (args and isinstance(args[0], nodes.EvalContext)):
            return super().__call__(*args, **kwargs)
        # As Jinja does it, without what only few calls need.
        if len(args) != self._argument_count or kwargs:
            names = self.arguments[len(args) :]
            if len(args) > self._argument_count or not kwargs.keys() <= set(names):
                return super().__call__(*args, **kwargs)
            args = (*args, *[kwargs.get(name, missing) for name in names])
        return str.__new__(Markup, self._func(*args))  # what ``Markup`` does with plain text


class _PureMacro(_Macro):
    """A macro that shows its arguments, what is the same on all pages, and nothing else."""

    def __init__(self, macro: Macro, place: str) -> None:
        vars(self).update(vars(macro))
        self._place = place
        self._drawn = self._environment.drawn
        self.hits = self.misses = 0
        self.is_worth = True
        """Whether it is asked for the same often enough."""

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        if not self.is_worth:
            return self._draw(args, kwargs)
        # Stands for the call; for views stands their identity, for they never change.
        key: list[Any] = [self._place]
        for value in args:
            how = _KINDS[type(value)]
            if how is None:
                return self._draw(args, kwargs)
            key.append(how(value))
        for name, value in kwargs.items():
            how = _KINDS[type(value)]
            if how is None:
                return self._draw(args, kwargs)
            key.append((name, how(value)))
        return self._known(tuple(key), args, kwargs)

    def _known(self, key: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        if known := self._drawn.find(key):
            self.hits += 1
            return known[0]
        self.misses += 1
        self.is_worth = self.misses < _TRIED or self.hits >= self.misses * _WORTH
        environment = self._environment
        before, environment.is_impure = environment.is_impure, False
        drawn: Any = self._draw(args, kwargs)
        if not environment.is_impure:
            self._drawn[key] = drawn, (args, kwargs)
        environment.is_impure |= before
        return drawn


class _Kinds(dict[type, Callable[[Any], Any] | None]):
    """How a value of a type stands for itself in a key: with its type, or by its identity; None where it may change."""

    def __missing__(self, kind: type) -> Callable[[Any], Any] | None:
        how = self[kind] = id if issubclass(kind, msgspec.Struct) and kind.__struct_config__.frozen else None
        return how


def _typed(kind: type) -> Callable[[Any], Any]:
    return lambda value: (kind, value)


_KINDS = _Kinds({kind: _typed(kind) for kind in (int, bool, Markup)})
_KINDS |= {str: lambda value: value, type(None): lambda value: value}
