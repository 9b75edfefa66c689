"""The input of the page types."""

import msgspec

from generator.cache.memo import Memo
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content.collection import Collection
from generator.search.records import Search
from generator.site.beside import Beside
from generator.site.cards import Cards
from generator.site.feeds import Feeds
from generator.site.page import Page
from generator.stories.model import Clustering


class PlanContext(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a page type can plan its pages from."""

    collection: Collection
    clustering: Clustering
    settings: Settings
    language: Language
    cards: Cards
    beside: Beside
    feeds: Feeds
    search: Search | None
    """The search index; None if the site has no search."""
    memo: Memo
    planned: list[Page]
    """The pages of the page types that precede this one in ``plan.PAGE_TYPES``."""
