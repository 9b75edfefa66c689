"""The last part of an item's address."""

import re

from generator.content.model import Article
from generator.util.text import is_slug, short_hash, slugify

_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)", re.ASCII)
_MAX_SLUG = 120


def slug_of(name: str, article: Article) -> str:
    """The last part of an item's address, from its own document and the time zone alone.

    The dated file name gives it. Where the date in the name is not the day of publication (9% of the archive: time
    zones), it is kept in the slug, because the archive holds the same name under two dates for two articles of one
    day. An opaque file name gives nothing: then it is the title with a hash of the article's identity.
    """
    stem = name.rpartition("/")[2].rpartition(".")[0]
    if dated := _DATED_NAME.fullmatch(stem):
        date, rest = dated.groups()
        slug = rest if is_slug(rest) else slugify(rest, max_length=0)
        if len(slug) > _MAX_SLUG:
            slug = f"{slug[: _MAX_SLUG - 20].rstrip('-')}-{short_hash(rest)}"
        if slug:
            is_same_day = date == article.published_at.date().isoformat()
            return slug if is_same_day else f"{slug}-{date.replace('-', '')}"
    return f"{slugify(article.title) or 'item'}-{short_hash(article.identity)}"
