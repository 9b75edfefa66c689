"""Plans the redirects of former addresses and the 410 answers of withdrawn items, and their rules for hosts. Pure.

Netlify and Cloudflare Pages read ``_redirects``. nginx can include ``_redirects.nginx`` in a ``map``. For other hosts,
there is a page at each alias that redirects in the browser.
"""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

import msgspec

from generator.content import copies, urls
from generator.content.aliases import Alias
from generator.content.model import Item
from generator.content.page_documents import PageDocument
from generator.content.urls import Address
from generator.errors import Code, Diagnostic
from generator.site.page import Page
from generator.site.validate import Claims
from generator.site.views import Moved
from generator.util.file_names import folded

TEMPLATE = "moved.html"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A page with former addresses."""

    path: str
    """The path of its document in diagnostics."""
    address: Address
    title: str
    aliases: tuple[Alias, ...]


class Redirects(msgspec.Struct, frozen=True, kw_only=True):
    """The former addresses of items and own pages, which have no page of their own."""

    moved: Mapping[Address, Target]
    """The page of each former address, sorted by address."""
    gone: tuple[Address, ...]
    """The addresses of withdrawn items, sorted."""

    @property
    def targets(self) -> dict[Address, Address]:
        """The present address for each former address."""
        return {address: target.address for address, target in self.moved.items()}


def plan(
    items: Iterable[Item],
    removed: Iterable[Item],
    planned: Iterable[Page],
    fixed: Iterable[tuple[Address, str]],
    own_pages: Iterable[PageDocument] = (),
) -> tuple[Redirects, list[Diagnostic]]:
    """Returns the redirects, and a diagnostic for each alias that cannot be used. ``fixed``: files but pages."""
    removed = tuple(removed)
    targets = [
        *(_of_item(item) for item in sorted(items, key=lambda item: copies.order(item.name)) if item.aliases),
        *(_of_page(page) for page in own_pages if page.aliases),
    ]
    if not targets and not removed:
        return Redirects(moved={}, gone=()), []
    taken = (*((page.address, page.origin) for page in planned), *fixed)
    claims = Claims()
    for_hosts = (urls.HEADERS, urls.NGINX_POLICY, urls.REDIRECTS, urls.NGINX_REDIRECTS, urls.NO_JEKYLL)
    for address, origin in (*taken, *((address, "a file for hosts") for address in for_hosts)):
        claims.claim(address, origin)
    moved: dict[Address, Target] = {}
    owners: dict[str, Target] = {}
    diagnostics = []
    for target in targets:
        for alias in target.aliases:
            address = Address(alias.address)
            if address == target.address:
                diagnostics.append(_diagnostic(target, alias, "is the page's own address", "remove it"))
            elif owners.get(folded(address)) is target:
                moved[address] = target  # the document names the alias twice, or in capitals and in small letters
            elif owner := claims.claim(address, f"an alias of {target.path}"):
                message = f"is taken: {address} belongs to {owner}"
                diagnostics.append(_diagnostic(target, alias, message, "name an address that this page alone had"))
            else:
                moved[address] = target
                owners[folded(address)] = target
    gone = {
        address
        for item in removed
        for address in (urls.item(item), *(Address(alias.address) for alias in item.aliases))
    }
    # A `map` of nginx ignores case, so it would answer 410 for a page whose address differs only in case.
    gone = {address for address in gone if claims.is_free(address)}
    return Redirects(moved=dict(sorted(moved.items())), gone=tuple(sorted(gone))), diagnostics


def _of_item(item: Item) -> Target:
    return Target(path=item.path, address=urls.item(item), title=item.title, aliases=item.aliases)


def _of_page(page: PageDocument) -> Target:
    return Target(path=page.path, address=Address(page.address), title=page.title, aliases=page.aliases)


def _diagnostic(target: Target, alias: Alias, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(
        path=target.path,
        line=alias.line,
        column=alias.column,
        code=Code.ADDRESS_COLLISION,
        message=f"the alias {message}",
        remedy=remedy,
    )


def pages(redirects: Redirects) -> Iterator[Page]:
    """Yields a page for each alias, which redirects to the present address."""
    for address, target in redirects.moved.items():
        view = Moved(title=target.title, to=target.address)
        yield Page(address=address, template=TEMPLATE, origin=target.path, view=view)


def rules(redirects: Redirects, base: str) -> str:
    """Returns the content of ``_redirects``. Addresses are percent-encoded, so they cannot contain placeholders.

    A rule with status 410 shows the page for missing addresses. Cloudflare Pages does not support this status and skips
    the rule, so the address answers 404 there.
    """
    moved = [f"{urls.href(old, base)} {urls.href(new, base)} 301\n" for old, new in redirects.targets.items()]
    missing = urls.href(urls.NOT_FOUND, base)
    return "".join([*moved, *(f"{urls.href(address, base)} {missing} 410\n" for address in redirects.gone)])


def nginx_map(redirects: Redirects, base: str) -> str:
    """Returns the lines of an nginx ``map`` from ``$uri``, which is decoded, to the new address, or to ``gone``.

    There is a line for each form of an address, because no other rule adds a missing slash or ``index.html``.
    """
    # A base path may contain quotation marks and backslashes; an alias may not.
    decoded = unquote(base).replace("\\", "\\\\").replace('"', '\\"')
    targets = {address: urls.href(new, base) for address, new in redirects.targets.items()}
    targets |= dict.fromkeys(redirects.gone, "gone")
    # A map ignores the case of A to Z and rejects duplicates.
    lines: dict[bytes, str] = {}
    for address, to in sorted(targets.items()):
        for form in urls.forms(address):
            lines.setdefault(form.encode().lower(), f'"{decoded}{form}" "{to}";\n')
    return "".join(lines.values())
