"""Plans the pages of the page types in ``hooks.py``, and checks what these yield."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from generator.config.hook_file import Hooks
from generator.content.aliases import InvalidAliasError, clean
from generator.content.urls import Address
from generator.errors import Diagnostic
from generator.site.context import PlanContext
from generator.site.page import Page


def plan(hooks: Hooks, diagnostics: list[Diagnostic], context: PlanContext) -> Iterator[Page]:
    """Yields the pages of all page types of a site; adds to the diagnostics."""
    for plan_type in hooks.page_types:
        where = f"the page type `{_name(plan_type)}`"
        try:
            planned: Any = plan_type(context)
            pages = list(planned) if isinstance(planned, Iterable) else None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the site's own code may raise anything
            diagnostics.append(hooks.failed(error, plan_type, where))
            continue
        line = hooks.line_of(plan_type)
        if pages is None:
            diagnostics.append(hooks.wrong(line, f"returns {type(planned).__name__}, not pages, in {where}"))
            continue
        for page in pages:
            if problem := _problem(page):
                diagnostics.append(hooks.wrong(line, f"{problem}, in {where}"))
            else:
                yield msgspec.structs.replace(
                    page, address=Address(page.address), origin=f"{page.origin}{_ending(plan_type)}"
                )


def placed(hooks: Hooks, diagnostic: Diagnostic) -> Diagnostic:
    """Returns a diagnostic of any page; one of a page in ``hooks.py`` gets the place of its page type."""
    for plan_type in hooks.page_types:
        if diagnostic.path.endswith(_ending(plan_type)):
            message = f"{diagnostic.path} {diagnostic.message}"
            line = hooks.line_of(plan_type)
            return msgspec.structs.replace(diagnostic, path=hooks.path, line=line, message=message)
    return diagnostic


def _ending(plan_type: Callable[..., object]) -> str:
    """Returns the end of the origin of each page of a page type, which no document has."""
    return f", of the page type `{_name(plan_type)}`,"


def _name(plan_type: Callable[..., object]) -> str:
    return getattr(plan_type, "__name__", type(plan_type).__name__)


def _problem(page: object) -> str:
    """Returns why something is no page that can be rendered, or ``""``."""
    if type(page) is not Page:
        return f"yields {type(page).__name__}, not Page"
    if not all(isinstance(text, str) for text in (page.address, page.template, page.origin, page.modified)):
        return "yields a page whose address, template, origin or modified is not text"
    if page.body_links or not isinstance(page.is_list, bool):
        return f"yields {page.address} with body_links, or with is_list that is not True or False"
    if not page.template.endswith(".html"):
        return f"yields {page.address} with the template {page.template}, whose name does not end with .html"
    return _problem_of_address(page.address) or _problem_of_view(page.view, page.address)


def _problem_of_address(given: str) -> str:
    """Returns why a page cannot have an address; the rules are those of former addresses."""
    try:
        address = clean(given)
    except InvalidAliasError as error:
        return f"yields the address {given}, which {error}"
    return "" if address == given else f"yields the address {given}; write {address}"


def _problem_of_view(view: object, address: str) -> str:
    """Returns why a view cannot be used. A key can be computed of plain values in a frozen struct only."""
    if not isinstance(view, msgspec.Struct) or not view.__struct_config__.frozen:
        return f"yields {address} with the view {type(view).__name__}, which is not a frozen msgspec.Struct"
    try:
        _ENCODER.encode(view)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return f"yields {address} with a view that is not made of plain values: {error}"
    return ""


def _encoded_text(value: object) -> str:
    if isinstance(value, str):  # addresses and markup
        return str(value)
    raise TypeError(f"{type(value).__name__} is none")


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_encoded_text, order="deterministic")
