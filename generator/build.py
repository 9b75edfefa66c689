"""The build: every station in its order, each timed, and a report at the end. Prints nothing."""

import dataclasses
import time
from collections.abc import Callable

from generator import (
    compression,
    deployment,
    language,
    program,
    search,
    settings,
    sources,
    state,
    taxonomy,
    theme,
    tree,
    unchanged,
)
from generator.errors import in_order
from generator.examining import Base, Examined, examine
from generator.options import Options, refuse_overlap
from generator.reading import Known, Progress
from generator.report import Report, Stopwatch
from generator.sources import Found
from generator.staging import Staging
from generator.state import Memory, RelatedLists
from generator.tree import Tree
from generator.unchanged import Last

_READING = "reading"
_RACY_SECONDS = 2.0


def build(
    options: Options, *, progress: Progress = lambda *_: None, clock: Callable[[], float] = time.perf_counter
) -> Report:
    """Builds the site.

    Raises:
        SettingsError: the settings or the curated topics have errors.
        OutputError: the output folder cannot be used.
    """
    watch = Stopwatch(clock)
    with watch.station("total"):
        configured = settings.load(options.config, base_url=options.base_url)
        refuse_overlap(options)
        if options.deploy_manifest:
            deployment.read(options.deploy_manifest)
        tree.recover(options.output)
        theirs = theme.find(options.site_folder)
        with watch.station("look"):
            found = sources.find(options.source)
            which = program.fingerprint()
            key = unchanged.key_of(options, configured, theirs, found)
            report = None if options.is_clean or options.is_strict else _nothing_to_do(options, which, key, found)
        if report is None:
            folder = options.site_folder
            base = Base(
                settings=configured,
                language=language.load(configured.language, zone=configured.timezone, folder=folder),
                topics=taxonomy.load(folder),
                theme=theirs,
                memory=state.EMPTY if options.is_clean else state.load(options.output / tree.CONTROL, which),
                program=which,
                key=key,
            )
            examined = examine(options, base, found, known=_known(base, options), watch=watch, progress=progress)
            report = examined.report
            if not examined.is_refused:
                report = _write(options, base, examined, progress, watch)
    return dataclasses.replace(report, seconds=watch.seconds)


def _nothing_to_do(options: Options, which: str, key: bytes, found: Found) -> Report | None:
    """The report of a build that would change nothing, if this is one."""
    output = Tree(root=options.output.resolve())
    glance = state.load(output.control, which, is_glance=True)
    known = Known(documents=glance.documents, trusted_before=_trusted_before(options))
    last = unchanged.report_of(output, glance, found, known, key=key, now=options.now.timestamp())
    if last and options.deploy_manifest:
        deployment.write(options.deploy_manifest, output)
    return last and dataclasses.replace(last, written=0, unchanged=last.planned, removed=0, indexed=0)


def _known(base: Base, options: Options) -> Known:
    """What the last build knew of the documents, unless they are to be read in another way."""
    is_same = base.memory.facts.get(_READING) == base.reading(options.source)
    return Known(
        documents=base.memory.documents if is_same else {},
        related=RelatedLists(options.output.resolve() / tree.CONTROL),
        trusted_before=_trusted_before(options),
    )


def _trusted_before(options: Options) -> int:
    return int((options.started - _RACY_SECONDS) * 1e9)


def _write(
    options: Options,
    base: Base,
    examined: Examined,
    progress: Progress,
    watch: Stopwatch,
) -> Report:
    """Renders all pages and indexes them beside the site, then makes it all the site, or leaves all as it is."""
    planned, pages = examined.planned, examined.planned.pages
    selected = examined.selected
    last = Last(key=base.key, since=selected.since, until=selected.until, report=examined.report)
    with tree.hold(options.output) as output:
        with watch.station("render"):
            staging = Staging(
                look=examined.look,
                pages=pages,
                output=output,
                known=base.memory.files,
                is_forced=options.is_clean,
                is_strict=options.is_strict,
            )
            staged, problems = staging.stage(
                planned.files,
                jobs=options.jobs,
                progress=lambda done: progress("render", done, len(pages)),
            )
        with watch.station("search"):
            indexed = search.stage(
                planned.search, output, jobs=options.jobs, is_forced=options.is_clean, blamed=options.config.as_posix()
            )
        staged += indexed.staged
        if problems := [*problems, *indexed.problems]:
            return dataclasses.replace(last.report, problems=in_order(last.report.problems, problems))
        if planned.is_precompressed:
            with watch.station("compress"):
                staged += compression.stage(
                    staged,
                    output,
                    base.memory.files,
                    jobs=options.jobs,
                    is_forced=options.is_clean,
                    is_strict=options.is_strict,
                )
        with watch.station("write"):
            counts = output.publish(staged, may_replace=options.is_clean)
        if options.deploy_manifest:
            deployment.write(options.deploy_manifest, output)
        report = dataclasses.replace(
            last.report,
            is_built=True,
            planned=len(staged),
            written=counts.written,
            unchanged=counts.unchanged,
            removed=counts.removed,
            segments=indexed.segments,
            indexed=indexed.made,
        )
        with watch.station("remember"):
            facts = {
                _READING: base.reading(options.source),
                unchanged.FACT: unchanged.pack(dataclasses.replace(last, report=report)),
            }
            after = Memory(
                facts=facts,
                documents=planned.known,
                files=output.known(staged, base.memory.files),
                epochs=planned.epochs,
            )
            state.save(output.control, base.program, base.memory, after)
    return report
