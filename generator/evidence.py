"""What speaks for two articles telling one story, and how much. Pure.

Every term weighs by its rarity among the documents before it (inverse document frequency, K. Spärck Jones 1972, with a
prior for the words of the field), so nothing that comes later changes a comparison.
"""

import math
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.model import Article, Item
from generator.terms import FIELD, PRIOR, Terms, analyse

_PRIOR_DOCUMENTS = 400
_LEAST_WEIGHT = 0.05
_TITLE_FACTOR = 2.0
FAR_DAYS = 21.0
"""Two articles this far apart do not tell one story."""
_NAMES_ENOUGH = 20.0
_COMMON_WEIGHT = 4.7
_SPECIFIC_ENOUGH = 8.0
_SECONDS_A_DAY = 86_400.0


class Rarity:
    """Counts in how many documents each term stood so far."""

    def __init__(self) -> None:
        self._documents = 0
        self._counts: Counter[str] = Counter()

    def counts(self) -> tuple[int, dict[str, int]]:
        """The number of documents so far, and in how many of them each term stood."""
        return self._documents, dict(self._counts)

    @classmethod
    def of_counts(cls, documents: int, counts: Mapping[str, int]) -> "Rarity":
        """What gave these :meth:`counts`."""
        rarity = cls()
        rarity._documents = documents
        rarity._counts.update(counts)
        return rarity

    def add(self, terms: Iterable[str]) -> None:
        """Counts a document."""
        self._documents += 1
        self._counts.update(terms)

    def weight(self, term: str) -> float:
        """The weight of a term now: about 0 for one that every document has, 6 and more for a new one.

        A word of the field never weighs more than its share there allows, however rare it is in this collection.
        """
        return self.weights((term,))[term]

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """The weights of several terms."""
        counts, documents = self._counts, self._documents + _PRIOR_DOCUMENTS
        prior, log = PRIOR, math.log
        weights = {}
        for term in terms:
            share, expected = (counts.get(term, 0) + 1.0) / documents, prior.get(term, 0.0)
            weights[term] = max(-log(max(share, expected)), _LEAST_WEIGHT)
        return weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An article ready to be compared; its weights are those of the moment it was first seen."""

    identity: str
    domain: str
    day: float
    """Time of publication in days."""
    terms: Terms
    weights: Mapping[str, float]
    """Rarity by term."""
    values: Mapping[str, float]
    """The same with the title's terms counting twice."""
    norm: float
    """The length of ``values``."""
    title_weight: float
    links: frozenset[str]
    """Identities of the articles that a document relates to; none for an article on the web."""
    leads: bool
    """The pipeline does not say that another document leads its story."""


def profile(article: Article, rarity: Rarity) -> Profile:
    """Prepares an article for comparison."""
    terms = analyse(article.title, article.excerpt)
    return _profile(article, terms, rarity.weights(terms.all))


def days(article: Article) -> float:
    """The time of publication in days."""
    return article.published_at.timestamp() / _SECONDS_A_DAY


def weights_of(made: Profile) -> tuple[float, ...]:
    """All that :func:`profile` took from the rarity of terms."""
    return tuple(made.weights[term] for term in sorted(made.terms.all))


def profile_again(article: Article, weights: Sequence[float]) -> Profile:
    """The profile that had these :func:`weights_of`."""
    terms = analyse(article.title, article.excerpt)
    return _profile(article, terms, dict(zip(sorted(terms.all), weights, strict=True)))


def _profile(article: Article, terms: Terms, weights: Mapping[str, float]) -> Profile:
    values = {term: weight * (_TITLE_FACTOR if term in terms.title else 1.0) for term, weight in weights.items()}
    return Profile(
        identity=article.identity,
        domain=article.provider.domain,
        day=days(article),
        terms=terms,
        weights=weights,
        values=values,
        norm=math.sqrt(math.fsum([value * value for value in values.values()])) or 1.0,
        title_weight=math.fsum([weights[term] for term in terms.title]) or 1.0,
        links=frozenset(entry.identity for entry in article.related) if isinstance(article, Item) else frozenset(),
        leads=isinstance(article, Item) and article.heat >= 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found between two articles, each from 0 to 1."""

    text: float
    """Cosine of the weighted terms of title and summary, the title's counting twice."""
    title: float
    """Share of the weight of both titles that they have in common."""
    contained: float
    """The larger share of one article's title that stands in the other's text."""
    copied: float
    """Share of the shorter summary's runs of four terms that the other has too."""
    specific: float
    """Weight of shared terms beyond what common words can weigh, 8 and more being 1."""
    names: float
    """Weight of shared names and numbers, 20 and more being 1."""
    common_only: float
    """1 where they share nothing but common words, less with anything specific, named or copied."""
    links_shared: float
    """Share of the shorter list of related articles that both have."""
    days: float
    """Days between them, 21 and more being 1."""
    both_lead: float
    """The pipeline says of neither that another document leads its story."""
    same_source: float
    """One publisher's two pieces: 1 under quite different headlines, 0 under the same."""
    contradicted: float
    """One headline denies what another said."""

    @property
    def score(self) -> float:
        """The weighted sum: above 0 they tell one story rather than not."""
        return sum(map(operator.mul, _VALUES(self), _FACTORS), BIAS)


BIAS = -3.4
"""The score of two articles of which nothing is known."""
WEIGHTS: Mapping[str, float] = {
    "text": 5.0,
    "title": 2.0,
    "contained": 2.0,
    "copied": 2.5,
    "specific": 3.0,
    "names": 3.0,
    "common_only": -1.5,
    "links_shared": 0.5,
    "days": -3.0,
    "both_lead": -0.2,
    "same_source": -9.0,
    "contradicted": -12.0,
}
"""Log-odds by kind of evidence; how they were found is in ``docs/stories.md``."""
_VALUES, _FACTORS = operator.attrgetter(*WEIGHTS), tuple(WEIGHTS.values())


def likeness(one: Profile, other: Profile) -> float:
    """The cosine of the weighted terms; symmetric, and cheap beside :func:`compare`."""
    # fsum, here and below, because a set has no order and plain sums have.
    ours, theirs = one.values, other.values
    dot = math.fsum([ours[term] * theirs[term] for term in one.terms.all & other.terms.all])
    return dot / (one.norm * other.norm)


def subjects(one: Profile, other: Profile) -> tuple[float, float]:
    """What both are about, as weights to ``one``: of the heaviest shared word, and of the others together.

    A word of the field's own in a headline says enough by itself, and counts as two.
    """
    shared = one.terms.subject & other.terms.subject
    if not shared:
        return 0.0, 0.0
    weights = one.weights
    heaviest = max([weights[term] for term in shared])
    others = math.fsum([weights[term] for term in shared]) - heaviest
    if not FIELD.isdisjoint(shared & (one.terms.title | other.terms.title)):
        return heaviest, others + heaviest
    return heaviest, others


def compare(one: Profile, other: Profile) -> Evidence:
    """The evidence between two articles; symmetric."""
    ours, theirs = one.weights, other.weights
    shared = one.terms.all & other.terms.all
    weights = {term: (ours[term] + theirs[term]) / 2 for term in shared}
    titles = math.fsum([weights[term] for term in one.terms.title & other.terms.title])
    union = one.title_weight + other.title_weight - titles
    title = titles / union
    runs = min(len(one.terms.runs), len(other.terms.runs))
    copied = len(one.terms.runs & other.terms.runs) / runs if runs else 0.0
    links = len(one.links & other.links) if one.links and other.links else 0
    specific = math.fsum([weight - _COMMON_WEIGHT for weight in weights.values() if weight > _COMMON_WEIGHT])
    specific /= _SPECIFIC_ENOUGH
    names = math.fsum([weights[term] for term in shared & (one.terms.names | other.terms.names)]) / _NAMES_ENOUGH
    return Evidence(
        text=likeness(one, other),
        title=title,
        contained=max(_contained(one, other), _contained(other, one)),
        copied=copied,
        specific=min(specific, 1.0),
        names=min(names, 1.0),
        common_only=max(1.0 - 10.0 * (specific + names + copied), 0.0),
        # One common address may be chance: the archive's lists repeat what is popular.
        links_shared=links / min(len(one.links), len(other.links)) * (1.0 if links > 1 else 0.5) if links else 0.0,
        days=min(abs(one.day - other.day), FAR_DAYS) / FAR_DAYS,
        both_lead=float(one.leads and other.leads),
        same_source=1.0 - title if one.domain == other.domain else 0.0,
        contradicted=float(one.terms.is_retort != other.terms.is_retort),
    )


def _contained(one: Profile, other: Profile) -> float:
    return math.fsum([one.weights[term] for term in one.terms.title & other.terms.all]) / one.title_weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comparison that was made for an item."""

    kind: str
    """``joined``, ``nearly``, ``same-story``, ``related``, ``left-out`` or ``archive``."""
    article: Article
    score: float
    evidence: Evidence | None
