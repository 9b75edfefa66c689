"""Thousands of real documents, where a copy of the archive lies beside the project; skipped, and said so, elsewhere."""

import gzip
import os
import re
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.crawling import address_of, links, pages
from tests.support.making import SiteFolder

CORPUS = Path(os.environ.get("DIGEST_CORPUS", ROOT.parent / "shared" / "corpus"))
ARCHIVE = CORPUS / "azure-news.tar.xz"
GZIP = b"\x1f\x8b"


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of real documents is not here")
def test_the_real_archive_makes_a_sound_site(tmp_path: Path) -> None:
    """No document is rejected, the counts add up, no ciphertext is published, every internal link leads somewhere."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path / "archive", filter="data")
    (source,) = (path for path in (tmp_path / "archive").glob("*/_news"))
    site = SiteFolder(tmp_path / "site")
    outcome = site.build("--source", str(source), "--jobs", "2")
    assert outcome.code == 0, outcome.stderr
    report = outcome.report
    documents = report["documents"]
    assert documents["rejected"] == 0
    assert documents["read"] == len(list(source.glob("*.md"))) == documents["left_out"] + report["items"]
    assert report["pages"]["planned"] == report["pages"]["written"]
    files = {path.relative_to(site.output).as_posix() for path in site.output.rglob("*") if path.is_file()}
    assert report["pages"]["planned"] == len(files - {"site-files.json"})
    secrets = {
        part
        for path in source.glob("*.md")
        for part in re.findall(r'^secured: "?([^";]+);([^";]+)"?$', path.read_text("utf-8-sig"), re.MULTILINE)[0]
    }
    everything = (path.read_bytes() for path in site.output.rglob("*") if path.is_file())
    text = "\n".join((gzip.decompress(data) if data[:2] == GZIP else data).decode("latin-1") for data in everything)
    words = set(re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text))
    assert not words & secrets
    # Strict parsing is slow: every page type, and every page of a type that is rare; one item in forty.
    kinds = Counter[str]()
    for name, html in pages(site.output).items():
        kind = re.sub(r"\d+", "N", re.sub(r"/[^/]*[a-z][^/]*/", "/x/", name))
        kinds[kind] += 1
        if kinds[kind] <= 30 or kinds[kind] % 40 == 0:
            assert links(html, address_of(name), "https://example.org/").internal <= files, name
        else:
            assert {target.split("#")[0] for target in re.findall(r'href="/([^"]*)"', html)} <= {
                name.removesuffix("index.html") for name in files
            }, name
    again = site.build("--source", str(source), "--jobs", "2").report
    assert (again["pages"]["written"], again["search"]["indexed"]) == (0, 0)
