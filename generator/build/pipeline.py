"""A build that has something to do: every station in its order, each timed. Prints nothing."""

from collections.abc import Callable, Mapping

import msgspec

from generator.build import up_to_date
from generator.build.plan import Base, Examined, examine
from generator.build.report import Progress, Report, Stopwatch
from generator.build.staging import Staging
from generator.build.up_to_date import Input, Last
from generator.cache import store
from generator.cache.model import Known, KnownFile, Memory
from generator.config import language
from generator.config.options import Options
from generator.content import topics
from generator.errors import Diagnostic, in_order
from generator.output import deploy_manifest, tree
from generator.output.reuse import OutputReuse, as_staged
from generator.output.tree import Staged, Tree

_MANIFEST, _READING = "manifest", "reading"


def make(
    options: Options, given: Input, progress: Progress, watch: Stopwatch, keep: Callable[[object], None]
) -> Report:
    """Reads, groups, plans, renders and publishes; what the last build made of the same is kept.

    Everything is staged beside the site, then made the site all at once, or all is left as it is.

    Raises:
        SettingsError: the curated topics or the words have errors.
        OutputError: the output folder cannot be used.
    """
    base = _base(options, given)
    examined = examine(options, base, given.found, known=_known(base, options, given), watch=watch, progress=progress)
    keep((base, examined))
    found = msgspec.structs.replace(examined.report, is_anew=base.memory.is_dropped)
    if examined.is_refused:
        return found
    with tree.hold(options.output) as output:
        keeper = OutputReuse(
            output=output,
            known=base.memory.files,
            # Where another build came in between, all that was seen is to be looked at again.
            altered=given.altered() if output.version == given.version else frozenset(base.memory.files),
            is_forced=options.is_clean,
            is_strict=options.is_strict,
        )
        staged, kept, (segments, indexed), diagnostics = _stage(options, examined, keeper, progress, watch)
        if diagnostics:
            return msgspec.structs.replace(found, diagnostics=in_order(found.diagnostics, diagnostics))
        with watch.station("write"):
            counts = output.publish(staged, kept, _ours(base.memory, output), may_replace=options.is_clean)
        if options.deploy_manifest:
            deploy_manifest.write(options.deploy_manifest, output)
        report = msgspec.structs.replace(
            found,
            is_built=True,
            planned=len(staged) + len(kept),
            written=counts.written,
            unchanged=counts.unchanged,
            removed=counts.removed,
            segments=segments,
            indexed=indexed,
        )
        with watch.station("remember"):
            files = {**kept, **output.known(staged, base.memory.files)}
            facts = {
                _MANIFEST: _manifest(output, report.planned),
                _READING: base.reading(options.source),
                up_to_date.FACT: up_to_date.pack(_last(given, examined, report)),
            }
            after = _after(examined, facts, files)
            store.save(output.control, given.program, base.memory, after)
        keep((staged, kept, after))
    return report


def _manifest(output: Tree, count: int) -> bytes:
    """Stands for the list of files that is in the output folder, if it is of so many."""
    return msgspec.msgpack.encode((output.version, count))


def _ours(memory: Memory, output: Tree) -> Mapping[str, str] | None:
    """The files that the last build wrote, if all are remembered, and the list of them that is there is its own."""
    if memory.facts.get(_MANIFEST) != _manifest(output, len(memory.files)):
        return None
    return {path: file.digest for path, file in memory.files.items()}


def _base(options: Options, given: Input) -> Base:
    folder, configured = options.site_folder, given.settings
    return Base(
        settings=configured,
        language=language.load(configured.language, zone=configured.timezone, folder=folder, config=options.config),
        topics=topics.load(folder),
        theme=given.theme,
        memory=store.complete(options.output / tree.CONTROL, given.memory),
    )


def _known(base: Base, options: Options, given: Input) -> Known:
    """What the last build knew of the documents, unless they are to be read in another way."""
    is_same = base.memory.facts.get(_READING) == base.reading(options.source)
    return Known(
        documents=base.memory.documents if is_same else {},
        shelves=base.memory.shelves.values() if is_same else (),
        unchanged=given.unchanged if is_same else {},
        read=given.read,
        related=base.memory.store.related if base.memory.store else None,
    )


def _stage(
    options: Options, examined: Examined, keeper: OutputReuse, progress: Progress, watch: Stopwatch
) -> tuple[list[Staged], dict[str, KnownFile], tuple[int, int], list[Diagnostic]]:
    """Stages all files of the site: static ones and pages, the search index, compressed copies.

    Returns them; those that are kept as they are; how many segments the index has and how many of these were made; and
    what is wrong.
    """
    planned = examined.planned
    with watch.station("render"):
        staging = Staging(
            context=examined.context,
            pages=planned.pages,
            blocks=planned.blocks,
            answered=planned.answered,
            keeper=keeper,
        )
        count = len(planned.pages) + sum(len(block.paths) for block in planned.blocks)
        staged, kept, diagnostics = staging.stage(
            planned.files, jobs=options.jobs, progress=lambda done: progress("render", done, count)
        )
    segments = made = 0
    # Here and below: what not every site asks for is loaded where one does.
    if planned.search:
        from generator.search import index as search  # noqa: PLC0415

        with watch.station("search"):
            indexed = search.stage(planned.search, keeper, jobs=options.jobs, blamed=options.config.as_posix())
        staged += indexed.staged
        diagnostics += indexed.diagnostics
        segments, made = indexed.segments, indexed.made
    if planned.is_precompressed and not diagnostics:
        from generator.output import precompress  # noqa: PLC0415

        with watch.station("compress"):
            staged += as_staged(kept)
            kept = {}
            staged += precompress.stage(staged, keeper, jobs=options.jobs)
    return staged, kept, (segments, made), diagnostics


def _after(examined: Examined, facts: Mapping[str, bytes], files: Mapping[str, KnownFile]) -> Memory:
    """What the next build is to know."""
    planned = examined.planned
    return Memory(
        facts=facts,
        documents=planned.known,
        files=files,
        epochs=planned.epochs,
        stretches=planned.stretches,
        results=planned.results,
    )


def _last(given: Input, examined: Examined, report: Report) -> Last:
    selected = examined.selected
    # Another build that changes nothing has nothing that it could not use.
    report = msgspec.structs.replace(report, is_anew=False)
    return Last(key=given.key, since=selected.since, until=selected.until, report=report)
