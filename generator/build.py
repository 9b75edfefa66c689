"""The build: every station in its order, each timed, and a report at the end. Prints nothing."""

import dataclasses
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator import assets as static
from generator import (
    checks,
    codec,
    hosting,
    indexer,
    language,
    program,
    records,
    retelling,
    search,
    settings,
    sources,
    state,
    taxonomy,
    theme,
    tree,
    unchanged,
    urls,
)
from generator import pages as planning
from generator.digest import Digest, group
from generator.errors import BuildFailedError, Problem, has_error, in_order, once_a_key
from generator.grouping import select_items
from generator.language import Language
from generator.model import Item
from generator.options import Options, refuse_overlap
from generator.page import Page
from generator.reading import Known, Progress, Reading, read
from generator.records import Search
from generator.render import Look, Renderer
from generator.report import Report, Stopwatch
from generator.search_page import search_files
from generator.settings import Settings
from generator.sources import Found
from generator.staging import Staging
from generator.state import Epoch, KnownDocument, Memory
from generator.taxonomy import Taxonomy
from generator.theme import Theme
from generator.tree import Tree
from generator.unchanged import Last

_READING = "reading"
_RACY_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What a site is built upon besides its documents."""

    settings: Settings
    language: Language
    topics: Taxonomy
    theme: Theme
    memory: Memory
    """What the last build remembered."""
    program: str
    key: bytes
    """The fingerprint of all this but the memory."""

    def reading(self, source: Path) -> bytes:
        """A fingerprint of what documents are read with."""
        configured = self.settings
        base_path = urls.base_path(configured.base_url)
        return codec.fingerprint((os.fsencode(source), base_path, configured.timezone, self.topics.topics))


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
        tree.recover(options.output)
        theirs = theme.find(options.site_folder)
        with watch.station("look"):
            found = sources.find(options.source)
            which = program.fingerprint()
            key = unchanged.key_of(options, configured, theirs, found)
            report = None if options.is_clean or options.is_strict else _nothing_to_do(options, which, key, found)
        if report is None:
            folder = options.site_folder
            base = _Base(
                settings=configured,
                language=language.load(configured.language, zone=configured.timezone, folder=folder),
                topics=taxonomy.load(folder),
                theme=theirs,
                memory=state.EMPTY if options.is_clean else state.load(options.output / tree.CONTROL, which),
                program=which,
                key=key,
            )
            report = _build(options, base, found, progress, watch)
    return dataclasses.replace(report, seconds=watch.seconds)


def _nothing_to_do(options: Options, which: str, key: bytes, found: Found) -> Report | None:
    """The report of a build that would change nothing, if this is one."""
    output = Tree(root=options.output.resolve())
    glance = state.load(output.control, which, is_glance=True)
    known = Known(documents=glance.documents, trusted_before=_trusted_before(options))
    last = unchanged.report_of(output, glance, found, known, key=key, now=options.now.timestamp())
    return last and dataclasses.replace(last, written=0, unchanged=last.planned, removed=0, indexed=0)


def _build(options: Options, base: _Base, found: Found, progress: Progress, watch: Stopwatch) -> Report:
    configured = base.settings
    with watch.station("read"):
        known = _known(base, options)
        reading = read(
            options.source, found, configured, base.topics, jobs=options.jobs, known=known, progress=progress
        )
    with watch.station("group"):
        selected = select_items(reading, options, configured)
    of_documents = [*reading.problems, *selected.problems]
    files, of_site = _load_assets(base.theme)
    planned = _plan(selected.items, reading, base, files, watch, may_drop=options.skip_invalid)
    digest = planned.digest
    # A link to a document that was refused is not dead, only not there yet.
    if options.skip_invalid or not has_error(of_documents):
        of_documents += planned.of_documents
    look = Look(
        folders=base.theme.template_folders,
        site=planning.site(configured, base.language),
        language=base.language,
        base_url=configured.base_url,
        assets=files.addresses,
    )
    # Static files that could not be loaded are not missing pages.
    of_site += [*([] if of_site else planned.of_site), *Renderer(look).check()]
    report = Report(
        read=reading.read,
        rejected=reading.read - len(digest.items) - sum(selected.left_out.values()),
        left_out=selected.left_out,
        items=len(digest.items),
        stories=planned.stories,
        topics=len(digest.topics),
        days=len(digest.days),
        ignored=reading.ignored,
        problems=in_order(once_a_key(of_documents), of_site),
    )
    if has_error(of_site) or not reading.read or (has_error(of_documents) and not options.skip_invalid):
        return report
    last = Last(key=base.key, since=selected.since, until=selected.until, report=report)
    return _write(options, base, last, look, planned, progress, watch)


def _known(base: _Base, options: Options) -> Known:
    """What the last build knew of the documents, unless they are to be read in another way."""
    is_same = base.memory.facts.get(_READING) == base.reading(options.source)
    return Known(
        documents=base.memory.documents if is_same else {},
        trusted_before=_trusted_before(options),
    )


def _trusted_before(options: Options) -> int:
    return int((options.started - _RACY_SECONDS) * 1e9)


def _load_assets(look: theme.Theme) -> tuple[static.Assets, list[Problem]]:
    try:
        return static.load(look), []
    except BuildFailedError as error:
        return static.Assets(files=(), addresses={}), list(error.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """The site as it will be, and what is wrong with it."""

    digest: Digest
    stories: int
    epochs: tuple[Epoch, ...]
    pages: tuple[Page, ...]
    search: Search | None
    files: tuple[static.Asset, ...]
    """That are no pages."""
    known: Mapping[str, KnownDocument]
    """What to remember of the documents."""
    of_documents: list[Problem]
    of_site: list[Problem]


def _plan(
    items: tuple[Item, ...],
    reading: Reading,
    base: _Base,
    files: static.Assets,
    watch: Stopwatch,
    *,
    may_drop: bool,
) -> _Planned:
    """Plans the pages and checks them; returns also what is wrong with documents, and with the site.

    Where documents may be dropped, those with dead links are, until there is none: each that goes can break another's.
    """
    fixed = [(asset.address, f"the static file {asset.address}") for asset in files.files]
    of_documents: list[Problem] = []
    while True:
        digest = group(items, base.topics)
        with watch.station("stories"):
            told, epochs = retelling.retell(items, reading.digests, base.memory.epochs)
        with watch.station("plan"):
            configured = base.settings
            found = records.search(digest, base.language, indexer.version()) if configured.search else None
            pages = planning.plan(digest, told, configured, base.language, found)
            for_hosts = hosting.files(pages, found, {address for address, _ in fixed}, configured.base_url)
        paths = {item.path for item in items}
        others = [(asset.address, "a file for hosts") for asset in for_hosts]
        problems = checks.check(pages, [*fixed, *others, *(search_files(found) if found else ())])
        in_bodies = [problem for problem in problems if problem.path in paths]
        of_site = [problem for problem in problems if problem.path not in paths]
        of_documents += in_bodies
        if not (in_bodies and may_drop):
            return _Planned(
                digest=digest,
                stories=len(told.stories),
                epochs=epochs,
                pages=pages,
                search=found,
                files=(*files.files, *for_hosts),
                known=reading.known,
                of_documents=of_documents,
                of_site=of_site,
            )
        bad = {problem.path for problem in in_bodies}
        items = tuple(item for item in items if item.path not in bad)


def _write(
    options: Options,
    base: _Base,
    last: Last,
    look: Look,
    planned: _Planned,
    progress: Progress,
    watch: Stopwatch,
) -> Report:
    """Renders all pages and indexes them beside the site, then makes it all the site, or leaves all as it is."""
    pages = planned.pages
    with tree.hold(options.output) as output:
        with watch.station("render"):
            staging = Staging(
                look=look,
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
        with watch.station("write"):
            counts = output.publish(staged, may_replace=options.is_clean)
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
