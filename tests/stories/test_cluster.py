"""One story, one card: items are grouped by what they report, and beside each stands what belongs to it."""

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

from generator.cache.model import Epoch
from generator.config import language
from generator.content.model import Item
from generator.content.terms import analyse
from generator.content.terms import read as read_terms
from generator.site.cards import Cards
from generator.stories import retelling
from generator.stories.cluster import StoryClusterer
from generator.stories.model import Assignment, Clustering, Story
from generator.stories.retelling import retell, tell
from generator.stories.similarity import BIAS, WEIGHTS, InverseDocumentFrequency, Profile, score
from generator.stories.subjects import Subjects, shared_subjects, shared_with
from tests.support.making import SiteFolder, document, entry, known, read, recall_of, run, short_epochs


def make(number: int, title: str, excerpt: str = "", day: int = 1, **changes: Any) -> Item:
    """An item with an article and a publisher of its own."""
    changes.setdefault("webUrl", f"https://source{number}.example/{number}")
    changes.setdefault("provider", {"name": f"Source {number}", "domain": f"source{number}.example"})
    at = dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC) + dt.timedelta(days=day, minutes=number)
    parsed = read(
        document(title=title, excerpt=excerpt, publishedDateTime=at.isoformat(), **changes), name=f"{number}.md"
    )
    assert parsed.item
    return parsed.item


def numbers(told: Clustering) -> set[frozenset[int]]:
    """The stories as sets of the items' numbers."""
    return {frozenset(int(item.name.removesuffix(".md")) for item in story.items) for story in told.stories}


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


def test_reports_of_one_thing_are_one_story() -> None:
    """Whoever tells it, in whatever words; another subject is another story."""
    assert numbers(tell([*ECG, SEPSIS, MAMMOGRAMS])) == {frozenset({1, 2, 3}), frozenset({4}), frozenset({5})}


def test_a_subject_alone_makes_no_story() -> None:
    """Two studies on mammograms are two stories, however much of the field's words they share."""
    other = make(
        6, "Artificial intelligence predicts the risk of breast cancer in women", "A model reads mammograms.", day=12
    )
    assert numbers(tell([MAMMOGRAMS, other])) == {frozenset({5}), frozenset({6})}


def test_what_is_long_past_takes_nobody_s_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories of more than 21 days ago cannot be joined: none is a candidate for its links or its headline."""
    past = [make(number, f"Headline {number} of {number}", day=number) for number in range(1, 6)]
    near = make(6, "An entirely different one", day=40)
    title = past[0].title
    links = [entry(number, webUrl=f"https://source{number}.example/{number}") for number in range(1, 7)]
    last = make(7, title, day=41, related=links)
    late = make(8, title, day=42)
    assert all(one.identity in {other.identity for other in last.related} for one in (*past, near))
    asked: list[set[int]] = []

    class Asked(StoryClusterer):
        def candidates(self, *args: Any) -> dict[int, int | None]:
            found = super().candidates(*args)
            asked.append(set(found))
            return found

    monkeypatch.setattr(retelling, "StoryClusterer", Asked)
    told = tell([*past, near, last, late])
    story_of = {item.identity: told.numbers[place] for place, item in enumerate(told.items)}
    assert asked[5:] == [set(), {story_of[near.identity]}, {story_of[last.identity]}]


def test_a_series_of_one_publisher_is_no_story() -> None:
    """Notes whose headlines differ in one word."""
    provider = {"name": "Vendor", "domain": "vendor.example"}
    comparisons = [
        make(
            number,
            f"{product} for Orbis Imaging | preview",
            f"{product} for Orbis Imaging is now in preview.",
            provider=provider,
        )
        for number, product in enumerate(["Quantix", "Radiant", "Sonare", "Tomovis"])
    ]
    assert len(tell(comparisons).stories) == 4


def test_a_denial_is_another_story() -> None:
    """`No, it cannot` is news about the news."""
    claim = make(1, "Harrow model can tell a patient's age from X-rays", "Harrow researchers built it.")
    denial = make(2, "No, Harrow's model cannot tell a person's age from X-rays", "It would be a breakthrough.", day=3)
    assert len(tell([claim, denial]).stories) == 2


def test_time_parts_stories() -> None:
    """The same words a month later are an anniversary, or a new edition."""
    later = make(9, ECG[0].title, ECG[0].excerpt, day=40)
    assert numbers(tell([ECG[0], later])) == {frozenset({1}), frozenset({9})}


def test_editors_overrule() -> None:
    """`story` joins what nothing else would, by a word, an id or a slug; `notSameAs` parts what is the same."""
    joined = [make(1, "Apples and pears", story="Fruit"), make(2, "The price of steel", story="fruit", day=50)]
    assert numbers(tell(joined)) == {frozenset({1, 2})}
    first = tell([SEPSIS]).stories[0]
    assert numbers(tell([SEPSIS, make(7, "Entirely else", story=first.id, day=3)])) == {frozenset({4, 7})}
    # The word may also name an item that comes later.
    early = make(20, "Entirely else", story="what-comes", day=1)
    assert numbers(tell([early, make(21, "Another matter", slug="what-comes", day=9)])) == {frozenset({20, 21})}
    parted = make(8, ECG[0].title, ECG[0].excerpt, day=2, notSameAs=[ECG[0].web_url])
    assert numbers(tell([ECG[0], parted])) == {frozenset({1}), frozenset({8})}
    earlier = make(8, ECG[0].title, ECG[0].excerpt, day=0, notSameAs=[ECG[0].web_url])
    assert numbers(tell([ECG[0], earlier])) == {frozenset({1}), frozenset({8})}
    both = make(7, "Entirely else", story=first.id, day=3, notSameAs=[SEPSIS.web_url])
    assert numbers(tell([SEPSIS, both])) == {frozenset({4}), frozenset({7})}


def test_a_link_to_the_same_address_is_checked_in_words_of_editors() -> None:
    """What is no address in `notSameAs` is an error."""
    parsed = read(document(notSameAs=["nowhere", 5]))
    assert parsed.item is None
    assert len(parsed.diagnostics) == 2


def test_the_lead_is_the_hottest_then_the_best() -> None:
    """Heat, quality, a picture, the earliest; the story's id is its earliest item's, whoever leads."""
    image = [{"url": "https://e.org/a.png", "width": 900, "height": 600}]
    items = [
        make(1, ECG[0].title, ECG[0].excerpt, heat=-1, quality=90),
        make(2, ECG[1].title, ECG[1].excerpt, heat=5, quality=10),
        make(3, ECG[2].title, ECG[2].excerpt, heat=5, quality=10, images=image),
    ]
    told = tell(items)
    (story,) = told.stories
    assert story.lead.name == "3.md"
    assert story.items[0].name == "1.md"
    assert story.id == tell(items[:1]).stories[0].id
    assert story.score > 0


POOL = [
    *ECG, SEPSIS, MAMMOGRAMS,
    make(10, "Sepsis alarm at Marwick hospital cuts deaths", "The bedside alarm was tried by nurses.", day=3),
    make(11, "Why hospitals buy models they cannot test", "", day=4),
    make(12, "Why hospitals buy models they cannot test", "", day=5),
    make(13, "Lundgren clinic sues over ECG patent", "The heart clinic says its model was copied.", day=6),
    make(14, "药物发现的新模型", "一个新的模型。", day=6),
]  # fmt: skip


def values(told: Clustering) -> tuple[list[Story], list[Assignment], list[int]]:
    """All that was told."""
    return list(told.stories), list(told.decided), list(told.numbers)


@given(st.permutations(POOL), st.integers(1, len(POOL)))
@settings(max_examples=60)
def test_order_does_not_matter_and_what_comes_later_changes_nothing(items: list[Item], count: int) -> None:
    """Stories partition the items; ids and sidebars of the earliest are the same without the later ones."""
    told = tell(items)
    assert values(told) == values(tell(POOL))
    assert sorted(item.name for story in told.stories for item in story.items) == sorted(item.name for item in POOL)
    ordered = sorted(items, key=lambda item: (item.published_at, item.identity))
    early = tell(ordered[:count])
    for item in ordered[:count]:
        assert early.story(item.identity).id == told.story(item.identity).id
        assert early.beside(item) == told.beside(item)


def test_stories_do_not_depend_on_the_number_of_processes() -> None:
    """Others look at epochs while one decides; what comes out, and what a later build goes on from, is the same."""
    words = "Lundgren ECG heart clinic abstains trace model sepsis Owkin ward mammogram bleed".split()  # noqa: SIM905
    some = random.Random(7)  # noqa: S311 - the same words every time
    texts = [" ".join(some.sample(words, k=5)) for _ in range(40)]
    related = [entry(number, title=text) for number, text in enumerate(texts[:9])]
    items = [make(number, text, texts[-number], day=number // 8, related=related) for number, text in enumerate(texts)]
    documents = known(items)

    def retold(*given: Any, **more: Any) -> tuple[Any, list[tuple[bytes | None, ...]]]:
        told, epochs = retell(*given, **more)
        return values(told), [loaded(epoch) for epoch in epochs]

    def loaded(epoch: Epoch) -> tuple[bytes | None, ...]:
        loaders = (epoch.told, epoch.looks, epoch.looking)
        return epoch.contents, epoch.words, epoch.stories, *(load and load() for load in loaders)

    with short_epochs():
        alone, *others = (retold(items, documents, (), jobs=jobs) for jobs in (1, 2, 3))
        assert [alone, alone] == others
        assert alone[0] == values(tell(items))
        _, before = retell(items[:30], documents, (), jobs=2)
        assert retold(items, documents, before, jobs=2) == alone
        analysed = {(item.title, item.excerpt): read_terms(item.title, item.excerpt) for item in items}
        assert retold(items, documents, (), analysed=analysed) == alone


def test_who_is_passed_over_need_not_be_handed_over() -> None:
    """For the archive only so many are looked at as can be asked about; the same comes out with all of them."""
    some = random.Random(3)  # noqa: S311 - the same words every time
    words = "Lundgren ECG heart clinic abstains trace model sepsis Owkin ward mammogram bleed".split()  # noqa: SIM905
    items = [make(number, " ".join(some.sample(words, k=4)), day=number * 2) for number in range(60)]
    assert any(tell(items).beside(item).archive for item in items)
    for considered in (1, 2, 5):
        with (
            mock.patch("generator.stories.cluster.ARCHIVE_CONSIDERED", considered),
            mock.patch("generator.stories.features.ARCHIVE_CONSIDERED", considered),
        ):
            few = tell(items)
            with mock.patch("generator.stories.features.ARCHIVE_CONSIDERED", 1_000):
                assert values(tell(items)) == values(few)


@given(st.lists(st.sampled_from(POOL), min_size=2, max_size=6))
def test_what_articles_are_about_is_the_same_as_words_and_as_numbers(items: list[Item]) -> None:
    """The numbers are those of the words."""
    rarity, subjects = InverseDocumentFrequency(), Subjects()
    for item in items:
        rarity.add(analyse(item.title, item.excerpt).ordered)
    terms = [analyse(item.title, item.excerpt) for item in items]
    made = [Profile(item, of, rarity.weights(of.ordered, of.capped), ()) for item, of in zip(items, terms, strict=True)]
    of = [subjects.of(one.terms) for one in made]
    for one, subject in zip(made, of, strict=True):
        weights = subjects.weights(one)
        for other, another in zip(made, of, strict=True):
            assert shared_with(weights, subject, another) == shared_subjects(one, other)


@given(st.lists(st.lists(st.sampled_from(["model", "ecg", "owkin", "ward"]), unique=True)), st.integers(0, 5))
def test_how_rare_words_were_is_remembered(documents: list[list[str]], count: int) -> None:
    """As they were at the mark, whatever came after it."""
    rarity, then = InverseDocumentFrequency(), InverseDocumentFrequency()
    for terms in documents[:count]:
        rarity.add(terms)
        then.add(terms)
    rarity.mark()
    for terms in documents[count:]:
        rarity.add(terms)
    words = ["model", "ecg", "owkin", "ward", "never"]
    assert rarity.weights_at_mark(words, ["model"]) == then.weights(words, ["model"])


@given(st.integers(1, 3_000))
def test_telling_can_go_on_from_not_far_before_any_change(count: int) -> None:
    """Few states are kept; from any epoch the last one before it is not much further back than the epoch is itself."""
    kept = [number for number in range(count) if retelling.keeps_state(number, count)]
    assert len(kept) <= 2 * count.bit_length() + 2
    assert set(kept) - {count - 1} <= {
        number for number in range(count - 1) if retelling.keeps_state(number, count - 1)
    }
    for changed in range(count):
        last = max((number for number in kept if number < changed), default=-1)
        assert count - last <= 2 * (count - changed) + 2


def test_two_hundred_identical_documents_are_one_story() -> None:
    """Syndication at its worst."""
    items = [make(number, ECG[0].title, ECG[0].excerpt) for number in range(200)]
    assert len(tell(items).stories) == 1


def test_ten_thousand_documents_of_one_day_behave() -> None:
    """Without a summary, no headline another's: as many stories as documents, and not a comparison of all with all."""
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

    def count(one: Profile, other: Profile) -> float:
        nonlocal compared
        compared += 1
        return score(one, other)

    with mock.patch("generator.stories.cluster.score", count):
        told = tell(items)
    assert len(told.stories) == 10_000
    assert compared <= 4 * 7 * 10_000


def test_entries_are_sorted_by_what_they_have_to_do_with_the_item() -> None:
    """The story told elsewhere, the subject, and nothing: the last is left out, a repeated headline stands once."""
    related = [
        entry(1, title="Lundgren ECG model abstains on one trace in ten", excerpt="Of the Lundgren heart clinic.",
              publishedDateTime="2025-03-03T08:00:00Z"),
        entry(2, title="Can terrorism be predicted with machine learning?", excerpt="Researchers built one."),
        entry(3, title="What an ECG shows about the heart", excerpt="A guide for patients."),
        entry(4, title="What an ECG shows about the heart", excerpt="A guide for patients.", quality=90),
    ]  # fmt: skip
    item = make(1, ECG[0].title, ECG[0].excerpt, related=related)
    beside = tell([item]).beside(item).entries
    assert [article.title for article in beside.same_story] == [related[0]["title"]]
    assert [(article.title, article.quality) for article in beside.related] == [(related[2]["title"], 90)]


def test_the_archive_holds_earlier_items_on_the_subject() -> None:
    """Never a newer one, never one of the same story, five at most, two of a source, one of a story."""
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
    told = tell([*earlier, now, newer])
    archive = told.beside(now).archive
    assert 0 < len(archive) <= 2
    assert all(item.published_at < now.published_at for item in archive)
    assert all(told.story(item.identity) is not told.story(now.identity) for item in archive)


def three(site: SiteFolder) -> SiteFolder:
    """A story of two documents, and a single one."""
    for number, item in enumerate([ECG[0], ECG[1], SEPSIS]):
        site.add(
            f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, topics=["AI"],
            publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z",
            provider={"name": f"S{number}", "domain": f"s{number}.example"},
        )  # fmt: skip
    return site


def test_lists_show_one_card_a_story(site: SiteFolder) -> None:
    """With its sources counted; the other items of the story are on the lead's page, in the order of time."""
    outcome = three(site).build()
    assert (outcome.report["items"], outcome.report["stories"]) == (3, 2)
    topic = site.page("/topics/ai/")
    assert topic.count('<article class="card') == 2
    assert '<span class="coverage">2 sources</span>' in topic
    page = site.page("/2025/03/02/n0/")
    assert '<section id="same-story"' in page
    assert 'href="/2025/03/03/n1/"' in page
    assert "Most covered" in site.page("/")


def test_stories_are_listed(site: SiteFolder) -> None:
    """As text, and as JSON with every story, singles included."""
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


def test_one_is_no_plural(site: SiteFolder) -> None:
    """Neither of stories nor of documents."""
    site.add("2025-03-02-one.md")
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    assert run("stories", *arguments)[1] == "1 story, 1 with a single document\n"
    document = str(site.root / "seeds" / "2025-03-02-one.md")
    assert ", 1 document, lead: " in run("explain", document, *arguments)[1]
    assert (
        "documents: 1 read, 0 rejected, 0 left out\nsite:      1 item, 1 story, 2 topics, 1 day\n"
        in site.build().stdout
    )


def test_a_document_s_story_is_explained(site: SiteFolder) -> None:
    """With whom, why, with whom nearly, and why each entry stands where it does."""
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


def test_why_a_document_has_no_story(site: SiteFolder) -> None:
    """It is left out, or there is none of that name; then what was meant is guessed."""
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
    """Exit 1, unless they are to be skipped."""
    three(site).add("bad.md", "x")
    arguments = [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]
    code, _, stderr = run(*command, *arguments)
    assert (code, "no-front-matter" in stderr) == (1, True)
    assert run("stories", "--skip-invalid", *arguments)[0] == 0


def test_the_count_of_sources_is_that_of_the_list(site: SiteFolder) -> None:
    """An entry that an editor parted, or that is an item of another story, is neither counted nor listed."""
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


def test_stories_with_one_short_id_stay_apart(site: SiteFolder) -> None:
    """An id is a short hash; two addresses whose hashes are equal are still two stories with a card each."""
    for number, url in enumerate(["https://c.example/a28525", "https://c.example/a38958"]):
        title = ["Mammogram reading room", "Zebra kiosk opens"][number]
        site.add(f"2025-03-0{number + 1}-n.md", title=title, excerpt="", webUrl=url, topics=["AI"],
                 publishedDateTime=f"2025-03-0{number + 1}T08:00:00Z")  # fmt: skip
    site.build()
    assert site.page("/topics/ai/").count('<article class="card') == 2


@pytest.mark.parametrize(
    ("title", "is_retort"),
    [
        ("No, it cannot", True),
        ("No. 1 hospital uses it", False),
        ("No malaise at the clinic", False),
        ("Fact check: it can", True),
    ],
)
def test_what_a_denial_is(title: str, is_retort: bool) -> None:  # noqa: FBT001 - a table of cases
    """A headline that begins by answering another; a rank is none."""
    assert analyse(title, "").is_retort is is_retort


def test_a_word_for_a_story_may_be_long_but_not_empty() -> None:
    """A slug of any length names its item; a word without a letter names nothing."""
    slug = "-".join(["word"] * 24)
    first = make(1, "Apples and pears", slug=slug)
    assert len(tell([first, make(2, "The price of steel", story=slug, day=9)]).stories) == 1
    assert read(document(story="!?")).item is None


def test_an_entry_is_compared_with_its_own_date() -> None:
    """The same article, dated otherwise in an earlier document's list, changes nothing."""
    told_early = entry(1, title=ECG[0].title, excerpt=ECG[0].excerpt, publishedDateTime="2024-01-01T00:00:00Z")
    told_now = told_early | {"publishedDateTime": "2025-03-02T09:00:00Z"}
    item = make(1, ECG[0].title, ECG[0].excerpt, related=[told_now])
    earlier = make(2, "Something else", day=0, related=[told_early])
    alone = tell([item]).beside(item).entries
    assert [len(alone.same_story), len(tell([earlier, item]).beside(item).entries.same_story)] == [1, 1]


def test_the_parts_of_an_explanation_add_up() -> None:
    """Bias and evidence times weight make the score."""
    (note, *_) = tell(ECG, about=ECG[1].identity).comparisons
    assert note.evidence
    values = structs.asdict(note.evidence)
    assert note.score == pytest.approx(BIAS + sum(values[name] * weight for name, weight in WEIGHTS.items()))
    assert set(values) == set(WEIGHTS)


def test_a_card_is_of_its_own_article() -> None:
    """Entries of lists are unpacked where they are asked for: in memory, one may come to stand where another stood."""
    item = make(1, ECG[0].title, ECG[0].excerpt, related=[entry(1)])
    cards = Cards((), tell([item]), language.load("en", zone="UTC", folder=Path()), recall_of([item]))
    listed = next(iter(item.related))
    for number in range(100):
        assert cards.card(structs.replace(listed, title=f"Title {number}")).title == f"Title {number}"
