"""The plan checked before anything is rendered: no two files with one address, no link that leads nowhere."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from generator.content import urls
from generator.content.embeds import BodyLink
from generator.content.model import Item
from generator.content.urls import Address
from generator.errors import Code, Diagnostic
from generator.site.page import LazyView, Page, addresses


def without_collisions(items: Iterable[Item]) -> tuple[tuple[Item, ...], list[Diagnostic]]:
    """Drops all but the first document, by name, of those that would have one address; their order stays."""
    items = tuple(items)
    # Most names are of one item only; to ask for the day, too, takes longer.
    is_apart = len({item.slug for item in items}) == len(items)
    if is_apart or len({(item.published_at.date(), item.slug) for item in items}) == len(items):
        return items, []
    owners: dict[Address, Item] = {}
    diagnostics: list[Diagnostic] = []
    for item in sorted(items, key=lambda item: item.name):
        address = urls.item(item)
        owner = owners.setdefault(address, item)
        if owner is not item:
            diagnostics.append(_collision(item.path, address, owner.path))
    kept = {item.identity for item in owners.values()}
    return tuple(item for item in items if item.identity in kept), diagnostics


def _collision(origin: str, address: Address, owner: str) -> Diagnostic:
    return Diagnostic(
        path=origin,
        code=Code.ADDRESS_COLLISION,
        message=f"has the address {address}, which {owner} has already",
        remedy="give one of the two a `slug:` of its own, or rename the file",
    )


def check(
    pages: Iterable[Page],
    fixed: Iterable[tuple[Address, str]],
    known: frozenset[Address],
    moved: Mapping[Address, Address] | None = None,
) -> tuple[Diagnostic, ...]:
    """Finds addresses that two files claim, and links that lead nowhere; of a view that is not made yet, the body's.

    Args:
        pages: all pages.
        fixed: the address and origin of each file that is no page.
        known: what :func:`answered` gives for these.
        moved: where former addresses lead; a link to one is dead, too, but can be mended.
    """
    pages, fixed = tuple(pages), tuple(fixed)
    diagnostics = _collisions([*((page.address, page.origin) for page in pages), *fixed])
    seen: set[int] = set()
    for page in pages:
        # A broken link of a document's body is the document's; any other would be this program's.
        if not isinstance(page.view, LazyView):
            diagnostics += _dead(page.origin, dict.fromkeys(addresses(page.view, seen), 1), known, moved or {})
        elif page.body_links:
            diagnostics += _dead(page.origin, _lines(page.body_links), known, moved or {})
    return tuple(diagnostics)


def _lines(links: Iterable[BodyLink]) -> dict[Address, int]:
    return {Address(link.address): link.line for link in links}


def _dead(
    origin: str, lines: Mapping[Address, int], known: frozenset[Address], moved: Mapping[Address, Address]
) -> list[Diagnostic]:
    """Links that lead nowhere, given with their lines."""
    return [
        Diagnostic(
            path=origin,
            line=lines[address],
            code=Code.DEAD_LINK,
            message=f"links to {address}, which is no page of this site",
            remedy=_remedy(address, known, moved),
        )
        for address in sorted(lines.keys() - known)
    ]


def answered(pages: Iterable[Page], fixed: Iterable[tuple[Address, str]]) -> frozenset[Address]:
    """The addresses at which the site has a file; the arguments are those of ``check``."""
    return frozenset([page.address for page in pages]).union([address for address, _ in fixed])


def _remedy(address: Address, known: Collection[Address], moved: Mapping[Address, Address]) -> str:
    with_slash = Address(f"{address}/")
    target = with_slash if with_slash in known else moved.get(address) or moved.get(with_slash)
    return f"write {target}" if target else "mend or remove the link"


class Claims:
    """Who has which file: no two the same, none a folder of another."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def claim(self, address: Address, origin: str) -> str | None:
        """Takes an address for an origin; returns the origin that is in the way instead, if there is one."""
        path, parents = _path_and_parents(address)
        other = self._owner(path, parents)
        if other is None:
            self._files[path] = origin
            self._folders.update(dict.fromkeys(parents, origin))
        return other

    def is_free(self, address: Address) -> bool:
        """Whether nobody has taken the address."""
        return self._owner(*_path_and_parents(address)) is None

    def _owner(self, path: str, parents: list[str]) -> str | None:
        files = self._files
        return (
            files.get(path) or self._folders.get(path) or next((files[name] for name in parents if name in files), None)
        )


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders that files lie in, and those above them."""
    folders: set[str] = set()
    level = {path.rpartition("/")[0] for path in paths}
    while level:
        folders |= level
        level = {folder.rpartition("/")[0] for folder in level if folder}
    return folders


def _path_and_parents(address: Address) -> tuple[str, list[str]]:
    path = urls.file_path(address)
    return path, list(itertools.accumulate(path.split("/")[:-1], "{}/{}".format))


def _collisions(claims: Sequence[tuple[Address, str]]) -> list[Diagnostic]:
    paths = {urls.file_path(address) for address, _ in claims}
    if len(paths) == len(claims) and paths.isdisjoint(_folders(paths)):
        return []  # as nearly always: who claims what need not be asked
    taken = Claims()
    owners = [(address, origin, taken.claim(address, origin)) for address, origin in claims]
    return [_collision(origin, address, owner) for address, origin, owner in owners if owner is not None]
