"""Rendering and sanitising Markdown bodies, collecting their links, and reducing embeds to links."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.embeds import BodyMarkup, InvalidBodyError, embedded_video
from generator.content.markdown import render_body

MARKUP = st.lists(
    st.sampled_from(
        ["# ", "## a", "- ", "  - ", "1. ", "> ", "\n", "\n\n", "    ", "```", "`", "*", "**", "~~", "[", "](#a)",
         "](/x/)", "![", "[^a]", "[^a]: ", "[x] ", "|", "|-|-|", ": ", "*[a]: b", "<b id=x class=y>", "</b>",
         "<script>", "</script>", "<!--", "-->", "<td>", "<table>", "<p>", "&lt;", "&#60;", "https://e.org/",
         "www.e.org", "x@e.org", "a", "b ", "\\"]
    ),
    max_size=40,
).map("".join)  # fmt: skip
LARGE = 131_072


def inline(source: str) -> str:
    """Returns what is within the only paragraph."""
    return render_body(source).html.removeprefix("<p>").removesuffix("</p>")


def test_headings_start_at_the_second_level() -> None:
    """The page has a heading of the first level. Tables and code are rendered."""
    html = render_body("# One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`code`\n").html
    assert '<h2 id="h-one">One</h2>' in html
    assert '<table tabindex="0">' in html
    assert "<code>code</code>" in html


def test_links_into_the_site_get_the_base_path_and_are_collected() -> None:
    """They are collected with their line, without query and fragment. Other links are normalised."""
    body = render_body(
        "x\n\n[a](/topics/ai/?x#y) [b](https://E.org/a b) [c](#d) [e](mailto:x@e.org)\n", base_path="/sub", first_line=9
    )
    assert 'href="/sub/topics/ai/?x#y"' in body.html
    assert 'href="mailto:x@e.org"' in body.html
    assert [(link.address, link.line) for link in body.links] == [("/topics/ai/", 11)]


@given(st.text(max_size=300) | MARKUP)
def test_no_body_renders_a_script(source: str) -> None:
    """No text renders to a script element."""
    try:
        html = render_body(source).html
    except InvalidBodyError:
        return
    assert "<script" not in html.lower()


@given(MARKUP)
def test_ids_are_unique_and_those_of_the_renderer(source: str) -> None:
    """Every id and class is one that the renderer makes, and a link to a fragment has its target."""
    try:
        html = render_body(source).html
    except InvalidBodyError:
        return
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"h-.+|fn-\d+|fnref-\d+(-\d+)?", value) for value in ids)
    assert set(re.findall(r' class="([^"]*)"', html)) <= {"task", "notes", "left", "center", "right"}
    assert set(re.findall(r' href="#(h-[^"]*)"', html)) <= set(ids)


def test_lists_need_no_empty_line_and_nest_by_two_spaces() -> None:
    """An entry may have paragraphs, code and a table, and a number that goes on counts on."""
    html = render_body(
        "The wards:\n- north\n  - bed one\n- south\n\n1. first\n\n   more of it\n\n   ```\n   code\n   ```\n2. second\n"
    ).html
    assert html.startswith(
        "<p>The wards:</p>\n<ul>\n<li>north\n<ul>\n<li>bed one</li>\n</ul>\n</li>\n<li>south</li>\n</ul>"
    )
    assert html.count("<ol>") == 1
    assert '<p>more of it</p>\n<pre tabindex="0"><code>code\n</code></pre>\n</li>\n<li>\n<p>second</p>' in html


def test_a_table_may_follow_a_line_of_text() -> None:
    """Its columns are aligned by classes of the renderer."""
    html = render_body("Counts:\n| ward | beds |\n|:-:|--:|\n| north | 4 |\n").html
    assert html.startswith('<p>Counts:</p>\n<table tabindex="0">')
    assert '<th class="center">ward</th>\n<th class="right">beds</th>' in html
    assert '<td class="center">north</td>\n<td class="right">4</td>' in html


@pytest.mark.parametrize("highest", [1, 2, 4])
def test_the_highest_heading_of_a_body_is_of_the_second_level(highest: int) -> None:
    """So a body that begins with `##` skips no level."""
    html = render_body(f"{'#' * highest} One\n\n{'#' * (highest + 1)} Two").html
    assert html.index('<h2 id="h-one">') < html.index('<h3 id="h-two">')


def test_a_word_with_a_hash_is_no_heading() -> None:
    """A heading needs a space."""
    assert render_body("#ward\n").html == "<p>#ward</p>"


def test_text_is_struck_through() -> None:
    """With two tildes or one."""
    assert inline("~~old~~ ~older~ new") == "<s>old</s> <s>older</s> new"


def test_tasks_are_open_or_done() -> None:
    """They are text with a box, also in an entry with paragraphs. A box elsewhere is text."""
    html = render_body("- [ ] open\n- [x] done\n- other [x]\n\n---\n\n1. [X] one\n\n   two\n").html
    assert '<li class="task">☐ open</li>\n<li class="task">☑ done</li>\n<li>other [x]</li>' in html
    assert '<li class="task">\n<p>☑ one</p>\n<p>two</p>\n</li>' in html


@pytest.mark.parametrize(
    ("source", "address", "after"),
    [
        ("https://e.org/a_b_c?x=1&amp;y=2", "https://e.org/a_b_c?x=1&amp;y=2", ""),
        ("(see https://e.org/x).", "https://e.org/x", ")."),
        ("https://e.org/x_(y)", "https://e.org/x_(y)", ""),
        ("HTTP https://e.org/x, and", "https://e.org/x", ", and"),
        ("*http://e.org/x*", "http://e.org/x", "</em>"),
        ("www.e.org/x!", "http://www.e.org/x", "!"),
        ("mail me@mail.e.org.", "mailto:me@mail.e.org", "."),
        ("https://e.org/x&copy;", "https://e.org/x", "©"),
    ],
)
def test_bare_links(source: str, address: str, after: str) -> None:
    """The punctuation of the sentence does not belong to the link."""
    html = inline(source)
    assert f'<a href="{address}" rel="noopener">' in html
    assert html.endswith(f"</a>{after}")
    assert html.count("<a ") == 1


@pytest.mark.parametrize(
    "source", ["e.org", "readme.md", "xhttps://e.org/", "a@b", "`https://e.org/`", "https://", "www."]
)
def test_what_is_no_bare_link(source: str) -> None:
    """A word with a dot, an address within a word, or code."""
    assert "<a" not in render_body(source).html


def test_an_address_that_is_the_text_of_a_link_is_no_other_link() -> None:
    """Links are not nested."""
    assert inline("[https://e.org/a](https://e.org/b)") == (
        '<a href="https://e.org/b" rel="noopener">https://e.org/a</a>'
    )


def test_footnotes_are_numbered_in_the_order_of_their_references() -> None:
    """Each reference has its way back. A note that nobody refers to is not shown; one in another is text."""
    html = render_body("One[^b] two[^a] three[^b].\n\n[^a]: A.\n[^b]: B [^c].\n[^d]: never\n").html
    assert '<sup><a href="#fn-1" id="fnref-1" role="doc-noteref" rel="noopener">1</a></sup> two' in html
    assert '<a href="#fn-1" id="fnref-1-2" role="doc-noteref"' in html
    assert '<ol class="notes">\n<li id="fn-1"><p>B [^c]. <a href="#fnref-1" role="doc-backlink"' in html
    assert '<a href="#fnref-1-2" role="doc-backlink"' in html
    assert html.index('<li id="fn-2"><p>A.') > html.index('<li id="fn-1">')
    assert "never" not in html


def test_a_footnote_begins_none_within_it() -> None:
    """The elements of the first are closed in order. The second is the definition of a link."""
    html = render_body("x[^a]\n\n[^a]: - y\n      [^b]: z\n").html
    assert '<li id="fn-1"><ul>\n<li>y</li>\n</ul>' in html


def test_headings_have_the_fragments_of_github() -> None:
    """Equal headings are told apart, also from a heading that is written like the second."""
    html = render_body(
        "# Für & `wider`!\n\n# a-1\n\n# a\n\n# a\n\n# ???\n\n[x](#für--wider) [y](#F%C3%BCr--wider)\n"
    ).html
    assert re.findall('id="(.*?)"', html) == ["h-für--wider", "h-a-1", "h-a", "h-a-2"]
    assert html.count('<a href="#h-für--wider" rel="noopener">') == 2


def test_ids_of_a_document_are_removed() -> None:
    """Also those that look like ids of the renderer, and the links to them."""
    body = render_body("# a\n\n<b id='h-a' class='task'>x</b> <a id=main href='#main'>y</a> [z](#h-a) [a](#a)\n")
    assert body.html.count("id=") == 1
    assert "class" not in body.html
    assert 'href="#h-a"' in body.html
    assert [link.address for link in body.dropped] == ["#main", "#h-a"]


def test_abbreviations_are_explained_where_they_are_words() -> None:
    """In text, but not in code or in a longer word. The longest one counts."""
    html = inline("ROC ROCs `ROC` ROC AUC\n\n*[ROC]: curve <b>\n*[ROC AUC]: area\n")
    assert html == ('<abbr title="curve &lt;b&gt;">ROC</abbr> ROCs <code>ROC</code> <abbr title="area">ROC AUC</abbr>')


def test_raw_elements_end_where_they_begin() -> None:
    """A browser would repeat an element that is not closed in all paragraphs below it."""
    html = render_body("<b>one\n\ntwo </b>\n\n<blockquote>\n\nthree\n\n</blockquote>\n\n- <i>four\n- five\n").html
    assert html.startswith("<p><b>one</b></p>\n<p>two </p>\n<blockquote>\n<p>three</p>\n</blockquote>")
    assert "<li><i>four</i></li>\n<li>five</li>" in html


def test_removed_html_is_reported_once_with_its_line() -> None:
    """Elements and attributes. What is in code, comments or scripts is not HTML of the body."""
    body = render_body(
        "`<x>` <!-- <y> --> &lt;z>\n\n<div\n  class=a>text</div>\n<div>\n\n<p\n  align=center>a</p>\n\n"
        "b `\n` <u onclick='x>y' title=z>c</u>\n<script>if (a <k> b) {}</script>\n",
        first_line=11,
    )
    assert body.left_out == (
        BodyMarkup("<div>", 13), BodyMarkup("align", 18), BodyMarkup("onclick", 21), BodyMarkup("title", 21),
        BodyMarkup("<script>", 22),
    )  # fmt: skip
    assert "text" in body.html
    assert "if (a" not in body.html


@pytest.mark.parametrize(
    ("html", "url", "name"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc?rel=0"></iframe>',
            "https://www.youtube.com/watch?v=abc",
            "YouTube",
        ),
        (
            '<iframe src="//www.youtube-nocookie.com/embed/abc"></iframe>',
            "https://www.youtube.com/watch?v=abc",
            "YouTube",
        ),
        (
            '<iframe src="https://www.youtube.com/embed/videoseries?list=PL1"></iframe>',
            "https://www.youtube.com/playlist?list=PL1",
            "YouTube",
        ),
        ('<iframe src="https://player.vimeo.com/video/77"></iframe>', "https://vimeo.com/77", "Vimeo"),
        ('<p><IFRAME width=1 SRC="https://youtu.be/abc"></iframe>', "https://youtu.be/abc", "YouTube"),
    ],
)
def test_an_embedded_video_becomes_a_link(html: str, url: str, name: str) -> None:
    """The link is to the page of the video instead of the embedded player."""
    video = embedded_video(html)
    assert video
    assert (video.url, video.host) == (url, name)


@pytest.mark.parametrize(
    "html", ["", "text", "<iframe></iframe>", "<iframe src='https://evil.example/youtube.com'>", "<iframe src='x:y'>"]
)
def test_other_embeds_are_ignored(html: str) -> None:
    """Unknown hosts and other schemes give no video."""
    assert embedded_video(html) is None


@pytest.mark.parametrize(
    "source",
    [
        "| a | b |\n|---|---|\n" + "| *x* | `y` |\n" * 2_000,
        "[a](https://e.org/?utm_source=x_y&utm_medium=z) " * 2_000,
        "- entry\n" * 10_000,
        "# heading\n\n" * 5_000,
        "<sup>1</sup> " * 5_000,
        "".join(f"word[^{number}]\n\n[^{number}]: note\n\n" for number in range(2_000)),
        "".join(f"[a{number}]: /{number}\n" for number in range(4_000)),
        "term\n: definition\n\n" * 3_000,
        "- " * 14 + "x",
        "x" * LARGE,
    ],
)
def test_what_is_frequent_is_not_limited(source: str) -> None:
    """Long bodies are rendered."""
    assert render_body(source).html or source.startswith("[a0]")


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ("x" * (LARGE + 1), "longer than 131,072 characters"),
        ("[" * 10_001, "more than 10,000 of the character `[`"),
        ("> " * 16 + "x", "nested deeper than 15 levels"),
        ("> " * 3_000 + "x", "nested deeper than 15 levels"),
        ("".join("  " * level + "- x\n" for level in range(200)), "nested deeper than 15 levels"),
        ("**x " * 10_000 + "y**" * 10_000, "nested deeper than 15 levels"),
        ("<b>" * 16, "raw HTML of the body is nested deeper than 15 levels"),
        ("<i>\n\n" * 5_000, "raw HTML of the body is nested deeper than 15 levels"),
        ("".join(f"*[a{number}]: b\n" for number in range(101)), "more than 100 abbreviations"),
        ("[a]: /b '" + "c" * 60_000 + "'\n\n" + "[a] " * 9_000, "more than 1,000,000 characters"),
    ],
)
def test_limits_are_named(source: str, limit: str) -> None:
    """They count, and do not depend on the machine or its stack."""
    with pytest.raises(InvalidBodyError, match=re.escape(limit)):
        render_body(source)


UNITS = [
    "[", "]", "![", "[](", "![](", "[a](b", "[a][b]", "[a](<b", "[^", "[^a]: b\n\n[^a]", "*", "*a", "a*_", "**a ",
    "_a", "~a ", "`", "`a``", "<", "<a", "<a b='", "<!--", "<?", "<![CDATA[", "</b>", "<b> ", "<b a=1>\n\n", "<p>",
    "<td>", "<table><tr><td>", "<li>", "<script>", "<x", "&", "&amp;", "&#1;", "\\", "!", "|", "a|\n-|\n", "> ",
    ">\n", "- ", "- a\n", "1. ", "    a\n", "\t", "# a\n", "a\n===\n", "---\n", "```\n", "~~~ a\n", "[a]: b\n",
    "[a]: b 'c\n", ": a\n", "a\n: b\n", "*[a]: b\n", ":", "http:", "http://", "ahttp://b", "/www.a",
    "w", "www.", "www.a.b ", "@", "a@",
    "aaa@", "a@b.c ", ".)", "a\n", "  ", "\n", "é", "- [ ] ", "<div>\n\n", "[a](#a) ", "{", "'", '"',
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "http://a", "[^a]: b\n\n[^a] ", "*[a]: b\n\n"])
def test_repeated_marks_are_harmless(unit: str, start: str) -> None:
    """A body of nothing else is refused by a limit, or gives a page that is not much longer than itself."""
    source = (start + unit * 8_000)[:8_000]
    try:
        html = render_body(source).html
    except InvalidBodyError as error:
        assert re.search(r"\d", str(error))
    else:
        assert len(html) < 60 * len(source)


def test_unusable_addresses_are_removed() -> None:
    """Fragments of no heading are removed, and so are images without a usable address."""
    html = render_body("[a](#b) ![c](javascript:x) ![d](https://e.org/d.png)\n").html
    assert "#b" not in html
    assert html.count("<img") == 1


def test_bodies_contain_no_control_characters() -> None:
    """Control characters and direction overrides are removed, raw or as entities. Line breaks and tabs are kept."""
    html = render_body("a\u202eb \x1b[31m \x02klzzwxh:0000\x03 &#27;\n\n    code\tmore\n    line\n").html
    assert not any(ord(character) < 32 and character not in "\t\n" for character in html)
    assert "\u202e" not in html
    assert "code\tmore\nline" in html or "code    more\nline" in html


def test_the_line_of_a_link_is_that_of_its_target() -> None:
    """The same characters in a longer address on an earlier line are not the link."""
    (link,) = render_body("See https://example.com/nope/\n\n[x](/nope/)\n").links
    assert link.line == 3


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("![The dose over time](ftp://x/a.png) here", "<p>The dose over time here</p>"),
        ('![a > b <i> "q" & c](l.svg)', "<p>a &gt; b &lt;i&gt; &quot;q&quot; &amp; c</p>"),
        (
            'a <img title="T" alt="<script>x</script>" src="javascript:1" width="3">',
            "<p>a &lt;script&gt;x&lt;/script&gt;</p>",
        ),
        ("[![in a link](ftp://a/b)](/topics/)", '<p><a href="/topics/" rel="noopener">in a link</a></p>'),
        ("![](ftp://x/a.png)", "<p></p>"),
        ("![a](https://x.example/a.png)", '<p><img src="https://x.example/a.png" alt="a"></p>'),
    ],
)
def test_of_a_picture_that_is_left_out_the_alternative_text_is_shown(source: str, html: str) -> None:
    """As text, whatever it holds."""
    assert render_body(source).html == html
