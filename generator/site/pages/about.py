"""Plans the about page."""

from collections.abc import Iterator

from generator.content import urls
from generator.site.context import PlanContext
from generator.site.page import Page
from generator.site.views import About, Head


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the about page."""
    language = context.language
    yield Page(
        address=urls.ABOUT,
        template="about.html",
        origin="the about page",
        view=About(
            head=Head(
                title=language.text("about.head"),
                description=language.text("about.description"),
                address=urls.ABOUT,
                kind="AboutPage",
            )
        ),
    )
