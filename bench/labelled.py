"""The labelled sets of a corpus: their documents, stories and pairs, and the folds of a cross-validation."""

import datetime as dt
import itertools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from bench import documents
from generator.content import words
from generator.content.collection import Selection, select
from generator.content.model import Article, Item
from generator.stories.blocks import blocks_of
from generator.stories.evidence import Floats, Ints, Pairs
from generator.stories.index import TextIndex
from generator.stories.model import time_order
from generator.stories.similarity import MAX_DAYS_APART, Text, Weights
from generator.util.text import short_hash

LABELS = Path(__file__).parent.parent / "tests/stories/related_labels.yaml"
_FOREVER = Selection(now=dt.datetime(9999, 1, 1, tzinfo=dt.UTC), with_future=True)
_SETS = {
    "medical-dense": ("", 4),
    "medical": ("azure-news", 2),
    "medical-2": ("azure-news", 2),
    "cloud-window": ("azure-news", 3),
}
"""Of each set, the archive that it is mixed into, and the number of periods for the cross-validation."""


class LabelledSet(NamedTuple):
    """A collection, and the stories of some of its documents."""

    name: str
    items: Sequence[Item]
    """The collection, in order of time."""
    labelled: frozenset[str]
    """The names of the labelled documents."""
    stories: Mapping[str, int]
    """The number of the story of each document that has one with others; other labelled ones are alone."""
    periods: Mapping[str, int]
    """The number of the period of each labelled document; no story is in two."""
    is_closed: bool
    """Whether pairs with a document that is not labelled count: they are of another subject."""

    def counts(self, one: str, other: str) -> bool:
        """Returns whether it is known if two documents are of one story."""
        return one in self.labelled and other in self.labelled if self.is_closed else bool({one, other} & self.labelled)

    def is_true(self, one: str, other: str) -> bool:
        """Returns whether two documents are of one story."""
        return one in self.stories and self.stories[one] == self.stories.get(other)


class Rows(NamedTuple):
    """Pairs with their evidence."""

    names: list[tuple[str, str]]
    evidence: Any
    truths: Any


def load(corpus: Path) -> list[LabelledSet]:
    """Returns the labelled sets of a corpus; the medical ones also alone."""
    with tempfile.TemporaryDirectory() as folder:
        archives = {
            name: list(
                select(documents.read(documents.unpacked(corpus / f"{name}.tar.xz", Path(folder))), _FOREVER).items
            )
            for name in ("medical-dense", "medical", "medical-2", "azure-news")
        }
    sets: list[LabelledSet] = []
    for name, (archive, periods) in _SETS.items():
        told = yaml.safe_load((corpus / f"{name}-stories.yaml").read_text(encoding="utf-8"))
        stories = {f"{document}.md": number for number, story in enumerate(told) for document in story["documents"]}
        own = archives.get(name, [])
        items = sorted([*own, *archives.get(archive, [])], key=time_order)
        if own:
            labelled = [item.name for item in sorted(own, key=time_order)]
        else:
            # A window of the archive, from the first to the last day that was read.
            days = {item.name: item.published_at.date() for item in items}
            first, last = min(days[name] for name in stories), max(days[name] for name in stories)
            first, last = min(first, dt.date(2021, 5, 10)), max(last, dt.date(2021, 6, 6))
            labelled = [item.name for item in items if first <= days[item.name] <= last]
        of_period = _periods(labelled, stories, periods)
        sets.append(LabelledSet(name, items, frozenset(labelled), stories, of_period, is_closed=not own))
        if own and archive:
            alone = sorted(own, key=time_order)
            sets.append(LabelledSet(f"{name} alone", alone, frozenset(labelled), stories, of_period, is_closed=False))
    return sets


def _periods(labelled: Sequence[str], stories: Mapping[str, int], count: int) -> dict[str, int]:
    first: dict[int, int] = {}
    periods: dict[str, int] = {}
    for place, name in enumerate(labelled):
        start = first.setdefault(stories[name], place) if name in stories else place
        periods[name] = min(start * count // len(labelled), count - 1)
    return periods


def indexed(items: Sequence[Item]) -> Iterator[tuple[int, int, TextIndex]]:
    """Yields the index after each block of items was added, with the range of the block."""
    index = TextIndex(0)
    for start, end in blocks_of(items):
        index.add([text(item) for item in items[start:end]])
        yield start, end, index


def text(article: Article) -> Text:
    """Returns what is compared of an article."""
    found = words.read(article.title, article.excerpt)
    return Text(found, article.published_at.timestamp(), article.provider.domain)


def pairs(labelled: LabelledSet) -> Rows:
    """Returns the pairs of which it is known whether they are of one story."""
    names: list[tuple[str, str]] = []
    kept: list[Any] = []
    items = labelled.items
    for start, _, index in indexed(items):
        found, _ = index.compare()
        for row, other, evidence in zip(found.rows + start, found.others, found.evidence, strict=True):
            one, two = items[row], items[other]
            days = (one.published_at - two.published_at).total_seconds() / 86_400
            if days <= MAX_DAYS_APART and labelled.counts(one.name, two.name):
                names.append((one.name, two.name))
                kept.append(evidence)
    return Rows(names, np.array(kept), np.array([labelled.is_true(*pair) for pair in names]))


def related(sets: Sequence[LabelledSet]) -> Rows:
    """Returns the labelled pairs of documents and related articles; true ones are about one subject or story."""
    told = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    wanted = {
        (one["document"], one["entry"]): one["label"]
        for labels in told.values()
        for one in labels
        if one["label"] != "doubtful"
    }
    by_key = {short_hash(item.identity): item for one in sets for item in one.items}
    names: list[tuple[str, str]] = []
    kept: list[Any] = []
    for one in sets:
        if one.name.endswith("alone") or one.is_closed:
            continue
        documents_of = {short_hash(item.identity): position for position, item in enumerate(one.items)}
        for start, end, index in indexed(one.items):
            index.measure()
            rows: list[int] = []
            entries: list[Text] = []
            keys: list[tuple[str, str]] = []
            for document, entry in wanted:
                position = documents_of.get(document, -1)
                if start <= position < end and (document, entry) not in names:
                    item = one.items[position]
                    article = next((a for a in item.related if short_hash(a.identity) == entry), by_key.get(entry))
                    if article is not None:
                        rows.append(position - start)
                        entries.append(text(article))
                        keys.append((document, entry))
            if entries:
                names += keys
                kept += list(index.compare_entries(entries, rows, range(len(entries))).evidence)
    return Rows(names, np.array(kept), np.array([wanted[pair] != "far" for pair in names]))


def scores(evidence: Floats, weights: Weights) -> Ints:
    """Returns the scores of rows of evidence, in units."""
    nothing = np.zeros(len(evidence), np.intp)
    return Pairs(nothing, nothing, evidence).scores(weights)


def pairs_of(story_of: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields all pairs of names in one story, given the story of each."""
    groups: dict[Any, list[str]] = {}
    for name, story in story_of.items():
        groups.setdefault(story, []).append(name)
    for group in groups.values():
        yield from itertools.combinations(group, 2)
