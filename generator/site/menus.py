"""The links at the top and the end of each page: those of the settings or the default ones, and those of own pages."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from generator.config import tables
from generator.config.language import Language
from generator.config.settings import MenuEntry, Settings
from generator.content import urls
from generator.content.page_documents import PageDocument
from generator.content.urls import Address
from generator.site.feeds import formats
from generator.site.list_kinds import LIST_KINDS
from generator.site.pages.about import contact_link
from generator.site.views import MenuLink
from generator.util import weburls

_AFTER_PATH = "%/?#:@!$&'()*+,;=~"
"""What may be in a query or fragment without being encoded."""


def header(settings: Settings, language: Language, pages: Iterable[PageDocument]) -> tuple[MenuLink, ...]:
    """Returns the links of the navigation."""
    links = _links(settings, settings.menu) if settings.menu else _default_header(language)
    return _with_pages(links, pages, "header")


def footer(settings: Settings, language: Language, pages: Iterable[PageDocument]) -> tuple[MenuLink, ...]:
    """Returns the links at the end of each page."""
    links = _links(settings, settings.footer) if settings.footer else _default_footer(settings, language)
    return _with_pages(links, pages, "footer")


def addresses(settings: Settings) -> set[Address]:
    """Returns the addresses of this site to which the settings lead."""
    entries = (*settings.menu, *settings.footer)
    return {_address(entry.to)[0] for entry in entries if entry.to.startswith("/")}


def dead_links(settings: Settings, config: Path, existing: frozenset[Address]) -> dict[Address, int]:
    """Returns the addresses of this site without a file to which the settings lead, each with the line of its link."""
    return {
        address: tables.line_of(config, (name, number, "to"))
        for name, entries in (("menu", settings.menu), ("footer", settings.footer))
        for number, entry in enumerate(entries)
        if entry.to.startswith("/") and (address := _address(entry.to)[0]) not in existing
    }


def _links(settings: Settings, entries: Iterable[MenuEntry]) -> Iterator[MenuLink]:
    for entry in entries:
        if entry.to.startswith(("mailto:", "tel:")):
            yield MenuLink(text=entry.text, to=entry.to)
        elif entry.to.startswith("/"):
            yield MenuLink(text=entry.text, to=_to(settings, *_address(entry.to)))
        else:
            yield MenuLink(text=entry.text, to=weburls.clean(entry.to), is_outside=True)


def _address(written: str) -> tuple[Address, str]:
    """Returns the address of a link into the site, and its query and fragment."""
    path = urls.without_query(written)
    return urls.address_of(path), written.removeprefix(path)


def _to(settings: Settings, address: Address, rest: str) -> Address | str:
    """Returns an address, or a link with the base path if a query or fragment follows."""
    return urls.href(address, urls.base_path(settings.base_url)) + quote(rest, safe=_AFTER_PATH) if rest else address


def _with_pages(links: Iterable[MenuLink], pages: Iterable[PageDocument], menu: str) -> tuple[MenuLink, ...]:
    """Adds the own pages that ask for a link, unless there is one."""
    links = tuple(links)
    known = {link.to for link in links}
    added = [page for page in pages if page.menu == menu and Address(page.address) not in known]
    return (*links, *(MenuLink(text=page.title, to=Address(page.address)) for page in added))


def _default_header(language: Language) -> Iterator[MenuLink]:
    first, *others = [MenuLink(text=kind.title(language), to=kind.index) for kind in LIST_KINDS]
    yield first
    yield MenuLink(text=language.text("site.editions"), to=urls.EDITIONS)
    yield MenuLink(text=language.text("site.archive"), to=urls.ARCHIVE)
    yield from others
    yield MenuLink(text=language.text("site.about"), to=urls.ABOUT)


def _default_footer(settings: Settings, language: Language) -> Iterator[MenuLink]:
    yield MenuLink(text=language.text("site.about_link"), to=urls.ABOUT)
    yield MenuLink(text=language.text("about.corrections"), to=_to(settings, urls.ABOUT, "#corrections"))
    if contact := contact_link(settings.about.contact):
        yield MenuLink(text=language.text("about.contact"), to=contact.to, is_outside=contact.to.startswith("https:"))
    if settings.search:
        yield MenuLink(text=language.text("search.title"), to=urls.SEARCH)
    for feed in formats(settings.title, urls.FRONT, language).links:
        yield MenuLink(text=feed.text, to=feed.to, type=feed.type)
