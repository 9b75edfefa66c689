"""Turns text into terms for comparing articles: stemmed words, names, and runs of words."""

import functools
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import Stemmer

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*(?:['’]s\b)?|[.!?:]")
_RUN = 4
_STEMMER = Stemmer.Stemmer("english", 0)

_LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_STOP = frozenset(_LISTS["stop"].split())
# The beginning of a headline that contradicts another one: "No, the model cannot".
_RETORT = re.compile(r"no(?:pe)?(?:[,:!—–]|\.(?!\s*\d))|fact[ -]?check|debunk|myth[:s]", re.IGNORECASE)


@functools.lru_cache(maxsize=131_072)
def stem(word: str) -> str:
    """Returns the stem of a lower-case English word (Porter2, the English stemmer of Snowball)."""
    return sys.intern(_STEMMER.stemWord(word))


PRIOR: Mapping[str, float] = {
    stem(word): float(share) for share, words in _LISTS["tiers"].items() for word in words.split()
}
"""The expected share of documents that contain a stem. Stems that are not listed are far rarer."""
MEDICAL_STEMS = frozenset(map(stem, f"{_LISTS['subjects']} {_LISTS['tiers']['0.01']}".split()))
"""The stems of medical subjects: organs, diseases, specialties and methods."""
_GENERAL = (frozenset(PRIOR) - MEDICAL_STEMS) | {stem(word) for word in _LISTS["months"].split()}


class Terms:
    """The terms of a headline and its summary. Immutable; rarely used attributes are computed on first access."""

    __slots__ = ("_runs", "_subject", "all", "headline", "is_rebuttal", "key", "names", "ordered", "summary", "title")

    def __init__(
        self, headline: Sequence[str], summary: Sequence[str], names: Iterable[str], *, is_rebuttal: bool
    ) -> None:
        self.headline = tuple(map(sys.intern, headline))
        self.summary = tuple(map(sys.intern, summary))
        self.names = frozenset(names)
        """The terms written as names or numbers: ``MIT``, ``Owkin``, ``214``."""
        self.is_rebuttal = is_rebuttal
        """Whether the headline contradicts another one."""
        self.key = " ".join(headline)
        """The terms of the headline in order, as one text. Equal for repeated headlines."""
        self.title = frozenset(self.headline)
        self.ordered = tuple(dict.fromkeys((*self.headline, *self.summary)))
        """The terms of headline and summary in order, without duplicates."""
        self.all = frozenset(self.ordered)
        self._subject: frozenset[str] | None = None
        self._runs: frozenset[tuple[str, ...]] | None = None

    @property
    def capped(self) -> list[str]:
        """The terms with an expected share (:data:`PRIOR`), whose weight is limited by it."""
        return [term for term in self.ordered if term in PRIOR]

    @property
    def subject(self) -> frozenset[str]:
        """The terms that can name what the article is about."""
        if self._subject is None:
            self._subject = frozenset(filter(can_name, self.all))
        return self._subject

    @property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """The runs of four terms in the summary (w-shingling). Copied texts share many of them."""
        if self._runs is None:
            self._runs = frozenset(zip(*(self.summary[start:] for start in range(_RUN)), strict=False))
        return self._runs


class _Headline(msgspec.Struct, array_like=True, gc=False):
    """The first field of packed terms, which can be decoded without the others."""

    headline: list[str]


class _Packed(_Headline, array_like=True, gc=False):
    """The arguments of :class:`Terms`, as they are packed."""

    summary: list[str]
    names: list[str]
    is_rebuttal: bool


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Packed)
_HEADLINE = msgspec.msgpack.Decoder(_Headline)


def unpack(packed: bytes) -> Terms:
    """Returns the terms that :func:`read` has packed."""
    terms = _DECODER.decode(packed)
    return Terms(terms.headline, terms.summary, terms.names, is_rebuttal=terms.is_rebuttal)


def headline_key(packed: bytes) -> str:
    """Returns ``Terms.key`` of packed terms, without decoding the rest."""
    return " ".join(_HEADLINE.decode(packed).headline)


@functools.lru_cache(maxsize=131_072)
def can_name(term: str) -> bool:
    """Returns whether a term can name what an article is about."""
    return len(term) > 1 and term not in _GENERAL and not term.isdecimal()


@functools.lru_cache(maxsize=16_384)
def analyse(title: str, excerpt: str) -> Terms:
    """Returns the terms of a headline and a summary."""
    return unpack(read(title, excerpt))


def read(title: str, excerpt: str) -> bytes:
    """Returns the terms of a headline and a summary, packed to save memory."""
    headline, headline_names = _read(title)
    summary, summary_names = _read(excerpt)
    is_rebuttal = bool(_RETORT.match(title))
    return _ENCODER.encode(_Packed(headline, summary, [*headline_names, *summary_names], is_rebuttal))


def _read(text: str) -> tuple[list[str], list[str]]:
    """Returns the terms of a text in order, and those of them that are written as names or numbers."""
    terms: list[str] = []
    capitalised: list[str] = []
    names: list[str] = []
    is_sentence_start = True
    for word in _WORD.findall(text.lower() if text.isupper() else text):
        if word in ".!?:":
            is_sentence_start = True
            continue
        parts, parts_as_names, parts_capitalised = _parts(word)
        terms += parts
        if parts_as_names:
            names += parts_as_names
        if parts_capitalised and not is_sentence_start:
            capitalised += parts_capitalised
        is_sentence_start = False
    # In title case, a capital letter does not mark a name.
    if len(capitalised) * 2 < len(terms):
        names += capitalised
    return terms, names


@functools.lru_cache(maxsize=131_072)
def _parts(word: str) -> tuple[list[str], list[str], list[str]]:
    """Returns the terms of a word and its hyphenated parts: all, those written as names, and capitalised ones."""
    terms: list[str] = []
    names: list[str] = []
    capitalised: list[str] = []
    for part in (word[:-2] if word.endswith(("'s", "’s")) else word).split("-"):
        lower = part.lower()
        is_acronym = len(part) > 1 and part.isupper()
        if not part or (lower in _STOP and not is_acronym):
            continue
        # "WHO" is not the stop word "who", and numbers have no stem.
        term = part if lower in _STOP else stem(lower) if lower.isalpha() else lower
        terms.append(term)
        if is_acronym or not part.isalpha() or (part[1:] and not part[1:].islower()):
            names.append(term)
        elif part[0].isupper():
            capitalised.append(term)
    return terms, names, capitalised
