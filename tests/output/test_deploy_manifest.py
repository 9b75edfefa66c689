"""What an uploader is told: every file with its hash, and what changed."""

import hashlib
import json
import os
from typing import Any

import pytest

from tests.support import ROOT
from tests.support.making import SiteFolder, run


@pytest.fixture
def site(site: SiteFolder) -> SiteFolder:
    """A site without a search, of two items."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    site.add("2025-03-14-one.md", title="One")
    site.add("2025-03-15-two.md", title="Two", publishedDateTime="2025-03-15T09:00:00Z")
    return site


def manifest(site: SiteFolder) -> dict[str, Any]:
    """What `--deploy-manifest` wrote."""
    value: dict[str, Any] = json.loads((site.root / "deploy.json").read_text(encoding="utf-8"))
    return value


def build(site: SiteFolder, *more: str) -> dict[str, Any]:
    assert site.build("--deploy-manifest", str(site.root / "deploy.json"), *more).code == 0
    return manifest(site)


def test_every_file_is_listed_with_its_hash(site: SiteFolder) -> None:
    """SHA-256 and size of what is published, nothing else; all is new the first time."""
    found = build(site)
    assert found["files"] == {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in site.files().items()
    }
    assert found["changed"] == sorted(site.files())
    assert (found["since"], found["removed"], found["version"]) == (None, [], 1)


def test_what_changed_is_counted_from_the_last_manifest(site: SiteFolder) -> None:
    """Also over builds that wrote none, and however a build wrote its files; the same input gives the same bytes."""
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
    """docs/deploy.md names each key."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    found = build(site)
    for key in (*found, *found["files"]["index.html"]):
        assert f"`{key}`" in text, key


def test_nothing_else_is_overwritten(site: SiteFolder) -> None:
    """A file that is no manifest, a place among input or output: refused before anything is built."""
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
def test_a_manifest_that_cannot_be_written_is_said(site: SiteFolder) -> None:
    """Exit code 2; the site is there."""
    code, _, stderr = run(*site.arguments("--deploy-manifest", "/dev/full"))
    assert (code, "the site is built, but /dev/full cannot be written" in stderr) == (2, True)
    assert site.page("/")


def test_a_failed_build_leaves_the_manifest(site: SiteFolder) -> None:
    """It tells of the site that stands."""
    before = build(site)
    site.add("bad.md", "x")
    assert site.build("--deploy-manifest", str(site.root / "deploy.json")).code == 1
    assert manifest(site) == before
