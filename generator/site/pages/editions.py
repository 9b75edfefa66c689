"""Plans the editions: a page for each week with its stories, ranked and by topic."""

import datetime as dt
from collections.abc import Iterator, Sequence

import msgspec

from generator.cache.memo import Kind, Memo
from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection, Day
from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import Cards, lead
from generator.site.context import PlanContext
from generator.site.feeds import Feeds, formats, group_title
from generator.site.page import LazyView, Page
from generator.site.pages.calendar import by_topic
from generator.site.pagination import with_neighbours
from generator.site.views import CountedLink, EditionPage, Editions, EditionSummary, EditionYear, FeedEntry, Head, Link
from generator.util import dates, hashing

_HEADLINES, _FEED_HEADLINES = 3, 5


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

    def period(self, language: Language) -> dict[str, str]:
        """Returns the first and last day in words, as values for a text of the interface."""
        monday = dt.date.fromisocalendar(self.year, self.number, 1)
        return {"first": language.day(monday), "last": language.day(monday + dt.timedelta(days=6))}


class _Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an edition that other pages show."""

    stories: int
    headlines: tuple[tuple[str, str], ...]
    """Title and address of the leads of the stories with the highest score."""


WEEK = Kind("week", _Summary)
"""The summary of an edition."""


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields an edition for each week that has items, the list of all editions, and their feed in all formats."""
    cards, feeds = context.cards, context.feeds
    weeks = _weeks(context.collection)
    summaries = [_summary(week, cards, context.memo) for week in weeks]
    for previous, week, following in with_neighbours(weeks):
        yield _edition_page(week, previous, following, cards)
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


def _stories(week: _Week, cards: Cards) -> tuple[tuple[Item, ...], ...]:
    return tuple(sorted(cards.by_story(week.items), key=lambda story: (-cards.rank_score(story), lead(story).identity)))


def _summary(week: _Week, cards: Cards, memo: Memo) -> _Summary:

    def make() -> _Summary:
        stories = _stories(week, cards)
        leads = map(lead, stories[:_FEED_HEADLINES])
        return _Summary(stories=len(stories), headlines=tuple((item.title, str(urls.item(item))) for item in leads))

    # The time zone belongs in the key because the addresses of the items depend on it.
    return memo.get(WEEK, hashing.blake2_of_value((week.name, str(cards.language.zone), _day_keys(week, cards))), make)


def _edition_page(week: _Week, previous: _Week | None, following: _Week | None, cards: Cards) -> Page:
    around = [each.name if each else "" for each in (previous, week, following)]
    return Page(
        is_list=True,
        address=urls.edition(week.year, week.number),
        template="edition.html",
        origin=f"the week {week.name}",
        modified=dates.iso(week.days[0].items[0].published_at),
        view=LazyView.of((around, _day_keys(week, cards)), _edition_view, week, previous, following, cards),
    )


def _edition_view(week: _Week, previous: _Week | None, following: _Week | None, cards: Cards) -> EditionPage:
    language = cards.language
    stories = _stories(week, cards)
    first, *others = stories
    sections, rest = by_topic(others, cards)
    first_card = cards.card(lead(first))
    address = urls.edition(week.year, week.number)
    description = language.text(
        "edition.about", count=language.text("count.stories", n=len(stories)), **week.period(language)
    )
    return EditionPage(
        head=Head(
            title=_title(week, language),
            description=description,
            address=address,
            trail=(Link(text=language.text("edition.index"), to=urls.EDITIONS),),
            listed=(first_card, *(card for section in sections for card in section.cards), *rest),
        ),
        title=_title(week, language),
        period=language.text("edition.period", **week.period(language)),
        count=len(week.items),
        stories=len(stories),
        lead=first_card,
        sections=sections,
        rest=rest,
        previous=_link(previous, language) if previous else None,
        next=_link(following, language) if following else None,
    )


def _title(week: _Week, language: Language) -> str:
    return language.text("edition.title", week=week.number, year=week.year)


def _link(week: _Week, language: Language) -> Link:
    return Link(text=_title(week, language), to=urls.edition(week.year, week.number))


def _feed_title(cards: Cards, feeds: Feeds) -> str:
    return group_title(cards.language.text("edition.index"), feeds.settings)


def _entry(week: _Week, summary: _Summary, cards: Cards, feeds: Feeds) -> FeedEntry:
    language = cards.language
    headlines = [title for title, _ in summary.headlines]
    return FeedEntry(
        id=feeds.edition_id(week.name),
        title=f"{_title(week, language)}: {headlines[0]}",
        summary=" · ".join(headlines),
        to=urls.edition(week.year, week.number),
        article="",
        source=Link(text=feeds.settings.title, to=urls.FRONT),
        published=dates.iso(week.days[0].items[0].published_at),
        topics=(),
        picture=None,
    )


def _index(weeks: Sequence[_Week], summaries: Sequence[_Summary], cards: Cards, feeds: Feeds) -> Page:
    language = cards.language
    years: dict[int, list[EditionSummary]] = {}
    for week, summary in reversed(list(zip(weeks, summaries, strict=True))):
        entry = EditionSummary(
            edition=CountedLink(
                text=_title(week, language), to=urls.edition(week.year, week.number), count=summary.stories
            ),
            period=language.text("edition.period", **week.period(language)),
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
                listed=tuple(_link(week, language) for week in reversed(weeks)),
            ),
            years=tuple(EditionYear(year=str(year), editions=tuple(editions)) for year, editions in years.items()),
        ),
    )
