"""Makes plain documents in the schema, as many as wanted, the same every time.

Forty-five a day; stories reported by several publishers; few publishers with much and many with little; four in five
with a picture; up to six related entries; 600 characters of ciphertext. Their words are few, and headlines repeat;
those of ``rich`` are more like real ones. Plain documents never change, byte for byte: recorded figures are of them.
``python -m bench.corpus 10000 FOLDER [rich]`` writes documents of either kind.
"""

import base64
import datetime as dt
import random
import sys
from collections.abc import Iterable
from pathlib import Path

from bench import rich

A_DAY = 45
_FIRST_DAY = dt.date(2024, 1, 1)
_SUBJECTS = [
    "mammograms", "retinal images", "ECG traces", "CT scans", "pathology slides", "clinical notes", "skin lesions",
    "MRI scans", "breathing patterns", "blood counts", "ultrasound images", "gene panels",
]  # fmt: skip
_AIMS = [
    "breast cancer", "stroke", "sepsis", "heart failure", "melanoma", "dementia", "lung nodules", "glaucoma",
    "colon polyps", "kidney injury", "diabetes", "tuberculosis",
]  # fmt: skip
_ACTS = ["predicts", "detects", "rules out", "grades", "explains", "misses", "triages", "tracks"]
_TOPICS = ["AI", "Radiology", "Oncology", "Cardiology", "Regulation", "Neurology", "Pathology", "AI in Healthcare"]
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ter",
    "van",
    "sol",
    "bra",
    "dun",
    "fe",
    "gor",
    "hal",
    "ist",
    "jun",
    "nor",
    "pel",
    "quin",
]


def _name(numbers: random.Random) -> str:
    return "".join(numbers.choices(_SYLLABLES, k=3)).capitalize()


def _entry(indent: str, title: str, excerpt: str, at: dt.datetime, url: str, source: int) -> str:
    lines = [
        f'title: "{title}"', f'excerpt: "{excerpt}"', f"publishedDateTime: {at:%Y-%m-%dT%H:%M:%SZ}", f'webUrl: "{url}"',
        "type: article", "provider:", f"  name: Source {source}", f"  domain: source{source}.example",
    ]  # fmt: skip
    return "".join(f"{indent}{line}\n" for line in lines)


def documents(count: int) -> list[tuple[str, str]]:
    """Returns names and texts of documents, in the order of time."""
    numbers = random.Random(20240101)  # noqa: S311 - the same numbers every time are what is wanted
    made: list[tuple[str, str]] = []
    recent: list[tuple[str, str, dt.datetime, str, int]] = []
    story: tuple[str, str, str, str, str] | None = None
    for number in range(count):
        day = _FIRST_DAY + dt.timedelta(days=number // A_DAY)
        at = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=(number % A_DAY) * 31)
        if story is None or numbers.random() < 0.3:  # noqa: PLR2004 - seven in ten report another's story
            story = (
                numbers.choice(_SUBJECTS),
                numbers.choice(_AIMS),
                numbers.choice(_ACTS),
                _name(numbers),
                _name(numbers),
            )
        subject, aim, act, place, product = story
        title = numbers.choice(
            [
                f"{place} model {act} {aim} from {subject}",
                f"AI from {place} {act} {aim}",
                f"{product}: reading {subject} for {aim}",
            ]
        )
        excerpt = (
            f"Researchers at {place} say that {product} {act} {aim} when it reads {subject}, "
            f"with {numbers.randint(51, 99)} percent accuracy in {numbers.randint(100, 9999)} patients."
        )
        source = min(int(numbers.paretovariate(0.7)), 400)
        url = f"https://source{source}.example/news/{number}"
        related = numbers.sample(recent, k=min(len(recent), numbers.randint(0, 6)))
        text = ["---\ncategory: news\n", _entry("", title, excerpt, at, url, source)]
        heat = -1 if numbers.random() < 0.7 else numbers.randint(0, 160)  # noqa: PLR2004 - seven in ten, as in the archive
        text.append(f"quality: {numbers.randint(0, 100)}\nheat: {heat}\n")
        text.append("published: false\ntopics:\n" + "".join(f"  - {topic}\n" for topic in numbers.sample(_TOPICS, k=2)))
        if numbers.random() < 0.8:  # noqa: PLR2004 - four in five
            text.append(f'images:\n  - url: "https://img.example/{number}.jpg"\n    width: 1200\n    height: 675\n')
        if related:
            text.append("related:\n")
        for other_title, other_excerpt, other_at, other_url, other_source in related:
            block = _entry("    ", other_title, other_excerpt, other_at, other_url, other_source)
            text.append("  - " + block.removeprefix("    ") + "    quality: 40\n")
        text.append(f'secured: "{base64.b64encode(numbers.randbytes(450)).decode()};AAAA"\n---\n')
        made.append((f"{day}-{place.lower()}-{number}.md", "".join(text)))
        recent = [*recent[-40:], (title, excerpt, at, url, source)]
    return made


def write(documents: Iterable[tuple[str, str]], folder: Path) -> None:
    """Writes documents, given by their names and texts, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents:
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make = rich.documents if sys.argv[3:] == ["rich"] else documents
    write(make(int(sys.argv[1])), Path(sys.argv[2]))
