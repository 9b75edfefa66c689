"""Renders every page and keeps none: whether the templates fail, and where their own links lead."""

import html
import itertools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from generator.cache.memo import Kind, Memo
from generator.content import urls
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, Severity
from generator.render import page_key
from generator.render.page_key import PageKeys
from generator.render.renderer import RenderContext, Renderer
from generator.site.page import Page
from generator.util import workers
from generator.util.text import nearest

_AT_ONCE = 64
PAGE_LINKS = Kind("page links", tuple[str, ...])
"""The links from the root of the host that a page holds, by the key of the page."""
_LINK = re.compile(r"""\b(?:href|src)=(?:"(/(?!/)[^"]*)"|'(/(?!/)[^']*)')""")
_CUT = re.compile(r"[?#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderCheck:
    """Checks templates by rendering every page; pages that were rendered before are not rendered again."""

    context: RenderContext
    pages: tuple[Page, ...]
    existing_addresses: frozenset[Address]
    """Where the site has a file."""

    @property
    def base_path(self) -> str:
        """The path below which the site will be served."""
        return urls.base_path(self.context.base_url)

    def diagnostics(self, memo: Memo, *, jobs: int, progress: Callable[[int], None]) -> list[Diagnostic]:
        """Returns errors of templates, each place once, and warnings about dead links that stand in templates."""
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
        in_bodies = {f"{self.base_path}{link.address}" for page in self.pages for link in page.body_links}
        dead = [link for link in places if bare(link) not in in_bodies and self.leads_nowhere(link)]
        written = {(link, *self._place(link, template)) for link in dead for template in places[link]}
        return [*errors.values(), *(self._dead(*place) for place in sorted(written))]

    def _ready(self) -> "tuple[RenderCheck, Renderer]":
        return self, Renderer(self.context)

    def leads_nowhere(self, link: str) -> bool:
        """Whether a link from the root of the host leads into the site, but to no file of it."""
        path = bare(link)
        if not path.startswith(f"{self.base_path}/"):
            return False
        return not is_answered(path.removeprefix(self.base_path), self.existing_addresses)

    def _place(self, link: str, template: str) -> tuple[str, int, int]:
        """The template in which a link stands: the page's own, or the only part or base that has it as it is."""
        found = []
        for folder in self.context.folders:
            for path in sorted(folder.rglob("*.html")):
                text = _text(path)
                at = max(text.find(f'"{link}"'), text.find(f"'{link}'"))
                if at >= 0:
                    line = text.count("\n", 0, at) + 1
                    found.append((path.as_posix(), line, at + 1 - text.rfind("\n", 0, at)))
            if found:
                return next((place for place in found if place[0].endswith(f"/{template}")), found[0])
        return f"templates/{template}", 1, 1

    def _dead(self, link: str, path: str, line: int, column: int) -> Diagnostic:
        address = bare(link).removeprefix(self.base_path)
        return Diagnostic(
            path=path,
            line=line,
            column=column,
            code=Code.DEAD_LINK,
            severity=Severity.WARNING,
            message=f"links to {address}, which is no page of this site",
            remedy=remedy_for(address, self.existing_addresses),
        )


def unused_templates(context: RenderContext) -> list[Diagnostic]:
    """Warnings about templates of the site's own that no page is made with and no other takes in: misnamed, mostly."""
    *own, default = context.folders
    known = {path.relative_to(default).as_posix() for path in default.rglob("*.html")}
    unused = page_key.unused(context, known)
    return [
        Diagnostic(
            path=path.as_posix(),
            code=Code.UNUSED_TEMPLATE,
            severity=Severity.WARNING,
            message="no page is made with this template, and no other takes it in",
            remedy=f"did you mean `{guess[0]}`?" if guess else "remove it, or take it in from another",
        )
        for folder in own
        for path in sorted(folder.rglob("*.html"))
        for name in [path.relative_to(folder).as_posix()]
        if name in unused
        for guess in [nearest(name, known)]
    ]


def bare(link: str) -> str:
    """A link without query and fragment."""
    return _CUT.split(link, maxsplit=1)[0]


def is_answered(path: str, existing_addresses: Collection[Address]) -> bool:
    """Whether a file of the site answers at a path from its root, percent-encoded or not."""
    plain = unquote(path)
    return Address(plain) in existing_addresses or Address(plain.removesuffix("index.html")) in existing_addresses


def remedy_for(path: str, existing_addresses: Collection[Address]) -> str:
    """What to do about a link to a path that no file answers."""
    return f"write {path}/" if Address(f"{unquote(path)}/") in existing_addresses else "mend or remove the link"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # a problem of its own


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
