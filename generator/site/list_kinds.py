"""The kinds of lists: each kind is one row, and has an index, the pages of its groups, and their feeds.

A new kind is a new row in ``LIST_KINDS``; ``docs/contributing.md`` has the steps.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection, above
from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import publisher_url
from generator.site.views import Link


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A topic, a source, or another group of items that has a list."""

    id: str
    """Identifies the group within its kind; the last part of its address is made of it."""
    name: str
    items: Sequence[Item]
    """Newest first."""
    feed_id: str
    """Identifies its feed within its kind; fits a URI, and never changes."""
    home: Link | None = None
    """The way to the group's own site."""
    parents: tuple[str, ...] = ()
    """The ids of the groups that it is a part of, the widest first."""
    description: str = ""
    detail: str = ""
    """What the index shows beside its name."""
    is_main: bool = True
    """Whether the index shows it among the first entries; the others follow below them."""


class ListKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of list."""

    name: str
    """In diagnostics, and in the ids of its feeds."""
    index: Address
    """The page that names all groups."""
    address: Callable[[str, int | None], Address]
    """Returns the address of a page of a group, given its id and the page's number; None is the newest page."""
    groups: Callable[[Collection], Sequence[Group]]
    """Returns the groups of a collection, in the order of the index."""
    title: Callable[[Language], str]
    """Returns the title of the index."""
    about: Callable[[Language], str]
    """Returns one sentence on the index, for search engines."""
    count: Callable[[Language, int], str]
    """Returns the number of groups in words."""


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
            home=Link(text=source.domain, to=publisher_url(source.domain)),
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
    ),
]
"""Every kind of list, in the order in which they are planned."""


def below(groups: Iterable[Group]) -> Mapping[str, list[Group]]:
    """Returns the main groups that are parts of each group, by its id; those that are part of none under ``""``."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        if group.is_main:
            found.setdefault(group.parents[-1] if group.parents else "", []).append(group)
    return found
