"""Stories and sidebars in words: what was decided, and why. Returns; the command line prints."""

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
    "joined": "in its story, with",
    "nearly": "nearly in the story of",
    "same-story": "its own list, tells the story:",
    "related": "its own list, on the subject:",
    "left-out": "its own list, left out:",
    "archive": "from the archive:",
}


def as_json(clustering: Clustering, base_url: str) -> list[dict[str, Any]]:
    """All stories, singles included, in the order of time."""
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
    """The stories that more than one document tells, or all of them, a block each."""
    for story in clustering.stories:
        if with_singles or len(story.items) > 1:
            yield f"{story.id}  {counted(len(story.items), 'document')}, score {story.score:.2f}: {story.lead.title}"
            yield from (f"    {item.path}" for item in story.items)
    singles = sum(len(story.items) == 1 for story in clustering.stories)
    yield f"{counted(len(clustering.stories), 'story', 'stories')}, {singles} told by one document"


def item_lines(item: Item, clustering: Clustering, taxonomy: Taxonomy) -> Iterator[str]:
    """Why an item has its topics, is in its story, and why each entry stands beside it."""
    story: Story = clustering.story(item.identity)
    yield f"{item.path}: {item.title}"
    yield f"topics: {', '.join(_topics(item, taxonomy)) or 'none'}"
    yield f"story {story.id}, {counted(len(story.items), 'document')}, lead: {story.lead.path}"
    yield from (f"    {other.path}" for other in story.items if other is not item)
    if item.story:
        yield f"    an editor's word: story {item.story}"
    for note in clustering.comparisons:
        yield f"{_KINDS[note.kind]} {note.article.title} ({note.article.provider.name})"
        yield f"    score {note.score:.2f}{_evidence(note)}"


def _topics(item: Item, taxonomy: Taxonomy) -> Iterator[str]:
    """An item's topics, with the keywords by which they are found."""
    matches = [match for text in (item.title, item.excerpt) for match in taxonomy.matches(text)]
    for name in item.topics:
        keywords = dict.fromkeys(match.keyword for match in matches if match.topic.name == name)
        yield f"{name} ({' + '.join(keywords) or 'named by the document'})"


def _evidence(note: Comparison) -> str:
    """The parts of the score, largest first: evidence times weight."""
    if note.evidence is None:
        return ""
    values = structs.asdict(note.evidence)
    parts = sorted(
        ((name, value) for name, value in values.items() if value),
        key=lambda part: (-abs(part[1] * WEIGHTS[part[0]]), part[0]),
    )
    return f" = {BIAS}, " + ", ".join(f"{name} {value:.2f} x {WEIGHTS[name]:+.1f}" for name, value in parts)
