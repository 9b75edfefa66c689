"""The size of pictures, read from their files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.util.pictures import size_of
from tests.support import ROOT

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}/>'


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="120" height="40"', (120, 40)),
        ('width="120px" height="40px" viewBox="0 0 3 1"', (120, 40)),
        ('viewBox="0 0 320.5 40"', (321, 40)),
        ('width="100%" height="100%" viewBox="-1,-1,10,20"', (10, 20)),
        ("", None),
        ('viewBox="0 0 10"', None),
        ('viewBox="0 0 nan inf"', None),
        ('width="-3" height="2"', None),
        ('width="1e9" height="1"', None),
    ],
)
def test_sizes_of_svg(attributes: str, size: tuple[int, int] | None) -> None:
    """Width and height, or else the size of the `viewBox`."""
    assert size_of(SVG.format(attributes).encode()) == size


def test_sizes_of_pixels() -> None:
    """Of a file that cannot be read, there is none."""
    data = (ROOT / "static/root/icon-192.png").read_bytes()
    assert size_of(data) == (192, 192)
    assert size_of(data[:20]) is None


@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP", b"<svg ",
                        b"II*\x00", b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\x00\x00\x00 ftypavif", b"P6 ", b"BM"]),
       st.binary(max_size=200))  # fmt: skip
def test_any_bytes_have_a_size_or_none(start: bytes, rest: bytes) -> None:
    """Nothing is raised for a broken file."""
    size = size_of(start + rest)
    assert size is None or min(size) > 0
