"""What went wrong in a template, in words that its author knows. Pure."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

import jinja2

from generator.site import views
from generator.util.text import nearest

_NO_FIELD = re.compile(r"'generator\.site\.views\.(\w+) object' has no attribute '(.+)'", re.DOTALL)
_NO_NAME = re.compile(r"'(\w+)' is undefined")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_SHOWN = 60


class TemplateExplanation(NamedTuple):
    """What is wrong, and what to do; no remedy where none is known."""

    message: str
    remedy: str = ""


class UnknownAssetError(Exception):
    """A template asked for a static file that is not there; its name."""


def explain(error: Exception, view: object, *, names: Iterable[str], assets: Collection[str]) -> TemplateExplanation:
    """What an exception that came out of a template means.

    Args:
        error: the exception.
        view: the page that was rendered.
        names: what every template knows besides what it names itself.
        assets: the static files.
    """
    said = str(error)
    if isinstance(error, UnknownAssetError):
        return _missing(f"there is no static/{said}", said, assets)
    if isinstance(error, jinja2.TemplateNotFound):
        return TemplateExplanation(f"there is no template {error.name}", "write it, or mend its name")
    if isinstance(error, jinja2.UndefinedError):
        if found := _NO_FIELD.fullmatch(said):
            kind = getattr(views, found[1], None)
            whose = "the page" if type(view) is kind else f"a {_HUMP.sub(' ', found[1]).lower()}"
            return _missing(f"{whose} has no `{found[2]}`", found[2], getattr(kind, "__struct_fields__", ()))
        if found := _NO_NAME.fullmatch(said):
            return _missing(f"there is no `{found[1]}` here", found[1], names)
        return TemplateExplanation(said)
    return TemplateExplanation(f"{type(error).__name__}: {error}")


def _missing(message: str, name: str, known: Iterable[str]) -> TemplateExplanation:
    guess = nearest(name[:_MAX_SHOWN], known)
    return TemplateExplanation(message, f"did you mean `{guess[0]}`?" if guess else "")
