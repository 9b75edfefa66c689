"""Finds the subjects that two articles share, by their terms that can name one."""

import math
from typing import NamedTuple

from generator.content.terms import MEDICAL_STEMS, Terms
from generator.stories.similarity import Profile


class Subject(NamedTuple):
    """The terms of an article that name its subject. Far smaller than its terms, so that it can stay in memory."""

    terms: tuple[str, ...]
    """The terms that can name a subject, in no order."""
    medical_title: tuple[str, ...]
    """The medical terms of the title, in no order."""


class SharedSubjects(NamedTuple):
    """The weight of the subject terms that two articles share."""

    heaviest: float
    """The weight of the heaviest term."""
    others: float
    """The sum of the weights of the other terms."""


def subject_of(terms: Terms) -> Subject:
    """Returns the subject of an article with these terms."""
    return Subject(tuple(terms.subject), tuple(MEDICAL_STEMS & terms.title))


def shared_subjects(profile: Profile, other: Subject) -> SharedSubjects:
    """Returns how much the subject terms weigh that an article shares with another one.

    A medical term in either title is sufficient on its own. So if there is one, the heaviest term counts twice.

    Args:
        profile: the profile of the article, with the weights.
        other: the subject of the other article.
    """
    shared = profile.terms.subject.intersection(other.terms)
    if not shared:
        return SharedSubjects(0.0, 0.0)
    weights = [profile.weights[term] for term in shared]
    heaviest = max(weights)
    others = math.fsum(weights) - heaviest
    medical = shared & MEDICAL_STEMS
    is_titled = not (medical.isdisjoint(profile.title) and medical.isdisjoint(other.medical_title))
    return SharedSubjects(heaviest, others + heaviest if is_titled else others)
