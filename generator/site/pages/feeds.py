"""Plans the feeds of the site and of each group of each list kind, in all formats."""

from collections.abc import Iterator

from generator.content import urls
from generator.site.context import PlanContext
from generator.site.feeds import group_title
from generator.site.list_kinds import LIST_KINDS
from generator.site.page import Page


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the feeds, in all formats."""
    feeds, settings = context.feeds, context.settings
    yield from feeds.pages(context.collection.items, suffix="feed", title=settings.title, home=urls.FRONT)
    for kind in LIST_KINDS:
        for group in kind.groups(context.collection):
            yield from feeds.pages(
                group.items,
                suffix=f"feed/{kind.name}/{group.feed_id}",
                title=group_title(group.name, settings),
                home=kind.address(group.id, None),
            )
