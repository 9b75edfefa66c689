"""Reads the own pages of a site, the files in the folder ``pages/``."""

import functools
import os

import msgspec

from generator.build.scan import Scanned
from generator.cache.memo import Kind
from generator.content import source_files, urls
from generator.content.page_documents import PageDocument, ParsedPage
from generator.content.parse import parse_page
from generator.content.source_files import Document
from generator.errors import Code, Diagnostic
from generator.util import hashing
from generator.util.text import nearest

OWN_PAGE = Kind("own page", ParsedPage)
"""An own page, by the digest of its bytes, its name and what its links depend on."""


class OwnPages(msgspec.Struct, frozen=True, kw_only=True):
    """The own pages without errors, and what is wrong with the others."""

    pages: tuple[PageDocument, ...]
    diagnostics: tuple[Diagnostic, ...]


def read(scanned: Scanned) -> OwnPages:
    """Returns the own pages, in the order of their files."""
    found, base_path = scanned.pages, urls.base_path(scanned.settings.base_url)
    pages: list[PageDocument] = []
    diagnostics = list(found.diagnostics)
    for file in found.files:
        data = source_files.fetch(found.folder, file)
        shown = found.folder.named(file.name)
        document = data if isinstance(data, Diagnostic) else source_files.decode(data, name=file.name, shown=shown)
        if isinstance(document, Diagnostic):
            diagnostics.append(document)
            continue
        key = hashing.blake2(os.fsencode(shown), os.fsencode(file.name), base_path.encode(), document.text.encode())
        parsed = scanned.memo.get(OWN_PAGE, key, functools.partial(_parse, document, base_path))
        diagnostics += parsed.diagnostics
        if parsed.page:
            pages.append(parsed.page)
    templates = sorted({path.name for folder in scanned.theme.template_folders for path in folder.glob("*.html")})
    return OwnPages(pages=tuple(pages), diagnostics=(*diagnostics, *_without_template(scanned, pages, templates)))


def _parse(document: Document, base_path: str) -> ParsedPage:
    return parse_page(document, base_path=base_path)


def _without_template(scanned: Scanned, pages: list[PageDocument], known: list[str]) -> list[Diagnostic]:
    folders = scanned.theme.template_folders
    return [
        Diagnostic(
            path=page.path,
            line=page.template_line,
            code=Code.TEMPLATE_ERROR,
            message=f"there is no templates/{page.template}",
            remedy=f"did you mean `{guess[0]}`?" if guess else "write the template, or remove `template:`",
        )
        for page in pages
        if not any((folder / page.template).is_file() for folder in folders)
        for guess in [nearest(page.template, known)]
    ]
