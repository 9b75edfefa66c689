"""Rendering and sanitising Markdown bodies, collecting their links, and reducing embeds to links."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.embeds import InvalidBodyError, embedded_video
from generator.content.markdown import render_body


def test_headings_start_at_the_second_level() -> None:
    """The page has a heading of the first level. Tables and code are rendered."""
    html = render_body("# One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`code`\n").html
    assert "<h2>One</h2>" in html
    assert "<table>" in html
    assert "<code>code</code>" in html


def test_links_into_the_site_get_the_base_path_and_are_collected() -> None:
    """They are collected with their line, without query and fragment. Other links are normalised."""
    body = render_body(
        "x\n\n[a](/topics/ai/?x#y) [b](https://E.org/a b) [c](#d) [e](mailto:x@e.org)\n", base_path="/sub", first_line=9
    )
    assert 'href="/sub/topics/ai/?x#y"' in body.html
    assert 'href="mailto:x@e.org"' in body.html
    assert [(link.address, link.line) for link in body.links] == [("/topics/ai/", 11)]


@given(st.text(max_size=300))
def test_no_body_renders_a_script(source: str) -> None:
    """No text renders to a script element."""
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
def test_bodies_that_would_render_slowly_are_refused(source: str) -> None:
    """The limits are the same on every machine. The Markdown library would take quadratic time or recurse."""
    with pytest.raises(InvalidBodyError):
        render_body(source)


@pytest.mark.parametrize(
    "source", ["`=" + " " * 60_000 + "x`", "<a href=" + " " * 60_000 + "x>y</a>", "=" + "a" * 60_000]
)
def test_searches_in_a_body_take_linear_time(source: str) -> None:
    """Long white space and long words do not slow down the regular expressions."""
    start = time.process_time()
    render_body(source)
    assert time.process_time() - start < 5  # quadratic time would be far longer


def test_unusable_addresses_are_removed() -> None:
    """Fragments are removed, because ids are not published, and so are images without a usable address."""
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
