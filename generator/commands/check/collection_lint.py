"""What may be wrong with documents beside each other: told twice, spelled in two ways, ahead of their time."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.content import front_matter, source_files, terms
from generator.content.field_errors import FieldDiagnostic, place
from generator.content.front_matter import KeyPath
from generator.content.model import Item
from generator.content.topics import Taxonomy
from generator.errors import Code, Diagnostic, Severity, for_other_documents
from generator.util.text import counted, nearest, repair, topic_slug

_WINDOW = dt.timedelta(days=3)
_MIN_TERMS = 3
# Of a collection where nothing is curated, not every topic need be guessed at.
_MAX_GUESSES, _MAX_GUESSED = 200, 60
_WORD = re.compile(r"[^\W_]+")
# Small words say nothing of their own, but for these.
_DENIALS = frozenset({"cannot", "no", "not", "without"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDiagnostic:
    """A warning about an item; ``placed`` finds its place."""

    item: Item
    at: KeyPath
    """The field; the last part may be the text of an entry instead of its number."""
    code: Code
    message: str
    remedy: str


def about(items: Iterable[Item], taxonomy: Taxonomy, now: dt.datetime) -> Iterator[ItemDiagnostic]:
    """Remarks about a collection.

    Args:
        items: as they were read, with the topics they show.
        taxonomy: the curated topics; where there are none, nothing is said about topics.
        now: items published later are ahead of their time.
    """
    ordered = sorted(items, key=lambda item: (item.published_at, item.name))
    yield from _future(ordered, now)
    yield from _near_duplicates(ordered)
    yield from _spellings(ordered)
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
                remedy="mend the date, or build again when it has come",
            )


def _near_duplicates(items: Iterable[Item]) -> Iterator[ItemDiagnostic]:
    """Headlines of one source that say the same within three days, whatever the order of words, and small words.

    Measured on 4,958 real documents: every pair that shared all terms was one article at two addresses; of the pairs
    that differed in a single term, most were two articles (MySQL and PostgreSQL).
    """
    last: dict[tuple[str, object], Item] = {}
    for item in items:
        key = (item.provider.domain, _wording(item.title))
        other = last.get(key)
        last[key] = item
        if other is None or other.identity == item.identity or item.published_at - other.published_at > _WINDOW:
            continue
        if other.identity in item.not_same_as or item.identity in other.not_same_as:
            continue
        yield ItemDiagnostic(
            item=item,
            at=("title",),
            code=Code.NEAR_DUPLICATE,
            message=f"has the headline and source of {other.path} within three days",
            remedy="remove one of the two, or name the other's address in `notSameAs:`",
        )


def _wording(title: str) -> object:
    """What two wordings of one headline have in common."""
    words = _WORD.findall(title.casefold())
    found = terms.analyse(title, "").title
    return (found, frozenset(words) & _DENIALS) if len(found) >= _MIN_TERMS else tuple(words)


def _spellings(items: Iterable[Item]) -> Iterator[ItemDiagnostic]:
    """Names of sources that differ in case, spaces and punctuation only."""
    spellings: defaultdict[str, defaultdict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        name = item.provider.name
        spellings["".join(_WORD.findall(name.casefold())) or name][name].append(item)
    for variants in spellings.values():
        usual, *others = sorted(variants, key=lambda name: (-len(variants[name]), name))
        for name in others:
            count = len(variants[name])
            documents = counted(len(variants[usual]), "document")
            yield ItemDiagnostic(
                item=variants[name][0],
                at=("provider", "name"),
                code=Code.SOURCE_SPELLING,
                message=f"the source {name!r} is {usual!r} in {documents}{for_other_documents(count - 1)}",
                remedy="spell it in one way",
            )


def _uncurated(items: Iterable[Item], taxonomy: Taxonomy) -> Iterator[ItemDiagnostic]:
    """Topics that are none of the curated ones, each once."""
    names: Counter[str] = Counter()
    first: dict[str, tuple[Item, str]] = {}
    for item in items:
        barred = {topic_slug(name) for name in item.not_topics}
        for name in item.topics:
            slug = topic_slug(name)
            if slug not in barred and taxonomy.named(name) is None:
                names[slug] += 1
                first.setdefault(slug, (item, name))
    known = [topic.name for topic in taxonomy.topics]
    for number, (slug, (item, name)) in enumerate(first.items()):
        guess = nearest(name[:_MAX_GUESSED], known) if number < _MAX_GUESSES else []
        yield ItemDiagnostic(
            item=item,
            at=("topics", name),
            code=Code.UNCURATED_TOPIC,
            message=f"the topic {name!r} is not in topics.yaml{for_other_documents(names[slug] - 1)}",
            remedy=(f"did you mean `{guess[0]}`? If not, " if guess else "")
            + "add it there, as a topic or a keyword of one, or name it in `notTopics:`",
        )


def placed(remarks: Iterable[ItemDiagnostic]) -> list[Diagnostic]:
    """Warnings with the places of their fields; reads the documents again that have any."""
    groups: defaultdict[str, list[ItemDiagnostic]] = defaultdict(list)
    for remark in remarks:
        groups[remark.item.path].append(remark)
    return [diagnostic for group in groups.values() for diagnostic in _placed(group)]


def _placed(remarks: list[ItemDiagnostic]) -> tuple[Diagnostic, ...]:
    """The warnings of one document."""
    item = remarks[0].item
    values, text, lines_before = _read(item)
    faults = [
        FieldDiagnostic(_numbered(remark.at, values), remark.code, remark.message, remark.remedy, Severity.WARNING)
        for remark in remarks
    ]
    places = front_matter.locate(text, {fault.at for fault in faults})
    return place(faults, places, item.path, lines_before=lines_before)


def _read(item: Item) -> tuple[dict[str, object], str, int]:
    """Front matter as values and as text, and the lines before it; nothing where the file has changed meanwhile."""
    document = source_files.read(item.path, name=item.name, shown=item.path)
    if isinstance(document, Diagnostic):
        return {}, "", 0
    try:
        values, _, lines_before = front_matter.split_and_load(document.text)
    except front_matter.FrontMatterError:
        return {}, "", 0
    return values, front_matter.yaml_of(document.text), lines_before


def _numbered(at: KeyPath, values: dict[str, object]) -> KeyPath:
    """The place of an entry that is named by its text, or of the address that stands in for an absent one."""
    if at == ("webUrl",) and values.get("webUrl") is None:
        return ("originalUrl",)
    entries = values.get(str(at[0]))
    if len(at) == 1 or not isinstance(entries, list):
        return at
    texts = [repair(entry) if isinstance(entry, str) else "" for entry in entries]
    return (at[0], texts.index(str(at[1]))) if at[1] in texts else at[:1]
