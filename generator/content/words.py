"""Packs the terms of an article into arrays of numbers, which are compared faster and take less memory."""

import array
import functools
import hashlib
import math
from typing import Final

import msgspec

from generator.content import terms
from generator.content.model import Item
from generator.util import hashing

TITLE: Final = 1
"""The flag of a term of the headline …"""
NAME: Final = 2
"""… of a name or number …"""
NUMBER: Final = 4
"""… of a number …"""
COMMON: Final = 8
"""… and of a word that is common in the field or in everyday language."""
UNIT: Final = 64
"""Weights are whole numbers: multiples of 1/64 of the natural logarithm of a share. So sums of them are exact."""
NO_LIMIT: Final = 0xFFFF
"""The limit of the weight of a term that has none."""


class Words(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The distinct terms of an article, in the order of the text."""

    terms: bytes
    """For each term, a hash of 64 bits (``array`` of type ``q``)."""
    flags: bytes
    """For each term, its flags."""
    limits: bytes
    """For each term, the most that it can weigh, in units (``array`` of type ``H``)."""
    headline: int
    """A hash of the headline's terms; 0 for a headline of fewer than three."""

    def __len__(self) -> int:
        """Returns the number of terms."""
        return len(self.flags)


def read(title: str, excerpt: str, language: str = "en") -> Words:
    """Returns the words of a headline and a summary in a language."""
    found = terms.vocabulary(language).analyse(title, excerpt)
    place_of: dict[str, int] = {}
    for term in (*found.headline, *found.summary):
        place_of.setdefault(term, len(place_of))
    numbers, kinds, limits = zip(*map(_properties(language), place_of), strict=True) if place_of else ((), (), ())
    flags = bytearray(kinds)
    for term in found.headline:
        flags[place_of[term]] |= TITLE
    for term in found.names:
        flags[place_of[term]] |= NAME
    return Words(
        terms=array.array("q", numbers).tobytes(),
        flags=bytes(flags),
        limits=array.array("H", limits).tobytes(),
        # Two words may repeat by chance.
        headline=_hash(" ".join(found.headline)) if len(found.headline) > 2 else 0,  # noqa: PLR2004
    )


def words_key(item: Item, language: str = "en") -> bytes:
    """Returns the digest of everything in an item on which the comparisons with it depend.

    Its address, its ``related`` list and the fields of editors are not part of it.
    """
    at = item.published_at.timestamp()
    words = (language, item.title, item.excerpt, at, item.provider.domain)
    return hashing.blake2_of_value(words)


@functools.cache
def _properties(language: str) -> "functools._lru_cache_wrapper[tuple[int, int, int]]":
    """Returns the function that gives the hash, the flags and the limit of a term."""
    vocabulary = terms.vocabulary(language)
    prior = vocabulary.prior

    def properties(term: str) -> tuple[int, int, int]:
        share = prior.get(term)
        flags = COMMON * (share is not None) | NUMBER * any(character.isdecimal() for character in term)
        return _hash(term), flags, NO_LIMIT if share is None else round(-math.log(share) * UNIT)

    return functools.lru_cache(maxsize=131_072)(properties)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
