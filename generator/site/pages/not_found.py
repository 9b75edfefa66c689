"""Plans the page that hosts show for missing addresses."""

from collections.abc import Iterator

from generator.content import urls
from generator.site.cards import item_link
from generator.site.context import PlanContext
from generator.site.page import Page
from generator.site.views import Head, NotFound

_NEWEST = 5


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the page, with links to the newest items, unless there is an own one."""
    if context.is_own(urls.NOT_FOUND):
        return
    language, collection = context.language, context.collection
    yield Page(
        address=urls.NOT_FOUND,
        template="404.html",
        origin="the page for missing addresses",
        view=NotFound(
            head=Head(
                title=language.text("missing.head"),
                description=language.text("missing.description"),
                address=urls.NOT_FOUND,
                kind="WebPage",
            ),
            newest=tuple(map(item_link, collection.items[:_NEWEST])),
        ),
    )
