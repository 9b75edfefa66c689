"""The pages of items: each with its story, and with what belongs beside it."""

import functools
from collections.abc import Callable, Iterable, Sequence

from generator.content import urls
from generator.content.collection import Collection
from generator.content.model import Article, Item
from generator.content.urls import Address
from generator.site import invalidation
from generator.site.cards import Cards, item_link, picture, publication
from generator.site.page import Block, LazyView, Page
from generator.site.views import Head, ItemPage, Link, Sidebar
from generator.stories.model import Clustering, reports
from generator.stories.related import Sorted
from generator.util import hashing, weburls
from generator.util.text import shorten

_BLOCK = 64
_DESCRIPTION = 200
_STORY_SHOWN = 10
_RELATED_SHOWN = 6


def item_pages(
    collection: Collection, clustering: Clustering, cards: Cards
) -> tuple[tuple[Page, ...], tuple[Block, ...]]:
    """A page for each item; what it shows is put together when it is rendered.

    Pages that show what they showed come in blocks. These are counted from the oldest item, so that new ones leave them
    as they are.
    """
    in_order = collection.items[::-1]
    keys = _Keys(clustering, cards)
    of_pages, of_cards = keys.of(in_order), [hashing.NOTHING, *cards.keys_of(in_order), hashing.NOTHING]

    def make(place: int) -> Page:
        item = in_order[place]
        newer = in_order[place + 1] if place + 1 < len(in_order) else None
        older = in_order[place - 1] if place else None
        return Page(
            address=urls.item(item),
            template="item.html",
            origin=item.path,
            body_links=item.body.links if item.body else (),
            view=LazyView(
                key=hashing.blake2_joined(of_pages[place] + b"".join(of_cards[place : place + 3])),
                make=functools.partial(_item_page, item, (newer, older), clustering, cards),
            ),
        )

    pages: list[Page] = []
    blocks: list[Block] = []
    # The address of an item depends on the time zone, too.
    zone = str(cards.language.zone).encode()
    for start in range(0, len(in_order), _BLOCK):
        stop = min(start + _BLOCK, len(in_order))
        key = hashing.blake2_joined(b"".join([*of_pages[start:stop], *of_cards[start : stop + 2], zone]))
        if paths := cards.recall.known(key, list[str]):
            blocks.append(Block(items=in_order[start:stop], paths=paths, page=functools.partial(_shifted, make, start)))
        else:
            made = list(map(make, range(start, stop)))
            pages += reversed(made)
            cards.recall.remember(key, [urls.file_path(page.address) for page in made])
    keys.remember()
    return tuple(pages), tuple(blocks)


def _shifted(make: Callable[[int], Page], start: int, place: int) -> Page:
    return make(start + place)


_Around = tuple[Item | None, Item | None]
"""The newer and the older item."""


class _Keys:
    """The keys of all that ``_item_page`` shows: the same arguments with the same key give the same view.

    But for what leads to the newer and the older page: that changes more often than all the rest.
    """

    def __init__(self, clustering: Clustering, cards: Cards) -> None:
        self._told = clustering
        self._cards = cards
        self._stories: dict[str, bytes] = {}
        self._pages: dict[int, bytes] = {}

    def of(self, items: Sequence[Item]) -> list[bytes]:
        """The keys of all items' pages."""
        places, known = self._told.places, self._cards.standing.pages
        self._pages = {(place := places[item.identity]): known.get(place) or self._made(item) for item in items}
        return list(self._pages.values())

    def remember(self) -> None:
        """Keeps the keys for the next build."""
        cards = self._cards.keys_of(self._told.items)
        pages = [self._pages[place] for place in range(len(cards))]
        recall = self._cards.recall
        recall.stretches = invalidation.stretches(
            self._told, recall.documents, cards, pages, self._cards.groups_of, self._cards.before
        )

    def _made(self, item: Item) -> bytes:
        one, key_of = self._told.of(item), self._cards.key
        parts = [self._story(item), key_of(item)]
        # Of what a story's card shows, its key holds the first item, which stands for it.
        for entry in (*one.same_story, *one.related):
            other = self._told.item(entry.identity)
            parts.append(b"%d" % entry.place if other is None else b"%d " % entry.place + key_of(other))
        parts += [key_of(self._told.items[place]) for place in one.archive]
        return hashing.blake2_of_value(parts)

    def _story(self, item: Item) -> bytes:
        """The key of the whole story: its items, and the entries of their lists that tell it."""
        members = self._told.story(item.identity).items
        key = self._stories.get(members[0].identity)
        if key is None:
            documents = self._cards.recall.documents
            parts: list[bytes] = []
            for member in members:
                parts += (self._cards.key(member), documents[member.name].content)
                same = self._told.of(member).same_story
                parts += [b"%d %d" % (entry.place, entry.identity in self._told.places) for entry in same]
            key = self._stories[members[0].identity] = hashing.blake2_of_value(parts)
        return key


def _item_page(item: Item, around: _Around, clustering: Clustering, cards: Cards) -> ItemPage:
    beside, date = clustering.beside(item), item.published_at.date()
    telling = reports(item, clustering)
    related = _related(beside.entries, telling, clustering)
    address, image = urls.item(item), picture(item.image, item.title)
    day = Link(text=cards.language.long_day(date), to=urls.day(date))
    newer, older = (item_link(other) if other else None for other in around)
    return ItemPage(
        head=Head(
            title=item.title,
            description=shorten(item.excerpt, _DESCRIPTION) or item.title,
            address=address,
            kind="WebPage",
            trail=(*cards.trail(date), day),
            picture=image,
            article=publication(item),
        ),
        category=item.category or cards.language.text("item.category"),
        title=item.title,
        excerpt=item.excerpt,
        time=cards.time(item),
        picture=image,
        pattern=cards.pattern(item),
        source=Link(text=item.provider.name, to=urls.source(item.provider.domain)),
        logo=picture(item.provider.logo),
        article=Link(text=weburls.host(item.web_url), to=item.web_url),
        is_video=item.type == "video",
        video=Link(text=item.video.host, to=item.video.url) if item.video else None,
        topics=cards.topic_links(item),
        body=item.body.html if item.body else "",
        body_links=tuple(Address(link.address) for link in item.body.links) if item.body else (),
        day=day,
        sources=cards.sources(item),
        same_story=_sidebar([article for article in telling if article is not item], _STORY_SHOWN, cards),
        related=_sidebar(related, _RELATED_SHOWN, cards),
        archive=_sidebar([other for other in beside.archive if other not in related], len(beside.archive), cards),
        newer=newer,
        older=older,
    )


def _related(entries: Sorted, telling: Iterable[Article], clustering: Clustering) -> list[Article]:
    """The articles on an item's subject that do not tell its story, those of this site as items."""
    own = {article.identity for article in telling}
    # An entry that reads like the story but is an item of another one is at least on its subject.
    others = [entry for entry in entries.same_story if entry.identity in clustering.places]
    found: dict[str, Article] = {}
    for entry in [*others, *entries.related]:
        if entry.identity not in own:
            # Of several items that tell one story the first stands for all.
            item = clustering.item(entry.identity)
            story = clustering.story(entry.identity).items[0].identity if item else entry.identity
            found.setdefault(story, item or entry)
    return list(found.values())


def _sidebar(articles: Sequence[Article], shown: int, cards: Cards) -> Sidebar:
    return Sidebar(shown=cards.cards(articles[:shown]), folded=cards.cards(articles[shown:]))
