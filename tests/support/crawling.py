"""Reads a built site the way a browser would, strictly."""

import posixpath
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"
_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "source": "src"}


@dataclass(frozen=True)
class Links:
    """What a page refers to."""

    internal: frozenset[str]
    """Files below the output folder."""
    external: frozenset[str]


def strict_parse(html: str) -> object:
    """Parses a page and raises at the first parse error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(html)


def links(html: str, address: str, base_url: str) -> Links:
    """The links of a page at an address below the base URL."""
    tree = strict_parse(html)
    internal, external = set(), set()
    for element in tree.iter():  # type: ignore[attr-defined]
        name = str(element.tag).removeprefix(XHTML)
        target = element.get(_LINKS.get(name, "")) if name in _LINKS else None
        if not target:
            continue
        url = urljoin(base_url + address.lstrip("/"), target)
        if url.startswith(base_url):
            path = unquote(urlsplit(url).path.removeprefix(urlsplit(base_url).path.rstrip("/")))
            internal.add(path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        else:
            external.add(url)
    return Links(frozenset(internal), frozenset(external))


def pages(output: Path) -> dict[str, str]:
    """The HTML files of a site by name, but for those that only lead on from a former address."""
    texts = {
        path.relative_to(output).as_posix(): path.read_text(encoding="utf-8") for path in sorted(output.rglob("*.html"))
    }
    return {name: text for name, text in texts.items() if 'http-equiv="refresh"' not in text}


def address_of(name: str) -> str:
    """The address of an HTML file."""
    return "/" + (posixpath.dirname(name) + "/" if name.endswith("index.html") else name).lstrip("/")


def reachable(output: Path, base_url: str) -> set[str]:
    """The HTML files that links lead to from the front page, itself included."""
    all_pages = pages(output)
    seen, waiting = {"index.html"}, deque(["index.html"])
    while waiting:
        name = waiting.popleft()
        for target in links(all_pages[name], address_of(name), base_url).internal:
            if target in all_pages and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen
