"""Pictures of the site in documents: files in static/ and files beside documents."""

import io
import json
import re
import struct
from typing import Any

import imagesize
import pytest

from tests.support.making import SiteFolder, document, run
from tests.support.own_pictures import png, svg

NAME = "x/2025-03-14-one.md"
_JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 180, 320) + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00\xff\xd9"
)


@pytest.fixture
def own(site: SiteFolder) -> SiteFolder:
    """A site in a folder of its host, without search."""
    site.configure(title="T", base_url="https://example.org/d%C3%BC/", search=False)
    return site


def put(site: SiteFolder, name: str, data: bytes) -> None:
    path = site.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def add(site: SiteFolder, *urls: str, body: str = "", **image: Any) -> None:
    site.add(NAME, document(body, images=[{"url": url, **image} for url in urls]))


def problems(site: SiteFolder) -> list[tuple[str, int, str]]:
    return [(one["code"], one["line"], one["message"]) for one in site.build().report["problems"]]


@pytest.mark.parametrize(
    ("file", "url", "address"),
    [
        ("static/root/pics/a b.png", "/pics/a%20b.png", "/pics/a%20b.png"),
        ("static/root/pics/a b.png", "/pics/a b.png", "/pics/a%20b.png"),
        ("static/pics/ä.png", "/pics/%C3%A4.png", r"/assets/pics/%C3%A4\.\w{8}\.png"),
        ("seeds/x/a.png", "a.png", "/pictures/x/a.png"),
        ("seeds/x/a.png", "./a.png?x#y", "/pictures/x/a.png"),
        ("seeds/b/A b.PNG", "../b/A%20b.PNG", "/pictures/b/A%20b.PNG"),
    ],
)
def test_a_picture_is_on_cards_feeds_and_share_tags(own: SiteFolder, file: str, url: str, address: str) -> None:
    """With the base path or the base address, and with the size of the file, whatever the document says."""
    put(own, file, png(640, 360))
    add(own, url, width=1, height=1, title="A & <b>")
    assert problems(own) == []
    path, base = f"/d%C3%BC{address}", f"https://example.org/d%C3%BC{address}"
    page = own.page("/2025/03/14/one/")
    for text in (own.page("/"), page, own.page("/topics/radiology/")):
        assert re.search(f'<img src="{path}" alt="[^"]*" width="640" height="360"', text)
    assert re.search(f'<meta property="og:image" content="{base}">\n.*width" content="640">', page)
    graph = json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])["@graph"]
    image = graph[0]["mainEntity"]["image"]
    assert re.fullmatch(base, image.pop("url"))
    assert image == {"@type": "ImageObject", "width": 640, "height": 360, "caption": "A & <b>"}
    for feed in ("/feed.xml", "/rss.xml"):
        assert re.search(f'<media:content url="{base}" medium="image" width="640" height="360"', own.page(feed))
    assert re.fullmatch(base, json.loads(own.page("/feed.json"))["items"][0]["image"])
    assert re.search(f"<image:loc>{base}</image:loc>", own.page("/sitemaps/2025-03.xml"))
    (published,) = [data for data in own.files().values() if data == png(640, 360)]
    assert imagesize.get(io.BytesIO(published)) == (640, 360)


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.svg", svg(320, 180), 'width="320" height="180"'),
        (
            "a.svg",
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180"/>',
            'width="320" height="180"',
        ),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', ""),
        ("a.gif", b"GIF89a" + struct.pack("<hh", 320, 180) + b"\0\0\0", 'width="320" height="180"'),
        ("a.JPG", _JPEG, 'width="320" height="180"'),
    ],
)
def test_sizes_are_read_from_each_format(own: SiteFolder, name: str, data: bytes, size: str) -> None:
    """An SVG may have none."""
    put(own, f"static/root/{name}", data)
    add(own, f"/{name}")
    assert problems(own) == []
    (shown,) = re.findall(rf'<img src="/d%C3%BC/{name}" alt="" ?(.*?) ?fetchpriority', own.page("/2025/03/14/one/"))
    assert shown == size


def test_a_small_picture_is_no_card(own: SiteFolder) -> None:
    """As if the document gave the size: the next one is shown."""
    put(own, "static/root/icon.png", png(48, 48))
    put(own, "static/root/a.png", png(640, 360))
    add(own, "/icon.png", "/a.png")
    assert problems(own) == []
    assert 'src="/d%C3%BC/icon.png"' not in own.page("/2025/03/14/one/")
    assert "/a.png" in own.page("/2025/03/14/one/")


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a" + b"\xff" * 9, b"RIFF\0\0\0\0WEBPVP8L"]
)
def test_what_is_no_picture_is_left_out_with_a_warning(own: SiteFolder, data: bytes) -> None:
    """At the line of the entry. Pictures of publishers stay."""
    put(own, "static/root/a.png", data)
    put(own, "static/root/a.txt", png(9, 9))
    urls = ["/a.png", "/gone.png", "gone.png", "/a.txt", "https://news.example.org/b.png"]
    add(own, *urls)
    first = next(
        number for number, line in enumerate(document(images=[{"url": "x"}]).split("\n"), 1) if "url: x" in line
    )
    assert own.build().code == 0
    assert problems(own) == [
        ("invalid-image", first, "the picture /a.png is not a picture, so it is left out"),
        ("invalid-image", first + 1, "the picture /gone.png is no file of this site, so it is left out"),
        ("invalid-image", first + 2, "the picture x/gone.png is no file of this site, so it is left out"),
        ("invalid-image", first + 3, "the picture /a.txt is not a picture, so it is left out"),
    ]
    assert '<img src="https://news.example.org/b.png"' in own.page("/2025/03/14/one/")


def test_a_picture_in_a_body(own: SiteFolder) -> None:
    """A relative picture, and a link to one, lead to the published file; one that is missing is a warning."""
    put(own, "seeds/x/fig 1.png", png(300, 200))
    put(own, "seeds/x/unused.png", png(300, 200))
    add(own, body="![Fig](fig%201.png)\n\n[Large](./fig%201.png)\n\n![No](no.png) ![No](no.svg)\n")
    first = document(images=[]).count("\n") + 1
    assert problems(own) == [
        ("invalid-image", first + 4, "the picture x/no.png is no file of the source folder"),
        (
            "invalid-link",
            first + 4,
            "the address `no.svg` is neither a web address nor starts with one `/`, so it is left out",
        ),
    ]
    page = own.page("/2025/03/14/one/")
    assert '<img src="/d%C3%BC/pictures/x/fig%201.png" alt="Fig">' in page
    assert '<a href="/d%C3%BC/pictures/x/fig%201.png"' in page
    assert [name for name in own.files() if name.endswith(".png") and "/" in name] == ["pictures/x/fig 1.png"]
    outcome = own.build("--verbose", "--clean")
    assert "unused.png" in outcome.stderr + outcome.stdout
    assert "ignored: " in outcome.stderr + outcome.stdout
    assert "fig 1.png does not have" not in outcome.stderr + outcome.stdout


def test_a_document_cannot_publish_what_is_no_picture(own: SiteFolder) -> None:
    """Neither a file of another kind under the name of a picture, nor a script in an SVG, nor a file elsewhere."""
    secret = own.write("secret.png", "secret")
    put(
        own,
        "seeds/x/page.png",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    )
    put(own, "seeds/x/script.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    put(own, "seeds/x/notes.pdf", b"notes")
    (own.root / "seeds" / "x" / "link.png").symlink_to(secret)
    body = "![a](script.svg) ![b](link.png) ![c](../../secret.png) ![d](../../../etc/passwd) [e](notes.pdf)\n"
    add(own, "script.svg", "../../secret.png", "link.png", body=body)
    assert own.build().code == 0
    add(own, body=f"{body}\n![f](page.png)\n")
    outcome = own.build()
    assert outcome.code == 1
    errors = [one for one in outcome.report["problems"] if one["severity"] == "error"]
    assert [one["code"] for one in errors] == ["invalid-image"]
    assert "seeds/x/page.png, which is not a picture" in errors[0]["message"]
    assert not any(data == b"secret" or b"alert(1)" in data or data == b"notes" for data in own.files().values())


def test_a_document_cannot_publish_a_file_beside_an_own_page(own: SiteFolder) -> None:
    """It may link to one that the owner has linked to."""
    put(own, "pages/team/a.png", png(640, 360))
    put(own, "pages/team/draft.png", png(300, 200))
    put(own, "pages/team/draft.pdf", b"draft")
    own.write("pages/team/index.md", "---\ntitle: Team\n---\n![x](a.png)\n")
    add(own, "/team/draft.png", "/team/a.png", body="![a](/team/a.png)\n")
    assert [code for code, *_ in problems(own)] == ["invalid-image"]
    assert sorted(name for name in own.files() if name.startswith("team/")) == ["team/a.png", "team/index.html"]
    assert '<img src="/d%C3%BC/team/a.png"' in own.page("/2025/03/14/one/")
    add(own, body="[a](/team/draft.pdf) ![b](/team/draft.png)\n")
    assert [code for code, *_ in problems(own)] == ["dead-link"] * 2


def test_pictures_of_drafts_are_not_published(own: SiteFolder) -> None:
    """Nor those of documents that are left out for a mistake."""
    put(own, "seeds/x/a.png", png(300, 200))
    own.add(NAME, document("![a](a.png)\n", draft=True, images=[{"url": "a.png"}]))
    own.add("2025-03-15-two.md", document("![a](x/a.png) [b](/gone/)\n", webUrl="https://two.example/"))
    own.add("2025-03-16-three.md", document(webUrl="https://three.example/"))
    assert own.build("--skip-invalid").code == 0
    assert not [name for name in own.files() if name.startswith("pictures/")]


def test_a_changed_file_is_noticed(own: SiteFolder) -> None:
    """A new size is on all pages; new content of the same size is published, and no page is written."""
    put(own, "seeds/x/a.png", png(300, 200))
    own.add("2025-03-15-two.md", document(webUrl="https://two.example/", title="Another event in a hospital"))
    add(own, "a.png", body="![a](a.png)\n")
    assert own.build().code == 0
    assert own.build().report["pages"]["written"] == 0
    put(own, "seeds/x/a.png", png(400, 200))
    assert own.build("--verify").code == 0
    assert 'width="400"' in own.page("/2025/03/14/one/")
    assert 'width="400"' in own.page("/2025/03/14/")
    put(own, "seeds/x/a.png", png(400, 200) + b"\0")
    outcome = own.build("--verify")
    assert (outcome.code, outcome.report["pages"]["written"]) == (0, 1)
    assert own.files()["pictures/x/a.png"] == png(400, 200) + b"\0"
    (own.root / "seeds" / "x" / "a.png").unlink()
    assert own.build("--verify").code == 0
    assert "<img src" not in own.page("/2025/03/14/")
    assert "pictures/x/a.png" not in own.files()


def test_check_knows_own_pictures(own: SiteFolder) -> None:
    """They have a size, and there is nothing to add."""
    put(own, "seeds/x/a.png", png(300, 200))
    add(own, "a.png")
    said = "".join(run("check", "--source", str(own.root / "seeds"), "--config", str(own.root / "site.toml"))[1:])
    assert "1 document, 0 errors, 0 warnings" in said


@pytest.mark.parametrize("link", ["l.svg", "./pics/L.SVG", "../l.svg?a#b"])
def test_an_svg_beside_a_document_has_the_remedy_that_works(own: SiteFolder, link: str) -> None:
    """It may be from a stranger and hold scripts; one in static/ is the owner's."""
    put(own, "seeds/x/l.svg", svg(10, 10))
    add(own, link, body=f"![A]({link})\n")
    found = own.build().report["problems"]
    assert [(one["code"], one["severity"]) for one in found] == [
        ("invalid-image", "warning"),
        ("invalid-link", "warning"),
    ]
    remedy = "put the SVG into static/root/, and write its path there after a /, such as /chart.svg"
    assert {one["remedy"] for one in found} == {remedy}
    put(own, "static/root/l.svg", svg(600, 400))
    add(own, "/l.svg", body="![A](/l.svg)\n")
    assert problems(own) == []


@pytest.mark.parametrize("link", ["https://n.example/l.svg", "//n.example/l.svg", "n.example/l.svg"])
def test_an_svg_of_the_web_is_a_picture(own: SiteFolder, link: str) -> None:
    """Browsers run no scripts in a picture of another host."""
    add(own, link, width=600, height=400)
    assert problems(own) == []
    assert 'src="https://n.example/l.svg"' in own.page("/2025/03/14/one/")
