"""Plans the lists of each kind: the index of its groups, and the pages of each group."""

import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from generator.config.language import Language
from generator.content.urls import Address
from generator.site.cards import Cards, StoryItems
from generator.site.charts import Months, by_month, chart
from generator.site.context import PlanContext
from generator.site.feeds import formats, group_title
from generator.site.list_kinds import LIST_KINDS, Group, ListKind, children_by_parent
from generator.site.page import LazyView, Page
from generator.site.pagination import Slice, paginate
from generator.site.views import Card, CountedLink, Formats, Head, Index, IndexGroup, Kind, Link, ListEntry, ListPage
from generator.util import dates

_LEAST_LETTERED = 40
"""The number of groups from which an index is divided by first letters."""
_NO_LETTER = "#"


class _GroupPages(msgspec.Struct, frozen=True, kw_only=True):
    """The properties that all pages of a group share."""

    group: Group
    shows_items: bool
    address: Callable[[int | None], Address]
    """Returns the address of a page, given its number; None is the newest page."""
    index: Link
    parents: tuple[Link, ...]
    children: tuple[CountedLink, ...]
    feeds: Formats
    months: Callable[[], Months]
    """Returns the number of items per month, and computes it only once."""


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the index of each kind of list, and the pages of each group."""
    kinds = [(kind, kind.groups(context.collection)) for kind in LIST_KINDS]
    for kind, groups in kinds:
        yield _index_page(kind, groups, context.cards)
    for kind, groups in kinds:
        names = {group.id: group.name for group in groups}
        children = children_by_parent(groups)
        for group in groups:
            shared = _GroupPages(
                group=group,
                shows_items=kind.shows_items,
                address=functools.partial(kind.address, group.id),
                index=Link(text=kind.title(context.language), to=kind.index),
                parents=tuple(Link(text=names[parent], to=kind.address(parent, None)) for parent in group.parents),
                children=tuple(_group_link(kind, child) for child in children.get(group.id, ())),
                feeds=formats(
                    group_title(group.name, context.settings), kind.address(group.id, None), context.language
                ),
                months=functools.cache(functools.partial(by_month, group.items)),
            )
            for part in paginate(context.cards.by_story(group.items), context.settings.page_size):
                yield _list_page(shared, part, context.cards)


def _group_link(kind: ListKind, group: Group) -> CountedLink:
    return CountedLink(text=group.name, to=kind.address(group.id, None), count=len(group.items))


def _list_page(shared: _GroupPages, part: Slice[StoryItems], cards: Cards) -> Page:
    group = shared.group
    kind = group.provider.kind if group.provider else ""
    look = (group.colour, kind, shared.shows_items, cards.year_key)
    of_all_pages = (shared.index, group.name, shared.feeds, group.home, shared.parents, group.description, look)
    is_newest = part.number is None
    of_newest_page = (len(group.items), shared.children, sorted(shared.months().items())) if is_newest else ()
    items = itertools.chain.from_iterable(story.items for story in part.values) if shared.shows_items else ()
    stories = (cards.keys([story.number for story in part.values]), [cards.item_key(item) for item in items])
    key = (of_all_pages, of_newest_page, part.number, part.newer, part.older, stories)
    return Page(
        address=shared.address(part.number),
        template="list.html",
        origin=f"{shared.index.text.lower()}: {_title(group, part.number, cards.language)}",
        is_list=True,
        modified=dates.iso(max([story.items[-1].published_at for story in part.values])),
        view=LazyView.of(key, _list_view, shared, part, cards),
    )


def _title(group: Group, number: int | None, language: Language) -> str:
    return group.name if number is None else language.text("list.page_title", name=group.name, number=number)


def _list_view(shared: _GroupPages, part: Slice[StoryItems], cards: Cards) -> ListPage:
    group, language = shared.group, cards.language
    is_newest = part.number is None
    title = _title(group, part.number, language)
    description = group.description if is_newest else ""
    shown = tuple(_card(story, shared, cards) for story in part.values)
    trail = (shared.index, *shared.parents)
    return ListPage(
        head=Head(
            title=title,
            description=description or language.text("list.about", name=title),
            address=shared.address(part.number),
            trail=trail if is_newest else (*trail, Link(text=group.name, to=shared.address(None))),
            feeds=shared.feeds,
            listed=shown,
        ),
        kind=shared.index,
        parents=shared.parents,
        name=group.name,
        kind_of_source=_kind(group, cards),
        tint=cards.tint(group.name) if group.colour else "",
        description=description,
        home=group.home,
        number=part.number,
        count=len(group.items) if is_newest else None,
        below=shared.children if is_newest else (),
        chart=chart(shared.months(), language) if is_newest else None,
        cards=shown,
        newer=None if is_newest else shared.address(part.newer),
        older=shared.address(part.older) if part.older else None,
    )


def _card(story: StoryItems, shared: _GroupPages, cards: Cards) -> Card:
    """Returns the card of a story, or of the newest of its items where each item of the group is shown."""
    return cards.card(story.number, story.items[-1] if shared.shows_items else None)


def _index_page(kind: ListKind, groups: Sequence[Group], cards: Cards) -> Page:
    shown = [
        (
            *(group.id, group.name, group.detail, group.parents, group.is_main, len(group.items)),
            cards.item_key(group.items[0]),
        )
        for group in groups
    ]
    return Page(
        address=kind.index,
        template="index.html",
        origin=f"the list of {kind.name}",
        is_list=True,
        view=LazyView.of((kind.name, shown, cards.year_key), _index_view, kind, groups, cards),
    )


def _index_view(kind: ListKind, groups: Sequence[Group], cards: Cards) -> Index:
    language, children = cards.language, children_by_parent(groups)
    main = tuple(_entry(kind, group, children, cards) for group in children.get("", ()))
    is_lettered = kind.is_lettered and len(main) >= _LEAST_LETTERED
    others = tuple(_entry(kind, group, {}, cards) for group in groups if not group.is_main)
    return Index(
        head=Head(title=kind.title(language), description=kind.about(language), address=kind.index),
        intro=kind.count(language, len(groups)),
        groups=_by_letter(main) if is_lettered else (IndexGroup(letter="", id="", entries=main or others),),
        others=others if main else (),
    )


def _by_letter(entries: Sequence[ListEntry]) -> tuple[IndexGroup, ...]:
    """Divides entries by the first letters of their names, without accents."""
    groups: dict[str, list[ListEntry]] = {}
    for entry in entries:
        first = unicodedata.normalize("NFKD", entry.name.text)[:1].upper()
        groups.setdefault(first if first.isalpha() else _NO_LETTER, []).append(entry)
    return tuple(
        IndexGroup(letter=letter, id=f"letter-{place}", entries=tuple(groups[letter]))
        for place, letter in enumerate(sorted(groups), start=1)
    )


def _entry(kind: ListKind, group: Group, children: Mapping[str, Sequence[Group]], cards: Cards) -> ListEntry:
    return ListEntry(
        name=_group_link(kind, group),
        newest=cards.time(group.items[0]),
        detail=f"{each.text} · {group.detail}" if (each := _kind(group, cards)) else group.detail,
        below=tuple(_entry(kind, child, children, cards) for child in children.get(group.id, ())),
    )


def _kind(group: Group, cards: Cards) -> Kind | None:
    return cards.kind(group.provider.kind) if group.provider else None
