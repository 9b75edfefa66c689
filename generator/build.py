"""The build: every station in its order, each timed, and a report at the end. Prints nothing."""

import dataclasses
import datetime as dt
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator import assets as static
from generator import checks, hosting, indexer, language, records, search, settings, taxonomy, theme, tree
from generator import pages as planning
from generator.digest import Digest, Selected, Selection, group, select
from generator.errors import BuildFailedError, Problem, has_error, in_order, once_a_key
from generator.items import Inspect
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
from generator.urls import Address


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
    is_clean: bool = False
    """Write every file anew, and over files that no build wrote."""
    skip_invalid: bool = False
    """Build without the documents that have errors."""
    with_drafts: bool = False
    with_future: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a site is built upon besides its documents."""

    settings: Settings
    language: Language
    topics: Taxonomy


def load(options: Options) -> Base:
    """Reads what a site is built upon.

    Raises:
        SettingsError: the settings or the curated topics have errors.
    """
    configured = settings.load(options.config, base_url=options.base_url)
    folder = site_folder(options)
    spoken = language.load(configured.language, zone=configured.timezone, folder=folder)
    return Base(settings=configured, language=spoken, topics=taxonomy.load(folder))


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
        base = load(options)
        roots = [options.config.resolve().parent, theme.default_root().resolve()]
        read_from = [root / name for root in roots for name in ("templates", "static")]
        tree.refuse_overlap(options.output, options.source, roots[0], read_from)
        tree.recover(options.output)
        examined = examine(options, base, progress=progress, watch=watch)
        report = examined.report if examined.is_refused else _write(options, examined, progress, watch)
    return dataclasses.replace(report, seconds=watch.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A site that is read, planned and checked, but not rendered."""

    report: Report
    is_refused: bool
    """Whether there are errors with which no site is built."""
    read: tuple[Item, ...]
    """What was read, on the site or not."""
    prepare: Callable[[], Renderer]
    """Makes the renderer of a process."""
    planned: "Planned"
    files: static.Assets
    template_folders: tuple[Path, ...]


def examine(
    options: Options, base: Base, *, progress: Progress, watch: Stopwatch, inspect: Inspect | None = None
) -> Examined:
    """Does all of a build that comes before rendering; ``inspect`` is as for ``items.parse``."""
    configured = base.settings
    with watch.station("read"):
        reading = read(options.source, configured, jobs=options.jobs, progress=progress, inspect=inspect)
    with watch.station("group"):
        selected = _select(reading, options, configured, base.topics)
    of_documents = [*reading.problems, *selected.problems]
    look = theme.find(site_folder(options))
    files, of_site = _load_assets(look)
    planned = _plan(selected.items, base, files, watch, may_drop=options.skip_invalid)
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
    is_invalid = has_error(of_documents) and not options.skip_invalid
    return Examined(
        report=report,
        is_refused=has_error(of_site) or not reading.read or is_invalid,
        read=reading.items,
        prepare=prepare,
        planned=planned,
        files=files,
        template_folders=look.template_folders,
    )


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
    curated = taxonomy.load(site_folder(options))
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


def site_folder(options: Options) -> Path:
    """The folder of the settings, as it was named unless they are a link: then all lies beside what it leads to."""
    return (options.config.resolve() if options.config.is_symlink() else options.config).parent


def _load_assets(look: theme.Theme) -> tuple[static.Assets, list[Problem]]:
    try:
        return static.load(look), []
    except BuildFailedError as error:
        return static.Assets(files=(), addresses={}), list(error.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The site as it will be, and what is wrong with it."""

    digest: Digest
    stories: int
    pages: tuple[Page, ...]
    answered: frozenset[Address]
    """Where the site has a file."""
    search: Search | None
    for_hosts: tuple[static.Asset, ...]
    of_documents: list[Problem]
    of_site: list[Problem]


def _plan(
    items: tuple[Item, ...],
    base: Base,
    files: static.Assets,
    watch: Stopwatch,
    *,
    may_drop: bool,
) -> Planned:
    """Plans the pages and checks them; returns also what is wrong with documents, and with the site.

    Where documents may be dropped, those with dead links are, until there is none: each that goes can break another's.
    """
    fixed = [(asset.address, f"the static file {asset.address}") for asset in files.files]
    of_documents: list[Problem] = []
    while True:
        digest = group(items, base.topics)
        with watch.station("stories"):
            told = tell(items)
        with watch.station("plan"):
            configured = base.settings
            found = records.search(digest, base.language, indexer.version()) if configured.search else None
            pages = planning.plan(digest, told, configured, base.language, found)
            for_hosts = hosting.files(pages, found, {address for address, _ in fixed}, configured.base_url)
        paths = {item.path for item in items}
        others = [(asset.address, "a file for hosts") for asset in for_hosts]
        others += search_files(found) if found else ()
        problems = checks.check(pages, [*fixed, *others])
        in_bodies = [problem for problem in problems if problem.path in paths]
        of_site = [problem for problem in problems if problem.path not in paths]
        of_documents += in_bodies
        if not (in_bodies and may_drop):
            return Planned(
                digest=digest,
                stories=len(told.stories),
                pages=pages,
                answered=checks.answered(pages, [*fixed, *others]),
                search=found,
                for_hosts=for_hosts,
                of_documents=of_documents,
                of_site=of_site,
            )
        bad = {problem.path for problem in in_bodies}
        items = tuple(item for item in items if item.path not in bad)


def _write(options: Options, examined: Examined, progress: Progress, watch: Stopwatch) -> Report:
    """Renders all pages and indexes them beside the site, then makes it all the site, or leaves all as it is."""
    report, planned, pages = examined.report, examined.planned, examined.planned.pages
    with tree.hold(options.output) as output:
        with watch.station("render"):
            staging = Staging(prepare=examined.prepare, pages=pages, output=output, is_forced=options.is_clean)
            staged, problems = staging.stage(
                [*examined.files.files, *planned.for_hosts],
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
        with watch.station("write"):
            counts = output.publish(staged, may_replace=options.is_clean)
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
