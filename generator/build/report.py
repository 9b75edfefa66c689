"""What a build did, as a value; the command line prints it and writes it as JSON."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from generator.errors import Diagnostic

Progress = Callable[[str, int, int], None]
"""Called with a station's name, how much of its work is done, and how much there is."""
Keep = Callable[[object], None]
"""Called with a value that takes long to free; a caller that exits after the build keeps it until then."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did."""

    is_built: bool = False
    """False: there are errors and the old site is unchanged."""
    read: int = 0
    """Documents: ``read == rejected + left_out + items``."""
    rejected: int = 0
    left_out: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Numbers of documents by reason."""
    items: int = 0
    stories: int = 0
    topics: int = 0
    days: int = 0
    planned: int = 0
    """Files of the site: ``planned == written + unchanged``."""
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    segments: int = 0
    """Of the search index."""
    indexed: int = 0
    """Those that had to be made; the others were there already."""
    is_anew: bool = False
    """The cache could not be used: another version wrote it, or it is damaged."""
    is_taken_over: bool = False
    """The output folder held the state of an earlier version, which was removed."""
    diagnostics: tuple[Diagnostic, ...] = ()
    ignored: tuple[str, ...] = ()
    """Files in the source folder that are no documents by their ending."""
    seconds: Mapping[str, float] = msgspec.field(default_factory=dict)
    """By station, and ``total``."""

    def as_json(self) -> dict[str, Any]:
        """The report as ``--report`` writes it; ``docs/building.md`` describes it."""
        return {
            "built": self.is_built,
            "anew": self.is_anew,
            "documents": {
                "read": self.read,
                "rejected": self.rejected,
                "left_out": sum(self.left_out.values()),
                "left_out_because": dict(self.left_out),
            },
            "items": self.items,
            "stories": self.stories,
            "topics": self.topics,
            "days": self.days,
            "pages": {
                "planned": self.planned,
                "written": self.written,
                "unchanged": self.unchanged,
                "removed": self.removed,
            },
            "search": {"segments": self.segments, "indexed": self.indexed},
            "problems": [msgspec.structs.asdict(diagnostic) for diagnostic in self.diagnostics],
            "seconds": dict(self.seconds),
        }


class Stopwatch(msgspec.Struct):
    """Adds up the seconds that each station takes."""

    clock: Callable[[], float]
    seconds: dict[str, float] = msgspec.field(default_factory=dict)

    @contextmanager
    def station(self, name: str) -> Iterator[None]:
        """Times what happens in the context."""
        start = self.clock()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + self.clock() - start
