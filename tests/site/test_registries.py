"""A page type and a list kind that are added from outside are built, linked, rebuilt and removed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.content.collection import Collection
from generator.content.feed_formats import FEED_FORMATS
from generator.content.urls import Address
from generator.render.feeds import WRITERS
from generator.site import list_kinds, plan
from generator.site.context import PlanContext
from generator.site.list_kinds import Group, ListKind
from generator.site.page import LazyView, Page
from generator.site.views import Head, NotFound
from generator.util import hashing
from tests.support import ROOT
from tests.support.making import SiteFolder


def _address(group: str, page: int | None) -> Address:
    return Address(f"/kinds/{group}/" if page is None else f"/kinds/{group}/page/{page}/")


def _groups(collection: Collection) -> list[Group]:
    kinds = sorted({item.type for item in collection.items})
    return [
        Group(id=kind, name=kind.title(), feed_id=kind, items=[item for item in collection.items if item.type == kind])
        for kind in kinds
    ]


KIND = ListKind(
    name="kinds",
    index=Address("/kinds/"),
    address=_address,
    groups=_groups,
    title=lambda _: "Kinds",
    about=lambda _: "All kinds of items.",
    count=lambda _, n: f"{n} kinds",
)


def _plan(context: PlanContext) -> Iterator[Page]:
    items = context.collection.items

    def make() -> NotFound:
        head = Head(
            title=f"Longest: {max(item.title for item in items)}", description="x", address=Address("/longest/")
        )
        return NotFound(head=head, newest=())

    key = hashing.blake2(*map(context.cards.item_key, items))
    yield Page(
        address=Address("/longest/"),
        template="longest.html",
        origin="the longest",
        view=LazyView(key=key, make=make),
        is_list=True,
    )


@pytest.fixture
def extended(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> SiteFolder:
    """A site with a page type and a list kind more than others."""
    monkeypatch.setattr(plan, "PAGE_TYPES", [*plan.PAGE_TYPES[:-1], _plan, plan.PAGE_TYPES[-1]])
    kinds = [*list_kinds.LIST_KINDS, KIND]
    for module in ("list_kinds", "menus", "pages.lists", "pages.feeds"):
        monkeypatch.setattr(f"generator.site.{module}.LIST_KINDS", kinds)
    site.configure(**site.settings, search=False)
    site.write("templates/longest.html", "<title>{{ page.head.title }}</title>")
    site.add("2025-03-14-one.md", title="Alpha")
    site.add("2025-03-15-two.md", title="Beta", type="video")
    return site


def test_they_are_built_and_linked(extended: SiteFolder) -> None:
    """With an index, pages and feeds, in the navigation and in the sitemap."""
    assert extended.build().code == 0
    assert "Longest: Beta" in extended.page("/longest/")
    assert '<a href="/kinds/">Kinds</a>' in extended.page("/")
    assert '<a href="/kinds/video/">Video</a>' in extended.page("/kinds/")
    assert "Beta" in extended.page("/kinds/video/")
    assert all((extended.output / "kinds/video" / one.file).is_file() for one in FEED_FORMATS)
    sitemap = extended.page("/sitemaps/lists.xml")
    assert all(f"<loc>https://example.org{one}</loc>" in sitemap for one in ("/longest/", "/kinds/", "/kinds/video/"))


def test_they_are_rebuilt_and_removed(extended: SiteFolder) -> None:
    """A changed title is on their pages, and a group without items has none."""
    assert extended.build().code == 0
    extended.add("2025-03-15-two.md", title="Gamma", type="video")
    assert extended.build("--verify").code == 0
    assert "Longest: Gamma" in extended.page("/longest/")
    assert "Gamma" in extended.page("/kinds/video/")
    assert "Gamma" in extended.page("/kinds/video/feed.xml")
    (extended.root / "seeds" / "2025-03-15-two.md").unlink()
    assert extended.build("--verify").code == 0
    assert not (extended.output / "kinds" / "video").exists()
    assert "Video" not in extended.page("/kinds/")


def test_every_module_of_page_types_is_registered() -> None:
    """A page type that is forgotten would be built by nobody."""
    modules = {path.stem for path in (ROOT / "generator" / "site" / "pages").glob("*.py")} - {"__init__"}
    assert {Path(one.__code__.co_filename).stem for one in plan.PAGE_TYPES} == modules


def test_every_feed_format_has_a_writer() -> None:
    """And every writer a format."""
    assert WRITERS.keys() == {one.name for one in FEED_FORMATS}
