"""Makes the records of the search index, one for each story, in segments by period, and one for each own page.

A record depends only on the reports of its story, and a segment only on its records. So a segment of a past period is
never indexed again unless one of its stories changes.
"""

import datetime as dt
import functools
import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from generator.cache.memo import Kind, Memo
from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection
from generator.content.model import Article, Item
from generator.content.page_documents import PageDocument
from generator.stories.model import Clustering
from generator.stories.reports import Coverage
from generator.util import hashing

SEGMENT = Kind("segment", str)
"""The fingerprint of a segment."""
_FINGERPRINT_BYTES = 8
# Incremented when the same records give other files.
_FORMAT = 2
_ZERO_WIDTH_SPACE = "\u200b"
"""Pagefind splits a text that contains it there, and not at spaces."""

_Topics = Mapping[str, Sequence[str]]
"""The slugs of all topics that list an item, by its identity."""


class OtherReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report of a story besides its lead."""

    source: str
    title: str
    summary: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A story in the index, or an own page, which has neither source nor date.

    Its texts are searchable, except ``sources``.
    """

    address: urls.Address
    """The page of the story, or of the item that is its only report; the own page."""
    title: str
    """The headline of the lead, or the title of the page."""
    source: str
    """The publisher of the lead."""
    date: str
    """The day of the newest report: ``7 September 2021``."""
    topic_names: str
    newest: int
    """The time of the newest report, in minutes since 1970."""
    sources: str
    """The number of publishers in words: ``3 sources``."""
    summary: str
    """The summary of the lead, or the description of the page."""
    others: tuple[OtherReport, ...]
    """The other reports, in the order of time. The text of an own page is one without source and title."""
    topics: tuple[str, ...]
    """The slugs of all topics that list an item of the story, including parents, to filter by."""
    domains: tuple[str, ...]
    """The domains of the sources of the items, to filter by."""

    @property
    def content(self) -> str:
        """The text that is indexed besides the fields of the lead, in the order in which the browser counts its words.

        It always has a word, because Pagefind drops records whose content has none.
        """
        others = [text for other in self.others for text in (other.source, other.title, other.summary)]
        content = " ".join(filter(None, [self.summary, *others]))
        return content or _normalized(self.title) or next(iter(self.domains), self.address)


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a period, which are one index."""

    name: str
    """``2021-09`` for the newest month; ``2021`` for a year without the newest month; ``pages`` for own pages."""
    year: str
    """Empty for own pages."""
    fingerprint: str
    """Equal if the files of the index are equal."""
    make: Callable[[], tuple[Record, ...]]
    """Returns the records, in the order of their earliest items, so that a new story does not renumber the others."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """The search of a site: its segments and its engine."""

    language: str
    """ISO 639, decides how words are stemmed."""
    engine: str
    """The fingerprint of the program that searches in the browser: its version and language."""
    segments: tuple[Segment, ...]
    """Newest period first, own pages last."""


class Stories(Protocol):
    """The stories of a site, by number, as :class:`generator.site.cards.Cards` has them."""

    language: Language
    clustering: Clustering

    def key(self, number: int) -> bytes:
        """Returns the key of everything that reports a story."""

    def address(self, number: int) -> urls.Address:
        """Returns the address that the headline of a story leads to."""

    @property
    def coverage(self) -> Callable[[int], Coverage]:
        """Returns the reports of the story with a number. It loads ``related`` lists."""


def search(
    collection: Collection, stories: Stories, version: str, memo: Memo, own_pages: Iterable[PageDocument] = ()
) -> Search:
    """Divides stories into segments: the newest month, the rest of its year, and each earlier year.

    A story belongs to the month of its earliest item. Nothing is loaded for the key of a segment.
    """
    language, clustering = stories.language, stories.clustering
    code = language.tag.partition("-")[0].lower()
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for topic in collection.topics:
        for item in topic.items:
            topics[item.identity].append(topic.slug)

    salt = f"{_FORMAT} {version} {code}"
    # A record contains a date and a number in words, in the time zone of the site.
    language_key = hashing.blake2_of_value((salt, language.tag, language.table, str(language.zone)))

    def segment(name: str, numbers: Sequence[int]) -> Segment:
        make = functools.partial(_records, numbers, stories, topics)
        story_keys = [
            (stories.key(number), [topics[item.identity] for item in _items(number, clustering)]) for number in numbers
        ]
        key = hashing.blake2_of_value((name, language_key, story_keys))
        fingerprint = memo.get(SEGMENT, key, lambda: _fingerprint(salt, make()))
        return Segment(name=name, year=name[:4], fingerprint=fingerprint, make=make)

    segments = [segment(name, numbers) for name, numbers in reversed(_periods(clustering))]
    if pages := tuple(_page_record(page) for page in own_pages if page.is_listed):
        make = functools.partial(tuple, pages)
        segments.append(Segment(name="pages", year="", fingerprint=_fingerprint(salt, pages), make=make))
    return Search(language=code, engine=_fingerprint(salt, ()), segments=tuple(segments))


def _page_record(page: PageDocument) -> Record:
    return Record(
        address=urls.Address(page.address),
        title=page.title,
        source="",
        date="",
        topic_names="",
        newest=0,
        sources="",
        summary=_normalized(page.description),
        others=(OtherReport(source="", title="", summary=_normalized(page.text)),),
        topics=(),
        domains=(),
    )


def _periods(clustering: Clustering) -> list[tuple[str, list[int]]]:
    """Returns the periods in the order of time, each with its name and the numbers of its stories."""

    def month(number: int) -> tuple[int, int]:
        at = next(_items(number, clustering)).published_at
        return at.year, at.month

    # Stories are numbered in the order of their earliest items.
    months = [(start, list(numbers)) for start, numbers in itertools.groupby(range(len(clustering.stories)), month)]
    if not months:
        return []
    *earlier, ((year, newest), newest_numbers) = months
    years = [
        (f"{number:04}", [one for _, numbers in group for one in numbers])
        for number, group in itertools.groupby(earlier, lambda entry: entry[0][0])
    ]
    return [*years, (f"{year:04}-{newest:02}", newest_numbers)]


def _items(number: int, clustering: Clustering) -> Iterator[Item]:
    return (clustering.items[place] for place in clustering.stories.members(number))


def _records(numbers: Iterable[int], stories: Stories, topics: _Topics) -> tuple[Record, ...]:
    return tuple(_record(number, stories, topics) for number in numbers)


def _record(number: int, stories: Stories, topics: _Topics) -> Record:
    coverage, language = stories.coverage(number), stories.language
    lead, newest = coverage.lead, coverage.reports[-1].article
    items = tuple(_items(number, stories.clustering))
    # The topics of the item that leads, or else of the earliest, are named first.
    ordered = sorted(items, key=lambda item: item.identity != lead.identity)
    return Record(
        address=stories.address(number),
        title=lead.title,
        source=lead.provider.name,
        date=language.day(_day(newest, language)),
        topic_names=", ".join(dict.fromkeys(name for item in ordered for name in item.topics)),
        newest=int(newest.published_at.timestamp() // 60),
        sources=language.text("count.sources", n=len(coverage.sources)),
        summary=_normalized(lead.excerpt),
        others=tuple(
            OtherReport(
                source=_normalized(report.article.provider.name),
                title=_normalized(report.article.title),
                summary=_normalized(report.article.excerpt),
            )
            for report in coverage.reports
            if report.article is not lead
        ),
        topics=tuple(sorted({slug for item in items for slug in topics[item.identity]})),
        domains=tuple(sorted({item.provider.domain for item in items})),
    )


def _day(article: Article, language: Language) -> dt.date:
    at = article.published_at
    return at.date() if article.is_date_only else at.astimezone(language.zone).date()


def _normalized(text: str) -> str:
    """Returns a text with single spaces, so that Pagefind and the page count its words alike; empty if it has none."""
    return " ".join(text.replace(_ZERO_WIDTH_SPACE, "").split()) if any(map(str.isalnum, text)) else ""


def _fingerprint(salt: str, records: Sequence[Record]) -> str:
    value = json.dumps([salt, *records], default=msgspec.structs.astuple).encode()
    return hashlib.blake2b(value, digest_size=_FINGERPRINT_BYTES).hexdigest()
