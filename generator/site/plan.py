"""Plans all pages of the site, one page type after the other. Nothing is rendered here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Memo
from generator.config import language_tags
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Collection
from generator.search.records import Search
from generator.site.cards import Cards
from generator.site.context import PlanContext
from generator.site.feeds import Feeds, formats
from generator.site.page import Page
from generator.site.pages import about, calendar, editions, feeds, front, item, lists, not_found, search, sitemaps
from generator.site.views import Site
from generator.stories.model import Clustering

PAGE_TYPES: Final[list[Callable[[PlanContext], Iterable[Page]]]] = [
    front.plan,
    item.plan,
    lists.plan,
    editions.plan,
    search.plan,
    calendar.plan,
    about.plan,
    not_found.plan,
    feeds.plan,
    sitemaps.plan,  # last: it names the pages of the others
]
"""Every page type. A new one is a module in ``pages/`` and a row here; ``docs/contributing.md`` has the steps."""


def site(settings: Settings, language: Language) -> Site:
    """Returns what every page shows."""
    return Site(
        title=settings.title,
        description=settings.description,
        language=settings.language,
        direction=language.direction,
        zone=settings.timezone,
        locale=language_tags.open_graph(settings.language),
        front=urls.FRONT,
        topics=urls.TOPICS,
        archive=urls.ARCHIVE,
        editions=urls.EDITIONS,
        sources=urls.SOURCES,
        about=urls.ABOUT,
        search=urls.SEARCH if settings.search else None,
        feeds=formats(settings.title, urls.FRONT, language),
        manifest=urls.MANIFEST,
    )


def plan(
    collection: Collection,
    clustering: Clustering,
    settings: Settings,
    language: Language,
    search_index: Search | None,
    documents: Mapping[str, DocumentKeys],
    memo: Memo,
) -> list[Page]:
    """Plans all pages of the site, in a fixed order.

    Most views are put together when their pages are rendered; a page whose key is unchanged is not rendered.

    Args:
        collection: the items on the site.
        clustering: their stories.
        settings: of the site.
        language: of the site.
        search_index: what can be found, if the site has a search.
        documents: the keys of the documents of all items, by name.
        memo: the cache.
    """
    context = PlanContext(
        collection=collection,
        clustering=clustering,
        settings=settings,
        language=language,
        cards=Cards(collection.topics, clustering, language, documents),
        feeds=Feeds(settings, language, documents),
        search=search_index,
        memo=memo,
        planned=[],
    )
    for plan_type in PAGE_TYPES:
        context.planned.extend(plan_type(context))
    return context.planned
