"""Calls the hooks ``item`` and ``collection``, and checks the items that they return like the fields of documents."""

import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import structs

from generator.config.hook_file import Hooks
from generator.content.aliases import Alias
from generator.content.beside import own_picture
from generator.content.field_errors import FieldDiagnostic
from generator.content.fields import Fields
from generator.content.model import Image, Item, Provider
from generator.content.publishers import KINDS
from generator.errors import Code, Diagnostic
from generator.util import weburls

_TYPES: Final = ("article", "video")


def apply_to_item(hooks: Hooks, item: Item, zone: dt.tzinfo) -> Item | tuple[Diagnostic, ...] | None:
    """Calls the hook ``item``; without one, returns the item.

    Args:
        hooks: of the site.
        item: as it was read from its document, with its curated topics.
        zone: the site's time zone.

    Returns:
        the item for the site; None if the hook leaves it out; diagnostics if the hook failed.
    """
    hook = hooks.item
    if hook is None:
        return item
    where = f"`item`, for {item.path}"
    try:
        given = hook(item)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the site's own code may raise anything
        return (hooks.failed(error, hook, where),)
    if given is None:
        return None
    return _checked(given, item, zone, hooks, hook, where)


def apply_to_collection(
    hooks: Hooks, items: tuple[Item, ...], zone: dt.tzinfo
) -> tuple[tuple[Item, ...], tuple[Diagnostic, ...]]:
    """Calls the hook ``collection`` with the items of the site, newest first.

    Returns:
        the items that it returns, in any order, and diagnostics; if there are any, the items are those that were given.
    """
    hook = hooks.collection
    if hook is None:
        return items, ()
    where = "`collection`"
    try:
        returned: Any = hook(items)
        given = list(returned) if isinstance(returned, Iterable) else None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the site's own code may raise anything
        return items, (hooks.failed(error, hook, where),)
    line = hooks.line_of(hook)
    if given is None:
        return items, (hooks.wrong(line, f"returns {type(returned).__name__}, not a list of items, in {where}"),)
    originals = {item.name: item for item in items}
    checked: dict[str, Item] = {}
    diagnostics: list[Diagnostic] = []
    for one in given:
        name = one.name if isinstance(one, Item) else None
        if name is None or name not in originals or name in checked:
            problem = "a second item of one document" if name in checked else "an item that it was not given"
            shown = f"{type(one).__name__}, not an item" if name is None else problem
            diagnostics.append(hooks.wrong(line, f"returns {shown}, in {where}"))
            continue
        original = originals[name]
        found = _checked(one, original, zone, hooks, hook, f"{where}, for {original.path}", fixed=_IDENTIFYING)
        if isinstance(found, Item):
            checked[name] = found
        else:
            diagnostics += found
    return (items, tuple(diagnostics)) if diagnostics else (tuple(checked.values()), ())


def _checked(
    given: object,
    original: Item,
    zone: dt.tzinfo,
    hooks: Hooks,
    hook: object,
    where: str,
    fixed: Collection[str] = (),
) -> Item | tuple[Diagnostic, ...]:
    """Returns the original with the fields that a hook has changed, each checked like that of a document."""
    if given is original:
        return original
    line = hooks.line_of(hook)
    if type(given) is not Item:
        return (hooks.wrong(line, f"returns {type(given).__name__}, not an item, in {where}"),)
    values = structs.asdict(given)
    changed = [name for name, value in values.items() if not _is_same(value, getattr(original, name))]
    # Lists are as good as tuples.
    fields = Fields({name: list(one) if isinstance(one, tuple) else one for name, one in values.items()}, ())
    read: dict[str, Any] = {}
    for name in changed:
        if name in _READERS and name not in fixed:
            read[name] = _READERS[name](fields, name)
        elif name in _MAY_SHRINK:
            read[name] = _shrunk(fields, name, values[name], getattr(original, name))
        else:
            fields.report(name, Code.HOOK_ERROR, f"{name} must not be changed", "")
    if {"published_at", "is_date_only"} & set(changed):
        is_date_only = read.get("is_date_only", original.is_date_only)
        read["published_at"] = _moment(fields, values["published_at"], dt.UTC if is_date_only else zone)
    if fields.diagnostics:
        return tuple(hooks.wrong(line, f"{_message(one)}, in {where}") for one in fields.diagnostics)
    if "web_url" in read:
        identity = read["identity"] = weburls.identity(read["web_url"])
        related = read.get("related", original.related)
        read["related"] = tuple(entry for entry in related if entry.identity != identity)
    return structs.replace(original, **read)


def _message(diagnostic: FieldDiagnostic) -> str:
    """Returns a message that begins with the whole name of its field, such as ``images.0.url``."""
    *above, last = diagnostic.at
    names_field_only = isinstance(last, str)
    return ".".join(map(str, (*above, diagnostic.message))) if names_field_only else diagnostic.message


def _is_same(value: object, other: object) -> bool:
    return value is other or (type(value) is type(other) and value == other)


def _shrunk(fields: Fields, name: str, value: Any, original: Any) -> Any:  # noqa: ANN401 - fields of several types
    """Returns a field of which a hook may only take away."""
    if value is None and name in {"body", "video"}:
        return None
    if isinstance(value, (list, tuple, frozenset)) and isinstance(original, (tuple, frozenset)):
        known = list(original)
        if all(entry in known for entry in value):
            return type(original)(value)
    elif isinstance(value, (list, tuple)) and name == "related" and all(entry in original for entry in value):
        return tuple(value)
    fields.report(name, Code.HOOK_ERROR, f"{name} may lose entries or be None, but must not be changed otherwise", "")
    return original


def _url(fields: Fields, name: str) -> str | None:
    return None if fields.values[name] is None else fields.url(name, is_required=True)


def _slug(fields: Fields, name: str) -> str:
    slug = fields.slug(name)
    if not slug and not fields.diagnostics:
        fields.report(name, Code.INVALID_SLUG, f"{name} is empty", "")
    return slug


def _type(fields: Fields, name: str) -> str:
    value = fields.values[name]
    if value not in _TYPES:
        fields.report(name, Code.UNKNOWN_TYPE, f"{name} must be article or video", "")
    return str(value)


def _moment(fields: Fields, value: object, zone: dt.tzinfo) -> dt.datetime | None:
    if isinstance(value, dt.datetime) and value.tzinfo:
        with contextlib.suppress(OverflowError):  # its zone moves it out of the years 1 to 9999
            at = value.replace(microsecond=0).astimezone(dt.UTC)
            if dt.MINYEAR < at.year < dt.MAXYEAR:
                return at.astimezone(zone)
    message = "published_at must be a time with a time zone, in the years 2 to 9998"
    fields.report("published_at", Code.INVALID_TIME, message, "")
    return None


def _images(fields: Fields, name: str) -> tuple[Image, ...]:
    return tuple(filter(None, (_image(fields, (name, at), one) for at, one in enumerate(fields.entries(name)))))


def _image(fields: Fields, at: tuple[str | int, ...], value: object) -> Image | None:
    if type(value) is not Image:
        fields.report(str(at[0]), Code.WRONG_TYPE, f"{at[0]} must be Image, not {type(value).__name__}", "")
        return None
    image = Fields(structs.asdict(value), at, fields.diagnostics)
    own = own_picture("", value.url) if str(value.url).startswith("/") else None  # a hook may give anything
    return Image(
        url=own or image.url("url", is_required=True) or "",
        width=max(image.integer("width"), 0),
        height=max(image.integer("height"), 0),
        caption=image.text("caption"),
    )


def _provider(fields: Fields, name: str) -> Provider | None:
    value = fields.values[name]
    if type(value) is not Provider:
        fields.report(name, Code.WRONG_TYPE, f"{name} must be Provider, not {type(value).__name__}", "")
        return None
    provider = Fields(structs.asdict(value), (name,), fields.diagnostics)
    domain = provider.text("domain")
    try:
        domain = weburls.domain(domain)
    except weburls.InvalidUrlError as error:
        provider.report("domain", Code.INVALID_DOMAIN, f"domain {error}", "")
    if value.kind and value.kind not in KINDS:
        provider.report("kind", Code.UNKNOWN_KIND, f"kind must be one of {', '.join(KINDS)}, or empty", "")
    return Provider(
        name=provider.text("name", is_required=True),
        domain=domain,
        logo=_image(fields, (name, "logo"), value.logo) if value.logo else None,
        kind=str(value.kind),
        home=provider.url("home", is_required=True) or "" if value.home else "",
    )


def _aliases(fields: Fields, name: str) -> tuple[Alias, ...]:
    given = fields.entries(name)
    if not all(type(alias) is Alias for alias in given):
        fields.report(name, Code.WRONG_TYPE, f"{name} must be a list of Alias", "")
        return ()
    addresses = Fields({name: [alias.address for alias in given]}, (), fields.diagnostics)
    return tuple(
        Alias(address=address, line=int(given[at].line), column=int(given[at].column))
        for at, address in addresses.aliases(name)
    )


_READERS: Final[Mapping[str, Callable[[Fields, str], Any]]] = {
    "title": lambda fields, name: fields.text(name, is_required=True),
    "excerpt": Fields.text,
    "category": Fields.text,
    "published_at": lambda fields, name: fields.values[name],  # checked together with is_date_only
    "is_date_only": Fields.boolean,
    "web_url": lambda fields, name: fields.url(name, is_required=True),
    "amp_url": _url,
    "cdn_amp_url": _url,
    "original_url": _url,
    "type": _type,
    "quality": Fields.integer,
    "heat": Fields.integer,
    "is_promoted": Fields.boolean,
    "is_removed": Fields.boolean,
    "is_draft": Fields.boolean,
    "slug": _slug,
    "topics": Fields.texts,
    "not_topics": Fields.texts,
    "story": Fields.slug,
    "images": _images,
    "provider": _provider,
    "aliases": _aliases,
}
"""The fields that a hook may change, each with a function that reads and checks its value."""
_MAY_SHRINK: Final = frozenset({"related", "studies", "not_same_as", "video", "body"})
_IDENTIFYING: Final = frozenset({"web_url"})
"""Fields that ``collection`` must not change, because items with equal addresses were already left out."""
