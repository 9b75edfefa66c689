"""Which documents of a site are one article."""

from pathlib import Path

import pytest

from tests.support.making import SiteFolder


@pytest.mark.parametrize(
    ("one", "other", "items"),
    [
        ("https://n.example/#/post/1", "https://n.example/#/post/2", 2),
        ("https://n.example/#!/post/1", "https://n.example/#!/post/2", 2),
        ("https://n.example/app/#/post/1", "https://n.example/app/#/post/1?utm_source=x", 1),
        ("https://n.example/a?gad_source=1", "https://n.example/%61", 1),
        ("https://www.medrxiv.org/content/10.1101/2025.01.02.2531v1", "https://doi.org/10.1101/2025.01.02.2531", 1),
        ("https://doi.org/doi:10.1001/x.1", "https://dx.doi.org/10.1001/X.1", 1),
        ("https://europepmc.org/article/MED/12345678", "https://pubmed.ncbi.nlm.nih.gov/12345678", 1),
        ("https://europepmc.org/abstract/pmc/PMC12345", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12345/", 1),
        ("https://europepmc.org/article/MED/12345", "https://europepmc.org/article/PMC/PMC12345", 2),
        ("https://www.medrxiv.org/content/medrxiv/early/2025/01/05/2025.01.02.2531.full.pdf",
         "https://www.medrxiv.org/content/10.1101/2025.01.02.2531v2", 1),
    ],
)  # fmt: skip
def test_documents_of_one_article_are_one_item(site: SiteFolder, one: str, other: str, items: int) -> None:
    """A hash route is an address of its own. Tracking, encoding and versions are not."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    site.add("a.md", title="Sepsis alarm", webUrl=one)
    site.add("b.md", title="Stroke triage", webUrl=other)
    outcome = site.build()
    assert (outcome.code, outcome.report["items"]) == (0, items)
    assert outcome.codes() == ["duplicate-item"] * (2 - items)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\n# A comment\ntitle: T\nwebUrl: https://n.example/a\nREST---\n", 4),
        ("---\ntitle: T\nREST\noriginalUrl: 'https://n.example/a'\n---\n", 7),
        ("---\ntitle: T\nlink: {to: 'https://n.example/a'}\nREST---\n", 3),
        (('+++\ntitle = "T"\nprovider = {domain = "n.example"}\n\nwebUrl = "https://n.example/a"\n'
         "publishedDateTime = 2025-03-14T09:00:00Z\n+++\n"), 5),
        (('{"title": "T", "provider": {"domain": "n.example"}, "publishedDateTime": "2025-03-14T09:00:00Z",\n'
         '  "webUrl": "https://n.example/a"}\n'), 2),
    ],
)  # fmt: skip
def test_a_second_document_of_an_article_is_named_with_the_line_of_its_address(
    site: SiteFolder, text: str, line: int
) -> None:
    """Under whatever name, in each form of front matter."""
    site.configure(title="Test", base_url="https://example.org/", search=False, fields={"webUrl": ["link.to"]})
    rest = "provider: {domain: n.example}\npublishedDateTime: 2025-03-14T09:00:00Z\nrelated: []\n"
    site.add("best.md", webUrl="https://n.example/a")
    site.add("other.md", text.replace("REST", rest))
    (diagnostic,) = [one for one in site.build().report["problems"] if one["code"] == "duplicate-item"]
    assert (Path(diagnostic["path"]).name, diagnostic["line"]) == ("other.md", line)
