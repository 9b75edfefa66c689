"""Markdown bodies on the pages of a site."""

import re

from tests.support.making import SiteFolder, document

ADDRESS = "/2025/03/14/one/"


def body(site: SiteFolder) -> str:
    """Returns the body on the page of the item."""
    (found,) = re.findall(r'<div class="prose">\n(.*?)\n</div>', site.page(ADDRESS), re.DOTALL)
    return str(found)


def test_ids_of_a_body_are_unlike_those_of_its_page(site: SiteFolder) -> None:
    """Headings may have the names of parts of the page; links within the body lead to the headings."""
    names = ["main", "related", "archive", "shortcuts", "find-q", "fn-1"]
    text = "".join(f"## {name}\n\n[{name}](#{name})[^{name}]\n\n[^{name}]: note\n\n" for name in names)
    site.add("2025-03-14-one.md", document(text))
    assert site.build().codes() == []
    ids = re.findall(r'\sid="([^"]*)"', site.page(ADDRESS))
    assert len(ids) == len(set(ids))
    assert {f"h-{name}" for name in names} <= set(ids)
    assert set(re.findall(r'href="#([^"]*)"', body(site))) <= set(ids)


def test_what_a_body_loses_is_reported_with_its_line(site: SiteFolder) -> None:
    """The page is built without it."""
    site.add("2025-03-14-one.md", document("text\n\n<iframe src='/x'></iframe>\n\n<u class=a>b</u> [c](#d)\n"))
    outcome = site.build()
    first = document().count("\n") + 1
    assert [(found["code"], found["line"] - first) for found in outcome.report["problems"]] == [
        ("removed-html", 2),
        ("invalid-link", 4),
        ("removed-html", 4),
    ]
    assert body(site) == '<p>text</p>\n\n<p><u>b</u> <a rel="noopener">c</a></p>'


def test_a_long_weekly_issue_is_built(site: SiteFolder) -> None:
    """A table of 71 rows, 167 links with parameters, and 501 entries, in one body."""
    table = "| a | b | c | d | e | f |\n|---|---|---|---|---|---|\n" + "| 1 | 2 | 3 | 4 | 5 | 6 |\n" * 71
    links = "".join(f"[x](https://e.example/{n}?utm_source=a_b&utm_medium=c_d)\n" for n in range(167))
    site.add("2025-03-14-one.md", document(f"{table}\n{links}\n" + "* entry\n" * 501))
    assert site.build().codes() == []
    assert body(site).count("<tr>") == 72
    assert body(site).count("<a ") == 167
    assert body(site).count("<li>") == 501


def test_a_changed_body_changes_its_page(site: SiteFolder) -> None:
    """Also if only the markup changes that is left out, or a line."""
    site.add("2025-03-14-one.md", document("# a\n\n[x](#a) <u>b</u>\n"))
    assert site.build().codes() == []
    for text, codes in (
        ("# a\n\n[x](#a) <u class=c>b</u>\n", ["removed-html"]),
        ("# b\n\n[x](#a) <u>b</u>\n", ["invalid-link"]),
        ("# a\n\n[x](#a)[^1] <u>b</u>\n\n[^1]: c\n", []),
    ):
        site.add("2025-03-14-one.md", document(text))
        outcome = site.build("--verify")
        assert outcome.code == 0
        assert outcome.codes() == codes
    assert 'id="fn-1"' in body(site)
