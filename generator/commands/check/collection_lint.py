"""Warnings that need the whole collection.

Near-duplicates, inconsistent names, unknown sources, future items, and fields without effect.
"""

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from generator.content import field_mapping, front_matter, source_files, terms
from generator.content.collection import most_common
from generator.content.field_errors import FieldDiagnostic, place
from generator.content.field_mapping import FieldMapping, Mapped
from generator.content.front_matter import KeyPath
from generator.content.model import Item
from generator.content.source_files import Folder
from generator.content.terms import Vocabulary
from generator.content.topics import Taxonomy
from generator.errors import Code, Diagnostic, Severity, for_other_documents
from generator.stories import overrides
from generator.util import weburls
from generator.util.text import counted, nearest, repair, topic_key, topic_slug

_WINDOW = dt.timedelta(days=3)
_MIN_TERMS = 3
# A collection may have thousands of topics that are not curated, and a guess is slow.
_MAX_GUESSES, _MAX_GUESSED_LENGTH = 200, 60
_WORD = re.compile(r"[^\W_]+")
_MAX_SOURCES = 20
# Hosts that are no domains of publishers: those that RFC 2606 reserves for examples, single words, and IP addresses.
_RESERVED = re.compile(r"(?:^|\.)(?:example|example\.(?:com|net|org))$|^[^.]*$|[\d\]]$")
_PLAIN_YAML = re.compile(r"(?!(?:yes|no|on|off|true|false|null|y|n)$)[A-Za-z][\w .&'!/+-]*[\w.!+]", re.IGNORECASE)
_KINDS_OF_DOMAINS = (
    (re.compile(r"\.(?:edu|ac)(?:\.[a-z]{2})?$"), "university"),
    (re.compile(r"(?:^|\.)go[bv]?(?:\.[a-z]{2})?$"), "agency"),
)
# The stop words that change what a title says.
_NEGATIONS = frozenset({"cannot", "no", "not", "without"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDiagnostic:
    """A warning for a field of an item. :func:`with_places` adds the line and column."""

    item: Item
    at: KeyPath
    """The path of the field; its last part may be the text or identity of an entry instead of the index."""
    code: Code
    message: str
    remedy: str


class Reading(NamedTuple):
    """How the documents of items are read again, to find what an item does not keep."""

    folder: Folder
    mapping: FieldMapping
    """The setting ``fields``."""


def lint_collection(
    items: Iterable[Item], taxonomy: Taxonomy, now: dt.datetime, language: str, reading: Reading
) -> Iterator[ItemDiagnostic]:
    """Yields the warnings for a collection in a language. Topics are checked only if there are curated ones."""
    ordered = sorted(items, key=lambda item: (item.published_at, item.name))
    yield from _future(ordered, now)
    yield from _near_duplicates(ordered, terms.vocabulary(language))
    yield from _spellings(ordered)
    yield from _topics_of_one_slug(ordered, taxonomy)
    yield from _unknown_stories(ordered)
    yield from _unknown_articles(ordered)
    yield from _unknown_topics(ordered, taxonomy, reading)
    if taxonomy.topics:
        yield from _uncurated(ordered, taxonomy)


def _future(items: Iterable[Item], now: dt.datetime) -> Iterator[ItemDiagnostic]:
    for item in items:
        if item.published_at > now:
            yield ItemDiagnostic(
                item=item,
                at=("publishedDateTime",),
                code=Code.FUTURE_ITEM,
                message="is published in the future, and not on the site until then",
                remedy="correct the date, or build again after it",
            )


def _near_duplicates(items: Iterable[Item], vocabulary: Vocabulary) -> Iterator[ItemDiagnostic]:
    """Yields a warning for each item whose source has a title with the same terms within three days, in any order.

    All terms must be equal: titles that differ in one term usually belong to two articles ("MySQL", "PostgreSQL").
    """
    latest: dict[tuple[str, object], Item] = {}
    for item in items:
        key = (item.provider.domain, _title_key(item.title, vocabulary))
        other = latest.get(key)
        latest[key] = item
        if other is None or other.identity == item.identity or item.published_at - other.published_at > _WINDOW:
            continue
        if other.identity in item.not_same_as or item.identity in other.not_same_as:
            continue
        yield ItemDiagnostic(
            item=item,
            at=("title",),
            code=Code.NEAR_DUPLICATE,
            message=f"has the title and source of {other.path} within three days",
            remedy="remove one of the two, or add the URL of the other to `notSameAs:`",
        )


def _title_key(title: str, vocabulary: Vocabulary) -> object:
    """Returns what near-duplicate titles share: their terms and negations; all words if there are few terms."""
    words = _WORD.findall(title.casefold())
    found = vocabulary.analyse(title, "").title
    return (found, frozenset(words) & _NEGATIONS) if len(found) >= _MIN_TERMS else tuple(words)


def _spellings(items: Iterable[Item]) -> Iterator[ItemDiagnostic]:
    """Yields a warning for each name of a source that differs from a more common one only in case and punctuation."""
    spellings: defaultdict[str, defaultdict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        name = item.provider.name
        spellings["".join(_WORD.findall(name.casefold())) or name][name].append(item)
    for variants in spellings.values():
        most_common, *others = sorted(variants, key=lambda name: (-len(variants[name]), name))
        for name in others:
            count = len(variants[name])
            documents = counted(len(variants[most_common]), "document")
            yield ItemDiagnostic(
                item=variants[name][0],
                at=("provider", "name"),
                code=Code.SOURCE_SPELLING,
                message=f"the source {most_common!r} of {documents} is spelled {name!r}"
                + for_other_documents(count - 1),
                remedy="use one spelling",
            )


def _topics_of_one_slug(items: Iterable[Item], taxonomy: Taxonomy) -> Iterator[ItemDiagnostic]:
    """Yields a warning for each topic whose address would be that of another, with other letters: ``Bär``, ``Bar``."""
    spellings: defaultdict[str, dict[str, tuple[Item, str]]] = defaultdict(dict)
    for item in items:
        for name in item.topics:
            if taxonomy.named(name) is None:
                spellings[topic_slug(name)].setdefault(topic_key(name), (item, name))
    for slug, names in spellings.items():
        (_, first), *others = names.values()
        for item, name in others:
            yield ItemDiagnostic(
                item=item,
                at=("topics", name),
                code=Code.TOPIC_SPELLING,
                message=f"the topics {name!r} and {first!r} would have one address, /topics/{slug}/, so one of them "
                "has another",
                remedy="use one spelling if they are one topic, or give both a `slug:` in topics.yaml",
            )


def _unknown_stories(items: Sequence[Item]) -> Iterator[ItemDiagnostic]:
    """Yields a warning for each item whose ``story`` is neither the label nor the id or slug of another item."""
    uses = Counter(item.story for item in items if item.story)
    alone = [item for item in items if uses[item.story] == 1]
    if not alone:
        return
    named = Counter(name for item in items for name in set(overrides.names(item)))
    for item in alone:
        if named[item.story] == (item.story in overrides.names(item)):
            yield ItemDiagnostic(
                item=item,
                at=("story",),
                code=Code.UNKNOWN_STORY,
                message=f"story {item.story!r} is not the story, id or slug of another document",
                remedy="correct it, or remove it; `digest stories --format json` lists ids",
            )


def _unknown_articles(items: Sequence[Item]) -> Iterator[ItemDiagnostic]:
    """Yields a warning for each article in ``notSameAs`` that is neither an item nor in a ``related`` list."""
    unknown = {identity for item in items for identity in item.not_same_as}
    unknown.difference_update(item.identity for item in items)
    # The lists are loaded from disk, so they are read only if something is still unknown.
    for item in items if unknown else ():
        unknown.difference_update(entry.identity for entry in item.related)
    for item in items:
        for identity in sorted(item.not_same_as & {*unknown, item.identity}):
            yield ItemDiagnostic(
                item=item,
                at=("notSameAs", identity),
                code=Code.UNKNOWN_ARTICLE,
                message=f"notSameAs {identity!r} is the article itself"
                if identity == item.identity
                else f"notSameAs {identity!r} is not the address of a document or of an entry of `related`",
                remedy="correct it, or remove it",
            )


def _unknown_topics(items: Sequence[Item], taxonomy: Taxonomy, reading: Reading) -> Iterator[ItemDiagnostic]:
    """Yields a warning for each entry of ``notTopics`` that is no topic, neither of the site nor of the document."""
    excluding = [item for item in items if item.not_topics]
    if not excluding:
        return
    names = {topic_key(name): name for item in items for name in item.topics}
    known = [*(topic.name for topic in taxonomy.topics), *names.values()]
    guesses: dict[str, list[str]] = {}
    for item in excluding:
        unknown = [name for name in item.not_topics if not taxonomy.named(name) and topic_key(name) not in names]
        # An item no longer has the topics that its document names in both lists.
        own = _mapped(item, _read(item, reading)[0], reading).values.get("topics") if unknown else None
        own_keys = {topic_key(repair(name)) for name in own if isinstance(name, str)} if isinstance(own, list) else ()
        for name in unknown:
            if topic_key(name) in own_keys:
                continue
            if name not in guesses:
                guesses[name] = nearest(name[:_MAX_GUESSED_LENGTH], known) if len(guesses) < _MAX_GUESSES else []
            yield ItemDiagnostic(
                item=item,
                at=("notTopics", name),
                code=Code.UNKNOWN_TOPIC,
                message=f"notTopics {name!r} is not a topic of the site, so it has no effect",
                remedy=f"did you mean `{guesses[name][0]}`?" if guesses[name] else "correct it, or remove it",
            )


def _uncurated(items: Iterable[Item], taxonomy: Taxonomy) -> Iterator[ItemDiagnostic]:
    names: Counter[str] = Counter()
    first: dict[str, tuple[Item, str]] = {}
    for item in items:
        excluded = {topic_key(name) for name in item.not_topics}
        for name in item.topics:
            key = topic_key(name)
            if key not in excluded and taxonomy.named(name) is None:
                names[key] += 1
                first.setdefault(key, (item, name))
    curated = [topic.name for topic in taxonomy.topics]
    for number, (key, (item, name)) in enumerate(first.items()):
        guess = nearest(name[:_MAX_GUESSED_LENGTH], curated) if number < _MAX_GUESSES else []
        yield ItemDiagnostic(
            item=item,
            at=("topics", name),
            code=Code.UNCURATED_TOPIC,
            message=f"the topic {name!r} is not in topics.yaml{for_other_documents(names[key] - 1)}",
            remedy=(f"did you mean `{guess[0]}`? If not, " if guess else "")
            + "add it there as a topic or a keyword, or list it in `notTopics:`",
        )


def unknown_sources(items: Iterable[Item], path: Path) -> Iterator[Diagnostic]:
    """Yields a warning for each of the most frequent sources that are not curated, most frequent first.

    The places are the lines of ``sources.yaml`` in which their rows would be.

    Args:
        items: of the site.
        path: where ``sources.yaml`` of the site is, or would be.
    """
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        provider = item.provider
        if not provider.kind and not _RESERVED.search(provider.domain):
            names[provider.domain][provider.name] += 1
    ordered = sorted(names, key=lambda domain: (-names[domain].total(), domain))
    hidden = len(ordered) - _MAX_SOURCES
    next_line = _line_count(path) + 1
    for number, domain in enumerate(ordered[:_MAX_SOURCES]):
        message = f"{domain} of {counted(names[domain].total(), 'document')} is not a known source"
        if number == _MAX_SOURCES - 1 and hidden > 0:
            message += f", nor are {counted(hidden, 'less frequent one')}"
        name = most_common(names[domain])
        yield Diagnostic(
            path=path.as_posix(),
            line=next_line + number,
            code=Code.UNKNOWN_SOURCE,
            severity=Severity.WARNING,
            message=message,
            remedy=f"add `- {{domain: {domain}, name: {_yaml(name)}, kind: {_likely_kind(domain)}}}` below `sources:`",
        )


def _line_count(path: Path) -> int:
    """Returns the number of lines of a file; if there is none, that of a file with the line ``sources:``."""
    try:
        return len(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return 1


def _yaml(name: str) -> str:
    """Returns a name as a scalar of a YAML mapping in braces."""
    return name if _PLAIN_YAML.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _likely_kind(domain: str) -> str:
    return next((kind for pattern, kind in _KINDS_OF_DOMAINS if pattern.search(domain)), "news")


def with_places(warnings: Iterable[ItemDiagnostic], reading: Reading) -> list[Diagnostic]:
    """Returns the warnings with the lines and columns of their fields. Reads the documents again to find them."""
    by_document: defaultdict[str, list[ItemDiagnostic]] = defaultdict(list)
    for warning in warnings:
        by_document[warning.item.path].append(warning)
    return [diagnostic for group in by_document.values() for diagnostic in _with_places(group, reading)]


def _with_places(warnings: list[ItemDiagnostic], reading: Reading) -> tuple[Diagnostic, ...]:
    item = warnings[0].item
    values, text, lines_before = _read(item, reading)
    mapped = _mapped(item, values, reading)
    diagnostics = [
        FieldDiagnostic(
            mapped.place(_indexed(warning.at, mapped.values)),
            warning.code,
            warning.message,
            warning.remedy,
            Severity.WARNING,
        )
        for warning in warnings
    ]
    places = front_matter.locate(text, {diagnostic.at for diagnostic in diagnostics})
    return place(diagnostics, places, item.path, lines_before=lines_before)


def _mapped(item: Item, values: Mapping[str, object], reading: Reading) -> Mapped:
    return field_mapping.apply(values, reading.mapping, name=item.name, zone=dt.UTC)


def _read(item: Item, reading: Reading) -> tuple[dict[str, object], str, int]:
    """Returns the values, the text and the number of lines before the front matter; nothing if it is unreadable."""
    document = source_files.read(reading.folder.path(item.name), name=item.name, shown=item.path)
    if isinstance(document, Diagnostic):
        return {}, "", 0
    try:
        values, _, lines_before = front_matter.split_and_load(document.text)
    except front_matter.FrontMatterError:
        return {}, "", 0
    return values, front_matter.yaml_of(document.text), lines_before


def _indexed(at: KeyPath, values: Mapping[str, object]) -> KeyPath:
    """Returns a path with the index of an entry in place of its text or identity.

    An absent ``webUrl`` becomes ``originalUrl``.
    """
    if at == ("webUrl",) and values.get("webUrl") is None:
        return ("originalUrl",)
    entries = values.get(str(at[0]))
    if len(at) == 1 or not isinstance(entries, list):
        return at
    read = _identity if at[0] == "notSameAs" else repair
    texts = [read(entry) if isinstance(entry, str) else "" for entry in entries]
    return (at[0], texts.index(str(at[1]))) if at[1] in texts else at[:1]


def _identity(address: str) -> str:
    try:
        return weburls.identity(weburls.clean(address))
    except weburls.InvalidUrlError:
        return ""  # the document has changed since it was read
