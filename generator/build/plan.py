"""All of a build that comes before rendering: reads, selects, plans and checks. Prints and writes nothing."""

import functools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from generator.build.load import Reading, read
from generator.build.report import Progress, Report, Stopwatch
from generator.build.stories_only import select_items
from generator.cache.memo import Recall
from generator.cache.model import Epoch, Known, KnownDocument, Memory, Stretch
from generator.config.language import Language
from generator.config.options import Options
from generator.config.settings import Settings
from generator.config.theme import Theme
from generator.content import urls
from generator.content.collection import Collection, Selected, group
from generator.content.model import Item
from generator.content.parse import Inspect
from generator.content.source_files import Found
from generator.content.topics import Taxonomy
from generator.content.urls import Address
from generator.errors import Diagnostic, has_error, in_order, once_a_key
from generator.render.renderer import RenderContext, compile_all, take
from generator.search import pagefind, records
from generator.search.records import Search
from generator.site import assets as static
from generator.site import host_files, redirects, validate
from generator.site import plan as planning
from generator.site.page import Block, Page
from generator.site.pages.search import search_files
from generator.stories import retelling
from generator.util import hashing, workers


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """What a site is built upon besides its documents."""

    settings: Settings
    language: Language
    topics: Taxonomy
    theme: Theme
    memory: Memory
    """What the last build remembered."""

    def reading(self, source: Path) -> bytes:
        """A fingerprint of what documents are read with."""
        configured = self.settings
        base_path = urls.base_path(configured.base_url)
        return hashing.blake2_of_value((os.fsencode(source), base_path, configured.timezone, self.topics.topics))


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A site that is read, planned and checked, but not rendered."""

    report: Report
    is_refused: bool
    """Whether there are errors with which no site is built."""
    read: tuple[Item, ...]
    """What was read, on the site or not."""
    selected: Selected
    context: RenderContext
    planned: "Planned"


def examine(
    options: Options,
    base: Base,
    found: Found,
    *,
    known: Known,
    watch: Stopwatch,
    progress: Progress,
    inspect: Inspect | None = None,
) -> Examined:
    """Does all of a build that comes before rendering; ``inspect`` is as for ``reading.read``."""
    configured = base.settings
    files, of_site = static.load_or_explain(base.theme)
    context = RenderContext(
        folders=base.theme.template_folders,
        site=planning.site(configured, base.language),
        language=base.language,
        base_url=configured.base_url,
        assets=files.addresses,
    )
    with workers.in_background(functools.partial(compile_all, context), jobs=options.jobs) as compiling:
        with watch.station("read"):
            reading = read(
                options.source,
                found,
                configured,
                base.topics,
                jobs=options.jobs,
                known=known,
                progress=progress,
                inspect=inspect,
            )
        with watch.station("group"):
            selected = select_items(reading, options, configured)
        planned = _plan(selected, reading, base, files, watch, may_drop=options.skip_invalid, jobs=options.jobs)
        of_templates, codes = compiling()
    take(codes)
    of_documents = [*reading.diagnostics, *selected.diagnostics]
    # A link to a document that was refused is not dead, only not there yet.
    if options.skip_invalid or not has_error(of_documents):
        of_documents += planned.of_documents
    # Static files that could not be loaded are not missing pages.
    of_site += [] if of_site else planned.of_site
    of_site += of_templates
    is_invalid = has_error(of_documents) and not options.skip_invalid
    return Examined(
        report=_report(reading, selected, planned, in_order(once_a_key(of_documents), of_site)),
        is_refused=has_error(of_site) or not reading.read or is_invalid,
        read=reading.items,
        selected=selected,
        context=context,
        planned=planned,
    )


def _report(reading: Reading, selected: Selected, planned: "Planned", diagnostics: tuple[Diagnostic, ...]) -> Report:
    """What is known before anything is rendered."""
    collection = planned.collection
    return Report(
        read=reading.read,
        rejected=reading.read - len(collection.items) - sum(selected.left_out.values()),
        left_out=selected.left_out,
        items=len(collection.items),
        stories=planned.stories,
        topics=len(collection.topics),
        days=len(collection.days),
        ignored=reading.ignored,
        diagnostics=diagnostics,
    )


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """The site as it will be, and what is wrong with it."""

    collection: Collection
    stories: int
    epochs: tuple[Epoch, ...]
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    """All others."""
    answered: frozenset[Address]
    """Where the site has a file."""
    search: Search | None
    files: tuple[static.Asset, ...]
    """That are no pages."""
    is_precompressed: bool
    known: Mapping[str, KnownDocument]
    """What to remember of the documents."""
    stretches: Sequence[Stretch]
    results: Mapping[bytes, bytes]
    """The same of what took long to find."""
    of_documents: list[Diagnostic]
    of_site: list[Diagnostic]


def _plan(
    selected: Selected,
    reading: Reading,
    base: Base,
    files: static.Assets,
    watch: Stopwatch,
    *,
    may_drop: bool,
    jobs: int,
) -> Planned:
    """Plans the pages and checks them; returns also what is wrong with documents, and with the site.

    Where documents may be dropped, those with dead links are, until there is none: each that goes can break another's.
    """
    items = selected.items
    fixed = [(asset.address, f"the static file {asset.address}") for asset in files.files]
    of_documents: list[Diagnostic] = []
    while True:
        collection = group(items, base.topics)
        with watch.station("stories"):
            told, epochs = retelling.retell(
                items, reading.known, base.memory.epochs, analysed=reading.analysed, jobs=jobs
            )
            reading.analysed.clear()
        recall = Recall(
            documents=reading.known,
            known=base.memory.results,
            stretches=base.memory.stretches,
        )
        with watch.station("plan"):
            configured = base.settings
            found = records.search(collection, base.language, pagefind.version(), recall) if configured.search else None
            pages, blocks = planning.plan(collection, told, configured, base.language, found, recall)
            others = [*fixed, *(search_files(found) if found else ())]
            leading, of_aliases = redirects.plan(items, selected.removed, pages, blocks, others)
            for_hosts = host_files.files(pages, found, leading, files.files, configured.base_url)
        others += [(asset.address, "a file for hosts") for asset in for_hosts if asset.address not in dict(fixed)]
        answered = validate.answered(pages, blocks, others)
        diagnostics = [*validate.check(pages, blocks, others, answered, leading.targets), *of_aliases]
        paths = {item.path for item in items} if diagnostics else set()
        in_bodies = [diagnostic for diagnostic in diagnostics if diagnostic.path in paths]
        of_site = [diagnostic for diagnostic in diagnostics if diagnostic.path not in paths]
        of_documents += in_bodies
        if not (in_bodies and may_drop):
            return Planned(
                collection=collection,
                stories=len(told.stories),
                epochs=epochs,
                blocks=blocks,
                pages=(*pages, *(redirects.pages(leading) if configured.alias_pages else ())),
                answered=answered,
                search=found,
                # What is made for hosts holds the site's own file of that name.
                files=tuple({asset.address: asset for asset in (*files.files, *for_hosts)}.values()),
                is_precompressed=configured.precompress,
                known=reading.known,
                stretches=recall.stretches,
                results=recall.used,
                of_documents=of_documents,
                of_site=of_site,
            )
        bad = {diagnostic.path for diagnostic in in_bodies}
        items = tuple(item for item in items if item.path not in bad)
