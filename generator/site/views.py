"""The views: everything that a template can show, as one frozen struct per template.

``docs/templates.md`` lists them, and a test compares the two. Links into the site are of the type
:class:`generator.content.urls.Address` and are checked before anything is rendered. Links to the web are strings that
``weburls.clean`` has made safe.
"""

import msgspec

from generator.content.urls import Address


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link to a page of this site or of the web."""

    text: str
    to: Address | str


class MenuLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link at the top or the end of each page."""

    text: str
    to: Address | str
    type: str = ""
    """The media type of a feed; empty for other links."""
    is_outside: bool = False
    """Whether the link leads to another site."""


class LabelledLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link with a label before it."""

    label: str
    link: Link


class CountedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link to a list of items, with the number of its items."""

    text: str
    to: Address
    count: int


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """A time of publication, in the formats that templates show."""

    iso: str
    """ISO 8601: ``2021-09-07T14:16:00Z``, or only the date if the time of day is unknown."""
    short: str
    """``7 Sept``, or ``7 Sept 2021`` in another year than that of the newest item."""
    day: str
    """``7 September 2021``."""
    full: str
    """``7 September 2021, 14:16 UTC``."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """An image on the web or of this site."""

    url: Address | str
    width: int
    height: int
    """In pixels. Width and height are 0 if one of them is unknown."""
    caption: str


class Logo(msgspec.Struct, frozen=True, kw_only=True):
    """The logo of the site."""

    to: Address
    width: int
    height: int
    """In pixels; an SVG may have any size in this ratio."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """The kind of a source, such as ``Journal`` or ``Press release``."""

    name: str
    """As in ``sources.yaml``."""
    text: str
    is_caution: bool
    """Whether readers should weigh the report: a press release, a preprint, a report of the company itself."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A story in a list or sidebar, or an article that is not on this site."""

    title: str
    summary: str
    """Whole sentences of the excerpt, if one fits."""
    to: Address | str
    """The page of the story, the page of the item if it is the only report, or else the article on the web."""
    source: Link
    """The publisher, with a link to the article."""
    kind: Kind | None
    """None if the kind of the source is unknown."""
    time: Time
    picture: Picture | None
    topics: tuple[Link, ...]
    is_video: bool
    sources: int
    """The number of publishers that report the story; 0 if it is not on this site."""
    own: int
    """The number of these with their own text."""
    also: tuple[Link, ...]
    """Up to three other publishers that report the story, with links to their articles."""
    first: str
    """The publisher of the first report; empty if it is the source that the card names."""
    disputed_by: tuple[Link, ...]
    """The stories that respond to this one: the names of their publishers, with links to their pages."""

    @property
    def more(self) -> int:
        """The number of publishers that ``also`` leaves out."""
        return max(self.sources - 1 - len(self.also), 0)

    @property
    def is_outside(self) -> bool:
        """Whether the headline leads to another site."""
        return not isinstance(self.to, Address)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Cards under a heading."""

    heading: Link
    tint: str
    """The CSS class of the topic's colour; empty if it has none."""
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
    """The addresses of a feed, one for each format. ``feeds.atom`` is the address in the format ``atom``."""

    title: str
    links: tuple[FeedLink, ...]

    def __getattr__(self, name: str) -> Address:
        for link in self.links:
            if link.name == name:
                return link.to
        raise AttributeError(name)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The properties of the site, which every template can show."""

    title: str
    description: str
    language: str
    direction: str
    """``ltr`` or ``rtl``."""
    zone: str
    """The name of the time zone."""
    locale: str
    """The locale for Open Graph, such as ``en_US``; empty if the language does not determine the country."""
    front: Address
    topics: Address
    archive: Address
    editions: Address
    sources: Address
    about: Address
    """The about page, which has a section with the id ``corrections``."""
    contact: Link | None
    """A link to the contact of the owner; None if the settings have none."""
    search: Address | None
    """None if the site has no search."""
    feeds: Formats
    manifest: Address
    menu: tuple[MenuLink, ...]
    """The links of the navigation."""
    footer_links: tuple[MenuLink, ...]
    """The links at the end of each page."""
    style_sheets: tuple[Address, ...] = ()
    """The site's own style sheets, after that of the theme: that of the settings, and ``static/custom.css``."""
    logo: Logo | None = None
    """None if the settings have none."""
    has_pictures: bool = True
    """Whether cards show pictures."""
    footer: str = ""
    """The text for the end of each page as sanitised HTML; empty if the settings have none."""
    linked: tuple[str, ...] = ()
    """The addresses to which the masthead leads, among them that of the search."""


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """The article of a publisher, as the JSON-LD of its item's page describes it."""

    headline: str
    url: str
    published: str
    """ISO 8601; only the date if the time of day is unknown."""
    section: str
    topics: tuple[str, ...]
    publisher: str
    publisher_url: str
    logo: Picture | None
    is_video: bool
    citations: tuple[str, ...]
    """The addresses of the studies on which it reports."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The metadata of a page, for its ``head`` element."""

    title: str
    """The title of the page; empty on the front page."""
    description: str
    """Never empty."""
    address: Address
    kind: str = "CollectionPage"
    """The schema.org type of the page."""
    trail: tuple[Link, ...] = ()
    """The breadcrumb trail: the pages between the front page and this one, top level first."""
    picture: Picture | None = None
    feeds: Formats | None = None
    """The feed of this page, if it has one."""
    listed: tuple[Card | Link, ...] = ()
    """The entries that the page lists, in the order of the page."""
    article: Publication | None = None
    """The article that the page of an item is about."""
    is_noindex: bool = False
    """Whether search engines leave the page out."""


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """A story in a list that is ranked by coverage."""

    link: Link
    sources: int
    own: int


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """``front.html``: the most important recent stories."""

    head: Head
    date: str = ""
    """The day of the newest item, in words; empty if there is none."""
    newest: Time | None = None
    """The time of the newest item."""
    clock: str = ""
    """Its time of day; the day if that is unknown."""
    stories: int = 0
    """The number of stories of the seven days before the newest item."""
    lead: Card | None = None
    rows: tuple[Card, ...] = ()
    """The next stories of the last 14 days by rank."""
    latest: tuple[Card, ...] = ()
    """Further stories of the last 14 days, newest first."""
    earlier: tuple[Card, ...] = ()
    """Older stories, newest first, if the last 14 days have few."""
    covered: tuple[Covered, ...] = ()
    """The stories of the last seven days with the most publishers."""
    topics: tuple[CountedLink, ...] = ()
    """The topics of the last seven days, with their numbers of stories."""
    edition: Link | None = None
    """The newest weekly edition."""
    sections: tuple[Section, ...] = ()
    """Further stories of the last 14 days, by topic."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report in the coverage of a story."""

    title: str
    summary: str
    """Its first sentences; empty for a copy."""
    article: str
    """The address of the article on the web."""
    source: str
    source_page: Address | None
    """The page of its source; None if the site has no item of it."""
    page: Address | None
    """The page of the item; None if the report is not an item of this site."""
    kind: Kind | None
    time: Time
    is_first: bool
    """Whether it is the earliest report."""
    is_video: bool
    copies: tuple["Report", ...]
    """The reports that copy its text, in the order of time."""


class StoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """``story.html``: everything that reports a story."""

    head: Head
    card: Card
    """The report that represents the story."""
    lede: str
    article: Link
    """A link to the article of that report; its text is the host name."""
    topics: tuple[Link, ...]
    coverage: tuple[Report, ...]
    """The reports with their own text, in the order of time."""
    first: Time
    newest: Time
    kinds: tuple[str, ...]
    """The numbers of reports by kind of source, in words."""
    edition: Link
    """The weekly edition of the first report."""
    studies: tuple[Link, ...]
    """The identifiers of the studies on which the items report, each once, with links to the web."""
    relations: tuple[LabelledLink, ...]
    """The stories that this one responds to or follows, and those that respond to it or follow it."""
    background: tuple[Card, ...]
    """Articles and stories on the same subject, best match first."""
    archive: tuple[Card, ...]
    """Earlier stories on the same subject, best match first."""


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """``item.html``: one item."""

    head: Head
    category: str
    title: str
    lede: str
    time: Time
    picture: Picture | None
    source: Link
    kind: Kind | None
    logo: Picture | None
    article: Link
    """A link to the original article; its text is the host name."""
    is_video: bool
    video: Link | None
    """A link to the embedded video; its text is the name of the host."""
    topics: tuple[Link, ...]
    body: str
    """Sanitised HTML; empty if the item has no body."""
    body_links: tuple[Address, ...]
    """The addresses on this site to which the body links."""
    studies: tuple[Link, ...]
    """The identifiers of the studies on which the article reports, with links to the web."""
    day: Link
    story: Address | None
    """The page of its story; None if the item is the only report."""
    related: tuple[Card, ...]
    """Stories and articles on the same subject, best match first."""
    relations: tuple[LabelledLink, ...]
    """The stories that the item's story responds to or follows, and those that respond to it or follow it."""
    archive: tuple[Card, ...]
    """Earlier stories on the same subject, best match first."""
    newer: Link | None
    older: Link | None


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A topic, a source or another group in its index."""

    name: CountedLink
    newest: Time
    detail: str
    """Additional text: the kind and the domain of a source; empty for a topic."""
    below: tuple["ListEntry", ...] = ()
    """The child topics."""


class IndexGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Entries with the same first letter."""

    letter: str
    """``#`` for names that begin with no letter; empty if the entries are not grouped."""
    id: str
    """The id of the group on the page."""
    entries: tuple[ListEntry, ...]


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """``index.html``: all groups of one kind, such as all topics or all sources."""

    head: Head
    intro: str
    groups: tuple[IndexGroup, ...]
    others: tuple[ListEntry, ...] = ()
    """The topics that are not in ``topics.yaml``. If no topic is curated, ``groups`` contains them instead."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """The bar of a month in a chart."""

    label: str
    count: int
    x: int
    """The left edge, in units of the chart."""
    y: int
    """The upper edge."""
    height: int


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart of the number of items per month. It is 40 units high, and has a bar of 8 units every 10 units."""

    label: str
    """A description of the chart in words."""
    width: int
    bars: tuple[Bar, ...]


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """``list.html``: a page of the list of a topic, a source or another group."""

    head: Head
    kind: Link
    """A link to the index that contains the group."""
    parents: tuple[Link, ...]
    """The ancestors of the topic, from the root down."""
    name: str
    kind_of_source: Kind | None
    """The kind of the source; None if it is unknown or this is no source."""
    tint: str
    """The CSS class of the topic's colour; empty if it has none."""
    description: str
    """The description of the topic; empty on numbered pages."""
    home: Link | None
    """A link to the web site of the source."""
    number: int | None
    """The number of the page; None on the newest page.

    Only the newest page has a description, a count, child topics and a chart, so that a numbered page, which is full,
    never changes when items are added.
    """
    count: int | None
    below: tuple[CountedLink, ...]
    """The child topics."""
    chart: Chart | None
    cards: tuple[Card, ...]
    newer: Address | None
    older: Address | None


class DayPage(msgspec.Struct, frozen=True, kw_only=True):
    """``day.html``: the stories of a day, those with the most publishers first."""

    head: Head
    title: str
    count: int
    """The number of items."""
    stories: int
    sources: int
    """The number of publishers of the items."""
    covered: tuple[Card, ...]
    """The stories of several publishers, most covered first."""
    sections: tuple[Section, ...]
    """The stories of one publisher, by topic."""
    rest: tuple[Card, ...]
    """The stories of one publisher without a topic."""
    topics: tuple[CountedLink, ...]
    """The topics of the day, with their numbers of stories."""
    week: Link
    """The weekly edition."""
    month: Link
    previous: Link | None
    next: Link | None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A day in a calendar."""

    day: int
    """The day of the month; 0 if the cell is outside the month."""
    count: int
    to: Address | None
    """None if the day has no items."""


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar of a month, in weeks that start on Monday."""

    title: str
    to: Address | None
    """None if the month has no items."""
    count: int
    weeks: tuple[tuple[Cell, ...], ...]


class DaySummary(msgspec.Struct, frozen=True, kw_only=True):
    """A day in the list of its month."""

    day: CountedLink
    headlines: tuple[Link, ...]
    """Links to the best items of up to five stories."""


class MonthPage(msgspec.Struct, frozen=True, kw_only=True):
    """``month.html``: the calendar of a month, and the list of its days."""

    head: Head
    title: str
    calendar: Calendar
    days: tuple[DaySummary, ...]
    """Newest first."""
    year: Link
    previous: Link | None
    next: Link | None


class YearPage(msgspec.Struct, frozen=True, kw_only=True):
    """``year.html``: the calendars of the twelve months of a year."""

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
    """``edition.html``: the stories that began in a week: the chosen ones, and then all others by topic."""

    head: Head
    title: str
    count: int
    """The number of items."""
    stories: int
    sources: int
    """The number of publishers of the reports."""
    busiest: CountedLink | None
    """The topic with the most stories."""
    most_covered: Covered | None
    """The story with the most publishers; None if no story has several."""
    chosen: tuple[Card, ...]
    """The seven stories with the highest scores."""
    sections: tuple[Section, ...]
    rest: tuple[Card, ...]
    """Other stories."""
    continued: tuple[Card, ...]
    """The stories of earlier weeks that have a report in this week."""
    left_out: int
    """The number of stories that only the pages of their days list."""
    days: tuple[CountedLink, ...]
    """The days of the week that have items."""
    previous: Link | None
    next: Link | None


class EditionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A week in the list of editions."""

    edition: CountedLink
    headlines: tuple[Link, ...]
    """Links to the best items of up to three stories with the highest score."""


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
    """An option of a search filter."""

    value: str
    text: str


class SearchSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment of the search index."""

    entry: Address
    """The address of the file that the search engine loads first."""
    year: str
    fingerprint: str
    """Changes whenever the segment changes, so that browsers can cache the entry file."""


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """``search.html``: the full-text search, which ``search.js`` runs in the browser."""

    head: Head
    topics: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    years: tuple[Choice, ...]
    """Newest first."""
    engine: Address
    """The address of the search engine's script, which the page loads when the reader starts a search."""
    segments: tuple[SearchSegment, ...]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """``about.html``: who runs the site, and how it is made."""

    head: Head
    editor: str
    """The person or organisation that runs the site; empty if the settings have none."""
    address: tuple[str, ...]
    """The lines of the postal address."""
    funding: str
    corrections: Link | None
    """A link to the contact for errors; None if the settings have none."""
    has_keywords: bool
    """Whether keywords assign topics to items."""


class OwnPage(msgspec.Struct, frozen=True, kw_only=True):
    """``page.html``: a page that the owner of the site writes in the folder ``pages/``."""

    head: Head
    title: str
    body: str
    """Sanitised HTML; empty if the page has no text."""


class NotFound(msgspec.Struct, frozen=True, kw_only=True):
    """``404.html``: the error page for missing addresses."""

    head: Head
    newest: tuple[Link, ...]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """``moved.html``: a redirect from a former address of an item. It does not extend ``base.html``."""

    title: str
    to: Address


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A story, an item or an edition in a feed."""

    id: str
    """A tag URI, which does not change when the address changes or reports join."""
    title: str
    summary: str
    to: Address
    article: str
    """The URL of the original article; empty for an edition."""
    source: Link
    """The publisher, with a link to its web site."""
    published: str
    updated: str
    """The time of the newest report."""
    topics: tuple[str, ...]
    picture: Picture | None
    reports: tuple[LabelledLink, ...] = ()
    """All reports of a story with several, in the order of time: the publisher, and a link to its article."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed, independent of its format."""

    id: str
    title: str
    description: str
    language: str
    formats: Formats
    home: Address
    """The page that the feed belongs to."""
    author: Link
    """The site, with a link to its front page."""
    updated: str
    """The time of the newest report, not of the build, so that equal input gives equal bytes."""
    entries: tuple[FeedEntry, ...]


class SitemapPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page in a sitemap."""

    address: Address
    modified: str
    """The time of the newest item on the page, in ISO 8601; empty if the page shows no items."""
    image: Address | str
    """The picture of an item; empty if there is none."""


class Sitemap(msgspec.Struct, frozen=True, kw_only=True):
    """A sitemap: a list of pages for search engines."""

    pages: tuple[SitemapPage, ...]


class NewsPage(msgspec.Struct, frozen=True, kw_only=True):
    """An item in the news sitemap."""

    address: Address
    title: str
    published: str


class NewsSitemap(msgspec.Struct, frozen=True, kw_only=True):
    """The news sitemap: the items of the two days before the newest item."""

    name: str
    """The title of the site."""
    language: str
    """ISO 639, except ``zh-cn`` and ``zh-tw``."""
    pages: tuple[NewsPage, ...]


class SitemapIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The sitemap index: the addresses of all sitemaps."""

    sitemaps: tuple[Address, ...]


class Icon(msgspec.Struct, frozen=True, kw_only=True):
    """A square icon in the web manifest."""

    address: Address
    size: int
    """In pixels."""
    purpose: str
    """``any``, or ``maskable`` if the operating system may crop the icon to a shape."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The web app manifest: the name and icons of the site on a home screen."""

    name: str
    short_name: str
    description: str
    language: str
    start: Address
    icons: tuple[Icon, ...]


class Robots(msgspec.Struct, frozen=True, kw_only=True):
    """``robots.txt``."""

    sitemap: Address
