"""Executes ``hooks.py``, a site's own functions in Python. ``docs/hooks.md`` describes what it may define.

The file is executed with all rights of the build. What its functions return is checked where it is used.
"""

import ast
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from generator.config.hook_source import NAME, HookSource, hook_error, key_of
from generator.errors import Code, Diagnostic, SettingsError
from generator.util.text import nearest

_MODULE: Final = "digest_hooks"
_DICTIONARIES: Final = ("filters", "globals", "tests")
_FUNCTIONS: Final = ("item", "collection")
_PAGE_TYPES: Final = "page_types"
_NAMES: Final = (*_DICTIONARIES, *_FUNCTIONS, _PAGE_TYPES)
_REMEDY: Final = "see docs/hooks.md"
_MAX_SHOWN: Final = 200


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """What ``hooks.py`` defines; nothing if there is no such file."""

    source: HookSource | None = None
    filters: Mapping[str, Callable[..., object]] = {}
    globals: Mapping[str, object] = {}
    tests: Mapping[str, Callable[..., object]] = {}
    item: Callable[[Any], object] | None = None
    collection: Callable[[Any], object] | None = None
    page_types: tuple[Callable[[Any], object], ...] = ()
    lines: Mapping[str, int] = {}
    """The line of each name that the file defines."""

    def __reduce__(self) -> tuple[Callable[["HookSource | None"], "Hooks"], tuple["HookSource | None"]]:
        """Functions cannot be sent to a process that is not forked, so such a process executes the file again."""
        return load, (self.source,)

    @property
    def path(self) -> str:
        """The path of the file in diagnostics."""
        return self.source.path if self.source else NAME

    @property
    def key(self) -> tuple[bytes, ...]:
        """The part of a key that says which hooks there are; nothing without the file."""
        return key_of(self.source)

    def line_of(self, function: object) -> int:
        """Returns the line in which a function begins; 1 if it is not written in the file."""
        code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
        return code.co_firstlineno if code and code.co_filename == self.path else 1

    def wrong(self, line: int, message: str, *, code: Code = Code.HOOK_ERROR, remedy: str = _REMEDY) -> Diagnostic:
        """Returns the diagnostic of a hook that does what it must not do."""
        return Diagnostic(path=self.path, line=line, code=code, message=message, remedy=remedy)

    def failed(self, error: BaseException, function: object, where: str) -> Diagnostic:
        """Returns the diagnostic of an exception, at the line of the file in which it was raised.

        Args:
            error: the exception.
            function: the hook that was called.
            where: the hook, and what it was called for.
        """
        frames = list(self._frames(error))
        line = frames[-1][1] if frames else self.line_of(function)
        return self.wrong(line, f"{_explain(error)}, in {where}", remedy="fix the hook; see docs/hooks.md")

    def failed_in_template(self, error: BaseException, where: str) -> Diagnostic | None:
        """Returns the diagnostic of an exception in a filter, global or test; None if none of these raised it."""
        frames = list(self._frames(error))
        if not frames:
            return None
        outermost = frames[0][0]
        for kind in _DICTIONARIES:
            for name, function in getattr(self, kind).items():
                if callable(function) and getattr(inspect.unwrap(function), "__code__", None) is outermost:
                    return self.failed(error, function, f"the {kind.removesuffix('s')} `{name}`, {where}")
        return self.failed(error, None, f"a filter, global or test, {where}")

    def _frames(self, error: BaseException) -> Iterator[tuple[types.CodeType, int]]:
        """Yields the functions of the file that an exception passed through, each with its line, outermost first."""
        for frame, line in traceback.walk_tb(error.__traceback__):
            if self.source and frame.f_code.co_filename == self.path:
                yield frame.f_code, line


def load(source: HookSource | None) -> Hooks:
    """Executes the file.

    Raises:
        SettingsError: it cannot be executed, or defines a hook of a wrong type.
    """
    if source is None:
        return Hooks()
    tree, code = _compile(source)
    _refuse_neighbours(tree, source)
    module = types.ModuleType(_MODULE)
    module.__file__ = source.path
    sys.modules[_MODULE] = module  # dataclasses and structs look up their module
    hooks = Hooks(source=source)
    try:
        exec(code, module.__dict__)  # noqa: S102 - what the file is for
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the site's own code may raise anything
        raise SettingsError([hooks.failed(error, None, "the file itself")]) from None
    return _checked(hooks, vars(module), _lines(tree))


def _compile(source: HookSource) -> tuple[ast.Module, types.CodeType]:
    try:
        tree = ast.parse(source.data, source.path)
        return tree, compile(tree, source.path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(error.offset or 1, 1)
        raise hook_error(source.path, f"invalid Python: {error.msg}", "fix the line", line, column) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise hook_error(source.path, f"invalid Python: {error}", "fix the file") from None


def _refuse_neighbours(tree: ast.Module, source: HookSource) -> None:
    """Refuses imports of modules beside the file, because no key holds their content."""
    folder = Path(source.path).parent
    diagnostics = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            first = name.partition(".")[0]
            is_beside = (folder / f"{first}.py").is_file() or (folder / first / "__init__.py").is_file()
            if first != "generator" and is_beside:
                diagnostics.append(
                    Diagnostic(
                        path=source.path,
                        line=node.lineno,
                        column=node.col_offset + 1,
                        code=Code.HOOK_ERROR,
                        message=f"imports {first}, which lies beside it, so a build would not notice its changes",
                        remedy=f"write its code into {NAME}",
                    )
                )
    if diagnostics:
        raise SettingsError(diagnostics)


def _lines(tree: ast.Module) -> dict[str, int]:
    """Returns the line of each name that is defined at the top of the file."""
    lines: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            lines[node.name] = node.lineno
        for target in getattr(node, "targets", None) or [getattr(node, "target", None)]:
            if isinstance(target, ast.Name):
                lines[target.id] = target.lineno
    return lines


def _checked(hooks: Hooks, values: Mapping[str, Any], lines: Mapping[str, int]) -> Hooks:
    found = {name: values[name] for name in _NAMES if values.get(name) is not None}
    problems = [(name, message) for name, value in found.items() for message in _problems(name, value)]
    diagnostics = [hooks.wrong(lines.get(name, 1), message) for name, message in problems]
    if not found:
        guess = next(((name, known[0]) for name in lines if (known := nearest(name, _NAMES))), None)
        remedy = f"`{guess[0]}`: did you mean `{guess[1]}`?" if guess else _REMEDY
        diagnostics.append(hooks.wrong(1, f"defines none of {', '.join(_NAMES)}", remedy=remedy))
    if diagnostics:
        raise SettingsError(diagnostics)
    if _PAGE_TYPES in found:
        found[_PAGE_TYPES] = tuple(found[_PAGE_TYPES])
    return msgspec.structs.replace(hooks, **found, lines=lines)


def _problems(name: str, value: object) -> Iterator[str]:
    """Yields why the value of a name cannot be used."""
    if name in _FUNCTIONS:
        if not callable(value):
            yield f"{name} must be a function, not {_type(value)}"
    elif name == _PAGE_TYPES:
        if not isinstance(value, (list, tuple)) or not all(map(callable, value)):
            yield f"{name} must be a list of functions"
    elif not isinstance(value, dict):
        yield f"{name} must be a dictionary, not {_type(value)}"
    else:
        for key, one in value.items():
            if not (isinstance(key, str) and key.isidentifier()):
                yield f"the key {str(key)[:_MAX_SHOWN]!r} of {name} is not a name that templates can use"
            elif name != "globals" and not callable(one):
                yield f"`{key}` in {name} must be a function, not {_type(one)}"


def _type(value: object) -> str:
    return type(value).__name__


def _explain(error: BaseException) -> str:
    """Returns the type and the message of an exception."""
    text = traceback.format_exception_only(error)[-1].strip()
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
