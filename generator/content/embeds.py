"""The values that markup in documents is reduced to, and the link of an embedded video."""

from urllib.parse import parse_qs, urlsplit

import msgspec

from generator.util import weburls

_MAX_EMBED = 8 * 1024
_EMBED_HOSTS = {
    "youtube.com": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "youtu.be": "YouTube",
    "player.vimeo.com": "Vimeo",
    "vimeo.com": "Vimeo",
}


class InvalidBodyError(Exception):
    """The Markdown cannot be rendered; the message gives the reason."""


class BodyLink(msgspec.Struct, frozen=True):
    """A link or image of a body."""

    address: str
    """In :attr:`Body.links` the path as written, without query and fragment. In :attr:`Body.web_links` the normalised
    address. In :attr:`Body.dropped` the address as written."""
    line: int
    """The line in the document, from 1."""


class BodyMarkup(msgspec.Struct, frozen=True):
    """Raw HTML of a body that is left out."""

    name: str
    """``<name>`` of an element, ``name`` of an attribute."""
    line: int
    """The line of the first, from 1."""


class Body(msgspec.Struct, frozen=True):
    """A rendered body."""

    html: str
    """Sanitised HTML, empty if nothing is left. Links into the site start with the site's base path."""
    links: tuple[BodyLink, ...]
    """The links into this site, as paths from its root."""
    web_links: tuple[BodyLink, ...] = ()
    """The links with a host, to this site or any other. Images are not included."""
    dropped: tuple[BodyLink, ...] = ()
    """The links and images whose address is not usable, so that they are shown without it."""
    left_out: tuple[BodyMarkup, ...] = ()
    """The elements and attributes of raw HTML that are left out, each once."""


class Video(msgspec.Struct, frozen=True):
    """An embedded video, reduced to a link."""

    url: str
    """The page on which to watch the video."""
    host: str
    """The name of the host for readers: ``YouTube`` or ``Vimeo``."""


def embedded_video(html: str) -> Video | None:
    """Returns the video in the first ``<iframe>`` of a known host, or None."""
    sources: list[str] = []

    def collect(_tag: str, _attribute: str, value: str) -> None:
        sources.append(value)

    if len(html) <= _MAX_EMBED:
        import nh3  # noqa: PLC0415 - few documents embed a video

        nh3.clean(html, tags={"iframe"}, attributes={"iframe": {"src"}}, attribute_filter=collect)
    for source in sources:
        try:
            url = weburls.clean(f"https:{source}" if source.startswith("//") else source)
            domain = weburls.host(url)
            if name := _EMBED_HOSTS.get(domain):
                return Video(weburls.clean(_watch_address(url, domain)), name)
        except weburls.InvalidUrlError:
            continue
    return None


def _watch_address(url: str, domain: str) -> str:
    """Returns the page that shows the video of a player, not yet normalised."""
    parts = urlsplit(url)
    video = parts.path.rstrip("/").rpartition("/")[2]
    if domain == "player.vimeo.com":
        return f"https://vimeo.com/{video}"
    if "youtube" in domain and parts.path.startswith("/embed/"):
        playlist = parse_qs(parts.query).get("list", [""])[0]
        if video == "videoseries" and playlist:
            return f"https://www.youtube.com/playlist?list={playlist}"
        return f"https://www.youtube.com/watch?v={video}"
    return url
