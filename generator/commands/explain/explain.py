"""Describes stories and related entries as text, with the reasons for each decision."""

from collections.abc import Iterator
from typing import Any

from generator.commands.explain.reasons import reason_lines
from generator.content import urls
from generator.content.model import Item
from generator.content.topics import Taxonomy
from generator.stories.model import Clustering, Story
from generator.util.text import counted

_RELATIONS = {"responds": "responds to:", "follows": "follows:"}


def as_json(clustering: Clustering, base_url: str) -> list[dict[str, Any]]:
    """Returns all stories for ``--format json``, in the order of time."""
    return [
        {
            "id": story.id,
            "aliases": list(story.aliases),
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


def item_lines(item: Item, clustering: Clustering, taxonomy: Taxonomy, language: str) -> Iterator[str]:
    """Yields lines about an item's topics, its story and its related entries, with keywords and scores."""
    story: Story = clustering.story(item.identity)
    yield f"{item.path}: {item.title}"
    yield f"topics: {', '.join(_topics(item, taxonomy)) or 'none'}"
    yield f"story {story.id}, {counted(len(story.items), 'document')}, lead: {story.lead.path}"
    yield from (f"    {other.path}" for other in story.items if other is not item)
    if item.story:
        yield f"    assigned by the field `story: {item.story}`"
    for kind, number in clustering.relations.get(clustering.number(item.identity), ()):
        yield f"{_RELATIONS[kind]} {clustering.stories[number].lead.path}: {clustering.stories[number].lead.title}"
    yield from reason_lines(item, clustering, language)


def _topics(item: Item, taxonomy: Taxonomy) -> Iterator[str]:
    matches = [match for text in (item.title, item.excerpt) for match in taxonomy.matches(text)]
    for name in item.topics:
        keywords = dict.fromkeys(match.keyword for match in matches if match.topic.name == name)
        yield f"{name} ({' + '.join(keywords) or 'named by the document'})"
