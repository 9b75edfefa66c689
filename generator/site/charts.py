"""Charts as data: how much news there was, month by month."""

import operator
from collections import Counter
from collections.abc import Iterable, Mapping

from generator.config.language import Language
from generator.content.model import Item
from generator.site.views import Bar, Chart

_MONTHS = 36
_HEIGHT = 40
_DISTANCE = 10


_MONTH = operator.attrgetter("published_at.year", "published_at.month")
Months = Mapping[tuple[int, int], int]
"""Numbers of items by year and month."""


def by_month(items: Iterable[Item]) -> Months:
    """How many items there are of each month that has any."""
    return Counter(map(_MONTH, items))


def chart(counts: Months, words: Language) -> Chart | None:
    """The months from the first item to the newest, at most 36; none where there is only one."""
    newest = max(counts)
    months = [newest]
    while months[-1] > min(counts) and len(months) < _MONTHS:
        year, number = months[-1]
        months.append((year, number - 1) if number > 1 else (year - 1, 12))
    if len(months) == 1:
        return None
    highest = max(counts.get(month, 0) for month in months)
    bars = []
    for position, month in enumerate(reversed(months)):
        # Rounded up, so that one item among thousands still shows.
        count = counts.get(month, 0)
        height = -(-_HEIGHT * count // highest)
        bars.append(
            Bar(
                label=words.text("list.chart_bar", month=words.month(*month), count=words.text("count.items", n=count)),
                count=count,
                x=position * _DISTANCE,
                y=_HEIGHT - height,
                height=height,
            )
        )
    label = words.text("list.chart", first=words.month(*months[-1]), last=words.month(*newest), n=highest)
    return Chart(label=label, width=len(bars) * _DISTANCE, bars=tuple(bars))
