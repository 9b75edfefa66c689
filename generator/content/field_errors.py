"""Diagnostics of fields, before and after their place in the file is known. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from generator.content.front_matter import KeyPath
from generator.errors import Code, Diagnostic, Severity, sorted_by_place


class FieldDiagnostic(msgspec.Struct, frozen=True):
    """A problem with a field. Its place is looked up afterwards, because most documents have no problem."""

    at: KeyPath
    code: Code
    message: str
    remedy: str
    severity: Severity = Severity.ERROR


def place(
    diagnostics: Sequence[FieldDiagnostic],
    places: Mapping[KeyPath, tuple[int, int]],
    shown: str,
    *,
    lines_before: int = 0,
) -> tuple[Diagnostic, ...]:
    """Adds the place of the key to each diagnostic, or of the nearest enclosing key. Returns them sorted by place.

    ``places`` come from :func:`generator.content.front_matter.locate`. ``shown`` is the path of the file, and
    ``lines_before`` the number of its lines before the YAML.
    """
    placed = []
    for diagnostic in diagnostics:
        values = msgspec.structs.asdict(diagnostic)
        at = values.pop("at")
        while at and at not in places:
            at = at[:-1]
        line, column = places.get(at, (1, 1))
        placed.append(Diagnostic(path=shown, line=line + lines_before, column=column, **values))
    return sorted_by_place(placed)
