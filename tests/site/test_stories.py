"""Tests of what a site shows of stories, of the relations between them, and of related articles."""

from tests.support.making import SiteFolder, entry
from tests.support.stories import ECG, SEPSIS

DENIAL = "No, the Lundgren clinic model that reads ECGs does not say when it cannot"


def test_lists_show_one_card_per_story(site: SiteFolder) -> None:
    """The card counts the sources of the story, and the page of the lead lists the other items."""
    for number, item in enumerate([ECG[0], ECG[1], SEPSIS]):
        site.add(
            f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, topics=["AI"],
            publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z",
            provider={"name": f"S{number}", "domain": f"s{number}.example"},
        )  # fmt: skip
    outcome = site.build()
    assert (outcome.report["items"], outcome.report["stories"]) == (3, 2)
    topic = site.page("/topics/ai/")
    assert topic.count('<article class="card') == 2
    assert '<span class="coverage">2 sources</span>' in topic
    page = site.page("/2025/03/02/n0/")
    assert '<section id="same-story"' in page
    assert 'href="/2025/03/03/n1/"' in page
    assert "Most covered" in site.page("/")


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


def test_a_page_names_the_story_that_its_story_responds_to(site: SiteFolder) -> None:
    """It links the lead of that story. The page of that one does not name the response."""
    site.add("2025-03-02-claim.md", title=ECG[0].title, excerpt=ECG[0].excerpt,
             publishedDateTime="2025-03-02T08:00:00Z")  # fmt: skip
    site.add("2025-03-05-denial.md", title=DENIAL, excerpt=ECG[0].excerpt, publishedDateTime="2025-03-05T08:00:00Z",
             provider={"name": "B", "domain": "b.example"})  # fmt: skip
    assert site.build("--verify").report["stories"] == 2
    page = site.page("/2025/03/05/denial/")
    assert "Responds to" in page
    assert 'href="/2025/03/02/claim/"' in page.split("Responds to")[1]
    assert "Responds to" not in site.page("/2025/03/02/claim/")
