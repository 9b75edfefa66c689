"""The words of texts and of the keywords that are looked for in them. Pure; ``docs/topics.md`` has the rules."""

import re
from typing import Final

from generator.content.terms import stem

Phrase = tuple[str, ...]
"""A keyword as the keys of its words."""
BREAK: Final = ""
"""Stands for a mark; keeps a phrase from running over the end of a sentence or of a part of it."""

_TOKEN = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*(?:['’]s\b)?|[.,;:!?()…—]+")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_MARKS = " .,;:!?()…—"


def tokens(text: str) -> list[str]:
    """Words, those with hyphens whole, and what stands between sentences and their parts."""
    # In a text of capitals nothing can be told from an acronym.
    return _TOKEN.findall(text.lower() if text.isupper() and " " in text else text)


def split(token: str) -> tuple[list[str], str]:
    """A token's words, one break for a mark; and a hyphenated word written as one, ``""`` for any other."""
    if not token[0].isalnum():
        return [BREAK], ""
    parts = _HYPHEN.split(token[:-2] if token.endswith(("'s", "’s")) else token)
    return parts, "".join(parts) if len(parts) > 1 else ""


def written(keyword: str) -> list[str]:
    """A keyword's words as they stand, and as one where they are one."""
    return [
        word for token in _TOKEN.findall(keyword) for parts, one in [split(token)] for word in (*parts, one) if word
    ]


def is_acronym(word: str) -> bool:
    """Whether a word has two capitals or more, and no small letter."""
    return word.isupper() and sum(map(str.isalpha, word)) > 1


def phrases(keyword: str) -> tuple[Phrase, ...]:
    """The ways to look for a keyword, none where it has no word; a single hyphenated word may stand as one."""
    parted = [split(token) for token in _TOKEN.findall(keyword.strip(_MARKS))]
    ways = [[word for parts, _ in parted for word in parts]]
    if len(parted) == 1 and parted[0][1]:
        ways.append([parted[0][1]])
    return tuple(tuple(word if is_acronym(word) else stem(word.lower()) for word in way) for way in ways if way)
