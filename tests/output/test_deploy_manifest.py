"""The deploy manifest: the hash of every file, and the changes since the last manifest."""

import hashlib
import json
import os
from typing import Any

import pytest

from tests.support import ROOT
from tests.support.making import SiteFolder, run


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """Creates a site of two items without a search."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    return site


def manifest(site: SiteFolder) -> dict[str, Any]:
    """Reads the manifest that ``--deploy-manifest`` wrote."""
    value: dict[str, Any] = json.loads((site.root / "deploy.json").read_text(encoding="utf-8"))
    return value


def build(site: SiteFolder, *options: str) -> dict[str, Any]:
    """Builds the site and returns its manifest."""
    assert site.build("--deploy-manifest", str(site.root / "deploy.json"), *options).code == 0
    return manifest(site)


def test_every_file_is_listed_with_its_hash(site: SiteFolder) -> None:
    """The manifest contains the hash and size of the published files and no other files. At first, all are changed."""
    written = build(site)
    assert written["files"] == {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in site.files().items()
    }
    assert written["changed"] == sorted(site.files())
    assert (written["since"], written["removed"], written["version"]) == (None, [], 1)


def test_changes_are_those_since_the_last_manifest(site: SiteFolder) -> None:
    """Builds without a manifest do not matter, nor do the options of a build. Equal input gives equal manifests."""
    first, old = build(site), site.files()
    site.add("2025-03-15-two.md", title="Changed", publishedDateTime="2025-03-15T09:00:00Z")
    assert site.build().code == 0
    (site.root / "seeds" / "2025-03-14-one.md").unlink()
    second, new = build(site, "--clean"), site.files()
    assert second["since"] == first["site"] != second["site"]
    assert second["changed"] == sorted(name for name, data in new.items() if old.get(name) != data)
    assert second["removed"] == sorted(set(old) - set(new))
    assert "2025/03/14/one/index.html" in second["removed"]
    third = build(site, "--verify")
    assert (third["changed"], third["removed"], third["since"]) == ([], [], third["site"])
    (site.root / "deploy.json").write_text(json.dumps(first), encoding="utf-8")
    assert build(site, "--jobs", "2") == second


def test_the_manifest_is_documented(site: SiteFolder) -> None:
    """docs/deploy.md describes each key."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    written = build(site)
    for key in (*written, *written["files"]["index.html"]):
        assert f"`{key}`" in text, key


def test_other_files_are_not_overwritten(site: SiteFolder) -> None:
    """A path of another file, or in the source or output folder, is refused before anything is built."""
    for content in ("precious", "[]", '{"version": 2, "files": {}}', '{"version": 1, "files": {"a": 1}}'):
        site.write("deploy.json", content)
        code, _, stderr = run(*site.arguments("--deploy-manifest", str(site.root / "deploy.json")))
        assert (code, "is no deploy manifest" in stderr) == (2, True)
        assert (site.root / "deploy.json").read_text() == content
    for folder in (site.output, site.root / "seeds", site.root / "nowhere"):
        code, _, stderr = run(*site.arguments("--deploy-manifest", str(folder / "deploy.json")))
        assert (code, "--deploy-manifest" in stderr) == (2, True)
    both = str(site.root / "both.json")
    assert run(*site.arguments("--deploy-manifest", both, "--report", both))[0] == 2
    assert not (site.output / "site-files.json").exists()


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK) or os.geteuid() != 0, reason="there is no full device here")
def test_a_manifest_that_cannot_be_written_is_reported(site: SiteFolder) -> None:
    """The exit code is 2, and the site is published."""
    code, _, stderr = run(*site.arguments("--deploy-manifest", "/dev/full"))
    assert (code, "the site is built, but /dev/full cannot be written" in stderr) == (2, True)
    assert site.page("/")


def test_a_failed_build_leaves_the_manifest(site: SiteFolder) -> None:
    """The manifest describes the old site, which is unchanged."""
    before = build(site)
    site.add("bad.md", "x")
    assert site.build("--deploy-manifest", str(site.root / "deploy.json")).code == 1
    assert manifest(site) == before
