"""What is wrong with fields, before and after its place in the file is known. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from generator.content.front_matter import KeyPath
from generator.errors import Code, Diagnostic, Severity


class FieldDiagnostic(msgspec.Struct, frozen=True):
    """What is wrong with one field; its place in the file is looked up only when there is one."""

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
    """Turns faults into problems with the place of the offending key, or of the nearest key around it.

    Args:
        diagnostics: what is wrong.
        places: as ``front_matter.locate`` finds them.
        shown: the file as problems name it.
        lines_before: how many lines of the file stand before the YAML.
    """
    placed = []
    for diagnostic in diagnostics:
        at = diagnostic.at
        while at and at not in places:
            at = at[:-1]
        line, column = places.get(at, (1, 1))
        placed.append(
            Diagnostic(
                path=shown,
                line=line + lines_before,
                column=column,
                code=diagnostic.code,
                severity=diagnostic.severity,
                message=diagnostic.message,
                remedy=diagnostic.remedy,
            )
        )
    return tuple(sorted(placed, key=lambda diagnostic: diagnostic.order))
