"""Tests of what a site shows of stories, of the relations between them, and of related articles."""

import html
import json

from tests.support.making import SiteFolder, entry
from tests.support.stories import ECG, MAMMOGRAMS, SEPSIS

DENIAL = "No, the Lundgren clinic model that reads ECGs does not say when it cannot"


def test_lists_show_one_card_per_story(site: SiteFolder) -> None:
    """The card counts the sources of the story, names them and leads to its page, which lists all reports."""
    for number, item in enumerate([ECG[0], ECG[1], SEPSIS]):
        site.add(
            f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, topics=["AI"],
            webUrl=f"https://s{number}.example/{number}", publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z",
            provider={"name": f"S{number}", "domain": f"s{number}.example"},
        )  # fmt: skip
    outcome = site.build()
    assert (outcome.report["items"], outcome.report["stories"]) == (3, 2)
    topic = site.page("/topics/ai/")
    assert topic.count('<article class="card') == 2
    assert '<span class="coverage">2 sources</span>' in topic
    assert '<a href="/story/2025/03/02/n0/">' in topic
    assert all(f'rel="external noopener" href="https://s{number}.example/{number}"' in topic for number in range(3))
    page = site.page("/story/2025/03/02/n0/")
    assert page.count('<li class="report">') == 2
    assert 'href="/2025/03/02/n0/"' in page
    assert 'href="/2025/03/03/n1/"' in page
    assert 'href="/story/2025/03/02/n0/"' in site.page("/2025/03/03/n1/")


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
    assert not (site.output / "story").exists()
    assert "sources</span>" not in page
    assert 'href="/2025/03/02/b/"' in page.split('<section id="related"')[1]


def test_copies_of_a_text_count_once(site: SiteFolder) -> None:
    """A copy is listed below its original. A press release does not lead, nor does a newspaper that has its text."""
    row = {"domain": "heart.example", "name": "Lundgren Heart Clinic", "kind": "university"}
    site.write("sources.yaml", json.dumps({"sources": [row]}))
    reports = [
        ("prnewswire.com", ECG[0], 8), ("heart.example", ECG[0], 9), ("paper.example", ECG[1], 10),
        ("daily.example", ECG[0], 11),
    ]  # fmt: skip
    for number, (domain, item, hour) in enumerate(reports):
        site.add(f"2025-03-02-n{number}.md", title=item.title, excerpt=item.excerpt, topics=["Heart"],
                 webUrl=f"https://{domain}/{number}", publishedDateTime=f"2025-03-02T{hour:02}:00:00Z",
                 provider={"name": "", "domain": domain})  # fmt: skip
    site.build()
    assert "4 sources, 2 with own text" in site.page("/topics/heart/")
    page = site.page("/story/2025/03/02/n0/")
    assert 'href="https://heart.example/1">Read at heart.example</a>' in page
    assert "Press release: 2; University: 1" in page
    coverage = page[page.index('<section id="coverage"') :]
    original, copies = coverage.split("<details>")
    assert 'href="https://heart.example/1"' in original
    assert "2 copies of this text: PR Newswire, daily.example" in copies
    assert copies.count('<span class="kind caution">Press release</span>') == 2
    assert "First report" in copies.partition("</details>")[0]


def test_a_related_entry_may_represent_a_story(site: SiteFolder) -> None:
    """Here it has the summary that is whole, and the item is a press release."""
    better = entry(1, title=ECG[1].title, excerpt=ECG[1].excerpt, publishedDateTime="2025-03-02T09:00:00Z",
                   webUrl="https://paper.example/better", provider={"name": "", "domain": "paper.example"})  # fmt: skip
    site.add("2025-03-02-release.md", title=ECG[0].title, excerpt=ECG[0].excerpt, related=[better], topics=["Heart"],
             webUrl="https://prnewswire.com/1", publishedDateTime="2025-03-02T08:00:00Z",
             provider={"name": "", "domain": "prnewswire.com"})  # fmt: skip
    site.build()
    card = html.unescape(site.page("/topics/heart/").partition('<article class="card')[2])
    assert f'<a href="/story/2025/03/02/release/">{ECG[1].title}</a>' in card
    assert 'href="https://paper.example/better"' in card
    assert 'href="https://prnewswire.com/1"' in card.partition("Also")[2]
    assert ECG[1].title in site.page("/feed.xml")


def test_a_report_that_joins_changes_its_story_only(site: SiteFolder) -> None:
    """The page of another report says nothing of it, so it is not written again."""
    for number, (item, day) in enumerate([(SEPSIS, 1), (ECG[0], 2), (ECG[1], 3), (MAMMOGRAMS, 5)]):
        site.add(f"2025-03-0{day}-n{number}.md", title=item.title, excerpt=item.excerpt, topics=[f"T{number // 3}"],
                 webUrl=f"https://s{number}.example/", publishedDateTime=f"2025-03-0{day}T08:00:00Z",
                 provider={"name": "", "domain": f"s{number}.example"})  # fmt: skip
    site.build()
    before = site.files()
    site.add("2025-03-04-joins.md", title=ECG[0].title, excerpt=ECG[1].excerpt, topics=["T0"],
             webUrl="https://joins.example/", publishedDateTime="2025-03-04T08:00:00Z",
             provider={"name": "", "domain": "joins.example"})  # fmt: skip
    assert site.build("--verify").code == 0
    after = site.files()
    changed = {name for name in before if name.endswith(".html") and before[name] != after.get(name)}
    assert "story/2025/03/02/n1/index.html" in changed
    assert {"2025/03/02/n1/index.html", "2025/03/01/n0/index.html", "2025/03/01/index.html"}.isdisjoint(changed)


def test_a_story_keeps_its_address(site: SiteFolder) -> None:
    """Where a report joins that is earlier than all others, the former address leads to the new one."""
    for number, hour in enumerate([9, 10]):
        site.add(f"2025-03-02-n{number}.md", title=ECG[0].title, excerpt=ECG[0].excerpt,
                 webUrl=f"https://s{number}.example/", publishedDateTime=f"2025-03-02T{hour:02}:00:00Z")  # fmt: skip
    site.build()
    assert "Coverage" in site.page("/story/2025/03/02/n0/")
    site.add("2025-03-02-early.md", title=ECG[0].title, excerpt=ECG[0].excerpt, webUrl="https://early.example/",
             publishedDateTime="2025-03-02T07:00:00Z")  # fmt: skip
    assert site.build("--verify").code == 0
    assert "Coverage" in site.page("/story/2025/03/02/early/")
    assert 'content="0; url=/story/2025/03/02/early/"' in site.page("/story/2025/03/02/n0/")


def test_an_address_that_no_story_had_leads_nowhere(site: SiteFolder) -> None:
    """The second of two reports alone was no story with a page."""
    for number, hour in enumerate([9, 10]):
        site.add(f"2025-03-02-n{number}.md", title=ECG[0].title, excerpt=ECG[0].excerpt,
                 webUrl=f"https://s{number}.example/", publishedDateTime=f"2025-03-02T{hour:02}:00:00Z")  # fmt: skip
    site.build()
    assert [name for name in site.files() if name.startswith("story/")] == ["story/2025/03/02/n0/index.html"]


def test_stories_with_equal_ids_have_a_card_each(site: SiteFolder) -> None:
    """The id is a short hash, and that of these two addresses is the same."""
    for number, url in enumerate(["https://c.example/a28525", "https://c.example/a38958"]):
        title = ["Mammogram reading room", "Zebra kiosk opens"][number]
        site.add(f"2025-03-0{number + 1}-n.md", title=title, excerpt="", webUrl=url, topics=["AI"],
                 publishedDateTime=f"2025-03-0{number + 1}T08:00:00Z")  # fmt: skip
    site.build()
    assert site.page("/topics/ai/").count('<article class="card') == 2


def test_pages_name_the_stories_that_respond_to_each_other(site: SiteFolder) -> None:
    """The page of each links the other, and the card of the earlier one says by whom it is disputed."""
    site.add("2025-03-02-claim.md", title=ECG[0].title, excerpt=ECG[0].excerpt,
             publishedDateTime="2025-03-02T08:00:00Z", topics=["Heart"])  # fmt: skip
    site.add("2025-03-05-denial.md", title=DENIAL, excerpt=ECG[0].excerpt, publishedDateTime="2025-03-05T08:00:00Z",
             provider={"name": "B", "domain": "b.example"}, topics=["Heart"])  # fmt: skip
    assert site.build("--verify").report["stories"] == 2
    page = site.page("/2025/03/05/denial/")
    assert "Responds to" in page
    assert 'href="/2025/03/02/claim/"' in page.split("Responds to")[1]
    assert 'href="/2025/03/05/denial/"' in site.page("/2025/03/02/claim/").split("Disputed by")[1]
    assert '<a href="/2025/03/05/denial/">B</a>' in site.page("/topics/heart/").split("Disputed by")[1]
