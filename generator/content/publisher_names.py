"""Decides whether the name that a document gives a publisher fits the publisher's domain. Pure.

Robots often take the headline of another page, or one of its topics, for the name of a site. ``docs/sources.md`` has
the rule with examples.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final
from urllib.parse import unquote

from generator.util.text import repair

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile(r"['’`]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "å": "aa"})
_LETTERS_WITHOUT_MARKS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i"})
_GENERIC: Final = {
    "the", "news", "online", "web", "net", "tv", "mag", "magazine", "media", "live", "daily", "today", "blog",
    "journal", "group", "inc", "com",
}  # fmt: skip
"""Words that a domain or a name may have in addition."""
_SKIPPED: Final = _GENERIC | {
    "a", "an", "and", "at", "by", "de", "der", "die", "for", "in", "la", "le", "of", "on", "und",
}  # fmt: skip
_SECOND_LEVEL: Final = {
    "ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ne", "net", "nhs", "nom", "or", "org",
}  # fmt: skip
"""The parts before a country that belong to the suffix, as in ``co.uk``."""
_HOSTS: Final = {"amp", "blog", "blogs", "en", "m", "markets", "mobile", "news", "press", "www"}
"""The parts of domains that say nothing about the publisher."""
_MIN_CONTAINED = 5
_MAX_WORDS = 12


def clean(name: str) -> str:
    """Returns a name without percent escapes, which some robots leave in it."""
    if "%" not in name:
        return name
    try:
        return repair(unquote(name, errors="strict"))
    except UnicodeDecodeError:
        return name


def fits(name: str, domain: str) -> bool:
    """Returns whether a name and a domain may belong to one publisher.

    A name without Latin letters cannot be compared, and fits.
    """
    spellings = _spellings(name)
    if not any(spellings):
        return any(map(str.isalpha, name))
    labels = list(_labels(domain))
    whole = _compact(domain)
    return any(
        "".join(words) == whole or any(_fits_label(words, label) for label in labels)
        for words in (*spellings, *(words[1:] for words in spellings if words[:1] == ["the"]))
        if words
    )


def _spellings(text: str) -> list[list[str]]:
    """Returns the words of a text in lower-case ASCII, also with umlauts as two letters, and with "&" as a word."""
    lower = _APOSTROPHES.sub("", text).lower()
    spellings = [_ascii(lower.translate(_LETTERS_WITHOUT_MARKS))]
    if not lower.isascii():
        spellings.append(_ascii(lower.translate(_UMLAUTS)))
    if "&" in lower:
        spellings.append(_ascii(lower.replace("&", " and ")))
    return spellings


def _ascii(lower: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", lower)
    return _WORD.findall("".join(one for one in decomposed if not unicodedata.combining(one)))


def _compact(text: str) -> str:
    return "".join(_spellings(text)[0])


def _labels(domain: str) -> Iterator[str]:
    """Yields the parts of a domain that may name its publisher, without hyphens."""
    labels = domain.split(".")
    has_country = len(labels) > 1 and len(labels[-1]) == 2  # noqa: PLR2004 - ISO 3166
    end = -2 if has_country and labels[-2] in _SECOND_LEVEL else -1
    own = labels[:end] or labels
    for label in own:
        if label in _HOSTS and len(own) > 1:
            continue
        if not label.startswith("xn--"):
            yield label.replace("-", "").replace("_", "")
            continue
        try:
            decoded = label.encode().decode("idna")
        except UnicodeError:
            continue
        yield from {"".join(words) for words in _spellings(decoded)} - {""}


def _fits_label(words: Sequence[str], label: str) -> bool:
    name = "".join(words)
    if len(label) >= _MIN_CONTAINED and label in name:
        return True
    if any(label in accumulate(words[start:]) for start in range(min(len(words), _MAX_WORDS))):
        return True
    return (name in label and _is_most_of(name, label)) or _is_abbreviation(words, label)


def _is_most_of(name: str, label: str) -> bool:
    """Returns whether a name is at least two thirds of a label that contains it, or all but generic words."""
    before, _, after = label.partition(name)
    is_generic = len(name) > 1 and {before, after} <= _GENERIC | {""}
    return is_generic or 3 * len(name) >= 2 * len(label)


def _is_abbreviation(words: Sequence[str], label: str) -> bool:
    """Returns whether a label consists of the beginnings of all words in order, as ``jpost`` of "Jerusalem Post"."""
    if len(words) > _MAX_WORDS:
        return False
    ends = {0}
    for word in words:
        longer = {
            end + length for end in ends for length in range(1, len(word) + 1) if label.startswith(word[:length], end)
        }
        ends = longer | ends if word in _SKIPPED else longer
    return any(label[end:] in _GENERIC | {""} for end in ends if end > 0)
