"""What a site has beside its documents is as hostile: settings, sources, own pages, pictures, style sheets and hooks.

So is what ``new``, ``stats``, ``theme`` and ``check`` say of a site.
"""

import datetime as dt
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from generator.commands import terminal
from generator.commands.new.document import NewDocument, compose
from generator.content import publishers
from generator.util import weburls
from generator.util.text import repair
from tests.security.test_attacks import BASE, COMMANDS, IN_NAMES, assert_plain, parsed_html, shown
from tests.support.attacks import ADDRESSES, ALIASES, BREAKOUTS, DOMAINS, TEXTS
from tests.support.crawling import XHTML
from tests.support.making import NOW, SiteFolder, document, read, run
from tests.support.own_pictures import png

# Kept in a text, for Hebrew and Arabic need it, and an order to a terminal.
MARK = "\u200f"

# Settings are repaired before they are read as addresses.
VISIBLE = [address for address in BREAKOUTS if address.isprintable()]


def inputs(site: SiteFolder) -> list[str]:
    return ["--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW]


def test_new_documents_are_compared_without_orders(site: SiteFolder) -> None:
    """The document about the same article may have any name, and topics may have marks."""
    site.add(f"2025-03-14-one\n::error::{IN_NAMES}.md", webUrl="https://a.example/", topics=[f"Onc{MARK}ology"])
    new = ["new", *inputs(site), "--title", "T", "--source-name", "N"]
    code, *said = run(*new, "--url", "https://a.example/")
    assert (code, "is about the same article" in said[1]) == (2, True)
    assert_plain(*said)
    assert "\n::error::" not in said[1]
    code, *said = run(*new, "--url", "https://b.example/", "--topic", "Oncolgy")
    assert (code, "did you mean `Onc" in said[1]) == (0, True)
    assert_plain(*said)


def test_studies_and_authors_of_new_documents_are_written_clean() -> None:
    """No text of them ends its line."""
    for text in (*TEXTS.values(), "x\n---\nslug: ../x"):
        given = NewDocument(
            title="T", source_name="N", url="https://a.example/", study=text, authors=(text, text),
            published_at=dt.datetime(2025, 3, 14, 9, tzinfo=dt.UTC),
        )  # fmt: skip
        _, front, rest = compose(given, dt.UTC).text.split("---\n")
        assert yaml.safe_load(front)["studies"] == [repair(text)]
        assert front.endswith(f"\n# authors: {repair(text)}; {repair(text)}\n")
        assert rest == ""


def test_numbers_of_a_site_are_told_without_orders(site: SiteFolder) -> None:
    """They hold titles and the names of topics and sources."""
    site.add("2025-03-14-one.md", title=f"T {MARK}{COMMANDS}", provider={"name": f"r {MARK}", "domain": "r.example"})
    site.write("topics.yaml", f"topics: [{{name: 'Odd {MARK}'}}]\n")
    code, *said = run("stats", *inputs(site), "--jobs", "1", "--max-age", "1d")
    assert (code, "Odd \\u200f" in said[0], "r \\u200f (r.example)" in said[0]) == (1, True, True)
    assert_plain(*said)


def test_files_of_the_theme_are_named_without_orders(tmp_path: Path) -> None:
    """They are copied into a folder of any name."""
    site = SiteFolder(tmp_path / f"site{IN_NAMES}")
    for wanted in (0, 2):
        code, *said = run("theme", "eject", "--config", str(site.root / "site.toml"), "item.html")
        assert code == wanted
        assert_plain(*said)


def test_notes_of_a_build_are_plain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """About a folder of any name, and about what the system says."""
    site = SiteFolder(tmp_path / f"site{IN_NAMES}")
    site.configure(title="T", base_url=BASE, search=False)
    site.add("2025-03-14-one.md")
    site.write("output/.digest/manifest.json", '{"files": {}}')
    outcome = site.build()
    assert (outcome.code, "note: removed " in outcome.stderr) == (0, True)
    terminal._note_shortage(COMMANDS)
    assert_plain(outcome.stdout, outcome.stderr, *capsys.readouterr())


@pytest.mark.parametrize("address", ADDRESSES)
def test_settings_lead_to_addresses_of_the_web(site: SiteFolder, address: str) -> None:
    """To those, to pages of the site and to mailboxes."""
    links = [{"text": "x", "to": address}]
    site.configure(title="T", base_url=BASE, menu=links, footer=links, about={"contact": address})
    outcome = site.build()
    assert outcome.code == 2
    assert len(re.findall(r"(?m)^error: .* (?:must|has)", outcome.stderr)) == 3
    assert_plain(outcome.stderr)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """A site with attacks in its settings, own pages, names of files and style sheet."""
    site = SiteFolder(tmp_path_factory.mktemp("own"))
    inside = [f'/about/?x="\'<b> {COMMANDS}#"onclick=x', "/topics/"]
    site.configure(
        title="T", base_url=BASE, search=False,
        menu=[{"text": text.replace("\x7f", ""), "to": "/"} for text in TEXTS.values()],  # TOML has no DEL
        footer=[{"text": "x", "to": to} for to in (*VISIBLE, *inside)],
        about={"contact": BREAKOUTS[0], "corrections": "o'x/y%z&?{}@hospital.example"},
    )  # fmt: skip
    site.add("2025-03-14-one.md", images=[{"url": "a'%2541.png"}])
    (site.root / "seeds" / "a'%41.png").write_bytes(png(640, 480))
    for number, text in enumerate(TEXTS.values()):
        front = yaml.safe_dump({"title": text, "description": text if number % 2 else None})
        site.write(f"pages/{number}.md", f"---\n{front}---\nOne\n<b>two</b> &amp;amp;#27;[2J\n")
    site.write("pages/a'%41.md", "---\ntitle: Odd\n---\nWords.\n")
    site.write("pages/links.md", "---\ntitle: Links\n---\n[x](a'%2541.md)\n")
    return site


@pytest.fixture(scope="module")
def built(own: SiteFolder) -> SiteFolder:
    outcome = own.build()
    assert outcome.code == 0, outcome.stderr
    return own


def test_links_of_settings_are_what_they_say(built: SiteFolder) -> None:
    """Texts are clean, and what could end an attribute or an address is encoded."""
    tree = parsed_html(built.page("/about/"))
    links = [(" ".join(shown(link).split()), link.get("href")) for link in tree.iter(f"{XHTML}a")]
    wanted = {" ".join(map(repair, text.replace("\x7f", "").splitlines())) for text in TEXTS.values()}
    assert {(text, "/") for text in wanted} <= set(links)
    addresses = [address for _, address in links]
    assert set(map(weburls.clean, VISIBLE)) <= set(addresses)
    assert "mailto:o%27x%2Fy%25z%26%3F%7B%7D@hospital.example" in addresses
    assert all(re.fullmatch(r"[!#$%&'()*+,./:;=?@\[\]\w{|}~-]+", address, re.ASCII) for address in addresses)
    assert "/about/?x=%22'%3Cb%3E%20%5D0;owned%E2%80%BA31mcod#%22onclick=x" in addresses


def test_own_pages_are_clean(built: SiteFolder) -> None:
    """Their titles, descriptions, and what is made of their text; their names and those of pictures are no codes."""
    for number, text in enumerate(TEXTS.values()):
        tree = parsed_html(built.page(f"/{number}/"))
        assert [shown(heading) for heading in tree.iter(f"{XHTML}h1")] == [repair(text)]
        (description,) = [
            meta.get("content") for meta in tree.iter(f"{XHTML}meta") if meta.get("name") == "description"
        ]
        assert description == (repair(text) if number % 2 else "One two [2J")
    assert {"a'%41/index.html", "pictures/a'%41.png"} <= set(built.files())
    links = [link.get("href") for link in parsed_html(built.page("/links/")).iter(f"{XHTML}a")]
    assert "/a%27%2541/" in links
    images = [image.get("src") for image in parsed_html(built.page("/2025/03/14/one/")).iter(f"{XHTML}img")]
    assert images == ["/pictures/a%27%2541.png"]


def test_names_of_own_pages_are_those_of_addresses(site: SiteFolder) -> None:
    """Others are refused."""
    site.add("2025-03-14-one.md")
    names = ['a"b', "a<b", "a:b", "a\\b", f"a{IN_NAMES}", "a\u200b", "a?b", "a#b", "x."]
    for name in names:
        site.write(f"pages/{name}.md", "---\ntitle: Odd\n---\n")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["invalid-alias"] * len(names))
    assert_plain(outcome.stdout, outcome.stderr)


def test_sources_are_checked_like_documents(tmp_path: Path) -> None:
    """Domains that are none are refused, and so are home pages that are not on the web; others are clean."""
    site = SiteFolder(tmp_path)
    site.add("2025-03-14-one.md")
    rows = [{"domain": f"e{number}.example", "name": "E", "kind": "news"} for number in range(len(ADDRESSES))]
    rows = [row | {"homepage": address} for row, address in zip(rows, ADDRESSES, strict=True)]
    rows += [{"domain": domain, "name": "E", "kind": "news"} for domain in DOMAINS]
    site.write("sources.yaml", yaml.safe_dump({"sources": rows}))
    outcome = site.build()
    assert outcome.code == 2
    assert outcome.stderr.count(": invalid-url: homepage ") == len(ADDRESSES)
    assert outcome.stderr.count(": invalid-domain: ") == len(DOMAINS)
    assert_plain(outcome.stderr)
    rows = [row | {"homepage": address} for row, address in zip(rows, BREAKOUTS, strict=False)]
    site.write("sources.yaml", yaml.safe_dump({"sources": rows}))
    homes = [row.home for row in publishers.load(tmp_path).rows[: len(BREAKOUTS)]]
    assert homes == list(map(weburls.clean, BREAKOUTS))


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_encoded_names_of_sources_are_decoded_first(text: str) -> None:
    """They are clean afterwards."""
    item = read(document(provider={"name": quote(f"r {text}"), "domain": "r.example"})).item
    assert item
    assert item.provider.name == repair(f"r {text}")


def test_hooks_are_checked_like_documents(site: SiteFolder) -> None:
    """What they give for a domain, and the addresses of their pages."""
    site.add("2025-03-14-one.md")
    hook = "from generator.hooks import Provider, replace\ndef item(item):\n    return replace(item, provider="
    for domain in ("..", "a b", "<e>.org"):
        site.write("hooks.py", f"{hook}Provider(name='X', domain={domain!r}, logo=None))\n")
        assert "provider.domain is not a domain name" in site.build().stderr
    page = """
from generator.hooks import Address, Head, Page, Struct
class View(Struct, frozen=True):
    head: Head
def page_type(address):
    def own(context):
        head = Head(title="T", description="D", address=Address(address))
        yield Page(address=Address(address), template="about.html", origin="x", view=View(head))
    return own
"""
    site.write("hooks.py", f"{page}page_types = [page_type(one) for one in {ALIASES!r}]\n")
    outcome = site.build()
    assert outcome.code == 1
    assert outcome.stderr.count(": hook-error: yields the address ") == len(ALIASES)
    assert_plain(outcome.stderr)


def test_addresses_in_style_sheets_stay_in_their_quotes(site: SiteFolder) -> None:
    """What follows the path of a file is encoded."""
    site.configure(title="T", base_url=BASE, search=False)
    site.add("2025-03-14-one.md")
    site.write("static/own.png", "x")
    site.write("static/own.css", 'b{background:url("own.png?a\\22 )}*{x:y} <b>#c\'d")}')
    assert site.build().code == 0
    (sheet,) = [data for name, data in site.files().items() if re.search(r"own\.\w+\.css$", name)]
    assert re.search(rb'own\.\w+\.png\?a%22\)%7D\*%7Bx:y%7D%20%3Cb%3E#c\'d"\)\}$', sheet.strip())


def test_checks_read_texts_as_a_build_does(site: SiteFolder) -> None:
    """A topic is the same in its list though it is damaged, and an address is found where it stands."""
    site.configure(title="T", base_url=BASE, search=False)
    lost = "Caf\u00c3\u00a9"
    others = ["https://a.example/1", "https://other.example.net/1?a=1&amp;b=2"]
    path = site.add("2025-03-14-one.md", topics=[lost, "Known"], notTopics=[lost], notSameAs=others)
    _, stdout, _ = run("check", *inputs(site), "--jobs", "1", "--format", "json")
    problems = json.loads(stdout)["problems"]
    lines = path.read_text(encoding="utf-8").split("\n")
    assert "unknown-topic" not in {one["code"] for one in problems}
    unknown = [lines[one["line"] - 1] for one in problems if "notSameAs" in one["message"]]
    assert unknown == [f"- {address}" for address in others]


def test_identities_of_works_are_encoded() -> None:
    """They are shown in messages."""
    for path in ("doi.org/10.1000/%22%3Cb%3E%1B", "e.example/%22%3Cb%3E%1B"):
        assert weburls.identity(weburls.clean(f"https://{path}")) == path
