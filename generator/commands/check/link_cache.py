"""What is known about addresses on the web, kept in a file: written with each answer, whole at every moment."""

import contextlib
import enum
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.errors import LinksCacheError

FILE: Final = ".links.sqlite"
_APPLICATION: Final = 0x44494753  # "DIGS": tells our files from other databases
_VERSION: Final = 1
_MAGIC: Final = b"SQLite format 3\0"
_BUSY_SECONDS = 30.0


class State(enum.StrEnum):
    """What is known about an address."""

    ALIVE = "alive"
    GONE = "gone"
    """404 or 410."""
    NO_HOST = "no-host"
    """The host's name does not exist."""
    UNKNOWN = "unknown"
    """Whatever else: not allowed, not now, not for us."""


# Seconds. Hosts are mended within days; where nothing was learnt, a run that goes on after an end need not begin anew.
_MAX_AGE: Final = {State.GONE: 86_400, State.NO_HOST: 86_400, State.UNKNOWN: 3_600}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """What was learnt about an address."""

    state: State
    reason: str = ""
    """In words, where it is not alive."""


class LinkCache:
    """The file; ``opened`` opens one."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def known(self, url: str, *, now: float, max_age: float) -> LinkStatus | None:
        """What was learnt at most ``max_age`` seconds before ``now``; what is not alive is asked again sooner."""
        row = self._database.execute("SELECT state, reason, at FROM verdict WHERE url = ?", (url,)).fetchone()
        if row is None or row[0] not in set(State):
            return None
        state = State(row[0])
        limit = min(max_age, _MAX_AGE.get(state, max_age))
        return LinkStatus(state=state, reason=str(row[1])) if 0 <= now - float(row[2]) <= limit else None

    def keep(self, url: str, verdict: LinkStatus, *, now: float) -> None:
        """Writes what was learnt, at once."""
        self._database.execute(
            "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)", (url, str(verdict.state), verdict.reason, now)
        )


@contextlib.contextmanager
def opened(path: Path) -> Iterator[LinkCache]:
    """Opens a file of verdicts, a new one where there is none.

    Raises:
        LinksCacheError: it is none, or cannot be written.
    """
    if not _may_be_ours(path):
        raise LinksCacheError(f"{path} is no cache of links: name another with --links-cache, or remove it")
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)) as database:
            _prepare(database, path)
            yield LinkCache(database)
    except sqlite3.Error as error:
        raise LinksCacheError(f"{path} cannot be used as a cache of links: {error}") from None


def _may_be_ours(path: Path) -> bool:
    """Whether a file is a database, empty or not there; SQLite would write over one of a few bytes."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) in {_MAGIC, b""}
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0:
        with contextlib.suppress(sqlite3.OperationalError):  # another run has just done it
            database.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
                "CREATE TABLE verdict (url TEXT PRIMARY KEY, state TEXT, reason TEXT, at REAL) WITHOUT ROWID; COMMIT;"
            )
    elif (application, version) != (_APPLICATION, _VERSION):
        raise LinksCacheError(f"{path} is no cache of links: name another with --links-cache, or remove it")
