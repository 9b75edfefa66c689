"""Renders every page without writing it, to find errors of templates and dead links in them."""

import html
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from generator.cache.memo import Kind, Memo
from generator.config import ejected
from generator.content import urls
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, Severity
from generator.render import page_key
from generator.render.page_key import PageKeys
from generator.render.renderer import RenderContext, Renderer
from generator.site import validate
from generator.site.page import Page
from generator.util import workers
from generator.util.text import nearest

_AT_ONCE = 64
PAGE_LINKS = Kind("page links", tuple[str, ...])
"""The links from the root of the host that a page holds, by the key of the page."""
_LINK = re.compile(r"""\b(?:href|src)=(?:"(/(?!/)[^"]*)"|'(/(?!/)[^']*)')""")


class _LinkPlace(NamedTuple):
    """A link in a template, with its place."""

    link: str
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderCheck:
    """Checks templates by rendering every page; pages that were rendered before are not rendered again."""

    context: RenderContext
    pages: tuple[Page, ...]
    existing_addresses: frozenset[Address]
    """Where the site has a file."""
    checked: frozenset[Address] = frozenset()
    """Where links of settings lead, which are on all pages and have been checked already."""

    @property
    def base_path(self) -> str:
        """The path of the base URL."""
        return urls.base_path(self.context.base_url)

    def diagnostics(self, memo: Memo, *, jobs: int, progress: Callable[[int], None]) -> list[Diagnostic]:
        """Returns errors of templates, each place once, and warnings about dead links in templates."""
        page_keys = PageKeys(self.context)
        keys = [page_keys.of(page) for page in self.pages]
        memo.load(PAGE_LINKS)
        missing = [number for number, key in enumerate(keys) if not memo.has(PAGE_LINKS, key)]
        errors: dict[tuple[str, int], Diagnostic] = {}
        done = len(self.pages) - len(missing)
        chunks = workers.in_chunks(_render_chunk, missing, prepare=self._ready, jobs=jobs, size=_AT_ONCE)
        for number, found in zip(missing, itertools.chain.from_iterable(chunks), strict=True):
            if isinstance(found, Diagnostic):
                errors.setdefault((found.path, found.line), found)
            else:
                memo.add(PAGE_LINKS, keys[number], found)
            done += 1
            progress(done)
        templates: dict[tuple[str, ...], set[str]] = {}
        for page, key in zip(self.pages, keys, strict=True):
            if links := memo.find(PAGE_LINKS, key):
                templates.setdefault(links, set()).add(page.template)
        places: dict[str, set[str]] = {}
        for links, names in templates.items():
            for link in links:
                places.setdefault(link, set()).update(names)
        # The links of bodies have been checked, and their documents are named.
        in_bodies = {urls.address_of(link.address) for page in self.pages for link in page.body_links}
        checked = in_bodies | self.checked
        dead = [link for link in places if (to := self.dead_address(link)) and to not in checked]
        written = {self._place(link, template) for link in dead for template in places[link]}
        return [*errors.values(), *map(self._dead_link, sorted(written))]

    def _ready(self) -> "tuple[RenderCheck, Renderer]":
        return self, Renderer(self.context)

    def dead_address(self, link: str) -> Address | None:
        """Returns the address of a dead link from the root of the host; None if the link is outside or not dead."""
        address = urls.own_address(urls.without_query(link), self.base_path)
        return None if address in self.existing_addresses else address

    def _place(self, link: str, template: str) -> _LinkPlace:
        """Finds a link: in the page's template, else in another template, else at the start of the page's template."""
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
        address = self.dead_address(place.link) or Address("")
        return Diagnostic(
            path=place.path,
            line=place.line,
            column=place.column,
            code=Code.DEAD_LINK,
            severity=Severity.WARNING,
            message=f"links to {address}, which is not a page of this site",
            remedy=validate.remedy_for(address, self.existing_addresses),
        )


def unused_templates(context: RenderContext, pages: Iterable[Page]) -> list[Diagnostic]:
    """Returns warnings for the site's own templates that no page and no other template uses; most are misnamed."""
    *own, default = context.folders
    default_names = {path.relative_to(default).as_posix() for path in default.rglob("*.html")}
    unused = page_key.unused(context, default_names | {page.template for page in pages})
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
        for guess in [nearest(path.name, default_names)]
    ]


def changed_originals(site_root: Path) -> list[Diagnostic]:
    """Returns warnings for the site's copies of files of the default theme whose originals have changed since."""
    return [
        Diagnostic(
            path=copy.path.as_posix(),
            code=Code.CHANGED_ORIGINAL,
            severity=Severity.WARNING,
            message="is a copy of a file of the default theme that has changed since",
            remedy=f"take over what you need of `digest theme show {copy.name}`, and write version {copy.version} here",
        )
        for copy in ejected.changed(site_root)
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""  # reported elsewhere


def _render_chunk(work: tuple[RenderCheck, Renderer], numbers: Sequence[int]) -> list[tuple[str, ...] | Diagnostic]:
    """Runs in a worker; returns the links of each page into the site, or what is wrong with its template."""
    check, renderer = work
    results: list[tuple[str, ...] | Diagnostic] = []
    for number in numbers:
        rendered = renderer.render(check.pages[number])
        if rendered.diagnostic:
            results.append(rendered.diagnostic)
        elif rendered.page.template.endswith(".html"):
            found = {html.unescape(one or other) for one, other in _LINK.findall(rendered.data.decode())}
            results.append(tuple(sorted(found)))
        else:
            results.append(())
    return results
