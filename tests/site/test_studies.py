"""The studies on which articles report, on the pages of a site."""

import json
import re
from typing import Any

from tests.support.making import SiteFolder
from tests.support.stories import ECG, SEPSIS


def line(page: str) -> list[tuple[str, str]]:
    """Returns the address and the text of each link in the line of studies."""
    found = re.findall(r'<p class="studies">(.*?)</p>', page)
    assert len(found) <= 1
    return re.findall(r'<a class="out" rel="external noopener" href="([^"]*)">([^<]*)</a>', "".join(found))


def article(page: str) -> dict[str, Any]:
    """Returns the article in the JSON-LD of the page of an item."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(text)["@graph"][0]["mainEntity"]
    return found


def report(site: SiteFolder, number: int, *studies: str) -> None:
    """Adds a report of one story."""
    item = ECG[number % 2]
    site.add(f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, story="one",
             webUrl=f"https://s{number}.example/{number}", studies=list(studies) or None,
             publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z",
             provider={"name": f"S{number}", "domain": f"s{number}.example"})  # fmt: skip


def test_the_page_of_an_item_links_to_its_studies(site: SiteFolder) -> None:
    """In one line, in the order of the document. JSON-LD has their addresses."""
    site.add("2025-03-14-one.md", studies=["doi:10.1000/Ecg.17", "PMID 12345678", "NCT01234567", "ISRCTN12345678"])
    assert site.build().codes() == []
    page = site.page("/2025/03/14/one/")
    assert line(page) == [
        ("https://doi.org/10.1000/ecg.17", "DOI 10.1000/ecg.17"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "PubMed 12345678"),
        ("https://clinicaltrials.gov/study/NCT01234567", "NCT01234567"),
        ("https://www.isrctn.com/ISRCTN12345678", "ISRCTN12345678"),
    ]
    assert '<span class="label">Study:</span>' in page
    assert "</a> · <a" in page
    assert article(page)["citation"] == [address for address, _ in line(page)]


def test_an_item_without_studies_has_no_line(site: SiteFolder) -> None:
    """Also if none of its identifiers is recognised."""
    site.add("2025-03-14-one.md", studies=["Lancet 2025"])
    assert site.build().codes() == ["invalid-study"]
    page = site.page("/2025/03/14/one/")
    assert 'class="studies"' not in page
    assert "Lancet 2025" not in page
    assert "citation" not in article(page)


def test_the_page_of_a_story_links_to_the_studies_of_its_items(site: SiteFolder) -> None:
    """Each once, in the order of the reports."""
    report(site, 0, "PMID 2")
    report(site, 1)
    report(site, 2, "pmid:2", "10.1000/ecg")
    assert site.build().report["stories"] == 1
    assert [text for _, text in line(site.page("/story/2025/03/02/n0/"))] == ["PubMed 2", "DOI 10.1000/ecg"]
    assert line(site.page("/2025/03/03/n1/")) == []


def test_a_changed_study_changes_the_pages_that_show_it(site: SiteFolder) -> None:
    """The page of the item and of its story, also in an incremental build."""
    report(site, 0, "PMID 2")
    report(site, 1)
    site.build()
    report(site, 1, "PMID 3")
    assert site.build("--verify").code == 0
    assert [text for _, text in line(site.page("/story/2025/03/02/n0/"))] == ["PubMed 2", "PubMed 3"]
    assert [text for _, text in line(site.page("/2025/03/03/n1/"))] == ["PubMed 3"]


def test_a_shared_study_does_not_join_items(site: SiteFolder) -> None:
    """The clustering does not read the field."""
    for number, item in enumerate([ECG[0], SEPSIS]):
        site.add(f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, studies=["PMID 2"],
                 publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z")  # fmt: skip
    assert site.build().report["stories"] == 2


def test_the_label_is_in_the_language_of_the_site(site: SiteFolder) -> None:
    """Identifiers are the same in all languages."""
    site.configure(title="T", base_url="https://example.org/", language="de", search=False)
    site.add("2025-03-14-one.md", studies=["PMID 2"])
    site.build()
    page = site.page("/2025/03/14/one/")
    assert '<span class="label">Studie:</span>' in page
    assert [text for _, text in line(page)] == ["PubMed 2"]


def test_the_characters_of_a_doi_stay_text(site: SiteFolder) -> None:
    """A DOI may have any printable character. None of them ends an attribute, an element or a script."""
    doi = "10.1000/\"><script>x</script>'`\\{{7*7}}&amp"
    site.add("2025-03-14-one.md", studies=[doi])
    assert site.build().code == 0
    page = site.page("/2025/03/14/one/")
    ((address, text),) = line(page)
    assert re.fullmatch(r"https://doi\.org/10\.1000/[\w%/.-]+", address, re.ASCII)
    assert text.startswith("DOI 10.1000/&#34;&gt;&lt;script&gt;x&lt;/script&gt;")
    assert article(page)["citation"] == [address]
    assert "<script>x" not in page
