"""Computes the keys of pages: two pages with equal keys have equal bytes.

The key of a page is made of its view, its address, what all pages share, its template, the templates that this one
extends, includes or imports, and the static files that these name. The program itself is no part of the key: a new
version of it drops the cache.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from generator.render.renderer import DEFAULT, WRITERS, RenderContext
from generator.site.page import LazyView, Page
from generator.util import hashing

# A name in quotes is captured if nothing is computed from it.
_REFERENCE = re.compile(
    r"""{%[-+]?\s*(?:extends|include|import|from)\b"""
    r"""(?:\s*(?:"([^"]*)"|'([^']*)')\s*(?=[-+]?%}|import\b|as\b|ignore\b|with(?:out)?\b)|)"""
)
_ASSET = re.compile(r"""\basset\b(?:\(\s*(?:"([^"]*)"|'([^']*)')\s*\)|)""")


class PageKeys:
    """Computes the keys of pages that share a render context."""

    def __init__(self, context: RenderContext) -> None:
        self._context = context
        self._sources = _sources(context)
        self._shared = context.key
        self._template_keys: dict[str, bytes] = {}

    def of(self, page: Page) -> bytes:
        """Returns the key of a page."""
        view = page.view.key if isinstance(page.view, LazyView) else hashing.blake2_of_value(page.view)
        return hashing.blake2_joined(self._template_key(page.template) + view + page.address.encode())

    def _template_key(self, name: str) -> bytes:
        key = self._template_keys.get(name)
        if key is None:
            if name in WRITERS:
                key = hashing.blake2(name.encode(), self._shared)
            else:
                key = hashing.blake2(self._shared, *self._template_parts(name))
            self._template_keys[name] = key
        return key

    def _template_parts(self, name: str) -> list[bytes]:
        """Returns the names and contents of a template, the templates it refers to, and the assets that these name."""
        seen: list[str] = []
        waiting = [name]
        asset_names: set[str] = set()
        while waiting:
            template = waiting.pop()
            if template in seen:
                continue
            seen.append(template)
            source = self._sources.get(template, "")
            references, assets = _names(_REFERENCE, source), _names(_ASSET, source)
            # A computed name may be any.
            waiting += self._sources if references is None else references
            asset_names.update(self._context.assets if assets is None else assets)
        parts = [part for template in sorted(seen) for part in (template, self._sources.get(template, ""))]
        parts += [part for asset in sorted(asset_names) for part in (asset, self._context.assets.get(asset, ""))]
        return [part.encode("utf-8", "surrogateescape") for part in parts]


def unused(context: RenderContext, names: Iterable[str]) -> frozenset[str]:
    """Returns the names of the templates that the templates ``names`` do not use; none if one is computed."""
    sources = _sources(context)
    used: set[str] = set()
    waiting = [name for name in names if name in sources]
    while waiting:
        template = waiting.pop()
        if template in used:
            continue
        used.add(template)
        references = _names(_REFERENCE, sources[template])
        if references is None:
            return frozenset()
        waiting += [name for name in references if name in sources]
    return frozenset(sources) - used


def _names(pattern: re.Pattern[str], source: str) -> list[str] | None:
    """Returns the names that a template gives in quotes; None if it computes one."""
    names = [double or single for double, single in pattern.findall(source)]
    return names if all(names) else None


def _sources(context: RenderContext) -> dict[str, str]:
    """Returns the sources of all templates by name. Of several with one name, the first folder's is used."""
    sources: dict[str, str] = {}
    for prefix, folder in [(DEFAULT, context.folders[-1]), *(("", folder) for folder in context.folders)]:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                text = path.read_bytes().decode("utf-8", "surrogateescape")
                sources.setdefault(prefix + path.relative_to(folder).as_posix(), text)
    return sources
