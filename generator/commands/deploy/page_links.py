"""Finds links in the HTML files of a built site that lead nowhere."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import msgspec
from lxml import etree

from generator.content import urls
from generator.content.urls import Address

_SUFFIXES: Final = (".html", ".htm")
_LINKS: Final = etree.XPath("//@href | //@src | //@poster | //object/@data", smart_strings=False)
_SETS: Final = etree.XPath("//@srcset | //@imagesrcset", smart_strings=False)
_BASE: Final = etree.XPath("string(//base/@href)", smart_strings=False)
_IDS: Final = etree.XPath("//@id | //a/@name", smart_strings=False)
_CANDIDATE: Final = re.compile(r"(\S*[^,\s])(?:\s+[\d.]+[wxh])?\s*(?:,|$)")
_PLACEHOLDER: Final = re.compile(r"\\\*|:[A-Za-z]\w*")
_SPACE: Final = " \t\r\n\f"
# Browsers take `#top` for the start of the page. Scripts read hash routes, and browsers the texts to highlight.
_NO_PART: Final = re.compile(r"|top|[/!:].*", re.IGNORECASE | re.DOTALL)
_CACHED: Final = 262_144


class DeadLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that leads nowhere, and the pages that have it."""

    link: str
    """As it is written."""
    reason: str
    """What is missing, as the end of a sentence."""
    pages: tuple[str, ...]
    """The paths of the HTML files, relative to the output folder, sorted."""


def dead_links(folder: Path, paths: Iterable[str], base_url: str, redirects: Iterable[str] = ()) -> list[DeadLink]:
    """Returns the links within the site that lead nowhere, sorted.

    Links are compared decoded. A link to a folder may lack its slash, because hosts redirect it.

    Args:
        folder: the output folder.
        paths: the files of the site, relative to the output folder.
        base_url: the address of the site. Links to other sites and above its folder are not looked at.
        redirects: the lines of ``_redirects``, if the host reads it.
    """
    files = frozenset(paths)
    existing = {Address(f"/{path}") for path in files}
    existing |= {urls.without_index(address) for address in existing}
    with_slash = {Address(address[:-1]): address for address in existing if address.endswith("/")}
    base_path, is_redirected = unquote(urls.base_path(base_url)), _redirected(redirects).fullmatch
    resolve = functools.lru_cache(maxsize=_CACHED)(functools.partial(_own_address, base_url=base_url))
    pages_of: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    to_parts: list[tuple[str, str, Address, str]] = []
    parts: dict[Address, frozenset[str]] = {}
    for path in sorted(path for path in files if path.endswith(_SUFFIXES)):
        page = urls.without_index(Address(f"/{path}"))
        links, parts[page] = _read(folder / path, urls.absolute(page, base_url))
        for link, complete in links.items():
            if not (target := resolve(complete)):
                continue
            address, part = with_slash.get(target[0], target[0]), target[1]
            if address in existing:
                to_parts.append((path, link, address, part))
            elif not is_redirected(base_path + address):
                pages_of[link, f"there is no {address}"].append(path)
    for path, link, address, part in to_parts:
        if part and address in parts and parts[address].isdisjoint((part, unquote(part))):
            pages_of[link, f"{address} has no part with the id {unquote(part)}"].append(path)
    return [
        DeadLink(link=link, reason=reason, pages=tuple(pages)) for (link, reason), pages in sorted(pages_of.items())
    ]


def _read(path: Path, url: str) -> tuple[dict[str, str], frozenset[str]]:
    """Returns the links of a page, each with a link that leads to the same place from all pages; and its ids."""
    root = etree.HTML(path.read_bytes(), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    if root is None:
        return {}, frozenset()
    base = urljoin(url, _BASE(root))
    links = {link.strip(_SPACE) for link in _LINKS(root)}
    links.update(*(_CANDIDATE.findall(candidates) for candidates in _SETS(root)))
    return {link: link if _is_complete(link) else _joined(base, link) for link in links}, frozenset(_IDS(root))


def _is_complete(link: str) -> bool:
    """Whether a link leads to the same place from each page, as most do: it need not be joined, which is slow."""
    return link.startswith(("https://", "http://")) or (link.startswith("/") and not link.startswith("//"))


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return "mailto:"  # no URL at all, which `digest check` names


def _own_address(link: str, *, base_url: str) -> tuple[Address, str] | None:
    """Returns the address and fragment of a link from the root of the host or a URL; None if it is not of the site."""
    try:
        parts = urlsplit(urljoin(base_url, link))
    except ValueError:
        return None
    site = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() != site.netloc.lower():
        return None
    address = urls.own_address(parts.path or "/", urls.base_path(base_url))
    return None if address is None else (address, "" if _NO_PART.fullmatch(parts.fragment) else parts.fragment)


def _redirected(lines: Iterable[str]) -> re.Pattern[str]:
    """Returns a pattern of the paths from the root of the host that rules redirect; those with status 410 do not."""
    rules = [line.split() for line in lines]
    froms = [fields[0] for fields in rules if not any(re.fullmatch(r"4\d\d!?", field) for field in fields[1:])]
    return re.compile("|".join(_PLACEHOLDER.sub(_wild, re.escape(unquote(one))) for one in froms) or r"(?!)")


def _wild(placeholder: re.Match[str]) -> str:
    return ".*" if placeholder[0].endswith("*") else "[^/]+"
