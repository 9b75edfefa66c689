"""Computes the charts of the number of items per month."""

import operator
from collections import Counter
from collections.abc import Iterable, Mapping

from generator.config.language import Language
from generator.content.model import Item
from generator.site.views import Bar, Chart

_MAX_MONTHS = 36
_HEIGHT = 40
_DISTANCE = 10

_YEAR_AND_MONTH = operator.attrgetter("published_at.year", "published_at.month")
Months = Mapping[tuple[int, int], int]
"""The number of items by year and month."""


def by_month(items: Iterable[Item]) -> Months:
    """Counts the items of each month."""
    return Counter(map(_YEAR_AND_MONTH, items))


def chart(counts: Months, language: Language) -> Chart | None:
    """Returns the chart of the newest 36 months with items, or None for a single month. There is at least one month."""
    newest = max(counts)
    months = [newest]
    while months[-1] > min(counts) and len(months) < _MAX_MONTHS:
        year, number = months[-1]
        months.append((year, number - 1) if number > 1 else (year - 1, 12))
    if len(months) == 1:
        return None
    highest = max(counts.get(month, 0) for month in months)
    bars = []
    for position, month in enumerate(reversed(months)):
        # Rounded up, so that a bar is visible even for one item beside thousands.
        count = counts.get(month, 0)
        height = -(-_HEIGHT * count // highest)
        bars.append(
            Bar(
                label=language.text(
                    "list.chart_bar", month=language.month(*month), count=language.text("count.items", n=count)
                ),
                count=count,
                x=position * _DISTANCE,
                y=_HEIGHT - height,
                height=height,
            )
        )
    label = language.text("list.chart", first=language.month(*months[-1]), last=language.month(*newest), n=highest)
    return Chart(label=label, width=len(bars) * _DISTANCE, bars=tuple(bars))
