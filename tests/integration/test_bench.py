"""The measurements measure: what they count is right. No test asserts a time."""

import dataclasses
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

from bench import (
    archive,
    builds,
    corpus,
    documents,
    limits,
    machine,
    page,
    peer,
    processes,
    rich,
    run,
    shape,
    tables,
    updates,
)  # fmt: skip
from bench.archive import Change
from bench.builds import DIGEST, HUGO, Measured, Sample
from bench.limits import FEW, MANY, Kind, Unit
from bench.processes import FailedError, Taken
from tests.support.making import document, entry, published

SIXTY_MEGABYTES = 60_000_000
HAS_MEMORY = Path("/proc/self/smaps_rollup").exists() and list(Path("/proc/self/task").glob("*/children"))


PLAIN_DOCUMENTS = "614e27694ed1489a4fbd279f6a1426739822a9e7fd61ff0159fa897946930554"


def samples(*seconds: float) -> list[Sample]:
    """Builds that took so long."""
    return [Sample(taken=Taken(seconds=one, processor=one, peak=0), written=0, stations={}) for one in seconds]


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
        "entries in several lists": "100.0%",
        "lists that contain an entry": "2.00 (2, 2, 2, 2, 2)",
        "entries that are items, too": "0.0%",
    }
    assert {name: rows[name] for name in expected} == expected


def test_what_is_compared_for_stories_is_counted(tmp_path: Path) -> None:
    """The second document is similar to the first, whose story it reports; the third is similar to none."""
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
    assert rows["items of the last 21 days that may be in the same story (at most 48)"] == "0.33 (0, 0, 1, 1, 1)"
    assert rows["items on the same subject at any time (at most 24)"] == "0.00 (0, 0, 0, 0, 0)"
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
    sites = archive.prepare(corpus.documents(32), 30, tmp_path, with_peer=False)
    builders = [builds.digest(DIGEST, sites.root)]
    measured = builds.measure(sites, builders, rounds=1)
    written = {change: measured.samples[change, DIGEST][0].written for change in Change}
    files = {path: path.read_bytes() for path in builders[0].output.rglob("*") if path.is_file()}
    assert measured.sites[DIGEST] == (len(files), sum(map(len, files.values())))
    assert written[Change.COLD] >= 30
    assert written[Change.NOTHING] == 0
    for change in (Change.NEWEST, Change.OLD, Change.ADDED, Change.DELETED):
        assert 0 < written[change] < written[Change.COLD], change
    # Pages that redirect do not extend the base.
    pages = [data for path, data in files.items() if path.suffix == ".html" and b'http-equiv="refresh"' not in data]
    assert written[Change.TEMPLATE] >= len(pages) - 1
    assert measured.samples[builds.COPY, DIGEST][0].written == len(files)
    assert all((peak > 0) == bool(HAS_MEMORY) for (change, _), peak in measured.peaks.items() if change != builds.COPY)
    assert any(b"corrected" in data for data in files.values())


@pytest.mark.usefixtures("unhurried")
def test_sets_are_measured_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without Hugo, too: a table for each thing that was measured, and for plain documents one for search."""
    assert run.main(["12", "--sets", "plain", "real", "--rounds", "1", "--corpus", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert f"there is no archive in {tmp_path}: real documents are left out" in shown.err
    assert "\n12 plain documents; medians of 1 round:\n\n| line | measured | budget |" in shown.out
    for title in (
        "seconds", "seconds of processors", "most memory, MB", "files written", "the site", "station", "with search",
    ):  # fmt: skip
        assert f"\n| {title} | " in shown.out
    for change in Change:
        assert f"\n| {change} | " in shown.out
    assert "| render | " in shown.out
    assert f"\n| {builds.COPY} | " in shown.out
    assert f"| {Change.COLD} | – | 0.8 | of Hugo |  |\n" in shown.out
    assert "this was a quick look" in shown.out


def test_of_a_real_archive_the_newest_documents_are_measured(tmp_path: Path) -> None:
    """And of these the newest are held back, one for each round."""
    texts = [document(publishedDateTime=f"2025-03-{day:02}T10:00:00Z") for day in range(1, 10)]
    _pack(tmp_path / "azure-news.tar.xz", {f"news/{9 - number}.md": text for number, text in enumerate(texts)})
    task = run.Task(count=4, rounds=2, hugo=None, corpus=tmp_path)
    (tmp_path / "scratch").mkdir()
    found, count = run._documents(Kind.REAL, task, tmp_path / "scratch")
    assert (count, [text for _, text in found]) == (4, texts[2:])
    everything = dataclasses.replace(task, count=FEW)
    assert run._documents(Kind.REAL, everything, tmp_path / "scratch")[1] == 6


def test_both_programs_get_the_same_changes(tmp_path: Path) -> None:
    """Documents come, change and go for Hugo as for us, and each change is another."""
    sites = archive.prepare(corpus.documents(22), 20, tmp_path, with_peer=True)
    assert sites.peer
    seen = set()
    for change in [*Change, *Change]:
        sites.make(change)
        ours = {path.name: path.read_text("utf-8") for path in (sites.root / "seeds").iterdir()}
        theirs = {path.name: path.read_text("utf-8") for path in peer.content(sites.peer).iterdir()}
        assert sorted(ours) == sorted(sites.names)
        assert theirs == {name: peer.document(text) for name, text in ours.items()}
        frames = [sites.root / "templates" / "base.html", peer.frame(sites.peer)]
        seen.add((tuple(sorted(ours.items())), *(path.exists() and path.read_text("utf-8") for path in frames)))
        assert len(ours) in {20, 21}
    assert len(seen) == 11  # two rounds of five changes, and what was there before


def test_documents_take_a_form_that_hugo_takes() -> None:
    """Nothing is lost but the name of a field; lists get their terms."""
    for _, text in [*corpus.documents(50), *rich.documents(50)]:
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
    measured = Measured(samples={("cold", DIGEST): samples(2, 30, 3), ("cold", HUGO): samples(1, 10, 2)})
    assert tables.ratio(measured, ("cold", DIGEST), ("cold", HUGO), lambda taken: taken.seconds) == "2.00 (1.50–3.00)"


def test_what_is_over_its_budget_says_so() -> None:
    """Each line beside its figure; what just meets the budget is not over, nor is what was not measured."""
    measured = Measured(
        samples={
            (Change.COLD, DIGEST): samples(7, 9, 8), (Change.COLD, HUGO): samples(10, 10, 10),
            (Change.NEWEST, DIGEST): samples(1.6), (Change.NEWEST, HUGO): samples(10),
        },
        peaks={(Change.COLD, DIGEST): 300_000_000, (Change.NOTHING, DIGEST): 500_000_000, (Change.COLD, HUGO): 10**9},
    )  # fmt: skip
    checked = limits.check(Kind.PLAIN, FEW, limits.figures(measured))
    figures = {one.budget.line: (one.figure, one.is_over) for one in checked}
    assert figures[Change.COLD] == (0.8, False)
    assert figures[Change.NEWEST] == (0.16, True)
    assert figures[Change.OLD] == (None, False)
    assert figures[limits.MEMORY] == (500.0, True)
    table = tables.of_budgets(checked)
    assert f"| {Change.NEWEST} | 0.16 | 0.15 | of Hugo | OVER |" in table
    assert f"| {Change.COLD} | 0.80 | 0.8 | of Hugo |  |" in table


def test_many_documents_are_held_against_few_of_the_same_run() -> None:
    """And where nothing changed, against seconds."""
    measured = Measured(samples={(Change.COLD, DIGEST): samples(49), (Change.NOTHING, DIGEST): samples(1.9)})
    checked = limits.check(Kind.PLAIN, MANY, limits.figures(measured, few=4.0))
    assert {(one.budget.line, one.budget.unit): one.is_over for one in checked if one.figure} == {
        (Change.COLD, Unit.FEW): True, (Change.NOTHING, Unit.SECONDS): False,
    }  # fmt: skip


def test_updates_have_a_budget() -> None:
    """All of them beside as many builds from nothing."""
    taken = [sample.taken for sample in samples(1, 3)]
    updated = updates.Updated(documents=1, changed=(1, 1), updates=tuple(taken), cleans=tuple(taken), clean_after=(1,))
    checked = limits.check(Kind.REAL, FEW, limits.figures(Measured(), updated=updated))
    assert [one.figure for one in checked if one.budget.line == limits.UPDATES] == [1.0]


def test_the_page_lists_the_budgets() -> None:
    """All, and no other."""
    _, _, section = page.PAGE.read_text(encoding="utf-8").partition("\n## Budgets\n")
    table = [line.strip("| ").split(" | ") for line in section.partition("\n## ")[0].splitlines() if line[:2] == "| "]
    found = {
        (column, line, said)
        for line, *cells in table[1:]
        for column, cell in zip(table[0][1:], cells, strict=True)
        for said in cell.split(", ")
        if said != "–"
    }
    assert found == {
        (
            "real" if kind is Kind.REAL else f"{kind}, {count:,}",
            budget.line,
            f"{budget.most:,g} {budget.unit}",
        )
        for (kind, count), budgets in limits.BUDGETS.items()
        for budget in budgets
    }


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
    names = ("10000 plain documents", "10000 rich documents", "real documents", "updates", "a preview of 4958")
    for name in names:
        page.show(name, ["what was measured"], copy)
    assert copy.read_text(encoding="utf-8").count("what was measured") == len(names)
    page.show("77 plain documents", ["what else was measured"], copy)
    assert "what else was measured" not in copy.read_text(encoding="utf-8")
    assert "what else was measured" in capsys.readouterr().out


def test_the_kind_of_machine_is_described() -> None:
    """With the day and the versions that matter."""
    said = machine.describe("Hugo 1.0")
    assert said.startswith(f"Measured on {dt.datetime.now(dt.UTC).date()}: ")
    assert ", Hugo 1.0, " in said
