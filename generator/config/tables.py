"""Reads a TOML file into a frozen struct. Every mistake in the file is a diagnostic with its line.

The annotations of the struct's fields say what a value may be:

=========================================  ==================================================================
``str``, ``int``, ``bool``                 a value of this type
``Literal["pictures", "text"]``            one of these words
``tuple[str, ...]``                        a list of texts, or a single text, which is a list of one
a struct                                   a table, ``[look]``
``tuple[Entry, ...]`` with a struct        a list of tables, ``[[menu]]``
``Mapping[str, tuple[str, ...]]``          a table with free keys; its values may have any type of this list
=========================================  ==================================================================

A field without a default is required. The path of a value is ``look.cards``, ``menu[].text`` or, with free keys,
``fields.*``.
"""

import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec.inspect import BoolType, DictType, Field, IntType, LiteralType, StrType, StructType, Type, VarTupleType

from generator.errors import Code, Diagnostic, SettingsError
from generator.util.text import TYPOGRAPHIC_QUOTES, as_written, line_of_key, nearest, repair, within_quotes

Check = Callable[[Any], str | tuple[str, str]]
"""Returns why a value is invalid, or why and its remedy; ``""`` if it is valid."""
Keys = tuple[str | int, ...]
"""The place of a value in a file: keys of tables and, from 0, numbers in lists."""
_Struct = TypeVar("_Struct", bound=msgspec.Struct)

_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")
_ASSIGNMENT = re.compile(r"[ \t]*(?P<name>\w+)[ \t]*=[ \t]*(?P<value>.*?)[ \t]*(?:#.*)?", re.ASCII)
_DESCRIBED: Final[Mapping[type, str]] = {
    StrType: "text in quotes",
    IntType: "a whole number",
    BoolType: "true or false",
    StructType: "a table",
    DictType: "a table",
}
_PLAIN: Final[Mapping[type, type]] = {StrType: str, LiteralType: str, IntType: int, BoolType: bool}
_MAX_GUESSED: Final = 40
_SEE: Final = "see docs/settings.md"


class Setting(msgspec.Struct, frozen=True):
    """One value that a file may have."""

    path: str
    type: str
    """What to write, such as ``a whole number``."""
    default: Any
    """None if the value is required."""
    meaning: str
    """The docstring of the field, on one line."""


def read(path: Path, kind: type[_Struct], checks: Mapping[str, Check], *, is_optional: bool = False) -> _Struct:
    """Reads and checks a file. Texts in its tables are repaired line by line; other texts are kept as they are.

    Args:
        path: the file.
        kind: the struct to return.
        checks: the checks of values by their paths. A check of a list gets each of its texts; one of a table with free
            keys gets each of its keys.
        is_optional: whether a missing file means the defaults.

    Raises:
        SettingsError: the file cannot be read, or values are invalid; with a diagnostic for each.
    """
    file = _File(path.as_posix(), kind, checks)
    if is_optional and not path.exists():
        return kind()
    values = file.parse(path)
    checked = file.value(_type_of(kind), values, (), "")
    if file.diagnostics:
        raise SettingsError(sorted(file.diagnostics, key=lambda one: one.line))
    return msgspec.convert(checked, kind)


def line_of(path: Path, keys: Keys) -> int:
    """Returns the line, from 1, in which a value of a file begins that :func:`read` has accepted."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return 1  # the file has changed since
    return _line(_lines(text), keys)


def describe(kind: type[msgspec.Struct]) -> list[Setting]:
    """Returns all values that a file may have, in the order of the fields. It needs the source of the struct."""
    return [
        Setting(
            path=f"{path}.*" if isinstance(field.type, DictType) else path,
            type=_described(field.type.value_type if isinstance(field.type, DictType) else field.type),
            default=_default(field),
            meaning=_docstrings(struct)[field.name],
        )
        for path, field, struct in _fields(_type_of(kind))
        if not _entry(field.type)
    ]


def _type_of(kind: type[msgspec.Struct]) -> StructType:
    return cast("StructType", msgspec.inspect.type_info(kind))


def _fields(kind: StructType, prefix: str = "") -> Iterator[tuple[str, Field, type]]:
    """Yields path, field and struct of each field of a struct, and of those in its tables."""
    for field in kind.fields:
        path = f"{prefix}{field.encode_name}"
        yield path, field, kind.cls
        if inner := _entry(field.type):
            yield from _fields(inner, f"{path}." if inner is field.type else f"{path}[].")


def _entry(kind: Type) -> StructType | None:
    """Returns the struct of a table or of a list of tables, None for other values."""
    inner = kind.item_type if isinstance(kind, VarTupleType) else kind
    return inner if isinstance(inner, StructType) else None


@functools.cache
def _docstrings(kind: type) -> dict[str, str]:
    """Returns the docstrings of the fields of a struct, which Python keeps in the source only."""
    import ast  # noqa: PLC0415 - only the documentation needs it
    import inspect  # noqa: PLC0415
    import itertools  # noqa: PLC0415
    import textwrap  # noqa: PLC0415

    definition = cast("ast.ClassDef", ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0])
    return {
        field.target.id: " ".join(text.value.value.split()).replace("``", "`")
        for field, text in itertools.pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }  # fmt: skip


def _default(field: Field) -> Any:  # noqa: ANN401 - any value
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.default is msgspec.NODEFAULT else field.default


def _described(kind: Type) -> str:
    """Returns what to write for a value. Raises KeyError if fields of this type are not supported."""
    match kind:
        case LiteralType(values):
            return " or ".join(f'"{value}"' for value in values)
        case VarTupleType(item_type=StructType()):
            return "a list of tables"
        case VarTupleType(item_type=StrType()):
            return "text in quotes or a list of such texts"
    return _DESCRIBED[type(kind)]


def _name(keys: Keys) -> str:
    """Returns the name of a value for messages. The line says which entry of a list it is in."""
    return "".join("[]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def _header(table: str) -> str:
    return f"[[{table.removesuffix('[]')}]]" if table.endswith("[]") else f"[{table}]"


class _File:
    """A file that is read, with the diagnostics found so far."""

    def __init__(self, shown: str, kind: type[msgspec.Struct], checks: Mapping[str, Check]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._shown = shown
        self._checks = checks
        self._text = ""
        self._lines: dict[Keys, int] = {}
        self._types = {known: field.type for known, field, _ in _fields(_type_of(kind))}
        self._tables = [
            f"{known}[]" if isinstance(one, VarTupleType) else known
            for known, one in self._types.items()
            if isinstance(one, DictType) or _entry(one)
        ]

    def value(self, kind: Type, value: Any, keys: Keys, path: str) -> Any:  # noqa: ANN401 - any TOML value
        """Returns a value to convert to its type, and reports what is invalid in it."""
        match kind, value:
            case StructType(), dict():
                return self._struct(kind, value, keys, path)
            case DictType(value_type=value_type), dict():
                for key in value:
                    self._check(path, key, (*keys, key))
                return {key: self.value(value_type, one, (*keys, key), f"{path}.*") for key, one in value.items()}
            case VarTupleType(item_type=StructType() as entry), list() if all(isinstance(one, dict) for one in value):
                return [self._struct(entry, one, (*keys, number), f"{path}[]") for number, one in enumerate(value)]
            case VarTupleType(item_type=StrType()), str() | list():
                texts = [value] if isinstance(value, str) else value
                if all(isinstance(one, str) for one in texts):
                    return [self._leaf(one, keys, path) for one in texts]
            case LiteralType(values), _ if value not in values:
                pass
            case _ if type(value) is _PLAIN.get(type(kind)):
                return self._leaf(value, keys, path)
        self._report_type(kind, keys, path, value)
        return value

    def _struct(self, kind: StructType, values: dict[str, Any], keys: Keys, path: str) -> dict[str, Any]:
        fields = {field.encode_name: field for field in kind.fields}
        checked = {}
        for key, value in values.items():
            place = (*keys, key)
            if key in fields:
                checked[key] = self.value(fields[key].type, value, place, f"{path}.{key}".removeprefix("."))
            elif isinstance(value, dict) and value:
                for inner in value:
                    self._report_unknown((*place, inner))
            else:
                self._report_unknown(place)
        for key, field in fields.items():
            if field.required and key not in values:
                remedy = f"add a line with {key} = …; {_SEE}"
                self._report(f"{_name((*keys, key))} is missing", keys, remedy)
        return checked

    def _leaf(self, value: Any, keys: Keys, path: str) -> Any:  # noqa: ANN401 - any TOML value
        if isinstance(value, str) and len(keys) > 1:
            value = "\n".join(filter(None, map(repair, value.splitlines())))
        self._check(path, value, keys)
        return value

    def _check(self, path: str, value: Any, keys: Keys) -> None:  # noqa: ANN401 - any TOML value
        found = self._checks[path](value) if path in self._checks else ""
        reason, remedy = (found, _SEE) if isinstance(found, str) else found
        if reason:
            shown = "" if isinstance(value, str) and repr(value) in reason else as_written(value)
            self._report(f"{_name(keys)} {reason}{shown}", keys, remedy)

    def _report_type(self, kind: Type, keys: Keys, path: str, value: Any) -> None:  # noqa: ANN401 - any TOML value
        text = value.strip() if isinstance(value, str) else ""
        match kind:
            case BoolType() if text.lower() in {"true", "false"}:
                expected, remedy = _described(kind), f"write {text.lower()}, without quotes"
            case IntType() if text.isascii() and text.isdecimal():
                expected, remedy = _described(kind), f"write {text}, without quotes"
            case LiteralType(values) if guess := nearest(text[:_MAX_GUESSED], map(str, values)):
                expected, remedy = _described(kind), f'did you mean "{guess[0]}"?'
            case StructType() | DictType():
                expected, remedy = _described(kind), f"write its settings below a line with {_header(path)}"
            case VarTupleType(item_type=StructType()):
                expected, remedy = _described(kind), f"write each below a line with {_header(f'{path}[]')}"
            case _:
                expected, remedy = _described(kind), _SEE
        self._report(f"{_name(keys)} must be {expected}{as_written(text) if text else ''}", keys, remedy)

    def _report_unknown(self, keys: Keys) -> None:
        """Reports an unknown name, with a guess and the table that the guess belongs in.

        The names of the same table come first, then those of others, then the name of the table itself.
        """
        name, table = str(keys[-1]), _name(keys[:-1])
        tables = {last: of for of, _, last in (known.rpartition(".") for known in reversed(self._types))}
        siblings = [last for of, _, last in (known.rpartition(".") for known in self._types) if of == table]
        remedy = f"{_SEE}, or remove it"
        if guess := nearest(name, siblings):
            remedy = f"did you mean `{guess[0]}`?"
        elif guess := nearest(name, tables):
            of = tables[guess[0]]
            remedy = f"did you mean `{guess[0]}`{f' in the table {_header(of)}' if of else ', outside of any table'}?"
        elif not siblings and (guess := nearest(table, self._tables)):
            remedy = f"did you mean the table {_header(guess[0])}?"
        self._report(f"{_name(keys)!r} is not a setting", keys, remedy, Code.UNKNOWN_SETTING)

    def _report(self, message: str, keys: Keys, remedy: str, code: Code = Code.INVALID_SETTING) -> None:
        self._lines = self._lines or _lines(self._text)
        line = _line(self._lines, keys)
        self.diagnostics.append(self._diagnostic(message, remedy=remedy, line=line, code=code))

    def parse(self, path: Path) -> dict[str, Any]:
        """Returns the values of the file. Raises SettingsError if they cannot be read."""
        try:
            self._text = path.read_text(encoding="utf-8-sig")
            return tomllib.loads(self._text)
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
            diagnostic = self._diagnostic(message, remedy="name the settings file with --config")
        except UnicodeDecodeError:
            diagnostic = self._diagnostic("is not UTF-8", remedy="save it as UTF-8")
        except RecursionError:
            diagnostic = self._diagnostic("is nested too deeply", remedy=_SEE)
        except tomllib.TOMLDecodeError as error:
            position = _POSITION.search(str(error))
            end = self._text.count("\n") + 1
            line, column = (int(position[1]), int(position[2])) if position else (end, 1)
            message, remedy = self._explain(line, _POSITION.sub("", str(error)).strip())
            diagnostic = self._diagnostic(message, line=line, column=column, remedy=remedy)
        except ValueError:  # a number of thousands of digits
            diagnostic = self._diagnostic("contains a value that cannot be read", remedy=_SEE)
        raise SettingsError([diagnostic])

    def _explain(self, line: int, reason: str) -> tuple[str, str]:
        """Returns message and remedy for an invalid line of TOML; ``reason`` is the message of ``tomllib``."""
        lines = self._text.splitlines()
        assignment = _ASSIGNMENT.fullmatch(lines[line - 1]) if line <= len(lines) else None
        if not assignment:
            first = next(
                (number for number, one in enumerate(lines, 1) if one.strip() == lines[line - 1].strip()), line
            )
            if first < line:
                return (
                    f"{lines[line - 1].strip()} is there already, in line {first}",
                    "put the settings of both below one",
                )
            return reason, "see https://toml.io"
        name, value = assignment["name"], assignment["value"]
        above = max((number for number in range(line - 1) if lines[number].lstrip().startswith("[")), default=0)
        first = above + line_of_key("\n".join(lines[above:]), name)
        if "overwrite" in reason.lower() and first < line:
            return f"{name} is defined twice, first in line {first}", "keep one of the two"
        kinds = {known.rpartition(".")[2]: kind for known, kind in reversed(self._types.items())}
        kind = kinds.get(name, StrType())
        return _explain_value(name, value, kind) or (reason, f"write {_described(kind)}")

    def _diagnostic(
        self, message: str, *, remedy: str, line: int = 1, column: int = 1, code: Code = Code.INVALID_SETTING
    ) -> Diagnostic:
        return Diagnostic(path=self._shown, line=line, column=column, code=code, message=message, remedy=remedy)


def _explain_value(name: str, value: str, kind: Type) -> tuple[str, str] | None:
    """Returns message and remedy for an invalid value, or None if its mistake is not a common one."""
    if value[:1] in {'"', "'"} and "\\" not in value:
        remedy = "end the text with the quote that it begins with, and do not use that quote inside it"
        return f"the text of {name} ends too early or not at all", remedy
    if value[:1] in TYPOGRAPHIC_QUOTES:
        meant = within_quotes(value)
        is_bare = (isinstance(kind, BoolType) and meant in {"true", "false"}) or (
            isinstance(kind, IntType) and meant.isdecimal()
        )
        meant = meant if is_bare else f'"{meant}"' if meant.isprintable() and '"' not in meant and meant else '"…"'
        return f"{name} has typographic quotes", f"write straight quotes: {name} = {meant}"
    if value.lower() in {"true", "false"}:
        return f"{name} has a value in capitals", f"write {value.lower()}"
    if not value:
        return f"{name} has no value", f"write {_described(kind)} after the ="
    if not isinstance(kind, BoolType | IntType) and value[0] not in "[{\"'":
        return f"{name} has a text without quotes", f'put the text in quotes: {name} = "…"'
    return None


def _line(lines: Mapping[Keys, int], keys: Keys) -> int:
    while keys and keys not in lines:  # in a list, entries may share its line
        keys = keys[:-1]
    return lines.get(keys, 1)


def _lines(text: str) -> dict[Keys, int]:
    """Returns the lines, from 1, in which tables, entries and values of a valid file begin.

    ``tomllib`` does not report them. A value begins in the line after the last one that ends a valid file without it.
    The time grows with the square of the length; only a file with mistakes needs it.
    """
    found: dict[Keys, int] = {}
    rows, start = text.split("\n"), 1
    for end in range(1, len(rows) + 1):
        try:
            values = tomllib.loads("\n".join(rows[:end]))
        except (tomllib.TOMLDecodeError, RecursionError):
            continue  # within a value, or nearly too deep
        for keys in _places(values, ()):
            found.setdefault(keys, start)
        start = end + 1
    return found


def _places(value: Any, keys: Keys) -> Iterator[Keys]:  # noqa: ANN401 - any TOML value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*keys, key)
        yield from _places(one, (*keys, key))
