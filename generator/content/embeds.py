"""Markup in documents as values, and the HTML of an embedded video reduced to a link; ``bodies`` renders Markdown."""

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
    """The Markdown is not rendered; the message says why."""


class BodyLink(msgspec.Struct, frozen=True):
    """A link of a body."""

    address: str
    """Into this site: as the document wrote it, without query and fragment. Elsewhere: the whole cleaned address.

    Where there is none: what was written.
    """
    line: int
    """Of the document, from 1."""


class Body(msgspec.Struct, frozen=True):
    """A rendered body."""

    html: str
    """Sanitised HTML; links into the site start with the site's base path. Empty where nothing was left."""
    links: tuple[BodyLink, ...]
    """Into this site, from its root."""
    web_links: tuple[BodyLink, ...] = ()
    """With a host, wherever they lead; pictures are none."""
    dropped: tuple[BodyLink, ...] = ()
    """Of links and pictures, what was written where no address can be made of it: they are shown without it."""


class Video(msgspec.Struct, frozen=True):
    """An embedded video, reduced to a link."""

    url: str
    host: str


def embedded_video(html: str) -> Video | None:
    """The video that an embedding ``<iframe>`` shows, where its host is known."""
    sources: list[str] = []

    def collect(_tag: str, _attribute: str, value: str) -> None:
        sources.append(value)

    if len(html) <= _MAX_EMBED:
        import nh3  # noqa: PLC0415 - few documents have one

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
    """The page a reader would want instead of the bare player; not clean yet."""
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
