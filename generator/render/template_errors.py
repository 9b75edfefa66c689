"""Explains errors of templates in words that the author of a template knows."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

import jinja2

from generator.config.language import Language
from generator.site import views
from generator.util.text import nearest

_NO_FIELD = re.compile(r"'generator\.site\.views\.(\w+) object' has no attribute '(.+)'", re.DOTALL)
_NO_NAME = re.compile(r"'(\w+)' is undefined")
_WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_COMPARED = 60


class TemplateExplanation(NamedTuple):
    """The message and the remedy of a diagnostic; the remedy is empty if none is known."""

    message: str
    remedy: str = ""


class UnknownTextError(Exception):
    """A template names a text that no language table has. The message is its key."""


class UnknownAssetError(Exception):
    """A template names a static file that does not exist. The message is the name."""


def explain(
    error: BaseException, view: object, *, names: Iterable[str], assets: Collection[str], language: Language
) -> TemplateExplanation:
    """Explains an exception from the template of a view.

    Args:
        error: the exception.
        view: of the page.
        names: that every template has.
        assets: the names of the static files.
        language: of the site.
    """
    reason = str(error)
    if isinstance(error, UnknownTextError):
        explanation = _unknown(f"there is no text `{reason}` in languages/{language.tag}.toml", reason, language.table)
        return explanation if explanation.remedy else explanation._replace(remedy="see docs/languages.md on own words")
    if isinstance(error, UnknownAssetError):
        return _unknown(f"there is no static/{reason}", reason, assets)
    if isinstance(error, jinja2.TemplateNotFound):
        return TemplateExplanation(f"there is no template {error.name}", "write it, or correct its name")
    if isinstance(error, RecursionError):
        message = "extends or includes itself, or is nested too deeply"
        return TemplateExplanation(
            message, 'write {% extends "default/…" %} to extend the template of the default theme'
        )
    if isinstance(error, jinja2.UndefinedError):
        return _undefined(reason, view, names)
    return TemplateExplanation(f"{type(error).__name__}: {error}")


def _undefined(reason: str, view: object, names: Iterable[str]) -> TemplateExplanation:
    if match := _NO_FIELD.fullmatch(reason):
        kind = getattr(views, match[1], None)
        owner = "the page" if type(view) is kind else f"a {_WORD_BOUNDARY.sub(' ', match[1]).lower()}"
        return _unknown(f"{owner} has no `{match[2]}`", match[2], getattr(kind, "__struct_fields__", ()))
    if match := _NO_NAME.fullmatch(reason):
        return _unknown(f"there is no `{match[1]}` here", match[1], names)
    return TemplateExplanation(reason)


def _unknown(message: str, name: str, known: Iterable[str]) -> TemplateExplanation:
    guess = nearest(name[:_MAX_COMPARED], known)
    return TemplateExplanation(message, f"did you mean `{guess[0]}`?" if guess else "")
