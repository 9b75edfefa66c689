"""Everything between loading and rendering: selects, clusters, plans and checks. Writes nothing but the cache."""

import functools
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.build import load, own_pages
from generator.build.load import Documents, Loaded
from generator.build.own_files import OwnFiles
from generator.build.report import Report, Stopwatch
from generator.build.scan import Scanned
from generator.config.hook_file import Hooks
from generator.config.language import Language
from generator.config.options import Options
from generator.config.settings import Settings
from generator.config.theme import Theme
from generator.content import item_hooks, urls
from generator.content.collection import Collection, Selected, Selection, group, newest_first, select
from generator.content.embeds import BodyLink
from generator.content.model import Item
from generator.content.page_documents import PageDocument
from generator.content.publishers import Publishers
from generator.content.topics import Taxonomy
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, has_error, merge_unknown_keys, sorted_by_place
from generator.render.renderer import RenderContext, compile_templates, load_compiled
from generator.search import pagefind, records
from generator.search.records import Search
from generator.site import assets, hook_pages, host_files, look, menus, plan, redirects, validate
from generator.site.assets import Asset, StyleLink
from generator.site.cards import Cards
from generator.site.look import Look
from generator.site.page import Page
from generator.site.pages.search import search_files
from generator.stories.incremental import cluster
from generator.util import dates, workers


class SiteInputs(msgspec.Struct, frozen=True, kw_only=True):
    """What a site is built from besides its documents."""

    settings: Settings
    language: Language
    topics: Taxonomy
    publishers: Publishers
    theme: Theme
    hooks: Hooks


class PlannedSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site that is loaded, planned and checked, but not rendered."""

    report: Report
    """What is known before anything is rendered."""
    is_refused: bool
    """Whether there are errors with which no site is built."""
    loaded: tuple[Item, ...]
    """The items of all documents, on the site or not."""
    collection: Collection
    since: float
    """Unix time: at every ``now`` from here on …"""
    until: float
    """… and before this, the same items are on the site."""
    context: RenderContext
    look: Look
    pages: tuple[Page, ...]
    existing_addresses: frozenset[Address]
    """Where the site has a file."""
    search: Search | None
    files: tuple[Asset, ...]
    """The files that are no pages: static files, and files for hosts."""
    is_precompressed: bool


class _Own(NamedTuple):
    """What the owner of the site adds to the pages of items."""

    static: tuple[Asset, ...]
    style_links: tuple[StyleLink, ...]
    files: OwnFiles
    pages: tuple[PageDocument, ...]
    footer_links: tuple[BodyLink, ...]


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The pages and files of a site, and what is wrong with them."""

    collection: Collection
    stories: int
    pages: tuple[Page, ...]
    existing_addresses: frozenset[Address]
    search: Search | None
    files: tuple[Asset, ...]
    beside: frozenset[str]
    """The paths of published files that lie beside documents and own pages, for diagnostics."""
    of_documents: list[Diagnostic]
    of_site: list[Diagnostic]


def plan_site(
    options: Options,
    inputs: SiteInputs,
    scanned: Scanned,
    documents: Documents,
    watch: Stopwatch,
) -> PlannedSite:
    """Loads the items, clusters them, plans every page and checks the plan.

    Args:
        options: of the build.
        inputs: what the site is built from besides its documents.
        scanned: the source folder and the cache.
        documents: the keys of all documents.
        watch: times the stations.
    """
    static, of_site = assets.load_or_explain(inputs.theme)
    own = look.make(inputs.settings, static, options.config)
    written = own_pages.read(scanned)
    of_site += written.diagnostics
    context = RenderContext(
        folders=inputs.theme.template_folders,
        site=plan.site(inputs.settings, inputs.language, own, written.pages),
        language=inputs.language,
        base_url=inputs.settings.base_url,
        assets=static.addresses,
        hooks=inputs.hooks,
    )
    with workers.in_background(functools.partial(compile_templates, context), jobs=options.jobs) as compiling:
        with watch.station("read"):
            loaded = load.load(scanned, documents, with_drafts=options.with_drafts)
        with watch.station("group"):
            selected = select_items(scanned, loaded, options, inputs.hooks)
            keys = load.keys_of(documents, loaded, selected.items, inputs.settings.language)
            files = OwnFiles(static, scanned.found, scanned.pages, written.pages, menus.addresses(inputs.settings))
            measured = files.measure(selected.items, keys)
            selected = msgspec.structs.replace(selected, items=measured.items)
            documents = msgspec.structs.replace(documents, keys=measured.keys)
        of_owner = _Own((*static.files, *own.files), static.links, files, written.pages, own.footer.links)
        planned = _plan(options, inputs, scanned, documents, selected, of_owner, watch)
        of_templates, codes = compiling()
    load_compiled(codes)
    of_collection = [diagnostic for diagnostic in selected.diagnostics if diagnostic.code is Code.HOOK_ERROR]
    of_documents = [*loaded.diagnostics, *(one for one in selected.diagnostics if one not in of_collection)]
    of_documents += measured.diagnostics
    # A link to a document or an own page that was refused is not dead, only not there yet.
    if not has_error(written.diagnostics) and (options.skip_invalid or not has_error(of_documents)):
        of_documents += planned.of_documents
    # Static files that could not be loaded are not missing pages.
    of_site += [] if has_error(of_site) else planned.of_site
    of_site += [*own.diagnostics, *of_templates, *of_collection]
    is_invalid = has_error(of_documents) and not options.skip_invalid
    diagnostics = sorted_by_place(merge_unknown_keys(of_documents), of_site)
    ignored = tuple(path for path in scanned.found.ignored if path not in planned.beside)
    return PlannedSite(
        report=_report(loaded, selected, planned, diagnostics, ignored),
        is_refused=has_error(of_site) or not loaded.count or is_invalid,
        loaded=loaded.items,
        collection=planned.collection,
        since=selected.since,
        until=selected.until,
        context=context,
        look=own,
        pages=planned.pages,
        existing_addresses=planned.existing_addresses,
        search=planned.search,
        files=planned.files,
        is_precompressed=inputs.settings.precompress,
    )


def selection_of(options: Options, settings: Settings) -> Selection:
    """Returns which kinds of items the options and settings put on the site."""
    return Selection(
        now=options.now,
        with_drafts=options.with_drafts,
        with_future=options.with_future,
        with_unpromoted=settings.include_unpromoted,
    )


def select_items(scanned: Scanned, loaded: Loaded, options: Options, hooks: Hooks) -> Selected:
    """Returns the items on the site, as the hook ``collection`` leaves them, each with an address of its own."""
    settings, locate = scanned.settings, functools.partial(load.locate, scanned.found.folder)
    of_article = functools.partial(_locate_article, locate, settings)
    selected = select(loaded.items, selection_of(options, settings), of_article)
    items, of_hook = item_hooks.apply_to_collection(hooks, selected.items, dates.zone(settings.timezone))
    items = tuple(sorted(items, key=newest_first)) if hooks.collection else items
    kept, collisions = validate.without_collisions(items, locate)
    left_out = Counter(selected.left_out)
    left_out["draft"] += len(loaded.unfinished)
    left_out["hook"] += len(loaded.left_out) + len(selected.items) - len(items)
    return msgspec.structs.replace(
        selected,
        items=kept,
        left_out={reason: number for reason, number in sorted(left_out.items()) if number},
        diagnostics=(*selected.diagnostics, *of_hook, *collisions),
    )


def _locate_article(locate: validate.Locate, settings: Settings, item: Item) -> tuple[int, int]:
    """Returns the line and column of the address of an item's article, or else 1 and 1."""
    # One after the other: to search a field that a document lacks reads all of it.
    for name in ("webUrl", "originalUrl", *settings.fields.get("webUrl", ())):
        place = locate(item, [tuple(name.split("."))])
        if place != (1, 1):
            return place
    return 1, 1


def _report(
    loaded: Loaded,
    selected: Selected,
    planned: _Plan,
    diagnostics: tuple[Diagnostic, ...],
    ignored: tuple[str, ...],
) -> Report:
    collection = planned.collection
    return Report(
        read=loaded.count,
        rejected=loaded.count - len(collection.items) - sum(selected.left_out.values()),
        left_out=selected.left_out,
        items=len(collection.items),
        stories=planned.stories,
        topics=len(collection.topics),
        days=len(collection.days),
        ignored=ignored,
        diagnostics=diagnostics,
    )


def _plan(
    options: Options,
    inputs: SiteInputs,
    scanned: Scanned,
    documents: Documents,
    selected: Selected,
    own: _Own,
    watch: Stopwatch,
) -> _Plan:
    """Plans the pages and checks them.

    Where documents may be dropped, those with dead links are, until no link is dead: each one dropped can break
    another's link. So are those because of which two files have one address.
    """
    locate = functools.partial(load.locate, scanned.found.folder)
    settings, memo, items = inputs.settings, scanned.memo, selected.items
    of_documents: list[Diagnostic] = []
    while True:
        collection = group(items, inputs.topics)
        with watch.station("stories"):
            clustering = cluster(
                items,
                documents.keys,
                memo,
                known=documents.words,
                jobs=options.jobs,
                block=options.tuning.block,
                language=settings.language,
            )
            documents.words.clear()
        with watch.station("plan"):
            cards = Cards(collection, clustering, inputs.language, documents.keys)
            version = pagefind.version()
            found = records.search(collection, cards, version, memo, own.pages) if settings.search else None
            static = {file.address for file in own.static}
            planned, of_hooks = plan.plan(
                collection, cards, settings, found, memo, hooks=inputs.hooks, own_pages=own.pages
            )
            pages = tuple(page for page in planned if not (page.address == urls.ROBOTS and urls.ROBOTS in static))
            beside = own.files.linked(items)
            fixed = [(file.address, f"the static file {file.address}") for file in own.static]
            fixed += beside.origins
            fixed += [(urls.SITE_FILES, "the list of the site's files"), *(search_files(found) if found else ())]
            leading, of_aliases = redirects.plan(items, selected.removed, pages, fixed, own.pages)
            own_headers = inputs.theme.static_files.get(f"root{urls.HEADERS}", Path()).as_posix()
            for_hosts, of_headers = host_files.files(
                pages, found, leading, own.static, settings, own_headers=own_headers
            )
            fixed += [(file.address, "a file for hosts") for file in for_hosts if file.address not in static]
            existing_addresses = validate.existing_addresses(pages, fixed)
            of_pages = validate.check(pages, fixed, existing_addresses, leading.targets, collection, locate)
            diagnostics = [
                *(hook_pages.placed(inputs.hooks, diagnostic) for diagnostic in (*of_pages, *of_aliases, *of_hooks)),
                *of_headers,
                *beside.diagnostics,
                *_dead_links_of_owner(options, settings, own, existing_addresses, leading.targets),
            ]
        paths = {item.path for item in items} if diagnostics else set()
        in_bodies = [diagnostic for diagnostic in diagnostics if diagnostic.path in paths]
        bad = {diagnostic.path for diagnostic in in_bodies if diagnostic.is_error}
        of_documents += (diagnostic for diagnostic in in_bodies if diagnostic.is_error or not bad)
        if not (bad and options.skip_invalid):
            return _Plan(
                collection=collection,
                stories=len(clustering.stories),
                pages=(*pages, *(redirects.pages(leading) if settings.alias_pages else ())),
                existing_addresses=existing_addresses,
                search=found,
                # A file for hosts contains the site's own file of that name.
                files=tuple({file.address: file for file in (*own.static, *beside.files, *for_hosts)}.values()),
                beside=frozenset(path for _, path in beside.origins),
                of_documents=of_documents,
                of_site=[diagnostic for diagnostic in diagnostics if diagnostic.path not in paths],
            )
        items = tuple(item for item in items if item.path not in bad)


def _dead_links_of_owner(
    options: Options, settings: Settings, own: _Own, existing: frozenset[Address], moved: Mapping[Address, Address]
) -> Iterator[Diagnostic]:
    """Yields a diagnostic for each link of the settings and style sheets that leads to no file of the site."""
    of_footer = {Address(link.address): link.line for link in own.footer_links}
    for lines in (of_footer, menus.dead_links(settings, options.config, existing)):
        yield from validate.dead_links(options.config.as_posix(), lines, existing, moved)
    yield from validate.check_style_links(own.style_links, urls.base_path(settings.base_url), existing)
