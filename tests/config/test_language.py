"""The texts of the interface, plural forms, dates and the time zone of a site."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from generator.config import language
from generator.content.publishers import KINDS
from generator.errors import SettingsError
from tests.support import ROOT
from tests.support.making import SiteFolder, entry

TABLES = sorted((Path(language.__file__).parent / "languages").glob("*.toml"))
TEMPLATES = ROOT / "templates"
CODE = ROOT / "generator"


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Returns the values by their keys joined with dots."""
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
def test_built_in_tables_are_complete(path: Path) -> None:
    """Each has every key of the English table, with the same placeholders."""
    words = table(path)
    assert words.keys() == ENGLISH.keys()
    for key, value in words.items():
        texts = value.values() if isinstance(value, dict) else [value]
        english = ENGLISH[key]["other"] if isinstance(ENGLISH[key], dict) else ENGLISH[key]
        for text in texts:
            assert set(re.findall(r"{(\w+)}", text)) <= set(re.findall(r"{(\w+)}", english)), (path.stem, key)
        last = value["other"] if isinstance(value, dict) else value
        assert set(re.findall(r"{(\w+)}", last)) == set(re.findall(r"{(\w+)}", english)), (path.stem, key)


def test_every_key_is_used_and_exists() -> None:
    """The English table has no unused key, and no template or module uses a missing one."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in [*TEMPLATES.glob("*.html"), *CODE.rglob("*.py")] if path.is_file()
    )
    used = set(re.findall(r'"([a-z]+\.[a-z_]+)"', source)) | {f"kind.{kind}" for kind in KINDS}
    assert ENGLISH.keys() - used == set()
    sections = {key.partition(".")[0] for key in ENGLISH}
    files = (".html", ".py", ".toml", ".js", ".css", ".svg", ".md", ".xml")
    assert {
        key for key in used - ENGLISH.keys() if key.partition(".")[0] in sections and not key.endswith(files)
    } == set()


def test_templates_contain_no_words() -> None:
    """All visible text comes from a language table or from a document."""
    for path in TEMPLATES.glob("*.html"):
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"<[^>]*>", " ", text)
        words = set(re.findall(r"[A-Za-z]{2,}", text))
        assert words <= {"kbd"}, (path.name, words)


def build(site: SiteFolder, **settings: Any) -> str:
    """Builds the site with some settings, and returns the front page."""
    site.configure(title="Schau", base_url="https://example.org/", **settings)
    site.add("2025-03-14-one.md", publishedDateTime="2025-03-14T23:30:00Z")
    outcome = site.build()
    assert outcome.code == 0, outcome.stderr
    return site.page("/")


def test_a_german_site(site: SiteFolder) -> None:
    """Texts, dates and numbers are German. Headlines are not translated."""
    front = build(site, language="de")
    assert '<html lang="de" dir="ltr">' in front
    assert "14. März 2025" in front
    assert "Zum Inhalt springen" in front
    assert "Model reads chest films" in front
    assert "1 Meldung" in site.page("/2025/03/14/")
    assert "<h1>März 2025</h1>" in site.page("/2025/03/")
    assert "<h1>Schau, 10. bis 16. März 2025</h1>" in site.page("/digest/2025-W11/")


def test_a_regional_tag_uses_the_table_of_its_language(site: SiteFolder) -> None:
    """The pages keep the tag of the region."""
    assert '<html lang="de-AT"' in build(site, language="de-AT")
    assert "Themen" in site.page("/")


def test_a_site_adds_a_language(site: SiteFolder) -> None:
    """The direction is that of the language. Keys missing in its table are in English."""
    site.write(
        "languages/ar.toml", '[site]\ntopics = "المواضيع"\n[count]\nitems = {one="{n} خبر", other="{n} أخبار"}\n'
    )
    front = build(site, language="ar")
    assert '<html lang="ar" dir="rtl">' in front
    assert "المواضيع" in front
    assert "Skip to the content" in front


def test_a_site_overrides_single_texts(site: SiteFolder) -> None:
    """The other texts of the table do not change."""
    site.write("languages/en.toml", '[site]\nabout = "Imprint & more"\n')
    front = build(site)
    assert "Imprint &amp; more" in front
    assert "Archive" in front


def test_a_key_may_have_the_name_of_a_plural_form(site: SiteFolder) -> None:
    """The English table decides whether a name is a key or a plural form."""
    site.write("languages/en.toml", '[calendar]\nother = "More news"\n')
    site.add("2025-03-15-bare.md", topics=None, publishedDateTime="2025-03-15T09:00:00Z")
    build(site)
    assert "More news" in site.page("/2025/03/15/")


def test_equal_names_with_different_dates_have_different_addresses(site: SiteFolder) -> None:
    """The day of publication in the site's time zone decides whether the address contains the date of the name."""
    site.configure(title="T", base_url="https://example.org/", timezone="America/New_York")
    site.add("2020-08-20-name.md", publishedDateTime="2020-08-20T02:00:00Z")
    site.add("2020-08-19-name.md", publishedDateTime="2020-08-19T12:00:00Z")
    assert site.build().code == 0
    assert site.page("/2020/08/19/name/") != site.page("/2020/08/19/name-20200820/")


@pytest.mark.parametrize("moment", ["0001-01-01T02:00:00Z", "9999-12-31T23:00:00Z"])
def test_times_in_the_first_and_last_year_are_refused(site: SiteFolder, moment: str) -> None:
    """They are an error in a document and a warning in its list, because their weeks would not be complete."""
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
        ("en", "[site]\nnowhere = 'x'\n", "site.nowhere: is not a key of the table"),
        ("en", "[item]\nread = '{title}'\n", "item.read: has the unknown placeholder {title}"),
        ("en", "[item]\nread = '{host'\n", "item.read"),
        ("en", "[item]\nread = 5\n", "item.read: must be a text"),
        ("en", "[count]\nitems = {one='x'}\n", "count.items: must be a text"),
        ("en", "[list]\nabout = '{name:d}'\n", "list.about: cannot be used: {name} must not have a format"),
        ("en", "[list]\nabout = '{name!r}'\n", "must not have a format"),
        ("en", "[date]\nday = 'd MMMM y HH'\n", "date.day: cannot be used"),
        ("en", '[edition]\nindex = "Week\\u0001ly"\n', "contains a character that cannot be displayed"),
        ("en", "[", "cannot be read"),
        ("xx", "[site]\nabout = 'x'\n", "is unknown to the Unicode CLDR"),
    ],
)
def test_an_invalid_table_is_an_error(site: SiteFolder, tag: str, text: str | None, message: str) -> None:
    """The build ends with exit code 2, names the key, and writes nothing."""
    if text:
        site.write(f"languages/{tag}.toml", text)
    site.configure(title="T", base_url="https://example.org/", language=tag)
    site.add("2025-03-14-one.md")
    outcome = site.build()
    assert outcome.code == 2
    assert message in outcome.stderr
    assert not (site.output / "index.html").exists()


def test_days_begin_in_the_time_zone_of_the_site(site: SiteFolder) -> None:
    """23:30 in UTC is the next day in Berlin. A date without a time is the same day in every zone."""
    site.add("2025-03-20-date.md", publishedDateTime="2025-03-20", webUrl="https://e.org/date")
    front = build(site, timezone="Europe/Berlin")
    assert "15 March 2025, 00:30 CET" in front
    assert 'datetime="2025-03-14T23:30:00Z"' in front
    # The date in the name is not the day of publication in this zone, so the address contains it.
    assert (site.output / "2025/03/15/one-20250314/index.html").exists()
    assert (site.output / "2025/03/20/date/index.html").exists()
    build(site, timezone="America/New_York")
    assert (site.output / "2025/03/14/one/index.html").exists()
    assert (site.output / "2025/03/20/date/index.html").exists()


def test_an_unknown_time_zone_is_an_error(site: SiteFolder) -> None:
    """The build ends with exit code 2."""
    site.configure(title="T", base_url="https://example.org/", timezone="Mars/Olympus")
    site.add("2025-03-14-one.md")
    outcome = site.build()
    assert outcome.code == 2
    assert "timezone 'Mars/Olympus' is not a time zone" in outcome.stderr


def test_numbers_select_the_plural_form() -> None:
    """Form and digits follow the rules of the language."""
    english = language.load("en", zone="UTC", folder=Path())
    assert english.text("count.items", n=1) == "1 item"
    assert english.text("count.items", n=12345) == "12,345 items"
    german = language.load("de", zone="UTC", folder=Path())
    assert german.text("count.items", n=12345) == "12.345 Meldungen"
    with pytest.raises(SettingsError):
        language.load("tlh-KL", zone="UTC", folder=Path())
