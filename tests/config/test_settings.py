"""The settings in the table ``[about]``, and where mistakes in tables are reported."""

from pathlib import Path

import pytest

from generator.config import settings, tables
from generator.config.settings import AboutSettings, Settings
from generator.errors import Code, SettingsError
from generator.util.text import as_written


def load(folder: Path, text: str) -> AboutSettings:
    """Returns the settings of the table of a ``site.toml`` with this text."""
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return settings.load(path).about


@pytest.mark.parametrize("text", ["", "[about]\n", "[about]\ncontact = ' '\neditor = '\u200b'\n"])
def test_all_texts_are_empty_by_default(tmp_path: Path, text: str) -> None:
    """Without the table, with an empty one, and with texts of which nothing is visible."""
    assert load(tmp_path, text) == AboutSettings()


@pytest.mark.parametrize(
    "text",
    [
        "[about]\neditor = 'A &amp; B'\naddress = '''\n 1  Road \n\nTown\n'''\n",
        "about.editor = 'A & B'\nabout.address = '1 Road\u2028Town'\n",
        "about = { editor = 'A & B', address = \"1 Road\\nTown\" }\n",
    ],
)
def test_texts_are_repaired_and_an_address_keeps_its_lines(tmp_path: Path, text: str) -> None:
    """In each spelling of a table."""
    assert load(tmp_path, text) == AboutSettings(editor="A & B", address="1 Road\nTown")


@pytest.mark.parametrize(
    "contact",
    ["post@hospital.example", "a.b+news@sub.xn--hspital-90a.example", "o'hara@h.example", "https://h.example/@us?a=b"],
)
def test_a_contact_is_an_e_mail_address_or_an_https_address(tmp_path: Path, contact: str) -> None:
    """It is kept as it is written."""
    assert load(tmp_path, f'[about]\ncontact = " {contact} "\n').contact == contact


@pytest.mark.parametrize(
    "contact",
    [
        "nobody", "post@hospital", "a b@hospital.example", "@hospital.example", "a..b@hospital.example",
        "mailto:post@hospital.example", "http://hospital.example/", "https://", "https://me@hospital.example/",
        "javascript:alert(1)", "post@hospital.example, other@hospital.example", "post@-.example", "//hospital.example",
        f"{'a' * 250}@hospital.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["contact", "corrections"])
def test_any_other_contact_is_refused(tmp_path: Path, name: str, contact: str) -> None:
    """With its line."""
    with pytest.raises(SettingsError) as error:
        load(tmp_path, f'title = "x"\n[about]\n{name} = "{contact}"\n')
    (diagnostic,) = error.value.diagnostics
    assert (diagnostic.line, diagnostic.code) == (3, Code.INVALID_SETTING)
    assert diagnostic.message == f"about.{name} must be an e-mail address or an https address{as_written(contact)}"


@pytest.mark.parametrize(
    ("text", "line", "message", "remedy"),
    [
        ("[about]\neditr = 'x'\n", 2, "'about.editr' is not a setting", "did you mean `editor`?"),
        ("about.editr = 'x'\n", 1, "'about.editr' is not a setting", "did you mean `editor`?"),
        ("about = { editr = 'x' }\n", 1, "'about.editr' is not a setting", "did you mean `editor`?"),
        ("title = 'x'\neditor = 'x'\n", 2, "'editor' is not a setting", "did you mean `editor` in the table [about]?"),
        (
            "[abuot]\neditor = 'x'\n",
            2,
            "'abuot.editor' is not a setting",
            "did you mean `editor` in the table [about]?",
        ),
        (
            "title = 'x'\n[about]\ntitle = 'y'\n",
            3,
            "'about.title' is not a setting",
            "did you mean `title`, outside of any table?",
        ),
        ("[about]\nzzz = 1\n", 2, "'about.zzz' is not a setting", "see docs/settings.md, or remove it"),
        ("[about]\n[about.editor]\nx = 1\n", 2, "about.editor must be text in quotes", "see docs/settings.md"),
        ("[about]\nfunding = true\n", 2, "about.funding must be text in quotes", "see docs/settings.md"),
        ("about = 'x'\n", 1, "about must be a table: 'x'", "write its settings below a line with [about]"),
        ("[[about]]\neditor = 'x'\n", 1, "about must be a table", "write its settings below a line with [about]"),
    ],
)
def test_mistakes_in_the_table_have_their_line_and_the_right_place(
    tmp_path: Path, text: str, line: int, message: str, remedy: str
) -> None:
    """A guess says in which table the setting belongs, if it is in another one."""
    with pytest.raises(SettingsError) as error:
        load(tmp_path, text)
    (diagnostic,) = error.value.diagnostics
    assert (diagnostic.line, diagnostic.message, diagnostic.remedy) == (line, message, remedy)


def test_all_mistakes_are_reported_in_one_run(tmp_path: Path) -> None:
    """Inside the table and outside of it."""
    with pytest.raises(SettingsError) as error:
        load(tmp_path, "page_size = 0\n[about]\ncontact = 'x'\neditor = 5\nedito = 'x'\n")
    assert [diagnostic.line for diagnostic in error.value.diagnostics] == [1, 3, 4, 5]


def test_every_check_is_of_a_setting() -> None:
    """A path that is misspelt would check nothing."""
    paths = {setting.path for setting in tables.describe(Settings)}
    assert settings._CHECKS.keys() <= paths | {path.removesuffix(".*") for path in paths}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("title = “A”", '"A"'),
        ("title = ‘A’", '"A"'),
        ("page_size = „30“", "30"),
        ("search = «true»", "true"),
        ('title = “A "B"”', '"…"'),
        ("title = “A", '"…"'),
    ],
)
def test_typographic_quotes_are_named(tmp_path: Path, text: str, value: str) -> None:
    """With the straight ones to write."""
    with pytest.raises(SettingsError) as error:
        load(tmp_path, text)
    (diagnostic,) = error.value.diagnostics
    name = text.partition(" ")[0]
    assert (diagnostic.message, diagnostic.remedy) == (
        f"{name} has typographic quotes", f"write straight quotes: {name} = {value}"
    )  # fmt: skip


def test_a_base_url_with_one_slash_is_corrected(tmp_path: Path) -> None:
    """The message has the address to write."""
    with pytest.raises(
        SettingsError, match=r"two slashes after its scheme, as in https://a\.example/: 'https:/a\.example'"
    ):
        load(tmp_path, 'base_url = "https:/a.example"')
