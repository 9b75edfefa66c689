"""Plans the pages of items, each with the other reports of its story and with related articles."""

import functools
from collections.abc import Iterable, Iterator, Sequence

from generator.content import urls
from generator.content.model import Article, Item
from generator.content.urls import Address
from generator.site.cards import Cards, item_link, picture, publication
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.site.views import Head, ItemPage, LabelledLink, Link, Sidebar
from generator.stories.model import Clustering, RelatedArticles, reports
from generator.util import hashing, weburls
from generator.util.text import shorten

_DESCRIPTION_LENGTH = 200
_STORY_SHOWN = 10
_RELATED_SHOWN = 6
_RELATIONS = {"responds": "item.responds", "follows": "item.follows"}

_Neighbours = tuple[Item | None, Item | None]
"""The newer and the older item."""


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields a page for each item."""
    items, cards = context.collection.items, context.cards
    keys = _PageKeys(context.clustering, cards)
    for place, item in enumerate(items):
        newer = items[place - 1] if place else None
        older = items[place + 1] if place + 1 < len(items) else None
        neighbour_keys = [cards.key(other) if other else hashing.NOTHING for other in (newer, older)]
        yield Page(
            address=urls.item(item),
            template="item.html",
            origin=item.path,
            body_links=item.body.links if item.body else (),
            view=LazyView(
                key=hashing.blake2(keys.key(item), *neighbour_keys),
                make=functools.partial(_item_view, item, (newer, older), context.clustering, cards),
            ),
        )


class _PageKeys:
    """Computes the keys of the pages of items, without the links to the newer and the older item."""

    def __init__(self, clustering: Clustering, cards: Cards) -> None:
        self._clustering = clustering
        self._cards = cards
        self._stories: dict[int, bytes] = {}

    def key(self, item: Item) -> bytes:
        """Returns the key of the page of an item, which covers everything but these links."""
        clustering, key_of = self._clustering, self._cards.key
        place = clustering.places[item.identity]
        assignment, places, items = clustering.assignments[place], clustering.places, clustering.items
        parts = [self._story_key(clustering.numbers[place]), key_of(item)]
        # The key of an item also covers the first item of its story, by which `_related` finds duplicates.
        for entry in (*assignment.same_story, *assignment.related):
            other = places.get(entry.identity)
            parts.append(b"%d" % entry.place if other is None else b"%d " % entry.place + key_of(items[other]))
        parts += [key_of(items[other]) for other in clustering.archive(place)]
        for kind, number in clustering.relations.get(clustering.numbers[place], ()):
            parts += (kind.encode(), key_of(clustering.stories[number].lead))
        return hashing.blake2(*parts)

    def _story_key(self, number: int) -> bytes:
        """Returns the key of the items of a story, and of the entries in their ``related`` lists that report it."""
        key = self._stories.get(number)
        if key is None:
            clustering, document_keys = self._clustering, self._cards.document_keys
            parts: list[bytes] = []
            for place in clustering.stories.members(number):
                member = clustering.items[place]
                parts += (self._cards.key(member), document_keys[member.name].content)
                entries = clustering.assignments[place].same_story
                parts += [b"%d %d" % (entry.place, entry.identity in clustering.places) for entry in entries]
            key = self._stories[number] = hashing.blake2(*parts)
        return key


def _item_view(item: Item, neighbours: _Neighbours, clustering: Clustering, cards: Cards) -> ItemPage:
    assigned, date = clustering.beside(item), item.published_at.date()
    story_reports = reports(item, clustering)
    related = _related(assigned, story_reports, clustering)
    listed = {clustering.number(other.identity) for other in related if isinstance(other, Item)}
    address, image = urls.item(item), picture(item.image, item.title)
    day = Link(text=cards.language.long_day(date), to=urls.day(date))
    newer, older = (item_link(other) if other else None for other in neighbours)
    return ItemPage(
        head=Head(
            title=item.title,
            description=shorten(item.excerpt, _DESCRIPTION_LENGTH) or item.title,
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
        sources=cards.publisher_count(item),
        same_story=_sidebar([article for article in story_reports if article is not item], _STORY_SHOWN, cards),
        related=_sidebar(related, _RELATED_SHOWN, cards),
        archive=_sidebar(
            [other for other in assigned.archive if clustering.number(other.identity) not in listed],
            len(assigned.archive),
            cards,
        ),
        relations=_relations(item, clustering, cards),
        newer=newer,
        older=older,
    )


def _related(entries: RelatedArticles, story_reports: Iterable[Article], clustering: Clustering) -> list[Article]:
    """Returns the articles on the subject of an item that do not report its story, best match first.

    Articles that are on this site are items. Of several items of one story, only the first is returned.
    """
    own = {article.identity for article in story_reports}
    # An entry that is similar to the story, but is an item of another story, is on the same subject.
    others = [entry for entry in entries.same_story if entry.identity in clustering.places]
    found: dict[str, Article] = {}
    for entry in [*others, *entries.related]:
        if entry.identity not in own:
            item = clustering.item(entry.identity)
            story = clustering.story(entry.identity).items[0].identity if item else entry.identity
            found.setdefault(story, item or entry)
    return list(found.values())


def _relations(item: Item, clustering: Clustering, cards: Cards) -> tuple[LabelledLink, ...]:
    """Returns the links to the stories that an item's story responds to or follows."""
    return tuple(
        LabelledLink(label=cards.language.text(_RELATIONS[kind]), link=item_link(clustering.stories[number].lead))
        for kind, number in clustering.relations.get(clustering.number(item.identity), ())
    )


def _sidebar(articles: Sequence[Article], shown: int, cards: Cards) -> Sidebar:
    return Sidebar(shown=cards.cards(articles[:shown]), folded=cards.cards(articles[shown:]))
