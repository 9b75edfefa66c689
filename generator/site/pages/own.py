"""Plans the own pages, which the owner of the site writes in the folder ``pages/``."""

from collections.abc import Iterator

from generator.content import urls
from generator.content.urls import Address
from generator.site.context import PlanContext
from generator.site.page import Page
from generator.site.views import Head, OwnPage


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields a page for each file."""
    for page in context.own_pages:
        address = Address(page.address)
        yield Page(
            address=address,
            template=page.template,
            origin=page.path,
            body_links=page.links,
            view=OwnPage(
                head=Head(
                    title=page.title,
                    description=page.description,
                    address=address,
                    kind="AboutPage" if address == urls.ABOUT else "WebPage",
                    is_noindex=page.is_noindex,
                ),
                title=page.title,
                body=page.body.html if page.body else "",
            ),
        )
