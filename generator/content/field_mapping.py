"""Reads the fields of documents of other programs, which ``[fields]`` in ``site.toml`` maps. Pure.

A mapped field may have the forms that these programs have for it, such as one text for a list.
``docs/bring-your-documents.md`` lists them. Any other value is kept as it is, and the reader of the field reports it.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from generator.config.document_fields import FROM_FILE_NAME, NAMES
from generator.content.field_errors import FieldDiagnostic
from generator.content.front_matter import KeyPath
from generator.errors import Code

FieldMapping = Mapping[str, Sequence[str]]
"""For each mapped field the names under which documents have it; the first that a document has is used."""

_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)[ ]?(Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_IMAGE_KEYS = ("url", "path", "src", "image")


class Mapped(NamedTuple):
    """The fields of a document under our names."""

    values: Mapping[Any, Any]
    places: Mapping[str, KeyPath]
    """For each field that has another name in the document, the place there; empty if it is not in the front matter."""

    def place(self, at: KeyPath) -> KeyPath:
        """Returns the place in the document of a place under our names."""
        return (*self.places.get(str(at[0]), at[:1]), *at[1:]) if at else at


def apply(values: Mapping[Any, Any], mapping: FieldMapping, *, name: str, zone: dt.tzinfo) -> Mapped:
    """Returns the fields of a document under our names.

    Args:
        values: the fields as they are in the document.
        mapping: the setting ``fields``.
        name: the path of the document, for ``:filename``.
        zone: the zone of times without one.
    """
    mapped = dict(values)
    places: dict[str, KeyPath] = {}
    for names in mapping.values():
        for top in {other.partition(".")[0] for other in names} - NAMES:
            mapped.pop(top, None)
    for field, names in mapping.items():
        for other in (field, *names):
            at = tuple(other.split("."))
            value = _from_file_name(field, name) if other == FROM_FILE_NAME else _at(values, at)
            if value not in (None, "", []):
                mapped[field] = _FORMS[field](value, zone) if field in _FORMS else value
                if other != field:
                    places[field] = () if other == FROM_FILE_NAME else at
                break
    return Mapped(mapped, places)


def placed(diagnostics: Iterable[FieldDiagnostic], mapping: FieldMapping, mapped: Mapped) -> list[FieldDiagnostic]:
    """Returns the diagnostics with the names and places that the fields have in the document.

    A provider that is missing is not reported: other programs have none.
    """
    found = []
    for one in diagnostics:
        field = str(one.at[0]) if one.at else ""
        if one.code is Code.MISSING_FIELD and one.at == ("provider",):
            continue
        if one.code is Code.MISSING_FIELD and len(one.at) == 1 and field in mapping:
            others = " or ".join(f"`{other}:`" for other in mapping[field] if other != FROM_FILE_NAME)
            found.append(msgspec.structs.replace(one, remedy=f"{one.remedy}, or {others}" if others else one.remedy))
        elif field in mapped.places:
            found.append(_renamed(one, field, mapped.places[field]))
        else:
            found.append(one)
    return found


def _renamed(one: FieldDiagnostic, field: str, at: KeyPath) -> FieldDiagnostic:
    other = ".".join(map(str, at)) or "the file name"
    message = one.message.replace(field, f"{other} ({field})", 1)
    remedy = one.remedy.replace(f"`{field}:", f"`{at[-1]}:") if at else one.remedy
    return msgspec.structs.replace(one, at=(*at, *one.at[1:]), message=message, remedy=remedy)


def _at(values: Mapping[Any, Any], at: KeyPath) -> object:
    found: object = values
    for key in at:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _from_file_name(field: str, name: str) -> str:
    folders, _, file = name.rpartition("/")
    stem = file.rpartition(".")[0]
    if stem == "index":
        stem = folders.rpartition("/")[2]
    dated = _DATED_NAME.fullmatch(stem)
    if field == "publishedDateTime":
        return dated[1] if dated else ""
    words = (dated[2] if dated else stem).replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def moment(value: object, zone: dt.tzinfo) -> object:
    """Returns a time with its zone in ISO 8601, and midnight UTC for a date: the form of a day without a time."""
    written = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not written:
        return value
    date, time, offset = written.groups()
    if not time:
        return f"{date}T00:00:00Z"
    if offset:
        return f"{date}T{time}{offset.upper().replace('UTC', 'Z')}"
    try:
        return dt.datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=zone).isoformat()
    except ValueError:
        return value


def words(value: object, _zone: dt.tzinfo = dt.UTC) -> object:
    """Returns a list of texts: of one text the parts between commas or, if it has none, between spaces."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if "," in value else value.split()
    entries = value if isinstance(value, list) else [value]
    return [str(one) if isinstance(one, (int, float)) and not isinstance(one, bool) else one for one in entries]


def _list(value: object, _zone: dt.tzinfo) -> object:
    return value if isinstance(value, list) else [value]


def images(value: object, _zone: dt.tzinfo = dt.UTC) -> object:
    """Returns a list of pictures in our form, of one picture or a list of them; each is an address or has one."""
    return [_image(one) for one in (value if isinstance(value, list) else [value])]


def _image(value: object) -> object:
    if isinstance(value, str):
        return {"url": value}
    if not isinstance(value, dict):
        return value
    address = next((value[key] for key in _IMAGE_KEYS if value.get(key)), None)
    title = value.get("title") or value.get("caption") or value.get("alt")
    named = {"url": address, "width": value.get("width"), "height": value.get("height"), "title": title}
    return {key: one for key, one in named.items() if one is not None}


def _provider(value: object, _zone: dt.tzinfo) -> object:
    return value if isinstance(value, dict) else {"name": _text(value, _zone)}


def _text(value: object, _zone: dt.tzinfo) -> object:
    return value[0] if isinstance(value, list) else value


_FORMS: Mapping[str, Callable[[object, dt.tzinfo], object]] = {
    "aliases": _list,
    "category": _text,
    "images": images,
    "notSameAs": _list,
    "notTopics": words,
    "provider": _provider,
    "publishedDateTime": moment,
    "studies": _list,
    "topics": words,
}
"""The forms that a mapped field may have: each returns the value in our form."""
