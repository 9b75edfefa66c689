"""Explains how an item was compared with other articles: each piece of evidence in words, with its weight."""

from collections.abc import Iterator, Sequence

from generator.cache.memo import Memo
from generator.content.model import Article, Item
from generator.stories import blocks
from generator.stories.cluster import MAX_SCORE, link_score
from generator.stories.comparer import Comparer
from generator.stories.model import Clustering
from generator.stories.related import entry_weights
from generator.stories.similarity import EVIDENCE, MIN_SCORE, Weights, weights

_MOST_STORIES = 4


def reason_lines(item: Item, clustering: Clustering, language: str) -> Iterator[str]:
    """Yields lines about the stories, entries and earlier items that an item was compared with, the best ones first.

    Args:
        item: the item.
        clustering: the clustering of its collection.
        language: the language of the collection.
    """
    items, position = clustering.items, clustering.places[item.identity]
    comparer = Comparer(items, blocks.keyed(items, {}, blocks.BLOCK), Memo(), {}, language)
    block = next(one for one in comparer.blocks if one.start <= position < one.end)
    index = comparer.indexed(block.number)
    pairs, is_near = index.compare()
    own = pairs.rows == position - block.start
    others = [int(other) + index.first for other in pairs.others[own]]
    near = {other: row for other, row, is_one in zip(others, pairs.evidence[own], is_near[own], strict=True) if is_one}
    yield from _stories(position, clustering, near)
    assignment, entries = clustering.assignment(item), tuple(item.related)
    same_story, related = ({one.place for one in ones} for ones in (assignment.same_story, assignment.related))
    found = index.compare_entries(
        [comparer.text(entry) for entry in entries], [position - block.start] * len(entries), range(len(entries))
    )
    for place, row in enumerate(found.evidence):
        if place in same_story:
            yield from _compared("related entry, same story:", entries[place], row, entry_weights())
        else:
            label = "related entry, shown:" if place in related else "related entry, left out:"
            yield from _compared(label, entries[place], row, weights()["subject"])
    shown = clustering.archive(position)
    for other, row in zip(others, pairs.evidence[own], strict=True):
        if other in shown:
            yield from _compared("from the archive:", items[other], row, weights()["subject"])


def _stories(position: int, clustering: Clustering, near: dict[int, Sequence[float]]) -> Iterator[str]:
    """Yields lines about the stories that an item joined or nearly joined, each with its most similar earlier item."""
    asked = weights()["story"]
    scores = {other: _score(row, asked) for other, row in near.items()}
    of_story: dict[int, list[int]] = {}
    for other in scores:
        of_story.setdefault(clustering.numbers[other], []).append(other)
    links: dict[int, float] = {}
    for number, others in of_story.items():
        earlier = sum(other < position for other in clustering.stories.members(number))
        links[number] = link_score([min(max(scores[other], MIN_SCORE), MAX_SCORE) for other in others], earlier)
    for number in sorted(links, key=lambda one: (one != clustering.numbers[position], -links[one]))[:_MOST_STORIES]:
        best = max(of_story[number], key=lambda other: scores[other])
        is_own = number == clustering.numbers[position]
        label = "same story as:" if is_own else "almost the same story as:"
        yield from _compared(label, clustering.items[best], near[best], asked)
        yield f"    with the earlier items of that story: {_distance(links[number], asked)}"


def _compared(label: str, article: Article, row: Sequence[float], asked: Weights) -> Iterator[str]:
    yield f"{label} {article.title} ({article.provider.name})"
    yield f"    {_distance(_score(row, asked), asked)}"
    yield f"    {asked.bias:+.2f} without evidence"
    parts = [
        (float(value) * factor, text, float(value))
        for value, factor, text in zip(row, asked.factors, EVIDENCE.values(), strict=True)
        if value and factor
    ]
    for part, text, value in sorted(parts, key=lambda one: -abs(one[0])):
        yield f"    {part:+.2f} {text} ({value:.2f})"


def _score(row: Sequence[float], asked: Weights) -> float:
    return asked.bias + sum(float(value) * factor for value, factor in zip(row, asked.factors, strict=True))


def _distance(score: float, asked: Weights) -> str:
    """Returns a score, and how far it is from deciding otherwise."""
    distance = score - asked.threshold
    side = "above" if distance >= 0 else "below"
    return f"score {score:.2f}, {abs(distance):.2f} {side} the threshold of {asked.threshold:.2f}"
