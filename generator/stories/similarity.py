"""Compares articles: how likely two of them report the same event.

The weight of a term is its inverse document frequency (K. Spärck Jones, 1972) among earlier documents, with a prior for
common words of the field. So later documents change no comparison.
"""

import array
import bisect
import functools
import math
import operator
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import msgspec

from generator.content.model import Article, Item
from generator.content.terms import PRIOR, Terms

MAX_DAYS_APART = 21.0
"""Articles that are further apart are never in the same story."""
_PRIOR_DOCUMENTS = 400
_MIN_WEIGHT = 0.05
_TITLE_FACTOR = 2.0
_COMMON_WEIGHT = 4.7
_FULL_SPECIFIC_WEIGHT = 8.0
_FULL_NAME_WEIGHT = 20.0
_SECONDS_PER_DAY = 86_400.0
_MAX_WEIGHTS: Mapping[str, float] = {term: -math.log(share) for term, share in PRIOR.items()}


@functools.lru_cache(maxsize=4_096)
def _weight(count: int, documents: int) -> float:
    """Returns the weight of a term that ``count`` of ``documents`` documents contain."""
    return max(-math.log((count + 1.0) / (documents + _PRIOR_DOCUMENTS)), _MIN_WEIGHT)


class InverseDocumentFrequency:
    """Counts the documents that contain each term, and weighs terms by their rarity."""

    def __init__(self, documents: int = 0, counts: Mapping[str, int] | None = None) -> None:
        """Continues from the values that :meth:`counts` returned."""
        self._documents = documents
        self._counts = Counter(counts)
        self.mark()

    def mark(self) -> None:
        """Stores the current counts for :meth:`weights_at_mark`."""
        self._documents_at_mark = self._documents
        self._counts_since_mark = Counter[str]()

    def counts(self) -> tuple[int, dict[str, int]]:
        """Returns the number of documents, and the number of those that contain each term."""
        return self._documents, dict(self._counts)

    def add(self, terms: Iterable[str]) -> None:
        """Counts a document with these terms."""
        terms = tuple(terms)
        self._documents += 1
        self._counts.update(terms)
        self._counts_since_mark.update(terms)

    def weights(self, terms: Iterable[str], capped: Iterable[str]) -> dict[str, float]:
        """Returns the weights of terms: about 0 for a term of every document, 6 and more for a new one.

        Args:
            terms: the terms, without duplicates.
            capped: those of the terms with an expected share (``PRIOR``). Their weight is limited by it, however rare
                they are in this collection.
        """
        count, documents = self._counts.get, self._documents
        return _capped({term: _weight(count(term, 0), documents) for term in terms}, capped)

    def weights_at_mark(self, terms: Iterable[str], capped: Iterable[str]) -> dict[str, float]:
        """Returns what :meth:`weights` would have returned at the last :meth:`mark`."""
        count, since, documents = self._counts.get, self._counts_since_mark.get, self._documents_at_mark
        return _capped({term: _weight(count(term, 0) - since(term, 0), documents) for term in terms}, capped)


def _capped(weights: dict[str, float], capped: Iterable[str]) -> dict[str, float]:
    for term in capped:
        weights[term] = min(weights[term], _MAX_WEIGHTS[term])
    return weights


class Profile:
    """An article prepared for comparisons, with the weights of its terms at the time of its assignment. Immutable."""

    __slots__ = (
        "all", "day", "domain", "leads", "links", "names", "norm", "terms", "title", "title_weight", "values",
        "weights",
    )  # fmt: skip

    def __init__(self, article: Article, terms: Terms, weights: dict[str, float], links: Iterable[Hashable]) -> None:
        self.domain = article.provider.domain
        self.day = days(article)
        """The time of publication, in days since 1970."""
        self.terms = terms
        self.all, self.title, self.names = terms.all, terms.title, terms.names
        self.weights = weights
        """The inverse document frequency of each term."""
        self.values = weights.copy()
        """The TF-IDF weight of each term; terms of the title count twice."""
        title_weights = [weights[term] for term in terms.title]
        self.values.update(zip(terms.title, [weight * _TITLE_FACTOR for weight in title_weights], strict=True))
        self.norm = math.sqrt(math.fsum([value * value for value in self.values.values()])) or 1.0
        """The Euclidean length of ``values``."""
        self.title_weight = math.fsum(title_weights) or 1.0
        self.links = frozenset(links)
        """The ids of the articles in the document's ``related`` list. Empty if the article is not an item."""
        self.leads = isinstance(article, Item) and article.heat >= 0
        """Whether the article may lead its story: a negative ``heat`` says that another document does."""


def days(article: Article) -> float:
    """Returns the time of publication, in days since 1970."""
    return article.published_at.timestamp() / _SECONDS_PER_DAY


def first_near(items: Sequence[Item], position: int, start: int = 0) -> int:
    """Returns the position of the first item that may be in the same story as the item at a position.

    Args:
        items: all items, in order of time.
        position: the position of the later item.
        start: a position that is not after the result, such as the result for an earlier item.
    """
    day = days(items[position])
    return bisect.bisect_left(items, x=True, lo=start, hi=position, key=lambda item: day - days(item) <= MAX_DAYS_APART)


def pack_weights(profile: Profile) -> bytes:
    """Packs the weights of a profile, for :func:`restore_profile`."""
    return array.array("d", profile.weights.values()).tobytes()


def restore_profile(article: Article, weights: bytes, terms: Terms, links: Iterable[int]) -> Profile:
    """Returns a profile with packed weights.

    Args:
        article: the article of the profile.
        weights: the result of :func:`pack_weights`.
        terms: the terms of the article.
        links: the ids of the articles in its ``related`` list.
    """
    return Profile(article, terms, dict(zip(terms.ordered, array.array("d", weights), strict=True)), links)


class Evidence(msgspec.Struct, frozen=True):
    """The result of comparing two articles. Each value is between 0 and 1."""

    text: float
    """The cosine similarity of the TF-IDF weights of title and summary."""
    title: float
    """The share of the weight of both titles that they have in common."""
    contained: float
    """The share of a title's weight that the text of the other article contains; the larger one of both titles."""
    copied: float
    """The share of the runs of four terms in the shorter summary that the other summary contains."""
    specific: float
    """The weight of shared terms above that of common words; 1 means 8 or more."""
    names: float
    """The weight of shared names and numbers; 1 means 20 or more."""
    common_only: float
    """1 if only common words are shared, and less if specific, named or copied terms are."""
    links_shared: float
    """The share of the shorter ``related`` list that the other list contains."""
    days: float
    """The time between the articles; 1 means 21 days or more."""
    both_lead: float
    """1 if both articles may lead a story."""
    same_source: float
    """For two articles of one publisher, how different their titles are; 0 for two publishers."""
    contradicted: float
    """1 if one title contradicts another article."""

    @property
    def score(self) -> float:
        """The log-odds that both articles report the same event."""
        return sum(map(operator.mul, _VALUES(self), _FACTORS), BIAS)


BIAS = -3.4
"""The score without any evidence."""
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
"""The weight of each kind of evidence, in log-odds. ``docs/stories.md`` describes how they were found."""
_VALUES, _FACTORS = operator.attrgetter(*WEIGHTS), tuple(WEIGHTS.values())


def cosine_similarity(one: Profile, other: Profile) -> float:
    """Returns the cosine similarity of two profiles. It is symmetric, and faster than :func:`compare`."""
    # The order of a set varies, and with it a plain sum; fsum rounds once and does not depend on the order.
    first, second = one.values, other.values
    dot = math.fsum([first[term] * second[term] for term in one.all & other.all])
    return dot / (one.norm * other.norm)


def compare(one: Profile, other: Profile) -> Evidence:
    """Returns the evidence that two articles report the same event. It is symmetric."""
    fsum = math.fsum  # as in cosine_similarity
    first_weights, second_weights = one.weights, other.weights
    first_title, second_title = one.title, other.title
    first_names, second_names = one.names, other.names
    means: list[float] = []
    products: list[float] = []
    in_both_titles: list[float] = []
    in_first_title: list[float] = []
    in_second_title: list[float] = []
    of_names: list[float] = []
    for term in one.all & other.all:
        first, second = first_weights[term], second_weights[term]
        mean = (first + second) / 2
        product = first * second
        means.append(mean)
        if term in first_title:
            in_first_title.append(first)
            product *= _TITLE_FACTOR
        if term in second_title:
            in_second_title.append(second)
            product *= _TITLE_FACTOR
            if term in first_title:
                in_both_titles.append(mean)
        products.append(product)
        if term in first_names or term in second_names:
            of_names.append(mean)
    shared_title_weight = fsum(in_both_titles)
    title = shared_title_weight / (one.title_weight + other.title_weight - shared_title_weight)
    first_runs, second_runs = one.terms.runs, other.terms.runs
    copied = 0.0
    if first_runs and second_runs:
        copied = len(first_runs & second_runs) / min(len(first_runs), len(second_runs))
    specific = fsum([mean - _COMMON_WEIGHT for mean in means if mean > _COMMON_WEIGHT]) / _FULL_SPECIFIC_WEIGHT
    names = fsum(of_names) / _FULL_NAME_WEIGHT
    shared_links = len(one.links & other.links) if one.links and other.links else 0
    links_shared = 0.0
    if shared_links:
        # A single shared link counts half: popular articles are in many lists.
        links_shared = shared_links / min(len(one.links), len(other.links)) * (1.0 if shared_links > 1 else 0.5)
    return Evidence(
        text=fsum(products) / (one.norm * other.norm),
        title=title,
        contained=max(fsum(in_first_title) / one.title_weight, fsum(in_second_title) / other.title_weight),
        copied=copied,
        specific=min(specific, 1.0),
        names=min(names, 1.0),
        common_only=max(1.0 - 10.0 * (specific + names + copied), 0.0),
        links_shared=links_shared,
        days=min(abs(one.day - other.day), MAX_DAYS_APART) / MAX_DAYS_APART,
        both_lead=float(one.leads and other.leads),
        same_source=1.0 - title if one.domain == other.domain else 0.0,
        contradicted=float(one.terms.is_rebuttal != other.terms.is_rebuttal),
    )


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison of an item with another article, recorded for ``digest explain``."""

    kind: str
    """The outcome: ``joined``, ``nearly``, ``same-story``, ``related``, ``left-out`` or ``archive``."""
    article: Article
    score: float
    evidence: Evidence | None
    """None for an item from the archive, which is chosen by its similarity alone."""
