"""Measures documents: how varied their words are, how long their lists are, and how similar they are to each other.

``python -m bench.shape FOLDER_OR_TAR ...`` prints a table with a column for each folder or packed folder of documents.
It shows how realistic made documents are.
"""

import array
import datetime as dt
import itertools
import math
import re
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench import documents, tables
from generator.cache.memo import Memo
from generator.content.collection import Selection, select
from generator.content.model import Item
from generator.content.terms import vocabulary
from generator.stories import blocks
from generator.stories.comparer import Comparer
from generator.stories.incremental import cluster_all
from generator.stories.model import time_order

_EVERYTHING = Selection(now=dt.datetime(9999, 1, 1, tzinfo=dt.UTC), with_future=True)
_WORD = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")
_COMMONEST = (10, 100, 1_000)
_LENGTHS = (5_000, 50_000, 150_000)
_ZIPF_RANKS = (10, 1_000)
_OPENING_WORDS = 3
_TWIN = 0.6
_NONE = "–"

Rows = dict[str, str]


def main(sources: Sequence[str]) -> None:
    """Prints the table for folders or packed folders."""
    columns: dict[str, Rows] = {}
    for source in sources:
        with tempfile.TemporaryDirectory() as scratch:
            folder = documents.unpacked(Path(source), Path(scratch))
            sizes = [path.stat().st_size for path in folder.rglob("*.md")]
            columns[Path(source).name.partition(".")[0]] = measure(documents.read(folder), sizes)
    rows = list(dict.fromkeys(itertools.chain.from_iterable(columns.values())))
    print("\n".join(tables.table("", rows, list(columns), lambda row, column: columns[column].get(row, _NONE))))


def measure(found: Iterable[Item], sizes: Sequence[int]) -> Rows:
    """Returns statistics by name.

    Args:
        found: the items of the documents.
        sizes: the size of each document in bytes.
    """
    items = sorted(select(found, _EVERYTHING).items, key=time_order)
    return {
        "documents": f"{len(items):,}",
        "bytes of a document": _spread(sizes),
        **_origins(items),
        **_words(items),
        **_repeats(items),
        **_lists(items),
        **_clustering(items),
    }


def _origins(items: Sequence[Item]) -> Rows:
    """Returns statistics on days, sources and topics."""
    days = Counter(item.published_at.date() for item in items)
    domains = Counter(item.provider.domain for item in items)
    most = domains.most_common(2)[-1][1]
    return {
        "items a day, of days with any": _spread(days.values()),
        "sources": f"{len(domains):,}",
        "items of the largest source, of the second": f"{_share(max(domains.values()), items)}, {_share(most, items)}",
        "sources with one item": _share(sum(count == 1 for count in domains.values()), domains),
        "topics of an item": _spread([len(item.topics) for item in items]),
        "items with a picture": _share(sum(bool(item.images) for item in items), items),
    }


def _words(items: Sequence[Item]) -> Rows:
    """Returns statistics on the length of texts, on common words and on the growth of the vocabulary."""
    words = [word for item in items for word in _WORD.findall(f"{item.title} {item.excerpt}".lower())]
    counts = [count for _, count in Counter(words).most_common()]
    terms = [vocabulary().analyse(item.title, item.excerpt) for item in items]
    stems = [term for one in terms for term in (*one.headline, *one.summary)]
    rows = {
        "words of a headline": _spread([len(item.title.split()) for item in items]),
        "words of a summary": _spread([len(item.excerpt.split()) for item in items]),
        "items without a summary": _share(sum(not item.excerpt for item in items), items),
        "words": f"{len(words):,}",
    }
    for length in _LENGTHS:
        has_enough = len(words) >= length
        rows[f"distinct among the first {length:,}"] = f"{len(set(words[:length])):,}" if has_enough else _NONE
    early = Counter(words[: _LENGTHS[0]]).most_common(100)
    rows["share of the 100 commonest words, of the first 5,000"] = _share(sum(n for _, n in early), words[:5_000])
    for most in _COMMONEST:
        rows[f"share of the {most:,} commonest words"] = _share(sum(counts[:most]), words)
    least, last = _ZIPF_RANKS
    slope = f"{_slope(counts[:last], least):.2f}" if len(counts) > 10 * least else _NONE
    return rows | {
        "slope of log frequency over log rank, 10th to 1,000th": slope,
        "words that occur once, of distinct words": _share(counts.count(1), counts),
        "words known to be common in the field, of words with a meaning": _share(
            sum(s in vocabulary().prior for s in stems), stems
        ),
        "distinct words with a meaning, of an item": _spread([len({*one.headline, *one.summary}) for one in terms]),
        "names and numbers among them": _share(
            sum(len(t.names) for t in terms), range(sum(len({*t.headline, *t.summary}) for t in terms))
        ),
    }


def _slope(counts: Sequence[int], least: int) -> float:
    """Returns the slope of Zipf's law, by least squares over ranks that are evenly spaced on the logarithmic scale."""
    ranks = sorted({round(least * (len(counts) / least) ** (step / 20)) for step in range(21)})
    points = [(math.log(rank), math.log(counts[rank - 1])) for rank in ranks]
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def _repeats(items: Sequence[Item]) -> Rows:
    """Returns how many items repeat the headline of another, or the first words of its headline or summary."""
    headlines = [tuple(_WORD.findall(item.title.lower())) for item in items]
    summaries = [tuple(_WORD.findall(item.excerpt.lower())) for item in items if item.excerpt]
    return {
        "items with the headline of another": _share(_repeated(headlines), items),
        "items with nearly the headline of another": _share(_twins(headlines), items),
        "headlines that begin with the three words of another": _share(
            _repeated([words[:_OPENING_WORDS] for words in headlines]), headlines
        ),
        "summaries that begin with the four words of another": _share(
            _repeated([words[: _OPENING_WORDS + 1] for words in summaries]), summaries
        ),
    }


def _repeated(values: Iterable[tuple[str, ...]]) -> int:
    return sum(count for count in Counter(values).values() if count > 1)


def _twins(headlines: Sequence[tuple[str, ...]]) -> int:
    """Returns the number of headlines that are similar to another one, but not equal.

    Similar headlines have three words in a row in common, and a Jaccard similarity of at least 0.6.
    """
    by_run: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, words in enumerate(headlines):
        for run in zip(words, words[1:], words[2:], strict=False):
            by_run[run].append(number)
    sets = [frozenset(words) for words in headlines]
    twins: set[int] = set()
    for numbers in by_run.values():
        for one, other in itertools.combinations(numbers, 2):
            if one not in twins or other not in twins:
                shared = len(sets[one] & sets[other])
                union = len(sets[one]) + len(sets[other]) - shared
                if shared >= _TWIN * union and headlines[one] != headlines[other]:
                    twins |= {one, other}
    return len(twins)


def _lists(items: Sequence[Item]) -> Rows:
    """Returns statistics on the length of ``related`` lists and on repeated entries."""
    lengths = [len(item.related) for item in items]
    times = Counter(entry.identity for item in items for entry in item.related)
    entries = range(sum(lengths))
    return {
        "entries of a related list": _spread(lengths),
        "items without one": _share(lengths.count(0), items),
        "entries in several lists": _share(sum(n for n in times.values() if n > 1), entries),
        "lists that contain an entry": _spread(times.values()),
        "entries that are items, too": _share(sum(times[item.identity] for item in items), entries),
    }


def _clustering(items: Sequence[Item]) -> Rows:
    """Returns statistics on the comparisons of the clustering and on its result."""
    comparer = Comparer(items, blocks.keyed(items, {}, blocks.BLOCK), Memo(), {}, "en")
    features = [one for block in comparer.blocks for one in comparer.compare(block.number)[0]]
    clustering = cluster_all(items)
    sizes = [len(story.items) for story in clustering.stories]
    entries = range(sum(len(item.related) for item in items))
    assignments = clustering.assignments
    return {
        "items of the last 21 days that may be in the same story (at most 48)": _spread(
            [len(array.array("i", one.near)) for one in features]
        ),
        "items on the same subject at any time (at most 24)": _spread(
            [len(array.array("i", one.archive)) for one in features]
        ),
        "items of a story": _spread(sizes),
        "items in stories of several": _share(sum(size for size in sizes if size > 1), items),
        "entries that report the item's story": _share(sum(len(one.same_story) for one in assignments), entries),
        "entries on the item's subject": _share(sum(len(one.related) for one in assignments), entries),
    }


def _share(part: int, whole: "Sequence[object] | Counter[str]") -> str:
    return f"{part / len(whole):.1%}" if whole else _NONE


def _spread(values: Iterable[int]) -> str:
    """Returns the mean, and in brackets the 10th, 50th, 90th and 99th percentiles and the maximum."""
    ordered = sorted(values)
    if not ordered:
        return _NONE
    mean = statistics.fmean(ordered)
    shown = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.1, 0.5, 0.9, 0.99, 1.0)]
    return f"{mean:,.{2 if mean < 100 else 0}f} ({', '.join(f'{value:,}' for value in shown)})"  # noqa: PLR2004


if __name__ == "__main__":
    main(sys.argv[1:])
