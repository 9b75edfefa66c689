"""Reads ``hooks.py`` without executing it. A build that has nothing to do loads no more than this."""

import os
from pathlib import Path
from typing import Final

import msgspec

from generator.errors import Code, Diagnostic, SettingsError
from generator.util import hashing

NAME: Final = "hooks.py"


class HookSource(msgspec.Struct, frozen=True):
    """The text of ``hooks.py``, not yet executed."""

    path: str
    """As the user named its folder."""
    data: bytes


def read(site_folder: Path, documents: Path) -> HookSource | None:
    """Reads the file; returns None if there is none.

    Args:
        site_folder: the folder of the settings.
        documents: the source folder, whose authors must not be able to write the file.

    Raises:
        SettingsError: it cannot be read, or lies in the source folder.
    """
    path = site_folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise hook_error(
            path.as_posix(), f"cannot be read: {error.strerror}", "check the file and its rights"
        ) from None
    if path.resolve().is_relative_to(documents.resolve()):
        message = "lies in the source folder, so whoever writes documents could change it"
        raise hook_error(path.as_posix(), message, "put the documents into a folder of their own")
    return HookSource(path.as_posix(), data)


def key_of(source: HookSource | None) -> tuple[bytes, ...]:
    """Returns the part of a key that says which hooks there are; nothing without the file."""
    return (hashing.blake2(os.fsencode(source.path), source.data),) if source else ()


def hook_error(path: str, message: str, remedy: str, line: int = 1, column: int = 1) -> SettingsError:
    """Returns the exception with one diagnostic of the file."""
    return SettingsError(
        [Diagnostic(path=path, line=line, column=column, code=Code.HOOK_ERROR, message=message, remedy=remedy)]
    )
