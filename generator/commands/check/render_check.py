"""Renders every page without writing it, to find errors of templates and dead links in them."""

import html
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from generator.content import urls
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, Severity
from generator.render import page_key
from generator.render.renderer import RenderContext, Renderer
from generator.site.page import Page
from generator.util import workers
from generator.util.text import nearest

_AT_ONCE = 64
_LINK = re.compile(r"""\b(?:href|src)=(?:"(/(?!/)[^"]*)"|'(/(?!/)[^']*)')""")
_QUERY_OR_FRAGMENT = re.compile(r"[?#]")


class _LinkPlace(NamedTuple):
    """A link in a template, with its place."""

    link: str
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The pages to render for a check."""

    context: RenderContext
    pages: tuple[Page, ...]
    answered: frozenset[Address]
    """The addresses at which the site has a file."""

    @property
    def base_path(self) -> str:
        """The path of the base URL."""
        return urls.base_path(self.context.base_url)

    def diagnostics(self, *, jobs: int, progress: Callable[[int], None]) -> list[Diagnostic]:
        """Renders the pages.

        Args:
            jobs: the number of processes.
            progress: called with the number of rendered pages.

        Returns:
            the errors of templates, one for each line, and warnings for dead links in templates.
        """
        errors: dict[tuple[str, int], Diagnostic] = {}
        dead: set[tuple[str, str]] = set()
        done = 0
        for chunk_errors, chunk_dead in workers.in_chunks(
            _rehearse_chunk, range(len(self.pages)), prepare=self._prepare, jobs=jobs, size=_AT_ONCE
        ):
            for error in chunk_errors:
                errors.setdefault((error.path, error.line), error)
            dead |= chunk_dead
            done += _AT_ONCE
            progress(min(done, len(self.pages)))
        # Links of bodies are reported with the place in their document.
        in_bodies = {f"{self.base_path}{link.address}" for page in self.pages for link in page.body_links}
        places = {self._place(link, template) for link, template in dead if bare(link) not in in_bodies}
        return [*errors.values(), *map(self._dead_link, sorted(places))]

    def _prepare(self) -> "tuple[Rehearsal, Renderer]":
        return self, Renderer(self.context)

    def is_dead(self, link: str) -> bool:
        """Whether a path from the root of the host is below the site's base path, but has no file."""
        path = bare(link)
        if not path.startswith(f"{self.base_path}/"):
            return False
        return not is_answered(path.removeprefix(self.base_path), self.answered)

    def _place(self, link: str, template: str) -> _LinkPlace:
        """Finds the template that contains a link.

        Args:
            link: the value of the attribute.
            template: the template of the page with the link.

        Returns:
            its place in the page's template, else in the first other template that has it, else the start of the
            page's template.
        """
        places = []
        for folder in self.context.folders:
            for path in sorted(folder.rglob("*.html")):
                text = _text(path)
                offset = max(text.find(f'"{link}"'), text.find(f"'{link}'"))
                if offset >= 0:
                    line = text.count("\n", 0, offset) + 1
                    places.append(_LinkPlace(link, path.as_posix(), line, offset + 1 - text.rfind("\n", 0, offset)))
            if places:
                return next((place for place in places if place.path.endswith(f"/{template}")), places[0])
        return _LinkPlace(link, f"templates/{template}", 1, 1)

    def _dead_link(self, place: _LinkPlace) -> Diagnostic:
        address = bare(place.link).removeprefix(self.base_path)
        return Diagnostic(
            path=place.path,
            line=place.line,
            column=place.column,
            code=Code.DEAD_LINK,
            severity=Severity.WARNING,
            message=f"links to {address}, which is not a page of this site",
            remedy=remedy_for(address, self.answered),
        )


def unused_templates(context: RenderContext) -> list[Diagnostic]:
    """Returns warnings for the site's own templates that no page and no other template uses; most are misnamed."""
    *own, default = context.folders
    default_names = {path.relative_to(default).as_posix() for path in default.rglob("*.html")}
    unused = page_key.unused(context, default_names)
    return [
        Diagnostic(
            path=path.as_posix(),
            code=Code.UNUSED_TEMPLATE,
            severity=Severity.WARNING,
            message="no page and no other template uses this template",
            remedy=f"did you mean `{guess[0]}`?" if guess else "remove it, or include it in another template",
        )
        for folder in own
        for path in sorted(folder.rglob("*.html"))
        for name in [path.relative_to(folder).as_posix()]
        if name in unused
        for guess in [nearest(name, default_names)]
    ]


def bare(link: str) -> str:
    """Returns a link without query and fragment."""
    return _QUERY_OR_FRAGMENT.split(link, maxsplit=1)[0]


def is_answered(path: str, answered: Collection[Address]) -> bool:
    """Whether the site has a file at a path from its root, which may be percent-encoded."""
    decoded = unquote(path)
    return Address(decoded) in answered or Address(decoded.removesuffix("index.html")) in answered


def remedy_for(path: str, answered: Collection[Address]) -> str:
    """Returns the remedy for a link to a path without a file."""
    return f"write {path}/" if Address(f"{unquote(path)}/") in answered else "fix or remove the link"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # reported elsewhere


def _rehearse_chunk(
    work: tuple[Rehearsal, Renderer], numbers: Sequence[int]
) -> tuple[list[Diagnostic], set[tuple[str, str]]]:
    """Renders pages in a worker; returns errors, and dead links with the template of their page."""
    rehearsal, renderer = work
    errors: list[Diagnostic] = []
    dead: set[tuple[str, str]] = set()
    for number in numbers:
        rendered = renderer.render(rehearsal.pages[number])
        if rendered.diagnostic:
            errors.append(rendered.diagnostic)
        elif rendered.page.template.endswith(".html"):
            links = {html.unescape(double or single) for double, single in _LINK.findall(rendered.data.decode())}
            dead |= {(link, rendered.page.template) for link in links if rehearsal.is_dead(link)}
    return errors, dead
