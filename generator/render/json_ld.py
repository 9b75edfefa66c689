"""Writes the JSON-LD of a page, in the vocabulary of schema.org.

The site links to articles and does not publish them. So its pages are of type ``WebPage`` or ``CollectionPage``, and an
article is the main entity of its page, with the name and address of its publisher. All links come from the view, where
they were checked.
"""

from collections.abc import Callable
from typing import Any

from generator.site.views import Card, Head, Link, Picture, Publication, Site
from generator.util.serialize import json_text

Node = dict[str, Any]
Absolute = Callable[[str], str]


def text(head: Head, site: Site, absolute: Absolute) -> str:
    """Returns the JSON-LD of a page, escaped for a script element."""
    return json_text(graph(head, site, absolute))


def graph(head: Head, site: Site, absolute: Absolute) -> Node:
    """Returns the nodes of a page: the site (on the front page only), the page, and its breadcrumbs (elsewhere)."""
    nodes = [_page(head, site, absolute)]
    if head.address == site.front:
        nodes.insert(0, _site(site, absolute) | {"description": head.description, "inLanguage": site.language})
    else:
        nodes.append(_breadcrumbs(head, site, absolute))
    return {"@context": "https://schema.org", "@graph": nodes}


def _site(site: Site, absolute: Absolute) -> Node:
    return {"@type": "WebSite", "name": site.title, "url": absolute(site.front)}


def _page(head: Head, site: Site, absolute: Absolute) -> Node:
    node: Node = {
        "@type": head.kind,
        "name": head.title or site.title,
        "description": head.description,
        "url": absolute(head.address),
        "inLanguage": site.language,
        "isPartOf": _site(site, absolute),
    }
    if head.article:
        node["mainEntity"] = _article(head.article, head, absolute)
    elif head.listed:
        node["mainEntity"] = {
            "@type": "ItemList",
            "numberOfItems": len(head.listed),
            "itemListElement": [
                {"@type": "ListItem", "position": position, "url": absolute(entry.to), "name": _name(entry)}
                for position, entry in enumerate(head.listed, start=1)
            ],
        }
    return node


def _name(entry: Card | Link) -> str:
    return entry.title if isinstance(entry, Card) else entry.text


def _article(article: Publication, head: Head, absolute: Absolute) -> Node:
    """Returns the publisher's article. It has no author, because none is known."""
    publisher: Node = {"@type": "Organization", "name": article.publisher, "url": article.publisher_url}
    if article.logo:
        publisher["logo"] = _image(article.logo, absolute)
    if article.is_video and head.picture:
        node: Node = {
            "@type": "VideoObject",
            "name": article.headline,
            "description": head.description,
            "url": article.url,
            "uploadDate": article.published,
            "thumbnailUrl": absolute(head.picture.url),
        }
    else:
        # A VideoObject requires a thumbnail.
        node = {
            "@type": "CreativeWork" if article.is_video else "NewsArticle",
            "headline": article.headline,
            "url": article.url,
            "datePublished": article.published,
        }
        if head.picture:
            node["image"] = _image(head.picture, absolute)
    if article.topics:
        node["keywords"] = list(article.topics)
    if article.citations:
        node["citation"] = list(article.citations)
    return node | {"publisher": publisher}


def _image(picture: Picture, absolute: Absolute) -> Node:
    node: Node = {"@type": "ImageObject", "url": absolute(picture.url)}
    if picture.width:
        node |= {"width": picture.width, "height": picture.height}
    if picture.caption:
        node["caption"] = picture.caption
    return node


def _breadcrumbs(head: Head, site: Site, absolute: Absolute) -> Node:
    trail = (Link(text=site.title, to=site.front), *head.trail, Link(text=head.title, to=head.address))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": link.text, "item": absolute(link.to)}
            for position, link in enumerate(trail, start=1)
        ],
    }
