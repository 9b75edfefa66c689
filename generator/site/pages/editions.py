"""Digest editions: the news of each week, ranked and by topic, in one page to read."""

import datetime as dt
import functools
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
    """A week of ISO 8601 that has news."""

    year: int
    number: int
    days: tuple[Day, ...]
    """Those that have news, newest first."""

    @property
    def items(self) -> tuple[Item, ...]:
        """Newest first."""
        return tuple(item for day in self.days for item in day.items)

    @property
    def name(self) -> str:
        """``2021-W39``."""
        return f"{self.year:04}-W{self.number:02}"

    def period(self, words: Language) -> dict[str, str]:
        """The first and last day in words."""
        monday = dt.date.fromisocalendar(self.year, self.number, 1)
        return {"first": words.day(monday), "last": words.day(monday + dt.timedelta(days=6))}


class _Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What other pages show of a week."""

    stories: int
    headlines: tuple[tuple[str, str], ...]
    """Title and address of what matters most."""


WEEK = Kind("week", _Summary)


def plan(context: PlanContext) -> Iterator[Page]:
    """Plans an edition for each week that has news, the list of all editions, and their feed in all formats."""
    cards, feeds = context.cards, context.feeds
    weeks = _weeks(context.collection)
    summaries = [_summary(week, cards, context.memo) for week in weeks]
    for before, week, after in with_neighbours(weeks):
        yield _edition_page(week, before, after, cards)
    yield _index(weeks, summaries, cards, feeds)
    newest = list(zip(weeks, summaries, strict=True))[: -feeds.size - 1 : -1]
    entries = tuple(_entry(week, summary, cards, feeds) for week, summary in newest)
    yield from feeds.of_entries(entries, suffix="feed/editions", title=_feed_title(cards, feeds), home=urls.EDITIONS)


def _weeks(collection: Collection) -> list[_Week]:
    """In the order of the calendar."""
    days: dict[tuple[int, int], list[Day]] = {}
    for day in collection.days:
        year, number, _ = day.date.isocalendar()
        days.setdefault((year, number), []).insert(0, day)
    return [_Week(year=year, number=number, days=tuple(of_week)) for (year, number), of_week in days.items()]


def _keys(week: _Week, cards: Cards) -> bytes:
    return b"".join(map(cards.day_key, week.days))


def _stories(week: _Week, cards: Cards) -> tuple[tuple[Item, ...], ...]:
    """What matters most first."""
    return tuple(sorted(cards.by_story(week.items), key=lambda story: (-cards.merit(story), lead(story).identity)))


def _summary(week: _Week, cards: Cards, memo: Memo) -> _Summary:
    def make() -> _Summary:
        stories = _stories(week, cards)
        leads = map(lead, stories[:_FEED_HEADLINES])
        return _Summary(stories=len(stories), headlines=tuple((item.title, str(urls.item(item))) for item in leads))

    # The address of an item depends on the time zone, too.
    return memo.get(WEEK, hashing.blake2_of_value((week.name, str(cards.language.zone), _keys(week, cards))), make)


def _edition_page(week: _Week, before: _Week | None, after: _Week | None, cards: Cards) -> Page:
    around = [one.name if one else "" for one in (before, week, after)]
    return Page(
        is_list=True,
        address=urls.edition(week.year, week.number),
        template="edition.html",
        origin=f"the week {week.name}",
        modified=dates.iso(week.days[0].items[0].published_at),
        view=LazyView(
            key=hashing.blake2_of_value((around, _keys(week, cards))),
            make=functools.partial(_edition_view, week, before, after, cards),
        ),
    )


def _edition_view(week: _Week, before: _Week | None, after: _Week | None, cards: Cards) -> EditionPage:
    words = cards.language
    stories = _stories(week, cards)
    first, *others = stories
    sections, rest = by_topic(others, cards)
    first_card = cards.card(lead(first))
    address = urls.edition(week.year, week.number)
    about = words.text("edition.about", count=words.text("count.stories", n=len(stories)), **week.period(words))
    return EditionPage(
        head=Head(
            title=_title(week, words),
            description=about,
            address=address,
            trail=(Link(text=words.text("edition.index"), to=urls.EDITIONS),),
            listed=(first_card, *(card for section in sections for card in section.cards), *rest),
        ),
        title=_title(week, words),
        period=words.text("edition.period", **week.period(words)),
        count=len(week.items),
        stories=len(stories),
        lead=first_card,
        sections=sections,
        rest=rest,
        previous=_link(before, words) if before else None,
        next=_link(after, words) if after else None,
    )


def _title(week: _Week, words: Language) -> str:
    return words.text("edition.title", week=week.number, year=week.year)


def _link(week: _Week, words: Language) -> Link:
    return Link(text=_title(week, words), to=urls.edition(week.year, week.number))


def _feed_title(cards: Cards, feeds: Feeds) -> str:
    return group_title(cards.language.text("edition.index"), feeds.settings)


def _entry(week: _Week, summary: _Summary, cards: Cards, feeds: Feeds) -> FeedEntry:
    """A week in the feed of editions; the headlines are its summary."""
    words = cards.language
    headlines = [title for title, _ in summary.headlines]
    return FeedEntry(
        id=feeds.edition_id(week.name),
        title=f"{_title(week, words)}: {headlines[0]}",
        summary=" · ".join(headlines),
        to=urls.edition(week.year, week.number),
        article="",
        source=Link(text=feeds.settings.title, to=urls.FRONT),
        published=dates.iso(week.days[0].items[0].published_at),
        topics=(),
        picture=None,
    )


def _index(weeks: Sequence[_Week], summaries: Sequence[_Summary], cards: Cards, feeds: Feeds) -> Page:
    words = cards.language
    years: dict[int, list[EditionSummary]] = {}
    for week, summary in reversed(list(zip(weeks, summaries, strict=True))):
        shown = EditionSummary(
            edition=CountedLink(
                text=_title(week, words), to=urls.edition(week.year, week.number), count=summary.stories
            ),
            period=words.text("edition.period", **week.period(words)),
            headlines=tuple(Link(text=title, to=Address(to)) for title, to in summary.headlines[:_HEADLINES]),
        )
        years.setdefault(week.year, []).append(shown)
    return Page(
        is_list=True,
        address=urls.EDITIONS,
        template="editions.html",
        origin="the list of weeks",
        view=Editions(
            head=Head(
                title=words.text("edition.index"),
                description=words.text("edition.index_about"),
                address=urls.EDITIONS,
                feeds=formats(_feed_title(cards, feeds), urls.EDITIONS, words),
                listed=tuple(_link(week, words) for week in reversed(weeks)),
            ),
            years=tuple(EditionYear(year=str(year), editions=tuple(editions)) for year, editions in years.items()),
        ),
    )
