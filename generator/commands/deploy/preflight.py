"""Whether a built site fits the published limits of a host, and knows where it will be served. Writes nothing."""

import enum
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from generator.errors import OutputError
from generator.util.files import CONTROL

_MIB = 1024 * 1024
_PLACEHOLDER = re.compile(r"\*|:[A-Za-z]")


class Measure(enum.StrEnum):
    """What hosts limit."""

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
    """The most that a host takes of something."""

    most: int
    source: str
    """The page of the host that says so."""
    read: str
    """The day on which a copy of that page was read, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host and what it limits. What is not in ``limits`` has none that the host publishes."""

    limits: Mapping[Measure, Limit]
    has_rules: bool
    """Whether it reads ``_headers`` and ``_redirects``."""
    is_at_root: bool = False
    """Whether what is uploaded is always the root of what is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measure of the site beside the host's limit."""

    measure: Measure
    value: int
    where: str
    """The file or folder that the value comes from; empty where it is all of them."""
    limit: Limit | None

    @property
    def fits(self) -> bool:
        """Whether the host takes it."""
        return self.limit is None or self.value <= self.limit.most

    @property
    def remedy(self) -> str:
        """What to change; empty where nothing has to be."""
        return "" if self.fits else _REMEDIES[self.measure]

    def as_json(self) -> dict[str, Any]:
        """The finding for ``--format json``; ``limit``, ``source`` and ``read`` are null where there is no limit."""
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


def _limit(most: int, source: str) -> Limit:
    return Limit(most=most, source=source, read="2026-11-21")


_GITHUB = "https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits"
_CLOUDFLARE = "https://developers.cloudflare.com/pages/platform/limits/"
_CLOUDFLARE_HEADERS = "https://developers.cloudflare.com/pages/configuration/headers/"
_CLOUDFLARE_REDIRECTS = "https://developers.cloudflare.com/pages/configuration/redirects/"
_NETLIFY = "https://docs.netlify.com/site-deploys/overview/"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingObjects.html"
_S3_KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"

HOSTS: Final[Mapping[str, Host]] = {
    # "1 GB": the smaller of its two meanings.
    "github-pages": Host(limits={Measure.TOTAL_BYTES: _limit(1_000_000_000, _GITHUB)}, has_rules=False),
    # Of the free plan; paid ones take 100,000 files.
    "cloudflare-pages": Host(
        limits={
            Measure.FILES: _limit(20_000, _CLOUDFLARE),
            Measure.FILE_BYTES: _limit(25 * _MIB, _CLOUDFLARE),
            Measure.HEADER_RULES: _limit(100, _CLOUDFLARE_HEADERS),
            Measure.HEADER_LINE: _limit(2_000, _CLOUDFLARE_HEADERS),
            Measure.STATIC_REDIRECTS: _limit(2_000, _CLOUDFLARE_REDIRECTS),
            Measure.DYNAMIC_REDIRECTS: _limit(100, _CLOUDFLARE_REDIRECTS),
            Measure.REDIRECT_LINE: _limit(1_000, _CLOUDFLARE_REDIRECTS),
        },
        has_rules=True,
        is_at_root=True,
    ),
    "netlify": Host(limits={Measure.FILES_A_FOLDER: _limit(54_000, _NETLIFY)}, has_rules=True, is_at_root=True),
    "s3": Host(
        limits={Measure.FILE_BYTES: _limit(50 * 10**12, _S3), Measure.PATH_BYTES: _limit(1_024, _S3_KEYS)},
        has_rules=False,
    ),
}
"""By the name that ``--target`` takes."""

_FEWER = (
    "Build fewer documents or choose a host or plan that takes more; `search = false` leaves the index out, "
    "`precompress = false` the compressed copies."
)
_REMEDIES: Mapping[Measure, str] = {
    Measure.FILES: _FEWER,
    Measure.FILES_A_FOLDER: _FEWER,
    Measure.TOTAL_BYTES: _FEWER,
    Measure.FILE_BYTES: "Make the file smaller, or serve it from elsewhere.",
    Measure.PATH_BYTES: "Give the document a shorter `slug:`, or rename the file in static/root/.",
    Measure.HEADER_RULES: "Write a shorter static/root/_headers: it goes before the one that is built.",
    Measure.HEADER_LINE: "Shorten the line in static/root/_headers.",
    Measure.STATIC_REDIRECTS: "Remove `aliases:` and `removed: true` documents that nobody asks for any more.",
    Measure.DYNAMIC_REDIRECTS: "Write fewer redirects with placeholders, and at the end of static/root/_redirects.",
    Measure.REDIRECT_LINE: "Give the item a shorter alias or `slug:`, or shorten the line in static/root/_redirects.",
}


def check(folder: Path, target: str) -> tuple[Measurement, ...]:
    """Measures a built site, without what a build keeps for itself.

    Args:
        folder: the output folder.
        target: a name in :data:`HOSTS`.

    Raises:
        OutputError: the folder is no built site, or cannot be read.
    """
    if not (folder / "index.html").is_file():
        raise OutputError(f"{folder} holds no site: build it first")
    try:
        sizes = dict(_sizes(folder))
        headers, redirects = (_lines(folder / name) for name in ("_headers", "_redirects"))
    except OSError as error:
        raise OutputError(f"{error.filename or folder} cannot be read: {error.strerror or error}") from error
    host = HOSTS[target]
    return tuple(
        Measurement(measure=measure, value=value, where=where, limit=host.limits.get(measure))
        for measure, (value, where) in {
            **_of_files(sizes),
            **(_of_headers(headers) if host.has_rules else {}),
            **(_of_redirects(redirects) if host.has_rules else {}),
        }.items()
    )


def unread(folder: Path, target: str) -> tuple[str, ...]:
    """Files with rules in the folder that the host does not read."""
    if HOSTS[target].has_rules:
        return ()
    return tuple(name for name in ("_headers", "_redirects") if (folder / name).is_file())


def missing_folder(url: str, target: str) -> str:
    """The folder below which a site was built to be served, where the host serves what is uploaded at its root."""
    return unquote(urlsplit(url).path.strip("/")) if HOSTS[target].is_at_root else ""


def lines(findings: tuple[Measurement, ...], target: str) -> Iterator[str]:
    """The findings as a table, and below it what to change."""
    rows = [
        (
            finding.measure.value,
            f"{finding.value:,}",
            f"{finding.limit.most:,}" if finding.limit else "none",
            ("fits" if finding.fits else "TOO MUCH") if finding.limit else "",
            finding.where,
        )
        for finding in findings
    ]
    table = [(target, "site", "limit", "", ""), *rows]
    first, second, third, fourth = (max(len(row[column]) for row in table) for column in range(4))
    for name, value, limit, verdict, where in table:
        yield f"{name:<{first}}  {value:>{second}}  {limit:>{third}}  {verdict:<{fourth}}  {where}".rstrip()
    for finding in findings:
        if finding.limit and not finding.fits:
            yield ""
            yield f"{finding.measure}: {finding.value:,}, at most {finding.limit.most:,}. {finding.remedy}"
            yield f"  {finding.limit.source} (read on {finding.limit.read})"


def _sizes(folder: Path) -> Iterator[tuple[str, int]]:
    """Every file that is deployed, by its path below the folder, with its size."""
    for parent, folders, names in os.walk(folder, onerror=_raise):
        if Path(parent) == folder and CONTROL in folders:
            folders.remove(CONTROL)
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            yield path.relative_to(folder).as_posix(), path.stat().st_size


def _raise(error: OSError) -> None:
    raise error


def _of_files(sizes: Mapping[str, int]) -> dict[Measure, tuple[int, str]]:
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
    """The lines of a file of rules that say something; none where there is no such file."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _of_headers(lines: list[str]) -> dict[Measure, tuple[int, str]]:
    rules = sum(not line[0].isspace() for line in lines)  # what is indented is a header
    return {
        Measure.HEADER_RULES: (rules, "_headers" if lines else ""),
        Measure.HEADER_LINE: (max(map(len, lines), default=0), "_headers" if lines else ""),
    }


def _of_redirects(lines: list[str]) -> dict[Measure, tuple[int, str]]:
    # Cloudflare counts every rule behind the first one with a placeholder as one with a placeholder.
    first = next((number for number, line in enumerate(lines) if _PLACEHOLDER.search(line.split()[0])), len(lines))
    dynamic = len(lines) - first
    where = "_redirects" if lines else ""
    return {
        Measure.STATIC_REDIRECTS: (len(lines) - dynamic, where),
        Measure.DYNAMIC_REDIRECTS: (dynamic, where),
        Measure.REDIRECT_LINE: (max(map(len, lines), default=0), where),
    }
