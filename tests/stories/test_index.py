"""Tests of the index of terms: what is compared, how much work it is, and what the comparisons depend on."""

import array
import datetime as dt
import random
from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np
import pytest
from msgspec import structs

from generator.cache.memo import Memo
from generator.content.model import Item
from generator.stories import blocks
from generator.stories.blocks import Features
from generator.stories.comparer import Comparer
from generator.stories.evidence import Floats, Ints
from generator.stories.incremental import cluster_all
from generator.stories.index import TextIndex
from generator.stories.model import time_order
from generator.stories.similarity import EVIDENCE, weights
from tests.support.stories import ECG, MAMMOGRAMS, SEPSIS, Chance, copy, make


def comparer_of(items: Sequence[Item], size: int = 4) -> Comparer:
    """Returns a comparer of items in order of time, without a cache."""
    return Comparer(items, blocks.keyed(items, {}, size), Memo(), {}, "en")


def features_of(items: Sequence[Item], size: int = 4) -> list[Features]:
    """Returns the features of items in order of time."""
    comparer = comparer_of(items, size)
    return [one for block in comparer.blocks for one in comparer.compare(block.number)[0]]


def near(features: Features) -> list[int]:
    """Returns the distances of the items that may be in the same story."""
    return list(array.array("i", features.near))


def archive(features: Features) -> list[int]:
    """Returns the distances of the earlier items on the same subject."""
    return list(array.array("i", features.archive))


def many(count: int) -> list[Item]:
    """Returns documents of one day whose headlines have one word in common, and no summaries."""
    letters = random.Random(4)  # noqa: S311 - the same letters every time
    words = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(count)]
    template = make(1, "Headline", day=1)
    return [
        structs.replace(
            template,
            title=f"hospital {words[number]} {words[number * 7 % count]} {words[number * 11 % count]}",
            excerpt="",
            identity=f"source{number}.example/{number}",
            name=f"{number}.md",
            published_at=template.published_at + dt.timedelta(seconds=number),
        )
        for number in range(count)
    ]


def test_ten_thousand_documents_of_one_day_take_linear_work() -> None:
    """Each term of an item is found in at most 128 earlier items, and at most 72 of these are compared further."""
    shared: list[int] = []
    compared: list[int] = []
    find, evidence = TextIndex._find_shared, TextIndex._evidence

    def find_and_count(self: TextIndex, first: int, low: int) -> tuple[Ints, Ints]:
        found = find(self, first, low)
        shared.append(len(found[0]))
        return found

    def count_evidence(self: TextIndex, first: Ints, *more: Any) -> Floats:
        compared.append(len(first))
        return evidence(self, first, *more)

    with (
        mock.patch.object(TextIndex, "_find_shared", find_and_count),
        mock.patch.object(TextIndex, "_evidence", count_evidence),
    ):
        clustering = cluster_all(many(10_000))
    assert len(clustering.items) == 10_000
    assert 128 * 9_000 < sum(shared) < 132 * 10_000
    assert sum(compared) <= 72 * 10_000


def test_items_are_near_for_21_days() -> None:
    """Later copies of a text have no score, but are on the same subject."""
    items = [ECG[0], copy(7, ECG[0], day=21), copy(8, ECG[0], day=23)]
    assert [near(one) for one in features_of(items)] == [[], [1], [1]]
    assert [archive(one) for one in features_of(items)] == [[], [1], [1, 2]]


def test_items_of_the_same_day_are_not_in_the_archive() -> None:
    """The day is that in UTC, even if the block has begun earlier."""
    items = [copy(number, ECG[0], day=day) for number, day in enumerate([0.5, 0.6, 0.7, 0.8])]
    # 8 o'clock and half a day is 20 o'clock; the last two are of the next day.
    assert [archive(one) for one in features_of(items)] == [[], [], [1, 2], [2, 3]]


def test_features_do_not_depend_on_later_items() -> None:
    """The features of a block are the same whatever follows."""
    items = sorted(Chance(1, 0.5).items(60), key=time_order)
    everything = features_of(items)
    for _, end in blocks.blocks_of(items, 4)[::3]:
        assert features_of(items[:end]) == everything[:end]


@pytest.mark.parametrize("days_between", [0.3, 3.0])
def test_an_index_that_begins_at_any_block_gives_the_same_features(days_between: float) -> None:
    """Each worker compares some of the blocks and makes its own index of the items before these."""
    items = sorted(Chance(2, days_between).items(60), key=time_order)
    comparer = comparer_of(items)
    expected = [comparer.compare(block.number) for block in comparer.blocks]
    for block in comparer.blocks:
        assert comparer_of(items).compare(block.number) == expected[block.number]
    skipping = comparer_of(items)
    for block in comparer.blocks[::4]:
        assert skipping.compare(block.number) == expected[block.number]


@pytest.mark.parametrize("days_between", [0.2, 1.0, 3.0, 8.0])
def test_an_index_of_the_items_in_reach_gives_the_features_of_an_index_of_all(days_between: float) -> None:
    """The index that a worker begins far from the first item holds all items that affect the comparisons."""
    items = sorted(Chance(3, days_between).items(80), key=time_order)
    with (
        mock.patch("generator.stories.blocks.REACH", 12),
        mock.patch("generator.stories.comparer.REACH", 12),
        mock.patch("generator.stories.index.REACH", 12),
    ):
        comparer = comparer_of(items)
        expected = [comparer.compare(block.number) for block in comparer.blocks]
        for block in comparer.blocks:
            assert comparer_of(items).compare(block.number) == expected[block.number], block


def test_the_size_of_blocks_changes_no_comparison_of_equal_weights() -> None:
    """Items on days of their own are blocks of their own, whatever the most items of a block."""
    items = Chance(4).items(40)
    assert features_of(items, 4) == features_of(items, 64)


def test_a_rare_term_weighs_more_than_one_of_many_items() -> None:
    """The weight of a term falls with the number of earlier items that contain it, and a common word has a limit."""
    items = [make(number, f"Marwick word{number}", day=number) for number in range(50)]
    found = [list(array.array("H", one.weights)) for one in features_of(items)]
    marwick, rare = [one[0] for one in found], [one[1] for one in found]
    assert marwick == sorted(marwick, reverse=True)
    assert marwick[0] > 2 * marwick[-1]
    assert rare == sorted(rare)
    (common,) = features_of([make(1, "Hospital Marwick")])
    hospital, name = array.array("H", common.weights)
    assert hospital < name


def test_a_publisher_that_repeats_itself_has_a_habit() -> None:
    """Items that are similar to those of earlier weeks say little about their event."""
    weekly = [
        make(number, "The weekly Orbis bulletin", f"Notes of ward {number}.", day=7 * number) for number in range(9)
    ]
    habits = [one.habit for one in features_of(weekly)]
    assert habits[:3] == [0.0, 0.0, 0.0]
    assert habits[-1] > 0.5
    assert features_of([*weekly, copy(20, SEPSIS, day=70)])[-1].habit < 0.1


def test_a_pair_of_copies_has_the_evidence_of_copies() -> None:
    """Equal texts have a similarity of 1 and nothing missing; other texts share nothing."""
    items = sorted([ECG[0], copy(7, ECG[0], day=2), copy(8, MAMMOGRAMS, day=3)], key=time_order)
    comparer = comparer_of(items)
    pairs, is_near = comparer.indexed(1).compare()
    assert (pairs.rows.tolist(), pairs.others.tolist(), is_near.tolist()) == ([0], [0], [True])
    found = dict(zip(EVIDENCE, pairs.evidence[0].tolist(), strict=True))
    assert found["text"] == pytest.approx(1.0, abs=0.01)
    assert found["same_headline"] == 1.0
    assert found["same_publisher"] == found["missing"] == found["missing_names"] == 0.0
    assert comparer.indexed(2).compare()[0].others.size == 0


def test_evidence_and_weights_have_the_same_names() -> None:
    """A misspelt name in the file of weights would be ignored."""
    assert set(weights()) == {"story", "subject"}
    for one in weights().values():
        assert set(one.evidence) <= set(EVIDENCE)
    comparer = comparer_of(ECG)
    assert comparer.indexed(0).compare()[0].evidence.shape[1] == len(EVIDENCE)


def test_scores_are_multiples_of_a_unit() -> None:
    """They are whole numbers, so no rounding error decides, and they have the sign of the log-odds."""
    comparer = comparer_of(ECG)
    pairs = comparer.indexed(0).compare()[0]
    scores = pairs.scores(weights()["story"])
    assert scores.dtype == np.intp
    assert scores.min() > 0
