"""Budgets of builds, all of them, and what was measured beside them. ``budgets`` has those of pages.

A budget is a promise to keep, not a goal: what only makes a met budget better is not worth having.
"""

import enum
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.archive import Change
from bench.builds import DIGEST, HUGO, Measured
from bench.processes import Taken
from bench.updates import Updated

FEW, MANY = 10_000, 100_000
"""Numbers of documents that budgets are for; the second, too, where there are more."""
UPDATES = "all updates"
MEMORY = "most memory of all processes"
_MEGA = 1_000_000


class Kind(enum.StrEnum):
    """Documents that builds are measured with."""

    PLAIN = "plain"
    RICH = "rich"
    REAL = "real"


class Unit(enum.StrEnum):
    """What a figure is a number of."""

    HUGO = "of Hugo"
    CLEAN = "of as many clean builds"
    FEW = "of our 10,000 documents"
    SECONDS = "seconds"
    MEGABYTES = "MB"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one line may take."""

    line: str
    unit: Unit
    most: float


@dataclass(frozen=True, slots=True)
class Checked:
    """A budget beside what was measured."""

    budget: Budget
    figure: float | None
    """None where it was not measured."""

    @property
    def is_over(self) -> bool:
        """Whether more was measured than the budget allows."""
        return self.figure is not None and self.figure > self.budget.most


Figures = Mapping[tuple[str, Unit], float]


def _of_few(*, cold: float, newest: float, old: float, deleted: float, template: float) -> tuple[Budget, ...]:
    """Returns the budgets of a kind of documents; where nothing changed, and for memory, they are always the same."""
    ratios = {
        Change.COLD: cold, Change.NOTHING: 0.05, Change.NEWEST: newest, Change.OLD: old, Change.DELETED: deleted,
        Change.TEMPLATE: template,
    }  # fmt: skip
    found = [Budget(change, Unit.HUGO, most) for change, most in ratios.items()]
    return (*found, Budget(MEMORY, Unit.MEGABYTES, 400))


BUDGETS: Mapping[tuple[Kind, int], Sequence[Budget]] = {
    (Kind.PLAIN, FEW): _of_few(cold=0.8, newest=0.15, old=0.3, deleted=0.5, template=0.8),
    (Kind.PLAIN, MANY): (
        Budget(Change.COLD, Unit.FEW, 12.0),
        Budget(Change.NOTHING, Unit.SECONDS, 2.0),
        Budget(Change.NEWEST, Unit.HUGO, 0.12),
        Budget(MEMORY, Unit.MEGABYTES, 2_200),
    ),
    (Kind.RICH, FEW): _of_few(cold=0.8, newest=0.15, old=0.5, deleted=0.5, template=0.8),
    (Kind.REAL, FEW): (
        *_of_few(cold=0.55, newest=0.15, old=0.3, deleted=0.5, template=0.8),
        Budget(UPDATES, Unit.CLEAN, 0.1),
    ),
}


def check(kind: Kind, count: int, figures: Figures) -> list[Checked]:
    """Returns the budgets for so many documents of a kind, each beside what was measured."""
    budgets = BUDGETS.get((kind, MANY if count >= MANY else FEW), ())
    return [Checked(budget, figures.get((budget.line, budget.unit))) for budget in budgets]


def figures(measured: Measured, *, updated: Updated | None = None, few: float | None = None) -> Figures:
    """Returns what was measured, by line and unit.

    Args:
        measured: the builds.
        updated: the builds after updates.
        few: the seconds of a cold build of 10,000 documents.
    """
    found: dict[tuple[str, Unit], float] = {}
    for change in Change:
        samples = measured.samples.get((change, DIGEST))
        if not samples:
            continue
        seconds = found[change, Unit.SECONDS] = statistics.median(sample.taken.seconds for sample in samples)
        if few:
            found[change, Unit.FEW] = seconds / few
        if ratios := measured.ratios((change, DIGEST), (change, HUGO), _seconds):
            found[change, Unit.HUGO] = statistics.median(ratios)
    if updated:
        found[UPDATES, Unit.CLEAN] = updated.ratio(_seconds)
    # Systems that do not report the memory of processes give 0.
    if peak := max(measured.peaks.get((change, DIGEST), 0) for change in Change):
        found[MEMORY, Unit.MEGABYTES] = peak / _MEGA
    return found


def _seconds(taken: Taken) -> float:
    return taken.seconds
