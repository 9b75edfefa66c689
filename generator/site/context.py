"""What every page type is planned from."""

import msgspec

from generator.cache.memo import Memo
from generator.config.language import Language
from generator.config.settings import Settings
from generator.content.collection import Collection
from generator.search.records import Search
from generator.site.cards import Cards
from generator.site.feeds import Feeds
from generator.site.page import Page
from generator.stories.model import Clustering


class PlanContext(msgspec.Struct, frozen=True, kw_only=True):
    """What every page type is planned from."""

    collection: Collection
    clustering: Clustering
    settings: Settings
    language: Language
    cards: Cards
    feeds: Feeds
    search: Search | None
    """What can be found; None where the site has no search."""
    memo: Memo
    planned: list[Page]
    """The pages of the page types that stand before this one in ``plan.PAGE_TYPES``."""
