"""Tests of the related articles of an item: entries of its list, and items of the archive."""

import pytest
from msgspec import structs

from generator.content.model import Item
from generator.stories.incremental import cluster_all
from generator.stories.model import Clustering
from generator.stories.reports import coverage
from tests.support.making import entry
from tests.support.stories import ECG, MAMMOGRAMS, SEPSIS, Chance, beside, copy, make, merging_items, number_of

REPORT = entry(
    1, title="Lundgren ECG model abstains on one trace in ten", excerpt="Of the Lundgren heart clinic.",
    publishedDateTime="2025-03-03T08:00:00Z",
)  # fmt: skip
"""An entry that reports what ``ECG`` reports."""
GUIDE = {
    "title": "What an ECG model shows about the heart", "excerpt": "A guide of the heart clinic in Marwick.",
    "publishedDateTime": "2025-01-03T08:00:00Z",
}  # fmt: skip
"""The fields of an earlier entry on the subject."""
EARLIER = [copy(100 + number, ECG[0], day=-30 * number) for number in range(1, 9)]
"""Earlier items on the subject of ``ECG``, each with a source and a story of its own."""


def archive(items: list[Item], of: Item) -> list[int]:
    """Returns the numbers of the items in the list of an item."""
    return [number_of(item) for item in beside(cluster_all(items), of).archive]


def test_entries_are_sorted_into_the_story_and_its_subject() -> None:
    """Other entries are left out, and a repeated headline is listed once."""
    related = [
        REPORT,
        entry(2, title="Can terrorism be predicted with machine learning?", excerpt="Researchers built one."),
        entry(3, **GUIDE),
        entry(4, **GUIDE, quality=90),
    ]
    item = copy(1, ECG[0], related=related)
    lists = beside(cluster_all([item]), item)
    assert [article.title for article in lists.same_story] == [REPORT["title"]]
    assert [(article.title, article.quality) for article in lists.related] == [(GUIDE["title"], 90)]


def test_an_entry_on_the_subject_is_not_a_report_of_the_event() -> None:
    """Even if it was published in the same week."""
    title = "What an ECG shows about the heart"
    excerpt = "A guide for patients who wear a recorder: what the waves mean, when to call a doctor, and how to shower."
    listed = [entry(1, title=title, excerpt=excerpt, publishedDateTime="2025-03-05T08:00:00Z")]
    study = (
        "Engineers of the Lundgren clinic in Bergstad let their software abstain on one trace in ten. In a trial with "
        "9,400 recordings it missed fewer infarctions than three cardiologists, reports the Bergstad Courier."
    )
    item = make(1, ECG[0].title, study, related=listed)
    lists = beside(cluster_all([item]), item)
    assert lists.same_story == ()


def test_an_entry_of_another_month_is_not_in_the_story() -> None:
    """It is on the subject."""
    item = copy(1, ECG[0], related=[REPORT | {"publishedDateTime": "2025-01-03T08:00:00Z"}])
    lists = beside(cluster_all([item]), item)
    assert (len(lists.same_story), len(lists.related)) == (0, 1)


def test_an_entry_that_an_editor_excluded_is_not_in_the_story() -> None:
    """It is on the subject."""
    item = copy(1, ECG[0], related=[REPORT], notSameAs=[REPORT["webUrl"]])
    lists = beside(cluster_all([item]), item)
    assert (len(lists.same_story), len(lists.related)) == (0, 1)


def test_at_most_twenty_entries_on_the_subject_are_listed() -> None:
    """The best ones, in order."""
    related = [
        entry(number, **(GUIDE | {"title": f"{GUIDE['title']}: part {number}", "quality": number}))
        for number in range(30)
    ]
    item = copy(1, ECG[0], related=related)
    found = beside(cluster_all([item]), item).related
    assert [article.quality for article in found] == list(range(29, 9, -1))


def test_an_entry_is_compared_with_its_own_date() -> None:
    """The list of an earlier document may give another date for the same article."""
    dated_earlier = REPORT | {"publishedDateTime": "2024-01-01T00:00:00Z"}
    item = copy(1, ECG[0], related=[REPORT])
    earlier = make(2, "Something else", day=0, related=[dated_earlier])
    for items in ([item], [earlier, item]):
        assert len(beside(cluster_all(items), item).same_story) == 1


def test_lists_of_the_same_block_do_not_mix() -> None:
    """Entries are compared with the item in whose list they are."""
    other = entry(2, title=SEPSIS.title, excerpt=SEPSIS.excerpt, publishedDateTime="2025-03-03T08:00:00Z")
    first, second = copy(1, ECG[0], related=[REPORT, other]), copy(2, SEPSIS, related=[other, REPORT])
    clustering = cluster_all([first, make(3, "Something else"), second])
    for item, number in ((first, 1), (second, 2)):
        assert [one.web_url for one in beside(clustering, item).same_story] == [f"https://other.example.net/{number}"]
        assert len(beside(clustering, item).related) == 0


def test_the_archive_holds_earlier_items_on_the_subject() -> None:
    """At most five, and nothing that is on another subject."""
    found = archive([*EARLIER, MAMMOGRAMS, SEPSIS, ECG[0]], ECG[0])
    assert len(found) == 5
    assert set(found) < {number_of(item) for item in EARLIER}


def test_the_archive_holds_nothing_of_the_same_day_or_newer() -> None:
    """Items of one day are beside each other in lists of that day; an item of another day, in UTC, is listed."""
    denial = make(9, "No, the Lundgren clinic model that reads ECGs says nothing when it cannot", ECG[0].excerpt, day=1)
    assert archive([denial, *EARLIER[:1], copy(10, ECG[0], day=1)], denial) == [101]
    assert archive([copy(1, ECG[0], day=1), structs.replace(denial), *EARLIER[:1]], denial) == [101]
    assert archive([copy(1, ECG[0], day=0), denial], denial) == [1]
    assert archive([copy(1, ECG[0], day=40), denial], denial) == []


@pytest.mark.parametrize("seed", range(4))
def test_no_archive_breaks_a_rule(seed: int) -> None:
    """Nothing of the day or newer, of the own story, or in the lists beside it; one of a story and two of a source."""
    shared = {"provider": {"name": "Clinic", "domain": "clinic.example"}}
    chance = Chance(seed)
    items = [chance.item(number, **(shared if number % 2 else {})) for number in range(60)]
    shown = 0
    for clustering in (cluster_all(items), cluster_all(merging_items(seed))):
        for item in clustering.items:
            lists = beside(clustering, item)
            stories = [clustering.number(other.identity) for other in lists.archive]
            domains = [other.provider.domain for other in lists.archive]
            assert all(other.published_at.date() < item.published_at.date() for other in lists.archive)
            assert clustering.number(item.identity) not in stories
            assert len(set(stories)) == len(stories) <= 5
            assert all(domains.count(domain) <= 2 for domain in domains)
            listed = {entry.identity for entry in (*lists.same_story, *lists.related)}
            assert not listed & {other.identity for other in lists.archive}
            shown += len(lists.archive)
    assert shown > 60


def test_the_archive_holds_at_most_two_of_a_source() -> None:
    """Other sources follow."""
    clinic = {"name": "Clinic", "domain": "clinic.example"}
    items = [copy(200 + number, ECG[0], day=-25 * number, provider=clinic) for number in range(1, 5)]
    found = archive([*items, *EARLIER[4:6], ECG[0]], ECG[0])
    assert len(found) == 4
    assert sum(number >= 200 for number in found) == 2


def test_the_archive_holds_one_of_a_story() -> None:
    """Two reports of an earlier event are not both listed."""
    assert len(archive([EARLIER[0], copy(9, ECG[0], day=-29), ECG[0]], ECG[0])) == 1


def test_the_archive_holds_nothing_that_is_in_the_list_of_related_articles() -> None:
    """Another item takes its place."""
    first = archive([*EARLIER, ECG[0]], ECG[0])[0]
    again = next(one for one in EARLIER if number_of(one) == first)
    listed = entry(
        1, title=again.title, excerpt=again.excerpt, webUrl=again.web_url,
        publishedDateTime=again.published_at.isoformat(),
    )  # fmt: skip
    item = copy(1, ECG[0], related=[listed])
    assert [one.web_url for one in beside(cluster_all([*EARLIER, item]), item).related] == [again.web_url]
    found = archive([*EARLIER, item], item)
    assert first not in found
    assert len(found) == 5


def test_reports_of_a_story_are_counted_once() -> None:
    """An entry in several lists is one report. One that is an item of another story, or is excluded, is none."""
    other = copy(5, ECG[0], day=2, notSameAs=[ECG[0].web_url, ECG[1].web_url])
    as_entry = REPORT | {"webUrl": other.web_url}
    first = copy(1, ECG[0], related=[REPORT, as_entry])
    second = copy(2, ECG[1], related=[REPORT])
    clustering = cluster_all([first, second, other])
    assert clustering.number(first.identity) == clustering.number(second.identity) != clustering.number(other.identity)
    assert _reports(first, clustering) == [first.web_url, second.web_url, REPORT["webUrl"]]
    sources = coverage(clustering.number(first.identity), clustering).sources
    assert [one.provider.name for one in sources] == ["Source 1", "Source 2", "Other"]
    excluding = cluster_all([first, copy(2, ECG[1], notSameAs=[REPORT["webUrl"]]), other])
    assert _reports(first, excluding) == [first.web_url, second.web_url]


def _reports(item: Item, clustering: Clustering) -> list[str]:
    found = coverage(clustering.number(item.identity), clustering).reports
    return [report.article.web_url for report in found]
