"""Creates the files that configure hosts: ``_headers``, ``_redirects``, ``_redirects.nginx`` and ``.nojekyll``.

If several rules match a path, a host joins their values of the same header with commas. So the rule for all paths sets
headers that no other rule sets, and at most one rule sets the caching of a path.
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

# Pictures come from any host, and the search engine is WebAssembly.
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
"""The headers of every response, each with its value."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""``Cache-Control`` of files whose name contains a hash of their content."""
SHORT: Final = "public, max-age=60, must-revalidate"
"""``Cache-Control`` of pages: browsers ask the server for a newer version after a minute."""


def files(
    pages: Iterable[Page], search: Search | None, moves: Redirects, static_files: Iterable[Asset], base_url: str
) -> tuple[Asset, ...]:
    """Creates the files for hosts.

    A static file of the same name replaces a created file, except that the rules of a static ``_redirects`` are
    appended to the created ones.
    """
    static = {asset.address: asset.data for asset in static_files}
    base = urls.base_path(base_url)
    created = [
        Asset(address=urls.NO_JEKYLL, data=b""),
        Asset(address=urls.HEADERS, data=_headers(pages, search, base).encode()),
    ]
    if moves.moved or moves.gone:
        # Hosts apply the first rule that matches, and Cloudflare expects rules without placeholders before all others.
        rules = redirects.rules(moves, base).encode() + static.get(urls.REDIRECTS, b"")
        created += [
            Asset(address=urls.REDIRECTS, data=rules),
            Asset(address=urls.NGINX_REDIRECTS, data=redirects.nginx_map(moves, base).encode()),
        ]
    return tuple(asset for asset in created if asset.address == urls.REDIRECTS or asset.address not in static)


def _headers(pages: Iterable[Page], search: Search | None, base: str) -> str:
    rules: list[tuple[str, Headers]] = [(f"{base}/*", SECURITY)]
    rules += [(base + path, (("Cache-Control", IMMUTABLE),)) for path in _immutable_patterns(search)]
    rules += [(base + path, (("Cache-Control", SHORT),)) for path in _page_patterns(pages)]
    return "\n".join(
        path + "\n" + "".join(f"  {name}: {value}\n" for name, value in headers) for path, headers in rules
    )


def _immutable_patterns(search: Search | None) -> Iterator[str]:
    yield f"{urls.ASSETS}*"
    if search:
        yield urls.search_engine(search.engine, "*")
        # The other files of a segment keep their names when it changes. Netlify accepts no `*` within a name.
        yield from (urls.search_segment(":segment", f"{folder}/*") for folder in ("filter", "fragment", "index"))


def _page_patterns(pages: Iterable[Page]) -> Iterator[str]:
    """Yields path patterns of the pages: the front page, and the top folder of every other page."""
    yield urls.FRONT
    folders = {urls.folder(page.address) for page in pages if page.template.endswith(".html")}
    for folder in sorted(folders - {urls.FRONT}):
        # The folder of the search page contains files of the search index that have the other rule.
        yield folder if folder == urls.SEARCH else f"{folder}*"
