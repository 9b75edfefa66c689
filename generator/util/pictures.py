"""The size of pictures, read from their files."""

import io
import math

import imagesize
from lxml import etree

_LARGEST = 100_000


def size_of(data: bytes) -> tuple[int, int] | None:
    """Returns width and height in pixels of a PNG, JPEG, GIF, WebP, AVIF or SVG; None if the data is none or broken.

    An SVG may have any size: that of its ``viewBox`` is returned where it has no other.
    """
    try:
        width, height = imagesize.get(io.BytesIO(data))
    except ValueError:
        width = height = -1
    if width <= 0 or height <= 0:
        width, height = _view_box(data)
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        return None
    return math.ceil(width), math.ceil(height)


def _view_box(data: bytes) -> tuple[float, float]:
    """Returns width and height of the ``viewBox`` of an SVG; zeros if the data has none."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
        _, _, width, height = root.get("viewBox", "").replace(",", " ").split()
        return float(width), float(height)
    except (ValueError, etree.XMLSyntaxError):
        return 0, 0
