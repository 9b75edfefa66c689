"""Compressed copies: right, small, the same every time, and gone with what they are of."""

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
    """A site with compressed copies and without a search, of two items."""
    site.configure(title="Test", base_url="https://example.org/", search=False, precompress=True)
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    return site


@given(st.binary(max_size=5_000))
def test_a_copy_holds_what_it_is_of(data: bytes) -> None:
    """Whatever it is; and gzip's header tells nothing of the clock, the name or the system."""
    packed = precompress.compress(data, ".gz")
    assert gzip.decompress(packed) == data
    assert packed[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    for is_best in (False, True):
        assert brotli.decompress(precompress.compress(data, ".br", is_best=is_best)) == data


def test_text_has_copies(site: SiteFolder) -> None:
    """Each file that is text and large enough has two that are smaller; nothing else has; preflight counts them."""
    assert site.build().code == 0
    files = site.files()
    copies = {name for name in files if name.endswith((".br", ".gz"))}
    for name in set(files) - copies:
        is_wanted = Path(name).suffix in precompress.SUFFIXES and len(files[name]) >= precompress.MIN_BYTES
        assert (f"{name}.gz" in copies, f"{name}.br" in copies) == (is_wanted, is_wanted), name
        if is_wanted:
            assert gzip.decompress(files[f"{name}.gz"]) == files[name] == brotli.decompress(files[f"{name}.br"])
            assert max(len(files[f"{name}.gz"]), len(files[f"{name}.br"])) < len(files[name])
    _, stdout, _ = run("preflight", "--target", "s3", "--output", str(site.output))
    assert str(len(files) + 1) in stdout.splitlines()[1].split()


def test_the_search_index_has_none(site: SiteFolder) -> None:
    """Its own files are compressed already; the script beside them is text."""
    site.configure(title="Test", precompress=True)
    assert site.build().code == 0
    copies = [name for name in site.files() if name.endswith(".gz")]
    assert not [name for name in copies if ".pf_" in name or ".pagefind" in name]
    assert [name for name in copies if name.startswith("search/engine-")]


def test_copies_are_made_anew_only_where_something_changed(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at all for what is as it was; the result is that of a clean build, for any number of processes."""
    assert site.build().code == 0
    made: list[int] = []
    compress = precompress.compress

    def counted(data: bytes, suffix: str, *, is_best: bool = False) -> bytes:
        made.append(1)
        return compress(data, suffix, is_best=is_best)

    monkeypatch.setattr(precompress, "compress", counted)
    pages = site.build().report["pages"]
    assert (pages["written"], made) == (0, [])
    site.add("2025-03-15-two.md", title="Changed", publishedDateTime="2025-03-15T09:00:00Z")
    written = site.build().report["pages"]["written"]
    made_then = len(made)
    assert site.build("--verify").code == 0
    del made[made_then:]
    assert 0 < len(made) < written
    after = site.files()
    monkeypatch.undo()
    # A copy that somebody altered, or removed, is made anew.
    (site.output / "index.html.gz").write_bytes(gzip.compress(b"old"))
    (site.output / "index.html.br").unlink()
    assert site.build().report["pages"]["written"] == 2
    assert site.files() == after
    assert run(*site.arguments("--output", str(site.root / "clean"), "--jobs", "2"))[0] == 0
    assert site.build("--clean").report["pages"]["written"] == len(after)
    assert site.files() == after


def test_copies_go_with_their_originals(site: SiteFolder) -> None:
    """With a page that goes, and all when the setting does; a site's own copy is left as it is."""
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
