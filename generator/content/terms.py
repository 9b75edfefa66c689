"""Turns text into terms for comparing articles: stemmed words, names and numbers."""

import functools
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import Stemmer

from generator.util.text import without_joiners

_WORD = re.compile(r"[^\W_]+(?:(?:[-.]|(?<=\d),(?=\d{3}(?!\w)))[^\W_]+)*(?:['’]s\b)?|[.!?:]")
_SEPARATOR = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")  # of thousands
# Not a year. Reports of one event round such a number in different ways, so it names nothing.
_QUANTITY = re.compile(r"\d{5,}|(?!19|20)\d{4}")
# Scripts that are written without spaces: Thai, Lao, Burmese, Khmer, kana and Chinese characters.
_SCRIPTS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_HAS_UNSPACED = re.compile(f"[{_SCRIPTS}]")
# A run of three or more katakana is a foreign name or word.
_UNSPACED = re.compile(rf"([\u30a0-\u30ff]{{3,}})|([{_SCRIPTS}]+)|([^\W_]+)")
# The beginning of a headline that contradicts another one: "No, the model cannot".
_RETORT = re.compile(
    r"no(?:pe)?(?:[,:!—–]|\.(?!\s*\d))|nein[,:!—–.]|fact[ -]?check|faktencheck|debunk|myth[:s]", re.IGNORECASE
)
_MONTH_SHARE = 0.02
# The letters of a German compound, and the least of its first part and of its last part.
_COMPOUND, _FIRST_PART, _LAST_PART = range(9, 50), 4, 5
_LISTS = {"en": "terms.toml", "de": "terms_de.toml"}


class Terms(NamedTuple):
    """The terms of a headline and its summary."""

    headline: tuple[str, ...]
    """In order, with repetitions."""
    summary: tuple[str, ...]
    names: frozenset[str]
    """The terms written as names or numbers: ``MIT``, ``Owkin``, ``214``."""

    @property
    def title(self) -> frozenset[str]:
        """The terms of the headline."""
        return frozenset(self.headline)


class Vocabulary:
    """The words of a language that do not mark an event, and its stemmer."""

    def __init__(self, language: str) -> None:
        """Loads the lists of a language; one without lists has no stop words, and one without a stemmer no stems."""
        base = language.partition("-")[0].lower()
        lists: Mapping[str, str] = {}
        tiers: Mapping[str, str] = {}
        if base in _LISTS:
            loaded = tomllib.loads(Path(__file__).with_name(_LISTS[base]).read_text("utf-8"))
            tiers, lists = loaded["tiers"], loaded
        self._stemmer = _stemmer(base)
        self._stems: dict[str, str] = {}
        self.has_noun_capitals = base == "de"
        """Whether every noun has a capital letter, so that one does not mark a name, and is written as one word."""
        self._whole_endings = tuple(lists.get("whole_endings", "").split())
        self.stop = frozenset(lists.get("stop", "").split())
        self.prior: dict[str, float] = {
            self.stem(word): float(share) for share, words in tiers.items() for word in words.split()
        }
        """The expected share of documents that contain a stem. Stems that are not listed are far rarer."""
        self.prior |= {self.stem(word): _MONTH_SHARE for word in lists.get("months", "").split()}
        self._parts = functools.lru_cache(maxsize=131_072)(self._split)

    def stem(self, word: str) -> str:
        """Returns the stem of a lower-case word (Snowball)."""
        found = self._stems.get(word)
        if found is None:
            found = self._stems[word] = sys.intern(self._stemmer(word))
        return found

    def analyse(self, title: str, excerpt: str) -> Terms:
        """Returns the terms of a headline and a summary."""
        headline, headline_names = self._read(title)
        summary, summary_names = self._read(excerpt)
        return Terms(tuple(headline), tuple(summary), frozenset([*headline_names, *summary_names]))

    def _read(self, text: str) -> tuple[list[str], list[str]]:
        """Returns the terms of a text in order, and those of them that are written as names or numbers."""
        terms: list[str] = []
        capitalised: list[str] = []
        names: list[str] = []
        is_sentence_start = True
        text = without_joiners(text)
        for word in _WORD.findall(text.lower() if text.isupper() else text):
            if word in ".!?:":
                is_sentence_start = True
                continue
            parts, parts_as_names, parts_capitalised = self._parts(word)
            terms += parts
            if parts_as_names:
                names += parts_as_names
            if parts_capitalised and not is_sentence_start:
                capitalised += parts_capitalised
            is_sentence_start = False
        # In title case, a capital letter does not mark a name.
        if len(capitalised) * 2 < len(terms):
            names += [term for term in capitalised if not self.has_noun_capitals or term not in self.prior]
        return terms, names

    def _split(self, word: str) -> tuple[list[str], list[str], list[str]]:
        """Returns the terms of a word and its hyphenated parts: all, those written as names, and capitalised ones."""
        if _HAS_UNSPACED.search(word):
            return self._split_unspaced(word)
        terms: list[str] = []
        names: list[str] = []
        capitalised: list[str] = []
        word = _SEPARATOR.sub("", word.removesuffix("'s").removesuffix("’s"))
        for part in word.split("-"):
            lower = part.lower()
            is_acronym = len(part) > 1 and part.isupper()
            if not part or (lower in self.stop and not is_acronym):
                continue
            # "WHO" is not the stop word "who", and numbers have no stem.
            term = part if lower in self.stop else self.stem(lower) if lower.isalpha() else lower
            terms.append(term)
            if _QUANTITY.fullmatch(part):
                continue
            if is_acronym or not part.isalpha() or (part[1:] and not part[1:].islower()):
                names.append(term)
            elif part[0].isupper():
                parts = self._split_compound(lower) if self.has_noun_capitals else [term]
                terms[-1:] = parts
                capitalised += parts
        return terms, names, capitalised

    def _split_compound(self, word: str) -> list[str]:
        """Returns the stems of the parts of a German noun in lower case: ``lung`` and ``tumor`` of ``lungentumor``.

        The last part is a listed word. The first part is one, too, or else any word, or a compound.
        """
        stem = self.stem(word)
        if len(word) not in _COMPOUND or stem in self.prior:
            return [stem]
        if any(form.endswith(self._whole_endings) for form in (word, word.removesuffix("er"), stem)):
            return [stem]
        # Most endings are no words, so their stems are not kept.
        places = range(_FIRST_PART, len(word) - _LAST_PART + 1)
        found = [at for at in places if self._stemmer(word[at:]) in self.prior]
        if not found:
            return [stem]
        at = next((at for at in found if self._stemmer(word[:at]) in self.prior), found[0])
        return [*self._split_compound(word[:at]), self.stem(word[at:])]

    def _split_unspaced(self, word: str) -> tuple[list[str], list[str], list[str]]:
        """Returns the terms of text without spaces: pairs of characters, and foreign words as names."""
        terms: list[str] = []
        names: list[str] = []
        for foreign, characters, other in _UNSPACED.findall(word):
            if characters:
                terms += [characters[at : at + 2] for at in range(max(len(characters) - 1, 1))]
            else:
                terms.append((foreign or other).lower())
                names.append(terms[-1])
        return terms, names, []


def _stemmer(language: str) -> Callable[[str], str]:
    """Returns the stemmer of a language; for a language that Snowball does not know, one that changes nothing."""
    try:
        return Stemmer.Stemmer(language, 0).stemWord  # type: ignore[no-any-return]
    except KeyError:
        return str


@functools.cache
def vocabulary(language: str = "en") -> Vocabulary:
    """Returns the vocabulary of a language, given its tag."""
    return Vocabulary(language)


def is_rebuttal(title: str) -> bool:
    """Returns whether a headline contradicts another one."""
    return bool(_RETORT.match(title))


def stem(word: str) -> str:
    """Returns the stem of a lower-case English word (Porter2, the English stemmer of Snowball)."""
    return vocabulary().stem(word)
