"""The formats of feeds: each is one row here, and a writer of the same name in ``render/feeds.py``."""

from typing import Final

import msgspec


class FeedFormat(msgspec.Struct, frozen=True, kw_only=True):
    """A format of feeds."""

    name: str
    """Names its writer; templates find the address of a feed in this format by it."""
    file: str
    """The name of its file, beside the page that the feed belongs to."""
    media_type: str
    label: str
    """What readers call it; the language table may say otherwise under ``feed.NAME``."""
    mark: str = ""
    """What the title of the feed ends with in the head of pages, so that the formats differ."""


FEED_FORMATS: Final = [
    FeedFormat(name="atom", file="feed.xml", media_type="application/atom+xml", label="Atom"),
    FeedFormat(name="rss", file="rss.xml", media_type="application/rss+xml", label="RSS", mark=" (RSS)"),
    FeedFormat(name="json", file="feed.json", media_type="application/feed+json", label="JSON Feed", mark=" (JSON)"),
]
"""Every format, in the order in which pages name them."""
