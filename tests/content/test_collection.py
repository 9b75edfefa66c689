"""Selecting, sorting and grouping items, and cutting lists into pages."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.collection import Selection, group, select
from generator.content.model import Item
from generator.site.pagination import paginate
from tests.support.making import document, read

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def make(number: int, **changes: Any) -> Item:
    """Returns an item whose article has an address of its own."""
    changes.setdefault("webUrl", f"https://news.example.org/{number}")
    parsed = read(document(**changes), name=f"{number}.md")
    assert parsed.item
    return parsed.item


@pytest.mark.parametrize(
    ("changes", "options", "reason"),
    [
        ({"removed": True}, {}, "removed"),
        ({"draft": True}, {}, "draft"),
        ({"draft": True}, {"with_drafts": True}, None),
        ({"publishedDateTime": "2026-01-01T00:00:01Z"}, {}, "future"),
        ({"publishedDateTime": "2026-01-01T00:00:00Z"}, {}, None),
        ({"publishedDateTime": "2027-01-01T00:00:01Z"}, {"with_future": True}, None),
        ({"published": False}, {}, None),
        ({"published": False}, {"with_unpromoted": False}, "unpromoted"),
        ({"published": True}, {"with_unpromoted": False}, None),
    ],
)
def test_selection(changes: dict[str, Any], options: dict[str, bool], reason: str | None) -> None:
    """Removed items are always left out, drafts and future items by default. `published: false` is not a draft flag."""
    selected = select([make(1, **changes)], Selection(now=NOW, **options))
    assert dict(selected.left_out) == ({reason: 1} if reason else {})
    assert len(selected.items) == (0 if reason else 1)


def test_the_better_of_two_documents_of_one_article_is_selected() -> None:
    """The other one is reported. The order of the input does not matter."""
    good, bad = make(1, quality=50, webUrl="https://e.org/a"), make(2, quality=40, webUrl="http://www.e.org/a?utm_id=1")
    for items in ([good, bad], [bad, good]):
        selected = select(items, Selection(now=NOW))
        assert selected.items == (good,)
        assert dict(selected.left_out) == {"duplicate": 1}
        (diagnostic,) = selected.diagnostics
        assert (diagnostic.path, diagnostic.is_error) == (bad.path, False)
        assert good.path in diagnostic.message


def test_a_removed_document_does_not_hide_another_of_its_article() -> None:
    """Only documents that are on the site count as duplicates."""
    removed, other = make(1, quality=99, removed=True, webUrl="https://e.org/a"), make(2, webUrl="https://e.org/a")
    assert select([removed, other], Selection(now=NOW)).items == (other,)


def test_items_are_sorted_newest_first() -> None:
    """Items of the same time are sorted by quality. The order of the input does not matter."""
    items = [
        make(1, publishedDateTime="2025-03-14T09:00:00Z", quality=1),
        make(2, publishedDateTime="2025-03-14T09:00:00Z", quality=9),
        make(3, publishedDateTime="2025-03-15T09:00:00Z"),
        make(4, publishedDateTime="2025-03-14T09:00:00Z", quality=1),
    ]
    selected = select(items, Selection(now=NOW)).items
    assert selected == select(reversed(items), Selection(now=NOW)).items
    assert [item.name for item in selected[:2]] == ["3.md", "2.md"]


def test_spellings_of_a_topic_are_merged_under_the_most_common_one() -> None:
    """Case, spacing and punctuation make no difference. C++ and C# are different topics."""
    items = [
        make(1, topics=["AI in Healthcare", "C++"]),
        make(2, topics=["AI in Healthcare", "C#"]),
        make(3, topics=["ai  in healthcare", "AI-in-Healthcare"]),
        make(4, topics=["💡"]),
    ]
    topics = {topic.slug: topic for topic in group(items).topics}
    assert topics["ai-in-healthcare"].name == "AI in Healthcare"
    assert len(topics["ai-in-healthcare"].items) == 3
    assert {"c-plus-plus", "c-sharp"} < set(topics)
    assert sum(slug.startswith("topic-") for slug in topics) == 1


def test_days_are_in_the_time_zone_of_the_items() -> None:
    """The evening in New York is the next day in UTC, in which the items are."""
    collection = group([make(1, publishedDateTime="2025-12-31T23:30:00-05:00")])
    assert [day.date for day in collection.days] == [dt.date(2026, 1, 1)]
    assert [(month.year, month.month, month.count) for month in collection.months] == [(2026, 1, 1)]
    assert [(year.year, year.count) for year in collection.years] == [(2026, 1)]


def test_sources_are_identified_by_domain() -> None:
    """A source has the most common name of its items."""
    items = [
        make(1, provider={"name": "Morning Star", "domain": "star.example"}),
        make(2, provider={"name": "Morning Star", "domain": "www.star.example"}),
        make(3, provider={"name": "Morning%20Star", "domain": "star.example"}),
    ]
    (source,) = group(items).sources
    assert (source.name, source.domain, len(source.items)) == ("Morning Star", "star.example", 3)


@given(st.integers(0, 200), st.integers(1, 40))
def test_pages_contain_every_value_once_in_order(count: int, size: int) -> None:
    """The pages from newest to oldest are the list, whatever its length."""
    values = list(range(count))
    slices = paginate(values, size)
    assert [value for part in slices for value in part.values] == values
    assert slices[0].number is None
    assert all(len(part.values) == size for part in slices[1:])
    assert len(slices[0].values) < 2 * size


@given(st.integers(0, 200), st.integers(1, 40))
def test_a_numbered_page_does_not_change(count: int, size: int) -> None:
    """A new entry at the newest end does not change the entries of numbered pages."""
    before = {part.number: part.values for part in paginate(list(range(count)), size)[1:]}
    after = {part.number: part.values for part in paginate(list(range(-1, count)), size)[1:]}
    assert before.items() <= after.items()


@given(st.integers(0, 200), st.integers(1, 40))
def test_pages_link_to_one_another(count: int, size: int) -> None:
    """Following "older" from the newest page visits all pages, and "newer" leads back."""
    slices = {part.number: part for part in paginate(list(range(count)), size)}
    visited: list[int | None] = []
    number = None
    while True:
        visited.append(number)
        if slices[number].older is None:
            break
        assert slices[slices[number].older].newer == number
        number = slices[number].older
    assert len(visited) == len(slices)
