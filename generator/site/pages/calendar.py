"""Plans the pages of days, months and years, and the archive."""

import calendar
from collections.abc import Iterator

from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Collection, Day, Month, Year
from generator.site import views
from generator.site.cards import Cards, archive_link, year_link
from generator.site.charts import chart
from generator.site.context import PlanContext
from generator.site.feeds import formats, group_title
from generator.site.page import LazyView, Page
from generator.site.pagination import with_neighbours

_HEADLINES, _TOPICS = 5, 8


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the pages of all days, months and years that have items, and the archive."""
    collection, cards = context.collection, context.cards
    for previous_day, day, next_day in with_neighbours(collection.days):
        yield _day_page(day, previous_day, next_day, cards)
    for previous_month, month, next_month in with_neighbours(collection.months):
        yield _month_page(month, previous_month, next_month, cards)
    for previous_year, year, next_year in with_neighbours(collection.years):
        yield _year_page(year, previous_year, next_year, cards.language)
    yield _archive_page(collection, context.settings, cards.language)


def _day_page(day: Day, previous: Day | None, following: Day | None, cards: Cards) -> Page:
    around = [each.date.toordinal() if each else 0 for each in (previous, day, following)]
    return Page(
        address=urls.day(day.date),
        template="day.html",
        origin=f"the day {day.date}",
        view=LazyView.of((around, cards.day_key(day)), _day_view, day, previous, following, cards),
    )


def _day_view(day: Day, previous: Day | None, following: Day | None, cards: Cards) -> views.DayPage:
    language = cards.language
    title = language.long_day(day.date)
    numbers = cards.numbers(day.items)
    ranked = cards.by_coverage(numbers)
    several = [number for number in ranked if len(cards.coverage(number).sources) > 1]
    by_topic, rest = cards.by_topic(cards.ranked(set(ranked) - set(several)))
    covered, other = cards.cards(several), cards.cards(rest)
    sections = tuple(cards.section(topic, of_topic) for topic, of_topic in by_topic)
    return views.DayPage(
        head=views.Head(
            title=title,
            description=_description(title, len(day.items), language),
            address=urls.day(day.date),
            trail=cards.trail(day.date),
            listed=(*covered, *(card for section in sections for card in section.cards), *other),
        ),
        title=title,
        count=len(day.items),
        stories=len(numbers),
        sources=len({item.provider.name for item in day.items}),
        covered=covered,
        sections=sections,
        rest=other,
        topics=tuple(cards.topic_counts(numbers)[:_TOPICS]),
        week=cards.edition_link(day.date),
        month=cards.month_link(day.date),
        previous=_day_link(previous, language),
        next=_day_link(following, language),
    )


def _description(period: str, count: int, language: Language) -> str:
    return language.text("calendar.about", period=period, count=language.text("count.items", n=count))


def _day_link(day: Day | None, language: Language) -> views.Link | None:
    return views.Link(text=language.day(day.date), to=urls.day(day.date)) if day else None


def _calendar(year: int, number: int, month: Month | None, language: Language) -> views.Calendar:
    """Returns the calendar of a month; ``month`` is None if the month has no items."""
    days = {day.date.day: day for day in month.days} if month else {}
    return views.Calendar(
        title=language.month(year, number),
        to=urls.month(year, number) if month else None,
        count=month.count if month else 0,
        weeks=tuple(
            tuple(
                views.Cell(day=day, count=len(days[day].items), to=urls.day(days[day].date))
                if day in days
                else views.Cell(day=day, count=0, to=None)
                for day in week
            )
            for week in calendar.Calendar().monthdayscalendar(year, number)
        ),
    )


def _month_page(month: Month, previous: Month | None, following: Month | None, cards: Cards) -> Page:
    around = [(each.year, each.month) if each else () for each in (previous, month, following)]
    days = [(day.date.day, cards.day_key(day)) for day in month.days]
    return Page(
        address=urls.month(month.year, month.month),
        template="month.html",
        origin=f"the month {month.year:04}-{month.month:02}",
        view=LazyView.of((around, days), _month_view, month, previous, following, cards),
    )


def _month_view(month: Month, previous: Month | None, following: Month | None, cards: Cards) -> views.MonthPage:
    language = cards.language
    title = language.month(month.year, month.month)
    days = tuple(_day_summary(day, cards) for day in reversed(month.days))
    return views.MonthPage(
        head=views.Head(
            title=title,
            description=_description(title, month.count, language),
            address=urls.month(month.year, month.month),
            trail=(archive_link(language), year_link(month.year)),
            listed=tuple(headline for day in days for headline in day.headlines),
        ),
        title=title,
        calendar=_calendar(month.year, month.month, month, language),
        days=days,
        year=year_link(month.year),
        previous=_month_link(previous, cards),
        next=_month_link(following, cards),
    )


def _day_summary(day: Day, cards: Cards) -> views.DaySummary:
    best = cards.ranked(cards.numbers(day.items))[:_HEADLINES]
    return views.DaySummary(day=cards.day_link(day), headlines=tuple(map(cards.link, best)))


def _month_link(month: Month | None, cards: Cards) -> views.Link | None:
    return cards.month_link(month.days[0].date) if month else None


def _year_page(year: Year, previous: Year | None, following: Year | None, language: Language) -> Page:
    around = [each.year if each else 0 for each in (previous, year, following)]
    days = [(month.month, day.date.day, len(day.items)) for month in year.months for day in month.days]
    return Page(
        address=urls.year(year.year),
        template="year.html",
        origin=f"the year {year.year:04}",
        view=LazyView.of((around, days), _year_view, year, previous, following, language),
    )


def _year_view(year: Year, previous: Year | None, following: Year | None, language: Language) -> views.YearPage:
    months = {month.month: month for month in year.months}
    return views.YearPage(
        head=views.Head(
            title=str(year.year),
            description=_description(str(year.year), year.count, language),
            address=urls.year(year.year),
            trail=(archive_link(language),),
        ),
        title=str(year.year),
        count=year.count,
        chart=chart({(month.year, month.month): month.count for month in year.months}, language),
        months=tuple(_calendar(year.year, number, months.get(number), language) for number in range(1, 13)),
        previous=_year_link(previous),
        next=_year_link(following),
    )


def _year_link(year: Year | None) -> views.Link | None:
    return year_link(year.year) if year else None


def _archive_page(collection: Collection, settings: Settings, language: Language) -> Page:
    return Page(
        address=urls.ARCHIVE,
        template="archive.html",
        origin="the archive",
        view=views.Archive(
            head=views.Head(
                title=language.text("calendar.archive"),
                description=language.text("calendar.archive_about"),
                address=urls.ARCHIVE,
                feeds=formats(group_title(language.text("calendar.archive"), settings), urls.ARCHIVE, language),
            ),
            years=tuple(
                views.YearSummary(
                    year=views.CountedLink(text=str(year.year), to=urls.year(year.year), count=year.count),
                    months=tuple(
                        views.CountedLink(
                            text=language.month_name(month.month),
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
