"""Reads the site's settings, ``site.toml``, into one immutable value."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import tzdata

from generator.config.csp import CspSettings
from generator.errors import Code, Diagnostic, SettingsError
from generator.util import weburls
from generator.util.text import line_of_key, nearest, repair

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")
_SETTING = re.compile(r"[ \t]*(?P<name>\w+)[ \t]*=[ \t]*(?P<value>.*?)[ \t]*(?:#.*)?", re.ASCII)
_MAX_SIZE = 500
_MAX_SHOWN = 40  # characters of a value that a message quotes
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])")
_MAX_EMAIL = 254


class AboutSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``[about]``: what the about page says of the site's owner. Each text may be empty."""

    editor: str = ""
    """The name of the person or organisation that runs the site."""
    contact: str = ""
    """An e-mail address or https address for readers."""
    corrections: str = ""
    """An e-mail address or https address for reports of errors. Empty: ``contact``."""
    funding: str = ""
    """One sentence on who pays for the site."""
    address: str = ""
    """The postal address, in one or more lines."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings with their defaults. ``docs/settings.md`` explains them, and a test compares the two."""

    title: str = "Medical AI Digest"
    """The site's name."""
    description: str = ""
    """One sentence for search engines, feeds and the front page."""
    base_url: str = "https://example.org/"
    """The address of the site, with its folder and a trailing slash."""
    language: str = "en"
    """The BCP 47 tag of the language of the pages. The language must have a table (``languages/``)."""
    timezone: str = "UTC"
    """The IANA name of the site's time zone, in which days begin and times are shown."""
    page_size: int = 30
    """The number of stories on a page of a topic or source."""
    feed_size: int = 50
    """The number of items in each feed."""
    include_unpromoted: bool = True
    """Whether documents with ``published: false`` are on the site."""
    search: bool = True
    """Whether the site has a full-text search."""
    alias_pages: bool = True
    """Whether each alias gets a small page that redirects, for hosts that do not read ``_redirects``."""
    precompress: bool = False
    """Whether text files get compressed copies, for servers that can send these directly."""
    state: str = ""
    """The folder of the cache, relative to ``site.toml``. Empty: ``.digest``."""
    feed_authority: str = ""
    """The domain in the ids of feed entries. Keep it when the site moves. Empty: the host of ``base_url``."""
    about: AboutSettings = AboutSettings()
    """The owner of the site, for its about page."""
    csp: CspSettings = CspSettings()
    """What pages may load from other hosts."""


def load(path: Path, *, base_url: str | None = None, is_optional: bool = False) -> Settings:
    """Reads and checks ``site.toml``; ``base_url`` overrides the setting of this name.

    With ``is_optional``, a missing file means the default settings.

    Raises:
        SettingsError: the file cannot be read, or settings are invalid; with a diagnostic for each.
    """
    shown = path.as_posix()
    text, values = ("", {}) if is_optional and not path.exists() else _parse(path, shown)
    diagnostics: list[Diagnostic] = []
    checked: dict[str, Any] = {}
    for name, value in _by_path(values):
        line = _line(text, name)
        if name in _TABLES:
            remedy = f"write its settings below a line with [{name}]"
            diagnostics.append(_diagnostic(shown, f"{name} must be a table", line=line, remedy=remedy))
        elif name not in _DEFAULTS:
            diagnostics.append(_unknown(shown, name, line))
        elif reason := _invalid_reason(name, value):
            diagnostics.append(_diagnostic(shown, f"{name} {reason}", line=line, remedy=_remedy(name, value)))
        else:
            checked[name] = value
    if base_url is not None:
        if reason := _invalid_reason("base_url", base_url):
            diagnostics.append(_diagnostic("--base-url", reason, remedy="write it as https://example.org/folder/"))
        checked["base_url"] = base_url
    if diagnostics:
        raise SettingsError(diagnostics)
    settings = Settings(**{name: value for name, value in checked.items() if "." not in name}, **_tables(checked))
    address = weburls.clean(settings.base_url).rstrip("/") + "/"
    title, description = repair(settings.title), repair(settings.description)
    return msgspec.structs.replace(settings, base_url=address, title=title, description=description)


def _tables(checked: dict[str, Any]) -> dict[str, Any]:
    """Returns the tables by name. Their texts are repaired line by line."""
    texts: dict[str, dict[str, str]] = {name: {} for name in _TABLES}
    for path, value in checked.items():
        table, _, name = path.rpartition(".")
        if table:
            texts[table][name] = "\n".join(filter(None, map(repair, value.splitlines())))
    return {table: kind(**texts[table]) for table, kind in _TABLES.items()}


def _by_path(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yields the settings with their values. The name of a setting in a table follows that of the table and a dot."""
    for name, value in values.items():
        if isinstance(value, dict) and (value or name in _TABLES):
            yield from ((f"{name}.{key}", one) for key, one in value.items())
        else:
            yield name, value


def _line(text: str, name: str) -> int:
    table, _, key = name.rpartition(".")
    return line_of_key(text, key, table=table)


def _unknown(shown: str, name: str, line: int) -> Diagnostic:
    """Returns the diagnostic for an unknown setting, with a guess and the table that the guess belongs in."""
    table, _, key = name.rpartition(".")
    known = {path.rpartition(".")[2]: path.rpartition(".")[0] for path in _DEFAULTS}
    guess = nearest(key, known)
    hint = ""
    if guess and known[guess[0]] != table:
        hint = f" in the table [{known[guess[0]]}]" if known[guess[0]] else ", outside of any table"
    remedy = f"did you mean `{guess[0]}`{hint}?" if guess else "see docs/settings.md, or remove it"
    return _diagnostic(shown, f"{name!r} is not a setting", line=line, code=Code.UNKNOWN_SETTING, remedy=remedy)


def _parse(path: Path, shown: str) -> tuple[str, dict[str, Any]]:
    """Returns the text of the file and its values."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        diagnostic = _diagnostic(shown, message, remedy="name the settings file with --config")
    except UnicodeDecodeError:
        diagnostic = _diagnostic(shown, "is not UTF-8", remedy="save it as UTF-8")
    except RecursionError:
        diagnostic = _diagnostic(shown, "is nested too deeply", remedy="see docs/settings.md")
    except tomllib.TOMLDecodeError as error:
        position = _POSITION.search(str(error))
        line, column = (int(position[1]), int(position[2])) if position else (text.count("\n") + 1, 1)
        message, remedy = _explain(text, line, _POSITION.sub("", str(error)).strip())
        diagnostic = _diagnostic(shown, message, line=line, column=column, remedy=remedy)
    except ValueError:  # a number of thousands of digits
        diagnostic = _diagnostic(shown, "contains a value that cannot be read", remedy="see docs/settings.md")
    raise SettingsError([diagnostic])


def _explain(text: str, line: int, reason: str) -> tuple[str, str]:
    """Returns message and remedy for an invalid line of TOML; ``reason`` is the message of ``tomllib``."""
    lines = text.splitlines()
    setting = _SETTING.fullmatch(lines[line - 1]) if line <= len(lines) else None
    if not setting:
        return reason, "see https://toml.io"
    name, value = setting["name"], setting["value"]
    first = line_of_key(text, name)
    if "overwrite" in reason.lower() and first < line:
        return f"{name} is defined twice, first in line {first}", "keep one of the two"
    return _explain_value(name, value) or (reason, f"write {_KINDS[type(_DEFAULTS.get(name, ''))]}")


def _explain_value(name: str, value: str) -> tuple[str, str] | None:
    """Returns message and remedy for an invalid value, or None if its mistake is not a common one."""
    if value[:1] in {'"', "'"} and "\\" not in value:
        remedy = "end the text with the quote that it begins with, and do not use that quote inside it"
        return f"the text of {name} ends too early or not at all", remedy
    if value.lower() in {"true", "false"}:
        return f"{name} has a value in capitals", f"write {value.lower()}"
    kind = type(_DEFAULTS.get(name, ""))
    if not value:
        return f"{name} has no value", f"write {_KINDS[kind]} after the ="
    if kind is str and value[0] not in "[{\"'":
        return f"{name} has a text without quotes", f'put the text in quotes: {name} = "…"'
    return None


def _remedy(name: str, value: Any) -> str:  # noqa: ANN401 - any TOML value
    if name == "timezone" and isinstance(value, str):
        import zoneinfo  # noqa: PLC0415 - only a mistake in the settings needs it

        guess = nearest(value[:_MAX_SHOWN], zoneinfo.available_timezones())
        return f"did you mean `{guess[0]}`?" if guess else "write one like UTC or Europe/Berlin"
    return "see docs/settings.md"


def _invalid_reason(name: str, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """Returns why a value is invalid, or ``""`` if it is valid."""
    expected = type(_DEFAULTS[name])
    if type(value) is not expected:
        return f"must be {_KINDS[expected]}"
    return _CHECKS[name](value) if name in _CHECKS else ""


# The checks of values: each returns why a value is invalid, or "" if it is valid.


def _base_url(value: str) -> str:
    try:
        cleaned = weburls.clean(value)
    except weburls.InvalidUrlError as error:
        return str(error)
    if "//" in cleaned.partition("://")[2]:
        return "must not have // in its path"  # links from the root would lead to another host
    return "must not have a query or fragment" if "?" in cleaned or "#" in cleaned else ""


def _timezone(value: str) -> str:
    is_zone = value in Path(tzdata.__file__).with_name("zones").read_text("utf-8").splitlines()
    if not is_zone:
        import zoneinfo  # noqa: PLC0415 - listing the zones of the machine reads hundreds of files

        is_zone = value in zoneinfo.available_timezones()
    differs_between_machines = value in {"localtime", "Factory"}
    return "" if is_zone and not differs_between_machines else f"{value[:_MAX_SHOWN]!r} is not a time zone"


def _size(value: int) -> str:
    return "" if 1 <= value <= _MAX_SIZE else f"must be from 1 to {_MAX_SIZE}"


def _authority(value: str) -> str:
    try:
        weburls.domain(value or "example.org")
    except weburls.InvalidUrlError as error:
        return str(error)
    return ""


def _contact(value: str) -> str:
    if _EMAIL.fullmatch(repair(value)) and len(value) <= _MAX_EMAIL:
        return ""
    try:
        is_valid = not value.strip() or weburls.clean(value).startswith("https://")
    except weburls.InvalidUrlError:
        is_valid = False
    return "" if is_valid else "must be an e-mail address or an https address"


_TABLES: dict[str, type[msgspec.Struct]] = {"about": AboutSettings}
_DEFAULTS: dict[str, Any] = dict(_by_path(msgspec.to_builtins(Settings())))
"""The default of each setting. The name of a setting in a table follows that of the table and a dot."""
_KINDS = {str: "text in quotes", int: "a whole number", bool: "true or false"}
_CHECKS: dict[str, Callable[[Any], str]] = {
    "title": lambda value: "" if repair(value) else "is empty",
    "base_url": _base_url,
    "language": lambda value: "" if _LANGUAGE.fullmatch(value) else "is not a language tag like en or de-AT",
    "timezone": _timezone,
    "page_size": _size,
    "feed_size": _size,
    "feed_authority": _authority,
    "about.contact": _contact,
    "about.corrections": _contact,
}


def _diagnostic(
    path: str, message: str, *, remedy: str, line: int = 1, column: int = 1, code: Code = Code.INVALID_SETTING
) -> Diagnostic:
    return Diagnostic(path=path, line=line, column=column, code=code, message=message, remedy=remedy)
