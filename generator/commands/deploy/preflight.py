"""Measures a built site against the published limits of a host."""

import enum
import itertools
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import msgspec

from generator.errors import OutputError
from generator.util.files import CONTROL

if TYPE_CHECKING:
    from generator.commands.deploy.page_links import DeadLink

_PLACEHOLDER = re.compile(r"\*|:[A-Za-z]")
_LOCAL_SOURCE = re.compile(
    r"\b(?:https?|wss)://(?:[\w.-]*\.)?(?:localhost|127\.\d+\.\d+\.\d+)(?![\w.-])[^\s;\"]*", re.IGNORECASE
)


class Measure(enum.StrEnum):
    """A quantity that hosts limit."""

    FILES = "files"
    FILES_A_FOLDER = "files in one folder"
    TOTAL_BYTES = "bytes in all"
    FILE_BYTES = "bytes of the largest file"
    PATH_BYTES = "bytes of the longest path"
    HEADER_RULES = "rules in _headers"
    HEADER_LINE = "characters of the longest line in _headers"
    STATIC_REDIRECTS = "redirects without placeholders"
    DYNAMIC_REDIRECTS = "redirects with placeholders"
    REDIRECT_LINE = "characters of the longest line in _redirects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The limit of a host for a measure."""

    most: int
    source: str
    """The URL of the host's page that states the limit."""
    read: str
    """The date on which that page was read, in ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host of static sites."""

    limits: Mapping[Measure, Limit]
    """The limits that the host publishes; other measures are unlimited."""
    has_rules: bool
    """Whether it reads ``_headers`` and ``_redirects``."""
    is_at_root: bool = False
    """Whether the uploaded folder is always served at the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The value of a measure for a site, and the host's limit."""

    measure: Measure
    value: int
    where: str
    """The file or folder that has the value; empty for values of the whole site."""
    limit: Limit | None

    @property
    def fits(self) -> bool:
        """Whether the value is within the limit."""
        return self.limit is None or self.value <= self.limit.most

    @property
    def remedy(self) -> str:
        """What to change if the value exceeds the limit, else ``""``."""
        return "" if self.fits else _REMEDIES[self.measure]

    def as_json(self) -> dict[str, Any]:
        """Returns the measurement for ``--format json``.

        Without a limit, the values of ``limit``, ``source`` and ``read`` are None.
        """
        return {
            "measure": self.measure.value,
            "value": self.value,
            "where": self.where,
            "limit": self.limit.most if self.limit else None,
            "source": self.limit.source if self.limit else None,
            "read": self.limit.read if self.limit else None,
            "fits": self.fits,
            "remedy": self.remedy,
        }


_DATA = tomllib.loads(Path(__file__).with_name("hosts.toml").read_text(encoding="utf-8"))
HOSTS: Final = msgspec.convert(_DATA["hosts"], dict[str, Host])
"""The supported hosts, by the value of ``--target``."""
_REMEDIES = msgspec.convert(_DATA["remedies"], dict[Measure, str])


def check(folder: Path, target: str) -> tuple[Measurement, ...]:
    """Measures a built site, without the folder ``.digest``.

    Returns:
        All measures that apply to the host, also those without a limit.

    Raises:
        OutputError: the folder holds no built site, or cannot be read.
    """
    if not (folder / "index.html").is_file():
        raise OutputError(f"{folder} holds no site: run `digest build` first")
    try:
        sizes = dict(_sizes(folder))
        headers, redirects = (_lines(folder / name) for name in ("_headers", "_redirects"))
    except OSError as error:
        raise OutputError(f"{error.filename or folder} cannot be read: {error.strerror or error}") from error
    host = HOSTS[target]
    return tuple(
        Measurement(measure=measure, value=value, where=where, limit=host.limits.get(measure))
        for measure, (value, where) in {
            **_file_measures(sizes),
            **(_header_measures(headers) if host.has_rules else {}),
            **(_redirect_measures(redirects) if host.has_rules else {}),
        }.items()
    )


def dead_links(folder: Path, target: str, base_url: str) -> "list[DeadLink]":
    """Returns the links within a built site that lead nowhere. ``base_url``: the address for which it was built."""
    if not base_url:
        return []  # which links are its own is unknown
    from generator.commands.deploy import page_links  # noqa: PLC0415 - the parser of HTML is slow to import

    redirects = _lines(folder / "_redirects") if HOSTS[target].has_rules else []
    try:
        return page_links.dead_links(folder, dict(_sizes(folder)), base_url, redirects)
    except OSError as error:
        raise OutputError(f"{error.filename or folder} cannot be read: {error.strerror or error}") from error


def local_sources(folder: Path) -> tuple[str, ...]:
    """Returns the hosts on this machine that the content security policy of a built site allows."""
    found = (_LOCAL_SOURCE.findall(line) for name in ("_headers", "_policy.nginx") for line in _lines(folder / name))
    return tuple(sorted(set(itertools.chain.from_iterable(found))))


def unread_files(folder: Path, target: str) -> tuple[str, ...]:
    """Returns those of ``_headers`` and ``_redirects`` that the site has and the host does not read."""
    if HOSTS[target].has_rules:
        return ()
    return tuple(name for name in ("_headers", "_redirects") if (folder / name).is_file())


def missing_folder(url: str, target: str) -> str:
    """Returns the folder in a base URL if the host serves the upload at the root, else ``""``.

    The links of the site lead into that folder, which does not exist on the host.
    """
    return unquote(urlsplit(url).path.strip("/")) if HOSTS[target].is_at_root else ""


def lines(measurements: tuple[Measurement, ...], target: str) -> Iterator[str]:
    """Yields the lines of a table of the measurements, and below it a remedy for each limit that is exceeded."""
    table = [(target, "site", "limit", "", "")]
    for measurement in measurements:
        limit = f"{measurement.limit.most:,}" if measurement.limit else "none"
        result = ("fits" if measurement.fits else "TOO MUCH") if measurement.limit else ""
        table.append((measurement.measure.value, f"{measurement.value:,}", limit, result, measurement.where))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for measure, value, limit, result, where in table:
        numbers = f"{value:>{widths[1]}}  {limit:>{widths[2]}}"
        yield f"{measure:<{widths[0]}}  {numbers}  {result:<{widths[3]}}  {where}".rstrip()
    for measurement in measurements:
        if measurement.limit and not measurement.fits:
            most = f"at most {measurement.limit.most:,}"
            yield ""
            yield f"{measurement.measure}: {measurement.value:,}, {most}. {measurement.remedy}"
            yield f"  {measurement.limit.source} (read on {measurement.limit.read})"


def _sizes(folder: Path) -> Iterator[tuple[str, int]]:
    for parent, folders, names in os.walk(folder, onerror=_raise):
        if Path(parent) == folder and CONTROL in folders:
            folders.remove(CONTROL)
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            yield path.relative_to(folder).as_posix(), path.stat().st_size


def _raise(error: OSError) -> None:
    raise error


def _file_measures(sizes: Mapping[str, int]) -> dict[Measure, tuple[int, str]]:
    folders = Counter(path.rpartition("/")[0] + "/" for path in sizes)
    fullest = max(folders, key=lambda name: folders[name])
    largest = max(sizes, key=lambda path: sizes[path])
    longest = max(sizes, key=lambda path: len(os.fsencode(path)))
    return {
        Measure.FILES: (len(sizes), ""),
        Measure.FILES_A_FOLDER: (folders[fullest], fullest),
        Measure.TOTAL_BYTES: (sum(sizes.values()), ""),
        Measure.FILE_BYTES: (sizes[largest], largest),
        Measure.PATH_BYTES: (len(os.fsencode(longest)), longest),
    }


def _lines(path: Path) -> list[str]:
    """Returns the lines of a file of rules, without blank lines and comments; an empty list if there is no file."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _header_measures(lines: list[str]) -> dict[Measure, tuple[int, str]]:
    rules = sum(not line[0].isspace() for line in lines)  # indented lines are headers
    return {
        Measure.HEADER_RULES: (rules, "_headers" if lines else ""),
        Measure.HEADER_LINE: (max(map(len, lines), default=0), "_headers" if lines else ""),
    }


def _redirect_measures(lines: list[str]) -> dict[Measure, tuple[int, str]]:
    # Cloudflare counts every rule after the first rule with a placeholder as dynamic.
    first = next((number for number, line in enumerate(lines) if _PLACEHOLDER.search(line.split()[0])), len(lines))
    dynamic = len(lines) - first
    where = "_redirects" if lines else ""
    return {
        Measure.STATIC_REDIRECTS: (len(lines) - dynamic, where),
        Measure.DYNAMIC_REDIRECTS: (dynamic, where),
        Measure.REDIRECT_LINE: (max(map(len, lines), default=0), where),
    }
