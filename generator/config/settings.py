"""Reads the site's settings, ``site.toml``, into one immutable value."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import tzdata

from generator.config import csp, document_fields, tables
from generator.config.csp import CspSettings
from generator.errors import Code, Diagnostic, SettingsError
from generator.util import weburls
from generator.util.text import nearest, repair

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_MAX_SIZE = 500
_MAX_SHOWN = 40  # characters of a value that a message quotes
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])")
_MAX_EMAIL = 254
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FAMILY = re.compile(r"[^\W_](?:[\w .&'+-]{0,62}[\w.+])?")
"""The name of a font family. It is written into a text of a style sheet, so it has no quotes and no backslash."""


class AboutSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``[about]``: what the about page says of the site's owner. Each text may be empty."""

    editor: str = ""
    """The name of the person or organisation that runs the site."""
    contact: str = ""
    """An e-mail address or https address for readers."""
    corrections: str = ""
    """An e-mail address or https address for reports of errors. Empty: ``contact``."""
    funding: str = ""
    """One sentence on who pays for the site."""
    address: str = ""
    """The postal address, in one or more lines."""


class MenuEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A table ``[[menu]]`` or ``[[footer]]``: a link at the top or the end of each page."""

    text: str
    """The text of the link."""
    to: str
    """Where the link leads: an address of the site such as `/imprint/`, a web address, `mailto:` or `tel:`."""


class LookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``[look]``: what the site looks like without templates and style sheets of its own."""

    logo: str = ""
    """A picture in ``static/``, shown in place of the title at the top of each page."""
    accent: str = ""
    """The colour of links and buttons, such as ``#0b5d66``. Empty: that of the theme."""
    accent_dark: str = ""
    """The same for the dark palette. Empty: ``accent``, or the nearest colour to it that can be read there."""
    font_headline: str = ""
    """The font family of headlines. Empty: fonts of the reader's system."""
    font_text: str = ""
    """The font family of all other text. Empty: the same."""
    cards: Literal["pictures", "text"] = "pictures"
    """Whether cards show pictures, or only text."""
    footer: str = ""
    """A text for the end of each page, with Markdown for links and emphasis."""


class CheckSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``[check]``: what ``digest check`` reports."""

    ignore: tuple[str, ...] = ()
    """Codes of warnings that are left out."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings with their defaults. ``docs/settings.md`` explains them, and a test compares the two."""

    title: str = "Medical AI Digest"
    """The site's name."""
    description: str = ""
    """One sentence for search engines, feeds and the front page."""
    base_url: str = "https://example.org/"
    """The address of the site, with its folder and a trailing slash."""
    language: str = "en"
    """The BCP 47 tag of the language of the pages. The language must have a table (``languages/``)."""
    timezone: str = "UTC"
    """The IANA name of the site's time zone, in which days begin and times are shown."""
    page_size: int = 30
    """The number of stories on a page of a topic or source."""
    feed_size: int = 50
    """The number of items in each feed."""
    include_unpromoted: bool = True
    """Whether documents with ``published: false`` are on the site."""
    search: bool = True
    """Whether the site has a full-text search."""
    alias_pages: bool = True
    """Whether each alias gets a small page that redirects, for hosts that do not read ``_redirects``."""
    precompress: bool = False
    """Whether text files get compressed copies, for servers that can send these directly."""
    state: str = ""
    """The folder of the cache, relative to ``site.toml``. Empty: ``.digest``."""
    feed_authority: str = ""
    """The domain in the ids of feed entries. Keep it when the site moves. Empty: the host of ``base_url``."""
    menu: tuple[MenuEntry, ...] = ()
    """The links at the top of each page. Empty: the lists of the site."""
    footer: tuple[MenuEntry, ...] = ()
    """The links at the end of each page. Empty: about page, corrections, contact, search and feeds."""
    about: AboutSettings = AboutSettings()
    """The owner of the site, for its about page."""
    look: LookSettings = LookSettings()
    """The look of the site."""
    check: CheckSettings = CheckSettings()
    """What `digest check` reports."""
    csp: CspSettings = CspSettings()
    """What pages may load from other hosts."""
    fields: Mapping[str, tuple[str, ...]] = {}
    """For a field of documents, the names under which documents of other programs have it."""


def load(path: Path, *, base_url: str | None = None, is_optional: bool = False) -> Settings:
    """Reads and checks ``site.toml``; ``base_url`` overrides the setting of this name.

    With ``is_optional``, a missing file means the default settings.

    Raises:
        SettingsError: the file cannot be read, or settings are invalid; with a diagnostic for each.
    """
    diagnostics: list[Diagnostic] = []
    settings = Settings()
    try:
        settings = tables.read(path, Settings, _CHECKS, is_optional=is_optional)
    except SettingsError as error:
        diagnostics += error.diagnostics
    if base_url is not None:
        if reason := _base_url(base_url):
            remedy = "write it as https://example.org/folder/"
            invalid = Diagnostic(path="--base-url", code=Code.INVALID_SETTING, message=reason, remedy=remedy)
            diagnostics.append(invalid)
        settings = msgspec.structs.replace(settings, base_url=base_url)
    if diagnostics:
        raise SettingsError(diagnostics)
    address = weburls.clean(settings.base_url).rstrip("/") + "/"
    title, description = repair(settings.title), repair(settings.description)
    return msgspec.structs.replace(settings, base_url=address, title=title, description=description)


# The checks of values: each returns why a value is invalid, with or without a remedy, or "" if it is valid.


def _base_url(value: str) -> str:
    try:
        cleaned = weburls.clean(value)
    except weburls.InvalidUrlError as error:
        return str(error) + (f", as in {error.corrected}" if error.corrected else "")
    if "//" in cleaned.partition("://")[2]:
        return "must not have // in its path"  # links from the root would lead to another host
    return "must not have a query or fragment" if "?" in cleaned or "#" in cleaned else ""


def _timezone(value: str) -> str | tuple[str, str]:
    is_zone = value in Path(tzdata.__file__).with_name("zones").read_text("utf-8").splitlines()
    differs_between_machines = value in {"localtime", "Factory"}
    if is_zone and not differs_between_machines:
        return ""
    import zoneinfo  # noqa: PLC0415 - listing the zones of the machine reads hundreds of files

    known = zoneinfo.available_timezones()
    if value in known and not differs_between_machines:
        return ""
    guess = nearest(value[:_MAX_SHOWN], known)
    remedy = f"did you mean `{guess[0]}`?" if guess else "write one like UTC or Europe/Berlin"
    return f"{value[:_MAX_SHOWN]!r} is not a time zone", remedy


def _size(value: int) -> str:
    return "" if 1 <= value <= _MAX_SIZE else f"must be from 1 to {_MAX_SIZE}"


def _authority(value: str) -> str:
    try:
        weburls.domain(value or "example.org")
    except weburls.InvalidUrlError as error:
        return str(error)
    return ""


def _contact(value: str) -> str:
    if _EMAIL.fullmatch(value) and len(value) <= _MAX_EMAIL:
        return ""
    try:
        is_valid = not value.strip() or weburls.clean(value).startswith("https://")
    except weburls.InvalidUrlError:
        is_valid = False
    return "" if is_valid else "must be an e-mail address or an https address"


def _link(value: str) -> str | tuple[str, str]:
    is_inside = value.startswith("/") and not value.startswith(("//", "/\\"))
    is_mail = value.startswith("mailto:") and _EMAIL.fullmatch(value.removeprefix("mailto:"))
    if is_inside or is_mail or weburls.is_phone(value):
        return ""
    if value.startswith("tel:"):
        return "is not a telephone number", f"write it as {weburls.PHONE_FORM}, without spaces"
    try:
        weburls.clean(value)
    except weburls.InvalidUrlError:
        forms = "a web address, mailto: with an e-mail address, or tel: with a number"
        return f"must begin with one / for a page of this site, or be {forms}"
    return ""


def _code(value: str) -> str | tuple[str, str]:
    if value in set(Code):
        return ""
    guess = nearest(value[:_MAX_SHOWN], Code)
    remedy = f"did you mean `{guess[0]}`?" if guess else "`digest explain-error` lists all codes"
    return "is not a code of diagnostics", remedy


def _filled(value: str) -> str:
    return "" if repair(value) else "is empty"


def _colour(value: str) -> str | tuple[str, str]:
    return "" if not value or _COLOUR.fullmatch(value) else ("is not a colour", "write one like #0b5d66")


def _family(value: str) -> str | tuple[str, str]:
    if not value or _FAMILY.fullmatch(value):
        return ""
    return "is not the name of a font family", "write one name, without quotes and commas in it"


_CHECKS: dict[str, tables.Check] = {
    "title": _filled,
    "base_url": _base_url,
    "language": lambda value: "" if _LANGUAGE.fullmatch(value) else "is not a language tag like en or de-AT",
    "timezone": _timezone,
    "page_size": _size,
    "feed_size": _size,
    "feed_authority": _authority,
    "menu[].text": _filled,
    "menu[].to": _link,
    "footer[].text": _filled,
    "footer[].to": _link,
    "about.contact": _contact,
    "about.corrections": _contact,
    "check.ignore": _code,
    "look.accent": _colour,
    "look.accent_dark": _colour,
    "look.font_headline": _family,
    "look.font_text": _family,
    **csp.CHECKS,
    **document_fields.CHECKS,
}
