"""Markup in documents: the Markdown body, and the HTML of an embedded video. Nothing passes through unchecked."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import markdown
import nh3

from generator import weburls

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto"}
_EMBED_HOSTS = {
    "youtube.com": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "youtu.be": "YouTube",
    "player.vimeo.com": "Vimeo",
    "vimeo.com": "Vimeo",
}


class InvalidBodyError(Exception):
    """The Markdown cannot be rendered; the message says why."""


@dataclass(frozen=True, slots=True)
class BodyLink:
    """A link of a body into this site."""

    address: str
    """As the document wrote it, without query and fragment."""
    line: int
    """Of the document, from 1."""


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered body."""

    html: str
    """Sanitised HTML; links into the site start with the site's base path."""
    links: tuple[BodyLink, ...]


@dataclass(frozen=True, slots=True)
class Video:
    """An embedded video, reduced to a link."""

    url: str
    host: str


def render_body(source: str, *, base_path: str = "", first_line: int = 1) -> Body:
    """Renders a Markdown body to sanitised HTML; its headings start at level 2.

    Args:
        source: the Markdown.
        base_path: the path below which the site is served, put before links into the site.
        first_line: the line of the document in which the body starts.

    Raises:
        InvalidBodyError: it is nested too deeply.
    """
    links: dict[str, None] = {}

    def rewrite(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in {"href", "src"}:
            return value
        if value.startswith("/") and not value.startswith(("//", "/\\")):
            links[value.partition("#")[0].partition("?")[0]] = None
            return base_path + value
        if value.startswith("mailto:") and attribute == "href":
            return value
        try:
            return weburls.clean(value)
        except weburls.InvalidUrlError:
            return value if value.startswith("#") else None

    converter = markdown.Markdown(
        extensions=["extra", "sane_lists", "toc"],
        extension_configs={"toc": {"baselevel": 2}},
        output_format="html",
    )
    try:
        rendered = converter.convert(source)
    except RecursionError:
        raise InvalidBodyError("the body is nested too deeply") from None
    html = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        attribute_filter=rewrite,
    )
    return Body(
        html,
        tuple(BodyLink(link, first_line + source.count("\n", 0, max(source.find(link), 0))) for link in links),
    )


def embedded_video(html: str) -> Video | None:
    """The video that an embedding ``<iframe>`` shows, where its host is known."""
    finder = _FrameFinder()
    finder.feed(html)
    finder.close()
    for source in finder.sources:
        try:
            url = weburls.clean(source if "//" not in source[:2] else f"https:{source}")
        except weburls.InvalidUrlError:
            continue
        domain = weburls.host(url)
        if name := _EMBED_HOSTS.get(domain):
            return Video(_watch_address(url, domain), name)
    return None


def _watch_address(url: str, domain: str) -> str:
    """The page a reader would want instead of the bare player."""
    parts = urlsplit(url)
    video = parts.path.rstrip("/").rpartition("/")[2]
    if domain == "player.vimeo.com":
        return weburls.clean(f"https://vimeo.com/{video}")
    if "youtube" in domain and parts.path.startswith("/embed/"):
        playlist = parse_qs(parts.query).get("list", [""])[0]
        if video == "videoseries" and playlist:
            return weburls.clean(f"https://www.youtube.com/playlist?list={playlist}")
        return weburls.clean(f"https://www.youtube.com/watch?v={video}")
    return url


class _FrameFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.sources += [value for name, value in attrs if name == "src" and value]
