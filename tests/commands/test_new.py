"""`digest new`: creates valid documents from any options and any page."""

import datetime as dt
import json
import os
import pty
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml_rs
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.new import page_metadata
from generator.commands.new.document import NewDocument, Picture, compose
from generator.commands.new.page_metadata import PageError
from generator.content.parse import parse
from generator.content.publishers import Publishers
from generator.content.source_files import Document
from tests.support import ROOT
from tests.support.hosts import Host, Reply, running
from tests.support.making import SiteFolder, run

SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/", "search": False, "timezone": "Europe/Berlin"}
LATE = "2026-03-14T23:30:00Z"
NOW = dt.datetime.fromisoformat(LATE)
PAGE = """<!doctype html><html><head><title>Heart Centre | Model reads ECGs</title>
<meta charset="utf-8"><link rel="canonical" href="/news/ecg">
<meta property="og:title" content="Model reads ECGs &amp; abstains">
<meta property="og:site_name" content="Heart Centre News"><meta property="og:image" content="/ecg.jpg">
<meta property="og:description" content="One trace in ten is left to people.">
<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
<meta property="article:published_time" content="2025-03-10T08:15:00+01:00"></head><body>...</body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Returns an empty site folder with a time zone other than UTC."""
    return SiteFolder(tmp_path / "site", SETTINGS)


def new(site: SiteFolder, *more: str) -> tuple[int, str, str]:
    """Runs `digest new` in this process, and returns exit code, stdout and stderr."""
    return run(
        "new", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", LATE, *more
    )


def values(path: str) -> dict[str, Any]:
    """Returns the front matter of a document."""
    loaded = yaml_rs.loads(Path(path).read_text(encoding="utf-8").split("---\n")[1], parse_datetime=False)
    assert isinstance(loaded, dict)
    return loaded


def check(site: SiteFolder) -> list[str]:
    """Returns the codes that `digest check` reports."""
    code, stdout, _ = run(
        "check", "--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1",
        "--now", "2027-01-01", "--format", "json",
    )  # fmt: skip
    assert code == 0, stdout
    return [diagnostic["code"] for diagnostic in json.loads(stdout)["problems"]]


GIVEN = ("--title", "Model reads ECGs", "--url", "https://heart.example/ecg", "--source-name", "Heart Centre News")


def test_a_document_from_options(site: SiteFolder) -> None:
    """Dates the document in the site's time zone, and names it after its address. Only its picture is missing."""
    code, stdout, _ = new(site, *GIVEN, "--excerpt", "It abstains.", "--topic", "Cardiology", "--topic", "AI")
    path = stdout.strip()
    assert (code, Path(path).name) == (0, "2026-03-15-model-reads-ecgs.md")
    assert values(path) == {
        "title": "Model reads ECGs",
        "excerpt": "It abstains.",
        "publishedDateTime": "2026-03-15T00:30:00+01:00",
        "webUrl": "https://heart.example/ecg",
        "type": "article",
        "provider": {"name": "Heart Centre News"},
        "topics": ["Cardiology", "AI"],
    }
    assert check(site) == ["missing-image"]
    assert site.build("--now", "2027-01-01").code == 0
    assert "Model reads ECGs" in site.page("/2026/03/15/model-reads-ecgs/")


def test_nothing_is_overwritten(site: SiteFolder) -> None:
    """Refuses to overwrite a document, or the target of a link."""
    assert new(site, *GIVEN)[0] == 0
    before = site.files()
    code, _, stderr = new(site, *GIVEN, "--url", "https://heart.example/other")
    assert (code, "exists already" in stderr) == (2, True)
    assert site.files() == before
    target = site.root / "elsewhere"
    (site.root / "seeds" / "2026-03-15-other.md").symlink_to(target)
    assert new(site, *GIVEN, "--title", "Other", "--url", "https://heart.example/other")[0] == 2
    assert not target.exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), "missing: --title, --url, --source-name"),
        (("--title", "A"), "missing: --url, --source-name"),
        ((*GIVEN, "--title", " "), "missing: --title ("),
        ((*GIVEN, "--title", "\u200b"), "Error: --title is empty"),
        ((*GIVEN, "--url", "x"), "Error: --url is not a complete web address: 'x' (give the complete address, with"),
        ((*GIVEN, "--url", "javascript:alert(1)"), "Error: --url has the scheme"),
        ((*GIVEN, "--image", "x"), "Error: --image is not a complete web address: 'x' (give"),
        ((*GIVEN, "--topic", "x" * 20_000), "Error: --topic is longer than"),
        ((*GIVEN, "--source-name", "x" * 20_000), "Error: --source-name is longer than"),
        ((*GIVEN, "--published", "yesterday"), "is not an ISO 8601 time"),
        ((*GIVEN, "--published", "0001-01-01"), "not in the years"),
    ],
)
def test_wrong_usage(site: SiteFolder, more: tuple[str, ...], message: str) -> None:
    """Names all missing options, or the option with an invalid value, and writes nothing."""
    code, _, stderr = new(site, *more)
    assert code == 2
    assert message in stderr
    assert list((site.root / "seeds").iterdir()) == []


def test_prompts_in_a_terminal(site: SiteFolder) -> None:
    """Asks for missing values, and asks again after an invalid URL. Summary and topics are optional."""
    controller, terminal = pty.openpty()
    arguments = ["new", "--source", "seeds", "--now", LATE, "--title", "Model reads ECGs"]
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments], cwd=site.root, stdin=terminal, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=terminal, text=True,
    )  # fmt: skip
    os.write(controller, b"heart.example/ecg\nhttps://heart.example/ecg\nHeart Centre News\n\nAI, Heart ,\n")
    stdout, _ = process.communicate(timeout=60)
    prompts = os.read(controller, 10_000).decode()
    os.close(terminal)
    os.close(controller)
    assert process.returncode == 0
    written = values(str(site.root / stdout.strip()))
    assert written["provider"] == {"name": "Heart Centre News"}
    assert (written["webUrl"], written["topics"]) == ("https://heart.example/ecg", ["AI", "Heart"])
    assert "Error: it is not a complete web address: give the complete URL" in prompts
    assert prompts.count("URL of the article:") == 2
    assert prompts.count("(optional)") == 2


def name_in(text: str) -> str:
    """Returns the name of the source in a document, which is shown only if it fits the domain."""
    loaded = yaml_rs.loads(text.split("---\n")[1], parse_datetime=False)
    assert isinstance(loaded, dict)
    return str(loaded["provider"]["name"])


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=300), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gives_a_valid_document(title: str, name: str, excerpt: str, topics: list[str]) -> None:
    """Composes a document that parses without warnings, and composing the parsed values gives the same text."""
    document = NewDocument(
        title=f"T {title}", url="https://a.example/", source_name=f"N {name}", excerpt=excerpt, topics=tuple(topics),
        published_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC), picture=Picture(url="https://a.example/1.jpg", width=200),
    )  # fmt: skip
    composed = compose(document, zoneinfo.ZoneInfo("America/New_York"))
    assert composed.diagnostics == ()
    parsed = parse(Document(name=composed.name, shown=composed.name, text=composed.text), publishers=Publishers())
    assert parsed.diagnostics == ()
    assert parsed.item
    assert composed.name.startswith("2025-03-01-")
    assert f"{parsed.item.published_at:%Y-%m-%d}-{parsed.item.slug}.md" == composed.name
    again = compose(
        NewDocument(
            title=parsed.item.title, url=parsed.item.web_url, source_name=name_in(composed.text),
            excerpt=parsed.item.excerpt, topics=tuple(topics), published_at=parsed.item.published_at,
            picture=document.picture,
        ),
        zoneinfo.ZoneInfo("America/New_York"),
    )  # fmt: skip
    assert again == composed


@pytest.mark.parametrize(
    "title", ["1e3", "0o17", "yes", "2025-01-01", "- a: b", "# x", "'\"", "---", "~", "!x", "&a", "{"]
)
def test_titles_with_a_meaning_in_yaml(title: str) -> None:
    """Writes numbers, booleans and YAML syntax as text."""
    document = NewDocument(
        title=title, url="https://a.example/", source_name=title, published_at=dt.datetime(2025, 3, 1, 9, tzinfo=dt.UTC)
    )
    composed = compose(document, dt.UTC)
    parsed = parse(Document(name=composed.name, shown="x", text=composed.text), publishers=Publishers())
    assert parsed.item
    assert (parsed.item.title, name_in(composed.text), parsed.diagnostics) == (title, title, ())


@pytest.fixture
def host() -> Iterator[Host]:
    """Runs a server with the page of an article."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    with running({"/page": Reply(body=PAGE.encode(), headers=html)}) as running_host:
        yield running_host


def test_a_document_from_a_page(site: SiteFolder, host: Host) -> None:
    """Uses all metadata and the canonical URL. Options have priority. The check warns about the http picture only."""
    code, stdout, stderr = new(site, "--allow-private", "--from-url", host.url("/page"), "--topic", "Cardiology")
    assert (code, stderr) == (0, "")
    path = stdout.strip()
    assert Path(path).name == "2025-03-10-model-reads-ecgs-and-abstains.md"
    assert values(path) == {
        "title": "Model reads ECGs & abstains",
        "excerpt": "One trace in ten is left to people.",
        "publishedDateTime": "2025-03-10T08:15:00+01:00",
        "webUrl": host.url("/news/ecg"),
        "type": "article",
        "provider": {"name": "Heart Centre News"},
        "topics": ["Cardiology"],
        "images": [{"url": host.url("/ecg.jpg"), "width": 1200, "height": 630}],
    }
    assert check(site) == ["insecure-image"]
    more = ("--title", "Mine", "--published", "2024-01-02T03:04:05Z", "--image", "https://a.example/b.png")
    page = ("--allow-private", "--from-url", host.url("/page"), "--url", "https://heart.example/mine")
    code, stdout, _ = new(site, *page, *more)
    assert Path(stdout.strip()).name == "2024-01-02-mine.md"
    assert values(stdout.strip())["images"] == [{"url": "https://a.example/b.png"}]


@pytest.mark.parametrize(
    ("path", "reason"), [("/nothing", "responds with 404"), ("/text", "is not HTML"), ("/empty", "is not HTML")]
)
def test_a_page_that_cannot_be_read(site: SiteFolder, host: Host, path: str, reason: str) -> None:
    """Exits with code 1 and the reason, also for a private address."""
    host.replies |= {"/text": Reply(body=b"x", headers={"Content-Type": "text/plain"}), "/empty": Reply()}
    code, _, stderr = new(site, "--allow-private", "--from-url", host.url(path))
    assert (code, reason in stderr) == (1, True)
    code, _, stderr = new(site, "--from-url", "http://127.0.0.1/page")
    assert (code, "private network (--allow-private reads it)" in stderr) == (1, True)
    assert list((site.root / "seeds").iterdir()) == []


def test_a_page_without_a_date(site: SiteFolder, host: Host) -> None:
    """Uses the current time and prints a note. Other missing values are named."""
    host.replies["/bare"] = Reply(body=b"<title>Bare</title>", headers={"Content-Type": "text/html"})
    code, _, stderr = new(site, "--allow-private", "--from-url", host.url("/bare"))
    assert (code, "missing: --source-name" in stderr) == (2, True)
    code, stdout, stderr = new(site, "--allow-private", "--from-url", host.url("/bare"), "--source-name", "N")
    assert (code, "has no date" in stderr, Path(stdout.strip()).name) == (0, True, "2026-03-15-bare.md")


def of_page(site: SiteFolder, host: Host, html: str, *more: str, path: str = "/story") -> tuple[int, str, str]:
    """Runs `digest new --from-url` with a page."""
    head = '<meta property="og:title" content="Ward model"><meta property="og:site_name" content="Ward News">'
    host.replies[path] = Reply(body=(head + html).encode(), headers={"Content-Type": "text/html"})
    return new(site, "--allow-private", "--from-url", host.url(path), *more)


def test_sites_that_are_one_page(site: SiteFolder, host: Host) -> None:
    """Two pages that claim the front page as their address become two articles, and `<base>` moves what is relative."""
    for number in (1, 2):
        page = '<link rel="canonical" href="/">'
        code, stdout, _ = of_page(site, host, page, "--title", f"Ward {number}", path=f"/story-{number}")
        assert (code, values(stdout.strip())["webUrl"]) == (0, host.url(f"/story-{number}"))
    based = f'<base href="{host.url("/news/")}"><link rel=canonical href=story><meta property=og:image content=p.jpg>'
    written = values(of_page(site, host, based)[1].strip())
    assert (written["webUrl"], written["images"]) == (host.url("/news/story"), [{"url": host.url("/news/p.jpg")}])
    assert "duplicate-item" not in check(site)


def test_a_study(site: SiteFolder, host: Host) -> None:
    """Writes the DOI into `studies` and the authors into a comment, whatever they contain."""
    page = '<meta name=citation_doi content=10.1234/ab><meta name=citation_author content="A: #---&#10;x: [">'
    code, stdout, _ = of_page(site, host, page)
    assert (code, values(stdout.strip())["studies"]) == (0, ["10.1234/ab"])
    assert "\n# authors: A: #--- x: [\n" in Path(stdout.strip()).read_text()
    assert set(check(site)) <= {"missing-excerpt", "missing-image"}


def test_an_article_that_is_on_the_site(site: SiteFolder) -> None:
    """Refuses it, also as a draft, under another title or with another form of its address, and names the document."""
    code, stdout, _ = new(site, *GIVEN, "--draft")
    assert code == 0
    for url in ("https://heart.example/ecg", "http://www.heart.example/ecg/", "https://heart.example/ecg?utm_source=x"):
        code, _, stderr = new(site, *GIVEN, "--title", "Other", "--url", url)
        assert (code, f"{Path(stdout.strip()).name} is about the same article" in stderr) == (2, True)
    assert len(list((site.root / "seeds").iterdir())) == 1


@pytest.mark.parametrize(
    ("topic", "guess"),
    [("Cardiolgy", "Cardiology"), ("Radilogy", "Radiology"), ("radiologie", "Radiology"), ("Dentistry", ""),
     ("radiology", ""), ("X-ray", "")],
)  # fmt: skip
@pytest.mark.parametrize("is_curated", [True, False], ids=["curated", "free"])
def test_misspelt_topics(site: SiteFolder, topic: str, guess: str, *, is_curated: bool) -> None:
    """Warns about a topic that is nearly one of `topics.yaml`, or of other documents if there are no curated ones."""
    if is_curated:
        topics = "topics:\n  - {name: Cardiology}\n  - {name: Radiology, keywords: [X-ray]}\n"
        (site.root / "topics.yaml").write_text(topics)
    else:
        other = ("--url", "https://heart.example/2", "--title", "B")
        new(site, *GIVEN, *other, "--topic", "Cardiology", "--topic", "Radiology")
    code, _, stderr = new(site, *GIVEN, "--topic", topic)
    warning = f"warning: the topic '{topic}' may be misspelt: did you mean `{guess}`?\n" if guess else ""
    assert (code, stderr) == (0, warning)


def test_a_draft(site: SiteFolder) -> None:
    """Writes `draft: true`."""
    path = new(site, *GIVEN, "--draft")[1].strip()
    assert values(path)["draft"] is True


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little") + b"\0" * 20, (640, 480)),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'/>", (300, 200)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\3\x20\0\0\1\xc2" + b"\0" * 9, (800, 450)),
        (b"<html>", None),
        (b"", None),
    ],
)  # fmt: skip
def test_the_size_of_a_picture(site: SiteFolder, host: Host, data: bytes, size: tuple[int, int] | None) -> None:
    """Reads width and height from the file. A file that is no picture is an error, and nothing is written."""
    host.replies["/p"] = Reply(body=data)
    code, stdout, stderr = new(site, *GIVEN, "--image", host.url("/p"), "--image-size", "--allow-private")
    if size:
        assert values(stdout.strip())["images"] == [{"url": host.url("/p"), "width": size[0], "height": size[1]}]
    else:
        assert (code, "it is no picture" in stderr, list((site.root / "seeds").iterdir())) == (1, True, [])


def test_a_picture_that_cannot_be_fetched(site: SiteFolder, host: Host) -> None:
    """Says why: it is missing, private, or there is none."""
    missing = ("--image", host.url("/none"), "--image-size")
    code, _, stderr = new(site, *GIVEN, *missing, "--allow-private")
    assert (code, "responds with 404" in stderr) == (1, True)
    assert "is not a port of the web (--allow-private reads it)" in new(site, *GIVEN, *missing)[2]
    assert new(site, *GIVEN, "--image-size")[0] == 0


def test_the_editor(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opens the document that was written."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "%s" "$1" > "$0.opened"\n')
    editor.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    path = new(site, *GIVEN, "--edit")[1].strip()
    assert Path(f"{editor}.opened").read_text() == path


def read(page: str | bytes, content_type: str = "text/html") -> page_metadata.PageMetadata:
    data = page.encode() if isinstance(page, str) else page
    return page_metadata.read(data, content_type=content_type, url="https://news.example/a/b?x=1", now=NOW)


def ld(value: Any) -> str:
    return f'<title>T</title><script type="application/ld+json">{json.dumps(value)}</script>'


def test_json_ld() -> None:
    """Finds an article alone, in a list and in a graph, with all common forms of its properties."""
    article = {
        "@type": ["NewsArticle"], "headline": "H", "description": "D", "datePublished": "2025-03-10",
        "publisher": {"@type": "Organization", "name": "P"},
        "image": [{"url": "/i.jpg", "width": "800 px", "height": 450.0}],
    }  # fmt: skip
    for value in (article, [{"@type": "WebSite"}, article], {"@graph": [{"@type": "Person"}, article]}):
        found = read(ld(value))
        assert (found.title, found.excerpt, found.publisher) == ("H", "D", "P")
        assert found.published_at == dt.datetime(2025, 3, 10, tzinfo=dt.UTC)
        assert (found.image, found.width, found.height) == ("https://news.example/i.jpg", 800, 450)
    assert read(ld(article | {"image": "https://x.example/1.png", "publisher": "Q"})).image == "https://x.example/1.png"


@pytest.mark.parametrize(
    "value",
    [
        None, 7, [], {"@type": 3}, {"@type": "Article"}, {"@graph": 5},
        {"@type": "NewsArticle", "headline": ["x"], "image": [3], "publisher": 9, "datePublished": {"a": 1}},
    ],
)  # fmt: skip
def test_unusable_json_ld(value: Any) -> None:
    """Ignores JSON-LD of an unexpected shape, and uses the title of the page."""
    assert read(ld(value)) == page_metadata.PageMetadata(url="https://news.example/a/b?x=1", title="T")


@pytest.mark.parametrize(
    ("page", "content_type", "title"),
    [
        ("<title>Größe – “x”</title>", "text/html", "Größe – “x”"),
        ("<title>Größe – “x”</title>".encode("cp1252"), "text/html", "Größe – “x”"),
        ("<title>Größe – “x”</title>".encode("cp1252"), "text/html; charset=iso-8859-1", "Größe – “x”"),
        ("<meta charset=koi8-r><title>Сердце</title>".encode("koi8-r"), "text/html", "Сердце"),
        ("<title>心臓</title>".encode("shift_jis"), "text/html; charset=Shift_JIS", "心臓"),
        ("<title>Größe</title>", "text/html; charset=rot13", "Größe"),
        ("\ufeff<title>Größe</title>", "text/html; charset=iso-8859-1", "Größe"),
        ('<?xml version="1.0" encoding="utf-8"?><html><title>Größe</title></html>', "application/xhtml+xml", "Größe"),
        ("<title>A\0B</title>" + "<div>" * 5_000, "text/html", "AB"),
        ("<title>A womanâ€™s risk</title>", "", "A woman's risk"),
        ("<title>" + "word " * 5_000, "text/html", "word " * 58 + "word…"),
    ],
)
def test_encodings(page: str | bytes, content_type: str, title: str) -> None:
    """Decodes with the encoding of the header, else of the page, else a guess. Ignores codecs outside of the web."""
    assert read(page, content_type).title.replace("’", "'") == title


def test_urls_of_a_page() -> None:
    """Uses a canonical URL of the same host only, and ignores URLs that are not valid for a link."""
    assert read('<link rel="Canonical" href="https://www.news.example/c"><p>').url == "https://www.news.example/c"
    for other in ("https://evil.example/", "javascript:x", "http://[", ""):
        assert read(f'<link rel=canonical href="{other}"><p>').url == "https://news.example/a/b?x=1"
        assert read(f'<meta property="og:image" content="{other if "evil" not in other else "data:x"}"><p>').image == ""
    with pytest.raises(PageError):
        page_metadata.read(b"<p>", content_type="text/html", url="https://u:p@news.example/", now=NOW)


@pytest.mark.parametrize(
    ("url", "canonical", "found"),
    [
        ("https://news.example/story-7", "/", "https://news.example/story-7"),
        ("https://news.example/story-7", "https://www.news.example/index.html", "https://news.example/story-7"),
        ("https://news.example/en/story-7", "/en/", "https://news.example/en/story-7"),
        ("https://news.example/story-7", "/de-AT/home", "https://news.example/story-7"),
        ("https://news.example/", "/", "https://news.example/"),
        ("https://news.example/index.php?utm_source=x", "/", "https://news.example/"),
        ("https://news.example/story-7/amp", "/story-7", "https://news.example/story-7"),
        ("https://news.example/story-7", "/?p=7", "https://news.example/?p=7"),
        ("https://news.example/story-7", "/ai", "https://news.example/story-7"),
        ("https://news.example/story-7", "/heart", "https://news.example/heart"),
    ],
)
def test_front_pages_as_canonical_urls(url: str, canonical: str, found: str) -> None:
    """A canonical link to a front page, also that of a language, is believed only of a front page."""
    data = f'<link rel="canonical" href="{canonical}"><p>'.encode()
    assert page_metadata.read(data, content_type="text/html", url=url, now=NOW).url == found


@pytest.mark.parametrize(
    ("base", "url", "image"),
    [
        ("https://news.example/news/", "https://news.example/news/story", "https://news.example/news/pic.jpg"),
        ("/x/y", "https://news.example/x/story", "https://news.example/x/pic.jpg"),
        ("https://cdn.example/", "https://news.example/a/b?x=1", "https://cdn.example/pic.jpg"),
        ("javascript:0", "https://news.example/a/story", "https://news.example/a/pic.jpg"),
        ('"><base href="https://other.example/', "https://news.example/a/b?x=1", "https://other.example/pic.jpg"),
    ],
)
def test_addresses_below_a_base(base: str, url: str, image: str) -> None:
    """Relative addresses begin at the first `<base>` that has an address; one that is no web address is ignored."""
    page = f'<base href="{base}"><link rel="canonical" href="story"><meta property="og:image" content="pic.jpg"><p>'
    found = read(page)
    assert (found.url, found.image) == (url, image)


ARTICLE = '{"@type": "NewsArticle", "headline": "H", "datePublished": "2025-03-10"}'


@pytest.mark.parametrize(
    "script",
    [
        f"\n//<![CDATA[\n{ARTICLE}\n//]]>\n",
        f"/*<![CDATA[*/{ARTICLE}/*]]>*/",
        f"<![CDATA[ {ARTICLE} ]]>",
        f"<!--\n{ARTICLE}\n-->",
        ARTICLE.replace('"H"', '"H\n"').replace("2025-03-10", "2025-03-10\t"),
        f'[[{{"@type": "WebSite"}}], [[{ARTICLE}]]]',
        f'{{"@graph": [{{"@graph": [{ARTICLE}]}}]}}',
        f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
        ARTICLE.replace("NewsArticle", "https://schema.org/NewsArticle"),
    ],
)
def test_unusual_json_ld(script: str) -> None:
    """Reads JSON-LD within CDATA and comments, with line breaks in texts, and in nested lists and graphs."""
    found = read(f'<title>T</title><script type="application/ld+json; charset=utf-8">{script}</script>')
    assert (found.title, found.published_at) == ("H", dt.datetime(2025, 3, 10, tzinfo=dt.UTC))


def test_json_ld_with_references() -> None:
    """Finds publisher and picture of an article that names them by id."""
    graph = [
        {"@id": "#i", "@type": "ImageObject", "url": "/i.jpg", "width": 640, "height": 480},
        {"@type": "Article", "headline": "H", "publisher": {"@id": "#p"}, "image": {"@id": "#i"}},
        {"@id": "#p", "@type": "Organization", "name": "P"},
    ]
    found = read(ld({"@graph": graph}))
    assert (found.publisher, found.image, found.width) == ("P", "https://news.example/i.jpg", 640)
    assert read(ld({"@type": "Article", "headline": "H", "publisher": {"@id": "#none"}})).publisher == ""
    assert read(ld(json.loads("[" * 90 + ARTICLE + "]" * 90))).title == "T"


def test_metadata_of_journals() -> None:
    """Reads authors, journal, DOI and date of a study, with the first date that names a day."""
    found = read(
        '<title>T</title><meta name="citation_title" content="A model"><meta name="citation_author" content="Doe, A.">'
        '<meta name="citation_author" content="Roe, B."><meta name="citation_journal_title" content="Journal of Tests">'
        '<meta property="og:site_name" content="Publishing House"><meta name="citation_doi" content="doi:10.1234/ab.5">'
        '<meta name="citation_online_date" content="2025"><meta name="citation_publication_date" content="2025/3/9">'
    )
    assert (found.title, found.authors, found.publisher) == ("A model", ("Doe, A.", "Roe, B."), "Journal of Tests")
    assert (found.study, found.published_at) == ("doi:10.1234/ab.5", dt.datetime(2025, 3, 9, tzinfo=dt.UTC))
    assert read('<meta name="citation_doi" content="none"><p>').study == ""
    assert read('<meta name="citation_date" content="2025/13/40"><p>').published_at is None


@pytest.mark.parametrize(
    "time", ["1970-01-01T00:00:00Z", "0002-01-01", "1601-01-01T00:00:00Z", "2099-12-31", "9999-12-31T23:59:59-12:00"]
)
def test_times_that_cannot_be_meant(time: str) -> None:
    """Passes over defaults of other programs and over the far future, to the next time of the page."""
    meta = f'<meta property="article:published_time" content="{time}">'
    assert read(f"{meta}<p>").published_at is None
    found = read(f'{meta}<script type="application/ld+json">{ARTICLE}</script>')
    assert found.published_at == dt.datetime(2025, 3, 10, tzinfo=dt.UTC)


@given(st.text() | st.binary())
def test_any_page_can_be_read(page: str | bytes) -> None:
    """Reads any text or bytes, or raises an error."""
    try:
        found = read(page)
    except PageError:
        return
    assert found.title.isprintable()
