"""Picks what is shown beside a story or an item: articles and stories on its subject, and the stories it answers."""

from collections.abc import Collection, Iterable, Sequence

from generator.content.model import Item
from generator.site.cards import Cards
from generator.site.views import Card, LabelledLink
from generator.util import hashing

_OF_STORY, _OF_ITEM = (6, 5), (4, 3)
"""The numbers of related articles and of earlier stories beside a story and an item."""
_LABELS = {"responds": ("item.responds", "item.disputed"), "follows": ("item.follows", "item.followed")}
"""The texts of a relation, for the later and the earlier story."""


class Beside:
    """The lists beside stories and items. Each story has one place in them, however many of its reports fit."""

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self._clustering = cards.clustering
        self._relations: dict[int, list[tuple[str, int]]] = {}
        for number, relations in cards.clustering.relations.items():
            for kind, other in relations:
                later, earlier = _LABELS[kind]
                self._relations.setdefault(number, []).append((later, other))
                self._relations.setdefault(other, []).append((earlier, number))

    def key(self, number: int, items: Iterable[Item]) -> bytes:
        """Returns the key of the lists and relations of some items of a story."""
        cards, clustering = self._cards, self._clustering
        parts: list[bytes] = [cards.year_key]
        for item in items:
            place = clustering.places[item.identity]
            related = clustering.assignments[place].related
            # An entry that reports the story and is an item of another story is on the same subject.
            for entry in (*clustering.assignments[place].same_story, *related):
                other = clustering.places.get(entry.identity)
                if other is not None:
                    parts += (b"%d" % entry.place, cards.key(clustering.numbers[other]))
            if related:
                parts += (cards.document_keys[item.name].related, *(b"%d" % entry.place for entry in related))
            parts += [cards.key(clustering.numbers[other]) for other in clustering.archive(place)]
        for label, other in self._relations.get(number, ()):
            parts += (label.encode(), cards.key(other))
        return hashing.blake2(*parts)

    def lists(
        self, number: int, items: Sequence[Item], *, own: Collection[str] | None = None
    ) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
        """Returns the cards of what is related to some items of a story, best match first, and those of the archive.

        The archive holds only stories that are older than the first of the items, and none that is related already.

        Args:
            number: of the story.
            items: the items, in the order of time.
            own: on the page of the story, the identities of the articles that it shows as reports.
        """
        most_related, most_archive = _OF_ITEM if own is None else _OF_STORY
        related = self._related(number, items, own or (), most_related)
        return tuple(related.values()), self._archive(number, items, related, most_archive)

    def _related(self, number: int, items: Sequence[Item], own: Collection[str], most: int) -> dict[int | str, Card]:
        """Returns the cards of what is related, by the number of the story or the identity of the article."""
        clustering, cards = self._clustering, self._cards
        found: dict[int | str, Card] = {}
        for item in items:
            assignment = clustering.assignment(item)
            # An entry that reports the story and is an item of another story is on the same subject.
            others = [entry for entry in assignment.same_story if entry.identity in clustering.places]
            for entry in (*others, *assignment.related):
                if len(found) == most:
                    return found
                place = clustering.places.get(entry.identity)
                other: int | str = entry.identity if place is None else clustering.numbers[place]
                if other not in found and other != number and entry.identity not in own:
                    # Only articles that are not on this site need the list, which is loaded on access.
                    found[other] = (
                        cards.article_card(item.related[entry.place]) if isinstance(other, str) else cards.card(other)
                    )
        return found

    def _archive(
        self, number: int, items: Sequence[Item], related: Collection[int | str], most: int
    ) -> tuple[Card, ...]:
        clustering = self._clustering
        first = clustering.places[items[0].identity]
        earlier = [
            clustering.numbers[place]
            for item in items
            for place in clustering.archive(clustering.places[item.identity])
            if place < first
        ]
        chosen = [other for other in dict.fromkeys(earlier) if other != number and other not in related]
        return self._cards.cards(chosen[:most])

    def relations(self, number: int) -> tuple[LabelledLink, ...]:
        """Returns the links to the stories that a story responds to or follows, and to those that do so to it."""
        text = self._cards.language.text
        return tuple(
            LabelledLink(label=text(label), link=self._cards.link(other))
            for label, other in self._relations.get(number, ())
        )
