"""Tests of the clustering into stories, of their merges, and of the relations between them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from generator.content.model import Item
from generator.stories.cluster import link_score
from generator.stories.incremental import cluster_all
from generator.stories.model import Clustering, time_order
from generator.stories.similarity import MIN_SCORE, weights
from generator.util.text import short_hash
from tests.support.making import document, entry, read
from tests.support.stories import (
    ECG,
    MAMMOGRAMS,
    PARTS,
    SEPSIS,
    WHOLE,
    Chance,
    beside,
    copy,
    make,
    merging_items,
    numbers,
    values,
)


def related(clustering: Clustering) -> set[tuple[int, str, int]]:
    """Returns the relations as the number of a story, the kind, and the number of an earlier story."""
    return {
        (number, kind, other) for number, relations in clustering.relations.items() for kind, other in relations
    }  # fmt: skip


def test_reports_of_one_event_are_one_story() -> None:
    """Reports by different publishers in different words form one story; other subjects form other stories."""
    assert numbers(cluster_all([*ECG, SEPSIS, MAMMOGRAMS])) == {frozenset({1, 2, 3}), frozenset({4}), frozenset({5})}


def test_a_common_subject_is_not_enough_for_a_story() -> None:
    """Two studies on mammograms are two stories, even if they share many common words of the field."""
    other = make(
        6, "Artificial intelligence predicts the risk of breast cancer in women", "A model reads mammograms.", day=12
    )
    assert numbers(cluster_all([MAMMOGRAMS, other])) == {frozenset({5}), frozenset({6})}


def test_a_series_of_one_publisher_is_not_one_story() -> None:
    """Announcements of one publisher whose headlines differ in one word are different stories."""
    provider = {"name": "Vendor", "domain": "vendor.example"}
    items = [
        make(
            number,
            f"{product} for Orbis Imaging | preview",
            f"{product} for Orbis Imaging is now in preview.",
            provider=provider,
        )
        for number, product in enumerate(["Quantix", "Radiant", "Sonare", "Tomovis"])
    ]
    assert len(cluster_all(items).stories) == 4


@pytest.mark.parametrize(
    ("headline", "stories"), [("Orbis Imaging updates for June", 2), ("Orbis Imaging updates for April", 1)]
)
def test_a_later_part_of_a_series_is_not_one_story_with_the_first(headline: str, stories: int) -> None:
    """A publisher that names another month days later reports something else, but it may repeat a headline."""
    provider = {"name": "Vendor", "domain": "vendor.example"}
    summary = "Quantix for Orbis Imaging reads files of Sonare scanners and has a new viewer."
    items = [
        make(1, "Orbis Imaging updates for April", summary, day=1, provider=provider),
        make(2, headline, summary, day=16, provider=provider),
    ]
    assert len(cluster_all(items).stories) == stories


def test_reports_of_one_event_round_its_numbers_in_different_ways() -> None:
    """A large number in a headline names no event, so a report without it is a report of the same event."""
    items = [
        make(
            1, "Lundgren clinic warns of flaw in Orbis archive", "Scans in the Orbis archive were open to all.", day=1
        ),
        make(
            2, "Lundgren clinic warns 4000 patients of flaw in Orbis", "The archive of Orbis let all read scans.", day=2
        ),
    ]
    assert len(cluster_all(items).stories) == 1


def test_a_later_event_with_the_same_actors_is_another_story() -> None:
    """A lawsuit over a model is not a report of the study of that model."""
    suit = make(
        13,
        "Lundgren clinic sues start-up over patent",
        "A court in Bergstad is to decide whether software of a company from the harbour district was copied, and who "
        "owes four million in damages; its founders deny everything.",
        day=6,
    )
    clustering = cluster_all([*ECG, suit])
    assert numbers(clustering) == {frozenset({1, 2, 3}), frozenset({13})}


@pytest.mark.parametrize("day", [1, 3])
def test_a_denial_is_another_story_that_responds(day: int) -> None:
    """A headline that begins with `No, …` is about a report and not about the event."""
    claim = make(1, "Harrow model can tell a patient's age from X-rays", "Harrow researchers built it.")
    denial = make(
        2, "No, Harrow's model cannot tell a person's age from X-rays", "It would be a breakthrough.", day=day
    )
    clustering = cluster_all([claim, denial, SEPSIS])
    assert clustering.number(claim.identity) != clustering.number(denial.identity)
    assert related(clustering) == {(clustering.number(denial.identity), "responds", 0)}


def test_reports_of_a_denial_are_one_story() -> None:
    """A report that repeats a denial joins it, and not the claim."""
    claim = make(1, "Harrow model can tell a patient's age from X-rays", "Harrow researchers built it.")
    denials = [
        make(number, "No, Harrow's model cannot tell a person's age from X-rays", "It would be a breakthrough.", day=3)
        for number in (2, 3)
    ]
    assert numbers(cluster_all([claim, *denials])) == {frozenset({1}), frozenset({2, 3})}


def test_a_denial_of_something_else_responds_to_nothing() -> None:
    """A denial is related only to a story that it is similar to."""
    denial = make(2, "No, Harrow's model cannot tell a person's age from X-rays", "It would be a breakthrough.", day=3)
    assert related(cluster_all([*ECG, SEPSIS, denial])) == set()


def test_the_same_text_a_month_later_is_another_story() -> None:
    """Articles more than 21 days apart are never compared."""
    assert numbers(cluster_all([ECG[0], copy(9, ECG[0], day=21)])) == {frozenset({1, 9})}
    assert numbers(cluster_all([ECG[0], copy(9, ECG[0], day=23)])) == {frozenset({1}), frozenset({9})}


def test_a_story_ends_after_45_days() -> None:
    """A text that is repeated every 20 days begins a new story in time, and this follows the earlier one."""
    clustering = cluster_all([copy(number, ECG[0], day=20 * number) for number in range(5)])
    assert numbers(clustering) == {frozenset({0, 1, 2}), frozenset({3, 4})}
    assert related(clustering) == {(1, "follows", 0)}


def test_stories_with_an_entry_in_common_are_related() -> None:
    """A story follows an earlier one if one article in the lists of both reports both events."""
    shared = entry(1, title=ECG[0].title, excerpt=ECG[0].excerpt, publishedDateTime="2025-03-17T08:00:00Z")
    first, second = copy(1, ECG[0], day=0, related=[shared]), copy(2, ECG[0], day=30, related=[shared])
    assert related(cluster_all([first, second])) == {(1, "follows", 0)}
    assert related(cluster_all([copy(1, ECG[0], day=0), second])) == set()


def test_a_chain_of_similar_reports_is_not_one_story() -> None:
    """The score of a pair must be high, and the mean of all pairs not too low."""
    threshold = weights()["story"].threshold
    assert link_score([5.0], 1) == 5.0
    assert link_score([5.0], 4) > threshold > link_score([5.0], 6)
    assert link_score([5.0, 5.0], 6) > threshold
    assert link_score([], 3) == MIN_SCORE


def test_reports_that_each_repeat_half_of_the_last_one_are_several_stories() -> None:
    """In a chain, the first and the last report have nothing in common."""
    chance = random.Random(3)  # noqa: S311 - the same letters every time
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(60)]
    chain = [make(number, " ".join(words[3 * number :][:6]), day=number) for number in range(16)]
    stories = cluster_all(chain).stories
    assert 1 < len(stories) < 16
    assert max(len(story.items) for story in stories) <= 8


def test_a_later_item_merges_two_stories() -> None:
    """The merged story has the id of the earliest one. The id of the other one is an alias."""
    assert numbers(cluster_all([*PARTS, MAMMOGRAMS])) == {frozenset({21}), frozenset({22}), frozenset({5})}
    clustering = cluster_all([*PARTS, WHOLE])
    (story,) = clustering.stories
    assert story.items == (*PARTS, WHOLE)
    assert story.id == short_hash(PARTS[0].identity)
    assert story.aliases == (short_hash(PARTS[1].identity),)
    assert clustering.relations == {}
    assert cluster_all(PARTS).stories[0].aliases == ()


@pytest.mark.parametrize("number", [0, 1])
def test_editors_prevent_a_merge(number: int) -> None:
    """Stories with items that `notSameAs` separates stay apart, whichever of the two items has the field."""
    other = PARTS[1 - number].web_url
    parts = [structs.replace(part) for part in PARTS]
    parts[number] = copy(21 + number, PARTS[number], day=1 + number, notSameAs=[other])
    assert len(cluster_all([*parts, WHOLE]).stories) == 2


def test_an_item_that_joins_after_a_merge_joins_the_merged_story() -> None:
    """It does so whichever of the earlier stories it resembles."""
    late = copy(24, PARTS[1], day=4)
    (story,) = cluster_all([*PARTS, WHOLE, late]).stories
    assert story.items[-1] is late


def test_editors_join_items_by_a_label() -> None:
    """The field `story` joins items with the same label, or those whose id or slug it is, at any time."""
    joined = [make(1, "Apples and pears", story="Fruit"), make(2, "The price of steel", story="fruit", day=50)]
    assert numbers(cluster_all(joined)) == {frozenset({1, 2})}
    first = cluster_all([SEPSIS]).stories[0]
    assert numbers(cluster_all([SEPSIS, make(7, "Entirely else", story=first.id, day=3)])) == {frozenset({4, 7})}
    # The label may also be the id or slug of a later item.
    early = make(20, "Entirely else", story="what-comes", day=1)
    assert numbers(cluster_all([early, make(21, "Another matter", slug="what-comes", day=9)])) == {frozenset({20, 21})}


def test_an_item_with_a_label_joins_no_other_story() -> None:
    """A label that nothing else has begins a story, even for a copy of an earlier text."""
    assert numbers(cluster_all([ECG[0], copy(8, ECG[0], day=2, story="of-its-own")])) == {
        frozenset({1}),
        frozenset({8}),
    }


def test_editors_separate_items() -> None:
    """`notSameAs` of either item separates items that would be joined, and wins over a label."""
    for day in (0, 2):
        separated = copy(8, ECG[0], day=day, notSameAs=[ECG[0].web_url])
        assert numbers(cluster_all([ECG[0], separated])) == {frozenset({1}), frozenset({8})}
    story = short_hash(SEPSIS.identity)
    both = make(7, "Entirely else", story=story, day=3, notSameAs=[SEPSIS.web_url])
    assert numbers(cluster_all([SEPSIS, both])) == {frozenset({4}), frozenset({7})}


def test_invalid_urls_in_not_same_as_are_errors() -> None:
    """Each value of `notSameAs` that is not a URL has a diagnostic of its own."""
    parsed = read(document(notSameAs=["nowhere", 5]))
    assert parsed.item is None
    assert len(parsed.diagnostics) == 2


def test_the_label_of_a_story_may_be_long_but_not_empty() -> None:
    """A slug of any length is a valid label. A label without letters and digits is an error."""
    slug = "-".join(["word"] * 24)
    first = make(1, "Apples and pears", slug=slug)
    assert len(cluster_all([first, make(2, "The price of steel", story=slug, day=9)]).stories) == 1
    assert read(document(story="!?")).item is None


def test_the_lead_is_the_item_with_a_picture_whatever_heat_and_quality() -> None:
    """The id of the story is that of its earliest item and does not depend on the lead."""
    image = [{"url": "https://e.org/a.png", "width": 900, "height": 600}]
    items = [
        copy(1, ECG[0], heat=5, quality=90),
        copy(2, ECG[1], heat=5, quality=10),
        copy(3, ECG[2], heat=-1, images=image),
    ]
    (story,) = cluster_all(items).stories
    assert story.lead.name == "3.md"
    assert story.items[0].name == "1.md"
    assert story.id == short_hash(items[0].identity)
    assert story.score > 0


def test_the_score_of_a_story_is_the_mean_score_of_the_items_that_joined() -> None:
    """An item that begins a story has no score, and neither has a story of one item."""
    clustering = cluster_all([*ECG, SEPSIS])
    first, second, third = (clustering.assignment(item).score for item in ECG)
    assert first == 0.0
    assert clustering.story(ECG[0].identity).score == pytest.approx((second + third) / 2)
    assert clustering.story(SEPSIS.identity).score == 0.0


POOL = [
    *ECG, SEPSIS, MAMMOGRAMS, *PARTS, WHOLE,
    make(10, "Sepsis alarm at Marwick hospital cuts deaths", "The bedside alarm was tried by nurses.", day=3),
    make(11, "Why hospitals buy models they cannot test", "", day=4),
    make(12, "Why hospitals buy models they cannot test", "", day=5),
    make(13, "Lundgren clinic sues over ECG patent", "The heart clinic says its model was copied.", day=6),
    make(14, "药物发现的新模型", "一个新的模型。", day=6),
    make(15, "No, the ECG model of the Lundgren clinic does not know what it does not know", "", day=7),
]  # fmt: skip


@given(st.permutations(POOL))
@settings(max_examples=40)
def test_the_order_of_the_input_does_not_change_the_result(items: list[Item]) -> None:
    """Every item is in one story."""
    clustering = cluster_all(items)
    assert values(clustering) == values(cluster_all(POOL))
    found = sorted(item.name for story in clustering.stories for item in story.items)
    assert found == sorted(item.name for item in POOL)


@pytest.mark.parametrize("items", [POOL, Chance(0).items(40), *map(merging_items, range(3))])
def test_later_items_change_nothing_but_merges(items: list[Item]) -> None:
    """What was one story stays so, and its id is the id or an alias of the later story.

    The lists of an item stay the same, too. Only earlier items that became its story leave the list of the archive, and
    of several that became one story the best one remains.
    """
    ordered = sorted(items, key=time_order)
    late = cluster_all(items)
    for count in range(1, len(ordered)):
        early = cluster_all(ordered[:count])
        assert list(early.assignments) == list(late.assignments[:count])
        for item in ordered[:count]:
            story = late.story(item.identity)
            assert early.story(item.identity).id in {story.id, *story.aliases}
            before, after = beside(early, item), beside(late, item)
            assert (before.same_story, before.related) == (after.same_story, after.related)
            assert [one for one in before.archive if one in after.archive] == list(after.archive)
            kept = {late.number(one.identity) for one in after.archive} | {late.number(item.identity)}
            assert all(late.number(one.identity) in kept for one in before.archive)


def test_items_become_one_story_with_items_of_their_archive() -> None:
    """Merges happen in the examples of the test above, and items leave lists; else it would test little."""
    merged = left = 0
    for seed in range(3):
        clustering = cluster_all(merging_items(seed))
        merged += sum(len(story.aliases) for story in clustering.stories)
        for position, assignment in enumerate(clustering.assignments):
            left += len(assignment.archive) - len(clustering.archive(position))
    assert merged > 0
    assert left > 0


def test_two_hundred_identical_documents_are_one_story() -> None:
    """Syndicated copies are one story, however many there are."""
    items = [copy(number, ECG[0], day=number / 100) for number in range(200)]
    assert len(cluster_all(items).stories) == 1


def test_items_without_any_term_are_stories_of_their_own() -> None:
    """Texts of stop words only, or of none, are similar to nothing."""
    items = [make(number, title, day=number // 2) for number, title in enumerate(["And the", "The and", "?!", "We"])]
    assert len(cluster_all([*items, SEPSIS]).stories) == 5
    assert len(cluster_all(items).stories) == 4


def test_no_items_have_no_stories() -> None:
    """A site may be empty."""
    assert len(cluster_all([]).stories) == 0
