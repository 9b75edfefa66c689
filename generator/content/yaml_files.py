"""Reads the YAML files of a site that are not documents, as strictly as front matter."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from generator.content import front_matter, source_files
from generator.content.field_errors import place
from generator.content.fields import Fields
from generator.errors import Code, Diagnostic, SettingsError

T = TypeVar("T")


def read(path: Path, collect: Callable[[Fields], T], *, manual: str, begin: str) -> T:
    """Reads a YAML file.

    Args:
        path: of the file, which must exist.
        collect: reads the fields, and reports what is wrong with them.
        manual: the page of the documentation that remedies refer to.
        begin: the remedy for a file that has no fields.

    Raises:
        SettingsError: the file cannot be read, or its fields are invalid; with a diagnostic for each problem.
    """
    shown = path.as_posix()
    document = source_files.read(str(path), name=path.name, shown=shown)
    if isinstance(document, Diagnostic):
        raise SettingsError([document])
    try:
        fields = Fields(front_matter.load(document.text), (), manual=manual)
    except front_matter.FrontMatterError as error:
        diagnostics = (
            diagnostic._replace(remedy=begin) if diagnostic.code is Code.NOT_A_MAPPING else diagnostic
            for diagnostic in error.diagnostics
        )
        raise SettingsError(diagnostic.in_file(shown) for diagnostic in diagnostics) from None
    collected = collect(fields)
    if fields.diagnostics:
        raise SettingsError(place(fields.diagnostics, front_matter.locate(document.text), shown))
    return collected
