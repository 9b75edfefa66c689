"""The options of a build, and the check of its output folder."""

import datetime as dt
from pathlib import Path

import msgspec

from generator.config import theme
from generator.errors import OutputError
from generator.util.files import CONTROL

_RACY_SECONDS = 2.0


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of the work that is done at once, and checks of the program itself; tests choose small sizes."""

    block: int = 64
    """The most items of a block, as for ``stories.incremental.cluster``."""
    pages_at_once: int = 64
    """Number of pages in a worker's chunk, at least."""
    pages_in_a_round: int = 16_384
    """Number of pages after which workers are replaced: each comes to have a copy of all that it touches."""
    is_verifying: bool = False
    """Make every cached result again, and fail where it comes out different."""


TUNING = Tuning()
"""The sizes that builds use."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a build."""

    source: Path
    output: Path
    config: Path
    now: dt.datetime
    """Items published after this time are future items. Nothing else depends on it."""
    is_config_optional: bool = False
    """Whether a site without a settings file has the default settings."""
    base_url: str | None = None
    """Overrides the setting ``base_url``."""
    jobs: int = 1
    deploy_manifest: Path | None = None
    """The path for the list of files that an upload has to change."""
    state: Path | None = None
    """The folder of the cache. Overrides the setting ``state``."""
    is_clean: bool = False
    """Use nothing of earlier builds, and write every file again."""
    may_overwrite: bool = False
    """Replace files that no build wrote."""
    is_strict: bool = False
    """Compare every output file by its content, not by its size and times."""
    skip_invalid: bool = False
    """Leave out documents with errors instead of failing."""
    with_drafts: bool = False
    with_future: bool = False
    tuning: Tuning = msgspec.field(default_factory=lambda: TUNING)
    started: float = 0.0
    """The Unix time of the start. Files that changed less than two seconds before it are compared by content."""

    @property
    def trusted_before(self) -> int:
        """A Unix time in nanoseconds. A file whose times are older, and as before, has not changed."""
        return int((self.started - _RACY_SECONDS) * 1e9)

    @property
    def site_folder(self) -> Path:
        """The folder of the settings file, as the user named it. If the file is a link, the folder of its target."""
        return (self.config.resolve() if self.config.is_symlink() else self.config).parent

    def state_folder(self, setting: str) -> Path:
        """Returns the folder of the cache; ``setting`` is a folder, relative to the settings file, or empty."""
        return self.state or self.site_folder / (setting or CONTROL)


def refuse_overlap(options: Options, state: Path) -> None:
    """Refuses an output folder that overlaps with the input or the state of the build.

    Raises:
        OutputError: the output folder contains input or state, is inside an input folder, or cannot be used.
    """
    try:
        output = options.output.resolve()
        source = options.source.resolve()
        site = options.config.resolve().parent
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OutputError(f"{options.output} is not a usable path: {error}") from None
    for name, folder in [("source folder", source), ("site's folder", site), ("state", state.resolve())]:
        if folder.is_relative_to(output):
            raise OutputError(f"{options.output} contains the {name}: choose another output folder")
    roots = [site, theme.default_root().resolve()]
    for folder in [source, *(root / name for root in roots for name in ("templates", "static")), site / theme.PAGES]:
        if output.is_relative_to(folder):
            raise OutputError(f"{options.output} is inside {folder}, which a build reads: choose another output folder")
    try:
        is_occupied = output.exists() and not output.is_dir()
    except OSError as error:
        raise OutputError(f"{options.output} is not a usable path: {error.strerror}") from None
    if is_occupied:
        raise OutputError(f"{options.output} is not a folder")
