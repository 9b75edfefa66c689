"""Writes documents: YAML whose text is in quotes, and files that never overwrite another."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class Quoted(str):
    """Text that YAML writes in quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes all text in quotes, because parsers disagree whether plain scalars such as ``1e3`` are text."""


_Dumper.add_representer(
    Quoted, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')
)


def quoted(value: Any) -> Any:  # noqa: ANN401 - any value of front matter
    """Returns a value in which all text is quoted, except for keys."""
    if isinstance(value, Mapping):
        return {key: quoted(one) for key, one in value.items()}
    if isinstance(value, list):
        return [quoted(one) for one in value]
    return Quoted(value) if isinstance(value, str) else value


def dump(values: dict[str, Any]) -> str:
    """Returns the YAML of front matter, with the fields in the order given."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)


def create(path: Path, data: bytes) -> None:
    """Creates a new file. If writing fails, the file is removed.

    Raises:
        FileExistsError: there is a file or a link with this name.
        OSError: the file cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with contextlib.ExitStack() as undo:
        undo.callback(_remove, path)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        undo.pop_all()


def create_all(files: Mapping[Path, bytes]) -> None:
    """Creates new files, and their folders if needed. If writing one fails, all are removed.

    Raises:
        FileExistsError: there is a file or a link with one of the names.
        OSError: a file cannot be written.
    """
    with contextlib.ExitStack() as undo:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            create(path, data)
            undo.callback(_remove, path)
        undo.pop_all()


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
