"""The kinds of lists. Each kind is a row in ``LIST_KINDS``, and has an index, pages of its groups, and feeds.

``docs/contributing.md`` has the steps to add a kind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection, above
from generator.content.model import Item, Provider
from generator.content.urls import Address
from generator.site.views import Link


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A topic, a source, or another group of items that has a list."""

    id: str
    """Identifies the group within its kind; part of its address."""
    name: str
    items: Sequence[Item]
    """Newest first."""
    feed_id: str
    """Identifies its feed within its kind. It never changes, and needs no escaping in a URI."""
    home: Link | None = None
    """A link to the web site of the group."""
    parents: tuple[str, ...] = ()
    """The ids of its ancestors, from the root down."""
    description: str = ""
    detail: str = ""
    """The additional text that the index shows beside the name."""
    provider: Provider | None = None
    """The publisher, if the group is a source."""
    colour: str = ""
    """The name of its colour, if the group is a topic that has one."""
    is_main: bool = True
    """Whether the index shows the group among the main entries, which come before the others."""


class ListKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of list."""

    name: str
    """The name of the kind in diagnostics and in the ids of its feeds."""
    index: Address
    """The address of the page that lists all groups."""
    address: Callable[[str, int | None], Address]
    """Returns the address of a page, given the id of its group and its number; None is the newest page."""
    groups: Callable[[Collection], Sequence[Group]]
    """Returns the groups of a collection, in the order of the index."""
    title: Callable[[Language], str]
    """Returns the title of the index."""
    about: Callable[[Language], str]
    """Returns the description of the index for search engines, a sentence."""
    count: Callable[[Language, int], str]
    """Returns the number of groups in words."""
    shows_items: bool = False
    """Whether lists and feeds show each item of the group, and not the report that represents its story."""
    is_lettered: bool = False
    """Whether the index is divided by first letters."""


def _topics(collection: Collection) -> list[Group]:
    by_slug = {topic.slug: topic for topic in collection.topics}
    return [
        Group(
            id=topic.slug,
            name=topic.name,
            items=topic.items,
            feed_id=topic.slug,
            parents=tuple(reversed([one.slug for one in above(topic, by_slug)])),
            description=topic.description,
            is_main=topic.is_curated,
            colour=topic.colour,
        )
        for topic in collection.topics
    ]


def _sources(collection: Collection) -> list[Group]:
    return [
        Group(
            id=source.domain,
            name=source.name,
            items=source.items,
            feed_id=quote(source.domain),
            home=Link(text=source.domain, to=source.home),
            provider=source.items[0].provider,
            detail=source.domain,
        )
        for source in collection.sources
    ]


LIST_KINDS: Final = [
    ListKind(
        name="topics",
        index=urls.TOPICS,
        address=urls.topic,
        groups=_topics,
        title=lambda language: language.text("site.topics"),
        about=lambda language: language.text("list.topics_about"),
        count=lambda language, n: language.text("count.topics", n=n),
    ),
    ListKind(
        name="sources",
        index=urls.SOURCES,
        address=urls.source,
        groups=_sources,
        title=lambda language: language.text("site.sources"),
        about=lambda language: language.text("list.sources_about"),
        count=lambda language, n: language.text("count.sources", n=n),
        shows_items=True,
        is_lettered=True,
    ),
]
"""The kinds of lists, in the order in which they are planned."""


def children_by_parent(groups: Iterable[Group]) -> Mapping[str, list[Group]]:
    """Returns the main groups by the id of their parent, or by ``""`` if they have no parent."""
    children: dict[str, list[Group]] = {}
    for group in groups:
        if group.is_main:
            children.setdefault(group.parents[-1] if group.parents else "", []).append(group)
    return children
