"""A build that has something to do: every station in its order, each timed. Prints nothing."""

import dataclasses

from generator import compression, deployment, language, search, state, taxonomy, tree, unchanged
from generator.errors import in_order
from generator.examining import TEMPLATES, Base, Examined, examine
from generator.options import Options
from generator.report import Progress, Report, Stopwatch
from generator.staging import Staging
from generator.state import Known, Memory, RelatedLists
from generator.unchanged import Input, Last

_READING = "reading"


def make(options: Options, given: Input, progress: Progress, watch: Stopwatch) -> Report:
    """Reads, groups, plans, renders and publishes; what the last build made of the same is kept.

    Raises:
        SettingsError: the curated topics or the words have errors.
        OutputError: the output folder cannot be used.
    """
    folder, configured = options.site_folder, given.settings
    base = Base(
        settings=configured,
        language=language.load(configured.language, zone=configured.timezone, folder=folder),
        topics=taxonomy.load(folder),
        theme=given.theme,
        memory=state.EMPTY if options.is_clean else state.load(options.output / tree.CONTROL, given.program),
        program=given.program,
        key=given.key,
    )
    examined = examine(options, base, given.found, known=_known(base, options), watch=watch, progress=progress)
    return examined.report if examined.is_refused else _write(options, base, examined, progress, watch)


def _known(base: Base, options: Options) -> Known:
    """What the last build knew of the documents, unless they are to be read in another way."""
    is_same = base.memory.facts.get(_READING) == base.reading(options.source)
    return Known(
        documents=base.memory.documents if is_same else {},
        related=RelatedLists(options.output.resolve() / tree.CONTROL),
        trusted_before=options.trusted_before,
    )


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
                answered=planned.answered,
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
                planned.search,
                output,
                base.memory.files,
                jobs=options.jobs,
                is_forced=options.is_clean,
                is_strict=options.is_strict,
                blamed=options.config.as_posix(),
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
                TEMPLATES: examined.templates,
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
