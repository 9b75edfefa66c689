"""The pipeline of a build, from top to bottom: load, cluster, plan, check, render, publish, remember."""

import msgspec

from generator.build import load, up_to_date
from generator.build.load import Documents
from generator.build.plan import PlannedSite, SiteInputs, plan_site
from generator.build.report import Keep, Progress, Report, Stopwatch
from generator.build.scan import Scanned
from generator.build.staging import stage_pages
from generator.build.up_to_date import SITE, LastBuild
from generator.cache.document_keys import DOCUMENT
from generator.config import hook_file, language
from generator.config.options import Options
from generator.content import publishers, topics, urls
from generator.errors import Diagnostic, sorted_by_place
from generator.output import tree
from generator.output.reuse import OutputReuse
from generator.output.tree import Staged, Tree


def run(options: Options, scanned: Scanned, progress: Progress, watch: Stopwatch, keep: Keep) -> Report:
    """Builds a site whose folders have been scanned.

    Everything is staged beside the site and then published at once, or everything is left as it is.

    Raises:
        SettingsError: the curated topics, the sources, the words or the hooks have errors.
        OutputError: the output folder cannot be used.
    """
    inputs = _inputs(options, scanned)
    with watch.station("read"):
        documents = load.read(
            scanned,
            inputs.topics,
            inputs.publishers,
            inputs.hooks,
            trusted_before=options.trusted_before,
            jobs=options.jobs,
            progress=progress,
        )
    # A robot writes documents again for what no page shows, the ciphertext of `secured` for one.
    if scanned.to_read and (report := up_to_date.report_of(options, scanned, documents.keys)):
        scanned.memo.finish([DOCUMENT])
        scanned.store.write_files(scanned.source_name, scanned.source_entries, documents.entries)
        return report
    planned = plan_site(options, inputs, scanned, documents, watch)
    keep((documents, planned))
    if planned.is_refused:
        scanned.store.flush()
        return planned.report
    with tree.hold(options.output) as output:
        reuse = _reuse(options, scanned, output)
        staged, found, counts = _stage(options, planned, reuse, progress, watch)
        if found:
            return msgspec.structs.replace(
                planned.report, diagnostics=sorted_by_place(planned.report.diagnostics, found)
            )
        with watch.station("write"):
            published = output.publish(staged, may_replace=options.may_overwrite)
        report = msgspec.structs.replace(
            planned.report,
            is_built=True,
            is_taken_over=output.is_taken_over,
            planned=len(staged),
            written=published.written,
            unchanged=published.unchanged,
            removed=published.removed,
            segments=counts[0],
            indexed=counts[1],
        )
        with watch.station("remember"):
            _remember(options, scanned, documents, planned, report, output, staged)
    keep(staged)
    return report


def _inputs(options: Options, scanned: Scanned) -> SiteInputs:
    folder, configured = options.site_folder, scanned.settings
    return SiteInputs(
        settings=configured,
        language=language.load(configured.language, zone=configured.timezone, folder=folder, config=options.config),
        topics=topics.load(folder),
        publishers=publishers.load(folder),
        theme=scanned.theme,
        hooks=hook_file.load(scanned.hooks),
    )


def _reuse(options: Options, scanned: Scanned, output: Tree) -> OutputReuse:
    return OutputReuse(
        output=output,
        memo=scanned.memo,
        entries=scanned.output_entries,
        altered=scanned.altered(),
        is_forced=options.is_clean,
        is_strict=options.is_strict,
    )


def _stage(
    options: Options, planned: PlannedSite, reuse: OutputReuse, progress: Progress, watch: Stopwatch
) -> tuple[list[Staged], list[Diagnostic], tuple[int, int]]:
    """Stages all files of the site: static files and pages, the search index, compressed copies.

    Returns:
        the files; the diagnostics; how many segments the search index has, and how many of these were indexed.
    """
    with watch.station("render"):
        staged = [reuse.stage(urls.file_path(file.address), file.data) for file in planned.files]
        pages, diagnostics = stage_pages(planned, reuse, options, progress)
        staged += pages
    segments = indexed = 0
    # What not every site asks for is loaded where one does.
    if planned.search:
        from generator.search import index  # noqa: PLC0415

        with watch.station("search"):
            found = index.stage(planned.search, reuse, jobs=options.jobs, config_path=options.config.as_posix())
        staged += found.staged
        diagnostics += found.diagnostics
        segments, indexed = found.segments, found.made
    if planned.is_precompressed and not diagnostics:
        from generator.output import precompress  # noqa: PLC0415

        with watch.station("compress"):
            staged += precompress.stage(staged, reuse, jobs=options.jobs)
    return staged, diagnostics, (segments, indexed)


def _remember(
    options: Options,
    scanned: Scanned,
    documents: Documents,
    planned: PlannedSite,
    report: Report,
    output: Tree,
    staged: list[Staged],
) -> None:
    """Writes the cache and the file index for the next build."""
    memo = scanned.memo
    key = up_to_date.site_key(options, scanned, documents.keys)
    memo.replace(SITE, key, LastBuild(since=planned.since, until=planned.until, report=up_to_date.unchanged(report)))
    memo.finish()
    scanned.store.write_files(scanned.source_name, scanned.source_entries, documents.entries)
    scanned.store.write_files(scanned.output_name, scanned.output_entries, output.entries(staged))
