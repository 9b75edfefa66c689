"""Makes rich documents: their words and lists are as varied, and as repetitive, as those of a real archive.

Documents come in groups, each with a subject of its own. A group is a sequence of events, and an event has one document
or several. Documents of an event have many words in common, those of a group some. Some groups are series, which are
announcements in fixed words. The ``related`` list of a document holds all others of its group. The constants below were
chosen so that ``python -m bench.shape`` gives figures near those of a real archive; ``docs/performance.md`` has both.
"""

import base64
import datetime as dt
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.prose import Lexicon, Prose, Way, draws, title_case

_FIRST_DAY = dt.date(2022, 1, 3)
_A_DAY = 9.0
_BUSY_WEEKDAYS = (0.9, 1.5, 1.4, 1.0, 0.6, 0.12, 0.1)
_UNEVENNESS_OF_DAYS = 0.8
# Sizes from the first number to the second, and how often they occur.
_Sizes = Sequence[tuple[int, int, float]]
_GROUPS: _Sizes = (
    (1, 1, 0.61), (2, 2, 0.18), (3, 4, 0.11), (5, 9, 0.055), (10, 19, 0.03), (20, 39, 0.024), (40, 79, 0.0075),
    (80, 178, 0.0026),
)  # fmt: skip
_EVENTS: _Sizes = ((1, 1, 0.665), (2, 2, 0.195), (3, 4, 0.08), (5, 9, 0.022), (10, 24, 0.038))
_MORE_TOPICS: _Sizes = ((0, 0, 0.715), (1, 1, 0.23), (2, 2, 0.044), (3, 4, 0.011))
# Of small groups, and of those from ten documents on: how many are over in days, and how many are series.
_SMALL_GROUP = 10
_SHORT = (0.6, 0.2)
_SERIES = (0.35, 0.2)
_DAYS_OF_A_SHORT_GROUP, _DAYS_OF_A_LONG_GROUP = 5.0, (20, 450)
_DAYS_BETWEEN_MEMBERS = 1.1
# The shares of words that documents of an event, and those of a group, have from each other: evenly spread.
_EVENT_SHARE, _EVENT_WORDS = (0.6, 0.95), 3
_GROUP_SHARE, _GROUP_WORDS = (0.0, 0.6), 5
_SAME_TITLE, _RETOUCHED_TITLE, _SAME_EXCERPT = 0.09, 0.24, 0.16
_IN_TITLE_CASE, _WITHOUT_EXCERPT = 0.45, 0.038
# The mean, the standard deviation, and the bounds.
_WORDS_OF_AN_EXCERPT = (28, 11, 6, 56)
_NEAR_ITS_END = 6
_QUALITY = (51, 28)
_LEADS, _MEAN_HEAT, _PROMOTED = 0.27, 110, 0.126
# Of announcements in series, and of other articles.
_BY_THE_MAIN_SOURCE = (0.95, 0.25)
# Of articles by the main source, and by others.
_WITH_IMAGE, _WITH_AMP = (0.25, 0.75), (0.0, 0.5)
_SOURCES, _SLOPE_OF_SOURCES, _OFFSET_OF_SOURCES = range(2, 700), 1.5, 9
_TOPICS = (
    "AI in Healthcare", "Machine Learning", "Radiology", "Drug Discovery", "Regulation", "Oncology", "Cardiology",
    "Digital Health", "AI Ethics", "Neurology", "Pathology", "Robotics", "Wearables", "Mental Health", "Genomics",
    "Public Health", "Surgery", "Natural Language Processing", "Computer Vision",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class _Group:
    lexicon: Lexicon
    series: tuple[Way, Way] | None
    """How its headlines and the first sentences of its summaries are written, if they are all written in one way."""
    members: "list[_Article]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Event:
    group: _Group
    lexicon: Lexicon
    members: "list[_Article]" = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Article:
    title: str
    excerpt: str
    at: dt.datetime
    path: str
    source: int
    quality: int
    has_image: bool
    has_amp: bool


def documents(count: int) -> Iterator[tuple[str, str]]:
    """Yields names and texts of documents, in the order of time. Another number gives other documents."""
    numbers = random.Random(20220103)  # noqa: S311 - the same numbers every time are what is wanted
    topics = draws(numbers, _TOPICS, slope=0.7, offset=2)
    articles = list(_articles(count, numbers))
    entries = {id(article): _entry(article) for article, _ in articles}
    for group in {id(group): group for _, group in articles}.values():
        group.members.sort(key=lambda member: -member.quality)
    for number, (article, group) in enumerate(articles):
        heat = int(numbers.expovariate(1 / _MEAN_HEAT)) if numbers.random() < _LEADS else -1
        is_promoted = str(numbers.random() < _PROMOTED).lower()
        more_topics = {next(topics): None for _ in range(_size(_MORE_TOPICS, numbers))}
        text = ["---\ncategory: news\n", *_lines("", article), f"heat: {heat}\npublished: {is_promoted}\n"]
        text += ["topics:\n  - AI\n", *(f"  - {topic}\n" for topic in more_topics)]
        if len(group.members) > 1:
            text += ["related:\n", *(entries[id(other)] for other in group.members if other is not article)]
        text.append(f'secured: "{base64.b64encode(numbers.randbytes(450)).decode()};AAAA"\n---\n')
        yield f"{article.at:%Y-%m-%d}-{_slug(article.title)}-{number}.md", "".join(text)


def _articles(count: int, numbers: random.Random) -> Iterator[tuple[_Article, _Group]]:
    """Yields articles and their groups, in the order of time."""
    prose = Prose(numbers)
    sources = draws(numbers, _SOURCES, _SLOPE_OF_SOURCES, _OFFSET_OF_SOURCES)
    for event, at in zip(_events(count, numbers, prose), _times(count, numbers), strict=True):
        article = _article(event, at, prose, numbers, sources)
        event.members.append(article)
        event.group.members.append(article)
        yield article, event.group


def _events(count: int, numbers: random.Random, prose: Prose) -> list[_Event]:
    """Returns the event of each document, in the order of time."""
    days = count / _A_DAY
    placed: list[tuple[float, int, _Event]] = []
    while len(placed) < count:
        size = min(_size(_GROUPS, numbers), count - len(placed))
        is_large = size >= _SMALL_GROUP
        share = numbers.uniform(*_GROUP_SHARE) / max(1.0, size / 6) ** 0.5
        is_series = numbers.random() < _SERIES[is_large]
        series = (prose.way("series"), prose.way("opening")) if is_series else None
        group = _Group(Lexicon(share, _GROUP_WORDS), series)
        is_short = numbers.random() < _SHORT[is_large]
        span = numbers.expovariate(1 / _DAYS_OF_A_SHORT_GROUP) if is_short else numbers.uniform(*_DAYS_OF_A_LONG_GROUP)
        span = min(span, days)
        start, end = numbers.uniform(0, days - span), len(placed) + size
        while len(placed) < end:
            event = _Event(group, Lexicon(numbers.uniform(*_EVENT_SHARE), _EVENT_WORDS))
            at = start + numbers.uniform(0, span)
            for _ in range(min(_size(_EVENTS, numbers), end - len(placed))):
                placed.append((at, len(placed), event))
                at = min(at + numbers.expovariate(1 / _DAYS_BETWEEN_MEMBERS), days)
    return [event for _, _, event in sorted(placed, key=lambda one: one[:2])]


def _times(count: int, numbers: random.Random) -> list[dt.datetime]:
    """Returns times in order. Some days have many, most have few, weekends next to none."""
    days = max(round(count / _A_DAY), 1)
    weights = [_BUSY_WEEKDAYS[day % 7] * numbers.lognormvariate(0, _UNEVENNESS_OF_DAYS) for day in range(days)]
    start = dt.datetime.combine(_FIRST_DAY, dt.time(), dt.UTC)
    chosen = numbers.choices(range(days), weights, k=count)
    return sorted(start + dt.timedelta(days=day, seconds=numbers.randrange(86_400)) for day in chosen)


def _size(sizes: _Sizes, numbers: random.Random) -> int:
    ((least, most, _),) = numbers.choices(sizes, [share for _, _, share in sizes])
    return numbers.randint(least, most)


def _article(event: _Event, at: dt.datetime, prose: Prose, numbers: random.Random, sources: Iterator[int]) -> _Article:
    """Writes the next article of an event."""
    lexicons, series = (event.lexicon, event.group.lexicon), event.group.series
    # Some articles are copies, and each announcement of a series may come again.
    models = event.members or (event.group.members if series else [])
    model = numbers.choice(models) if models else None
    drawn = numbers.random()
    if model and drawn < _SAME_TITLE:
        title = model.title
    elif model and drawn < _SAME_TITLE + _RETOUCHED_TITLE:
        title = prose.retouched(model.title)
    else:
        title = prose.text(series[0] if series else prose.way("headline"), lexicons)
        title = title_case(title) if numbers.random() < _IN_TITLE_CASE else title
    is_copy = event.members and numbers.random() < _SAME_EXCERPT
    excerpt = event.members[-1].excerpt if is_copy else _excerpt(event, prose, numbers)
    is_main = numbers.random() < _BY_THE_MAIN_SOURCE[not series]
    return _Article(
        title=title,
        excerpt=excerpt,
        at=at,
        path=f"{at:%Y/%m}/{_slug(title)}-{numbers.randrange(10**9)}",
        source=1 if is_main else next(sources),
        quality=max(int(numbers.gauss(*_QUALITY)), 0),
        has_image=numbers.random() < _WITH_IMAGE[not is_main],
        has_amp=numbers.random() < _WITH_AMP[not is_main],
    )


def _excerpt(event: _Event, prose: Prose, numbers: random.Random) -> str:
    """Returns sentences up to a length; most end in the middle of one, and some are empty."""
    if numbers.random() < _WITHOUT_EXCERPT:
        return ""
    mean, deviation, least, most = _WORDS_OF_AN_EXCERPT
    length = min(max(int(numbers.gauss(mean, deviation)), least), most)
    lexicons, series = (event.lexicon, event.group.lexicon), event.group.series
    found: list[str] = []
    while len(found) < length:
        way = series[1] if series and not found else prose.way("sentence")
        sentence = prose.text(way, lexicons)
        found += (sentence if sentence.endswith(("?", '"')) else f"{sentence}.").split()
    if len(found) > length + _NEAR_ITS_END:
        found[length:] = ["..."]
    return " ".join(found)


def _entry(article: _Article) -> str:
    """Returns an article as the lists of others contain it."""
    return "  - " + "".join(_lines("    ", article)).removeprefix("    ")


def _lines(indent: str, article: _Article) -> Iterator[str]:
    host = f"source{article.source}.example"
    yield f'{indent}title: "{_escaped(article.title)}"\n'
    yield f'{indent}excerpt: "{_escaped(article.excerpt)}"\n'
    yield f"{indent}publishedDateTime: {article.at:%Y-%m-%dT%H:%M:%SZ}\n"
    yield f'{indent}webUrl: "https://www.{host}/news/{article.path}"\n'
    if article.has_amp:
        yield f'{indent}ampWebUrl: "https://www.{host}/amp/news/{article.path}"\n'
        yield f'{indent}cdnAmpWebUrl: "https://cdn.amp.example/c/s/www.{host}/amp/news/{article.path}"\n'
    yield f"{indent}type: article\n{indent}provider:\n"
    yield f"{indent}  name: Source {article.source}\n{indent}  domain: {host}\n{indent}quality: {article.quality}\n"
    if article.has_image:
        yield f'{indent}images:\n{indent}  - url: "https://img.{host}/{article.path}.jpg"\n'
        yield f"{indent}    width: 1200\n{indent}    height: 675\n{indent}    isCached: true\n"


def _escaped(text: str) -> str:
    return text.replace('"', '\\"')


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower())[:60].strip("-")
