"""Checks a site: all errors of a build, and warnings for likely mistakes. Writes nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.build.plan import Base, Examined, examine
from generator.build.report import Progress, Stopwatch
from generator.cache.model import EMPTY, Known
from generator.commands.check import collection_lint, document_lint
from generator.commands.check.collection_lint import ItemDiagnostic
from generator.commands.check.render_check import Rehearsal, bare, is_answered, remedy_for, unused_templates
from generator.config import language, settings, theme
from generator.config.options import Options
from generator.content import source_files, topics
from generator.content.model import Item
from generator.errors import Code, Diagnostic, Severity, has_error, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of an item, with its place in the document."""

    url: str
    item: Item
    line: int | None
    """The line of a link in a body; None for the article's URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result of a check."""

    documents: int
    diagnostics: tuple[Diagnostic, ...]
    is_refused: bool
    """Whether a build would fail."""
    links: tuple[Link, ...]
    """The links of all items that lead to other sites."""


def check(
    options: Options, *, progress: Progress = lambda *_: None, clock: Callable[[], float] = time.perf_counter
) -> Checked:
    """Checks documents, settings, topics, templates and static files.

    Raises:
        SettingsError: the settings or the curated topics have errors.
    """
    configured = settings.load(options.config, base_url=options.base_url)
    folder = options.site_folder
    base = Base(
        settings=configured,
        language=language.load(configured.language, zone=configured.timezone, folder=folder, config=options.config),
        topics=topics.load(folder),
        theme=theme.find(folder),
        memory=EMPTY,
    )
    found = source_files.find(options.source)
    watch = Stopwatch(clock)
    examined = examine(
        options, base, found, known=Known(), watch=watch, progress=progress, inspect=document_lint.advise
    )
    items = examined.planned.collection.items
    own = [link for item in items for link in links_of(item) if _own_path(link.url, base) is not None]
    of_templates = [*_rehearse(options, examined, progress), *unused_templates(examined.context)]
    doubtful = [
        *collection_lint.placed(collection_lint.about(_considered(examined.read, options), base.topics, options.now)),
        *_dead(own, base, examined),
    ]
    return Checked(
        documents=examined.report.read,
        diagnostics=in_order(examined.report.diagnostics, of_templates, doubtful),
        is_refused=examined.is_refused or has_error(of_templates),
        links=tuple(link for item in items for link in links_of(item) if _own_path(link.url, base) is None),
    )


def _considered(items: Iterable[Item], options: Options) -> Iterator[Item]:
    """Yields the items that are on the site, or will be when their time comes."""
    return (item for item in items if not item.is_removed and (options.with_drafts or not item.is_draft))


def _rehearse(options: Options, examined: Examined, progress: Progress) -> list[Diagnostic]:
    """Renders the pages, unless templates or static files have errors, which every page would repeat."""
    if any(diagnostic.code in {Code.TEMPLATE_ERROR, Code.ASSET_ERROR} for diagnostic in examined.report.diagnostics):
        return []
    pages = examined.planned.pages
    rehearsal = Rehearsal(context=examined.context, pages=pages, answered=examined.planned.answered)
    return rehearsal.diagnostics(jobs=options.jobs, progress=lambda done: progress("render", done, len(pages)))


def links_of(item: Item) -> Iterator[Link]:
    """Yields the article's URL, and the links of the body that have a host."""
    yield Link(url=item.web_url, item=item, line=None)
    if item.body:
        yield from (Link(url=link.address, item=item, line=link.line) for link in item.body.web_links)


def _own_path(url: str, base: Base) -> str | None:
    """Returns the path of a URL below the base URL of this site; None if the URL is outside of it."""
    link, own = urlsplit(url), urlsplit(base.settings.base_url)
    if link.netloc != own.netloc or not link.path.startswith(own.path):
        return None
    return "/" + link.path.removeprefix(own.path)


def _dead(links: Iterable[Link], base: Base, examined: Examined) -> Iterator[Diagnostic]:
    """Yields a warning for each URL of this site that has no file. Paths without a host are errors of the build."""
    for link in links:
        path = _own_path(bare(link.url), base)
        if path is not None and not is_answered(path, examined.planned.answered):
            message = f"links to {link.url}, which is not a page of this site"
            yield from placed([(link, Code.DEAD_LINK, message, remedy_for(path, examined.planned.answered))])


def placed(findings: Iterable[tuple[Link, Code, str, str]]) -> Iterator[Diagnostic]:
    """Yields a warning for each link, given with its code, message and remedy, at its line or field."""
    of_articles: list[ItemDiagnostic] = []
    for link, code, message, remedy in findings:
        if link.line is None:
            of_articles.append(
                ItemDiagnostic(item=link.item, at=("webUrl",), code=code, message=message, remedy=remedy)
            )
            continue
        yield Diagnostic(
            path=link.item.path,
            line=link.line,
            code=code,
            severity=Severity.WARNING,
            message=message,
            remedy=remedy,
        )
    yield from collection_lint.placed(of_articles)
