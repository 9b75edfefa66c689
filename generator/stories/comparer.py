"""Compares the items of blocks with earlier items, and with the entries of their ``related`` lists."""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from generator.cache.memo import Memo
from generator.content import words
from generator.content.model import Article, Item
from generator.content.words import Words
from generator.stories.blocks import ENTRIES, FEATURES, REACH, WORDS, Block, Features
from generator.stories.index import MIN_SIMILARITY, TextIndex
from generator.stories.related import ComparedEntry, RelatedEntries, entry_weights, sort_entries
from generator.stories.similarity import DAY, MAX_DAYS_APART, Text, weights


class Compared(NamedTuple):
    """The packed results for a block."""

    words: bytes
    features: bytes
    entries: bytes


class Comparer:
    """Compares the items of blocks. Each worker has one, and gets some of the blocks in order."""

    def __init__(
        self,
        items: Sequence[Item],
        blocks: Sequence[Block],
        memo: Memo,
        known: Mapping[tuple[str, str], Words],
        language: str,
    ) -> None:
        """Takes all items in order of time, their blocks, the cache, the words of read texts, and a language."""
        self.blocks = blocks
        self._items = items
        self._memo = memo
        self._language = language
        self._index: TextIndex | None = None
        self._read = dict(known)
        self._listed: dict[tuple[object, ...], Text] = {}
        """What is compared of entries that were seen: most are in many lists."""
        self._story, self._subject = weights()["story"], weights()["subject"]

    def compare(self, number: int) -> tuple[list[Features], list[RelatedEntries]]:
        """Returns the features and the sorted related entries of the items of a block."""
        index, block = self.indexed(number), self.blocks[number]
        features = index.features(self._story, self._subject)  # it measures habits, which entries need
        return features, self._sort_entries(index, self._items[block.start : block.end])

    def packed(self, number: int) -> Compared:
        """Returns the packed results for a block."""
        features, entries = self.compare(number)
        return Compared(
            words=WORDS.pack([text.words for text in self._texts(self.blocks[number])]),
            features=FEATURES.pack(features),
            entries=ENTRIES.pack(entries),
        )

    def indexed(self, number: int) -> TextIndex:
        """Returns an index of a block and the items in its reach, to which the block was added last."""
        start, index = self.blocks[number].start, self._index
        if index is not None and index.end == start:
            index.add(self._texts(self.blocks[number]))
            return index
        lowest = next(one for one in self.blocks if one.end > start - REACH)
        if not all(self._memo.has(FEATURES, one.features) for one in self.blocks[lowest.number : number]):
            lowest = next(one for one in self.blocks if one.end > start - 3 * REACH)
        if index is None or not lowest.start <= index.end <= start:
            index = self._index = TextIndex(lowest.start)
        near = self._items[start].published_at.timestamp() - MAX_DAYS_APART * DAY
        for one in self.blocks[lowest.number : number]:
            if one.start >= index.end:
                features = self._memo.find(FEATURES, one.features) if one.features else None
                index.add(self._texts(one), features or ())
                if features is None and self._items[one.end - 1].published_at.timestamp() >= near:
                    index.measure()
        index.add(self._texts(self.blocks[number]))
        return index

    def _texts(self, block: Block) -> list[Text]:
        items = self._items[block.start : block.end]
        cached = self._memo.find(WORDS, block.words) if block.words else None
        if cached is None:
            return list(map(self.text, items))
        return [
            Text(found, item.published_at.timestamp(), item.provider.domain)
            for found, item in zip(cached, items, strict=True)
        ]

    def text(self, article: Article) -> Text:
        """Returns what is compared of an article."""
        key = (article.title, article.excerpt)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = words.read(*key, self._language)
        return Text(found, article.published_at.timestamp(), article.provider.domain)

    def _sort_entries(self, index: TextIndex, items: Sequence[Item]) -> list[RelatedEntries]:
        lists = [tuple(item.related) for item in items]
        # Different lists may give the same article with different texts and times.
        places: dict[tuple[object, ...], int] = {}
        texts: list[Text] = []
        listed: list[int] = []
        for entry in itertools.chain.from_iterable(lists):
            key = (entry.title, entry.excerpt, entry.published_at, entry.provider.domain)
            place = places.get(key)
            if place is None:
                place = places[key] = len(texts)
                texts.append(self._listed.get(key) or self._listed.setdefault(key, self.text(entry)))
            listed.append(place)
        rows = np.repeat(np.arange(len(items)), list(map(len, lists)))
        pairs = index.compare_entries(texts, rows, listed, MIN_SIMILARITY)
        story, subject = pairs.scores(self._story), pairs.scores(self._subject)
        found: list[list[ComparedEntry]] = [[] for _ in items]
        starts = [0, *itertools.accumulate(map(len, lists))]
        # Most entries are about something else.
        kept = (story >= entry_weights().least) | (subject >= self._subject.least)
        columns = [values[kept].tolist() for values in (pairs.rows, pairs.others, story, subject)]
        for row, other, *scores in zip(*columns, strict=True):
            place = other - starts[row]
            found[row].append(ComparedEntry(place, lists[row][place], texts[listed[other]], *scores))
        return list(map(sort_entries, items, found))
