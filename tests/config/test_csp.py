"""The content security policy: sources that a site may add, and what the policy then allows."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import csp, settings
from generator.config.csp import CspSettings
from generator.errors import SettingsError

HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
VALID = {
    "script": ["https://stats.example", HASH, "https://*.stats.example:8443/js/", "http://127.0.0.1:8001"],
    "style": ["https://stats.example/one.css", HASH],
    "font": ["https://fonts.example", "data:"],
    "img": ["blob:"],
    "media": ["https://media.example", "blob:"],
    "connect": ["https://stats.example", "wss://live.example"],
    "frame": ["https://video.example"],
    "form": ["https://post.example"],
}


def read(folder: Path, name: str, *sources: str) -> CspSettings:
    """Reads settings with sources for one directive."""
    quoted = ", ".join(f"'''{source}'''" for source in sources)
    (folder / "site.toml").write_text(f"[csp]\n{name} = [{quoted}]\n", encoding="utf-8")
    return settings.load(folder / "site.toml").csp


def test_sources_are_added_to_those_of_the_site(tmp_path: Path) -> None:
    """Keeps what the site itself needs, names each source once, and has a directive for frames only with sources."""
    found = read(tmp_path, "script", "https://stats.example", "https://stats.example")
    policy = csp.policy(found)
    assert "script-src 'self' 'wasm-unsafe-eval' https://stats.example;" in policy
    assert policy.replace(" https://stats.example", "") == csp.policy(CspSettings())
    assert "frame-src" not in policy
    assert "; frame-src https://video.example;" in csp.policy(read(tmp_path, "frame", "https://video.example"))
    assert "; form-action 'self' https://post.example;" in csp.policy(read(tmp_path, "form", "https://post.example"))


@pytest.mark.parametrize(("name", "source"), [(name, source) for name, sources in VALID.items() for source in sources])
def test_valid_sources(tmp_path: Path, name: str, source: str) -> None:
    """Puts hosts, hashes and the schemes of data into the policy as they are."""
    directive = {"form": "form-action"}.get(name, f"{name}-src")
    (sources,) = re.findall(rf"{directive} ([^;]+)", csp.policy(read(tmp_path, name, source)))
    assert sources.split()[-1] == source


@pytest.mark.parametrize(
    ("name", "source", "reason", "remedy"),
    [
        ("script", "stats.example", "has no scheme", "write https://stats.example"),
        ("script", "http://stats.example/a", "is not encrypted", "write https://stats.example/a"),
        ("script", "'unsafe-inline'", "turn off most of the protection", "move the code to a file in static/"),
        ("script", "unsafe-inline", "turn off most of the protection", "move the code to a file in static/"),
        ("style", "'unsafe-inline'", "turn off most of the protection", "move the code to a file in static/"),
        ("script", "'nonce-abc'", "turn off most of the protection", "move the code to a file in static/"),
        ("script", "'self'", "is not needed", "remove it"),
        ("script", "*", "allows all hosts", "name the hosts"),
        ("connect", "https:", "allows all hosts", "name the hosts"),
        ("frame", "https://*", "allows all hosts", "name the hosts"),
        ("frame", "https://*.org", "allows all hosts", "name the hosts"),
        ("script", "data:", "is no host", "name the hosts"),
        ("script", "wss://live.example", "is for connect only", "write https://live.example"),
        ("script", "https://a.example https://b.example", "is more than one source", "each as a text of its own"),
        ("script", "https://a.example; script-src *", "is more than one source", "each as a text of its own"),
        ("script", "https://a.example,https://b.example", "is more than one source", "each as a text of its own"),
        ("font", HASH, "is not a hash that is allowed here", "for script or style"),
        ("script", 'https://a.example/"', "is not a source", "write it as https://example.org"),
        ("script", "https://a.example/$uri", "is not a source", "write it as https://example.org"),
        ("script", "https://a.example/'", "is not a source", "write it as https://example.org"),
        ("script", "javascript:alert(1)", "is not a source", "write it as https://example.org"),
        ("script", "", "is not a source", "write it as https://example.org"),
    ],
)
def test_other_sources_are_errors(tmp_path: Path, name: str, source: str, reason: str, remedy: str) -> None:
    """Explains each with its line: mistakes, and sources that would allow an attack to run."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, name, "https://good.example", source)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.line == 2
    assert f"csp.{name} names " in diagnostic.message
    assert reason in diagnostic.message
    assert remedy in diagnostic.remedy


@given(name=st.sampled_from(sorted(VALID)), source=st.text() | st.from_regex(r"https://[a-z.*:/;, '\"$\\]*"))
def test_no_source_breaks_out_of_its_directive(name: str, source: str) -> None:
    """Refuses every text that would be more than one source in the header or in the file for nginx."""
    if csp.CHECKS[f"csp.{name}"](source):
        return
    assert not re.search(r"[\s;,\"$\\]", source)
    values: dict[str, Any] = {name: (source,)}
    assert csp.policy(CspSettings(**values)).split("; ")[0] == "default-src 'none'"


@pytest.mark.parametrize(
    ("source", "url", "is_allowed"),
    [
        ("https://stats.example", "https://stats.example/js/one.js?x#y", True),
        ("https://stats.example", "HTTPS://STATS.example:443", True),
        ("https://stats.example", "http://stats.example/js/one.js", False),
        ("https://stats.example", "https://stats.example:8443/", False),
        ("https://stats.example", "https://www.stats.example/", False),
        ("https://stats.example", "https://stats.example.evil.example/", False),
        ("https://stats.example", "https://stats.example@evil.example/", False),
        ("https://*.stats.example", "https://www.stats.example/", True),
        ("https://*.stats.example", "https://stats.example/", False),
        ("https://*.stats.example", "https://evilstats.example/", False),
        ("https://stats.example/js/", "https://stats.example/js/one.js", True),
        ("https://stats.example/js/", "https://stats.example/other.js", False),
        ("https://stats.example/js", "https://stats.example/js/one.js", False),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001/one.js", True),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8002/one.js", False),
        ("https://stats.example", "https://stats.example:bad/", False),
        (HASH, HASH, True),
    ],
)
def test_what_a_source_allows(source: str, url: str, *, is_allowed: bool) -> None:
    """Compares scheme, host, port and path as browsers do."""
    assert csp.allows(CspSettings(script=(source,)), "script", url) is is_allowed
