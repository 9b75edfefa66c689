"""What a host is told about the site: ``_headers`` for Netlify and Cloudflare Pages, ``.nojekyll`` for GitHub Pages.

A host that finds several rules for a path joins the values of one header with commas. So the rule for all paths sets
what no other rule sets, and no path has two rules on caching.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from generator import urls
from generator.assets import Asset
from generator.page import Page
from generator.records import Search
from generator.urls import Address

Headers = tuple[tuple[str, str], ...]

# Pictures come from anywhere, the search engine is WebAssembly; nothing else is let in.
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src * data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The content security policy under which every page works."""
SECURITY: Final[Headers] = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
"""The headers of every answer, each with its value."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""``Cache-Control`` of what has another name when it has another content."""
SHORT: Final = "public, max-age=60, must-revalidate"
"""``Cache-Control`` of pages: who goes back within a minute asks nobody; after that a new build shows at once."""


def files(pages: Iterable[Page], search: Search | None, own: Collection[Address], base_url: str) -> tuple[Asset, ...]:
    """The files for hosts, but for those that the site brings itself.

    Args:
        pages: all pages.
        search: the search index, if there is one.
        own: the addresses of the site's static files.
        base_url: where the site is served.
    """
    made = (
        Asset(address=urls.NO_JEKYLL, data=b""),
        Asset(address=urls.HEADERS, data=_headers(pages, search, urls.base_path(base_url)).encode()),
    )
    return tuple(asset for asset in made if asset.address not in own)


def _headers(pages: Iterable[Page], search: Search | None, base: str) -> str:
    rules: list[tuple[str, Headers]] = [(f"{base}/*", SECURITY)]
    rules += [(base + path, (("Cache-Control", IMMUTABLE),)) for path in _unchanging(search)]
    rules += [(base + path, (("Cache-Control", SHORT),)) for path in _changing(pages)]
    return "\n".join(
        path + "\n" + "".join(f"  {name}: {value}\n" for name, value in headers) for path, headers in rules
    )


def _unchanging(search: Search | None) -> Iterator[str]:
    """Paths of what is named by its content."""
    yield f"{urls.ASSETS}*"
    if search:
        yield urls.search_engine(search.engine, "*")
        # A segment's entry and what it names first are asked for anew; Netlify takes no `*` within a name.
        yield from (urls.search_segment(":segment", f"{folder}/*") for folder in ("filter", "fragment", "index"))


def _changing(pages: Iterable[Page]) -> Iterator[str]:
    """Paths of the pages: the front page, and the first folder of all others."""
    yield urls.FRONT
    folders = {urls.folder(page.address) for page in pages if page.template.endswith(".html")}
    for folder in sorted(folders - {urls.FRONT}):
        # The search index, part of which is unchanging, lies beside the search page.
        yield folder if folder == urls.SEARCH else f"{folder}*"
