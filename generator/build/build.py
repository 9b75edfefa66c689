"""Builds a site: opens the cache, and runs the pipeline where there is anything to do. Prints nothing."""

import contextlib
import time
from collections.abc import Callable

import msgspec

from generator.build import up_to_date
from generator.build.report import Keep, Progress, Report, Stopwatch
from generator.build.scan import scan
from generator.cache import program
from generator.cache.store import Store
from generator.config import settings
from generator.config.options import Options, refuse_overlap
from generator.config.settings import Settings
from generator.errors import DamagedStateError
from generator.output import deploy_manifest, tree


def build(
    options: Options,
    *,
    progress: Progress = lambda *_: None,
    clock: Callable[[], float] = time.perf_counter,
    keep: Keep = lambda _: None,
) -> Report:
    """Builds the site.

    Args:
        options: of the build.
        progress: called with the stage, the number done and the total.
        clock: returns seconds.
        keep: is given values that take long to free; a caller that exits after the build keeps them until then.

    Raises:
        SettingsError: the settings, the curated topics, the sources, the words or the hooks have errors.
        OutputError: the output folder cannot be used.
    """
    watch = Stopwatch(clock)
    with watch.station("total"):
        configured = settings.load(options.config, base_url=options.base_url, is_optional=options.is_config_optional)
        state = options.state_folder(configured.state)
        refuse_overlap(options, state)
        if options.deploy_manifest:
            deploy_manifest.read(options.deploy_manifest)
        tree.recover(options.output)
        with contextlib.closing(Store(state, program.fingerprint())) as store:
            is_anew = store.was_dropped
            if options.is_clean:
                store.drop()
            try:
                report = _build(options, configured, store, progress, watch, keep)
            except DamagedStateError:
                is_anew = True
                store.drop()
                report = _build(options, configured, store, progress, watch, keep)
        if options.deploy_manifest and report.is_built:
            deploy_manifest.write(options.deploy_manifest, tree.Tree(root=options.output.resolve()))
    return msgspec.structs.replace(report, seconds=watch.seconds, is_anew=is_anew)


def _build(
    options: Options, configured: Settings, store: Store, progress: Progress, watch: Stopwatch, keep: Keep
) -> Report:
    with contextlib.ExitStack() as background:
        with watch.station("scan"):
            scanned = scan(options, configured, store, background)
            if not scanned.to_read and (report := up_to_date.report_of(options, scanned, scanned.unchanged)):
                return report
        # Loading the modules that read and render takes longer than a build that has nothing to do.
        from generator.build import pipeline  # noqa: PLC0415

        return pipeline.run(options, scanned, progress, watch, keep)
