"""The values that own pages are parsed into: the pages that the owner of a site writes in the folder ``pages/``."""

import msgspec

from generator.content import urls
from generator.content.aliases import Alias
from generator.content.embeds import Body, BodyLink
from generator.errors import Diagnostic


class PageDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An own page."""

    path: str
    """The path of the file in diagnostics."""
    address: str
    title: str
    description: str
    """Never empty: the title if the page has neither a description nor a text."""
    menu: str
    """``header``, ``footer``, or empty if no link leads to the page by itself."""
    aliases: tuple[Alias, ...]
    """The former addresses."""
    is_noindex: bool
    """Whether search engines, the sitemap and the search leave the page out."""
    template: str
    template_line: int
    """The line that names the template, from 1."""
    body: Body | None
    text: str
    """The text of the body, for the search."""

    @property
    def is_listed(self) -> bool:
        """Whether the sitemap and the search list the page."""
        return not self.is_noindex and self.address != urls.NOT_FOUND

    @property
    def links(self) -> tuple[BodyLink, ...]:
        """The links of the body into this site."""
        return self.body.links if self.body else ()


class ParsedPage(msgspec.Struct, frozen=True, kw_only=True):
    """The result of parsing an own page."""

    page: PageDocument | None
    """None if there is an error among the diagnostics."""
    diagnostics: tuple[Diagnostic, ...]
