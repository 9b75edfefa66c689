"""The values that documents are parsed into: items and the articles related to them.

They are ``msgspec`` structs, because a build creates and decodes tens of thousands of them, and dataclasses are slower.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec

from generator.content.aliases import Alias
from generator.content.embeds import Body, Video
from generator.content.studies import Study
from generator.content.summaries import is_release

_MIN_IMAGE_WIDTH, _MIN_IMAGE_HEIGHT = 100, 60
_MAX_SCORE = 160


def normalized_score(value: int) -> float:
    """Scales a ``quality`` or ``heat``, at most 160, to the range from 0 to 1."""
    return min(max(value, 0), _MAX_SCORE) / _MAX_SCORE


class Image(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An image on the web, or a picture of this site."""

    url: str
    """A URL, or an address of this site, which begins with ``/``."""
    width: int
    """In pixels; 0 if unknown."""
    height: int
    """In pixels; 0 if unknown."""
    caption: str

    @property
    def is_own(self) -> bool:
        """Whether it is a picture of this site."""
        return self.url.startswith("/")

    @property
    def is_usable(self) -> bool:
        """Whether the image is large enough to be shown, unlike icons and tracking pixels."""
        has_size = self.width > 0 and self.height > 0
        return not has_size or (self.width >= _MIN_IMAGE_WIDTH and self.height >= _MIN_IMAGE_HEIGHT)


class Provider(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """The publisher of an article."""

    name: str
    domain: str
    """That of the document, in lower-case ASCII, without ``www.``."""
    logo: Image | None
    kind: str = ""
    """One of ``publishers.KINDS``; empty if the publisher is not curated."""
    home: str = ""
    """The URL of the home page; empty if it is the root of the domain."""

    @property
    def homepage(self) -> str:
        """The URL of the home page."""
        return self.home or f"https://{self.domain}/"


class Article(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """An article on the web: the common part of an item and of an entry of its ``related`` list."""

    title: str
    excerpt: str
    published_at: dt.datetime
    """In whole seconds. In UTC, but in the site's time zone for an item, unless it is date-only."""
    is_date_only: bool
    """Whether the time of day is unknown."""
    web_url: str
    """The address of the article, normalised for links."""
    amp_url: str | None
    cdn_amp_url: str | None
    type: str
    """``article`` or ``video``."""
    quality: int
    provider: Provider
    images: tuple[Image, ...]
    identity: str
    """Equal for all addresses of one article (``weburls.identity``)."""

    @property
    def kind(self) -> str:
        """The kind of its source; ``release`` if its text is a press release, which newspapers publish, too."""
        return "release" if is_release(self.excerpt) else self.provider.kind

    @property
    def image(self) -> Image | None:
        """The image for cards: the first usable one, or None."""
        return next((image for image in self.images if image.is_usable), None)


class Item(Article, frozen=True, kw_only=True, array_like=True):
    """An article that a document describes, with the document's other fields."""

    name: str
    """The path of the document, relative to the source folder."""
    path: str
    """The path of the document in diagnostics."""
    category: str
    original_url: str | None
    heat: int
    """The popularity; -1 if another document leads the story."""
    is_promoted: bool
    """The field ``published``: whether the pipeline promotes the item. It is not a draft flag."""
    is_removed: bool
    """The field ``removed``: whether the item was withdrawn from the site."""
    is_draft: bool
    slug: str
    """The last part of the address. It depends on no other document."""
    aliases: tuple[Alias, ...]
    """The former addresses."""
    topics: tuple[str, ...]
    """The names of the topics: those of the document, and then those that ``Taxonomy.assign`` returns."""
    not_topics: tuple[str, ...]
    """The names or slugs of topics that an editor has ruled out."""
    related: Sequence[Article]
    """The related articles in the order of the document, without duplicates. May be loaded from disk on access."""
    story: str
    """A label set by an editor: items with the same one form one story. Empty if the clustering decides."""
    not_same_as: frozenset[str]
    """The identities of articles that an editor has excluded from this item's story."""
    video: Video | None
    body: Body | None
    studies: tuple[Study, ...]
    """The studies on which the article reports, in the order of the document, without duplicates."""
    picture_lines: tuple[int, ...]
    """The lines of the pictures of this site in ``images``, in the same order, for diagnostics."""
