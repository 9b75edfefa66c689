"""What each template may show: one frozen value per template. ``docs/templates.md`` lists them; a test compares.

Links into the site are :class:`generator.content.urls.Address` and are checked before anything is rendered;
links to the web are plain text that ``weburls.clean`` has made safe.
"""

import msgspec

from generator.content.urls import Address


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A way to somewhere."""

    text: str
    to: Address | str


class CountedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A way to a list, with the number of its items."""

    text: str
    to: Address
    count: int


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """A moment."""

    iso: str
    """For machines: ``2021-09-07T14:16:00Z``, or the date alone where the time of day is unknown."""
    day: str
    """``7 September 2021``."""
    full: str
    """``7 September 2021, 14:16 UTC``."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """An image on the web."""

    url: str
    width: int
    height: int
    """In pixels; both 0 where unknown."""
    caption: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """An article in a list or sidebar."""

    title: str
    excerpt: str
    to: Address | str
    """The item's page, or the article on the web."""
    source: str
    time: Time
    picture: Picture | None
    pattern: str
    """CSS classes of the pattern that stands in for a picture."""
    topics: tuple[Link, ...]
    is_video: bool
    sources: int
    """How many publishers tell its story; 0 where that is not counted."""
    also: tuple[str, ...]
    """The first of the other publishers, at most three."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Cards under a heading."""

    heading: Link
    cards: tuple[Card, ...]


class FeedLink(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a feed in one format."""

    name: str
    """The name of the format."""
    text: str
    """What readers call the format."""
    title: str
    """The title of the feed in this format."""
    type: str
    """The media type."""
    to: Address


class Formats(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's addresses, one for each format; ``feeds.atom`` is the address in the format ``atom``."""

    title: str
    links: tuple[FeedLink, ...]

    def __getattr__(self, name: str) -> Address:
        for link in self.links:
            if link.name == name:
                return link.to
        raise AttributeError(name)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What every page shows."""

    title: str
    description: str
    language: str
    direction: str
    """``ltr`` or ``rtl``."""
    zone: str
    """The name of the time zone."""
    locale: str
    """``en_US``, for Open Graph; empty where the language does not tell the country."""
    front: Address
    topics: Address
    archive: Address
    editions: Address
    sources: Address
    about: Address
    search: Address | None
    """None where the site has no search."""
    feeds: Formats
    manifest: Address


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher's article, as the page about it describes it to machines."""

    headline: str
    url: str
    published: str
    """ISO 8601, the date alone where the time of day is unknown."""
    section: str
    topics: tuple[str, ...]
    publisher: str
    publisher_url: str
    logo: Picture | None
    is_video: bool


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What every page says about itself to machines."""

    title: str
    """Of the page; empty on the front page."""
    description: str
    """Never empty."""
    address: Address
    kind: str = "CollectionPage"
    """What schema.org calls such a page."""
    trail: tuple[Link, ...] = ()
    """The pages between the front page and this one, from above."""
    picture: Picture | None = None
    feeds: Formats | None = None
    """The page's own feed."""
    listed: tuple[Card | Link, ...] = ()
    """The items that the page lists, in its order."""
    article: Publication | None = None
    """What an item's page is about."""


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """``front.html``: the newest news."""

    head: Head
    lead: Card | None
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    covered: tuple[CountedLink, ...]
    """The stories of the period that most publishers tell, with their number."""
    days: tuple[CountedLink, ...]
    topics: tuple[CountedLink, ...]
    sources: tuple[CountedLink, ...]


class Sidebar(msgspec.Struct, frozen=True, kw_only=True):
    """A list of the item page's sidebar."""

    shown: tuple[Card, ...]
    folded: tuple[Card, ...]
    """Behind a summary to unfold."""


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """``item.html``: one item."""

    head: Head
    category: str
    title: str
    excerpt: str
    time: Time
    picture: Picture | None
    pattern: str
    source: Link
    logo: Picture | None
    article: Link
    """The original article; its text is the host it is on."""
    is_video: bool
    video: Link | None
    """An embedded video; its text is the host's name."""
    topics: tuple[Link, ...]
    body: str
    """Sanitised HTML, or nothing."""
    body_links: tuple[Address, ...]
    """The addresses on this site to which the body links."""
    day: Link
    sources: int
    """How many publishers tell the story."""
    same_story: Sidebar
    """Others that tell the story, in the order of time."""
    related: Sidebar
    """Articles on the subject, best first."""
    archive: Sidebar
    """Earlier items of this site on the subject, best first."""
    newer: Link | None
    older: Link | None


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A topic or source in its index."""

    name: CountedLink
    newest: Time
    detail: str
    """A source's domain; nothing for a topic."""
    below: tuple["ListEntry", ...] = ()
    """The topics that are parts of this one."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """``index.html``: all topics or all sources."""

    head: Head
    intro: str
    entries: tuple[ListEntry, ...]
    others: tuple[ListEntry, ...] = ()
    """Topics that are not in ``topics.yaml``, where there are some that are."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A month in a chart."""

    label: str
    count: int
    x: int
    """Position from the left, in the chart's units."""
    y: int
    """Position of the top."""
    height: int


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """How much news a list had, month by month: bars 8 wide at distances of 10, 40 high."""

    label: str
    """What the chart shows, in words."""
    width: int
    bars: tuple[Bar, ...]


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """``list.html``: a page of a topic or source."""

    head: Head
    kind: Link
    """The index it belongs to."""
    parents: tuple[Link, ...]
    """The topics that this one is a part of, widest first."""
    name: str
    description: str
    """What the topic is; only on the newest page."""
    home: Link | None
    """A source's own site."""
    number: int | None
    """None on the newest page; only that page says what it is, has the count, the topics below and the chart, so that
    full pages never change."""
    count: int | None
    below: tuple[CountedLink, ...]
    """The topics that are parts of this one."""
    chart: Chart | None
    cards: tuple[Card, ...]
    newer: Address | None
    older: Address | None


class DayPage(msgspec.Struct, frozen=True, kw_only=True):
    """``day.html``: a day's news by topic."""

    head: Head
    title: str
    count: int
    sections: tuple[Section, ...]
    rest: tuple[Card, ...]
    """Items without a topic."""
    month: Link
    previous: Link | None
    next: Link | None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A day in a calendar."""

    day: int
    """0 outside the month."""
    count: int
    to: Address | None
    """None where there is no news."""


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A month by weeks, Monday first."""

    title: str
    to: Address | None
    """None where the month has no news."""
    count: int
    weeks: tuple[tuple[Cell, ...], ...]


class DaySummary(msgspec.Struct, frozen=True, kw_only=True):
    """A day in its month's list."""

    day: CountedLink
    headlines: tuple[Link, ...]
    """Of the best items, at most five."""


class MonthPage(msgspec.Struct, frozen=True, kw_only=True):
    """``month.html``: a month as a calendar and day by day."""

    head: Head
    title: str
    calendar: Calendar
    days: tuple[DaySummary, ...]
    """Newest first."""
    year: Link
    previous: Link | None
    next: Link | None


class YearPage(msgspec.Struct, frozen=True, kw_only=True):
    """``year.html``: a year as twelve small months."""

    head: Head
    title: str
    count: int
    chart: Chart | None
    months: tuple[Calendar, ...]
    previous: Link | None
    next: Link | None


class YearSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A year in the archive."""

    year: CountedLink
    months: tuple[CountedLink, ...]


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """``archive.html``: all years, newest first."""

    head: Head
    years: tuple[YearSummary, ...]


class EditionPage(msgspec.Struct, frozen=True, kw_only=True):
    """``edition.html``: the week's stories, ranked and by topic."""

    head: Head
    title: str
    period: str
    """Its first and last day in words."""
    count: int
    stories: int
    lead: Card
    """The story that matters most."""
    sections: tuple[Section, ...]
    rest: tuple[Card, ...]
    """Stories without a topic."""
    previous: Link | None
    next: Link | None


class EditionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A week in the list of editions."""

    edition: CountedLink
    period: str
    headlines: tuple[Link, ...]
    """Of the stories that matter most, at most three."""


class EditionYear(msgspec.Struct, frozen=True, kw_only=True):
    """The editions of a year."""

    year: str
    editions: tuple[EditionSummary, ...]
    """Newest first."""


class Editions(msgspec.Struct, frozen=True, kw_only=True):
    """``editions.html``: all editions, newest first."""

    head: Head
    years: tuple[EditionYear, ...]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a search can be narrowed to."""

    value: str
    text: str


class SearchSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the search index."""

    entry: Address
    """The file that a browser reads first."""
    year: str
    fingerprint: str
    """Changes with the segment, so that browsers may keep the entry."""


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """``search.html``: full-text search, which ``search.js`` runs in the browser."""

    head: Head
    topics: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    years: tuple[Choice, ...]
    """Newest first."""
    engine: Address
    """The script that searches; it is loaded when the reader does."""
    segments: tuple[SearchSegment, ...]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """``about.html``: what this digest is and is not."""

    head: Head


class NotFound(msgspec.Struct, frozen=True, kw_only=True):
    """``404.html``: what a visitor finds at an address that has no page."""

    head: Head
    newest: tuple[Link, ...]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """``moved.html``: leads on from an address at which an item formerly was. It has no frame around it."""

    title: str
    to: Address


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An item in a feed."""

    id: str
    """A tag URI that stays when the item's address changes."""
    title: str
    summary: str
    to: Address
    article: str
    """Where the publisher has it; nothing where the entry is of a page of ours."""
    source: Link
    """The publisher and its site."""
    published: str
    topics: tuple[str, ...]
    picture: Picture | None


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed, the same in all its formats."""

    id: str
    title: str
    description: str
    language: str
    formats: Formats
    home: Address
    """The page that it follows."""
    author: Link
    """The site."""
    updated: str
    """The newest entry's time, for the clock must not change the bytes."""
    entries: tuple[FeedEntry, ...]


class SitemapPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page in a sitemap."""

    address: Address
    modified: str
    """The time of the newest item that it shows; nothing where that is not known."""
    image: str
    """The address of an item's picture, or nothing."""


class Sitemap(msgspec.Struct, frozen=True, kw_only=True):
    """Pages for search engines."""

    pages: tuple[SitemapPage, ...]


class NewsPage(msgspec.Struct, frozen=True, kw_only=True):
    """An item in the sitemap of news."""

    address: Address
    title: str
    published: str


class NewsSitemap(msgspec.Struct, frozen=True, kw_only=True):
    """The items of the last two days, counted from the newest."""

    name: str
    """Of the site."""
    language: str
    """ISO 639, except ``zh-cn`` and ``zh-tw``."""
    pages: tuple[NewsPage, ...]


class SitemapIndex(msgspec.Struct, frozen=True, kw_only=True):
    """All sitemaps."""

    sitemaps: tuple[Address, ...]


class Icon(msgspec.Struct, frozen=True, kw_only=True):
    """A square icon in the web manifest."""

    address: Address
    size: int
    """In pixels."""
    purpose: str
    """``any``, or ``maskable`` where the system cuts it to a shape."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The web manifest: how the site looks once it is on a home screen."""

    name: str
    short_name: str
    description: str
    language: str
    start: Address
    icons: tuple[Icon, ...]


class Robots(msgspec.Struct, frozen=True, kw_only=True):
    """``robots.txt``."""

    sitemap: Address
