"""The fields of documents, and the names that other programs have for them."""

from collections.abc import Mapping
from typing import Final

NAMES: Final = frozenset({
    "aliases", "ampWebUrl", "category", "cdnAmpWebUrl", "draft", "excerpt", "featuredContent", "heat", "images",
    "notSameAs", "notTopics", "originalUrl", "provider", "published", "publishedDateTime", "quality", "related",
    "removed", "secured", "slug", "story", "studies", "title", "topics", "type", "webUrl",
})  # fmt: skip
"""The fields of a document."""
OTHER_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "publishedDateTime": ("date", "pubDate", "publishDate", "published_at"),
    "webUrl": ("link", "url", "external_url", "externalUrl", "source_url"),
    "topics": ("tags", "categories", "keywords"),
    "excerpt": ("description", "summary", "subtitle"),
    "images": ("image", "cover", "thumbnail", "featured_image"),
    "provider": ("source", "author", "authors", "publisher"),
    "aliases": ("redirect_from",),
}
"""The names that documents of other programs often have for a field."""
FIELD_OF: Final[Mapping[str, str]] = {name: field for field, names in OTHER_NAMES.items() for name in names}
"""The field that each of these names means."""
FROM_FILE_NAME: Final = ":filename"
"""In ``[fields]``, the date and the words of a file name such as ``2025-03-10-model-reads-ecgs.md``."""
IN_FILE_NAMES: Final = frozenset({"publishedDateTime", "title"})
"""The fields that a file name may give."""
