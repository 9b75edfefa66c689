"""The links at the top and the end of each page, as the settings name them."""

import pytest

from tests.site.test_own_pages import links
from tests.support.making import SiteFolder, document

HEADER = {
    "/topics/": "Topics",
    "/digest/": "Weekly",
    "/archive/": "Archive",
    "/sources/": "Sources",
    "/about/": "About",
}


def built(site: SiteFolder, **settings: object) -> SiteFolder:
    site.configure(**site.settings, search=False, **settings)
    site.add("2025-03-14-one.md")
    outcome = site.build("--verify")
    assert (outcome.code, outcome.codes()) == (0, []), outcome.stderr
    return site


def test_without_settings_there_are_the_lists_of_the_site(site: SiteFolder) -> None:
    """And at the end the about page, corrections, and feeds with their media types."""
    page = built(site).page("/topics/")
    assert links(page, "nav") == HEADER
    assert list(links(page, "footer")) == ["/about/", "/about/#corrections", "/feed.xml", "/rss.xml", "/feed.json"]
    assert '<a type="application/atom+xml" href="/feed.xml">' in page


def test_links_of_the_settings_take_their_place(site: SiteFolder) -> None:
    """On every page, in their order, as text; links that leave the site carry its mark."""
    menu = [
        {"text": "Our <b>ward</b> & us", "to": 'https://hospital.example/a b?c="d"'},
        {"text": "Chest", "to": '/topics/radiology/index.html?x=ä"#top'},
    ]
    footer = [{"text": "Post", "to": "mailto:post@hospital.example"}, {"text": "Guide", "to": "/files/the%20guide.txt"}]
    site.write("static/root/files/the guide.txt", "")
    built(site, menu=menu, footer=footer)
    for address in ("/", "/topics/radiology/", "/404.html"):
        page = site.page(address)
        assert links(page, "nav") == {
            "https://hospital.example/a%20b?c=%22d%22": "Our <b>ward</b> & us",
            "/topics/radiology/?x=%C3%A4%22#top": "Chest",
        }
        assert (
            '<a class="out" rel="external noopener" href="https://hospital.example/a%20b?c=%22d%22">Our &lt;b' in page
        )
        assert links(page, "footer") == {"mailto:post@hospital.example": "Post", "/files/the%20guide.txt": "Guide"}


def test_addresses_have_the_base_path(site: SiteFolder) -> None:
    """Settings name addresses as documents do, without it."""
    site.settings = {"title": "T", "base_url": "https://example.org/d/"}
    page = built(site, menu=[{"text": "Chest", "to": "/topics/"}]).page("/topics/")
    assert links(page, "nav") == {"/d/topics/": "Chest"}
    assert '<a href="/d/topics/" aria-current="page">Chest</a>' in page


def test_an_own_page_is_not_linked_twice(site: SiteFolder) -> None:
    """The settings give its place and its text, its front matter only that it is there."""
    site.write("pages/imprint.md", "---\ntitle: Imprint\nmenu: footer\n---\n")
    entries = [{"text": "Who we are", "to": "/imprint/"}, {"text": "Topics", "to": "/topics/"}]
    page = built(site, footer=entries).page("/")
    assert links(page, "footer") == {"/imprint/": "Who we are", "/topics/": "Topics"}


@pytest.mark.parametrize(
    ("entry", "code", "problem"),
    [
        ('text = "x"\nto = "/gone/#x"', 1, ":6:1: dead-link: links to /gone/, which is not a page of this site"),
        ('text = "x"\nto = "/topics"', 1, "(write /topics/)"),
        ('text = "x"\nto = "/topics/gone%20.txt"', 1, "links to /topics/gone .txt, which"),
        ('text = "x"\nto = "imprint/"', 2, ":6:1: invalid-setting: footer[].to must begin with one / for a page of"),
        ('text = "x"\nto = "//hospital.example/"', 2, ":6:1: invalid-setting: footer[].to must begin with one /"),
        ('text = "x"\nto = "javascript:alert(1)"', 2, ":6:1: invalid-setting: footer[].to must begin with one /"),
        ('text = "x"\nto = "mailto:x?y@z"', 2, ":6:1: invalid-setting: footer[].to must begin with one /"),
        ('text = " "\nto = "/topics/"', 2, ":5:1: invalid-setting: footer[].text is empty"),
        ('text = "x"', 2, ":4:1: invalid-setting: footer[].to is missing"),
        ('text = "x"\nto = "/"\nurl = "/"', 2, ":7:1: unknown-setting: 'footer[].url' is not a setting"),
    ],
)
def test_mistakes_are_reported_at_their_lines(site: SiteFolder, entry: str, code: int, problem: str) -> None:
    """Nothing is built."""
    site.add("2025-03-14-one.md")
    site.write("site.toml", f'[[footer]]\ntext = "Topics"\nto = "/topics/"\n[[footer]]\n{entry}\n')
    outcome = site.build()
    assert outcome.code == code
    assert f"site.toml{problem}" in outcome.stderr if problem.startswith(":") else problem in outcome.stderr
    assert not site.output.exists()


@pytest.mark.parametrize("number", ["tel:+49-30-1234567", "tel:112", "tel:(030)123.45;ext=7", "tel:*100*1"])
def test_telephone_numbers_are_links_where_the_owner_writes(site: SiteFolder, number: str) -> None:
    """In menus, in the text at the end of each page, and on own pages; not in documents."""
    site.settings = {**site.settings, "look": {"footer": f"[Call]({number})"}}
    site.write("pages/imprint.md", f"---\ntitle: Imprint\n---\n[Call]({number}) <a href='{number}'>us</a>\n")
    entry = {"text": "Phone", "to": number}
    page = built(site, menu=[entry], footer=[entry]).page("/imprint/")
    assert page.count(f'href="{number}"') == 5
    assert f'<a href="{number}">Phone</a>' in page
    site.add(
        "2025-03-15-two.md", document(f"[Call]({number})\n", title="Two", webUrl="https://n.example/2", slug="two")
    )
    outcome = site.build()
    assert [(one["code"], one["remedy"]) for one in outcome.report["problems"]] == [
        ("invalid-link", "write the number as text")
    ]


@pytest.mark.parametrize(
    "number", ["tel:030 123", "tel:", "tel:call-me", "tel:+49/30", 'tel:1"onclick="x', "tel:" + "1" * 60, "tel:1?2"]
)
def test_what_is_no_telephone_number_has_a_remedy(site: SiteFolder, number: str) -> None:
    """The form without spaces, in each place."""
    remedy = "tel:+49-30-1234567, without spaces"
    site.add("2025-03-14-one.md")
    for name in ("menu", "footer"):
        site.configure(**site.settings, **{name: [{"text": "x", "to": number}]})
        outcome = site.build()
        assert outcome.code == 2
        assert f"{name}[].to is not a telephone number: " in outcome.stderr
        assert f"(write it as {remedy})" in outcome.stderr
    site.configure(**site.settings, look={"footer": f"[Call](<{number}>)"})
    outcome = site.build()
    assert (outcome.code, f"(write the number as {remedy})" in outcome.stderr) == (1, True)
    site.configure(**site.settings)
    site.write("pages/imprint.md", f"---\ntitle: Imprint\n---\n[Call](<{number}>)\n")
    (diagnostic,) = site.build().report["problems"]
    assert (diagnostic["code"], diagnostic["remedy"]) == ("invalid-link", f"write it as {remedy}")
