"""Chooses the last part of an item's address."""

import re

from generator.content.model import Article
from generator.util.text import is_slug, short_hash, slugify

_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)", re.ASCII)
_MAX_SLUG = 120


def slug_of(name: str, article: Article) -> str:
    """Returns the last part of an item's address. It depends only on the document and the site's time zone.

    A dated file name gives the slug. If its date is not the day of publication, the slug includes the date, because
    two articles of one day may have the same name with different dates. Any other file name is ignored: the slug is
    made of the title and a hash of the article's identity.
    The time of the article is in the site's time zone.
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
