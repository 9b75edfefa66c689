"""The measurements measure: what they count is right. No test asserts a time."""

import datetime as dt
import hashlib
import io
import os
import re
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import archive, builds, corpus, documents, machine, page, peer, processes, rich, run, shape, tables, updates
from bench.archive import Change
from bench.builds import DIGEST, HUGO, Measured, Sample
from bench.processes import FailedError, Taken
from tests.making import document, entry, published

SIXTY_MEGABYTES = 60_000_000
HAS_MEMORY = Path("/proc/self/smaps_rollup").exists() and list(Path("/proc/self/task").glob("*/children"))

PLAIN_DOCUMENTS = "614e27694ed1489a4fbd279f6a1426739822a9e7fd61ff0159fa897946930554"


def front_matter(text: str) -> dict[str, Any]:
    values: dict[str, Any] = yaml.load(text.split("---\n")[1], yaml.CSafeLoader)
    return values


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not wait until documents are trusted: what a build makes is the same."""
    monkeypatch.setattr(archive, "_SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(updates, "_SETTLED_SECONDS", 0.0)


def test_plain_documents_are_the_same_every_time() -> None:
    """To the byte, because recorded figures are of them; and more of them begin with the fewer."""
    made = corpus.documents(200)
    assert made[:90] == corpus.documents(90)
    digest = hashlib.sha256("".join(name + text for name, text in made).encode()).hexdigest()
    assert digest == PLAIN_DOCUMENTS


def test_rich_documents_are_the_same_every_time() -> None:
    """With names that differ, in the order of time."""
    made = list(rich.documents(300))
    assert made == list(rich.documents(300))
    assert len({name for name, _ in made}) == 300
    times = [front_matter(text)["publishedDateTime"] for _, text in made]
    assert times == sorted(times)


def test_rich_documents_list_all_others_of_their_group() -> None:
    """An entry is a document, says of it what the document says, and has the same list but for the two of them."""
    made = {one["webUrl"]: one for one in (front_matter(text) for _, text in rich.documents(150))}
    assert len(made) == 150
    lists = {url: [other["webUrl"] for other in one.get("related", ())] for url, one in made.items()}
    for url, one in made.items():
        assert sorted(one.get("related", ()), key=lambda other: -other["quality"]) == one.get("related", [])
        for other in one.get("related", ()):
            assert other.items() <= made[other["webUrl"]].items()
            assert {*lists[other["webUrl"]], other["webUrl"]} == {*lists[url], url}
    lengths = Counter(map(len, lists.values()))
    assert lengths[0] > 10
    assert max(lengths) > 10


def test_the_shape_of_documents_is_measured(tmp_path: Path) -> None:
    """What can be counted by hand, of four documents in a packed folder."""
    listed = [entry(title="Rested", webUrl="https://c.example/1")]
    texts = {
        "1": document(title="A cat sat on a mat", excerpt="One two three four five.", webUrl="https://a.example/1"),
        "2": document(title="A cat sat on the mat", excerpt="", webUrl="https://b.example/1", related=listed),
        "3": document(title="Nothing here", excerpt="Nothing.", webUrl="https://a.example/2", related=listed),
        "4": document(title="Nothing here", excerpt="More.", webUrl="https://a.example/3"),
    }
    _pack(tmp_path / "four.tar.xz", {f"folder/{name}.md": text for name, text in texts.items()})
    folder = documents.unpacked(tmp_path / "four.tar.xz", tmp_path)
    rows = shape.measure(documents.read(folder), [10, 20, 30, 40])
    expected = {
        "documents": "4",
        "bytes of a document": "25.00 (10, 30, 40, 40, 40)",
        "words of a headline": "4.00 (2, 6, 6, 6, 6)",
        "items without a summary": "25.0%",
        "words": "23",
        "items with the headline of another": "50.0%",
        "items with nearly the headline of another": "50.0%",
        "headlines that begin with the three words of another": "100.0%",
        "items without one": "50.0%",
        "entries that stand in several lists": "100.0%",
        "lists that an entry stands in": "2.00 (2, 2, 2, 2, 2)",
        "entries that are items, too": "0.0%",
    }
    assert {name: rows[name] for name in expected} == expected


def test_what_is_compared_for_stories_is_counted(tmp_path: Path) -> None:
    """The second document is compared with the first, whose story it tells; the third with none."""
    texts = [
        document(
            title="Zadoris reads retinas", excerpt="The Zadoris camera finds glaucoma.", webUrl="https://a.example/"
        ),
        document(
            title="Zadoris reads retinas", excerpt="The Zadoris camera finds glaucoma.", webUrl="https://b.example/"
        ),
        document(title="Bees", excerpt="Honey.", webUrl="https://c.example/"),
    ]
    corpus.write(((f"{number}.md", text) for number, text in enumerate(texts)), tmp_path)
    rows = shape.measure(documents.read(tmp_path), [1])
    assert rows["stories that an item is compared with (at most 4)"] == "0.33 (0, 0, 1, 1, 1)"
    assert rows["items of a story"] == "1.50 (1, 2, 2, 2, 2)"
    assert rows["items in stories of several"] == "66.7%"


def test_plain_documents_have_the_shape_of_an_archive() -> None:
    """Days, pictures, related entries, ciphertext, sources and stories."""
    made = [front_matter(text) for _, text in corpus.documents(1_800)]
    assert set(Counter(one["publishedDateTime"].date() for one in made).values()) == {45}
    assert 0.77 < sum("images" in one for one in made) / len(made) < 0.83
    assert {len(one.get("related", ())) for one in made} == {0, 1, 2, 3, 4, 5, 6}
    assert {len(one["secured"].partition(";")[0]) for one in made} == {600}
    sources = Counter(one["provider"]["domain"] for one in made)
    assert max(sources.values()) > len(made) / 4
    assert sum(count <= 3 for count in sources.values()) > len(sources) / 2
    tellers: dict[str, set[str]] = {}
    for one in made:
        told = re.sub(r", with .*", "", one["excerpt"])
        tellers.setdefault(told, set()).add(one["provider"]["domain"])
    assert sum(len(domains) > 1 for domains in tellers.values()) > len(tellers) / 2


@pytest.mark.usefixtures("unhurried")
def test_builds_are_measured(tmp_path: Path) -> None:
    """A round with a few documents: every change is there, and the files that it wrote are counted."""
    sites = archive.prepare(30, 2, tmp_path, with_peer=False)
    builders = [builds.digest(DIGEST, sites.root)]
    measured = builds.measure(sites, builders, rounds=1)
    written = {change: measured.samples[change, DIGEST][0].written for change in Change}
    files = {name: data for name, data in published(builders[0].output).items() if not name.startswith(".digest")}
    assert measured.sites[DIGEST] == (len(files), sum(map(len, files.values())))
    assert written[Change.COLD] >= 30
    assert written[Change.NOTHING] == 0
    for change in (Change.NEWEST, Change.OLD, Change.ADDED, Change.DELETED):
        assert 0 < written[change] < written[Change.COLD], change
    assert written[Change.TEMPLATE] >= sum(name.endswith(".html") for name in files) - 1
    assert measured.samples[builds.COPY, DIGEST][0].written == len(files)
    assert all((peak > 0) == bool(HAS_MEMORY) for (change, _), peak in measured.peaks.items() if change != builds.COPY)
    assert any(b"corrected" in data for data in files.values())


@pytest.mark.usefixtures("unhurried")
def test_the_tables_show_what_was_measured(tmp_path: Path) -> None:
    """Without Hugo, too: a table for each thing that was measured, and one for search."""
    text = "\n".join(run.of_builds(12, 1, tmp_path, None))
    assert text.startswith("12 documents; medians of 1 round:\n\n| seconds | digest |\n")
    for title in ("seconds of processors", "most memory, MB", "files written", "the site", "station", "with search"):
        assert f"\n| {title} | " in text
    for change in Change:
        assert f"\n| {change} | " in text
    assert "| render | " in text
    assert f"\n| {builds.COPY} | " in text


def test_both_programs_get_the_same_changes(tmp_path: Path) -> None:
    """Documents come, change and go for Hugo as for us, and each change is another."""
    documents = archive.prepare(20, 2, tmp_path, with_peer=True)
    assert documents.peer
    seen = set()
    for change in [*Change, *Change]:
        documents.make(change)
        ours = {path.name: path.read_text("utf-8") for path in (documents.root / "seeds").iterdir()}
        theirs = {path.name: path.read_text("utf-8") for path in peer.content(documents.peer).iterdir()}
        assert ours == documents.documents
        assert theirs == {name: peer.document(text) for name, text in ours.items()}
        frames = [documents.root / "templates" / "base.html", peer.frame(documents.peer)]
        seen.add((tuple(sorted(ours.items())), *(path.exists() and path.read_text("utf-8") for path in frames)))
        assert len(ours) in {20, 21}
    assert len(seen) == 11  # two rounds of five changes, and what was there before


def test_documents_take_a_form_that_hugo_takes() -> None:
    """Nothing is lost but the name of a field; lists get their terms."""
    for _, text in corpus.documents(50):
        ours, theirs = front_matter(text), front_matter(peer.document(text))
        at = ours["publishedDateTime"]
        assert [theirs.pop(f"{name}s")[0] for name in ("day", "month", "year", "source")] == [
            f"{at:%Y-%m-%d}", f"{at:%Y-%m}", f"{at:%Y}", ours["provider"]["name"],
        ]  # fmt: skip
        assert theirs.pop("isPromoted") == ours.pop("published")
        assert theirs == ours


@pytest.mark.usefixtures("unhurried")
def test_updates_are_measured_and_verified(tmp_path: Path) -> None:
    """Files of an update are copied over, those it lists go, and each site is what a build from nothing makes."""
    steps = {f"{number:03}/_news/{number}.md": document(webUrl=f"https://a.example/{number}") for number in (1, 2, 3)}
    steps |= {"001/deleted.txt": "", "002/deleted.txt": "_news/old.md\n", "003/deleted.txt": ""}
    _pack(tmp_path / "base.tar.xz", {"_news/old.md": document(), "_news/.keep": ""})
    _pack(tmp_path / "steps.tar.xz", steps)
    (tmp_path / "measured").mkdir()
    updated = updates.measure(tmp_path, tmp_path / "measured")
    assert (updated.documents, updated.changed, updated.clean_after) == (1, (1, 2, 1), (1, 2, 3))
    assert (len(updated.updates), len(updated.cleans)) == (3, 3)
    assert published(tmp_path / "measured" / "updated") == published(tmp_path / "measured" / "clean")
    assert {path.name for path in (tmp_path / "measured").rglob("seeds/_news/*.md")} == {"1.md", "2.md", "3.md"}
    assert "| all 3 updates | " in "\n".join(tables.of_updates(updated))
    (tmp_path / "verified").mkdir()
    assert updates.verify(tmp_path, tmp_path / "verified") == 3


def _pack(path: Path, files: dict[str, str]) -> None:
    with tarfile.open(path, "w:xz") as packed:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            packed.addfile(info, io.BytesIO(text.encode()))


def test_a_ratio_is_that_of_the_rounds() -> None:
    """The median of each round's ratio: a round that was slow for both does not count more."""

    def samples(*seconds: float) -> list[Sample]:
        return [Sample(taken=Taken(seconds=one, processor=one, peak=0), written=0, stations={}) for one in seconds]

    measured = Measured(samples={("cold", DIGEST): samples(2, 30, 3), ("cold", HUGO): samples(1, 10, 2)})
    assert tables.ratio(measured, ("cold", DIGEST), ("cold", HUGO), lambda taken: taken.seconds) == "2.00 (1.50–3.00)"


@pytest.mark.skipif(not HAS_MEMORY, reason="this system does not tell the memory of processes")
def test_the_memory_of_all_processes_is_counted(tmp_path: Path) -> None:
    """A child's memory counts, too."""
    child = f"import time; held = bytearray(b'1' * {SIXTY_MEGABYTES}); time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    taken = processes.run([sys.executable, "-c", parent], folder=tmp_path, is_sampled=True)
    assert taken.peak > SIXTY_MEGABYTES
    assert processes.run([sys.executable, "-c", ""], folder=tmp_path).peak == 0
    assert processes.memory(os.getpid()) > 0


def test_a_failed_command_is_not_measured(tmp_path: Path) -> None:
    """What it said is passed on."""
    with pytest.raises(FailedError, match=r"(?s)exit code 3.*no such thing"):
        processes.run([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"], folder=tmp_path)


def test_what_was_measured_replaces_what_was() -> None:
    """Between its two comments only, again and again; a page without them is left alone."""
    before = (
        "# Title\n\n<!-- measured: one -->\nold\n<!-- end of one -->\n\n<!-- measured: two -->\n<!-- end of two -->\n"
    )
    once = page.replaced(before, "one", ["| new |"])
    assert once == before.replace("old\n", "\n| new |\n\n")
    assert page.replaced(once, "one", ["| new |"]) == once
    assert page.replaced(before, "three", ["| new |"]) is None


def test_the_page_has_a_place_for_what_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For the numbers that `make bench` takes unless told; another number is printed only."""
    text = page.PAGE.read_text(encoding="utf-8")
    copy = tmp_path / "performance.md"
    copy.write_text(text, encoding="utf-8")
    for name in ("builds of 10000", "updates", "a preview of 4958"):
        page.show(name, ["what was measured"], copy)
    assert copy.read_text(encoding="utf-8").count("what was measured") == 3
    page.show("builds of 77", ["what else was measured"], copy)
    assert "what else was measured" not in copy.read_text(encoding="utf-8")
    assert "what else was measured" in capsys.readouterr().out


def test_the_kind_of_machine_is_described() -> None:
    """With the day and the versions that matter."""
    said = machine.describe("Hugo 1.0")
    assert said.startswith(f"Measured on {dt.datetime.now(dt.UTC).date()}: ")
    assert ", Hugo 1.0, " in said
