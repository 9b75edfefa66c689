"""Creates the files that configure hosts.

They are ``_headers``, ``_policy.nginx``, ``_redirects``, ``_redirects.nginx`` and ``.nojekyll``.

If several rules match a path, a host joins their values of the same header with commas. So the rule for all paths sets
headers that no other rule sets, and at most one rule sets the caching of a path.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from generator.config import csp
from generator.config.csp import CspSettings
from generator.config.settings import Settings
from generator.content import urls
from generator.errors import Diagnostic
from generator.search.records import Search
from generator.site import headers_file, redirects
from generator.site.assets import Asset
from generator.site.headers_file import Headers
from generator.site.page import Page
from generator.site.redirects import Redirects

IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""``Cache-Control`` of files whose name contains a hash of their content."""
SHORT: Final = "public, max-age=60, must-revalidate"
"""``Cache-Control`` of pages: browsers ask the server for a newer version after a minute."""


def security_headers(settings: CspSettings) -> Headers:
    """Returns the headers of every response."""
    return (
        ("Content-Security-Policy", csp.policy(settings)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
    )


def files(
    pages: Iterable[Page],
    search: Search | None,
    moves: Redirects,
    static_files: Iterable[Asset],
    settings: Settings,
    *,
    own_headers: str,
) -> tuple[tuple[Asset, ...], list[Diagnostic]]:
    """Creates the files for hosts.

    The rules of a static ``_headers`` are joined with the created ones, and those of a static ``_redirects`` are
    appended. Another static file of the same name replaces a created file.

    Args:
        pages: all pages of the site.
        search: the search index.
        moves: the redirects.
        static_files: all static files.
        settings: of the site.
        own_headers: the path of the static ``_headers``, for diagnostics.

    Returns:
        the files, and diagnostics for lines of the static ``_headers`` that no host would understand.
    """
    static = {asset.address: asset.data for asset in static_files}
    base = urls.base_path(settings.base_url)
    security = security_headers(settings.csp)
    own, diagnostics = headers_file.parse(static.get(urls.HEADERS, b""), own_headers)
    rules = headers_file.joined(_rules(pages, search, base, security), own)
    # nginx reads its file within a `map`: what could be any directive would give the rights of nginx to whoever writes
    # the site. The policy has no quotes and no `$`.
    created = [
        Asset(address=urls.NO_JEKYLL, data=b""),
        Asset(address=urls.HEADERS, data=headers_file.text(rules).encode()),
        Asset(address=urls.NGINX_POLICY, data=f'policy "{csp.policy(settings.csp)}";\n'.encode()),
    ]
    if moves.moved or moves.gone:
        # Hosts apply the first rule that matches, and Cloudflare expects rules without placeholders before all others.
        lines = redirects.rules(moves, base).encode() + static.get(urls.REDIRECTS, b"")
        created += [
            Asset(address=urls.REDIRECTS, data=lines),
            Asset(address=urls.NGINX_REDIRECTS, data=redirects.nginx_map(moves, base).encode()),
        ]
    extended = {urls.HEADERS, urls.REDIRECTS}
    found = tuple(asset for asset in created if asset.address in extended or asset.address not in static)
    return found, diagnostics


def _rules(pages: Iterable[Page], search: Search | None, base: str, security: Headers) -> Iterator[tuple[str, Headers]]:
    yield f"{base}/*", security
    for path in _immutable_patterns(search):
        yield base + path, (("Cache-Control", IMMUTABLE),)
    for path in _page_patterns(pages):
        yield base + path, (("Cache-Control", SHORT),)


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
