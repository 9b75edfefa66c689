"""Reads the site that is imported: its configuration, and its posts with their old addresses."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from generator.content import field_mapping, front_matter, source_files
from generator.content.field_mapping import FieldMapping
from generator.content.front_matter import FrontMatterError, JsonHandler, TomlHandler
from generator.content.source_files import Found, SourceFile
from generator.errors import Code, Diagnostic, SettingsError, Severity
from generator.util import dates
from generator.util.text import slugify

MARKDOWN = (".md", ".markdown")
_OTHER_MARKUP = (".adoc", ".html", ".org", ".rst", ".textile")
OldAddress = str
"""A path on the old site, without the folder of its base URL."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration of the old site says."""

    base_url: str
    """Empty if it does not say."""
    title: str
    zone: dt.tzinfo
    """The zone of times without one."""
    values: Mapping[str, Any]
    """All values, under the names of its program."""
    content: str = ""
    """The folder of the posts, relative to that of the site. If it does not exist, all of the site is read."""


def not_imported(path: str, message: str, remedy: str, line: int = 1, column: int = 1) -> Diagnostic:
    """Returns a warning about something that is not imported, or not as it was."""
    return Diagnostic(
        path=path, line=line, column=column, code=Code.NOT_IMPORTED, severity=Severity.WARNING, message=message,
        remedy=remedy,
    )  # fmt: skip


class OldDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the old site, with its fields as they are written."""

    name: str
    """Its path, relative to the folder that its program reads."""
    path: str
    """Its path for diagnostics."""
    values: Mapping[str, Any]
    places: Mapping[tuple[str | int, ...], tuple[int, int]]
    """The line and column of each field."""
    body: str
    first_line: int
    """The line in which the body begins."""

    def warn(self, message: str, remedy: str, line: int = 1, column: int = 1) -> Diagnostic:
        """Returns a warning about something in the document that is not imported."""
        return not_imported(self.path, message, remedy, line, column)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A document with what its program makes of it."""

    document: OldDocument
    values: Mapping[Any, Any]
    """Its fields under our names."""
    date: dt.datetime
    """With its own zone, else that of the old site; for a day without a time, midnight UTC."""
    slug: str
    address: OldAddress
    aliases: tuple[OldAddress, ...] = ()
    topics: tuple[str, ...] = ()
    is_draft: bool = False


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program whose sites can be imported: everything in which it differs from the others."""

    config: Callable[[Path, dt.tzinfo], Config]
    """Reads the configuration in a folder. The zone is used if the configuration names none."""
    is_post: Callable[[str], bool]
    """Whether a Markdown file with this name may be a post."""
    post: Callable[[OldDocument, Mapping[Any, Any], dt.datetime, Config], Post]
    """Returns the post of a document, given its fields under our names and its date."""
    mapping: FieldMapping
    handled: frozenset[str]
    """The names of fields that need no mapping, because their meaning is in the posts."""
    addresses: Callable[[Sequence[Post]], Mapping[str, OldAddress]]
    """Returns the addresses of posts by the names that tags have for them."""
    replace_tags: Callable[[Post, Mapping[str, OldAddress], str, str], tuple[str, list[Diagnostic]]]
    """Returns the body of a post with the tags of its program replaced, and a warning for each that is left.

    It is given ``addresses``, and the folder of the base URL, such as ``/blog`` or empty, before the body.
    """
    within: tuple[str, ...] = ("",)
    """Of the files that cannot be read, those with one of these texts in their path are reported."""
    has_header: bool = False
    """Whether fields are lines such as ``Title: …``."""


class OldSite(msgspec.Struct, frozen=True, kw_only=True):
    """All posts of the old site."""

    program: Program
    config: Config
    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]
    """Errors of documents that cannot be imported, and warnings about those that are no posts."""


def read(folder: Path, program: Program, zone: dt.tzinfo) -> OldSite:
    """Reads the site in a folder; ``zone`` is used for times without one if the site names none.

    Raises:
        SettingsError: the configuration cannot be read.
    """
    config = program.config(folder, zone)
    content = folder / config.content
    found = source_files.find(content if content.is_dir() else folder)
    message, remedy = "is not Markdown, so it is not imported", "convert it to Markdown first"
    other = (not_imported(path, message, remedy) for path in found.ignored if path.endswith(_OTHER_MARKUP))
    unread = (*found.diagnostics, *other)
    diagnostics = [one for one in unread if any(text in one.path for text in program.within)]
    posts = []
    for file in found.files:
        if file.name.endswith(MARKDOWN) and program.is_post(file.name):
            document = _read_document(found, file, diagnostics, has_header=program.has_header)
            mapped = document and _map_fields(document, program.mapping, config.zone, diagnostics)
            if document and mapped:
                posts.append(program.post(document, *mapped, config))
    return OldSite(program=program, config=config, posts=tuple(posts), diagnostics=tuple(diagnostics))


def _read_document(
    found: Found, file: SourceFile, diagnostics: list[Diagnostic], *, has_header: bool
) -> OldDocument | None:
    """Returns a document, or None after reporting why it cannot be read."""
    read = source_files.read(found.folder.path(file.name), name=file.name, shown=found.folder.named(file.name))
    if isinstance(read, Diagnostic):
        diagnostics.append(read)
        return None
    try:
        return _with_header(read) if has_header else _with_front_matter(read)
    except FrontMatterError as error:
        diagnostics += (one.in_file(read.shown) for one in error.diagnostics)
        return None


def _with_front_matter(read: source_files.Document) -> OldDocument:
    values, body, lines_before = front_matter.split_and_load(read.text)
    found = front_matter.locate(front_matter.yaml_of(read.text))
    places = {at: (line + lines_before, column) for at, (line, column) in found.items()}
    first_line = read.text.count("\n", 0, read.text.rindex(body)) + 1 if body else 1
    named = {str(key): value for key, value in values.items()}
    return OldDocument(name=read.name, path=read.shown, values=named, places=places, body=body, first_line=first_line)


def _with_header(read: source_files.Document) -> OldDocument:
    """Reads lines ``Key: value`` up to the first empty line; an indented line continues a value."""
    values: dict[str, str] = {}
    places: dict[tuple[str | int, ...], tuple[int, int]] = {}
    lines = read.text.split("\n")
    number, key = 0, ""
    for number, line in enumerate([*lines, ""]):
        name, colon, value = line.partition(":")
        if line.startswith("    ") and key:
            values[key] += f"\n{line.strip()}"
        elif colon and name.strip() and not name.startswith(" ") and " " not in name.strip():
            key = name.strip().lower()
            values[key] = value.strip()
            places[key,] = number + 1, 1
        elif line.strip() not in {"---", "..."} or values:
            break
    rest = lines[number:]
    if rest and rest[0].strip() in {"---", "..."}:
        number, rest = number + 1, rest[1:]
    body = "\n".join(rest)
    first_line = number + 1 + len(body) - len(body.lstrip("\n"))
    return OldDocument(
        name=read.name, path=read.shown, values=values, places=places, body=body.strip(), first_line=first_line
    )


def config_file(folder: Path, names: tuple[str, ...]) -> Mapping[str, Any]:
    """Returns the values of the first of these files that exists; none if there is none.

    Raises:
        SettingsError: the file cannot be read.
    """
    path = next((path for name in names if (path := folder / name).is_file()), None)
    if path is None:
        return {}
    read = source_files.read(str(path), name=path.name, shown=path.as_posix())
    if isinstance(read, Diagnostic):
        raise SettingsError([read])
    if not read.text.strip():
        return {}
    try:
        if path.suffix == ".toml":
            return TomlHandler().load(f"+++{read.text}")
        if path.suffix == ".json":
            return JsonHandler().load(read.text)
        return front_matter.load(read.text)
    except FrontMatterError as error:
        raise SettingsError(one.in_file(read.shown) for one in error.diagnostics) from None


def zone_of(value: object, default: dt.tzinfo) -> dt.tzinfo:
    """Returns the time zone with a name, and the default for any other value."""
    try:
        return dates.zone(value) if isinstance(value, str) and value else default
    except (KeyError, ValueError, OSError):
        return default


def _map_fields(
    document: OldDocument, mapping: FieldMapping, zone: dt.tzinfo, diagnostics: list[Diagnostic]
) -> tuple[Mapping[Any, Any], dt.datetime] | None:
    """Returns the fields of a document under our names, and its date; None after reporting that it has none."""
    values = field_mapping.apply(document.values, mapping, name=document.name, zone=zone).values
    written = values.get("publishedDateTime")
    try:
        date = dt.datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        date = None
    # Neighbouring years must exist in any zone.
    if date is None or date.tzinfo is None or not dt.MINYEAR < date.year < dt.MAXYEAR:
        line, column = document.places.get(("date",), (1, 1))
        message = "date is no time that can be read" if written else "has no date, so it is not imported"
        if written:
            error = Diagnostic(
                path=document.path, line=line, column=column, code=Code.INVALID_TIME, message=message,
                remedy="write it as 2026-03-14T09:00:00Z",
            )  # fmt: skip
            diagnostics.append(error)
        else:
            diagnostics.append(document.warn(message, "give it a `date:` if it is a post"))
        return None
    return values, date


def local(date: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Returns the date of a post in a zone; that of a day without a time stays midnight UTC.

    Another time that is midnight UTC is a time in old addresses, but a day in new ones (:func:`dates.local`).
    """
    is_day = date.utcoffset() == dt.timedelta() and date.time() == dt.time(0)
    return date if is_day else date.astimezone(zone)


def path_of(address: object) -> str | None:
    """Returns the path of an old address that is a text and has no host, with a leading slash."""
    text = address.strip() if isinstance(address, str) else ""
    return f"/{text.lstrip('/')}" if text and "://" not in text and not text.startswith("//") else None


def texts(value: object) -> tuple[str, ...]:
    """Returns a list of texts, or one text, as the texts in it."""
    values = value if isinstance(value, list) else [value]
    return tuple(one.strip() for one in values if isinstance(one, str) and one.strip())


def slug_of(value: object, otherwise: str) -> str:
    """Returns the slug for a text, else for another one."""
    return slugify(value if isinstance(value, str) else "") or slugify(otherwise)
