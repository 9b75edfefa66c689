"""The reports of a story: its items, and the entries of their ``related`` lists that report the same event.

Reports whose text is copied count once. A copy is found by its text alone: the same headline, or long runs of
characters in common. So it is found in every language and script.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from generator.content.model import Article, Item
from generator.stories.model import Clustering, lead_order
from generator.stories.related import AssignedEntry

_RELAYS: Final = frozenset({"release", "market"})
"""The kinds of sources that pass on what others have written."""
_ORIGINATORS: Final = frozenset({"journal", "preprint", "agency", "university", "company"})
"""The kinds of sources that write about what they do themselves."""
_RUN: Final = 24
"""Characters: long enough that two authors do not write the same by chance."""
_SHARED: Final = 0.5
_MIN_LETTERS, _MIN_HEADLINE = 40, 20


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An article that reports an event."""

    article: Article
    """An item of the site, or an entry of a ``related`` list."""
    original: int
    """The position of the report whose text it copies; its own position if it has its own text."""
    kind: str
    """The kind of its source; ``release`` for a newspaper that has the text of a press release."""


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that reports a story."""

    reports: tuple[Report, ...]
    """In the order of time."""
    lead: Article
    """The report that represents the story."""
    sources: tuple[Article, ...]
    """The first report of each publisher: those with their own text, and then copies; each in the order of time."""
    own: int
    """The number of publishers that have their own text."""

    def kind(self, article: Article) -> str:
        """Returns the kind of the source of one of the reports."""
        return next(report.kind for report in self.reports if report.article is article)


def coverage(number: int, clustering: Clustering) -> Coverage:
    """Returns the reports of the story with a number.

    An entry that is an item itself counts only for its own story. An entry that an editor has excluded from the story
    is left out.
    """
    items = [clustering.items[place] for place in clustering.stories.members(number)]
    entries = [member.related[entry.place] for member, entry in entries_of(items, clustering)]
    articles: list[Article] = sorted([*items, *entries], key=lambda one: (one.published_at, one.identity))
    if len(articles) == 1:
        only = articles[0]
        return Coverage(reports=(Report(article=only, original=0, kind=only.kind),), lead=only, sources=(only,), own=1)
    originals = _originals(articles)
    relayed = {originals[place] for place, one in enumerate(articles) if one.kind in _RELAYS}
    kinds = [
        "release" if at in relayed and one.kind not in _RELAYS | _ORIGINATORS else one.kind
        for one, at in zip(articles, originals, strict=True)
    ]
    own = [one for place, one in enumerate(articles) if originals[place] == place]
    by_publisher: dict[str, Article] = {}
    for one in (*own, *articles):
        by_publisher.setdefault(one.provider.name, one)
    return Coverage(
        reports=tuple(
            Report(article=one, original=at, kind=kind)
            for one, at, kind in zip(articles, originals, kinds, strict=True)
        ),
        lead=min(zip(articles, kinds, strict=True), key=lambda one: lead_order(*one))[0],
        sources=tuple(by_publisher.values()),
        own=len({one.provider.name for one in own}),
    )


def entries_of(items: Iterable[Item], clustering: Clustering) -> list[tuple[Item, AssignedEntry]]:
    """Returns the entries of lists that report the story of some items, each once, with the item that lists it."""
    items = tuple(items)
    excluded = frozenset().union(*(member.not_same_as for member in items))
    found: dict[str, tuple[Item, AssignedEntry]] = {}
    for member in items:
        for entry in clustering.assignment(member).same_story:
            if entry.identity not in clustering.places and entry.identity not in excluded:
                found.setdefault(entry.identity, (member, entry))
    return list(found.values())


def _originals(articles: Sequence[Article]) -> list[int]:
    """Returns the position of the original of each article, given in the order of time.

    Copies of copies are copies of one original: the earliest report of somebody who writes about what they do
    themselves, or else the earliest.
    """
    texts = [(_letters(one.title), _letters(one.excerpt)) for one in articles]
    group = list(range(len(articles)))
    for place in range(len(articles)):
        for other in range(place):
            if group[other] != group[place] and _is_copy(texts[place], texts[other]):
                old, new = group[place], group[other]
                group = [new if each == old else each for each in group]
    best: dict[int, int] = {}
    for place in sorted(range(len(articles)), key=lambda place: (articles[place].kind not in _ORIGINATORS, place)):
        best.setdefault(group[place], place)
    return [best[each] for each in group]


def _is_copy(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Returns whether two reports have one text, given the letters of their headlines and summaries."""
    if one[0] == other[0] and len(one[0]) >= _MIN_HEADLINE:
        return True
    short, long = sorted((one[1], other[1]), key=len)
    runs = [short[start : start + _RUN] for start in range(0, len(short) - _RUN + 1, _RUN // 2)]
    return len(short) >= _MIN_LETTERS and sum(run in long for run in runs) >= _SHARED * len(runs)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
