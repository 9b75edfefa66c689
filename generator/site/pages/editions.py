"""Plans the editions: a page for each week with its stories, ranked and by topic."""

from collections.abc import Iterator, Sequence

import msgspec

from generator.cache.memo import Kind, Memo
from generator.content import urls
from generator.content.collection import Collection, Day
from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import Cards
from generator.site.context import PlanContext
from generator.site.feeds import Feeds, formats, group_title
from generator.site.page import LazyView, Page
from generator.site.pagination import with_neighbours
from generator.site.views import (
    CountedLink,
    EditionPage,
    Editions,
    EditionSummary,
    EditionYear,
    FeedEntry,
    Head,
    LabelledLink,
    Link,
)
from generator.util import dates, hashing

_HEADLINES, _CHOSEN = 3, 7
_SECTION = 20
"""The number of stories of a section; the page of its topic and the pages of the days have all."""


class _Week(msgspec.Struct, frozen=True, kw_only=True):
    """A week of ISO 8601 with at least one item."""

    year: int
    number: int
    days: tuple[Day, ...]
    """The days with at least one item, newest first."""

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of the week, newest first."""
        return tuple(item for day in self.days for item in day.items)

    @property
    def name(self) -> str:
        """The name of the week in ISO 8601, such as ``2021-W39``."""
        return f"{self.year:04}-W{self.number:02}"

    def link(self, cards: Cards) -> Link:
        """Returns the link to the edition; its text is the first and last day in words."""
        return cards.edition_link(self.days[0].date)


class _Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an edition that other pages show."""

    stories: int
    headlines: tuple[tuple[str, str], ...]
    """The headlines and addresses of the stories with the highest scores."""


WEEK = Kind("week", _Summary)
"""The summary of an edition."""


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields an edition for each week that has items, the list of all editions, and their feed in all formats."""
    cards, feeds = context.cards, context.feeds
    weeks = _weeks(context.collection)
    summaries = [_summary(week, cards, context.memo) for week in weeks]
    for previous, week, following in with_neighbours(weeks):
        yield _edition_page(week, previous, following, cards, feeds)
    yield _index(weeks, summaries, cards, feeds)
    newest = list(zip(weeks, summaries, strict=True))[: -feeds.size - 1 : -1]
    entries = tuple(_entry(week, summary, cards, feeds) for week, summary in newest)
    yield from feeds.of_entries(entries, suffix="feed/editions", title=_feed_title(cards, feeds), home=urls.EDITIONS)


def _weeks(collection: Collection) -> list[_Week]:
    days: dict[tuple[int, int], list[Day]] = {}
    for day in collection.days:
        year, number, _ = day.date.isocalendar()
        days.setdefault((year, number), []).insert(0, day)
    return [_Week(year=year, number=number, days=tuple(week_days)) for (year, number), week_days in days.items()]


def _day_keys(week: _Week, cards: Cards) -> bytes:
    return b"".join(map(cards.day_key, week.days))


def _stories(week: _Week, cards: Cards) -> tuple[list[int], list[int]]:
    """Returns the stories that began in a week, and those of earlier weeks that have a report in it.

    If none began in the week, all its stories count as such.
    """
    numbers = cards.numbers(week.items)
    items = {item.identity for item in week.items}
    began = [number for number in numbers if cards.first(number).identity in items] or list(numbers)
    return began, [number for number in numbers if number not in began]


def _summary(week: _Week, cards: Cards, memo: Memo) -> _Summary:

    def make() -> _Summary:
        ranked = cards.ranked(_stories(week, cards)[0])
        links = map(cards.link, ranked[:_CHOSEN])
        return _Summary(stories=len(ranked), headlines=tuple((link.text, str(link.to)) for link in links))

    # The time zone belongs in the key because the addresses of the items depend on it.
    return memo.get(WEEK, hashing.blake2_of_value((week.name, str(cards.language.zone), _day_keys(week, cards))), make)


def _edition_page(week: _Week, previous: _Week | None, following: _Week | None, cards: Cards, feeds: Feeds) -> Page:
    around = [each.name if each else "" for each in (previous, week, following)]
    return Page(
        is_list=True,
        address=urls.edition(week.year, week.number),
        template="edition.html",
        origin=f"the week {week.name}",
        modified=dates.iso(week.days[0].items[0].published_at),
        view=LazyView.of(
            (around, feeds.settings.title, _day_keys(week, cards)),
            _edition_view,
            week,
            previous,
            following,
            cards,
            feeds,
        ),
    )


def _edition_view(
    week: _Week, previous: _Week | None, following: _Week | None, cards: Cards, feeds: Feeds
) -> EditionPage:
    language = cards.language
    numbers, continued = _stories(week, cards)
    ranked = cards.ranked(numbers)
    chosen = cards.cards(ranked[:_CHOSEN])
    by_topic, rest = cards.by_topic(ranked[_CHOSEN:])
    sections = tuple(cards.section(topic, of_topic[:_SECTION]) for topic, of_topic in by_topic)
    rest_cards = cards.cards(rest[:_SECTION])
    left_out = len(ranked) - len(chosen) - len(rest_cards) - sum(len(section.cards) for section in sections)
    busiest = cards.topic_counts(numbers)
    most_covered = cards.covered(cards.by_coverage(numbers)[0])
    title = _title(week, cards, feeds)
    return EditionPage(
        head=Head(
            title=title,
            description=language.text(
                "edition.about", count=language.text("count.stories", n=len(numbers)), period=week.link(cards).text
            ),
            address=urls.edition(week.year, week.number),
            trail=(Link(text=language.text("edition.index"), to=urls.EDITIONS),),
            listed=(*chosen, *(card for section in sections for card in section.cards), *rest_cards),
        ),
        title=title,
        count=len(week.items),
        stories=len(numbers),
        sources=len({one.provider.name for number in numbers for one in cards.coverage(number).sources}),
        busiest=busiest[0] if busiest else None,
        most_covered=most_covered if most_covered.sources > 1 else None,
        chosen=chosen,
        sections=sections,
        rest=rest_cards,
        continued=cards.cards(cards.by_coverage(continued)[:_SECTION]),
        left_out=left_out,
        days=tuple(map(cards.day_link, reversed(week.days))),
        previous=previous.link(cards) if previous else None,
        next=following.link(cards) if following else None,
    )


def _title(week: _Week, cards: Cards, feeds: Feeds) -> str:
    return cards.language.text("edition.title", site=feeds.settings.title, period=week.link(cards).text)


def _feed_title(cards: Cards, feeds: Feeds) -> str:
    return group_title(cards.language.text("edition.index"), feeds.settings)


def _entry(week: _Week, summary: _Summary, cards: Cards, feeds: Feeds) -> FeedEntry:
    newest = dates.iso(week.days[0].items[0].published_at)
    count = cards.language.text("count.stories", n=summary.stories)
    return FeedEntry(
        id=feeds.edition_id(week.name),
        title=_title(week, cards, feeds),
        summary=cards.language.text("edition.about", count=count, period=week.link(cards).text),
        to=urls.edition(week.year, week.number),
        article="",
        source=Link(text=feeds.settings.title, to=urls.FRONT),
        published=newest,
        updated=newest,
        topics=(),
        picture=None,
        reports=tuple(LabelledLink(label="", link=Link(text=title, to=Address(to))) for title, to in summary.headlines),
    )


def _index(weeks: Sequence[_Week], summaries: Sequence[_Summary], cards: Cards, feeds: Feeds) -> Page:
    language = cards.language
    years: dict[int, list[EditionSummary]] = {}
    for week, summary in reversed(list(zip(weeks, summaries, strict=True))):
        entry = EditionSummary(
            edition=CountedLink(
                text=week.link(cards).text, to=urls.edition(week.year, week.number), count=summary.stories
            ),
            headlines=tuple(Link(text=title, to=Address(to)) for title, to in summary.headlines[:_HEADLINES]),
        )
        years.setdefault(week.year, []).append(entry)
    return Page(
        is_list=True,
        address=urls.EDITIONS,
        template="editions.html",
        origin="the list of weeks",
        view=Editions(
            head=Head(
                title=language.text("edition.index"),
                description=language.text("edition.index_about"),
                address=urls.EDITIONS,
                feeds=formats(_feed_title(cards, feeds), urls.EDITIONS, language),
                listed=tuple(week.link(cards) for week in reversed(weeks)),
            ),
            years=tuple(EditionYear(year=str(year), editions=tuple(editions)) for year, editions in years.items()),
        ),
    )
