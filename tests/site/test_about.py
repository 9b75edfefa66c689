"""The about page and the links to it."""

import re

import html5lib
import pytest

from generator.site.pages.about import contact_link
from generator.site.views import Link
from tests.support.crawling import XHTML
from tests.support.making import SiteFolder, run

SECTIONS = [
    "what", "editor", "contact", "corrections", "selection", "stories", "ranking", "topics", "summaries", "sources",
    "privacy", "advice", "words", "follow",
]  # fmt: skip


def built(site: SiteFolder, **about: str) -> str:
    """Returns the about page of a site with one item and these settings."""
    site.configure(**site.settings, about=about)
    site.add("2025-03-14-one.md")
    assert site.build().code == 0
    return site.page("/about/")


def ids(page: str) -> list[str]:
    """Returns the ids of the sections of a page."""
    return re.findall(r'<h2 id="(\w+)">', page)


def links(page: str) -> dict[str, str]:
    """Returns the texts of links by their targets, as a browser reads them."""
    tree = html5lib.parse(page)
    return {one.get("href", ""): "".join(one.itertext()) for one in tree.iter(f"{XHTML}a")}


def test_without_settings_there_are_no_blanks(site: SiteFolder) -> None:
    """No editor is named, and there is no contact; everything else is there."""
    page = built(site)
    assert ids(page) == [name for name in SECTIONS if name != "contact"]
    assert "The owner of this site has not named an editor." in page
    assert "<address>" not in page
    assert "mailto:" not in page
    assert "write to us" not in page
    assert not re.search(r"<(p|h2|address)[^>]*>\s*</", page)


def test_the_settings_are_shown(site: SiteFolder) -> None:
    """As text: markup in them is shown as it is written."""
    page = built(
        site, editor="Ward & <b>Co</b>", contact="post@h.example", funding="By {members}.", address="1 Road\nTown"
    )
    assert ids(page) == SECTIONS
    assert "<p>Ward &amp; &lt;b&gt;Co&lt;/b&gt;</p>" in page
    assert "<p>By {members}.</p>" in page
    assert "1 Road\n<br>Town\n</address>" in page


def test_reports_of_errors_go_to_the_contact_unless_there_is_another(site: SiteFolder) -> None:
    """Both are links."""
    page = built(site, contact="post@h.example")
    assert 'write to us at <a href="mailto:post@h.example">' in page
    page = built(site, contact="post@h.example", corrections="https://h.example/wrong?a=b&c=d")
    assert links(page)["https://h.example/wrong?a=b&c=d"] == "h.example/wrong?a=b&c=d"
    page = built(site, corrections="wrong@h.example")
    assert "contact" not in ids(page)
    assert links(page)["mailto:wrong@h.example"] == "wrong@h.example"


@pytest.mark.parametrize("contact", ["", "post@h.example"])
def test_every_page_links_to_standards_corrections_and_contact(site: SiteFolder, contact: str) -> None:
    """The link to the contact is there if there is one. `digest check` finds no dead link."""
    built(site, contact=contact)
    front = links(site.page("/"))
    assert front["/about/#corrections"] == "Corrections"
    assert (front.get("mailto:post@h.example") == "Contact") == bool(contact)
    given = ("--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"))
    code, *said = run("check", *given)
    assert code == 0
    assert "dead-link" not in "".join(said)


def test_topics_are_assigned_by_keywords_only_with_a_list(site: SiteFolder) -> None:
    """The page does not speak of a list that does not exist."""
    assert "keyword" not in built(site)
    site.write("topics.yaml", "topics:\n  - name: Chest\n    keywords: [chest films]\n")
    assert "keyword" in built(site)


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("", None),
        ("post@h.example", Link(text="post@h.example", to="mailto:post@h.example")),
        ("a?b&c%d@h.example", Link(text="a?b&c%d@h.example", to="mailto:a%3Fb%26c%25d@h.example")),
        ("https://h.example/", Link(text="h.example", to="https://h.example/")),
        ("https://h.example/@us", Link(text="h.example/@us", to="https://h.example/@us")),
    ],
)
def test_contact_links(contact: str, link: Link | None) -> None:
    """An e-mail address adds no header to the message."""
    assert contact_link(contact) == link
