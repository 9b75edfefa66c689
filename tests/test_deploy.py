"""What hosts are told, whether a site fits them, and what a server does with it."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from generator import hosting
from tests.making import SiteFolder

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def rules(text: str) -> dict[str, dict[str, str]]:
    """The headers of each path pattern of a ``_headers`` file."""
    found: dict[str, dict[str, str]] = {}
    path = ""
    for line in text.splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            found[path][name] = value
        elif line:
            path = line
            assert path not in found
            found[path] = {}
    return found


def matching(pattern: str, path: str) -> bool:
    """Whether a rule is for a path: ``*`` stands for anything, ``:name`` for one part."""
    expression = re.sub(r":\w+", "[^/]+", re.escape(pattern).replace(r"\*", ".*"))
    return re.fullmatch(expression, path) is not None


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Items of two years."""
    folder = SiteFolder(tmp_path)
    folder.add("2024-01-02-one.md", publishedDateTime="2024-01-02T00:00:00Z", title="One model")
    folder.add("2025-03-14-two.md", title="Two others")
    return folder


@pytest.mark.parametrize("base", ["", "/folder/digest"])
def test_each_file_has_the_headers_it_needs(site: SiteFolder, base: str) -> None:
    """The policy for all; a year for what is named by its content, a minute for pages, never two rules on caching."""
    assert site.build("--base-url", f"https://example.org{base}/").code == 0
    found = rules((site.output / "_headers").read_text(encoding="utf-8"))
    kept = set()
    for name in site.files():
        path = base + "/" + quote(re.sub(r"(^|/)index\.html$", r"\1", name))
        given = [headers for pattern, headers in found.items() if matching(pattern, path)]
        assert given[0] == dict(hosting.SECURITY), path
        caching = [headers["Cache-Control"] for headers in given if "Cache-Control" in headers]
        if name.startswith("assets/") or re.match(r"search/(engine-\w+|[^/]+/(filter|fragment|index))/", name):
            assert caching == [hosting.IMMUTABLE], path
            kept.add(name.split("/")[0])
        elif name.endswith("index.html"):
            assert caching == [hosting.SHORT], path
        else:
            assert caching in ([], [hosting.SHORT]), path
    assert kept == {"assets", "search"}
    for pattern in found:
        assert pattern.startswith(f"{base}/")
        assert pattern.count("*") <= 1, "Cloudflare takes one * a rule"


def test_the_policy_is_that_of_the_documents() -> None:
    """docs/reader.md quotes it; nothing inline and no `eval` is let in."""
    (quoted,) = re.findall(
        r"^```\n(default-src.*?)\n```", (DOCS / "reader.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert " ".join(quoted.split()) == hosting.POLICY
    assert "unsafe-inline" not in hosting.POLICY
    assert "'unsafe-eval'" not in hosting.POLICY


def test_without_a_search_there_is_no_rule_for_it(site: SiteFolder) -> None:
    """`search = false` leaves its rules out."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    assert site.build().code == 0
    assert "/search/" not in (site.output / "_headers").read_text(encoding="utf-8")


def test_a_site_s_own_headers_go_before_ours(site: SiteFolder) -> None:
    """`static/root/_headers` is published as it is; a folder of that name is an error."""
    site.write("static/root/_headers", "/*\n  X-Mine: yes\n")
    site.write("static/root/.nojekyll", "mine")
    assert site.build().code == 0
    assert site.files()["_headers"] == b"/*\n  X-Mine: yes\n"
    assert site.files()[".nojekyll"] == b"mine"
    (site.root / "static/root/_headers").unlink()
    site.write("static/root/_headers/one", "")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["address-collision"])


def test_pages_of_github_are_not_for_jekyll(site: SiteFolder) -> None:
    """`.nojekyll` is empty; a second build leaves both files alone."""
    assert site.build().code == 0
    assert site.files()[".nojekyll"] == b""
    assert site.build().report["pages"]["written"] == 0
