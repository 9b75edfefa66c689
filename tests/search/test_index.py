"""The search index: its records and segments, which segments a build indexes, and errors of the indexer."""

import datetime as dt
import json
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cache.memo import Memo
from generator.config import language
from generator.config.language import Language
from generator.content import urls
from generator.content.collection import Selection, group, select
from generator.content.model import Item
from generator.search import pagefind, pagefind_files, records
from generator.search.pagefind import Indexer, IndexerError
from generator.search.records import OtherReport, Record, Search
from generator.site.cards import Cards
from generator.stories.model import Assignment, assemble, time_order
from generator.stories.related import AssignedEntry
from tests.support.crawling import strict_parse
from tests.support.making import SiteFolder, entry, keys_of, read, small_sizes

LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def item(day: dt.date, number: int = 0) -> Item:
    """Returns an item that was published on a day."""
    parsed = read(
        "---\ntitle: Word\nexcerpt: Some words\nquality: 1\ntopics: [AI, X-ray]\n"
        f"publishedDateTime: {day}T0{number % 10}:00:00Z\nwebUrl: https://news.example.org/{day}/{number}\n"
        "provider: {name: Example News, domain: news.example.org}\n---\n",
        name=f"{day}-item-{number}.md",
    ).item
    assert parsed
    return parsed


def language_of(tag: str) -> Language:
    """Returns the language with this tag."""
    return language.load(tag, zone="UTC", folder=Path())


def search_of(
    items: list[Item], *, tag: str = "en-GB", version: str = "1", joined: dict[int, int] | None = None
) -> Search:
    """Divides items into segments.

    ``joined`` has, for the positions of items in the order of time, the distances to the first items of their stories.
    An entry of a ``related`` list reports the story if it is by Same.
    """
    selected = sorted(select(items, Selection(now=LATER)).items, key=time_order)
    assignments = [
        Assignment(
            joined=(joined or {}).get(position, 0),
            merged=(),
            score=1.0,
            relation=None,
            same_story=tuple(
                AssignedEntry(place=place, identity=one.identity)
                for place, one in enumerate(item.related)
                if one.provider.name == "Same"
            ),
            related=(),
            archive=(),
        )
        for position, item in enumerate(selected)
    ]
    collection = group(selected[::-1])
    cards = Cards(collection, assemble(selected, assignments), language_of(tag), keys_of(selected))
    return records.search(collection, cards, version, Memo())


DAYS = st.dates(dt.date(2023, 11, 1), dt.date(2026, 2, 28))
ITEMS = st.lists(DAYS, max_size=25).map(lambda days: [item(day, number) for number, day in enumerate(days)])


@given(ITEMS)
def test_every_story_is_in_exactly_one_segment(items: list[Item]) -> None:
    """One segment for the newest month, one for the months before it in its year, one for each earlier year."""
    search = search_of(items)
    addresses = [record.address for segment in search.segments for record in segment.make()]
    assert len(addresses) == len(set(addresses)) == len(items)
    for segment in search.segments:
        for record in segment.make():
            assert record.address.startswith(f"/{segment.name.replace('-', '/')}/")
            assert record.address.startswith(f"/{segment.year}/")
    newest = max((value.published_at for value in items), default=None)
    expected = {f"{value.published_at:%Y-%m}" if newest and f"{value.published_at:%Y-%m}" == f"{newest:%Y-%m}"
              else f"{value.published_at:%Y}" for value in items}  # fmt: skip
    newest_first = sorted(expected, key=lambda name: (name[:4], len(name)), reverse=True)
    assert [segment.name for segment in search.segments] == newest_first


@given(ITEMS, DAYS)
def test_a_later_item_changes_only_the_newest_segments(items: list[Item], day: dt.date) -> None:
    """It changes the segment of its month; if the month is new, also those of the previous month and its year."""
    items = [value for value in items if value.published_at.date() <= day]
    before = {segment.name: segment.fingerprint for segment in search_of(items).segments}
    after = {segment.name: segment.fingerprint for segment in search_of([*items, item(day, 99)]).segments}
    previous = max((value.published_at.date() for value in items), default=day)
    changed = {f"{day:%Y-%m}", f"{previous:%Y-%m}"}
    if f"{day:%Y-%m}" != f"{previous:%Y-%m}":
        changed.add(f"{previous:%Y}")
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} <= changed


def test_a_record_has_the_text_of_its_item() -> None:
    """And slugs to filter by, but nothing that depends on other stories or on the base URL."""
    (segment,) = search_of([item(dt.date(2025, 3, 14))]).segments
    assert segment.make() == (
        Record(
            address=segment.make()[0].address,
            title="Word",
            source="Example News",
            date="14 March 2025",
            topic_names="AI, X-ray",
            newest=29031840,
            sources="1 source",
            summary="Some words",
            others=(),
            topics=("ai", "x-ray"),
            domains=("news.example.org",),
        ),
    )
    assert segment.make()[0].address.startswith("/2025/03/14/")
    assert segment.make()[0].content == "Some words"


def report(number: int, **changes: object) -> Item:
    """Returns an item whose story a ``related`` entry of ``Same`` reports, too."""
    values = {
        "title": f"Headline\u200b {number}", "excerpt": f"Summary  {number}.", "quality": 1, "topics": [f"T{number}"],
        "publishedDateTime": f"2025-0{number}-10T08:00:00Z", "webUrl": f"https://n{number}.example/a",
        "provider": {"name": f"News {number}", "domain": f"n{number}.example"},
    } | changes  # fmt: skip
    parsed = read(f"---\n{json.dumps(values)}\n---\n", name=f"2025-0{number}-10-report-{number}.md").item
    assert parsed
    return parsed


def test_a_story_is_one_record_with_all_of_its_reports() -> None:
    """It has the period of its earliest item, the day of its newest report, and all topics and sources of its items."""
    same = entry(
        7,
        title="Third  view",
        publishedDateTime="2025-03-01T23:30:00Z",
        provider={"name": "Same", "domain": "same.example"},
    )
    other = entry(8, title="Unrelated")
    items = [report(1), report(2, related=[other, same]), report(3, title="Alone")]
    newest, rest = search_of(items, joined={1: 1}).segments
    assert (newest.name, rest.name) == ("2025-03", "2025")
    assert [record.title for record in newest.make()] == ["Alone"]
    (record,) = rest.make()
    assert record.address.startswith("/story/2025/01/10/")
    assert (record.date, record.sources) == ("1 March 2025", "3 sources")
    assert record.others == (
        OtherReport(source="News 2", title="Headline 2", summary="Summary 2."),
        OtherReport(source="Same", title="Third view", summary="Another view."),
    )
    assert (record.topics, record.topic_names) == (("t1", "t2"), "T1, T2")
    assert record.domains == ("n1.example", "n2.example")
    assert record.content == "Summary 1. News 2 Headline 2 Summary 2. Same Third view Another view."


def test_a_report_that_joins_changes_only_the_segment_of_its_story() -> None:
    """Whenever it was published."""
    old = [report(1), report(2), report(3), report(4, publishedDateTime="2024-04-10T08:00:00Z")]
    new = [*old, report(5, publishedDateTime="2025-03-11T08:00:00Z")]
    before = {segment.name: segment.fingerprint for segment in search_of(old).segments}
    after = {segment.name: segment.fingerprint for segment in search_of(new, joined={4: 3}).segments}
    assert before.keys() == after.keys() == {"2024", "2025", "2025-03"}
    assert [name for name in before if before[name] != after[name]] == ["2025"]


def test_no_related_list_is_loaded_for_the_key_of_a_segment() -> None:
    """Loading the lists of all items takes long; only the first build of a segment needs them."""
    memo = Memo()
    same = entry(7, provider={"name": "Same", "domain": "same.example"})
    items = [report(1, related=[same])]
    assignment = Assignment(
        joined=0, merged=(), score=0.0, relation=None, related=(), archive=(),
        same_story=(AssignedEntry(place=0, identity=items[0].related[0].identity),),
    )  # fmt: skip
    cards = Cards(group(items), assemble(items, [assignment]), language_of("en"), keys_of(items))
    first = records.search(group(items), cards, "1", memo)
    cards.coverage = lambda number: pytest.fail(f"story {number} was loaded")  # type: ignore[assignment]
    second = records.search(group(items), cards, "1", memo)
    assert [segment.fingerprint for segment in first.segments] == [segment.fingerprint for segment in second.segments]


def test_the_fingerprint_depends_on_version_and_language() -> None:
    """A new version of Pagefind, or another language, gives other files for the same records."""
    searches = [
        search_of([item(dt.date(2025, 3, 14))], tag=tag, version=version)
        for tag, version in [("en", "1"), ("en-US", "1"), ("de", "1"), ("en", "2")]
    ]
    assert len({search.segments[0].fingerprint for search in searches}) == 3
    assert len({search.engine for search in searches}) == 3


def three(site: SiteFolder) -> SiteFolder:
    """Adds three items: one in 2024, and two in different months of 2025."""
    site.add("2024-05-01-one.md", title="One", publishedDateTime="2024-05-01T07:00:00Z", topics=["AI", "X-ray"])
    site.add("2025-02-03-two.md", title="Two", publishedDateTime="2025-02-03T07:00:00Z", topics=["AI", "Sepsis"])
    site.add("2025-03-14-three.md", title="Three", excerpt="")
    return site


def index_files(site: SiteFolder) -> dict[str, bytes]:
    """Returns the files of the search, by path."""
    return {name: data for name, data in site.files().items() if name.startswith("search/")}


def test_the_index_has_segments_and_one_engine(site: SiteFolder) -> None:
    """The engine is written once, without the user interface of Pagefind."""
    assert three(site).build().report["search"] == {"segments": 3, "indexed": 3}
    names = [Path(name) for name in index_files(site)]
    folders = {name.parts[1] for name in names if len(name.parts) > 2}
    engine = next(folder for folder in folders if folder.startswith("engine-"))
    assert folders == {"2024", "2025", "2025-03", engine}
    assert {name.name.partition(".en_")[0] for name in names if name.parts[1] == engine} == {
        "pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "wasm.en.pagefind", "pagefind",
    }  # fmt: skip
    assert not [name for name in names if "ui" in name.name]
    assert b"c2VjcmV0" not in b"".join(index_files(site).values())


def test_a_second_build_indexes_nothing(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unchanged segments are kept, without starting Pagefind."""
    three(site).build()
    monkeypatch.setattr(Indexer, "__enter__", lambda _: pytest.fail("the indexer was started"))
    report = site.build().report
    assert report["pages"]["written"] == 0
    assert report["search"] == {"segments": 3, "indexed": 0}


EVENT: dict[str, Any] = {
    "title": "Regulator clears Cardiolens algorithm for atrial fibrillation",
    "excerpt": "The regulator cleared the Cardiolens algorithm, which finds atrial fibrillation in one ECG.",
    "topics": ["Heart"],
}


def test_a_report_that_joins_reindexes_only_the_segment_of_its_story(site: SiteFolder) -> None:
    """The story is one record before and after; every cached key is checked."""
    three(site).add("2025-02-27-first.md", **EVENT, publishedDateTime="2025-02-27T07:00:00Z")
    with small_sizes():
        assert site.build().report["search"] == {"segments": 3, "indexed": 3}
    before = index_files(site)
    site.add("2025-03-01-second.md", **EVENT | {"title": "Cardiolens algorithm for atrial fibrillation is cleared"},
             publishedDateTime="2025-03-01T07:00:00Z", webUrl="https://second.example/a",
             provider={"name": "Second", "domain": "second.example"})  # fmt: skip
    outcome = site.build()
    assert outcome.report["search"] == {"segments": 3, "indexed": 1}
    assert outcome.report["stories"] == pages_of(before, "2024") + pages_of(before, "2025") + pages_of(
        before, "2025-03"
    )
    after = index_files(site)
    changed = {name.split("/")[1] for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {"2025", "index.html"}
    (record,) = [one for one in shown(after) if one["sources"] == "2 sources"]
    assert record["address"].startswith("/story/2025/02/27/")
    assert [source for source, *_ in record["others"]] == ["Second"]


def shown(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Returns what results can show, of all segments."""
    return [one for name, data in sorted(files.items()) if "/fragment/" in name for one in json.loads(data)]


def test_several_records_are_in_one_file(site: SiteFolder) -> None:
    """An id leads to each: file, place and minute of the newest report. The order is that of the earliest items."""
    for number in range(19):
        site.add(f"2025-03-{number + 1:02}-n{number}.md", title=f"Title number{number}", excerpt=f"Text n{number}.",
                 publishedDateTime=f"2025-03-{number + 1:02}T07:00:00Z", webUrl=f"https://e.org/{number}")  # fmt: skip
    site.build()
    files = index_files(site)
    assert len(shown(files)) == site.build().report["stories"]
    assert len([name for name in files if "/fragment/" in name]) == 3
    (meta,) = [data for name, data in files.items() if name.startswith("search/2025-03/") and name.endswith(".pf_meta")]
    ids = [page for page, _ in pagefind_files._unpack(meta)[1]]
    assert len(ids) == 19
    for number, page in enumerate(ids):
        name, place, newest = page.split(" ")
        record = json.loads(files[f"search/{name}"])[int(place)]
        assert record["date"] == f"{number + 1} March 2025"
        assert dt.datetime.fromtimestamp(int(newest) * 60, dt.UTC) == dt.datetime(2025, 3, number + 1, 7, tzinfo=dt.UTC)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=3), TEXT)
@settings(max_examples=25)
def test_pagefind_and_the_page_count_words_alike(texts: list[tuple[str, str, str]], excerpt: str) -> None:
    """Words are numbered in the indexed text, which is what the page splits at spaces to mark matches."""
    record = Record(
        address=urls.FRONT, title="T", source="S", date="", topic_names="", newest=0, sources="",
        summary=records._normalized(excerpt), topics=(), domains=("e.org",),
        others=tuple(
            OtherReport(source=source, title=title, summary=summary)
            for source, title, summary in (map(records._normalized, text) for text in texts)
        ),
    )  # fmt: skip
    with Indexer() as indexer:
        files = indexer.index([record], "en")
    (fragment,) = [data for name, data in files.items() if name.startswith("fragment/")]
    found = json.loads(pagefind_files._unsigned(fragment))
    assert found["content"] == record.content
    assert found["word_count"] == len(record.content.split(" "))


def test_only_changed_segments_are_indexed(site: SiteFolder) -> None:
    """The segment of a deleted item is removed; the files of the others are not written again."""
    three(site).build()
    unchanged = site.output / "search" / "2025-03"
    before = {path: path.stat().st_mtime_ns for path in unchanged.rglob("*")}
    (site.root / "seeds" / "2024-05-01-one.md").unlink()
    assert site.build().report["search"] == {"segments": 2, "indexed": 0}
    assert not (site.output / "search" / "2024").exists()
    assert {path: path.stat().st_mtime_ns for path in unchanged.rglob("*")} == before
    site.add("2025-03-15-four.md", title="Four", publishedDateTime="2025-03-15T07:00:00Z")
    assert site.build().report["search"] == {"segments": 2, "indexed": 1}


@pytest.mark.parametrize("damage", ["removed", "altered", "entry", "forgotten"])
def test_damaged_segments_are_indexed_again(site: SiteFolder, damage: str) -> None:
    """A file was removed or altered, an entry file cannot be read, the manifest was removed."""
    three(site).build()
    before = index_files(site)
    if damage == "removed":
        next((site.output / "search" / "2024" / "fragment").iterdir()).unlink()
    elif damage == "altered":
        next((site.output / "search" / "2024" / "index").iterdir()).write_bytes(b"x")
    elif damage == "entry":
        (site.output / "search" / "2024" / pagefind_files.ENTRY).write_text("[" * 100_000)
    else:
        shutil.rmtree(site.root / ".digest")
    assert site.build().report["search"]["indexed"] == (3 if damage == "forgotten" else 1)
    assert index_files(site) == before


def test_equal_records_give_equal_bytes(tmp_path: Path) -> None:
    """In other folders, with one or two workers, in a second build, and with a base path."""
    made = []
    for number, more in enumerate([(), ("--jobs", "2"), ("--base-url", "https://e.org/a/")]):
        site = SiteFolder(tmp_path / str(number))
        for count in range(60):
            day = f"202{count % 3 + 3}-0{count % 7 + 1}-11"
            topics = [f"Topic {count % 5}", "AI", f"Topic {count % 4}"]
            site.add(f"{day}-n{count}.md", title=f"Café cafe {count}", publishedDateTime=f"{day}T07:00:00Z",
                     topics=topics, provider={"name": "N", "domain": f"n{count % 9}.example"})  # fmt: skip
        assert site.build(*more).code == 0
        made.append({name: data for name, data in index_files(site).items() if name != "search/index.html"})
        assert site.build("--clean", *more).report["search"] == {"segments": 4, "indexed": 4}
        assert {name: index_files(site)[name] for name in made[0]} == made[0]
    assert made[0] == made[1] == made[2]


def test_search_can_be_disabled(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """`search = false`: no search page, link, form or index, and Pagefind need not be installed."""
    site.configure(**site.settings, search=False)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", "/nowhere/pagefind")
    monkeypatch.setattr(pagefind, "version", lambda: "")
    outcome = three(site).build()
    assert outcome.code == 0, outcome.stderr
    assert outcome.report["search"] == {"segments": 0, "indexed": 0}
    assert index_files(site) == {}
    assert not [name for name, data in site.files().items() if name.endswith(".html") and b"/search/" in data]


def test_disabling_search_removes_the_index(site: SiteFolder) -> None:
    """Enabling it again gives the same bytes."""
    three(site).build()
    before = site.files()
    site.configure(**site.settings, search=False)
    site.build()
    assert not (site.output / "search").exists()
    site.configure(**site.settings)
    site.build()
    assert site.files() == before


PROGRAMS = {
    "is missing": None,
    "cannot be run": "",
    "ends at once": "#!/bin/sh\nexit 7\n",
    "gives no JSON": "#!/bin/sh\nprintf 'bm9uc2Vuc2U=,'; cat > /dev/null\n",
    "answers with a number": "#!/bin/sh\nprintf 'MQ==,'; cat > /dev/null\n",
    "answers without payload": "#!/bin/sh\nprintf 'e30=,'; cat > /dev/null\n",
    "refuses": "#!/bin/sh\nprintf 'eyJwYXlsb2FkIjp7InR5cGUiOiJFcnJvciJ9fQ==,'; cat > /dev/null\n",
    "is another program": "#!/bin/sh\nprintf 'eyJwYXlsb2FkIjp7InR5cGUiOiJYIn19,'; cat > /dev/null\n",
}


@pytest.mark.parametrize("how", PROGRAMS)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_if_the_indexer_fails_the_previous_site_stays(
    site: SiteFolder, monkeypatch: pytest.MonkeyPatch, how: str, jobs: str
) -> None:
    """Exit code 1 and a diagnostic with a remedy."""
    three(site).build()
    before = site.files()
    program = site.root / "pagefind"
    if (text := PROGRAMS[how]) is not None:
        program.write_text(text)
        program.chmod(stat.S_IRWXU if text else stat.S_IRUSR)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(program))
    site.add("2025-03-16-new.md", title="New", publishedDateTime="2025-03-16T07:00:00Z")
    outcome = site.build("--jobs", jobs)
    assert outcome.code == 1, outcome.stderr
    assert outcome.codes() == ["search-error"]
    assert "site.toml:1:1: search-error: the search index cannot be made: pagefind " in outcome.stderr
    assert "set search = false" in outcome.stderr
    assert site.files() == before


def test_an_index_of_an_unknown_format_is_an_error(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As another version of Pagefind may write."""
    monkeypatch.setattr(Indexer, "index", lambda *_: {pagefind_files.ENTRY: b'{"languages": {}}'})
    assert three(site).build().codes() == ["search-error"]
    for files in ({}, {pagefind_files.ENTRY: b"x"}, {pagefind_files.ENTRY: b'{"languages": {"en": {"hash": 1}}}'}):
        with pytest.raises(pagefind_files.UnknownFormatError):
            pagefind_files.segment(files, (), name="2025", fingerprint="x")
        with pytest.raises(pagefind_files.UnknownFormatError):
            pagefind_files.engine(files, fingerprint="x")


def test_a_missing_package_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says that Pagefind is not installed."""
    monkeypatch.setitem(__import__("sys").modules, "pagefind.service", None)
    with pytest.raises(IndexerError, match="not installed"):
        Indexer().__enter__()


def pages_of(files: dict[str, bytes], folder: str) -> int:
    """Returns the number of records in the entry file of a segment."""
    (about,) = json.loads(files[f"search/{folder}/{pagefind_files.ENTRY}"])["languages"].values()
    return int(about["page_count"])


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), min_size=1, max_size=6))
@settings(max_examples=12)
def test_every_story_is_in_the_index(texts: list[tuple[str, str]]) -> None:
    """Whatever its text, even if it has no word."""
    with tempfile.TemporaryDirectory() as folder:
        site = SiteFolder(Path(folder, "site"))
        for number, (title, excerpt) in enumerate([*texts, ("…", "."), ("---", "")]):
            site.add(f"2025-03-14-n{number}.md", title=f"{title}…", excerpt=excerpt)
        outcome = site.build("--skip-invalid")
        assert outcome.code == 0, outcome.stderr
        assert pages_of(site.files(), "2025-03") == outcome.report["stories"]


@pytest.mark.parametrize("language", ["de-AT", "zh", "ia"])
def test_other_languages_have_a_search(site: SiteFolder, language: str) -> None:
    """With or without rules for stemming."""
    site.configure(**site.settings, language=language)
    site.write(f"languages/{language}.toml", "[search]\ntitle = 'S'\n")
    assert three(site).build().code == 0
    names = [Path(name).name for name in index_files(site)]
    assert len([name for name in names if name.startswith("wasm.")]) == 1


def test_the_search_page_has_no_inline_script(site: SiteFolder) -> None:
    """One module from a file; the texts that it shows are in attributes."""
    three(site).build()
    html = site.page("/search/")
    strict_parse(html)
    assert re.findall("<script[^>]*>", html).count('<script type="application/ld+json">') == 1
    assert all(' src="' in tag for tag in re.findall("<script[^>]*>", html) if "ld+json" not in tag)
    assert '<script type="module" src="/assets/search.' in html
    assert "<style" not in html
    assert html.count('role="search"') == 1
    assert "/assets/search." not in site.page("/")
    assert '<form class="find" role="search" action="/search/" method="get">' in site.page("/")


def test_a_static_file_cannot_have_the_address_of_the_index(site: SiteFolder) -> None:
    """It is an address collision."""
    three(site)
    site.write("static/root/search/2024", "a file where a folder must be")
    outcome = site.build()
    assert outcome.codes() == ["address-collision"]
