"""The lists of each kind: an index of its groups, and the pages of each group."""

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from generator.content.model import Item
from generator.content.urls import Address
from generator.site.cards import Cards, lead
from generator.site.charts import Months, by_month, chart
from generator.site.context import PlanContext
from generator.site.feeds import formats, group_title
from generator.site.list_kinds import LIST_KINDS, Group, ListKind, below
from generator.site.page import LazyView, Page
from generator.site.pagination import Slice, cut
from generator.site.views import CountedLink, Formats, Head, Index, Link, ListEntry, ListPage
from generator.util import dates, hashing

Stories = tuple[Item, ...]
_Parts = Sequence[Slice[Stories]]


def plan(context: PlanContext) -> Iterator[Page]:
    """Plans the index of each kind of list, and the pages of each group."""
    kinds = [(kind, kind.groups(context.collection)) for kind in LIST_KINDS]
    for kind, groups in kinds:
        yield _index(kind, groups, context.cards)
    for kind, groups in kinds:
        names = {group.id: group.name for group in groups}
        parts_of = below(groups)
        for group in groups:
            title = group_title(group.name, context.settings)
            about = _About(
                kind=Link(text=kind.title(context.language), to=kind.index),
                parents=tuple(Link(text=names[one], to=kind.address(one, None)) for one in group.parents),
                below=tuple(_link(kind, one) for one in parts_of.get(group.id, ())),
                feeds=formats(
                    group_title(group.name, context.settings), kind.address(group.id, None), context.language
                ),
            )
            yield from _pages_of(kind, group, about, context.settings.page_size, context.cards)


class _About(msgspec.Struct, frozen=True, kw_only=True):
    """What all pages of a group show besides its items."""

    kind: Link
    parents: tuple[Link, ...]
    below: tuple[CountedLink, ...]
    feeds: Formats


def _link(kind: ListKind, group: Group) -> CountedLink:
    return CountedLink(text=group.name, to=kind.address(group.id, None), count=len(group.items))


def _pages_of(kind: ListKind, group: Group, about: _About, size: int, cards: Cards) -> Iterator[Page]:
    parts = cut(cards.by_story(group.items), size)
    months = functools.cache(lambda: by_month(group.items))
    address = functools.partial(kind.address, group.id)
    of_all = (about.kind, group.name, about.feeds, group.home, about.parents, group.description)
    for index, part in enumerate(parts):
        is_newest = part.number is None
        of_newest = (len(group.items), about.below, sorted(months().items())) if is_newest else ()
        stories = ([len(items) for items in part.values], cards.keys(itertools.chain.from_iterable(part.values)))
        yield Page(
            address=address(part.number),
            template="list.html",
            origin=f"{about.kind.text.lower()}: {_title(group, part.number, cards)}",
            is_list=True,
            modified=dates.iso(max([items[-1].published_at for items in part.values])),
            view=LazyView(
                key=hashing.blake2_of_value((of_all, of_newest, part.number, part.newer, part.older, stories)),
                make=functools.partial(_list_view, group, about, address, parts, months, index, cards),
            ),
        )


def _title(group: Group, number: int | None, cards: Cards) -> str:
    if number is None:
        return group.name
    return cards.language.text("list.page_title", name=group.name, number=number)


def _list_view(
    group: Group,
    about: _About,
    address: Callable[[int | None], Address],
    parts: _Parts,
    months: Callable[[], Months],
    index: int,
    cards: Cards,
) -> ListPage:
    part = parts[index]
    is_newest = part.number is None
    words = cards.language
    title = _title(group, part.number, cards)
    description = group.description if is_newest else ""
    shown = cards.cards(map(lead, part.values))
    trail = (about.kind, *about.parents)
    return ListPage(
        head=Head(
            title=title,
            description=description or words.text("list.about", name=title),
            address=address(part.number),
            trail=trail if is_newest else (*trail, Link(text=group.name, to=address(None))),
            feeds=about.feeds,
            listed=shown,
        ),
        kind=about.kind,
        parents=about.parents,
        name=group.name,
        description=description,
        home=group.home,
        number=part.number,
        count=len(group.items) if is_newest else None,
        below=about.below if is_newest else (),
        chart=chart(months(), words) if is_newest else None,
        cards=shown,
        newer=None if is_newest else address(part.newer),
        older=address(part.older) if part.older else None,
    )


def _index(kind: ListKind, groups: Sequence[Group], cards: Cards) -> Page:
    shown = [
        (group.id, group.name, group.detail, group.parents, group.is_main, len(group.items), cards.key(group.items[0]))
        for group in groups
    ]
    return Page(
        address=kind.index,
        template="index.html",
        origin=f"the list of {kind.name}",
        is_list=True,
        view=LazyView(
            key=hashing.blake2_of_value((kind.name, shown)),
            make=functools.partial(_index_view, kind, groups, cards),
        ),
    )


def _index_view(kind: ListKind, groups: Sequence[Group], cards: Cards) -> Index:
    words, parts_of = cards.language, below(groups)
    main = tuple(_entry(kind, group, parts_of, cards) for group in parts_of.get("", ()))
    others = tuple(_entry(kind, group, {}, cards) for group in groups if not group.is_main)
    return Index(
        head=Head(title=kind.title(words), description=kind.about(words), address=kind.index),
        intro=kind.count(words, len(groups)),
        entries=main or others,
        others=others if main else (),
    )


def _entry(kind: ListKind, group: Group, parts_of: Mapping[str, Sequence[Group]], cards: Cards) -> ListEntry:
    return ListEntry(
        name=_link(kind, group),
        newest=cards.time(group.items[0]),
        detail=group.detail,
        below=tuple(_entry(kind, one, parts_of, cards) for one in parts_of.get(group.id, ())),
    )
