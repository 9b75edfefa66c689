"""Checks the plan before anything is rendered: addresses must be unique, and links must lead to a file of the site."""

import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from generator.content import copies, urls
from generator.content.beside import PICTURES
from generator.content.collection import Collection
from generator.content.front_matter import KeyPath
from generator.content.model import Item
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, Severity
from generator.site.assets import StyleLink
from generator.site.list_kinds import LIST_KINDS
from generator.site.page import LazyView, Page, addresses
from generator.util.file_names import folded

Locate = Callable[[Item, Sequence[KeyPath]], tuple[int, int]]
"""Returns the line and column of the first of some fields that the document of an item has, or else 1 and 1."""
_ONE_FILE = "macOS and Windows take the two for one file"
_NAMES_SLUG: tuple[KeyPath, ...] = (("slug",),)
_NAMES_DAY: tuple[KeyPath, ...] = (("publishedDateTime",),)
_NAMES_GROUP: Mapping[str, tuple[KeyPath, ...]] = {
    "topics": (("topics",), ("title",)),
    "sources": (("provider", "domain"), ("webUrl",), ("originalUrl",)),
}


def without_collisions(items: Iterable[Item], locate: Locate) -> tuple[tuple[Item, ...], list[Diagnostic]]:
    """Drops items whose address another item has; the first document by name keeps the address.

    Returns:
        The other items, in the same order, and a diagnostic for each dropped item.
    """
    items = tuple(items)
    # Slugs alone are nearly always unique, and comparing them is faster than comparing days too.
    are_unique = len({item.slug for item in items}) == len(items)
    if are_unique or len({(item.published_at.date(), item.slug) for item in items}) == len(items):
        return items, []
    owners: dict[Address, Item] = {}
    diagnostics: list[Diagnostic] = []
    for item in sorted(items, key=lambda item: copies.order(item.name)):
        address = urls.item(item)
        owner = owners.setdefault(address, item)
        if owner is not item:
            diagnostics.append(_collision(item.path, address, owner.path, locate(item, _NAMES_SLUG)))
    identities = {item.identity for item in owners.values()}
    return tuple(item for item in items if item.identity in identities), diagnostics


def _collision(origin: str, address: Address, owner: str, place: tuple[int, int] = (1, 1)) -> Diagnostic:
    line, column = place
    return Diagnostic(
        path=origin,
        line=line,
        column=column,
        code=Code.ADDRESS_COLLISION,
        message=f"has the address {address}, which {owner} has already",
        remedy="give one of the two a `slug:` of its own, or rename the file",
    )


def check(
    pages: Iterable[Page],
    fixed: Iterable[tuple[Address, str]],
    existing: frozenset[Address],
    moved: Mapping[Address, Address],
    collection: Collection,
    locate: Locate,
) -> tuple[Diagnostic, ...]:
    """Returns diagnostics of addresses that two files have, and of dead links.

    Of a lazy view, only the links in the body are checked here. The others are checked when the page is rendered.

    Args:
        pages: all pages.
        fixed: the address and origin of each file that is not a page.
        existing: the result of :func:`existing_addresses` for these pages and files.
        moved: the present address for each former address. A link to a former address is dead, but its diagnostic
            names the present one.
        collection: the items that the pages show.
        locate: finds the fields of documents.
    """
    pages, fixed = tuple(pages), tuple(fixed)
    claims = [*((page.address, page.origin) for page in pages), *fixed]
    diagnostics = _explained(_collisions(claims), collection, locate)
    seen: set[int] = set()
    for page in pages:
        lines = {urls.address_of(link.address): link.line for link in page.body_links}
        if not isinstance(page.view, LazyView):
            lines = dict.fromkeys(addresses(page.view, seen), 1) | lines
        diagnostics += dead_links(page.origin, lines, existing, moved)
    return tuple(diagnostics)


def dead_links(
    origin: str, lines: Mapping[Address, int], existing: frozenset[Address], moved: Mapping[Address, Address]
) -> list[Diagnostic]:
    """Returns a diagnostic for each address that is not on the site; the arguments are those of :func:`check`.

    Args:
        origin: the file that has the links.
        lines: the addresses with the lines of their links.
        existing: as for :func:`check`.
        moved: as for :func:`check`.
    """
    return [
        _missing_picture(origin, lines[address], address)
        if address.startswith(PICTURES)
        else Diagnostic(
            path=origin,
            line=lines[address],
            code=Code.DEAD_LINK,
            message=f"links to {address}, which is not a page of this site",
            remedy=remedy_for(address, existing, moved),
        )
        for address in sorted(address for address in lines if address not in existing)
    ]


def _missing_picture(origin: str, line: int, address: Address) -> Diagnostic:
    return Diagnostic(
        path=origin,
        line=line,
        code=Code.INVALID_IMAGE,
        severity=Severity.WARNING,
        message=f"the picture {address.removeprefix(PICTURES)} is no file of the source folder",
        remedy="put it there, or remove the picture",
    )


def check_style_links(links: Iterable[StyleLink], base_path: str, existing: frozenset[Address]) -> Iterator[Diagnostic]:
    """Yields a warning for each link of a style sheet that leads to no file of the site."""
    for link in links:
        address = urls.own_address(urls.without_query(link.link), base_path)
        if address is not None and address not in existing:
            yield Diagnostic(
                path=link.path,
                line=link.line,
                code=Code.DEAD_LINK,
                severity=Severity.WARNING,
                message=f"links to {address}, which is not a file of this site",
                remedy="fix or remove the link",
            )


def existing_addresses(pages: Iterable[Page], fixed: Iterable[tuple[Address, str]]) -> frozenset[Address]:
    """Returns the addresses at which there is a file of the site; the arguments are those of :func:`check`."""
    files = [address for address, _ in fixed]
    return frozenset([page.address for page in pages]).union(files, map(urls.without_index, files))


def remedy_for(address: Address, existing: Container[Address], moved: Mapping[Address, Address] = {}) -> str:
    """Returns the remedy for a link to an address without a file; ``moved`` leads from old addresses to new ones."""
    with_slash = Address(f"{address}/")
    target = with_slash if with_slash in existing else moved.get(address) or moved.get(with_slash)
    return f"write {target}" if target else "fix or remove the link"


class Claims:
    """The owners of files. No two files have the same path, and none has the path of a folder that contains another.

    Paths are the same if macOS or Windows takes them for one, on every system.
    """

    def __init__(self) -> None:
        # By folded path, the address and its origin.
        self._files: dict[str, tuple[Address, str]] = {}
        self._folders: dict[str, tuple[Address, str]] = {}

    def claim(self, address: Address, origin: str) -> str | None:
        """Claims an address for an origin, or returns the origin that already has it or a conflicting one."""
        path, parents = _path_and_parents(address)
        owner = self._owner(path, parents)
        if owner is None:
            self._files[path] = address, origin
            self._folders.update(dict.fromkeys(parents, (address, origin)))
            return None
        other, owner_origin = owner
        return owner_origin if _is_spelled_alike(address, other) else f"{owner_origin} ({other}; {_ONE_FILE})"

    def is_free(self, address: Address) -> bool:
        """Returns whether an address can be claimed."""
        return self._owner(*_path_and_parents(address)) is None

    def _owner(self, path: str, parents: list[str]) -> tuple[Address, str] | None:
        """Returns the address and the origin whose file is at the path, below it, or above it."""
        files = self._files
        above = next((files[name] for name in parents if name in files), None)
        return files.get(path) or self._folders.get(path) or above


def _is_spelled_alike(address: Address, other: Address) -> bool:
    """Returns whether two conflicting addresses conflict on each system."""
    return _overlap(urls.file_path(address), urls.file_path(other))


def _folders(paths: Iterable[str]) -> set[str]:
    folders: set[str] = set()
    level = {path.rpartition("/")[0] for path in paths}
    while level:
        folders |= level
        level = {folder.rpartition("/")[0] for folder in level if folder}
    return folders


def _path_and_parents(address: Address) -> tuple[str, list[str]]:
    """Returns the path of a file and those of the folders that contain it, all folded."""
    path = folded(urls.file_path(address))
    return path, list(itertools.accumulate(path.split("/")[:-1], "{}/{}".format))


def _collisions(claims: Sequence[tuple[Address, str]]) -> list[tuple[Address, str, str]]:
    """Returns each address that another file has already, its origin, and the origin of the other file."""
    paths = {folded(urls.file_path(address)) for address, _ in claims}
    if len(paths) == len(claims) and paths.isdisjoint(_folders(paths)):
        return []  # nearly always, so that the slower search for the owners is rare
    claimed = Claims()
    owners = [(address, origin, claimed.claim(address, origin)) for address, origin in claims]
    return [(address, origin, owner) for address, origin, owner in owners if owner is not None]


def _explained(
    collisions: Iterable[tuple[Address, str, str]], collection: Collection, locate: Locate
) -> list[Diagnostic]:
    """Returns a diagnostic for each document that gives a colliding file its address, or else for the file's origin.

    A document is named once, although each feed of its topic may collide.
    """
    of_documents: dict[str, Diagnostic] = {}
    others: list[Diagnostic] = []
    for address, origin, owner in collisions:
        documents = list(_documents_at(address, collection))
        if not documents:
            others.append(_collision(origin, address, owner))
        for item, names in documents:
            if item.path in of_documents:
                continue
            line, column = locate(item, names)
            of_documents[item.path] = Diagnostic(
                path=item.path,
                line=line,
                column=column,
                code=Code.ADDRESS_COLLISION,
                message=f"because of this document, {owner} and {origin} have conflicting addresses, {address}",
                remedy=f"change `{'.'.join(map(str, names[0]))}:` here, or rename the other file",
            )
    return [*of_documents.values(), *others]


def _documents_at(address: Address, collection: Collection) -> Iterator[tuple[Item, tuple[KeyPath, ...]]]:
    """Yields the items that cause a file at an address, above it or below it, each with the fields to blame."""
    path = folded(urls.file_path(address))
    if "/" not in path and not path.isdecimal():
        return  # a file in place of a folder that every site has, such as `topics`
    groups = [
        (group.items, _NAMES_GROUP.get(kind.name, ()))
        for kind in LIST_KINDS
        for group in kind.groups(collection)
        if _overlap(path, folded(kind.address(group.id, None)[1:-1]))
    ]
    for items, names in groups[1:] or groups:  # the first of two groups keeps the address
        yield from ((item, names) for item in items)
    for item in collection.items if not groups else ():
        date = item.published_at.date()
        days = (urls.day(date), urls.month(date.year, date.month), urls.year(date.year))
        if any(_overlap(path, urls.file_path(page)) for page in (urls.item(item), urls.story(item))):
            yield item, _NAMES_SLUG
        elif any(
            _overlap(path, folded(urls.file_path(page))) for page in (*days, urls.edition(*date.isocalendar()[:2]))
        ):
            yield item, _NAMES_DAY


def _overlap(path: str, other: str) -> bool:
    """Returns whether two paths are equal, or one is a folder of the other."""
    return path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/")
