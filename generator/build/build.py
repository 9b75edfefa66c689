"""The build: a look whether there is anything to do, the work if there is, and a report at the end. Prints nothing."""

import contextlib
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from generator.build import up_to_date
from generator.build.report import Progress, Report, Stopwatch
from generator.build.up_to_date import Input
from generator.cache import program, store
from generator.cache.model import EMPTY, Memory, ReadNow
from generator.cache.model import unchanged as unchanged_documents
from generator.config import settings, theme
from generator.config.options import Options, refuse_overlap
from generator.config.settings import Settings
from generator.config.theme import Theme
from generator.content import source_files
from generator.content.source_files import Found, SourceFile
from generator.errors import DamagedStateError
from generator.output import deploy_manifest, tree
from generator.output.tree import Tree
from generator.util import workers

_MANY = 30_000
"""Documents: while others look at more, there is time to load what a build needs that has something to do."""


def build(
    options: Options,
    *,
    progress: Progress = lambda *_: None,
    clock: Callable[[], float] = time.perf_counter,
    keep: Callable[[object], None] = lambda _: None,
) -> Report:
    """Builds the site.

    Args:
        options: what is wanted.
        progress: is told how far the build is.
        clock: gives seconds.
        keep: is given values that take long to take apart: who ends after the build may hold them until then.

    Raises:
        SettingsError: the settings or the curated topics have errors.
        OutputError: the output folder cannot be used.
    """
    watch = Stopwatch(clock)
    with watch.station("total"):
        configured = settings.load(options.config, base_url=options.base_url)
        refuse_overlap(options)
        if options.deploy_manifest:
            deploy_manifest.read(options.deploy_manifest)
        tree.recover(options.output)
        theirs = theme.find(options.site_folder)
        with contextlib.ExitStack() as beside:
            with watch.station("look"):
                given = _look(options, configured, theirs, beside)
                report = None if options.is_strict else _nothing_to_do(options, given)
            if report is None:
                from generator.build.pipeline import make  # noqa: PLC0415 - takes longer to load than a look takes

                try:
                    report = make(options, given, progress, watch, keep)
                except DamagedStateError:
                    nothing = Memory(is_dropped=True)
                    given = msgspec.structs.replace(given, memory=nothing, unchanged={}, altered=frozenset)
                    report = make(options, given, progress, watch, keep)
    return msgspec.structs.replace(report, seconds=watch.seconds)


def _look(options: Options, configured: Settings, theirs: Theme, beside: contextlib.ExitStack) -> Input:
    """What there is and what is remembered; other processes look at the documents, and at the site until that ends."""
    finding = beside.enter_context(workers.in_background(functools.partial(_find, options.source), jobs=options.jobs))
    which = program.fingerprint()
    memory = EMPTY if options.is_clean else store.glance(options.output / tree.CONTROL, which)
    if memory.store:
        beside.callback(memory.store.close)
    before = Tree(root=options.output.resolve())
    version = before.version
    jobs = options.jobs if memory.files else 1
    looking = beside.enter_context(workers.in_background(functools.partial(before.altered, memory.files), jobs=jobs))
    if len(memory.documents) > _MANY:
        from generator.build import pipeline  # noqa: F401, PLC0415

        memory = store.complete(options.output / tree.CONTROL, memory)
    found = source_files.unpack(finding())
    return Input(
        settings=configured,
        theme=theirs,
        found=found,
        program=which,
        key=up_to_date.key_of(options, configured, theirs, found),
        memory=memory,
        unchanged=unchanged_documents(memory.documents, found.files, options.trusted_before),
        altered=functools.cache(looking),
        version=version,
        read={},
    )


def _find(source: Path) -> bytes | Found:
    """Runs beside."""
    return source_files.pack(source_files.find(source))


def _nothing_to_do(options: Options, given: Input) -> Report | None:
    """The report of a build that would change nothing, if this is one."""
    output = Tree(root=options.output.resolve())
    reread = functools.partial(_reread, options, given)
    last = up_to_date.report_of(given, output, reread, now=options.now.timestamp())
    if last and options.deploy_manifest:
        deploy_manifest.write(options.deploy_manifest, output)
    return last and msgspec.structs.replace(last, written=0, unchanged=last.planned, removed=0, indexed=0)


def _reread(options: Options, given: Input, files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, ReadNow]]:
    """Reads documents that were written again, one after the other; none has to be read once more."""
    from generator.build import load  # noqa: PLC0415 - most builds that change nothing have none
    from generator.content import topics  # noqa: PLC0415 - most builds that change nothing have none

    for file, read in load.reread(given.found.folder, files, given.settings, topics.load(options.site_folder)):
        given.read[file.name] = read
        yield file, read
