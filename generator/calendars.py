"""The pages of the calendar: day, month, year and archive."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from generator import dates, urls
from generator.cards import (
    Cards,
    archive_link,
    count_text,
    day_link,
    lead,
    month_link,
    trail,
    year_link,
)
from generator.digest import Day, Digest, Month, Year, topic_slug
from generator.page import Page
from generator.stories import lead_order
from generator.views import (
    Archive,
    Calendar,
    Card,
    Cell,
    CountedLink,
    DayPage,
    DaySummary,
    Head,
    Link,
    MonthPage,
    Section,
    YearPage,
    YearSummary,
)

if TYPE_CHECKING:
    from generator.model import Item

T = TypeVar("T")
_HEADLINES = 5


def calendar_pages(digest: Digest, cards: Cards) -> Iterator[Page]:
    """The pages of all days, months and years that have news, and the archive."""
    for previous, day, following in _with_neighbours(digest.days):
        yield _day_page(day, previous, following, cards)
    for previous_month, month, next_month in _with_neighbours(digest.months):
        yield _month_page(month, previous_month, next_month, cards)
    for previous_year, year, next_year in _with_neighbours(digest.years):
        yield _year_page(year, previous_year, next_year)
    yield _archive_page(digest)


def _with_neighbours(values: Sequence[T]) -> Iterator[tuple[T | None, T, T | None]]:
    return zip([None, *values[:-1]], values, [*values[1:], None], strict=True) if values else iter(())


def _day_page(day: Day, previous: Day | None, following: Day | None, cards: Cards) -> Page:
    title = dates.long_day_text(day.date)
    address = urls.day(day.date)
    sections, rest = _by_topic(day, cards)
    return Page(
        address=address,
        template="day.html",
        origin=f"the day {day.date}",
        view=DayPage(
            head=Head(
                title=title,
                description=f"{title}: {count_text(len(day.items))}.",
                address=address,
                trail=trail(day.date),
                listed=(*(card for section in sections for card in section.cards), *rest),
            ),
            title=title,
            count=len(day.items),
            sections=sections,
            rest=rest,
            month=month_link(day.date),
            previous=_day(previous),
            next=_day(following),
        ),
    )


def _day(day: Day | None) -> Link | None:
    return Link(text=dates.day_text(day.date), to=urls.day(day.date)) if day else None


def _by_topic(day: Day, cards: Cards) -> tuple[tuple[Section, ...], tuple[Card, ...]]:
    """A day's stories, each once, under the topic of its lead that the fewest of the day's items share.

    The day alone decides, so the page of a day that is over stays as it is; and a topic that all items have (``AI``)
    does not swallow the page.
    """
    frequency = Counter(slug for item in day.items for slug in {topic_slug(name) for name in item.topics})
    groups: dict[Link, list[Item]] = {}
    rest: list[Item] = []
    for item in map(lead, cards.by_story(day.items)):
        links = cards.topic_links(item)
        if links:
            # min keeps the document's own order among equals
            chosen = min(links, key=lambda link: frequency[link.to.rstrip("/").rpartition("/")[2]])
            groups.setdefault(chosen, []).append(item)
        else:
            rest.append(item)
    sections = sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0].text.casefold(), entry[0].to))
    return (
        tuple(Section(heading=link, cards=cards.cards(items)) for link, items in sections),
        cards.cards(rest),
    )


def calendar(month: Month) -> Calendar:
    """A month that has news, by weeks."""
    days = {day.date.day: day for day in month.days}
    return Calendar(
        title=dates.month_text(month.year, month.month),
        to=urls.month(month.year, month.month),
        count=month.count,
        weeks=tuple(
            tuple(
                Cell(day=number, count=len(days[number].items), to=urls.day(days[number].date))
                if number in days
                else Cell(day=number, count=0, to=None)
                for number in week
            )
            for week in dates.weeks(month.year, month.month)
        ),
    )


def _empty_calendar(year: int, month: int) -> Calendar:
    return Calendar(
        title=dates.month_text(year, month),
        to=None,
        count=0,
        weeks=tuple(tuple(Cell(day=number, count=0, to=None) for number in week) for week in dates.weeks(year, month)),
    )


def _month_page(month: Month, previous: Month | None, following: Month | None, cards: Cards) -> Page:
    title = dates.month_text(month.year, month.month)
    address = urls.month(month.year, month.month)
    days = tuple(_day_summary(day, cards) for day in reversed(month.days))
    return Page(
        address=address,
        template="month.html",
        origin=f"the month {month.year:04}-{month.month:02}",
        view=MonthPage(
            head=Head(
                title=title,
                description=f"{title}: {count_text(month.count)}.",
                address=address,
                trail=(archive_link(), year_link(month.year)),
                listed=tuple(headline for day in days for headline in day.headlines),
            ),
            title=title,
            calendar=calendar(month),
            days=days,
            year=year_link(month.year),
            previous=_month(previous),
            next=_month(following),
        ),
    )


def _day_summary(day: Day, cards: Cards) -> DaySummary:
    best = sorted(map(lead, cards.by_story(day.items)), key=lead_order)[:_HEADLINES]
    return DaySummary(day=day_link(day), headlines=tuple(Link(text=item.title, to=urls.item(item)) for item in best))


def _month(month: Month | None) -> Link | None:
    return month_link(month.days[0].date) if month else None


def _year_page(year: Year, previous: Year | None, following: Year | None) -> Page:
    address = urls.year(year.year)
    months = {month.month: month for month in year.months}
    return Page(
        address=address,
        template="year.html",
        origin=f"the year {year.year:04}",
        view=YearPage(
            head=Head(
                title=str(year.year),
                description=f"{year.year}: {count_text(year.count)}.",
                address=address,
                trail=(archive_link(),),
            ),
            title=str(year.year),
            count=year.count,
            months=tuple(
                calendar(months[number]) if number in months else _empty_calendar(year.year, number)
                for number in range(1, 13)
            ),
            previous=_year(previous),
            next=_year(following),
        ),
    )


def _year(year: Year | None) -> Link | None:
    return year_link(year.year) if year else None


def _archive_page(digest: Digest) -> Page:
    return Page(
        address=urls.ARCHIVE,
        template="archive.html",
        origin="the archive",
        view=Archive(
            head=Head(title="Archive", description="All news by year and month.", address=urls.ARCHIVE),
            years=tuple(
                YearSummary(
                    year=CountedLink(text=str(year.year), to=urls.year(year.year), count=year.count),
                    months=tuple(
                        CountedLink(
                            text=dates.MONTHS[month.month - 1],
                            to=urls.month(month.year, month.month),
                            count=month.count,
                        )
                        for month in reversed(year.months)
                    ),
                )
                for year in reversed(digest.years)
            ),
        ),
    )
