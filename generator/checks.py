"""The plan checked before anything is rendered: no two files with one address, no link that leads nowhere."""

import itertools
from collections.abc import Iterable

from generator import urls
from generator.errors import Code, Problem
from generator.model import Item
from generator.page import Page, addresses
from generator.urls import Address


def without_collisions(items: Iterable[Item]) -> tuple[tuple[Item, ...], list[Problem]]:
    """Drops all but the first document, by name, of those that would have one address; their order stays."""
    items = tuple(items)
    owners: dict[Address, Item] = {}
    problems: list[Problem] = []
    for item in sorted(items, key=lambda item: item.name):
        address = urls.item(item)
        owner = owners.setdefault(address, item)
        if owner is not item:
            problems.append(_collision(item.path, address, owner.path))
    kept = {item.identity for item in owners.values()}
    return tuple(item for item in items if item.identity in kept), problems


def _collision(origin: str, address: Address, owner: str) -> Problem:
    return Problem(
        path=origin,
        code=Code.ADDRESS_COLLISION,
        message=f"has the address {address}, which {owner} has already",
        remedy="give one of the two a `slug:` of its own, or rename the file",
    )


def check(pages: Iterable[Page], fixed: Iterable[tuple[Address, str]]) -> tuple[Problem, ...]:
    """Finds addresses that two files claim, and links that lead nowhere.

    Args:
        pages: all pages.
        fixed: the address and origin of each file that is no page.
    """
    pages = tuple(pages)
    claims = [(page.address, page.origin) for page in pages]
    problems = _collisions([*claims, *fixed])
    known = {address for address, _ in claims} | {address for address, _ in fixed}
    seen: set[int] = set()
    for page in pages:
        # A broken link of a document's body is the document's; any other would be this program's.
        lines = {link.address: link.line for link in page.body_links}
        problems += [
            Problem(
                path=page.origin,
                line=lines.get(address, 1),
                code=Code.DEAD_LINK,
                message=f"links to {address}, which is no page of this site",
                remedy=f"write {address}/" if Address(f"{address}/") in known else "mend or remove the link",
            )
            for address in sorted(addresses(page.view, seen) - known)
        ]
    return tuple(problems)


def _collisions(claims: Iterable[tuple[Address, str]]) -> list[Problem]:
    problems: list[Problem] = []
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for address, origin in claims:
        path = urls.file_path(address)
        steps = path.split("/")[:-1]
        parents = list(itertools.accumulate(steps, "{}/{}".format))
        other = files.get(path) or folders.get(path) or next((files[name] for name in parents if name in files), None)
        if other is None:
            files[path] = origin
            folders.update(dict.fromkeys(parents, origin))
        else:
            problems.append(_collision(origin, address, other))
    return problems
