"""Plans the front page: the highest-ranked recent stories, and sections by topic."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Collection, Source, Topic
from generator.content.model import Item
from generator.site.cards import Cards, lead, source_link, topic_link
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.site.views import CountedLink, Front, Head, Link, Section

G = TypeVar("G", Topic, Source)

_CARDS = 8
_WINDOW = 120
"""The number of newest items whose stories are ranked."""
_SECTIONS, _SECTION_CARDS = 4, 3
_COVERED = 5
_DAYS_PER_POINT = 2.0
_SECONDS_PER_DAY = 86_400
_DAYS, _TOPICS, _SOURCES = 7, 12, 10


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the front page."""
    collection, settings, cards = context.collection, context.settings, context.cards
    newest = collection.items[:_WINDOW]
    days = [(day.date.toordinal(), len(day.items)) for day in collection.days[-_DAYS:]]
    topics = [(topic.name, topic.slug, topic.parent, topic.is_curated, len(topic.items)) for topic in collection.topics]
    sources = [(source.name, source.domain, len(source.items)) for source in collection.sources]
    yield Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=LazyView.of((cards.keys(newest), days, topics, sources), _front_view, collection, settings, cards),
    )


def _front_view(collection: Collection, settings: Settings, cards: Cards) -> Front:
    stories = cards.by_story(collection.items[:_WINDOW])
    ranked = sorted(stories, key=lambda items: _front_order(items, collection.items[0], cards))
    shown = [lead(items) for items in ranked[: _CARDS + 1]]
    covered = sorted(stories, key=lambda items: -cards.publisher_count(items[0]))  # stable: newest first among equals
    first = cards.cards(shown)
    sections = tuple(_front_sections(collection, stories, shown, cards))
    return Front(
        head=Head(
            title="",
            description=settings.description or settings.title,
            address=urls.FRONT,
            listed=(*first, *(card for section in sections for card in section.cards)),
        ),
        lead=first[0] if first else None,
        cards=first[1:],
        sections=sections,
        covered=tuple(
            CountedLink(text=lead(items).title, to=urls.item(lead(items)), count=cards.publisher_count(items[0]))
            for items in covered[:_COVERED]
            if cards.publisher_count(items[0]) > 1
        ),
        days=tuple(map(cards.day_link, collection.days[: -_DAYS - 1 : -1])),
        topics=tuple(topic_link(topic) for topic in _front_topics(collection)[:_TOPICS]),
        sources=tuple(source_link(source) for source in _by_size(collection.sources)[:_SOURCES]),
    )


def _front_order(items: tuple[Item, ...], newest: Item, cards: Cards) -> tuple[float, str]:
    """Returns the sort key of a story on the front page: by coverage, quality, heat and age (``docs/stories.md``).

    The age is the time to the newest item of the site, not to the time of the build.
    """
    last = max(item.published_at for item in items)
    age = (newest.published_at - last).total_seconds() / _SECONDS_PER_DAY
    return (age / _DAYS_PER_POINT - cards.rank_score(items), lead(items).identity)


def _front_sections(
    collection: Collection, stories: Sequence[tuple[Item, ...]], shown: Sequence[Item], cards: Cards
) -> Iterator[Section]:
    """Yields sections of stories that are not shown yet, for the topics with the most of the stories."""
    leads = {best.identity: best for best in map(lead, stories)}
    by_topic: list[tuple[Topic, list[Item]]] = []
    for topic in collection.topics:
        # A topic has no more than this many of the newest items, so no story is missed.
        members = {item.identity for item in topic.items[:_WINDOW]}
        by_topic.append((topic, [best for identity, best in leads.items() if identity in members]))
    used = {item.identity for item in shown}
    section_count = 0
    for topic, of_topic in sorted(by_topic, key=lambda entry: _section_order(entry[0], entry[1], len(leads))):
        fresh = [item for item in of_topic if item.identity not in used][:_SECTION_CARDS]
        if len(fresh) == _SECTION_CARDS and section_count < _SECTIONS:
            section_count += 1
            used |= {item.identity for item in fresh}
            yield Section(heading=Link(text=topic.name, to=urls.topic(topic.slug)), cards=cards.cards(fresh))


def _section_order(topic: Topic, leads: Sequence[Item], stories: int) -> tuple[bool, bool, int, str]:
    """Returns the sort key of a section.

    Curated topics come first, then the others. Curated topics of more than half of the stories say little, so they
    follow the other curated topics.
    """
    is_common = topic.is_curated and len(leads) > stories / 2
    return (not topic.is_curated, is_common, -len(leads), topic.slug)


def _front_topics(collection: Collection) -> Sequence[Topic]:
    return sorted(_by_size(collection.topics), key=lambda topic: not topic.is_curated)


def _by_size(groups: Sequence[G]) -> Sequence[G]:
    return sorted(groups, key=lambda group: -len(group.items))  # stable: by name among equals
