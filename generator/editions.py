"""Digest editions: the news of each week, ranked and by topic, in one page to read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from generator import dates, urls
from generator.calendars import by_topic
from generator.cards import Cards, item_link, lead
from generator.digest import Digest
from generator.language import Language
from generator.model import Item
from generator.page import Page
from generator.paging import with_neighbours
from generator.syndication import Feeds, formats, group_title
from generator.views import CountedLink, EditionPage, Editions, EditionSummary, EditionYear, FeedEntry, Head, Link

_HEADLINES, _FEED_HEADLINES = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """A week of ISO 8601 that has news."""

    year: int
    number: int
    stories: tuple[tuple[Item, ...], ...]
    """What matters most first."""

    @property
    def name(self) -> str:
        """``2021-W39``."""
        return f"{self.year:04}-W{self.number:02}"

    @property
    def count(self) -> int:
        return sum(map(len, self.stories))

    def period(self, words: Language) -> dict[str, str]:
        """The first and last day in words."""
        monday = dt.date.fromisocalendar(self.year, self.number, 1)
        return {"first": words.day(monday), "last": words.day(monday + dt.timedelta(days=6))}


def edition_pages(digest: Digest, cards: Cards, feeds: Feeds) -> tuple[tuple[Page, ...], tuple[Page, ...]]:
    """An edition for each week that has news and the list of all; and their feed in all its formats."""
    weeks = _weeks(digest, cards)
    editions = tuple(_edition_page(week, before, after, cards) for before, week, after in with_neighbours(weeks))
    entries = tuple(_entry(week, cards, feeds) for week in weeks[: -feeds.size - 1 : -1])
    feed = feeds.of_entries(entries, suffix="feed/editions", title=_feed_title(cards, feeds), home=urls.EDITIONS)
    return (*editions, _index(weeks, cards, feeds)), feed


def _weeks(digest: Digest, cards: Cards) -> list[_Week]:
    """In the order of the calendar."""
    items: dict[tuple[int, int], list[Item]] = {}
    for day in digest.days:
        year, number, _ = day.date.isocalendar()
        items.setdefault((year, number), [])[:0] = day.items  # newest first
    return [
        _Week(year=year, number=number, stories=_ranked(of_week, cards)) for (year, number), of_week in items.items()
    ]


def _ranked(items: Sequence[Item], cards: Cards) -> tuple[tuple[Item, ...], ...]:
    return tuple(sorted(cards.by_story(items), key=lambda story: (-cards.merit(story), lead(story).identity)))


def _edition_page(week: _Week, before: _Week | None, after: _Week | None, cards: Cards) -> Page:
    words = cards.language
    first, *others = week.stories
    sections, rest = by_topic(others, cards)
    first_card = cards.card(lead(first))
    address = urls.edition(week.year, week.number)
    about = words.text("edition.about", count=words.text("count.stories", n=len(week.stories)), **week.period(words))
    return Page(
        address=address,
        template="edition.html",
        origin=f"the week {week.name}",
        view=EditionPage(
            head=Head(
                title=_title(week, words),
                description=about,
                address=address,
                trail=(Link(text=words.text("edition.index"), to=urls.EDITIONS),),
                listed=(first_card, *(card for section in sections for card in section.cards), *rest),
            ),
            title=_title(week, words),
            period=words.text("edition.period", **week.period(words)),
            count=week.count,
            stories=len(week.stories),
            lead=first_card,
            sections=sections,
            rest=rest,
            previous=_link(before, words) if before else None,
            next=_link(after, words) if after else None,
        ),
    )


def _title(week: _Week, words: Language) -> str:
    return words.text("edition.title", week=week.number, year=week.year)


def _link(week: _Week, words: Language) -> Link:
    return Link(text=_title(week, words), to=urls.edition(week.year, week.number))


def _feed_title(cards: Cards, feeds: Feeds) -> str:
    return group_title(cards.language.text("edition.index"), feeds.settings)


def _entry(week: _Week, cards: Cards, feeds: Feeds) -> FeedEntry:
    """A week in the feed of editions; the headlines are its summary."""
    words = cards.language
    headlines = [lead(story).title for story in week.stories[:_FEED_HEADLINES]]
    newest = max(item.published_at for story in week.stories for item in story)
    return FeedEntry(
        id=feeds.edition_id(week.name),
        title=f"{_title(week, words)}: {headlines[0]}",
        summary=" · ".join(headlines),
        to=urls.edition(week.year, week.number),
        article="",
        source=Link(text=feeds.settings.title, to=urls.FRONT),
        published=dates.iso(newest),
        topics=(),
        picture=None,
    )


def _index(weeks: Sequence[_Week], cards: Cards, feeds: Feeds) -> Page:
    words = cards.language
    years: dict[int, list[EditionSummary]] = {}
    for week in reversed(weeks):
        summary = EditionSummary(
            edition=CountedLink(
                text=_title(week, words), to=urls.edition(week.year, week.number), count=len(week.stories)
            ),
            period=words.text("edition.period", **week.period(words)),
            headlines=tuple(item_link(lead(story)) for story in week.stories[:_HEADLINES]),
        )
        years.setdefault(week.year, []).append(summary)
    return Page(
        address=urls.EDITIONS,
        template="editions.html",
        origin="the list of weeks",
        view=Editions(
            head=Head(
                title=words.text("edition.index"),
                description=words.text("edition.index_about"),
                address=urls.EDITIONS,
                feeds=formats(_feed_title(cards, feeds), urls.EDITIONS),
                listed=tuple(_link(week, words) for week in reversed(weeks)),
            ),
            years=tuple(EditionYear(year=str(year), editions=tuple(editions)) for year, editions in years.items()),
        ),
    )
