"""The fields of documents, the names that other programs have for them, and the checks of ``[fields]``."""

import re
from collections.abc import Mapping
from typing import Final

from generator.config.tables import Check
from generator.util.text import nearest

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
"""In ``[fields]``, the date in a file name such as ``2025-03-10-a-model.md``; the words for any other field."""
_UNMAPPED: Final = frozenset({"related", "secured"})
_FIELD_NAME = re.compile(rf"[\w-]+(?:\.[\w-]+)*|{FROM_FILE_NAME}")
_MAX_SHOWN = 40  # characters of a value that is compared


def _field(value: str) -> str | tuple[str, str]:
    known = NAMES - _UNMAPPED
    if value in known:
        return ""
    guess = nearest(value[:_MAX_SHOWN], known)
    remedy = f"did you mean `{guess[0]}`?" if guess else "see docs/documents.md for the fields"
    return "is not a field of documents that can be mapped", remedy


def _field_name(value: str) -> str:
    if value.partition(".")[0] in _UNMAPPED:
        return "must not name a field that is not published"
    return "" if _FIELD_NAME.fullmatch(value) else "must have names of fields, such as date or params.link"


CHECKS: Final[Mapping[str, Check]] = {"fields": _field, "fields.*": _field_name}
"""The checks of the setting, by path."""
