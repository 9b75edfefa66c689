"""What a document says, as values: items, and the articles around them.

They are structs of ``msgspec`` and no dataclasses: tens of thousands are made in each build, and a struct is made, and
read from bytes, several times faster.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec

from generator.content.aliases import Alias
from generator.content.embeds import Body, Video

_MIN_IMAGE_WIDTH, _MIN_IMAGE_HEIGHT = 100, 60


_FULL_MARKS = 160


def share_of_marks(value: int) -> float:
    """A ``quality`` or ``heat`` as a share of full marks, from 0 to 1."""
    return min(max(value, 0), _FULL_MARKS) / _FULL_MARKS


class Image(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A picture on the web."""

    url: str
    width: int
    """In pixels; 0 where unknown."""
    height: int
    caption: str

    @property
    def is_usable(self) -> bool:
        """Whether it shows something: tracking pixels and tiny pictures do not."""
        has_size = self.width > 0 and self.height > 0
        return not has_size or (self.width >= _MIN_IMAGE_WIDTH and self.height >= _MIN_IMAGE_HEIGHT)


class Provider(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Who published an article."""

    name: str
    domain: str
    """Lower-case ASCII, without ``www.``."""
    logo: Image | None


class Article(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What an item and an entry of its ``related`` list have in common: an article on the web."""

    title: str
    excerpt: str
    published_at: dt.datetime
    """In whole seconds; UTC, or the site's time zone once an item is on its way there."""
    is_date_only: bool
    """The time of day is unknown."""
    web_url: str
    """Where the article is, ready to link to."""
    amp_url: str | None
    cdn_amp_url: str | None
    type: str
    """``article`` or ``video``."""
    quality: int
    provider: Provider
    images: tuple[Image, ...]
    identity: str
    """What two addresses of the same article have in common."""

    @property
    def image(self) -> Image | None:
        """The picture for cards: the first that is usable."""
        return next((image for image in self.images if image.is_usable), None)


class Item(Article, frozen=True, kw_only=True, array_like=True):
    """A document that is fit for the site."""

    name: str
    """The document's path below the source folder."""
    path: str
    """The document as problems name it."""
    category: str
    original_url: str | None
    heat: int
    """Popularity; -1 where another document leads the same story."""
    is_promoted: bool
    """``published``: the pipeline's own front page shows it. No draft flag."""
    is_removed: bool
    is_draft: bool
    slug: str
    """The last part of the address; depends on this document alone."""
    aliases: tuple[Alias, ...]
    """Where it formerly was."""
    topics: tuple[str, ...]
    """Names; the document's own until ``taxonomy`` has looked at it."""
    not_topics: tuple[str, ...]
    """An editor's word: names or slugs of topics that it is not about."""
    related: Sequence[Article]
    """In the document's order, each article once. May be read from disk whenever it is asked for."""
    story: str
    """An editor's word: items with the same one tell one story. Empty where the program decides."""
    not_same_as: frozenset[str]
    """An editor's word: identities of articles that never stand in this item's story."""
    video: Video | None
    body: Body | None
