"""Plans all pages of the site, one page type after the other, without rendering them."""

import functools
from collections.abc import Callable, Iterable
from typing import Final

from generator.cache.memo import Memo
from generator.config import language_tags
from generator.config.hook_file import Hooks
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content import urls
from generator.content.collection import Collection
from generator.content.page_documents import PageDocument
from generator.errors import Diagnostic
from generator.search.records import Search
from generator.site import hook_pages, menus
from generator.site.beside import Beside
from generator.site.cards import Cards
from generator.site.context import PlanContext
from generator.site.feeds import Feeds, formats
from generator.site.look import Look
from generator.site.page import Page
from generator.site.pages import (
    about,
    calendar,
    editions,
    feeds,
    front,
    item,
    lists,
    not_found,
    own,
    search,
    sitemaps,
    story,
)
from generator.site.views import Site

PAGE_TYPES: Final[list[Callable[[PlanContext], Iterable[Page]]]] = [
    front.plan,
    story.plan,
    item.plan,
    lists.plan,
    editions.plan,
    search.plan,
    calendar.plan,
    about.plan,
    not_found.plan,
    own.plan,
    feeds.plan,
    sitemaps.plan,  # last, because it lists the pages of the others
]
"""The page types, each of which is a module in ``pages/``; ``docs/contributing.md`` has the steps to add one."""


def site(settings: Settings, language: Language, own: Look, own_pages: tuple[PageDocument, ...] = ()) -> Site:
    """Returns the properties of the site that every template can show."""
    menu = menus.header(settings, language, own_pages)
    search = urls.SEARCH if settings.search else None
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
        contact=about.contact_link(settings.about.contact),
        search=search,
        feeds=formats(settings.title, urls.FRONT, language),
        manifest=urls.MANIFEST,
        menu=menu,
        footer_links=menus.footer(settings, language, own_pages),
        style_sheets=own.style_sheets,
        logo=own.logo,
        has_pictures=settings.look.cards == "pictures",
        footer=own.footer.html,
        linked=(*(link.to for link in menu), *([search] if search else ())),
    )


def plan(
    collection: Collection,
    cards: Cards,
    settings: Settings,
    search_index: Search | None,
    memo: Memo,
    *,
    hooks: Hooks,
    own_pages: tuple[PageDocument, ...],
) -> tuple[list[Page], list[Diagnostic]]:
    """Plans all pages of the site, in a fixed order.

    Most views are lazy, because a page with an unchanged key is not rendered.

    Returns:
        the pages, and diagnostics of the page types in ``hooks.py``.
    """
    context = PlanContext(
        collection=collection,
        clustering=cards.clustering,
        settings=settings,
        language=cards.language,
        cards=cards,
        beside=Beside(cards),
        feeds=Feeds(settings, cards),
        search=search_index,
        own_pages=own_pages,
        memo=memo,
        planned=[],
    )
    diagnostics: list[Diagnostic] = []
    *others, last = PAGE_TYPES
    of_hooks = functools.partial(hook_pages.plan, hooks, diagnostics)
    plan_types: list[Callable[[PlanContext], Iterable[Page]]] = [*others, of_hooks, last]
    for plan_type in plan_types:
        context.planned.extend(plan_type(context))
    return context.planned, diagnostics
