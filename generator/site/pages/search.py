"""The search page: what a search can be narrowed to, and where its files are."""

from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Collection
from generator.content.urls import Address
from generator.search.pagefind_files import ENTRY, SCRIPT
from generator.search.records import Search
from generator.site.page import Page
from generator.site.views import Choice, Head, SearchPage, SearchSegment


def search_page(collection: Collection, search: Search, words: Language) -> Page:
    """The page on which a reader searches."""
    return Page(
        address=urls.SEARCH,
        template="search.html",
        origin="the search page",
        view=SearchPage(
            head=Head(
                title=words.text("search.title"),
                description=words.text("search.about"),
                address=urls.SEARCH,
                kind="SearchResultsPage",
            ),
            topics=tuple(Choice(value=topic.slug, text=topic.name) for topic in collection.topics),
            sources=tuple(Choice(value=source.domain, text=source.name) for source in collection.sources),
            years=tuple(Choice(value=f"{year.year:04}", text=str(year.year)) for year in reversed(collection.years)),
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


def search_files(search: Search) -> list[tuple[Address, str]]:
    """The files of the index to which the page leads, each with what it is."""
    entries = [urls.search_segment(segment.name, ENTRY) for segment in search.segments]
    return [(address, "the search index") for address in [urls.search_engine(search.engine, SCRIPT), *entries]]
