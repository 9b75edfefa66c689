"""Contrast of colours, and the nearest one with enough of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.util.colours import ENOUGH, contrast, lowest_contrast, nearest_passing

COLOURS = st.from_regex(r"#(?:[0-9a-fA-F]{3}|[0-9a-f]{6})", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#ffffff", 21), ("#777777", "#FFF", 4.48), ("#767676", "#fff", 4.54), ("#f00", "#00f", 2.15)],
)
def test_contrasts_are_those_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    """The published values of well-known pairs, in both orders."""
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


@given(COLOURS, st.lists(COLOURS, min_size=1, max_size=3))
def test_the_nearest_colour_passes_and_keeps_a_colour_that_does(colour: str, others: list[str]) -> None:
    """A passing colour is its own nearest one. There is one for every single background."""
    found = nearest_passing(colour, others)
    if lowest_contrast(colour, others)[0] >= ENOUGH:
        assert found
        assert contrast(found, colour) == 1
    if found:
        assert lowest_contrast(found, others)[0] >= ENOUGH
    assert found or len(set(others)) > 1


def test_no_colour_passes_on_black_and_white_and_grey() -> None:
    """Text cannot be read on everything."""
    assert nearest_passing("#b3202c", ["#000", "#fff", "#767676"]) is None


def test_the_nearest_colour_is_a_darker_or_lighter_shade() -> None:
    """It has as little black or white as is enough."""
    assert nearest_passing("#ffcc00", ["#ffffff"]) == "#907300"
    assert nearest_passing("#8a0000", ["#000000"]) == "#b35a5a"
