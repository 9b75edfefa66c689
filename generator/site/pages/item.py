"""Plans the pages of items, each with the articles and stories on its subject."""

import functools
from collections.abc import Iterator

from generator.content import urls
from generator.content.model import Item
from generator.content.summaries import summary
from generator.site.beside import Beside
from generator.site.cards import Cards, item_link, picture, publication, study_links
from generator.site.context import PlanContext
from generator.site.page import LazyView, Page
from generator.site.views import Head, ItemPage, Link
from generator.util import hashing, weburls

_DESCRIPTION_LENGTH = 200
_LEDE_LENGTH = 600

_Neighbours = tuple[Item | None, Item | None]
"""The newer and the older item."""


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields a page for each item."""
    items, cards, beside = context.collection.items, context.cards, context.beside
    places, numbers = context.clustering.places, context.clustering.numbers
    for place, item in enumerate(items):
        newer = items[place - 1] if place else None
        older = items[place + 1] if place + 1 < len(items) else None
        neighbour_keys = [cards.item_key(other) if other else hashing.NOTHING for other in (newer, older)]
        number = numbers[places[item.identity]]
        story = str(cards.story_page(number) or "").encode()
        key = hashing.blake2(cards.item_key(item), story, beside.key(number, [item]), *neighbour_keys)
        yield Page(
            address=urls.item(item),
            template="item.html",
            origin=item.path,
            body_links=item.body.links if item.body else (),
            view=LazyView(key=key, make=functools.partial(_item_view, item, number, (newer, older), cards, beside)),
        )


def _item_view(item: Item, number: int, neighbours: _Neighbours, cards: Cards, beside: Beside) -> ItemPage:
    date = item.published_at.date()
    address, image = urls.item(item), picture(item.image, item.title)
    day = Link(text=cards.language.long_day(date), to=urls.day(date))
    newer, older = (item_link(other) if other else None for other in neighbours)
    related, archive = beside.lists(number, [item])
    lede = summary(item.excerpt, _LEDE_LENGTH)
    return ItemPage(
        head=Head(
            title=item.title,
            description=summary(item.excerpt, _DESCRIPTION_LENGTH) or item.title,
            address=address,
            kind="WebPage",
            trail=(*cards.trail(date), day),
            picture=image,
            article=publication(item),
        ),
        category=item.category or cards.language.text("item.category"),
        title=item.title,
        lede=lede,
        time=cards.time(item),
        picture=image,
        source=Link(text=item.provider.name, to=urls.source(item.provider.domain)),
        kind=cards.kind(item.kind),
        logo=picture(item.provider.logo),
        article=Link(text=weburls.host(item.web_url), to=item.web_url),
        is_video=item.type == "video",
        video=Link(text=item.video.host, to=item.video.url) if item.video else None,
        topics=cards.topic_links(item),
        body=item.body.html if item.body else "",
        body_links=tuple(urls.address_of(link.address) for link in item.body.links) if item.body else (),
        studies=study_links([item]),
        day=day,
        story=cards.story_page(number),
        related=related,
        relations=beside.relations(number),
        archive=archive,
        newer=newer,
        older=older,
    )
