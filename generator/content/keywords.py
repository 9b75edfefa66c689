"""Splits texts and topic keywords into words that can be compared. Pure; ``docs/topics.md`` has the rules."""

import re
from typing import Final

from generator.content.terms import stem
from generator.util.text import without_joiners

Phrase = tuple[str, ...]
"""A keyword as the lookup keys of its words: the stem of a word, or an acronym itself."""
BREAK: Final = ""
"""The key of a punctuation mark. No phrase contains it, so none matches across the end of a sentence or clause."""

_TOKEN = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*(?:['’]s\b)?|[.,;:!?()…—]+")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_MARKS = " .,;:!?()…—"


def tokens(text: str) -> list[str]:
    """Splits a text into words, which may contain hyphens, and runs of punctuation."""
    text = without_joiners(text)
    # Acronyms cannot be recognised in a text in capitals.
    return _TOKEN.findall(text.lower() if text.isupper() and " " in text else text)


def split(token: str) -> tuple[list[str], str]:
    """Splits a token at its hyphens.

    Returns:
        The words, or a single :data:`BREAK` for punctuation; and the words joined without hyphens, or ``""`` if the
        token has no hyphen.
    """
    if not token[0].isalnum():
        return [BREAK], ""
    words = _HYPHEN.split(token[:-2] if token.endswith(("'s", "’s")) else token)
    return words, "".join(words) if len(words) > 1 else ""


def words_of(keyword: str) -> list[str]:
    """Returns the words of a keyword as they are written, and hyphenated words also without their hyphens."""
    split_tokens = map(split, _TOKEN.findall(without_joiners(keyword)))
    return [word for words, joined in split_tokens for word in (*words, joined) if word]


def is_acronym(word: str) -> bool:
    """Returns whether a word has at least two capital letters and no lower-case letter."""
    return word.isupper() and sum(map(str.isalpha, word)) > 1


def phrases(keyword: str) -> tuple[Phrase, ...]:
    """Returns the phrases that match a keyword; none if it contains no word.

    A keyword that is one hyphenated word has two phrases: its parts, and the word without hyphens.
    """
    split_tokens = [split(token) for token in _TOKEN.findall(without_joiners(keyword).strip(_MARKS))]
    variants = [[word for words, _ in split_tokens for word in words]]
    if len(split_tokens) == 1 and split_tokens[0][1]:
        variants.append([split_tokens[0][1]])
    return tuple(
        tuple(word if is_acronym(word) else stem(word.lower()) for word in words) for words in variants if words
    )
