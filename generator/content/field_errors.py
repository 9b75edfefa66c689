"""What is wrong with fields, before and after its place in the file is known. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from generator.content.front_matter import KeyPath
from generator.errors import Code, Problem, Severity


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field; its place in the file is looked up only when there is one."""

    at: KeyPath
    code: Code
    message: str
    remedy: str
    severity: Severity = Severity.ERROR


def place(
    faults: Sequence[Fault], places: Mapping[KeyPath, tuple[int, int]], shown: str, *, lines_before: int = 0
) -> tuple[Problem, ...]:
    """Turns faults into problems with the place of the offending key, or of the nearest key around it.

    Args:
        faults: what is wrong.
        places: as ``front_matter.locate`` finds them.
        shown: the file as problems name it.
        lines_before: how many lines of the file stand before the YAML.
    """
    problems = []
    for fault in faults:
        at = fault.at
        while at and at not in places:
            at = at[:-1]
        line, column = places.get(at, (1, 1))
        problems.append(
            Problem(
                path=shown,
                line=line + lines_before,
                column=column,
                code=fault.code,
                severity=fault.severity,
                message=fault.message,
                remedy=fault.remedy,
            )
        )
    return tuple(sorted(problems, key=lambda problem: problem.order))
