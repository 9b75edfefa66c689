"""The pages of the calendar: day, month, year and archive."""

import functools
from collections import Counter
from collections.abc import Iterator, Sequence

from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection, Day, Month, Year
from generator.content.model import Item
from generator.site.cards import Cards, archive_link, item_link, lead, year_link
from generator.site.charts import chart
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.site.pagination import with_neighbours
from generator.site.views import (
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
from generator.stories.model import lead_order
from generator.util import dates, hashing

_HEADLINES = 5


def plan(context: PlanContext) -> Iterator[Page]:
    """Plans the pages of all days, months and years that have news, and the archive."""
    collection, cards = context.collection, context.cards
    for previous, day, following in with_neighbours(collection.days):
        yield _day_page(day, previous, following, cards)
    for previous_month, month, next_month in with_neighbours(collection.months):
        yield _month_page(month, previous_month, next_month, cards)
    for previous_year, year, next_year in with_neighbours(collection.years):
        yield _year_page(year, previous_year, next_year, cards.language)
    yield _archive_page(collection, cards.language)


def _day_page(day: Day, previous: Day | None, following: Day | None, cards: Cards) -> Page:
    around = [one.date.toordinal() if one else 0 for one in (previous, day, following)]
    return Page(
        address=urls.day(day.date),
        template="day.html",
        origin=f"the day {day.date}",
        view=LazyView(
            key=hashing.blake2_of_value((around, cards.day_key(day))),
            make=functools.partial(_day_view, day, previous, following, cards),
        ),
    )


def _day_view(day: Day, previous: Day | None, following: Day | None, cards: Cards) -> DayPage:
    words = cards.language
    title = words.long_day(day.date)
    sections, rest = by_topic(cards.by_story(day.items), cards)
    return DayPage(
        head=Head(
            title=title,
            description=_about(title, len(day.items), words),
            address=urls.day(day.date),
            trail=cards.trail(day.date),
            listed=(*(card for section in sections for card in section.cards), *rest),
        ),
        title=title,
        count=len(day.items),
        sections=sections,
        rest=rest,
        month=cards.month_link(day.date),
        previous=_day(previous, words),
        next=_day(following, words),
    )


def _about(period: str, count: int, words: Language) -> str:
    return words.text("calendar.about", period=period, count=words.text("count.items", n=count))


def _day(day: Day | None, words: Language) -> Link | None:
    return Link(text=words.day(day.date), to=urls.day(day.date)) if day else None


def by_topic(stories: Sequence[tuple[Item, ...]], cards: Cards) -> tuple[tuple[Section, ...], tuple[Card, ...]]:
    """The stories of a period, each under the topic of its lead that the fewest of the period's items share.

    The period alone decides, so the page of a day that is over stays as it is; and a topic that all items have (``AI``)
    does not swallow the page.
    """
    frequency = Counter(link for items in stories for item in items for link in cards.topic_links(item))
    groups: dict[Link, list[Item]] = {}
    rest: list[Item] = []
    for item in map(lead, stories):
        links = cards.topic_links(item)
        if links:
            # min keeps the item's own order among equals
            chosen = min(links, key=frequency.__getitem__)
            groups.setdefault(chosen, []).append(item)
        else:
            rest.append(item)
    sections = sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0].text.casefold(), entry[0].to))
    return (
        tuple(Section(heading=link, cards=cards.cards(items)) for link, items in sections),
        cards.cards(rest),
    )


def _calendar(year: int, number: int, month: Month | None, words: Language) -> Calendar:
    """A month by weeks, with or without news."""
    days = {day.date.day: day for day in month.days} if month else {}
    return Calendar(
        title=words.month(year, number),
        to=urls.month(year, number) if month else None,
        count=month.count if month else 0,
        weeks=tuple(
            tuple(
                Cell(day=day, count=len(days[day].items), to=urls.day(days[day].date))
                if day in days
                else Cell(day=day, count=0, to=None)
                for day in week
            )
            for week in dates.weeks(year, number)
        ),
    )


def _month_page(month: Month, previous: Month | None, following: Month | None, cards: Cards) -> Page:
    around = [(one.year, one.month) if one else () for one in (previous, month, following)]
    days = [(day.date.day, cards.day_key(day)) for day in month.days]
    return Page(
        address=urls.month(month.year, month.month),
        template="month.html",
        origin=f"the month {month.year:04}-{month.month:02}",
        view=LazyView(
            key=hashing.blake2_of_value((around, days)),
            make=functools.partial(_month_view, month, previous, following, cards),
        ),
    )


def _month_view(month: Month, previous: Month | None, following: Month | None, cards: Cards) -> MonthPage:
    words = cards.language
    title = words.month(month.year, month.month)
    days = tuple(_day_summary(day, cards) for day in reversed(month.days))
    return MonthPage(
        head=Head(
            title=title,
            description=_about(title, month.count, words),
            address=urls.month(month.year, month.month),
            trail=(archive_link(words), year_link(month.year)),
            listed=tuple(headline for day in days for headline in day.headlines),
        ),
        title=title,
        calendar=_calendar(month.year, month.month, month, words),
        days=days,
        year=year_link(month.year),
        previous=_month(previous, cards),
        next=_month(following, cards),
    )


def _day_summary(day: Day, cards: Cards) -> DaySummary:
    best = sorted(map(lead, cards.by_story(day.items)), key=lead_order)[:_HEADLINES]
    return DaySummary(day=cards.day_link(day), headlines=tuple(map(item_link, best)))


def _month(month: Month | None, cards: Cards) -> Link | None:
    return cards.month_link(month.days[0].date) if month else None


def _year_page(year: Year, previous: Year | None, following: Year | None, words: Language) -> Page:
    around = [one.year if one else 0 for one in (previous, year, following)]
    days = [(month.month, day.date.day, len(day.items)) for month in year.months for day in month.days]
    return Page(
        address=urls.year(year.year),
        template="year.html",
        origin=f"the year {year.year:04}",
        view=LazyView(
            key=hashing.blake2_of_value((around, days)),
            make=functools.partial(_year_view, year, previous, following, words),
        ),
    )


def _year_view(year: Year, previous: Year | None, following: Year | None, words: Language) -> YearPage:
    months = {month.month: month for month in year.months}
    return YearPage(
        head=Head(
            title=str(year.year),
            description=_about(str(year.year), year.count, words),
            address=urls.year(year.year),
            trail=(archive_link(words),),
        ),
        title=str(year.year),
        count=year.count,
        chart=chart({(month.year, month.month): month.count for month in year.months}, words),
        months=tuple(_calendar(year.year, number, months.get(number), words) for number in range(1, 13)),
        previous=_year(previous),
        next=_year(following),
    )


def _year(year: Year | None) -> Link | None:
    return year_link(year.year) if year else None


def _archive_page(collection: Collection, words: Language) -> Page:
    return Page(
        address=urls.ARCHIVE,
        template="archive.html",
        origin="the archive",
        view=Archive(
            head=Head(
                title=words.text("calendar.archive"),
                description=words.text("calendar.archive_about"),
                address=urls.ARCHIVE,
            ),
            years=tuple(
                YearSummary(
                    year=CountedLink(text=str(year.year), to=urls.year(year.year), count=year.count),
                    months=tuple(
                        CountedLink(
                            text=words.month_name(month.month),
                            to=urls.month(month.year, month.month),
                            count=month.count,
                        )
                        for month in reversed(year.months)
                    ),
                )
                for year in reversed(collection.years)
            ),
        ),
    )
