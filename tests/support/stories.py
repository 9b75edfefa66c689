"""Makes items and clusters them, for tests of stories."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import msgspec

from generator.content.model import Article, Item
from generator.stories.model import Assignment, Clustering, Story
from tests.support.making import document, entry, read

_WORDS = [
    "Lundgren",
    "ECG",
    "heart",
    "clinic",
    "abstains",
    "trace",
    "model",
    "sepsis",
    "Orbis",
    "ward",
    "mammogram",
    "bleed",
    "glaucoma",
    "retina",
    "ulcer",
]


def make(number: int, title: str, excerpt: str = "", day: float = 1, **changes: Any) -> Item:
    """Returns an item with an article and a publisher of its own."""
    changes.setdefault("webUrl", f"https://source{number}.example/{number}")
    changes.setdefault("provider", {"name": f"Source {number}", "domain": f"source{number}.example"})
    at = dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC) + dt.timedelta(days=day, minutes=number)
    parsed = read(
        document(title=title, excerpt=excerpt, publishedDateTime=at.isoformat(), **changes), name=f"{number}.md"
    )
    assert parsed.item, parsed.diagnostics
    return parsed.item


def copy(number: int, of: Item, day: float = 1, **changes: Any) -> Item:
    """Returns an item with the text of another one."""
    return make(number, of.title, of.excerpt, day=day, **changes)


class RelatedArticles(msgspec.Struct, frozen=True, kw_only=True):
    """The related articles of an item."""

    same_story: tuple[Article, ...]
    """The entries of its ``related`` list that report the same event."""
    related: tuple[Article, ...]
    """The entries on the same subject, best first."""
    archive: tuple[Item, ...]
    """Earlier items of other stories, best first."""


def beside(clustering: Clustering, item: Item) -> RelatedArticles:
    """Returns the related articles of an item."""
    assignment, listed = clustering.assignment(item), tuple(item.related)
    return RelatedArticles(
        same_story=tuple(listed[entry.place] for entry in assignment.same_story),
        related=tuple(listed[entry.place] for entry in assignment.related),
        archive=tuple(clustering.items[position] for position in clustering.archive(clustering.places[item.identity])),
    )


def number_of(item: Item) -> int:
    """Returns the number with which an item was made."""
    return int(item.name.removesuffix(".md"))


def numbers(clustering: Clustering) -> set[frozenset[int]]:
    """Returns the stories as sets of the numbers of their items."""
    return {frozenset(map(number_of, story.items)) for story in clustering.stories}


def values(clustering: Clustering) -> tuple[list[Story], list[Assignment], list[int], dict[int, list[tuple[str, int]]]]:
    """Returns the parts of a clustering that can be compared."""
    relations = {number: list(found) for number, found in clustering.relations.items()}
    return list(clustering.stories), list(clustering.assignments), list(clustering.numbers), relations


ECG = [
    make(1, "Lundgren clinic model reads ECGs and says when it cannot",
         "The Lundgren heart clinic has trained a model that abstains on one trace in ten."),
    make(2, "Model that abstains: Lundgren's ECG reader errs less",
         "An ECG model of the Lundgren heart clinic abstains on one trace in ten and errs less."),
    make(3, "ECG model knows what it does not know", day=3,
         excerpt="The model, trained at the Lundgren heart clinic, abstains on one trace in ten."),
]  # fmt: skip
"""Three reports of one event."""
SEPSIS = make(
    4, "Bedside alarm for sepsis cuts deaths at Marwick", "Nurses at Marwick hospital tried the alarm.", day=2
)
MAMMOGRAMS = make(5, "Deep learning model predicts breast cancer risk", "A new study of mammograms of women.", day=2)
PARTS = [
    make(21, "Sepsis deaths fall by a third at Marwick", "The hospital counted them for a year.", day=1),
    make(22, "Nurses praise Tellus, an early warning on the ward", "They say that Tellus warns hours earlier.", day=2),
]
"""Two reports that seem to be of two events …"""
WHOLE = make(
    23, "Tellus early warning: nurses praise it, and sepsis deaths fall by a third at Marwick",
    "The hospital counted sepsis deaths for a year.", day=3,
)  # fmt: skip
"""… and one that shows that they are of one."""


class Chance:
    """Makes items of a few words, so that many are similar. The same ones for the same seed."""

    def __init__(self, seed: int, days_between: float = 1.0) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same words every time
        self._days_between = days_between
        self._texts = [" ".join(self.random.sample(_WORDS, k=5)) for _ in range(60)]

    def item(self, number: int, **changes: Any) -> Item:
        """Returns an item with some of the texts and up to three related entries."""
        some = self.random
        entries = [entry(other, title=self._texts[other]) for other in some.sample(range(60), k=some.randrange(4))]
        title, excerpt = some.choice(self._texts), some.choice(["", *self._texts])
        return make(number, title, excerpt, day=int(number * self._days_between), related=entries, **changes)

    def items(self, count: int) -> list[Item]:
        """Returns items in the order of time."""
        return [self.item(number) for number in range(count)]

    def edited(self, items: Sequence[Item], **changes: Any) -> list[Item]:
        """Returns the items with another one in place of one of them, and sometimes without one or with a new one."""
        some, changed = self.random, list(items)
        place = some.randrange(len(changed))
        changed[place] = self.item(number_of(changed[place]), **changes)
        if some.random() < 0.2:
            del changed[some.randrange(len(changed))]
        missing = sorted(set(range(len(items) + 4)) - set(map(number_of, changed)))
        if some.random() < 0.3:
            changed.append(self.item(some.choice(missing)))
        return changed


def merging_items(seed: int) -> list[Item]:
    """Returns reports of halves of events, and some of whole events, so that later items merge stories."""
    some = random.Random(seed)  # noqa: S311 - the same words every time
    words = ["".join(some.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(64)]
    events = [words[start : start + 12] for start in range(0, 56, 10)]
    items = []
    for number in range(48):
        event = some.choice(events)
        part = [event[:6], event[6:], event][some.choice([0, 0, 1, 1, 2])]
        title = " ".join(some.sample(part, k=min(len(part), 8)))
        items.append(make(number, title, " ".join(some.sample(part, k=4)), day=number / 3))
    return items
