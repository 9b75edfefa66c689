"""Tests of the clustering with the results of earlier builds, and with several processes."""

import random
from collections.abc import Sequence
from typing import Any
from unittest import mock

import pytest

from generator.cache.memo import Memo
from generator.content import words
from generator.content.model import Item
from generator.errors import DamagedStateError
from generator.stories import blocks
from generator.stories.blocks import ENTRIES, FEATURES, WORDS
from generator.stories.cluster import StoryClusterer
from generator.stories.comparer import Comparer
from generator.stories.incremental import ASSIGNMENTS, cluster, cluster_all
from tests.support.making import entry, keys_of
from tests.support.stories import ECG, Chance, copy, make, merging_items, number_of, values


def clustered(items: Sequence[Item], memo: Memo, **more: Any) -> Any:
    """Returns the values of a clustering with a cache and small blocks."""
    return values(cluster(items, keys_of(items), memo, block=4, **more))


def expected(items: Sequence[Item]) -> Any:
    """Returns the values of a clustering without a cache."""
    return values(cluster_all(items, block=4))


def test_a_block_holds_items_of_one_day() -> None:
    """In UTC, and at most as many as the size."""
    items = [make(number, "Title", day=day) for number, day in enumerate([0, 0, 0, 0.7, 0.7, 0.7, 2, 3])]
    assert blocks.blocks_of(items, 2) == [(0, 2), (2, 3), (3, 5), (5, 6), (6, 7), (7, 8)]
    assert blocks.blocks_of(items) == [(0, 3), (3, 6), (6, 7), (7, 8)]
    assert blocks.blocks_of([]) == []


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_number_of_processes_does_not_change_the_result(jobs: int) -> None:
    """It is that of clustering without a cache, in later builds, too."""
    items = Chance(7, 0.2).items(40)
    memo = Memo()
    assert clustered(items[:30], memo, jobs=jobs) == expected(items[:30])
    assert clustered(items, memo, jobs=jobs) == expected(items)
    assert clustered(items, memo, jobs=jobs) == expected(items)


def test_words_that_were_read_already_are_used() -> None:
    """Texts are read once, also those of related entries, and the result is the same."""
    items = Chance(7, 0.2).items(40)
    articles = [article for item in items for article in (item, *item.related)]
    known = {(one.title, one.excerpt): words.read(one.title, one.excerpt) for one in articles}
    with mock.patch("generator.content.words.read", side_effect=AssertionError):
        assert clustered(items, Memo(), known=known) == expected_with(known, items)


def expected_with(known: Any, items: Sequence[Item]) -> Any:
    """Returns the values of a clustering without a cache; its texts are known."""
    with mock.patch("generator.content.words.read", side_effect=lambda *text: known[text[:2]]):
        return expected(items)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("days_between", [0.2, 1.0, 6.0])
def test_every_cached_result_is_keyed_by_all_it_depends_on(seed: int, days_between: float) -> None:
    """A verifying memo, which makes every result again, finds no key with two results after any change."""
    chance = Chance(seed, days_between)
    items = chance.items(30)
    memo = Memo(is_verifying=True)
    for _ in range(12):
        assert clustered(items, memo) == expected(items)
        items = chance.edited(items, heat=chance.random.randrange(-1, 3))


@pytest.mark.parametrize("seed", range(3))
def test_merges_are_keyed(seed: int) -> None:
    """Whether stories are merged depends on all their items."""
    items = merging_items(seed)
    chance = random.Random(seed)  # noqa: S311 - the same edits every time
    memo = Memo(is_verifying=True)
    for _ in range(8):
        assert clustered(items, memo) == expected(items)
        one, other = chance.sample(range(len(items)), k=2)
        items[one] = copy(number_of(items[one]), items[other], day=number_of(items[one]) / 3)


@pytest.mark.parametrize("seed", range(4))
def test_fields_of_editors_are_keyed(seed: int) -> None:
    """Labels and exclusions come and go, also in items that are months apart."""
    chance = Chance(seed, 4.0)
    items = chance.items(30)
    memo = Memo(is_verifying=True)
    for _ in range(12):
        assert clustered(items, memo) == expected(items)
        label = chance.random.choice(["one", "two", None, None])
        excluded = [one.web_url for one in chance.random.sample(items, k=chance.random.randrange(3))]
        items = chance.edited(items, story=label, notSameAs=excluded or None)


@pytest.mark.parametrize("days_between", [1.0, 3.0, 8.0])
def test_results_far_from_the_first_item_are_keyed_by_all_items_in_reach(days_between: float) -> None:
    """In a large collection, early items are out of reach of the last ones; with a short reach, also in a small one."""
    chance = Chance(int(days_between), days_between)
    items = chance.items(60)
    memo = Memo(is_verifying=True)
    with (
        mock.patch("generator.stories.blocks.REACH", 12),
        mock.patch("generator.stories.comparer.REACH", 12),
        mock.patch("generator.stories.index.REACH", 12),
    ):
        for _ in range(12):
            assert clustered(items, memo) == expected(items)
            items = chance.edited(items)


def test_results_are_reused_where_nothing_that_they_depend_on_changed() -> None:
    """A change of the last day compares that day only; a change of nothing compares nothing."""
    items = Chance(5).items(40)
    memo = Memo()
    clustered(items, memo)
    with mock.patch.object(Comparer, "packed", autospec=True, side_effect=Comparer.packed) as packed:
        clustered(items, memo)
        assert packed.call_count == 0
        changed = [*items[:-1], copy(number_of(items[-1]), ECG[0], day=number_of(items[-1]))]
        assert clustered(changed, memo) == expected(changed)
    assert {call.args[1] for call in packed.call_args_list} == {39}


def test_another_list_of_an_old_item_compares_its_block_only() -> None:
    """No other comparison depends on the list. Assignments depend on it while a story can reach the item."""
    items = [make(number, f"Headline{number} of{number}", day=3 * number) for number in range(40)]
    memo = Memo()
    clustered(items, memo)
    changed = [*items]
    changed[5] = make(5, items[5].title, day=15, related=[entry(1, title=items[5].title)])
    with (
        mock.patch.object(Comparer, "packed", autospec=True, side_effect=Comparer.packed) as packed,
        mock.patch.object(StoryClusterer, "assign", autospec=True, side_effect=StoryClusterer.assign) as assign,
    ):
        assert clustered(changed, memo) == values_of_cached(changed, packed, assign)


def values_of_cached(items: Sequence[Item], packed: mock.Mock, assign: mock.Mock) -> Any:
    """Returns what is expected, and asserts that little was made."""
    assert [call.args[1] for call in packed.call_args_list] == [5]
    assert 1 <= assign.call_count <= 17
    return expected(items)


@pytest.mark.parametrize("kind", [WORDS, FEATURES, ENTRIES, ASSIGNMENTS])
def test_results_that_are_lost_are_made_again(kind: Any) -> None:
    """Whichever kind is lost: the result is the same, or the clustering asks for a build from nothing."""
    items = Chance(6, 0.4).items(30)
    memo = Memo()
    clustered(items, memo)
    chance = random.Random(1)  # noqa: S311 - the same losses every time
    found = memo._found[kind.name]
    for key in chance.sample(sorted(found), k=len(found) // 2):
        del found[key]
    assert clustered(items, memo) == expected(items)


def test_a_result_that_vanishes_during_the_clustering_is_reported() -> None:
    """Another build may remove it."""
    items = Chance(6, 0.4).items(30)
    memo = Memo()
    clustered(items, memo)
    memo._found[ASSIGNMENTS.name].clear()
    with mock.patch.object(Memo, "find", return_value=None), pytest.raises(DamagedStateError, match="build again"):
        clustered(items, memo)


def test_the_language_is_part_of_the_key_of_words() -> None:
    """Words of another language are not taken from the cache."""
    assert words.words_key(ECG[0], "en") != words.words_key(ECG[0], "de")
