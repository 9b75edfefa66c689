"""Markup in documents: rendered, sanitised, its links known."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.embeds import InvalidBodyError, embedded_video
from generator.content.markdown import render_body


def test_markdown_is_rendered_below_the_page_s_headline() -> None:
    """The page has its h1; a body's first level is the second."""
    html = render_body("# One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`code`\n").html
    assert "<h2>One</h2>" in html
    assert "<table>" in html
    assert "<code>code</code>" in html


def test_links_into_the_site_are_rebased_and_remembered() -> None:
    """With the line of the document, without query and fragment; others are cleaned."""
    body = render_body(
        "x\n\n[a](/topics/ai/?x#y) [b](https://E.org/a b) [c](#d) [e](mailto:x@e.org)\n", base_path="/sub", first_line=9
    )
    assert 'href="/sub/topics/ai/?x#y"' in body.html
    assert 'href="mailto:x@e.org"' in body.html
    assert [(link.address, link.line) for link in body.links] == [("/topics/ai/", 11)]


@given(st.text(max_size=300))
def test_any_body_renders_without_script(source: str) -> None:
    """Whatever the text, no script element comes out."""
    assert "<script" not in render_body(source).html.lower()


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
def test_videos_become_links(html: str, url: str, name: str) -> None:
    """The page to watch it on instead of the embedded player."""
    video = embedded_video(html)
    assert video
    assert (video.url, video.host) == (url, name)


@pytest.mark.parametrize(
    "html", ["", "text", "<iframe></iframe>", "<iframe src='https://evil.example/youtube.com'>", "<iframe src='x:y'>"]
)
def test_other_embeds_are_no_videos(html: str) -> None:
    """Unknown hosts and other schemes are not passed on."""
    assert embedded_video(html) is None


@pytest.mark.parametrize(
    "source",
    [
        "[" * 501,
        "<a " * 501,
        "# a\n" * 501,
        "a\n---\n" * 501,
        "~~~ a\nx\n" * 170,
        "a\n: b\n" * 101,
        "> " * 30 + "x",
        "* " * 480 + "x",
        " " * 64 + "- x",
        "x" * 70_000,
    ],
)
def test_bodies_that_would_take_minutes_are_refused(source: str) -> None:
    """Limits of our own, the same on every machine, where the Markdown library takes the square of the length."""
    with pytest.raises(InvalidBodyError):
        render_body(source)


@pytest.mark.parametrize(
    "source", ["`=" + " " * 60_000 + "x`", "<a href=" + " " * 60_000 + "x>y</a>", "=" + "a" * 60_000]
)
def test_long_white_space_costs_no_square(source: str) -> None:
    """Whatever is looked for in a body takes time by its length; a test that hangs would be the failure."""
    start = time.process_time()
    render_body(source)
    assert time.process_time() - start < 5  # seconds; by the square it would be twenty


def test_what_leads_nowhere_is_taken_out() -> None:
    """Ids are not published, so links to them are none; a picture without a source is no picture."""
    html = render_body("[a](#b) ![c](javascript:x) ![d](https://e.org/d.png)\n").html
    assert "#b" not in html
    assert html.count("<img") == 1


def test_bodies_hold_no_control_characters() -> None:
    """Neither raw nor as entities, nor what turns text round; line breaks and tabs stay."""
    html = render_body("a\u202eb \x1b[31m \x02klzzwxh:0000\x03 &#27;\n\n    code\tmore\n    line\n").html
    assert not any(ord(character) < 32 and character not in "\t\n" for character in html)
    assert "\u202e" not in html
    assert "code\tmore\nline" in html or "code    more\nline" in html


def test_a_link_s_line_is_where_it_is_a_link() -> None:
    """Not where the same characters stand in a longer address before."""
    (link,) = render_body("See https://example.com/nope/\n\n[x](/nope/)\n").links
    assert link.line == 3
