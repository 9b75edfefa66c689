"""The input of the page types."""

import msgspec

from generator.cache.memo import Memo
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content.collection import Collection
from generator.content.page_documents import PageDocument
from generator.content.urls import Address
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
    own_pages: tuple[PageDocument, ...]
    memo: Memo
    planned: list[Page]
    """The pages of the page types that precede this one in ``plan.PAGE_TYPES``."""

    def is_own(self, address: Address) -> bool:
        """Returns whether an own page has an address, and so replaces the page of the program."""
        return any(page.address == address for page in self.own_pages)
