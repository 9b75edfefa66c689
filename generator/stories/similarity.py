"""What speaks for two articles telling one story, and how much. Pure.

Every term weighs by its rarity among the documents before it (inverse document frequency, K. Spärck Jones 1972, with a
prior for the words of the field), so nothing that comes later changes a comparison.
"""

import array
import bisect
import math
import operator
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import msgspec

from generator.content.model import Article, Item
from generator.content.terms import PRIOR, Terms

_PRIOR_DOCUMENTS = 400
_LEAST_WEIGHT = 0.05
_TITLE_FACTOR = 2.0
FAR_DAYS = 21.0
"""Two articles this far apart do not tell one story."""
_NAMES_ENOUGH = 20.0
_COMMON_WEIGHT = 4.7
_SPECIFIC_ENOUGH = 8.0
_SECONDS_A_DAY = 86_400.0


class _Weights(dict[int, float]):
    """The weight of a term by the number of documents that hold it, as long as there are so many in all."""

    def __init__(self, documents: int) -> None:
        super().__init__()
        self._documents = documents + _PRIOR_DOCUMENTS

    def __missing__(self, count: int) -> float:
        weight = self[count] = max(-math.log((count + 1.0) / self._documents), _LEAST_WEIGHT)
        return weight


# A word of the field never weighs more than its share there allows.
_CAPS: Mapping[str, float] = {term: -math.log(share) for term, share in PRIOR.items()}


class InverseDocumentFrequency:
    """Counts in how many documents each term stood so far."""

    def __init__(self, documents: int = 0, counts: Mapping[str, int] | None = None) -> None:
        """Goes on from what :meth:`counts` gave."""
        self._documents = documents
        self._counts = Counter(counts)
        self._weights = _Weights(documents)
        self.mark()

    def mark(self) -> None:
        """Takes note of how rare terms are now."""
        self._since = Counter[str]()
        self._weights_at_mark = _Weights(self._documents)

    def counts(self) -> tuple[int, dict[str, int]]:
        """The number of documents so far, and in how many of them each term stood."""
        return self._documents, dict(self._counts)

    def add(self, terms: Iterable[str]) -> None:
        """Counts a document."""
        terms = tuple(terms)
        self._documents += 1
        self._counts.update(terms)
        self._since.update(terms)
        self._weights = _Weights(self._documents)

    def weights(self, terms: Iterable[str], capped: Iterable[str]) -> dict[str, float]:
        """The weights of several terms now: about 0 for one that every document has, 6 and more for a new one.

        Args:
            terms: the terms, each once.
            capped: those of them of which something is known beforehand. They never weigh more than their share in
                the field allows, however rare they are in this collection.
        """
        count, weight_of = self._counts.get, self._weights
        return _capped({term: weight_of[count(term, 0)] for term in terms}, capped)

    def weights_at_mark(self, terms: Iterable[str], capped: Iterable[str]) -> dict[str, float]:
        """What :meth:`weights` would have given at the last :meth:`mark`."""
        count, since, weight_of = self._counts.get, self._since.get, self._weights_at_mark
        return _capped({term: weight_of[count(term, 0) - since(term, 0)] for term in terms}, capped)


def _capped(weights: dict[str, float], capped: Iterable[str]) -> dict[str, float]:
    for term in capped:
        weights[term] = min(weights[term], _CAPS[term])
    return weights


class Profile:
    """An article ready to be compared; its weights are those of the moment it was first seen. Never changed."""

    __slots__ = (
        "all", "day", "domain", "identity", "leads", "links", "names", "norm", "terms", "title", "title_weight",
        "values", "weights",
    )  # fmt: skip

    def __init__(self, article: Article, terms: Terms, weights: dict[str, float], links: Iterable[Hashable]) -> None:
        self.identity = article.identity
        self.domain = article.provider.domain
        self.day = days(article)
        """Time of publication in days."""
        self.terms = terms
        self.all, self.title, self.names = terms.all, terms.title, terms.names
        self.weights = weights
        """Rarity by term."""
        self.values = weights.copy()
        """The same with the title's terms counting twice."""
        of_title = [weights[term] for term in terms.title]
        self.values.update(zip(terms.title, [weight * _TITLE_FACTOR for weight in of_title], strict=True))
        self.norm = math.sqrt(math.fsum([value * value for value in self.values.values()])) or 1.0
        """The length of ``values``."""
        self.title_weight = math.fsum(of_title) or 1.0
        self.links = frozenset(links)
        """What stands for the articles that a document relates to; none for an article on the web."""
        self.leads = isinstance(article, Item) and article.heat >= 0
        """The pipeline does not say that another document leads its story."""


def days(article: Article) -> float:
    """The time of publication in days."""
    return article.published_at.timestamp() / _SECONDS_A_DAY


class NearItems:
    """Which items may tell a story with another one, by the time between them."""

    def __init__(self, items: Sequence[Article]) -> None:
        """Takes items in the order of time."""
        self._items = items
        self._first: int | None = None

    def first(self, day: float) -> int:
        """The place of the first item that is near a day, which is that of an item; asked in the order of time."""
        items, first = self._items, self._first
        if first is None:  # who asks may begin far from the first
            first = bisect.bisect_left(items, x=True, key=lambda item: day - days(item) <= FAR_DAYS)
        while day - days(items[first]) > FAR_DAYS:
            first += 1
        self._first = first
        return first


def packed_weights(made: Profile) -> bytes:
    """All that a profile has of the rarity of terms, packed."""
    return array.array("d", made.weights.values()).tobytes()


def restored_profile(article: Article, weights: bytes, terms: Terms, links: Iterable[int]) -> Profile:
    """The profile that had these terms and :func:`packed_weights`, with links as short numbers."""
    return Profile(article, terms, dict(zip(terms.ordered, array.array("d", weights), strict=True)), links)


class Evidence(msgspec.Struct, frozen=True):
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
    dot = math.fsum([ours[term] * theirs[term] for term in one.all & other.all])
    return dot / (one.norm * other.norm)


def compare(one: Profile, other: Profile) -> Evidence:
    """The evidence between two articles; symmetric."""
    return Evidence(*_evidence(one, other))


def score(one: Profile, other: Profile) -> float:
    """The score of :func:`compare`, for those who need no more."""
    return sum(map(operator.mul, _evidence(one, other), _FACTORS), BIAS)


def _evidence(one: Profile, other: Profile) -> tuple[float, ...]:
    """The values of an ``Evidence``, in the order of its fields: one pass over the shared terms, which are few."""
    fsum = math.fsum
    our_weights, their_weights = one.weights, other.weights
    our_title, their_title, our_names, their_names = one.title, other.title, one.names, other.names
    weights: list[float] = []
    products: list[float] = []
    in_titles: list[float] = []
    in_ours: list[float] = []
    in_theirs: list[float] = []
    in_names: list[float] = []
    for term in one.all & other.all:
        ours, theirs = our_weights[term], their_weights[term]
        mean = (ours + theirs) / 2
        product = ours * theirs
        weights.append(mean)
        if term in our_title:
            in_ours.append(ours)
            product *= _TITLE_FACTOR
        if term in their_title:
            in_theirs.append(theirs)
            product *= _TITLE_FACTOR
            if term in our_title:
                in_titles.append(mean)
        products.append(product)
        if term in our_names or term in their_names:
            in_names.append(mean)
    titles = fsum(in_titles)
    title = titles / (one.title_weight + other.title_weight - titles)
    our_runs, their_runs = one.terms.runs, other.terms.runs
    copied = len(our_runs & their_runs) / min(len(our_runs), len(their_runs)) if our_runs and their_runs else 0.0
    specific = fsum([weight - _COMMON_WEIGHT for weight in weights if weight > _COMMON_WEIGHT]) / _SPECIFIC_ENOUGH
    names = fsum(in_names) / _NAMES_ENOUGH
    links = len(one.links & other.links) if one.links and other.links else 0
    return (
        fsum(products) / (one.norm * other.norm),
        title,
        max(fsum(in_ours) / one.title_weight, fsum(in_theirs) / other.title_weight),
        copied,
        min(specific, 1.0),
        min(names, 1.0),
        max(1.0 - 10.0 * (specific + names + copied), 0.0),
        # One common address may be chance: the archive's lists repeat what is popular.
        links / min(len(one.links), len(other.links)) * (1.0 if links > 1 else 0.5) if links else 0.0,
        min(abs(one.day - other.day), FAR_DAYS) / FAR_DAYS,
        float(one.leads and other.leads),
        1.0 - title if one.domain == other.domain else 0.0,
        float(one.terms.is_rebuttal != other.terms.is_rebuttal),
    )


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison that was made for an item."""

    kind: str
    """``joined``, ``nearly``, ``same-story``, ``related``, ``left-out`` or ``archive``."""
    article: Article
    score: float
    evidence: Evidence | None
