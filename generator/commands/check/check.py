"""``digest check``: all that a build would refuse, and what is doubtful besides. Writes nothing."""

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
    """A link out of an item, with its place in the document."""

    url: str
    item: Item
    line: int | None
    """Of a link in a body; None for the article's own address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found."""

    documents: int
    diagnostics: tuple[Diagnostic, ...]
    is_refused: bool
    """Whether a build would refuse the site."""
    links: tuple[Link, ...]
    """That lead out of the site, from the items on it."""


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
    """The items that are, or are going to be, on the site."""
    return (item for item in items if not item.is_removed and (options.with_drafts or not item.is_draft))


def _rehearse(options: Options, examined: Examined, progress: Progress) -> list[Diagnostic]:
    """Renders the pages, unless templates or static files are known to be wrong: then every page would say so again."""
    if any(diagnostic.code in {Code.TEMPLATE_ERROR, Code.ASSET_ERROR} for diagnostic in examined.report.diagnostics):
        return []
    pages = examined.planned.pages
    rehearsal = Rehearsal(context=examined.context, pages=pages, answered=examined.planned.answered)
    return rehearsal.diagnostics(jobs=options.jobs, progress=lambda done: progress("render", done, len(pages)))


def links_of(item: Item) -> Iterator[Link]:
    """The article's address, and the links with a host in the body."""
    yield Link(url=item.web_url, item=item, line=None)
    if item.body:
        yield from (Link(url=link.address, item=item, line=link.line) for link in item.body.web_links)


def _own_path(url: str, base: Base) -> str | None:
    """The path from the root of this site that an address on the web leads to, None if it leads elsewhere."""
    link, own = urlsplit(url), urlsplit(base.settings.base_url)
    if link.netloc != own.netloc or not link.path.startswith(own.path):
        return None
    return "/" + link.path.removeprefix(own.path)


def _dead(links: Iterable[Link], base: Base, examined: Examined) -> Iterator[Diagnostic]:
    """Warnings about links with a host that lead into this site, but nowhere; those without one are errors."""
    for link in links:
        path = _own_path(bare(link.url), base)
        if path is not None and not is_answered(path, examined.planned.answered):
            message = f"links to {link.url}, which is no page of this site"
            yield from placed([(link, Code.DEAD_LINK, message, remedy_for(path, examined.planned.answered))])


def placed(findings: Iterable[tuple[Link, Code, str, str]]) -> Iterator[Diagnostic]:
    """Warnings about links, each given with its code, message and remedy, at their places."""
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
