"""What each template may show: one frozen value per template. ``docs/templates.md`` lists them; a test compares.

Links into the site are :class:`generator.urls.Address` and are checked before anything is rendered; links to the web
are plain text that ``weburls.clean`` has made safe.
"""

from dataclasses import dataclass

from generator.urls import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to somewhere."""

    text: str
    to: Address | str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLink:
    """A way to a list, with the number of its items."""

    text: str
    to: Address
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A moment."""

    iso: str
    """For machines: ``2021-09-07T14:16:00Z``, or the date alone where the time of day is unknown."""
    day: str
    """``7 September 2021``."""
    full: str
    """``7 September 2021, 14:16 UTC``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image on the web."""

    url: str
    width: int
    height: int
    """In pixels; both 0 where unknown."""
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Cards under a heading."""

    heading: Link
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """A feed's addresses, one for each format."""

    title: str
    atom: Address
    rss: Address
    json: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidebar:
    """A list of the item page's sidebar."""

    shown: tuple[Card, ...]
    folded: tuple[Card, ...]
    """Behind a summary to unfold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """A topic or source in its index."""

    name: CountedLink
    newest: Time
    detail: str
    """A source's domain; nothing for a topic."""
    below: tuple["ListEntry", ...] = ()
    """The topics that are parts of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """``index.html``: all topics or all sources."""

    head: Head
    intro: str
    entries: tuple[ListEntry, ...]
    others: tuple[ListEntry, ...] = ()
    """Topics that are not in ``topics.yaml``, where there are some that are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A month in a chart."""

    label: str
    count: int
    x: int
    """Position from the left, in the chart's units."""
    y: int
    """Position of the top."""
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How much news a list had, month by month: bars 8 wide at distances of 10, 40 high."""

    label: str
    """What the chart shows, in words."""
    width: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day in a calendar."""

    day: int
    """0 outside the month."""
    count: int
    to: Address | None
    """None where there is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A month by weeks, Monday first."""

    title: str
    to: Address | None
    """None where the month has no news."""
    count: int
    weeks: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """A day in its month's list."""

    day: CountedLink
    headlines: tuple[Link, ...]
    """Of the best items, at most five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPage:
    """``month.html``: a month as a calendar and day by day."""

    head: Head
    title: str
    calendar: Calendar
    days: tuple[DaySummary, ...]
    """Newest first."""
    year: Link
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage:
    """``year.html``: a year as twelve small months."""

    head: Head
    title: str
    count: int
    chart: Chart | None
    months: tuple[Calendar, ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSummary:
    """A year in the archive."""

    year: CountedLink
    months: tuple[CountedLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """``archive.html``: all years, newest first."""

    head: Head
    years: tuple[YearSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    """A week in the list of editions."""

    edition: CountedLink
    period: str
    headlines: tuple[Link, ...]
    """Of the stories that matter most, at most three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionYear:
    """The editions of a year."""

    year: str
    editions: tuple[EditionSummary, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """``editions.html``: all editions, newest first."""

    head: Head
    years: tuple[EditionYear, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that a search can be narrowed to."""

    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSegment:
    """A part of the search index."""

    entry: Address
    """The file that a browser reads first."""
    year: str
    fingerprint: str
    """Changes with the segment, so that browsers may keep the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """``search.html``: full-text search, which ``search.js`` runs in the browser."""

    head: Head
    topics: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    years: tuple[Choice, ...]
    """Newest first."""
    engine: Address
    """The script that searches; it is loaded when the reader does."""
    segments: tuple[SearchSegment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """``about.html``: what this digest is and is not."""

    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """``404.html``: what a visitor finds at an address that has no page."""

    head: Head
    newest: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """``moved.html``: leads on from an address at which an item formerly was. It has no frame around it."""

    title: str
    to: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPage:
    """A page in a sitemap."""

    address: Address
    modified: str
    """The time of the newest item that it shows; nothing where that is not known."""
    image: str
    """The address of an item's picture, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Pages for search engines."""

    pages: tuple[SitemapPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsPage:
    """An item in the sitemap of news."""

    address: Address
    title: str
    published: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSitemap:
    """The items of the last two days, counted from the newest."""

    name: str
    """Of the site."""
    language: str
    """ISO 639, except ``zh-cn`` and ``zh-tw``."""
    pages: tuple[NewsPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapIndex:
    """All sitemaps."""

    sitemaps: tuple[Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Icon:
    """A square icon in the web manifest."""

    address: Address
    size: int
    """In pixels."""
    purpose: str
    """``any``, or ``maskable`` where the system cuts it to a shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The web manifest: how the site looks once it is on a home screen."""

    name: str
    short_name: str
    description: str
    language: str
    start: Address
    icons: tuple[Icon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """``robots.txt``."""

    sitemap: Address
