"""Reads a site of Jekyll: posts in ``_posts`` and ``_drafts``, their permalinks, and Liquid tags."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from generator.commands.importer import old_site
from generator.commands.importer.old_site import Config, OldAddress, OldDocument, Post, Program
from generator.errors import Diagnostic
from generator.util.text import slugify

_MAPPING: Final = {
    "title": (":filename",),
    "publishedDateTime": ("date", ":filename"),
    "webUrl": ("link", "external_url", "external-url", "source_url"),
    "excerpt": ("description", "summary", "subtitle"),
    "images": ("image", "cover", "thumbnail"),
    "provider": ("source", "publisher"),
}
_HANDLED: Final = frozenset(
    {"categories", "category", "draft", "layout", "permalink", "published", "redirect_from", "slug", "tags"}
)
_STYLES: Final = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_DATED = re.compile(r"(?:\d{4}-\d{2}-\d{2}-)?(.+)\.\w+", re.ASCII)
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_FOLDER = re.compile(r"(?:(.*)/)?_(posts|drafts)/(.+)")
_TAG = re.compile(
    r"""\{%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}
    |\{%-?\s*comment\s*-?%\}(?P<comment>.*?)\{%-?\s*endcomment\s*-?%\}
    |\{%-?\s*highlight\s+(?P<language>\S*).*?-?%\}\n?(?P<code>.*?)\n?\{%-?\s*endhighlight\s*-?%\}
    |\{%-?\s*(?P<tag>post_url|link)\s+(?P<name>[^%]*?)\s*-?%\}
    |\{\{-?\s*site\.(?P<site>baseurl|url)\s*-?\}\}
    |\{\{-?\s*["'](?P<path>[^"']*)["']\s*\|\s*(?:relative_url|absolute_url)\s*-?\}\}
    |\{%-?\s*(?P<other>\w*).*?%\}
    |\{\{(?P<value>.*?)\}\}""",
    re.VERBOSE | re.DOTALL,
)


def _config(folder: Path, zone: dt.tzinfo) -> Config:
    values = old_site.config_file(folder, ("_config.yml", "_config.yaml", "_config.toml"))
    url, base = str(values.get("url") or ""), str(values.get("baseurl") or "").strip("/")
    return Config(
        base_url="/".join(filter(None, (url.rstrip("/"), base))) if url else "",
        title=str(values.get("title") or ""),
        zone=old_site.zone_of(values.get("timezone"), zone),
        values=values,
    )


def _post(document: OldDocument, values: Mapping[Any, Any], date: dt.datetime, config: Config) -> Post:
    given = document.values
    folder = _FOLDER.fullmatch(document.name)
    above = (folder[1] or "").split("/") if folder else []
    categories = [part for part in above if part]
    categories += [one for key in ("category", "categories") for one in _words(given.get(key)) if one not in categories]
    stem = _DATED.fullmatch(document.name.rpartition("/")[2])
    title = _slug(given.get("slug")) or _slug(stem[1] if stem else document.name)
    template = given.get("permalink") or config.values.get("permalink") or "date"
    return Post(
        document=document,
        values=values,
        date=date,
        slug=old_site.slug_of(given.get("slug"), stem[1] if stem else ""),
        address=_address(str(template), title, categories, old_site.local(date, config.zone)),
        aliases=tuple(filter(None, map(old_site.path_of, old_site.texts(given.get("redirect_from"))))),
        topics=(*_words(given.get("tags")), *(one for one in categories if one not in above)),
        is_draft=given.get("published") is False
        or given.get("draft") is True
        or bool(folder and folder[2] == "drafts"),
    )


def _words(value: object) -> list[str]:
    """Returns the entries of a list, or the words of a text, as Jekyll does."""
    return (
        value.split()
        if isinstance(value, str)
        else [str(one) for one in value or ()]
        if isinstance(value, list)
        else []
    )


def _slug(value: object) -> str:
    """Returns a text as Jekyll has it in addresses: with its capitals."""
    return re.sub(r"[^\w._~!$&'()+,;=@]+", "-", value).strip("-") if isinstance(value, str) else ""


def _address(template: str, title: str, categories: list[str], date: dt.datetime) -> OldAddress:
    template = _STYLES.get(template, template)
    year, week, weekday = date.isocalendar()
    parts = {
        "year": f"{date.year:04}", "short_year": f"{date.year % 100:02}", "month": f"{date.month:02}",
        "i_month": f"{date.month}", "short_month": f"{date:%b}", "day": f"{date.day:02}", "i_day": f"{date.day}",
        "y_day": f"{date:%j}", "week": f"{week:02}", "w_year": f"{year}", "w_day": f"{weekday}",
        "short_day": f"{date:%a}", "hour": f"{date.hour:02}", "minute": f"{date.minute:02}",
        "second": f"{date.second:02}", "title": title, "slug": slugify(title), "output_ext": ".html",
        "categories": "/".join(slugify(one) for one in categories),
    }  # fmt: skip
    address = _PLACEHOLDER.sub(lambda match: parts.get(match[1], match[0]), template)
    return re.sub("/{2,}", "/", f"/{address}")


def _replace_tags(
    post: Post, addresses: Mapping[str, OldAddress], folder: str, body: str
) -> tuple[str, list[Diagnostic]]:
    left: list[Diagnostic] = []

    def replaced(match: re.Match[str]) -> str:
        groups: dict[str, Any] = match.groupdict()
        if groups["raw"] is not None:
            return str(groups["raw"])
        if groups["comment"] is not None:
            return "\n" * match[0].count("\n")
        if groups["code"] is not None:
            return f"```{groups['language']}\n{groups['code']}\n```"
        if groups["site"] or groups["path"] is not None:
            path = "" if groups["site"] else f"/{groups['path'].lstrip('/')}"
            return path if groups["site"] == "url" else folder + path
        name = str(groups["name"] or "").strip("\"'").strip("/")
        if name in addresses:
            return addresses[name]
        line = post.document.first_line + body.count("\n", 0, match.start())
        what = f"the tag {groups['tag'] or groups['other']}" if groups["value"] is None else "a value in {{ }}"
        left.append(post.document.warn(f"{what} of Liquid is left in the text", "write Markdown in its place", line))
        return match[0]

    return _TAG.sub(replaced, body), left


def _names(path: str) -> set[str]:
    """Returns what tags call a post: its path, and without suffix its path below ``_posts`` or with that left out."""
    return {path, path.rpartition("_posts/")[2].rpartition(".")[0], path.replace("_posts/", "").rpartition(".")[0]}


PROGRAM: Final = Program(
    config=_config,
    is_post=lambda name: bool(_FOLDER.fullmatch(name)),
    post=_post,
    mapping=_MAPPING,
    handled=_HANDLED,
    addresses=lambda posts: {name: post.address for post in posts for name in _names(post.document.name)},
    replace_tags=_replace_tags,
    within=("_posts/", "_drafts/"),
)
