"""Finds the files of the owner that pages show: static files, and files beside documents and own pages.

A picture beside a document is published if a document or an own page shows it. A file beside an own page is published
if the owner links to it, in an own page or a menu: a document, which may be from a stranger, cannot publish it.
"""

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import structs

from generator.cache.document_keys import DocumentKeys
from generator.content import beside, urls
from generator.content.model import Image, Item
from generator.content.page_documents import PageDocument
from generator.content.source_files import Found
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, Severity
from generator.site.assets import Asset, Assets
from generator.util import hashing
from generator.util.file_names import is_writable
from generator.util.files import is_safe

_UNWRITABLE = "a name that Windows cannot write"


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Items whose own pictures have been measured."""

    items: tuple[Item, ...]
    keys: Mapping[str, DocumentKeys]
    """The keys of all documents; those of items with own pictures hold the sizes."""
    diagnostics: tuple[Diagnostic, ...]


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """The files beside documents and own pages that are published."""

    files: tuple[Asset, ...]
    origins: tuple[tuple[Address, str], ...]
    """Each address with the path of the file."""
    diagnostics: tuple[Diagnostic, ...]


class OwnFiles:
    """The files that a link or a picture may lead to."""

    def __init__(
        self,
        static: Assets,
        found: Found,
        beside_pages: Found,
        pages: Iterable[PageDocument],
        menu: Iterable[Address],
    ) -> None:
        """Collects the files.

        Args:
            static: the static files.
            found: the source folder.
            beside_pages: the folder of own pages.
            pages: the own pages.
            menu: the addresses to which menus lead.
        """
        self._static = {file.address: file.data for file in static.files}
        self._addresses = static.addresses
        self._beside: dict[Address, tuple[Path, str]] = {}
        """The path and the path for diagnostics of each file beside a document or an own page, by its address."""
        for one in found.others:
            if beside.is_picture(one.name):
                self._add(f"{beside.PICTURES}{one.name}", found, one.name)
        self._of_owner = {urls.address_of(link.address) for page in pages for link in page.links} | {*menu}
        for one in beside_pages.others:
            if (address := Address(beside.file_address(one.name))) in self._of_owner:
                self._add(address, beside_pages, one.name)
        self._read = functools.cache(self._read_anew)

    def _add(self, address: str, found: Found, name: str) -> None:
        if is_safe(address.removeprefix("/")):
            self._beside[Address(address)] = (Path(found.folder.path(name)), found.folder.named(name))

    def _read_anew(self, address: Address) -> bytes | None:
        """Returns the content of a file, None if there is none or it cannot be read."""
        if address in self._static:
            return self._static[address]
        try:
            return self._beside[address][0].read_bytes()
        except (KeyError, OSError):
            return None

    def measure(self, items: Iterable[Item], keys: Mapping[str, DocumentKeys]) -> Measured:
        """Gives the own pictures of items their addresses and sizes. What is no picture is left out with a warning."""
        measured: list[Item] = []
        changed: dict[str, DocumentKeys] = {}
        diagnostics: list[Diagnostic] = []
        for item in items:
            if not any(image.is_own for image in item.images):
                measured.append(item)
                continue
            lines = iter(item.picture_lines)
            images: list[Image] = []
            for image in item.images:
                line = next(lines, 1) if image.is_own else 0  # a hook may have added it
                found = self._image(image) if image.is_own else image
                if isinstance(found, Image):
                    images.append(found)
                else:
                    shown = image.url.removeprefix(beside.PICTURES)
                    message = f"the picture {shown} {found}, so it is left out"
                    diagnostics.append(_invalid(item.path, line, message, Severity.WARNING))
            old = keys[item.name]
            changed[item.name] = structs.replace(old, core=hashing.blake2(old.core, hashing.blake2_of_value(images)))
            measured.append(structs.replace(item, images=tuple(images)))
        return Measured(items=tuple(measured), keys={**keys, **changed}, diagnostics=tuple(diagnostics))

    def _image(self, image: Image) -> Image | str:
        """Returns an own picture with its size, or the reason why there is none."""
        address = Address(image.url)
        if address not in self._static and address not in self._beside:
            # A file outside of static/root/ has a hash in its name.
            address = self._addresses.get(image.url.removeprefix("/"), address)
        data = self._read(address)
        if data is None:
            return "is no file of this site"
        if not is_writable(address):
            return f"has {_UNWRITABLE}"
        size = size_of(address, data)
        if size is None:
            return "is not a picture"
        return structs.replace(image, url=str(address), width=size[0], height=size[1])

    def linked(self, items: Iterable[Item]) -> Linked:
        """Returns the files beside documents and own pages to which one of these or a menu leads."""
        if not self._beside:
            return Linked(files=(), origins=(), diagnostics=())
        linked = set(self._of_owner)
        diagnostics: list[Diagnostic] = []
        for item in items:
            linked.update(Address(image.url) for image in item.images if image.is_own)
            for link in item.body.links if item.body else ():
                address = urls.address_of(link.address)
                linked.add(address)
                if address in self._beside and (reason := self._reason_against(address)):
                    message = f"links to {self._beside[address][1]}, which {reason}"
                    diagnostics.append(_invalid(item.path, link.line, message))
        addresses = sorted(address for address in linked & self._beside.keys() if not self._reason_against(address))
        diagnostics += [
            Diagnostic(path=path, code=Code.ASSET_ERROR, message=f"has {_UNWRITABLE}", remedy="rename the file")
            for address, (_, path) in self._beside.items()
            if address in self._of_owner and not is_writable(address)
        ]
        return Linked(
            files=tuple(Asset(address=address, data=self._read(address) or b"") for address in addresses),
            origins=tuple((address, self._beside[address][1]) for address in addresses),
            diagnostics=tuple(diagnostics),
        )

    def _reason_against(self, address: Address) -> str:
        """Returns why a file beside a document or an own page cannot be published, or ``""``."""
        if not is_writable(address):
            return f"has {_UNWRITABLE}"
        data = self._read(address)
        if data is None:
            return "cannot be read"
        return "is not a picture" if address.startswith(beside.PICTURES) and size_of(address, data) is None else ""


def _invalid(path: str, line: int, message: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(
        path=path,
        line=line,
        code=Code.INVALID_IMAGE,
        severity=severity,
        message=message,
        remedy="name a PNG, JPEG, GIF, WebP, AVIF or SVG file; see docs/pages.md",
    )


def size_of(address: str, data: bytes) -> tuple[int, int] | None:
    """Returns the width and height of a picture in pixels, as a browser shows it; None if the file is no picture.

    An SVG may have no size of its own, which is 0.
    """
    from generator.util import pictures  # noqa: PLC0415 - few sites have own pictures

    is_vector = address.lower().endswith(".svg") and b"<svg" in data
    is_raster = beside.is_picture(address) and not data.lstrip().startswith(b"<")  # no SVG under another name
    if not (is_vector or is_raster):
        return None
    return pictures.size_of(data) or ((0, 0) if is_vector else None)
