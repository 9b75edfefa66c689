"""The random edits reach every field: each has an edit, and the edit changes it."""

import functools

import pytest
from msgspec import structs

from generator.config import document_fields, settings
from generator.config.settings import Settings
from generator.content import articles
from tests.support import editing
from tests.support.editing import (
    BODY,
    DERIVED,
    EDITS,
    IDLE,
    IDLE_PLACES,
    LAYOUT,
    NAME,
    PLACES,
    SETTING_EDITS,
    Chance,
    Draft,
    Place,
)
from tests.support.making import SiteFolder


def _random(seed: object) -> Chance:
    return Chance(str(seed))


@functools.cache
def _documents() -> tuple[Draft, ...]:
    """Returns documents that have every place."""
    return tuple(editing.full(_random(number)) for number in range(4))


def test_every_field_of_the_model_has_an_edit() -> None:
    """A field that is added to the model gets one, or says which other field's edit sets it."""
    names = {place.name for place in PLACES}
    without = sorted(names - EDITS.keys() - DERIVED.keys())
    assert not without, "\n".join(map(editing.missing, without))
    assert EDITS.keys() | DERIVED.keys() == names, "an edit is of no field of the model"
    assert not EDITS.keys() & DERIVED.keys()
    assert set(DERIVED.values()) <= EDITS.keys()


def test_every_key_that_is_read_has_an_edit() -> None:
    """Of a document, an entry of its list, a provider and a picture: it sets a field, or it is known to set none."""
    known = {
        (): document_fields.NAMES,
        ("related",): articles._RELATED_KEYS,
        ("provider",): articles._PROVIDER_KEYS,
        ("images",): articles._IMAGE_KEYS,
    }
    for path, keys in known.items():
        edited = {place.edit.key for place in (*PLACES, *IDLE_PLACES) if place.path == path}
        without = sorted(keys - edited)
        assert not without, f"{without} set no field: add them to IDLE in tests/support/editing.py"
        assert edited - {BODY, NAME, LAYOUT} == keys
    assert {place.name for place in IDLE_PLACES} == IDLE.keys()


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_an_edit_changes_its_field(place: Place) -> None:
    """It changes one key of the document, and what the document becomes has another value in the field."""
    chance = _random(place)
    for draft in _documents():
        changed = editing.change(draft, place, chance)
        assert editing.found(changed, place) != editing.found(draft, place)
        key = editing._key(place.group[:1]) if place.group else place.edit.key
        assert {one for one in draft | changed if draft.get(one) != changed.get(one)} == {key}


@pytest.mark.parametrize("place", IDLE_PLACES, ids=str)
def test_an_idle_key_changes_no_field(place: Place) -> None:
    """Of an item without places in its text: these move with the lines."""
    chance = _random(place)
    changes = 0
    for document in _documents():
        draft = {key: value for key, value in document.items() if key not in {BODY, "aliases"}}
        changed = editing.change(draft, place, chance)
        changes += changed != draft
        assert editing.item_of(changed) == editing.item_of(draft) is not None
    assert changes


def test_a_field_without_an_edit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the place where it is to be added."""
    monkeypatch.delitem(EDITS, "Item.story")
    with pytest.raises(
        AssertionError, match=r"^Item\.story has no editor: add one to EDITS in tests/support/editing\.py"
    ):
        test_every_field_of_the_model_has_an_edit()


def test_an_edit_that_changes_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it writes a key, but none that sets the field."""
    monkeypatch.setitem(EDITS, "Item.story", EDITS["Item.heat"])
    with pytest.raises(AssertionError, match=r"^Item\.story: its edit writes `heat`, and none of"):
        editing.change(_documents()[0], Place((), "Item.story"), _random(2))


def test_every_setting_has_an_edit() -> None:
    """A setting that is added gets one."""
    assert SETTING_EDITS.keys() == {field.name for field in structs.fields(Settings)}


@pytest.mark.parametrize("name", SETTING_EDITS)
def test_an_edit_changes_its_setting(site: SiteFolder, name: str) -> None:
    """And no other."""
    chance, values = _random(name), dict(site.settings)
    for _ in range(4):
        before = settings.load(site.root / "site.toml")
        values = editing.settled(values, name, chance)
        site.configure(**values)
        after = settings.load(site.root / "site.toml")
        assert getattr(after, name) != getattr(before, name)
        assert structs.replace(after, **{name: getattr(before, name)}) == before
