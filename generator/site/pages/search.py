"""Plans the search page, with its filters and the addresses of the index files."""

from collections.abc import Iterator

from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection
from generator.content.urls import Address
from generator.search.pagefind_files import ENTRY, SCRIPT
from generator.search.records import Search
from generator.site.context import PlanContext
from generator.site.page import Page
from generator.site.views import Choice, Head, SearchPage, SearchSegment


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the search page, if the site has a search."""
    if context.search:
        yield _search_page(context.collection, context.search, context.language)


def _search_page(collection: Collection, search: Search, language: Language) -> Page:
    """Returns the search page, whose filters list all topics, sources and years."""
    return Page(
        is_list=True,
        address=urls.SEARCH,
        template="search.html",
        origin="the search page",
        view=SearchPage(
            head=Head(
                title=language.text("search.title"),
                description=language.text("search.about"),
                address=urls.SEARCH,
                kind="SearchResultsPage",
            ),
            topics=tuple(Choice(value=topic.slug, text=topic.name) for topic in collection.topics),
            sources=tuple(Choice(value=source.domain, text=source.name) for source in collection.sources),
            years=tuple(Choice(value=year, text=str(int(year))) for year in _years(search)),
            engine=urls.search_engine(search.engine, SCRIPT),
            segments=tuple(
                SearchSegment(
                    entry=urls.search_segment(segment.name, ENTRY),
                    year=segment.year,
                    fingerprint=segment.fingerprint,
                )
                for segment in search.segments
            ),
        ),
    )


def _years(search: Search) -> list[str]:
    """Returns the years of the segments, newest first."""
    return list(dict.fromkeys(segment.year for segment in search.segments if segment.year))


def search_files(search: Search) -> list[tuple[Address, str]]:
    """Returns the addresses of the index files that the search page refers to, each with its origin."""
    entries = [urls.search_segment(segment.name, ENTRY) for segment in search.segments]
    return [(address, "the search index") for address in [urls.search_engine(search.engine, SCRIPT), *entries]]
