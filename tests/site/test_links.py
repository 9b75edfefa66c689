"""Links to pages and files of the site: compared after decoding, and with or without `index.html`."""

import pytest

from tests.support.making import SiteFolder, document, run

ALIKE = [
    "/files/a b.txt", "/files/a%20b.txt", "/files/gr%C3%BCn%281%29.txt", "/files/grün(1).txt?x#y", "/app/",
    "/app/index.html", "/%61pp/", "/index.html", "/topics/index.html", "/2025/03/14/one/index.html#top",
    "/2025/03/14/%6Fne/",
]  # fmt: skip
DEAD = ["/files/a+b.txt", "/files/a%2520b.txt", "/files/%FF.txt", "/app", "/xindex.html", "/topics/Index.html"]


def a_site(site: SiteFolder, base: str = "") -> SiteFolder:
    site.configure(title="T", base_url=f"https://example.org{base}/", search=False)
    site.write("static/root/files/a b.txt", "")
    site.write("static/root/files/grün(1).txt", "")
    site.write("static/root/app/index.html", "<p>")
    return site


def body(links: list[str]) -> str:
    return "\n\n".join(f"[x](<{link}>)" for link in links)


def check(site: SiteFolder) -> str:
    return "".join(run("check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"))[1:])


@pytest.mark.parametrize("base", ["", "/d%C3%BC"])
def test_links_of_documents(site: SiteFolder, base: str) -> None:
    """Each way to write an address that a host answers is right; the others are reported."""
    a_site(site, base).add("2025-03-14-one.md", document(body(ALIKE)))
    assert site.build().codes() == []
    site.add("2025-03-14-one.md", document(body(DEAD)))
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["dead-link"] * len(DEAD))


@pytest.mark.parametrize("base", ["", "/d%C3%BC"])
def test_links_of_templates(site: SiteFolder, base: str) -> None:
    """The same links are right and wrong in a template, where `digest check` warns."""
    a_site(site, base).add("2025-03-14-one.md")
    links = [f'<a href="{base}{link}"></a>' for link in ALIKE + DEAD]
    site.write("templates/404.html", "\n".join(links))
    said = check(site)
    found = [line for line in said.splitlines() if ": dead-link: " in line]
    assert [int(line.split(":")[2]) for line in found] == [len(ALIKE) + number for number, _ in enumerate(DEAD, 1)]


def test_complete_links_to_the_site_itself(site: SiteFolder) -> None:
    """`digest check` compares links with a host in the same way."""
    site = a_site(site, "/d%C3%BC")
    links = [f"https://example.org/d%c3%bc{link}" for link in [*ALIKE, "/gone%20/"]]
    site.add("2025-03-14-one.md", document(body(links)))
    found = [line for line in check(site).splitlines() if ": dead-link: " in line]
    assert len(found) == 1
    assert "/gone%20/" in found[0]
