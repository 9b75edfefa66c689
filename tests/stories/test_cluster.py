"""Tests of the clustering into stories, of related articles, and of the commands that show both."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from generator.cache.memo import Memo
from generator.config import language
from generator.content.model import Item
from generator.content.terms import analyse
from generator.content.terms import read as read_terms
from generator.site.cards import Cards
from generator.stories import incremental
from generator.stories.cluster import StoryClusterer
from generator.stories.incremental import cluster, cluster_all, is_state_cached
from generator.stories.model import Assignment, Clustering, Story
from generator.stories.similarity import BIAS, WEIGHTS, Evidence, InverseDocumentFrequency, Profile, compare
from generator.stories.subjects import shared_subjects, subject_of
from tests.support.making import SiteFolder, document, entry, keys_of, read, run


def make(number: int, title: str, excerpt: str = "", day: int = 1, **changes: Any) -> Item:
    """Returns an item with an article and a publisher of its own."""
    changes.setdefault("webUrl", f"https://source{number}.example/{number}")
    changes.setdefault("provider", {"name": f"Source {number}", "domain": f"source{number}.example"})
    at = dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC) + dt.timedelta(days=day, minutes=number)
    parsed = read(
        document(title=title, excerpt=excerpt, publishedDateTime=at.isoformat(), **changes), name=f"{number}.md"
    )
    assert parsed.item
    return parsed.item


def numbers(clustering: Clustering) -> set[frozenset[int]]:
    """Returns the stories as sets of the numbers of their items."""
    return {frozenset(int(item.name.removesuffix(".md")) for item in story.items) for story in clustering.stories}


ECG = [
    make(1, "Lundgren clinic model reads ECGs and says when it cannot",
         "The Lundgren heart clinic has trained a model that abstains on one trace in ten."),
    make(2, "Model that abstains: Lundgren's ECG reader errs less",
         "An ECG model of the Lundgren heart clinic abstains on one trace in ten and errs less."),
    make(3, "ECG model knows what it does not know", day=3,
         excerpt="The model, trained at the Lundgren heart clinic, abstains on one trace in ten."),
]  # fmt: skip
SEPSIS = make(
    4, "Bedside alarm for sepsis cuts deaths at Marwick", "Nurses at Marwick hospital tried the alarm.", day=2
)
MAMMOGRAMS = make(5, "Deep learning model predicts breast cancer risk", "A new study of mammograms of women.", day=2)


def test_reports_of_one_event_are_one_story() -> None:
    """Reports by different publishers in different words form one story; other subjects form other stories."""
    assert numbers(cluster_all([*ECG, SEPSIS, MAMMOGRAMS])) == {frozenset({1, 2, 3}), frozenset({4}), frozenset({5})}


def test_a_common_subject_is_not_enough_for_a_story() -> None:
    """Two studies on mammograms are two stories, even if they share many common words of the field."""
    other = make(
        6, "Artificial intelligence predicts the risk of breast cancer in women", "A model reads mammograms.", day=12
    )
    assert numbers(cluster_all([MAMMOGRAMS, other])) == {frozenset({5}), frozenset({6})}


def test_stories_that_are_too_old_are_no_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story that began more than 21 days ago is no candidate, even with a link or the same headline."""
    past = [make(number, f"Headline {number} of {number}", day=number) for number in range(1, 6)]
    near = make(6, "An entirely different one", day=40)
    title = past[0].title
    links = [entry(number, webUrl=f"https://source{number}.example/{number}") for number in range(1, 7)]
    last = make(7, title, day=41, related=links)
    late = make(8, title, day=42)
    assert all(one.identity in {other.identity for other in last.related} for one in (*past, near))
    candidates: list[set[int]] = []

    class Recorder(StoryClusterer):
        def candidates(self, *args: Any) -> dict[int, int | None]:
            found = super().candidates(*args)
            candidates.append(set(found))
            return found

    monkeypatch.setattr(incremental, "StoryClusterer", Recorder)
    clustering = cluster_all([*past, near, last, late])
    story_of = {item.identity: number for item, number in zip(clustering.items, clustering.numbers, strict=True)}
    assert candidates[5:] == [set(), {story_of[near.identity]}, {story_of[last.identity]}]


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


def test_a_denial_is_another_story() -> None:
    """A headline that begins with `No, …` is about a report and not about the event."""
    claim = make(1, "Harrow model can tell a patient's age from X-rays", "Harrow researchers built it.")
    denial = make(2, "No, Harrow's model cannot tell a person's age from X-rays", "It would be a breakthrough.", day=3)
    assert len(cluster_all([claim, denial]).stories) == 2


def test_the_same_text_a_month_later_is_another_story() -> None:
    """Articles more than 21 days apart are never in the same story."""
    later = make(9, ECG[0].title, ECG[0].excerpt, day=40)
    assert numbers(cluster_all([ECG[0], later])) == {frozenset({1}), frozenset({9})}


def test_editors_override_the_score() -> None:
    """`story` joins items by a label, an id or a slug, and `notSameAs` separates items that would be joined."""
    joined = [make(1, "Apples and pears", story="Fruit"), make(2, "The price of steel", story="fruit", day=50)]
    assert numbers(cluster_all(joined)) == {frozenset({1, 2})}
    first = cluster_all([SEPSIS]).stories[0]
    assert numbers(cluster_all([SEPSIS, make(7, "Entirely else", story=first.id, day=3)])) == {frozenset({4, 7})}
    # The label may also be the id or slug of a later item.
    early = make(20, "Entirely else", story="what-comes", day=1)
    assert numbers(cluster_all([early, make(21, "Another matter", slug="what-comes", day=9)])) == {frozenset({20, 21})}
    separated = make(8, ECG[0].title, ECG[0].excerpt, day=2, notSameAs=[ECG[0].web_url])
    assert numbers(cluster_all([ECG[0], separated])) == {frozenset({1}), frozenset({8})}
    earlier = make(8, ECG[0].title, ECG[0].excerpt, day=0, notSameAs=[ECG[0].web_url])
    assert numbers(cluster_all([ECG[0], earlier])) == {frozenset({1}), frozenset({8})}
    both = make(7, "Entirely else", story=first.id, day=3, notSameAs=[SEPSIS.web_url])
    assert numbers(cluster_all([SEPSIS, both])) == {frozenset({4}), frozenset({7})}


def test_invalid_urls_in_not_same_as_are_errors() -> None:
    """Each value of `notSameAs` that is not a URL has a diagnostic of its own."""
    parsed = read(document(notSameAs=["nowhere", 5]))
    assert parsed.item is None
    assert len(parsed.diagnostics) == 2


def test_the_lead_is_chosen_by_heat_quality_image_and_time() -> None:
    """The id of the story is that of its earliest item and does not depend on the lead."""
    image = [{"url": "https://e.org/a.png", "width": 900, "height": 600}]
    items = [
        make(1, ECG[0].title, ECG[0].excerpt, heat=-1, quality=90),
        make(2, ECG[1].title, ECG[1].excerpt, heat=5, quality=10),
        make(3, ECG[2].title, ECG[2].excerpt, heat=5, quality=10, images=image),
    ]
    clustering = cluster_all(items)
    (story,) = clustering.stories
    assert story.lead.name == "3.md"
    assert story.items[0].name == "1.md"
    assert story.id == cluster_all(items[:1]).stories[0].id
    assert story.score > 0


POOL = [
    *ECG, SEPSIS, MAMMOGRAMS,
    make(10, "Sepsis alarm at Marwick hospital cuts deaths", "The bedside alarm was tried by nurses.", day=3),
    make(11, "Why hospitals buy models they cannot test", "", day=4),
    make(12, "Why hospitals buy models they cannot test", "", day=5),
    make(13, "Lundgren clinic sues over ECG patent", "The heart clinic says its model was copied.", day=6),
    make(14, "药物发现的新模型", "一个新的模型。", day=6),
]  # fmt: skip


def values(clustering: Clustering) -> tuple[list[Story], list[Assignment], list[int]]:
    """Returns the parts of a clustering that can be compared."""
    return list(clustering.stories), list(clustering.assignments), list(clustering.numbers)


@given(st.permutations(POOL), st.integers(1, len(POOL)))
@settings(max_examples=60)
def test_neither_order_nor_later_items_change_the_result(items: list[Item], count: int) -> None:
    """Every item is in one story, and without later items the ids and the related articles are the same."""
    clustering = cluster_all(items)
    assert values(clustering) == values(cluster_all(POOL))
    assert sorted(item.name for story in clustering.stories for item in story.items) == sorted(
        item.name for item in POOL
    )
    ordered = sorted(items, key=lambda item: (item.published_at, item.identity))
    early = cluster_all(ordered[:count])
    for item in ordered[:count]:
        assert early.story(item.identity).id == clustering.story(item.identity).id
        assert early.beside(item) == clustering.beside(item)


def test_stories_do_not_depend_on_the_number_of_processes() -> None:
    """Clustering with any number of processes gives the result of clustering without a cache, in later builds too."""
    words = "Lundgren ECG heart clinic abstains trace model sepsis Owkin ward mammogram bleed".split()  # noqa: SIM905
    some = random.Random(7)  # noqa: S311 - the same words every time
    texts = [" ".join(some.sample(words, k=5)) for _ in range(40)]
    related = [entry(number, title=text) for number, text in enumerate(texts[:9])]
    items = [make(number, text, texts[-number], day=number // 8, related=related) for number, text in enumerate(texts)]
    documents = keys_of(items)

    def clustered(given: list[Item], memo: Memo, **more: Any) -> Any:
        return values(cluster(given, documents, memo, epoch=4, **more))

    expected = values(cluster_all(items, epoch=4))
    for jobs in (1, 2, 3):
        memo = Memo()
        assert clustered(items[:30], memo, jobs=jobs) == values(cluster_all(items[:30], epoch=4))
        assert clustered(items, memo, jobs=jobs) == expected
        assert clustered(items, memo, jobs=jobs) == expected
    terms = {(item.title, item.excerpt): read_terms(item.title, item.excerpt) for item in items}
    assert clustered(items, Memo(), terms=terms) == expected


def test_every_cached_result_is_keyed_by_all_it_depends_on() -> None:
    """A verifying memo, which makes every result again, finds no key with two results after any change."""
    some = random.Random(5)  # noqa: S311 - the same words every time
    words = "Lundgren ECG heart clinic abstains trace model sepsis Owkin ward mammogram bleed".split()  # noqa: SIM905
    texts = [" ".join(some.sample(words, k=5)) for _ in range(30)]

    def item(number: int) -> Item:
        related = [entry(other, title=texts[other]) for other in some.sample(range(30), k=some.randrange(4))]
        changes: dict[str, Any] = {"story": some.choice(["one", None, None, None]), "heat": some.randrange(-1, 3)}
        return make(number, some.choice(texts), day=number, related=related, **changes)

    items = [item(number) for number in range(24)]
    memo = Memo(is_verifying=True)
    for _ in range(30):
        assert values(cluster(items, keys_of(items), memo, epoch=4)) == values(cluster_all(items, epoch=4))
        items[some.randrange(len(items))] = item(some.randrange(24, 60))
        items = list({item.identity: item for item in items}.values())
        if some.random() < 0.3:
            del items[some.randrange(len(items))]


def test_the_limit_of_archive_candidates_does_not_change_the_result() -> None:
    """Features hold only as many candidates as are considered. Holding all of them gives the same result."""
    some = random.Random(3)  # noqa: S311 - the same words every time
    words = "Lundgren ECG heart clinic abstains trace model sepsis Owkin ward mammogram bleed".split()  # noqa: SIM905
    items = [make(number, " ".join(some.sample(words, k=4)), day=number * 2) for number in range(60)]
    assert any(cluster_all(items).beside(item).archive for item in items)
    for considered in (1, 2, 5):
        with (
            mock.patch("generator.stories.cluster.MAX_ARCHIVE_CANDIDATES", considered),
            mock.patch("generator.stories.features.MAX_ARCHIVE_CANDIDATES", considered),
        ):
            limited = cluster_all(items)
            with mock.patch("generator.stories.features.MAX_ARCHIVE_CANDIDATES", 1_000):
                assert values(cluster_all(items)) == values(limited)


def test_a_medical_term_in_a_title_is_a_shared_subject_on_its_own() -> None:
    """The heaviest shared term counts twice if a medical term is in one of the titles, and else once."""

    def shared(title: str, excerpt: str, other: str) -> tuple[float, float]:
        terms = analyse(title, excerpt)
        profile = Profile(SEPSIS, terms, {term: 1.0 + len(term) for term in terms.all}, ())
        return shared_subjects(profile, subject_of(analyse(other, "")))

    assert shared("Glaucoma", "", "Glaucoma") == (9.0, 9.0)
    assert shared("Screening", "Of glaucoma", "Glaucoma") == (9.0, 9.0)
    assert shared("Owkin and Marwick", "", "Marwick and Owkin") == (8.0, 6.0)
    assert shared("Owkin", "", "Marwick") == (0.0, 0.0)


@given(st.lists(st.lists(st.sampled_from(["model", "ecg", "owkin", "ward"]), unique=True)), st.integers(0, 5))
def test_weights_at_the_mark_do_not_depend_on_later_documents(documents: list[list[str]], count: int) -> None:
    """They are equal to the weights at the time of the mark."""
    frequency, at_mark = InverseDocumentFrequency(), InverseDocumentFrequency()
    for terms in documents[:count]:
        frequency.add(terms)
        at_mark.add(terms)
    frequency.mark()
    for terms in documents[count:]:
        frequency.add(terms)
    words = ["model", "ecg", "owkin", "ward", "never"]
    assert frequency.weights_at_mark(words, ["model"]) == at_mark.weights(words, ["model"])


@given(st.integers(1, 3_000))
def test_clustering_continues_from_a_state_near_any_change(count: int) -> None:
    """Few states are cached, and the distance to the state before a change is in proportion to its age."""
    cached = [number for number in range(count) if is_state_cached(number, count)]
    assert len(cached) <= 2 * count.bit_length() + 2
    assert set(cached) - {count - 1} <= {number for number in range(count - 1) if is_state_cached(number, count - 1)}
    for changed in range(count):
        last = max((number for number in cached if number < changed), default=-1)
        assert count - last <= 2 * (count - changed) + 2


def test_two_hundred_identical_documents_are_one_story() -> None:
    """Syndicated copies are one story, however many there are."""
    items = [make(number, ECG[0].title, ECG[0].excerpt) for number in range(200)]
    assert len(cluster_all(items).stories) == 1


def test_ten_thousand_documents_of_one_day_are_compared_in_linear_time() -> None:
    """Documents without summaries and with different headlines are a story each, after few comparisons."""
    letters = random.Random(4)  # noqa: S311 - the same letters every time
    words = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(10_000)]
    template = make(1, "Headline", day=1)
    items = [
        structs.replace(
            template,
            title=" ".join(letters.sample(words, k=4)),
            identity=f"source{number}.example/{number}",
            name=f"{number}.md",
            slug=f"n{number}",
            published_at=template.published_at + dt.timedelta(seconds=number),
        )
        for number in range(10_000)
    ]
    compared = 0

    def count(one: Profile, other: Profile) -> Evidence:
        nonlocal compared
        compared += 1
        return compare(one, other)

    with mock.patch("generator.stories.cluster.compare", count):
        clustering = cluster_all(items)
    assert len(clustering.stories) == 10_000
    assert compared <= 4 * 7 * 10_000


def test_entries_are_sorted_into_the_story_and_its_subject() -> None:
    """Other entries are left out, and a repeated headline is listed once."""
    related = [
        entry(1, title="Lundgren ECG model abstains on one trace in ten", excerpt="Of the Lundgren heart clinic.",
              publishedDateTime="2025-03-03T08:00:00Z"),
        entry(2, title="Can terrorism be predicted with machine learning?", excerpt="Researchers built one."),
        entry(3, title="What an ECG shows about the heart", excerpt="A guide for patients."),
        entry(4, title="What an ECG shows about the heart", excerpt="A guide for patients.", quality=90),
    ]  # fmt: skip
    item = make(1, ECG[0].title, ECG[0].excerpt, related=related)
    entries = cluster_all([item]).beside(item).entries
    assert [article.title for article in entries.same_story] == [related[0]["title"]]
    assert [(article.title, article.quality) for article in entries.related] == [(related[2]["title"], 90)]


def test_the_archive_holds_earlier_items_on_the_subject() -> None:
    """Items of the same story are left out, and at most two of one source are picked."""
    clinic = {"name": "Clinic", "domain": "clinic.example"}
    earlier = [
        make(
            100 + n,
            f"Lundgren heart clinic: {word}",
            f"News of the {word} at the Lundgren heart clinic.",
            day=n * 25,
            provider=clinic,
        )
        for n, word in enumerate(["ambulance", "boiler", "cafeteria", "dialysis"])
    ]
    now = make(1, ECG[0].title, ECG[0].excerpt, day=100)
    newer = make(2, "Lundgren heart clinic: elevator", "News of the elevator at the Lundgren heart clinic.", day=130)
    clustering = cluster_all([*earlier, now, newer])
    archive = clustering.beside(now).archive
    assert 0 < len(archive) <= 2
    assert all(item.published_at < now.published_at for item in archive)
    assert all(clustering.story(item.identity) is not clustering.story(now.identity) for item in archive)


def three(site: SiteFolder) -> SiteFolder:
    """Adds two documents of one story, and one of another story."""
    for number, item in enumerate([ECG[0], ECG[1], SEPSIS]):
        site.add(
            f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, topics=["AI"],
            publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z",
            provider={"name": f"S{number}", "domain": f"s{number}.example"},
        )  # fmt: skip
    return site


def test_lists_show_one_card_per_story(site: SiteFolder) -> None:
    """The card counts the sources of the story, and the page of the lead lists the other items."""
    outcome = three(site).build()
    assert (outcome.report["items"], outcome.report["stories"]) == (3, 2)
    topic = site.page("/topics/ai/")
    assert topic.count('<article class="card') == 2
    assert '<span class="coverage">2 sources</span>' in topic
    page = site.page("/2025/03/02/n0/")
    assert '<section id="same-story"' in page
    assert 'href="/2025/03/03/n1/"' in page
    assert "Most covered" in site.page("/")


def test_the_command_stories_lists_stories(site: SiteFolder) -> None:
    """As text without stories of one document, unless --all is given, and as JSON with all stories."""
    three(site)
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    code, stdout, _ = run("stories", *arguments)
    assert code == 0
    assert "2 stories, 1 with a single document" in stdout
    assert stdout.count("2025-03-0") == 2
    assert run("stories", "--all", *arguments)[1].count("2025-03-0") == 3
    code, stdout, _ = run("stories", "--format", "json", *arguments)
    listed = json.loads(stdout)
    assert [len(story["documents"]) for story in listed] == [2, 1]
    assert set(listed[0]) == {"id", "url", "lead", "documents", "score"}
    assert listed[0]["url"].startswith("https://example.org/2025/03/0")
    assert not site.output.exists()


def test_a_count_of_one_is_singular(site: SiteFolder) -> None:
    """In the output of the commands, and in the summary of a build."""
    site.add("2025-03-02-one.md")
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    assert run("stories", *arguments)[1] == "1 story, 1 with a single document\n"
    document = str(site.root / "seeds" / "2025-03-02-one.md")
    assert ", 1 document, lead: " in run("explain", document, *arguments)[1]
    assert (
        "documents: 1 read, 0 rejected, 0 left out\nsite:      1 item, 1 story, 2 topics, 1 day\n"
        in site.build().stdout
    )


def test_explain_gives_the_reasons_for_a_story(site: SiteFolder) -> None:
    """It shows the other members, the evidence, the label of an editor, and what became of each entry."""
    three(site)
    related = [entry(1, title="Something else entirely", excerpt="Nothing in common.")]
    site.add("2025-03-06-n4.md", title=ECG[2].title, excerpt=ECG[2].excerpt, related=related, story="ecg",
             publishedDateTime="2025-03-06T08:00:00Z", provider={"name": "S4", "domain": "s4.example"})  # fmt: skip
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    code, stdout, _ = run("explain", "2025-03-03-n1.md", *arguments)
    assert code == 0
    assert "same story as: " in stdout
    assert "text 0." in stdout
    code, stdout, _ = run("explain", "2025-03-06-n4.md", *arguments)
    assert "assigned by the field `story: ecg`" in stdout
    assert "related entry, left out: Something else entirely" in stdout
    assert run("explain", "nowhere.md", *arguments)[0] == 2


def test_explain_says_why_a_document_is_not_on_the_site(site: SiteFolder) -> None:
    """It gives the reason, or suggests a document with a similar name."""
    three(site)
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    site.add("draft.md", title="A draft", draft=True)
    site.add("gone.md", title="Withdrawn", removed=True)
    site.add("later.md", title="Later", publishedDateTime="2052-03-06T08:00:00Z")
    site.add("once.md", title="Once")
    site.add("twice.md", title="Once", webUrl="https://news.example.org/once.md", quality=1)
    site.add("wrong.md", "x")
    for name, why in {
        "draft.md": "it is a draft; --drafts includes it",
        "gone.md": "it has `removed: true`",
        "later.md": "it is published in the future; --future includes it",
        "twice.md": f"it is the same article as {site.root}/seeds/once.md, which is used",
        "wrong.md": "it has errors",
    }.items():
        code, _, stderr = run("explain", name, "--skip-invalid", *arguments)
        assert code == 2
        assert f"{name} is not on the site: {why}\n" in stderr
    stderr = run("explain", "2025-03-03-n1", "--skip-invalid", *arguments)[2]
    assert f"did you mean {site.root}/seeds/2025-03-03-n1.md" in stderr
    stderr = run("explain", "nowhere.md", "--skip-invalid", *arguments)[2]
    assert "there is no document nowhere.md; `digest stories --all` lists them" in stderr


@pytest.mark.parametrize("command", [["stories"], ["explain", "a.md"]])
def test_documents_with_errors_are_reported(site: SiteFolder, command: list[str]) -> None:
    """The exit code is 1, unless invalid documents are skipped."""
    three(site).add("bad.md", "x")
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    code, _, stderr = run(*command, *arguments)
    assert (code, "no-front-matter" in stderr) == (1, True)
    assert run("stories", "--skip-invalid", *arguments)[0] == 0


def test_the_number_of_sources_is_that_of_the_list(site: SiteFolder) -> None:
    """An entry that an editor has excluded or that is an item of another story is neither counted nor listed."""
    title, excerpt = ECG[0].title, ECG[0].excerpt
    at = "2025-03-02T08:00:00Z"
    other = entry(1, title=title, excerpt=excerpt, publishedDateTime=at, webUrl="https://other.example/b")
    site.add("2025-03-02-a.md", title=title, excerpt=excerpt, publishedDateTime=at, webUrl="https://a.example/a",
             provider={"name": "A", "domain": "a.example"}, related=[other])  # fmt: skip
    site.add("2025-03-02-b.md", title=title, excerpt=excerpt, publishedDateTime=at, webUrl="https://other.example/b",
             provider={"name": "B", "domain": "other.example"}, notSameAs=["https://a.example/a"])  # fmt: skip
    assert site.build().report["stories"] == 2
    page = site.page("/2025/03/02/a/")
    assert "sources</span>" not in page
    assert '<section id="same-story"' not in page
    assert 'href="/2025/03/02/b/"' in page.split('<section id="related"')[1]


def test_stories_with_equal_ids_have_a_card_each(site: SiteFolder) -> None:
    """The id is a short hash, and that of these two addresses is the same."""
    for number, url in enumerate(["https://c.example/a28525", "https://c.example/a38958"]):
        title = ["Mammogram reading room", "Zebra kiosk opens"][number]
        site.add(f"2025-03-0{number + 1}-n.md", title=title, excerpt="", webUrl=url, topics=["AI"],
                 publishedDateTime=f"2025-03-0{number + 1}T08:00:00Z")  # fmt: skip
    site.build()
    assert site.page("/topics/ai/").count('<article class="card') == 2


@pytest.mark.parametrize(
    ("title", "is_rebuttal"),
    [
        ("No, it cannot", True),
        ("No. 1 hospital uses it", False),
        ("No malaise at the clinic", False),
        ("Fact check: it can", True),
    ],
)
def test_headlines_that_contradict_others_are_recognised(title: str, is_rebuttal: bool) -> None:  # noqa: FBT001 - a table of cases
    """They begin with an answer to another headline, such as `No, …`. A rank such as `No. 1` does not count."""
    assert analyse(title, "").is_rebuttal is is_rebuttal


def test_the_label_of_a_story_may_be_long_but_not_empty() -> None:
    """A slug of any length is a valid label. A label without letters and digits is an error."""
    slug = "-".join(["word"] * 24)
    first = make(1, "Apples and pears", slug=slug)
    assert len(cluster_all([first, make(2, "The price of steel", story=slug, day=9)]).stories) == 1
    assert read(document(story="!?")).item is None


def test_an_entry_is_compared_with_its_own_date() -> None:
    """The list of an earlier document may give another date for the same article."""
    dated_earlier = entry(1, title=ECG[0].title, excerpt=ECG[0].excerpt, publishedDateTime="2024-01-01T00:00:00Z")
    dated_now = dated_earlier | {"publishedDateTime": "2025-03-02T09:00:00Z"}
    item = make(1, ECG[0].title, ECG[0].excerpt, related=[dated_now])
    earlier = make(2, "Something else", day=0, related=[dated_earlier])
    for items in ([item], [earlier, item]):
        assert len(cluster_all(items).beside(item).entries.same_story) == 1


def test_the_score_is_the_weighted_sum_of_the_evidence() -> None:
    """Each kind of evidence has a weight, and the bias is added."""
    (comparison, *_) = cluster_all(ECG, about=ECG[1].identity).comparisons
    assert comparison.evidence
    values = structs.asdict(comparison.evidence)
    assert comparison.score == pytest.approx(BIAS + sum(values[name] * weight for name, weight in WEIGHTS.items()))
    assert set(values) == set(WEIGHTS)


def test_each_article_has_a_card_of_its_own() -> None:
    """Entries are loaded on access, so that a new one may have the address in memory of an earlier one."""
    item = make(1, ECG[0].title, ECG[0].excerpt, related=[entry(1)])
    cards = Cards((), cluster_all([item]), language.load("en", zone="UTC", folder=Path()), keys_of([item]))
    listed = next(iter(item.related))
    for number in range(100):
        assert cards.card(structs.replace(listed, title=f"Title {number}")).title == f"Title {number}"
