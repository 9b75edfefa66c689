"""What a search can find: a record for each item, in segments by period. Pure.

A record depends on its item alone, and a segment on its records alone, so what is closed never has to be indexed again.
"""

import functools
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind, Memo
from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection, Month
from generator.content.model import Item
from generator.util import hashing

SEGMENT = Kind("segment", str)
"""The fingerprint of a segment."""
_FINGERPRINT = 8
# Goes up whenever the files made of the same records come out differently.
_FORM = 1


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An item as the index sees it. Everything but ``topics`` and ``domain`` is searchable text."""

    address: urls.Address
    content: str
    """The excerpt, of which results quote what was found; the title where there is none."""
    title: str
    source: str
    date: str
    """``7 September 2021``."""
    topic_names: str
    topics: tuple[str, ...]
    """Slugs of all topics that list it, parents too, to filter by."""
    domain: str
    """The source's, to filter by."""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """The records of one period, which are indexed together."""

    name: str
    """``2021`` for a year as far as its months are closed, ``2021-09`` for the newest month."""
    year: str
    fingerprint: str
    """Equal where the index's files are."""
    make: Callable[[], tuple[Record, ...]]
    """Gives the records."""

    @property
    def records(self) -> tuple[Record, ...]:
        """Oldest first, so that a new item does not renumber the others."""
        return self.make()


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the search of a site is made of."""

    language: str
    """ISO 639: decides how words are stemmed."""
    engine: str
    """Stands for the program that searches in the browser: its version and language."""
    segments: tuple[Segment, ...]
    """Newest period first."""


def search(
    collection: Collection, words: Language, version: str, documents: Mapping[str, DocumentKeys], memo: Memo
) -> Search:
    """Cuts a collection into segments: the newest month, what is before it in its year, and each earlier year.

    Args:
        collection: the collection.
        words: the language of the site.
        version: of the indexer.
        documents: the keys of the documents of all items, by name.
        memo: the cache.
    """
    code = words.tag.partition("-")[0].lower()
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for topic in collection.topics:
        for item in topic.items:
            topics[item.identity].append(topic.slug)

    salt = f"{_FORM} {version} {code}"
    # A record shows a date in words, in the time zone of the site.
    spoken = hashing.blake2_of_value((salt, words.tag, words.table, str(words.zone)))

    def segment(name: str, year: int, months: Sequence[Month]) -> Segment:
        items = [item for month in months for day in month.days for item in day.items]
        make = functools.partial(_records, items, topics, words)
        of_items = [(documents[item.name].core, topics[item.identity]) for item in items]
        key = hashing.blake2_of_value((name, spoken, of_items))
        fingerprint = memo.get(SEGMENT, key, lambda: _hashed(salt, make()))
        return Segment(name=name, year=f"{year:04}", fingerprint=fingerprint, make=make)

    periods = [(f"{year.year:04}", year.year, year.months) for year in collection.years]
    if periods:
        name, newest, months = periods.pop()
        if months[:-1]:
            periods.append((name, newest, months[:-1]))
        periods.append((f"{name}-{months[-1].month:02}", newest, months[-1:]))
    return Search(
        language=code,
        engine=_hashed(salt, ()),
        segments=tuple(segment(name, year, months) for name, year, months in reversed(periods)),
    )


def _records(items: Iterable[Item], topics: Mapping[str, Sequence[str]], words: Language) -> tuple[Record, ...]:
    in_time = sorted(items, key=lambda item: (item.published_at, item.identity))
    return tuple(_record(item, tuple(topics[item.identity]), words) for item in in_time)


def _record(item: Item, topics: tuple[str, ...], words: Language) -> Record:
    return Record(
        address=urls.item(item),
        content=next(filter(_has_word, (item.excerpt, item.title)), item.provider.domain),
        title=item.title,
        source=item.provider.name,
        date=words.day(item.published_at.date()),
        topic_names=", ".join(dict.fromkeys(item.topics)),
        topics=topics,
        domain=item.provider.domain,
    )


def _has_word(text: str) -> bool:
    """Whether there is anything to index: Pagefind drops a record whose content has no word, whatever its title."""
    return any(map(str.isalnum, text))


def _hashed(salt: str, records: Sequence[Record]) -> str:
    value = json.dumps([salt, *map(msgspec.structs.astuple, records)]).encode()
    return hashlib.blake2b(value, digest_size=_FINGERPRINT).hexdigest()
