"""The build: every station in its order, each timed, and a report at the end. Prints nothing."""

import dataclasses
import datetime as dt
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator import assets as static
from generator import (
    checks,
    compression,
    deployment,
    folders,
    hosting,
    indexer,
    language,
    records,
    redirects,
    search,
    settings,
    taxonomy,
    theme,
    tree,
)
from generator import pages as planning
from generator.digest import Digest, Selected, Selection, group, select
from generator.errors import BuildFailedError, Problem, has_error, in_order, once_a_key
from generator.language import Language
from generator.model import Item
from generator.page import Page
from generator.reading import Progress, Reading, read
from generator.records import Search
from generator.render import Renderer
from generator.report import Report, Stopwatch
from generator.search_page import search_files
from generator.settings import Settings
from generator.staging import Staging
from generator.stories import Told, tell
from generator.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
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
    is_clean: bool = False
    """Write every file anew, and over files that no build wrote."""
    skip_invalid: bool = False
    """Build without the documents that have errors."""
    with_drafts: bool = False
    with_future: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What a site is built upon besides its documents."""

    settings: Settings
    language: Language
    topics: Taxonomy


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
        folders.refuse_overlap(options.output, source=options.source, config=options.config)
        if options.deploy_manifest:
            deployment.read(options.deploy_manifest)
        tree.recover(options.output)
        folder = _site_folder(options)
        spoken = language.load(configured.language, zone=configured.timezone, folder=folder)
        base = _Base(settings=configured, language=spoken, topics=taxonomy.load(folder))
        report = _build(options, base, progress, watch)
    return dataclasses.replace(report, seconds=watch.seconds)


def _build(options: Options, base: _Base, progress: Progress, watch: Stopwatch) -> Report:
    configured = base.settings
    with watch.station("read"):
        reading = read(options.source, configured, jobs=options.jobs, progress=progress)
    with watch.station("group"):
        selected = _select(reading, options, configured, base.topics)
    of_documents = [*reading.problems, *selected.problems]
    look = theme.find(_site_folder(options))
    files, of_site = _load_assets(look)
    planned = _plan(selected, base, files, watch, may_drop=options.skip_invalid)
    digest = planned.digest
    # A link to a document that was refused is not dead, only not there yet.
    if options.skip_invalid or not has_error(of_documents):
        of_documents += planned.of_documents
    prepare = functools.partial(
        Renderer,
        folders=look.template_folders,
        site=planning.site(configured, base.language),
        language=base.language,
        base_url=configured.base_url,
        assets=files.addresses,
    )
    # Static files that could not be loaded are not missing pages.
    of_site += [*([] if of_site else planned.of_site), *prepare().check()]
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
    return _write(options, report, prepare, planned, files, progress, watch)


def _select(reading: Reading, options: Options, configured: Settings, curated: Taxonomy) -> Selected:
    """The items on the site, each with an address of its own and the topics it shows."""
    selected = select(
        reading.items,
        Selection(
            now=options.now,
            with_drafts=options.with_drafts,
            with_future=options.with_future,
            with_unpromoted=configured.include_unpromoted,
        ),
    )
    items, collisions = checks.without_collisions(selected.items)
    return dataclasses.replace(
        selected, items=tuple(map(curated.assign, items)), problems=(*selected.problems, *collisions)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The stories of a collection, without a site."""

    told: Told
    settings: Settings
    taxonomy: Taxonomy
    about: Item | None
    """The item of the document that was asked about."""
    problems: tuple[Problem, ...]


def tell_stories(options: Options, *, document: str | None = None) -> Grouping:
    """Groups the documents into stories as a build would, without checking the links of bodies; writes nothing.

    Args:
        options: as for a build; the output folder does not matter.
        document: the path or name of a document whose comparisons are wanted.

    Raises:
        SettingsError: the settings or the curated topics have errors.
    """
    configured = settings.load(options.config, base_url=options.base_url)
    curated = taxonomy.load(_site_folder(options))
    reading = read(options.source, configured, jobs=options.jobs)
    selected = _select(reading, options, configured, curated)
    about = next((item for item in selected.items if document and document in {item.path, item.name}), None)
    return Grouping(
        told=tell(selected.items, about=about.identity if about else None),
        settings=configured,
        taxonomy=curated,
        about=about,
        problems=in_order(once_a_key(reading.problems), selected.problems),
    )


def _site_folder(options: Options) -> Path:
    """The folder of the settings, as it was named unless they are a link: then all lies beside what it leads to."""
    return (options.config.resolve() if options.config.is_symlink() else options.config).parent


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
    pages: tuple[Page, ...]
    search: Search | None
    for_hosts: tuple[static.Asset, ...]
    is_precompressed: bool
    of_documents: list[Problem]
    of_site: list[Problem]


def _plan(
    selected: Selected,
    base: _Base,
    files: static.Assets,
    watch: Stopwatch,
    *,
    may_drop: bool,
) -> _Planned:
    """Plans the pages and checks them; returns also what is wrong with documents, and with the site.

    Where documents may be dropped, those with dead links are, until there is none: each that goes can break another's.
    """
    items = selected.items
    fixed = [(asset.address, f"the static file {asset.address}") for asset in files.files]
    own = {address for address, _ in fixed}
    of_documents: list[Problem] = []
    while True:
        digest = group(items, base.topics)
        with watch.station("stories"):
            told = tell(items)
        with watch.station("plan"):
            configured = base.settings
            found = records.search(digest, base.language, indexer.version()) if configured.search else None
            pages = planning.plan(digest, told, configured, base.language, found)
            others = [*fixed, *(search_files(found) if found else ())]
            leading, of_aliases = redirects.plan(
                items, selected.removed, [*((page.address, page.origin) for page in pages), *others]
            )
            for_hosts = hosting.files(pages, found, leading, files.files, configured.base_url)
        paths = {item.path for item in items}
        others += [(asset.address, "a file for hosts") for asset in for_hosts if asset.address not in own]
        problems = [*checks.check(pages, others, leading.targets), *of_aliases]
        in_bodies = [problem for problem in problems if problem.path in paths]
        of_site = [problem for problem in problems if problem.path not in paths]
        of_documents += in_bodies
        if not (in_bodies and may_drop):
            return _Planned(
                digest=digest,
                stories=len(told.stories),
                pages=(*pages, *(redirects.pages(leading) if configured.alias_pages else ())),
                search=found,
                for_hosts=for_hosts,
                is_precompressed=configured.precompress,
                of_documents=of_documents,
                of_site=of_site,
            )
        bad = {problem.path for problem in in_bodies}
        items = tuple(item for item in items if item.path not in bad)


def _write(
    options: Options,
    report: Report,
    prepare: Callable[[], Renderer],
    planned: _Planned,
    files: static.Assets,
    progress: Progress,
    watch: Stopwatch,
) -> Report:
    """Renders all pages and indexes them beside the site, then makes it all the site, or leaves all as it is."""
    pages = planned.pages
    with tree.hold(options.output) as output:
        with watch.station("render"):
            staging = Staging(prepare=prepare, pages=pages, output=output, is_forced=options.is_clean)
            # What is made for hosts holds the site's own file of that name.
            fixed = {asset.address: asset for asset in (*files.files, *planned.for_hosts)}
            staged, problems = staging.stage(
                tuple(fixed.values()),
                jobs=options.jobs,
                progress=lambda done: progress("render", done, len(pages)),
            )
        with watch.station("search"):
            indexed = search.stage(
                planned.search, output, jobs=options.jobs, is_forced=options.is_clean, blamed=options.config.as_posix()
            )
        staged += indexed.staged
        if problems := [*problems, *indexed.problems]:
            return dataclasses.replace(report, problems=in_order(report.problems, problems))
        if planned.is_precompressed:
            with watch.station("compress"):
                staged += compression.stage(staged, output, jobs=options.jobs, is_forced=options.is_clean)
        with watch.station("write"):
            counts = output.publish(staged, may_replace=options.is_clean)
        if options.deploy_manifest:
            deployment.write(options.deploy_manifest, output)
    return dataclasses.replace(
        report,
        is_built=True,
        planned=len(staged),
        written=counts.written,
        unchanged=counts.unchanged,
        removed=counts.removed,
        segments=indexed.segments,
        indexed=indexed.made,
    )
