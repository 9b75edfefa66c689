"""The search index: its records and segments, which segments a build indexes, and errors of the indexer."""

import datetime as dt
import json
import re
import shutil
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cache.memo import Memo
from generator.config import language
from generator.config.language import Language
from generator.content.collection import Selection, group, select
from generator.content.model import Item
from generator.search import pagefind, pagefind_files, records
from generator.search.pagefind import Indexer, IndexerError
from generator.search.records import Record, Search
from tests.support.crawling import strict_parse
from tests.support.making import SiteFolder, keys_of, read

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


def search_of(items: list[Item]) -> Search:
    """Divides items into segments."""
    selected = select(items, Selection(now=LATER)).items
    return records.search(group(selected), language_of("en-GB"), "1", keys_of(selected), Memo())


DAYS = st.dates(dt.date(2023, 11, 1), dt.date(2026, 2, 28))
ITEMS = st.lists(DAYS, max_size=25).map(lambda days: [item(day, number) for number, day in enumerate(days)])


@given(ITEMS)
def test_every_item_is_in_exactly_one_segment(items: list[Item]) -> None:
    """One segment for the newest month, one for the months before it in its year, one for each earlier year."""
    search = search_of(items)
    addresses = [record.address for segment in search.segments for record in segment.records]
    assert len(addresses) == len(set(addresses)) == len(items)
    for segment in search.segments:
        for record in segment.records:
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
    """And slugs to filter by, but nothing that depends on other items or on the base URL."""
    (segment,) = search_of([item(dt.date(2025, 3, 14))]).segments
    assert segment.records == (
        Record(
            address=segment.records[0].address,
            content="Some words",
            title="Word",
            source="Example News",
            date="14 March 2025",
            topic_names="AI, X-ray",
            topics=("ai", "x-ray"),
            domain="news.example.org",
        ),
    )


def test_the_fingerprint_depends_on_version_and_language() -> None:
    """A new version of Pagefind, or another language, gives other files for the same records."""
    items = (item(dt.date(2025, 3, 14)),)
    collection = group(items)
    searches = [
        records.search(collection, language_of(tag), version, keys_of(items), Memo())
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
            pagefind_files.segment(files, fingerprint="x")
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
def test_every_item_is_in_the_index(texts: list[tuple[str, str]]) -> None:
    """Whatever its text, even if it has no word."""
    with tempfile.TemporaryDirectory() as folder:
        site = SiteFolder(Path(folder, "site"))
        for number, (title, excerpt) in enumerate([*texts, ("…", "."), ("---", "")]):
            site.add(f"2025-03-14-n{number}.md", title=f"{title}…", excerpt=excerpt)
        outcome = site.build("--skip-invalid")
        assert outcome.code == 0, outcome.stderr
        assert pages_of(site.files(), "2025-03") == outcome.report["items"]


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
