"""The interface in one language and time zone: words, plurals, dates, direction."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from generator.config import language
from generator.errors import SettingsError
from tests.support import ROOT
from tests.support.making import SiteFolder, entry

TABLES = sorted((Path(language.__file__).parent / "languages").glob("*.toml"))
TEMPLATES = ROOT / "templates"
CODE = ROOT / "generator"


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Keys as code writes them."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict) and not value.keys() <= {"one", "other"}:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def table(path: Path) -> dict[str, Any]:
    return flat(tomllib.loads(path.read_text(encoding="utf-8")))


ENGLISH = table(CODE / "config" / "languages" / "en.toml")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_tables_that_come_with_the_program_are_complete(path: Path) -> None:
    """Every key, and in every text the same values."""
    words = table(path)
    assert words.keys() == ENGLISH.keys()
    for key, value in words.items():
        texts = value.values() if isinstance(value, dict) else [value]
        english = ENGLISH[key]["other"] if isinstance(ENGLISH[key], dict) else ENGLISH[key]
        for text in texts:
            assert set(re.findall(r"{(\w+)}", text)) <= set(re.findall(r"{(\w+)}", english)), (path.stem, key)
        last = value["other"] if isinstance(value, dict) else value
        assert set(re.findall(r"{(\w+)}", last)) == set(re.findall(r"{(\w+)}", english)), (path.stem, key)


def test_every_word_is_asked_for() -> None:
    """No text lies around; and none is asked for that is not there."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in [*TEMPLATES.glob("*.html"), *CODE.rglob("*.py")] if path.is_file()
    )
    asked = set(re.findall(r'"([a-z]+\.[a-z_]+)"', source))
    assert ENGLISH.keys() - asked == set()
    sections = {key.partition(".")[0] for key in ENGLISH}
    files = (".html", ".py", ".toml", ".js", ".css", ".svg", ".md", ".xml")
    assert {
        key for key in asked - ENGLISH.keys() if key.partition(".")[0] in sections and not key.endswith(files)
    } == set()


def test_no_words_stand_in_templates() -> None:
    """Whatever a reader sees comes from the table or from a document."""
    for path in TEMPLATES.glob("*.html"):
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"<[^>]*>", " ", text)
        words = set(re.findall(r"[A-Za-z]{2,}", text))
        assert words <= {"kbd"}, (path.name, words)


def build(site: SiteFolder, **settings: Any) -> str:
    """Builds with settings and returns the front page."""
    site.configure(title="Schau", base_url="https://example.org/", **settings)
    site.add("2025-03-14-one.md", publishedDateTime="2025-03-14T23:30:00Z")
    outcome = site.build()
    assert outcome.code == 0, outcome.stderr
    return site.page("/")


def test_a_second_language(site: SiteFolder) -> None:
    """German words, dates and numbers; headlines stay as they are."""
    front = build(site, language="de")
    assert '<html lang="de" dir="ltr">' in front
    assert "14. März 2025" in front
    assert "Zum Inhalt springen" in front
    assert "Model reads chest films" in front
    assert "1 Meldung" in site.page("/2025/03/14/")
    assert "<h1>März 2025</h1>" in site.page("/2025/03/")
    assert "Woche 11 2025" in site.page("/digest/2025-W11/")


def test_a_region_takes_the_table_of_its_language(site: SiteFolder) -> None:
    """With its own dates where it has them."""
    assert '<html lang="de-AT"' in build(site, language="de-AT")
    assert "Themen" in site.page("/")


def test_a_site_brings_a_language(site: SiteFolder) -> None:
    """From right to left; what its table lacks is said in English."""
    site.write(
        "languages/ar.toml", '[site]\ntopics = "المواضيع"\n[count]\nitems = {one="{n} خبر", other="{n} أخبار"}\n'
    )
    front = build(site, language="ar")
    assert '<html lang="ar" dir="rtl">' in front
    assert "المواضيع" in front
    assert "Skip to the content" in front


def test_a_site_changes_single_texts(site: SiteFolder) -> None:
    """The rest of the table stays."""
    site.write("languages/en.toml", '[site]\nabout = "Imprint & more"\n')
    front = build(site)
    assert "Imprint &amp; more" in front
    assert "Archive" in front


def test_a_text_may_be_named_like_a_form_of_plural(site: SiteFolder) -> None:
    """What the key is in English decides, not what it is called."""
    site.write("languages/en.toml", '[calendar]\nother = "More news"\n')
    site.add("2025-03-15-bare.md", topics=None, publishedDateTime="2025-03-15T09:00:00Z")
    build(site)
    assert "More news" in site.page("/2025/03/15/")


def test_names_on_two_dates_stay_apart_in_every_time_zone(site: SiteFolder) -> None:
    """The day of publication where the site is decides whether the name's date stays in the address."""
    site.configure(title="T", base_url="https://example.org/", timezone="America/New_York")
    site.add("2020-08-20-name.md", publishedDateTime="2020-08-20T02:00:00Z")
    site.add("2020-08-19-name.md", publishedDateTime="2020-08-19T12:00:00Z")
    assert site.build().code == 0
    assert site.page("/2020/08/19/name/") != site.page("/2020/08/19/name-20200820/")


@pytest.mark.parametrize("moment", ["0001-01-01T02:00:00Z", "9999-12-31T23:00:00Z"])
def test_a_time_at_the_end_of_time_is_refused(site: SiteFolder, moment: str) -> None:
    """In a document an error, in its list a warning; no other zone and no week lies beyond what there is."""
    site.configure(title="T", base_url="https://example.org/", timezone="America/New_York")
    site.add("2020-08-20-name.md", related=[entry(1, publishedDateTime=moment)])
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (0, ["invalid-time"])
    site.add("2020-08-21-name.md", publishedDateTime=moment)
    assert site.build("--future").code == 1


@pytest.mark.parametrize(
    ("tag", "text", "message"),
    [
        ("fr", None, "has no table"),
        ("en", "[site]\nnowhere = 'x'\n", "site.nowhere: is no key of the table"),
        ("en", "[item]\nread = '{title}'\n", "item.read: has no value for {title}"),
        ("en", "[item]\nread = '{host'\n", "item.read"),
        ("en", "[item]\nread = 5\n", "item.read: must be a text"),
        ("en", "[count]\nitems = {one='x'}\n", "count.items: must be a text"),
        ("en", "[list]\nabout = '{name:d}'\n", "list.about: cannot be used: {name} may have no format"),
        ("en", "[list]\nabout = '{name!r}'\n", "may have no format"),
        ("en", "[date]\nday = 'd MMMM y HH'\n", "date.day: cannot be used"),
        ("en", '[edition]\nindex = "Week\\u0001ly"\n', "holds a character that cannot be shown"),
        ("en", "[", "cannot be read"),
        ("xx", "[site]\nabout = 'x'\n", "is unknown to the Unicode CLDR"),
    ],
)
def test_a_table_that_cannot_be_used_is_an_error(site: SiteFolder, tag: str, text: str | None, message: str) -> None:
    """Exit code 2, with the key and the remedy; nothing is written."""
    if text:
        site.write(f"languages/{tag}.toml", text)
    site.configure(title="T", base_url="https://example.org/", language=tag)
    site.add("2025-03-14-one.md")
    outcome = site.build()
    assert outcome.code == 2
    assert message in outcome.stderr
    assert not (site.output / "index.html").exists()


def test_days_begin_in_the_time_zone_of_the_site(site: SiteFolder) -> None:
    """Half past eleven in Greenwich is the next day in Berlin; a mere date stays that date everywhere."""
    site.add("2025-03-20-date.md", publishedDateTime="2025-03-20", webUrl="https://e.org/date")
    front = build(site, timezone="Europe/Berlin")
    assert "15 March 2025, 00:30 CET" in front
    assert 'datetime="2025-03-14T23:30:00Z"' in front
    # Its name's date is not the day of publication there, and stays.
    assert (site.output / "2025/03/15/one-20250314/index.html").exists()
    assert (site.output / "2025/03/20/date/index.html").exists()
    build(site, timezone="America/New_York")
    assert (site.output / "2025/03/14/one/index.html").exists()
    assert (site.output / "2025/03/20/date/index.html").exists()


def test_a_time_zone_must_exist(site: SiteFolder) -> None:
    """With the setting's line."""
    site.configure(title="T", base_url="https://example.org/", timezone="Mars/Olympus")
    site.add("2025-03-14-one.md")
    outcome = site.build()
    assert outcome.code == 2
    assert "timezone 'Mars/Olympus' is no time zone" in outcome.stderr


def test_numbers_choose_the_form_of_plural() -> None:
    """Of the language, and written as it writes numbers."""
    english = language.load("en", zone="UTC", folder=Path())
    assert english.text("count.items", n=1) == "1 item"
    assert english.text("count.items", n=12345) == "12,345 items"
    german = language.load("de", zone="UTC", folder=Path())
    assert german.text("count.items", n=12345) == "12.345 Meldungen"
    with pytest.raises(SettingsError):
        language.load("tlh-KL", zone="UTC", folder=Path())
