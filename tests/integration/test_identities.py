"""Which documents of a site are one article."""

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
