"""Reads a site of Hugo: pages below ``content`` that have a date, their addresses, and shortcodes."""

import datetime as dt
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from generator.commands.importer import old_site
from generator.commands.importer.old_site import Config, OldAddress, OldDocument, Post, Program
from generator.errors import Diagnostic
from generator.util.text import slugify

_MAPPING: Final = {
    "title": (":filename",),
    "publishedDateTime": ("date", "publishDate", "pubdate", "published", ":filename"),
    "webUrl": ("link", "externalUrl", "external_url", "params.link", "params.externalUrl"),
    "excerpt": ("description", "summary", "subtitle"),
    "images": ("images", "image", "cover.image", "cover", "featured_image", "thumbnail", "params.image"),
    "provider": ("source", "publisher", "params.source"),
}
_HANDLED: Final = frozenset({"aliases", "categories", "draft", "layout", "slug", "tags", "url"})
_CONFIG_NAMES: Final = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in ("toml", "yaml", "yml", "json")
)
_PLACEHOLDER = re.compile(r":([a-z]+)")
_TAG = re.compile(
    r"""\{\{[<%]\s*(?:rel)?ref\s+(?:"(?P<ref>[^"]*)"|`(?P<ref2>[^`]*)`|(?P<ref3>[^\s">%]+))\s*[%>]\}\}
    |\{\{[<%]\s*highlight\s+["']?(?P<language>[\w+-]*).*?[%>]\}\}\n?(?P<code>.*?)\n?\{\{[<%]\s*/\s*highlight\s*[%>]\}\}
    |\{\{[<%]\s*figure\s(?P<figure>.*?)[%>]\}\}
    |\{\{(?P<begin>[<%])/\*(?P<escaped>.*?)\*/(?P<end>[%>])\}\}
    |\{\{[<%]\s*(?P<other>/?\s*[\w./-]*).*?[%>]\}\}""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(\w+)=["`]([^"`]*)["`]""")


def _config(folder: Path, zone: dt.tzinfo) -> Config:
    values = {key.lower(): value for key, value in old_site.config_file(folder, _CONFIG_NAMES).items()}
    return Config(
        base_url=str(values.get("baseurl") or ""),
        title=str(values.get("title") or ""),
        zone=old_site.zone_of(values.get("timezone"), zone),
        values=values,
        content=str(values.get("contentdir") or "content"),
    )


def _post(document: OldDocument, values: Mapping[Any, Any], date: dt.datetime, config: Config) -> Post:
    given = document.values
    path = document.name.rpartition(".")[0].removesuffix("/index")
    stem = path.rpartition("/")[2]
    address = old_site.path_of(given.get("url")) or _address(path, values, given, config, date)
    aliases = [_alias(one, address) for one in old_site.texts(given.get("aliases"))]
    return Post(
        document=document,
        values=values,
        date=date,
        slug=old_site.slug_of(given.get("slug"), re.sub(r"^\d{4}-\d{2}-\d{2}-", "", stem)),
        address=address,
        aliases=tuple(aliases),
        topics=(*_texts(given.get("tags")), *_texts(given.get("categories"))),
        is_draft=given.get("draft") is True,
    )


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _part(text: str) -> str:
    """Returns a part of an address: Hugo writes small letters, and hyphens for spaces."""
    return re.sub(r"[^\w.~+-]+", "-", text.lower()).strip("-")


def _alias(written: str, address: OldAddress) -> OldAddress:
    """Returns a former address; one without a leading slash is relative to the folder of the page."""
    return written if written.startswith("/") else posixpath.join(posixpath.dirname(address.rstrip("/")), written)


def _address(
    path: str, values: Mapping[Any, Any], given: Mapping[str, Any], config: Config, date: dt.datetime
) -> OldAddress:
    folder, _, stem = path.rpartition("/")
    section = path.partition("/")[0] if "/" in path else ""
    slug = "".join(old_site.texts(given.get("slug")))
    templates: Any = config.values.get("permalinks") or {}
    if isinstance(templates, dict) and isinstance(templates.get("page"), dict):
        templates = templates["page"]
    template = templates.get(section) if isinstance(templates, dict) else None
    is_ugly = config.values.get("uglyurls") is True
    if not isinstance(template, str):
        parts = [*filter(None, folder.split("/")), slug or stem]
        base = "/" + "/".join(map(_part, parts))
        return f"{base}.html" if is_ugly else f"{base}/"
    local = old_site.local(date, config.zone)
    known = {
        "year": f"{local.year:04}", "month": f"{local.month:02}", "day": f"{local.day:02}", "yearday": f"{local:%j}",
        "monthname": f"{local:%B}", "weekdayname": f"{local:%A}", "weekday": f"{local.isoweekday() % 7}",
        "section": _part(section), "sections": "/".join(map(_part, folder.split("/"))), "filename": _part(stem),
        "contentbasename": _part(stem), "title": slugify(str(values.get("title") or "")),
        "slug": _part(slug) or slugify(str(values.get("title") or "")), "slugorfilename": _part(slug or stem),
        "slugorcontentbasename": _part(slug or stem),
    }  # fmt: skip
    base = re.sub("/{2,}", "/", "/" + _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), template))
    return f"{base.rstrip('/')}.html" if is_ugly else f"{base.rstrip('/')}/"


def _replace_tags(
    post: Post, addresses: Mapping[str, OldAddress], _folder: str, body: str
) -> tuple[str, list[Diagnostic]]:
    left: list[Diagnostic] = []

    def replaced(match: re.Match[str]) -> str:
        groups = match.groupdict()
        if groups["code"] is not None:
            return f"```{groups['language']}\n{groups['code']}\n```"
        if groups["escaped"] is not None:
            return f"{{{{{groups['begin']}{groups['escaped']}{groups['end']}}}}}"
        attributes = dict(_ATTRIBUTE.findall(groups["figure"] or ""))
        if attributes.get("src"):
            return f"![{attributes.get('alt') or attributes.get('caption') or ''}]({attributes['src']})"
        name, hash_sign, fragment = (groups["ref"] or groups["ref2"] or groups["ref3"] or "").partition("#")
        address = _linked(name, post.document.name, addresses) if name else None
        if address:
            return f"{address}{hash_sign}{fragment}"
        shortcode = (groups["other"] or ("ref" if name else "figure")).strip()
        if shortcode.startswith("/"):
            return match[0]  # the end of one that is reported
        line = post.document.first_line + body.count("\n", 0, match.start())
        message = f"the shortcode {shortcode} is left in the text"
        left.append(post.document.warn(message, "write Markdown in its place", line))
        return match[0]

    return _TAG.sub(replaced, body), left


def _by_names(posts: Iterable[Post]) -> Mapping[str, OldAddress]:
    """Returns the addresses of pages by path, with a leading slash, and by each end of the path that is unambiguous."""
    found: dict[str, set[OldAddress]] = {}
    for post in posts:
        parts = _plain(post.document.name).split("/")
        for start in range(len(parts)):
            found.setdefault("/".join(parts[start:]), set()).add(post.address)
        found["/" + "/".join(parts)] = {post.address}
    return {name: next(iter(addresses)) for name, addresses in found.items() if len(addresses) == 1}


def _linked(name: str, source: str, addresses: Mapping[str, OldAddress]) -> OldAddress | None:
    """Returns the address of the page that a shortcode names: from the root, from its own folder, or by its end."""
    wanted = _plain(name)
    folders = (posixpath.dirname(source), posixpath.dirname(_plain(source)), "")  # a bundle is a folder and a page
    paths = (posixpath.normpath(posixpath.join("/", folder, wanted)) for folder in folders)
    return next((addresses[path] for path in (*paths, wanted) if path in addresses), None)


def _plain(path: str) -> str:
    """Returns the path of a page without suffix, and that of a bundle without ``index``."""
    return re.sub(r"(?:/index)?\.(?:md|markdown)$", "", path).strip("/")


PROGRAM: Final = Program(
    config=_config,
    is_post=lambda name: not name.rpartition("/")[2].startswith("_index."),  # the text of a list of pages
    post=_post,
    mapping=_MAPPING,
    handled=_HANDLED,
    addresses=_by_names,
    replace_tags=_replace_tags,
)
