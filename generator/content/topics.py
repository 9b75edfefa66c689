"""Reads the curated topics of ``topics.yaml``, and assigns them to items. Pure except for ``load``.

A keyword matches whole words by their stems, acronyms as they are written, and phrases in order. So an editor can say
why an item has a topic. ``docs/topics.md`` has the format, the rules and the measured precision.
"""

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import contains
from pathlib import Path
from typing import Final

import msgspec

from generator.config import theme
from generator.content import keywords, yaml_files
from generator.content.fields import Fields
from generator.content.model import Item
from generator.content.terms import stem
from generator.errors import Code, Severity
from generator.util.text import nearest, repair, topic_key, topic_slug

COLOURS: Final = ("teal", "blue", "violet", "rose", "red", "amber", "green", "mint")
"""The names of the tints in ``static/style.css``, in the order of the style sheet."""

_KEYS = frozenset({"name", "slug", "parent", "description", "keywords", "colour"})
_BEGIN: Final = "begin with `topics:` and a list of topics below it, or remove the file"
_MANUAL = "docs/topics.md"
_CACHED_TOKENS = 65_536


class CuratedTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of ``topics.yaml``."""

    name: str
    slug: str
    """The last part of its address."""
    parent: str = ""
    """The slug of the parent topic, or ``""``."""
    description: str = ""
    keywords: tuple[str, ...] = ()
    colour: str = ""
    """One of ``COLOURS``, inherited from the nearest ancestor that has one, or ``""``."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence of a keyword in a text."""

    topic: CuratedTopic
    keyword: str


class _Pattern(msgspec.Struct, frozen=True):
    """A phrase of a keyword."""

    rest: list[str]
    """The keys of the words after the first one."""
    match: Match


class Taxonomy:
    """The curated topics, compiled so that matching a text takes one lookup per word."""

    def __init__(self, topics: Sequence[CuratedTopic] = ()) -> None:
        self.topics: Final = tuple(topics)
        """In the order in which an item shows them."""
        self._by_slug = {topic.slug: topic for topic in topics}
        self._order = {topic.slug: number for number, topic in enumerate(topics)}
        self._ancestors = {topic.slug: _ancestors(topic, self._by_slug) for topic in topics}
        self._names: dict[str, CuratedTopic] = {}
        words = {word for topic in topics for keyword in topic.keywords for word in keywords.words_of(keyword)}
        self._acronyms = frozenset(filter(keywords.is_acronym, words))
        self._plain = frozenset(word.lower() for word in words - self._acronyms)
        # An acronym may also be a plain word of another keyword, which matches any case: "AI" and "open ai".
        self._ambiguous = {word: stem(word.lower()) for word in self._acronyms if word.lower() in self._plain}
        # The vocabulary of news is small.
        self._lookup = functools.lru_cache(maxsize=_CACHED_TOKENS)(self._look_up)
        self._patterns: defaultdict[str, list[_Pattern]] = defaultdict(list)
        for topic in topics:
            self._names |= dict.fromkeys(map(topic_key, (topic.slug, topic.name, *topic.keywords)), topic)
        for topic in topics:
            for name in (topic.name, *topic.keywords):
                self._names.setdefault(topic_key(topic_slug(name)), topic)  # "Rontgen" is "Röntgen"
        for topic in topics:
            for keyword in topic.keywords:
                for first, *rest in keywords.phrases(keyword):
                    self._patterns[first].append(_Pattern(rest, Match(topic=topic, keyword=keyword)))

    def named(self, name: str) -> CuratedTopic | None:
        """Returns the topic with this name, slug or keyword, regardless of case, spacing and punctuation.

        A name or keyword may be written without its accents.
        """
        return self._names.get(topic_key(name)) if self._names else None

    def ancestors(self, slug: str) -> tuple[str, ...]:
        """Returns the slugs of a topic's ancestors, nearest first."""
        return self._ancestors.get(slug, ())

    def matches(self, text: str) -> Iterator[Match]:
        """Yields every occurrence of a keyword in a text, those of hyphenated words written as one last."""
        keys: list[str] = []
        compounds: list[str] = []
        starts: list[int] = []
        for parts, compound, can_start in map(self._lookup, keywords.tokens(text)):
            if can_start:
                starts += range(len(keys), len(keys) + len(parts))
            keys += parts
            if compound:
                compounds.append(compound)
        is_unambiguous = self._ambiguous.keys().isdisjoint(keys)
        yield from self._matches_at(starts, keys) if is_unambiguous else self._ambiguous_matches(keys)
        # "tele-medicine" matches "telemedicine".
        for compound in compounds:
            for pattern in self._patterns.get(compound, ()):
                if not pattern.rest:
                    yield pattern.match

    def _matches_at(self, starts: list[int], keys: list[str]) -> Iterator[Match]:
        for start in starts:
            for pattern in self._patterns.get(keys[start], ()):
                if keys[start + 1 : start + 1 + len(pattern.rest)] == pattern.rest:
                    yield pattern.match

    def _ambiguous_matches(self, keys: list[str]) -> Iterator[Match]:
        """Yields all keywords in a text with ambiguous words, each of which matches as acronym and as plain word."""
        alternatives = [{key, self._ambiguous.get(key, key)} for key in keys]
        for following, firsts in enumerate(alternatives, 1):
            for pattern in (pattern for first in sorted(firsts) for pattern in self._patterns.get(first, ())):
                rest = alternatives[following : following + len(pattern.rest)]
                if len(rest) == len(pattern.rest) and all(map(contains, rest, pattern.rest)):
                    yield pattern.match

    def assign(self, item: Item) -> Item:
        """Returns the item with the topics that its document names and those whose keywords are in its text.

        Curated topics come first, in the order of the file. A topic is omitted if one of its descendants is assigned.
        Topics in ``Item.not_topics`` are removed with their descendants.
        """
        curated: set[str] = set()
        uncurated: dict[str, str] = {}
        excluded = {topic.slug if (topic := self.named(name)) else topic_key(name) for name in item.not_topics}
        for name in item.topics:
            key = topic_key(name)
            if topic := self._names.get(key):
                curated.add(topic.slug)
            elif key not in excluded:
                uncurated.setdefault(key, name)
        if self._patterns:
            curated |= {match.topic.slug for text in (item.title, item.excerpt) for match in self.matches(text)}
        if excluded:
            curated = {slug for slug in curated if excluded.isdisjoint((slug, *self.ancestors(slug)))}
        implied = {ancestor for slug in curated for ancestor in self.ancestors(slug)}
        shown = sorted(curated - implied, key=self._order.__getitem__)
        topics = (*(self._by_slug[slug].name for slug in shown), *uncurated.values())
        return item if topics == item.topics else msgspec.structs.replace(item, topics=topics)

    def _look_up(self, token: str) -> tuple[list[str], str, bool]:
        """Returns the keys of a token's words, the key of the words joined, and whether a keyword may start here."""
        words, compound = keywords.split(token)
        keys = [self._key(word) for word in words]
        return keys, self._key(compound) if compound else "", not self._patterns.keys().isdisjoint(keys)

    def _key(self, word: str) -> str:
        """Returns the lookup key of a word: a known acronym itself, the stem of any other word."""
        if not word:
            return keywords.BREAK
        singular = word.removesuffix("s")
        if singular in self._acronyms:
            return singular
        lower = word.lower()
        # "COVID" matches "Covid". An unknown acronym matches nothing, though "ACN" has the stem of "acne".
        return keywords.BREAK if keywords.is_acronym(word) and lower not in self._plain else stem(lower)


def _ancestors(topic: CuratedTopic, by_slug: dict[str, CuratedTopic]) -> tuple[str, ...]:
    slugs: list[str] = []
    while topic.parent:
        slugs.append(topic.parent)
        topic = by_slug[topic.parent]
    return tuple(slugs)


def load(folder: Path) -> Taxonomy:
    """Reads ``topics.yaml`` in a site's folder. Without the file, there are no curated topics.

    Raises:
        SettingsError: the file cannot be read, or topics are invalid; with a diagnostic for each problem.
    """
    path = folder / theme.TOPICS
    if not path.exists() and not path.is_symlink():
        return Taxonomy()
    return Taxonomy(yaml_files.read(path, _topics, manual=_MANUAL, begin=_BEGIN))


def _topics(fields: Fields) -> list[CuratedTopic]:
    """Reads and checks all topics. Returns none if there is a diagnostic."""
    fields.report_unknown(frozenset({"topics"}), of="topics.yaml", severity=Severity.ERROR)
    if fields.values.get("topics") is None:
        fields.missing("topics", _BEGIN)
    entries = fields.mappings("topics", severity=Severity.ERROR)
    read = [(entry, topic) for entry in entries if (topic := _topic(entry))]
    _check_unique(read)
    _check_parents(read)
    if fields.diagnostics:
        return []
    topics = {topic.slug: topic for _, topic in read}
    return [msgspec.structs.replace(topic, colour=_colour(topic, topics)) for topic in topics.values()]


def _topic(entry: Fields) -> CuratedTopic | None:
    """Reads a topic without comparing it with others. Returns None if it has no name."""
    entry.report_unknown(_KEYS, of="a topic", severity=Severity.ERROR)
    name = entry.text("name", is_required=True)
    slug, parent, colour = entry.slug("slug"), entry.raw_text("parent"), entry.raw_text("colour")
    if colour and colour not in COLOURS:
        remedy = f"write one of {', '.join(COLOURS)}"
        entry.report("colour", Code.UNKNOWN_COLOUR, f"colour {colour!r} is unknown", remedy)
    description, keywords = entry.text("description"), entry.texts("keywords")
    if not name:
        return None
    slug = slug or topic_slug(name)
    return CuratedTopic(name=name, slug=slug, parent=parent, description=description, keywords=keywords, colour=colour)


def _check_unique(read: list[tuple[Fields, CuratedTopic]]) -> None:
    """Reports slugs, names and keywords that belong to more than one topic."""
    owners: dict[str, CuratedTopic] = {}
    for entry, topic in read:
        for key, value in (("slug", topic.slug), ("name", topic.name)):
            owner = owners.setdefault(topic_key(value), topic)
            if owner is not topic:
                at = key if key in entry.values else "name"
                message = f"{key} {value!r} already belongs to the topic {owner.name!r}"
                entry.report(at, Code.DUPLICATE_TOPIC, message, "choose another, or merge the two topics")
                break
    owners_of_phrases: dict[keywords.Phrase, CuratedTopic] = {}
    for entry, topic in read:
        values = entry.values.get("keywords")
        for index, value in enumerate(values if isinstance(values, list) else ()):
            keyword = repair(value) if isinstance(value, str) else ""
            phrases = keywords.phrases(keyword)
            if keyword and not phrases:
                message = f"keyword {keyword!r} contains no word"
                entry.report_entry("keywords", index, Code.WRONG_TYPE, message, "write a word or remove it")
            if not phrases:
                continue
            found = [owners_of_phrases.setdefault(phrase, topic) for phrase in phrases]
            others = [owner for owner in (owners.setdefault(topic_key(keyword), topic), *found) if owner is not topic]
            if others:
                message = f"keyword {keyword!r} already belongs to the topic {others[0].name!r}"
                entry.report_entry("keywords", index, Code.DUPLICATE_TOPIC, message, "keep it in one of the two")


def _check_parents(read: list[tuple[Fields, CuratedTopic]]) -> None:
    """Reports parents that do not exist, and topics that are their own ancestors."""
    topics = {topic.slug: topic for _, topic in read}
    for entry, topic in read:
        if topic.parent and topic.parent not in topics:
            message = f"parent {topic.parent!r} is not the slug of a topic"
            guess = nearest(topic.parent, topics)
            remedy = f"did you mean `{guess[0]}`?" if guess else "write the slug of a topic of this file, or remove it"
            entry.report("parent", Code.UNKNOWN_PARENT, message, remedy)
            continue
        ancestors: list[str] = []
        parent = topic.parent
        while parent in topics and parent not in ancestors:
            ancestors.append(parent)
            parent = topics[parent].parent
        if topic.slug in ancestors:
            message = f"{topic.name!r} is its own ancestor"
            entry.report("parent", Code.PARENT_LOOP, message, "remove the parent of one topic in the circle")


def _colour(topic: CuratedTopic, topics: dict[str, CuratedTopic]) -> str:
    """Returns the colour of a topic, or of its nearest ancestor that has one."""
    colours = (topics[slug].colour for slug in (topic.slug, *_ancestors(topic, topics)))
    return next((colour for colour in colours if colour), "")
