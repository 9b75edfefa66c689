"""What a build is asked to do, and where it may do it."""

import datetime as dt
from pathlib import Path

import msgspec

from generator.config import theme
from generator.errors import OutputError
from generator.util.files import CONTROL

_RACY_SECONDS = 2.0


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of the work that is done at once, and checks of the program itself; tests choose small sizes."""

    epoch: int = 64
    """Number of items in an epoch, as for ``stories.incremental.cluster``."""
    pages_at_once: int = 64
    """Number of pages in a worker's chunk, at least."""
    pages_in_a_round: int = 16_384
    """Number of pages after which workers are replaced: each comes to have a copy of all that it touches."""
    is_verifying: bool = False
    """Make every cached result again, and fail where it comes out different."""


TUNING = Tuning()
"""The sizes that builds use."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a build is asked to do."""

    source: Path
    output: Path
    config: Path
    now: dt.datetime
    """Items published later are future ones; nothing else depends on it."""
    base_url: str | None = None
    """Replaces that of the settings."""
    jobs: int = 1
    deploy_manifest: Path | None = None
    """Where to list what an uploader has to move."""
    state: Path | None = None
    """The folder of the cache; replaces that of the settings."""
    is_clean: bool = False
    """Use nothing of earlier builds, and write every file anew."""
    may_overwrite: bool = False
    """Replace files that no build wrote."""
    is_strict: bool = False
    """Look at the content of every file of the site, also where size and time say that it is as it was."""
    skip_invalid: bool = False
    """Build without the documents that have errors."""
    with_drafts: bool = False
    with_future: bool = False
    tuning: Tuning = msgspec.field(default_factory=lambda: TUNING)
    started: float = 0.0
    """Unix time of the start. A document that changed less than two seconds before is looked at by its content."""

    @property
    def trusted_before(self) -> int:
        """In nanoseconds of Unix time: files whose times are older have not changed without other times."""
        return int((self.started - _RACY_SECONDS) * 1e9)

    @property
    def site_folder(self) -> Path:
        """The folder of the settings, as it was named unless they are a link: then all lies beside what it leads to."""
        return (self.config.resolve() if self.config.is_symlink() else self.config).parent

    def state_folder(self, setting: str) -> Path:
        """Returns the folder of the cache.

        Args:
            setting: the folder that the settings name, seen from ``site.toml``; empty where they name none.
        """
        return self.state or self.site_folder / (setting or CONTROL)


def refuse_overlap(options: Options, state: Path) -> None:
    """Refuses an output folder in which a build would read or overwrite its own input or its state.

    Raises:
        OutputError: the folders overlap.
    """
    try:
        output = options.output.resolve()
        source = options.source.resolve()
        site = options.config.resolve().parent
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OutputError(f"{options.output} is no usable path: {error}") from None
    for name, folder in [("source folder", source), ("site's folder", site), ("state", state.resolve())]:
        if folder.is_relative_to(output):
            raise OutputError(f"{options.output} holds the {name}: choose another output folder")
    roots = [site, theme.default_root().resolve()]
    for folder in [source, *(root / name for root in roots for name in ("templates", "static"))]:
        if output.is_relative_to(folder):
            raise OutputError(f"{options.output} lies in {folder}, which a build reads: choose another output folder")
    try:
        is_taken = output.exists() and not output.is_dir()
    except OSError as error:
        raise OutputError(f"{options.output} is no usable path: {error.strerror}") from None
    if is_taken:
        raise OutputError(f"{options.output} is no folder")
