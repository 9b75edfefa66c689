"""What a build did, as a value; the command line prints it and writes it as JSON."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did."""

    is_built: bool = False
    """False: there are errors and the old site stands."""
    read: int = 0
    """Documents: ``read == rejected + left_out + items``."""
    rejected: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Numbers of documents by reason."""
    items: int = 0
    topics: int = 0
    days: int = 0
    planned: int = 0
    """Files of the site: ``planned == written + unchanged``."""
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: tuple[Problem, ...] = ()
    ignored: tuple[str, ...] = ()
    """Files in the source folder that are no documents by their ending."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By station, and ``total``."""

    def as_json(self) -> dict[str, Any]:
        """The report as ``--report`` writes it; ``docs/report.md`` describes it."""
        return {
            "built": self.is_built,
            "documents": {
                "read": self.read,
                "rejected": self.rejected,
                "left_out": sum(self.left_out.values()),
                "left_out_because": dict(self.left_out),
            },
            "items": self.items,
            # Until items are grouped, each tells a story of its own.
            "stories": self.items,
            "topics": self.topics,
            "days": self.days,
            "pages": {
                "planned": self.planned,
                "written": self.written,
                "unchanged": self.unchanged,
                "removed": self.removed,
            },
            "problems": [dataclasses.asdict(problem) for problem in self.problems],
            "seconds": dict(self.seconds),
        }
