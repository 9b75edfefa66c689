"""TOML files with tables of every kind are read into frozen structs, with the line of each mistake."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import tables
from generator.config.tables import Setting
from generator.errors import Code, SettingsError


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a menu."""

    text: str
    """What readers see."""
    to: str
    """The address."""
    is_bold: bool = False
    """Whether it stands out,
    in ``bold``."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A table with values of several types."""

    cards: Literal["pictures", "text"] = "pictures"
    """The kind of cards."""
    is_wide: bool = False
    """Whether pages are wide."""
    columns: int = 3
    """The number of columns."""


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """A table of lists with fixed keys."""

    script: tuple[str, ...] = ()
    """The sources of scripts."""
    font: tuple[str, ...] = ("self",)
    """The sources of fonts."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A file."""

    title: str = ""
    """The name."""
    look: Look = Look()
    """The look."""
    sources: Sources = Sources()
    """The sources."""
    menu: tuple[Entry, ...] = (Entry(text="Home", to="/"),)
    """The menu."""
    fields: Mapping[str, tuple[str, ...]] = {}
    """Other names of a field."""


CHECKS: dict[str, tables.Check] = {
    "look.columns": lambda value: "" if value > 0 else "is too small",
    "menu[].to": lambda value: "" if value.startswith("/") else ("is no address", "write it as /imprint/"),
    "sources.script": lambda value: "" if value.startswith("https://") else f"{value!r} is no source",
    "fields": lambda key: "" if key.isalpha() else "is no field",
    "fields.*": lambda value: "" if value else "has an empty name",
}
MEAN = "did you mean"
MENU = "[[menu]]\ntext = 'A'\nto = '/a/'\n\n[[menu]]\ntext = 'B'\nto = '/b/'\n\n[[menu]]\n"


def read(folder: Path, text: str) -> Site:
    """Reads a file with this text."""
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return tables.read(path, Site, CHECKS)


def mistakes(folder: Path, text: str) -> list[tuple[int, str, str]]:
    """The line, message and remedy of each diagnostic."""
    with pytest.raises(SettingsError) as error:
        read(folder, text)
    return [(one.line, one.message, one.remedy) for one in error.value.diagnostics]


def test_all_kinds_of_tables_are_read(tmp_path: Path) -> None:
    """Texts in them are repaired, and a single text is a list of one."""
    text = """
        title = 'T'
        [look]
        cards = "text"
        is_wide = true
        columns = 2
        [sources]
        script = "https://a.example"
        font = ["https://b.example", 'https://c.example']
        [[menu]]
        text = " A &amp; B "
        to = "/a/"
        [[menu]]
        text = "C"
        to = "/c/"
        is_bold = true
        [fields]
        webUrl = ["link", "url"]
        date = "day"
    """
    assert read(tmp_path, text) == Site(
        title="T",
        look=Look(cards="text", is_wide=True, columns=2),
        sources=Sources(script=("https://a.example",), font=("https://b.example", "https://c.example")),
        menu=(Entry(text="A & B", to="/a/"), Entry(text="C", to="/c/", is_bold=True)),
        fields={"webUrl": ("link", "url"), "date": ("day",)},
    )


@pytest.mark.parametrize("text", ["", "[look]\n[sources]\n[fields]\n"])
def test_what_is_not_there_has_its_default(tmp_path: Path, text: str) -> None:
    """Also in a table that is empty."""
    assert read(tmp_path, text) == Site()


def test_a_list_of_tables_may_be_empty(tmp_path: Path) -> None:
    """It replaces the default."""
    assert read(tmp_path, "menu = []\n").menu == ()


@pytest.mark.parametrize(
    ("text", "line", "message", "remedy"),
    [
        ("[look]\ncards = 'big'\n", 2, "look.cards must be \"pictures\" or \"text\": 'big'", "see docs/settings.md"),
        ("[look]\ncards = 'txt'\n", 2, "look.cards must be \"pictures\" or \"text\": 'txt'", 'did you mean "text"?'),
        ("[look]\nis_wide = 'True'\n", 2, "look.is_wide must be true or false: 'True'", "write true, without quotes"),
        ("[look]\ncolumns = '30'\n", 2, "look.columns must be a whole number: '30'", "write 30, without quotes"),
        ("[look]\n\ncards = ['text']\n", 3, 'look.cards must be "pictures" or "text"', "see docs/settings.md"),
        ("[look]\nis_wide = 1\n", 2, "look.is_wide must be true or false", "see docs/settings.md"),
        ("[look]\ncolumns = true\n", 2, "look.columns must be a whole number", "see docs/settings.md"),
        ("[look]\ncolumns = 2.0\n", 2, "look.columns must be a whole number", "see docs/settings.md"),
        ("[look]\ncolumns = 0\n", 2, "look.columns is too small: 0", "see docs/settings.md"),
        (f"{MENU}text = 'C'\nto = 'c'\n", 11, "menu[].to is no address: 'c'", "write it as /imprint/"),
        (f"{MENU}text = 'C'\nto = 3\n", 11, "menu[].to must be text in quotes", "see docs/settings.md"),
        (f"{MENU}to = '/c/'\n", 9, "menu[].text is missing", "add a line with text = …; see docs/settings.md"),
        (
            f"{MENU}to = '/c/'\ntext = 'x'\ntoo = 1\n",
            12,
            "'menu[].too' is not a setting",
            "did you mean `to`?",
        ),
        (
            f"{MENU}to = '/c/'\ntext = 'x'\ncolums = 1\n",
            12,
            "'menu[].colums' is not a setting",
            "did you mean `columns` in the table [look]?",
        ),
        ("[look]\nis_bould = 1\n", 2, "'look.is_bould' is not a setting", f"{MEAN} `is_bold` in the table [[menu]]?"),
        ("title = ''\n[[mneu]]\ntext = ''\n", 2, "'mneu' is not a setting", "did you mean `menu`?"),
        ("[feilds]\nwebUrl = 'x'\n", 2, "'feilds.webUrl' is not a setting", "did you mean the table [fields]?"),
        ("[menus]\nzzz = 'x'\n", 2, "'menus.zzz' is not a setting", "did you mean the table [[menu]]?"),
        ("\n[menu]\ntext = ''\n", 2, "menu must be a list of tables", "write each below a line with [[menu]]"),
        ("menu = ['x']\n", 1, "menu must be a list of tables", "write each below a line with [[menu]]"),
        ("menu = [\n  {text = 'A', to = 'x'},\n]\n", 1, "menu[].to is no address: 'x'", "write it as /imprint/"),
        ("fields = 1\n", 1, "fields must be a table", "write its settings below a line with [fields]"),
        (
            "[fields]\na = 'b'\nwebUrl = ['x', 1]\n",
            3,
            "fields.webUrl must be text in quotes or a list of such texts",
            "see docs/settings.md",
        ),
        ("[fields]\nwebUrl = ['x', '']\n", 2, "fields.webUrl has an empty name", "see docs/settings.md"),
        ("[fields]\n\"a\\nb\" = 'x'\n", 2, "fields.a\nb is no field", "see docs/settings.md"),
        (
            "title = '''\n[sources]\nscript = 1\n'''\n# font\n[sources]\nscript = [\n  # one\n  'https://',\n  'x',\n]",
            7,
            "sources.script 'x' is no source",
            "see docs/settings.md",
        ),
        ("sources.font = ''\nsources . 'script' = 'x'\n", 2, "sources.script 'x' is no source", "see docs/settings.md"),
        ("[look]\ncards = text\n", 2, "cards has a text without quotes", 'put the text in quotes: cards = "…"'),
        ("[look]\nis_wide = yes\n", 2, "Invalid value", "write true or false"),
        ("[a]\nb = 1\n[a]\n", 3, "[a] is there already, in line 1", "put the settings of both below one"),
        (f"{MENU}to = '/c/'\nto = '/d/'\n", 11, "to is defined twice, first in line 10", "keep one of the two"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line(tmp_path: Path, text: str, line: int, message: str, remedy: str) -> None:
    """In tables, in each entry of a list of tables, and in values of several lines."""
    assert mistakes(tmp_path, text) == [(line, message, remedy)]


def test_all_mistakes_are_reported_in_one_run(tmp_path: Path) -> None:
    """In all tables, and several in one list, in the order of the lines."""
    text = f"title = 1\n{MENU}too = '/'\n[look]\nis_wide = ''\n[sources]\nscript = ['x', 'https://a.example', 'y']\n"
    assert [line for line, _, _ in mistakes(tmp_path, text)] == [1, 10, 10, 11, 13, 15, 15]


@given(
    before=st.lists(
        st.sampled_from(["", "# to = 1", "is_bold = true", "text = '''\nto = 1\n[[menu]]\n'''"]), max_size=4
    ),
    entries=st.integers(0, 4),
)
def test_the_line_of_a_mistake_is_where_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], entries: int
) -> None:
    """Whatever comes before it: other entries, comments, and texts that look like settings."""
    above = (
        "[[menu]]\nto = '/'\ntext = ''\n" * entries
        + "[[menu]]\n"
        + "".join(f"{one}\n" for one in dict.fromkeys(before))
    )
    found = mistakes(tmp_path_factory.mktemp("site"), f"{above}to = 1")
    assert (above.count("\n") + 1, "menu[].to must be text in quotes", "see docs/settings.md") in found
    assert {message for _, message, _ in found} <= {"menu[].to must be text in quotes", "menu[].text is missing"}


def test_an_unknown_name_has_a_code_of_its_own(tmp_path: Path) -> None:
    """Wrong values have another."""
    with pytest.raises(SettingsError) as error:
        read(tmp_path, "[look]\nclumns = 1\ncolumns = ''\n")
    assert [one.code for one in error.value.diagnostics] == [Code.UNKNOWN_SETTING, Code.INVALID_SETTING]


def test_the_settings_are_described() -> None:
    """With path, type, default and the docstring of the field, in their order."""
    texts = "text in quotes or a list of such texts"
    rows = [
        ("title", "text in quotes", "", "The name."),
        ("look.cards", '"pictures" or "text"', "pictures", "The kind of cards."),
        ("look.is_wide", "true or false", False, "Whether pages are wide."),
        ("look.columns", "a whole number", 3, "The number of columns."),
        ("sources.script", texts, (), "The sources of scripts."),
        ("sources.font", texts, ("self",), "The sources of fonts."),
        ("menu[].text", "text in quotes", None, "What readers see."),
        ("menu[].to", "text in quotes", None, "The address."),
        ("menu[].is_bold", "true or false", False, "Whether it stands out, in `bold`."),
        ("fields.*", texts, {}, "Other names of a field."),
    ]
    assert tables.describe(Site) == [Setting(*row) for row in rows]
