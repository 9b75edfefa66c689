"""What a host is told about the site: ``_headers``, ``_redirects`` and ``.nojekyll``.

A host that finds several rules for a path joins the values of one header with commas. So the rule for all paths sets
what no other rule sets, and no path has two rules on caching.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from generator.content import urls
from generator.search.records import Search
from generator.site import redirects
from generator.site.assets import Asset
from generator.site.page import Page
from generator.site.redirects import Redirects

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


def files(
    pages: Iterable[Page], search: Search | None, leading: Redirects, own: Iterable[Asset], base_url: str
) -> tuple[Asset, ...]:
    """The files for hosts, but for those that the site brings itself; its own redirects stand behind ours.

    Args:
        pages: all pages with content.
        search: the search index, if there is one.
        leading: where former addresses lead.
        own: the site's static files.
        base_url: where the site is served.
    """
    brought = {asset.address: asset.data for asset in own}
    base = urls.base_path(base_url)
    made = [
        Asset(address=urls.NO_JEKYLL, data=b""),
        Asset(address=urls.HEADERS, data=_headers(pages, search, base).encode()),
    ]
    if leading.moved or leading.gone:
        # The first rule that fits is taken, and Cloudflare wants those without placeholders before all others.
        rules = redirects.rules(leading, base).encode() + brought.get(urls.REDIRECTS, b"")
        made += [
            Asset(address=urls.REDIRECTS, data=rules),
            Asset(address=urls.REDIRECTS_OF_NGINX, data=redirects.nginx_map(leading, base).encode()),
        ]
    return tuple(asset for asset in made if asset.address == urls.REDIRECTS or asset.address not in brought)


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
