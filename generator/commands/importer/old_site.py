"""The site that is imported, as its program reads it, before anything is mapped."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
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
        """Returns a warning about something that is not imported."""
        return Diagnostic(
            path=self.path, line=line, column=column, code=Code.NOT_IMPORTED, severity=Severity.WARNING,
            message=message, remedy=remedy,
        )  # fmt: skip


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A document with what its program makes of it."""

    document: OldDocument
    values: Mapping[Any, Any]
    """Its fields under our names."""
    date: dt.datetime
    """In the zone of the old site; for a day without a time, midnight UTC."""
    slug: str
    address: OldAddress
    aliases: tuple[OldAddress, ...] = ()
    topics: tuple[str, ...] = ()
    is_draft: bool = False


class OldSite(msgspec.Struct, frozen=True, kw_only=True):
    """All posts of the old site."""

    config: Config
    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]
    """Errors of documents that cannot be imported, and warnings about those that are no posts."""
    handled: frozenset[str]
    """The names of fields that need no mapping, because their meaning is in the posts."""
    mapping: FieldMapping
    addresses: Mapping[str, OldAddress]
    """The addresses of posts by the names that tags have for them."""
    replace_tags: "Callable[[Post, Mapping[str, OldAddress], str, str], tuple[str, list[Diagnostic]]]"
    """Returns the body of a post with the tags of its program replaced, and a warning for each that is left.

    It is given ``addresses``, and the folder of the base URL, such as ``/blog`` or empty, before the body.
    """


def find(folder: Path, diagnostics: list[Diagnostic], *, within: tuple[str, ...] = ("",)) -> Found:
    """Returns the files of a folder. Adds what is wrong with those that have one of these texts in their path."""
    found = source_files.find(folder)
    diagnostics += (one for one in found.diagnostics if any(text in one.path for text in within))
    for path in found.ignored:
        if path.endswith(_OTHER_MARKUP) and any(text in path for text in within):
            warning = Diagnostic(
                path=path, code=Code.NOT_IMPORTED, severity=Severity.WARNING,
                message="is not Markdown, so it is not imported", remedy="convert it to Markdown first",
            )  # fmt: skip
            diagnostics.append(warning)
    return found


def read_documents(
    found: Found, files: list[SourceFile], diagnostics: list[Diagnostic], *, below: str = "", header: bool = False
) -> Iterator[OldDocument]:
    """Yields the documents that can be read, and adds the errors of the others.

    Args:
        found: the folder.
        files: the files in it.
        diagnostics: the list to add to.
        below: the part of their names that is removed.
        header: whether their fields are lines such as ``Title: …``.
    """
    for file in files:
        read = source_files.read(found.folder.path(file.name), name=file.name, shown=found.folder.named(file.name))
        if isinstance(read, Diagnostic):
            diagnostics.append(read)
            continue
        try:
            document = _with_header(read) if header else _with_front_matter(read)
        except FrontMatterError as error:
            diagnostics += (one.in_file(read.shown) for one in error.diagnostics)
            continue
        yield msgspec.structs.replace(document, name=file.name.removeprefix(below))


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


def map_fields(
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


def is_day(date: dt.datetime) -> bool:
    """Whether a time is midnight UTC, which means a day without a time."""
    return date.utcoffset() == dt.timedelta() and date.time() == dt.time(0)


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
