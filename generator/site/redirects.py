"""Where items have gone: which addresses lead on, which are gone for good, and how servers are told. Pure.

Netlify and Cloudflare Pages read ``_redirects``; nginx can include ``_redirects.nginx`` in a ``map``. For all others
there is a small page at each alias.
"""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

import msgspec

from generator.content import urls
from generator.content.aliases import Alias
from generator.content.model import Item
from generator.content.urls import Address
from generator.errors import Code, Diagnostic
from generator.site.page import Page
from generator.site.validate import Claims
from generator.site.views import Moved

TEMPLATE = "moved.html"


class Redirects(msgspec.Struct, frozen=True, kw_only=True):
    """What became of addresses that have no page of their own."""

    moved: Mapping[Address, Item]
    """The item that was formerly at an address, sorted by address."""
    gone: tuple[Address, ...]
    """Addresses of withdrawn items, sorted."""

    @property
    def targets(self) -> dict[Address, Address]:
        """Where each former address leads."""
        return {address: urls.item(item) for address, item in self.moved.items()}


def plan(
    items: Iterable[Item],
    removed: Iterable[Item],
    planned: Iterable[Page],
    fixed: Iterable[tuple[Address, str]],
) -> tuple[Redirects, list[Diagnostic]]:
    """Finds where former addresses lead, and which aliases cannot be.

    Args:
        items: what is on the site.
        removed: what was withdrawn.
        planned: all pages.
        fixed: the address and origin of each file that is no page.
    """
    items, removed = tuple(items), tuple(removed)
    has_aliases = any(item.aliases for item in items)
    if not has_aliases and not removed:
        return Redirects(moved={}, gone=()), []
    taken = (*((page.address, page.origin) for page in planned), *fixed)
    # Where a file system does not tell case apart, such a page would take the place of another.
    folded: dict[str, Item | None] = {address.casefold(): None for address, _ in taken} if has_aliases else {}
    claims = Claims()
    for_hosts = (urls.HEADERS, urls.REDIRECTS, urls.REDIRECTS_OF_NGINX, urls.NO_JEKYLL)
    for address, origin in (*taken, *((address, "a file for hosts") for address in for_hosts)):
        claims.claim(address, origin)
    moved: dict[Address, Item] = {}
    diagnostics = []
    for item in sorted(items, key=lambda item: item.name):
        for alias in item.aliases:
            address = Address(alias.address)
            if moved.get(address) is item:
                continue  # said twice
            if address == urls.item(item):
                diagnostics.append(_diagnostic(item, alias, "is the item's own address", "remove it"))
            elif folded.get(address.casefold(), item) is not item and claims.is_free(address):
                message = "differs from another address in capitals only, which not every file system tells apart"
                diagnostics.append(_diagnostic(item, alias, message, "put a rule into static/root/_redirects instead"))
            elif owner := claims.claim(address, f"an alias of {item.path}"):
                message = f"is taken: {address} belongs to {owner}"
                diagnostics.append(_diagnostic(item, alias, message, "name an address that this item alone had"))
            else:
                moved[address] = item
                folded[address.casefold()] = item
    gone = {address for item in removed for address in (urls.item(item), *map(_address, item.aliases))}
    # nginx does not tell case apart where it looks for what is gone, and would answer so for the other.
    there = {address.casefold() for address in (*(address for address, _ in taken), *moved)} if gone else set()
    gone = {address for address in gone if claims.is_free(address) and address.casefold() not in there}
    return Redirects(moved=dict(sorted(moved.items())), gone=tuple(sorted(gone))), diagnostics


def _address(alias: Alias) -> Address:
    return Address(alias.address)


def _diagnostic(item: Item, alias: Alias, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(
        path=item.path,
        line=alias.line,
        column=alias.column,
        code=Code.ADDRESS_COLLISION,
        message=f"the alias {message}",
        remedy=remedy,
    )


def pages(redirects: Redirects) -> Iterator[Page]:
    """A page at each alias, which leads on."""
    for address, item in redirects.moved.items():
        view = Moved(title=item.title, to=urls.item(item))
        yield Page(address=address, template=TEMPLATE, origin=item.path, view=view)


def rules(redirects: Redirects, base: str) -> str:
    """The lines of ``_redirects``, percent-encoded, which leaves nothing that would stand for a placeholder.

    A rule with 410 shows the page for missing addresses. Cloudflare Pages knows no such rule and skips it: there the
    address answers 404.
    """
    moved = [f"{urls.href(old, base)} {urls.href(new, base)} 301\n" for old, new in redirects.targets.items()]
    missing = urls.href(urls.NOT_FOUND, base)
    return "".join([*moved, *(f"{urls.href(address, base)} {missing} 410\n" for address in redirects.gone)])


def nginx_map(redirects: Redirects, base: str) -> str:
    """The lines of a ``map`` of nginx from ``$uri``, which is decoded, to where it leads, or to ``gone``.

    There is a line for each way in which an address is asked for, since no rule adds the slash or the name of the file.
    """
    # No alias holds a quotation mark or backslash; a base path may.
    decoded = unquote(base).replace("\\", "\\\\").replace('"', '\\"')
    leads = {address: urls.href(new, base) for address, new in redirects.targets.items()}
    leads |= dict.fromkeys(redirects.gone, "gone")
    # A map takes A to Z for a to z, and refuses what it has already.
    lines: dict[bytes, str] = {}
    for address, to in sorted(leads.items()):
        for form in urls.forms(address):
            lines.setdefault(form.encode().lower(), f'"{decoded}{form}" "{to}";\n')
    return "".join(lines.values())
