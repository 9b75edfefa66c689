"""Documents are hostile: what `attacks` holds, through every sink of the program, read back with real parsers.

docs/security.md says what is defended and where. `make mutants` takes each defence out and sees that a test of this
folder fails.
"""

import datetime as dt
import functools
import gzip
import html
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import feedparser
import msgspec
import pytest
import yaml
from html5lib import HTMLParser
from lxml import etree

from generator.commands.new import page_metadata
from generator.commands.new.document import NewDocument, compose
from generator.commands.new.page_metadata import PageError
from generator.commands.serve import command as serve_command
from generator.commands.serve import responses
from generator.content import urls
from generator.content.embeds import embedded_video
from generator.content.markdown import render_body
from generator.content.summaries import summary
from generator.content.urls import Address
from generator.errors import Code
from generator.render.renderer import WRITERS
from generator.site.page import Page
from generator.site.views import Feed, Manifest, NewsSitemap, Robots, Sitemap, SitemapIndex
from generator.util import serialize, weburls
from generator.util.text import printable, repair, topic_slug
from tests.integration.test_docs import PAGES
from tests.support.attacks import (
    ADDRESSES,
    ALIASES,
    BODIES,
    BREAKOUTS,
    CANARY,
    DOMAINS,
    EMBEDS,
    NO_PICTURES,
    NO_STUDIES,
    SLUGS,
    STUDIES,
    TEXTS,
    VIDEOS,
    YAML,
)  # fmt: skip
from tests.support.crawling import XHTML, pages
from tests.support.filling import BASE_URL, TEMPLATES, VARIANTS, filled, renderer
from tests.support.hosts import Reply, running
from tests.support.making import NOW, SiteFolder, document, entry, read, run
from tests.support.stories import ECG

BASE = "https://example.org/"
SCHEMES = ("http://", "https://")
# Every way out of a text at once, without braces, which the words of the interface use themselves.
WAYS_OUT = repair('\'"` --> <!-- ]]> </script></title></option><b onclick=x()>&lt;i&gt; & &amp;amp; \\u003c \\"')
PLAIN = "Zq"
ATOM = "{http://www.w3.org/2005/Atom}"
OF_XML = [
    ("atom", Feed),
    ("rss", Feed),
    ("sitemap", Sitemap),
    ("news-sitemap", NewsSitemap),
    ("sitemap-index", SitemapIndex),
]
# What a body may have.
BODY_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
BODY_ATTRIBUTES = {
    "href", "title", "src", "alt", "width", "height", "start", "colspan", "rowspan", "scope", "rel", "lang",
    "id", "class", "role", "tabindex",
}  # fmt: skip
# What the renderer makes, which is nothing of the page.
BODY_VALUES = {
    "id": r"(h|fn|fnref)-[\w-]+",
    "class": r"task|notes|left|center|right",
    "role": r"doc-noteref|doc-backlink",
    "tabindex": r"0",
}


@functools.cache
def parsed_html(text: str) -> Any:
    """The tree as a browser builds it. Its root says how many faults there were."""
    parser = HTMLParser(namespaceHTMLElements=True)
    tree = parser.parse(text)
    tree.set("faults", str(len(parser.errors)))
    return tree


def name_of(element: Any) -> str:
    return str(element.tag).removeprefix(XHTML)


def assert_twins(hostile: Any, plain: Any, wanted: Callable[[str], set[str]], where: str = "") -> None:
    """The same elements with the same attributes; each text is the plain one with the other words in it."""
    assert hostile.tag == plain.tag, where
    where += f"/{plain.tag}"
    assert list(hostile.keys()) == list(plain.keys()), where
    assert len(hostile) == len(plain), where
    for name in plain.keys():  # noqa: SIM118 - an element is no dictionary
        assert (hostile.get(name) or "") in wanted(plain.get(name) or ""), f"{where}@{name}"
    if name_of(plain) == "script" and plain.text:
        assert json.loads(hostile.text) == json.loads(plain.text, object_hook=lambda node: _mapped(node, wanted))
        assert not set(hostile.text) & set("<>&\u2028\u2029"), where
    else:
        assert (hostile.text or "") in wanted(plain.text or ""), where
    assert (hostile.tail or "") in wanted(plain.tail or ""), where
    for one, other in zip(hostile, plain, strict=True):
        assert_twins(one, other, wanted, where)


def _mapped(node: dict[str, Any], wanted: Callable[[str], set[str]]) -> dict[str, Any]:
    def value(one: Any) -> Any:
        if isinstance(one, list):
            return [value(part) for part in one]
        return _AnyOf(wanted(one)) if isinstance(one, str) else one

    return {key: value(one) for key, one in node.items()}


class _AnyOf:
    """Equal to any of some texts."""

    def __init__(self, texts: set[str]) -> None:
        self.texts = texts

    def __eq__(self, other: object) -> bool:
        return other in self.texts

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return repr(self.texts)


def swapped(text: str) -> set[str]:
    """What a text with the plain words may be with the hostile ones: the words, or an address made of them."""
    return {text.replace(PLAIN, WAYS_OUT), text.replace(PLAIN, quote(WAYS_OUT))}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("template", sorted(PAGES))
def test_templates_show_text_as_text(template: str, variant: str) -> None:
    """Whatever words a view, the site or the interface holds: the page has the same elements, and shows just them."""
    made = [
        renderer(words, variant).render(
            Page(address=Address("/"), template=template, view=filled(PAGES[template], words, variant), origin="a test")
        )
        for words in (WAYS_OUT, PLAIN)
    ]
    assert [one.diagnostic for one in made] == [None, None]
    hostile, plain = (one.data.decode() for one in made)
    assert WAYS_OUT not in hostile
    assert_twins(parsed_html(hostile), parsed_html(plain), swapped)
    assert parsed_html(plain).get("faults") == parsed_html(hostile).get("faults") == "0"


def test_every_attribute_is_quoted() -> None:
    """Escaping keeps a text within quotes; it could not keep it within none."""
    for path in TEMPLATES.glob("*.html"):
        assert not re.search(r"=\s*\{\{", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("variant", ["full", "web"])
@pytest.mark.parametrize(("writer", "view"), OF_XML)
def test_xml_shows_text_as_text(writer: str, view: type, variant: str) -> None:
    """The same for feeds and sitemaps; what readers of RSS take for HTML is escaped for them, too."""
    hostile, plain = (
        etree.fromstring(WRITERS[writer](filled(view, words, variant), BASE_URL)) for words in (WAYS_OUT, PLAIN)
    )
    for one, other in zip(*(tree.iter(f"{ATOM}content", "description") for tree in (hostile, plain)), strict=True):
        if one.tag == f"{ATOM}content" or one.getparent().tag == "item":
            assert_twins(parsed_html(one.text), parsed_html(other.text), swapped)
            assert parsed_html(one.text).get("faults") == parsed_html(other.text).get("faults")
            one.text = other.text = ""
    assert_twins(hostile, plain, swapped)


@pytest.mark.parametrize(("writer", "view"), [("json", Feed), ("manifest", Manifest)])
def test_json_shows_text_as_text(writer: str, view: type) -> None:
    """The same for JSON, in which nothing looks like markup to who guesses its type."""
    hostile, plain = (WRITERS[writer](filled(view, words), BASE_URL).decode() for words in (WAYS_OUT, PLAIN))
    assert not set(hostile) & set("<>&")
    values = [json.loads(text) for text in (hostile, plain)]
    for one, other in zip(*(value.get("items", ()) for value in values), strict=True):
        if "content_html" in other:
            found, wanted = (parsed_html(item.pop("content_html")) for item in (one, other))
            assert_twins(found, wanted, swapped)
    assert values[0] == json.loads(json.dumps(values[1]), object_hook=lambda node: _mapped(node, swapped))


def test_robots_is_one_address() -> None:
    """Nothing in an address begins another line."""
    (line,) = WRITERS["robots"](Robots(sitemap=Address("/a b\nDisallow: /")), BASE_URL).decode().splitlines()[3:]
    assert line == f"Sitemap: {BASE_URL}a%20b%0ADisallow%3A%20/"


@pytest.mark.parametrize("character", "<>&\u2028\u2029")
def test_json_has_no_character_that_html_or_old_javascript_obeys(character: str) -> None:
    """Each is written as an escape that means the same."""
    text = serialize.json_text({character: [character]})
    assert character not in text
    assert json.loads(text) == {character: [character]}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_text_is_one_visible_line(text: str) -> None:
    """Neither control characters, line breaks, overrides nor what is not seen; what can be read is all there."""
    mended = repair(text)
    assert mended
    assert "\n" not in mended
    for unseen in "\x00\x07\x1b\x7f\x85\x9b\u2028\u202e\u2066\u2069\u200b\u2060\u2063\ufeff\u206a\ufdd0\ue000\uffff":
        assert unseen not in mended
    assert not re.search("[\U000e0000-\U000e0fff\U0001fffe\U0001ffff]", mended)
    assert printable(mended).isprintable()
    if text.isascii() and text.isprintable() and "&" not in text:
        assert mended == text


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_are_none(address: str) -> None:
    """By themselves, in a body, in an embed: refused, or of the web without a user name."""
    with pytest.raises(weburls.InvalidUrlError):
        weburls.clean(address)
    link = html.escape(address)
    tree = parsed_html(render_body(f'<a href="{link}">x</a><img src="{link}">').html)
    assert [element.attrib for element in tree.iter() if name_of(element) in {"a", "img"}] in (
        [{"rel": "noopener"}],
        [{"href": address.strip(), "rel": "noopener"}, {"src": address.strip()}] if address.startswith("/") else [],
    )
    assert embedded_video(f'<iframe src="{link}"></iframe>') is None
    for text in (document(webUrl=address), document(notSameAs=[address])):
        assert [diagnostic.code for diagnostic in read(text).diagnostics] == [Code.INVALID_URL]


@pytest.mark.parametrize("address", BREAKOUTS)
def test_addresses_stay_within_their_attribute(address: str) -> None:
    """What could end an attribute, a header or a line is encoded, even where nobody escapes it again."""
    cleaned = weburls.clean(address)
    assert cleaned.startswith("https://e.example/")
    assert re.fullmatch(r"[!#$&()*+,\-./0-9:;=?@A-Z\[\]_a-z{|}~%]+", cleaned)


def assert_harmless(body: str) -> None:
    """Only elements, attributes and addresses that a body may have."""
    tree = strict_fragment(body)
    for element in tree.iter():
        name = name_of(element)
        assert name in BODY_TAGS | {"DOCUMENT_FRAGMENT"}, body
        assert set(element.keys()) <= BODY_ATTRIBUTES, body
        for attribute in {"href", "src"} & set(element.keys()):
            assert re.match(r"https?://(?!evil)|/(?![/\\])|mailto:|#(h|fn|fnref)-", element.get(attribute)), body
        for attribute in BODY_VALUES.keys() & set(element.keys()):
            assert re.fullmatch(BODY_VALUES[attribute], element.get(attribute)), body
        if name == "a":
            assert element.get("rel") == "noopener"


def strict_fragment(text: str) -> Any:
    return HTMLParser(strict=True).parseFragment(text, container="div")


@pytest.mark.parametrize("source", BODIES)
def test_bodies_have_nothing_active(source: str) -> None:
    """Neither scripts, handlers, styles, frames, forms, ids nor odd addresses; no control or turning characters."""
    body = render_body(source).html
    assert_harmless(body)
    assert body == "".join(character for character in body if character in "\n\t" or character.isprintable())


def test_links_of_bodies_are_those_that_are_checked() -> None:
    """What is not seen is taken out before a link is read, and not after it was looked up."""
    body = render_body("[x](/topics/\u202eai\u200b/)")
    assert [link.address for link in body.links] == ["/topics/ai/"]
    assert 'href="/topics/ai/"' in body.html


def test_what_is_taken_out_of_a_body_is_told() -> None:
    """Each address whose scheme is never shown, and no other."""
    body = render_body(
        "[a](javascript:__pwned(1)) ![b](data:image/png;base64,x) [c](/topics/) <a href='https://e.org/'>d"
    )
    assert [link.address for link in body.dropped] == ["javascript:__pwned(1)", "data:image/png;base64,x"]


def test_bodies_that_would_take_minutes_are_refused() -> None:
    """Before anything looks into them."""
    parsed = read(document("[" * 50_000))
    assert [diagnostic.code for diagnostic in parsed.diagnostics] == [Code.INVALID_BODY]


@pytest.mark.parametrize("source", EMBEDS)
def test_embeds_of_others_are_none(source: str) -> None:
    assert embedded_video(source) is None


@pytest.mark.parametrize("source", VIDEOS)
def test_of_a_video_its_address_is_left(source: str) -> None:
    """Which is clean as any other."""
    video = embedded_video(source)
    assert video
    assert re.match(r"https://(www\.youtube\.com|youtu\.be|vimeo\.com)/", video.url)
    assert video.url == weburls.clean(video.url)
    assert not set(video.url) & set("<>\"'` ")


@pytest.mark.parametrize("text", STUDIES)
def test_studies_lead_to_the_host_of_their_kind(text: str) -> None:
    """Every character that could end an attribute or the path is encoded in the address."""
    item = read(document(studies=[text])).item
    assert item
    (study,) = item.studies
    assert re.fullmatch(r"https://doi\.org/10\.1000/[A-Za-z0-9/:;()._~%-]+", study.url)
    assert study.url == weburls.clean(study.url)


@pytest.mark.parametrize("text", [*NO_STUDIES, *ADDRESSES, *BREAKOUTS])
def test_studies_that_are_none(text: str) -> None:
    """What leads elsewhere, or is more than an identifier, is left out."""
    parsed = read(document(studies=[text]))
    assert [diagnostic.code for diagnostic in parsed.diagnostics] == [Code.INVALID_STUDY]
    assert parsed.item
    assert parsed.item.studies == ()


@pytest.mark.parametrize("yaml", YAML.values(), ids=list(YAML))
def test_yaml_is_data(yaml: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is in it: problems with places, no object, no command, no end of the process."""
    monkeypatch.chdir(tmp_path)
    parsed = read(f"---\n{yaml}\n---\n")
    assert parsed.item is None
    assert parsed.diagnostics
    assert all(str(diagnostic).isprintable() and len(str(diagnostic)) < 500 for diagnostic in parsed.diagnostics)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_slugs_stay_in_their_folder(slug: str) -> None:
    """One that could lead elsewhere is refused."""
    parsed = read(document(slug=slug))
    assert [diagnostic.code for diagnostic in parsed.diagnostics] == [Code.INVALID_SLUG]
    assert re.fullmatch(r"write `slug: [a-z0-9-]+`", parsed.diagnostics[0].remedy)


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_an_editor_s_words_are_slugs_where_they_name_something(text: str) -> None:
    """A story's label and a topic's address have letters, digits and hyphens, whatever they were made of."""
    item = read(document(story=f"x {text}")).item
    assert item
    assert re.fullmatch(r"[a-z0-9-]+", item.story)
    assert re.fullmatch(r"[a-z0-9-]+", topic_slug(text))


@pytest.mark.parametrize("domain", DOMAINS)
def test_domains_stay_in_their_folder(domain: str) -> None:
    """One that is none gives way to the address's host."""
    item = read(document(provider={"name": "X", "domain": domain})).item
    assert item
    assert re.fullmatch(r"[a-z0-9.-]+", item.provider.domain)
    assert ".." not in item.provider.domain


@pytest.mark.parametrize(
    "name", ["../../x.md", "2025-03-14-..%2f..%2fx.md", "2025-03-14-\x1b[2J.md", "2025-03-14-….md"]
)
def test_file_names_stay_in_their_folder(name: str) -> None:
    """An address is made of what is left when a name is made a slug."""
    item = read(document(), name=name).item
    assert item
    assert re.fullmatch(r"/2025/03/14/[a-z0-9-]+/", urls.item(item))


@pytest.mark.parametrize("alias", ALIASES)
def test_former_addresses_stay_in_their_folder(alias: str) -> None:
    """One that could lead elsewhere, or be read as more than an address, is refused."""
    parsed = read(document(aliases=[alias]))
    assert [diagnostic.code for diagnostic in parsed.diagnostics] == [Code.INVALID_ALIAS]
    assert parsed.item is None


def test_keys_that_are_no_names_are_not_quoted() -> None:
    """Not even where they were meant for one: what is no name may be a piece of a value."""
    (diagnostic,) = read(document(title=None, **{"title=;": "x"})).diagnostics
    assert diagnostic.message == "title is missing: a key (not shown) is not a field"


def clipped(page: str, url: str = f"{BASE}a/b") -> page_metadata.PageMetadata:
    """What a page of others says."""
    data = page.encode("utf-8", "replace")
    return page_metadata.read(
        data, content_type="text/html; charset=utf-8", url=url, now=dt.datetime.fromisoformat(NOW)
    )


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_pages_of_others_are_read_as_text(text: str) -> None:
    """Title, summary and publisher are made of what a page says as those of a document are."""
    article = {"@type": "NewsArticle", "headline": text, "description": text, "publisher": {"name": text}}
    found = clipped(f'<title>x</title><script type="application/ld+json">{serialize.json_text(article)}</script>')
    assert {found.title, found.excerpt, found.publisher} == {repair(text)}
    found = clipped(f'<meta property="og:title" content="{html.escape(text)}"><p>')
    assert found.title == repair(found.title)


@pytest.mark.parametrize("address", [*ADDRESSES, *BREAKOUTS])
def test_pages_of_others_name_addresses_of_the_web(address: str) -> None:
    """Whatever they give as their own and as their picture's; an article stays on its host."""
    link = html.escape(address)
    found = clipped(f'<link rel="canonical" href="{link}"><meta property="og:image" content="{link}"><p>')
    assert found.url.startswith(BASE)
    for one in filter(None, (found.url, found.image)):
        assert weburls.clean(one) == one
    own = f"{BASE}{address}"
    found = clipped(f'<link rel="canonical" href="{html.escape(own)}"><p>')
    assert found.url.startswith(BASE)
    assert weburls.clean(found.url) == found.url


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_of_others_are_at_addresses_of_the_web(address: str) -> None:
    """A page that is found elsewhere is not read."""
    with pytest.raises(PageError):
        clipped("<title>x</title>", address)


COMMANDS = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202ecod\x00"
# As a file system takes it: NUL is none of its characters.
IN_NAMES = COMMANDS.replace("\x00", "").replace("/", "")


def assert_plain(*texts: str) -> None:
    """Nothing in what was printed is an order to a terminal."""
    for text in texts:
        assert all(line.isprintable() for line in text.split("\n")), text


def leaky(site: SiteFolder) -> None:
    """Documents with the secret in places where a message could quote it."""
    secret = f"{CANARY}{COMMANDS}"
    good = document(secured=secret)
    for number, text in enumerate(
        [
            document(secured=[secret]),
            document(secured={secret: secret}),
            good.replace("category:", f"'{CANARY}=': 1\ncategory:", 1),
            document(related=[entry(secured=secret)], provider={"name": "x", "domain": "e.org", "secured": secret}),
            good.replace("secured: ", "secured: x\nsecured: "),
            good.replace("secured: ", "secured: [") + "\n",
            f"---\ntitle: x\nsecured: {CANARY}\n  {CANARY}: {CANARY}\n{CANARY}\n---\n",
            f"---\ntitle: x\nsecured: !!{CANARY} {CANARY}\n---\n",
            f"---\ntitle: x\nsecured: *{CANARY}\n---\n",
            f"---\ntitle: x\nsecured: &{CANARY} [\n---\n",
            f"---\ntitle: x\nsecured: '{CANARY}\n---\n",
            f"---\ntitle: x\nsecured: {CANARY}",
            f"secured: {CANARY}",
            f"---\n- secured: {CANARY}\n---\n",
            f"---\n{CANARY}\n---\n",
            f"---\n{CANARY}==: x\n{CANARY}==: x\n---\n",
            f"---\nsecured: @{CANARY}\n---\n",
            f"---\nsecured: %{CANARY}\n---\n",
            f'---\nsecured: "\\q{CANARY}"\n---\n',
            f"---\nsecured: \x07{CANARY}\n---\n",
        ]
    ):
        site.add(f"2025-04-{number + 1:02}-leak.md", text)


def test_secured_is_in_no_message(site: SiteFolder) -> None:
    """Whatever is wrong with it, around it, or with the file: not on the terminal, not in the report, not in a file."""
    site.configure(title="T", base_url=BASE, search=False)
    site.add("2025-03-14-good.md", secured=f"{CANARY};{CANARY}", title="Good")
    leaky(site)
    said = []
    for more in ([], ["--verbose"], ["--skip-invalid", "--verbose"]):
        outcome = site.build(*more)
        assert outcome.code == (0 if "--skip-invalid" in more else 1)
        said += [outcome.stdout, outcome.stderr, json.dumps(outcome.report, ensure_ascii=False)]
    inputs = [
        "--source",
        str(site.root / "seeds"),
        "--config",
        str(site.root / "site.toml"),
        "--now",
        NOW,
        "--jobs",
        "1",
    ]
    for command in (["stories"], ["stories", "--format", "json"], ["explain", "2025-03-14-good.md"]):
        said += run(command[0], *inputs, "--skip-invalid", *command[1:])[1:]
    assert not any(CANARY in text for text in said)
    assert_plain(*said[::3], *said[1::3])
    for path, data in everything(site.output):
        assert CANARY.encode() not in data, path


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """A site that has a say in everything that is printed: names of files and folders, titles, keys, sources."""
    site = SiteFolder(tmp_path_factory.mktemp("noisy") / f"site{IN_NAMES}")
    site.configure(title="T", base_url=BASE, search=False)
    for number in (1, 2):
        site.add(
            f"2025-03-0{number}-one{IN_NAMES}.md",
            title=f"One {COMMANDS}",
            type=f"odd{COMMANDS}",
            story="one",
            related=[entry(1, title=f"Other {COMMANDS}", provider={"name": f"r {COMMANDS}", "domain": "r.example"})],
        )
    site.write(f"seeds/picture{IN_NAMES}.png", "x")
    return site


def test_builds_say_nothing_that_a_terminal_obeys(noisy: SiteFolder) -> None:
    """Warnings, ignored files, the summary; built, not built, and refused. The report keeps names as they are."""
    outcome = noisy.build("--verbose")
    assert outcome.code == 0
    assert "\\x1b]0;owned" in outcome.stdout
    assert "\\x1b]0;owned" in outcome.stderr
    assert_plain(outcome.stdout, outcome.stderr)
    noisy.add(f"bad{IN_NAMES}.md", "")
    outcome = noisy.build("--verbose")
    assert outcome.code == 1
    assert f"bad{IN_NAMES}.md" in {Path(diagnostic["path"]).name for diagnostic in outcome.report["problems"]}
    assert (noisy.root / "report.json").read_text(encoding="utf-8").isascii()
    assert_plain(outcome.stdout, outcome.stderr)
    (noisy.root / "seeds" / f"bad{IN_NAMES}.md").unlink()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--output", f"seeds/out{IN_NAMES}"],
        ["--report", f"gone{IN_NAMES}/report.json"],
        ["--report", f"seeds/{IN_NAMES}.json"],
        ["--source", f"gone{IN_NAMES}"],
        ["--config", f"gone{IN_NAMES}"],
        ["--base-url", f"x{IN_NAMES}"],
        ["--now", f"x{IN_NAMES}"],
        [f"--{IN_NAMES}"],
        [f"x{IN_NAMES}"],
    ],
)
def test_wrong_usage_is_repeated_without_orders(
    noisy: SiteFolder, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options come out of scripts, too, and scripts have them from elsewhere."""
    monkeypatch.chdir(noisy.root)
    code, stdout, stderr = run("build", "--source", "seeds", "--now", NOW, "--jobs", "1", *arguments)
    assert code == 2
    assert_plain(stdout, stderr)


@pytest.mark.parametrize("command", [["stories"], ["explain"], ["explain", "none"], ["stories", "--format", "json"]])
def test_stories_are_told_without_orders(noisy: SiteFolder, command: list[str]) -> None:
    """Paths, titles and names of sources; as JSON, too, where they are what they are."""
    inputs = ["--source", str(noisy.root / "seeds"), "--config", str(noisy.root / "site.toml"), "--now", NOW]
    about = {"explain": [f"2025-03-01-one{IN_NAMES}.md"]}.get(command[0], []) if len(command) == 1 else command[1:]
    about = [f"none{IN_NAMES}"] if about == ["none"] else about
    code, stdout, stderr = run(command[0], *inputs, "--jobs", "1", *about)
    assert code == (2 if "none" in command else 0)
    assert "\\x1b]0;owned" in stdout + stderr or "\\u001b]0;owned" in stdout
    assert_plain(stdout, stderr)
    if "json" in command:
        assert IN_NAMES in json.loads(stdout)[0]["lead"]


def test_other_commands_say_nothing_that_a_terminal_obeys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The preflight about files of any name; the preview about what a build says; the program about its own faults."""
    folder = tmp_path / f"in{IN_NAMES}"
    folder.mkdir()
    (tmp_path / "index.html").write_bytes(b"")
    (tmp_path / "sitemap.xml").write_bytes(f"<loc>https://example.org/{COMMANDS}/sitemaps/2025.xml</loc>".encode())
    for number in range(3):
        (folder / f"{number}{IN_NAMES}").write_bytes(b"x")
    for target in ("cloudflare-pages", "s3"):
        _, *said = run("preflight", "--target", target, "--output", str(tmp_path))
        assert "\\x1b]0;owned" in said[0]
        assert "built for https://example.org/\\x1b]0;owned" in said[1]
        assert_plain(*said)
    serve_command._print_line(f"error: {COMMANDS}")
    assert_plain(*capsys.readouterr())
    monkeypatch.setattr("generator.build.build.build", lambda *_, **__: dict[str, int]()[COMMANDS])
    site = SiteFolder(tmp_path / "site")
    code, *said = run(*site.arguments())
    assert (code, "please report it" in said[1]) == (3, True)
    assert_plain(*said)
    monkeypatch.setattr(
        "generator.build.build.build", lambda *_, **__: (_ for _ in ()).throw(ValueError(f"x {COMMANDS}\n\x1b[2J"))
    )
    code, *said = run(*site.arguments())
    assert code == 3
    assert_plain(*said)


def test_checks_say_nothing_that_a_terminal_obeys(noisy: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As text, as commands of a workflow, of which each is a line, and as SARIF, where files are addresses."""
    monkeypatch.chdir(noisy.root)
    said = {
        form: run("check", "--source", "seeds", "--now", NOW, "--jobs", "1", "--format", form)
        for form in ("text", "github", "sarif")
    }
    for code, stdout, stderr in said.values():
        assert code == 0
        assert_plain(stdout, stderr)
    assert all(line.startswith("::warning file=seeds/") for line in said["github"][1].splitlines())
    results = json.loads(said["sarif"][1])["runs"][0]["results"]
    assert any("\\x1b]0;owned" in result["message"]["text"] for result in results)
    assert_plain(*(result["message"]["text"] for result in results))
    files = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert f"seeds/2025-03-02-one{IN_NAMES}.md" in map(unquote, files)
    assert all(re.fullmatch(r"seeds/[\w.%-]+", file, re.ASCII) for file in files)


def test_new_files_are_named_without_orders(tmp_path: Path) -> None:
    """A document, whose folder has any name, and a site; what cannot be fetched, or is no address."""
    site = SiteFolder(tmp_path / f"site{IN_NAMES}")
    inputs = ["--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW]
    words = ["--title", f"T {COMMANDS}", "--url", "https://a.example/", "--source-name", f"N {COMMANDS}"]
    for wanted, arguments in (
        (0, ["new", *inputs, *words]),
        (2, ["new", *inputs, *words]),
        (2, ["new", *inputs, *words, "--url", f"x{COMMANDS}", "--topic", f"{COMMANDS} x"]),
        (1, ["new", *inputs, *words, "--from-url", f"http://127.0.0.1/{COMMANDS}"]),
        (0, ["init", "--now", NOW, str(tmp_path / f"new{IN_NAMES}")]),
        (2, ["init", "--now", NOW, str(tmp_path / f"new{IN_NAMES}")]),
    ):
        code, *said = run(*arguments)
        assert code == wanted
        assert_plain(*said)
    assert [path.name for path in (site.root / "seeds").iterdir()] == ["2026-01-01-t-0-owned-31mcod.md"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_new_documents_are_written_clean(text: str) -> None:
    """Whatever is given for a text, a build reads what stands in the file; its name is made of letters and hyphens."""
    given = NewDocument(
        title=text, excerpt=text, source_name=text, topics=(text,), url="https://a.example/",
        published_at=dt.datetime(2025, 3, 14, 9, tzinfo=dt.UTC),
    )  # fmt: skip
    written = compose(given, dt.UTC)
    assert re.fullmatch(r"2025-03-14-[a-z0-9-]+\.md", written.name)
    values = yaml.safe_load(written.text.split("---\n")[1])
    assert [values["title"], values["excerpt"], values["provider"]["name"], *values["topics"]] == [repair(text)] * 4
    item = read(written.text, written.name).item
    assert item
    assert {item.title, item.excerpt, *item.topics} == {repair(text)}
    assert item.provider.name in {repair(text), "a.example"}


def test_a_document_of_a_hostile_page(tmp_path: Path) -> None:
    """It has the words of the page as clean text, and addresses of the web; nothing of it reaches the terminal."""
    words = html.escape(f"</script>\nslug: ../x {COMMANDS}")
    page = (
        f'<title>{words}</title><link rel="canonical" href="javascript:__pwned(1)">'
        f'<meta property="og:title" content="{words}"><meta property="og:description" content="{words}">'
        f'<meta property="og:site_name" content="{words}">'
        f'<meta property="og:image" content="{html.escape(BREAKOUTS[0])}">'
        f'<meta property="article:published_time" content="2025-03-14T09:00:00Z\n{words}">'
    )
    site = SiteFolder(tmp_path)
    with running({"/page": Reply(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})}) as host:
        code, *said = run(
            "new", "--source", str(tmp_path / "seeds"), "--config", str(tmp_path / "site.toml"), "--now", NOW,
            "--allow-private", "--from-url", host.url("/page"),
        )  # fmt: skip
    assert code == 0
    assert_plain(*said)
    (path,) = (site.root / "seeds").iterdir()
    assert re.fullmatch(r"2026-01-01-[a-z0-9-]+\.md", path.name)
    text = path.read_text(encoding="utf-8")
    assert_plain(text)
    item = read(text, path.name).item
    assert item
    source = yaml.safe_load(text.split("---\n")[1])["provider"]["name"]
    assert (item.title, item.excerpt, source) == (repair(html.unescape(words)),) * 3
    assert (item.web_url, item.images[0].url) == (host.url("/page"), weburls.clean(BREAKOUTS[0]))


def test_manifests_name_nothing_that_a_terminal_obeys(site: SiteFolder) -> None:
    """What a file beside a site lists as a build's is not read where it could be none."""
    site.configure(title="T", base_url=BASE, search=False)
    site.add("2025-03-14-one.md")
    assert site.build().code == 0
    served = site.root / "www"
    sync = ["sync", str(served), "--output", str(site.output), "--source", str(site.root / "seeds")]
    assert run(*sync)[0] == 0
    for folder in (served, site.output):
        manifest = folder / "site-files.json"
        value = json.loads(manifest.read_bytes())
        for name in (f"gone{COMMANDS}", "../gone", ".digest/gone"):
            value["files"][name] = "0" * 64
        manifest.write_text(json.dumps(value), encoding="utf-8")
        code, *said = run(*sync, "--dry-run")
        assert (code, "gone" in said[0]) == (0, False)
        assert_plain(*said)


def test_pictures_in_disguise_are_advised_on_as_they_are_shown(site: SiteFolder) -> None:
    """A plain http address is one however it is written; what is no address is no picture."""
    size = {"width": 900, "height": 600}
    site.configure(title="T", base_url=BASE, search=False)
    site.add("2025-03-14-one.md", images=[{"url": "&#104;ttp://plain.example/x.png"} | size])
    site.add("2025-03-14-two.md", images=[{"url": address} for address in NO_PICTURES], title="Other words")
    inputs = ["--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW]
    code, stdout, _ = run("check", *inputs, "--jobs", "1", "--format", "json")
    diagnostics = [(Path(one["path"]).name, one["code"]) for one in json.loads(stdout)["problems"]]
    assert code == 0
    assert diagnostics == [
        ("2025-03-14-one.md", "insecure-image"),
        *[("2025-03-14-two.md", "invalid-url")] * len(NO_PICTURES),
    ]


def test_entries_in_disguise_are_found_where_they_stand(site: SiteFolder) -> None:
    """A warning about a topic has the line of the entry, whatever was taken out of its text."""
    site.configure(title="T", base_url=BASE, search=False)
    site.write("topics.yaml", "topics: [{name: Known}]\n")
    path = site.add("2025-03-14-one.md", topics=["Known", f"Odd \u200b{COMMANDS}"], images=[])
    inputs = ["--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--now", NOW]
    _, stdout, _ = run("check", *inputs, "--jobs", "1", "--format", "json")
    (diagnostic,) = (one for one in json.loads(stdout)["problems"] if one["code"] == "uncurated-topic")
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[diagnostic["line"] - 1].startswith('- "Odd')


@pytest.mark.parametrize("text", [*TEXTS.values(), WAYS_OUT], ids=[*TEXTS, "ways-out"])
def test_the_preview_s_panel_shows_problems_as_text(text: str) -> None:
    """Whatever a problem quotes, on whatever page."""
    page = b"<!doctype html><html lang='en'><head><title>x</title></head><body class='a>b'><p>y</p></body></html>"
    hostile, plain = (
        parsed_html(responses.with_additions(page, [f"{words} in a line"]).decode())
        for words in (printable(text), PLAIN)
    )
    assert_twins(hostile, plain, lambda one: {one.replace(PLAIN, printable(text))})
    hostile, plain = (parsed_html(responses.bare_page(words).decode()) for words in (printable(text), PLAIN))
    assert_twins(hostile, plain, lambda one: {one.replace(PLAIN, printable(text))})


def test_the_preview_s_redirects_stay_on_the_site(tmp_path: Path) -> None:
    """A folder of any name gets its slash; the address is one of this host, in ASCII and on one line."""
    for name in ('"><b>', "\u00e9 x", "%2f"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("x", encoding="utf-8")
        found = responses.locate(f"/{quote(name)}", base_path="", root=tmp_path)
        assert found == responses.Redirect(address=f"/{quote(name)}/")
    for target in (
        "//evil.example",
        "/%2f/evil.example",
        "/\\evil.example",
        "/%0d%0aSet-Cookie:%20a=b",
        "/..%2f..%2fetc",
    ):
        assert responses.locate(target, base_path="", root=tmp_path) is None


def test_names_in_the_preview_are_no_patterns(tmp_path: Path) -> None:
    """What came after a style sheet is looked for by its name, and not by what that name would match."""
    for name in ("[a].11111111.css", "a.22222222.css"):
        (tmp_path / name).write_bytes(b"")
    assert responses.locate("/%5Ba%5D.00000000.css", base_path="", root=tmp_path) == tmp_path / "[a].11111111.css"
    assert responses.locate("/*.00000000.css", base_path="", root=tmp_path) is None


def test_settings_are_escaped_though_they_are_trusted(site: SiteFolder) -> None:
    """An address with quotes, a name with controls: a mistake is no hole."""
    site.configure(
        title="A \x1b[2J\u202e</title>", description="B\u202e", base_url="https://E.example/'a\"<b", search=False
    )
    site.add("2025-03-14-one.md")
    assert site.build().code == 0
    for name, text in pages(site.output).items():
        tree = parsed_html(text)
        assert tree.get("faults") == "0", name
        (canonical,) = [link.get("href") for link in tree.iter(f"{XHTML}link") if link.get("rel") == "canonical"]
        assert canonical.startswith("https://e.example/%27a%22%3Cb/")
        assert "\u202e" not in text


@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": "javascript:__pwned(1)"},
        {"base_url": "https://user@evil.example/"},
        {"base_url": "https://example.org//evil.example/"},
        {"title": "\u202e\u200b"},
        {"feed_authority": "a b"},
    ],
)
def test_settings_that_could_harm_are_refused(site: SiteFolder, settings: dict[str, str]) -> None:
    """They are trusted to be meant, not to be right."""
    site.configure(**settings)
    site.add("2025-03-14-one.md")
    outcome = site.build()
    assert outcome.code == 2
    assert_plain(outcome.stdout, outcome.stderr)


def test_ids_of_feeds_are_made_of_a_domain(site: SiteFolder) -> None:
    """What is given as one is read as an address of the web is."""
    site.configure(title="T", base_url=BASE, feed_authority="WWW.Example.ORG/x?y#z", search=False)
    site.add("2025-03-14-one.md")
    assert site.build().code == 0
    ids = [node.text for node in etree.parse(site.output / "feed.xml").iter("{http://www.w3.org/2005/Atom}id")]
    assert all(re.fullmatch(r"tag:example\.org,2026:[\w/-]+", one) for one in ids)


def test_curated_topics_are_checked_like_documents(site: SiteFolder) -> None:
    """A slug that leads elsewhere is refused, with one that does not; keywords are found as they are seen."""
    site.configure(title="T", base_url=BASE, search=False)
    site.add("2025-03-14-one.md", title="About a spirometer", topics=[])
    site.write("topics.yaml", "topics:\n  - {name: 'A <b>', slug: ../../x, keywords: [spirometer]}\n")
    outcome = site.build()
    assert outcome.code == 2
    assert "write `slug: x`" in outcome.stderr
    site.write(
        "topics.yaml", 'topics:\n  - {name: "A\\e[2J <b>", slug: safe, keywords: ["spiro\\u200bmeter\\u202e"]}\n'
    )
    assert site.build().code == 0
    tree = parsed_html(site.page("/topics/safe/"))
    assert [shown(heading) for heading in tree.iter(f"{XHTML}h1")] == ["A <b>"]
    twice = "topics:\n  - {name: A, keywords: [spirometer]}\n  - {name: B, keywords: ["
    site.write("topics.yaml", twice + '"spiro\\u200bmeter"]}\n')
    outcome = site.build()
    assert (outcome.code, "keyword 'spirometer' already belongs to the topic 'A'" in outcome.stderr) == (2, True)


def attack(site: SiteFolder, text: Callable[[str], str], *, is_hostile: bool) -> SiteFolder:
    """A site with every attack in every field; or its twin with plain words in the same places."""
    polyglot = text("raw-text") + text("double-quote") + text("single-quote") + text("cdata")
    site.configure(title=f"Site {polyglot}", description=f"About {polyglot}", base_url=BASE)
    for number, name in enumerate(TEXTS):
        words = text(name)
        day = f"2025-{1 + number % 3:02}-{10 + number // 3:02}"
        site.add(
            f"{day}-text-{name}.md",
            title=words,
            excerpt=f"{words} excerpt",
            category=words,
            topics=[words, "Shared"],
            story="one" if number < 3 else None,
            publishedDateTime=f"{day}T09:30:00Z",
            webUrl=f"https://news.example.org/text/{name}",
            provider={"name": "x", "domain": f"{name}.example", "images": [{"url": f"https://{name}.example/l.png"}]},
            images=[{"url": f"https://img.example/{name}.png", "width": 640, "height": 480, "title": f"{words} 2"}],
            related=[
                # The name fits the domain, whatever else it holds.
                entry(number, title=words, excerpt=words, provider={"name": f"r {words}", "domain": "r.example"})
            ],
            secured=f"{CANARY}=;{CANARY}",
        )
    rows = [{"domain": f"{name}.example", "name": text(name), "kind": "news"} for name in TEXTS]
    site.write("sources.yaml", yaml.safe_dump({"sources": rows}))
    bad, pictures = (list(ADDRESSES), list(NO_PICTURES)) if is_hostile else (["https://ok.example/"],) * 2
    site.add(
        "2025-02-01-addresses.md",
        title="Addresses",
        publishedDateTime="2025-02-01T09:30:00Z",
        images=[{"url": address, "width": 900, "height": 600} for address in pictures],
        provider={"name": "Addresses", "domain": "a.example", "images": [{"url": address} for address in pictures]},
        related=[
            entry(webUrl=address, images=[{"url": picture}], topics=["Shared"])
            for address, picture in zip(bad, itertools.cycle(pictures), strict=False)
        ],
        ampWebUrl=bad[0],
        cdnAmpWebUrl=bad[1 % len(bad)],
        originalUrl=bad[2 % len(bad)],
        featuredContent=EMBEDS[0] if is_hostile else None,
    )
    for number, address in enumerate(BREAKOUTS):
        ours = f"{address}/{number}" if is_hostile else f"https://e.example/{number}"
        site.add(
            f"2025-02-{number + 2:02}-breakout.md",
            title=f"Breakout {number}",
            type="video",
            publishedDateTime=f"2025-02-{number + 2:02}T09:30:00Z",
            webUrl=ours,
            images=[{"url": ours, "width": 900, "height": 600}],
            provider={"name": "Breakouts", "domain": "e.example", "images": [{"url": ours}]},
            related=[entry(webUrl=f"{ours}r", images=[{"url": ours, "width": 900, "height": 600}])],
            featuredContent=VIDEOS[number % len(VIDEOS)],
        )
    site.add(
        "2025-02-20-no-name.md",
        title="No name",
        publishedDateTime="2025-02-20T09:30:00Z",
        webUrl="https://[2001:db8::1]/x",
        provider=None,
    )
    # A story of two reports, and one that responds to it.
    answer = "No, the Lundgren clinic model that reads ECGs does not say when it cannot"
    for number, title in enumerate([ECG[0].title, ECG[1].title, answer]):
        site.add(
            f"2025-02-2{number + 1}-story.md",
            title=title,
            excerpt=ECG[0].excerpt,
            type="video",
            studies=[*STUDIES, *NO_STUDIES][:20] if is_hostile else ["PMID 1", "PMID 2"],
            images=[{"url": "https://img.example/story.png", "width": 640, "height": 480, "title": "Story"}],
            publishedDateTime=f"2025-02-2{number + 1}T09:30:00Z",
            webUrl=f"https://story{number}.example/",
            provider={"name": "", "domain": f"story{number}.example"},
        )
    for number, body in enumerate(BODIES):
        day = f"2024-0{1 + number % 3}-{1 + number // 3:02}"
        site.add(
            f"{day}-body.md",
            document(
                body if is_hostile else "Plain words.",
                title=f"Body {number}",
                webUrl=f"https://news.example.org/body/{number}",
                publishedDateTime=f"{day}T09:30:00Z",
                topics=["Shared", "Bodies"],
            ),
        )
    return site


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """The site, built once."""
    site = attack(SiteFolder(tmp_path_factory.mktemp("attacked")), TEXTS.__getitem__, is_hostile=True)
    outcome = site.build()
    assert outcome.code == 0, [line for line in outcome.stderr.splitlines() if line.startswith("error")]
    return site


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """Its twin."""
    site = attack(SiteFolder(tmp_path_factory.mktemp("plain")), lambda name: f"Plain words on {name}", is_hostile=False)
    assert site.build().code == 0
    return site


def shapes(tree: Any) -> set[tuple[str, frozenset[str]]]:
    """The elements of a page, but those of a body: the last names on the way to each, and its attributes."""
    found = set()

    def walk(element: Any, way: str) -> None:
        way = f"{way}/{name_of(element)}"
        # Text in the other direction may say so, and no more.
        own = {"dir"} if element.get("dir") == "auto" else set()
        found.add(("/".join(way.split("/")[-3:]), frozenset(element.keys()) - own))
        if way.endswith("/article/div") and element.get("class") == "prose":
            return
        for child in element:
            walk(child, way)

    walk(tree, "")
    return found


def test_pages_have_the_elements_of_any_site(attacked: SiteFolder, untouched: SiteFolder) -> None:
    """No element and no attribute but those that plain words have there, too; the scripts are the site's own."""
    known = {shape for text in pages(untouched.output).values() for shape in shapes(parsed_html(text))}
    scripts = {
        (element.get("src"), element.get("type"))
        for text in pages(untouched.output).values()
        for element in parsed_html(text).iter(f"{XHTML}script")
    }
    for name, text in pages(attacked.output).items():
        tree = parsed_html(text)
        assert tree.get("faults") == "0", name
        assert shapes(tree) <= known, name
        assert {(element.get("src"), element.get("type")) for element in tree.iter(f"{XHTML}script")} <= scripts, name
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), name
        for element in tree.iter(f"{XHTML}div"):
            if element.get("class") == "prose":
                assert_harmless("".join(re.findall(r'<div class="prose"[^>]*>\n(.*?)\n</div>', text, re.DOTALL)))


def test_addresses_of_pages_are_of_the_site_or_the_web(attacked: SiteFolder) -> None:
    """Whatever attribute holds one; none is the attacker's, none leaves its folder."""
    for name, text in pages(attacked.output).items():
        for element in parsed_html(text).iter():
            for attribute in {"href", "src", "action"} & set(element.keys()):
                address = element.get(attribute)
                assert re.match(r"(https?:/)?/(?!/)|#[a-z]+(-[0-9]+)?$|#h-[a-z-]+$", address), (name, address)
                assert not re.search(r"evil\.example|\s", urlsplit(address).netloc), (name, address)
            if (element.get("property") or "") in {"og:url", "og:image"} and element.get("content"):
                assert element.get("content").startswith(SCHEMES), name
    for name in attacked.files():
        assert re.fullmatch(r"[\w./+-]+", name), name
        assert ".." not in name


def test_identifiers_are_read_as_they_are_seen() -> None:
    """What is not seen is taken out first, so that one study has one identifier."""
    item = read(document(studies=["PMID 1\u200b2", "PMID&#32;12\u202e"])).item
    assert item
    assert [study.text for study in item.studies] == ["PubMed 12"]


def test_studies_are_shown_as_text(attacked: SiteFolder) -> None:
    """On the page of a story and of its items, with links to one host."""
    for address in ("/story/2025/02/21/story/", "/2025/02/21/story/"):
        (line,) = [one for one in parsed_html(attacked.page(address)).iter() if one.get("class") == "studies"]
        links = list(line.iter(f"{XHTML}a"))
        assert [urlsplit(link.get("href")).netloc for link in links] == ["doi.org"] * len(STUDIES)
        assert shown(links[0]) == f"DOI {STUDIES[0]}"


def item_pages(site: SiteFolder) -> Iterator[tuple[str, Any]]:
    """The page of each hostile text, with the text as it should be shown."""
    for path in sorted((site.root / "seeds").glob("*-text-*.md")):
        date, name = path.stem[:10], path.stem.partition("-text-")[2]
        yield repair(TEXTS[name]), parsed_html(site.page(f"/{date.replace('-', '/')}/text-{name}/"))


def shown(element: Any) -> str:
    return "".join(element.itertext()).strip()


def by_class(tree: Any, name: str) -> list[str]:
    """The texts of all elements of a class."""
    return [shown(element) for element in tree.iter() if name in (element.get("class") or "").split()]


def test_pages_show_the_text_that_was_given(attacked: SiteFolder) -> None:
    """Escaped and not lost: headline, summary, source, category, topics, captions, sidebar and what machines read."""
    count = 0
    for text, tree in item_pages(attacked):
        (heading,) = tree.iter(f"{XHTML}h1")
        assert shown(heading) == text
        assert by_class(tree, "lede") == [summary(f"{text} excerpt", 600)]
        assert by_class(tree, "category") == [text]
        assert by_class(tree, "source")[0] == text
        assert text in [shown(link) for link in tree.iter(f"{XHTML}a")]
        assert [shown(caption) for caption in tree.iter(f"{XHTML}figcaption")] == [f"{text} 2"]
        said = {(meta.get("property") or meta.get("name"), meta.get("content")) for meta in tree.iter(f"{XHTML}meta")}
        description = summary(f"{text} excerpt", 200)
        assert {("og:title", text), ("description", description), ("article:section", text)} <= said
        assert {("og:description", description), ("article:tag", text), ("og:image:alt", f"{text} 2")} <= said
        (data,) = [json.loads(one.text) for one in tree.iter(f"{XHTML}script") if "json" in one.get("type", "")]
        page, breadcrumbs = data["@graph"]
        article = page["mainEntity"]
        assert page["name"] == article["headline"] == article["publisher"]["name"] == text
        assert breadcrumbs["itemListElement"][-1]["name"] == text
        assert (article["keywords"], article["image"]["caption"]) == ([text, "Shared"], f"{text} 2")
        count += 1
    assert count == len(TEXTS)


def test_lists_show_the_text_that_was_given(attacked: SiteFolder) -> None:
    """Indexes, pages of topics and sources, months, weeks, the fields of the search."""
    wanted = {repair(text) for text in TEXTS.values()}
    for address in ("/topics/", "/sources/", "/search/"):
        tree = parsed_html(attacked.page(address))
        assert wanted <= {shown(element) for element in tree.iter()}, address
    headlines = set()
    for text in pages(attacked.output).values():
        headlines |= set(by_class(parsed_html(text), "headline"))
    assert wanted <= headlines
    front = parsed_html(attacked.page("/"))
    assert repair(attacked_title()) in by_class(front, "name")
    assert any(repair(TEXTS[name]) in also for also in by_class(front_of_story(attacked), "also") for name in TEXTS)


def attacked_title() -> str:
    return "Site " + "".join(TEXTS[name] for name in ("raw-text", "double-quote", "single-quote", "cdata"))


def front_of_story(site: SiteFolder) -> Any:
    """A page on which a story's card names the other sources."""
    return parsed_html(site.page("/topics/shared/"))


def test_feeds_hold_the_text_that_was_given(attacked: SiteFolder) -> None:
    """All formats; markup is nowhere but in the words, and XML has no entity of its own."""
    wanted = {repair(text) for text in TEXTS.values()}
    for path in sorted(attacked.output.rglob("*.xml")):
        data = path.read_bytes()
        assert b"<!DOCTYPE" not in data
        etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    atom = feedparser.parse((attacked.output / "archive" / "feed.xml").read_bytes(), sanitize_html=False)
    assert not atom.bozo
    assert all(entry.title_detail.type == "text/plain" for entry in atom.entries)
    assert wanted <= {entry.title for entry in atom.entries}
    assert wanted <= {entry.author for entry in atom.entries}
    assert wanted <= {tag.term for entry in atom.entries for tag in entry.get("tags", ())}
    for path in attacked.output.rglob("feed.xml"):
        for node in etree.parse(path).iter("{http://www.w3.org/2005/Atom}id"):
            assert re.fullmatch(r"tag:example\.org,2026:[\w%./-]+", node.text), path
    rss = etree.parse(attacked.output / "archive" / "rss.xml").getroot()
    assert wanted <= {node.text for node in rss.iterfind("channel/item/title")}
    summaries = [node.text for node in rss.iterfind("channel/item/description")]
    assert {f"{text} excerpt" for text in wanted} <= set(map(html.unescape, summaries))
    assert not any("<" in summary for summary in summaries)
    text = attacked.page("/archive/feed.json")
    assert not set(text) & set("<>&")
    items = json.loads(text)["items"]
    assert wanted <= {item["title"] for item in items}
    assert wanted <= {item["authors"][0]["name"] for item in items}
    for item in items:
        assert item["external_url"].startswith(SCHEMES)
        assert item.get("image", "https://").startswith(SCHEMES)
    manifest = json.loads(attacked.page("/site.webmanifest"))
    front = feedparser.parse((attacked.output / "feed.xml").read_bytes(), sanitize_html=False)
    assert manifest["name"] == front.feed.title == repair(attacked_title())
    news = etree.parse(attacked.output / "sitemaps" / "news.xml")
    titles = {node.text for node in news.iter("{*}title")}
    assert titles
    assert titles <= wanted


def test_search_records_hold_the_text_that_was_given(attacked: SiteFolder) -> None:
    """What the search page gets: text in JSON, whose address is one of the site."""
    found = [record for path in attacked.output.glob("search/*/fragment/*") for record in json.loads(path.read_bytes())]
    assert all(re.fullmatch(r"(/story)?/\d{4}/\d\d/\d\d/[a-z0-9-]+/", one["address"]) for one in found)
    reports = {(one["title"], one["source"]) for one in found}
    reports |= {(title, source) for one in found for source, title, _ in one["others"]}
    for text in map(repair, TEXTS.values()):
        assert {(text, text), (" ".join(text.split()),) * 2} & reports
        assert any(text in one["topics"] and "Shared" in one["topics"] for one in found)


def test_nothing_hidden_reaches_any_file(attacked: SiteFolder) -> None:
    """Neither overrides, control nor zero-width characters, in any text file; and no template was evaluated."""
    for name, data in attacked.files().items():
        if name.startswith(("search/", "assets/")) or name.endswith((".png", ".ico")):
            continue
        text = data.decode()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", text), name
        assert "\\u001b" not in text, name
        assert ">49 " not in text, name


def everything(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """All files of a folder, hidden ones too, as they are and unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path, data
            if data.startswith(b"\x1f\x8b"):
                yield path, gzip.decompress(data)


def test_secured_is_nowhere(attacked: SiteFolder) -> None:
    """Not in any file of the site, of the bookkeeping or of the index, nor in the report."""
    for path, data in everything(attacked.output):
        assert CANARY.encode() not in data, path
    assert CANARY not in (attacked.root / "report.json").read_text(encoding="utf-8")


def test_fragments_show_text_as_text(tmp_path: Path) -> None:
    """Text that a function returns, and not a macro, is escaped like any other."""
    source = "{{ fragment(page.title.strip) }}{{ fragments(page.title.strip, ['?']) }}{{ fragment(site.title.strip) }}"
    (tmp_path / "moved.html").write_text(source, encoding="utf-8")
    page = Page(
        address=Address("/"), template="moved.html", view=filled(PAGES["moved.html"], WAYS_OUT), origin="a test"
    )
    shown = renderer(WAYS_OUT, "full", (tmp_path,)).render(page)
    assert shown.diagnostic is None
    (body,) = parsed_html(shown.data.decode()).iterfind(".//{*}body")
    assert len(body) == 0
    assert "".join(body.itertext()).count(WAYS_OUT.strip()) == 3


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("words", [WAYS_OUT, "\t\r\n \x85\xa0\u2028 <&>\"'", "", "\U0010fffd\u200b"])
@pytest.mark.parametrize(("writer", "view"), OF_XML)
def test_xml_is_what_lxml_would_write(writer: str, view: type, words: str, variant: str) -> None:
    """Byte for byte: each text and each attribute is escaped, each element closed, each line indented."""
    shown = filled(view, words, variant)
    if writer == "atom":  # RSS writes times in another form, and so reads them
        entries = tuple(msgspec.structs.replace(entry, published=words, updated=words) for entry in shown.entries)
        shown = msgspec.structs.replace(shown, updated=words, entries=entries)
    if writer == "news-sitemap":
        shown = msgspec.structs.replace(
            shown, pages=tuple(msgspec.structs.replace(page, published=words) for page in shown.pages)
        )
    data = WRITERS[writer](shown, "https://example.org/a&b'\"<c>/")
    root = etree.fromstring(data)
    for element in root.iter():  # a tail, and a text before an element, are what indents them
        element.tail = None
        # What has attributes but for one kind is without text, and then it has no end tag of its own.
        is_text = element is not root and not len(element) and (not element.attrib or element.tag == "guid")
        element.text = None if len(element) else element.text or ("" if is_text else None)
    assert etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True) == data


@pytest.mark.parametrize("character", "\x00\x08\x0b\x0c\x0e\x1f\ud800\udfff\ufffe\uffff")
def test_what_no_xml_may_hold_is_in_none(character: str) -> None:
    """It is a mistake of ours, for no text of a document holds any."""
    for writer in (serialize.xml_text, serialize.xml_value):
        with pytest.raises(ValueError, match="XML cannot express"):
            writer(f"a{character}b")
