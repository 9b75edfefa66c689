"""Plans the about page: who runs the site, and how it is made."""

from collections.abc import Iterator
from urllib.parse import quote

from generator.content import urls
from generator.site.context import PlanContext
from generator.site.page import Page
from generator.site.views import About, Head, Link
from generator.util import weburls


def plan(context: PlanContext) -> Iterator[Page]:
    """Yields the about page, unless there is an own one."""
    if context.is_own(urls.ABOUT):
        return
    language, settings = context.language, context.settings.about
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
            ),
            editor=settings.editor,
            address=tuple(settings.address.splitlines()),
            funding=settings.funding,
            corrections=contact_link(settings.corrections or settings.contact),
            has_keywords=any(topic.is_curated for topic in context.collection.topics),
        ),
    )


def contact_link(contact: str) -> Link | None:
    """Returns the link to an e-mail address or https address of the settings; None if it is empty."""
    if not contact:
        return None
    if ":" in contact:  # which no e-mail address has
        address = weburls.clean(contact)
        return Link(text=address.removeprefix("https://").removesuffix("/"), to=address)
    return Link(text=contact, to=f"mailto:{quote(contact, safe='@')}")
