"""Colours as the Web Content Accessibility Guidelines (WCAG 2.2) compare them."""

from collections.abc import Iterable
from typing import Final

ENOUGH: Final = 4.5
"""The contrast of text to its background that level AA asks for."""
_DIGITS, _LEVELS = 6, 255
_WEIGHTS, _NEARLY_BLACK = (0.2126, 0.7152, 0.0722), 0.04045


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def lowest_contrast(colour: str, others: Iterable[str]) -> tuple[float, str]:
    """Returns the lowest contrast of a colour to others, and the other colour."""
    return min((contrast(colour, other), other) for other in others)


def nearest_passing(colour: str, others: Iterable[str]) -> str | None:
    """Returns the colour with enough contrast to all others that is nearest to a given one; None if there is none.

    It is the given colour mixed with as little black or white as is enough.
    """
    others, parts = tuple(others), _parts(colour)
    for share in range(_LEVELS + 1):
        for end in (0, _LEVELS):
            mixed = [round(part + (end - part) * share / _LEVELS) for part in parts]
            found = "#" + "".join(f"{part:02x}" for part in mixed)
            if all(contrast(found, other) >= ENOUGH for other in others):
                return found
    return None


def _parts(colour: str) -> tuple[int, int, int]:
    """Returns red, green and blue, from 0 to 255, of a colour like ``#0b5d66`` or ``#fff``."""
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == _DIGITS else "".join(2 * digit for digit in digits)
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def _luminance(colour: str) -> float:
    return sum(weight * _linear(level / _LEVELS) for weight, level in zip(_WEIGHTS, _parts(colour), strict=True))


def _linear(part: float) -> float:
    """Returns a part of an sRGB colour, from 0 to 1, in a scale that is linear in light."""
    return part / 12.92 if part <= _NEARLY_BLACK else ((part + 0.055) / 1.055) ** 2.4
