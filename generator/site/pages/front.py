"""Plans the front page: the highest-ranked recent stories, and sections by topic."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.model import Item
from generator.site.cards import Cards
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.site.views import Front, Head, Section

_ROWS, _LATEST, _COVERED, _TOPICS = 10, 9, 6, 6
_LEAST_STORIES = 4
"""The number of stories of the last seven days from which the page counts their sources and topics."""
_SECTIONS, _SECTION_CARDS = 7, 5
_WEEK, _SECTION_PERIOD = dt.timedelta(days=7), dt.timedelta(days=14)
_LEAST_ITEMS, _MOST_ITEMS = 60, 600
"""The number of newest items whose stories are ranked, however many the last 14 days have."""
_DAYS_PER_POINT = 2.0
_SECONDS_PER_DAY = 86_400


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the front page."""
    collection, settings, cards = context.collection, context.settings, context.cards
    items = _recent(collection.items)
    numbers = cards.numbers(items)
    names = b"".join([cards.item_key(item) for item in items])
    key = (cards.keys(numbers), names, settings.description, settings.title)
    yield Page(
        address=urls.FRONT,
        template="front.html",
        origin="the front page",
        view=LazyView.of(key, _front_view, items, settings, cards),
    )


def _recent(items: Sequence[Item]) -> Sequence[Item]:
    """Returns the items of the last 14 days, or the newest items if these are few."""
    if not items:
        return items
    since = items[0].published_at - _SECTION_PERIOD
    count = sum(1 for _ in itertools.takewhile(lambda item: item.published_at >= since, items[:_MOST_ITEMS]))
    return items[: max(count, _LEAST_ITEMS)]


def _front_view(items: Sequence[Item], settings: Settings, cards: Cards) -> Front:
    head = Head(title="", description=settings.description or settings.title, address=urls.FRONT)
    if not items:
        return Front(head=head)
    newest = items[0]
    last = {story.number: story.items[-1] for story in cards.by_story(items)}
    numbers = list(last)
    week = [number for number in numbers if newest.published_at - last[number].published_at <= _WEEK]
    counted = week if len(week) >= _LEAST_STORIES else ()
    recent = [number for number in numbers if newest.published_at - last[number].published_at <= _SECTION_PERIOD]
    ranked = sorted(recent, key=lambda number: _front_order(number, last[number], newest, cards))
    lead, *rows = ranked[: _ROWS + 1]
    following = sorted(ranked[_ROWS + 1 : _ROWS + 1 + _LATEST], key=numbers.index)
    shown = {lead, *rows, *following}
    older = [number for number in numbers if number not in recent][: _ROWS + _LATEST - len(rows) - len(following)]
    sections = tuple(_sections([number for number in recent if number not in shown], cards))
    lead_card, row_cards, latest, earlier = cards.card(lead), *map(cards.cards, (rows, following, older))
    today = newest.published_at.date()
    return Front(
        head=Head(
            title="",
            description=head.description,
            address=urls.FRONT,
            listed=(
                lead_card,
                *row_cards,
                *latest,
                *earlier,
                *(card for section in sections for card in section.cards),
            ),
        ),
        date=cards.language.long_day(today),
        newest=cards.time(newest),
        clock=_clock(newest, cards.language),
        stories=len(week),
        lead=lead_card,
        rows=row_cards,
        latest=latest,
        earlier=earlier,
        covered=tuple(one for one in map(cards.covered, cards.by_coverage(counted)[:_COVERED]) if one.sources > 1),
        topics=tuple(cards.topic_counts(counted)[:_TOPICS]),
        edition=cards.edition_link(today),
        sections=sections,
    )


def _clock(newest: Item, language: Language) -> str:
    at = newest.published_at
    return language.day(at.date()) if newest.is_date_only else language.clock(at.astimezone(language.zone))


def _front_order(number: int, last: Item, newest: Item, cards: Cards) -> tuple[float, int]:
    """Returns the sort key of a story on the front page: by coverage, quality, heat and age (``docs/stories.md``).

    The age is the time to the newest item of the site, not to the time of the build.
    """
    age = (newest.published_at - last.published_at).total_seconds() / _SECONDS_PER_DAY
    return (age / _DAYS_PER_POINT - cards.rank_score(number), -number)


def _sections(numbers: Sequence[int], cards: Cards) -> Iterator[Section]:
    """Yields sections of stories, for the topics with the most of them."""
    by_topic, _ = cards.by_topic(numbers)
    for topic, of_topic in by_topic[:_SECTIONS]:
        yield cards.section(topic, cards.ranked(of_topic)[:_SECTION_CARDS])
