"""A cache of the status of links, in an SQLite file. Each status is stored at once, so no interruption loses one."""

import contextlib
import enum
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.errors import LinksCacheError

FILE: Final = ".links.sqlite"
_APPLICATION: Final = 0x44494753  # "DIGS", which identifies these files among other databases
_VERSION: Final = 1
_MAGIC: Final = b"SQLite format 3\0"
_BUSY_SECONDS = 30.0


class State(enum.StrEnum):
    """The state of a link."""

    ALIVE = "alive"
    GONE = "gone"
    """The host responded with 404 or 410."""
    NO_HOST = "no-host"
    """The host's name does not exist."""
    UNKNOWN = "unknown"
    """Any other response, no response, or a request that robots.txt or the rules do not allow."""


# In seconds. Broken hosts are often repaired within days. Unknown states are valid for an hour, so that an interrupted
# run continues where it ended.
_MAX_AGE: Final = {State.GONE: 86_400, State.NO_HOST: 86_400, State.UNKNOWN: 3_600}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """The status of a link."""

    state: State
    reason: str = ""
    """A text for people; empty for links that are alive."""


class LinkCache:
    """An open cache. Use :func:`opened` to open one."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def get(self, url: str, *, now: float, max_age: float) -> LinkStatus | None:
        """Returns the status stored up to ``max_age`` seconds before ``now``, or None; broken links expire sooner."""
        row = self._database.execute("SELECT state, reason, at FROM verdict WHERE url = ?", (url,)).fetchone()
        if row is None or row[0] not in set(State):
            return None
        state = State(row[0])
        limit = min(max_age, _MAX_AGE.get(state, max_age))
        return LinkStatus(state=state, reason=str(row[1])) if 0 <= now - float(row[2]) <= limit else None

    def put(self, url: str, status: LinkStatus, *, now: float) -> None:
        """Stores the status of a link."""
        self._database.execute(
            "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)", (url, str(status.state), status.reason, now)
        )


@contextlib.contextmanager
def opened(path: Path) -> Iterator[LinkCache]:
    """Opens a cache, and creates it if there is no file.

    Raises:
        LinksCacheError: the file is not a cache, or cannot be written.
    """
    if not _is_empty_or_database(path):
        raise _not_a_cache(path)
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)) as database:
            _prepare(database, path)
            yield LinkCache(database)
    except sqlite3.Error as error:
        raise LinksCacheError(f"{path} cannot be used as a cache of links: {error}") from None


def _not_a_cache(path: Path) -> LinksCacheError:
    return LinksCacheError(f"{path} is not a cache of links: name another file with --links-cache, or remove it")


def _is_empty_or_database(path: Path) -> bool:
    """Whether a file is a database, empty or missing. SQLite would overwrite other files of a few bytes."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) in {_MAGIC, b""}
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Creates the table in an empty database; raises an error if the database belongs to another program."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0:
        with contextlib.suppress(sqlite3.OperationalError):  # another process has just created it
            database.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
                "CREATE TABLE verdict (url TEXT PRIMARY KEY, state TEXT, reason TEXT, at REAL) WITHOUT ROWID; COMMIT;"
            )
    elif (application, version) != (_APPLICATION, _VERSION):
        raise _not_a_cache(path)
