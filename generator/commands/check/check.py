"""Checks a site: all errors of a build, and warnings for likely mistakes. Writes nothing."""

import contextlib
import functools
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.build import load
from generator.build.load import Documents
from generator.build.plan import PlannedSite, SiteInputs, plan_site
from generator.build.report import Progress, Stopwatch
from generator.build.scan import Scanned, scan
from generator.cache import program
from generator.cache.document_keys import document_key
from generator.cache.memo import Kind, Memo
from generator.cache.store import Store
from generator.commands.check import collection_lint, document_lint, policy_lint, render_check, template_lint
from generator.commands.check.collection_lint import ItemDiagnostic, Reading
from generator.config import hook_file, language, settings, theme
from generator.config.options import Options
from generator.config.settings import Settings
from generator.content import publishers, source_files, topics, urls
from generator.content.model import Item
from generator.content.source_files import SourceFile
from generator.content.urls import Address
from generator.errors import Code, DamagedStateError, Diagnostic, Severity, has_error, sorted_by_place
from generator.site import menus, validate
from generator.util import workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of an item or of the settings, with its place."""

    url: str
    path: str
    """The file that has the link."""
    line: int = 1
    item: Item | None = None
    """The item if this is the URL of its article, whose line is found when it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of a check."""

    documents: int
    diagnostics: tuple[Diagnostic, ...]
    is_refused: bool
    """Whether a build would fail."""
    links: tuple[Link, ...]
    """The links of the settings and of all items that lead to other sites."""
    ignored: frozenset[str]
    """The codes that the settings leave out; the diagnostics are complete."""
    reading: Reading
    """How the documents of links are read again."""


ADVICE = Kind("advice", tuple[Diagnostic, ...])
"""What is doubtful about a document by itself, by the key of the document."""
_AT_ONCE = 64


def check(
    options: Options, *, progress: Progress = lambda *_: None, clock: Callable[[], float] = time.perf_counter
) -> CheckResult:
    """Checks documents, settings, topics, sources, templates and static files.

    Results of earlier builds and checks are used.

    Raises:
        SettingsError: the settings, the curated topics or the sources have errors.
    """
    configured = settings.load(options.config, base_url=options.base_url, is_optional=options.is_config_optional)
    with contextlib.closing(Store(options.state_folder(configured.state), program.fingerprint())) as store:
        try:
            return _check(options, configured, store, progress, clock)
        except DamagedStateError:
            store.drop()
            return _check(options, configured, store, progress, clock)


def _check(
    options: Options, configured: Settings, store: Store, progress: Progress, clock: Callable[[], float]
) -> CheckResult:
    folder = options.site_folder
    with contextlib.ExitStack() as background:
        scanned = scan(options, configured, store, background)
    inputs = SiteInputs(
        settings=configured,
        language=language.load(configured.language, zone=configured.timezone, folder=folder, config=options.config),
        topics=topics.load(folder),
        publishers=publishers.load(folder),
        theme=scanned.theme,
        hooks=hook_file.load(scanned.hooks),
    )
    documents = load.read(
        scanned,
        inputs.topics,
        inputs.publishers,
        inputs.hooks,
        trusted_before=options.trusted_before,
        jobs=options.jobs,
        progress=progress,
    )
    planned = plan_site(options, inputs, scanned, documents, Stopwatch(clock))
    base_url = configured.base_url
    links = [
        *(
            Link(url=link.address, path=options.config.as_posix(), line=link.line)
            for link in planned.look.footer.web_links
        ),
        *(link for item in planned.collection.items for link in links_of(item)),
    ]
    own = [link for link in links if _own_address(link.url, base_url) is not None]
    of_templates = [
        *_check_pages(options, configured, planned, scanned.memo, progress),
        *render_check.unused_templates(planned.context, planned.pages),
        *render_check.changed_originals(folder),
        *policy_lint.lint_policy(configured, planned.context.folders[:-1], inputs.theme),
    ]
    considered = list(_published_items(planned.loaded, options))
    reading = Reading(scanned.found.folder, configured.fields)
    doubtful = [
        *_advice(scanned, inputs, documents, options.jobs),
        *collection_lint.with_places(
            collection_lint.lint_collection(considered, inputs.topics, options.now, configured.language, reading),
            reading,
        ),
        *collection_lint.unknown_sources(considered, folder / theme.SOURCES),
        *_dead(own, base_url, planned.existing_addresses, reading),
    ]
    # A build's results are not dropped: it may have been run with other options.
    scanned.memo.finish([ADVICE, render_check.PAGE_LINKS])
    store.write_files(scanned.source_name, scanned.source_entries, documents.entries)
    return CheckResult(
        documents=planned.report.read,
        diagnostics=sorted_by_place(planned.report.diagnostics, of_templates, doubtful),
        is_refused=planned.is_refused or has_error(of_templates),
        links=tuple(link for link in links if _own_address(link.url, base_url) is None),
        ignored=frozenset(configured.check.ignore),
        reading=reading,
    )


def _advice(scanned: Scanned, inputs: SiteInputs, documents: Documents, jobs: int) -> list[Diagnostic]:
    memo = scanned.memo
    memo.load(ADVICE)
    keys = {name: document_key(scanned.reading_key, name, entry.digest) for name, entry in documents.entries.items()}
    missing = [file for file in scanned.found.files if file.name in keys and not memo.has(ADVICE, keys[file.name])]
    prepare = functools.partial(
        load.make_reader,
        scanned.found.folder,
        scanned.settings,
        inputs.topics.topics,
        inputs.publishers.rows,
        inputs.hooks,
        document_lint.lint_document,
    )
    chunks = workers.in_chunks(_advice_on, missing, prepare=prepare, jobs=jobs, size=_AT_ONCE)
    for file, found in zip(missing, itertools.chain.from_iterable(chunks), strict=True):
        memo.add(ADVICE, keys[file.name], found)
    return [diagnostic for key in keys.values() for diagnostic in memo.find(ADVICE, key) or ()]


def _advice_on(reader: load.Reader, files: Sequence[SourceFile]) -> list[tuple[Diagnostic, ...]]:
    found: list[tuple[Diagnostic, ...]] = []
    for file in files:
        data = source_files.fetch(reader.folder, file)
        diagnostics = () if isinstance(data, Diagnostic) else load.parse_bytes(reader, file, data).diagnostics
        found.append(tuple(one for one in diagnostics if one.code in document_lint.CODES))
    return found


def _published_items(items: Iterable[Item], options: Options) -> Iterator[Item]:
    return (item for item in items if not item.is_removed and (options.with_drafts or not item.is_draft))


def _check_pages(
    options: Options, configured: Settings, planned: PlannedSite, memo: Memo, progress: Progress
) -> list[Diagnostic]:
    """Renders the pages, unless templates or static files have errors: then every page would report them again."""
    if any(diagnostic.code in {Code.TEMPLATE_ERROR, Code.ASSET_ERROR} for diagnostic in planned.report.diagnostics):
        return []
    pages = planned.pages
    existing = planned.existing_addresses
    in_footer = [urls.address_of(link.address) for link in planned.look.footer.links]
    page_check = render_check.RenderCheck(
        context=planned.context,
        pages=pages,
        existing_addresses=existing,
        checked=frozenset([*in_footer, *menus.addresses(configured)]),
    )
    found = page_check.diagnostics(memo, jobs=options.jobs, progress=lambda done: progress("render", done, len(pages)))
    return [*found, *template_lint.parts_without_effect(planned.context)]


def links_of(item: Item) -> Iterator[Link]:
    """Yields the article's URL, and the links of the body that have a host."""
    yield Link(url=item.web_url, path=item.path, item=item)
    if item.body:
        yield from (Link(url=link.address, path=item.path, line=link.line) for link in item.body.web_links)


def _own_address(url: str, base_url: str) -> Address | None:
    """Returns the address of this site to which a URL leads; None if it is outside of the base URL."""
    link, own = urlsplit(url), urlsplit(base_url)
    if link.netloc != own.netloc:
        return None
    return urls.own_address(link.path, own.path.removesuffix("/"))


def _dead(
    links: Iterable[Link], base_url: str, existing_addresses: frozenset[Address], reading: Reading
) -> Iterator[Diagnostic]:
    """Yields a warning for each URL of this site that has no file. Paths without a host are errors of the build."""
    for link in links:
        address = _own_address(link.url, base_url)
        if address is not None and address not in existing_addresses:
            message = f"links to {link.url}, which is not a page of this site"
            remedy = validate.remedy_for(address, existing_addresses)
            yield from with_places([(link, Code.DEAD_LINK, message, remedy)], reading)


def with_places(findings: Iterable[tuple[Link, Code, str, str]], reading: Reading) -> Iterator[Diagnostic]:
    """Yields a warning for each link, given with its code, message and remedy, at its line or field."""
    of_articles: list[ItemDiagnostic] = []
    for link, code, message, remedy in findings:
        if link.item is not None:
            of_articles.append(
                ItemDiagnostic(item=link.item, at=("webUrl",), code=code, message=message, remedy=remedy)
            )
            continue
        yield Diagnostic(
            path=link.path,
            line=link.line,
            code=code,
            severity=Severity.WARNING,
            message=message,
            remedy=remedy,
        )
    yield from collection_lint.with_places(of_articles, reading)
