"""Plans the feeds of the site and of each group of each list kind, in all formats."""

from collections.abc import Iterator

from generator.content import urls
from generator.site.context import PlanContext
from generator.site.feeds import group_title
from generator.site.list_kinds import LIST_KINDS
from generator.site.page import Page


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the feeds, in all formats: of stories, and of items where a list shows items or for the whole archive."""
    feeds, settings, items = context.feeds, context.settings, context.collection.items
    yield from feeds.of_stories(items, suffix="feed", title=settings.title, home=urls.FRONT)
    title = group_title(context.language.text("calendar.archive"), settings)
    yield from feeds.of_items(items, suffix="feed/items", title=title, home=urls.ARCHIVE)
    for kind in LIST_KINDS:
        make = feeds.of_items if kind.shows_items else feeds.of_stories
        for group in kind.groups(context.collection):
            yield from make(
                group.items,
                suffix=f"feed/{kind.name}/{group.feed_id}",
                title=group_title(group.name, settings),
                home=kind.address(group.id, None),
            )
