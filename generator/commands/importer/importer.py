"""Makes documents of the posts of another site: fields, addresses, links and topics."""

import contextlib
import datetime as dt
import html
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import msgspec

from generator.commands import document_files
from generator.commands.importer import hugo, jekyll, links, old_site, pelican
from generator.commands.importer.old_site import OldSite, Post, Program
from generator.config.document_fields import NAMES
from generator.config.settings import Settings
from generator.content import aliases, urls
from generator.content.aliases import InvalidAliasError
from generator.content.front_matter import shown_name
from generator.content.parse import parse
from generator.content.publishers import Publishers
from generator.content.source_files import Document
from generator.errors import Code, Diagnostic, Severity, has_error, merge_unknown_keys, sorted_by_place
from generator.util import dates, weburls
from generator.util.file_names import writable
from generator.util.text import repair, short_hash, shorten, slugify

PROGRAMS: Final[Mapping[str, Program]] = {"jekyll": jekyll.PROGRAM, "hugo": hugo.PROGRAM, "pelican": pelican.PROGRAM}
"""The programs whose sites can be imported."""
_KEPT: Final = NAMES - {"aliases", "category", "draft", "published", "related", "secured", "slug", "topics", "type"}
_ORDER: Final = (
    "title",
    "excerpt",
    "publishedDateTime",
    "webUrl",
    "type",
    "provider",
    "topics",
    "images",
    "aliases",
    "draft",
)
_MORE = re.compile(links.CODE + r"|[ \t]?<!--[ \t]*more[ \t]*-->", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_NO_TEXT = re.compile(r"(<code\b.*?</code>)|\{\{[^{}]*\}\}|\{%[^{}]*%\}", re.DOTALL)
"""A shortcode or tag that is left in a paragraph; code is kept."""
_EXCERPT_LENGTH = 300


class NoBaseUrlError(Exception):
    """Neither the configuration of the old site nor the user says at which address it is."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written."""

    files: Mapping[str, str]
    """The text of each document by its file name."""
    diagnostics: tuple[Diagnostic, ...]
    failed: int
    """The number of documents that cannot be imported."""


class _Target(msgspec.Struct, frozen=True, kw_only=True):
    """A post with its place on the new site."""

    post: Post
    name: str
    """The file name of its document."""
    address: str


def import_site(folder: Path, program: str, settings: Settings, base_url: str | None = None) -> Imported:
    """Reads the site in a folder, and makes documents of its posts.

    Args:
        folder: the root of the old site, or the folder of its posts.
        program: a key of ``PROGRAMS``.
        settings: of the new site.
        base_url: the address of the old site, if its configuration does not have it.

    Raises:
        SettingsError: the configuration of the old site cannot be read.
        NoBaseUrlError: the address of the old site is not known.
    """
    zone = dates.zone(settings.timezone)
    old = old_site.read(folder, PROGRAMS[program], zone)
    try:
        base = weburls.clean(base_url or old.config.base_url).rstrip("/") + "/"
    except weburls.InvalidUrlError:
        raise NoBaseUrlError from None
    if old.config.zone != zone:
        message = f"the days of posts are those of {settings.timezone}, and the old site has {old.config.zone}"
        remedy = f'write timezone = "{old.config.zone}" in site.toml before you import, to keep the days of posts'
        warning = old_site.not_imported(folder.as_posix(), message, remedy)
        old = msgspec.structs.replace(old, diagnostics=(*old.diagnostics, warning))
    return _Import(old, base, settings, zone).run()


class _Import:
    """The import of one site."""

    def __init__(self, old: OldSite, base: str, settings: Settings, zone: dt.tzinfo) -> None:
        self._old = old
        self._base = base
        self._folder = urls.base_path(base)
        scheme, _, rest = base.partition(":")
        self._other_base = f"{'http' if scheme == 'https' else 'https'}:{rest}"
        self._settings = settings
        self._zone = zone
        self._diagnostics = list(old.diagnostics)
        self._targets = self._place()
        self._named = old.program.addresses(old.posts)
        self._by_name = {one.post.document.name: one.post.address for one in self._targets}
        self._new = self._addresses()
        self._places = {one.address for one in self._targets}
        self._unlinked = {one.address for one in self._targets if one.post.is_draft}

    def run(self) -> Imported:
        """Returns the documents, and everything that was not imported."""
        failed = len({one.path for one in self._diagnostics if one.is_error})
        while True:
            made = {target.name: self._document(target) for target in self._targets}
            refused = {name for name, (_, found) in made.items() if has_error(found)}
            if not refused:
                break
            # Links to them would be dead, so the others are made again.
            failed += len(refused)
            self._diagnostics += (one for name in refused for one in made[name][1])
            self._unlinked |= {target.address for target in self._targets if target.name in refused}
            self._targets = [target for target in self._targets if target.name not in refused]
        self._diagnostics += (one for _, found in made.values() for one in found)
        files = {name: text for name, (text, _) in made.items()}
        merged = sorted_by_place(merge_unknown_keys(dict.fromkeys(self._diagnostics)))
        return Imported(files=files, diagnostics=merged, failed=failed)

    def _place(self) -> list[_Target]:
        """Gives each post a file name, which sets its new address."""
        found: dict[str, _Target] = {}
        for post in sorted(self._old.posts, key=lambda one: one.document.name):
            day = dates.local(post.date, self._zone).date()
            slug = post.slug or slugify(str(post.values.get("title") or "")) or f"post-{short_hash(post.address)}"
            while f"{day}-{slug}.md" in found:
                slug = f"{slug}-2"
            name = f"{day}-{slug}.md"
            found[name] = _Target(post=post, name=name, address=f"{urls.day(day)}{writable(slug)}/")
        return list(found.values())

    def _addresses(self) -> dict[str, str]:
        """Returns the new address for each old one, in the form of :func:`aliases.clean` and in small letters."""
        found: dict[str, str] = {}
        for target in self._targets:
            for address in (target.post.address, *target.post.aliases):
                with contextlib.suppress(InvalidAliasError):
                    found.setdefault(aliases.clean(address).casefold(), target.address)
        return found

    def _document(self, target: _Target) -> tuple[str, list[Diagnostic]]:
        """Returns the text of a document, and what is wrong with it or could not be imported."""
        post, old = target.post, target.post.document
        body = _MORE.sub(lambda match: match["code"] or "", old.body)
        body, found = self._old.program.replace_tags(post, self._named, self._folder, body)
        body = links.rewrite(body, lambda link, line: self._link(link, target, old.first_line + line, found))
        values = self._values(target, found)
        text = _text(values, body)
        source = Document(name=target.name, shown=old.path, text=text)
        parsed = parse(source, publishers=Publishers(), zone=self._zone)
        html_of_body = parsed.item.body.html if parsed.item and parsed.item.body and not parsed.item.excerpt else ""
        if excerpt := _excerpt(html_of_body):
            text = _text(values | {"excerpt": excerpt}, body)
        found += (msgspec.structs.replace(one, line=1, column=1) for one in parsed.diagnostics if one.is_error)
        found += self._unknown(post)
        return text, found

    def _values(self, target: _Target, found: list[Diagnostic]) -> dict[str, Any]:
        post = target.post
        values = {key: value for key, value in post.values.items() if key in _KEPT}
        values |= {key: repair(str(values[key])) for key in ("title", "excerpt") if _is_scalar(values.get(key))}
        values["publishedDateTime"] = post.date.isoformat(timespec="seconds").replace("+00:00", "Z")
        own = self._own_address(target)
        written = values.get("webUrl")
        if not isinstance(written, str) or not written.strip():
            values["webUrl"] = own
        if not values.get("provider"):
            name = repair(self._old.config.title) if values["webUrl"] == own else ""
            values["provider"] = {"name": name or _host(values["webUrl"])}
        if post.values.get("type") == "video":
            values["type"] = "video"
        topics = {repair(one): None for one in post.topics}
        values |= {"topics": list(topics)} if topics else {}
        if kept := self._aliases(target, found):
            values["aliases"] = kept
        if pictures := [self._picture(one, post) for one in values.pop("images", None) or ()]:
            values["images"] = pictures
        if post.is_draft:
            values["draft"] = True
        return values

    def _own_address(self, target: _Target) -> str:
        """Returns the address of a post on its own site: the new one if the site keeps its address."""
        if self._base == self._settings.base_url:
            return urls.absolute(urls.Address(target.address), self._base)
        return self._old_address(target.post)

    def _old_address(self, post: Post) -> str:
        return self._base + post.address.lstrip("/")

    def _picture(self, picture: Any, post: Post) -> Any:  # noqa: ANN401 - any value, which is checked later
        if isinstance(picture, dict) and isinstance(picture.get("url"), str):
            return picture | {"url": self._on_old_site(picture["url"], post)}
        return picture

    def _aliases(self, target: _Target, found: list[Diagnostic]) -> list[str]:
        """Returns the former addresses that lead to a post only; others are reported."""
        kept: dict[str, str] = {}
        for address in (target.post.address, *target.post.aliases):
            try:
                alias = aliases.clean(address)
            except InvalidAliasError as error:
                message = f"the address {address} is not kept: it {error}"
                found.append(target.post.document.warn(message, "redirect it on the host"))
                continue
            folded = alias.casefold()
            if folded == target.address or folded in kept:
                continue
            if self._new.get(folded) != target.address or folded in self._places:
                message = f"the address {address} is not kept: another post has it"
                found.append(target.post.document.warn(message, "write it in the `aliases:` of one document"))
                continue
            kept[folded] = alias
        return list(kept.values())

    def _link(self, link: str, target: _Target, line: int, found: list[Diagnostic]) -> str:
        """Returns the target of a link on the new site; what was not imported stays on the old one."""
        if link.startswith(("#", "//", "mailto:", "tel:", "data:")) or "{" in link:
            return link
        address = self._on_old_site(link, target.post)
        if not address.startswith(self._base):
            return link
        path, mark, fragment = f"/{address.removeprefix(self._base)}".partition("#")
        new = None
        with contextlib.suppress(InvalidAliasError):
            new = self._new.get(aliases.clean(path).casefold())
        if new and new not in self._unlinked:
            return f"{new}{mark}{fragment}"
        if not new and link.startswith("/") and not link.startswith(f"{self._folder}/"):
            # The programs add their folder to the links of tags only.
            address = urljoin(self._base, link)
        message = f"the link to {link} leads to {address}"
        found.append(target.post.document.warn(message, "copy what it leads to, and change the link", line))
        return address

    def _on_old_site(self, link: str, post: Post) -> str:
        """Returns the complete address of a link on the old site. A path there may lack the folder of the site."""
        name, mark, fragment = link.partition("#")
        beside = posixpath.normpath(posixpath.join("/", posixpath.dirname(post.document.name), name))
        if name and (address := self._by_name.get(beside.lstrip("/"))):
            link = f"{address}{mark}{fragment}"
        if link.startswith("/") and not link.startswith(("//", f"{self._folder}/")):
            link = self._folder + link
        with contextlib.suppress(ValueError):  # brackets that are no host
            link = urljoin(self._old_address(post), link)
        other = self._other_base
        return self._base + link.removeprefix(other) if link.startswith(other) else link

    def _unknown(self, post: Post) -> Iterable[Diagnostic]:
        mapped = {name.partition(".")[0] for names in self._old.program.mapping.values() for name in names}
        for key in post.document.values:
            if key in mapped or key in _KEPT or key in self._old.program.handled or not post.document.values[key]:
                continue
            line, column = post.document.places.get((key,), (1, 1))
            message = f"the field {shown_name(key)} is not imported"
            yield Diagnostic(
                path=post.document.path, line=line, column=column, code=Code.UNKNOWN_KEY, severity=Severity.WARNING,
                message=message, remedy="write its value where you need it, or drop it",
            )  # fmt: skip


def _is_scalar(value: object) -> bool:
    """Whether a value is a text, or a number that was meant as one."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _host(address: str) -> str:
    try:
        return weburls.host(weburls.clean(address))
    except weburls.InvalidUrlError:
        return ""  # reported when the document is read


def _excerpt(body: str) -> str:
    """Returns the first paragraph of a body that has text, as plain text."""
    written = (_NO_TEXT.sub(lambda match: match[1] or "", one) for one in _PARAGRAPH.findall(body))
    texts = (repair(html.unescape(_TAG.sub("", one))) for one in written)
    return shorten(next(filter(None, texts), ""), _EXCERPT_LENGTH)


def _text(values: Mapping[str, Any], body: str) -> str:
    ordered = {key: values[key] for key in _ORDER if key in values}
    ordered |= {key: values[key] for key in sorted(values) if key not in ordered}
    return f"---\n{document_files.dump(document_files.quoted(ordered))}---\n" + (
        f"{body.strip()}\n" if body.strip() else ""
    )
