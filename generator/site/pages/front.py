"""The front page: the newest news, ranked."""

import functools
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
from generator.util import hashing

G = TypeVar("G", Topic, Source)

_CARDS = 8
_WINDOW = 120
_SECTIONS, _SECTION_CARDS = 4, 3
_COVERED = 5
_DAYS_A_POINT = 2.0
_SECONDS_A_DAY = 86_400
_DAYS, _TOPICS, _SOURCES = 7, 12, 10


def plan(context: PlanContext) -> Iterator[Page]:
    """Plans the page."""
    collection, settings, cards = context.collection, context.settings, context.cards
    newest = collection.items[:_WINDOW]
    days = [(day.date.toordinal(), len(day.items)) for day in collection.days[-_DAYS:]]
    topics = [(topic.name, topic.slug, topic.parent, topic.is_curated, len(topic.items)) for topic in collection.topics]
    sources = [(source.name, source.domain, len(source.items)) for source in collection.sources]
    yield Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=LazyView(
            key=hashing.blake2_of_value((cards.keys(newest), days, topics, sources)),
            make=functools.partial(_front_view, collection, settings, cards),
        ),
    )


def _front_view(collection: Collection, settings: Settings, cards: Cards) -> Front:
    window = cards.by_story(collection.items[:_WINDOW])
    ranked = sorted(window, key=lambda items: _front_order(items, collection.items[0], cards))
    shown = [lead(items) for items in ranked[: _CARDS + 1]]
    covered = sorted(window, key=lambda items: -cards.sources(items[0]))  # stable: the newest among equals
    first = cards.cards(shown)
    sections = tuple(_front_sections(collection, window, shown, cards))
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
            CountedLink(text=lead(items).title, to=urls.item(lead(items)), count=cards.sources(items[0]))
            for items in covered[:_COVERED]
            if cards.sources(items[0]) > 1
        ),
        days=tuple(map(cards.day_link, collection.days[: -_DAYS - 1 : -1])),
        topics=tuple(topic_link(topic) for topic in _front_topics(collection)[:_TOPICS]),
        sources=tuple(source_link(source) for source in _busiest(collection.sources)[:_SOURCES]),
    )


def _front_order(items: tuple[Item, ...], newest: Item, cards: Cards) -> tuple[float, str]:
    """Sorts the stories of the front page: by coverage, quality and heat, less for each day of age.

    The formula stands in ``docs/stories.md``. Age is counted from the newest item, not by the clock.
    """
    last = max(item.published_at for item in items)
    age = (newest.published_at - last).total_seconds() / _SECONDS_A_DAY
    return (age / _DAYS_A_POINT - cards.merit(items), lead(items).identity)


def _front_sections(
    collection: Collection, window: Sequence[tuple[Item, ...]], shown: Sequence[Item], cards: Cards
) -> Iterator[Section]:
    """A few more of the newest stories for each of the topics that are busiest among them."""
    newest = {best.identity: best for best in map(lead, window)}
    by_topic: list[tuple[Topic, list[Item]]] = []
    for topic in collection.topics:
        members = {item.identity for item in topic.items[:_WINDOW]}  # all of them that are in the window
        by_topic.append((topic, [best for identity, best in newest.items() if identity in members]))
    used = {item.identity for item in shown}
    made = 0
    for topic, leads in sorted(by_topic, key=lambda entry: _section_order(entry[0], entry[1], len(newest))):
        fresh = [item for item in leads if item.identity not in used][:_SECTION_CARDS]
        if len(fresh) == _SECTION_CARDS and made < _SECTIONS:
            made += 1
            used |= {item.identity for item in fresh}
            yield Section(heading=Link(text=topic.name, to=urls.topic(topic.slug)), cards=cards.cards(fresh))


def _section_order(topic: Topic, leads: Sequence[Item], stories: int) -> tuple[bool, bool, int, str]:
    """Sorts topics: curated ones first, but last of these one that most stories have and that so tells nothing."""
    is_common = topic.is_curated and len(leads) > stories / 2
    return (not topic.is_curated, is_common, -len(leads), topic.slug)


def _front_topics(collection: Collection) -> Sequence[Topic]:
    """The busiest topics, curated ones first."""
    return sorted(_busiest(collection.topics), key=lambda topic: not topic.is_curated)


def _busiest(groups: Sequence[G]) -> Sequence[G]:
    return sorted(groups, key=lambda group: -len(group.items))  # stable: by name among equals
