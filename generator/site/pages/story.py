"""Plans the pages of stories: everything that reports an event.

A story had another address before it was merged into this one, or before an earlier report came late. So there is a
page that leads to the story at the address of each item that began a story, and at that of the second item, if the
story has several reports from that item on. Hosts have no rules for them, because the rules of hosts are few and must
be loaded again when they change.
"""

import functools
from collections import Counter
from collections.abc import Iterator

import msgspec

from generator.content import urls
from generator.content.model import Item
from generator.content.summaries import summary
from generator.site.beside import Beside
from generator.site.cards import Cards, study_links
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.site.redirects import TEMPLATE
from generator.site.views import Head, Link, Moved, Report, StoryPage
from generator.stories.reports import Coverage, entries_of
from generator.util import dates, hashing, weburls

_DESCRIPTION_LENGTH = 200
_LEDE_LENGTH, _REPORT_LENGTH = 600, 240
_TOPICS = 6


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields a page for each story with several reports, and for the other addresses that it may have had."""
    cards, beside, stories = context.cards, context.beside, context.clustering.stories
    for number in range(len(stories)):
        address = cards.story_page(number)
        if address:
            items = [context.clustering.items[place] for place in stories.members(number)]
            yield Page(
                address=address,
                template="story.html",
                origin=f"the story of {items[0].path}",
                is_list=True,
                modified=dates.iso(items[-1].published_at),
                view=LazyView(
                    key=hashing.blake2(cards.key(number), beside.key(number, items)),
                    make=functools.partial(_story_view, number, cards, beside),
                ),
            )
            for place, item in enumerate(items[1:], 2):
                began = place == 2 or not context.clustering.assignment(item).joined  # noqa: PLR2004 - the second item
                if began and (place < len(items) or entries_of([item], context.clustering)):
                    view = Moved(title=items[0].title, to=address)
                    yield Page(address=urls.story(item), template=TEMPLATE, origin=item.path, view=view)


def _story_view(number: int, cards: Cards, beside: Beside) -> StoryPage:
    coverage = cards.coverage(number)
    items = cards.clustering.stories[number].items
    lead, card = coverage.lead, cards.card(number)
    first, newest = coverage.reports[0].article, coverage.reports[-1].article
    date = items[0].published_at.date()
    own = {report.article.identity for report in coverage.reports}
    background, archive = beside.lists(number, items, own=own)
    return StoryPage(
        head=Head(
            title=card.title,
            description=summary(lead.excerpt, _DESCRIPTION_LENGTH) or card.title,
            address=cards.address(number),
            trail=(*cards.trail(date), Link(text=cards.language.long_day(date), to=urls.day(date))),
            picture=card.picture,
            listed=tuple(Link(text=report.article.title, to=report.article.web_url) for report in coverage.reports),
        ),
        card=card,
        lede=summary(lead.excerpt, _LEDE_LENGTH),
        article=Link(text=weburls.host(lead.web_url), to=lead.web_url),
        topics=_topics(items, cards),
        coverage=_reports(coverage, cards),
        first=cards.time(first),
        newest=cards.time(newest),
        kinds=_kinds(coverage, cards),
        edition=cards.edition_link(date),
        studies=study_links(items),
        relations=beside.relations(number),
        background=background,
        archive=archive,
    )


def _reports(coverage: Coverage, cards: Cards) -> tuple[Report, ...]:
    """Returns the reports with their own text, each with its copies."""
    copies: dict[int, list[Report]] = {}
    for place, report in enumerate(coverage.reports):
        if report.original != place:
            copies.setdefault(report.original, []).append(_report(coverage, place, cards))
    return tuple(
        msgspec.structs.replace(_report(coverage, place, cards), copies=tuple(copies.get(place, ())))
        for place, report in enumerate(coverage.reports)
        if report.original == place
    )


def _report(coverage: Coverage, place: int, cards: Cards) -> Report:
    article = coverage.reports[place].article
    item = article if isinstance(article, Item) else None
    return Report(
        title=article.title,
        summary=summary(article.excerpt, _REPORT_LENGTH) if coverage.reports[place].original == place else "",
        article=article.web_url,
        source=article.provider.name,
        source_page=urls.source(article.provider.domain) if item else None,
        page=urls.item(item) if item else None,
        kind=cards.kind(coverage.reports[place].kind),
        time=cards.time(article),
        is_first=place == 0,
        is_video=article.type == "video",
        copies=(),
    )


def _topics(items: tuple[Item, ...], cards: Cards) -> tuple[Link, ...]:
    """Returns the topics that at least a third of the items have, those of the most items first."""
    counts = Counter(link for item in items for link in cards.topic_links(item))
    return tuple(link for link, count in counts.most_common(_TOPICS) if 3 * count >= len(items))


def _kinds(coverage: Coverage, cards: Cards) -> tuple[str, ...]:
    """Returns the number of reports of each kind of source in words, most first."""
    counts = Counter(kind.text for report in coverage.reports if (kind := cards.kind(report.kind)))
    return tuple(cards.language.text("story.kind", kind=kind, n=count) for kind, count in counts.most_common())
