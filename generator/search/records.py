"""Makes the records of the search index, one for each item, in segments by period.

A record depends only on its item, and a segment only on its records. So a segment of a past period is never indexed
again unless one of its items changes.
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
_FINGERPRINT_BYTES = 8
# Incremented when the same records give other files.
_FORMAT = 1


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An item in the index. All fields but ``topics`` and ``domain`` are searchable text."""

    address: urls.Address
    content: str
    """The excerpt, which results quote; the title if the excerpt has no word."""
    title: str
    source: str
    date: str
    """``7 September 2021``."""
    topic_names: str
    topics: tuple[str, ...]
    """The slugs of all topics that list the item, including parents, to filter by."""
    domain: str
    """The domain of the source, to filter by."""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a period, which are one index."""

    name: str
    """``2021-09`` for the newest month; ``2021`` for a year without the newest month."""
    year: str
    fingerprint: str
    """Equal if the files of the index are equal."""
    make: Callable[[], tuple[Record, ...]]
    """Returns the records."""

    @property
    def records(self) -> tuple[Record, ...]:
        """The records, oldest first, so that a new item does not renumber the others."""
        return self.make()


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """The search of a site: its segments and its engine."""

    language: str
    """ISO 639, decides how words are stemmed."""
    engine: str
    """The fingerprint of the program that searches in the browser: its version and language."""
    segments: tuple[Segment, ...]
    """Newest period first."""


def search(
    collection: Collection, language: Language, version: str, documents: Mapping[str, DocumentKeys], memo: Memo
) -> Search:
    """Divides a collection into segments: the newest month, the rest of its year, and each earlier year."""
    code = language.tag.partition("-")[0].lower()
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for topic in collection.topics:
        for item in topic.items:
            topics[item.identity].append(topic.slug)

    salt = f"{_FORMAT} {version} {code}"
    # A record contains a date in words, in the time zone of the site.
    language_key = hashing.blake2_of_value((salt, language.tag, language.table, str(language.zone)))

    def segment(name: str, year: int, months: Sequence[Month]) -> Segment:
        items = [item for month in months for day in month.days for item in day.items]
        make = functools.partial(_records, items, topics, language)
        item_keys = [(documents[item.name].core, topics[item.identity]) for item in items]
        key = hashing.blake2_of_value((name, language_key, item_keys))
        fingerprint = memo.get(SEGMENT, key, lambda: _fingerprint(salt, make()))
        return Segment(name=name, year=f"{year:04}", fingerprint=fingerprint, make=make)

    periods = [(f"{year.year:04}", year.year, year.months) for year in collection.years]
    if periods:
        name, newest_year, months = periods.pop()
        if months[:-1]:
            periods.append((name, newest_year, months[:-1]))
        periods.append((f"{name}-{months[-1].month:02}", newest_year, months[-1:]))
    return Search(
        language=code,
        engine=_fingerprint(salt, ()),
        segments=tuple(segment(name, year, months) for name, year, months in reversed(periods)),
    )


def _records(items: Iterable[Item], topics: Mapping[str, Sequence[str]], language: Language) -> tuple[Record, ...]:
    ordered = sorted(items, key=lambda item: (item.published_at, item.identity))
    return tuple(_record(item, tuple(topics[item.identity]), language) for item in ordered)


def _record(item: Item, topics: tuple[str, ...], language: Language) -> Record:
    return Record(
        address=urls.item(item),
        content=next(filter(_has_word, (item.excerpt, item.title)), item.provider.domain),
        title=item.title,
        source=item.provider.name,
        date=language.day(item.published_at.date()),
        topic_names=", ".join(dict.fromkeys(item.topics)),
        topics=topics,
        domain=item.provider.domain,
    )


def _has_word(text: str) -> bool:
    """Returns whether a text has a word. Pagefind drops records whose content has none."""
    return any(map(str.isalnum, text))


def _fingerprint(salt: str, records: Sequence[Record]) -> str:
    value = json.dumps([salt, *map(msgspec.structs.astuple, records)]).encode()
    return hashlib.blake2b(value, digest_size=_FINGERPRINT_BYTES).hexdigest()
