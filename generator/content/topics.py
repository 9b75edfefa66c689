"""The site's own topics: ``topics.yaml`` as values, and which of them an item is about. Pure but for ``load``.

A topic is found by its keywords: whole words by their stems, acronyms as they are written, phrases in order. Nothing is
guessed, so an editor can say why an item has a topic. ``docs/topics.md`` has the format and the measured precision.
"""

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import contains
from pathlib import Path
from typing import Final

import msgspec

from generator.config import theme
from generator.content import front_matter, keywords, source_files
from generator.content.field_errors import FieldDiagnostic, place
from generator.content.fields import Fields
from generator.content.model import Item
from generator.content.terms import stem
from generator.errors import Code, Diagnostic, SettingsError, Severity
from generator.util.text import is_slug, nearest, repair, slugify, topic_slug

COLOURS: Final = ("teal", "blue", "violet", "rose", "red", "amber", "green", "mint")
"""The names of the tints of ``static/style.css``, in their order there."""

_KEYS = frozenset({"name", "slug", "parent", "description", "keywords", "colour"})
_BEGIN: Final = "begin with `topics:` and the list of them below it, or remove the file"
_MANUAL = "docs/topics.md"
_TOKENS_KEPT = 65_536


class CuratedTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of ``topics.yaml``."""

    name: str
    slug: str
    """The last part of its address."""
    parent: str = ""
    """The slug of the topic that it is a part of."""
    description: str = ""
    keywords: tuple[str, ...] = ()
    colour: str = ""
    """One of ``COLOURS``, the nearest ancestor's where it has none of its own; ``""`` where none has."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A keyword that stands in a text."""

    topic: CuratedTopic
    keyword: str


class _Pattern(msgspec.Struct, frozen=True):
    rest: list[str]
    """What must follow the first word."""
    match: Match


class Taxonomy:
    """Curated topics, compiled so that looking through a text takes one look-up a word."""

    def __init__(self, topics: Sequence[CuratedTopic] = ()) -> None:
        """Takes valid topics, in the order in which an item shows them."""
        self.topics: Final = tuple(topics)
        self._by_slug = {topic.slug: topic for topic in topics}
        self._order = {topic.slug: number for number, topic in enumerate(topics)}
        self._ancestors = {topic.slug: _ancestors(topic, self._by_slug) for topic in topics}
        self._names: dict[str, CuratedTopic] = {}
        written = {word for topic in topics for keyword in topic.keywords for word in keywords.written(keyword)}
        self._acronyms = frozenset(filter(keywords.is_acronym, written))
        self._plain = frozenset(word.lower() for word in written - self._acronyms)
        # One keyword's acronym may be another's plain word, which capitals do not hide: "AI" is in "open ai".
        self._both = {word: stem(word.lower()) for word in self._acronyms if word.lower() in self._plain}
        # News says the same few thousand words again and again.
        self._keys = functools.lru_cache(maxsize=_TOKENS_KEPT)(self._keys_of)
        self._patterns: defaultdict[str, list[_Pattern]] = defaultdict(list)
        for topic in topics:
            self._names |= dict.fromkeys([topic.slug, *map(topic_slug, (topic.name, *topic.keywords))], topic)
            for keyword in topic.keywords:
                for first, *rest in keywords.phrases(keyword):
                    self._patterns[first].append(_Pattern(rest, Match(topic=topic, keyword=keyword)))

    def named(self, name: str) -> CuratedTopic | None:
        """The topic that has this name, slug or keyword, whatever its case, spacing and punctuation."""
        return self._names.get(topic_slug(name)) if self._names else None

    def ancestors(self, slug: str) -> tuple[str, ...]:
        """The slugs of the topics that a topic is a part of, nearest first."""
        return self._ancestors.get(slug, ())

    def matches(self, text: str) -> Iterator[Match]:
        """The keywords that stand in a text, in its order; a keyword comes as often as it stands there."""
        keys: list[str] = []
        compounds: list[str] = []
        starts: list[int] = []
        for parts, compound, is_start in map(self._keys, keywords.tokens(text)):
            if is_start:
                starts += range(len(keys), len(keys) + len(parts))
            keys += parts
            if compound:
                compounds.append(compound)
        is_plain = self._both.keys().isdisjoint(keys)
        yield from self._at(starts, keys) if is_plain else self._as_either(keys)
        # "tele-medicine" is "telemedicine".
        for compound in compounds:
            for pattern in self._patterns.get(compound, ()):
                if not pattern.rest:
                    yield pattern.match

    def _at(self, starts: list[int], keys: list[str]) -> Iterator[Match]:
        """The keywords that begin at some of the words."""
        for start in starts:
            for pattern in self._patterns.get(keys[start], ()):
                if keys[start + 1 : start + 1 + len(pattern.rest)] == pattern.rest:
                    yield pattern.match

    def _as_either(self, keys: list[str]) -> Iterator[Match]:
        """All keywords where an acronym stands among the words that is a plain word, too: each fits as either."""
        ways = [{key, self._both.get(key, key)} for key in keys]
        for at, firsts in enumerate(ways, 1):
            for pattern in (pattern for first in sorted(firsts) for pattern in self._patterns.get(first, ())):
                there = ways[at : at + len(pattern.rest)]
                if len(there) == len(pattern.rest) and all(map(contains, there, pattern.rest)):
                    yield pattern.match

    def assign(self, item: Item) -> Item:
        """The item with the topics it shows: those its document names and those its text has keywords of.

        Curated topics come first, in the order of their file; a topic is not shown beside one that is a part of it.
        What the document rules out is gone, with all its parts.
        """
        curated: set[str] = set()
        others: dict[str, str] = {}
        barred = {self._slug(name) for name in item.not_topics}
        for name in item.topics:
            slug = topic_slug(name)
            if topic := self._names.get(slug):
                curated.add(topic.slug)
            elif slug not in barred:
                others.setdefault(slug, name)
        if self._patterns:
            curated |= {match.topic.slug for text in (item.title, item.excerpt) for match in self.matches(text)}
        if barred:
            curated = {slug for slug in curated if barred.isdisjoint((slug, *self.ancestors(slug)))}
        implied = {ancestor for slug in curated for ancestor in self.ancestors(slug)}
        shown = sorted(curated - implied, key=self._order.__getitem__)
        topics = (*(self._by_slug[slug].name for slug in shown), *others.values())
        return item if topics == item.topics else msgspec.structs.replace(item, topics=topics)

    def _slug(self, name: str) -> str:
        topic = self.named(name)
        return topic.slug if topic else topic_slug(name)

    def _keys_of(self, token: str) -> tuple[list[str], str, bool]:
        """What a token's parts are looked up by, what it is as one word; whether a keyword starts there."""
        parts, compound = keywords.split(token)
        keys = [self._key(part) for part in parts]
        return keys, self._key(compound) if compound else "", not self._patterns.keys().isdisjoint(keys)

    def _key(self, word: str) -> str:
        """What a word is looked up by: a known acronym by itself, any other word by its stem."""
        if not word:
            return keywords.BREAK
        singular = word.removesuffix("s")
        if singular in self._acronyms:
            return singular
        lower = word.lower()
        # "COVID" is "Covid", but "ACN", an acronym of something else, has the stem of "acne".
        return keywords.BREAK if keywords.is_acronym(word) and lower not in self._plain else stem(lower)


def _ancestors(topic: CuratedTopic, by_slug: dict[str, CuratedTopic]) -> tuple[str, ...]:
    slugs: list[str] = []
    while topic.parent:
        slugs.append(topic.parent)
        topic = by_slug[topic.parent]
    return tuple(slugs)


def load(folder: Path) -> Taxonomy:
    """Reads the ``topics.yaml`` of a site's folder; without the file there are no curated topics.

    Raises:
        SettingsError: with all that is wrong.
    """
    path = folder / theme.TOPICS
    if not path.exists() and not path.is_symlink():
        return Taxonomy()
    shown = path.as_posix()
    document = source_files.read(str(path), name=path.name, shown=shown)
    if isinstance(document, Diagnostic):
        raise SettingsError([document])
    try:
        fields = Fields(front_matter.load(document.text), (), manual=_MANUAL)
    except front_matter.FrontMatterError as error:
        raise SettingsError(
            Diagnostic(
                path=shown,
                line=line,
                column=column,
                code=code,
                message=message,
                remedy=_BEGIN if code is Code.NOT_A_MAPPING else remedy,
            )
            for line, column, code, message, remedy in error.findings
        ) from None
    topics = _topics(fields)
    if fields.diagnostics:
        raise SettingsError(place(fields.diagnostics, front_matter.locate(document.text), shown))
    return Taxonomy(topics)


def _topics(fields: Fields) -> list[CuratedTopic]:
    fields.report_unknown(frozenset({"topics"}), of="topics.yaml", severity=Severity.ERROR)
    if fields.values.get("topics") is None:
        fields.missing("topics", _BEGIN)
    entries = fields.mappings("topics", severity=Severity.ERROR)
    read = [(entry, topic) for entry in entries if (topic := _topic(entry))]
    _check_claims(read)
    _check_parents(read)
    if fields.diagnostics:
        return []
    topics = {topic.slug: topic for _, topic in read}
    return [msgspec.structs.replace(topic, colour=_colour(topic, topics)) for topic in topics.values()]


def _topic(entry: Fields) -> CuratedTopic | None:
    """A topic as far as its own entry tells; None where it has no name."""
    entry.report_unknown(_KEYS, of="a topic", severity=Severity.ERROR)
    name = entry.text("name", is_required=True)
    slug, parent, colour = entry.raw_text("slug"), entry.raw_text("parent"), entry.raw_text("colour")
    if slug and not is_slug(slug):
        remedy = f"write `slug: {slugify(slug) or 'a-few-words'}`"
        entry.diagnostic("slug", Code.INVALID_SLUG, "slug may hold a-z, 0-9 and single hyphens only", remedy)
    if colour and colour not in COLOURS:
        entry.diagnostic(
            "colour", Code.UNKNOWN_COLOUR, f"colour {colour!r} is unknown", f"write one of {', '.join(COLOURS)}"
        )
    description, keywords = entry.text("description"), entry.texts("keywords")
    if not name:
        return None
    slug = slug or topic_slug(name)
    return CuratedTopic(name=name, slug=slug, parent=parent, description=description, keywords=keywords, colour=colour)


def _check_claims(read: list[tuple[Fields, CuratedTopic]]) -> None:
    """A slug, a name or a keyword may lead to one topic only."""
    owners: dict[str, CuratedTopic] = {}
    for entry, topic in read:
        for key, value, slug in (("slug", topic.slug, topic.slug), ("name", topic.name, topic_slug(topic.name))):
            owner = owners.setdefault(slug, topic)
            if owner is not topic:
                at = key if key in entry.values else "name"
                message = f"{key} {value!r} belongs to the topic {owner.name!r} already"
                entry.diagnostic(at, Code.DUPLICATE_TOPIC, message, "give it another, or make one topic of the two")
                break
    claimed: dict[keywords.Phrase, CuratedTopic] = {}
    for entry, topic in read:
        given = entry.values.get("keywords")
        for index, value in enumerate(given if isinstance(given, list) else ()):
            keyword = repair(value) if isinstance(value, str) else ""
            ways = keywords.phrases(keyword)
            at_keyword = (*entry.at, "keywords", index)
            if keyword and not ways:
                message = f"keyword {keyword!r} has no word"
                entry.diagnostics.append(
                    FieldDiagnostic(at_keyword, Code.WRONG_TYPE, message, "write a word or remove it")
                )
            if not ways:
                continue
            first = [claimed.setdefault(way, topic) for way in ways]
            others = [owner for owner in (owners.setdefault(topic_slug(keyword), topic), *first) if owner is not topic]
            if others:
                message = f"keyword {keyword!r} belongs to the topic {others[0].name!r} already"
                entry.diagnostics.append(
                    FieldDiagnostic(at_keyword, Code.DUPLICATE_TOPIC, message, "keep it in one of the two")
                )


def _check_parents(read: list[tuple[Fields, CuratedTopic]]) -> None:
    topics = {topic.slug: topic for _, topic in read}
    for entry, topic in read:
        if topic.parent and topic.parent not in topics:
            message = f"parent {topic.parent!r} is the slug of no topic"
            guess = nearest(topic.parent, topics)
            remedy = f"did you mean `{guess[0]}`?" if guess else "write the slug of a topic of this file, or remove it"
            entry.diagnostic("parent", Code.UNKNOWN_PARENT, message, remedy)
            continue
        chain: list[str] = []
        parent = topic.parent
        while parent in topics and parent not in chain:
            chain.append(parent)
            parent = topics[parent].parent
        if topic.slug in chain:
            message = f"{topic.name!r} is its own ancestor"
            entry.diagnostic("parent", Code.PARENT_LOOP, message, "let one topic of the circle have no parent")


def _colour(topic: CuratedTopic, topics: dict[str, CuratedTopic]) -> str:
    colours = (topics[slug].colour for slug in (topic.slug, *_ancestors(topic, topics)))
    return next((colour for colour in colours if colour), "")
