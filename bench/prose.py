"""Writes headlines and sentences by the rules of ``grammar``, with the words of ``words`` and invented names."""

import functools
import itertools
import random
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bench import words
from bench.grammar import RULES

_DRAWN_AT_ONCE = 1_024
_OFFSET = 5
# A name that is not new is one of so many last ones.
_REMEMBERED = 120
_NEW = {"org": 0.35, "product": 0.6, "place": 0.45, "acronym": 0.45}
# How fast the elements of a list become rarer: words that any text has, words of a lexicon, ways to write something.
_COMMON, _APART, _WAYS = 1.55, 0.65, 0.8
_LISTS = {
    "noun": words.NOUNS, "mass": words.MASS, "disease": words.DISEASES, "body": words.BODY, "means": words.MEANS,
    "people": words.PEOPLE, "where": words.PLACES, "verb": words.VERBS, "adjective": words.ADJECTIVES,
    "adverb": words.ADVERBS, "field": words.FIELDS, "prefix": words.PREFIXES,
}  # fmt: skip
_ORGANISATIONS = (
    "{}", "{}", "{}", "{} Health", "{} Medical", "University of {}", "{} University", "{} Hospital", "{} Labs",
    "{} Bio", "{} Institute",
)  # fmt: skip
_PRODUCTS = ("{}", "{}", "{}", "{} Scan", "{} Assist", "{} One", "{}AI", "{} Care", "{} Cloud", "{} Insight")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_LETTERS = "ABCDEFGHILMNOPRSTUV"
_SMALL_WORDS = frozenset(["a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to"])

_T = TypeVar("_T")
Way = Sequence[str]
"""One way to write something: text and, at odd places, the names of rules and of kinds of words."""


@dataclass(slots=True)
class Lexicon:
    """Words that some texts have in common, by kind."""

    share: float
    """Of all words of a text."""
    size: int
    """How many there are of a kind."""
    words: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Prose:
    """Writes; the same numbers give the same texts."""

    def __init__(self, numbers: random.Random) -> None:
        self._numbers = numbers
        names = {
            "org": self._names(_NEW["org"], lambda: numbers.choice(_ORGANISATIONS).format(self._name())),
            "product": self._names(_NEW["product"], lambda: numbers.choice(_PRODUCTS).format(self._name())),
            "place": self._names(_NEW["place"], self._name),
            "acronym": self._names(_NEW["acronym"], lambda: "".join(numbers.choices(_LETTERS, k=3))),
            "number": _each(self._number),
            "percent": _each(lambda: f"{numbers.randint(2, 99)}{numbers.choice(('%', ' percent'))}"),
            "money": _each(self._money),
            "year": _each(lambda: str(2022 + int(numbers.expovariate(0.3)))),
            "month": _each(lambda: numbers.choice(_MONTHS)),
        }
        self._common = names | {kind: self._draws(listed, _COMMON) for kind, listed in _LISTS.items()}
        self._apart = names | {kind: self._draws(listed, _APART) for kind, listed in _LISTS.items()}
        self._ways = {
            rule: self._draws([re.split(r"[{}]", way) for way in ways], _WAYS) for rule, ways in RULES.items()
        }

    def way(self, rule: str) -> Way:
        """Returns a way of a rule."""
        return next(self._ways[rule])

    def text(self, way: Way, lexicons: Sequence[Lexicon]) -> str:
        """Returns a text with a capital; words come from the lexicons as often as these say."""
        return _with_capital("".join(self._parts(way, lexicons)))

    def retouched(self, text: str) -> str:
        """Returns a text with another word in the place of one of its words."""
        parts = text.split()
        place = self._numbers.randrange(len(parts))
        parts[place] = next(self._common[self._numbers.choice(("noun", "adjective", "number", "month"))])
        return _with_capital(" ".join(parts))

    def _parts(self, way: Way, lexicons: Sequence[Lexicon]) -> Iterator[str]:
        for number, part in enumerate(way):
            if number % 2 == 0:
                yield part
            elif part in self._ways:
                yield from self._parts(self.way(part), lexicons)
            else:
                kind, form = _FORMS.get(part, (part, str))
                yield form(self._word(kind, lexicons))

    def _word(self, kind: str, lexicons: Sequence[Lexicon]) -> str:
        """Returns a word of a kind: one of a lexicon, which grows up to its size, or any."""
        drawn = self._numbers.random()
        for lexicon in lexicons:
            if drawn < lexicon.share:
                known = lexicon.words[kind]
                place = int(self._numbers.random() * lexicon.size)
                if place < len(known):
                    return known[place]
                known.append(next(self._apart[kind]))
                return known[-1]
            drawn -= lexicon.share
        return next(self._common[kind])

    def _draws(self, listed: Sequence[_T], slope: float) -> Iterator[_T]:
        return draws(self._numbers, listed, slope, _OFFSET)

    def _names(self, new: float, invent: Callable[[], str]) -> Iterator[str]:
        """Yields invented names: new ones this often, else one from before, which is an often used one most often."""
        used = deque([invent()], maxlen=_REMEMBERED)
        while True:
            used.append(invent() if self._numbers.random() < new else self._numbers.choice(used))
            yield used[-1]

    def _name(self) -> str:
        middle = self._numbers.choice(words.MIDDLES) if self._numbers.random() < 0.5 else ""  # noqa: PLR2004 - each second
        return self._numbers.choice(words.BEGINNINGS) + middle + self._numbers.choice(words.ENDINGS)

    def _number(self) -> str:
        least, most = self._numbers.choice(((2, 12), (13, 99), (100, 999), (1_000, 99_999)))
        return f"{self._numbers.randint(least, most):,}"

    def _money(self) -> str:
        amount = self._numbers.choice((self._numbers.randint(1, 40), self._numbers.randint(1, 199) / 10))
        return f"${amount} {self._numbers.choice(('million', 'million', 'billion'))}"


def draws(numbers: random.Random, listed: Sequence[_T], slope: float, offset: int) -> Iterator[_T]:
    """Yields elements without end, the first ones more often: as a power of the place, with this slope."""
    weights = list(itertools.accumulate((place + offset) ** -slope for place in range(len(listed))))
    while True:
        yield from numbers.choices(listed, cum_weights=weights, k=_DRAWN_AT_ONCE)


def title_case(text: str) -> str:
    """Returns a headline with a capital on each word but small ones."""
    return " ".join(word if word in _SMALL_WORDS else _with_capital(word) for word in text.split())


def _each(make: Callable[[], str]) -> Iterator[str]:
    while True:
        yield make()


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@functools.cache
def _plural(noun: str) -> str:
    if _ends_in_y(noun):
        return f"{noun[:-1]}ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


@functools.cache
def _conjugated(verb: str) -> Sequence[str]:
    """Returns a verb's forms: *do*, *does*, *did*, *doing*."""
    if ":" in verb:
        return verb.split(":")
    past = f"{verb[:-1]}ied" if _ends_in_y(verb) else f"{verb.removesuffix('e')}ed"
    return verb, _plural(verb), past, f"{verb if verb.endswith('ee') else verb.removesuffix('e')}ing"


def _ends_in_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"


_FORMS: dict[str, tuple[str, Callable[[str], str]]] = {
    "nouns": ("noun", _plural),
    "do": ("verb", lambda verb: _conjugated(verb)[0]),
    "does": ("verb", lambda verb: _conjugated(verb)[1]),
    "did": ("verb", lambda verb: _conjugated(verb)[2]),
    "doing": ("verb", lambda verb: _conjugated(verb)[3]),
}
