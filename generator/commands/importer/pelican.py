"""Reads a site of Pelican: articles in Markdown, whose fields are lines such as ``Title: …``, and their addresses."""

import ast
import datetime as dt
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from generator.commands.importer import old_site
from generator.commands.importer.old_site import MARKDOWN, Config, OldAddress, OldDocument, Post, Program
from generator.errors import Code, Diagnostic, SettingsError
from generator.util.text import slugify

_MAPPING: Final = {
    "title": (":filename",),
    "publishedDateTime": ("date", ":filename"),
    "webUrl": ("link", "external_url", "source_url"),
    "excerpt": ("summary", "description", "subtitle"),
    "images": ("image", "cover", "thumbnail", "featured_image"),
    "provider": ("source", "publisher"),
}
_HANDLED: Final = frozenset({"category", "save_as", "slug", "status", "tags", "template", "url"})
_CONFIG_NAMES: Final = ("pelicanconf.py", "publishconf.py")
_PLACEHOLDER = re.compile(r"\{(slug|category|date(?::(?P<form>%[YmdbBjHM](?:[-/]?%[YmdbBjHM])*))?)\}")
_TAG = re.compile(r"""(?:\{|(?<=[("])\|)(filename|static|attach|tag|category|author|index)[}|](?P<path>[^\s)>"'#]*)""")
_MARKS: Final = {"static", "attach"}


def _config(folder: Path, zone: dt.tzinfo) -> Config:
    values: dict[str, Any] = {}
    for name in _CONFIG_NAMES:
        values |= _settings(folder / name)
    return Config(
        base_url=str(values.get("SITEURL") or ""),
        title=str(values.get("SITENAME") or ""),
        zone=old_site.zone_of(values.get("TIMEZONE"), zone),
        values=values,
        content=str(values.get("PATH") or "content"),
    )


def _settings(path: Path) -> Mapping[str, Any]:
    """Returns the settings with plain values in a file of Python, which is not run."""
    if not path.is_file():
        return {}
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError) as error:
        line = (error.lineno if isinstance(error, SyntaxError) else 1) or 1
        message, remedy = "cannot be read as Python", "fix it, or move it and give --base-url"
        raise SettingsError(
            [Diagnostic(path=path.as_posix(), line=line, code=Code.INVALID_SETTING, message=message, remedy=remedy)]
        ) from None
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                values[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue  # computed
    return values


def _post(document: OldDocument, values: Mapping[Any, Any], date: dt.datetime, config: Config) -> Post:
    given = document.values
    slug = old_site.slug_of(given.get("slug"), str(values.get("title") or ""))
    category = str(given.get("category") or posixpath.dirname(document.name) or "misc")
    template = str(config.values.get("ARTICLE_URL") or config.values.get("ARTICLE_SAVE_AS") or "{slug}.html")
    written = given.get("url") or given.get("save_as")
    local = old_site.local(date, config.zone)
    address = old_site.path_of(written) or _address(template, slug, slugify(category), local)
    saved = old_site.path_of(given.get("save_as"))
    return Post(
        document=document,
        values=values,
        date=date,
        slug=slug,
        address=address,
        aliases=(saved,) if saved and saved != address else (),
        topics=tuple(one.strip() for key in ("tags", "category") for one in _parts(given.get(key)) if one.strip()),
        is_draft=str(given.get("status") or "").lower() in {"draft", "hidden"},
    )


def _parts(value: object) -> list[str]:
    return re.split(r"[,;\n]", value) if isinstance(value, str) else []


def _address(template: str, slug: str, category: str, date: dt.datetime) -> OldAddress:
    known = {"slug": slug, "category": category}

    def filled(match: re.Match[str]) -> str:
        return known.get(match[1]) or date.strftime(match["form"] or "%Y-%m-%d")

    return re.sub("/{2,}", "/", "/" + _PLACEHOLDER.sub(filled, template))


def _replace_tags(
    post: Post, addresses: Mapping[str, OldAddress], folder: str, body: str
) -> tuple[str, list[Diagnostic]]:
    left: list[Diagnostic] = []
    beside = posixpath.dirname(post.document.name)

    def replaced(match: re.Match[str]) -> str:
        written = match["path"]
        path = posixpath.normpath(written.lstrip("/") if written.startswith("/") else posixpath.join(beside, written))
        if match[1] in _MARKS:
            return f"{folder}/{path}"
        if match[1] == "filename" and path in addresses:
            return addresses[path]
        if match[1] == "filename" and not path.endswith(MARKDOWN):
            return f"{folder}/{path}"  # a picture
        line = post.document.first_line + body.count("\n", 0, match.start())
        message = f"the link to {{{match[1]}}}{written} is left in the text"
        left.append(post.document.warn(message, "write the address of a page", line))
        return match[0]

    return _TAG.sub(replaced, body), left


PROGRAM: Final = Program(
    config=_config,
    is_post=lambda name: not name.startswith("pages/"),
    post=_post,
    mapping=_MAPPING,
    handled=_HANDLED,
    addresses=lambda posts: {post.document.name: post.address for post in posts},
    replace_tags=_replace_tags,
    has_header=True,
)
