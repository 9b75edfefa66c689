"""Front matter in YAML, TOML and JSON: the same fields, places and strictness."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.front_matter import locate, split_and_load, yaml_of
from generator.errors import Code
from tests.support.making import SiteFolder, document, fields, read

TOML = """+++
title = "Model reads chest films" # a comment
excerpt = '''
A model found
what two readers had missed.'''
publishedDateTime = 2025-03-14T09:30:00Z
webUrl = "https://news.example.org/2025/chest-films.html"
topics = [
  "Radiology",
  "AI",
]
provider.name = "Example News"
provider.domain = "news.example.org"

[[images]]
url = "https://news.example.org/films.jpg"
width = 800
height = 450
+++
A body.
"""
IMAGE = {"url": "https://news.example.org/films.jpg", "width": 800, "height": 450}


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(_toml, value)) + ",\n]" if value else "[]"
    return json.dumps(value)


def _paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*at, key)
        yield from _paths(one, (*at, key))


def _errors(text: str) -> list[tuple[int, int, Code]]:
    return [(one.line, one.column, one.code) for one in read(text).diagnostics if one.is_error]


def test_toml_and_json_give_the_item_of_yaml() -> None:
    excerpt = "A model found what two readers had missed."
    yaml = read(document("A body.\n", excerpt=excerpt, images=[IMAGE], category=None, quality=None, heat=None)).item
    values = fields(excerpt=excerpt, images=[IMAGE], category=None, quality=None, heat=None)
    assert yaml
    assert read(TOML).item == yaml
    assert read(json.dumps(values, indent="\t") + "\n\nA body.\n").item == yaml
    assert read(document("A body.\n").replace("---\n", "--- # a note\n", 1)).item


def test_a_site_may_mix_the_forms(site: SiteFolder) -> None:
    site.add("2025-03-14-a.md", TOML)
    site.add("2025-03-14-b.md", json.dumps(fields(webUrl="https://news.example.org/b", aliases=["/old/"])))
    assert site.build().code == 0
    assert (site.output / "2025/03/14/b/index.html").is_file()
    assert (site.output / "old/index.html").is_file()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('+++\n\ntitle = "a"\n  heat = "b"\n+++', (4, 3)),
        ('\n\n+++\nheat = "b"\n+++', (4, 1)),
        ("+++\nx = [1, {heat = 1}]\nprovider = 3\n+++", (3, 1)),
        ('+++\n[provider]\nname = """\n\n"""\ndomain = 4\n+++', (6, 1)),
        ('{\n  "title": "a", "heat": "b"}', (2, 17)),
        ('{"title": "\\ud83d\\ude00",\n "heat": "b"}', (2, 2)),
        ('{"provider": {\n\t"name": 3}}', (2, 2)),
    ],
)
def test_a_wrong_value_has_its_line_and_column(text: str, place: tuple[int, int]) -> None:
    assert (*place, Code.WRONG_TYPE) in _errors(text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('+++\ntitle = "a"\n', (1, 1, Code.UNCLOSED_FRONT_MATTER)),
        ("+++\ntitle = a\n+++", (2, 9, Code.INVALID_TOML)),
        ("+++\ntitle\n+++", (2, 6, Code.INVALID_TOML)),
        (f"+++\nheat = {'1' * 5000}\n+++", (1, 1, Code.INVALID_TOML)),
        (f"+++\nx = {'[' * 5000}\n+++", (1, 1, Code.TOO_DEEP)),
        (f"+++\n\n{'a.' * 50_000}a = 1\n+++", (3, 1, Code.TOO_DEEP)),
        ("+++\nx = {" + '"a". ' * 50_000 + "a = 1}\n+++", (2, 1, Code.TOO_DEEP)),
        ('{"title": "a"', (1, 14, Code.INVALID_JSON)),
        ('{"title": "a"\n"heat": 1}', (2, 1, Code.INVALID_JSON)),
        ('{"heat": NaN}', (1, 1, Code.INVALID_JSON)),
        (f'{{"heat": {"1" * 5000}}}', (1, 1, Code.INVALID_JSON)),
        (f'{{"x": {"[" * 50_000}', (1, 1, Code.TOO_DEEP)),
        ('{"title": "\\ud83d"}', (1, 1, Code.NOT_UTF8)),
        ("{% include top.md %}", (1, 1, Code.NO_FRONT_MATTER)),
        ("{}", (1, 1, Code.MISSING_FIELD)),
    ],
)
def test_toml_and_json_are_read_strictly(text: str, error: tuple[int, int, Code]) -> None:
    assert error in _errors(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("+++\na = 1\nb = 2\na = 3\n[c]\nb = 4\nb = 5\n+++", [(4, 2), (7, 6)]),
        ('{"a": 1,\n"b": {"c": 1,\n"c": 2},\n"a": 2}\n\nBody: it is no JSON {', [(3, 2), (4, 1)]),
    ],
)
def test_all_duplicate_keys_are_reported(text: str, lines: list[tuple[int, int]]) -> None:
    found = [one for one in read(text).diagnostics if one.code is Code.DUPLICATE_KEY]
    assert [(one.line, one.message.rpartition(" ")[2]) for one in found] == [(at, str(first)) for at, first in lines]


def test_a_header_of_pelican_is_recognised() -> None:
    (error,) = read("Title: Model reads chest films\nDate: 2025-03-14\n\nA body.\n").diagnostics
    assert "digest import" in error.remedy


_KEYS = st.text("abc -.'é", min_size=1, max_size=4)
_VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.floats(0, 1, width=16) | st.text("ab'[]{}=,.#\n \"\\", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=4))
def test_every_key_and_entry_of_any_value_has_its_place(values: dict[str, Any]) -> None:
    as_toml = "+++\n" + "".join(f"{json.dumps(key)} = {_toml(one)}\n" for key, one in values.items()) + "+++\n"
    as_json = json.dumps(values, indent=1)
    for text in (as_toml.replace("\\u00e9", "é"), as_json.replace("\\u00e9", "é")):
        assert split_and_load(text)[0] == values
        places = locate(yaml_of(text))
        assert set(places) >= set(_paths(values))
        for path in _paths(values):
            line, column = places[path]
            if isinstance(path[-1], str):
                assert text.split("\n")[line - 1][column - 1 :].startswith(f'"{path[-1]}"')


@given(st.text("a1\"'[]{}=.,#\n \\+", max_size=40))
def test_any_text_as_toml_gives_items_or_diagnostics(text: str) -> None:
    parsed = read(f"+++\n{text}\n+++\n")
    assert parsed.diagnostics
