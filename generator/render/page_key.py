"""What a page is made from, as a fingerprint: while that is as it was, so are the page's bytes.

A page depends on its view, on its template and those that this one takes in, on the static files that these name, and
on what all pages share. A change of the program drops all fingerprints.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from generator.render.renderer import WRITERS, RenderContext
from generator.site.page import LazyView, Page
from generator.util import hashing

# A name in quotes, and nothing computed of it.
_TAKES_IN = re.compile(
    r"""{%[-+]?\s*(?:extends|include|import|from)\b"""
    r"""(?:\s*(?:"([^"]*)"|'([^']*)')\s*(?=[-+]?%}|import\b|as\b|ignore\b|with(?:out)?\b)|)"""
)
_ASSET = re.compile(r"""\basset\b(?:\(\s*(?:"([^"]*)"|'([^']*)')\s*\)|)""")


class PageKeys:
    """Fingerprints of pages that share a look."""

    def __init__(self, context: RenderContext) -> None:
        self._look = context
        self._sources = _sources(context)
        self._shared = hashing.blake2_of_value(
            (context.base_url, context.site, context.language.tag, context.language.table)
        )
        self._templates: dict[str, bytes] = {}

    def of(self, page: Page) -> bytes:
        """The fingerprint of a page."""
        view = page.view.key if isinstance(page.view, LazyView) else hashing.blake2_of_value(page.view)
        return hashing.blake2_joined(self._template(page.template) + view + page.address.encode())

    def _template(self, name: str) -> bytes:
        """The fingerprint of all that a template's pages have in common."""
        found = self._templates.get(name)
        if found is None:
            if name in WRITERS:
                found = hashing.blake2(name.encode(), self._shared)
            else:
                found = hashing.blake2(self._shared, *self._parts(name))
            self._templates[name] = found
        return found

    def _parts(self, name: str) -> list[bytes]:
        """A template and all that it takes in, by name and content; and the static files that these name."""
        names: list[str] = []
        waiting = [name]
        files: set[str] = set()
        while waiting:
            one = waiting.pop()
            if one in names:
                continue
            names.append(one)
            source = self._sources.get(one, "")
            # A name that is computed may be any.
            taken, assets = _named(_TAKES_IN, source), _named(_ASSET, source)
            waiting += self._sources if taken is None else taken
            files.update(self._look.assets if assets is None else assets)
        parts = [part for one in sorted(names) for part in (one, self._sources.get(one, ""))]
        parts += [part for one in sorted(files) for part in (one, self._look.assets.get(one, ""))]
        return [part.encode("utf-8", "surrogateescape") for part in parts]


def unused(context: RenderContext, names: Iterable[str]) -> frozenset[str]:
    """The templates, by name, that neither some templates are nor these take in; none where that cannot be told.

    Args:
        context: where templates are.
        names: of those that are used.
    """
    sources = _sources(context)
    used: set[str] = set()
    waiting = [name for name in names if name in sources]
    while waiting:
        one = waiting.pop()
        if one in used:
            continue
        used.add(one)
        taken = _named(_TAKES_IN, sources[one])
        if taken is None:
            return frozenset()  # it may be any
        waiting += [name for name in taken if name in sources]
    return frozenset(sources) - used


def _named(pattern: re.Pattern[str], source: str) -> list[str] | None:
    """The names that a template gives in quotes; None where it gives one in another way."""
    names = [double or single for double, single in pattern.findall(source)]
    return names if all(names) else None


def _sources(context: RenderContext) -> dict[str, str]:
    """The templates by name: of each the one that is found first."""
    found: dict[str, str] = {}
    for folder in context.folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                text = path.read_bytes().decode("utf-8", "surrogateescape")
                found.setdefault(path.relative_to(folder).as_posix(), text)
    return found
