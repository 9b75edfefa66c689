"""Tests of the commands `stories` and `explain`."""

import json
import re

import pytest

from generator.stories.similarity import EVIDENCE, weights
from generator.util.text import short_hash
from tests.support.making import SiteFolder, entry, run
from tests.support.stories import ECG, PARTS, SEPSIS, WHOLE

DENIAL = "No, the Lundgren clinic model that reads ECGs does not say when it cannot"


def three(site: SiteFolder) -> SiteFolder:
    """Adds two documents of one story, and one of another story."""
    for number, item in enumerate([ECG[0], ECG[1], SEPSIS]):
        site.add(
            f"2025-03-0{number + 2}-n{number}.md", title=item.title, excerpt=item.excerpt, topics=["AI"],
            publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z",
            provider={"name": f"S{number}", "domain": f"s{number}.example"},
        )  # fmt: skip
    return site


def arguments_of(site: SiteFolder) -> list[str]:
    """Returns the arguments of a command that reads the documents of a site."""
    return [argument for argument in site.arguments()[1:] if argument not in {"--output", str(site.output)}]


def test_the_command_stories_lists_stories(site: SiteFolder) -> None:
    """As text without stories of one document, unless --all is given, and as JSON with all stories."""
    arguments = arguments_of(three(site))
    code, stdout, _ = run("stories", *arguments)
    assert code == 0
    assert "2 stories, 1 with a single document" in stdout
    assert stdout.count("2025-03-0") == 2
    assert run("stories", "--all", *arguments)[1].count("2025-03-0") == 3
    code, stdout, _ = run("stories", "--format", "json", *arguments)
    listed = json.loads(stdout)
    assert [len(story["documents"]) for story in listed] == [2, 1]
    assert set(listed[0]) == {"id", "aliases", "url", "lead", "documents", "score"}
    assert listed[0]["url"].startswith("https://example.org/2025/03/0")
    assert listed[0]["aliases"] == []
    assert not site.output.exists()


def test_the_json_of_stories_has_the_ids_of_merged_stories(site: SiteFolder) -> None:
    """They are the aliases of the story."""
    for number, item in enumerate([*PARTS, WHOLE]):
        site.add(f"{number}.md", title=item.title, excerpt=item.excerpt, webUrl=item.web_url,
                 publishedDateTime=item.published_at.isoformat(),
                 provider={"name": f"S{number}", "domain": f"s{number}.example"})  # fmt: skip
    (story,) = json.loads(run("stories", "--format", "json", *arguments_of(site))[1])
    assert story["id"] == short_hash(PARTS[0].identity)
    assert story["aliases"] == [short_hash(PARTS[1].identity)]


def test_a_count_of_one_is_singular(site: SiteFolder) -> None:
    """In the output of the commands, and in the summary of a build."""
    site.add("2025-03-02-one.md")
    arguments = arguments_of(site)
    assert run("stories", *arguments)[1] == "1 story, 1 with a single document\n"
    document = str(site.root / "seeds" / "2025-03-02-one.md")
    assert ", 1 document, lead: " in run("explain", document, *arguments)[1]
    assert (
        "documents: 1 read, 0 rejected, 0 left out\nsite:      1 item, 1 story, 2 topics, 1 day\n"
        in site.build().stdout
    )


def test_explain_names_each_piece_of_evidence_and_the_threshold(site: SiteFolder) -> None:
    """The parts of a score, with the constant part, add up to it, and so does the distance from the threshold."""
    code, stdout, _ = run("explain", "2025-03-03-n1.md", *arguments_of(three(site)))
    assert code == 0
    _, _, found = stdout.partition("same story as: ")
    lines = found.splitlines()
    assert lines[0] == f"{ECG[0].title} (S0)"
    said = re.fullmatch(r" +score (\S+), (\S+) above the threshold of (\S+)", lines[1])
    assert said
    score, distance, threshold = map(float, said.groups())
    assert threshold == weights()["story"].threshold
    assert score - distance == pytest.approx(threshold, abs=0.02)
    parts = [re.fullmatch(r" +([-+]\d+\.\d\d) (.+)", line) for line in lines[2:]]
    named = [part for part in parts if part]
    assert named[0].group(2) == "without evidence"
    texts = [part.group(2).rpartition(" (")[0] for part in named[1:]]
    assert EVIDENCE["text"] in texts
    assert set(texts) <= set(EVIDENCE.values())
    assert sum(float(part.group(1)) for part in named) == pytest.approx(score, abs=0.01 * len(named))


def test_explain_gives_the_reasons_for_each_entry(site: SiteFolder) -> None:
    """It says what became of the entry, and by how much. An entry needs a higher score than an item."""
    related = [
        entry(1, title="Something else entirely", excerpt="Nothing in common."),
        entry(2, title=ECG[1].title, excerpt=ECG[1].excerpt, publishedDateTime="2025-03-05T08:00:00Z"),
        entry(3, title="An ECG model of the Lundgren heart clinic", publishedDateTime="2024-03-05T08:00:00Z"),
    ]
    three(site).add(
        "2025-03-06-n4.md", title=ECG[2].title, excerpt=ECG[2].excerpt, related=related,
        publishedDateTime="2025-03-06T08:00:00Z", provider={"name": "S4", "domain": "s4.example"},
    )  # fmt: skip
    code, stdout, _ = run("explain", "2025-03-06-n4.md", *arguments_of(site))
    assert code == 0
    subject = weights()["subject"].threshold
    for label, title, side, threshold in (
        ("related entry, left out:", related[0]["title"], "below", subject),
        ("related entry, same story:", related[1]["title"], "above", 2.2),
        ("related entry, shown:", related[2]["title"], "above", subject),
    ):
        _, _, after = stdout.partition(f"{label} {title} (Other)\n")
        assert f"{side} the threshold of {threshold:.2f}\n" in after.partition("\n    +")[0] + "\n"


def test_explain_gives_the_score_by_which_a_document_joined(site: SiteFolder) -> None:
    """A pair counts at most so much for it, however similar its texts are."""
    same = {"title": ECG[0].title, "excerpt": ECG[0].excerpt}
    for number in range(3):
        provider = {"name": f"S{number}", "domain": f"s{number}.example"}
        site.add(f"{number}.md", **same, publishedDateTime=f"2025-03-0{number + 2}T08:00:00Z", provider=provider)
    (story,) = json.loads(run("stories", "--format", "json", *arguments_of(site))[1])
    stdout = run("explain", "2.md", *arguments_of(site))[1]
    said = re.search(r"with the earlier items of that story: score (\S+),", stdout)
    assert said
    assert float(said[1]) == pytest.approx(story["score"], abs=0.01)


def test_explain_shows_the_label_of_an_editor(site: SiteFolder) -> None:
    """A label assigns a document to its story, whatever the scores."""
    three(site).add("2025-03-06-n4.md", title="Entirely else", story="ecg", publishedDateTime="2025-03-06T08:00:00Z")
    assert "assigned by the field `story: ecg`" in run("explain", "2025-03-06-n4.md", *arguments_of(site))[1]


def test_explain_shows_relations_and_the_archive(site: SiteFolder) -> None:
    """A denial responds to a story that it does not join, and that story is in its archive."""
    three(site).add("2025-03-07-no.md", title=DENIAL, excerpt=ECG[0].excerpt, publishedDateTime="2025-03-07T08:00:00Z")
    code, stdout, _ = run("explain", "2025-03-07-no.md", *arguments_of(site))
    assert code == 0
    assert re.search(r"^responds to: \S+/seeds/2025-03-0[23]-n[01]\.md: ", stdout, re.MULTILINE)
    assert "almost the same story as: " in stdout
    assert re.search(r"^from the archive: .*\n +score \S+, \S+ above the threshold", stdout, re.MULTILINE)


def test_explain_says_why_a_document_is_not_on_the_site(site: SiteFolder) -> None:
    """It gives the reason, or suggests a document with a similar name."""
    arguments = arguments_of(three(site))
    site.add("draft.md", title="A draft", draft=True)
    site.add("gone.md", title="Withdrawn", removed=True)
    site.add("later.md", title="Later", publishedDateTime="2052-03-06T08:00:00Z")
    site.add("once.md", title="Once")
    site.add("twice.md", title="Once", webUrl="https://news.example.org/once.md", quality=1)
    site.add("wrong.md", "x")
    for name, why in {
        "draft.md": "it is a draft; --drafts includes it",
        "gone.md": "it has `removed: true`",
        "later.md": "it is published in the future; --future includes it",
        "twice.md": f"it is the same article as {site.root}/seeds/once.md, which is used",
        "wrong.md": "it has errors",
    }.items():
        code, _, stderr = run("explain", name, "--skip-invalid", *arguments)
        assert code == 2
        assert f"{name} is not on the site: {why}\n" in stderr
    stderr = run("explain", "2025-03-03-n1", "--skip-invalid", *arguments)[2]
    assert f"did you mean {site.root}/seeds/2025-03-03-n1.md" in stderr
    stderr = run("explain", "nowhere.md", "--skip-invalid", *arguments)[2]
    assert "there is no document nowhere.md; `digest stories --all` lists them" in stderr


@pytest.mark.parametrize("command", [["stories"], ["explain", "a.md"]])
def test_documents_with_errors_are_reported(site: SiteFolder, command: list[str]) -> None:
    """The exit code is 1, unless invalid documents are skipped."""
    three(site).add("bad.md", "x")
    arguments = arguments_of(site)
    code, _, stderr = run(*command, *arguments)
    assert (code, "no-front-matter" in stderr) == (1, True)
    assert run("stories", "--skip-invalid", *arguments)[0] == 0


def test_commands_use_the_language_of_the_site(site: SiteFolder) -> None:
    """Two forms of a German word are one term if the site is German, and two if it is English."""
    for number, title in enumerate(["Kliniken prüften Herzmodelle", "Klinik prüfte Herzmodell"]):
        site.add(f"{number}.md", title=title, excerpt="", publishedDateTime=f"2025-03-0{number + 1}T08:00:00Z",
                 provider={"name": f"S{number}", "domain": f"s{number}.example"})  # fmt: skip
    found = {}
    for language in ("de", "en"):
        site.configure(**site.settings, language=language)
        found[language] = run("explain", "1.md", *arguments_of(site))[1]
    assert "story as: Kliniken" in found["de"]
    assert "story as: Kliniken" not in found["en"]
