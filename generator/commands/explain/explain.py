"""Describes stories and related entries as text, with the reasons for each decision."""

from collections.abc import Iterator
from typing import Any

from msgspec import structs

from generator.content import urls
from generator.content.model import Item
from generator.content.topics import Taxonomy
from generator.stories.model import Clustering, Story
from generator.stories.similarity import BIAS, WEIGHTS, Comparison
from generator.util.text import counted

_KINDS = {
    "joined": "same story as:",
    "nearly": "almost the same story as:",
    "same-story": "related entry, same story:",
    "related": "related entry, shown:",
    "left-out": "related entry, left out:",
    "archive": "from the archive:",
}
"""The label of each kind of comparison."""


def as_json(clustering: Clustering, base_url: str) -> list[dict[str, Any]]:
    """Returns all stories for ``--format json``, in the order of time."""
    return [
        {
            "id": story.id,
            "url": urls.absolute(urls.item(story.lead), base_url),
            "lead": story.lead.path,
            "documents": [item.path for item in story.items],
            "score": round(story.score, 3),
        }
        for story in clustering.stories
    ]


def story_lines(clustering: Clustering, *, with_singles: bool = False) -> Iterator[str]:
    """Yields a block of lines for each story with more than one document, or for all, and a line of totals."""
    for story in clustering.stories:
        if with_singles or len(story.items) > 1:
            yield f"{story.id}  {counted(len(story.items), 'document')}, score {story.score:.2f}: {story.lead.title}"
            yield from (f"    {item.path}" for item in story.items)
    singles = sum(len(story.items) == 1 for story in clustering.stories)
    yield f"{counted(len(clustering.stories), 'story', 'stories')}, {singles} with a single document"


def item_lines(item: Item, clustering: Clustering, taxonomy: Taxonomy) -> Iterator[str]:
    """Yields lines about an item's topics, its story and its related entries, with keywords and scores."""
    story: Story = clustering.story(item.identity)
    yield f"{item.path}: {item.title}"
    yield f"topics: {', '.join(_topics(item, taxonomy)) or 'none'}"
    yield f"story {story.id}, {counted(len(story.items), 'document')}, lead: {story.lead.path}"
    yield from (f"    {other.path}" for other in story.items if other is not item)
    if item.story:
        yield f"    assigned by the field `story: {item.story}`"
    for comparison in clustering.comparisons:
        yield f"{_KINDS[comparison.kind]} {comparison.article.title} ({comparison.article.provider.name})"
        yield f"    score {comparison.score:.2f}{_evidence(comparison)}"


def _topics(item: Item, taxonomy: Taxonomy) -> Iterator[str]:
    matches = [match for text in (item.title, item.excerpt) for match in taxonomy.matches(text)]
    for name in item.topics:
        keywords = dict.fromkeys(match.keyword for match in matches if match.topic.name == name)
        yield f"{name} ({' + '.join(keywords) or 'named by the document'})"


def _evidence(comparison: Comparison) -> str:
    """Returns the terms of the score, largest first, each as evidence times weight; empty without evidence."""
    if comparison.evidence is None:
        return ""
    values = structs.asdict(comparison.evidence)
    parts = sorted(
        ((name, value) for name, value in values.items() if value),
        key=lambda part: (-abs(part[1] * WEIGHTS[part[0]]), part[0]),
    )
    return f" = {BIAS}, " + ", ".join(f"{name} {value:.2f} x {WEIGHTS[name]:+.1f}" for name, value in parts)
