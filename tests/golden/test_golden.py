"""Tests that each golden site builds to the files that are kept of it."""

import gzip
from pathlib import Path

import brotli
import pytest

from tests import golden
from tests.support.making import published


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", golden.NAMES)
def test_golden_site(name: str, jobs: int, tmp_path: Path) -> None:
    """If this fails and the change is intended: run `make golden`, read the diff, commit it."""
    golden.build(name, tmp_path / "output", jobs=jobs)
    actual = golden.record(published(tmp_path / "output"))
    expected = golden.recorded(name)
    assert sorted(actual) == sorted(expected)
    for path, data in expected.items():
        # All kept files are text; comparing them as text gives a readable difference.
        assert actual[path].decode() == data.decode(), path


def test_compressed_files_are_compared_by_content() -> None:
    """Other versions of zlib and Brotli may write other bytes; other content is a difference."""
    page, other = b"<p>page</p>" * 99, b"<p>other</p>" * 99
    site = {"a.html": page, "a.html.br": brotli.compress(page), "a.html.gz": gzip.compress(page)}
    recompressed = site | {"a.html.br": brotli.compress(page, quality=1), "a.html.gz": gzip.compress(page, 1)}
    assert site != recompressed
    assert golden.record(site) == golden.record(recompressed)
    for name, data in (("a.html.br", brotli.compress(other)), ("a.html.gz", gzip.compress(other))):
        assert golden.record(site | {name: data}) != golden.record(site), name
    assert golden.record({"a.html": page}) != golden.record(site)


@pytest.mark.parametrize("name", ["a.html.br", "a.html.gz", "search/2025/fragment/en_1.pf_fragment"])
def test_uncompressed_data_under_the_name_of_a_compressed_file_is_refused(name: str) -> None:
    """No file can pass for its own compressed copy."""
    with pytest.raises((brotli.error, gzip.BadGzipFile)):
        golden.record({"a.html": b"page", name: b"page"})


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"CBOR \x00 in ASCII", gzip.compress(b"\xff\xfe", mtime=0)])
def test_binary_files_are_listed_by_content(data: bytes) -> None:
    """The repository holds the SHA-256 of a binary file and not the file."""
    one, other = golden.record({"icon.png": data}), golden.record({"icon.png": b"\xff"})
    assert list(one) == list(other) == [golden.LISTED]
    assert one != other
