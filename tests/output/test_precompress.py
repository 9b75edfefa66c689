"""Compressed copies: content, size, reproducibility, and removal with their originals."""

import gzip
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.output import precompress
from tests.support.making import SiteFolder, run


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """Creates a site of two items with compressed copies and without a search."""
    site.configure(title="Test", base_url="https://example.org/", search=False, precompress=True)
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    return site


@given(st.binary(max_size=5_000))
def test_a_copy_has_the_content_of_its_original(data: bytes) -> None:
    """Any content can be decompressed, and the gzip header contains no time, name or system."""
    compressed = precompress.compress(data, ".gz")
    assert gzip.decompress(compressed) == data
    assert compressed[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    for is_best in (False, True):
        assert brotli.decompress(precompress.compress(data, ".br", is_best=is_best)) == data


def test_text_files_have_copies(site: SiteFolder) -> None:
    """Each text file that is large enough has two smaller copies. No other file has one, and preflight counts them."""
    assert site.build().code == 0
    files = site.files()
    copies = {name for name in files if name.endswith((".br", ".gz"))}
    for name in set(files) - copies:
        has_copies = Path(name).suffix in precompress.SUFFIXES and len(files[name]) >= precompress.MIN_BYTES
        assert (f"{name}.gz" in copies, f"{name}.br" in copies) == (has_copies, has_copies), name
        if has_copies:
            assert gzip.decompress(files[f"{name}.gz"]) == files[name] == brotli.decompress(files[f"{name}.br"])
            assert max(len(files[f"{name}.gz"]), len(files[f"{name}.br"])) < len(files[name])
    _, stdout, _ = run("preflight", "--target", "s3", "--output", str(site.output))
    assert str(len(files) + 1) in stdout.splitlines()[1].split()


def test_the_search_index_has_no_copies(site: SiteFolder) -> None:
    """The files of the index are already compressed. The script of the search engine is text and has copies."""
    site.configure(title="Test", precompress=True)
    assert site.build().code == 0
    copies = [name for name in site.files() if name.endswith(".gz")]
    assert not [name for name in copies if ".pf_" in name or ".pagefind" in name]
    assert [name for name in copies if name.startswith("search/engine-")]


def test_only_changed_files_are_compressed_again(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of unchanged files are reused. The result is that of a clean build with any number of processes."""
    assert site.build().code == 0
    compressed: list[str] = []
    compress = precompress.compress

    def counted(data: bytes, suffix: str, *, is_best: bool = False) -> bytes:
        compressed.append(suffix)
        return compress(data, suffix, is_best=is_best)

    monkeypatch.setattr(precompress, "compress", counted)
    pages = site.build().report["pages"]
    assert (pages["written"], compressed) == (0, [])
    site.add("2025-03-15-two.md", title="Changed", publishedDateTime="2025-03-15T09:00:00Z")
    written = site.build().report["pages"]["written"]
    count = len(compressed)
    assert site.build("--verify").code == 0
    assert 0 < count < written
    expected = site.files()
    monkeypatch.undo()
    # A copy that was changed or removed is created again.
    (site.output / "index.html.gz").write_bytes(gzip.compress(b"old"))
    (site.output / "index.html.br").unlink()
    assert site.build().report["pages"]["written"] == 2
    assert site.files() == expected
    assert run(*site.arguments("--output", str(site.root / "clean"), "--jobs", "2"))[0] == 0
    assert site.build("--clean").report["pages"]["written"] == len(expected)
    assert site.files() == expected


def test_copies_are_removed_with_their_originals(site: SiteFolder) -> None:
    """All copies are removed if the setting is turned off. A static file in place of a copy stays unchanged."""
    site.write("static/root/robots.txt.gz", "mine")
    site.write("static/root/long.txt", "x" * 1_000)
    site.write("static/root/long.txt.gz", "mine")
    assert site.build().code == 0
    assert site.files()["long.txt.gz"] == b"mine"
    assert "2025/03/14/one/index.html.br" in site.files()
    (site.root / "seeds" / "2025-03-14-one.md").unlink()
    assert site.build().code == 0
    assert not [name for name in site.files() if name.startswith("2025/03/14/")]
    site.configure(title="Test", base_url="https://example.org/", search=False)
    assert site.build().code == 0
    assert {name for name in site.files() if name.endswith((".br", ".gz"))} == {"robots.txt.gz", "long.txt.gz"}
